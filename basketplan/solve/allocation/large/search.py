"""A good plan of lorry loads: built greedily, improved by taking a part out and putting it back better.

:func:`build` always adds the load that costs least for what it is worth at the prices of :mod:`.bound`; since loads
only become less useful as needs are met, ratios are looked at again only when they come up (Minoux 1978).
:func:`improve` takes out some cooperatives that bring the same goods to one hub, or to two that lie near each other,
and fills the gap with the best loads of all that could; worse plans are taken with a chance that falls to none (ruin
and recreate, Schrimpf et al. 2000). A move that leaves more missing than before is never kept, one that leaves less
always.
"""

from __future__ import annotations

import heapq
import itertools

import numba as nb
import numpy as np

from basketplan.solve.allocation.large.loads import insert_best, put, remove, try_all
from basketplan.solve.allocation.large.problem import Floats, Ints, Supply

__all__ = ["build", "improve", "near_hubs", "ranks"]

LOOK = 24
"""Cooperatives that are tried for one gap."""
SCAN = 400
MOST_OUT = 64
MOST_TRIED = 400


def ranks(supply: Supply, cost: Floats) -> tuple[Ints, Ints]:
    """Return, by product, its offers; and by hub and product their order by ``cost`` (``(O, H)`` a pack).

    The first holds where products begin in rows of the second, ``(H, O)``.
    """
    by_product = np.argsort(supply.product, kind="stable")
    begin = np.searchsorted(supply.product[by_product], np.arange(len(supply.weight) + 1))
    order = np.empty((cost.shape[1], len(by_product)), dtype=np.int32)
    for low, high in itertools.pairwise(begin):
        mine = by_product[low:high]
        order[:, low:high] = mine[np.argsort(cost[mine], axis=0, kind="stable")].T
    return begin.astype(np.int64), order  # type: ignore[return-value]  # numpy keeps the type


