"""How many baskets are assembled where and when, and what that needs: as late as hubs can, all types side by side."""

from __future__ import annotations

import numpy as np

from basketplan.solve.allocation.large.problem import Demand, Floats, Ints

__all__ = ["fill_lines", "late_assembly", "packs_by_period", "within_supply"]

FEW = 0.04
"""Shares below are none: nobody sends a lorry for a handful of packs."""
UNSURE = (1.5, 0.5, 0.0)
"""Middling offers of a product on which alternatives do not count, as far as the limits of others allow: lots, least
orders and days do not come out even."""


def late_assembly(demand: Demand) -> Ints:
    """Return the ``(H, B, T)`` baskets assembled: the later the better for who brings goods.

    Of all ways to assemble, this one has assembled least by the end of every period, of all types in proportion, so
    that supply that is in time for any of them is in time for this. A hub that cannot assemble all leaves the rest out.
    """
    n_hubs, n_types = demand.need.shape
    periods = demand.assembly.shape[1]
    result = np.zeros((n_hubs, n_types, periods), dtype=np.int64)
    for h in range(n_hubs):
        total = int(demand.need[h].sum())
        if total == 0:
            continue
        left = total
        done = np.zeros(n_types, dtype=np.int64)
        for t in range(periods - 1, -1, -1):
            left -= min(left, int(demand.assembly[h, t]))
            kept = np.floor(demand.need[h] * (left / total) + 1e-9).astype(np.int64)
            short = left - int(kept.sum())
            kept[np.argsort(kept - demand.need[h] * (left / total), kind="stable")[:short]] += 1
            kept = np.minimum(kept, demand.need[h] - done)
            result[h, :, t] = demand.need[h] - done - kept
            done += result[h, :, t]
    return result


def fill_lines(demand: Demand, assembled: Ints, share: Floats) -> Ints:
    """Return the ``(H, A, T)`` baskets with each alternative, near ``share`` and within the limits of shares.

    ``share`` is ``(H, A)``. Running sums are rounded, so that each period's alternatives fill its baskets and the sums
    stay within one basket of the shares.
    """
    share = _within(demand, assembled, share)
    basket = demand.line_basket[demand.line]
    running = np.cumsum(assembled, axis=2)
    result = np.zeros((len(assembled), len(demand.item), assembled.shape[2]), dtype=np.int64)
    for line in range(len(demand.line_basket)):
        some = np.flatnonzero(demand.line == line)
        whole = running[:, basket[some[0]]]
        upto = np.cumsum(share[:, some], axis=1)
        upto[:, -1] = 1.0
        sums = np.floor(whole[:, None, :] * upto[:, :, None] + 1e-9).astype(np.int64)
        parts = np.diff(np.concatenate((np.zeros_like(sums[:, :1]), sums), axis=1), axis=1)
        # running sums of parts can fall by one when rounding shifts: hold them
        parts = np.diff(np.concatenate((np.zeros_like(parts[:, :, :1]), parts), axis=2), axis=2)
        result[:, some] = _no_negatives(np.asarray(parts, dtype=np.int64))
    return result


def _within(demand: Demand, assembled: Ints, share: Floats) -> Floats:
    """Return shares that keep their limits over all hubs, with a basket to spare for rounding at every hub."""
    share = np.clip(share, 0.0, 1.0)
    whole = assembled.sum(axis=2).astype(np.float64)
    for line, basket in enumerate(demand.line_basket):
        some = np.flatnonzero(demand.line == line)
        baskets = whole[:, basket]
        total = max(1.0, float(baskets.sum()))
        spare = (len(baskets) + 1) / total
        part = share[:, some] / share[:, some].sum(axis=1, keepdims=True)
        high = np.where(demand.highest[some] < 1, np.maximum(demand.highest[some] - spare, 0.0), 1.0)
        low = np.where(demand.lowest[some] > 0, np.minimum(demand.lowest[some] + spare, high), 0.0)
        mean = baskets @ part / total
        over = mean > high
        if over.any():  # what is too much goes where there is most room left
            kept = np.where(over, part * high / np.maximum(mean, 1e-12), part)
            room = np.where(over, 0.0, high - mean)
            part = kept + (1 - kept.sum(axis=1, keepdims=True)) * room / max(float(room.sum()), 1e-12)
        mean = baskets @ part / total
        under = np.maximum(low - mean, 0.0)
        if under.any():
            spare_part = np.maximum(mean - low, 0.0)
            taken = part * under.sum() * spare_part / (max(float(spare_part.sum()), 1e-12) * np.maximum(mean, 1e-12))
            part = part - taken + taken.sum(axis=1, keepdims=True) * under / under.sum()
        share[:, some] = part
    return share


