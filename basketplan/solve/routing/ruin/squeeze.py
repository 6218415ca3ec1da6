"""Get rid of routes before the search for low cost: adding a route is easy for it, emptying one is not.

A route is taken away and may not come back; its stops are left out and taken up again in every move. What leaving a
stop out costs grows with every round in which it was left out, so that the hard ones find a place first: the idea of
the sum of absences of Christiaens and Vanden Berghe (2020). When all are back the next route goes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from basketplan.solve.routing.ruin.kernels import Cooling, run
from basketplan.solve.routing.ruin.layout import LIMIT
from basketplan.solve.routing.ruin.problem import RichProblem
from basketplan.solve.routing.ruin.routes import Routes

__all__ = ["squeeze"]

HEAT = 0.3
"""Temperature in average arcs."""
PRIZE = 6.0
"""What leaving a stop out costs at first, in average arcs."""
ROUND = 3
"""Moves per stop in a round."""


def squeeze(
    problem: RichProblem,
    routes: Routes,
    rng: NDArray[np.uint64],
    arc: float,
    moves: int,
    over: Callable[[], bool],
) -> tuple[list[Routes], int]:
    """Return routes for all stops, each time one fewer, from ``routes`` to as few as ``moves`` find; and moves made."""
    n = problem.n_stops
    if len(routes.stops) < n or problem.locked.any():
        return [routes], 0
    done, found, current = 0, [routes], routes
    missed = np.ones(n, dtype=np.int64)
    limits = problem.fleet[:, LIMIT]
    step = ROUND * n
    current, allowed = _without_one(current, limits)
    while done + step <= moves and not over() and len(current) > 0:
        prize = (missed * PRIZE * arc).astype(np.int64) + 1
        fleet = problem.fleet.copy()
        fleet[:, LIMIT] = allowed
        current, _, made = run(
            replace(problem, prize=prize, fleet=fleet), current, rng, Cooling(HEAT * arc, HEAT * arc, step), over
        )
        done += made
        if len(current.stops) == n:
            found.append(current)
            missed = np.ones(n, dtype=np.int64)
            current, allowed = _without_one(current, limits)
        else:
            missed[current.owner(n) < 0] += 1
    return found, done


def _without_one(routes: Routes, limits: np.ndarray) -> tuple[Routes, np.ndarray]:
    """Take away the route with the fewest stops; return the others and how many of each class there may be."""
    sizes = np.diff(routes.first)
    least = int(np.argmin(sizes))
    kept = routes.take(np.flatnonzero(np.arange(len(routes)) != least))
    if len(limits) == 1:
        return kept, np.array([len(kept)])
    allowed = np.minimum(limits, np.bincount(routes.classes, minlength=len(limits)))
    allowed[routes.classes[least]] -= 1
    return kept, allowed
