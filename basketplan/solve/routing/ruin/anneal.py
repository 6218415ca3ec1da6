"""The search as a whole: epochs of parts under one falling temperature; the best is kept."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from basketplan.solve.routing.ruin.kernels import Cooling, cost_of, run
from basketplan.solve.routing.ruin.parts import join, split
from basketplan.solve.routing.ruin.problem import PlainProblem, RichProblem
from basketplan.solve.routing.ruin.routes import Routes
from basketplan.solve.routing.ruin.stream import stream

__all__ = ["Budget", "Found", "anneal"]

HOT, COLD = 1.0, 0.02
"""Temperature at the begin and at the end, in average arcs of the first routes."""
PART_STOPS = 4_000
EPOCHS = 200
LEAST = 2_000
"""Moves of a part in an epoch, at least."""


@dataclass(frozen=True)
class Budget:
    """When the search is over: a number of moves decides; ``seconds`` decides where there is none."""

    moves: int | None = None
    seconds: float = 1e9


@dataclass(frozen=True)
class Found:
    """Best routes, their cost, and the moves made."""

    routes: Routes
    cost: int
    moves: int
    whole: bool
    """Whether the budget was spent; not where the search was stopped before."""


def anneal(
    problem: PlainProblem | RichProblem,
    routes: Routes,
    budget: Budget,
    *,
    seed: int,
    threads: Executor,
    n_parts: int | None = None,
    hot: float | None = None,
    cold: float | None = None,
    stopped: Callable[[], bool] = lambda: False,
    told: Callable[[float, int], None] = lambda done, best: None,
) -> Found:
    """Improve ``routes``.

    Parameters
    ----------
    stopped
        Asked often, from many threads; when it says so the best so far is returned.
    told
        Called after every epoch with the part of the budget that is spent and the best cost.
    """
    begin = time.monotonic()
    n = problem.n_stops
    number = n_parts or parts_for(n)
    rng = np.random.default_rng([seed, 0])
    streams = [stream(seed, 1, part) for part in range(number)]
    cost = cost_of(problem, routes)
    best, best_cost = routes, cost
    arc = average_arc(problem, routes)
    high = arc * (HOT if hot is None else hot)
    low = arc * (COLD if cold is None else cold)
    done, spent, pace = 0, 0.0, 20_000.0
    epoch_s = budget.seconds / EPOCHS

    def over() -> bool:
        return stopped() or time.monotonic() - begin > budget.seconds

    while spent < 1.0 and not over():
        if budget.moves is None:
            moves = max(number, int(pace * epoch_s))
            ahead = min(1.0, spent + epoch_s / budget.seconds)
        else:
            moves = min(max(number * LEAST, -(-budget.moves // EPOCHS)), budget.moves - done)
            ahead = (done + moves) / budget.moves
        parts = split(problem, routes, number, rng)
        cooling = [
            Cooling(high * (low / high) ** spent, high * (low / high) ** ahead, max(1, moves * len(part.stops) // n))
            for part in parts
        ]
        since = time.monotonic()
        futures = [
            threads.submit(run, part.problem, part.routes, streams[place], cool, over)
            for place, (part, cool) in enumerate(zip(parts, cooling, strict=True))
        ]
        results = [future.result() for future in futures]
        routes = join(problem, parts, [result[0] for result in results])
        cost += sum(result[1] for result in results)
        made = sum(result[2] for result in results)
        done += made
        now = time.monotonic()
        if budget.moves is None:
            pace = made / max(1e-6, now - since)
            spent = min(1.0, (now - begin) / budget.seconds)
        else:
            spent = done / budget.moves
        if cost < best_cost:
            best, best_cost = routes, cost
        told(spent, best_cost)
    return Found(best, best_cost, done, spent >= 1.0)


def parts_for(n_stops: int) -> int:
    """Return the number of parts, by the size of the problem alone."""
    return max(1, min(-(-n_stops // PART_STOPS), 1024)) if n_stops > 2 * PART_STOPS else (2 if n_stops >= 400 else 1)


def average_arc(problem: PlainProblem | RichProblem, routes: Routes) -> float:
    """Return the average cost of the road from one stop of ``routes`` to the next."""
    if isinstance(problem, PlainProblem):
        return max(1.0, cost_of(problem, routes) / (problem.n_stops + len(routes)))
    n = problem.n_stops
    total, arcs = 0, 0
    for route, k in zip(routes.lists(), routes.classes.tolist(), strict=True):
        hub = n + int(problem.fleet[k, 7])
        points = np.array([hub, *route, hub])
        total += int(problem.cost[problem.fleet[k, 6], points[:-1], points[1:]].sum(dtype=np.int64))
        arcs += len(points) - 1
    return max(1.0, total / max(1, arcs))