def near_hubs(supply: Supply, most: int = 8) -> Ints:
    """Return the ``(H, k)`` hubs to which freight is most alike."""
    lorry = supply.freight[:: max(1, len(supply.freight) // 500), :, 0].astype(np.float64)
    apart = np.abs(lorry[:, :, None] - lorry[:, None, :]).mean(axis=0)
    return np.argsort(apart, axis=1, kind="stable")[:, 1 : most + 1].astype(np.int64)


@nb.njit(cache=True)
def build(s, a, coops):
    """Add loads of ``coops`` until nothing is missing or nothing helps."""
    n_hubs = s.freight.shape[1]
    every = np.arange(n_hubs)
    packs, used = np.zeros(a.packs.shape[1], dtype=np.int64), np.zeros(a.packs.shape[1], dtype=np.int64)
    heap = [(np.inf, np.int64(-1))]
    for c in coops:
        ratio, h, kind, t = try_all(s, a, c, every, n_hubs, packs, used)
        if h >= 0:
            heap.append((ratio, np.int64(c)))
    heapq.heapify(heap)
    while len(heap) > 1:
        _, c = heapq.heappop(heap)
        ratio, h, kind, t = try_all(s, a, c, every, n_hubs, packs, used)
        if h < 0:
            continue
        if ratio > heap[0][0] * (1 + 1e-12):
            heapq.heappush(heap, (ratio, c))
            continue
        insert_best(s, a, c, h, kind, t, packs, used)
        heapq.heappush(heap, (ratio, c))


@nb.njit(cache=True)
def improve(s, a, begin, order, near, moves, hot, cold, seed):
    """Make ``moves`` moves; return how many were kept."""
    np.random.seed(seed)
    n_coops, n_hubs, _ = s.freight.shape
    width = a.packs.shape[1]
    packs, used = np.zeros(width, dtype=np.int64), np.zeros(width, dtype=np.int64)
    out = np.zeros((4 * MOST_OUT, 4), dtype=np.int64)
    out_packs = np.zeros((4 * MOST_OUT, width), dtype=np.int64)
    out_used = np.zeros((4 * MOST_OUT, width), dtype=np.int64)
    fresh = np.zeros(16 * MOST_OUT, dtype=np.int64)
    tried, mark = np.zeros(MOST_TRIED, dtype=np.int64), np.full(n_coops, -1, dtype=np.int64)
    ratio = np.zeros(MOST_TRIED)
    where = np.zeros((MOST_TRIED, 3), dtype=np.int64)
    hubs, hub_mark = np.zeros(n_hubs, dtype=np.int64), np.full(n_hubs, -1, dtype=np.int64)
    kept = 0
    for move in range(moves):
        if a.count[-1] == 0:
            break
        before, missing = a.cost[0], a.cost[1]
        n_out = _ruin(s, a, near, out, out_packs, out_used)
        n_hubs_open = 0
        for k in range(n_out):
            h = out[k, 1]
            if hub_mark[h] != move:
                hub_mark[h] = move
                hubs[n_hubs_open] = h
                n_hubs_open += 1
        n_tried = _candidates(s, a, begin, order, hubs, n_hubs_open, out, n_out, tried, mark, move)
        for k in range(n_tried):
            ratio[k], where[k, 0], where[k, 1], where[k, 2] = try_all(s, a, tried[k], hubs, n_hubs_open, packs, used)
            ratio[k] *= 1.0 + 0.06 * np.random.random()
        n_fresh = _recreate(s, a, hubs, n_hubs_open, tried, ratio, where, n_tried, fresh, packs, used)
        chance = hot * (1 - move / moves) + cold * move / moves
        limit = before - chance * np.log(max(np.random.random(), 1e-12))
        if a.cost[1] < missing or (a.cost[1] == missing and a.cost[0] <= limit):
            kept += 1
            continue
        for k in range(n_fresh - 1, -1, -1):
            remove(s, a, fresh[k])
        for k in range(n_out):
            put(s, a, out[k, 0], out[k, 1], out[k, 2], out[k, 3], out_packs[k], out_used[k])
    return kept


@nb.njit(cache=True)
def _ruin(s, a, near, out, out_packs, out_used):
    """Take out some cooperatives that bring the same goods to one or two hubs; return how many loads went."""
    n_here = 0
    h, p = _where(s, a)
    n_out = 0
    for side in range(2):
        if side == 1:
            if near.shape[1] == 0 or np.random.random() < 0.5:
                break
            h = near[h, np.random.randint(0, near.shape[1])]
        wanted = np.random.randint(1, 6)
        for _ in range(30):
            if n_here >= wanted or a.count[h] == 0 or n_out > MOST_OUT:
                break
            j = a.here[h, np.random.randint(0, a.count[h])]
            c = a.owner[j]
            same = False
            for i in range(s.first[c + 1] - s.first[c]):
                if s.product[s.first[c] + i] == p and a.packs[j, i] > 0:
                    same = True
            if same or np.random.random() < 0.05:
                n_out = _take_out(s, a, c, out, out_packs, out_used, n_out)
                n_here += 1
        n_here = 0
    return n_out


@nb.njit(cache=True)
def _where(s, a):
    """Draw a hub and a product: where something is missing, or of any load."""
    n_hubs, n_products = a.use.shape[:2]
    if a.cost[1] > 0 and np.random.random() < 0.5:
        start = np.random.randint(0, n_hubs * n_products)
        for k in range(n_hubs * n_products):
            h, p = divmod((start + k) % (n_hubs * n_products), n_products)
            if a.use[h, p, 0] > 0 and a.count[h] > 0:
                return h, p
    pick = np.random.randint(0, a.count[-1])
    h = 0
    while pick >= a.count[h]:
        pick -= a.count[h]
        h += 1
    j = a.here[h, pick]
    first = s.first[a.owner[j]]
    n = s.first[a.owner[j] + 1] - first
    chosen = np.random.randint(0, n)
    for i in range(n):  # a product that the load carries
        if a.packs[j, (chosen + i) % n] > 0:
            chosen = (chosen + i) % n
            break
    return h, s.product[first + chosen]


@nb.njit(cache=True)
def _take_out(s, a, c, out, out_packs, out_used, n_out):
    """Take out all loads of a cooperative and note them."""
    n = 0
    j = a.head[c]
    while j >= 0:
        n += 1
        j = a.next[j]
    if n > MOST_OUT:
        return n_out
    while a.head[c] >= 0:
        j = a.head[c]
        out[n_out, 0], out[n_out, 1], out[n_out, 2], out[n_out, 3] = c, a.hub[j], a.kind[j], a.time[j]
        out_packs[n_out] = a.packs[j]
        out_used[n_out] = a.used[j]
        n_out += 1
        remove(s, a, j)
    return n_out


@nb.njit(cache=True)
def _candidates(s, a, begin, order, hubs, n_hubs, out, n_out, tried, mark, move):
    """List those who went and, for every gap, the cheapest who have something left."""
    n = 0
    for k in range(n_out):
        c = out[k, 0]
        if mark[c] != move and n < MOST_TRIED:
            mark[c] = move
            tried[n] = c
            n += 1
    owner = s.owner
    for number in range(n_hubs):
        h = hubs[number]
        for p in range(a.use.shape[1]):
            if a.use[h, p, 0] <= 0:
                continue
            found = 0
            for place in range(begin[p], min(begin[p + 1], begin[p] + SCAN)):
                o = order[h, place]
                c = owner[o]
                if a.room[o, -1] > 0 and mark[c] != move and n < MOST_TRIED:
                    mark[c] = move
                    tried[n] = c
                    n += 1
                    found += 1
                    if found >= LOOK:
                        break
    return n


@nb.njit(cache=True)
def _recreate(s, a, hubs, n_hubs, tried, ratio, where, n_tried, fresh, packs, used):
    """Add best loads until no gap is left or nobody can fill it; return how many were added."""
    n_fresh = 0
    while n_fresh < len(fresh):
        best = -1
        for k in range(n_tried):
            if where[k, 0] >= 0 and (best < 0 or ratio[k] < ratio[best]):
                best = k
        if best < 0:
            break
        c = tried[best]
        now, h, kind, t = try_all(s, a, c, hubs, n_hubs, packs, used)
        if h < 0:
            where[best, 0] = -1
            continue
        old = ratio[best]
        ratio[best], where[best, 0] = now, h
        if now > old * 1.0000001:
            worse = False
            for k in range(n_tried):
                if where[k, 0] >= 0 and ratio[k] < now:
                    worse = True
                    break
            if worse:
                continue
        j = insert_best(s, a, c, h, kind, t, packs, used)
        if j < 0:
            where[best, 0] = -1
            continue
        fresh[n_fresh] = j
        n_fresh += 1
    return n_fresh
