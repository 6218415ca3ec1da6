"""Solve the goals of a policy in their order, each keeping what the earlier ones reached.

The model by days is too hard to solve at once where lorries are fixed charges. So each goal is solved

1. on the collapsed model (no days), which gives a valid **bound** and **totals** per offer and hub;
2. with these totals, for days on which everything fits (:meth:`Search.fit_days`), assembling as late as
   possible; where no days fit, with the fewest packs moved away from the totals;
3. for the cost goal, hub by hub for the fewest lorries, the rest held fixed (:meth:`Search.polish`).

Where step 2 misses what step 1 promised, the model by days is solved for that goal directly. Every reported
value is that of the solution by days; every bound is of a relaxation, so gaps are honest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from basketplan.plan.types import StageReport
from basketplan.programme.types import Goal
from basketplan.progress import Progress, Reporter
from basketplan.solve.allocation.data import Data, collapse
from basketplan.solve.allocation.model import Expression, Model, build, total
from basketplan.solve.interrupt import Answer, Limits, Runner
from basketplan.solve.status import Ending, relative_gap, stage_status
from basketplan.solve.types import Effort

Values = NDArray[np.float64]
Of = Callable[[Model], Expression]

SERVICE_STEP = 0.5
"""Service counts whole baskets: half of one is no difference."""
SHARE_STEP = 1e-6
SMALL_DAYS = 400
"""Integer variables up to which the cost goal is solved on the model by days itself."""
FAIR_ENOUGH = 0.01
"""Relative gap to the bound up to which a lowest share is accepted without a further solve."""


def value_of(expression: Expression, values: Values) -> float:
    """Return the value of ``expression`` at ``values`` (by variable id)."""
    flat = mathopt.as_flat_linear_expression(expression)
    terms = (factor * float(values[variable.id]) for variable, factor in flat.terms.items())
    return float(flat.offset) + sum(terms)


def unserved(model: Model) -> Expression:
    """Return the objective of the service goal."""
    return model.unserved()


def lowest(model: Model) -> Expression:
    """Return the objective of the fairness goal."""
    assert model.lowest is not None
    return 1.0 * model.lowest


def missing(model: Model) -> Expression:
    """Return the sum of what cooperatives lack to their floors."""
    return total([1.0 * short for short in model.short.values()])


def dirhams(model: Model) -> Expression:
    """Return the objective of the cost goal, in dirhams to keep figures small."""
    return 0.01 * model.cost()


def pace(model: Model) -> Expression:
    """Return the baskets beyond the fleet's estimate."""
    return total([1.0 * over for over in model.over.values()])


