"""What all papers read: a plan and its programme joined, and cut down to what one audience may see.

Papers are made from a :class:`View` and from nothing else, so that a field which the audience may not see cannot reach
any of them: it is already empty here. All lists are in the order in which people use them.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from basketplan.plan.types import CostLine, Metrics, Plan, StageReport
from basketplan.programme.types import Location, Programme, Quantity, Text
from basketplan.publish.audience import Audience
from basketplan.publish.contacts import Contact, Contacts

if TYPE_CHECKING:
    from basketplan.publish.inbound import CallView, RoundView

__all__ = [
    "BasketType",
    "CollectView",
    "CooperativeView",
    "Day",
    "DutyView",
    "Filling",
    "HaulView",
    "HouseholdView",
    "HubView",
    "Ingredient",
    "OrderLine",
    "PackedView",
    "ProductView",
    "Stamp",
    "StopView",
    "TripView",
    "View",
    "ZoneView",
]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stamp:
    """What every paper carries, so that nobody works with an old one."""

    programme: str
    title: Text
    scenario: str | None
    status: str
    """``complete`` or ``interrupted``."""
    plan_sha256: str
    version: str
    """Of basketplan."""
    time: dt.datetime
    """Of the papers, local time."""
    destroy_after: dt.date
    """Papers with places of households are destroyed after this day."""

    @property
    def plan(self) -> str:
        """The plan's short name: the first ten figures of its hash."""
        return self.plan_sha256[:10]


@dataclass(frozen=True, kw_only=True, slots=True)
class ProductView:
    """A good and its pack."""

    id: str
    name: Text
    pack: Quantity
    gross_weight_g: int
    volume_ml: int
    container: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class BasketType:
    """A type of basket; ``code`` is the neutral letter that papers show at a door.

    A name such as "sugar-free" tells of somebody's health: who may not see it finds the letter as id and name.
    """

    id: str
    code: str
    name: Text


@dataclass(frozen=True, kw_only=True, slots=True)
class HubView:
    """Where trips start."""

    id: str
    name: Text
    place: Location
    contact: Contact


@dataclass(frozen=True, kw_only=True, slots=True)
class CollectView:
    """Where and when a family collects its baskets, instead of getting them at its door."""

    point: str
    name: Text
    day: dt.date
    from_s: int
    until_s: int
    walk_m: int | None
    """One way; ``None`` where the audience may not see where it lives."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StopView:
    """A visit to a household. What the audience may not see is empty or ``None``."""

    number: int
    """1, 2, … within the trip."""
    household: str
    zone: str
    access: str
    lat: float | None
    lon: float | None
    leg_m: int
    arrive_s: int | None
    start_s: int | None
    leave_s: int | None
    windows: tuple[tuple[int, int], ...]
    baskets: tuple[tuple[str, int], ...]
    """Type and how many, in the order of the basket types."""
    basket_ids: tuple[str, ...]
    contact: Contact
    collect: CollectView | None = None
    """Where the vehicle leaves the baskets at a distribution point: place and times are the point's."""

    @property
    def count(self) -> int:
        """Baskets of all types."""
        return sum(number for _, number in self.baskets)


@dataclass(frozen=True, kw_only=True, slots=True)
class TripView:
    """One round of one vehicle."""

    id: str
    hub: HubView
    vehicle: Text
    vehicle_id: str
    unit: str
    """The vehicle itself: ``van@casa-est#2``."""
    round: tuple[int, int]
    """Which of how many trips of this vehicle on this day."""
    day: dt.date
    load_s: int
    depart_s: int
    return_s: int
    distance_m: int
    weight_g: int
    volume_ml: int
    baskets: tuple[tuple[str, int], ...]
    """Type and how many, in the order of the basket types."""
    stops: tuple[StopView, ...]
    cost_centimes: int | None

    @property
    def count(self) -> int:
        """Baskets of all types."""
        return sum(number for _, number in self.baskets)


