"""What comes out: one plan, the only source for every paper and figure.

Ids refer to the programme. Money is in centimes, weight in grams, distance in metres, times of day in
seconds after midnight, days are dates. Nothing here holds a name, a telephone or an address.
Lists are sorted, so that the same plan is the same bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

PLAN_FORMAT: Literal["basketplan.plan"] = "basketplan.plan"
PLAN_VERSION: Literal[1] = 1


class PlanItem(BaseModel):
    """Base of all plan types: frozen, unknown keys are faults."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class Shipment(PlanItem):
    """Packs of one offer going to one hub on one day."""

    id: str
    """`S0001`, …, in the order of arrival day, hub, cooperative, product, dispatch day."""
    cooperative: str
    product: str
    hub: str
    dispatched: dt.date
    """Day on which it leaves the cooperative."""
    arrives: dt.date
    """Day on which it reaches the hub; it may be assembled that day."""
    packs: int
    price_centimes: int
    """Price of one pack, price breaks applied."""
    cost_centimes: int
    """``packs × price_centimes``."""


class Haul(PlanItem):
    """Lorries of one type from one cooperative to one hub on one day; they carry that day's shipments.

    Shipments that a collection round carries are not among them.
    """

    cooperative: str
    hub: str
    dispatched: dt.date
    lorry: str
    number: int
    distance_m: int
    """Road distance one way, of one lorry."""
    cost_centimes: int
    """Of all ``number`` lorries."""


class RoundStop(PlanItem):
    """A cooperative that a collection round calls at. ``leg_m`` is the road from the stop before (or the hub)."""

    cooperative: str
    shipments: tuple[str, ...]
    """Ids of what is loaded here."""
    leg_m: int
    arrive_s: int
    leave_s: int
    weight_g: int
    """Loaded here."""
    volume_ml: int


class Round(PlanItem):
    """A lorry of a hub that collects at cooperatives on one day and is back on that day."""

    id: str
    """`R0001`, …, in the order of day, hub, lorry, stops."""
    hub: str
    lorry: str
    """The lorry type."""
    day: dt.date
    """Day on which the shipments leave and arrive."""
    depart_s: int
    return_s: int
    distance_m: int
    """All legs, with the one back to the hub."""
    weight_g: int
    volume_ml: int
    stops: tuple[RoundStop, ...]
    cost_centimes: int
    """Per round and per km."""
    instead_of: tuple[Haul, ...]
    """The lorries that would go straight from these cooperatives if there were no round."""
    saved_centimes: int
    """What the lorries of ``instead_of`` would cost, less ``cost_centimes``."""


class Engagement(PlanItem):
    """The fixed cost of working with a cooperative."""

    cooperative: str
    cost_centimes: int


class Assembly(PlanItem):
    """Baskets of one type assembled at one hub on one day."""

    hub: str
    day: dt.date
    basket: str
    count: int
    cost_centimes: int


class Lot(PlanItem):
    """The packs of one shipment that end up in one basket."""

    shipment: str
    packs: int


class PackedBasket(PlanItem):
    """One physical basket: every pack in it is traceable to a shipment and so to a cooperative."""

    id: str
    """`B00001`, …"""
    basket: str
    """Its type."""
    hub: str
    assembled: dt.date
    household: str | None
    """Who gets it (`P1/2`: in the second visit to P1); none: it is left at the hub."""
    lots: tuple[Lot, ...]


class Stop(PlanItem):
    """A visit to a household. ``leg_m`` is the road from the stop before (or the hub)."""

    household: str
    """Its id; where its baskets are split over several visits `ID/1`, `ID/2`, …."""
    leg_m: int
    arrive_s: int
    start_s: int
    """Start of service: arrival, or the opening of the window."""
    leave_s: int


class Trip(PlanItem):
    """One round of one vehicle on one day."""

    id: str
    """`T0001`, …, in the order of day, hub, vehicle, start."""
    hub: str
    vehicle: str
    """The vehicle type."""
    unit: str
    """The vehicle itself: `van@casa-est#2`."""
    day: dt.date
    load_s: int
    """Loading starts."""
    depart_s: int
    """The vehicle leaves the hub."""
    return_s: int
    """It is back."""
    distance_m: int
    """All legs, with the one back to the hub."""
    baskets: int
    weight_g: int
    volume_ml: int
    stops: tuple[Stop, ...]
    cost_centimes: int
    """Per trip, per km and per hour; not the day's fixed cost."""


