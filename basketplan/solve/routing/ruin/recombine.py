"""The best set of routes out of all that the search has seen: set partitioning in OR-Tools.

Every stop on exactly one route, at most as many routes of a class as there are vehicles, least cost. The search sees
many good routes, but only together with their neighbours; here they are free. Source of the idea: Subramanian, Uchoa,
Ochi, *A hybrid algorithm for a class of vehicle routing problems*, Computers & Operations Research 40 (2013).

Ten thousand routes are too many for CP-SAT. Every stop gets a price, close to that of the linear programme over all of
them; routes that are much dearer than their stops are seldom in a good set, so only the least dear are chosen among: as
many as can be proven within the work allowed.

Choosing anew in regions instead, the routes that serve none but the stops of some of the best set, gave no more in the
same time than choosing among the next more of all (Leuven1, X-n1001-k43 and PR20B, two pools each).

The linear programme itself takes 4 to 6 s over 10,000 routes of 1,000 stops, with HiGHS or GLOP. Its prices are not
needed to the last digit: the *volume algorithm* (Barahona, Anbil, Mathematical Programming 87, 2000) comes within 0.02
to 0.05 % of its bound in 0.7 s. It moves the prices by an average of the answers so far, :meth:`_Choice.over_price`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from ortools.sat.python import cp_model
from scipy import sparse

from basketplan.solve.routing.ruin.layout import LIMIT
from basketplan.solve.routing.ruin.pool import Pool, Seen
from basketplan.solve.routing.ruin.problem import PlainProblem, RichProblem
from basketplan.solve.routing.ruin.routes import Ints, Routes

__all__ = ["best_routes"]

FIRST, GROWTH = 1_000, 1.5
"""Routes that CP-SAT chooses among at first, and how many times as many each time that it has proven the best of them.

All 8,000 of an instance with 360 stops gave nothing in 2 s; 2,000 to 3,000 are done in less and gave 0.1 to 0.3 %.
"""

STEPS, STRIDE, PATIENCE, SHRINK, GREW, LATEST = 1_000, 0.1, 5, 0.66, 1.1, 0.1
"""Steps of the volume algorithm, the first stride in parts of the way to the cost known, the steps without gain after
which it shrinks and by how much, by how much it grows with a gain, and the most that the latest answer counts.

