"""Ruin and recreate for one hub, one vehicle class and one capacity, compiled: the fast path.

Same move as :mod:`basketplan.solve.routing.ruin.rich` without any of the rules: the cost of a plain problem is
distance alone, so a move is a few hundred loads and stores. Distances come from a matrix or, ``float64 (n + 1, 2)``,
from places, rounded to the nearest integer: on the fly they are as fast as from memory and need none.

``longer (n + n_routes,)`` int32 holds the longer arc of every node, alone in memory: most places are ruled out by it.
``node (n + n_routes, 8)`` and ``route (n_routes, 2)`` are int32, with the columns below; point ``n`` is the hub.
``near (n, n_near)`` int32 are the neighbours of a stop, nearest first, filled up with -1; ``near_cost`` the distances.
``spare`` is a stack of empty routes: its size, then their numbers.
"""

from __future__ import annotations

from typing import Any

import numba as nb
import numpy as np
from numba.extending import overload

from basketplan.solve.routing.ruin.stream import random01

__all__ = ["COUNT", "FAR", "IN", "LOAD", "NEED", "NEXT", "OUT", "PREV", "ROUTE", "distance", "search"]

NEXT, PREV, OUT, IN, ROUTE, NEED, FAR = range(7)
LOAD, COUNT = range(2)
_MOST_OUT = 400
_NOWHERE = np.int32(-2147483648)


def distance(places: Any, i: Any, j: Any) -> int:
    """Return the distance between points ``i`` and ``j``."""
    if places.dtype == np.float64:
        dx, dy = places[i] - places[j]
        return int(np.sqrt(dx * dx + dy * dy) + 0.5)
    return int(places[i, j])


@overload(distance, inline="always")
def _distance(places, i, j):
    if isinstance(places.dtype, nb.types.Float):

        def from_places(places, i, j):
            dx = places[i, 0] - places[j, 0]
            dy = places[i, 1] - places[j, 1]
            return np.int32(np.sqrt(dx * dx + dy * dy) + 0.5)

        return from_places

    def from_matrix(places, i, j):
        return places[i, j]

    return from_matrix


@nb.njit(inline="always")
def _link(places, node, longer, n, p, x, q):
    """Put stop ``x`` between ``p`` and ``q``."""
    first = distance(places, min(p, n), x)
    second = distance(places, x, min(q, n))
    node[p, NEXT] = x
    node[p, OUT] = first
    node[x, PREV] = p
    node[x, IN] = first
    node[x, NEXT] = q
    node[x, OUT] = second
    node[q, PREV] = x
    node[q, IN] = second
    longer[p] = max(node[p, IN], first)
    longer[x] = max(first, second)
    longer[q] = max(second, node[q, OUT])


@nb.njit(inline="always")
def _close(node, longer, p, q, arc):
    """Join ``p`` and ``q``, ``arc`` apart."""
    node[p, NEXT] = q
    node[p, OUT] = arc
    node[q, PREV] = p
    node[q, IN] = arc
    longer[p] = max(node[p, IN], arc)
    longer[q] = max(arc, node[q, OUT])


@nb.njit(inline="always")
def _first_of_string(node, n, c, width, rng):
    """First node of a string of ``width`` stops that holds ``c``, by chance."""
    back = 0
    x = node[c, PREV]
    while back < width - 1 and x < n:
        back += 1
        x = node[x, PREV]
    ahead = 0
    x = node[c, NEXT]
    while ahead < width - 1 and x < n:
        ahead += 1
        x = node[x, NEXT]
    low = max(0, width - 1 - ahead)
    steps = low + int(random01(rng) * (min(back, width - 1) - low + 1))
    x = c
    for _ in range(steps):
        x = node[x, PREV]
    return x


@nb.njit(inline="always")
def _sort(node, out, order, key, n_out, rng):
    """Order the removed by chance, load, far or near, with weights 4, 4, 2 and 1."""
    u = random01(rng) * 11.0
    for z in range(n_out):
        x = out[z]
        order[z] = x
        if u < 4.0:
            key[z] = random01(rng)
        elif u < 8.0:
            key[z] = -node[x, NEED]
        elif u < 10.0:
            key[z] = -node[x, FAR]
        else:
            key[z] = node[x, FAR]
    for z in range(1, n_out):
        kz = key[z]
        x = order[z]
        y = z - 1
        while y >= 0 and key[y] > kz:
            key[y + 1] = key[y]
            order[y + 1] = order[y]
            y -= 1
        key[y + 1] = kz
        order[y + 1] = x


