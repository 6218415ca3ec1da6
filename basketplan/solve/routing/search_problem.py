"""From a hub's problem to the arrays of the search, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np

from basketplan import units
from basketplan.solve.routing.blocks import Profile, RoadBlocks
from basketplan.solve.routing.costs import price
from basketplan.solve.routing.near import Times, near_by_drive, near_by_road
from basketplan.solve.routing.problem import MATRIX_STOPS, NO_LIMIT
from basketplan.solve.routing.ruin import layout as lay
from basketplan.solve.routing.ruin.neighbours import hilbert_order
from basketplan.solve.routing.ruin.problem import RichProblem, fleet_table
from basketplan.solve.routing.ruin.routes import Ints, Routes
from basketplan.solve.routing.ruin.wide import WideProblem
from basketplan.solve.types import RoutedTrip, RoutingProblem, VehicleClass

__all__ = ["Translation", "translate"]

DROP = 10_000_000
"""Centimes for leaving out one basket of priority 1; more than any trip costs."""
FILL = 0.9
"""Part of a vehicle's shifts that trips can fill where several fit in a day; the rest is lost in gaps."""


@dataclass(frozen=True)
class Translation:
    """A problem of the search, and which stops are which."""

    problem: RichProblem
    points: Ints
    """``points[i]`` is the point of stop ``i`` of the search."""
    scale: float
    """Cost units of the search per centime."""
    vehicles: tuple[VehicleClass, ...]

    def trips(self, routes: Routes) -> list[RoutedTrip]:
        """Return ``routes`` as trips."""
        return [
            RoutedTrip(vehicle=self.vehicles[k].id, stops=tuple(self.points[stops].tolist()))
            for stops, k in zip(routes.lists(), routes.classes.tolist(), strict=True)
        ]

    def routes(self, trips: Sequence[RoutedTrip], windows: Mapping[int, int]) -> Routes:
        """Return ``trips`` as routes; ``windows[point]`` is the window of a point, counted within its own."""
        index = {point: stop for stop, point in enumerate(self.points.tolist())}
        number = {vehicle.id: k for k, vehicle in enumerate(self.vehicles)}
        return Routes.of(
            [[index[point] for point in trip.stops] for trip in trips],
            [number[trip.vehicle] for trip in trips],
            self.problem.window_first[:-1]
            + np.array([windows.get(point, 0) for point in self.points.tolist()], dtype=np.int64),
        )


def translate(problem: RoutingProblem, may: Sequence[int], locked: Set[int] = frozenset()) -> Translation:
    """Return the search's form of ``problem`` with the points whose ``may``, bits of vehicle classes, is not 0.

    With more than ``MATRIX_STOPS`` stops it is a :class:`WideProblem`, and no matrix of all pairs is made.
    """
    able = np.array([point for point in range(1, len(problem.lat)) if may[point]], dtype=np.int64)
    east = np.cos(np.radians(float(problem.lat[0]))) * problem.lon[able]
    xy = np.column_stack((east, problem.lat[able])).astype(np.float64).reshape(-1, 2)
    order = hilbert_order(xy)
    points, xy = able[order], np.ascontiguousarray(xy[order])
    windows = [problem.windows[point] or ((0, lay.NO_LIMIT),) for point in points.tolist()]
    window_table = np.array([span for spans in windows for span in spans], dtype=np.int64).reshape(-1, 2)
    window_first = np.concatenate(([0], np.cumsum([len(spans) for spans in windows], dtype=np.int64))).astype(np.int64)
    wide = len(points) > MATRIX_STOPS
    blocks, profiles, scale = _blocks(problem, points)
    baskets = problem.baskets[points]
    service = problem.service_s[points]
    fleet = _fleet(problem, profiles, scale)
    extra = np.zeros((len(fleet), len(points)), dtype=np.int64)
    for k, vehicle in enumerate(problem.vehicles):
        extra[k] = np.rint((service + vehicle.loading_per_basket_s * baskets) * price(vehicle).per_s * scale)
    nothing = np.zeros((1, 1, 1), dtype=np.int32)
    cost, time, length = (nothing, nothing, nothing[0]) if wide else blocks.matrices()
    spans = window_table[window_first[:-1], 0], window_table[window_first[1:] - 1, 1]
    times = Times(service=service, opens=spans[0], closes=spans[1]) if any(problem.windows) else None
    near = near_by_road(blocks, xy, times) if wide else near_by_drive(time[0][:-1, :-1].astype(np.int64), times)
    made = RichProblem(
        xy=xy,
        need=np.column_stack((problem.weight_g[points], problem.volume_ml[points], baskets)).astype(np.int64),
        baskets=baskets,
        service=service,
        prize=np.rint(problem.priority[points] * np.maximum(1, baskets) * float(DROP) * scale).astype(np.int64),
        days=problem.days[points],
        may=np.array([may[point] for point in points.tolist()], dtype=np.int64),
        locked=np.array([point in locked for point in points.tolist()], dtype=np.int64),
        windows=window_table.astype(np.int32),
        window_first=window_first,
        fleet=fleet,
        cost=cost,
        time=time,
        length=length,
        extra=extra.astype(np.int32),
        near=near,
    )
    return Translation(
        problem=WideProblem(**vars(made), blocks=blocks) if wide else made,
        points=points,
        scale=scale,
        vehicles=problem.vehicles,
    )


