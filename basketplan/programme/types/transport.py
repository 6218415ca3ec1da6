"""Lorries that bring goods to hubs, and vehicles that bring baskets to households."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from basketplan.programme.types.values import (
    Count,
    Days,
    Distance,
    Duration,
    Id,
    Item,
    Mass,
    Money,
    Name,
    Span,
    Speed,
    Text,
    Volume,
)


class Rounds(Item):
    """How a lorry of a hub collects at several cooperatives in one day: out and back, so that goods arrive that day.

    `rounds: {}` takes everything from the defaults.
    """

    max_stops: int = Field(default=6, ge=1, le=100)
    """Most cooperatives of one round."""
    time_per_stop: Duration = 1_800
    """Time at each cooperative, to load and to sign."""
    speed: Speed = 60.0
    """Mean speed between towns."""
    hours: Span = (21_600, 64_800)
    """When a round leaves the hub, and by when it is back."""
    max_distance: Distance | None = None
    """Longest round by road, from the hub and back to it; none: no limit but the hours."""
    cost_per_trip: Money | None = None
    """Paid per round; by default what the lorry costs per trip."""
    cost_per_km: Money | None = None
    """Paid per kilometre of the whole round, out and back; by default half of what the lorry costs per kilometre, whose
    price includes the way back."""
    per_day: Count | None = Field(default=None, ge=1)
    """Most rounds by lorries of this type for one hub on one day; none: no limit."""
    wait: Days = 0
    """Days by which goods that nobody needs yet, and that do not perish, may leave later than the allocation says, so
    that they share a round; the longest of all lorry types holds. 0: rounds change no day."""


class Lorry(Item):
    """A type of lorry that brings goods from a cooperative straight to a hub, or collects them for it on rounds."""

    id: Id
    """Short id."""
    name: Name = Text(fr="camion", ar="شاحنة", en="lorry")
    """Name in fr, ar, en."""
    max_weight: Mass
    """Most gross weight per lorry."""
    max_volume: Volume | None = None
    """Most volume per lorry; none: no limit."""
    cost_per_trip: Money = 0
    """Paid per lorry sent."""
    cost_per_km: Money = 0
    """Paid per kilometre of road from cooperative to hub (one way: the carrier's price includes its return)."""
    km_per_day: Distance = 600_000
    """Road covered per day: a lorry arrives floor(road / this) days after it left."""
    rounds: Rounds | None = None
    """Whether lorries of this type, sent by a hub, may also collect at several cooperatives on one round, where that
    costs less than a lorry for each; none: they only go straight."""

    @property
    def round_cost_per_trip(self) -> int:
        """Centimes of one round, before its road; as of a direct trip where rounds say nothing else."""
        special = self.rounds.cost_per_trip if self.rounds is not None else None
        return self.cost_per_trip if special is None else special

    @property
    def round_cost_per_km(self) -> int:
        """Centimes of a kilometre of a round; half of a direct lorry's, rounded up, where rounds say nothing else."""
        special = self.rounds.cost_per_km if self.rounds is not None else None
        return (self.cost_per_km + 1) // 2 if special is None else special


class Break(Item):
    """A driver's break, taken at the hub between two trips."""

    duration: Duration
    """How long."""
    after: Duration
    """Longest work (loading, driving, service, waiting) without a break; also bounds a single trip."""


class Vehicle(Item):
    """A type of vehicle that brings baskets from a hub to households."""

    id: Id
    """Short id."""
    name: Name
    """Name in fr, ar, en."""
    number: dict[Id, Annotated[int, Field(le=10_000)]]
    """How many stand at each hub: `{casa-est: 3, agadir: 2}`."""
    max_weight: Mass | None = None
    """Most gross weight on board; none: no limit."""
    max_volume: Volume | None = None
    """Most volume on board; none: no limit."""
    max_baskets: Count | None = Field(default=None, ge=1)
    """Most baskets on board; none: no limit."""
    shift: Span = (28_800, 61_200)
    """Between which times it works: loading starts and the last return lies inside."""
    cost_per_day: Money = 0
    """Paid for each day on which it is used."""
    cost_per_trip: Money = 0
    """Paid for each trip."""
    cost_per_km: Money = 0
    """Paid per kilometre."""
    cost_per_hour: Money = 0
    """Paid per hour of trip, from start of loading to return."""
    loading: Duration = 0
    """Time to load before each trip, whatever is loaded."""
    loading_per_basket: Duration = 0
    """Further loading time per basket."""
    speed: Speed = 25.0
    """Mean speed."""
    max_trip_distance: Distance | None = None
    """Longest trip by distance; none: no limit."""
    max_trip_duration: Duration | None = None
    """Longest trip by time, from start of loading to return; none: the shift."""
    trips_per_day: int = Field(default=1, ge=1, le=100)
    """Most trips of one vehicle in a day."""
    driver_break: Break | None = Field(default=None, alias="break")
    """The driver's break, if any."""
    access: tuple[Id, ...] = ("street",)
    """Access classes that it can enter."""
