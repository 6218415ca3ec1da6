"""Two models of one problem, by days and without, and moves that carry a solution from one to the other.

Without days gives bounds and totals; :meth:`Search.fit_days` finds days for totals;
:mod:`~basketplan.solve.allocation.neighbourhoods` makes them cheaper. All of it is repeatable: parts are drawn from a
seed and solves end by gap and nodes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from basketplan.progress import Progress, Reporter
from basketplan.solve.allocation.collapse import collapse
from basketplan.solve.allocation.data import Data
from basketplan.solve.allocation.fit import fit
from basketplan.solve.allocation.model import Expression, Model, Variable, build, total
from basketplan.solve.allocation.whole import tighten
from basketplan.solve.interrupt import Answer, Limits, Runner, SolverName
from basketplan.solve.status import relative_gap
from basketplan.solve.types import Effort, Supplied

Values = NDArray[np.float64]

OFTEN = 5_000
"""Nodes of an effort for each time that all parts are made anew; with fewer, goals may hold what they hardly need."""
SMALL = 400
"""Whole-number variables up to which the model by days is solved itself."""


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
    start: Supplied | None = None
    """What an earlier plan decided, to begin from."""
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

    def improve_part(self, objective: Expression, limits: Limits, goal: str, rest: Sequence[Variable]) -> Answer:
        """Do so with the whole-number variables ``rest`` held, which leaves no bound."""
        assert self.best is not None
        with held(rest, self.best):
            return replace(self.improve(objective, limits, goal), bound=None)

    def supply(self) -> list[Variable]:
        """Return the whole-number variables of goods and lorries."""
        day = self.day
        return [*day.lots.values(), *day.lorries.values(), *day.engaged.values(), *day.tier.values()]

    def demand(self) -> list[Variable]:
        """Return the whole-number variables of assembly and households."""
        return [*self.day.assemble.values(), *self.day.fill.values(), *self.day.serve]

    def limits(self, *, gap: float = 1e-6, absolute_gap: float = 1e-6, nodes: int | None = None) -> Limits:
        """Return the effort's limits, or tighter ones."""
        nodes = self.effort.allocation_nodes if nodes is None else max(20, nodes)
        return Limits(gap=gap, absolute_gap=absolute_gap, nodes=nodes, seconds=self.effort.allocation_s)

    def price(self) -> float:
        """Return the cost of the best solution in dirhams."""
        assert self.best is not None
        ids, factors, offset = self._prices
        return math.fsum((offset, *(factors * self.best[ids])))

    @cached_property
    def _prices(self) -> tuple[NDArray[np.int64], Values, float]:
        """Variable ids and factors of the cost by days, and what is added: it is asked for after every part."""
        flat = mathopt.as_flat_linear_expression(dirhams(self.day))
        ids = np.array([variable.id for variable in flat.terms], dtype=np.int64)
        return ids, np.array(list(flat.terms.values()), dtype=np.float64), float(flat.offset)

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

    def fit_days(self, answer: Answer, require: Sequence[mathopt.BoundedLinearTypes], goal: str) -> bool:
        """Find days for the totals of ``answer`` so that all rules and ``require`` hold; keep the result as best.

        A small model looks for days with exactly these totals, a large one for days near them (:mod:`.fit`). Where
        neither finds any, the totals give way by as few kilograms as possible.
        """
        if answer.values is None:
            return False
        totals = self.totals(answer)
        limits = self.limits(gap=0.01, nodes=self.effort.allocation_nodes // 50)
        with required(self.day, require):
            if self.is_small():
                with self.fixed_totals(totals):
                    found = self.solve(self.day, total([]), limits, goal).values
            else:
                found = fit(self, totals, goal)
            if found is None and not self.runner.stopped:
                found = self._nearest(totals, replace(limits, gap=0.05), goal).values
        if found is None:
            return False
        self.best = found
        return True

    def is_small(self) -> bool:
        """Tell whether the model by days can be solved directly."""
        return self._small

    @cached_property
    def _small(self) -> bool:
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
    def fixed_totals(self, totals: Mapping[tuple[int, str], int]) -> Iterator[None]:
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


@contextmanager
def required(model: Model, rows: Sequence[mathopt.BoundedLinearTypes], name: str = "require") -> Iterator[None]:
    """Let ``rows`` hold on ``model`` for a while."""
    added = [model.m.add_linear_constraint(item, name=f"{name}[{n}]") for n, item in enumerate(rows)]
    try:
        yield
    finally:
        for row in added:
            model.m.delete_linear_constraint(row)


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
