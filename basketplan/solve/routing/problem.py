"""One hub's routing problem: from a programme, and parts of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from basketplan.programme.checks.reach import longest_trip_s
from basketplan.programme.types import Basket, Household, Programme, Vehicle
from basketplan.solve.types import IntArray, RoutingProblem, VehicleClass
from basketplan.travel.distance import block_m
from basketplan.travel.roads import PlaceRoads, Roads, TableRoads

__all__ = ["MATRIX_STOPS", "NO_LIMIT", "restrict", "routing_problem"]

MATRIX_STOPS = 4_000
"""Stops of a hub up to which all roads between them are worked out at once; with more, those of parts when needed."""
NO_LIMIT = 1_000_000_000
"""Stands for "no limit" in grams, millilitres, baskets and metres."""


def routing_problem(programme: Programme, hub_id: str, household_ids: Sequence[str]) -> RoutingProblem:
    """Return the problem of bringing their baskets to ``household_ids`` from ``hub_id``.

    Loads take the heaviest and the largest alternative of every line, so that they hold for any basket.
    """
    hub = programme.hub[hub_id]
    ids = tuple(sorted(household_ids))
    stops = [programme.household[item] for item in ids]
    lat = np.array([hub.place.lat, *(stop.lat for stop in stops)], dtype=np.float64)
    lon = np.array([hub.place.lon, *(stop.lon for stop in stops)], dtype=np.float64)
    loads = {basket.id: _basket_load(programme, basket) for basket in programme.baskets}
    roads: Roads = PlaceRoads(programme.travel, lat, lon)
    if len(stops) <= MATRIX_STOPS:
        roads = TableRoads(block_m(programme.travel, lat, lon, lat, lon))
    return RoutingProblem(
        hub=hub_id,
        stop_ids=ids,
        lat=lat,
        lon=lon,
        roads=roads,
        service_s=_column([programme.service_s(stop) for stop in stops]),
        weight_g=_column([sum(loads[kind][0] * count for kind, count in stop.baskets.items()) for stop in stops]),
        volume_ml=_column([sum(loads[kind][1] * count for kind, count in stop.baskets.items()) for stop in stops]),
        baskets=_column([stop.total_baskets for stop in stops]),
        priority=_column([stop.priority for stop in stops]),
        windows=((), *(tuple(sorted(stop.windows)) for stop in stops)),
        access=("", *(stop.access for stop in stops)),
        days=_column(_day_masks(programme, hub_id, stops)),
        vehicles=tuple(
            _vehicle_class(vehicle, vehicle.number[hub_id])
            for vehicle in sorted(programme.vehicles, key=lambda item: item.id)
            if vehicle.number.get(hub_id, 0) > 0
        ),
        n_days=len(programme.working_days),
        zone=_column(_codes([stop.zone for stop in stops])),
        zone_change_centimes=programme.policy.zone_change,
    )


def restrict(problem: RoutingProblem, points: Sequence[int]) -> RoutingProblem:
    """Return the problem with only the stops ``points``; point ``i + 1`` of it is ``points[i]``."""
    rows = np.array([0, *points], dtype=np.int64)
    return replace(
        problem,
        stop_ids=tuple(problem.stop_ids[point - 1] for point in points),
        lat=problem.lat[rows],
        lon=problem.lon[rows],
        roads=problem.roads.take(rows),
        service_s=problem.service_s[rows],
        weight_g=problem.weight_g[rows],
        volume_ml=problem.volume_ml[rows],
        baskets=problem.baskets[rows],
        priority=problem.priority[rows],
        windows=tuple(problem.windows[row] for row in rows),
        access=tuple(problem.access[row] for row in rows),
        days=problem.days[rows],
        zone=problem.zone[rows] if len(problem.zone) else problem.zone,
        drive_tables_s={name: table[np.ix_(rows, rows)] for name, table in problem.drive_tables_s.items()},
    )


def _codes(names: Sequence[str]) -> list[int]:
    """Return a number from 1 per zone, 0 where there is none."""
    number = {name: code for code, name in enumerate(sorted(set(names) - {""}), start=1)}
    return [number.get(name, 0) for name in names]


def _column(values: Sequence[int]) -> IntArray:
    """Return a value per point; the hub has 0."""
    return np.array([0, *values], dtype=np.int64)


def _basket_load(programme: Programme, basket: Basket) -> tuple[int, int]:
    """Return the most that a packed basket weighs (g) and the room that it takes (ml)."""
    weight = volume = 0
    for line in basket.lines:
        options = [(programme.product[item.product], item.quantity) for item in line.one_of]
        weight += max(product.packs(amount) * product.gross_weight for product, amount in options)
        volume += max(0 if product.container else product.packs(amount) * product.volume for product, amount in options)
    return weight, volume if basket.volume is None else basket.volume


def _day_masks(programme: Programme, hub_id: str, stops: Sequence[Household]) -> list[int]:
    """Return a bit per working day on which both the hub is open and somebody is home."""
    hub_days = set(programme.hub_days(programme.hub[hub_id]))
    bits = {day: 1 << index for index, day in enumerate(programme.working_days) if day in hub_days}
    known: dict[tuple[object, ...], int] = {}
    for stop in stops:
        if stop.days not in known:
            known[stop.days] = sum(bits.get(day, 0) for day in programme.home_days(stop))
    return [known[stop.days] for stop in stops]


def _vehicle_class(vehicle: Vehicle, number: int) -> VehicleClass:
    return VehicleClass(
        id=vehicle.id,
        number=number,
        max_weight_g=_limit(vehicle.max_weight),
        max_volume_ml=_limit(vehicle.max_volume),
        max_baskets=_limit(vehicle.max_baskets),
        shift_start_s=vehicle.shift[0],
        shift_end_s=vehicle.shift[1],
        max_trip_distance_m=_limit(vehicle.max_trip_distance),
        max_trip_duration_s=longest_trip_s(vehicle),
        trips_per_day=vehicle.trips_per_day,
        loading_s=vehicle.loading,
        loading_per_basket_s=vehicle.loading_per_basket,
        speed_kmh=vehicle.speed,
        cost_per_day_centimes=vehicle.cost_per_day,
        cost_per_trip_centimes=vehicle.cost_per_trip,
        cost_per_km_centimes=vehicle.cost_per_km,
        cost_per_hour_centimes=vehicle.cost_per_hour,
        access=frozenset(vehicle.access),
    )


def _limit(value: int | None) -> int:
    return NO_LIMIT if value is None else value
