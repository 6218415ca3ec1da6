"""The price of fairness: the cheapest allocation at each of several guaranteed shares, from the fairest down.

After service and rules, as in every allocation, the lowest share is raised as far as it goes, and the cheapest
allocation is sought without any guarantee. Between both lie the levels. From the fairest down, each solve begins from
the one before, which keeps every lower guarantee too. A bound comes from the model without days, and every
allocation from the model by days, as for the cost goal of :mod:`~basketplan.solve.allocation.order`.

D. Bertsimas, V. Farias, N. Trichakis, *The price of fairness*, Operations Research 59 (2011).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from basketplan.plan.fairness import FairnessPoint, FairnessPrice, as_bounds
from basketplan.plan.metrics import gini
from basketplan.programme.types import Goal, Programme
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.solve.allocation.data import read_data
from basketplan.solve.allocation.fairness import shares_at
from basketplan.solve.allocation.neighbourhoods import cheaper
from basketplan.solve.allocation.order import Order, goals_in_order, lowest
from basketplan.solve.allocation.search import Search, dirhams, value_of
from basketplan.solve.interrupt import Answer, Runner
from basketplan.solve.types import Effort, Territory

__all__ = ["LEAST_LEVELS", "price_of_fairness"]

Values = NDArray[np.float64]

LEAST_LEVELS = 10
TINY = 1e-6


def price_of_fairness(
    programme: Programme,
    territory: Territory,
    effort: Effort,
    *,
    seed: int = 0,
    reporter: Reporter | None = None,
    levels: int = 12,
) -> FairnessPrice:
    """Solve the cost at ``levels`` guaranteed shares, and what the programme's own goals lead to.

    Parameters
    ----------
    programme
        A checked programme.
    territory
        Which hub serves which household.
    effort
        Gap and nodes at which solves stop, as for a plan.
    reporter
        Receives progress; its ``stopped()`` ends the work with the levels solved so far.
    levels
        At least :data:`LEAST_LEVELS`, the cheapest and the fairest among them; fewer come out where both are the same.

    Returns
    -------
    FairnessPrice
        Without points where it was stopped too early or nobody can be served.
    """
    reporter = reporter or QuietReporter()
    levels = max(LEAST_LEVELS, levels)
    own = _own(programme, territory, effort, seed, reporter)
    curve = _Curve(_search(programme, territory, effort, seed, reporter), levels)
    with curve.search.runner:
        curve.solve()
    points = as_bounds(curve.points, () if own is None else (own,))
    return FairnessPrice(
        programme=programme.id,
        effort=effort.name,
        seed=seed,
        highest_bound=curve.highest_bound,
        points=points,
        policy=own,
        complete=curve.complete and own is not None,
    )


def _search(programme: Programme, territory: Territory, effort: Effort, seed: int, reporter: Reporter) -> Search:
    runner = Runner(reporter, seed=seed, seconds=effort.allocation_s * 10)
    return Search(read_data(programme, territory), effort, runner, reporter, seed)


def _own(
    programme: Programme, territory: Territory, effort: Effort, seed: int, reporter: Reporter
) -> FairnessPoint | None:
    """Return what the programme's own goals lead to; none where it was stopped or nobody can be served."""
    reporter.update(Progress(stage="allocation", message="the policy's own goals"))
    search = _search(programme, territory, effort, seed, reporter)
    with search.runner:
        order = Order(search)
        order.run(goals_in_order(programme.policy.goals))
    if search.best is None or search.runner.stopped:
        return None
    point = _point(search, search.best, 0.0, order.bound_of("cost"))
    return point.model_copy(update={"kind": "policy", "level": point.lowest_share})


def _point(search: Search, values: Values, level: float, bound: float | None) -> FairnessPoint:
    """Return the figures of a solution by days."""
    day = search.day
    shares = shares_at(day, values)
    money = {coop: value_of(day.revenue(coop), values) for coop in day.offers_of}
    packs = {coop: sum(value_of(day.bought(offer), values) for offer in mine) for coop, mine in day.offers_of.items()}
    goods = sum(money.values())
    women = sum(search.data.women_share.get(coop, 0.0) * value for coop, value in money.items())
    cost = round(value_of(day.cost(), values))
    most = None if bound is None else min(round(100 * bound), cost)
    return FairnessPoint(
        level=round(level, 6),
        lowest_share=round(min(shares.values(), default=0.0), 6),
        cost_centimes=cost,
        bound_centimes=most,
        gap=None if most is None else (cost - most) / cost if cost else 0.0,
        unserved=round(value_of(day.unserved(), values)),
        gini=round(gini(list(shares.values())), 6),
        women_share=round(women / goods, 6) if goods else 0.0,
        cooperatives=sum(number > 0.5 for number in packs.values()),
    )


