"""The cheapest lorries for goods whose days are decided: each departure by itself, without a solver."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from basketplan.solve.allocation.data import Carrier
from basketplan.solve.allocation.model import Model

__all__ = ["cheapest_lorries", "fewest_centimes"]

Values = NDArray[np.float64]


def cheapest_lorries(model: Model, values: Values) -> Values:
    """Return a copy of ``values`` in which every departure has the cheapest lorries that hold its goods (4).

    Goods and days stay as they are, and so does what depends on them. Rules on money allow what costs less; a rule on
    kilometres may not allow more and smaller lorries.
    """
    data, best = model.data, values.copy()
    weight: dict[int, float] = defaultdict(float)
    volume: dict[int, float] = defaultdict(float)
    for (index, position), variable in model.lots.items():
        offer, lots = data.offers[index], round(float(values[variable.id]))
        weight[position] += lots * offer.lot * data.weight_g[offer.product]
        volume[position] += lots * offer.lot * data.volume_ml[offer.product]
    types: dict[int, list[str]] = defaultdict(list)
    for position, lorry in model.lorries:
        types[position].append(lorry)
    for position in types:
        chosen = fewest_centimes(data.slots[position].carriers, weight[position], volume[position])
        for lorry in types[position]:
            best[model.lorries[position, lorry].id] = chosen.get(lorry, 0)
    return best


def fewest_centimes(carriers: Sequence[Carrier], weight_g: float, volume_ml: float) -> Mapping[str, int]:
    """Return how many lorries of each type carry a load for the least money.

    Volume counts only where every type has a limit, as in (4). All numbers of all types but the last are tried, the
    largest type first, so that there are few of them.
    """
    bounded = all(item.volume_ml is not None for item in carriers)
    order = sorted(carriers, key=lambda item: (-item.weight_g, item.cost_centimes, item.lorry))
    best: tuple[float, Mapping[str, int]] = (math.inf, {})

    def needed(carrier: Carrier, grams: float, ml: float) -> int:
        by_weight = math.ceil(max(0.0, grams) / max(carrier.weight_g, 1))
        by_volume = math.ceil(max(0.0, ml) / max(carrier.volume_ml or 0, 1)) if bounded else 0
        return max(by_weight, by_volume)

    def choose(place: int, grams: float, ml: float, taken: Mapping[str, int], centimes: float) -> None:
        nonlocal best
        if centimes >= best[0]:
            return
        if grams <= 0 and (not bounded or ml <= 0):
            best = (centimes, taken)
            return
        if place == len(order):
            return
        carrier = order[place]
        most = needed(carrier, grams, ml)
        for number in (most,) if place == len(order) - 1 else range(most, -1, -1):
            choose(
                place + 1,
                grams - number * carrier.weight_g,
                ml - number * (carrier.volume_ml or 0),
                {**taken, carrier.lorry: number} if number else taken,
                centimes + number * carrier.cost_centimes,
            )

    choose(0, weight_g, volume_ml, {}, 0.0)
    return best[1]
