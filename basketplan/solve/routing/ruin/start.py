"""First routes of a rich problem: stops are put in one after the other, by chance, each where it costs least."""

from __future__ import annotations

from basketplan.solve.routing.ruin.kernels import Cooling, run
from basketplan.solve.routing.ruin.problem import RichProblem
from basketplan.solve.routing.ruin.routes import Routes
from basketplan.solve.routing.ruin.stream import stream

__all__ = ["first_routes", "no_routes"]


def no_routes(problem: RichProblem) -> Routes:
    """Return routes for nobody."""
    return Routes.of([], [], problem.window_first[:-1].copy())


def first_routes(problem: RichProblem, seed: int, given: Routes | None = None) -> Routes:
    """Return routes for as many stops as find a place, beside those that are given."""
    cooling = Cooling(1e-9, 1e-9, 3 * problem.n_stops + 50)
    return run(problem, no_routes(problem) if given is None else given, stream(seed, 0), cooling, lambda: False)[0]
