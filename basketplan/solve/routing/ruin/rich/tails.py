"""Exchanges of what follows two stops, where windows make them hard to come by otherwise."""

from __future__ import annotations

import numpy as np

from basketplan.solve.routing.ruin.layout import (
    BASKETS,
    CAP,
    CHANGES,
    CLASS,
    COST_IN,
    COST_OUT,
    COUNT,
    EARLY,
    FIXED,
    HUB,
    INSERT_NEAR,
    LATE,
    LIMIT,
    LOAD,
    LOADING,
    LOCKED,
    MAY,
    NEED,
    NEED2,
    NEED3,
    NEXT,
    POINT,
    PREV,
    PROFILE,
    ROUTE,
    S_BASKETS,
    S_MAY,
    SERVING,
    SHIFT_END,
    SHIFT_START,
    USED,
)  # fmt: skip
from basketplan.solve.routing.ruin.rich.compiled import compiled
from basketplan.solve.routing.ruin.rich.links import empty_route, reclass, set_arc
from basketplan.solve.routing.ruin.rich.times import refresh

__all__ = ["exchange_tails"]

_EVERY = np.int64(-1)


@compiled
def _tail(node, stop, x, total):
    """Add up in ``total`` the loads, baskets and number of stops from node ``x`` to the end of its route."""
    total[:] = 0
    x = np.int64(x)
    while x < stop.shape[0]:
        total[0] += stop[x, NEED]
        total[1] += stop[x, NEED2]
        total[2] += stop[x, NEED3]
        total[3] += stop[x, S_BASKETS]
        total[4] += 1
        x = np.int64(node[x, NEXT])


@compiled
def _find_exchange(node, route, stop, fleet, flags, cost, time, near, near_cost, a, limit, tails):
    """Cheapest exchange of what follows stop ``a``: (change of cost below ``limit``, node that is to follow or -1).

    That node is a neighbour of ``a`` in another route of its class, or the hub of an empty route, which takes what
    follows ``a`` and gives nothing. Times hold by EARLY of the heads and LATE of the tails.
    """
    n = stop.shape[0]
    r = np.int64(node[a, ROUTE])
    after = np.int64(node[a, NEXT])
    k = route[r, CLASS]
    profile = fleet[k, PROFILE]
    out = np.int64(node[a, COST_OUT])
    ready = np.int64(node[a, EARLY]) + node[a, SERVING]
    best = np.int64(min(limit, 1e18))
    chosen = np.int64(-1)
    if after < n and fleet[k, USED] < fleet[k, LIMIT]:
        hub = n + fleet[k, HUB]
        change = np.int64(cost[profile, a, hub]) + cost[profile, hub, after] - out + fleet[k, FIXED]
        if (
            change < best
            and ready + time[profile, a, hub] <= fleet[k, SHIFT_END]
            and fleet[k, SHIFT_START] + fleet[k, LOADING] + time[profile, hub, after] <= node[after, LATE]
        ):
            empty = empty_route(route, flags)
            if empty >= 0:
                best = change
                chosen = n + empty
    dearest = best + out + (np.int64(0) if after < n else fleet[k, FIXED])
    counted = False
    for kk in range(flags[INSERT_NEAR]):
        b = np.int64(near[a, kk])
        if b < 0:
            break
        if near_cost[a, kk] - node[b, COST_IN] >= dearest:
            continue
        s = np.int64(node[b, ROUTE])
        if s < 0 or s == r or route[s, CLASS] != k or stop[b, LOCKED]:
            continue
        if ready + time[profile, a, b] > node[b, LATE]:
            continue
        before = np.int64(node[b, PREV])
        change = np.int64(cost[profile, a, b]) - out - node[b, COST_IN]
        if before >= n and after >= n:
            change -= fleet[k, FIXED]
            if change >= best:
                continue
        else:
            if change >= best:
                continue
            p = node[before, POINT]
            q = node[after, POINT]
            change += cost[profile, p, q]
            if change >= best or node[before, EARLY] + node[before, SERVING] + time[profile, p, q] > node[after, LATE]:
                continue
        if not counted:
            _tail(node, stop, after, tails[0])
            counted = True
        _tail(node, stop, b, tails[1])
        fits = True
        for z in range(3):
            more = tails[1, z] - tails[0, z]
            fits = fits and route[r, LOAD + z] + more <= fleet[k, CAP + z]
            fits = fits and route[s, LOAD + z] - more <= fleet[k, CAP + z]
        if fits:
            dearest += change - best
            best = change
            chosen = b
    return best, chosen


