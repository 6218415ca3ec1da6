"""``basketplan bench routing``: solve a public instance for some seconds and print what came of it."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass

import numpy as np

from basketplan.bench.check import Route, breaches, cost_of
from basketplan.bench.vrplib import Instance
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.solve.routing.ruin import layout as lay
from basketplan.solve.routing.ruin.anneal import Budget, anneal
from basketplan.solve.routing.ruin.neighbours import NEAR, hilbert_order, near_by_matrix, near_by_place
from basketplan.solve.routing.ruin.problem import PlainProblem, RichProblem, fleet_table
from basketplan.solve.routing.ruin.savings import savings
from basketplan.solve.routing.ruin.start import first_routes

__all__ = ["Result", "peak_mb", "result", "solve_instance"]

WAIT, WARP = 0.2, 1.0
"""What waiting and lateness between two stops count beside their distance, as in Vidal et al. (2013)."""


@dataclass(frozen=True)
class Result:
    """What a run came to."""

    solver: str
    instance: str
    cost: float
    """In the unit in which best known solutions are stated."""
    routes: int
    unserved: int
    seconds: float
    moves: int
    peak_mb: int
    verified: bool

    def as_json(self) -> dict[str, object]:
        """Return the result as one flat object."""
        return asdict(self)


def solve_instance(
    instance: Instance, *, seconds: float, threads: int, seed: int, reporter: Reporter | None = None
) -> tuple[Result, list[Route]]:
    """Solve ``instance``; the clock includes neighbour lists and first routes, not reading and compiling.

    When ``reporter`` says to stop, the best routes so far are returned. Stops that no vehicle can carry stay unserved.
    """
    reporter = reporter or QuietReporter()
    stops = _carried(instance)
    if len(stops) == 0:
        return result("basketplan", instance, [], len(instance.xy) - instance.n_depots, 0.0, 0), []
    order = np.concatenate((stops[hilbert_order(instance.xy[stops])], np.arange(instance.n_depots)))
    _warm_up(instance, order)
    begin = time.monotonic()
    with ThreadPoolExecutor(threads) as pool:
        problem = _problem(instance, order)
        first = savings(problem) if isinstance(problem, PlainProblem) else first_routes(problem, seed)
        left = max(0.1, seconds - (time.monotonic() - begin))
        found = anneal(
            problem,
            first,
            Budget(seconds=left),
            seed=seed,
            threads=pool,
            stopped=reporter.stopped,
            told=_telling(reporter, begin + seconds),
        )
    took = time.monotonic() - begin
    routes: list[Route] = [
        (kind, order[stops].tolist())
        for kind, stops in zip(found.routes.classes.tolist(), found.routes.lists(), strict=True)
    ]
    unserved = len(instance.xy) - instance.n_depots - len(found.routes.stops)
    return result("basketplan", instance, routes, unserved, took, found.moves), routes


def _carried(instance: Instance) -> np.ndarray:
    """Return the stops that some vehicle has room for."""
    room = max(vehicle.capacity for vehicle in instance.vehicles)
    return np.flatnonzero(instance.demand[instance.n_depots :] <= room) + instance.n_depots


def _telling(reporter: Reporter, end: float) -> Callable[[float, int], None]:
    def tell(done: float, best: int) -> None:
        message = f"{done:.0%} of the time is spent"
        reporter.update(Progress(stage="routing", message=message, left_s=max(0.0, end - time.monotonic())))

    return tell


def result(
    solver: str,
    instance: Instance,
    routes: list[Route],
    unserved: int,
    seconds: float,
    moves: int,
    peak: int | None = None,
) -> Result:
    """Return the figures of ``routes``, which are checked first."""
    return Result(
        solver=solver,
        instance=instance.name,
        cost=instance.own_unit(cost_of(instance, routes)),
        routes=len(routes),
        unserved=unserved,
        seconds=round(seconds, 2),
        moves=moves,
        peak_mb=peak_mb() if peak is None else peak,
        verified=not breaches(instance, routes),
    )


def peak_mb() -> int:
    """Return the most memory that this process has used."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 if sys.platform != "darwin" else 1024**2))


def _warm_up(instance: Instance, order: np.ndarray) -> None:
    """Compile what the run needs, or load it."""
    few = np.concatenate((order[: min(30, len(order) - instance.n_depots)], order[-instance.n_depots :]))
    problem = _problem(instance, few)
    first = savings(problem) if isinstance(problem, PlainProblem) else first_routes(problem, 0)
    with ThreadPoolExecutor(1) as pool:
        anneal(problem, first, Budget(moves=500), seed=0, threads=pool, n_parts=2)


