"""V42x to V44x: what each trip carries, how far and how long it goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from basketplan import units
from basketplan.plan.types import Stop, Trip
from basketplan.plan.verify.case import Case, Load
from basketplan.plan.verify.rules import Look, Rule
from basketplan.programme.types import Household, Vehicle

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


def unit_number(unit: str, vehicle: str, hub: str) -> int | None:
    """Return 2 for ``van@casa#2``, ``None`` when the name is not that of a van at casa."""
    head = f"{vehicle}@{hub}#"
    tail = unit.removeprefix(head)
    return int(tail) if tail != unit and _NUMBER.fullmatch(tail) else None


def opening_s(household: Household, arrive_s: int) -> int:
    """Return when service starts after an arrival: at once, or when the next window opens.

    After the last window has closed, at once: the window is told elsewhere.
    """
    starts = [max(arrive_s, opens) for opens, closes in household.windows if arrive_s <= closes]
    return min(starts, default=arrive_s)


def _each(case: Case) -> Iterator[tuple[Trip, Vehicle]]:
    for trip in case.trips:
        yield trip, case.programme.vehicle[trip.vehicle]


def _visits(case: Case) -> Iterator[tuple[Trip, Stop, int, int]]:
    """Yield each stop with the road to it and the time at which the place before was left."""
    for trip, legs in zip(case.trips, case.legs_m, strict=True):
        left_s = trip.depart_s
        for stop, leg in zip(trip.stops, legs, strict=False):
            yield trip, stop, leg, left_s
            left_s = stop.leave_s


def _unit(case: Case, look: Look) -> None:
    for trip, _ in _each(case):
        named = unit_number(trip.unit, trip.vehicle, trip.hub) is not None
        look(named, trip.id, f"{trip.vehicle}@{trip.hub}#n", trip.unit)


def _number(case: Case, look: Look) -> None:
    for trip, vehicle in _each(case):
        number = unit_number(trip.unit, trip.vehicle, trip.hub)
        if number is not None:
            there = vehicle.number.get(trip.hub, 0)
            look(number <= there, trip.id, there, trip.unit)


def _same(figure: Callable[[Load], int], told: Callable[[Trip], int]) -> Callable[[Case, Look], None]:
    def check(case: Case, look: Look) -> None:
        for trip in case.trips:
            look.equal(trip.id, figure(case.trip_load(trip)), told(trip))

    return check


def _within(figure: Callable[[Load], int], limit: Callable[[Vehicle], int | None]) -> Callable[[Case, Look], None]:
    def check(case: Case, look: Look) -> None:
        for trip, vehicle in _each(case):
            look.at_most((trip.id, vehicle.id), limit(vehicle), figure(case.trip_load(trip)))

    return check


def _legs(case: Case, look: Look) -> None:
    for trip, stop, leg, _ in _visits(case):
        look.equal((trip.id, stop.household), leg, stop.leg_m)


def _distance(case: Case, look: Look) -> None:
    for trip, legs in zip(case.trips, case.legs_m, strict=True):
        look.equal(trip.id, sum(legs), trip.distance_m)


def _depart(case: Case, look: Look) -> None:
    for trip, vehicle in _each(case):
        loading = vehicle.loading + vehicle.loading_per_basket * case.trip_load(trip).baskets
        look.equal(trip.id, trip.load_s + loading, trip.depart_s)


def _arrive(case: Case, look: Look) -> None:
    for trip, stop, leg, left_s in _visits(case):
        drive = units.travel_s(leg, case.programme.vehicle[trip.vehicle].speed)
        look.equal((trip.id, stop.household), left_s + drive, stop.arrive_s)


def _start(case: Case, look: Look) -> None:
    for trip, stop, _, _ in _visits(case):
        due = opening_s(case.programme.household[stop.household], stop.arrive_s)
        look.equal((trip.id, stop.household), due, stop.start_s)


def _leave(case: Case, look: Look) -> None:
    for trip, stop, _, _ in _visits(case):
        service = case.programme.service_s(case.programme.household[stop.household])
        look.equal((trip.id, stop.household), stop.start_s + service, stop.leave_s)


def _return(case: Case, look: Look) -> None:
    for (trip, vehicle), legs in zip(_each(case), case.legs_m, strict=True):
        left_s = trip.stops[-1].leave_s if trip.stops else trip.depart_s
        look.equal(trip.id, left_s + units.travel_s(legs[-1], vehicle.speed), trip.return_s)


def _shift(case: Case, look: Look) -> None:
    for trip, vehicle in _each(case):
        begins, ends = vehicle.shift
        look(begins <= trip.load_s and trip.return_s <= ends, trip.id, (begins, ends), (trip.load_s, trip.return_s))


def _longest_time(case: Case, look: Look) -> None:
    for trip, vehicle in _each(case):
        look.at_most(trip.id, vehicle.max_trip_duration, trip.return_s - trip.load_s)


def _longest_work(case: Case, look: Look) -> None:
    for trip, vehicle in _each(case):
        if vehicle.driver_break is not None:
            look.at_most(trip.id, vehicle.driver_break.after, trip.return_s - trip.load_s)


def _longest_road(case: Case, look: Look) -> None:
    for (trip, vehicle), legs in zip(_each(case), case.legs_m, strict=True):
        look.at_most(trip.id, vehicle.max_trip_distance, sum(legs))


def _hub_open(case: Case, look: Look) -> None:
    for trip in case.trips:
        look(trip.day in case.hub_days[trip.hub], trip.id, f"a day on which '{trip.hub}' is open", trip.day)


