"""V629: nobody is left out whose baskets stand ready at a hub and who would fit into a trip that goes anyway."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from basketplan import units
from basketplan.plan.types import PackedBasket, Trip
from basketplan.plan.verify.case import Case, Load, may_serve
from basketplan.plan.verify.fleet import UnitDay, days_by_unit, stretches, trips_by_unit_day
from basketplan.plan.verify.reasons import carries
from basketplan.plan.verify.rules import Look, Rule
from basketplan.plan.verify.trips import opening_s
from basketplan.programme.types import Household
from basketplan.travel.distance import legs_m

MOST_TRIES = 20_000
"""Places in trips that are tried in all; a plan that leaves more to try is not looked through to its end."""


@dataclass(frozen=True)
class _Shelf:
    """Baskets left at the hubs."""

    by_hub: dict[str, list[tuple[PackedBasket, Load]]]

    def take(self, case: Case, household: Household, trip: Trip) -> Load | None:
        """Return the lightest baskets for ``household`` that may leave with ``trip``, ``None`` if there are too few."""
        ready = [(b, load) for b, load in self.by_hub.get(trip.hub, ()) if _may_leave(case, b, trip)]
        total = Load()
        for kind, count in household.baskets.items():
            found = sorted((load for b, load in ready if b.basket == kind), key=lambda load: load.weight_g)
            if len(found) < count:
                return None
            for load in found[:count]:
                total = total.plus(load)
        return total


def _may_leave(case: Case, basket: PackedBasket, trip: Trip) -> bool:
    """Tell whether a basket is ready on the day of a trip, and everything in it still good."""
    if (trip.day - basket.assembled).days < case.programme.hub[basket.hub].ready_after:
        return False
    for lot in basket.lots:
        shipment = case.shipment[lot.shipment]
        life = case.programme.product[shipment.product].shelf_life
        if life is not None and (trip.day - shipment.dispatched).days > life:
            return False
    return True


def return_s(case: Case, trip: Trip, visits: Sequence[Household], baskets: int) -> tuple[int, int] | None:
    """Return when a trip with these visits is back and how far it goes; ``None`` when a window is missed."""
    vehicle, place = case.programme.vehicle[trip.vehicle], case.programme.hub[trip.hub].place
    legs = legs_m(
        case.programme.travel,
        [place.lat, *(visit.lat for visit in visits), place.lat],
        [place.lon, *(visit.lon for visit in visits), place.lon],
    )
    now = trip.load_s + vehicle.loading + vehicle.loading_per_basket * baskets
    for visit, leg in zip(visits, legs, strict=False):
        now = opening_s(visit, now + units.travel_s(int(leg), vehicle.speed))
        if visit.windows and not any(opens <= now <= closes for opens, closes in visit.windows):
            return None
        now += case.programme.service_s(visit)
    return now + units.travel_s(int(legs[-1]), vehicle.speed), int(legs.sum())


def _keeps_day(case: Case, trip: Trip, back_s: int, day: Sequence[Trip]) -> bool:
    """Tell whether a trip may be back at ``back_s``: shift, longest trip, next trip, breaks."""
    vehicle = case.programme.vehicle[trip.vehicle]
    work = back_s - trip.load_s
    rule = vehicle.driver_break
    longest = [vehicle.max_trip_duration, rule.after if rule is not None else None]
    if back_s > vehicle.shift[1] or any(limit is not None and work > limit for limit in longest):
        return False
    changed = [item.model_copy(update={"return_s": back_s}) if item.id == trip.id else item for item in day]
    if any(before.return_s > after.load_s for before, after in pairwise(changed)):
        return False
    if rule is None:
        return True
    listed = days_by_unit(case).get((trip.unit, trip.day))
    parts = stretches(changed, listed.breaks if listed is not None else (), rule.duration)
    return all(part[-1].return_s - part[0].load_s <= rule.after for part in parts)


def places(case: Case, household: Household, trip: Trip, load: Load, days: dict[UnitDay, list[Trip]]) -> Iterator[bool]:
    """Yield for each place in a trip whether the household fits in there."""
    vehicle = case.programme.vehicle[trip.vehicle]
    together = case.trip_load(trip).plus(load)
    if not carries(vehicle, together) or household.access not in vehicle.access:
        return
    if trip.day not in case.programme.home_days(household):
        return
    visits = [case.programme.household[stop.household] for stop in trip.stops]
    for place in range(len(visits) + 1):
        result = return_s(case, trip, [*visits[:place], household, *visits[place:]], together.baskets)
        far = vehicle.max_trip_distance
        if result is None or (far is not None and result[1] > far):
            yield False
        else:
            yield _keeps_day(case, trip, result[0], days[trip.unit, trip.day])


def _room(case: Case, look: Look) -> None:
    if case.plan.status != "complete" or not case.sound:
        return
    shelf = _Shelf(defaultdict(list))
    for basket, load in zip(case.baskets, case.basket_loads, strict=True):
        if basket.household is None:
            shelf.by_hub[basket.hub].append((basket, load))
    if not shelf.by_hub:
        return
    days, tries = trips_by_unit_day(case), 0
    for item in case.plan.unserved:
        household, found = case.programme.household[item.household], None
        for trip in case.trips:
            if trip.hub not in shelf.by_hub or not may_serve(case.programme, case.programme.hub[trip.hub], household):
                continue
            taken = shelf.take(case, household, trip)
            if taken is None:
                continue
            tried = list(places(case, household, trip, taken, days))
            tries += len(tried)
            if any(tried):
                found = trip.id
            if found is not None or tries > MOST_TRIES:
                break
        look(
            found is None, item.household, "no room in any trip while its baskets stand ready", f"room in trip {found}"
        )
        if tries > MOST_TRIES:
            return


RULES = (
    Rule(
        code="V629",
        name="left out beside room",
        says="Of a complete plan: no household is left out whose baskets are left over, ready, at a hub and that fits "
        "into a trip of that hub as it is planned.",
        tells="household {where} is unserved, expected {expected}; there is {found}",
        check=_room,
    ),
)
