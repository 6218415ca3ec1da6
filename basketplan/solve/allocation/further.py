"""Goals beyond service, the lowest share and cost, and rules that give way to service only.

Each function solves its part on the search of an :class:`~basketplan.solve.allocation.order.Order`, reports how it
ended, and adds the rows that make later goals keep it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from basketplan.programme.types import Goal
from basketplan.solve.allocation import aims
from basketplan.solve.allocation.fairness import missing, shares_at, utilities, utility
from basketplan.solve.allocation.fit import lags
from basketplan.solve.allocation.model import Expression, Model, total
from basketplan.solve.allocation.reach import (
    Reached,
    counts,
    highest_part,
    improved,
    keep_lowest_sums,
    keep_part,
    leximin,
    reach,
)
from basketplan.solve.allocation.scarce import by_days
from basketplan.solve.allocation.search import value_of
from basketplan.solve.status import Ending, relative_gap

if TYPE_CHECKING:
    from basketplan.solve.allocation.order import Order
    from basketplan.solve.allocation.search import Search

__all__ = ["come_near_rules", "level_zones", "solve"]

Values = NDArray[np.float64]

TINY = 1e-6
MORE = 1.1
"""How much farther types of baskets may fall behind each other for the sake of freshness."""
ENOUGH = 0.01
"""Relative gap to the bound up to which one of these goals is called optimal."""


def solve(order: Order, goal: Goal) -> None:
    """Solve one of the goals of this module and keep what it reached."""
    name = order.search.data.rule if goal.goal == "fairness" else goal.goal
    _GOALS[name](order, goal)


def _ending(value: float, bound: float | None) -> Ending:
    gap = relative_gap(value, bound)
    return "optimal" if gap is not None and gap <= ENOUGH else "feasible"


def _expressions(make: Callable[[Model], Expression]) -> Callable[[Model], Expression]:
    """Return ``make`` that adds its rows to a model only once."""
    made: dict[int, Expression] = {}

    def once(model: Model) -> Expression:
        if id(model) not in made:
            made[id(model)] = make(model)
        return made[id(model)]

    return once


# -- right after service ---------------------------------------------------------------------------------------------


def level_zones(order: Order, goal: Goal) -> None:
    """Where somebody is left out, let zones get as equal parts of their baskets as possible."""
    search = order.search
    zones = aims.zones_of(search.day)
    assert search.best is not None
    if len(zones) < 2 or value_of(search.day.unserved(), search.best) < 0.5:
        return

    def lowest(values: Values) -> float:
        return -min(aims.fill_rates(search.day, values).values())

    def apart(values: Values) -> float:
        rates = aims.fill_rates(search.day, values)
        common = sum(rate * zones[zone] for zone, rate in rates.items()) / sum(zones.values())
        return sum(zones[zone] * abs(rate - common) for zone, rate in rates.items())

    def level(make: Callable[[Model], Expression], measure: Callable[[Values], float]) -> Reached:
        if not order.scarce:
            return reach(search, "zones", make, measure)
        assert search.best is not None  # found ahead, with service
        return Reached(value=measure(search.best), bound=None)

    def worst(model: Model) -> Expression:
        return -1.0 * aims.worst_zone(model)

    found = level(worst, lowest)
    if order.scarce:
        known = order.worst_zone_bound
        bound = by_days(search, worst(search.day), "zones", demand=False).bound if known is None else known
        found = replace(found, bound=bound)
    for model in (search.day, search.whole):
        row = aims.worst_zone(model) >= goal.keep * -found.value - TINY
        model.m.add_linear_constraint(row, name="keepworstzone")
    even = level(aims.unequal, apart)
    slack = (1 - goal.keep) * sum(zones.values()) + 1e-4
    for model in (search.day, search.whole):
        model.m.add_linear_constraint(aims.unequal(model) <= even.value + slack, name="keepzones")
    value, bound = -found.value, None if found.bound is None else min(1.0, -found.bound)
    detail = f"lowest part of its baskets that a zone gets; {even.value:.1f} baskets away from equal parts"
    order.report("zones", _ending(value, bound), value, bound, detail)


def come_near_rules(order: Order) -> None:
    """Come as near to floors and the Gini bound as service allows."""
    search = order.search
    if not search.day.short:
        return
    limits = search.limits(gap=0.001)
    answer = search.solve(search.whole, missing(search.whole), limits, "rules")
    target = math.inf if answer.objective is None else answer.objective + TINY
    bound = answer.bound
    if not search.fit_days(answer, [missing(search.day) <= target], "rules"):
        direct = search.improve(missing(search.day), limits, "rules")
        bound = max((item for item in (bound, direct.bound) if item is not None), default=None)
    assert search.best is not None
    value = value_of(missing(search.day), search.best)
    for model in (search.day, search.whole):
        model.m.add_linear_constraint(missing(model) <= value + TINY, name="keepfloors")
    value, bound = (0.0 if value <= 2 * TINY else value), None if bound is None else max(0.0, bound)
    bound = None if bound is None else min(bound, value)
    detail = "missing to floors of shares and to the Gini bound, all together"
    order.report("rules", "optimal" if value == 0 else _ending(value, bound), value, bound, detail)


# -- fairness --------------------------------------------------------------------------------------------------------


def _leximin(order: Order, goal: Goal) -> None:
    """Raise the lowest share, then the second lowest, and so on."""
    search = order.search
    if not search.data.potential:
        order.report("fairness", "optimal", 0.0, 0.0, "no cooperative can supply what is needed")
        return
    steps, taken = leximin(search), counts(search)
    for model in (search.day, search.whole):
        keep_lowest_sums(search, model, [step.value for step in steps], goal.keep)
    gaps = [relative_gap(step.value, step.bound) for step in steps]
    unknown = [number for number, gap in enumerate(gaps) if gap is None and steps[number].value > TINY]
    worst = max(range(len(steps)), key=lambda number: gaps[number] or 0.0) if not unknown else unknown[0]
    told: Reached = steps[worst]
    detail = (
        f"leximin: sum of the {taken[worst]} lowest shares of {taken[-1]}, where the gap is largest;"
        f" the lowest share is {steps[0].value:.4f}"
    )
    bound = told.bound
    ending: Ending = "feasible" if unknown else "optimal" if (gaps[worst] or 0.0) <= ENOUGH else "feasible"
    order.report("fairness", ending, told.value, bound, detail)


def _proportional(order: Order, goal: Goal) -> None:
    """Raise the product of the shares."""
    search = order.search
    number = len(search.data.potential)
    if not number:
        order.report("fairness", "optimal", 0.0, 0.0, "no cooperative can supply what is needed")
        return

    def measure(values: Values) -> float:
        return -sum(utility(share) for share in shares_at(search.day, values).values())

    utils = _expressions(utilities)
    found = reach(search, "fairness", lambda model: -utils(model), measure)
    for model in (search.day, search.whole):
        least = -found.value + number * math.log(max(goal.keep, TINY))
        model.m.add_linear_constraint(utils(model) >= least - TINY, name="keepfairness")
    value = math.exp(-found.value / number)
    bound = None if found.bound is None else math.exp(-found.bound / number)
    order.report("fairness", _ending(value, bound), value, bound, "proportional: geometric mean of the shares")


# -- other goals -----------------------------------------------------------------------------------------------------


def _women(order: Order, goal: Goal) -> None:
    """Buy as large a part as possible from cooperatives with a majority of women."""
    found = highest_part(order.search)
    for model in (order.search.day, order.search.whole):
        keep_part(model, found.value, goal.keep)
    detail = "part of the money for goods to cooperatives with a majority of women"
    order.report("women", _ending(found.value, found.bound), found.value, found.bound, detail)


def _spread(order: Order, goal: Goal) -> None:
    """Buy from as many cooperatives as possible."""
    search = order.search
    for model in (search.day, search.whole):
        aims.link_engagement(model)

    def measure(values: Values) -> float:
        day = search.day
        bought = {
            coop: sum(value_of(day.bought(offer), values) for offer in mine) for coop, mine in day.offers_of.items()
        }
        return -float(sum(packs > 0.5 for packs in bought.values()))

    found = reach(search, "spread", lambda model: -aims.count_engaged(model), measure)
    least = math.ceil(goal.keep * -found.value - 1e-9)
    for model in (search.day, search.whole):
        model.m.add_linear_constraint(aims.count_engaged(model) >= least - 0.5, name="keepspread")
    bound = None if found.bound is None else float(math.floor(-found.bound + TINY))
    order.report("spread", _ending(-found.value, bound), -found.value, bound, "cooperatives engaged")


def _distance(order: Order, goal: Goal) -> None:
    """Let lorries from cooperatives drive as little as possible."""
    search = order.search
    found = reach(search, "distance", aims.kilometres, lambda values: value_of(aims.kilometres(search.day), values))
    for model in (search.day, search.whole):
        most = found.value / max(goal.keep, TINY) + 1e-4
        model.m.add_linear_constraint(aims.kilometres(model) <= most, name="keepdistance")
    bound = None if found.bound is None else min(max(0.0, found.bound), found.value)
    order.report("distance", _ending(found.value, bound), found.value, bound, "km of lorries from cooperatives")


def _stay_mixed(search: Search) -> None:
    """Let types of baskets be assembled side by side from now on, about as they are in the best solution.

    A trip leaves with the last of its baskets. Goods are freshest where one type is assembled after the other: then
    nearly all trips would leave on the last days, on which there are not enough vehicles for everybody.
    """
    apart = lags(search)
    assert search.best is not None
    behind = 0.0
    for variable, row in apart:
        terms = (term for term in row.terms() if term.variable != variable)
        done = sum(term.coefficient * float(search.best[term.variable.id]) for term in terms)
        behind += max(0.0, row.lower_bound - done)
    most = MORE * behind + len(apart)
    search.day.m.add_linear_constraint(total([1.0 * variable for variable, _ in apart]) <= most, name="mixed")


def _freshness(order: Order, goal: Goal) -> None:
    """Let goods that spoil be packed as fresh as possible."""
    search = order.search
    age = aims.age(search.day)
    before = search.best
    assert before is not None
    old = value_of(age, before)
    small = search.is_small()
    if not small:
        _stay_mixed(search)
    answer = search.improve(age, search.limits(), "freshness") if small else improved(search, age, "freshness")
    if value_of(age, search.best if search.best is not None else before) > old + TINY:
        search.best = before
    assert search.best is not None
    value = max(0.0, value_of(age, search.best))
    row = age <= value / max(goal.keep, TINY) + 1e-4
    search.day.m.add_linear_constraint(row, name="keepfreshness")
    bound = None if answer.bound is None else min(max(0.0, answer.bound), value)
    ending: Ending = "optimal" if value <= 1e-4 else _ending(value, bound)
    detail = "kg × part of their shelf life used up when packed"
    if not small:
        detail += "; bound with types of baskets side by side"
    order.report("freshness", ending, value, bound, detail)


_GOALS: dict[str, Callable[[Order, Goal], None]] = {
    "leximin": _leximin,
    "proportional": _proportional,
    "women": _women,
    "spread": _spread,
    "distance": _distance,
    "freshness": _freshness,
}
