"""Which vehicle class a route has: on a new route, for one stop more, and after a move."""

from __future__ import annotations

import numba as nb
import numpy as np

from basketplan.solve.routing.ruin.layout import (
    ADDITIVE,
    CAP,
    CAP2,
    CAP3,
    CHANGES,
    CLASS,
    CLOCK,
    COST_IN,
    COST_OUT,
    COUNT,
    FIXED,
    HUB,
    LIMIT,
    LIMITED,
    LOAD,
    LOAD2,
    LOAD3,
    LOADING,
    LOADING_EACH,
    LOCKED,
    MAX_DURATION,
    MAX_LENGTH,
    MAY,
    NEED,
    NEED2,
    NEED3,
    NEXT,
    PREV,
    PROFILE,
    S_BASKETS,
    S_MAY,
    SERVICE,
    SHIFT_END,
    SHIFT_START,
    TIMELESS,
    USED,
    W_FIRST,
    W_LAST,
    WAIT_COST,
    WORK,
    WORK_LIMIT,
)  # fmt: skip
from basketplan.solve.routing.ruin.rich.compiled import compiled
from basketplan.solve.routing.ruin.rich.links import reclass
from basketplan.solve.routing.ruin.rich.times import refresh

__all__ = ["cheaper_class", "holds", "larger_class", "new_route"]

_EVERY = np.int64(-1)
_NEVER = np.int64(1) << 60


@compiled
def new_route(node, route, stop, fleet, cost, time, length, extra, windows, flags, x, limit, overlooked):
    """Cheapest class but ``overlooked`` for a route with stop ``x`` alone: (cost below ``limit``, class, window)."""
    n = stop.shape[0]
    best = limit
    best_k = np.int64(-1)
    best_w = stop[x, W_FIRST]
    for k in range(fleet.shape[0]):
        if fleet[k, USED] >= fleet[k, LIMIT] or not (stop[x, S_MAY] >> k) & 1 or k == overlooked:
            continue
        if stop[x, NEED] > fleet[k, CAP] or stop[x, NEED2] > fleet[k, CAP2] or stop[x, NEED3] > fleet[k, CAP3]:
            continue
        hub = n + fleet[k, HUB]
        profile = fleet[k, PROFILE]
        c = fleet[k, FIXED] + extra[k, x] + cost[profile, hub, x] + cost[profile, x, hub]
        if c >= best:
            continue
        if flags[LIMITED] and np.int64(length[hub, x]) + length[x, hub] > fleet[k, MAX_LENGTH]:
            continue
        w = stop[x, W_FIRST]
        if flags[CLOCK] != TIMELESS:
            out = np.int64(time[profile, hub, x])
            back = stop[x, SERVICE] + time[profile, x, hub]
            load = fleet[k, LOADING] + fleet[k, LOADING_EACH] * stop[x, S_BASKETS]
            if load + out + back > fleet[k, MAX_DURATION] or fleet[k, WORK] + load + out + back > fleet[k, WORK_LIMIT]:
                continue
            if flags[CLOCK] != ADDITIVE:
                first = fleet[k, SHIFT_START] + load + out
                while w < stop[x, W_LAST]:
                    if first <= windows[w, 1] and max(first, np.int64(windows[w, 0])) + back <= fleet[k, SHIFT_END]:
                        break
                    w += 1
                if w == stop[x, W_LAST]:
                    continue
        best = c
        best_k = np.int64(k)
        best_w = w
    return best, best_k, best_w


@nb.njit(inline="always")
def holds(route, stop, fleet, r, k, x):
    """Whether a vehicle of class ``k`` holds route ``r`` with stop ``x``."""
    return (
        route[r, LOAD] + stop[x, NEED] <= fleet[k, CAP]
        and route[r, LOAD2] + stop[x, NEED2] <= fleet[k, CAP2]
        and route[r, LOAD3] + stop[x, NEED3] <= fleet[k, CAP3]
    )


