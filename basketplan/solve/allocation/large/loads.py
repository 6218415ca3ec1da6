"""Compiled: a plan as lorry loads, the best next load of a cooperative, and taking loads out again.

A load is one lorry of one cooperative to one hub in one period. ``slack[h, p, s]`` counts the packs that may still
come in period ``s`` or later, so that a load that arrives in ``t`` is of use up to ``min(slack[h, p, :t + 1])``: goods
can be early, never late. When ``slack[h, p, 0]`` is 0 everywhere, what comes matches what is needed period by period.
Packs beyond their use (whole lots, least revenues) are paid and do not count.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from basketplan.solve.allocation.large.problem import Floats, Ints, Problem

__all__ = ["Loads", "empty_loads", "insert_best", "put", "remove", "spent", "try_all"]


class Loads(NamedTuple):
    """Tables that the compiled code changes in place; ``N`` places for loads, ``W`` most offers of a cooperative."""

    room: Ints
    """``(O, T)`` packs that can still leave in a period."""
    shipped: Ints
    """``(O, T)`` packs that leave in a period."""
    bought: Ints
    """``(O,)``"""
    slack: Ints
    """``(H, P, T)``"""
    use: Ints
    """``(H, P, T)`` least of ``slack`` up to a period."""
    worth: Floats
    """``(H, P)`` what packs count when loads are compared."""
    owner: Ints
    """``(N,)`` cooperative; -1: place is free."""
    hub: Ints
    kind: Ints
    time: Ints
    packs: Ints
    """``(N, W)`` packs of each offer of the owner."""
    used: Ints
    """``(N, W)`` of them, those that count."""
    next: Ints
    """``(N,)`` next load of the same cooperative, or next free place."""
    head: Ints
    """``(C + 1,)`` first load of a cooperative; the last entry: first free place."""
    place: Ints
    """``(N,)`` where a load is in its hub's row of ``here``."""
    here: Ints
    """``(H, n)`` loads of a hub."""
    count: Ints
    """``(H + 1,)`` loads of a hub, and of all."""
    cost: Ints
    """``(2,)`` centimes of goods, engagement and lorries; packs that are missing."""
    times: Ints
    """``(C, 4)`` periods in which a cooperative may send, -1: none."""


def empty_loads(problem: Problem, needed: Ints, worth: Floats) -> Loads:
    """Return tables without loads.

    Parameters
    ----------
    needed
        ``(H, P, T)`` packs used in a period.
    worth
        ``(H, P)`` what packs are worth.
    """
    supply = problem.supply
    n_coops, n_hubs, _ = supply.freight.shape
    widest = int(np.diff(supply.first).max(initial=1))
    load = np.bincount(
        np.repeat(np.arange(n_coops), np.diff(supply.first)),
        weights=supply.available[:, -1] * np.maximum(
            supply.weight[supply.product] / supply.lorry_g.min(), supply.volume[supply.product] / supply.lorry_ml.min()
        ),
        minlength=n_coops,
    )  # fmt: skip
    n = int(np.minimum(np.ceil(load) + 2, 4_000).sum()) + 64
    n = min(n, 6 * n_coops + 200_000)
    slack = np.ascontiguousarray(np.cumsum(needed[:, :, ::-1], axis=2)[:, :, ::-1])
    following = np.arange(1, n + 1)
    following[-1] = -1
    head = np.full(n_coops + 1, -1, dtype=np.int64)
    head[-1] = 0
    return Loads(
        room=supply.available.copy(),
        shipped=np.zeros_like(supply.available),
        bought=np.zeros(len(supply.product), dtype=np.int64),
        slack=slack,
        use=np.ascontiguousarray(np.minimum.accumulate(slack, axis=2)),
        worth=np.maximum(worth, 1.0),
        owner=np.full(n, -1, dtype=np.int64),
        hub=np.zeros(n, dtype=np.int64),
        kind=np.zeros(n, dtype=np.int64),
        time=np.zeros(n, dtype=np.int64),
        packs=np.zeros((n, widest), dtype=np.int64),
        used=np.zeros((n, widest), dtype=np.int64),
        next=following,
        head=head,
        place=np.zeros(n, dtype=np.int64),
        here=np.zeros((n_hubs, n), dtype=np.int32),
        count=np.zeros(n_hubs + 1, dtype=np.int64),
        cost=np.array([0, needed.sum()], dtype=np.int64),
        times=_times(supply.first, supply.available),
    )


