"""What a trip costs the search: its own costs and a fair part of the vehicle's day."""

from __future__ import annotations

from dataclasses import dataclass

from basketplan.solve.routing.timing import trip_cost_centimes
from basketplan.solve.types import VehicleClass

__all__ = ["Price", "price", "trip_price"]


@dataclass(frozen=True, kw_only=True)
class Price:
    """Centimes of a class."""

    per_trip: float
    per_m: float
    per_s: float


def price(vehicle: VehicleClass) -> Price:
    """Return the costs of ``vehicle`` with a part of its day in them.

    A trip pays the larger of its part by number and by time of the trips that fill a day. That maximum is not
    linear: where several trips fit a day, half of either is charged, which is exact for trips that just fill it.
    """
    shift = max(1, vehicle.shift_end_s - vehicle.shift_start_s)
    by_count = 1.0 if vehicle.trips_per_day == 1 else 0.5 / vehicle.trips_per_day
    by_time = 0.0 if vehicle.trips_per_day == 1 else 0.5 / shift
    return Price(
        per_trip=vehicle.cost_per_trip_centimes + vehicle.cost_per_day_centimes * by_count,
        per_m=vehicle.cost_per_km_centimes / 1000,
        per_s=vehicle.cost_per_hour_centimes / 3600 + vehicle.cost_per_day_centimes * by_time,
    )


def trip_price(vehicle: VehicleClass, distance_m: int, duration_s: int) -> float:
    """Return the centimes of a trip with its part of the day."""
    shift = max(1, vehicle.shift_end_s - vehicle.shift_start_s)
    part = max(1 / vehicle.trips_per_day, duration_s / shift)
    return trip_cost_centimes(vehicle, distance_m, duration_s) + vehicle.cost_per_day_centimes * part
