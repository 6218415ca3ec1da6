"""What goes between the stages: problems in, solutions out. All integers, see :mod:`basketplan.units`.

``day`` is always an index into ``Programme.working_days``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from basketplan import units
from basketplan.plan.types import Plan, Reason, StageReport
from basketplan.travel.roads import Roads

IntArray = NDArray[np.int64]

EffortName = Literal["quick", "standard", "thorough"]


@dataclass(frozen=True, kw_only=True)
class Effort:
    """How hard to try: counts that decide, and clocks that only guard.

    The counts make runs repeatable; the ``*_s`` limits are safety nets that a healthy run never meets.
    """

    name: str
    allocation_gap: float
    """Relative gap at which the cost goal stops."""
    allocation_nodes: int
    """Branch-and-bound nodes at which a MIP stops."""
    allocation_s: float
    routing_moves: int
    """Moves of the routing search per stop."""
    routing_s: float
    calendar_s: float
    calendar_work: float
    """CP-SAT deterministic time, in its own unit."""


EFFORTS: Mapping[str, Effort] = {
    "quick": Effort(
        name="quick", allocation_gap=0.02, allocation_nodes=200, allocation_s=600, routing_moves=60,
        routing_s=200, calendar_s=120, calendar_work=2.0,
    ),
    "standard": Effort(
        name="standard", allocation_gap=0.01, allocation_nodes=5_000, allocation_s=900, routing_moves=200,
        routing_s=600, calendar_s=300, calendar_work=6.0,
    ),
    "thorough": Effort(
        name="thorough", allocation_gap=0.002, allocation_nodes=100_000, allocation_s=3600, routing_moves=6_000,
        routing_s=3600, calendar_s=900, calendar_work=40.0,
    ),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Left:
    """A household that a stage leaves out."""

    household: str
    reason: Reason
    detail: str
    remedy: str


@dataclass(frozen=True, kw_only=True)
class Territory:
    """Which hub serves which household."""

    hub_of: Mapping[str, str]
    """Household id → hub id, for every household that a hub serves."""
    left: tuple[Left, ...]
    report: StageReport


@dataclass(frozen=True, kw_only=True)
class Shipped:
    """Packs of one offer, one hub, one dispatch day."""

    cooperative: str
    product: str
    hub: str
    dispatch_day: int
    arrival_day: int
    packs: int


@dataclass(frozen=True, kw_only=True)
class Hauled:
    """Lorries of one type, one cooperative, one hub, one dispatch day."""

    cooperative: str
    hub: str
    dispatch_day: int
    lorry: str
    number: int


@dataclass(frozen=True, kw_only=True)
class Collected:
    """A collection round: a lorry of a hub that calls at cooperatives on one day, in their order."""

    hub: str
    lorry: str
    day: int
    cooperatives: tuple[str, ...]
    products: tuple[tuple[str, ...], ...]
    """Per cooperative: of which products its shipments of that day to the hub are loaded."""
    instead_of: tuple[Hauled, ...]
    """The lorries that would go straight otherwise."""


@dataclass(frozen=True, kw_only=True)
class Assembled:
    """Baskets of one type assembled at one hub on one day, with the alternatives used.

    ``choices[line][alternative]`` counts the baskets whose line holds that alternative; each row sums
    to ``count``.
    """

    hub: str
    day: int
    basket: str
    count: int
    choices: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Supplied:
    """What an earlier plan decided about supply and assembly.

    By date, since programmes may differ in their working days; dates are proleptic ordinals.
    """

    packs: Mapping[tuple[str, str, str, int, int], int]
    """(cooperative, product, hub, dispatch, arrival) → packs."""
    assembled: Mapping[tuple[str, str, int], int]
    """(hub, basket type, date) → baskets."""
    gap: float | None = None
    """Proven gap of its cost."""
    fairest: Supplied | None = None
    """The days with the highest lowest share, which that plan was made cheaper from."""

    @staticmethod
    def of(plan: Plan, fairest: Supplied | None = None) -> Supplied:
        """Return what ``plan`` decided."""
        packs: Counter[tuple[str, str, str, int, int]] = Counter()
        for item in plan.shipments:
            when = (item.dispatched.toordinal(), item.arrives.toordinal())
            packs[item.cooperative, item.product, item.hub, *when] += item.packs
        assembled: Counter[tuple[str, str, int]] = Counter()
        for made in plan.assemblies:
            assembled[made.hub, made.basket, made.day.toordinal()] += made.count
        gaps = [item.gap for item in plan.stages if (item.stage, item.goal) == ("allocation", "cost")]
        gap = gaps[-1] if gaps else None
        return Supplied(packs=dict(packs), assembled=dict(assembled), gap=gap, fairest=fairest)


@dataclass(frozen=True, kw_only=True)
class Allocation:
    """Who supplies what, where and when baskets are assembled."""

    shipped: tuple[Shipped, ...]
    hauled: tuple[Hauled, ...]
    assembled: tuple[Assembled, ...]
    unit_price: Mapping[tuple[str, str], int]
    """(cooperative, product) → centimes per pack, price breaks applied, for every offer bought."""
    served: frozenset[str]
    """Households whose baskets are assembled."""
    left: tuple[Left, ...]
    """Households of the territory without baskets, with the reason."""
    due: Mapping[str, tuple[int, ...]]
    """Hub → baskets that must have been delivered by the end of each working day (storage, shelf life)."""
    reports: tuple[StageReport, ...]
    """One per goal, in order."""
    collected: tuple[Collected, ...] = ()
    """Rounds; what they carry is not in ``hauled``."""
    fairest: Supplied | None = None
    """Days with the highest lowest share, where costs were looked at from there: for plans that begin from this one."""


@dataclass(frozen=True, kw_only=True)
class VehicleClass:
    """A vehicle type at one hub, in plain integers; ``None`` nowhere: no limit is a very large number."""

    id: str
    number: int
    max_weight_g: int
    max_volume_ml: int
    max_baskets: int
    shift_start_s: int
    shift_end_s: int
    max_trip_distance_m: int
    max_trip_duration_s: int
    """From start of loading to return; already bounded by shift and break."""
    trips_per_day: int
    loading_s: int
    loading_per_basket_s: int
    speed_kmh: float
    cost_per_day_centimes: int
    cost_per_trip_centimes: int
    cost_per_km_centimes: int
    cost_per_hour_centimes: int
    access: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class RoutingProblem:
    """One hub's households to be put on trips. Point 0 is the hub, points 1…n the stops.

    A stop may be served by class ``k`` if its access class is in ``vehicles[k].access``; on one trip all
    stops share at least one day (see ``days``), loads fit, every service starts in one of the stop's
    windows, and the trip lies within the shift and the longest trip.
    """

    hub: str
    stop_ids: tuple[str, ...]
    """Household ids; ``stop_ids[i]`` is point ``i + 1``."""
    lat: NDArray[np.float64]
    """``(n_points,)`` degrees."""
    lon: NDArray[np.float64]
    roads: Roads
    service_s: IntArray
    """``(n_points,)``; 0 for the hub."""
    weight_g: IntArray
    volume_ml: IntArray
    baskets: IntArray
    priority: IntArray
    windows: tuple[tuple[tuple[int, int], ...], ...]
    """Per point: spans in which service may start; empty: any time."""
    access: tuple[str, ...]
    """Per point; ``""`` for the hub."""
    days: IntArray
    """``(n_points,)`` bit ``d`` is set when the stop may be served on working day ``d``."""
    vehicles: tuple[VehicleClass, ...]
    n_days: int
    drive_tables_s: Mapping[str, NDArray[np.int32]] = field(default_factory=dict)
    """Vehicle class → ``(n_points, n_points)`` seconds from the row's point to the column's, which need not be
    symmetric; for the classes whose driving does not follow from the road and their speed."""

    zone: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """``(n_points,)`` numbers of zones, 0 where there is none; empty where zones do not matter."""
    zone_change_centimes: int = 0
    """What the search pays for a drive between stops of different zones."""

    def legs_m(self, stops: Sequence[int]) -> list[int]:
        """Return the metres from the hub to the first of ``stops``, from stop to stop, and back."""
        path = [0, *stops, 0]
        legs: list[int] = self.roads.between(path[:-1], path[1:]).tolist()
        return legs

    def legs_s(self, vehicle: VehicleClass, stops: Sequence[int]) -> list[int]:
        """Return the seconds that ``vehicle`` drives on each of the legs of :meth:`legs_m`."""
        if vehicle.id in self.drive_tables_s:
            path = [0, *stops, 0]
            legs: list[int] = self.drive_tables_s[vehicle.id][path[:-1], path[1:]].tolist()
            return legs
        return [units.travel_s(metres, vehicle.speed_kmh) for metres in self.legs_m(stops)]


@dataclass(frozen=True, kw_only=True)
class RoutedTrip:
    """One trip: a vehicle class and its stops in order (point indices)."""

    vehicle: str
    stops: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class RoutingSolution:
    """Trips for one hub."""

    hub: str
    trips: tuple[RoutedTrip, ...]
    left: tuple[Left, ...]
    cost_centimes: int
    """Trip, km and hour costs; not the days' fixed costs."""
    distance_m: int
    report: StageReport


@dataclass(frozen=True, kw_only=True)
class ScheduledTrip:
    """A trip with its vehicle, day and start of loading."""

    hub: str
    vehicle: str
    unit: int
    """Which one of the class, from 1."""
    day: int
    load_s: int
    households: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """Which vehicle makes which trip on which day."""

    trips: tuple[ScheduledTrip, ...]
    breaks: Mapping[tuple[str, str, int, int], tuple[tuple[int, int], ...]] = field(default_factory=dict)
    """(hub, vehicle, unit, day) → (start_s, end_s) of each break."""
    left: tuple[Left, ...] = ()
    reports: tuple[StageReport, ...] = ()