@dataclass
class _Curve:
    """Solves levels from the fairest down; ``points`` holds what was found."""

    search: Search
    levels: int
    points: list[FairnessPoint] = field(default_factory=list)
    highest_bound: float | None = None
    complete: bool = False

    def solve(self) -> None:
        """Fill ``points``."""
        search = self.search
        Order(search).run([Goal(goal="service")])
        if search.best is None or search.runner.stopped or not search.data.potential:
            return
        served = search.best
        cheapest = self._cheapest(None, None)
        if search.runner.stopped or search.best is None:
            return
        begin = self._lowest()
        self.points.append(_point(search, search.best, begin, cheapest.bound))
        search.best = served
        fairest = self._fairest()
        if search.runner.stopped:
            return
        top, rows = self._lowest(), self._guarantees()
        before: Answer | None = fairest
        for number, level in enumerate(self._between(begin, top)):
            self._tell(number)
            for row in rows:
                row.lower_bound = level - TINY
            before = self._cheapest(before, search.best)
            if search.runner.stopped:
                return
            self.points.append(_point(search, search.best, level, before.bound))
        self.complete = True

    def _between(self, begin: float, top: float) -> Sequence[float]:
        """Return the levels above the cheapest one's, the highest first."""
        if top - begin <= TINY:
            return []
        return [begin + (top - begin) * step / (self.levels - 1) for step in range(self.levels - 1, 0, -1)]

    def _tell(self, number: int) -> None:
        text = f"guaranteed share {number + 1} of {self.levels - 1}"
        progress = Progress(stage="fairness", message=text, done=number, total=self.levels - 1)
        self.search.reporter.update(progress)

    def _lowest(self) -> float:
        search = self.search
        assert search.best is not None
        return min(shares_at(search.day, search.best).values(), default=0.0)

    def _guarantees(self) -> list[mathopt.LinearConstraint]:
        """Add to both models the row whose lower bound is the guaranteed share."""
        return [
            model.m.add_linear_constraint(lowest(model) >= 0.0, name="guaranteed")
            for model in (self.search.day, self.search.whole)
        ]

    def _fairest(self) -> Answer:
        """Raise the lowest share as far as it goes."""
        search = self.search
        exact = TINY if search.is_small() else 0.002
        answer = search.solve(search.whole, -lowest(search.whole), search.limits(gap=exact), "fairness")
        self.highest_bound = None if answer.bound is None else -answer.bound
        if search.is_small():
            direct = search.improve(-lowest(search.day), search.limits(), "fairness")
            if direct.bound is not None:
                self.highest_bound = min(-direct.bound, self.highest_bound or 1.0)
        elif answer.objective is not None and not search.fit_days(
            answer, [lowest(search.day) >= -answer.objective - TINY], "fairness"
        ):
            search.improve(-lowest(search.day), search.limits(gap=0.005), "fairness")
        return answer

    def _cheapest(self, before: Answer | None, fallback: Values | None) -> Answer:
        """Make the best solution a cheap one of the level; return the solution without days, with its bound."""
        search = self.search
        gap = search.effort.allocation_gap
        price = None if fallback is None else value_of(dirhams(search.day), fallback)
        limits = search.limits(gap=gap / 3, nodes=search.effort.allocation_nodes // 250)
        hint = None if before is None else before.values
        answer = search.solve(search.whole, dirhams(search.whole), limits, "cost", hint=hint)
        if search.is_small():
            direct = search.improve(dirhams(search.day), search.limits(gap=gap / 10), "cost")
            bounds = [item for item in (answer.bound, direct.bound) if item is not None]
            answer = replace(answer, bound=max(bounds, default=None))
        elif answer.values is not None:
            search.fit_days(answer, [], "cost")
            if search.best is not None:
                cheaper(search, answer.bound, gap)
        if price is not None and search.price() > price:
            search.best = fallback
        return answer
