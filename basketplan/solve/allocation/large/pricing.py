"""Compiled: what every cooperative gains at given prices, exactly (for bounds) and softly (for climbing).

A cooperative whose whole supply fits into one lorry of the type that is cheapest to every hub (``single``) is priced
by parts: its offers fall into groups, each group goes to one hub and pays a whole lorry there. That is exact: with the
hubs that it sends to given, each offer does best by going, whole or not at all, to the one where it is worth most, and
every hub that is sent to takes at least one lorry of at least that price. All others are priced by the tiers of
:mod:`.tiers`.
"""

from __future__ import annotations

import numba as nb
import numpy as np

from basketplan.solve.allocation.large.tiers import TIERS

__all__ = ["best_parts", "gains", "smooth_gains"]


@nb.njit(cache=True)
def best_parts(low, n, product, most, lorry, price, worth):
    """Return, by set of the offers ``low`` to ``low + n``, the most that they gain, each group of them at one hub."""
    sets = 1 << n
    group = np.zeros(sets)
    for h in range(len(lorry)):
        for some in range(1, sets):
            total = -lorry[h]
            for i in range(n):
                if some >> i & 1:
                    o = low + i
                    total += max(0.0, most[o] * (worth[h, product[o]] - price[o]))
            group[some] = max(group[some], total)
    best = np.zeros(sets)
    for whole in range(1, sets):
        lowest = whole & -whole
        best[whole] = best[whole ^ lowest]
        some = whole
        while some > 0:
            if some & lowest:
                best[whole] = max(best[whole], group[some] + best[whole ^ some])
            some = (some - 1) & whole
    return best


@nb.njit(cache=True)
def _soft_parts(low, n, product, most, engagement, lorry, price, worth, heat, sent):
    """Return the soft gain of one cooperative and add what it sends to ``sent``."""
    n_hubs, sets = len(lorry), 1 << n
    warm = heat * max(lorry.mean(), 1.0)
    value = np.zeros((n, n_hubs))
    for i in range(n):
        o = low + i
        for h in range(n_hubs):
            value[i, h] = max(0.0, most[o] * (worth[h, product[o]] - price[o]))
    group, weight = np.zeros(sets), np.zeros((sets, n_hubs))
    for some in range(1, sets):
        for h in range(n_hubs):
            total = -lorry[h]
            for i in range(n):
                if some >> i & 1:
                    total += value[i, h]
            weight[some, h] = total
        top = weight[some].max()
        if top < -40 * warm:
            group[some] = top
            weight[some] = 0.0
            continue
        total = 0.0
        for h in range(n_hubs):
            weight[some, h] = np.exp((weight[some, h] - top) / warm)
            total += weight[some, h]
        weight[some] /= total
        group[some] = top + warm * np.log(total)
    best = np.zeros(sets)
    for whole in range(1, sets):
        lowest = whole & -whole
        top = best[whole ^ lowest]
        some = whole
        while some > 0:
            if some & lowest:
                top = max(top, group[some] + best[whole ^ some])
            some = (some - 1) & whole
        total = np.exp((best[whole ^ lowest] - top) / warm)
        some = whole
        while some > 0:
            if some & lowest:
                total += np.exp((group[some] + best[whole ^ some] - top) / warm)
            some = (some - 1) & whole
        best[whole] = top + warm * np.log(total)
    calm = heat * (lorry.mean() + engagement)
    over = (best[sets - 1] - engagement) / max(calm, 1.0)
    if over < -30:
        return 0.0
    mass = np.zeros(sets)
    mass[sets - 1] = 1.0 / (1.0 + np.exp(-over)) if over < 30 else 1.0
    for whole in range(sets - 1, 0, -1):
        if mass[whole] < 1e-9:
            continue
        lowest = whole & -whole
        mass[whole ^ lowest] += mass[whole] * np.exp((best[whole ^ lowest] - best[whole]) / warm)
        some = whole
        while some > 0:
            if some & lowest:
                part = mass[whole] * np.exp((group[some] + best[whole ^ some] - best[whole]) / warm)
                mass[whole ^ some] += part
                if part > 1e-9:
                    for i in range(n):
                        if some >> i & 1:
                            for h in range(n_hubs):
                                if value[i, h] > 0:
                                    sent[h, product[low + i]] += part * weight[some, h] * most[low + i]
            some = (some - 1) & whole
    return max(calm, 1.0) * (np.log1p(np.exp(-abs(over))) + max(over, 0.0))


