"""How many baskets a hub's vehicles bring out in a day: an estimate, before any route exists.

Routes are made after allocation, yet assembly must be paced so that deliveries fit. A trip is estimated as
loading, the way out and back to the households' mean distance, one leg between neighbours per further stop
(``0.7124 × sqrt(area / n)``, Beardwood, Halton and Hammersley 1959, for a tour through n points), and the
time at each door. ``CAUTION`` is taken off for windows, days and trips that do not fill.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from basketplan import units
from basketplan.programme.types import Basket, Household, Hub, Programme, Vehicle
from basketplan.travel.distance import block_m, road_m

CAUTION = 0.75
TOUR = 0.7124


@dataclass(frozen=True, kw_only=True)
class DailyBaskets:
    """Baskets a day that the vehicles of one hub can bring out."""

    total: int
    by_access: Mapping[str, int]
    """Access class → baskets a day by the vehicles that enter it."""


def basket_load(programme: Programme, basket: Basket) -> tuple[int, int]:
    """Return the most a packed basket may weigh (g) and the room it takes (ml), over its alternatives."""
    weight, volume = 0, 0
    for line in basket.lines:
        sizes = [(programme.product[item.product], item.quantity) for item in line.one_of]
        weight += max(product.packs(quantity) * product.gross_weight for product, quantity in sizes)
        volume += max(
            0 if product.container else product.packs(quantity) * product.volume for product, quantity in sizes
        )
    return weight, basket.volume if basket.volume is not None else volume


def daily_baskets(programme: Programme, hub: Hub, households: Sequence[Household], *, days: int) -> DailyBaskets:
    """Estimate the baskets a day that ``hub``'s vehicles bring to ``households`` over ``days`` days."""
    if not households or days < 1:
        return DailyBaskets(total=0, by_access={})
    lat = np.array([item.lat for item in households])
    lon = np.array([item.lon for item in households])
    out = block_m(programme.travel, [hub.place.lat], [hub.place.lon], lat, lon)[0]
    spread = np.maximum(
        _half_width(lat) * 111_000.0 * _half_width(lon) * 111_000.0 * math.cos(math.radians(float(lat.mean()))), 1.0
    )
    leg = float(road_m(programme.travel, TOUR * math.sqrt(4 * spread / len(households))))
    baskets = sum(item.total_baskets for item in households) / len(households)
    door = sum(programme.service_s(item) for item in households) / len(households)
    loads = _mean_load(programme, households)
    rates = {
        item.id: item.number[hub.id] * _per_vehicle(item, float(out.mean()), leg, door, baskets, loads)
        for item in programme.vehicles
        if item.number.get(hub.id, 0) > 0
    }
    classes = sorted({item.access for item in households})
    by_access = {
        access: math.floor(
            CAUTION * sum(rates[item.id] for item in programme.vehicles if item.id in rates and access in item.access)
        )
        for access in classes
    }
    useful = {item.id for item in programme.vehicles if set(item.access) & set(classes)}
    return DailyBaskets(
        total=math.floor(CAUTION * sum(rate for vehicle, rate in rates.items() if vehicle in useful)),
        by_access=by_access,
    )


def _half_width(degrees: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> float:
    """Return half of the middle nine tenths, stretched to the whole: outliers do not count."""
    low, high = np.quantile(degrees, [0.05, 0.95])
    return float(high - low) / 2 / 0.9


def _mean_load(programme: Programme, households: Sequence[Household]) -> tuple[float, float]:
    """Return the mean weight (g) and volume (ml) of a basket."""
    loads = {basket.id: basket_load(programme, basket) for basket in programme.baskets}
    count: dict[str, int] = {}
    for household in households:
        for basket, number in household.baskets.items():
            count[basket] = count.get(basket, 0) + number
    total = sum(count.values())
    return (
        sum(loads[basket][0] * number for basket, number in sorted(count.items())) / total,
        sum(loads[basket][1] * number for basket, number in sorted(count.items())) / total,
    )


def _per_vehicle(
    vehicle: Vehicle, out_m: float, leg_m: float, door_s: float, baskets: float, load: tuple[float, float]
) -> float:
    """Return the baskets that one vehicle brings out in a day with its best number of trips."""
    shift = vehicle.shift[1] - vehicle.shift[0]
    longest = min(
        shift,
        vehicle.max_trip_duration if vehicle.max_trip_duration is not None else shift,
        vehicle.driver_break.after if vehicle.driver_break is not None else shift,
    )
    room = min(
        math.inf if vehicle.max_baskets is None else vehicle.max_baskets,
        math.inf if vehicle.max_weight is None else vehicle.max_weight // max(load[0], 1.0),
        math.inf if vehicle.max_volume is None else vehicle.max_volume // max(load[1], 1.0),
    )
    pause = vehicle.driver_break.duration if vehicle.driver_break is not None else 0
    fixed = vehicle.loading + 2 * units.travel_s(round(out_m), vehicle.speed)
    stop = door_s + units.travel_s(round(leg_m), vehicle.speed) + baskets * vehicle.loading_per_basket
    stop_m = leg_m if vehicle.max_trip_distance is not None else 0.0
    reach = vehicle.max_trip_distance if vehicle.max_trip_distance is not None else math.inf
    best = 0.0
    for trips in range(1, vehicle.trips_per_day + 1):
        span = min(longest, (shift - pause * (trips - 1)) / trips)
        stops = (span - fixed) / max(stop, 1.0)
        if stop_m > 0:
            stops = min(stops, (reach - 2 * out_m) / stop_m)
        best = max(best, trips * min(room, max(0.0, stops) * baskets))
    return best
