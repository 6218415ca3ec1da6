"""What a cooperative could have sold of what was needed, by code of the check's own."""

from __future__ import annotations

import math
from collections import Counter

from basketplan.plan.verify.case import Case
from basketplan.plan.verify.supply import deserved_price, ready_ordinal
from basketplan.programme.types import Cooperative, Offer
from basketplan.travel.distance import road_days

_SAME = 1e-9


def most_supplied(case: Case, offer: Offer, last: int | None = None) -> int:
    """Return the packs of an offer that may have left by the day number ``last``; none: by the last working day."""
    product = case.programme.product[offer.product]
    ready = ready_ordinal(case, offer)
    worked = sum(ready <= day.toordinal() and (last is None or day.toordinal() <= last) for day in case.working_days)
    if worked == 0:
        return 0
    capacity = product.packs(offer.capacity)
    return capacity if offer.rate is None else min(capacity, worked * product.packs(offer.rate))


def most_used(case: Case) -> Counter[str]:
    """Return the most packs of each product that the baskets of all households could hold."""
    needed = Counter[str]()
    for household in case.programme.households:
        needed.update(household.baskets)
    most = Counter[str]()
    for basket in case.programme.baskets:
        for line in basket.lines:
            for name in sorted({option.product for option in line.one_of}):
                product = case.programme.product[name]
                most[name] += max(
                    math.floor(needed[basket.id] * option.max_share + _SAME) * product.packs(option.quantity)
                    for option in line.one_of
                    if option.product == name
                )
    return most


def last_leaving(case: Case, coop: Cooperative) -> int | None:
    """Return the number of the last day on which goods leave in time for some hub to deliver them; none: too late."""
    hubs, work = case.programme.hubs, {day.toordinal() for day in case.working_days}
    found = []
    for lorry in case.programme.lorries:
        away = road_days(case.programme.travel, coop.place, [hub.place for hub in hubs], lorry.km_per_day)
        for hub, days in zip(hubs, away, strict=True):
            here = [day.toordinal() for day in case.hub_days[hub.id]]
            found += [day - days for day in here if day - days in work and day <= max(here) - hub.ready_after]
    return max(found, default=None)


def most_earned(case: Case, offer: Offer, packs: int) -> int:
    """Return the most that an offer may bring of ``packs``: all whole lots, or just too few for a lower price."""
    product = case.programme.product[offer.product]
    lot = 1 if offer.lot is None else max(1, product.packs(offer.lot))
    least = 0 if offer.minimum_order is None else product.packs(offer.minimum_order)
    some = [packs, *(min(packs, product.packs(row.from_) - 1) for row in offer.price_breaks)]
    whole = [number // lot * lot for number in some]
    return max((number * deserved_price(offer, product, number) for number in whole if number >= least), default=0)


def can_be_bought(case: Case, offer: Offer, packs: int) -> bool:
    """Tell whether ``packs`` of an offer hold a lot and its minimum order."""
    product = case.programme.product[offer.product]
    lot = 1 if offer.lot is None else max(1, product.packs(offer.lot))
    least = 0 if offer.minimum_order is None else product.packs(offer.minimum_order)
    return packs >= lot and packs // lot * lot >= least


def ceiling(case: Case, coop: Cooperative) -> float:
    """Return the lowest of the ceilings that hold for a cooperative: of its own or for all, and of its groups."""
    policy = case.programme.policy
    limits = [policy.ceilings[key] for key in (coop.id, "all") if key in policy.ceilings][:1]
    for group in policy.groups:
        if coop.id in group.cooperatives or (group.province != "" and coop.province == group.province):
            limits.append(group.ceiling)
    return min(limits, default=1.0)


def potential(case: Case, coop: Cooperative, used: Counter[str]) -> int:
    """Return what a cooperative could have sold of what was needed, at its base prices."""
    if (case.programme.policy.rural_only and not coop.rural) or ceiling(case, coop) == 0:
        return 0
    last = last_leaving(case, coop)
    if last is None:
        return 0
    supplied = [(offer, most_supplied(case, offer, last)) for offer in coop.offers if offer.product in used]
    supplied = [(offer, packs) for offer, packs in supplied if can_be_bought(case, offer, packs)]
    if sum(most_earned(case, offer, packs) for offer, packs in supplied) < coop.minimum_revenue:
        return 0
    return sum(min(packs, used[offer.product]) * offer.price for offer, packs in supplied)


def potentials(case: Case) -> dict[str, int]:
    """Return what each cooperative could have sold of what was needed."""
    used = most_used(case)
    return {coop.id: potential(case, coop, used) for coop in case.programme.cooperatives}
