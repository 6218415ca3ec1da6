"""The moves themselves: ruin, recreate, accept or undo."""

from __future__ import annotations

import numba as nb
import numpy as np

from basketplan.solve.routing.ruin.layout import (
    CLASS,
    CLOCK,
    CLOSE,
    COUNT,
    DAYED,
    FAR,
    FIXED,
    LIMITED,
    LOCKED,
    MAY,
    N_ABSENT,
    NEXT,
    OPEN,
    PREV,
    PRIZE,
    ROUTE,
    S_MAY,
    SIZE,
    TIMELESS,
    W_FIRST,
    W_LAST,
    WAIT_COST,
    WINDOWS,
)  # fmt: skip
from basketplan.solve.routing.ruin.rich.classes import cheaper_class
from basketplan.solve.routing.ruin.rich.compiled import compiled
from basketplan.solve.routing.ruin.rich.links import put_in, reclass, take_out
from basketplan.solve.routing.ruin.rich.places import place
from basketplan.solve.routing.ruin.rich.tails import exchange_tails
from basketplan.solve.routing.ruin.rich.times import refresh, refresh_part
from basketplan.solve.routing.ruin.stream import random01

__all__ = ["search"]

_EVERY = np.int64(-1)
_REMOVED, _INSERTED, _TAKEN_UP, _LEFT_OUT, _RECLASSED = range(5)
_MOST_OUT = 600
"""Stops out of their routes at a time."""
_MOST_ROUTES = 60
_EXCHANGES = 3
"""Exchanges of tails that are looked for before each ruin, where windows make them hard to come by otherwise.

Where durations matter too they gained nothing for the moves that they cost (PR20B and PR11A, 60 s, three seeds, one
exchange a move: 1.77, 1.59, 0.95 and 1.19, 0.38, 0.29 %; none: 1.69, 1.50, 1.30 and 0.67, 0.33, 0.36 %)."""
_UP = 4
"""Stops without a route that a move takes up."""


@compiled
def _undo(node, route, stop, fleet, flags, cost, time, length, extra, absent, log, n_log, touched, n_touched):
    """Take back what the log tells, last in first out."""
    for z in range(n_log - 1, -1, -1):
        kind = log[z, 0]
        x = log[z, 1]
        if kind == _REMOVED:
            node[x, OPEN] = log[z, 3]
            node[x, CLOSE] = log[z, 4]
            put_in(node, route, stop, fleet, cost, extra, x, log[z, 2])
        elif kind == _INSERTED:
            take_out(node, route, stop, fleet, cost, extra, x)
            node[x, OPEN] = log[z, 3]
            node[x, CLOSE] = log[z, 4]
        elif kind == _TAKEN_UP:
            absent[flags[N_ABSENT]] = absent[log[z, 2]]
            absent[log[z, 2]] = x
            flags[N_ABSENT] += 1
        elif kind == _LEFT_OUT:
            flags[N_ABSENT] -= 1
        else:
            reclass(node, route, fleet, cost, extra, x, log[z, 2])
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


@compiled
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


@compiled
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
def search(node, route, stop, fleet, flags, cost, cost_to, time, time_to, length, length_to, extra, windows, near, near_cost, absent, rng, hot, cold, moves, removed, longest, blink):  # fmt: skip  # noqa: E501  # a line for all arrays
    """Run ``moves`` moves while the temperature falls from ``hot`` to ``cold``; return the change of cost.

    Parameters
    ----------
    removed, longest
        Stops out per move on average, and the longest string.
    blink
        Chance to overlook a place.
    """
    n_routes = route.shape[0]
    out = np.empty(_MOST_OUT, np.int64)
    key = np.empty(_MOST_OUT, np.float64)
    log = np.empty((4000, 5), np.int64)
    ruined = np.empty(_MOST_ROUTES + 4, np.int64)
    touched = np.empty(_MOST_OUT + _MOST_ROUTES, np.int64)
    stamp = np.full(n_routes, -1, np.int64)
    waited = np.zeros(n_routes, np.int64)
    risen = np.zeros((n_routes + 1, 3), np.int64)
    inside = np.full((n_routes, fleet.shape[0] + 1), -1, np.int64)
    tails = np.zeros((2, 5), np.int64)
    spread = fleet[:, FIXED].max() - fleet[:, FIXED].min()
    return _moves(
        node, route, stop, fleet, flags, cost, cost_to, time, time_to, length, length_to, extra, windows, near,
        near_cost, absent, rng, hot, cold, moves, removed, longest, blink, out, key, log, ruined, touched, stamp,
        waited, risen, inside, tails, spread,
    )  # fmt: skip


@compiled
def _moves(node, route, stop, fleet, flags, cost, cost_to, time, time_to, length, length_to, extra, windows, near, near_cost, absent, rng, hot, cold, moves, removed, longest, blink, out, key, log, ruined, touched, stamp, waited, risen, inside, tails, spread):  # fmt: skip  # noqa: E501  # a line for all arrays
    """Do what :func:`search` says, with room for its work; fixed costs of classes differ by up to ``spread``."""
    n = stop.shape[0]
    n_routes = route.shape[0]
    several = fleet.shape[0] > 1
    checked = flags[CLOCK] != TIMELESS or flags[LIMITED] or flags[DAYED]
    used = 0
    for r in range(n_routes):
        used += route[r, COUNT] > 0
    string = min(float(longest), max(1.0, (n - flags[N_ABSENT]) / max(1, used)))
    most = 4.0 * removed / (1.0 + string) - 1.0
    exchanges = _EXCHANGES if flags[CLOCK] == WINDOWS and not flags[LIMITED] and not flags[DAYED] else 0
    total = np.int64(0)
    heat = hot
    cool = (cold / hot) ** (1.0 / max(1, moves))
    for move in range(moves):
        heat *= cool
        for _ in range(exchanges):
            a = np.int64(random01(rng) * n)
            worst = -heat * np.log(random01(rng) + 1e-300)
            total += exchange_tails(
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
                    delta += take_out(node, route, stop, fleet, cost, extra, x)
                    out[n_out] = x
                    n_out += 1
                x = q
            if checked:
                first = np.int64(node[start, NEXT])
                last = np.int64(node[x, PREV])
                refresh_part(node, route, stop, fleet, flags, time, length, r, first, last)
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
            _, where, best_k, best_w = place(
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
                delta += reclass(node, route, fleet, cost, extra, r, best_k)
            log[n_log, 0] = _INSERTED
            log[n_log, 1] = x
            log[n_log, 3] = node[x, OPEN]
            log[n_log, 4] = node[x, CLOSE]
            n_log += 1
            node[x, OPEN] = windows[best_w, 0]
            node[x, CLOSE] = windows[best_w, 1]
            alone = route[r, COUNT] == 0
            delta += put_in(node, route, stop, fleet, cost, extra, x, where)
            if several:
                route[r, MAY] = stop[x, S_MAY] if alone else route[r, MAY] & stop[x, S_MAY]
            if checked:
                if alone:
                    refresh(node, route, stop, fleet, flags, time, length, r)
                else:
                    refresh_part(node, route, stop, fleet, flags, time, length, r, x, x)
                delta += route[r, WAIT_COST] - waited[r]
                waited[r] = route[r, WAIT_COST]
        if several and not aborted:
            for z in range(n_touched):
                r = touched[z]
                if route[r, COUNT] > 0:
                    change, k = cheaper_class(node, route, stop, fleet, flags, cost, time, length, extra, inside, r)
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