def _has_stops(case: Case, look: Look) -> None:
    for trip in case.trips:
        stops: Sequence[Stop] = trip.stops
        look(len(stops) >= 1, trip.id, "at least one stop", len(stops))


RULES = (
    Rule(
        code="V421",
        name="unit name",
        says="A trip is made by a vehicle named `type@hub#number`, of the trip's type and hub.",
        tells="trip {where} must be made by {expected}, found '{found}'",
        check=_unit,
    ),
    Rule(
        code="V422",
        name="unit exists",
        says="The vehicle's number is one of those that stand at the hub.",
        tells="trip {where} is made by {found}, {expected} of them stand at the hub",
        check=_number,
    ),
    Rule(
        code="V423",
        name="trip baskets",
        says="A trip's number of baskets is that of the baskets of its households.",
        tells="trip {where} carries {expected}, the plan says {found}",
        unit="baskets",
        check=_same(lambda load: load.baskets, lambda trip: trip.baskets),
    ),
    Rule(
        code="V424",
        name="trip weight",
        says="A trip's weight is the gross weight of every pack on it.",
        tells="trip {where} carries {expected}, the plan says {found}",
        unit="g",
        check=_same(lambda load: load.weight_g, lambda trip: trip.weight_g),
    ),
    Rule(
        code="V425",
        name="trip volume",
        says="A trip's volume is that of its baskets: the type's own, else the sum of what is in it but the container.",
        tells="trip {where} carries {expected}, the plan says {found}",
        unit="mL",
        check=_same(lambda load: load.volume_ml, lambda trip: trip.volume_ml),
    ),
    Rule(
        code="V426",
        name="vehicle baskets",
        says="A trip carries no more baskets than the vehicle holds.",
        tells="trip and vehicle {where}: {expected} fit, {found} are on board",
        unit="baskets",
        check=_within(lambda load: load.baskets, lambda vehicle: vehicle.max_baskets),
    ),
    Rule(
        code="V427",
        name="vehicle weight",
        says="A trip carries no more weight than the vehicle may.",
        tells="trip and vehicle {where}: {expected} may be on board, {found} are",
        unit="g",
        check=_within(lambda load: load.weight_g, lambda vehicle: vehicle.max_weight),
    ),
    Rule(
        code="V428",
        name="vehicle volume",
        says="A trip carries no more volume than the vehicle has room for.",
        tells="trip and vehicle {where}: {expected} fit, {found} are on board",
        unit="mL",
        check=_within(lambda load: load.volume_ml, lambda vehicle: vehicle.max_volume),
    ),
    Rule(
        code="V429",
        name="legs",
        says="The road to each stop is that from the stop before, or from the hub.",
        tells="the road to {where} is {expected}, the plan says {found}",
        unit="m",
        check=_legs,
    ),
    Rule(
        code="V430",
        name="trip distance",
        says="A trip's distance is the sum of its legs, the one back to the hub included.",
        tells="trip {where} goes {expected}, the plan says {found}",
        unit="m",
        check=_distance,
    ),
    Rule(
        code="V431",
        name="departure",
        says="A trip departs when it is loaded.",
        tells="trip {where} departs at {expected}, the plan says {found}",
        unit="clock",
        check=_depart,
    ),
    Rule(
        code="V432",
        name="stop reached",
        says="A stop is reached by driving from where the trip was before, at the vehicle's speed.",
        tells="{where} is reached at {expected}, the plan says {found}",
        unit="clock",
        check=_arrive,
    ),
    Rule(
        code="V433",
        name="service start",
        says="Service starts on arrival, or when the next time window opens; never later.",
        tells="service of {where} starts at {expected}, the plan says {found}",
        unit="clock",
        check=_start,
    ),
    Rule(
        code="V434",
        name="service time",
        says="A stop is left when its service is done.",
        tells="{where} is left at {expected}, the plan says {found}",
        unit="clock",
        check=_leave,
    ),
    Rule(
        code="V435",
        name="return",
        says="A trip is back when it has driven from its last stop to the hub.",
        tells="trip {where} is back at {expected}, the plan says {found}",
        unit="clock",
        check=_return,
    ),
    Rule(
        code="V436",
        name="shift",
        says="Loading starts and the trip is back within the vehicle's shift.",
        tells="trip {where} must lie within {expected}, it lasts from and to {found}",
        unit="clock",
        check=_shift,
    ),
    Rule(
        code="V437",
        name="longest trip by time",
        says="From loading to return, a trip lasts no longer than the vehicle's longest trip.",
        tells="trip {where} may last {expected}, it lasts {found}",
        unit="s",
        check=_longest_time,
    ),
    Rule(
        code="V438",
        name="trip without break",
        says="A trip lasts no longer than a driver may work without a break.",
        tells="trip {where} may last {expected} without a break, it lasts {found}",
        unit="s",
        check=_longest_work,
    ),
    Rule(
        code="V439",
        name="longest trip by road",
        says="A trip goes no further than the vehicle's longest trip.",
        tells="trip {where} may go {expected}, it goes {found}",
        unit="m",
        check=_longest_road,
    ),
    Rule(
        code="V440",
        name="trip day",
        says="Trips start on working days on which their hub is open.",
        tells="trip {where} is on {found}, which is not {expected}",
        check=_hub_open,
    ),
    Rule(
        code="V441",
        name="stops",
        says="A trip has at least one stop.",
        tells="trip {where} must have {expected}, found {found}",
        check=_has_stops,
    ),
)
