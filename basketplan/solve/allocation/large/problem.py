"""The allocation of a whole country as plain arrays.

``C`` cooperatives, ``O`` offers (those of a cooperative lie side by side), ``H`` hubs, ``P`` products, ``T`` periods
(working days or weeks), ``L`` lorry types, ``B`` basket types. Money in centimes, weight in grams, volume in
millilitres, goods in packs.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NO_LIMIT = 1 << 50
"""Stands for a limit that is not there."""


class Supply(NamedTuple):
    """What cooperatives offer and how it travels; a named tuple, so that compiled code can read it."""

    first: Ints
    """``(C + 1,)`` offers of cooperative ``c`` are ``first[c]`` up to ``first[c + 1]``."""
    owner: Ints
    """``(O,)`` cooperative of an offer."""
    product: Ints
    """``(O,)``"""
    lot: Ints
    """``(O,)`` packs."""
    available: Ints
    """``(O, T)`` most packs that can have left by the end of a period, in whole lots; never falls."""
    minimum: Ints
    """``(O,)`` least packs that are sold at all."""
    row_from: Ints
    """``(O, R)`` packs from which a price holds; the first is 0, missing rows begin at ``NO_LIMIT``."""
    row_price: Ints
    """``(O, R)`` centimes a pack."""
    engagement: Ints
    """``(C,)`` centimes, once anything is bought."""
    revenue: Ints
    """``(C,)`` least centimes worth engaging for."""
    weight: Ints
    """``(P,)`` grams a pack."""
    volume: Ints
    """``(P,)`` millilitres a pack."""
    lorry_g: Ints
    """``(L,)``"""
    lorry_ml: Ints
    """``(L,)``"""
    freight: Ints
    """``(C, H, L)`` centimes a lorry."""
    lag: NDArray[np.int16]
    """``(C, H, L)`` row of ``arrive``."""
    arrive: Ints
    """``(H, lags, T)`` period of arrival by period of dispatch, -1: none that still leads to a delivery."""


class Demand(NamedTuple):
    """What hubs need: baskets, each with lines of alternatives, kept as one table of alternatives."""

    need: Ints
    """``(H, B)`` baskets."""
    assembly_cost: Ints
    """``(H,)`` centimes a basket."""
    assembly: Ints
    """``(H, T)`` most baskets assembled in a period."""
    line: Ints
    """``(A,)`` line of an alternative; lines are numbered through all basket types, alternatives side by side."""
    line_basket: Ints
    """``(lines,)`` basket type of a line."""
    item: Ints
    """``(A,)`` product of an alternative."""
    packs: Ints
    """``(A,)`` packs of it in one basket."""
    lowest: Floats
    """``(A,)`` least share of the baskets of its type."""
    highest: Floats
    """``(A,)`` highest share."""


class Problem(NamedTuple):
    """Supply and demand."""

    supply: Supply
    demand: Demand

    @property
    def size(self) -> tuple[int, int]:
        """Return rows and columns of the whole model as :mod:`~basketplan.solve.allocation.large` states it."""
        supply, demand = self.supply, self.demand
        coops, hubs, lorries = supply.freight.shape
        periods = supply.available.shape[1]
        offers, products = len(supply.product), len(supply.weight)
        departures = coops * hubs * periods
        made = hubs * periods * (len(demand.need[0]) + len(demand.line))
        columns = offers * hubs * periods + departures * lorries + coops + made + hubs * products * periods
        rows = offers * periods + 2 * departures + offers + hubs * products * periods
        rows += hubs * periods * (1 + len(demand.line_basket)) + demand.need.size
        return rows, columns


def useful_lorries(supply: Supply) -> Supply:
    """Drop lorry types that another type betters everywhere.

    Type ``a`` is dropped where a type ``b`` carries no less weight and volume, costs no more and takes as long on every
    way. Nothing is lost: in any plan, each lorry of type ``a`` may be exchanged for one of type ``b``, which carries
    the same load on the same day for no more money. Of types that better each other, the first stays.
    """
    types = range(len(supply.lorry_g))

    def betters(b: int, a: int) -> bool:
        return bool(
            supply.lorry_g[b] >= supply.lorry_g[a]
            and supply.lorry_ml[b] >= supply.lorry_ml[a]
            and np.all(supply.freight[:, :, b] <= supply.freight[:, :, a])
            and np.all(supply.lag[:, :, b] == supply.lag[:, :, a])
        )

    kept: list[int] = []
    for a in types:
        if not any(betters(b, a) and (b in kept or not betters(a, b)) for b in types if b != a):
            kept.append(a)
    return supply._replace(
        lorry_g=supply.lorry_g[kept],
        lorry_ml=supply.lorry_ml[kept],
        freight=np.ascontiguousarray(supply.freight[:, :, kept]),
        lag=np.ascontiguousarray(supply.lag[:, :, kept]),
    )