@nb.njit(nogil=True, cache=True, error_model="numpy")
def search(places, near, near_cost, node, longer, route, spare, rng, capacity, hot, cold, moves, removed, longest, blink, insert_near, by_chance):  # fmt: skip  # noqa: E501  # a line for all arrays
    """Run ``moves`` moves while the temperature falls from ``hot`` to ``cold``; return the change of cost."""
    n = near.shape[0]
    out = np.empty(512, np.int32)
    where = np.empty(512, np.int32)
    order = np.empty(512, np.int32)
    key = np.empty(512, np.float64)
    ruined = np.empty(64, np.int32)
    n_routes = route.shape[0]
    used = 0
    for r in range(n_routes):
        used += route[r, COUNT] > 0
    string = min(float(longest), max(1.0, n / max(1, used)))
    most = 4.0 * removed / (1.0 + string) - 1.0
    total = np.int64(0)
    heat = hot
    cool = (cold / hot) ** (1.0 / max(1, moves))
    for _move in range(moves):
        heat *= cool
        n_ruin = int(random01(rng) * most + 1.0)
        seed = int(random01(rng) * n)
        n_out = 0
        n_ruined = 0
        delta = np.int64(0)
        for kk in range(-1, near.shape[1]):
            c = np.int32(seed) if kk < 0 else near[seed, kk]
            if c < 0:
                break
            r = node[c, ROUTE]
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
            cut = int(random01(rng) * min(float(count), string) + 1.0)
            if cut > count:
                cut = count
            keep = 0
            if 1 < cut < count and random01(rng) < 0.5:
                keep = 1
                while cut + keep < count and random01(rng) < 0.01:
                    keep += 1
            width = cut + keep
            x = _first_of_string(node, n, c, width, rng)
            gap = width + 1
            if keep > 0:
                gap = 1 + int(random01(rng) * (cut - 1))
            for z in range(width):
                q = node[x, NEXT]
                if z < gap or z >= gap + keep:
                    p = node[x, PREV]
                    arc = distance(places, min(p, n), min(q, n))
                    delta += np.int64(arc) - node[x, IN] - node[x, OUT]
                    _close(node, longer, p, q, arc)
                    route[r, LOAD] -= node[x, NEED]
                    node[x, ROUTE] = -1
                    longer[x] = _NOWHERE
                    out[n_out] = x
                    where[n_out] = p
                    n_out += 1
                x = q
            route[r, COUNT] -= cut
            if route[r, COUNT] == 0:
                spare[0] += 1
                spare[spare[0]] = r
            ruined[n_ruined] = r
            n_ruined += 1
            if n_ruined >= n_ruin or n_ruined >= 60 or n_out > _MOST_OUT:
                break
        _sort(node, out, order, key, n_out, rng)
        worst = -heat * np.log(random01(rng) + 1e-300)
        done = 0
        while done < n_out:
            x = order[done]
            need = node[x, NEED]
            room = capacity - need
            best = 2 * node[x, FAR] + 1
            at = -1
            for k in range(insert_near):
                v = near[x, k]
                if v < 0:
                    break
                dv = near_cost[x, k]
                edge = 2 * dv - best
                if longer[v] <= edge:
                    if at >= 0 and dv >= best:
                        break
                    continue
                r = node[v, ROUTE]
                if r < 0 or route[r, LOAD] > room:
                    continue
                after = node[v, OUT]
                before = node[v, IN]
                if after > edge and random01(rng) >= blink:
                    q = node[v, NEXT]
                    e = dv + distance(places, x, min(q, n)) - after
                    if e < best:
                        best = e
                        at = v
                        edge = 2 * dv - best
                if before > edge and random01(rng) >= blink:
                    p = node[v, PREV]
                    e = dv + distance(places, x, min(p, n)) - before
                    if e < best:
                        best = e
                        at = p
            far = node[x, FAR]
            chance = int(random01(rng) * n_routes)
            for z in range(n_ruined + by_chance):
                r = ruined[z] if z < n_ruined else (chance + z) % n_routes
                if route[r, LOAD] > room or route[r, COUNT] == 0:
                    continue
                h = n + r
                out_arc = node[h, OUT]
                if far - out_arc < best and random01(rng) >= blink:
                    e = far + distance(places, x, node[h, NEXT]) - out_arc
                    if e < best:
                        best = e
                        at = h
                in_arc = node[h, IN]
                if far - in_arc < best and random01(rng) >= blink:
                    e = far + distance(places, x, node[h, PREV]) - in_arc
                    if e < best:
                        best = e
                        at = node[h, PREV]
            if at < 0:
                if spare[0] == 0:
                    delta = np.int64(1) << 50
                    break
                at = n + spare[spare[0]]
                best = 2 * node[x, FAR]
            r = node[at, ROUTE]
            if route[r, COUNT] == 0:
                spare[0] -= 1
            _link(places, node, longer, n, at, x, node[at, NEXT])
            node[x, ROUTE] = r
            route[r, LOAD] += need
            route[r, COUNT] += 1
            delta += best
            done += 1
            if delta >= worst:
                break
        if delta < worst:
            total += delta
            continue
        for z in range(done - 1, -1, -1):
            x = order[z]
            r = node[x, ROUTE]
            p = node[x, PREV]
            q = node[x, NEXT]
            _close(node, longer, p, q, distance(places, min(p, n), min(q, n)))
            longer[x] = _NOWHERE
            route[r, LOAD] -= node[x, NEED]
            route[r, COUNT] -= 1
            if route[r, COUNT] == 0:
                spare[0] += 1
                spare[spare[0]] = r
            node[x, ROUTE] = -1
        for z in range(n_out - 1, -1, -1):
            x = out[z]
            p = where[z]
            r = node[p, ROUTE]
            if route[r, COUNT] == 0:
                spare[0] -= 1
            _link(places, node, longer, n, p, x, node[p, NEXT])
            node[x, ROUTE] = r
            route[r, LOAD] += node[x, NEED]
            route[r, COUNT] += 1
    return total