@compiled
def _move_tail(node, n, x, end, p, r):
    """Let the stops from ``x`` to ``end`` follow node ``p`` in route ``r``; nothing where ``x`` is a hub."""
    h = n + r
    if x < n:
        node[end, NEXT] = h
        node[h, PREV] = end
        node[h, COST_IN] = node[end, COST_OUT]
        node[p, NEXT] = x
        node[x, PREV] = p
        while x < n:
            node[x, ROUTE] = r
            x = np.int64(node[x, NEXT])
    else:
        node[p, NEXT] = h
        node[h, PREV] = p


@compiled
def exchange_tails(node, route, stop, fleet, flags, cost, time, length, extra, near, near_cost, a, limit, tails):
    """Exchange what follows stop ``a`` where that costs less than ``limit`` (2-opt*); return the change of cost, or 0.

    What no string of stops can do: the tails of long routes change places, routes are joined and cut. ``tails (2, 5)``
    is room for sums. Source: Potvin, Rousseau, *An exchange heuristic for routeing problems with time windows*,
    JORS 46 (1995).
    """
    n = stop.shape[0]
    r = np.int64(node[a, ROUTE])
    if r < 0 or (node[a, NEXT] < n and stop[node[a, NEXT], LOCKED]):
        return np.int64(0)
    change, b = _find_exchange(node, route, stop, fleet, flags, cost, time, near, near_cost, a, limit, tails)
    if b < 0:
        return np.int64(0)
    s = np.int64(node[b, ROUTE])
    k = route[r, CLASS]
    if b >= n:
        reclass(node, route, fleet, cost, extra, s, k)
        fleet[k, USED] += 1
    before = np.int64(node[b, PREV])
    after = np.int64(node[a, NEXT])
    end_r = np.int64(node[n + r, PREV])
    end_s = np.int64(node[n + s, PREV])
    _tail(node, stop, after, tails[0])
    _tail(node, stop, b, tails[1])
    _move_tail(node, n, b, end_s, a, r)
    _move_tail(node, n, after, end_r, before, s)
    profile = fleet[k, PROFILE]
    set_arc(node, cost, profile, a, np.int64(node[a, NEXT]))
    for z in range(3):
        route[r, LOAD + z] += tails[1, z] - tails[0, z]
        route[s, LOAD + z] -= tails[1, z] - tails[0, z]
    route[r, BASKETS] += tails[1, 3] - tails[0, 3]
    route[s, BASKETS] -= tails[1, 3] - tails[0, 3]
    route[r, COUNT] += tails[1, 4] - tails[0, 4]
    route[s, COUNT] -= tails[1, 4] - tails[0, 4]
    if route[s, COUNT] > 0:
        set_arc(node, cost, profile, before, np.int64(node[before, NEXT]))
    else:
        node[n + s, COST_IN] = 0
        node[n + s, COST_OUT] = 0
        fleet[k, USED] -= 1
    for c in (r, s):
        may = _EVERY
        x = np.int64(node[n + c, NEXT])
        while x < n:
            may &= stop[x, S_MAY]
            x = np.int64(node[x, NEXT])
        route[c, MAY] = may
        route[c, CHANGES] += 1
        refresh(node, route, stop, fleet, flags, time, length, c)
    return change
