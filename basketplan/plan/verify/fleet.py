"""V50x: what each vehicle does in a day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from basketplan.plan.types import BreakTaken, Trip, VehicleDay
from basketplan.plan.verify.case import Case
from basketplan.plan.verify.rules import Look, Rule
from basketplan.programme.types import Vehicle

UnitDay = tuple[str, dt.date]


def trips_by_unit_day(case: Case) -> dict[UnitDay, list[Trip]]:
    """Return the trips of each vehicle and day in order of time."""
    groups: dict[UnitDay, list[Trip]] = defaultdict(list)
    for trip in case.trips:
        groups[trip.unit, trip.day].append(trip)
    return {key: sorted(groups[key], key=lambda trip: (trip.load_s, trip.id)) for key in sorted(groups)}


def days_by_unit(case: Case) -> dict[UnitDay, VehicleDay]:
    """Return the (first) vehicle day listed for each vehicle and day."""
    return {(item.unit, item.day): item for item in reversed(case.vehicle_days)}


def gap_of(rest: BreakTaken, trips: Sequence[Trip]) -> int | None:
    """Return ``i`` when a break lies between trips ``i`` and ``i + 1``, else ``None``."""
    for index, (before, after) in enumerate(pairwise(trips)):
        if before.return_s <= rest.start_s < rest.end_s <= after.load_s:
            return index
    return None


def stretches(trips: Sequence[Trip], breaks: Sequence[BreakTaken], duration_s: int) -> Iterator[list[Trip]]:
    """Yield the trips between which no break of at least ``duration_s`` is taken."""
    rested = {gap_of(rest, trips) for rest in breaks if rest.end_s - rest.start_s >= duration_s}
    stretch: list[Trip] = []
    for index, trip in enumerate(trips):
        stretch.append(trip)
        if index in rested:
            yield stretch
            stretch = []
    if stretch:
        yield stretch


def _days(case: Case) -> Iterator[tuple[UnitDay, list[Trip], Vehicle, VehicleDay | None]]:
    listed = days_by_unit(case)
    for key, trips in trips_by_unit_day(case).items():
        yield key, trips, case.programme.vehicle[trips[0].vehicle], listed.get(key)


def _overlap(case: Case, look: Look) -> None:
    for _, trips, _, _ in _days(case):
        for before, after in pairwise(trips):
            look(before.return_s <= after.load_s, (before.id, after.id), before.return_s, after.load_s)


def _trips_per_day(case: Case, look: Look) -> None:
    for key, trips, vehicle, _ in _days(case):
        look.at_most(key, vehicle.trips_per_day, len(trips))


def _breaks(case: Case, look: Look) -> None:
    for key, trips, _, day in _days(case):
        if day is None:
            continue
        for rest in day.breaks:
            spans = [f"{trip.return_s:,} s to {after.load_s:,} s" for trip, after in pairwise(trips)]
            look(gap_of(rest, trips) is not None, key, spans, f"{rest.start_s:,} s to {rest.end_s:,} s")


def _stretch(case: Case, look: Look) -> None:
    for key, trips, vehicle, day in _days(case):
        rule = vehicle.driver_break
        if rule is None:
            continue
        for stretch in stretches(trips, day.breaks if day is not None else (), rule.duration):
            if len(stretch) > 1:
                look.at_most(key, rule.after, max(trip.return_s for trip in stretch) - stretch[0].load_s)


def _listed(case: Case, look: Look) -> None:
    listed = {(item.unit, item.day) for item in case.plan.vehicle_days}
    for trip in case.plan.trips:
        look((trip.unit, trip.day) in listed, trip.id, f"a vehicle day of {trip.unit} on {trip.day}", None)


def _matches(case: Case, look: Look) -> None:
    by_day, known = trips_by_unit_day(case), {trip.id for trip in case.plan.trips}
    for item in case.vehicle_days:
        if not known.issuperset(item.trips):
            continue
        trips = by_day.get((item.unit, item.day), [])
        found = (item.vehicle, item.hub, *item.trips)
        if trips:
            look.equal((item.unit, item.day), (trips[0].vehicle, trips[0].hub, *(trip.id for trip in trips)), found)
        else:
            look(False, (item.unit, item.day), "no such vehicle day: it makes no trip", found)


RULES = (
    Rule(
        code="V501",
        name="one trip at a time",
        says="A vehicle starts loading no earlier than it is back from the trip before.",
        tells="of trips {where} the first is back at {expected}, the second starts loading at {found}",
        unit="clock",
        check=_overlap,
    ),
    Rule(
        code="V502",
        name="trips per day",
        says="A vehicle makes no more trips in a day than its type may.",
        tells="{where} may make {expected}, it makes {found}",
        unit="trips",
        check=_trips_per_day,
    ),
    Rule(
        code="V503",
        name="break in a gap",
        says="A driver's break lies between two trips of the day, at the hub.",
        tells="the break of {where} is from {found}, between trips is {expected}",
        check=_breaks,
    ),
    Rule(
        code="V504",
        name="work without break",
        says="No stretch of several trips, with the gaps between them, is longer than the driver may work "
        "without a break of full length.",
        tells="{where} may work {expected} without a break, it works {found}",
        unit="s",
        check=_stretch,
    ),
    Rule(
        code="V505",
        name="vehicle day listed",
        says="Every day on which a vehicle makes a trip is listed.",
        tells="trip {where} needs {expected}, found {found}",
        check=_listed,
    ),
    Rule(
        code="V506",
        name="vehicle day",
        says="A vehicle day names its vehicle type and hub, and its trips in order of time; "
        "there is none without trips.",
        tells="the day of {where} must be {expected}, found {found}",
        check=_matches,
    ),
)
