"""First routes of a rich problem: stops are put in one after the other, by chance, each where it costs least."""

from __future__ import annotations

import numpy as np

from basketplan.solve.routing.ruin.kernels import Cooling, cost_of, run
from basketplan.solve.routing.ruin.layout import NO_LIMIT
from basketplan.solve.routing.ruin.parts import Part, join
from basketplan.solve.routing.ruin.problem import RichProblem, fleet_table
from basketplan.solve.routing.ruin.routes import Routes
from basketplan.solve.routing.ruin.stream import stream
from basketplan.solve.routing.ruin.wide import WideProblem, pieces

__all__ = ["first_routes", "no_routes", "warm_up"]


def no_routes(problem: RichProblem) -> Routes:
    """Return routes for nobody."""
    return Routes.of([], [], problem.window_first[:-1].copy())


def first_routes(problem: RichProblem, seed: int, given: Routes | None = None) -> Routes:
    """Return routes for as many stops as find a place, beside those that are given."""
    given = no_routes(problem) if given is None else given
    parts = pieces(problem, given) if isinstance(problem, WideProblem) else [Part(problem, given, np.arange(0))]
    found = []
    for part in parts:
        cooling = Cooling(1e-9, 1e-9, 3 * part.problem.n_stops + 50)
        found.append(run(part.problem, part.routes, stream(seed, 0), cooling, lambda: False)[0])
    return join(problem, parts, found)


def warm_up() -> None:
    """Compile the search, or load what was compiled: half a minute on a machine that never ran it."""
    n = 2
    problem = RichProblem(
        xy=np.zeros((n, 2)),
        need=np.ones((n, 3), dtype=np.int64),
        baskets=np.ones(n, dtype=np.int64),
        service=np.zeros(n, dtype=np.int64),
        prize=np.full(n, 100, dtype=np.int64),
        days=np.ones(n, dtype=np.int64),
        may=np.ones(n, dtype=np.int64),
        locked=np.zeros(n, dtype=np.int64),
        windows=np.full((n, 2), (0, NO_LIMIT), dtype=np.int32),
        window_first=np.arange(n + 1),
        fleet=fleet_table(1),
        cost=np.ones((1, n + 1, n + 1), dtype=np.int32),
        time=np.zeros((1, 1, 1), dtype=np.int32),
        length=np.zeros((1, 1), dtype=np.int32),
        extra=np.zeros((1, n), dtype=np.int32),
        near=np.array([[1], [0]], dtype=np.int32),
    ).restrict(np.arange(n))
    cost_of(problem, run(problem, no_routes(problem), stream(0), Cooling(1.0, 1.0, 3), lambda: False)[0])