@nb.njit(cache=True)
def gains(first, product, most, engagement, lorry, unit, width, slope, single, price, worth):
    """Return every cooperative's ``V - engagement``."""
    n_coops, n_hubs = lorry.shape
    gain = -engagement.astype(np.float64)
    for c in range(n_coops):
        low, n = first[c], first[c + 1] - first[c]
        if single[c]:
            gain[c] += best_parts(low, n, product, most, lorry[c], price, worth)[-1]
            continue
        n_tiers = 0
        while n_tiers < TIERS and width[c, n_tiers] > 0:
            n_tiers += 1
        if n_tiers == 0:
            continue
        value = np.full((n, n_tiers), -np.inf)
        load = np.empty(n)
        for i in range(n):
            o = low + i
            load[i] = most[o] * unit[o]
            for h in range(n_hubs):
                per = (worth[h, product[o]] - price[o]) / unit[o]
                for k in range(n_tiers):
                    value[i, k] = max(value[i, k], per - slope[c, k] * lorry[c, h])
        gain[c] += _dual(value, n, n_tiers, np.zeros(n_tiers), load, width[c])
    return gain


@nb.njit(cache=True)
def smooth_gains(first, product, most, engagement, lorry, unit, width, slope, single, price, worth, heat):
    """Return the sum of soft gains and the ``(H, P)`` packs that are sent: its gradient.

    Offers share the tiers in proportion, which differs from the best use of them only where offers part.
    """
    n_coops, n_hubs = lorry.shape
    total_gain, sent = 0.0, np.zeros(worth.shape)
    for c in range(n_coops):
        low, n = first[c], first[c + 1] - first[c]
        if single[c]:
            total_gain += _soft_parts(low, n, product, most, engagement[c], lorry[c], price, worth, heat, sent)
            continue
        whole = width[c].sum()
        if whole <= 0:
            continue
        mean = lorry[c].mean()
        parts = np.zeros((n, n_hubs))
        value, paid = 0.0, float(engagement[c])
        for k in range(TIERS):
            if width[c, k] <= 0:
                continue
            warm = heat * max(slope[c, k] * mean, 1e-12)
            paid += slope[c, k] * mean * width[c, k]
            for i in range(n):
                o = low + i
                net = np.empty(n_hubs)
                for h in range(n_hubs):
                    net[h] = (worth[h, product[o]] - price[o]) / unit[o] - slope[c, k] * lorry[c, h]
                top = max(net.max(), 0.0)
                total = np.exp(-top / warm)
                for h in range(n_hubs):
                    net[h] = np.exp((net[h] - top) / warm)
                    total += net[h]
                load = most[o] * unit[o] * width[c, k] / whole
                value += load * (top + warm * np.log(total))
                for h in range(n_hubs):
                    parts[i, h] += load / unit[o] * net[h] / total
        warm = heat * max(paid, 1.0)
        over = (value - engagement[c]) / warm
        if over < -30:
            continue
        total_gain += warm * (np.log1p(np.exp(-abs(over))) + max(over, 0.0))
        active = 1.0 / (1.0 + np.exp(-over)) if over < 30 else 1.0
        for i in range(n):
            for h in range(n_hubs):
                sent[h, product[low + i]] += active * parts[i, h]
    return total_gain, sent


@nb.njit(cache=True)
def _dual(value, n, n_tiers, rent, load, width):
    """Return the value of offers × tiers from its dual: any rents are valid, these are improved one at a time.

    The last tier has no rent: tiers together hold all that there is.
    """
    best = _dual_value(value, n, n_tiers, rent, load, width)
    for _ in range(n_tiers - 1):
        for k in range(n_tiers - 1):
            kept = rent[k]
            for i in range(n):
                other = 0.0
                for j in range(n_tiers):
                    if j != k:
                        other = max(other, value[i, j] - rent[j])
                rent[k] = max(0.0, value[i, k] - other)
                now = _dual_value(value, n, n_tiers, rent, load, width)
                if now < best:
                    best, kept = now, rent[k]
            rent[k] = kept
    return best


@nb.njit(cache=True)
def _dual_value(value, n, n_tiers, rent, load, width):
    total = 0.0
    for k in range(n_tiers):
        total += width[k] * rent[k]
    for i in range(n):
        most = 0.0
        for k in range(n_tiers):
            most = max(most, value[i, k] - rent[k])
        total += load[i] * most
    return total
