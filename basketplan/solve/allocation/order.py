"""Solve the goals of a policy in their order, each keeping what the earlier ones reached.

The model by days is too hard to solve at once where lorries are fixed charges. So each goal is solved

1. on the model without days, which gives a valid **bound** and **totals** per offer and hub;
2. with these totals, for days on which everything fits (:meth:`~.search.Search.fit_days`);
3. for the cost goal, near totals that are made cheaper first where there are nodes enough (:mod:`~.totals`), and by
   sending goods sooner and making parts of the days anew (:func:`~.neighbourhoods.cheaper`).

Goals beyond service, the lowest share and cost, and rules, are in :mod:`~basketplan.solve.allocation.further`.
Where step 2 misses what step 1 promised, the model by days is solved for that goal directly; a small model by
days is solved for cost directly anyway. Where not everybody can be served, days for service, zones, rules and the
lowest share are found at once (:mod:`~.scarce_totals`, :mod:`~.scarce`). With an earlier plan, days near it are looked
for first (:mod:`~.warm`). Every reported value is that of the solution by days; every bound is of a relaxation (see
:func:`~.collapse.collapse`), so gaps are honest.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from basketplan.plan.types import StageReport
from basketplan.programme.types import Goal
from basketplan.progress import Progress
from basketplan.solve.allocation import aims, further
from basketplan.solve.allocation.fairness import missing
from basketplan.solve.allocation.leftovers import cheaper_leftovers
from basketplan.solve.allocation.model import Expression, Model, build, total
from basketplan.solve.allocation.neighbourhoods import ROUGH, SHARP, cheaper
from basketplan.solve.allocation.reach import NEAR
from basketplan.solve.allocation.scarce import attain, by_days
from basketplan.solve.allocation.scarce_totals import days_for_totals
from basketplan.solve.allocation.search import OFTEN, Search, dirhams, value_of
from basketplan.solve.allocation.totals import cheaper_totals
from basketplan.solve.allocation.warm import CLOSE, MANY, SLACK, near
from basketplan.solve.allocation.wishes import BASKET, PERCENT, Wish
from basketplan.solve.interrupt import Answer, Limits
from basketplan.solve.status import Ending, relative_gap, stage_status

Values = NDArray[np.float64]

WHOLE = 0.5
"""Service counts whole baskets: half of one is no difference."""
TINY = 1e-6
LEFT = 0.01
"""Part of what is needed of a product that may be left over beyond what is least, so that whole lots come out even."""
MOST = 0.5
"""Part of the cooperatives that send something else for high shares, beyond which costs are not looked at near an
earlier plan."""
FAIR_ENOUGH = 0.01
"""Relative gap to the bound up to which a lowest share is called optimal."""


def goals_in_order(goals: Sequence[Goal]) -> list[Goal]:
    """Return the goals; service comes first wherever it is named, and cost last where the policy does not name it."""
    service = next((goal for goal in goals if goal.goal == "service"), Goal(goal="service"))
    result = [service, *(goal for goal in goals if goal.goal != "service")]
    if all(goal.goal != "cost" for goal in goals):
        result.append(Goal(goal="cost"))
    return result


def lowest(model: Model) -> Expression:
    """Return the objective of the fairness goal."""
    assert model.lowest is not None
    return 1.0 * model.lowest


def pace(model: Model) -> Expression:
    """Return the baskets beyond the fleet's estimate."""
    return total([1.0 * over for over in model.over.values()])