@nb.njit(cache=True)
def _times(first, available):
    """Return up to four periods by cooperative in which more can leave than in the one before, the last included."""
    n_coops, periods = len(first) - 1, available.shape[1]
    result = np.full((n_coops, 4), -1, dtype=np.int64)
    for c in range(n_coops):
        found = np.zeros(periods, dtype=np.int64)
        n = 0
        for t in range(periods):
            for o in range(first[c], first[c + 1]):
                if available[o, t] > (available[o, t - 1] if t else 0):
                    found[n] = t
                    n += 1
                    break
        for k in range(min(n, 4)):
            result[c, k] = found[n - 1 - (k * (n - 1)) // 3] if n > 4 else found[n - 1 - k]
    return result


@nb.njit(cache=True)
def spent(row_from, row_price, o, packs):
    """Return what ``packs`` of an offer cost: all at the price of the highest row reached."""
    price = row_price[o, 0]
    for row in range(1, row_from.shape[1]):
        if packs >= row_from[o, row]:
            price = row_price[o, row]
    return price * packs


@nb.njit(cache=True)
def _fill(s, a, c, h, kind, t, packs, used):
    """Fill one lorry as well as worth says; return its cost and what it is worth (0: it carries nothing)."""
    arrival = s.arrive[h, s.lag[c, h, kind], t]
    low, n = s.first[c], s.first[c + 1] - s.first[c]
    packs[:n] = 0
    used[:n] = 0
    if arrival < 0:
        return 0, 0.0
    left_g, left_ml = s.lorry_g[kind], s.lorry_ml[kind]
    cost = s.freight[c, h, kind]
    if a.head[c] < 0:
        cost += s.engagement[c]
    total, goods = 0.0, 0
    for _ in range(n):
        best, best_rate, best_packs = -1, 0.0, 0
        for i in range(n):
            o = low + i
            p = s.product[o]
            use = a.use[h, p, arrival]
            if packs[i] > 0 or use <= 0 or a.room[o, t] <= 0:
                continue
            lot = s.lot[o]
            lots = min(a.room[o, t] // lot, (use + lot - 1) // lot)
            if a.bought[o] == 0:
                lots = max(lots, (s.minimum[o] + lot - 1) // lot)
            heavy = max(s.weight[p] * lot, 1)
            bulky = max(s.volume[p] * lot, 1)
            lots = min(lots, left_g // heavy, left_ml // bulky)
            number = lots * lot
            if number <= 0 or number > a.room[o, t] or (a.bought[o] == 0 and number < s.minimum[o]):
                continue
            price = spent(s.row_from, s.row_price, o, a.bought[o] + number)
            price -= spent(s.row_from, s.row_price, o, a.bought[o])
            value = a.worth[h, p] * min(number, use)
            if total > 0 and price * total > value * cost:
                continue  # it would make the load dearer for what it is worth
            size = max(lots * heavy / s.lorry_g[kind], lots * bulky / s.lorry_ml[kind])
            rate = (value * 1.5 - price) / size
            if best < 0 or rate > best_rate:
                best, best_rate, best_packs = i, rate, number
        if best < 0:
            break
        o = low + best
        p = s.product[o]
        packs[best] = best_packs
        used[best] = min(best_packs, a.use[h, p, arrival])
        left_g -= best_packs * s.weight[p]
        left_ml -= best_packs * s.volume[p]
        price = spent(s.row_from, s.row_price, o, a.bought[o] + best_packs)
        price -= spent(s.row_from, s.row_price, o, a.bought[o])
        cost += price
        goods += price
        total += a.worth[h, p] * used[best]
    if a.head[c] < 0 and total > 0 and goods < s.revenue[c]:
        more = _worth_engaging(s, a, c, t, s.revenue[c] - goods, left_g, left_ml, packs)
        if more < 0:
            return 0, 0.0
        cost += more
    return cost, total


@nb.njit(cache=True)
def _worth_engaging(s, a, c, t, wanted, left_g, left_ml, packs):
    """Buy more than is of use until the load earns ``wanted`` more; return what that costs, -1: it cannot."""
    low, more = s.first[c], 0
    for i in range(s.first[c + 1] - low):
        o = low + i
        p = s.product[o]
        lot, price = s.lot[o], spent(s.row_from, s.row_price, o, packs[i] + s.lot[o]) // (packs[i] + s.lot[o])
        if packs[i] == 0 or price <= 0:
            continue
        lots = -(-(wanted - more) // (price * lot))
        lots = min(lots, (a.room[o, t] - packs[i]) // lot)
        lots = min(lots, left_g // max(s.weight[p] * lot, 1), left_ml // max(s.volume[p] * lot, 1))
        if lots > 0:
            before = spent(s.row_from, s.row_price, o, packs[i])
            packs[i] += lots * lot
            more += spent(s.row_from, s.row_price, o, packs[i]) - before
            left_g -= lots * lot * s.weight[p]
            left_ml -= lots * lot * s.volume[p]
        if more >= wanted:
            return more
    return -1


@nb.njit(cache=True)
def try_all(s, a, c, hubs, n_hubs, packs, used):
    """Return the best cost for worth over hubs, lorry types and periods, and where: ratio, hub, type, period."""
    best, at_h, at_kind, at_t = np.inf, -1, 0, 0
    n_kinds = s.freight.shape[2]
    for number in range(n_hubs):
        h = hubs[number]
        wanted = False
        for o in range(s.first[c], s.first[c + 1]):
            if a.use[h, s.product[o], 0] > 0 and a.room[o, -1] > 0:
                wanted = True
        if not wanted:
            continue
        for kind in range(n_kinds):
            for k in range(4):
                t = a.times[c, k]
                if t < 0:
                    break
                cost, worth = _fill(s, a, c, h, kind, t, packs, used)
                if worth > 0 and cost < best * worth:
                    best, at_h, at_kind, at_t = cost / worth, h, kind, t
    return best, at_h, at_kind, at_t


@nb.njit(cache=True)
def insert_best(s, a, c, h, kind, t, packs, used):
    """Fill a lorry and add it; return its place, -1 where it would carry nothing."""
    worth = _fill(s, a, c, h, kind, t, packs, used)[1]
    if worth <= 0:
        return -1
    return put(s, a, c, h, kind, t, packs, used)


@nb.njit(cache=True)
def put(s, a, c, h, kind, t, packs, used):
    """Add a load that is known to be possible; return its place."""
    j = a.head[-1]
    a.head[-1] = a.next[j]
    a.owner[j], a.hub[j], a.kind[j], a.time[j] = c, h, kind, t
    n = s.first[c + 1] - s.first[c]
    if a.head[c] < 0:
        a.cost[0] += s.engagement[c]
    a.cost[0] += s.freight[c, h, kind]
    a.next[j] = a.head[c]
    a.head[c] = j
    a.place[j] = a.count[h]
    a.here[h, a.count[h]] = j
    a.count[h] += 1
    a.count[-1] += 1
    a.packs[j] = 0
    a.packs[j, :n] = packs[:n]
    a.used[j, :n] = used[:n]
    _change(s, a, j, 1)
    return j


@nb.njit(cache=True)
def remove(s, a, j):
    """Take a load out."""
    c, h = a.owner[j], a.hub[j]
    _change(s, a, j, -1)
    if a.head[c] == j:
        a.head[c] = a.next[j]
    else:
        before = a.head[c]
        while a.next[before] != j:
            before = a.next[before]
        a.next[before] = a.next[j]
    if a.head[c] < 0:
        a.cost[0] -= s.engagement[c]
    a.cost[0] -= s.freight[c, h, a.kind[j]]
    a.count[h] -= 1
    a.count[-1] -= 1
    last = a.here[h, a.count[h]]
    a.here[h, a.place[j]] = last
    a.place[last] = a.place[j]
    a.owner[j] = -1
    a.next[j] = a.head[-1]
    a.head[-1] = j


@nb.njit(cache=True)
def _change(s, a, j, sign):
    """Book the packs of a load (1) or take them back (-1)."""
    c, h, t = a.owner[j], a.hub[j], a.time[j]
    arrival = s.arrive[h, s.lag[c, h, a.kind[j]], t]
    periods = a.room.shape[1]
    for i in range(s.first[c + 1] - s.first[c]):
        number = a.packs[j, i]
        if number == 0:
            continue
        o = s.first[c] + i
        p = s.product[o]
        a.cost[0] -= spent(s.row_from, s.row_price, o, a.bought[o])
        a.bought[o] += sign * number
        a.cost[0] += spent(s.row_from, s.row_price, o, a.bought[o])
        a.shipped[o, t] += sign * number
        gone = 0
        for d in range(periods):
            gone += a.shipped[o, d]
            a.room[o, d] = s.available[o, d] - gone
        for d in range(periods - 2, -1, -1):
            a.room[o, d] = min(a.room[o, d], a.room[o, d + 1])
        a.cost[1] -= sign * a.used[j, i]
        least = np.int64(1) << 60
        for d in range(periods):
            if d <= arrival:
                a.slack[h, p, d] -= sign * a.used[j, i]
            least = min(least, a.slack[h, p, d])
            a.use[h, p, d] = least
