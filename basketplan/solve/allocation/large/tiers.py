"""How little the lorries of a cooperative can cost, as a convex function of what it sends: the lorry rounding cuts.

Take one cooperative that can send at most ``m`` grams in all. Let ``c[h]`` be the price of its reference lorry to hub
``h`` and ``s[l]`` the least factor, over hubs, by which type ``l`` costs more or less, so that a lorry of type ``l`` to
``h`` costs at least ``c[h] s[l]``. Let ``S(w)`` be the least sum of ``s`` of lorries that together carry ``w``, and
``E`` the convex envelope of ``S`` on ``[0, m]``: tiers ``k`` of width ``d[k]`` with rising slopes ``a[k]``.

**Claim.** In every plan the load of each lorry ``i`` can be split into parts ``x[i, k]`` of tiers so that
``s[i] >= sum_k a[k] x[i, k]`` for each lorry and ``sum_i x[i, k] <= d[k]`` for each tier.

*Proof.* For each set ``A`` of lorries, ``s(A) >= S(load(A)) >= E(load(A))``, since ``load(A) <= m``. As ``E`` is convex
with ``E(0) = 0``, the set function ``f(A) = E(load(A))`` is supermodular, so ``s`` lies in its contra-polymatroid: it
is at least some vector of the base of ``f`` (Edmonds 1970), and that is a mean of the vectors obtained by filling the
tiers one lorry after another in some order (Shapley 1971, the core of a convex game). Each order is a split into tiers
as claimed, and so is a mean of them, because costs are linear in the parts. ∎

Hence the lorries of a cooperative cost at least ``sum c[h] a[k] x[h, k]`` for some split with
``sum_h x[h, k] <= d[k]``: a cooperative whose whole supply fills a third of a lorry pays three times the price of a
full lorry for each gram, wherever and whenever it sends. Volume takes the place of weight where it asks for more
lorries.
"""

from __future__ import annotations

from typing import NamedTuple

import numba as nb
import numpy as np

from basketplan.solve.allocation.large.problem import Floats, Ints, Supply

TIERS = 3
_MIXES = 4_000
"""Combinations of lorries that are looked at; a cooperative with more has one tier, that of full lorries."""


class Tiers(NamedTuple):
    """Tiers by cooperative."""

    unit: Floats
    """``(O,)`` load of one pack: grams or millilitres."""
    width: Floats
    """``(C, TIERS)`` load."""
    slope: Floats
    """``(C, TIERS)`` reference lorries per load."""
    reference: Ints
    """``(C,)`` lorry type."""


def tiers_of(supply: Supply) -> Tiers:
    """Return the tiers of every cooperative."""
    unit, width, slope, reference = _tiers(
        supply.first, supply.product, supply.available[:, -1].copy(), supply.weight, supply.volume,
        supply.lorry_g.astype(np.float64), supply.lorry_ml.astype(np.float64), supply.freight,
    )  # fmt: skip
    return Tiers(unit, width, slope, reference)


@nb.njit(cache=True)
def _tiers(first, product, most, weight, volume, lorry_g, lorry_ml, freight):
    n_coops, n_hubs, n_types = freight.shape
    unit = np.ones(len(product))
    width, slope = np.zeros((n_coops, TIERS)), np.zeros((n_coops, TIERS))
    reference = np.zeros(n_coops, dtype=np.int64)
    for c in range(n_coops):
        grams = 0.0
        millilitres = 0.0
        for o in range(first[c], first[c + 1]):
            grams += most[o] * float(weight[product[o]])
            millilitres += most[o] * float(volume[product[o]])
        by_volume = millilitres / lorry_ml.max() > grams / lorry_g.max()
        room = lorry_ml if by_volume else lorry_g
        load = millilitres if by_volume else grams
        for o in range(first[c], first[c + 1]):
            unit[o] = volume[product[o]] if by_volume else weight[product[o]]
        if load <= 0:
            continue
        best, best_rate = 0, np.inf
        for kind in range(n_types):
            rate = freight[c, :, kind].mean() / room[kind]
            if rate < best_rate:
                best, best_rate = kind, rate
        reference[c] = best
        factor = np.full(n_types, np.inf)
        for kind in range(n_types):
            for h in range(n_hubs):
                if freight[c, h, best] > 0:
                    factor[kind] = min(factor[kind], freight[c, h, kind] / freight[c, h, best])
            if factor[kind] == np.inf:
                factor[kind] = 0.0
        _envelope(room, factor, load, width[c], slope[c])
    return unit, width, slope, reference


@nb.njit(cache=True)
def _envelope(room, factor, load, width, slope):
    """Fill ``width`` and ``slope`` with the convex envelope of the least cost of carrying up to ``load``."""
    n_types = len(room)
    count = np.zeros(n_types, dtype=np.int64)
    most = np.empty(n_types, dtype=np.int64)
    mixes = 1.0
    for kind in range(n_types):
        most[kind] = np.int64(np.ceil(load / room[kind]))
        mixes *= most[kind] + 1.0
    if mixes > _MIXES:
        width[0] = load
        slope[0] = (factor / room).min()
        return
    xs, ys = np.zeros(np.int64(mixes)), np.zeros(np.int64(mixes))
    for number in range(1, len(xs)):
        kind = 0
        while count[kind] == most[kind]:
            count[kind] = 0
            kind += 1
        count[kind] += 1
        xs[number] = min(load, (count * room).sum())
        ys[number] = (count * factor).sum()
    at, paid, tier = 0.0, 0.0, 0
    while at < load:  # gift wrapping: the flattest next segment, the longest of equals
        best, best_slope = -1, np.inf
        for number in range(len(xs)):
            if xs[number] > at:
                rate = (ys[number] - paid) / (xs[number] - at)
                if rate < best_slope - 1e-15 or (rate <= best_slope and (best < 0 or xs[number] > xs[best])):
                    best, best_slope = number, rate
        if tier < TIERS:
            width[tier] = xs[best] - at
            slope[tier] = max(best_slope, 0.0)
            tier += 1
        else:  # a flatter last tier than the true one keeps the envelope below
            width[TIERS - 1] += xs[best] - at
        at, paid = xs[best], ys[best]
