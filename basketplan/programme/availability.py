"""What cooperatives can have ready by when, and how long the road to a hub takes: arithmetic without any solver.

Straight lines come from the local-ellipsoid formula (Bomford, *Geodesy*, 4th ed. 1980, §2.18), good to 0.1 %
within Morocco; checks and the pre-flight therefore leave a margin wherever a distance decides.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basketplan.programme.types import Cooperative, Offer, Product, Programme

__all__ = [
    "arriving_packs",
    "available_packs",
    "eligible",
    "last_dispatch",
    "later",
    "most_revenue_centimes",
    "ready_day",
    "road_days",
    "road_metres",
    "straight_m",
    "usable_packs",
]

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


def usable_packs(programme: Programme, cooperative: Cooperative, offer: Offer) -> int:
    """Return the packs of ``offer`` that can be bought in all, in whole lots, whenever they come.

    None when the cooperative may not supply, the minimum order is above the capacity, or everything that the
    cooperative offers does not make its minimum revenue.
    """
    if most_revenue_centimes(programme, cooperative) < cooperative.minimum_revenue:
        return 0
    return _whole_lots(programme, cooperative, offer)


def most_revenue_centimes(programme: Programme, cooperative: Cooperative) -> int:
    """Return what all offers of ``cooperative`` bring at their full prices."""
    return sum(_whole_lots(programme, cooperative, offer) * offer.price for offer in cooperative.offers)


def _whole_lots(programme: Programme, cooperative: Cooperative, offer: Offer) -> int:
    product = programme.product.get(offer.product)
    if product is None or not eligible(programme, cooperative):
        return 0
    packs = max(0, product.packs(offer.capacity)) // _lot(product, offer) * _lot(product, offer)
    enough = offer.minimum_order is None or packs >= product.packs(offer.minimum_order)
    return packs if enough else 0


def _lot(product: Product, offer: Offer) -> int:
    return max(1, product.packs(offer.lot)) if offer.lot is not None else 1


def available_packs(programme: Programme, cooperative: Cooperative, offer: Offer) -> list[int]:
    """Return the packs of ``offer`` that can have left by the end of each working day, in whole lots.

    All zero when nothing of it can be bought (see :func:`usable_packs`), or when the minimum order comes too late.
    """
    days = programme.working_days
    product = programme.product.get(offer.product)
    capacity = usable_packs(programme, cooperative, offer)
    if product is None or not capacity:
        return [0] * len(days)
    ready = ready_day(programme, offer)
    lot = _lot(product, offer)
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


def arriving_packs(programme: Programme) -> dict[tuple[str, str], list[int]]:
    """Return per (cooperative, product) the packs that can have reached some hub by the end of each working day.

    The hub that is reached soonest counts, so this is never less than what a plan can do.
    """
    result: dict[tuple[str, str], list[int]] = {}
    for cooperative, latest in zip(programme.cooperatives, last_dispatch(programme), strict=True):
        for offer in cooperative.offers:
            left = available_packs(programme, cooperative, offer)
            result[cooperative.id, offer.product] = [left[day] if day >= 0 else 0 for day in latest]
    return result


def last_dispatch(programme: Programme) -> list[list[int]]:
    """Return per cooperative and working day the last working day on which goods leave that have arrived by then.

    −1 where nothing can have arrived. A lorry arrives only on a day on which its hub is open.
    """
    days = [day.toordinal() for day in programme.working_days]
    opened = [{day.toordinal() for day in programme.hub_days(hub)} for hub in programme.hubs]
    result = []
    for roads in road_days(programme).tolist():
        latest = [-1] * len(days)
        for road, open_days in {(road, frozenset(days)) for road, days in zip(roads, opened, strict=True)}:
            index = {day + road: number for number, day in enumerate(days) if day + road in open_days}
            best = -1
            for number, day in enumerate(days):
                best = max(best, index.get(day, -1))
                latest[number] = max(latest[number], best)
        result.append(latest)
    return result


def road_days(programme: Programme) -> NDArray[np.int64]:
    """Return the ``(n_cooperatives, n_hubs)`` calendar days on the road with the fastest lorry."""
    fastest = max((lorry.km_per_day for lorry in programme.lorries), default=0)
    return np.asarray(road_metres(programme) // max(1, fastest), dtype=np.int64)


def road_metres(programme: Programme) -> NDArray[np.float64]:
    """Return the ``(n_cooperatives, n_hubs)`` whole metres of road."""
    starts = [item.place for item in programme.cooperatives]
    ends = [item.place for item in programme.hubs]
    line = straight_m(
        np.array([[item.lat] for item in starts]),
        np.array([[item.lon] for item in starts]),
        np.array([[item.lat for item in ends]]),
        np.array([[item.lon for item in ends]]),
    )
    return np.asarray(np.rint(line * programme.travel.inbound_detour), dtype=np.float64)


def straight_m(lat1: ArrayLike, lon1: ArrayLike, lat2: ArrayLike, lon2: ArrayLike) -> NDArray[np.float64]:
    """Return straight-line metres between points in degrees, by broadcasting."""
    phi1, phi2 = np.radians(np.asarray(lat1, dtype=float)), np.radians(np.asarray(lat2, dtype=float))
    across = np.radians(np.asarray(lon2, dtype=float) - np.asarray(lon1, dtype=float))
    mean = (phi1 + phi2) / 2
    bulge = 1 - _E2 * np.sin(mean) ** 2
    north = _EQUATOR_M * (1 - _E2) / bulge**1.5 * (phi2 - phi1)
    east = _EQUATOR_M / np.sqrt(bulge) * np.cos(mean) * across
    return np.asarray(np.hypot(north, east))
