"""What binds a thing of a plan: figures taken from the plan and its programme alone, without any solver.

Money is in centimes, amounts are in packs, weights in grams; days are dates. Everything is sorted.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from basketplan.plan.types import Plan
from basketplan.programme.availability import available_packs, eligible
from basketplan.programme.types import Cooperative, Offer, Programme
from basketplan.travel.distance import inbound_m

__all__ = ["CooperativeFacts", "DayLimit", "OfferFacts", "ProductFacts", "Rival", "cooperative_facts", "product_facts"]


@dataclass(frozen=True, kw_only=True)
class DayLimit:
    """A limit on a day, and what the plan makes of it."""

    day: dt.date
    used: int
    limit: int


@dataclass(frozen=True, kw_only=True)
class Rival:
    """Another offer of the same product."""

    cooperative: str
    price_centimes: int
    """Paid for a pack; asked for where nothing is bought."""
    packs: int
    spare: int
    """Packs that it could supply and the plan does not buy."""


@dataclass(frozen=True, kw_only=True)
class OfferFacts:
    """One offer in the plan."""

    product: str
    price_centimes: int
    """Paid for a pack, price breaks applied; asked for where nothing is bought."""
    bought: int
    available: int
    """Packs that it can have sent by its last day."""
    full: bool
    full_days: tuple[DayLimit, ...]
    """Days before the last by which everything had to leave that could be ready: dates bind there."""
    minimum: int
    """Smallest order, 0 without."""
    at_minimum: bool
    needed: bool
    """Whether any basket that a household gets may hold the product."""
    rivals: tuple[Rival, ...]


@dataclass(frozen=True, kw_only=True)
class CooperativeFacts:
    """A cooperative in the plan."""

    id: str
    may_supply: bool
    """Whether the programme may buy from it: rural, or others are allowed."""
    revenue: int
    potential: int
    share: float
    lowest_share: float
    """Of all cooperatives that could earn something."""
    is_lowest: bool
    ceiling: float | None
    """Largest part of the money for goods that it may get."""
    barred: str
    """Setting of a ceiling of 0 that lets nothing be bought from it, of its own, for all or of a group; else empty."""
    spending_share: float
    minimum_revenue: int
    engagement_cost: int
    offers: tuple[OfferFacts, ...]
    lorries: int
    lorries_cost: int
    weight_g: int
    hub: str
    """The hub that it sends most to; the nearest one where it sends nothing."""
    distance_m: int
    """Road to that hub."""


@dataclass(frozen=True, kw_only=True)
class ProductFacts:
    """A product in the plan."""

    id: str
    used: int
    """Packs in baskets."""
    bought: int
    left_over: int
    available: int
    """Packs that all who may supply can have sent by their last day."""
    offers: tuple[Rival, ...]
    """All offers, dearest first."""


def cooperative_facts(programme: Programme, plan: Plan, name: str) -> CooperativeFacts:
    """Return the figures of cooperative ``name``."""
    coop = programme.cooperative[name]
    results = {item.cooperative: item for item in plan.metrics.cooperatives}
    mine = results.get(name)
    shares = [item.share for item in plan.metrics.cooperatives if item.potential_centimes]
    lowest = min(shares, default=0.0)
    goods = sum(item.cost_centimes for item in plan.shipments)
    hauls = [haul for haul in plan.hauls if haul.cooperative == name]
    shipments = [item for item in plan.shipments if item.cooperative == name]
    weight = sum(item.packs * programme.product[item.product].gross_weight for item in shipments)
    sent = Counter({item.hub: 0 for item in shipments})
    for item in shipments:
        sent[item.hub] += item.packs * programme.product[item.product].gross_weight
    road = {hub.id: inbound_m(programme.travel, coop.place, hub.place) for hub in programme.hubs}
    hub = (
        min(sorted(road), key=lambda key: (-sent[key], road[key])) if sent else min(sorted(road), key=road.__getitem__)
    )
    ceilings = programme.policy.ceilings
    revenue = mine.revenue_centimes if mine else 0
    return CooperativeFacts(
        id=name,
        may_supply=eligible(programme, coop),
        revenue=revenue,
        potential=mine.potential_centimes if mine else 0,
        share=mine.share if mine else 0.0,
        lowest_share=lowest,
        is_lowest=bool(mine and mine.potential_centimes and mine.share <= lowest + 1e-9),
        ceiling=ceilings.get(name, ceilings.get("all")),
        barred=_barred(programme, name),
        spending_share=revenue / goods if goods else 0.0,
        minimum_revenue=coop.minimum_revenue,
        engagement_cost=coop.engagement_cost,
        offers=tuple(_offer(programme, plan, coop, offer) for offer in sorted(coop.offers, key=lambda o: o.product)),
        lorries=sum(haul.number for haul in hauls),
        lorries_cost=sum(haul.cost_centimes for haul in hauls),
        weight_g=weight,
        hub=hub,
        distance_m=road[hub],
    )


def _barred(programme: Programme, name: str) -> str:
    """Return the setting of the ceiling of 0 that holds for a cooperative; empty if none does."""
    policy = programme.policy
    key = name if name in policy.ceilings else "all"
    if policy.ceilings.get(key, 1.0) == 0:
        return f"policy.ceilings.{key}"
    groups = (item.id for item in policy.groups if item.ceiling == 0 and name in programme.members(item))
    return next((f"policy.groups[{group}].ceiling" for group in groups), "")


def product_facts(programme: Programme, plan: Plan, name: str) -> ProductFacts:
    """Return the figures of product ``name``."""
    shipped = {item.id: item for item in plan.shipments}
    lots = [lot for basket in plan.baskets for lot in basket.lots if shipped[lot.shipment].product == name]
    offers = _rivals(programme, plan, name)
    return ProductFacts(
        id=name,
        used=sum(lot.packs for lot in lots),
        bought=sum(item.packs for item in plan.shipments if item.product == name),
        left_over=plan.metrics.leftover_packs.get(name, 0),
        available=sum(item.packs + item.spare for item in offers),
        offers=offers,
    )


def _offer(programme: Programme, plan: Plan, coop: Cooperative, offer: Offer) -> OfferFacts:
    mine = [item for item in plan.shipments if (item.cooperative, item.product) == (coop.id, offer.product)]
    bought = sum(item.packs for item in mine)
    available = available_packs(programme, coop, offer)
    product = programme.product[offer.product]
    minimum = 0 if offer.minimum_order is None else product.packs(offer.minimum_order)
    lot = 1 if offer.lot is None else max(1, product.packs(offer.lot))
    days = []
    for day, most in zip(programme.working_days, available, strict=True):
        gone = sum(item.packs for item in mine if item.dispatched <= day)
        if gone > 0 and gone + lot > most and most < available[-1]:
            days.append(DayLimit(day=day, used=gone, limit=most))
    held = {
        item.product
        for home in programme.households
        for name in home.baskets
        for line in programme.basket[name].lines
        for item in line.one_of
    }
    return OfferFacts(
        product=offer.product,
        price_centimes=mine[0].price_centimes if mine else offer.price,
        bought=bought,
        available=available[-1],
        full=bought > 0 and bought + lot > available[-1],
        full_days=tuple(days),
        minimum=minimum,
        at_minimum=bought > 0 and minimum > 0 and bought - lot < minimum,
        needed=offer.product in held,
        rivals=tuple(item for item in _rivals(programme, plan, offer.product) if item.cooperative != coop.id),
    )


def _rivals(programme: Programme, plan: Plan, product: str) -> tuple[Rival, ...]:
    """Return all offers of ``product`` by those who may supply, the dearest first."""
    found: list[Rival] = []
    for coop in programme.cooperatives:
        for offer in coop.offers:
            if offer.product == product and eligible(programme, coop):
                items = [item for item in plan.shipments if (item.cooperative, item.product) == (coop.id, product)]
                packs = sum(item.packs for item in items)
                found.append(
                    Rival(
                        cooperative=coop.id,
                        price_centimes=items[0].price_centimes if items else offer.price,
                        packs=packs,
                        spare=max(0, available_packs(programme, coop, offer)[-1] - packs),
                    )
                )
    return tuple(sorted(found, key=lambda item: (-item.price_centimes, item.cooperative)))
