"""One hub's collection of one day as a routing problem: cooperatives are the stops, lorries the vehicles.

A lorry that goes straight is a class of vehicle with one stop per trip, a lorry on rounds a class with several; so one
search weighs both. All costs are doubled: a straight lorry is paid one way, here half of it on the way out and half on
the way back, which shall stay whole centimes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from basketplan.programme.types import Lorry, Programme, Rounds
from basketplan.solve.inbound import TownRoads
from basketplan.solve.rounds.departures import Departure
from basketplan.solve.routing.problem import NO_LIMIT
from basketplan.solve.types import RoutingProblem, VehicleClass
from basketplan.travel.roads import TableRoads

__all__ = ["collection_problem", "lorry_of"]

_ROUND = "round:"
_STRAIGHT = "straight:"
_EVER_S = 10_000_000
"""Longer than any trip: a straight lorry keeps no hours."""


def lorry_of(vehicle: str) -> str | None:
    """Return the lorry type of a class that makes rounds; none for one that goes straight."""
    return vehicle.removeprefix(_ROUND) if vehicle.startswith(_ROUND) else None


def collection_problem(programme: Programme, items: Sequence[Departure], roads: TownRoads) -> RoutingProblem:
    """Return the problem of bringing ``items``, all of one hub and day, there; point ``i + 1`` is ``items[i]``."""
    hub = programme.hub[items[0].hub]
    places = [hub.place, *(programme.cooperative[item.cooperative].place for item in items)]
    n_points = len(places)
    table = np.zeros((n_points, n_points), dtype=np.int32)
    for row, here in enumerate(places):
        for column in range(row):
            table[row, column] = table[column, row] = roads.between(here, places[column])
    lorries = sorted(programme.lorries, key=lambda item: item.id)
    on_rounds = [(item, item.rounds) for item in lorries if item.rounds is not None]
    nothing = np.zeros(n_points, dtype=np.int64)
    ones = np.array([0] + [1] * len(items), dtype=np.int64)
    return RoutingProblem(
        hub=hub.id,
        stop_ids=tuple(item.cooperative for item in items),
        lat=np.array([place.lat for place in places], dtype=np.float64),
        lon=np.array([place.lon for place in places], dtype=np.float64),
        roads=TableRoads(table),
        # Every lorry type with rounds has its own time per stop: it is loading time per piece, and a stop is a piece.
        service_s=nothing,
        weight_g=np.array([0, *(item.weight_g for item in items)], dtype=np.int64),
        volume_ml=np.array([0, *(item.volume_ml for item in items)], dtype=np.int64),
        baskets=ones,
        priority=ones,
        windows=((),) * n_points,
        access=("", *("road" for _ in items)),
        days=ones,
        vehicles=(
            *(_round_class(lorry, rounds, len(items)) for lorry, rounds in on_rounds),
            *(_straight_class(lorry, len(items)) for lorry in lorries),
        ),
        n_days=1,
    )


def _round_class(lorry: Lorry, rounds: Rounds, n_stops: int) -> VehicleClass:
    hours = rounds.hours[1] - rounds.hours[0]
    return _class(
        f"{_ROUND}{lorry.id}",
        lorry,
        n_stops,
        stops=rounds.max_stops,
        trip=2 * lorry.round_cost_per_trip,
        km=2 * lorry.round_cost_per_km,
        distance_m=NO_LIMIT if rounds.max_distance is None else rounds.max_distance,
        duration_s=hours,
        each_s=rounds.time_per_stop,
        speed=rounds.speed,
    )


def _straight_class(lorry: Lorry, n_stops: int) -> VehicleClass:
    return _class(
        f"{_STRAIGHT}{lorry.id}",
        lorry,
        n_stops,
        stops=1,
        trip=2 * lorry.cost_per_trip,
        km=lorry.cost_per_km,
        distance_m=NO_LIMIT,
        duration_s=_EVER_S,
        each_s=0,
        speed=60.0,
    )


def _class(
    name: str, lorry: Lorry, n_stops: int, *, stops: int, trip: int, km: int, distance_m: int, duration_s: int,
    each_s: int, speed: float,
) -> VehicleClass:  # fmt: skip
    return VehicleClass(
        id=name,
        number=n_stops,
        max_weight_g=lorry.max_weight,
        max_volume_ml=NO_LIMIT if lorry.max_volume is None else lorry.max_volume,
        max_baskets=stops,
        shift_start_s=0,
        shift_end_s=duration_s,
        max_trip_distance_m=distance_m,
        max_trip_duration_s=duration_s,
        trips_per_day=1,
        loading_s=0,
        loading_per_basket_s=each_s,
        speed_kmh=speed,
        cost_per_day_centimes=0,
        cost_per_trip_centimes=trip,
        cost_per_km_centimes=km,
        cost_per_hour_centimes=0,
        access=frozenset({"road"}),
    )
