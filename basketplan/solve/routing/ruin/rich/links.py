"""Stops into routes and out of them, routes to another class, and what all of it costs."""

from __future__ import annotations

import numba as nb
import numpy as np

from basketplan.solve.routing.ruin.layout import (
    BASKETS,
    CHANGES,
    CLASS,
    CLOCK,
    COST_IN,
    COST_OUT,
    COUNT,
    DURATION,
    EMPTY_HINT,
    FIXED,
    HUB,
    LOAD,
    LOAD2,
    LOAD3,
    N_ABSENT,
    NEED,
    NEED2,
    NEED3,
    NEXT,
    POINT,
    PREV,
    PRIZE,
    PROFILE,
    ROUTE,
    S_BASKETS,
    SPANS,
    USED,
    WAIT_COST,
    WORK,
)  # fmt: skip
from basketplan.solve.routing.ruin.rich.compiled import compiled

__all__ = ["empty_route", "put_in", "reclass", "set_arc", "take_out", "total_cost"]


@nb.njit(inline="always")
def set_arc(node, cost, profile, p, q):
    """Let ``q`` follow ``p`` on a road of this profile; return what it costs."""
    c = cost[profile, node[p, POINT], node[q, POINT]]
    node[p, COST_OUT] = c
    node[q, COST_IN] = c
    return np.int64(c)


@nb.njit(inline="always")
def take_out(node, route, stop, fleet, cost, extra, x):
    """Unlink stop ``x``; return the change of cost (waiting apart)."""
    p = node[x, PREV]
    q = node[x, NEXT]
    r = node[x, ROUTE]
    k = route[r, CLASS]
    delta = np.int64(0) - node[x, COST_IN] - node[x, COST_OUT] - extra[k, x]
    node[p, NEXT] = q
    node[q, PREV] = p
    delta += set_arc(node, cost, fleet[k, PROFILE], p, q)
    node[x, ROUTE] = -1
    route[r, LOAD] -= stop[x, NEED]
    route[r, LOAD2] -= stop[x, NEED2]
    route[r, LOAD3] -= stop[x, NEED3]
    route[r, BASKETS] -= stop[x, S_BASKETS]
    route[r, COUNT] -= 1
    route[r, CHANGES] += 1
    if route[r, COUNT] == 0:
        delta -= fleet[k, FIXED]
        fleet[k, USED] -= 1
    return delta


@nb.njit(inline="always")
def put_in(node, route, stop, fleet, cost, extra, x, p):
    """Link stop ``x`` behind node ``p``; return the change of cost (waiting apart)."""
    q = node[p, NEXT]
    r = node[p, ROUTE]
    k = route[r, CLASS]
    delta = np.int64(extra[k, x]) - node[p, COST_OUT]
    if route[r, COUNT] == 0:
        delta += fleet[k, FIXED]
        fleet[k, USED] += 1
    node[p, NEXT] = x
    node[x, PREV] = p
    node[x, NEXT] = q
    node[q, PREV] = x
    node[x, ROUTE] = r
    delta += set_arc(node, cost, fleet[k, PROFILE], p, x)
    delta += set_arc(node, cost, fleet[k, PROFILE], x, q)
    route[r, LOAD] += stop[x, NEED]
    route[r, LOAD2] += stop[x, NEED2]
    route[r, LOAD3] += stop[x, NEED3]
    route[r, BASKETS] += stop[x, S_BASKETS]
    route[r, COUNT] += 1
    route[r, CHANGES] += 1
    return delta


@compiled
def reclass(node, route, fleet, cost, extra, r, k):
    """Give route ``r`` class ``k``; return the change of cost (waiting apart)."""
    n = extra.shape[1]
    h = n + r
    before = route[r, CLASS]
    route[r, CLASS] = k
    node[h, POINT] = n + fleet[k, HUB]
    fleet[before, WORK] -= route[r, DURATION]
    fleet[k, WORK] += route[r, DURATION]
    if route[r, COUNT] == 0:
        node[h, COST_OUT] = 0
        node[h, COST_IN] = 0
        return np.int64(0)
    fleet[before, USED] -= 1
    fleet[k, USED] += 1
    delta = fleet[k, FIXED] - fleet[before, FIXED]
    profile = fleet[k, PROFILE]
    if profile == fleet[before, PROFILE]:
        if fleet[k, HUB] != fleet[before, HUB]:
            delta -= np.int64(node[h, COST_OUT]) + node[h, COST_IN]
            delta += set_arc(node, cost, profile, h, node[h, NEXT])
            delta += set_arc(node, cost, profile, node[h, PREV], h)
        return delta
    u = np.int64(h)
    while True:
        v = node[u, NEXT]
        delta -= node[u, COST_OUT]
        delta += set_arc(node, cost, profile, u, v)
        if v == h:
            break
        delta += extra[k, v] - extra[before, v]
        u = np.int64(v)
    return delta


@compiled
def empty_route(route, flags):
    """Index of a route without stops, or -1."""
    r = flags[EMPTY_HINT]
    if route[r, COUNT] == 0:
        return r
    for r in range(route.shape[0]):
        if route[r, COUNT] == 0:
            flags[EMPTY_HINT] = r
            return np.int64(r)
    return np.int64(-1)


@compiled
def total_cost(node, route, stop, fleet, flags, cost, extra, absent):
    """Cost of everything, from the links alone."""
    n = stop.shape[0]
    total = np.int64(0)
    for r in range(route.shape[0]):
        if route[r, COUNT] == 0:
            continue
        k = route[r, CLASS]
        h = n + r
        total += fleet[k, FIXED] + (route[r, WAIT_COST] if flags[CLOCK] == SPANS else 0)
        u = np.int64(h)
        while True:
            v = node[u, NEXT]
            total += cost[fleet[k, PROFILE], node[u, POINT], node[v, POINT]]
            if v == h:
                break
            total += extra[k, v]
            u = np.int64(v)
    for z in range(flags[N_ABSENT]):
        total += stop[absent[z], PRIZE]
    return total