def _problem(instance: Instance, order: np.ndarray) -> PlainProblem | RichProblem:
    """Return the problem of the points ``order``, in this order, depots last."""
    vehicle = instance.vehicles[0]
    plain = (
        instance.kind == "CVRP"
        and instance.n_depots == 1
        and instance.windows is None
        and instance.max_duration is None
        and len(instance.vehicles) == 1
        and (vehicle.fixed, vehicle.per_distance, vehicle.number) == (0, 1, 0)
    )
    return _plain(instance, order) if plain else _rich(instance, order)


def _plain(instance: Instance, order: np.ndarray) -> PlainProblem:
    places = np.ascontiguousarray(instance.xy[order])
    near = near_by_place(places[:-1])
    near_cost = np.empty_like(near)
    for begin in range(0, len(near), 50_000):
        rows = slice(begin, begin + 50_000)
        apart = places[:-1][rows][:, None, :] - places[near[rows]]
        near_cost[rows] = np.floor(np.hypot(apart[..., 0], apart[..., 1]) + 0.5)
    near_cost[near < 0] = 0
    return PlainProblem(
        places=places,
        need=instance.demand[order[:-1]],
        capacity=instance.vehicles[0].capacity,
        near=near,
        near_cost=near_cost,
    )


def _rich(instance: Instance, order: np.ndarray) -> RichProblem:
    n = len(order) - instance.n_depots
    stops = order[:n]
    apart = instance.distances(order, order)
    vehicles = instance.vehicles
    rates = sorted({vehicle.per_distance for vehicle in vehicles})
    timed = instance.windows is not None or instance.max_duration is not None
    fleet = fleet_table(len(vehicles))
    for k, vehicle in enumerate(vehicles):
        fleet[k, lay.CAP] = vehicle.capacity
        fleet[k, lay.FIXED] = vehicle.fixed
        fleet[k, lay.LIMIT] = vehicle.number or n
        fleet[k, lay.PROFILE] = rates.index(vehicle.per_distance)
        fleet[k, lay.HUB] = vehicle.depot
        if instance.windows is not None:
            fleet[k, lay.SHIFT_START], fleet[k, lay.SHIFT_END] = instance.windows[vehicle.depot]
        longest = lay.NO_LIMIT if instance.max_duration is None else instance.max_duration
        # Where no window is narrower than the day the search adds durations up, and looks at nothing else.
        fleet[k, lay.MAX_DURATION] = min(longest, fleet[k, lay.SHIFT_END] - fleet[k, lay.SHIFT_START])
    need = np.zeros((n, 3), dtype=np.int64)
    need[:, 0] = instance.demand[stops]
    windows = np.tile(np.array([0, lay.NO_LIMIT]), (n, 1)) if instance.windows is None else instance.windows[stops]
    proximity = apart[:n, :n].astype(np.float64)
    if instance.windows is not None:
        leave = apart[:n, :n] + instance.service[stops][:, None]
        wait = np.maximum(windows[None, :, 0] - leave - windows[:, None, 1], 0)
        warp = np.maximum(windows[:, None, 0] + leave - windows[None, :, 1], 0)
        proximity = proximity + WAIT * wait + WARP * warp
        proximity = np.minimum(proximity, proximity.T)
    priced = np.stack([apart * rate for rate in rates])
    if priced.max() >= 2**31:
        raise ValueError("costs of an arc do not fit 32 bits")
    cost = priced.astype(np.int32)
    time_ = np.zeros((1, 1, 1), dtype=np.int32)
    if timed:
        time_ = cost if rates == [1] else np.stack([apart] * len(rates)).astype(np.int32)
    return RichProblem(
        xy=np.ascontiguousarray(instance.xy[stops]),
        need=need,
        baskets=np.ones(n, dtype=np.int64),
        service=instance.service[stops],
        prize=np.full(n, 1 << 42, dtype=np.int64),
        days=np.full(n, 1, dtype=np.int64),
        may=np.full(n, -1, dtype=np.int64),
        locked=np.zeros(n, dtype=np.int64),
        windows=windows.astype(np.int32),
        window_first=np.arange(n + 1, dtype=np.int64),
        fleet=fleet,
        cost=cost,
        time=time_,
        length=np.zeros((1, 1), dtype=np.int32),
        extra=np.zeros((len(vehicles), n), dtype=np.int32),
        near=near_by_matrix(proximity, NEAR),
    )
