"""Between arrays of routes and the tables of the kernels: fill, run, read back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numba as nb
import numpy as np
from numpy.typing import NDArray

from basketplan.solve.routing.ruin import layout as lay
from basketplan.solve.routing.ruin import plain, rich
from basketplan.solve.routing.ruin.problem import PlainProblem, RichProblem
from basketplan.solve.routing.ruin.routes import Ints, Routes
from basketplan.solve.routing.ruin.wide import WideProblem, pieces

__all__ = ["Cooling", "checked_cost", "cost_of", "run"]

REMOVED, LONGEST, BLINK = 10.0, 10.0, 0.01
"""Stops out per move, longest string, chance to overlook a place: the values of Christiaens and Vanden Berghe."""
REMOVED_MIXED, LONGEST_MIXED, MIXED_STOPS = 15.0, 20.0, 400
"""The same where few routes, in vehicles of several sizes or prices, serve up to so many stops: which vehicles go is
settled only by emptying whole routes."""
BY_CHANCE = 4
"""Routes by chance whose roads to and from the hub are looked at too, for each stop."""
INSERT, INSERT_TIMED = 100, 70
"""Neighbours beside which a stop is put in; with windows their order tells more, and fewer do."""
SLICE = 20_000
"""Moves between two looks at whether to stop."""


@dataclass(frozen=True)
class Cooling:
    """Temperatures at the begin and end of some moves."""

    hot: float
    cold: float
    moves: int


def run(
    problem: PlainProblem | RichProblem,
    routes: Routes,
    rng: NDArray[np.uint64],
    cooling: Cooling,
    stopped: Callable[[], bool],
) -> tuple[Routes, int, int]:
    """Search from ``routes``; return the routes, the change of cost, and the moves made.

    Costs count what leaving stops out costs. Routes are given in any order; stops on none are left out. Where there is
    nothing to move, all moves count as made: no stops, or no routes of a plain problem, which never puts stops back.
    """
    if problem.n_stops == 0 or (isinstance(problem, PlainProblem) and len(routes) == 0):
        return routes, 0, 0 if stopped() else cooling.moves
    tables = _Plain(problem, routes) if isinstance(problem, PlainProblem) else _Rich(problem, routes)
    done, delta = 0, 0
    ratio = cooling.cold / cooling.hot
    while done < cooling.moves and not stopped():
        step = min(SLICE, cooling.moves - done)
        hot = cooling.hot * ratio ** (done / cooling.moves)
        cold = cooling.hot * ratio ** ((done + step) / cooling.moves)
        delta += int(tables.search(rng, hot, cold, step))
        done += step
    return tables.routes(), delta, done


def cost_of(problem: PlainProblem | RichProblem, routes: Routes) -> int:
    """Return the cost of ``routes``, with what is left out."""
    if isinstance(problem, WideProblem):
        parts = [(part.problem, part.routes) for part in pieces(problem, routes)]
        return sum(_Rich(smaller, mine).cost() for smaller, mine in parts if isinstance(smaller, RichProblem))
    tables = _Plain(problem, routes) if isinstance(problem, PlainProblem) else _Rich(problem, routes)
    return tables.cost()


def checked_cost(problem: PlainProblem | RichProblem, routes: Routes) -> int | None:
    """Return the cost of ``routes``; none where a class would work longer than it may (not asked of wide problems)."""
    if isinstance(problem, PlainProblem | WideProblem):
        return cost_of(problem, routes)
    tables = _Rich(problem, routes)
    return tables.cost() if (tables.fleet[:, lay.WORK] <= tables.fleet[:, lay.WORK_LIMIT]).all() else None


class _Plain:
    def __init__(self, problem: PlainProblem, routes: Routes) -> None:
        n, spare = problem.n_stops, 20 + len(routes) // 10
        self.problem = problem
        self.node = np.zeros((n + len(routes) + spare, 8), dtype=np.int32)
        self.route = np.zeros((len(routes) + spare, 2), dtype=np.int32)
        self.node[:n, plain.FAR] = problem.arcs(np.arange(n), np.full(n, n))
        self.node[:n, plain.NEED] = problem.need
        _fill_plain(problem.places, self.node, self.route, routes.stops, routes.first, n)
        self.longer = np.maximum(self.node[:, plain.IN], self.node[:, plain.OUT])
        self.spare = np.zeros(len(routes) + spare + 1, dtype=np.int32)
        empty = np.flatnonzero(self.route[:, plain.COUNT] == 0)
        self.spare[0] = len(empty)
        self.spare[1 : 1 + len(empty)] = empty

    def search(self, rng: NDArray[np.uint64], hot: float, cold: float, moves: int) -> int:
        problem = self.problem
        return plain.search(  # type: ignore[no-any-return]  # numba has no types
            problem.places, problem.near, problem.near_cost, self.node, self.longer, self.route, self.spare, rng,
            problem.capacity, hot, cold, moves, REMOVED, LONGEST, BLINK, problem.near.shape[1], BY_CHANCE,
        )  # fmt: skip

    def routes(self) -> Routes:
        n = self.problem.n_stops
        stops, first, _ = _read(self.node, self.route[:, plain.COUNT], n)
        return Routes(stops, first, np.zeros(len(first) - 1, dtype=np.int64), np.arange(n, dtype=np.int64))

    def cost(self) -> int:
        return int(self.node[:, plain.OUT].sum(dtype=np.int64))


class _Rich:
    def __init__(self, problem: RichProblem, routes: Routes) -> None:
        problem, n = problem.filled(), problem.n_stops
        room = int(np.minimum(problem.fleet[:, lay.LIMIT], n).sum())
        spare = 20 + len(routes) // 4 if len(routes.stops) == n else n
        n_routes = max(len(routes) + 1, min(room, len(routes) + spare, n + 1))
        self.problem = problem
        self.stop = np.zeros((n, lay.STOP_COLUMNS), dtype=np.int64)
        for column, values in (
            (lay.NEED, problem.need[:, 0]), (lay.NEED2, problem.need[:, 1]), (lay.NEED3, problem.need[:, 2]),
            (lay.S_BASKETS, problem.baskets), (lay.S_DAYS, problem.days), (lay.S_MAY, problem.may),
            (lay.SERVICE, problem.service), (lay.PRIZE, problem.prize), (lay.LOCKED, problem.locked),
            (lay.W_FIRST, problem.window_first[:-1]), (lay.W_LAST, problem.window_first[1:]),
        ):  # fmt: skip
            self.stop[:, column] = values
        room_for = np.maximum(1, np.max(np.where(problem.fleet[:, lay.CAP : lay.CAP + 3] < lay.NO_LIMIT,
                                                 problem.fleet[:, lay.CAP : lay.CAP + 3], 0), axis=0))  # fmt: skip
        limited = (problem.fleet[:, lay.CAP : lay.CAP + 3] < lay.NO_LIMIT).any(axis=0)
        share = np.where(limited, problem.need * 1_000_000 // room_for, 0)
        self.stop[:, lay.SIZE] = share.max(axis=1)
        self.stop[:, lay.FAR] = problem.cost[0, n:, :n].min(axis=0)
        self.fleet = problem.fleet.copy()
        self.flags = problem.flags()
        timed = self.flags[lay.CLOCK] >= lay.WINDOWS
        self.flags[lay.INSERT_NEAR] = min(INSERT_TIMED if timed else INSERT, problem.near.shape[1])
        self.node = np.zeros((n + n_routes, lay.NODE_COLUMNS), dtype=np.int32)
        self.route = np.zeros((n_routes, lay.ROUTE_COLUMNS), dtype=np.int64)
        self.route[:, lay.MAY] = -1
        self.route[:, lay.DAYS] = -1
        self.absent = np.zeros(n + 1000, dtype=np.int64)
        _fill_rich(
            self.node, self.route, self.stop, self.fleet, self.flags, problem.cost, problem.time, problem.length,
            problem.windows, routes.stops, routes.first, routes.classes, routes.chosen, self.absent,
        )  # fmt: skip

        rates = problem.fleet[:, [lay.CAP, lay.CAP + 1, lay.CAP + 2, lay.FIXED, lay.PROFILE]]
        mixed = n <= MIXED_STOPS and bool((rates != rates[0]).any())
        self.removed, self.longest = (REMOVED_MIXED, LONGEST_MIXED) if mixed else (REMOVED, LONGEST)
        self.cost_to, self.time_to, self.length_to = (
            _turned(matrices) for matrices in (problem.cost, problem.time, problem.length)
        )
        self.near_cost = np.zeros((n, int(self.flags[lay.INSERT_NEAR]) + 1), dtype=np.int64)
        _least_costs(problem.cost, problem.extra, problem.near, self.near_cost)

    def search(self, rng: NDArray[np.uint64], hot: float, cold: float, moves: int) -> int:
        p = self.problem
        return rich.search(  # type: ignore[no-any-return]  # numba has no types
            self.node, self.route, self.stop, self.fleet, self.flags, p.cost, self.cost_to, p.time, self.time_to,
            p.length, self.length_to, p.extra, p.windows, p.near, self.near_cost, self.absent, rng, hot, cold, moves,
            self.removed, self.longest, BLINK,
        )  # fmt: skip

    def routes(self) -> Routes:
        n = self.problem.n_stops
        stops, first, numbers = _read(self.node, self.route[:, lay.COUNT], n)
        return Routes(stops, first, self.route[numbers, lay.CLASS], self._chosen())

    def _chosen(self) -> Ints:
        """Return the window of every stop, by when it opens."""
        p = self.problem
        chosen = p.window_first[:-1].copy()
        several = np.flatnonzero(np.diff(p.window_first) > 1)
        for stop in several.tolist():
            for w in range(int(p.window_first[stop]), int(p.window_first[stop + 1])):
                if p.windows[w, 0] == self.node[stop, lay.OPEN] and p.windows[w, 1] == self.node[stop, lay.CLOSE]:
                    chosen[stop] = w
        return chosen

    def cost(self) -> int:
        p = self.problem
        return int(
            rich.total_cost(self.node, self.route, self.stop, self.fleet, self.flags, p.cost, p.extra, self.absent)
        )


def _turned(matrices: NDArray[np.int32]) -> NDArray[np.int32]:
    """Return the transposed matrices; the same array where they are symmetric."""
    turned = np.swapaxes(matrices, -1, -2)
    return matrices if np.array_equal(matrices, turned) else np.ascontiguousarray(turned)


@nb.njit(nogil=True, cache=True)
def _least_costs(cost, extra, near, least):  # type: ignore[no-untyped-def]  # numba types it
    """Fill ``least`` with the least cost of roads to neighbours, and of serving a stop in its last column."""
    last = least.shape[1] - 1
    for x in range(least.shape[0]):
        for k in range(last):
            v = near[x, k]
            if v < 0:
                break
            least[x, k] = min(cost[0, x, v], cost[0, v, x])
            for profile in range(1, cost.shape[0]):
                least[x, k] = min(least[x, k], cost[profile, x, v], cost[profile, v, x])
        least[x, last] = extra[0, x]
        for k in range(1, extra.shape[0]):
            least[x, last] = min(least[x, last], extra[k, x])


@nb.njit(cache=True)
def _fill_plain(places, node, route, stops, first, n):  # type: ignore[no-untyped-def]  # numba types it
    for r in range(route.shape[0]):
        h = n + r
        node[h, plain.ROUTE] = r
        p = h
        if r < len(first) - 1:
            for z in range(first[r], first[r + 1]):
                v = stops[z]
                d = plain.distance(places, min(p, n), v)
                node[p, plain.NEXT] = v
                node[p, plain.OUT] = d
                node[v, plain.PREV] = p
                node[v, plain.IN] = d
                node[v, plain.ROUTE] = r
                route[r, plain.LOAD] += node[v, plain.NEED]
                route[r, plain.COUNT] += 1
                p = v
        d = plain.distance(places, min(p, n), n) if p < n else 0
        node[p, plain.NEXT] = h
        node[p, plain.OUT] = d
        node[h, plain.PREV] = p
        node[h, plain.IN] = d


@nb.njit(cache=True)
def _fill_rich(node, route, stop, fleet, flags, cost, time, length, windows, stops, first, classes, chosen, absent):  # type: ignore[no-untyped-def]  # numba types it  # fmt: skip
    n = stop.shape[0]
    for v in range(n):
        node[v, lay.ROUTE] = -1
        node[v, lay.POINT] = v
        node[v, lay.OPEN] = windows[chosen[v], 0]
        node[v, lay.CLOSE] = windows[chosen[v], 1]
    for r in range(route.shape[0]):
        h = n + r
        node[h, lay.ROUTE] = r
        k = classes[r] if r < len(classes) else 0
        route[r, lay.CLASS] = k
        node[h, lay.POINT] = n + fleet[k, lay.HUB]
        profile = fleet[k, lay.PROFILE]
        p = h
        if r < len(classes):
            for z in range(first[r], first[r + 1]):
                v = stops[z]
                c = cost[profile, node[p, lay.POINT], v]
                node[p, lay.NEXT] = v
                node[p, lay.COST_OUT] = c
                node[v, lay.PREV] = p
                node[v, lay.COST_IN] = c
                node[v, lay.ROUTE] = r
                route[r, lay.LOAD] += stop[v, lay.NEED]
                route[r, lay.LOAD2] += stop[v, lay.NEED2]
                route[r, lay.LOAD3] += stop[v, lay.NEED3]
                route[r, lay.BASKETS] += stop[v, lay.S_BASKETS]
                route[r, lay.COUNT] += 1
                route[r, lay.MAY] &= stop[v, lay.S_MAY]
                p = v
        c = cost[profile, node[p, lay.POINT], node[h, lay.POINT]] if p < n else 0
        node[p, lay.NEXT] = h
        node[p, lay.COST_OUT] = c
        node[h, lay.PREV] = p
        node[h, lay.COST_IN] = c
        if route[r, lay.COUNT] > 0:
            fleet[k, lay.USED] += 1
        rich.refresh(node, route, stop, fleet, flags, time, length, r)
    for v in range(n):
        if node[v, lay.ROUTE] < 0:
            absent[flags[lay.N_ABSENT]] = v
            flags[lay.N_ABSENT] += 1


@nb.njit(cache=True)
def _read(node, count, n):  # type: ignore[no-untyped-def]  # numba types it
    """Stops in order of the routes that have any, where each begins, and their numbers."""
    stops = np.empty(n, np.int64)
    first = np.zeros(len(count) + 1, np.int64)
    numbers = np.empty(len(count), np.int64)
    at = 0
    used = 0
    for r in range(len(count)):
        if count[r] == 0:
            continue
        v = node[n + r, 0]
        while v < n:
            stops[at] = v
            at += 1
            v = node[v, 0]
        numbers[used] = r
        used += 1
        first[used] = at
    return stops[:at], first[: used + 1], numbers[:used]
