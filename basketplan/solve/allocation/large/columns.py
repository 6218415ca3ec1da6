"""The loads that can pay, and a linear programme that chooses among them.

At the prices of :mod:`.bound` most ways to send goods cost more than they bring. Columns are only those loads whose
cooperative would lose little of a lorry by them (:data:`REGRET`), beside the best that it could do. The programme has a
row for every hub and product and for every offer, so at a corner of it all but about as many cooperatives as there are
hubs × products send whole loads; those are taken over as they are, the rest is left to :mod:`.search`.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from basketplan.solve.allocation.large.bound import Bound, Market
from basketplan.solve.allocation.large.loads import Loads, put
from basketplan.solve.allocation.large.pricing import best_parts
from basketplan.solve.allocation.large.problem import Floats, Ints, Supply

__all__ = ["Columns", "columns_of", "solve_columns", "take_whole"]

REGRET = 0.25
"""In middling lorries; halved until there are no more than ``MOST`` columns."""
MOST = 100_000
MISSING = 3.0
"""What a missing pack costs in the programme, in worths: loads that are not among the columns can bring it."""


class Columns(NamedTuple):
    """Loads: cooperative, hub, lorry type, packs by offer, how often at most, centimes without engagement."""

    owner: Ints
    hub: Ints
    kind: Ints
    packs: Ints
    """``(n, W)``"""
    most: Ints
    cost: Floats


def columns_of(supply: Supply, market: Market, bound: Bound) -> Columns:
    """Return the loads that can pay at the prices of ``bound``."""
    widest = int(np.diff(supply.first).max(initial=1))
    room = MOST + 1_000 * supply.freight.shape[1]
    place, packs = np.zeros((room, 4), dtype=np.int64), np.zeros((room, widest), dtype=np.int64)
    regret = REGRET
    while True:
        n = _price_in(supply, market.single, market.lorry, market.price, bound.worth, bound.gain, regret, place, packs)
        if 0 <= n <= MOST or regret < 1e-3:
            break
        regret /= 2
    n = max(n, 0)
    owner, hub, kind, most = place[:n].T.copy()
    price = market.price[np.minimum(supply.first[owner][:, None] + np.arange(widest), len(supply.product) - 1)]
    cost = (packs[:n] * price).sum(axis=1) + supply.freight[owner, hub, kind]
    return Columns(owner, hub, kind, packs[:n], most, cost)


def solve_columns(supply: Supply, columns: Columns, needed: Ints, worth: Floats) -> Floats | None:
    """Return how often each column is used at the optimum of the linear programme; none where it was not reached.

    Rows: (1) packs that come to a hub, or are missing, are at least those ``needed`` (``(H, P)``); (2) packs of an
    offer that leave are at most what there is, and none where its cooperative is not engaged.
    """
    n, n_coops, n_offers = len(columns.owner), len(supply.engagement), len(supply.product)
    at, slot = np.nonzero(columns.packs)
    amount = columns.packs[at, slot].astype(np.float64)
    offer = supply.first[columns.owner[at]] + slot
    cell = columns.hub[at] * worth.shape[1] + supply.product[offer]
    scale = np.maximum(needed.ravel(), 1).astype(np.float64)
    cells = np.flatnonzero(needed.ravel() > 0)
    most = np.maximum(supply.available[:, -1], 1).astype(np.float64)
    wanted = np.isin(cell, cells)
    arrivals = sparse.coo_matrix((-amount[wanted] / scale[cell[wanted]], (cell[wanted], at[wanted])), (len(scale), n))
    leaving = sparse.coo_matrix((amount / most[offer], (offer, at)), (n_offers, n))
    engaged = sparse.coo_matrix((-np.ones(n_offers), (np.arange(n_offers), supply.owner)), (n_offers, n_coops))
    gaps = -sparse.identity(len(scale), format="csr")[:, cells]
    matrix = sparse.bmat([[arrivals.tocsr()[cells], None, gaps[cells]], [leaving, engaged, None]], format="csc")
    limits = np.concatenate((-np.ones(len(cells)), np.zeros(n_offers)))
    missing = MISSING * worth.ravel()[cells] * scale[cells]
    cost = np.concatenate((columns.cost, supply.engagement.astype(np.float64), missing)) / 100.0
    most_often = np.concatenate((columns.most.astype(np.float64), np.ones(n_coops), np.full(len(cells), np.inf)))
    found = linprog(
        cost, A_ub=matrix, b_ub=limits, bounds=np.stack((np.zeros_like(most_often), most_often), axis=1),
        method="highs-ds",
    )  # fmt: skip
    return None if found.x is None else np.asarray(found.x[:n], dtype=np.float64)


def take_whole(supply: Supply, columns: Columns, often: Floats, loads: Loads) -> None:
    """Add every column as many whole times as the programme uses it, as early as its packs are there."""
    whole = np.floor(often + 1e-6).astype(np.int64)
    some = np.flatnonzero(whole > 0)
    _take(supply, loads, columns.owner, columns.hub, columns.kind, columns.packs, whole, some)


@nb.njit(cache=True)
def _take(s, a, owner, hub, kind, packs, whole, some):
    width = packs.shape[1]
    used = np.zeros(width, dtype=np.int64)
    full = np.zeros(width, dtype=np.int64)
    for k in some:
        c, h = owner[k], hub[k]
        n = s.first[c + 1] - s.first[c]
        for _ in range(whole[k]):
            for t in range(a.room.shape[1]):
                arrival = s.arrive[h, s.lag[c, h, kind[k]], t]
                fits = arrival >= 0
                goods = 0
                for i in range(n):
                    o = s.first[c] + i
                    full[i] = packs[k, i]
                    if full[i] > a.room[o, t] or (full[i] > 0 and a.bought[o] == 0 and full[i] < s.minimum[o]):
                        fits = False
                    used[i] = 0
                    if arrival >= 0:
                        use = max(0, a.use[h, s.product[o], arrival])
                        # lots beyond use are left away
                        lots = min(full[i] // s.lot[o], (use + s.lot[o] - 1) // s.lot[o])
                        if lots * s.lot[o] < s.minimum[o] and a.bought[o] == 0:
                            lots = 0
                        full[i] = lots * s.lot[o]
                        used[i] = min(full[i], use)
                        goods += full[i] * s.row_price[o, 0]
                if fits and used.sum() > 0 and (a.head[c] >= 0 or goods >= s.revenue[c]):
                    if used.sum() * 2 >= packs[k].sum():
                        put(s, a, c, h, kind[k], t, full, used)
                    break


@nb.njit(cache=True)
def _price_in(s, single, lorry, price, worth, gain, regret, place, packs):
    """Write what can pay into ``place`` (owner, hub, type, times) and ``packs``; return how many, -1: too many."""
    n_coops, n_hubs, n_kinds = s.freight.shape
    n = 0
    for c in range(n_coops):
        mean = lorry[c].mean()
        if n + 64 * n_hubs > len(place):
            return -1
        if gain[c] < -regret * (mean + s.engagement[c]):
            continue
        low, offers = s.first[c], s.first[c + 1] - s.first[c]
        if single[c]:
            n = _single(s, c, low, offers, lorry[c], price, worth, regret * mean, place, packs, n)
            continue
        for i in range(-1, offers):  # everything at once, then each offer alone
            for kind in range(n_kinds):
                n = _bulk(s, c, i, kind, price, worth, regret, place, packs, n)
    return n


@nb.njit(cache=True)
def _single(s, c, low, offers, lorry, price, worth, slack, place, packs, n):
    """Add the loads of a cooperative that fits into one lorry: groups of offers, at hubs that are good enough."""
    most = s.available[:, -1]
    best = best_parts(low, offers, s.product, most, lorry, price, worth)
    sets = 1 << offers
    kind = 0
    for k in range(1, s.freight.shape[2]):
        if s.freight[c, 0, k] < s.freight[c, 0, kind]:
            kind = k
    for some in range(1, sets):
        for h in range(len(lorry)):
            total, whole = -lorry[h], True
            for i in range(offers):
                if some >> i & 1:
                    value = most[low + i] * (worth[h, s.product[low + i]] - price[low + i])
                    whole = whole and value > -slack and most[low + i] > 0
                    total += value
            if whole and total + best[(sets - 1) ^ some] >= best[sets - 1] - slack:
                place[n, 0], place[n, 1], place[n, 2], place[n, 3] = c, h, kind, 1
                packs[n] = 0  # an earlier round may have written here
                for i in range(offers):
                    packs[n, i] = most[low + i] if some >> i & 1 else 0
                n += 1
    return n


@nb.njit(cache=True)
def _bulk(s, c, chosen, kind, price, worth, regret, place, packs, n):
    """Add full lorries of one offer (``chosen``; -1: of all offers in one lorry) and one for what is left over."""
    low, offers = s.first[c], s.first[c + 1] - s.first[c]
    if chosen < 0 and offers == 1:
        return n
    number = np.zeros(offers, dtype=np.int64)
    times = np.int64(1)
    rest = np.int64(0)
    if chosen < 0:
        grams, bulk = np.int64(0), np.int64(0)
        for i in range(offers):
            number[i] = s.available[low + i, -1]
            grams += number[i] * s.weight[s.product[low + i]]
            bulk += number[i] * s.volume[s.product[low + i]]
        if grams > s.lorry_g[kind] or bulk > s.lorry_ml[kind]:
            return n
    else:
        o = low + chosen
        lot = s.lot[o]
        heavy, bulky = max(lot * s.weight[s.product[o]], 1), max(lot * s.volume[s.product[o]], 1)
        full = min(s.lorry_g[kind] // heavy, s.lorry_ml[kind] // bulky) * lot
        if full == 0 or s.available[o, -1] == 0:
            return n
        times = s.available[o, -1] // full
        rest = s.available[o, -1] - times * full
        number[chosen] = full
    for part in range(2):
        if part == 1:
            if chosen < 0 or rest == 0:
                break
            number[chosen] = rest
            times = 1
        if times == 0:
            continue
        top = -np.inf
        value = np.zeros(s.freight.shape[1])
        for h in range(len(value)):
            value[h] = -s.freight[c, h, kind]
            for i in range(offers):
                value[h] += number[i] * (worth[h, s.product[low + i]] - price[low + i])
            top = max(top, value[h])
        slack = regret * s.freight[c, :, kind].mean()
        if top < -2 * slack:
            continue
        for h in range(len(value)):
            if value[h] >= top - slack:
                place[n, 0], place[n, 1], place[n, 2], place[n, 3] = c, h, kind, times
                packs[n, :offers] = number
                packs[n, offers:] = 0
                n += 1
    return n
