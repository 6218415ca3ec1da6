"""V45x: distribution points. Who collects can walk there, when it is open, and finds no crowd.

That baskets are there before families come follows from the time window (V410), which ends before the point's hours.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

from basketplan.plan.types import Collection
from basketplan.plan.verify.case import Case
from basketplan.plan.verify.rules import Look, Rule
from basketplan.programme.types import Household, Point
from basketplan.travel.distance import road_m, straight_m


def known(case: Case) -> Iterator[tuple[Collection, Household, Point]]:
    """Yield who collects, with its home and its point, where both exist."""
    for item in case.plan.collections:
        home, point = case.written.household.get(item.household), case.written.point.get(item.point)
        if home is not None and point is not None:
            yield item, home, point


def _allowed(case: Case, look: Look) -> None:
    by_points = case.written.policy.delivery.mode == "points"
    for item, home, _ in known(case):
        look(by_points, item.household, "brought to the door: the policy's mode is 'doors'", f"sent to {item.point}")
        look(home.collect, item.household, "brought to the door: it cannot walk", f"sent to {item.point}")


def _walk(case: Case, look: Look) -> None:
    for item, home, point in known(case):
        line = straight_m(home.lat, home.lon, point.place.lat, point.place.lon)
        look.equal((item.household, item.point), int(road_m(case.written.travel, line)), item.walk_m)


def _near(case: Case, look: Look) -> None:
    for item, _, _ in known(case):
        look.at_most((item.household, item.point), case.written.policy.delivery.walking, item.walk_m)


def _number(case: Case, look: Look) -> None:
    used = {item.point for item in case.plan.collections}
    if used:
        look.at_most("points", case.written.policy.delivery.at_most, len(used))


def _once(case: Case, look: Look) -> None:
    for household, count in Counter(item.household for item in case.plan.collections).items():
        look(count == 1, household, 1, count)


def _day(case: Case, look: Look) -> None:
    for item in case.plan.collections:
        trip = case.trip_of.get(item.household)
        look.equal(item.household, None if trip is None else trip.day, item.day)


def _open(case: Case, look: Look) -> None:
    for item, _, point in known(case):
        days = set(case.written.point_days(point))
        for day in item.days if item.day is None else (*item.days, item.day):
            look(day in days, (item.household, point.id), "a day on which it is open", day)
        look(bool(item.days), item.household, "days of its turn", item.days)


def _span(item: Collection) -> tuple[int, int] | None:
    """Return when a family comes."""
    return None if item.from_s is None or item.until_s is None else (item.from_s, item.until_s)


def _hours(case: Case, look: Look) -> None:
    for item, _, point in known(case):
        span = _span(item)
        if item.day is None:
            look(item.from_s is None and item.until_s is None, item.household, None, span)
            continue
        inside = span is not None and point.hours[0] <= span[0] < span[1] <= point.hours[1]
        look(inside, item.household, point.hours, span)


def _crowd(case: Case, look: Look) -> None:
    """Between any two times no more families come than the point serves in between."""
    spans: dict[tuple[str, dt.date], list[tuple[int, int]]] = {}
    rate: dict[str, int] = {}
    for item, _, point in known(case):
        span = _span(item)
        if item.day is not None and span is not None and span[0] < span[1]:
            spans.setdefault((point.id, item.day), []).append(span)
            rate[point.id] = point.families_per_hour
    for (point_id, day), found in sorted(spans.items()):
        counts = Counter(found)
        for begin in sorted({span[0] for span in counts}):
            for end in sorted({span[1] for span in counts if span[1] > begin}):
                come = sum(count for span, count in counts.items() if begin <= span[0] and span[1] <= end)
                most = int(Fraction((end - begin) * rate[point_id], 3600))
                look.at_most((point_id, day, f"{begin // 3600} h"), most, come)


def _nobody_else(case: Case, look: Look) -> None:
    if case.written.policy.delivery.mode != "points" or case.written.policy.delivery.otherwise == "door":
        return
    collects = {item.household for item in case.plan.collections}
    for household in case.trip_of:
        home = case.written.household.get(household)  # none: one of several visits, which come to the door
        if home is not None and home.collect:
            look(household in collects, household, "told where it collects", "brought to the door")


def _walking(case: Case, look: Look) -> None:
    rules = case.written.policy.delivery
    for item in case.plan.unserved:
        if item.reason != "walking":
            continue
        home = case.written.household.get(item.household)
        must = rules.mode == "points" and rules.otherwise == "unserved" and home is not None and home.collect
        look(must, item.household, "it must collect and cannot", "the policy brings its baskets to the door")
        sent = any(one.household == item.household for one in case.plan.collections)
        look(not sent, item.household, "it must collect and cannot", "it has a point")


RULES = (
    Rule(
        code="V451",
        name="collecting allowed",
        says="Families collect only where the policy's mode is `points`, and only those who can walk.",
        tells="household {where} must be {expected}, it is {found}",
        check=_allowed,
    ),
    Rule(
        code="V452",
        name="walk",
        says="The walk is the road from home to the point.",
        tells="the walk of {where} is {expected}, the plan says {found}",
        unit="m",
        check=_walk,
    ),
    Rule(
        code="V453",
        name="longest walk",
        says="Nobody walks further to a point than the policy allows.",
        tells="household and point {where}: {expected} may be walked, it is {found}",
        unit="m",
        check=_near,
    ),
    Rule(
        code="V454",
        name="number of points",
        says="No more points are used than the policy allows.",
        tells="at most {expected} {where} may be used, {found} are",
        check=_number,
    ),
    Rule(
        code="V455",
        name="one point",
        says="A household collects at one point.",
        tells="household {where} is sent to {found} points",
        check=_once,
    ),
    Rule(
        code="V456",
        name="day of collecting",
        says="A household collects on the day on which a trip brings its baskets; without a trip on none.",
        tells="household {where} collects on {expected}, the plan says {found}",
        check=_day,
    ),
    Rule(
        code="V457",
        name="point open",
        says="Baskets may come, and are collected, on days on which the point is open, and there is such a day.",
        tells="{where} must have {expected}, found {found}",
        check=_open,
    ),
    Rule(
        code="V458",
        name="hours of the point",
        says="Families come within the hours of their point.",
        tells="household {where} may come within {expected}, it is told {found}",
        unit="clock",
        check=_hours,
    ),
    Rule(
        code="V459",
        name="families per hour",
        says="No more families are sent to a point than it serves in that time.",
        tells="point, day and time {where}: {expected} families can be served, {found} are sent",
        check=_crowd,
    ),
    Rule(
        code="V460",
        name="everybody collects",
        says="Where the policy leaves those without a point unserved, nobody who can walk is served at the door.",
        tells="household {where} must be {expected}, it is {found}",
        check=_nobody_else,
    ),
    Rule(
        code="V461",
        name="reason 'walking'",
        says="Unserved for `walking`: the policy makes the household collect, and it has no point.",
        tells="household {where} is listed as unserved for 'walking' ({expected}), but: {found}",
        check=_walking,
    ),
)
