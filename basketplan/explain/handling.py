"""What binds a hub, a type of basket, one packed basket or a household: figures of the plan, without any solver."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from basketplan.explain.binding import DayLimit
from basketplan.plan.types import Plan
from basketplan.programme.types import Programme, household_of

__all__ = [
    "BasketFacts",
    "Content",
    "HubFacts",
    "OptionFacts",
    "PackedFacts",
    "VisitFacts",
    "basket_facts",
    "hub_facts",
    "packed_facts",
    "visit_facts",
]


@dataclass(frozen=True, kw_only=True)
class HubFacts:
    """A hub in the plan; weights in grams, at the end of days."""

    id: str
    assembled: int
    assembly_days: int
    open_days: int
    assembly: int | None
    full_assembly: tuple[DayLimit, ...]
    receiving: int | None
    full_receiving: tuple[DayLimit, ...]
    storage: int | None
    full_storage: tuple[DayLimit, ...]
    """Days on which its room for weight is at least 95 % full."""
    delivered: int


@dataclass(frozen=True, kw_only=True)
class OptionFacts:
    """One alternative of a line."""

    product: str
    baskets: int
    highest: float
    at_highest: bool
    """Whether its highest share allows no further basket."""


@dataclass(frozen=True, kw_only=True)
class BasketFacts:
    """A type of basket in the plan."""

    id: str
    needed: int
    made: int
    delivered: int
    goods_centimes: int
    """Of all that is in the baskets made."""
    lines: tuple[tuple[OptionFacts, ...], ...]
    """Only lines with alternatives."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What one basket holds of one product, and from whom."""

    product: str
    cooperative: str
    packs: int
    centimes: int
    arrived: dt.date


@dataclass(frozen=True, kw_only=True)
class PackedFacts:
    """One physical basket."""

    id: str
    basket: str
    hub: str
    assembled: dt.date
    household: str | None
    delivered: dt.date | None
    trip: str | None
    last: str
    """The product that came last: it decides when the basket could be made."""
    contents: tuple[Content, ...]


@dataclass(frozen=True, kw_only=True)
class VisitFacts:
    """A household: when it is served, or why it is not."""

    id: str
    trips: Mapping[str, dt.date]
    """Trip → day."""
    reason: str
    detail: str
    remedy: str


def hub_facts(programme: Programme, plan: Plan, name: str) -> HubFacts:
    """Return the figures of hub ``name``."""
    hub = programme.hub[name]
    weight = {item.id: item.packs * programme.product[item.product].gross_weight for item in plan.shipments}
    arrived: Counter[dt.date] = Counter()
    for item in plan.shipments:
        if item.hub == name:
            arrived[item.arrives] += weight[item.id]
    made: Counter[dt.date] = Counter()
    for run in plan.assemblies:
        if run.hub == name:
            made[run.day] += run.count
    gone: Counter[dt.date] = Counter()
    for trip in plan.trips:
        if trip.hub == name:
            gone[trip.day] += trip.weight_g
    held, room = 0, []
    for day in programme.working_days:
        held += arrived[day] - gone[day]
        if hub.storage_weight is not None and held >= 0.95 * hub.storage_weight:
            room.append(DayLimit(day=day, used=held, limit=hub.storage_weight))
    return HubFacts(
        id=name,
        assembled=sum(made.values()),
        assembly_days=sum(count > 0 for count in made.values()),
        open_days=len(programme.hub_days(hub)),
        assembly=hub.assembly,
        full_assembly=_full(made, hub.assembly, 1.0),
        receiving=hub.receiving,
        full_receiving=_full(arrived, hub.receiving, 0.95),
        storage=hub.storage_weight,
        full_storage=tuple(room),
        delivered=sum(trip.baskets for trip in plan.trips if trip.hub == name),
    )


def _full(used: Mapping[dt.date, int], limit: int | None, part: float) -> tuple[DayLimit, ...]:
    if limit is None:
        return ()
    days = sorted(day for day, count in used.items() if count >= part * limit and count > 0)
    return tuple(DayLimit(day=day, used=used[day], limit=limit) for day in days)


def basket_facts(programme: Programme, plan: Plan, name: str) -> BasketFacts:
    """Return the figures of the type of basket ``name``."""
    shipment = {item.id: item for item in plan.shipments}
    mine = [item for item in plan.baskets if item.basket == name]
    holds = [{shipment[lot.shipment].product for lot in item.lots} for item in mine]
    lines = []
    for line in programme.basket[name].lines:
        if len(line.one_of) > 1:
            counts = [sum(item.product in products for products in holds) for item in line.one_of]
            lines.append(
                tuple(
                    OptionFacts(
                        product=item.product,
                        baskets=count,
                        highest=item.max_share,
                        at_highest=item.max_share < 1 and count + 1 > item.max_share * len(mine),
                    )
                    for item, count in zip(line.one_of, counts, strict=True)
                )
            )
    return BasketFacts(
        id=name,
        needed=sum(home.baskets.get(name, 0) for home in programme.households),
        made=len(mine),
        delivered=sum(item.household is not None for item in mine),
        goods_centimes=sum(lot.packs * shipment[lot.shipment].price_centimes for item in mine for lot in item.lots),
        lines=tuple(lines),
    )


def packed_facts(plan: Plan, name: str) -> PackedFacts:
    """Return what is in the packed basket ``name`` (``B00017``), and whose it is."""
    item = next(basket for basket in plan.baskets if basket.id == name)
    shipment = {shipment.id: shipment for shipment in plan.shipments}
    trip = next((trip for trip in plan.trips if item.household in {stop.household for stop in trip.stops}), None)
    contents = [
        Content(
            product=shipment[lot.shipment].product,
            cooperative=shipment[lot.shipment].cooperative,
            packs=lot.packs,
            centimes=lot.packs * shipment[lot.shipment].price_centimes,
            arrived=shipment[lot.shipment].arrives,
        )
        for lot in item.lots
    ]
    contents.sort(key=lambda content: (content.arrived, content.product, content.cooperative))
    return PackedFacts(
        id=name,
        basket=item.basket,
        hub=item.hub,
        assembled=item.assembled,
        household=item.household,
        delivered=trip.day if trip else None,
        trip=trip.id if trip else None,
        last=contents[-1].product if contents else "",
        contents=tuple(contents),
    )


def visit_facts(plan: Plan, name: str) -> VisitFacts:
    """Return when household ``name`` is served, or why it is not."""
    trips = {trip.id: trip.day for trip in plan.trips for stop in trip.stops if household_of(stop.household) == name}
    left = next((item for item in plan.unserved if household_of(item.household) == name), None)
    return VisitFacts(
        id=name,
        trips=dict(sorted(trips.items())),
        reason=left.reason if left else "",
        detail=left.detail if left else "",
        remedy=left.remedy if left else "",
    )
