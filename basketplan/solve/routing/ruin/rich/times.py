"""Times of a route: kept up to date from a change outwards, and checked in constant time.

Durations with windows by concatenated segments: Vidal, Crainic, Gendreau, Prins, *A unified solution framework for
multi-attribute vehicle routing problems*, EJOR 234 (2014). Tables: see ``layout``.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from basketplan.solve.routing.ruin.layout import (
    ADDITIVE,
    B_DUR,
    B_EARLY,
    B_LATE,
    BASKETS,
    CLASS,
    CLOCK,
    CLOSE,
    COUNT,
    DAYED,
    DAYS,
    DURATION,
    EARLY,
    F_DUR,
    F_EARLY,
    F_LATE,
    LATE,
    LENGTH,
    LIMITED,
    LOADING,
    LOADING_EACH,
    MAX_DURATION,
    MAX_LENGTH,
    NEXT,
    OPEN,
    POINT,
    PREV,
    PROFILE,
    S_BASKETS,
    S_DAYS,
    SERVICE,
    SERVING,
    SHIFT_END,
    SHIFT_START,
    SPANS,
    STEP,
    WAIT_COST,
    WAIT_RATE,
    WINDOWS,
    WORK,
)  # fmt: skip
from basketplan.solve.routing.ruin.rich.compiled import compiled

__all__ = ["refresh", "refresh_part", "with_stop"]

_EVERY = np.int64(-1)


@compiled
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


@compiled
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


@compiled
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


@compiled
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
def refresh_part(node, route, stop, fleet, flags, time, length, r, first, last):
    """Recompute what a change between ``first`` and ``last`` can have moved."""
    if flags[CLOCK] == WINDOWS:
        _refresh_windows(node, route, stop, fleet, time, r, first, last)
    if flags[CLOCK] == SPANS:
        _refresh_spans(node, route, stop, fleet, time, r, first, last)
    if flags[DAYED] or flags[LIMITED] or flags[CLOCK] == ADDITIVE:
        _refresh_sums(node, route, stop, fleet, flags, time, length, r)


@nb.njit(inline="always")
def with_stop(node, route, stop, fleet, time, time_to, r, k, x, p, q, opens, closes):
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
