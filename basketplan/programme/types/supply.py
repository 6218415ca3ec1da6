"""Cooperatives and what they offer."""

from __future__ import annotations

from pydantic import Field

from basketplan.programme.types.values import Amount, Count, Date, Days, Id, Item, Location, Money, Name, Share


class PriceBreak(Item):
    """A lower price from a total quantity on; it then holds for all packs of the offer."""

    from_: Amount = Field(alias="from")
    """Total bought from which the price holds."""
    price: Money
    """Price of one pack."""


class Offer(Item):
    """One product that a cooperative sells."""

    product: Id
    """The product; an offer is addressed by it."""
    capacity: Amount
    """What the cooperative can supply in all during the programme."""
    rate: Amount | None = None
    """What it makes ready per working day from the first day on; none: everything is ready at once."""
    first_day: Date | None = None
    """First day on which goods can leave; by default the first day of the calendar."""
    lead_time: Days = 0
    """Days between the order (first day of the calendar) and the first goods."""
    price: Money
    """Price of one pack."""
    price_breaks: tuple[PriceBreak, ...] = ()
    """Lower prices from given totals on, each for all packs of the offer."""
    lot: Amount | None = None
    """Every shipment is a whole number of lots; by default one pack."""
    minimum_order: Amount | None = None
    """Smallest total bought of this offer, if any is bought."""


class Cooperative(Item):
    """A supplier."""

    id: Id
    """Short id."""
    name: Name
    """Name in fr, ar, en."""
    place: Location
    """Where goods are picked up."""
    town: str = ""
    """Town or village."""
    province: str = ""
    """Province."""
    region: str = ""
    """Region."""
    rural: bool = True
    """Whether it is a rural cooperative; `rural_only` programmes buy from no other."""
    members: Count = Field(default=0, ge=0)
    """Number of members."""
    women: Share = 0.0
    """Share of women among the members."""
    offers: tuple[Offer, ...] = Field(min_length=1)
    """What it sells."""
    engagement_cost: Money = 0
    """Fixed cost to the programme (visit, contract, quality control) when anything is bought from it."""
    minimum_revenue: Money = 0
    """Smallest total bought from it, if anything is bought."""
