"""Households as the vehicles of a plan find them: in several visits, or at distribution points.

A plan calls the visits to household ``P1`` ``P1/1``, ``P1/2``, …; each has baskets of its own. Who looks a plan's
households up does so in :func:`by_visit`, where every visit is a household. Who collects at a point is found there,
with the point's place, access and times.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from basketplan.plan.types import Plan
from basketplan.programme.types import Household, Programme, household_of

__all__ = ["by_visit"]

_VISIT = re.compile(r"[^/]+/([1-9][0-9]{0,5})")


def by_visit(programme: Programme, plan: Plan) -> Programme:
    """Return ``programme`` with the visits of ``plan`` in the place of households that have several.

    A visit gets the baskets that the plan gives it. What is then missing to what its household needs is spread over
    the visits that are listed as unserved. Households that collect are where they collect. The programme itself where
    no household has several visits or collects.
    """
    numbers = _numbers(programme, plan)
    collects = {item.household: item for item in plan.collections if item.point in programme.point}
    if not numbers and not collects:
        return programme
    given: dict[str, Counter[str]] = defaultdict(Counter)
    for basket in plan.baskets:
        if basket.household is not None and "/" in basket.household:
            given[basket.household][basket.basket] += 1
    left = {item.household for item in plan.unserved}
    people: list[Household] = []
    for home in programme.households:
        if home.id in numbers:
            people += _visits(home, sorted(numbers[home.id]), given, left)
        elif home.id in collects:
            item = collects[home.id]
            people.append(home.at(programme.point[item.point], item.days, programme.policy.delivery.service))
        else:
            people.append(home)
    return programme.with_households(tuple(people))


def _numbers(programme: Programme, plan: Plan) -> dict[str, set[int]]:
    """Return the numbers of the visits by household; what names no household is left for the verifier."""
    found: dict[str, set[int]] = defaultdict(set)
    for name in _named(plan):
        number = _VISIT.fullmatch(name)
        home = household_of(name)
        if number is not None and home in programme.household:
            found[home].add(int(number[1]))
    return found


def _named(plan: Plan) -> Iterator[str]:
    for trip in plan.trips:
        yield from (stop.household for stop in trip.stops)
    yield from (item.household for item in plan.unserved)
    yield from (basket.household for basket in plan.baskets if basket.household is not None)


def _visits(
    home: Household, numbers: list[int], given: Mapping[str, Counter[str]], left: set[str]
) -> Iterator[Household]:
    """Yield the visits to ``home`` with their baskets."""
    baskets = {number: Counter(given.get(f"{home.id}/{number}", Counter())) for number in numbers}
    waiting = [number for number in numbers if f"{home.id}/{number}" in left]
    if waiting:
        missing = Counter(home.baskets) - sum(baskets.values(), Counter[str]())
        for place, kind in enumerate(sorted(missing.elements())):
            baskets[waiting[place % len(waiting)]][kind] += 1
    for number in numbers:
        yield home.visit(number, dict(sorted(baskets[number].items())))
