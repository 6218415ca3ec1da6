"""Baskets left over at a hub go to somebody who was left out, in a trip that goes anyway.

Whom one hub leaves out, another hub's leftover may still reach: territory gave the household to one hub only, an
earlier round of planning dropped it, or the calendar counted baskets more carefully than their lots turned out. So the
last look is taken here, when every basket and every trip is known, over all hubs:

(1) households in the order of priority, trips in that of the shortest detour;
(2) the trip keeps its start, its vehicle's other trips and breaks; loads, road, times and windows hold to the second;
(3) the household gets the lightest baskets that are ready by that day and still good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from basketplan import units
from basketplan.plan.types import PackedBasket, Shipment
from basketplan.programme.types import Household, Hub, Programme, Vehicle
from basketplan.solve.types import Schedule, ScheduledTrip
from basketplan.travel.distance import block_m, legs_m, road_m, straight_m

__all__ = ["fill"]

MOST_TRIES = 100_000
"""Places in trips that are tried in all: a plan that leaves very many out is not looked through to its end."""


@dataclass(frozen=True)
class _Load:
    """What goes into a vehicle."""

    baskets: int = 0
    weight_g: int = 0
    volume_ml: int = 0

    def plus(self, other: _Load) -> _Load:
        return _Load(self.baskets + other.baskets, self.weight_g + other.weight_g, self.volume_ml + other.volume_ml)

    def fits(self, vehicle: Vehicle) -> bool:
        pairs = (
            (self.baskets, vehicle.max_baskets),
            (self.weight_g, vehicle.max_weight),
            (self.volume_ml, vehicle.max_volume),
        )
        return all(most is None or amount <= most for amount, most in pairs)


def fill(
    programme: Programme,
    schedule: Schedule,
    shipments: Sequence[Shipment],
    baskets: Sequence[PackedBasket],
    left: Iterable[str],
) -> tuple[Schedule, tuple[PackedBasket, ...]]:
    """Return the schedule and the baskets with as many of ``left`` served as leftover baskets and trips allow."""
    made = _Filling(programme, schedule, shipments, baskets)
    if made.shelf:
        homes = (programme.household[name] for name in left)
        for home in sorted(homes, key=lambda home: (-home.priority, home.id)):
            made.serve(home)
            if made.tries > MOST_TRIES or not made.shelf:
                break
    return replace(schedule, trips=tuple(made.trips)), tuple(made.baskets)


class _Filling:
    """Trips and baskets while they are filled up."""

    def __init__(
        self, programme: Programme, schedule: Schedule, shipments: Sequence[Shipment], baskets: Sequence[PackedBasket]
    ) -> None:
        self.programme, self.schedule = programme, schedule
        self.trips, self.baskets = list(schedule.trips), list(baskets)
        self.shipment = {item.id: item for item in shipments}
        self.tries = 0
        self.load_of: dict[str, _Load] = defaultdict(_Load)
        self.shelf: dict[str, list[int]] = defaultdict(list)
        for index, basket in enumerate(baskets):
            if basket.household is None:
                self.shelf[basket.hub].append(index)
            else:
                self.load_of[basket.household] = self.load_of[basket.household].plus(self._weigh(basket))

    def serve(self, home: Household) -> bool:
        """Put ``home`` into the trip that it makes least longer, if there is any with room and baskets for it."""
        days = set(self.programme.home_days(home))
        found: list[tuple[int, int, int, list[int]]] = []
        for index, trip in enumerate(self.trips):
            vehicle = self.programme.vehicle[trip.vehicle]
            if trip.hub not in self.shelf or home.access not in vehicle.access:
                continue
            if self.programme.working_days[trip.day] not in days or not self._may_serve(trip.hub, home):
                continue
            taken = self._ready(home, trip)
            if taken is not None and self._carries(trip, vehicle, taken):
                found += [(detour, index, place, taken) for detour, place in self._detours(trip, home)]
        for _, index, place, taken in sorted(found):
            self.tries += 1
            trip = self.trips[index]
            longer = replace(trip, households=(*trip.households[:place], home.id, *trip.households[place:]))
            if self._keeps(index, longer, taken):
                self._book(index, longer, home, taken)
                return True
        return False

    def _may_serve(self, name: str, home: Household) -> bool:
        hub: Hub = self.programme.hub[name]
        if hub.zones is not None and home.zone not in hub.zones:
            return False
        road = block_m(self.programme.travel, [hub.place.lat], [hub.place.lon], [home.lat], [home.lon])
        return hub.radius is None or int(road[0, 0]) <= hub.radius

    def _weigh(self, basket: PackedBasket) -> _Load:
        packed = [(self.programme.product[self.shipment[lot.shipment].product], lot.packs) for lot in basket.lots]
        own = self.programme.basket[basket.basket].volume
        inside = sum(product.volume * packs for product, packs in packed if not product.container)
        weight = sum(product.gross_weight * packs for product, packs in packed)
        return _Load(1, weight, inside if own is None else own)

    def _ready(self, home: Household, trip: ScheduledTrip) -> list[int] | None:
        """Return (3) the baskets that ``home`` would get with ``trip``; none where there are too few."""
        day = self.programme.working_days[trip.day]
        taken: list[int] = []
        for kind, count in sorted(home.baskets.items()):
            good = [
                index
                for index in self.shelf[trip.hub]
                if self.baskets[index].basket == kind
                and (day - self.baskets[index].assembled).days >= self.programme.hub[trip.hub].ready_after
                and all(
                    (life := self.programme.product[self.shipment[lot.shipment].product].shelf_life) is None
                    or (day - self.shipment[lot.shipment].dispatched).days <= life
                    for lot in self.baskets[index].lots
                )
            ]
            if len(good) < count:
                return None
            taken += sorted(good, key=lambda index: (self._weigh(self.baskets[index]).weight_g, index))[:count]
        return taken

    def _load(self, trip: ScheduledTrip) -> _Load:
        total = _Load()
        for name in trip.households:
            total = total.plus(self.load_of[name])
        return total

    def _with(self, trip: ScheduledTrip, taken: Sequence[int]) -> _Load:
        total = self._load(trip)
        for index in taken:
            total = total.plus(self._weigh(self.baskets[index]))
        return total

    def _carries(self, trip: ScheduledTrip, vehicle: Vehicle, taken: Sequence[int]) -> bool:
        return self._with(trip, taken).fits(vehicle)

    def _detours(self, trip: ScheduledTrip, home: Household) -> Iterator[tuple[int, int]]:
        """Yield the metres by which ``home`` at each place makes ``trip`` longer, and the place."""
        lat, lon = self._places(trip)
        to_home = road_m(self.programme.travel, straight_m(lat, lon, home.lat, home.lon)).tolist()
        legs = [int(leg) for leg in legs_m(self.programme.travel, lat, lon)]
        for place, (before, after) in enumerate(pairwise(to_home)):
            yield before + after - legs[place], place

    def _places(self, trip: ScheduledTrip) -> tuple[list[float], list[float]]:
        hub = self.programme.hub[trip.hub].place
        homes = [self.programme.household[name] for name in trip.households]
        return [hub.lat, *(home.lat for home in homes), hub.lat], [hub.lon, *(home.lon for home in homes), hub.lon]

    def _keeps(self, index: int, longer: ScheduledTrip, taken: Sequence[int]) -> bool:
        """Tell whether (2) everything holds when the trip at ``index`` becomes ``longer``."""
        vehicle = self.programme.vehicle[longer.vehicle]
        timed = self._timed(longer, self._with(self.trips[index], taken).baskets)
        if timed is None:
            return False
        back_s, road = timed
        work, rest = back_s - longer.load_s, vehicle.driver_break
        longest = [vehicle.max_trip_duration, None if rest is None else rest.after]
        if back_s > vehicle.shift[1] or any(most is not None and work > most for most in longest):
            return False
        if vehicle.max_trip_distance is not None and road > vehicle.max_trip_distance:
            return False
        spans = sorted(
            (trip.load_s, back_s if number == index else self._back_s(trip))
            for number, trip in enumerate(self.trips)
            if (trip.hub, trip.vehicle, trip.unit, trip.day) == (longer.hub, longer.vehicle, longer.unit, longer.day)
        )
        if any(before[1] > after[0] for before, after in pairwise(spans)):
            return False
        breaks = self.schedule.breaks.get((longer.hub, longer.vehicle, longer.unit, longer.day), ())
        return rest is None or _rested(spans, breaks, rest.duration, rest.after)

    def _back_s(self, trip: ScheduledTrip) -> int:
        timed = self._timed(trip, self._load(trip).baskets)
        return trip.load_s if timed is None else timed[0]

    def _timed(self, trip: ScheduledTrip, baskets: int) -> tuple[int, int] | None:
        """Return when ``trip`` is back and its metres; none where it misses a window."""
        vehicle = self.programme.vehicle[trip.vehicle]
        legs = [int(leg) for leg in legs_m(self.programme.travel, *self._places(trip))]
        now = trip.load_s + vehicle.loading + vehicle.loading_per_basket * baskets
        for name, leg in zip(trip.households, legs, strict=False):
            home = self.programme.household[name]
            now += units.travel_s(leg, vehicle.speed)
            if home.windows:
                starts = [max(now, opens) for opens, closes in home.windows if now <= closes]
                if not starts:
                    return None
                now = min(starts)
            now += self.programme.service_s(home)
        return now + units.travel_s(legs[-1], vehicle.speed), sum(legs)

    def _book(self, index: int, longer: ScheduledTrip, home: Household, taken: Sequence[int]) -> None:
        self.trips[index] = longer
        for number in taken:
            basket = self.baskets[number]
            self.load_of[home.id] = self.load_of[home.id].plus(self._weigh(basket))
            self.baskets[number] = basket.model_copy(update={"household": home.id})
            self.shelf[longer.hub].remove(number)
        self.shelf = defaultdict(list, {hub: some for hub, some in self.shelf.items() if some})


def _rested(spans: Sequence[tuple[int, int]], breaks: Sequence[tuple[int, int]], rest_s: int, after_s: int) -> bool:
    """Tell whether breaks still lie between trips, and nobody works longer than ``after_s`` without one."""
    gaps = list(pairwise(spans))
    if not all(any(before[1] <= start and end <= after[0] for before, after in gaps) for start, end in breaks):
        return False
    begin = spans[0][0]
    for number, (_, back) in enumerate(spans):
        if back - begin > after_s:
            return False
        if number < len(gaps):
            after = gaps[number][1]
            if any(back <= start and end <= after[0] and end - start >= rest_s for start, end in breaks):
                begin = after[0]
    return True