Of 1,000 to 10,000 routes the bounds were 0.01 to 0.05 % below those of the linear programme; with more patience or 500
steps 0.02 to 0.3 %."""


def best_routes(pool: Pool, incumbent: Routes, seconds: float, work: float, seed: int) -> Routes | None:
    """Return the best set found of routes in ``pool`` that serves the stops of ``incumbent``, at worst about itself.

    A set that costs ``d`` more than the linear programme has no route that is dearer than its stops by more than
    ``d``, so the routes that are least so are chosen among first, then GROWTH times as many, while the solver proves
    the best set of them. Waiting does not count here, so whoever takes the set compares whole costs. None where there
    is nothing to choose.

    Parameters
    ----------
    work
        Limit in CP-SAT's deterministic seconds; ``seconds`` is the clock's.
    """
    ends = time.monotonic() + seconds
    pool.add(incumbent)
    now = set(pool.keys(incumbent))
    choice = _Choice.of(pool.problem, incumbent, list(pool.seen.items()))
    if not choice.items:
        return None
    best = np.array([key in now for key, _ in choice.items])
    over = choice.over_price(best)
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
    found = [choice.items[place][1] for place in np.flatnonzero(best).tolist()]
    chosen = incumbent.chosen.copy()
    for route in found:
        chosen[route.stops] = route.windows
    return Routes.of([route.stops.tolist() for route in found], [route.k for route in found], chosen)


@dataclass(frozen=True)
class _Choice:
    """Set partitioning: every stop in ``rows`` on one route, at most ``limits`` routes of a class."""

    items: list[tuple[int, Seen]]
    cost: Ints
    rows: sparse.csc_array
    """``(n_stops, n_routes)`` which stops a route serves."""
    classes: sparse.csc_array
    """``(n_classes, n_routes)`` of which class it is."""
    limits: Ints

    @staticmethod
    def of(problem: PlainProblem | RichProblem, incumbent: Routes, items: list[tuple[int, Seen]]) -> _Choice:
        """Return the choice among ``items`` that serve no other stops than ``incumbent``."""
        served = np.zeros(problem.n_stops, dtype=bool)
        served[incumbent.stops] = True
        items = [(key, route) for key, route in items if served[route.stops].all()]
        if not items:
            empty = sparse.csc_array((0, 0))
            return _Choice([], np.zeros(0, dtype=np.int64), empty, empty, np.zeros(0, dtype=np.int64))
        sizes = [len(route.stops) for _, route in items]
        first = np.concatenate(([0], np.cumsum(sizes)))
        index = np.cumsum(served) - 1
        stops = index[np.concatenate([route.stops for _, route in items])]
        rows = sparse.csc_array((np.ones(len(stops)), stops, first), shape=(len(incumbent.stops), len(items)))
        limits = problem.fleet[:, LIMIT] if isinstance(problem, RichProblem) else np.full(1, problem.n_stops)
        kinds = np.array([route.k for _, route in items])
        classes = sparse.csc_array(
            (np.ones(len(items)), kinds, np.arange(len(items) + 1)), shape=(len(limits), len(items))
        )
        cost = np.array([route.cost for _, route in items], dtype=np.int64)
        return _Choice(items, cost, rows, classes, np.minimum(limits, problem.n_stops))

    def over_price(self, best: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return by how much each route is dearer than the prices of its stops (reduced costs).

        For prices ``u``, at most 0 for classes, no set of routes costs less than ``u`` times the right-hand sides plus
        all reduced costs below 0; the volume algorithm looks for the prices that make this bound high.

        Parameters
        ----------
        best
            The routes of the best set known. At first each of their stops is worth its part of its route.
        """
        n, columns = self.rows.shape[0], sparse.csc_array(sparse.vstack([self.rows, self.classes]))
        turned = sparse.csr_array(columns.T)
        limits = np.concatenate((np.ones(n), self.limits))
        known = float(self.cost[best].sum())
        prices = np.zeros(len(limits))
        for place in np.flatnonzero(best).tolist():
            stops = self.rows.indices[self.rows.indptr[place] : self.rows.indptr[place + 1]]
            prices[stops] = self.cost[place] / len(stops)

        def answer(prices: NDArray[np.float64]) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
            over = self.cost - turned @ prices
            gains = np.flatnonzero(over < 0.0)
            met = columns[:, gains].sum(axis=1)
            return float(prices @ limits + over[gains].sum()), limits - met, over

        bound, missed, over = answer(prices)
        stride, waited = STRIDE, 0
        for _ in range(STEPS):
            counts = (prices < 0.0) | (missed < 0.0) | (np.arange(len(limits)) < n)  # not the vehicles left over
            away = np.where(counts, missed, 0.0)
            if away @ away < 1e-9 or known - bound < 1e-6 * known:
                break
            moved = prices + stride * (known - bound) / (away @ away) * away
            moved[n:] = np.minimum(moved[n:], 0.0)
            value, latest, dearer = answer(moved)
            turn = latest - missed
            part = -(away @ turn) / max(turn[counts] @ turn[counts], 1e-9)
            grew = bool(latest @ away > 0.0)
            missed = missed + min(max(part, LATEST / 10), LATEST) * turn
            if value > bound:
                bound, prices, over, waited = value, moved, dearer, 0
                stride = min(2.0, stride * GREW) if grew else stride
            else:
                waited += 1
                if waited >= PATIENCE:
                    stride, waited = stride * SHRINK, 0
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
