"""V40x: every household gets its baskets once, when and by what it can be reached, or is listed with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from basketplan.plan.types import Stop, Trip
from basketplan.plan.verify.case import Case, hub_distance_m
from basketplan.plan.verify.rules import Look, Rule
from basketplan.programme.types import Household, Hub


def visits(case: Case) -> Counter[str]:
    """Return how often each household is visited."""
    return Counter(stop.household for trip in case.plan.trips for stop in trip.stops)


def _stops(case: Case) -> Iterator[tuple[Trip, Stop, Household]]:
    for trip in case.trips:
        for stop in trip.stops:
            yield trip, stop, case.programme.household[stop.household]


def _accounted(case: Case, look: Look) -> None:
    told = {*visits(case), *(item.household for item in case.plan.unserved)}
    for household in case.programme.households:
        look(household.id in told, household.id, "served or listed as unserved", "neither")


def _once(case: Case, look: Look) -> None:
    for household, count in visits(case).items():
        look(count == 1, household, 1, count)


def _not_both(case: Case, look: Look) -> None:
    visited = visits(case)
    for item in case.plan.unserved:
        look(item.household not in visited, item.household, "served or unserved", "both")


def _listed_once(case: Case, look: Look) -> None:
    for household, count in Counter(item.household for item in case.plan.unserved).items():
        look(count == 1, household, 1, count)


def _baskets(case: Case, look: Look) -> None:
    packed: dict[str, Counter[str]] = {}
    for basket in case.plan.baskets:
        if basket.household is not None:
            packed.setdefault(basket.household, Counter())[basket.basket] += 1
    for _, stop, household in _stops(case):
        found = packed.get(stop.household, Counter())
        look(found == household.baskets, household.id, _told(household.baskets), _told(found))


def _split(case: Case, look: Look) -> None:
    numbers: dict[str, list[int]] = {}
    needs: dict[str, Counter[str]] = {}
    for visit in case.programme.households:
        home, _, number = visit.id.partition("/")
        if number:
            numbers.setdefault(home, []).append(int(number))
            needs.setdefault(home, Counter()).update(visit.baskets)
    for home, found in numbers.items():
        household = case.written.household[home]
        look(case.written.may_split(household), home, "a single visit without number", f"visits {_listed(found)}")
        wanted = list(range(1, max(2, len(found)) + 1))
        look(found == wanted, home, f"visits {_listed(wanted)}", f"visits {_listed(found)}")
        look(needs[home] == household.baskets, home, _told(household.baskets), _told(needs[home]))


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _told(baskets: dict[str, int] | Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(baskets.items())) or "none"


def _carried(case: Case, look: Look) -> None:
    for basket in case.plan.baskets:
        if basket.household in case.programme.household:
            look(basket.household in case.trip_of, basket.id, f"a trip to '{basket.household}'", None)


def _from_its_hub(case: Case, look: Look) -> None:
    for basket in case.plan.baskets:
        trip = case.trip_of.get(basket.household) if basket.household is not None else None
        if trip is not None:
            look.equal((basket.id, trip.id), basket.hub, trip.hub)


def _home(case: Case, look: Look) -> None:
    for trip, _, household in _stops(case):
        if household.days:
            there = trip.day in case.programme.home_days(household)
            look(there, household.id, "a day on which somebody is home", trip.day)


def _access(case: Case, look: Look) -> None:
    for trip, _, household in _stops(case):
        access = case.programme.vehicle[trip.vehicle].access
        look(household.access in access, household.id, household.access, (trip.vehicle, *access))


def _window(case: Case, look: Look) -> None:
    for _, stop, household in _stops(case):
        if household.windows:
            inside = any(opens <= stop.start_s <= closes for opens, closes in household.windows)
            spans = " or ".join(f"{_clock(opens)} to {_clock(closes)}" for opens, closes in household.windows)
            look(inside, household.id, spans, stop.start_s)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _zone(case: Case, look: Look) -> None:
    for trip, _, household in _stops(case):
        zones = case.programme.hub[trip.hub].zones
        if zones is not None:
            look(household.zone in zones, household.id, (trip.hub, *zones), household.zone)


def _radius(case: Case, look: Look) -> None:
    for trip, _, household in _stops(case):
        hub: Hub = case.programme.hub[trip.hub]
        if hub.radius is not None:
            look.at_most((hub.id, household.id), hub.radius, hub_distance_m(case.programme, hub, household))


RULES = (
    Rule(
        code="V401",
        name="accounted for",
        says="Every household of the programme is served or listed as unserved.",
        tells="household {where} must be {expected}, it is {found}",
        check=_accounted,
    ),
    Rule(
        code="V402",
        name="served once",
        says="A household is visited once; all its baskets come in that visit. One that may be split is visited once "
        "for each of its numbered visits.",
        tells="household {where} is visited {found} times",
        check=_once,
    ),
    Rule(
        code="V403",
        name="served or not",
        says="A household that is served is not listed as unserved.",
        tells="household {where} must be {expected}, it is {found}",
        check=_not_both,
    ),
    Rule(
        code="V404",
        name="listed once",
        says="An unserved household is listed once, with one reason.",
        tells="household {where} is listed as unserved {found} times",
        check=_listed_once,
    ),
    Rule(
        code="V405",
        name="right baskets",
        says="A visited household gets the baskets that it needs, by type and number.",
        tells="household {where} needs {expected}, gets {found}",
        check=_baskets,
    ),
    Rule(
        code="V406",
        name="basket carried",
        says="A basket with a household is on the trip that visits it.",
        tells="basket {where} needs {expected}, found {found}",
        check=_carried,
    ),
    Rule(
        code="V407",
        name="basket at the hub",
        says="A basket is delivered by a trip from the hub where it was assembled.",
        tells="basket and trip {where}: assembled at '{expected}', the trip starts at '{found}'",
        check=_from_its_hub,
    ),
    Rule(
        code="V408",
        name="somebody home",
        says="A household is visited on a day on which somebody is home.",
        tells="household {where} is visited on {found}, which is not {expected}",
        check=_home,
    ),
    Rule(
        code="V409",
        name="access",
        says="A household is visited by a vehicle that may enter where it lives.",
        tells="household {where} needs access '{expected}', the vehicle and what it may enter: {found}",
        check=_access,
    ),
    Rule(
        code="V410",
        name="time window",
        says="Service starts within one of the household's time windows.",
        tells="household {where} expects {expected}, service starts at {found}",
        unit="clock",
        check=_window,
    ),
    Rule(
        code="V411",
        name="hub zones",
        says="A hub serves only its zones.",
        tells="household {where} lies in '{found}', the hub and its zones: {expected}",
        check=_zone,
    ),
    Rule(
        code="V412",
        name="hub radius",
        says="A hub serves only households within its radius by road.",
        tells="{where}: the radius is {expected}, the road {found}",
        unit="m",
        check=_radius,
    ),
    Rule(
        code="V413",
        name="split baskets",
        says="Baskets of a household come in several visits only where it may be split; the visits are numbered from 1 "
        "and bring together exactly what it needs.",
        tells="household {where} must have {expected}, found {found}",
        check=_split,
    ),
)
