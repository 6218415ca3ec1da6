"""First routes of a plain problem: savings over neighbour lists, compiled.

Clarke, Wright, *Scheduling of vehicles from a central depot to a number of delivery points*, Operations
Research 12 (1964), parallel version: every stop starts on a route of its own; the ends that save most are joined first.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from basketplan.solve.routing.ruin.problem import PlainProblem
from basketplan.solve.routing.ruin.routes import Ints, Routes

__all__ = ["savings"]

_WIDTH = 40


def savings(problem: PlainProblem) -> Routes:
    """Return routes for all stops of ``problem``, as many as it takes."""
    n = problem.n_stops
    near, near_cost = problem.near[:, :_WIDTH], problem.near_cost[:, :_WIDTH]
    one = np.repeat(np.arange(n, dtype=np.int64), near.shape[1])
    two, apart = near.ravel().astype(np.int64), near_cost.ravel().astype(np.int64)
    keep = (two >= 0) & ((one < two) | ~_listed(near, one, two))
    one, two, apart = one[keep], two[keep], apart[keep]
    hub = problem.arcs(np.arange(n), np.full(n, n))
    saved = hub[one] + hub[two] - apart
    order = np.argsort(-saved, kind="stable")
    order = order[saved[order] > 0]
    stops, first = _join(one[order], two[order], problem.need, problem.capacity)
    return Routes(stops, first, np.zeros(len(first) - 1, dtype=np.int64), np.arange(n, dtype=np.int64))


@nb.njit(cache=True)
def _listed(near, one, two):  # type: ignore[no-untyped-def]  # numba types it
    """Whether ``one`` is in the list of ``two``: then the pair comes twice."""
    found = np.zeros(len(one), np.bool_)
    for z in range(len(one)):
        if two[z] >= 0:
            for k in range(near.shape[1]):
                if near[two[z], k] == one[z]:
                    found[z] = True
                    break
    return found


@nb.njit(cache=True)
def _root(of, a):  # type: ignore[no-untyped-def]  # numba types it
    while of[a] != a:
        of[a] = of[of[a]]
        a = of[a]
    return a


@nb.njit(cache=True)
def _turn(head, tail, succ, pred, a):  # type: ignore[no-untyped-def]  # numba types it
    """Reverse route ``a``."""
    c = head[a]
    while c != -1:
        following = succ[c]
        succ[c] = pred[c]
        pred[c] = following
        c = following
    head[a], tail[a] = tail[a], head[a]


@nb.njit(cache=True)
def _join(one, two, need, capacity) -> tuple[Ints, Ints]:  # type: ignore[no-untyped-def]  # numba types it
    n = len(need)
    of = np.arange(n)
    head = np.arange(n)
    tail = np.arange(n)
    load = need.copy()
    succ = np.full(n, -1, np.int64)
    pred = np.full(n, -1, np.int64)
    for z in range(len(one)):
        i = one[z]
        j = two[z]
        a = _root(of, i)
        b = _root(of, j)
        if a == b or load[a] + load[b] > capacity:
            continue
        if (head[a] != i and tail[a] != i) or (head[b] != j and tail[b] != j):
            continue
        if tail[a] != i:
            _turn(head, tail, succ, pred, a)
        if head[b] != j:
            _turn(head, tail, succ, pred, b)
        succ[i] = j
        pred[j] = i
        of[b] = a
        tail[a] = tail[b]
        load[a] += load[b]
    stops = np.empty(n, np.int64)
    first = np.empty(n + 1, np.int64)
    first[0] = 0
    routes = 0
    at = 0
    for a in range(n):
        if of[a] == a:
            c = head[a]
            while c != -1:
                stops[at] = c
                at += 1
                c = succ[c]
            routes += 1
            first[routes] = at
    return stops, first[: routes + 1]