@compiled
def _price_inside(node, route, fleet, cost, extra, inside, r):
    """Bring row ``r`` of ``inside`` up to date: what its stops and the roads between them cost every class.

    ``inside (n_routes, n_classes + 1)`` int64; its last column holds the CHANGES for which the row was made.
    """
    n = extra.shape[1]
    last = fleet.shape[0]
    if inside[r, last] == route[r, CHANGES]:
        return
    inside[r, :last] = 0
    inside[r, last] = route[r, CHANGES]
    u = np.int64(node[n + r, NEXT])
    while u < n:
        v = np.int64(node[u, NEXT])
        for k in range(last):
            inside[r, k] += extra[k, u]
            if v < n:
                inside[r, k] += cost[fleet[k, PROFILE], u, v]
        u = v


@nb.njit(inline="always")
def _to_hub(node, route, fleet, cost, n, r, k):
    """What the roads of route ``r`` from and to the hub of class ``k`` cost that class."""
    hub = n + fleet[k, HUB]
    h = n + r
    return np.int64(cost[fleet[k, PROFILE], hub, node[h, NEXT]]) + cost[fleet[k, PROFILE], node[h, PREV], hub]


@compiled
def larger_class(node, route, stop, fleet, cost, extra, inside, r, x):
    """Cheapest other class of the same hub that holds route ``r`` with stop ``x``: (change of cost, class or -1)."""
    n = stop.shape[0]
    k = route[r, CLASS]
    best = _NEVER
    best_k = np.int64(-1)
    if route[r, COUNT] > 0 and stop[node[n + r, NEXT], LOCKED]:
        return best, best_k
    for other in range(fleet.shape[0]):
        if other == k or fleet[other, USED] >= fleet[other, LIMIT] or fleet[other, HUB] != fleet[k, HUB]:
            continue
        if not ((stop[x, S_MAY] & route[r, MAY]) >> other) & 1 or not holds(route, stop, fleet, r, other, x):
            continue
        change = fleet[other, FIXED] - fleet[k, FIXED]
        if fleet[other, PROFILE] != fleet[k, PROFILE] and route[r, COUNT] > 0:
            _price_inside(node, route, fleet, cost, extra, inside, r)
            change += inside[r, other] + _to_hub(node, route, fleet, cost, n, r, other)
            change -= inside[r, k] + node[n + r, COST_OUT] + node[n + r, COST_IN]
        if change < best:
            best = change
            best_k = np.int64(other)
    return best, best_k


@compiled
def cheaper_class(node, route, stop, fleet, flags, cost, time, length, extra, inside, r):
    """Move route ``r`` to the class that serves it cheapest; return (change of cost, class before or -1)."""
    n = stop.shape[0]
    h = n + r
    k = route[r, CLASS]
    if stop[node[h, NEXT], LOCKED]:
        return np.int64(0), np.int64(-1)
    may = _EVERY
    v = np.int64(node[h, NEXT])
    while v < n:
        may &= stop[v, S_MAY]
        v = np.int64(node[v, NEXT])
    best = np.int64(0)
    best_k = np.int64(-1)
    for other in range(fleet.shape[0]):
        if other == k or fleet[other, USED] >= fleet[other, LIMIT] or not (may >> other) & 1:
            continue
        if (
            route[r, LOAD] > fleet[other, CAP]
            or route[r, LOAD2] > fleet[other, CAP2]
            or route[r, LOAD3] > fleet[other, CAP3]
        ):
            continue
        change = fleet[other, FIXED] - fleet[k, FIXED]
        if fleet[other, PROFILE] != fleet[k, PROFILE]:
            _price_inside(node, route, fleet, cost, extra, inside, r)
            change += inside[r, other] - inside[r, k]
        if fleet[other, PROFILE] != fleet[k, PROFILE] or fleet[other, HUB] != fleet[k, HUB]:
            change += _to_hub(node, route, fleet, cost, n, r, other) - node[h, COST_OUT] - node[h, COST_IN]
        if change < best:
            best = change
            best_k = np.int64(other)
    route[r, MAY] = may
    if best_k < 0:
        return np.int64(0), np.int64(-1)
    waited = route[r, WAIT_COST]
    change = reclass(node, route, fleet, cost, extra, r, best_k)
    if refresh(node, route, stop, fleet, flags, time, length, r) and fleet[best_k, WORK] <= fleet[best_k, WORK_LIMIT]:
        change += route[r, WAIT_COST] - waited
        if change < 0:
            return change, k
    reclass(node, route, fleet, cost, extra, r, k)
    refresh(node, route, stop, fleet, flags, time, length, r)
    return np.int64(0), np.int64(-1)