class Collection(PlanItem):
    """Where a family collects its baskets, instead of getting them at its door."""

    household: str
    point: str
    walk_m: int
    """From home to the point, one way."""
    days: tuple[dt.date, ...]
    """Days on which its baskets may come to the point: families take turns where they are too many for one day."""
    day: dt.date | None
    """The day on which it collects, which is that of the trip that brings its baskets; none: it gets none."""
    from_s: int | None
    """It comes from this time of day on; the trip has left the point by then."""
    until_s: int | None


class BreakTaken(PlanItem):
    """A driver's break at the hub."""

    start_s: int
    end_s: int


class VehicleDay(PlanItem):
    """One vehicle on one day."""

    unit: str
    vehicle: str
    hub: str
    day: dt.date
    trips: tuple[str, ...]
    """Ids in order of time."""
    breaks: tuple[BreakTaken, ...] = ()
    cost_centimes: int
    """The fixed cost of the day."""


Reason = Literal[
    "supply",  # not enough of a product, in time
    "assembly",  # hubs cannot assemble more in time
    "storage",
    "budget",
    "territory",  # no hub may serve it, or hubs are full
    "access",  # no vehicle may reach it
    "time",  # no trip fits windows, shift or longest trip
    "days",  # nobody is home on a day on which it could be delivered
    "fleet",  # all vehicle-days are used
    "capacity",  # its baskets exceed every vehicle
    "stopped",  # planning was interrupted before it was placed
    "walking",  # it would have to collect, and no point is within walking distance or has room
]


class Unserved(PlanItem):
    """A household left out, with the reason and the smallest change known to serve it."""

    household: str
    """Its id, or that of the visit that is not made where its baskets are split."""
    reason: Reason
    detail: str
    """One sentence with figures."""
    remedy: str
    """One sentence: what would serve it."""


class StageReport(PlanItem):
    """How a stage or a goal of it ended: honest about what is proven."""

    stage: str
    """points, territory, allocation, rounds, routing, calendar, lots."""
    goal: str = ""
    """For allocation: a goal of the policy, `zones` (service between zones in a shortage) or `rules` (floors and the
    Gini bound). For routing: the hub."""
    status: Literal["optimal", "feasible", "heuristic", "interrupted", "skipped"]
    """`optimal`: proven within the stated gap. `heuristic`: no bound is known."""
    value: float | None = None
    bound: float | None = None
    gap: float | None = None
    """``|value − bound| / |value|``; none where no bound is known."""
    detail: str = ""


CostKind = Literal["goods", "engagement", "inbound", "assembly", "vehicle_days", "trips", "points"]


class CostLine(PlanItem):
    """One line of the bill."""

    kind: CostKind
    reference: str
    """Shipment id, cooperative, `cooperative>hub@day:lorry` or round id, `hub@day:basket`, `unit@day`, trip id,
    `point@day`."""
    centimes: int


class CooperativeResult(PlanItem):
    """What a cooperative gets. ``share`` is bought over what it could have supplied of what was needed."""

    cooperative: str
    packs: int
    revenue_centimes: int
    potential_centimes: int
    """At base prices, of what can arrive in time for a delivery; 0 where nothing can be bought from it."""
    share: float
    """0 where ``potential_centimes`` is 0."""


class ZoneService(PlanItem):
    """Service in one zone."""

    zone: str
    households: int
    served: int
    baskets: int
    baskets_served: int


class Promise(PlanItem):
    """A limit of the policy and what the plan makes of it."""

    rule: Literal["floor", "ceiling", "gini"]
    """Floors are of shares (bought over what could have been supplied), ceilings of the money for goods."""
    of: str
    """Cooperative or group; `all`: every cooperative that has no ceiling of its own, for `gini` all of them."""
    limit: float
    found: float
    met: bool
    reason: str = ""
    """Why it is not met; empty where it is."""


def _empty(value: object) -> bool:
    return not value


class Collecting(PlanItem):
    """Figures of distribution points, over families that get their baskets there."""

    families: int
    points: int
    """Points at which anybody collects."""
    point_days: int
    """Days on which they are open, added up."""
    walk_total_m: int
    """One way."""
    walk_mean_m: float
    walk_max_m: int


