"""First trips: savings over neighbour lists, for mixed fleets, access classes, days and windows.

Clarke and Wright (1964), parallel version: every stop starts on a trip of its own, and the two trips whose joining
saves most road are joined, end to end, as long as a vehicle class can make the result. Trips whose stops can
be entered by different classes are joined only in a second pass, so that the few who need a small vehicle
do not fill it with those who do not; days may narrow only from a pattern to one within it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from basketplan.solve.routing.costs import leg_seconds, trip_price
from basketplan.solve.routing.ledger import Ledger
from basketplan.solve.routing.timing import best_load_s
from basketplan.solve.types import IntArray, RoutedTrip, RoutingProblem, VehicleClass

__all__ = ["construct", "serving"]

NEIGHBOURS = 30


@dataclass(slots=True)
class _Route:
    """A trip in the making. ``seconds[k]`` and ``classes`` (bits) count by vehicle class."""

    stops: list[int]
    classes: int
    days: int
    weight_g: int
    volume_ml: int
    baskets: int
    metres: int
    seconds: list[int]
    windows: bool


def serving(problem: RoutingProblem, point: int) -> list[VehicleClass]:
    """Return the vehicle classes that can make a trip to ``point`` alone."""
    return [
        vehicle
        for vehicle in problem.vehicles
        if problem.access[point] in vehicle.access
        and problem.weight_g[point] <= vehicle.max_weight_g
        and problem.volume_ml[point] <= vehicle.max_volume_ml
        and problem.baskets[point] <= vehicle.max_baskets
        and best_load_s(problem, vehicle, (point,)) is not None
    ]


def construct(problem: RoutingProblem) -> tuple[RoutedTrip, ...]:
    """Return first trips, as many as there are vehicles for.

    Tried with all classes, then without the roomiest, and so on; the try that serves most, then costs least, is kept.
    """
    classes = [0, *(_classes(problem, point) for point in range(1, len(problem.lat)))]
    if not any(classes):
        return ()
    maker = _Maker(problem)
    pairs = _pairs(problem)
    tries = []
    for number, first in enumerate(_ladder(problem)):
        cost, trips = _fill(maker, classes, pairs, first)
        served = sum(int(problem.priority[point] * problem.baskets[point]) for trip in trips for point in trip.stops)
        tries.append((-served, cost, number, trips))
    return min(tries)[3]


def _classes(problem: RoutingProblem, point: int) -> int:
    """Return the bits of the classes that can serve ``point``."""
    if not problem.days[point]:
        return 0
    able = {vehicle.id for vehicle in serving(problem, point)}
    return sum(1 << number for number, vehicle in enumerate(problem.vehicles) if vehicle.id in able)


def _fill(
    maker: _Maker, classes: Sequence[int], pairs: Sequence[tuple[int, int]], first: int
) -> tuple[float, tuple[RoutedTrip, ...]]:
    """Join stops to routes and give them vehicles; what finds none is joined anew for the classes that are left."""
    problem = maker.problem
    ledger = Ledger.of(problem)
    left = list(classes)
    everything, short = (1 << len(problem.vehicles)) - 1, 0
    may = [mask & first or mask for mask in left]
    total, trips = 0.0, []
    while any(may):
        routes = maker.join(may, pairs)
        routes.sort(key=lambda route: (-maker.worth(route), route.stops))
        for route in routes:
            for cost, number in maker.priced(route):
                vehicle = problem.vehicles[number]
                seconds = vehicle.loading_s + route.seconds[number]
                if ledger.admits(vehicle, route.days, seconds):
                    ledger.add(vehicle, route.days, seconds)
                    total += cost
                    trips.append(RoutedTrip(vehicle=vehicle.id, stops=tuple(route.stops)))
                    for point in route.stops:
                        left[point] = 0
                    break
                short |= 1 << number
        may = [mask & everything & ~short for mask in left]
    return total, tuple(trips)


def _ladder(problem: RoutingProblem) -> list[int]:
    """Return sets of classes: all, all but the roomiest, and so on, at most three."""
    total = [max(1, int(column.sum())) for column in (problem.weight_g, problem.volume_ml, problem.baskets)]
    room = [
        min(limit / need for limit, need in zip(_room(vehicle), total, strict=True)) for vehicle in problem.vehicles
    ]
    order = sorted(range(len(room)), key=lambda number: (-room[number], number))
    return [sum(1 << number for number in order[skip:]) for skip in range(min(3, len(order)))]


def _room(vehicle: VehicleClass) -> tuple[int, int, int]:
    return vehicle.max_weight_g, vehicle.max_volume_ml, vehicle.max_baskets


def _pairs(problem: RoutingProblem) -> list[tuple[int, int]]:
    """Return pairs of neighbouring stops, those that save most first."""
    metres = problem.distance_m[1:, 1:].astype(np.int64)
    n = len(metres)
    near = min(NEIGHBOURS + 1, n)
    nearest = np.argpartition(metres, near - 1, axis=1)[:, :near]
    one = np.repeat(np.arange(n), near)
    two = nearest.ravel()
    keys = np.unique(np.minimum(one, two) * n + np.maximum(one, two))
    one, two = keys // n, keys % n
    hub = problem.distance_m[0, 1:].astype(np.int64)
    saved = np.where(one == two, -1, hub[one] + hub[two] - metres[one, two])
    order = np.argsort(-saved, kind="stable")
    order = order[saved[order] >= 0]
    return list(zip((one[order] + 1).tolist(), (two[order] + 1).tolist(), strict=True))


class _Maker:
    """Joins routes of one problem."""

    def __init__(self, problem: RoutingProblem) -> None:
        self.problem = problem
        self.legs: list[IntArray] = [leg_seconds(problem, vehicle) for vehicle in problem.vehicles]

    def join(self, classes: Sequence[int], pairs: Sequence[tuple[int, int]]) -> list[_Route]:
        """Return the routes that the savings give when stop ``i`` may ride on ``classes[i]``."""
        route_of: list[_Route | None] = [
            self._alone(point, mask) if mask else None for point, mask in enumerate(classes)
        ]
        for mixed in (False, True):
            for one, two in pairs:
                a, b = route_of[one], route_of[two]
                if a is None or b is None or a is b or (not mixed and a.classes != b.classes):
                    continue
                joined = self._joined(a, one, b, two)
                if joined is not None:
                    for point in joined.stops:
                        route_of[point] = joined
        return [route for point, route in enumerate(route_of) if route is not None and route.stops[0] == point]

    def priced(self, route: _Route) -> list[tuple[float, int]]:
        """Return cost and number of the classes that can make ``route``, cheapest first."""
        return sorted(
            (trip_price(vehicle, route.metres, vehicle.loading_s + route.seconds[number]), number)
            for number, vehicle in enumerate(self.problem.vehicles)
            if route.classes >> number & 1
        )

    def worth(self, route: _Route) -> float:
        """Return priority × baskets of ``route`` per second of its longest form."""
        problem = self.problem
        weight = sum(int(problem.priority[point] * problem.baskets[point]) for point in route.stops)
        return weight / max(1, *route.seconds)

    def _alone(self, point: int, classes: int) -> _Route:
        problem = self.problem
        return _Route(
            stops=[point],
            classes=classes,
            days=int(problem.days[point]),
            weight_g=int(problem.weight_g[point]),
            volume_ml=int(problem.volume_ml[point]),
            baskets=int(problem.baskets[point]),
            metres=2 * int(problem.distance_m[0, point]),
            seconds=[int(legs[0, point] + legs[point, 0]) for legs in self.legs],
            windows=bool(problem.windows[point]),
        )

    def _joined(self, a: _Route, one: int, b: _Route, two: int) -> _Route | None:
        """Return ``a`` and ``b`` joined where ``one`` meets ``two``; none where it cannot be."""
        if one not in (a.stops[0], a.stops[-1]) or two not in (b.stops[0], b.stops[-1]):
            return None
        days = a.days & b.days
        if days not in (a.days, b.days):
            return None
        head = a.stops if a.stops[-1] == one else a.stops[::-1]
        tail = b.stops if b.stops[0] == two else b.stops[::-1]
        metres = self.problem.distance_m
        joined = _Route(
            stops=[],
            classes=a.classes & b.classes,
            days=days,
            weight_g=a.weight_g + b.weight_g,
            volume_ml=a.volume_ml + b.volume_ml,
            baskets=a.baskets + b.baskets,
            metres=a.metres + b.metres + int(metres[one, two]) - int(metres[0, one]) - int(metres[0, two]),
            seconds=[
                x + y - int(legs[one, 0]) - int(legs[0, two]) + int(legs[one, two])
                for x, y, legs in zip(a.seconds, b.seconds, self.legs, strict=True)
            ],
            windows=a.windows or b.windows,
        )
        self._narrow(joined)
        if joined.classes and joined.windows:
            return self._in_time(joined, head + tail)
        joined.stops = head + tail
        return joined if joined.classes else None

    def _narrow(self, route: _Route) -> None:
        """Take the classes off ``route`` that have not the room, time or reach for it."""
        for number, vehicle in enumerate(self.problem.vehicles):
            if route.classes >> number & 1 and (
                route.weight_g > vehicle.max_weight_g
                or route.volume_ml > vehicle.max_volume_ml
                or route.baskets > vehicle.max_baskets
                or route.metres > vehicle.max_trip_distance_m
                or vehicle.loading_s + route.seconds[number] > vehicle.max_trip_duration_s
            ):
                route.classes &= ~(1 << number)

    def _in_time(self, route: _Route, stops: list[int]) -> _Route | None:
        """Return ``route`` in the direction in which more classes meet its windows; none where no class does."""
        kept = []
        for order in (stops, stops[::-1]):
            mask = 0
            for number, vehicle in enumerate(self.problem.vehicles):
                if route.classes >> number & 1 and best_load_s(self.problem, vehicle, order) is not None:
                    mask |= 1 << number
            kept.append((mask.bit_count(), mask, order))
        best = max(kept, key=lambda item: item[0])
        route.classes, route.stops = best[1], best[2]
        return route if route.classes else None
