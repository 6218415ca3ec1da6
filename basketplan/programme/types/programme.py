"""The days, how distance is estimated, and the programme as a whole."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from basketplan.programme.types.goods import Basket, Product
from basketplan.programme.types.places import Household, Hub, Point
from basketplan.programme.types.policy import Group, Policy
from basketplan.programme.types.supply import Cooperative
from basketplan.programme.types.transport import Lorry, Vehicle
from basketplan.programme.types.values import WEEKDAYS, Date, Distance, Id, Item, Name, Text, Weekday


class Calendar(Item):
    """The days of the programme."""

    first_day: Date
    """First day: orders go out, goods may leave."""
    last_day: Date
    """Last day on which a basket may be delivered."""
    working_days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat")
    """Weekdays on which anything happens: production, lorries, assembly, delivery."""
    holidays: tuple[Date, ...] = ()
    """Dates on which nothing happens."""


class Detour(Item):
    """Road distance over straight line, below a straight-line distance."""

    below: Distance | None = None
    """Holds for straight lines shorter than this; none in the last row."""
    ratio: float = Field(ge=1.0, le=5.0)
    """Road metres per straight-line metre."""


class Travel(Item):
    """How road distance is estimated from places."""

    detour: tuple[Detour, ...] = tuple(
        Detour.model_validate(row)
        for row in (
            {"below": "1 km", "ratio": 1.37},
            {"below": "2 km", "ratio": 1.33},
            {"below": "4 km", "ratio": 1.26},
            {"below": "8 km", "ratio": 1.20},
            {"below": "15 km", "ratio": 1.15},
            {"ratio": 1.11},
        )
    )
    """Detour table, by straight-line distance; interpolated so that a longer line is never a shorter road."""
    inbound_detour: float = Field(default=1.2, ge=1.0, le=5.0)
    """Ratio between towns, for lorries from cooperatives."""


class Programme(Item):
    """One operation: everything the user writes."""

    id: Id
    """Short id of the programme."""
    title: Name = Text()
    """Title in fr, ar, en."""
    country: Literal["MA"] | None = "MA"
    """Places outside this country are faults; `null` switches the check off."""
    calendar: Calendar
    """The days."""
    policy: Policy = Policy()
    """Goals and rules."""
    travel: Travel = Travel()
    """How distance is estimated."""
    products: tuple[Product, ...] = Field(min_length=1)
    """Goods and their packs."""
    baskets: tuple[Basket, ...] = Field(min_length=1)
    """Types of parcel."""
    cooperatives: tuple[Cooperative, ...] = Field(min_length=1)
    """Suppliers and what they sell."""
    hubs: tuple[Hub, ...] = Field(min_length=1)
    """Where baskets are assembled."""
    lorries: tuple[Lorry, ...] = Field(min_length=1)
    """Inbound transport."""
    vehicles: tuple[Vehicle, ...] = Field(min_length=1)
    """Delivery vehicles."""
    households: tuple[Household, ...] = Field(min_length=1)
    """Stops; usually `households: households.csv`, a table with the same columns."""
    points: tuple[Point, ...] = Field(default=(), exclude_if=lambda value: not value)
    """Places that may become distribution points."""

    @cached_property
    def product(self) -> dict[str, Product]:
        """Products by id."""
        return {item.id: item for item in self.products}

    @cached_property
    def basket(self) -> dict[str, Basket]:
        """Basket types by id."""
        return {item.id: item for item in self.baskets}

    @cached_property
    def cooperative(self) -> dict[str, Cooperative]:
        """Cooperatives by id."""
        return {item.id: item for item in self.cooperatives}

    @cached_property
    def hub(self) -> dict[str, Hub]:
        """Hubs by id."""
        return {item.id: item for item in self.hubs}

    @cached_property
    def lorry(self) -> dict[str, Lorry]:
        """Lorry types by id."""
        return {item.id: item for item in self.lorries}

    @cached_property
    def vehicle(self) -> dict[str, Vehicle]:
        """Vehicle types by id."""
        return {item.id: item for item in self.vehicles}

    @cached_property
    def household(self) -> dict[str, Household]:
        """Households by id."""
        return {item.id: item for item in self.households}

    @cached_property
    def point(self) -> dict[str, Point]:
        """Candidates for distribution points by id."""
        return {item.id: item for item in self.points}

    @cached_property
    def working_days(self) -> tuple[dt.date, ...]:
        """The days on which anything happens, in order."""
        span = (self.calendar.last_day - self.calendar.first_day).days
        days = (self.calendar.first_day + dt.timedelta(days=k) for k in range(span + 1))
        return tuple(
            day
            for day in days
            if WEEKDAYS[day.weekday()] in self.calendar.working_days and day not in self.calendar.holidays
        )

    def hub_days(self, hub: Hub) -> tuple[dt.date, ...]:
        """Working days on which ``hub`` is open."""
        weekdays = hub.open if hub.open is not None else self.calendar.working_days
        return tuple(day for day in self.working_days if WEEKDAYS[day.weekday()] in weekdays and day not in hub.closed)

    def home_days(self, household: Household) -> tuple[dt.date, ...]:
        """Working days on which somebody is home."""
        if not household.days:
            return self.working_days
        return tuple(
            day for day in self.working_days if day in household.days or WEEKDAYS[day.weekday()] in household.days
        )

    def members(self, group: Group) -> tuple[str, ...]:
        """Return the ids of the cooperatives of ``group``, sorted."""
        there = {item.id for item in self.cooperatives if group.province and item.province == group.province}
        return tuple(sorted(there | (set(group.cooperatives) & self.cooperative.keys())))

    def point_days(self, point: Point) -> tuple[dt.date, ...]:
        """Working days on which ``point`` can be used."""
        if not point.open:
            return self.working_days
        return tuple(day for day in self.working_days if day in point.open or WEEKDAYS[day.weekday()] in point.open)

    def may_split(self, household: Household) -> bool:
        """Tell whether the baskets of ``household`` may come in several visits."""
        return self.policy.split if household.split is None else household.split

    def with_households(self, households: tuple[Household, ...]) -> Programme:
        """Return the programme with other households; nothing that was worked out for the old ones is kept."""
        return self.altered(households=households)

    def altered(self, **parts: Any) -> Programme:
        """Return the programme with other ``parts``; nothing that was worked out for the old ones is kept."""
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        return Programme.model_construct(**{**fields, **parts})

    def service_s(self, household: Household) -> int:
        """Seconds at the door of ``household``."""
        if household.service is not None:
            return household.service
        return self.policy.service + self.policy.service_per_basket * (household.total_baskets - 1)
