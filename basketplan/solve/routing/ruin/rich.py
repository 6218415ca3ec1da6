"""Ruin and recreate with all rules of real fleets, compiled: one function runs a number of moves.

Source of the move: Christiaens, Vanden Berghe, *Slack induction by string removals for vehicle routing problems*,
Transportation Science 54 (2020). Durations with windows by concatenated segments: Vidal, Crainic, Gendreau, Prins,
*A unified solution framework for multi-attribute vehicle routing problems*, EJOR 234 (2014). Tables: see ``layout``.

``cost, time (n_profiles, n_points, n_points)`` and ``length (n_points, n_points)`` are int32 matrices over points:
stops ``0 … n-1``, hubs from ``n`` on; one number each where a rule does not exist. ``cost_to``, ``time_to`` and
``length_to`` are their transposes (the same arrays where they are symmetric). ``extra (n_classes, n)`` is what
serving a stop costs a class beside the road; classes with the same profile have the same. ``windows (n_windows, 2)``:
those of a stop are ``W_FIRST … W_LAST - 1``. ``near (n, ·)`` are the neighbours of a stop, filled up with -1, and
``near_cost (n, INSERT_NEAR + 1)`` int64 the least that a road between them costs in any profile, either way; in its
last column the least that serving the stop costs beside the road.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from basketplan.solve.routing.ruin.layout import (
    ADDITIVE,
    ASYMMETRIC,
    B_DUR,
    B_EARLY,
    B_LATE,
    BASKETS,
    CAP,
    CAP2,
    CAP3,
    CHANGES,
    CLASS,
    CLOCK,
    CLOSE,
    COST_IN,
    COST_OUT,
    COUNT,
    DAYED,
    DAYS,
    DURATION,
    EARLY,
    EMPTY_HINT,
    F_DUR,
    F_EARLY,
    F_LATE,
    FAR,
    FIXED,
    HUB,
    IDLE_FREE,
    INSERT_NEAR,
    LATE,
    LENGTH,
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
    N_ABSENT,
    NEED,
    NEED2,
    NEED3,
    NEXT,
    OPEN,
    POINT,
    PREV,
    PRIZE,
    PROFILE,
    ROUTE,
    S_BASKETS,
    S_DAYS,
    S_MAY,
    SERVICE,
    SERVING,
    SHIFT_END,
    SHIFT_START,
    SIZE,
    SPANS,
    STEP,
    TIMELESS,
    USED,
    W_FIRST,
    W_LAST,
    WAIT_COST,
    WAIT_RATE,
    WINDOWS,
    WORK,
    WORK_LIMIT,
)  # fmt: skip
from basketplan.solve.routing.ruin.stream import random01

__all__ = ["refresh", "search", "total_cost"]

_EVERY = np.int64(-1)
_NEVER = np.int64(1) << 60
_REMOVED, _INSERTED, _TAKEN_UP, _LEFT_OUT, _RECLASSED = range(5)
_MOST_OUT = 600
"""Stops out of their routes at a time."""
_MOST_ROUTES = 60
_EXCHANGES = 3
"""Exchanges of tails that are looked for before each ruin, where windows make them hard to come by otherwise."""
_UP = 4
"""Stops without a route that a move takes up."""


@nb.njit(inline="always")
def _set_arc(node, cost, profile, p, q):
    c = cost[profile, node[p, POINT], node[q, POINT]]
    node[p, COST_OUT] = c
    node[q, COST_IN] = c
    return np.int64(c)


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _refresh_sums(node, route, stop, fleet, flags, time, length, r):
    """Recompute days, length and additive duration of route ``r``; return whether they are within their limits."""
    n = stop.shape[0]
    h = n + r
    k = route[r, CLASS]
    ok = True
    if flags[DAYED]:
        mask = _EVERY
        v = node[h, NEXT]
        while v < n:
            mask &= stop[v, S_DAYS]
            v = node[v, NEXT]
        route[r, DAYS] = mask
    if flags[LIMITED]:
        total = np.int64(0)
        u = np.int64(h)
        while True:
            v = node[u, NEXT]
            total += length[node[u, POINT], node[v, POINT]]
            u = np.int64(v)
            if v == h:
                break
        route[r, LENGTH] = total
        ok = total <= fleet[k, MAX_LENGTH]
    if flags[CLOCK] == ADDITIVE:
        profile = fleet[k, PROFILE]
        total = np.int64(0)
        if route[r, COUNT] > 0:
            total = fleet[k, LOADING] + fleet[k, LOADING_EACH] * route[r, BASKETS]
            u = np.int64(h)
            while True:
                v = node[u, NEXT]
                total += time[profile, node[u, POINT], node[v, POINT]]
                if v == h:
                    break
                total += stop[v, SERVICE]
                u = np.int64(v)
        fleet[k, WORK] += total - route[r, DURATION]
        route[r, DURATION] = total
        ok = ok and total <= fleet[k, MAX_DURATION]
    return ok


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _refresh_windows(node, route, stop, fleet, time, r, first, last):
    """Recompute EARLY from ``first`` on and LATE from ``last`` back, as far as they change; whether all is in time.

    ``first`` and ``last`` bound what was changed; both the sentinel: everything.
    """
    n = stop.shape[0]
    h = n + r
    k = route[r, CLASS]
    profile = fleet[k, PROFILE]
    ok = True
    whole = first == h and last == h
    if whole:
        node[h, EARLY] = fleet[k, SHIFT_START] + fleet[k, LOADING]
        node[h, LATE] = fleet[k, SHIFT_END]
        node[h, SERVING] = 0
        first = np.int64(node[h, NEXT])
        last = np.int64(node[h, PREV])
    beyond = node[last, NEXT] if last < n else h
    u = np.int64(node[first, PREV])
    v = np.int64(first)
    passed = False
    while True:
        if not passed:
            # What lies between the changes has new neighbours; behind them every step is known.
            if u < n:
                node[u, SERVING] = stop[u, SERVICE]
            node[u, STEP] = node[u, SERVING] + time[profile, node[u, POINT], node[v, POINT]]
            passed = v == beyond and not whole
        e = np.int64(node[u, EARLY]) + node[u, STEP]
        if v >= n:
            if e > node[h, LATE]:
                ok = False
            break
        e = max(e, np.int64(node[v, OPEN]))
        if passed and e == node[v, EARLY]:
            break
        node[v, EARLY] = e
        if e > node[v, CLOSE]:
            ok = False
        u = v
        v = np.int64(node[v, NEXT])
    before = node[first, PREV] if first < n else h
    passed = False
    w = np.int64(node[last, NEXT]) if last < n else np.int64(h)
    v = np.int64(last)
    while v < n:
        z = min(np.int64(node[w, LATE]) - node[v, STEP], np.int64(node[v, CLOSE]))
        passed = passed or v == before
        if passed and not whole and z == node[v, LATE]:
            break
        node[v, LATE] = z
        w = v
        v = np.int64(node[v, PREV])
    return ok


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _refresh_spans(node, route, stop, fleet, time, r, first, last):
    """Recompute segments up to every node from ``first`` on, and from every node up to ``last`` back.

    Both the sentinel: everything; then it is told whether the route keeps windows, shift and longest duration.
    EARLY holds the time up to a node without waiting.
    """
    n = stop.shape[0]
    h = n + r
    k = route[r, CLASS]
    start = fleet[k, SHIFT_START]
    end = fleet[k, SHIFT_END]
    whole = first == h and last == h
    if whole:
        node[h, F_DUR] = 0
        node[h, F_EARLY] = start
        node[h, F_LATE] = end
        node[h, B_DUR] = 0
        node[h, B_EARLY] = start
        node[h, B_LATE] = end
        node[h, EARLY] = 0
        first = np.int64(node[h, NEXT])
        last = np.int64(node[h, PREV])
    if route[r, COUNT] == 0:
        fleet[k, WORK] -= route[r, DURATION]
        route[r, DURATION] = 0
        route[r, WAIT_COST] = 0
        return True
    ok = True
    profile = fleet[k, PROFILE]
    v = np.int64(first)
    u = np.int64(node[v, PREV])
    dur = np.int64(node[u, F_DUR])
    early = np.int64(node[u, F_EARLY])
    late = np.int64(node[u, F_LATE])
    pure = np.int64(node[u, EARLY])
    while v < n:
        t = np.int64(time[profile, node[u, POINT], v])
        x = dur + t
        opens = np.int64(node[v, OPEN])
        closes = np.int64(node[v, CLOSE])
        if early + x > closes:
            ok = False
        wait = max(opens - x - late, 0)
        early = max(opens - x, early) - wait
        late = min(closes - x, late)
        s = stop[v, SERVICE]
        dur = x + s + wait
        pure += t + s
        node[v, F_DUR] = dur
        node[v, F_EARLY] = early
        node[v, F_LATE] = late
        node[v, EARLY] = pure
        u = v
        v = np.int64(node[v, NEXT])
    t = np.int64(time[profile, u, node[h, POINT]])
    dur += t
    pure += t
    if early + dur > end:
        ok = False
    late = min(end - dur, late)
    load = fleet[k, LOADING] + fleet[k, LOADING_EACH] * route[r, BASKETS]
    if start + load > late or dur + load > fleet[k, MAX_DURATION]:
        ok = False
    fleet[k, WORK] += dur + load - route[r, DURATION]
    route[r, DURATION] = dur + load
    route[r, WAIT_COST] = fleet[k, WAIT_RATE] * (dur - pure)
    v = np.int64(last)
    u = np.int64(node[v, NEXT])
    dur = np.int64(node[u, B_DUR])
    early = np.int64(node[u, B_EARLY])
    late = np.int64(node[u, B_LATE])
    while v < n:
        x = stop[v, SERVICE] + time[profile, v, node[u, POINT]]
        opens = np.int64(node[v, OPEN])
        closes = np.int64(node[v, CLOSE])
        wait = max(early - x - closes, 0)
        early = max(early - x, opens) - wait
        late = min(late - x, closes)
        dur = x + dur + wait
        node[v, B_DUR] = dur
        node[v, B_EARLY] = early
        node[v, B_LATE] = late
        u = v
        v = np.int64(node[v, PREV])
    return ok


@nb.njit(nogil=True, cache=True, error_model="numpy")
def refresh(node, route, stop, fleet, flags, time, length, r):
    """Recompute all that the checks need of route ``r``; return whether it keeps times and length."""
    ok = True
    if flags[DAYED] or flags[LIMITED] or flags[CLOCK] == ADDITIVE:
        ok = _refresh_sums(node, route, stop, fleet, flags, time, length, r)
    if flags[CLOCK] == WINDOWS:
        h = np.int64(stop.shape[0] + r)
        ok = _refresh_windows(node, route, stop, fleet, time, r, h, h) and ok
    elif flags[CLOCK] == SPANS:
        h = np.int64(stop.shape[0] + r)
        ok = _refresh_spans(node, route, stop, fleet, time, r, h, h) and ok
    return ok


@nb.njit(inline="always")
def _refresh_part(node, route, stop, fleet, flags, time, length, r, first, last):
    """Recompute what a change between ``first`` and ``last`` can have moved."""
    if flags[CLOCK] == WINDOWS:
        _refresh_windows(node, route, stop, fleet, time, r, first, last)
    if flags[CLOCK] == SPANS:
        _refresh_spans(node, route, stop, fleet, time, r, first, last)
    if flags[DAYED] or flags[LIMITED] or flags[CLOCK] == ADDITIVE:
        _refresh_sums(node, route, stop, fleet, flags, time, length, r)


@nb.njit(inline="always")
def _with_stop(node, route, stop, fleet, time, time_to, r, k, x, p, q, opens, closes):
    """Duration of route ``r`` with stop ``x`` between ``p`` and ``q``, or -1 where times do not hold."""
    profile = fleet[k, PROFILE]
    d = np.int64(node[p, F_DUR]) + time_to[profile, x, node[p, POINT]]
    early = np.int64(node[p, F_EARLY])
    late = np.int64(node[p, F_LATE])
    result = np.int64(-1)
    if early + d <= closes:
        wait = max(opens - d - late, 0)
        early = max(opens - d, early) - wait
        late = min(closes - d, late)
        d = d + stop[x, SERVICE] + wait + time[profile, x, node[q, POINT]]
        closed = np.int64(node[q, B_LATE])
        if early + d <= closed:
            wait = max(node[q, B_EARLY] - d - late, 0)
            late = min(closed - d, late)
            d = d + node[q, B_DUR] + wait
            load = fleet[k, LOADING] + fleet[k, LOADING_EACH] * (route[r, BASKETS] + stop[x, S_BASKETS])
            if fleet[k, SHIFT_START] + load <= late and d + load <= fleet[k, MAX_DURATION]:
                result = d + load
    return result


@nb.njit(inline="always")
def _take_out(node, route, stop, fleet, cost, extra, x):
    """Unlink stop ``x``; return the change of cost (waiting apart)."""
    p = node[x, PREV]
    q = node[x, NEXT]
    r = node[x, ROUTE]
    k = route[r, CLASS]
    delta = np.int64(0) - node[x, COST_IN] - node[x, COST_OUT] - extra[k, x]
    node[p, NEXT] = q
    node[q, PREV] = p
    delta += _set_arc(node, cost, fleet[k, PROFILE], p, q)
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
def _put_in(node, route, stop, fleet, cost, extra, x, p):
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
    delta += _set_arc(node, cost, fleet[k, PROFILE], p, x)
    delta += _set_arc(node, cost, fleet[k, PROFILE], x, q)
    route[r, LOAD] += stop[x, NEED]
    route[r, LOAD2] += stop[x, NEED2]
    route[r, LOAD3] += stop[x, NEED3]
    route[r, BASKETS] += stop[x, S_BASKETS]
    route[r, COUNT] += 1
    route[r, CHANGES] += 1
    return delta


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _reclass(node, route, fleet, cost, extra, r, k):
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
            delta += _set_arc(node, cost, profile, h, node[h, NEXT])
            delta += _set_arc(node, cost, profile, node[h, PREV], h)
        return delta
    u = np.int64(h)
    while True:
        v = node[u, NEXT]
        delta -= node[u, COST_OUT]
        delta += _set_arc(node, cost, profile, u, v)
        if v == h:
            break
        delta += extra[k, v] - extra[before, v]
        u = np.int64(v)
    return delta


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _empty_route(route, flags):
    """Index of a route without stops, or -1."""
    r = flags[EMPTY_HINT]
    if route[r, COUNT] == 0:
        return r
    for r in range(route.shape[0]):
        if route[r, COUNT] == 0:
            flags[EMPTY_HINT] = r
            return np.int64(r)
    return np.int64(-1)


@nb.njit(nogil=True, cache=True, error_model="numpy")
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


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _new_route(node, route, stop, fleet, cost, time, length, extra, windows, flags, x, limit, overlooked):
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
def _holds(route, stop, fleet, r, k, x):
    """Whether a vehicle of class ``k`` holds route ``r`` with stop ``x``."""
    return (
        route[r, LOAD] + stop[x, NEED] <= fleet[k, CAP]
        and route[r, LOAD2] + stop[x, NEED2] <= fleet[k, CAP2]
        and route[r, LOAD3] + stop[x, NEED3] <= fleet[k, CAP3]
    )


@nb.njit(nogil=True, cache=True, error_model="numpy")
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


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _larger_class(node, route, stop, fleet, cost, extra, inside, r, x):
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
        if not ((stop[x, S_MAY] & route[r, MAY]) >> other) & 1 or not _holds(route, stop, fleet, r, other, x):
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


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _cheaper_class(node, route, stop, fleet, flags, cost, time, length, extra, inside, r):
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
    change = _reclass(node, route, fleet, cost, extra, r, best_k)
    if refresh(node, route, stop, fleet, flags, time, length, r) and fleet[best_k, WORK] <= fleet[best_k, WORK_LIMIT]:
        change += route[r, WAIT_COST] - waited
        if change < 0:
            return change, k
    _reclass(node, route, fleet, cost, extra, r, k)
    refresh(node, route, stop, fleet, flags, time, length, r)
    return np.int64(0), np.int64(-1)


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _place(node, route, stop, fleet, flags, cost, cost_to, time, time_to, length, length_to, extra, windows, near, near_cost, ruined, n_ruined, rng, blink, x, risen, inside):  # fmt: skip  # noqa: E501
    """Cheapest place for stop ``x``: (cost, node before it or -1, class of the route, window).

    Beside its neighbours; once there is a place, not beside those farther away than it costs; and beside the hubs of
    the routes that were ruined, which a stop on the way may be far from. Roads to ``x`` are read from transposed
    matrices, so that all roads of a stop lie in one row. ``risen (n_routes + 1, 3)`` keeps what :func:`_larger_class`
    said of a route for this stop, under the number of this call, which its last row counts.
    """
    n = stop.shape[0]
    several = fleet.shape[0] > 1
    risen[-1, 0] += 1
    clock = flags[CLOCK]
    asymmetric = flags[ASYMMETRIC]
    best = stop[x, PRIZE]
    where = np.int64(-1)
    best_k = np.int64(-1)
    best_w = stop[x, W_FIRST]
    fresh = _empty_route(route, flags)
    if fresh >= 0:
        overlooked = -1
        if several and random01(rng) < 5 * blink:
            overlooked = int(random01(rng) * fleet.shape[0])
        best, best_k, best_w = _new_route(
            node, route, stop, fleet, cost, time, length, extra, windows, flags, x, best, overlooked
        )
        if best_k >= 0:
            where = n + fresh
    placed = False
    cheap = np.int64(near_cost[x, flags[INSERT_NEAR]])
    kk = -1
    while kk < flags[INSERT_NEAR] + n_ruined - 1:
        kk += 1
        if kk < flags[INSERT_NEAR]:
            v = np.int64(near[x, kk])
            if v < 0:
                kk = flags[INSERT_NEAR] - 1
                continue
            if flags[IDLE_FREE]:
                # Most are ruled out by what lies in order in memory.
                apart = near_cost[x, kk] + cheap
                if placed and clock >= WINDOWS and apart >= best:
                    continue
                apart += near_cost[x, kk] - best
                if node[v, COST_OUT] <= apart and node[v, COST_IN] <= apart:
                    continue
            r = np.int64(node[v, ROUTE])
            if r < 0:
                continue
        else:
            r = np.int64(ruined[kk - flags[INSERT_NEAR]])
            v = n + r
            if route[r, COUNT] == 0:
                continue
        k = route[r, CLASS]
        profile = fleet[k, PROFILE]
        pv = np.int64(node[v, POINT])
        apart = np.int64(cost[profile, x, pv])
        if asymmetric:
            apart = min(apart, np.int64(cost_to[profile, x, pv]))
        idle = route[r, WAIT_COST]
        after = np.int64(node[v, COST_OUT])
        before = np.int64(node[v, COST_IN])
        edge = -_NEVER
        if v < n:
            if placed and clock >= WINDOWS and apart + extra[k, x] - idle >= best:
                continue
            edge = 2 * apart + extra[k, x] - idle - best
            if after <= edge and before <= edge:
                continue
        if several and not (stop[x, S_MAY] >> k) & 1:
            continue
        if flags[DAYED] and route[r, DAYS] & stop[x, S_DAYS] == 0:
            continue
        change = np.int64(0)
        kc = k
        if not _holds(route, stop, fleet, r, k, x):
            if not several or clock != TIMELESS:
                continue
            if risen[r, 0] != risen[-1, 0]:
                risen[r, 0] = risen[-1, 0]
                risen[r, 1], risen[r, 2] = _larger_class(node, route, stop, fleet, cost, extra, inside, r, x)
            change, kc = risen[r, 1], risen[r, 2]
            if kc < 0 or change >= best:
                continue
            profile = fleet[kc, PROFILE]
        for side in range(2):
            if side == 0:
                p = np.int64(v)
                q = np.int64(node[v, NEXT])
                old = after
            else:
                p = np.int64(node[v, PREV])
                q = np.int64(v)
                old = before
            if old <= edge and kc == k:
                continue
            if random01(rng) < blink:
                continue
            if q < n and stop[q, LOCKED]:
                continue
            pp = node[p, POINT]
            pq = node[q, POINT]
            if kc != k:
                old = np.int64(cost[profile, pp, pq])
            e = change + cost_to[profile, x, pp] + cost[profile, x, pq] - old + extra[kc, x]
            if e - idle >= best:
                continue
            if (
                flags[LIMITED]
                and route[r, LENGTH] + length_to[x, pp] + length[x, pq] - length[pp, pq] > fleet[kc, MAX_LENGTH]
            ):
                continue
            w = stop[x, W_FIRST]
            if clock == WINDOWS:
                t = np.int64(node[p, EARLY]) + node[p, SERVING] + time_to[profile, x, pp]
                s = np.int64(node[q, LATE]) - time[profile, x, pq] - stop[x, SERVICE]
                while w < stop[x, W_LAST]:
                    if t <= windows[w, 1] and max(t, np.int64(windows[w, 0])) <= s:
                        break
                    w += 1
                if w == stop[x, W_LAST]:
                    continue
            elif clock == ADDITIVE:
                more = np.int64(time_to[profile, x, pp]) + time[profile, x, pq] - time[profile, pp, pq]
                more += stop[x, SERVICE] + fleet[kc, LOADING_EACH] * stop[x, S_BASKETS]
                if route[r, DURATION] + more > fleet[kc, MAX_DURATION]:
                    continue
                if fleet[kc, WORK] + more > fleet[kc, WORK_LIMIT]:
                    continue
            elif clock == SPANS:
                chosen = np.int64(-1)
                cheapest = best
                pure = stop[x, SERVICE] + time_to[profile, x, pp] + time[profile, x, pq] - time[profile, pp, pq]
                pure += fleet[k, LOADING_EACH] * stop[x, S_BASKETS]
                for wi in range(w, stop[x, W_LAST]):
                    duration = _with_stop(
                        node,
                        route,
                        stop,
                        fleet,
                        time,
                        time_to,
                        r,
                        k,
                        x,
                        p,
                        q,
                        np.int64(windows[wi, 0]),
                        np.int64(windows[wi, 1]),
                    )
                    if duration >= 0 and fleet[k, WORK] + duration - route[r, DURATION] <= fleet[k, WORK_LIMIT]:
                        wait = duration - route[r, DURATION] - pure
                        if e + fleet[k, WAIT_RATE] * wait < cheapest:
                            cheapest = e + fleet[k, WAIT_RATE] * wait
                            chosen = np.int64(wi)
                if chosen < 0:
                    continue
                e = cheapest
                w = chosen
            best = e
            where = p
            best_k = kc
            best_w = w
            placed = True
            if v < n:
                edge = 2 * apart + extra[k, x] - idle - best
    return best, where, best_k, best_w


@nb.njit(nogil=True, cache=True, error_model="numpy")
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


@nb.njit(nogil=True, cache=True, error_model="numpy")
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
            empty = _empty_route(route, flags)
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


@nb.njit(nogil=True, cache=True, error_model="numpy")
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


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _exchange_tails(node, route, stop, fleet, flags, cost, time, length, extra, near, near_cost, a, limit, tails):
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
        _reclass(node, route, fleet, cost, extra, s, k)
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
    _set_arc(node, cost, profile, a, np.int64(node[a, NEXT]))
    for z in range(3):
        route[r, LOAD + z] += tails[1, z] - tails[0, z]
        route[s, LOAD + z] -= tails[1, z] - tails[0, z]
    route[r, BASKETS] += tails[1, 3] - tails[0, 3]
    route[s, BASKETS] -= tails[1, 3] - tails[0, 3]
    route[r, COUNT] += tails[1, 4] - tails[0, 4]
    route[s, COUNT] -= tails[1, 4] - tails[0, 4]
    if route[s, COUNT] > 0:
        _set_arc(node, cost, profile, before, np.int64(node[before, NEXT]))
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


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _undo(node, route, stop, fleet, flags, cost, time, length, extra, absent, log, n_log, touched, n_touched):
    """Take back what the log tells, last in first out."""
    for z in range(n_log - 1, -1, -1):
        kind = log[z, 0]
        x = log[z, 1]
        if kind == _REMOVED:
            node[x, OPEN] = log[z, 3]
            node[x, CLOSE] = log[z, 4]
            _put_in(node, route, stop, fleet, cost, extra, x, log[z, 2])
        elif kind == _INSERTED:
            _take_out(node, route, stop, fleet, cost, extra, x)
            node[x, OPEN] = log[z, 3]
            node[x, CLOSE] = log[z, 4]
        elif kind == _TAKEN_UP:
            absent[flags[N_ABSENT]] = absent[log[z, 2]]
            absent[log[z, 2]] = x
            flags[N_ABSENT] += 1
        elif kind == _LEFT_OUT:
            flags[N_ABSENT] -= 1
        else:
            _reclass(node, route, fleet, cost, extra, x, log[z, 2])
    for z in range(n_touched):
        r = touched[z]
        if fleet.shape[0] > 1:
            may = _EVERY
            v = np.int64(node[stop.shape[0] + r, NEXT])
            while v < stop.shape[0]:
                may &= stop[v, S_MAY]
                v = np.int64(node[v, NEXT])
            route[r, MAY] = may
        refresh(node, route, stop, fleet, flags, time, length, r)


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _sort(out, key, n_out):
    """Sort ``out`` by ``key``; both are short."""
    for z in range(1, n_out):
        kz = key[z]
        x = out[z]
        y = z - 1
        while y >= 0 and key[y] > kz:
            key[y + 1] = key[y]
            out[y + 1] = out[y]
            y -= 1
        key[y + 1] = kz
        out[y + 1] = x


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _order(stop, flags, windows, out, key, n_out, rng):
    """Sort the removed by chance, size, far, near, or by their windows: narrow, early or late first."""
    u = random01(rng) * (17.0 if flags[CLOCK] >= WINDOWS else 11.0)
    for z in range(n_out):
        x = out[z]
        if u < 4.0:
            key[z] = random01(rng)
        elif u < 8.0:
            key[z] = -stop[x, SIZE]
        elif u < 10.0:
            key[z] = -stop[x, FAR]
        elif u < 11.0:
            key[z] = stop[x, FAR]
        elif u < 13.0:
            key[z] = windows[stop[x, W_LAST] - 1, 1] - windows[stop[x, W_FIRST], 0]
        elif u < 15.0:
            key[z] = windows[stop[x, W_FIRST], 0]
        else:
            key[z] = -windows[stop[x, W_LAST] - 1, 1]
    _sort(out, key, n_out)


@nb.njit(nogil=True, cache=True, error_model="numpy")
def search(node, route, stop, fleet, flags, cost, cost_to, time, time_to, length, length_to, extra, windows, near, near_cost, absent, rng, hot, cold, moves, removed, longest, blink):  # fmt: skip  # noqa: E501
    """Run ``moves`` moves while the temperature falls from ``hot`` to ``cold``; return the change of cost.

    Parameters
    ----------
    removed, longest
        Stops out per move on average, and the longest string.
    blink
        Chance to overlook a place.
    """
    n = stop.shape[0]
    n_routes = route.shape[0]
    several = fleet.shape[0] > 1
    checked = flags[CLOCK] != TIMELESS or flags[LIMITED] or flags[DAYED]
    out = np.empty(_MOST_OUT, np.int64)
    key = np.empty(_MOST_OUT, np.float64)
    log = np.empty((4000, 5), np.int64)
    ruined = np.empty(_MOST_ROUTES + 4, np.int64)
    touched = np.empty(_MOST_OUT + _MOST_ROUTES, np.int64)
    stamp = np.full(n_routes, -1, np.int64)
    waited = np.zeros(n_routes, np.int64)
    risen = np.zeros((n_routes + 1, 3), np.int64)
    inside = np.full((n_routes, fleet.shape[0] + 1), -1, np.int64)
    used = 0
    for r in range(n_routes):
        used += route[r, COUNT] > 0
    string = min(float(longest), max(1.0, (n - flags[N_ABSENT]) / max(1, used)))
    most = 4.0 * removed / (1.0 + string) - 1.0
    spread = fleet[:, FIXED].max() - fleet[:, FIXED].min()
    exchanging = flags[CLOCK] == WINDOWS and not flags[LIMITED] and not flags[DAYED]
    tails = np.zeros((2, 5), np.int64)
    total = np.int64(0)
    heat = hot
    cool = (cold / hot) ** (1.0 / max(1, moves))
    for move in range(moves):
        heat *= cool
        if exchanging:
            for _ in range(_EXCHANGES):
                a = np.int64(random01(rng) * n)
                worst = -heat * np.log(random01(rng) + 1e-300)
                total += _exchange_tails(
                    node, route, stop, fleet, flags, cost, time, length, extra, near, near_cost, a, worst, tails
                )
        n_ruin = int(random01(rng) * most + 1.0)
        seed = int(random01(rng) * n)
        n_out = 0
        n_ruined = 0
        n_log = 0
        n_touched = 0
        idle = spread
        delta = np.int64(0)
        for _ in range(min(flags[N_ABSENT], _UP)):
            z = int(random01(rng) * flags[N_ABSENT])
            x = np.int64(absent[z])
            flags[N_ABSENT] -= 1
            absent[z] = absent[flags[N_ABSENT]]
            delta -= stop[x, PRIZE]
            out[n_out] = x
            n_out += 1
            log[n_log, 0] = _TAKEN_UP
            log[n_log, 1] = x
            log[n_log, 2] = z
            n_log += 1
        for kk in range(-1, near.shape[1]):
            c = np.int64(seed) if kk < 0 else np.int64(near[seed, kk])
            if c < 0:
                break
            r = np.int64(node[c, ROUTE])
            if r < 0:
                continue
            again = False
            for z in range(n_ruined):
                if ruined[z] == r:
                    again = True
                    break
            if again:
                continue
            count = route[r, COUNT]
            cut = min(count, int(random01(rng) * min(float(count), string) + 1.0))
            keep = 0
            if 1 < cut < count and random01(rng) < 0.5:
                keep = 1
                while cut + keep < count and random01(rng) < 0.01:
                    keep += 1
            width = cut + keep
            back = 0
            x = np.int64(node[c, PREV])
            while back < width - 1 and x < n:
                back += 1
                x = np.int64(node[x, PREV])
            ahead = 0
            x = np.int64(node[c, NEXT])
            while ahead < width - 1 and x < n:
                ahead += 1
                x = np.int64(node[x, NEXT])
            low = max(0, width - 1 - ahead)
            steps = low + int(random01(rng) * (min(back, width - 1) - low + 1))
            x = c
            for _ in range(steps):
                x = np.int64(node[x, PREV])
            gap = width + 1
            if keep > 0:
                gap = 1 + int(random01(rng) * (cut - 1))
            if stamp[r] != move:
                stamp[r] = move
                touched[n_touched] = r
                n_touched += 1
                waited[r] = route[r, WAIT_COST]
            start = np.int64(node[x, PREV])
            for z in range(width):
                q = np.int64(node[x, NEXT])
                if (z < gap or z >= gap + keep) and not stop[x, LOCKED]:
                    log[n_log, 0] = _REMOVED
                    log[n_log, 1] = x
                    log[n_log, 2] = node[x, PREV]
                    log[n_log, 3] = node[x, OPEN]
                    log[n_log, 4] = node[x, CLOSE]
                    n_log += 1
                    delta += _take_out(node, route, stop, fleet, cost, extra, x)
                    out[n_out] = x
                    n_out += 1
                x = q
            if checked:
                first = np.int64(node[start, NEXT])
                last = np.int64(node[x, PREV])
                _refresh_part(node, route, stop, fleet, flags, time, length, r, first, last)
                delta += route[r, WAIT_COST] - waited[r]
                waited[r] = route[r, WAIT_COST]
            ruined[n_ruined] = r
            n_ruined += 1
            idle += waited[r]
            if n_ruined >= n_ruin or n_ruined >= _MOST_ROUTES or n_out > _MOST_OUT - 80:
                break
        _order(stop, flags, windows, out, key, n_out, rng)
        worst = -heat * np.log(random01(rng) + 1e-300)
        aborted = False
        for z in range(n_out):
            if delta - idle >= worst:
                aborted = True
                break
            x = out[z]
            _, where, best_k, best_w = _place(
                node, route, stop, fleet, flags, cost, cost_to, time, time_to, length, length_to, extra, windows,
                near, near_cost, ruined, n_ruined, rng, blink, x, risen, inside,
            )  # fmt: skip
            if where < 0:
                delta += stop[x, PRIZE]
                absent[flags[N_ABSENT]] = x
                flags[N_ABSENT] += 1
                log[n_log, 0] = _LEFT_OUT
                log[n_log, 1] = x
                n_log += 1
                continue
            r = np.int64(node[where, ROUTE])
            if stamp[r] != move:
                stamp[r] = move
                touched[n_touched] = r
                n_touched += 1
                waited[r] = route[r, WAIT_COST]
            if best_k != route[r, CLASS]:
                log[n_log, 0] = _RECLASSED
                log[n_log, 1] = r
                log[n_log, 2] = route[r, CLASS]
                n_log += 1
                delta += _reclass(node, route, fleet, cost, extra, r, best_k)
            log[n_log, 0] = _INSERTED
            log[n_log, 1] = x
            log[n_log, 3] = node[x, OPEN]
            log[n_log, 4] = node[x, CLOSE]
            n_log += 1
            node[x, OPEN] = windows[best_w, 0]
            node[x, CLOSE] = windows[best_w, 1]
            alone = route[r, COUNT] == 0
            delta += _put_in(node, route, stop, fleet, cost, extra, x, where)
            if several:
                route[r, MAY] = stop[x, S_MAY] if alone else route[r, MAY] & stop[x, S_MAY]
            if checked:
                if alone:
                    refresh(node, route, stop, fleet, flags, time, length, r)
                else:
                    _refresh_part(node, route, stop, fleet, flags, time, length, r, x, x)
                delta += route[r, WAIT_COST] - waited[r]
                waited[r] = route[r, WAIT_COST]
        if several and not aborted:
            for z in range(n_touched):
                r = touched[z]
                if route[r, COUNT] > 0:
                    change, k = _cheaper_class(node, route, stop, fleet, flags, cost, time, length, extra, inside, r)
                    if k >= 0:
                        delta += change
                        log[n_log, 0] = _RECLASSED
                        log[n_log, 1] = r
                        log[n_log, 2] = k
                        n_log += 1
        if delta < worst and not aborted:
            total += delta
        else:
            _undo(node, route, stop, fleet, flags, cost, time, length, extra, absent, log, n_log, touched, n_touched)
    return total
