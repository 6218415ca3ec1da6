"""Lorries and collection rounds as the plan tells them: with their road, times, loads and money."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from basketplan import units
from basketplan.plan.types import Haul, Round, RoundStop, Shipment
from basketplan.programme.types import Location, Programme, Rounds, Travel
from basketplan.solve.types import Collected, Hauled
from basketplan.travel.distance import inbound_m

__all__ = ["TownRoads", "hauls_of", "rounds_of"]


class TownRoads:
    """Roads between towns, each measured once."""

    def __init__(self, travel: Travel) -> None:
        self._travel = travel
        self._known: dict[tuple[float, float, float, float], int] = {}

    def between(self, origin: Location, destination: Location) -> int:
        """Return whole metres."""
        key = origin.lat, origin.lon, destination.lat, destination.lon
        if key not in self._known:
            self._known[key] = inbound_m(self._travel, origin, destination)
        return self._known[key]


def hauls_of(programme: Programme, hauled: Iterable[Hauled], roads: TownRoads) -> tuple[Haul, ...]:
    """Return the lorries with their road and money."""
    hauls = []
    for item in sorted(hauled, key=lambda h: (h.dispatch_day, h.hub, h.cooperative, h.lorry)):
        road = roads.between(programme.cooperative[item.cooperative].place, programme.hub[item.hub].place)
        lorry = programme.lorry[item.lorry]
        each = lorry.cost_per_trip + units.cost_of_distance_centimes(road, lorry.cost_per_km)
        hauls.append(
            Haul(
                cooperative=item.cooperative,
                hub=item.hub,
                dispatched=programme.working_days[item.dispatch_day],
                lorry=item.lorry,
                number=item.number,
                distance_m=road,
                cost_centimes=each * item.number,
            )
        )
    return tuple(hauls)


def rounds_of(
    programme: Programme, collected: Iterable[Collected], shipments: Iterable[Shipment], roads: TownRoads
) -> tuple[Round, ...]:
    """Return the collection rounds with what they load where and when, in the order of their ids."""
    there: dict[tuple[str, str, dt.date], list[Shipment]] = defaultdict(list)
    for item in shipments:
        if item.arrives == item.dispatched:
            there[item.hub, item.cooperative, item.dispatched].append(item)
    ordered = sorted(collected, key=lambda one: (one.day, one.hub, one.lorry, one.cooperatives, one.products))
    return tuple(_round(programme, f"R{number:04d}", one, there, roads) for number, one in enumerate(ordered, start=1))


def _round(
    programme: Programme,
    round_id: str,
    item: Collected,
    there: Mapping[tuple[str, str, dt.date], Sequence[Shipment]],
    roads: TownRoads,
) -> Round:
    """Return a round with every leg, time and cost; it leaves the hub at the beginning of its hours."""
    lorry, hub, day = programme.lorry[item.lorry], programme.hub[item.hub], programme.working_days[item.day]
    terms = lorry.rounds or Rounds()
    clock_s, place, stops = terms.hours[0], hub.place, []
    for name, products in zip(item.cooperatives, item.products, strict=True):
        loaded = [one for one in there[item.hub, name, day] if one.product in products]
        packs = [(programme.product[one.product], one.packs) for one in loaded]
        leg = roads.between(place, programme.cooperative[name].place)
        arrive_s = clock_s + units.travel_s(leg, terms.speed)
        clock_s, place = arrive_s + terms.time_per_stop, programme.cooperative[name].place
        stops.append(
            RoundStop(
                cooperative=name,
                shipments=tuple(sorted(one.id for one in loaded)),
                leg_m=leg,
                arrive_s=arrive_s,
                leave_s=clock_s,
                weight_g=sum(product.gross_weight * count for product, count in packs),
                volume_ml=sum(product.volume * count for product, count in packs),
            )
        )
    back = roads.between(place, hub.place)
    distance = sum(stop.leg_m for stop in stops) + back
    cost = lorry.round_cost_per_trip + units.cost_of_distance_centimes(distance, lorry.round_cost_per_km)
    instead_of = hauls_of(programme, item.instead_of, roads)
    return Round(
        id=round_id,
        hub=item.hub,
        lorry=item.lorry,
        day=day,
        depart_s=terms.hours[0],
        return_s=clock_s + units.travel_s(back, terms.speed),
        distance_m=distance,
        weight_g=sum(stop.weight_g for stop in stops),
        volume_ml=sum(stop.volume_ml for stop in stops),
        stops=tuple(stops),
        cost_centimes=cost,
        instead_of=instead_of,
        saved_centimes=sum(one.cost_centimes for one in instead_of) - cost,
    )
