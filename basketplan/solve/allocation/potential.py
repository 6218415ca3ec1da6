"""What each cooperative could earn at most: its share is what it earns over this.

Per offer the base price × (what baskets could hold, at most what is ready on the last day on which goods leave that
arrive at some hub in time for a delivery). Nothing for an offer that cannot be bought, as its minimum order or a lot
is more than what is ready then; nothing for a cooperative with a ceiling of 0, or that cannot make its minimum revenue.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from basketplan.programme.types import Cooperative, Programme
from basketplan.travel.distance import road_days

if TYPE_CHECKING:
    from basketplan.solve.allocation.data import OfferData

__all__ = ["can_be_bought", "potentials"]

OfferKey = tuple[str, str]
"""Cooperative and product."""


def potentials(offers: Iterable[OfferData], bought: Mapping[OfferKey, int], need: Mapping[str, int]) -> dict[str, int]:
    """Return cooperative → centimes, for those that could earn something.

    Parameters
    ----------
    bought
        From :func:`can_be_bought`.
    need
        Product → most packs that all baskets could hold.
    """
    result: dict[str, int] = {}
    for offer in offers:
        packs = min(bought.get((offer.coop, offer.product), 0), need.get(offer.product, 0))
        result[offer.coop] = result.get(offer.coop, 0) + offer.prices[0][1] * packs
    return {coop: worth for coop, worth in sorted(result.items()) if worth > 0}


def can_be_bought(programme: Programme, offers: Iterable[OfferData]) -> dict[OfferKey, int]:
    """Return the packs of each offer that are ready in time, for those of which something can be bought."""
    by_coop: dict[str, list[OfferData]] = {}
    for offer in offers:
        by_coop.setdefault(offer.coop, []).append(offer)
    in_time, unwanted = _days_in_time(programme), _never_bought_from(programme)
    result: dict[OfferKey, int] = {}
    for name in sorted(by_coop.keys() - unwanted):
        coop = programme.cooperative[name]
        last = _last_dispatch(programme, coop, in_time)
        packs = [(offer, _can_sell(offer, last)) for offer in by_coop[name]]
        if sum(_most_revenue(offer, most) for offer, most in packs) >= coop.minimum_revenue:
            result.update({(name, offer.product): most for offer, most in packs if most})
    return result


def _never_bought_from(programme: Programme) -> set[str]:
    """Return the cooperatives that may get nothing: with a ceiling of 0 of their own, for all, or of a group."""
    policy = programme.policy
    every = policy.ceilings.get("all", 1.0)
    alone = {coop.id for coop in programme.cooperatives if policy.ceilings.get(coop.id, every) == 0}
    return alone.union(*(programme.members(group) for group in policy.groups if group.ceiling == 0))


def _days_in_time(programme: Programme) -> list[frozenset[dt.date]]:
    """Return by hub the days on which goods may arrive that still lead to a delivery."""
    result = []
    for hub in programme.hubs:
        days = programme.hub_days(hub)
        last = max(days, default=dt.date.min).toordinal() - hub.ready_after
        result.append(frozenset(day for day in days if day.toordinal() <= last))
    return result


def _last_dispatch(programme: Programme, coop: Cooperative, in_time: list[frozenset[dt.date]]) -> int | None:
    """Return the last working day (index) on which goods leave that arrive at some hub in time; none: on no day."""
    places = [hub.place for hub in programme.hubs]
    ways = {
        way
        for speed in sorted({lorry.km_per_day for lorry in programme.lorries})
        for way in zip(road_days(programme.travel, coop.place, places, speed), in_time, strict=True)
    }
    dates = programme.working_days
    for day in reversed(range(len(dates))):
        if any(dates[day] + dt.timedelta(days=road) in arrivals for road, arrivals in ways):
            return day
    return None


def _can_sell(offer: OfferData, last: int | None) -> int:
    """Return the packs that are ready on day ``last``; 0 where no lot or no minimum order can be bought of them."""
    ready = 0 if last is None else offer.available[last]
    whole = ready // offer.lot * offer.lot
    return ready if whole >= max(1, offer.minimum) else 0


def _most_revenue(offer: OfferData, packs: int) -> int:
    """Return the most that up to ``packs`` of an offer can bring: prices fall with the amount, so each row is tried."""
    ends = [start - 1 for start, _ in offer.prices[1:]] + [packs]
    best = 0
    for (start, price), end in zip(offer.prices, ends, strict=True):
        amount = min(end, packs) // offer.lot * offer.lot
        if amount >= max(start, offer.minimum):
            best = max(best, amount * price)
    return best