def within_supply(demand: Demand, share: Floats, product: Ints, packs: Ints) -> Floats:
    """Return shares that ask for no product more than there is, where other alternatives have something left.

    ``product`` and ``packs`` are those of offers, ``(O,)``. Prices settle shares only softly, and what is short by a
    little is short.
    """
    n_products = int(max(product.max(initial=0), demand.item.max(initial=0))) + 1
    there = np.bincount(product, packs, n_products)
    offers = np.maximum(np.bincount(product, minlength=n_products), 2)
    share = _filled_up(demand, np.where(share < FEW, 0.0, share))
    for unsure in UNSURE:
        share = _scaled(demand, share, there * (1 - unsure / offers))
    return share


def _filled_up(demand: Demand, share: Floats) -> Floats:
    """Return shares that sum to 1 in every line."""
    result = share.copy()
    for line in range(len(demand.line_basket)):
        some = np.flatnonzero(demand.line == line)
        result[:, some] /= np.maximum(result[:, some].sum(axis=1, keepdims=True), 1e-12)
    return result


def _scaled(demand: Demand, share: Floats, limit: Floats) -> Floats:
    """Take from what asks for more than its ``(P,)`` limit, in favour of alternatives with room left."""
    baskets = demand.need[:, demand.line_basket[demand.line]] * demand.packs
    free = (np.bincount(demand.line) > 1)[demand.line]
    for _ in range(20):
        by_alternative = (baskets * share).sum(axis=0)
        wanted = np.bincount(demand.item, by_alternative, len(limit))
        over = np.maximum(wanted - limit, 0.0)
        if (over <= 1e-6 * np.maximum(limit, 1.0)).all():
            break
        movable = np.bincount(demand.item, by_alternative * free, len(limit))
        kept = np.where(free, 1.0 - np.minimum(1.0, over / np.maximum(movable, 1e-9))[demand.item], 1.0)
        room = np.where(free, np.maximum(limit - wanted, 0.0)[demand.item], 0.0)
        moved = share * (1.0 - kept)
        share = share * kept
        for line in range(len(demand.line_basket)):
            some = np.flatnonzero(demand.line == line)
            part = room[some] / room[some].sum() if room[some].sum() > 0 else np.full(len(some), 1 / len(some))
            share[:, some] += moved[:, some].sum(axis=1, keepdims=True) * part
    return share


def _no_negatives(parts: Ints) -> Ints:
    """Move single baskets between alternatives of a period so that none is negative; sums by period stay."""
    for h, a, t in np.argwhere(parts < 0):
        while parts[h, a, t] < 0:
            other = int(np.argmax(parts[h, :, t]))
            parts[h, other, t] -= 1
            parts[h, a, t] += 1
    return parts


def packs_by_period(demand: Demand, filled: Ints, n_products: int) -> Ints:
    """Return the ``(H, P, T)`` packs in the baskets assembled."""
    result = np.zeros((len(filled), n_products, filled.shape[2]), dtype=np.int64)
    for a, (item, packs) in enumerate(zip(demand.item, demand.packs, strict=True)):
        result[:, item] += packs * filled[:, a]
    return result
