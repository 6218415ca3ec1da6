"""Where baskets are assembled, where households live, and where families may collect."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import Field

from basketplan.programme.types.values import (
    Count,
    Date,
    Days,
    Distance,
    Duration,
    Id,
    Item,
    Location,
    Mass,
    Money,
    Name,
    Span,
    Volume,
    Weekday,
)


class Hub(Item):
    """Where goods arrive, baskets are assembled and trips start."""

    id: Id
    """Short id."""
    name: Name
    """Name in fr, ar, en."""
    place: Location
    """Where it is."""
    open: tuple[Weekday, ...] | None = None
    """Weekdays on which it receives, assembles and sends out; by default the programme's working days."""
    closed: tuple[Date, ...] = ()
    """Further days on which it is closed."""
    receiving: Mass | None = None
    """Most gross weight received per day; none: no limit."""
    storage_weight: Mass | None = None
    """Most gross weight at the hub at the end of a day: goods, and baskets not yet delivered."""
    storage_volume: Volume | None = None
    """Most volume at the hub at the end of a day: goods, and baskets not yet delivered."""
    assembly: Count | None = Field(default=None, ge=0)
    """Most baskets assembled per day; none: no limit."""
    assembly_cost: Money = 0
    """Cost of assembling one basket."""
    ready_after: Days = 1
    """Days between assembly and the earliest delivery: 0 is the same day, 1 the next."""
    radius: Distance | None = None
    """Longest road distance to a household that it serves; none: no limit."""
    zones: tuple[str, ...] | None = None
    """Zones of households that it serves; none: all."""


class Household(Item):
    """A stop: a pseudonymous id and a place, never a name."""

    id: Id
    """Pseudonymous id."""
    lat: float = Field(ge=-90, le=90)
    """Latitude."""
    lon: float = Field(ge=-180, le=180)
    """Longitude."""
    baskets: dict[Id, Annotated[int, Field(ge=1, le=10_000)]]
    """Baskets by type: `{standard: 1}`. All come in one visit, unless it may be split."""
    split: bool | None = None
    """Whether its baskets may come in several visits where they are more than any vehicle that may come can carry or
    deliver in one trip: as few visits as possible, of equal size, on any days, by any vehicles. The plan calls them
    `ID/1`, `ID/2`, …. To get them all on one day, give that day in `days`. By default the policy's."""
    service: Duration | None = None
    """Time at the door, of each visit; by default the policy's."""
    windows: tuple[Span, ...] = ()
    """Times of day at which service may start; none: any time."""
    days: tuple[Weekday | Date, ...] = ()
    """Weekdays or dates on which somebody is home; none: every day."""
    access: Id = "street"
    """Access class: what a vehicle must be able to enter."""
    priority: int = Field(default=1, ge=1, le=9)
    """Weight when not everybody can be served, and order of delivery: higher first."""
    zone: str = ""
    """Arrondissement, commune or quarter."""
    collect: bool = Field(default=True, exclude_if=bool)
    """Whether somebody can walk to a distribution point; `false`: always to the door. See `policy.delivery`."""

    @property
    def total_baskets(self) -> int:
        """Number of baskets of all types."""
        return sum(self.baskets.values())

    def visit(self, number: int, baskets: dict[str, int]) -> Household:
        """Return the visit ``number``, from 1, that brings some of its baskets, as a household of its own."""
        return self.model_copy(update={"id": f"{self.id}/{number}", "baskets": baskets})

    def at(self, point: Point, days: tuple[dt.date, ...], service_s: int) -> Household:
        """Return the household as it is for a vehicle that brings its baskets to ``point`` on one of ``days``.

        The vehicle has left the point when families begin to collect.
        """
        return self.model_copy(
            update={
                "lat": point.place.lat,
                "lon": point.place.lon,
                "access": point.access,
                "days": days,
                "windows": ((0, max(0, point.hours[0] - service_s)),),
                "service": service_s,
            }
        )


class Point(Item):
    """A place where families may collect their baskets, if it is chosen; see `policy.delivery`."""

    id: Id
    """Short id."""
    name: Name
    """Name in fr, ar, en."""
    place: Location
    """Where it is."""
    open: tuple[Weekday | Date, ...] = ()
    """Weekdays or dates on which it can be used; none: every working day."""
    hours: Span = (50_400, 64_800)
    """Between which times families collect. Vans come before: what is brought on a day is collected on that day."""
    families_per_hour: int = Field(default=60, ge=1, le=10_000)
    """Most families that are served per hour."""
    access: Id = "street"
    """Access class: what a vehicle must be able to enter."""
    cost_per_day: Money = 0
    """Paid for each day on which families collect."""

    @property
    def families_per_day(self) -> int:
        """Most families that can collect on one day."""
        return self.families_per_hour * (self.hours[1] - self.hours[0]) // 3600


def household_of(visit: str) -> str:
    """Return the household of a visit: ``P1`` for ``P1/2``, and for ``P1`` itself."""
    return visit.partition("/")[0]