class Metrics(PlanItem):
    """Figures of the whole plan, computed from its parts."""

    households: int
    served: int
    """Households that get all their baskets."""
    unserved: int
    """Households that do not; one whose baskets are split may get some."""
    baskets_needed: int
    baskets_delivered: int
    baskets_left: int
    """Assembled but not delivered."""
    cost_centimes: int
    cost_by_kind: dict[str, int]
    cost_per_basket_centimes: int
    distance_m: int
    """Delivery only."""
    inbound_distance_m: int
    """Lorries one way, collection rounds out and back."""
    rounds: int = 0
    """Collection rounds."""
    rounds_saved_centimes: int = 0
    """By how much they are cheaper than lorries that go straight."""
    trip_seconds: int
    """From loading to return, all trips."""
    trips: int
    vehicle_days: int
    load_factor: float
    """Mean over trips of the fullest of weight, volume and baskets."""
    trip_zone_share: float
    """Of the stops with a zone, those in the zone where their trip stops most."""
    driver_spread_m: int
    """Mean straight line from a stop to the middle of all stops of its vehicle, over all days."""
    work_spread_s: int
    """Largest difference in seconds of all trips between two vehicles of one type and hub that are used."""
    lowest_share: float
    gini: float
    """Of the shares of all cooperatives with potential."""
    jain: float
    women_share: float
    """Of the money for goods, weighted by each cooperative's share of women."""
    rural_share: float
    """Of the money for goods."""
    cooperatives_engaged: int
    first_delivery: dt.date | None
    last_delivery: dt.date | None
    leftover_packs: dict[str, int]
    """Packs bought but in no basket, by product."""
    cooperatives: tuple[CooperativeResult, ...]
    zones: tuple[ZoneService, ...]
    goals: dict[str, float] = Field(default={}, exclude_if=_empty)
    """Where the policy names them, `women`: part of the money for goods to cooperatives with a majority of women;
    `freshness`: kg × part of their shelf life that goods have used up when they are packed."""
    promises: tuple[Promise, ...] = Field(default=(), exclude_if=_empty)
    """Every floor, ceiling and Gini bound of the policy, kept or not."""
    collecting: Collecting | None = Field(default=None, exclude_if=lambda value: value is None)
    """Of a plan with distribution points."""


class Origin(PlanItem):
    """From what and how the plan was made; no clock, no machine."""

    programme: str
    """Id of the programme."""
    programme_sha256: str
    """Of the programme's canonical content (after overrides)."""
    scenario: str | None = None
    overrides: tuple[str, ...] = ()
    seed: int
    effort: str
    versions: dict[str, str]
    """basketplan, ortools, numpy, python (major.minor)."""


class Plan(PlanItem):
    """Everything decided."""

    format: Literal["basketplan.plan"] = PLAN_FORMAT
    version: Literal[1] = PLAN_VERSION
    origin: Origin
    status: Literal["complete", "interrupted"]
    """`interrupted`: the best plan that existed when it was stopped."""
    shipments: tuple[Shipment, ...]
    hauls: tuple[Haul, ...]
    rounds: tuple[Round, ...] = ()
    engagements: tuple[Engagement, ...]
    assemblies: tuple[Assembly, ...]
    baskets: tuple[PackedBasket, ...]
    trips: tuple[Trip, ...]
    vehicle_days: tuple[VehicleDay, ...]
    unserved: tuple[Unserved, ...]
    stages: tuple[StageReport, ...]
    costs: tuple[CostLine, ...]
    metrics: Metrics
    collections: tuple[Collection, ...] = Field(default=(), exclude_if=lambda value: not value)
    """By household; empty where everything comes to the door."""

    @staticmethod
    def read(path: Path | str) -> Plan:
        """Read a plan folder or a plan.json; see :func:`basketplan.plan.io.read_plan`."""
        from basketplan.plan.io import read_plan

        return read_plan(path)

    def write(self, folder: Path | str, verification: Verification, inputs: Mapping[str, Any] | None = None) -> Path:
        """Write the plan folder and return it; see :func:`basketplan.plan.io.write_plan`."""
        from basketplan.plan.io import write_plan

        return write_plan(folder, self, verification, inputs or {})


class Violation(PlanItem):
    """A broken rule of a plan."""

    code: str
    """`V101`, …"""
    rule: str
    """Short name of the rule."""
    where: str
    """Id of the thing."""
    expected: str
    found: str
    message: str


class Verification(PlanItem):
    """The independent check of a plan."""

    plan_sha256: str
    """Of the plan.json that was checked."""
    checked: dict[str, int]
    """How many things each rule looked at, by rule name."""
    violations: tuple[Violation, ...]

    @property
    def ok(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations
