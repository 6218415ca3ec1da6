"""The allocation's data without the limits that may give way, and how offers become available."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from basketplan.programme.types import Programme
from basketplan.solve.allocation.data import Data, OfferData

__all__ = ["Terms", "opened", "terms_of"]

GUARD = 10**12
"""A storage limit that nothing reaches, so that the model still counts what lies there."""


@dataclass(frozen=True)
class Terms:
    """How an offer's packs become available, by working day."""

    capacity: int
    rate: int | None
    producing: Sequence[int]
    """Days of production by the end of each day."""
    early: Sequence[int]
    """Packs available if it began on the first day."""


def terms_of(programme: Programme, data: OfferData) -> Terms:
    """Return how the packs of an offer become available."""
    coop = programme.cooperative[data.coop]
    offer = next(item for item in coop.offers if item.product == data.product)
    product = programme.product[offer.product]
    first = offer.first_day or programme.calendar.first_day
    ready = max(first, programme.calendar.first_day + dt.timedelta(days=offer.lead_time))
    producing, count = [], 0
    for date in programme.working_days:
        count += date >= ready
        producing.append(count)
    rate = None if offer.rate is None else product.packs(offer.rate)
    capacity = product.packs(offer.capacity)
    early = [capacity if rate is None else min(capacity, rate * (day + 1)) for day in range(len(producing))]
    return Terms(capacity=capacity, rate=rate, producing=producing, early=early)


def opened(data: Data) -> Data:
    """Return ``data`` without the limits that :class:`Remedies` adds itself."""
    need: Mapping[str, int] = {
        product: sum(packs for (_, item), packs in data.usable.items() if item == product) for product in data.weight_g
    }
    offers = tuple(
        replace(item, available=((item.available[-1] + 2 * need[item.product] + item.lot),) * data.n_days)
        for item in data.offers
    )
    hubs = tuple(
        replace(
            hub,
            assembly=None,
            receiving_g=None,
            storage_g=None if hub.storage_g is None else GUARD,
            storage_ml=None if hub.storage_ml is None else GUARD,
        )
        for hub in data.hubs
    )
    return replace(data, offers=offers, hubs=hubs, budget=None)