@dataclass(frozen=True, kw_only=True, slots=True)
class DutyView:
    """One vehicle on one day."""

    unit: str
    vehicle: Text
    hub: str
    day: dt.date
    trips: tuple[str, ...]
    breaks: tuple[tuple[int, int], ...]
    cost_centimes: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneView:
    """Service in one zone; ``None`` where a small cell is suppressed for this audience."""

    zone: str
    households: int | None
    served: int | None
    baskets: int | None
    baskets_served: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HouseholdView:
    """A household with where it stands in the plan; ``trip`` is empty where it is left out."""

    id: str
    zone: str
    access: str
    lat: float
    lon: float
    priority: int
    windows: tuple[tuple[int, int], ...]
    baskets: tuple[tuple[str, int], ...]
    trip: str
    stop: int
    """Number of the stop within the trip; 0 where it is left out."""
    reason: str
    detail: str
    remedy: str
    contact: Contact
    collect: CollectView | None = None
    """Where it collects; place and windows are those of its home."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderLine:
    """A shipment as an order: packs of one product for one hub, leaving on one day."""

    shipment: str
    product: ProductView
    hub: HubView
    dispatched: dt.date
    arrives: dt.date
    packs: int
    lot_packs: int
    """Packs of one lot of the offer; 1 where it sells single packs."""
    weight_g: int
    price_centimes: int | None
    cost_centimes: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class HaulView:
    """Lorries from one cooperative to one hub on one day, and what they carry."""

    cooperative: str
    hub: HubView
    dispatched: dt.date
    arrives: dt.date
    lorry: Text
    number: int
    distance_m: int
    lines: tuple[OrderLine, ...]
    """All shipments of that cooperative, hub and day that no collection round loads: where two types of lorry go, both
    show them."""
    cost_centimes: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CooperativeView:
    """A cooperative with what is ordered from it."""

    id: str
    name: Text
    place: Location
    town: str
    province: str
    region: str
    members: int
    women: float
    rural: bool
    contact: Contact
    lines: tuple[OrderLine, ...]
    hauls: tuple[HaulView, ...]
    total_centimes: int | None
    """Goods; what is paid to the cooperative."""
    calls: tuple[CallView, ...] = ()
    """Collection rounds that call here."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Ingredient:
    """Packs of one product from one shipment in a basket."""

    product: ProductView
    cooperative: str
    shipment: str
    packs: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedView:
    """One physical basket; ``household`` is empty where the audience may not see it, or nobody gets it."""

    id: str
    basket: str
    household: str
    trip: str
    ingredients: tuple[Ingredient, ...]
    """Container first, then contents in the order of the recipe."""
    collect: CollectView | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Filling:
    """Baskets of one type with the same products in them: a variant of the recipe."""

    basket: str
    recipe: tuple[tuple[ProductView, int], ...]
    """Container first."""
    baskets: tuple[PackedView, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """One hub on one day: what arrives, is packed and leaves."""

    hub: HubView
    day: dt.date
    arrivals: tuple[tuple[str, OrderLine], ...]
    """Cooperative and shipment."""
    assembled: tuple[tuple[str, int], ...]
    """Type and how many."""
    fillings: tuple[Filling, ...]
    stock: tuple[tuple[ProductView, int, int, int], ...]
    """Product, packs in the morning, packs arriving, packs used; what is left follows from them."""
    trips: tuple[str, ...]
    baskets_before: int
    """Packed baskets in the morning."""


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything that papers may show to one audience."""

    audience: Audience
    stamp: Stamp
    baskets: dict[str, BasketType]
    products: dict[str, ProductView]
    hubs: dict[str, HubView]
    cooperatives: dict[str, CooperativeView]
    """Those that supply something, in the order of the programme; empty for whom orders are not."""
    trips: tuple[TripView, ...]
    duties: tuple[DutyView, ...]
    """Vehicles by day."""
    households: tuple[HouseholdView, ...]
    """All of the programme; empty where the audience may not see households."""
    days: tuple[Day, ...]
    """Hub by hub, day by day, those on which anything happens."""
    working_days: tuple[dt.date, ...]
    metrics: Metrics | None
    """Figures of the whole, for those who may see costs; its ``zones`` are empty: see ``zones``."""
    zones: tuple[ZoneView, ...]
    costs: tuple[CostLine, ...]
    stages: tuple[StageReport, ...]
    rounds: tuple[RoundView, ...] = ()
    """Collection rounds; empty for those who may not see all stops of one."""

    @cached_property
    def trip(self) -> dict[str, TripView]:
        """Trips by id."""
        return {item.id: item for item in self.trips}

    @staticmethod
    def of(
        plan: Plan,
        programme: Programme,
        contacts: Path | None = None,
        audience: Audience = "coordinator",
        *,
        time: dt.datetime | None = None,
        keep_days: int = 30,
        phones: bool = False,
    ) -> View:
        """Join ``plan`` and ``programme`` for ``audience``.

        Parameters
        ----------
        contacts
            The contacts file; only fields that the audience may see are taken from it.
        time
            What papers carry as their time; by default the first day of the calendar at midnight.
        keep_days
            Days after the last day of the calendar on which papers about households are destroyed.
        phones
            Whether drivers get telephones.
        """
        from basketplan.publish.joining import joined

        known = Contacts.read(contacts, audience, phones=phones) if contacts is not None else Contacts.none()
        return joined(plan, programme, known, audience, time=time, keep_days=keep_days)
