"""What cooperatives could sell of what is needed: the potential of which a share is a part.

Only what can arrive at some hub in time for a delivery counts, of offers and cooperatives that can be bought from at
all.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Mapping, Sequence

from basketplan.programme.types import Cooperative, Hub, Offer, Programme
from basketplan.travel.distance import road_days

__all__ = ["available_packs", "most_usable_packs", "potentials"]

_SAME = 1e-9


def available_packs(programme: Programme, offer: Offer, day: dt.date) -> int:
    """Return the packs of ``offer`` that may have left the cooperative by the end of ``day``."""
    product = programme.product[offer.product]
    start = programme.calendar.first_day
    ready = max((offer.first_day or start).toordinal(), start.toordinal() + offer.lead_time)
    if day.toordinal() < ready:
        return 0
    capacity = product.packs(offer.capacity)
    if offer.rate is None:
        return capacity
    worked = sum(1 for date in programme.working_days if ready <= date.toordinal() <= day.toordinal())
    return min(capacity, product.packs(offer.rate) * worked)


def most_usable_packs(programme: Programme) -> dict[str, int]:
    """Return, by product, the most packs that the baskets of all households could hold.

    Every line that may hold the product holds it, as far as its highest share allows.
    """
    needed = _needed_by_type(programme)
    usable: Counter[str] = Counter()
    for basket in programme.baskets:
        for line in basket.lines:
            best: dict[str, int] = {}
            for option in line.one_of:
                count = math.floor(option.max_share * needed[basket.id] + _SAME)
                packs = count * programme.product[option.product].packs(option.quantity)
                best[option.product] = max(best.get(option.product, 0), packs)
            usable.update(best)
    return dict(usable)


def _needed_by_type(programme: Programme) -> Counter[str]:
    """Return how many baskets of each type all households need."""
    needed: Counter[str] = Counter()
    for household in programme.households:
        needed.update(household.baskets)
    return needed


def potentials(programme: Programme) -> dict[str, int]:
    """Return by cooperative the centimes that it could have earned at its base prices; 0 if it can sell nothing."""
    usable = most_usable_packs(programme)
    arrivals = [_arrivals(programme, hub) for hub in programme.hubs]
    result = {}
    for coop in programme.cooperatives:
        last = _last_dispatch(programme, coop, arrivals) if _may_supply(programme, coop) else None
        result[coop.id] = 0 if last is None else _worth(programme, coop, last, usable)
    return result


def _may_supply(programme: Programme, coop: Cooperative) -> bool:
    """Tell whether the policy lets anything be bought from a cooperative."""
    policy = programme.policy
    if policy.rural_only and not coop.rural:
        return False
    ceilings = [group.ceiling for group in policy.groups if coop.id in programme.members(group)]
    return min([policy.ceilings.get(coop.id, policy.ceilings.get("all", 1.0)), *ceilings]) > 0


def _arrivals(programme: Programme, hub: Hub) -> set[int]:
    """Return the ordinals of the days on which goods arrive at a hub early enough to be delivered."""
    days = [day.toordinal() for day in programme.hub_days(hub)]
    return {day for day in days if day + hub.ready_after <= days[-1]}


def _last_dispatch(programme: Programme, coop: Cooperative, arrivals: Sequence[set[int]]) -> dt.date | None:
    """Return the last day on which goods leave that arrive at some hub early enough; none if there is no such day."""
    places = [hub.place for hub in programme.hubs]
    leaving: set[int] = set()
    for speed in {lorry.km_per_day for lorry in programme.lorries}:
        for days, there in zip(road_days(programme.travel, coop.place, places, speed), arrivals, strict=True):
            leaving |= {day - days for day in there}
    return max((day for day in programme.working_days if day.toordinal() in leaving), default=None)


def _worth(programme: Programme, coop: Cooperative, last: dt.date, usable: Mapping[str, int]) -> int:
    """Return what the offers of a cooperative are worth that leave until ``last``, 0 below its minimum revenue."""
    worth = earned = 0
    for offer in coop.offers:
        if offer.product not in usable:
            continue
        ready = available_packs(programme, offer, last)
        most = _most_revenue(programme, offer, ready)
        if most is not None:
            earned += most
            worth += offer.price * min(ready, usable[offer.product])
    return worth if earned >= coop.minimum_revenue else 0


def _most_revenue(programme: Programme, offer: Offer, ready: int) -> int | None:
    """Return the most that an offer can bring when ``ready`` packs are; none when none of them can be bought.

    Where a lower price begins, just less may bring more.
    """
    packs = programme.product[offer.product].packs
    lot = 1 if offer.lot is None else max(1, packs(offer.lot))
    least = 1 if offer.minimum_order is None else max(1, packs(offer.minimum_order))
    prices = {0: offer.price} | {packs(row.from_): row.price for row in offer.price_breaks}
    amounts = {min(ready, most) // lot * lot for most in (ready, *(start - 1 for start in prices))}
    return max(
        (amount * prices[max(start for start in prices if start <= amount)] for amount in amounts if amount >= least),
        default=None,
    )
