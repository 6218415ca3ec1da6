"""What cooperatives can have ready by when, and how long the road to a hub takes: arithmetic without any solver.

Straight lines come from the local-ellipsoid formula (Bomford, *Geodesy*, 4th ed. 1980, §2.18), good to 0.1 %
within Morocco; checks and the pre-flight therefore leave a margin wherever a distance decides.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basketplan.programme.types import Cooperative, Offer, Product, Programme

__all__ = ["arriving_packs", "available_packs", "eligible", "later", "ready_day", "road_days", "straight_m"]

_EQUATOR_M = 6_378_137.0
_E2 = 0.00669437999014


def eligible(programme: Programme, cooperative: Cooperative) -> bool:
    """Tell whether ``cooperative`` may supply: a `rural_only` programme buys from rural ones only."""
    return cooperative.rural or not programme.policy.rural_only


def ready_day(programme: Programme, offer: Offer) -> dt.date:
    """Return the first date on which goods of ``offer`` can leave: its first day or the lead time, the later."""
    first = programme.calendar.first_day
    return max(offer.first_day or first, later(first, offer.lead_time))


def later(day: dt.date, days: int) -> dt.date:
    """Return the date ``days`` after ``day``, or the last date there is."""
    return dt.date.fromordinal(min(day.toordinal() + days, dt.date.max.toordinal()))


def available_packs(programme: Programme, cooperative: Cooperative, offer: Offer) -> list[int]:
    """Return the packs of ``offer`` that can have left by the end of each working day, in whole lots.

    All zero when the cooperative may not supply, or when the minimum order is never reached.
    """
    days = programme.working_days
    product = programme.product.get(offer.product)
    if product is None or not eligible(programme, cooperative):
        return [0] * len(days)
    ready = ready_day(programme, offer)
    capacity = product.packs(offer.capacity)
    lot = max(1, product.packs(offer.lot)) if offer.lot is not None else 1
    packs, made = [], 0
    for day in days:
        made += day >= ready
        amount = capacity if offer.rate is None and made else 0
        if offer.rate is not None:
            amount = min(capacity, _packs(product, offer) * made)
        packs.append(max(0, amount) // lot * lot)
    enough = offer.minimum_order is None or (packs and packs[-1] >= product.packs(offer.minimum_order))
    return packs if enough else [0] * len(days)


def _packs(product: Product, offer: Offer) -> int:
    return product.packs(offer.rate) if offer.rate is not None else 0


def arriving_packs(programme: Programme, cooperative: Cooperative, offer: Offer) -> list[int]:
    """Return the packs of ``offer`` that can have reached some hub by the end of each working day.

    Each hub is asked on its own and the best answer counts, so this is never less than what a plan can do.
    """
    days = programme.working_days
    left = available_packs(programme, cooperative, offer)
    row = [item.id for item in programme.cooperatives].index(cooperative.id)
    best = [0] * len(days)
    for hub, road in zip(programme.hubs, road_days(programme)[row].tolist(), strict=True):
        arrived, open_days = 0, set(programme.hub_days(hub))
        by_date = {day.toordinal(): packs for day, packs in zip(days, left, strict=True)}
        for index, day in enumerate(days):
            if day in open_days:
                arrived = max(arrived, by_date.get(day.toordinal() - int(road), 0))
            best[index] = max(best[index], arrived)
    return best


def road_days(programme: Programme) -> NDArray[np.int64]:
    """Return the ``(n_cooperatives, n_hubs)`` calendar days on the road with the fastest lorry."""
    fastest = max((lorry.km_per_day for lorry in programme.lorries), default=0)
    starts = [item.place for item in programme.cooperatives]
    ends = [item.place for item in programme.hubs]
    line = straight_m(
        np.array([[item.lat] for item in starts]),
        np.array([[item.lon] for item in starts]),
        np.array([[item.lat for item in ends]]),
        np.array([[item.lon for item in ends]]),
    )
    road = np.rint(line * programme.travel.inbound_detour)
    return np.asarray(road // max(1, fastest), dtype=np.int64)


def straight_m(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> NDArray[np.float64]:
    """Return straight-line metres between points in degrees, by broadcasting."""
    phi1, phi2 = np.radians(np.asarray(lat1, dtype=float)), np.radians(np.asarray(lat2, dtype=float))
    across = np.radians(np.asarray(lon2, dtype=float) - np.asarray(lon1, dtype=float))
    mean = (phi1 + phi2) / 2
    bulge = 1 - _E2 * np.sin(mean) ** 2
    north = _EQUATOR_M * (1 - _E2) / bulge**1.5 * (phi2 - phi1)
    east = _EQUATOR_M / np.sqrt(bulge) * np.cos(mean) * across
    return np.asarray(np.hypot(north, east))