def _blocks(problem: RoutingProblem, points: Ints) -> tuple[RoadBlocks, list[int], float]:
    """Return what makes the matrices, which class has which profile of them, and cost units per centime."""
    known: dict[tuple[object, ...], int] = {}
    profiles: list[Profile] = []
    number = []
    for vehicle in problem.vehicles:
        rate, table = price(vehicle), problem.drive_tables_s.get(vehicle.id)
        own = vehicle.id if table is not None else ""
        key = (own, vehicle.speed_kmh, rate.per_m, rate.per_s, vehicle.loading_per_basket_s)
        if key not in known:
            known[key] = len(profiles)
            profiles.append(Profile(speed_kmh=vehicle.speed_kmh, per_m=rate.per_m, per_s=rate.per_s, seconds=table))
        number.append(known[key])
    limited = any(vehicle.max_trip_distance_m < NO_LIMIT for vehicle in problem.vehicles)
    longest = problem.roads.longest_m()
    largest = max([1.0, *(_most(profile, longest) for profile in profiles)]) + problem.zone_change_centimes
    scale = min(100.0, 2**28 / largest)
    blocks = RoadBlocks(
        roads=problem.roads,
        points=points,
        profiles=tuple(profiles),
        scale=scale,
        limited=limited,
        zone=problem.zone,
        zone_change=problem.zone_change_centimes,
    )
    return blocks, number, scale


def _most(profile: Profile, longest_m: int) -> float:
    """Return the most centimes of any road."""
    if profile.seconds is not None:
        return longest_m * profile.per_m + int(profile.seconds.max(initial=0)) * profile.per_s
    return longest_m * profile.per_m + units.travel_s(longest_m, profile.speed_kmh) * profile.per_s


def _fleet(problem: RoutingProblem, profiles: Sequence[int], scale: float) -> Ints:
    fleet = fleet_table(len(problem.vehicles))
    days = int(np.bitwise_or.reduce(problem.days)).bit_count()
    for k, vehicle in enumerate(problem.vehicles):
        rate = price(vehicle)
        shift = vehicle.shift_end_s - vehicle.shift_start_s
        fleet[k, lay.CAP] = _limit(vehicle.max_weight_g)
        fleet[k, lay.CAP2] = _limit(vehicle.max_volume_ml)
        fleet[k, lay.CAP3] = _limit(vehicle.max_baskets)
        fleet[k, lay.FIXED] = round((rate.per_trip + rate.per_s * vehicle.loading_s) * scale)
        fleet[k, lay.LIMIT] = vehicle.number * vehicle.trips_per_day * days
        fleet[k, lay.PROFILE] = profiles[k]
        fleet[k, lay.SHIFT_START] = vehicle.shift_start_s
        fleet[k, lay.SHIFT_END] = vehicle.shift_end_s
        fleet[k, lay.MAX_DURATION] = min(vehicle.max_trip_duration_s, shift)
        fleet[k, lay.MAX_LENGTH] = _limit(vehicle.max_trip_distance_m)
        fleet[k, lay.LOADING] = vehicle.loading_s
        fleet[k, lay.LOADING_EACH] = vehicle.loading_per_basket_s
        fleet[k, lay.WAIT_RATE] = round(rate.per_s * scale)
        if vehicle.trips_per_day > 1:
            fleet[k, lay.WORK_LIMIT] = int(vehicle.number * days * shift * FILL)
    return fleet


def _limit(value: int) -> int:
    return lay.NO_LIMIT if value >= NO_LIMIT else value
