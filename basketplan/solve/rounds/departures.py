"""What leaves the cooperatives for a hub on one day, and the lorries that would bring it straight."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from basketplan import units
from basketplan.programme.types import Programme
from basketplan.solve.inbound import TownRoads
from basketplan.solve.types import Allocation, Hauled

__all__ = ["Departure", "departures"]


@dataclass(frozen=True, kw_only=True)
class Departure:
    """All that one cooperative sends to one hub on one day and that arrives on the same day."""

    cooperative: str
    hub: str
    day: int
    products: tuple[str, ...]
    weight_g: int
    volume_ml: int
    direct: tuple[Hauled, ...]
    """The lorries that bring it straight."""
    direct_centimes: int
    """What they cost."""


def departures(programme: Programme, allocation: Allocation, roads: TownRoads) -> tuple[Departure, ...]:
    """Return the departures that arrive on their day, by hub, day and cooperative.

    Lorries that start on that day and arrive later are not among them, nor what they carry: a round is back on its day.
    """
    hauled: dict[tuple[str, str, int], list[Hauled]] = defaultdict(list)
    for item in allocation.hauled:
        hauled[item.hub, item.cooperative, item.dispatch_day].append(item)
    loads: dict[tuple[str, int, str], list[int]] = defaultdict(lambda: [0, 0])
    products: dict[tuple[str, int, str], set[str]] = defaultdict(set)
    for sent in allocation.shipped:
        if sent.arrival_day == sent.dispatch_day:
            product = programme.product[sent.product]
            load = loads[sent.hub, sent.dispatch_day, sent.cooperative]
            products[sent.hub, sent.dispatch_day, sent.cooperative].add(sent.product)
            load[0] += sent.packs * product.gross_weight
            load[1] += sent.packs * product.volume
    found = []
    for (hub, day, name), (weight, volume) in sorted(loads.items()):
        road = roads.between(programme.cooperative[name].place, programme.hub[hub].place)
        direct = tuple(item for item in hauled[hub, name, day] if road // programme.lorry[item.lorry].km_per_day == 0)
        found.append(
            Departure(
                cooperative=name,
                hub=hub,
                day=day,
                products=tuple(sorted(products[hub, day, name])),
                weight_g=weight,
                volume_ml=volume,
                direct=direct,
                direct_centimes=sum(item.number * direct_cost(programme, item.lorry, road) for item in direct),
            )
        )
    return tuple(found)


def direct_cost(programme: Programme, lorry: str, road_m: int) -> int:
    """Return the centimes of one lorry that goes straight over ``road_m``."""
    kind = programme.lorry[lorry]
    return kind.cost_per_trip + units.cost_of_distance_centimes(road_m, kind.cost_per_km)
