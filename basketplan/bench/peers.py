"""The same instance solved by others, on the same cores: PyVRP and OR-Tools alone.

They are measured, never used. One run of either cannot use two cores, so each runs one seed per core, in processes of
their own, and the best counts. What they find is checked like ours.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from typing import Any

import numpy as np

from basketplan.bench.check import Route, cost_of
from basketplan.bench.routing import Result, peak_mb, result
from basketplan.bench.vrplib import Instance
from basketplan.errors import UsageError
from basketplan.progress import Progress, QuietReporter, Reporter

__all__ = ["PEERS", "compare", "polished"]

PEERS = ("pyvrp", "ortools")
_MATRIX_LIMIT = 6_000
"""Points above which a peer that needs a matrix is not run."""
_Answer = tuple[list[Route], int, int, int]
"""Routes, unserved, iterations, peak MB."""


def compare(
    instance: Instance,
    names: Sequence[str],
    *,
    seconds: float,
    threads: int,
    seed: int,
    reporter: Reporter | None = None,
) -> list[Result]:
    """Run the peers ``names`` one after the other; return those that ended before ``reporter`` said to stop.

    Raises
    ------
    UsageError
        For an unknown peer, one that is not installed, or an instance too large for it.
    """
    solvers: dict[str, Callable[[Instance, float, int], _Answer]] = {"pyvrp": _pyvrp, "ortools": _ortools}
    for name in names:
        if name not in solvers:
            raise UsageError(f"unknown peer '{name}', known are {', '.join(PEERS)}")
        if importlib.util.find_spec(name) is None:
            raise UsageError(f"{name} is not installed: pip install '{name}'")
        if len(instance.xy) > _MATRIX_LIMIT:
            raise UsageError(f"{name} needs a matrix: {len(instance.xy):,} points are too many for it")
    reporter, results = reporter or QuietReporter(), []
    for name in names:
        reporter.update(Progress(stage="routing", message=name, left_s=seconds))
        begin = time.monotonic()
        terms = [(instance, seconds, seed + run) for run in range(threads)]
        found = _elsewhere(solvers[name], terms, reporter)
        if found is None:
            break
        results.append(_best(instance, name, found, time.monotonic() - begin))
    return results


def _elsewhere(
    solver: Callable[[Instance, float, int], _Answer], terms: Sequence[tuple[Instance, float, int]], reporter: Reporter
) -> list[_Answer] | None:
    """Run ``solver`` with each of ``terms`` in a process of its own; none where the user stopped them."""
    if reporter.stopped():
        return None
    before = multiprocessing.active_children()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(terms), context, initializer=_leave_stopping_to_the_parent) as pool:
        answers = [pool.submit(solver, *one) for one in terms]
        while wait(answers, timeout=0.2).not_done:
            if reporter.stopped():
                for child in multiprocessing.active_children():
                    if child not in before:
                        child.kill()
                return None
        return [answer.result() for answer in answers]


def _leave_stopping_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _best(instance: Instance, name: str, found: Sequence[_Answer], took: float) -> Result:
    routes, unserved, _, _ = min(found, key=lambda answer: (answer[1], cost_of(instance, answer[0])))
    moves, peak = sum(answer[2] for answer in found), sum(answer[3] for answer in found)
    return result(name, instance, routes, unserved, took, moves, peak)


def _pyvrp(instance: Instance, seconds: float, seed: int) -> _Answer:
    """Solve with PyVRP as its documentation says, all parameters as they come."""
    import pyvrp
    from pyvrp.stop import MaxRuntime

    n, depots = len(instance.xy), instance.n_depots
    model = pyvrp.Model()
    apart = instance.distances(np.arange(n), np.arange(n))
    windows = instance.windows
    places = [model.add_location(x, y) for x, y in instance.xy.tolist()]
    stations: list[Any] = []
    for point in range(n):
        if point < depots:
            stations.append(model.add_depot(places[point]))
            continue
        times: dict[str, Any] = {}
        if windows is not None:
            times = {"tw_early": int(windows[point, 0]), "tw_late": int(windows[point, 1])}
        model.add_client(
            places[point],
            delivery=[int(instance.demand[point])],
            service_duration=int(instance.service[point]),
            **times,
        )
    for vehicle in instance.vehicles:
        options: dict[str, Any] = {}
        if windows is not None:
            options |= {"tw_early": int(windows[vehicle.depot, 0]), "tw_late": int(windows[vehicle.depot, 1])}
        if instance.max_duration is not None:
            options["shift_duration"] = instance.max_duration
        model.add_vehicle_type(
            num_available=vehicle.number or n - depots,
            capacity=[vehicle.capacity],
            start_depot=stations[vehicle.depot],
            end_depot=stations[vehicle.depot],
            fixed_cost=vehicle.fixed,
            unit_distance_cost=vehicle.per_distance,
            **options,
        )
    for a in range(n):
        for b in range(n):
            if a != b:
                model.add_edge(places[a], places[b], distance=int(apart[a, b]), duration=int(apart[a, b]))
    found = model.solve(MaxRuntime(seconds), seed=seed, display=False)
    routes: list[Route] = []
    if found.best.is_feasible():
        for route in found.best.routes():
            visits = [int(visit.idx) + depots for visit in route if visit.is_client()]
            routes.append((int(route.vehicle_type()), visits))
    served = sum(len(points) for _, points in routes)
    return routes, n - depots - served, int(found.num_iterations), peak_mb()


def polished(instance: Instance, routes: Sequence[Route], seconds: float) -> tuple[list[Route], int]:
    """Return what OR-Tools routing makes of ``routes`` in some seconds, and how many it leaves unserved."""
    found, unserved, _, _ = _ortools(instance, seconds, 0, routes)
    return found, unserved


def _ortools(instance: Instance, seconds: float, seed: int, start: Sequence[Route] = ()) -> _Answer:
    """Solve with OR-Tools routing: registered matrices, parallel savings or insertion, guided local search.

    With ``start`` it begins from these routes instead.
    """
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    n = len(instance.xy)
    vehicles = [
        (number, kind)
        for kind, vehicle in enumerate(instance.vehicles)
        for number in range(min(vehicle.number or n, _enough(instance, vehicle.capacity)))
    ]
    depots = [instance.vehicles[kind].depot for _, kind in vehicles]
    manager = pywrapcp.RoutingIndexManager(n, len(vehicles), depots, depots)
    model = pywrapcp.RoutingModel(manager)
    apart = instance.distances(np.arange(n), np.arange(n))
    arcs: dict[int, int] = {}
    for place, (_, kind) in enumerate(vehicles):
        rate = instance.vehicles[kind].per_distance
        if rate not in arcs:
            arcs[rate] = model.RegisterTransitMatrix((apart * rate).tolist())
        model.SetArcCostEvaluatorOfVehicle(arcs[rate], place)
        model.SetFixedCostOfVehicle(instance.vehicles[kind].fixed, place)
    loads = model.RegisterUnaryTransitVector(instance.demand.tolist())
    model.AddDimensionWithVehicleCapacity(
        loads, 0, [instance.vehicles[kind].capacity for _, kind in vehicles], True, "load"
    )
    if instance.windows is None and instance.max_duration is not None:
        legs = model.RegisterTransitMatrix((apart + instance.service[:, None]).tolist())
        model.AddDimension(legs, 0, instance.max_duration, True, "time")
    if instance.windows is not None:
        legs = model.RegisterTransitMatrix((apart + instance.service[:, None]).tolist())
        horizon = int(instance.windows[:, 1].max())
        model.AddDimension(legs, horizon, horizon, False, "time")
        time_ = model.GetDimensionOrDie("time")
        for point in range(instance.n_depots, n):
            time_.CumulVar(manager.NodeToIndex(point)).SetRange(*(int(t) for t in instance.windows[point]))
        for place, depot in enumerate(depots):
            time_.CumulVar(model.Start(place)).SetRange(*(int(t) for t in instance.windows[depot]))
            time_.CumulVar(model.End(place)).SetRange(*(int(t) for t in instance.windows[depot]))
            if instance.max_duration is not None:
                time_.SetSpanUpperBoundForVehicle(instance.max_duration, place)
    settings = pywrapcp.DefaultRoutingSearchParameters()
    strategy = routing_enums_pb2.FirstSolutionStrategy
    simple = instance.windows is None and instance.max_duration is None and len(instance.vehicles) == 1
    settings.first_solution_strategy = strategy.PARALLEL_SAVINGS if simple else strategy.PARALLEL_CHEAPEST_INSERTION
    settings.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    settings.time_limit.FromMilliseconds(round(seconds * 1000))
    if start:
        model.CloseModelWithParameters(settings)
        given = _by_vehicle(start, [kind for _, kind in vehicles])
        found = model.SolveFromAssignmentWithParameters(model.ReadAssignmentFromRoutes(given, True), settings)
    else:
        found = model.SolveWithParameters(settings)
    routes: list[Route] = []
    if found is not None:
        for place, (_, kind) in enumerate(vehicles):
            stops, index = [], found.Value(model.NextVar(model.Start(place)))
            while not model.IsEnd(index):
                stops.append(manager.IndexToNode(index))
                index = found.Value(model.NextVar(index))
            if stops:
                routes.append((kind, stops))
    served = sum(len(points) for _, points in routes)
    return routes, n - instance.n_depots - served, int(model.solver().Solutions()), peak_mb()


def _by_vehicle(routes: Sequence[Route], kinds: Sequence[int]) -> list[list[int]]:
    """Return the visits of each vehicle; ``kinds`` tells their types."""
    waiting: dict[int, list[list[int]]] = {}
    for kind, visits in routes:
        waiting.setdefault(kind, []).append(list(visits))
    return [waiting[kind].pop() if waiting.get(kind) else [] for kind in kinds]


def _enough(instance: Instance, capacity: int) -> int:
    """Return a number of vehicles that is enough for everybody, so that the model stays small."""
    return int(np.ceil(instance.demand.sum() / capacity * 1.5)) + 10
