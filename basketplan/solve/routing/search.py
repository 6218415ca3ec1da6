"""Improve a few neighbouring trips with OR-Tools routing.

Given the stops of a part, its trips and spare vehicles, find routes ``x`` of vehicle copies such that

1. every stop is on at most one route; leaving it out costs ``priority × baskets × DROP``;
2. weight, volume and baskets on a route are within its class;
3. a stop rides only on a class that enters its access class, and on a copy whose label (a set of days) lies
   within the stop's days, so that all stops of a route share the label's days;
4. loading, driving, service and waiting together last at most the longest trip of the class, and the metres of
   road at most its longest distance;
5. with windows: service starts in one of the stop's windows, and the route lies within the shift;

and the cost per trip, metre and second is least. Matrices are registered, nothing calls back into Python but the
question whether to stop. The search starts from the trips given and ends after a count of solutions.

Loading per basket is counted at the stop instead of at the hub, which keeps (4) exact. For (5) it makes the model
early by at most the loading of the whole load, so windows close that much earlier in the model.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from basketplan.solve.routing.costs import leg_seconds, price
from basketplan.solve.types import RoutedTrip, RoutingProblem, VehicleClass

__all__ = ["Part", "improve"]

SCALE = 100
"""Model cost per centime, so that a cost per second keeps its figures."""
DROP = 10_000_000
"""Centimes for leaving out one basket of priority 1; more than any trip costs."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """A few trips of one hub, to be improved on their own. Points are those of ``problem``."""

    problem: RoutingProblem
    trips: tuple[RoutedTrip, ...]
    spare: Mapping[str, int]
    """Class → trips that may be added."""
    solutions: int
    """Solutions after which the search ends."""
    seconds: float
    """Safety limit."""
    seed: int


@dataclass(frozen=True)
class _Copy:
    """A vehicle of the model: a class, and the days that its stops must share."""

    vehicle: VehicleClass
    label: int


def improve(part: Part, stop: Callable[[], bool]) -> tuple[RoutedTrip, ...]:
    """Return better trips for ``part``, at worst those that it had."""
    copies = _copies(part)
    if not copies or len(part.problem.stop_ids) == 0:
        return part.trips
    manager = pywrapcp.RoutingIndexManager(len(part.problem.lat), len(copies), 0)
    model = pywrapcp.RoutingModel(manager)
    _add_costs(model, part.problem, copies)
    _add_loads(model, part.problem, copies)
    _add_time(model, manager, part.problem, copies)
    _add_stops(model, manager, part.problem, copies)
    model.AddAtSolutionCallback(lambda: model.CancelSearch() if stop() else None)
    settings = _settings(part)
    model.CloseModelWithParameters(settings)
    routes = [list(trip.stops) for trip in part.trips]
    start = model.ReadAssignmentFromRoutes(routes + [[] for _ in copies[len(routes) :]], True)
    found = model.SolveFromAssignmentWithParameters(start, settings) if start else model.SolveWithParameters(settings)
    return _trips(model, manager, copies, found) if found else part.trips


def _copies(part: Part) -> list[_Copy]:
    """Return a copy per trip, in their order, then the spare ones.

    A trip's label is the days that its stops share, or by chance a day pattern of another stop within them, so
    that stops with fewer days can join.
    """
    rng = np.random.default_rng(part.seed)
    by_id = {vehicle.id: vehicle for vehicle in part.problem.vehicles}
    days = part.problem.days[1:]
    patterns = [int(mask) for mask in days if mask]
    if not patterns:
        return []
    copies = []
    for trip in part.trips:
        mask = int(np.bitwise_and.reduce(part.problem.days[list(trip.stops)]))
        other = patterns[int(rng.integers(len(patterns)))]
        narrower = other & mask == other and bool(rng.integers(2))
        copies.append(_Copy(by_id[trip.vehicle], other if narrower else mask))
    for name in sorted(part.spare):
        for _ in range(part.spare[name]):
            copies.append(_Copy(by_id[name], patterns[int(rng.integers(len(patterns)))]))
    return copies


def _add_costs(model: Any, problem: RoutingProblem, copies: Sequence[_Copy]) -> None:
    """Price legs: kilometres, and the time of driving, service and loading."""
    evaluators = {}
    for number, copy in enumerate(copies):
        vehicle = copy.vehicle
        if vehicle.id not in evaluators:
            cost = price(vehicle)
            matrix = problem.distance_m * cost.per_m + leg_seconds(problem, vehicle) * cost.per_s
            evaluators[vehicle.id] = model.RegisterTransitMatrix(_rows(np.rint(matrix * SCALE)))
        model.SetArcCostEvaluatorOfVehicle(evaluators[vehicle.id], number)
        cost = price(vehicle)
        model.SetFixedCostOfVehicle(round(SCALE * (cost.per_trip + cost.per_s * vehicle.loading_s)), number)


def _add_loads(model: Any, problem: RoutingProblem, copies: Sequence[_Copy]) -> None:
    """(2), and the distance of (4), where they can bind."""
    limits = (
        ("weight", problem.weight_g, [copy.vehicle.max_weight_g for copy in copies]),
        ("volume", problem.volume_ml, [copy.vehicle.max_volume_ml for copy in copies]),
        ("baskets", problem.baskets, [copy.vehicle.max_baskets for copy in copies]),
    )
    for name, loads, room in limits:
        if min(room) < int(loads.sum()):
            column = model.RegisterUnaryTransitVector([int(load) for load in loads])
            model.AddDimensionWithVehicleCapacity(column, 0, room, True, name)
    reach = [copy.vehicle.max_trip_distance_m for copy in copies]
    if min(reach) < int(problem.distance_m.max(initial=0)) * (len(problem.lat) + 1):
        metres = model.RegisterTransitMatrix(_rows(problem.distance_m))
        model.AddDimensionWithVehicleCapacity(metres, 0, reach, True, "distance")


def _add_time(model: Any, manager: Any, problem: RoutingProblem, copies: Sequence[_Copy]) -> None:
    """(4) and (5)."""
    matrices = {copy.vehicle.id: leg_seconds(problem, copy.vehicle) for copy in copies}
    legs = {name: model.RegisterTransitMatrix(_rows(matrices[name])) for name in sorted(matrices)}
    transits = [legs[copy.vehicle.id] for copy in copies]
    longest = [max(0, copy.vehicle.max_trip_duration_s - copy.vehicle.loading_s) for copy in copies]
    if not any(problem.windows):
        model.AddDimensionWithVehicleTransitAndCapacity(transits, 0, longest, True, "time")
        return
    ends = [copy.vehicle.shift_end_s for copy in copies]
    model.AddDimensionWithVehicleTransitAndCapacity(transits, max(ends), ends, False, "time")
    time = model.GetDimensionOrDie("time")
    for number, copy in enumerate(copies):
        vehicle = copy.vehicle
        time.CumulVar(model.Start(number)).SetMin(min(vehicle.shift_start_s + vehicle.loading_s, vehicle.shift_end_s))
        time.SetSpanUpperBoundForVehicle(longest[number], number)
        waiting = round(SCALE * price(vehicle).per_s)
        if waiting:
            time.SetSlackCostCoefficientForVehicle(waiting, number)
    early = max(
        copy.vehicle.loading_per_basket_s * min(copy.vehicle.max_baskets, int(problem.baskets.sum())) for copy in copies
    )
    for point, windows in enumerate(problem.windows):
        if windows:
            _set_windows(time.CumulVar(manager.NodeToIndex(point)), windows, early)


def _set_windows(variable: Any, windows: Sequence[tuple[int, int]], early: int) -> None:
    """Let ``variable`` only be within ``windows``, each closed ``early`` seconds before its end."""
    spans = [(opens, max(opens, closes - early)) for opens, closes in windows]
    variable.SetRange(spans[0][0], max(closes for _, closes in spans))
    free = spans[0][1]
    for opens, closes in spans[1:]:
        if opens > free + 1:
            variable.RemoveInterval(free + 1, opens - 1)
        free = max(free, closes)


def _add_stops(model: Any, manager: Any, problem: RoutingProblem, copies: Sequence[_Copy]) -> None:
    """(1) and (3)."""
    known: dict[tuple[str, int], list[int]] = {}
    for point in range(1, len(problem.lat)):
        access, days = problem.access[point], int(problem.days[point])
        if (access, days) not in known:
            known[access, days] = [
                number
                for number, copy in enumerate(copies)
                if access in copy.vehicle.access and copy.label and copy.label & days == copy.label
            ]
        index = manager.NodeToIndex(point)
        penalty = SCALE * DROP * int(problem.priority[point]) * max(1, int(problem.baskets[point]))
        model.AddDisjunction([index], penalty)
        allowed = known[access, days]
        if not allowed:
            model.ActiveVar(index).SetValue(0)
        elif len(allowed) < len(copies):
            model.VehicleVar(index).SetValues([-1, *allowed])


def _settings(part: Part) -> Any:
    settings = pywrapcp.DefaultRoutingSearchParameters()
    settings.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    settings.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GREEDY_DESCENT
    settings.solution_limit = part.solutions
    settings.time_limit.FromMilliseconds(max(1, round(part.seconds * 1000)))
    return settings


def _trips(model: Any, manager: Any, copies: Sequence[_Copy], found: Any) -> tuple[RoutedTrip, ...]:
    trips = []
    for number, copy in enumerate(copies):
        stops = []
        index = found.Value(model.NextVar(model.Start(number)))
        while not model.IsEnd(index):
            stops.append(manager.IndexToNode(index))
            index = found.Value(model.NextVar(index))
        if stops:
            trips.append(RoutedTrip(vehicle=copy.vehicle.id, stops=tuple(stops)))
    return tuple(trips)


def _rows(matrix: Any) -> list[list[int]]:
    rows: list[list[int]] = matrix.astype(np.int64).tolist()
    return rows
