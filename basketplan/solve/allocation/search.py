"""Two models of one problem, by days and without, and moves that carry a solution from one to the other.

Without days gives bounds and totals; :meth:`Search.fit_days` finds days for totals; :meth:`Search.shake` improves
totals and :meth:`Search.polish` days by solving again with all but a part held fixed (large neighbourhood
search, Shaw 1998). All of it is repeatable: parts are drawn from a seed and solves end by gap and nodes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from random import Random

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from basketplan.progress import Progress, Reporter
from basketplan.solve.allocation.data import Data, collapse
from basketplan.solve.allocation.fit import fit
from basketplan.solve.allocation.model import Expression, Model, Variable, build, total
from basketplan.solve.allocation.whole import tighten
from basketplan.solve.interrupt import Answer, Limits, Runner, SolverName
from basketplan.solve.status import relative_gap
from basketplan.solve.types import Effort

Values = NDArray[np.float64]

SMALL = 400
"""Whole-number variables up to which the model by days is solved itself."""
PART = 0.3
"""Share of the cooperatives that are free in one move of :meth:`Search.shake`."""


def value_of(expression: Expression, values: Values) -> float:
    """Return the value of ``expression`` at ``values`` (by variable id)."""
    flat = mathopt.as_flat_linear_expression(expression)
    terms = (factor * float(values[variable.id]) for variable, factor in flat.terms.items())
    return float(flat.offset + sum(terms))


def dirhams(model: Model) -> Expression:
    """Return the objective of the cost goal, in dirhams to keep figures small."""
    return 0.01 * model.cost()


@dataclass
class Search:
    """The model by days with its best solution so far, and the model without days."""

    data: Data
    effort: Effort
    runner: Runner
    reporter: Reporter
    seed: int = 0
    day: Model = field(init=False)
    whole: Model = field(init=False)
    best: Values | None = None

    def __post_init__(self) -> None:
        self.day = build(self.data)
        self.whole = build(collapse(self.data))
        tighten(self.whole)
        for model in (self.day, self.whole):
            for variable in (*model.excess.values(), *model.over.values()):
                variable.upper_bound = 0.0

    # -- solving ---------------------------------------------------------------------------------------------------

    def solve(
        self,
        model: Model,
        objective: Expression,
        limits: Limits,
        goal: str,
        *,
        hint: Values | None = None,
        solver: SolverName = "HIGHS",
    ) -> Answer:
        """Minimise ``objective`` on ``model``."""
        model.m.minimize(objective)
        start = None if hint is None else hint.tolist()
        return self.runner.solve(model.m, limits, message=goal, hint=start, solver=solver)

    def improve(self, objective: Expression, limits: Limits, goal: str) -> Answer:
        """Minimise ``objective`` on the model by days from the best solution, and keep what is found."""
        answer = self.solve(self.day, objective, limits, goal, hint=self.best)
        if answer.values is not None:
            self.best = answer.values
        return answer

    def limits(self, *, gap: float = 1e-6, absolute_gap: float = 1e-6, nodes: int | None = None) -> Limits:
        """Return the effort's limits, or tighter ones."""
        nodes = self.effort.allocation_nodes if nodes is None else max(20, nodes)
        return Limits(gap=gap, absolute_gap=absolute_gap, nodes=nodes, seconds=self.effort.allocation_s)

    def price(self) -> float:
        """Return the cost of the best solution in dirhams."""
        assert self.best is not None
        return value_of(dirhams(self.day), self.best)

    def tell(self, best: float, bound: float | None) -> None:
        """Report progress of the cost goal."""
        gap = relative_gap(best, bound)
        left = round(self.runner.left_s(), 1)
        self.reporter.update(
            Progress(stage="allocation", message="cost", best=round(best, 2), unit="MAD", gap=gap, left_s=left)
        )

    # -- from totals to days ---------------------------------------------------------------------------------------

    def totals(self, answer: Answer) -> dict[tuple[int, str], int]:
        """Return (offer, hub) → lots in a solution without days; offers by their place in the model by days."""
        place = {(offer.coop, offer.product): index for index, offer in enumerate(self.data.offers)}
        result: dict[tuple[int, str], int] = {}
        if answer.values is None:
            return result
        for (index, position), variable in self.whole.lots.items():
            offer = self.whole.data.offers[index]
            key = (place[offer.coop, offer.product], self.whole.data.slots[position].hub)
            result[key] = result.get(key, 0) + round(float(answer.values[variable.id]))
        return result

    def fit_days(
        self, answer: Answer, require: Sequence[mathopt.BoundedLinearTypes], goal: str, gap: float | None = None
    ) -> bool:
        """Find days for the totals of ``answer`` so that all rules and ``require`` hold; keep the result as best.

        A small model looks for days with exactly these totals, a large one for days near them (:mod:`.fit`). Where
        neither finds any, the totals give way by as few kilograms as possible. With a ``gap`` the days are cheap
        ones.
        """
        if answer.values is None:
            return False
        rows = [self.day.m.add_linear_constraint(item, name=f"require[{n}]") for n, item in enumerate(require)]
        totals = self.totals(answer)
        limits = self.limits(gap=0.01, nodes=self.effort.allocation_nodes // 50)
        if self.is_small():
            with self._fixed_totals(totals):
                found = self.solve(self.day, total([]), limits, goal).values
        else:
            found = fit(self, totals, goal, gap)
        if found is None and not self.runner.stopped:
            found = self._nearest(totals, replace(limits, gap=0.05), goal).values
        for row in rows:
            self.day.m.delete_linear_constraint(row)
        if found is None:
            return False
        self.best = found
        return True

    def is_small(self) -> bool:
        """Tell whether the model by days can be solved directly."""
        return sum(1 for variable in self.day.m.variables() if variable.integer) <= SMALL

    def _nearest(self, totals: Mapping[tuple[int, str], int], limits: Limits, goal: str) -> Answer:
        """Find days with the fewest kilograms moved away from ``totals``."""
        m = self.day.m
        added, moved, rows = [], [], []
        for key, terms in self.lots_by_hub().items():
            offer = self.data.offers[key[0]]
            off = m.add_variable(lb=0, name=f"moved[{key[0]},{key[1]}]")
            wanted = totals.get(key, 0)
            rows.append(m.add_linear_constraint(total(terms) - wanted <= off, name=f"more[{key[0]},{key[1]}]"))
            rows.append(m.add_linear_constraint(wanted - total(terms) <= off, name=f"fewer[{key[0]},{key[1]}]"))
            moved.append(offer.lot * self.data.weight_g[offer.product] / 1000 * off)
            added.append(off)
        found = self.solve(self.day, total(moved), limits, goal)
        for row in rows:
            m.delete_linear_constraint(row)
        for variable in added:
            m.delete_variable(variable)
        return found

    @contextmanager
    def _fixed_totals(self, totals: Mapping[tuple[int, str], int]) -> Iterator[None]:
        """Hold the lots per offer and hub at ``totals``."""
        rows = [
            self.day.m.add_linear_constraint(total(terms) == totals.get(key, 0), name=f"total[{key[0]},{key[1]}]")
            for key, terms in self.lots_by_hub().items()
        ]
        try:
            yield
        finally:
            for row in rows:
                self.day.m.delete_linear_constraint(row)

    def lots_by_hub(self) -> dict[tuple[int, str], list[Expression]]:
        """Return (offer, hub) → lots of the model by days."""
        result: dict[tuple[int, str], list[Expression]] = {}
        for (index, position), variable in self.day.lots.items():
            result.setdefault((index, self.data.slots[position].hub), []).append(1.0 * variable)
        return result

    # -- better totals, better days --------------------------------------------------------------------------------

    def shake(self, answer: Answer, enough: float) -> Answer:
        """Improve the cost of a solution without days, a part of the cooperatives at a time.

        Parts are grown product by product, so that suppliers of the same product can trade places. Ends after
        ``allocation_nodes / 400`` moves, or when the gap is ``enough``.
        """
        draw = Random(self.seed)
        limits = self.limits(gap=enough / 4, nodes=40)
        best = answer
        suppliers: dict[str, set[str]] = {}
        for offer in self.whole.data.offers:
            suppliers.setdefault(offer.product, set()).add(offer.coop)
        for _ in range(max(2, self.effort.allocation_nodes // 400)):
            gap = relative_gap(best.objective, answer.bound)
            if best.values is None or self.runner.stopped or (gap is not None and gap <= enough):
                break
            free: set[str] = set()
            for product in draw.sample(sorted(suppliers), len(suppliers)):
                if len(free) < PART * len(self.whole.data.coops):
                    free |= suppliers[product]
            with held(self._held_outside(free), best.values):
                found = self.solve(self.whole, dirhams(self.whole), limits, "cost", hint=best.values)
            if found.objective is not None and best.objective is not None and found.objective < best.objective - 1e-6:
                best = replace(found, bound=answer.bound)
        return replace(best, bound=answer.bound)

    def _held_outside(self, free: set[str]) -> list[Variable]:
        """Return the whole-number variables of cooperatives other than ``free`` in the model without days."""
        whole = self.whole
        rest = [variable for (o, _), variable in whole.lots.items() if whole.data.offers[o].coop not in free]
        rest += [variable for (s, _), variable in whole.lorries.items() if whole.data.slots[s].coop not in free]
        rest += [variable for coop, variable in whole.engaged.items() if coop not in free]
        return rest + [variable for (o, _), variable in whole.tier.items() if whole.data.offers[o].coop not in free]

    def polish(self, bound: float | None, enough: float) -> None:
        """Where the gap is above ``enough``, choose days anew hub by hub, totals and other hubs held fixed."""
        assert self.best is not None
        best = self.best
        totals = {key: round(sum(value_of(term, best) for term in terms)) for key, terms in self.lots_by_hub().items()}
        limits = self.limits(gap=enough / 40, nodes=self.effort.allocation_nodes // 100)
        with self._fixed_totals(totals):
            for hub in self.data.hubs:
                gap = relative_gap(self.price(), bound)
                if gap is None or gap > enough:
                    self._polish_hub(hub.id, limits, bound)

    def _polish_hub(self, hub: str, limits: Limits, bound: float | None) -> None:
        """Choose days of assembly, shipments and lorries anew at one hub."""
        assert self.best is not None
        day = self.day
        free = {variable.id for (_, s), variable in day.lots.items() if self.data.slots[s].hub == hub}
        free |= {variable.id for (s, _), variable in day.lorries.items() if self.data.slots[s].hub == hub}
        free |= {variable.id for key, variable in (*day.fill.items(), *day.assemble.items()) if key[0] == hub}
        rest = [variable for variable in day.m.variables() if variable.integer and variable.id not in free]
        price = self.price()
        with held(rest, self.best):
            answer = self.solve(day, dirhams(day), limits, "cost", hint=self.best)
        if answer.values is not None and answer.objective is not None and answer.objective < price - 1e-6:
            self.best, price = answer.values, answer.objective
        self.tell(price, bound)


@contextmanager
def held(variables: Sequence[Variable], values: Values) -> Iterator[None]:
    """Hold whole-number ``variables`` at ``values``."""
    bounds = [(variable, variable.lower_bound, variable.upper_bound) for variable in variables]
    for variable in variables:
        variable.lower_bound = variable.upper_bound = float(round(float(values[variable.id])))
    try:
        yield
    finally:
        for variable, low, high in bounds:
            variable.lower_bound, variable.upper_bound = low, high
