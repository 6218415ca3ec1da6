"""The best set of routes out of all that the search has seen: set partitioning in OR-Tools.

Every stop on exactly one route, at most as many routes of a class as there are vehicles, least cost. The search sees
many good routes, but only together with their neighbours; here they are free. Source of the idea: Subramanian, Uchoa,
Ochi, *A hybrid algorithm for a class of vehicle routing problems*, Computers & Operations Research 40 (2013).

Ten thousand routes are too many for CP-SAT. The linear programme over all of them gives every stop a price; routes that
are much dearer than their stops are seldom in a good set, so only the least dear are chosen among: as many as can be
proven within the work allowed.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy import sparse
from scipy.optimize import linprog

from basketplan.solve.routing.ruin.layout import FIXED, HUB, LIMIT, PROFILE
from basketplan.solve.routing.ruin.problem import PlainProblem, RichProblem
from basketplan.solve.routing.ruin.routes import Ints, Routes

__all__ = ["Pool"]

FIRST, GROWTH = 1_000, 1.5
"""Routes that CP-SAT chooses among at first, and how many times as many each time that it has proven the best of them.

All 8,000 of an instance with 360 stops gave nothing in 2 s; 2,000 to 3,000 are done in less and gave 0.1 to 0.3 %.
"""

STEPS = 30_000
"""Most steps of the simplex method; it takes two to ten thousand."""

_Key = tuple[int, bytes]


class Pool:
    """Routes seen, each once with its cost; the oldest go when there are too many."""

    def __init__(self, problem: PlainProblem | RichProblem, most: int) -> None:
        self.problem, self.most = problem, most
        self.new = 0
        """Routes taken in since the last choice."""
        self.routes: dict[_Key, tuple[int, Ints, Ints]] = {}
        """Class and set of stops → cost, stops in order, windows."""

    def add(self, routes: Routes) -> None:
        """Take in ``routes``; of two with the same stops and class the cheaper stays."""
        for k, stops in zip(routes.classes.tolist(), _slices(routes), strict=True):
            key = _key(k, stops)
            known = self.routes.pop(key, None)
            self.new += known is None
            if known is None or not np.array_equal(known[1], stops):
                cost = route_cost(self.problem, k, stops)
                if known is None or cost < known[0]:
                    known = (cost, stops, routes.chosen[stops])
            self.routes[key] = known
        while len(self.routes) > self.most:
            del self.routes[next(iter(self.routes))]

    def best(self, incumbent: Routes, seconds: float, work: float, seed: int) -> Routes | None:
        """Return the best set found that serves the stops of ``incumbent``, at worst about itself; none if not in time.

        A set that costs ``d`` more than the linear programme has no route that is dearer than its stops by more than
        ``d``, so the routes that are least so are chosen among first, then GROWTH times as many, while the solver
        proves the best set of them. Waiting does not count here, so whoever takes the set compares whole costs.

        Parameters
        ----------
        work
            Limit in CP-SAT's deterministic seconds; ``seconds`` is the clock's.
        """
        ends = time.monotonic() + seconds
        self.add(incumbent)
        self.new = 0
        choice = _Choice.of(self.problem, incumbent, list(self.routes.items()))
        over = choice.over_price(seconds) if choice.items else None
        if over is None:
            return None
        now = {_key(k, stops) for k, stops in zip(incumbent.classes.tolist(), _slices(incumbent), strict=True)}
        best = np.array([key in now for key, _ in choice.items])
        rank = np.argsort(np.argsort(over, kind="stable"), kind="stable")
        number = FIRST
        while work > 0.0 and time.monotonic() < ends:
            some = np.flatnonzero(best | (rank < number))  # with the best set so far, so nothing gets worse
            taken, spent, proven = choice.solve(some, best[some], work, ends - time.monotonic(), seed)
            if taken is not None:
                best = np.zeros(len(best), dtype=bool)
                best[some[taken]] = True
            work -= spent
            if not proven or len(some) == len(best):
                break
            number = int(number * GROWTH)
        found = [choice.items[place] for place in np.flatnonzero(best).tolist()]
        chosen = incumbent.chosen.copy()
        for _, (_, stops, windows) in found:
            chosen[stops] = windows
        return Routes.of([stops.tolist() for _, (_, stops, _) in found], [key[0] for key, _ in found], chosen)


@dataclass(frozen=True)
class _Choice:
    """Set partitioning: every stop in ``rows`` on one route, at most ``limits`` routes of a class."""

    items: list[tuple[_Key, tuple[int, Ints, Ints]]]
    cost: Ints
    rows: sparse.csc_array
    """``(n_stops, n_routes)`` which stops a route serves."""
    classes: sparse.csc_array
    """``(n_classes, n_routes)`` of which class it is."""
    limits: Ints

    @staticmethod
    def of(
        problem: PlainProblem | RichProblem, incumbent: Routes, items: list[tuple[_Key, tuple[int, Ints, Ints]]]
    ) -> _Choice:
        """Return the choice among ``items`` that serve no other stops than ``incumbent``."""
        served = np.zeros(problem.n_stops, dtype=bool)
        served[incumbent.stops] = True
        items = [item for item in items if served[item[1][1]].all()]
        if not items:
            empty = sparse.csc_array((0, 0))
            return _Choice([], np.zeros(0, dtype=np.int64), empty, empty, np.zeros(0, dtype=np.int64))
        sizes = [len(stops) for _, (_, stops, _) in items]
        first = np.concatenate(([0], np.cumsum(sizes)))
        index = np.cumsum(served) - 1
        stops = index[np.concatenate([stops for _, (_, stops, _) in items])]
        rows = sparse.csc_array((np.ones(len(stops)), stops, first), shape=(len(incumbent.stops), len(items)))
        limits = problem.fleet[:, LIMIT] if isinstance(problem, RichProblem) else np.full(1, problem.n_stops)
        kinds = np.array([key[0] for key, _ in items])
        classes = sparse.csc_array(
            (np.ones(len(items)), kinds, np.arange(len(items) + 1)), shape=(len(limits), len(items))
        )
        cost = np.array([cost for _, (cost, _, _) in items], dtype=np.int64)
        return _Choice(items, cost, rows, classes, np.minimum(limits, problem.n_stops))

    def over_price(self, seconds: float) -> NDArray[np.float64] | None:
        """Return by how much each route is dearer than the prices of its stops (reduced costs); none if not in time."""
        result = linprog(
            self.cost.astype(float), A_ub=self.classes, b_ub=self.limits, A_eq=self.rows,
            b_eq=np.ones(self.rows.shape[0]), method="highs-ds",
            options={"time_limit": max(0.1, seconds), "maxiter": STEPS},
        )  # fmt: skip
        if not result.success:
            return None
        over: NDArray[np.float64] = (
            self.cost - self.rows.T @ result.eqlin.marginals - self.classes.T @ result.ineqlin.marginals
        )
        return over

    def solve(
        self, some: Ints, hint: NDArray[np.bool_], work: float, seconds: float, seed: int
    ) -> tuple[NDArray[np.bool_] | None, float, bool]:
        """Return which of the routes ``some`` are taken, the deterministic seconds spent, and whether it is proven."""
        model = cp_model.CpModel()
        take = [model.new_bool_var("") for _ in some]
        for variable, value in zip(take, hint.tolist(), strict=True):
            model.add_hint(variable, value)
        for of_stop in _members(self.rows[:, some]):
            model.add_exactly_one(take[place] for place in of_stop)
        for of_class, limit in zip(_members(self.classes[:, some]), self.limits.tolist(), strict=True):
            if len(of_class) > limit:
                model.add(cp_model.LinearExpr.sum([take[place] for place in of_class]) <= limit)
        model.minimize(cp_model.LinearExpr.weighted_sum(take, self.cost[some].tolist()))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_time_in_seconds = max(0.1, seconds)
        solver.parameters.max_deterministic_time = work
        solver.parameters.linearization_level = 2
        solver.parameters.catch_sigint_signal = False
        status = solver.solve(model)
        spent = float(solver.response_proto.deterministic_time)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, spent, False
        taken = np.array([bool(solver.value(variable)) for variable in take])
        return taken, spent, status == cp_model.OPTIMAL


def _members(matrix: sparse.csc_array) -> list[list[int]]:
    """Return the columns of every row."""
    rows = matrix.tocsr()
    return [rows.indices[a:b].tolist() for a, b in zip(rows.indptr[:-1], rows.indptr[1:], strict=True)]


def _slices(routes: Routes) -> list[Ints]:
    """Return the stops of every route in order."""
    return [routes.stops[a:b] for a, b in zip(routes.first[:-1], routes.first[1:], strict=True)]


def _key(k: int, stops: Ints) -> _Key:
    """Return what routes of the same class and with the same stops have in common."""
    return k, np.sort(stops).astype(np.int32).tobytes()


def route_cost(problem: PlainProblem | RichProblem, k: int, stops: Ints) -> int:
    """Return the cost of one route, waiting apart."""
    n = problem.n_stops
    if isinstance(problem, PlainProblem):
        way = problem.places[np.concatenate(([n], stops, [n]))]
        return int(np.floor(np.hypot(*(way[1:] - way[:-1]).T) + 0.5).sum())
    hub = n + int(problem.fleet[k, HUB])
    points = np.concatenate(([hub], stops, [hub]))
    profile = np.full(len(points) - 1, problem.fleet[k, PROFILE])
    legs = problem.arcs(profile, points[:-1], points[1:]).sum()
    return int(legs) + int(problem.fleet[k, FIXED]) + int(problem.extra[k, stops].sum(dtype=np.int64))
