"""The cheapest place for a stop."""

from __future__ import annotations

import numpy as np

from basketplan.solve.routing.ruin.layout import (
    ADDITIVE,
    ASYMMETRIC,
    CLASS,
    CLOCK,
    COST_IN,
    COST_OUT,
    COUNT,
    DAYED,
    DAYS,
    DURATION,
    EARLY,
    IDLE_FREE,
    INSERT_NEAR,
    LATE,
    LENGTH,
    LIMITED,
    LOADING_EACH,
    LOCKED,
    MAX_DURATION,
    MAX_LENGTH,
    NEXT,
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
    SPANS,
    TIMELESS,
    W_FIRST,
    W_LAST,
    WAIT_COST,
    WAIT_RATE,
    WINDOWS,
    WORK,
    WORK_LIMIT,
)  # fmt: skip
from basketplan.solve.routing.ruin.rich.classes import holds, larger_class, new_route
from basketplan.solve.routing.ruin.rich.compiled import compiled
from basketplan.solve.routing.ruin.rich.links import empty_route
from basketplan.solve.routing.ruin.rich.times import with_stop
from basketplan.solve.routing.ruin.stream import random01

__all__ = ["place"]

_NEVER = np.int64(1) << 60


@compiled
def place(node, route, stop, fleet, flags, cost, cost_to, time, time_to, length, length_to, extra, windows, near, near_cost, ruined, n_ruined, rng, blink, x, risen, inside):  # fmt: skip  # noqa: E501  # a line for all arrays
    """Cheapest place for stop ``x``: (cost, node before it or -1, class of the route, window).

    Beside its neighbours; once there is a place, not beside those farther away than it costs; and beside the hubs of
    the routes that were ruined, which a stop on the way may be far from. Roads to ``x`` are read from transposed
    matrices, so that all roads of a stop lie in one row. ``risen (n_routes + 1, 3)`` keeps what :func:`larger_class`
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
    fresh = empty_route(route, flags)
    if fresh >= 0:
        overlooked = -1
        if several and random01(rng) < 5 * blink:
            overlooked = int(random01(rng) * fleet.shape[0])
        best, best_k, best_w = new_route(
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
                # Most are ruled out by what lies in order in memory. With several classes too: the one that a route
                # would change to pays no less for a road, as a rule, and what would be gained there is left.
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
        if not holds(route, stop, fleet, r, k, x):
            if not several or clock != TIMELESS:
                continue
            if risen[r, 0] != risen[-1, 0]:
                risen[r, 0] = risen[-1, 0]
                risen[r, 1], risen[r, 2] = larger_class(node, route, stop, fleet, cost, extra, inside, r, x)
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
                    duration = with_stop(
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