@dataclass
class Order:
    """Solves goals one after another on a search; ``reports`` says how each ended."""

    search: Search
    reports: list[StageReport] = field(default_factory=list)
    scarce: bool = False
    """Whether not everybody can be served, and days were found at once for service, zones, rules and lowest share."""
    worst_zone_bound: float | None = None
    """Bound of minus the lowest part of its baskets that a zone gets, where as many are served as when it was found."""
    fair: bool = False
    """Whether the lowest share is a goal."""
    fairest: Values | None = None
    """Days with the highest lowest share, where everybody is served and the model is large."""
    highest: Answer | None = None
    """The highest lowest share without days where everybody is served, once it is known."""
    changed: list[str] = field(default_factory=list)
    """Cooperatives that send something else than in the earlier plan near which days were found."""

    def run(self, goals: Sequence[Goal]) -> None:
        """Solve ``goals``; afterwards the search's best solution is the one to use."""
        self.fair = any(goal.goal == "fairness" for goal in goals) and self.search.data.rule == "max-min"
        for goal in goals:
            if self.search.runner.stopped:
                self.report(goal.goal, "stopped", None, None)
            elif goal.goal == "service":
                self._service(goal)
                if self.search.best is not None:
                    further.level_zones(self, goal)
                    further.come_near_rules(self)
            elif self.search.best is None:
                self.report(goal.goal, "none", None, None)
            elif goal.goal == "cost":
                self._cost(goal)
            elif goal.goal == "fairness" and self.fair:
                self._fairness(goal)
            else:
                further.solve(self, goal)
                self.highest = None  # rows of this goal hold now

    # -- service ---------------------------------------------------------------------------------------------------

    def _service(self, goal: Goal) -> None:
        """Serve as many as possible, weighted by priority."""
        search = self.search
        limits = search.limits(absolute_gap=0.9)
        answer = self._without_days(limits)
        if answer.objective is not None and answer.objective > WHOLE:
            answer = self._allow_leftovers(answer, limits)
        bound = 0.0 if answer.bound is None else float(max(0, math.ceil(answer.bound - TINY)))
        target = math.inf if answer.objective is None else round(answer.objective) + WHOLE
        if not search.is_small():
            most = self._most_by_days(bound)
            bound = bound if most.bound is None else max(bound, float(math.ceil(most.bound - TINY)))
            self.scarce = bound > WHOLE and self._days_for_most(most, answer.values)
        if not self.scarce and not self._first_days(answer, target):
            bound = max(bound, self._serve_by_days(bound))
        if search.best is None:
            self.report(goal.goal, "none", None, bound)
            return
        value = float(round(value_of(search.day.unserved(), search.best)))
        ending: Ending = "optimal" if value <= bound + WHOLE else "feasible"
        if value > bound + WHOLE or goal.keep < 1.0:
            self.worst_zone_bound = None
        if value > WHOLE or goal.keep < 1.0:
            self.highest = None  # days may have served fewer than it stands for, and zones are levelled now
        self.report(goal.goal, ending, value, min(bound, value), "unserved baskets × priority")
        weight = sum(kind.priority * kind.size * len(kind.households) for kind in search.data.kinds)
        for model in (search.day, search.whole):
            allowed = weight - goal.keep * (weight - value) + WHOLE
            model.m.add_linear_constraint(model.unserved() <= allowed, name="keepservice")

    def _without_days(self, limits: Limits) -> Answer:
        """Serve as many as possible on the model without days.

        A shortage in a large model is planned anew afterwards, so there this need only tell whether there is one: SCIP
        does so in a second or less, where HiGHS took up to six.
        """
        search = self.search
        if not search.is_small():
            few = search.limits(absolute_gap=0.9, nodes=search.effort.allocation_nodes // 10)
            answer = search.solve(search.whole, search.whole.unserved(), few, "service", solver="GSCIP")
            if answer.values is not None:
                return answer
        return search.solve(search.whole, search.whole.unserved(), limits, "service")

    def _most_by_days(self, bound: float) -> Answer:
        """Serve as many as possible by days with lots and lorries in fractions; ``bound`` of them cannot be served.

        Days beyond the fleet's estimate are allowed where they serve more: it may only pace, not refuse.
        """
        search = self.search
        day = search.day
        answer = by_days(search, day.unserved(), "service", demand=True)
        if answer.objective is None or answer.objective > bound + WHOLE:
            for over in day.over.values():
                over.upper_bound = math.inf
            freer = by_days(search, day.unserved(), "service", demand=True)
            gained = freer.objective is not None and (
                answer.objective is None or freer.objective < answer.objective - WHOLE
            )
            answer = freer if gained else replace(answer, bound=freer.bound)
            if gained:
                assert freer.objective is not None
                row = day.m.add_linear_constraint(day.unserved() <= freer.objective + WHOLE, name="paced")
                calm = by_days(search, pace(day), "service", demand=True, gap=0.01)
                day.m.delete_linear_constraint(row)
                if calm.objective is not None:
                    day.m.add_linear_constraint(pace(day) <= calm.objective + 1e-3, name="strain")
            else:
                for over in day.over.values():
                    over.upper_bound = 0.0
        return answer

    def _days_for_most(self, most: Answer, known: Values | None) -> bool:
        """Find days that serve as many as ``most``, and on which zones are level, rules kept and shares high."""
        search, day = self.search, self.search.day
        if most.values is None or most.objective is None:
            return False
        least = float(round(most.objective))
        wishes = [Wish(goal="service", expression=Model.unserved, most=least, price=BASKET, must=True)]
        rows = [day.m.add_linear_constraint(day.unserved() <= least + WHOLE, name="ahead[service]")]
        after: list[tuple[str, Callable[[Model], Expression], float]] = []
        if len(aims.zones_of(day)) > 1:
            after += [("zones", lambda model: -1.0 * aims.worst_zone(model), 0.01), ("equal", aims.unequal, 100.0)]
        if day.short:
            after.append(("rules", missing, 0.01))
        if search.data.potential and self.fair:
            after.append(("fairness", lambda model: -1.0 * lowest(model), 0.01))
        loose = most.values
        for name, expression, unit in after:
            answer = by_days(search, expression(day), "service", demand=False)
            if answer.objective is None or answer.values is None:
                continue
            if name == "zones":
                self.worst_zone_bound = answer.bound
            loose = answer.values
            limit = answer.objective + NEAR * abs(answer.objective) + TINY
            rows.append(day.m.add_linear_constraint(expression(day) <= limit, name=f"ahead[{name}]"))
            wishes.append(Wish(goal=name, expression=expression, most=limit, price=PERCENT / unit))
        for row in rows:
            day.m.delete_linear_constraint(row)
        return days_for_totals(search, wishes, loose, known, "service") or attain(
            search, wishes, most.values, "service"
        )

    def _first_days(self, answer: Answer, target: float) -> bool:
        """Find days that serve as many as ``answer``, in a large model at once those that are fair as well."""
        search = self.search
        require = [search.day.unserved() <= target]
        if not search.is_small() and not search.day.short and answer.values is not None:
            if self.fair:
                row = search.whole.m.add_linear_constraint(search.whole.unserved() <= target, name="ahead")
                found = search.solve(search.whole, -lowest(search.whole), search.limits(gap=0.002), "service")
                search.whole.m.delete_linear_constraint(row)
                self.highest = None if found.objective is None else found
            share = [] if self.highest is None else [lowest(search.day) >= -(self.highest.objective or 0.0) - TINY]
            if self._near_start([*require, *share], "service"):
                return True
            if self.highest is not None and search.fit_days(self.highest, [*require, *share], "service"):
                return True
        return search.fit_days(answer, require, "service")

    def _allow_leftovers(self, answer: Answer, limits: Limits) -> Answer:
        """Serve more by buying more than baskets hold, where minimum orders or rates leave no other way: but few."""
        search = self.search
        tight = search.whole
        search.whole = build(tight.data)  # without the rows that count on limited leftovers
        freer = search.solve(search.whole, search.whole.unserved(), limits, "service")
        if freer.objective is None or answer.objective is None or freer.objective > answer.objective - WHOLE:
            search.whole = tight
            return answer
        whole = search.whole
        row = whole.m.add_linear_constraint(whole.unserved() <= freer.objective + WHOLE, name="ahead")
        kilograms = total(whole.data.weight_g[product] / 1000 * item for product, item in whole.excess.items())
        least = search.solve(whole, kilograms, search.limits(gap=0.01, absolute_gap=1.0), "service", hint=freer.values)
        whole.m.delete_linear_constraint(row)
        values = freer.values if least.values is None else least.values
        for product, variable in whole.excess.items():
            need = sum(packs for (_, item), packs in whole.data.usable.items() if item == product)
            left = 0.0 if values is None else float(values[variable.id])
            variable.upper_bound = search.day.excess[product].upper_bound = math.ceil(left + LEFT * need)
        return freer if least.values is None else replace(least, objective=freer.objective, bound=freer.bound)

    def _serve_by_days(self, bound: float) -> float:
        """Solve service on the model by days; return its bound."""
        search = self.search
        day, limits = search.day, search.limits(absolute_gap=0.9)
        answer = search.improve(day.unserved(), limits, "service")
        if answer.objective is not None and answer.objective <= bound + WHOLE:
            return bound
        for variable in (*day.over.values(), *day.excess.values()):
            variable.upper_bound = math.inf  # the fleet's estimate may only pace, not refuse
        freer = search.improve(day.unserved(), limits, "service")
        if freer.objective is None:
            return bound
        row = day.m.add_linear_constraint(day.unserved() <= freer.objective + WHOLE, name="paced")
        strain = pace(day) + 0.001 * total([1.0 * item for item in day.excess.values()])
        calm = search.improve(strain, search.limits(gap=0.02, absolute_gap=1.0), "service")
        day.m.delete_linear_constraint(row)
        if calm.objective is not None:
            day.m.add_linear_constraint(strain <= calm.objective + 1e-3, name="strain")
            search.whole = build(search.whole.data)
        return bound if freer.bound is None else float(math.ceil(freer.bound - TINY))

    # -- fairness --------------------------------------------------------------------------------------------------

    def _fairness(self, goal: Goal) -> None:
        """Raise the lowest share."""
        search = self.search
        if self.scarce:  # found ahead, with service
            answer = by_days(search, -lowest(search.day), "fairness", demand=False)
        elif self.highest is not None:
            answer = self.highest
        else:
            answer = search.solve(search.whole, -lowest(search.whole), search.limits(gap=0.002), "fairness")
        bound = None if answer.bound is None else -answer.bound
        target = 0.0 if answer.objective is None else -answer.objective - TINY
        if (
            not self.scarce
            and self._lowest_share() < target - TINY
            and not search.fit_days(answer, [lowest(search.day) >= target], "fairness")
        ):
            limits = search.limits(gap=FAIR_ENOUGH / 2)
            search.improve_part(-lowest(search.day), limits, "fairness", search.day.serve)
            direct = search.improve(-lowest(search.day), limits, "fairness")
            if direct.bound is not None:
                bound = -direct.bound if bound is None else min(bound, -direct.bound)
        if not self.scarce and not search.is_small():
            self.fairest = search.best
        value = self._lowest_share()
        gap = relative_gap(value, bound)
        ending: Ending = "optimal" if gap is not None and gap <= FAIR_ENOUGH else "feasible"
        self.report(goal.goal, ending, value, bound, "lowest share of a cooperative")
        for model in (search.day, search.whole):
            model.m.add_linear_constraint(lowest(model) >= goal.keep * value - TINY, name="keepfairness")

    def _lowest_share(self) -> float:
        """Return the lowest share in the best solution (the variable itself may lie below it)."""
        search = self.search
        assert search.best is not None
        best = search.best
        return min(
            (value_of(search.day.revenue(coop), best) / worth for coop, worth in search.data.potential.items()),
            default=0.0,
        )

    # -- cost ------------------------------------------------------------------------------------------------------

    def _cost(self, goal: Goal) -> None:
        """Spend least."""
        search = self.search
        gap = search.effort.allocation_gap
        limits = search.limits(gap=gap / 3, nodes=search.effort.allocation_nodes // 250)
        before = search.best
        for model in (search.day, search.whole):
            cheaper_leftovers(model)
        # Later goals may take from the lowest share: then more can stay as it was than where days were looked for.
        # Where most send something else for these, too many would.
        few = len(self.changed) <= MOST * len(search.data.coops)
        begun = few and not search.is_small() and not self.scarce
        begun = begun and self._near_start([], "cost", most=MANY, gap=CLOSE)
        if begun or self._hurried():  # totals are not needed: more nodes hardly raise the bound, and SCIP is faster
            limits = replace(limits, nodes=1, bound_only=True)
            answer = search.solve(search.whole, dirhams(search.whole), limits, "cost", solver="GSCIP")
        else:
            answer = search.solve(search.whole, dirhams(search.whole), limits, "cost")
        bound = answer.bound
        if search.is_small():
            limits = search.limits(gap=gap / 10, nodes=search.effort.allocation_nodes // 5)
            direct = search.improve(dirhams(search.day), limits, "cost")
            bound = max((item for item in (bound, direct.bound) if item is not None), default=None)
        else:
            self._cheaper_days(answer, bound, begun)
            if before is not None and value_of(dirhams(search.day), before) < search.price():
                search.best = before
        value = round(search.price(), 2)
        bound = None if bound is None else min(bound, value)
        reached = relative_gap(value, bound)
        ending: Ending = "optimal" if reached is not None and reached <= gap else "feasible"
        self.report(
            goal.goal, ending, value, bound, "MAD for goods, engagement, lorries and assembly; bound without days"
        )
        for model in (search.day, search.whole):
            model.m.add_linear_constraint(dirhams(model) <= value / max(goal.keep, TINY) + 0.005, name="keepcost")

    def _cheaper_days(self, answer: Answer, bound: float | None, begun: bool) -> None:
        """Make days near an earlier plan cheaper where they have ``begun``, or look for days for cheap totals."""
        search = self.search
        search.tell(search.price(), bound)
        enough = search.effort.allocation_gap
        if begun:
            assert search.start is not None
            near_enough = max(enough, (search.start.gap or 0.0) + SLACK)
            cheaper(search, bound, near_enough, among=self.changed)
            gap = relative_gap(search.price(), bound)
            if gap is None or gap > near_enough:
                cheaper(search, bound, enough, near=ROUGH)
            return
        if answer.values is not None and not self._hurried():
            if search.effort.allocation_nodes >= OFTEN:
                answer = cheaper_totals(search, answer)
            search.fit_days(answer, [], "cost")
        cheaper(search, bound, enough, near=ROUGH if self._hurried() else SHARP)

    def _hurried(self) -> bool:
        """Tell whether costs are looked at only around the days found for a shortage."""
        return self.scarce and self.search.effort.allocation_nodes < OFTEN

    def _near_start(self, require: Sequence[mathopt.BoundedLinearTypes], goal: str, **how: float) -> bool:
        """Take days near the earlier plan as best, if there is one and days near it keep ``require``."""
        search = self.search
        start = search.start
        if start is not None and goal == "service" and self.fair and start.fairest is not None:
            start = start.fairest
        found = None if start is None else near(search, start, goal, require, cheap=goal == "cost", **how)
        if found is None:
            return False
        search.best, self.changed = found
        return True

    def bound_of(self, goal: str) -> float | None:
        """Return the bound of a goal that was solved."""
        return next((item.bound for item in self.reports if item.goal == goal), None)

    def report(self, goal: str, ending: Ending, value: float | None, bound: float | None, detail: str = "") -> None:
        """Say how a goal ended."""
        search = self.search
        gap = relative_gap(value, bound)
        self.reports.append(
            StageReport(
                stage="allocation",
                goal=goal,
                status=stage_status("stopped" if search.runner.stopped else ending),
                value=value,
                bound=bound,
                gap=gap,
                detail=detail,
            )
        )
        search.reporter.update(Progress(stage="allocation", message=goal, best=value, gap=gap))