@dataclass
class Search:
    """The two models, the best solution by days so far, and reports of the goals."""

    data: Data
    effort: Effort
    runner: Runner
    reporter: Reporter
    day: Model = field(init=False)
    whole: Model = field(init=False)
    best: Values | None = None
    reports: list[StageReport] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.day = build(self.data)
        self.whole = build(collapse(self.data))
        for model in (self.day, self.whole):
            for variable in (*model.excess.values(), *model.over.values()):
                variable.upper_bound = 0.0

    # -- goals in order --------------------------------------------------------------------------------------------

    def run(self, goals: Sequence[Goal]) -> None:
        """Solve ``goals``; afterwards ``best`` holds the last solution and ``reports`` how each goal ended."""
        for goal in goals:
            if goal.goal == "service":
                self._service(goal)
            elif goal.goal == "fairness":
                self._floors()
                self._fairness(goal)
            else:
                self._cost(goal)

    def _service(self, goal: Goal) -> None:
        """Serve as many as possible, weighted by priority."""
        limits = self._limits(absolute_gap=0.9)
        answer = self._solve(self.whole, unserved(self.whole), limits, "service")
        if answer.objective is not None and answer.objective > SERVICE_STEP:
            answer = self._allow_leftovers(answer, limits)
        bound = 0.0 if answer.bound is None else float(np.ceil(answer.bound - 1e-6))
        target = None if answer.objective is None else round(answer.objective)
        if target is None or not self.fit_days(answer, [unserved(self.day) <= target + SERVICE_STEP], "service"):
            bound = max(bound, self._serve_by_days(bound))
        if self.best is None:
            self._report(goal, "none", None, bound)
            return
        value = round(value_of(unserved(self.day), self.best))
        ending: Ending = "optimal" if value <= bound + SERVICE_STEP else "feasible"
        self._report(goal, ending, float(value), min(bound, float(value)), "unserved baskets × priority")
        weight = sum(kind.priority * kind.size * len(kind.households) for kind in self.data.kinds)
        allowed = weight - goal.keep * (weight - value) + SERVICE_STEP
        for model in (self.day, self.whole):
            model.m.add_linear_constraint(unserved(model) <= allowed, name="keepservice")

    def _allow_leftovers(self, answer: Answer, limits: Limits) -> Answer:
        """Serve more by buying more than baskets hold, where minimum orders or rates leave no other way."""
        for model in (self.day, self.whole):
            for variable in model.excess.values():
                variable.upper_bound = float("inf")
        freer = self._solve(self.whole, unserved(self.whole), limits, "service")
        helps = (
            freer.objective is not None and answer.objective is not None and freer.objective < answer.objective - 0.5
        )
        if not helps:
            for model in (self.day, self.whole):
                for variable in model.excess.values():
                    variable.upper_bound = 0.0
        return freer if helps else answer

    def _serve_by_days(self, bound: float) -> float:
        """Solve service on the model by days; return its bound."""
        limits = self._limits(absolute_gap=0.9)
        answer = self._solve(self.day, unserved(self.day), limits, "service", hint=self.best)
        if answer.values is not None:
            self.best = answer.values
        if answer.objective is not None and answer.objective <= bound + SERVICE_STEP:
            return bound
        for variable in self.day.over.values():  # the fleet's estimate may only pace, not refuse
            variable.upper_bound = float("inf")
        freer = self._solve(self.day, unserved(self.day), limits, "service", hint=self.best)
        if freer.values is None or freer.objective is None:
            return bound
        self.best = freer.values
        row = self.day.m.add_linear_constraint(unserved(self.day) <= freer.objective + SERVICE_STEP, name="paced")
        calm = self._solve(
            self.day, pace(self.day), self._limits(gap=0.02, absolute_gap=1.0), "service", hint=self.best
        )
        self.day.m.delete_linear_constraint(row)
        if calm.values is not None and calm.objective is not None:
            self.best = calm.values
            self.day.m.add_linear_constraint(pace(self.day) <= calm.objective + 1e-3, name="pace")
        return bound if freer.bound is None else float(np.ceil(freer.bound - 1e-6))

    def _floors(self) -> None:
        """Come as near to the floors as service allows."""
        if not self.day.short or self.best is None:
            return
        answer = self._solve(self.whole, missing(self.whole), self._limits(gap=0.001), "fairness")
        if answer.objective is None or not self.fit_days(
            answer, [missing(self.day) <= answer.objective + SHARE_STEP], "fairness"
        ):
            self._improve(missing(self.day), self._limits(gap=0.001), "fairness")
        reached = value_of(missing(self.day), self.best) + SHARE_STEP
        for model in (self.day, self.whole):
            model.m.add_linear_constraint(missing(model) <= reached, name="keepfloors")

    def _fairness(self, goal: Goal) -> None:
        """Raise the lowest share."""
        if self.best is None:
            self._report(goal, "none", None, None)
            return
        answer = self._solve(self.whole, -lowest(self.whole), self._limits(gap=0.002), "fairness")
        bound = None if answer.bound is None else -answer.bound
        fits = answer.objective is not None and self.fit_days(
            answer, [lowest(self.day) >= -answer.objective - SHARE_STEP], "fairness"
        )
        if not fits:
            direct = self._improve(-lowest(self.day), self._limits(gap=FAIR_ENOUGH / 2), "fairness")
            if direct.bound is not None:
                bound = -direct.bound if bound is None else min(bound, -direct.bound)
        value = self._lowest_share()
        gap = relative_gap(value, bound)
        ending: Ending = "optimal" if gap is not None and gap <= FAIR_ENOUGH else "feasible"
        self._report(goal, ending, value, bound, "lowest share of a cooperative")
        for model in (self.day, self.whole):
            model.m.add_linear_constraint(lowest(model) >= goal.keep * value - SHARE_STEP, name="keepfairness")

    def _lowest_share(self) -> float:
        """Return the lowest share in the best solution (the variable itself may lie below it)."""
        assert self.best is not None
        best = self.best
        shares = [value_of(self.day.revenue(coop), best) / worth for coop, worth in self.data.potential.items()]
        return min(shares, default=0.0)

    def _cost(self, goal: Goal) -> None:
        """Spend least."""
        if self.best is None:
            self._report(goal, "none", None, None)
            return
        gap = self.effort.allocation_gap
        small = self._integers(self.day) <= SMALL_DAYS
        limits = self._limits(gap=gap / 2, nodes=max(20, self.effort.allocation_nodes // 10))
        answer = self._solve(self.whole, dirhams(self.whole), limits, "cost")
        bound = answer.bound
        if small:
            direct = self._improve(dirhams(self.day), self._limits(gap=1e-6), "cost")
            bound = max((item for item in (bound, direct.bound) if item is not None), default=None)
        else:
            before, price = self.best, value_of(dirhams(self.day), self.best)
            if answer.values is not None and self.fit_days(answer, [], "cost"):
                self.polish(answer, bound)
            if value_of(dirhams(self.day), self.best) > price:
                self.best = before
        value = value_of(dirhams(self.day), self.best)
        reached = relative_gap(value, bound)
        ending: Ending = "optimal" if reached is not None and reached <= gap else "feasible"
        self._report(goal, ending, value, bound, "MAD; the bound is of the problem without days")
        for model in (self.day, self.whole):
            model.m.add_linear_constraint(dirhams(model) <= value / goal.keep + 0.005, name="keepcost")

    # -- days ------------------------------------------------------------------------------------------------------

    def totals(self, answer: Answer) -> dict[tuple[int, str], int]:
        """Return (offer, hub) → lots in a solution of the collapsed model; offers by their place in the day model."""
        place = {(offer.coop, offer.product): index for index, offer in enumerate(self.data.offers)}
        result: dict[tuple[int, str], int] = {}
        if answer.values is None:
            return result
        for (index, position), variable in self.whole.lots.items():
            offer = self.whole.data.offers[index]
            key = (place[offer.coop, offer.product], self.whole.data.slots[position].hub)
            result[key] = result.get(key, 0) + round(float(answer.values[variable.id]))
        return result

    @contextmanager
    def _fixed_totals(self, totals: Mapping[tuple[int, str], int]) -> Iterator[None]:
        """Hold the lots per offer and hub at ``totals``."""
        rows = [
            self.day.m.add_linear_constraint(total(terms) == totals.get(key, 0), name=f"total[{key[0]},{key[1]}]")
            for key, terms in self._lots_by_hub().items()
        ]
        try:
            yield
        finally:
            for row in rows:
                self.day.m.delete_linear_constraint(row)

    def _lots_by_hub(self) -> dict[tuple[int, str], list[Expression]]:
        result: dict[tuple[int, str], list[Expression]] = {}
        for (index, position), variable in self.day.lots.items():
            result.setdefault((index, self.data.slots[position].hub), []).append(1.0 * variable)
        return result

    def fit_days(self, answer: Answer, require: Sequence[mathopt.BoundedLinearTypes], goal: str) -> bool:
        """Find days for the totals of ``answer`` so that all rules and ``require`` hold; keep the result as best.

        Assembly is as late as possible, which leaves goods the most time to arrive. Where no days fit, the totals
        give way by as few kilograms as possible.
        """
        if answer.values is None:
            return False
        rows = [self.day.m.add_linear_constraint(item, name=f"require[{n}]") for n, item in enumerate(require)]
        totals = self.totals(answer)
        limits = self._limits(gap=0.01, nodes=max(20, self.effort.allocation_nodes // 50))
        late = total([-float(key[2]) * variable for key, variable in self.day.assemble.items()])
        with self._fixed_totals(totals):
            found = self._solve(self.day, late, limits, goal)
        if found.values is None and not self.runner.stopped:
            found = self._nearest(totals, limits, goal)
        for row in rows:
            self.day.m.delete_linear_constraint(row)
        if found.values is None:
            return False
        self.best = found.values
        return True

    def _nearest(self, totals: Mapping[tuple[int, str], int], limits: Limits, goal: str) -> Answer:
        """Find days with the fewest kilograms moved away from ``totals``."""
        m = self.day.m
        added, moved, rows = [], [], []
        for key, terms in self._lots_by_hub().items():
            offer = self.data.offers[key[0]]
            off = m.add_variable(lb=0, name=f"moved[{key[0]},{key[1]}]")
            wanted = totals.get(key, 0)
            rows.append(m.add_linear_constraint(total(terms) - wanted <= off, name=f"more[{key[0]},{key[1]}]"))
            rows.append(m.add_linear_constraint(wanted - total(terms) <= off, name=f"fewer[{key[0]},{key[1]}]"))
            moved.append(offer.lot * self.data.weight_g[offer.product] / 1000 * off)
            added.append(off)
        found = self._solve(self.day, total(moved), Limits(gap=0.05, nodes=limits.nodes, seconds=limits.seconds), goal)
        for row in rows:
            m.delete_linear_constraint(row)
        for variable in added:
            m.delete_variable(variable)
        return found

    def polish(self, answer: Answer, bound: float | None) -> None:
        """Save lorries hub by hub, with the totals and everything elsewhere held fixed."""
        assert self.best is not None
        limits = self._limits(gap=0.0005, nodes=max(20, self.effort.allocation_nodes // 20))
        totals = {
            key: round(sum(value_of(term, self.best) for term in terms)) for key, terms in self._lots_by_hub().items()
        }
        with self._fixed_totals(totals):
            for replan in (False, True):
                for hub in self.data.hubs:
                    self._polish_hub(hub.id, replan, limits, bound)

    def _polish_hub(self, hub: str, replan: bool, limits: Limits, bound: float | None) -> None:
        """Choose days anew at one hub, also of its assembly if ``replan``."""
        assert self.best is not None
        day = self.day
        free = {variable.id for (_, s), variable in day.lots.items() if self.data.slots[s].hub == hub}
        free |= {variable.id for (s, _), variable in day.lorries.items() if self.data.slots[s].hub == hub}
        free |= {variable.id for key, variable in day.fill.items() if key[0] == hub}
        if replan:
            free |= {variable.id for key, variable in day.assemble.items() if key[0] == hub}
        with self._only(free):
            answer = self._solve(day, dirhams(day), limits, "cost", hint=self.best)
        if answer.values is not None and answer.objective is not None:
            price = value_of(dirhams(day), self.best)
            if answer.objective < price - 1e-6:
                self.best, price = answer.values, answer.objective
            self.reporter.update(
                Progress(stage="allocation", message="cost", best=price, unit="MAD", gap=relative_gap(price, bound))
            )

    @contextmanager
    def _only(self, free: set[int]) -> Iterator[None]:
        """Hold every whole-number variable outside ``free`` at its best value."""
        assert self.best is not None
        held = []
        for variable in self.day.m.variables():
            if variable.integer and variable.id not in free:
                held.append((variable, variable.lower_bound, variable.upper_bound))
                value = round(float(self.best[variable.id]))
                variable.lower_bound = variable.upper_bound = float(value)
        try:
            yield
        finally:
            for variable, low, high in held:
                variable.lower_bound, variable.upper_bound = low, high

    # -- solving ---------------------------------------------------------------------------------------------------

    def _improve(self, objective: Expression, limits: Limits, goal: str) -> Answer:
        """Solve the model by days for ``objective`` and keep what it finds."""
        answer = self._solve(self.day, objective, limits, goal, hint=self.best)
        if answer.values is not None:
            self.best = answer.values
        return answer

    def _solve(
        self, model: Model, objective: Expression, limits: Limits, goal: str, *, hint: Values | None = None
    ) -> Answer:
        model.m.minimize(objective)
        start = None if hint is None else hint.tolist()
        return self.runner.solve(model.m, limits, message=goal, hint=start)

    def _limits(self, *, gap: float = 1e-6, absolute_gap: float = 1e-6, nodes: int | None = None) -> Limits:
        nodes = self.effort.allocation_nodes if nodes is None else nodes
        return Limits(gap=gap, absolute_gap=absolute_gap, nodes=nodes, seconds=self.effort.allocation_s)

    def _integers(self, model: Model) -> int:
        return sum(1 for variable in model.m.variables() if variable.integer)

    def _report(self, goal: Goal, ending: Ending, value: float | None, bound: float | None, detail: str = "") -> None:
        if self.runner.stopped:
            ending = "stopped"
        gap = relative_gap(value, bound)
        self.reports.append(
            StageReport(
                stage="allocation",
                goal=goal.goal,
                status=stage_status(ending),
                value=value,
                bound=bound,
                gap=gap,
                detail=detail,
            )
        )
        self.reporter.update(Progress(stage="allocation", message=goal.goal, best=value, gap=gap))


def goals_in_order(goals: Sequence[Goal]) -> list[Goal]:
    """Return the goals; service comes first and cost last where the policy does not name them."""
    named = [goal.goal for goal in goals]
    result = list(goals)
    if "service" not in named:
        result.insert(0, Goal(goal="service"))
    if "cost" not in named:
        result.append(Goal(goal="cost"))
    return result
