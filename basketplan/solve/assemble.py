"""Put what the stages decided into one plan: times, weights, money and figures are worked out here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from basketplan import units
from basketplan.plan.collecting import point_costs, timed
from basketplan.plan.metrics import compute_metrics
from basketplan.plan.types import (
    Assembly,
    BreakTaken,
    Collection,
    CostLine,
    Engagement,
    Haul,
    Origin,
    PackedBasket,
    Plan,
    Round,
    Shipment,
    StageReport,
    Stop,
    Trip,
    Unserved,
    VehicleDay,
)
from basketplan.programme.types import Household, Programme
from basketplan.solve.inbound import TownRoads, hauls_of, rounds_of
from basketplan.solve.types import Allocation, Left, Schedule, ScheduledTrip
from basketplan.travel.distance import legs_m

__all__ = ["assemble_plan", "start_of_service_s"]


@dataclass(frozen=True)
class _Load:
    """What one household receives."""

    baskets: int
    weight_g: int
    volume_ml: int


def assemble_plan(
    programme: Programme,
    *,
    origin: Origin,
    status: Literal["complete", "interrupted"],
    allocation: Allocation,
    schedule: Schedule,
    shipments: Sequence[Shipment],
    assemblies: Sequence[Assembly],
    baskets: Sequence[PackedBasket],
    left: Sequence[Left],
    stages: Sequence[StageReport],
    collections: Sequence[Collection] = (),
) -> Plan:
    """Return the plan that these decisions make.

    Parameters
    ----------
    allocation
        Its lorries become hauls and rounds.
    schedule
        Its trips and breaks become trips with times, and vehicle days.
    shipments, assemblies, baskets
        From :func:`basketplan.solve.lots.assign_lots`.
    left
        One entry for every household that no trip serves.
    stages
        Reports in the order in which stages ran.
    collections
        Who collects where; their days and hours follow from the trips.
    """
    roads = TownRoads(programme.travel)
    hauls = hauls_of(programme, allocation.hauled, roads)
    rounds = rounds_of(programme, allocation.collected, shipments, roads)
    engagements = tuple(
        Engagement(cooperative=name, cost_centimes=programme.cooperative[name].engagement_cost)
        for name in sorted({item.cooperative for item in shipments})
    )
    ordered = sorted(
        schedule.trips, key=lambda trip: (trip.day, trip.hub, trip.vehicle, trip.load_s, trip.unit, trip.households)
    )
    loads = _loads(programme, shipments, baskets)
    trips = tuple(_trip(programme, f"T{number:04d}", item, loads) for number, item in enumerate(ordered, start=1))
    vehicle_days = _vehicle_days(programme, schedule, ordered, trips)
    unserved = tuple(
        Unserved(household=item.household, reason=item.reason, detail=item.detail, remedy=item.remedy)
        for item in sorted(left, key=lambda item: item.household)
    )
    collected = timed(programme, collections, trips)
    costs = _cost_lines(shipments, engagements, hauls, rounds, assemblies, vehicle_days, trips)
    costs += point_costs(programme, collected)
    metrics = compute_metrics(
        programme,
        shipments=shipments,
        hauls=hauls,
        rounds=rounds,
        engagements=engagements,
        assemblies=assemblies,
        baskets=baskets,
        trips=trips,
        vehicle_days=vehicle_days,
        unserved=unserved,
        costs=costs,
        stages=stages,
        collections=collected,
    )
    return Plan(
        origin=origin,
        status=status,
        shipments=tuple(shipments),
        hauls=hauls,
        rounds=rounds,
        engagements=engagements,
        assemblies=tuple(assemblies),
        baskets=tuple(baskets),
        trips=trips,
        vehicle_days=vehicle_days,
        unserved=unserved,
        stages=tuple(stages),
        costs=costs,
        metrics=metrics,
        collections=collected,
    )


def start_of_service_s(household: Household, arrive_s: int) -> int:
    """Return the earliest start at or after ``arrive_s`` inside a window; the arrival itself if all have closed."""
    for opens, closes in sorted(household.windows):
        if arrive_s <= closes:
            return max(arrive_s, opens)
    return arrive_s


def _loads(programme: Programme, shipments: Iterable[Shipment], baskets: Iterable[PackedBasket]) -> Mapping[str, _Load]:
    """Return what each household receives, weighed from the actual lots."""
    product_of = {item.id: programme.product[item.product] for item in shipments}
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    for basket in baskets:
        if basket.household is None:
            continue
        row = totals[basket.household]
        fixed = programme.basket[basket.basket].volume
        packed = [(product_of[lot.shipment], lot.packs) for lot in basket.lots]
        row[0] += 1
        row[1] += sum(product.gross_weight * packs for product, packs in packed)
        row[2] += (
            fixed
            if fixed is not None
            else sum(product.volume * packs for product, packs in packed if not product.container)
        )
    return {household: _Load(*row) for household, row in totals.items()}


def _trip(programme: Programme, trip_id: str, item: ScheduledTrip, loads: Mapping[str, _Load]) -> Trip:
    """Return a trip with every leg, time and cost."""
    vehicle, hub = programme.vehicle[item.vehicle], programme.hub[item.hub]
    visits = [programme.household[name] for name in item.households]
    lat = [hub.place.lat, *(visit.lat for visit in visits), hub.place.lat]
    lon = [hub.place.lon, *(visit.lon for visit in visits), hub.place.lon]
    legs = [int(leg) for leg in legs_m(programme.travel, lat, lon)]
    load = [loads.get(visit.id, _Load(0, 0, 0)) for visit in visits]
    count = sum(one.baskets for one in load)
    depart_s = item.load_s + vehicle.loading + vehicle.loading_per_basket * count
    clock_s, stops = depart_s, []
    for visit, leg in zip(visits, legs, strict=False):
        arrive_s = clock_s + units.travel_s(leg, vehicle.speed)
        start_s = start_of_service_s(visit, arrive_s)
        clock_s = start_s + programme.service_s(visit)
        stops.append(Stop(household=visit.id, leg_m=leg, arrive_s=arrive_s, start_s=start_s, leave_s=clock_s))
    return_s = clock_s + units.travel_s(legs[-1], vehicle.speed)
    return Trip(
        id=trip_id,
        hub=item.hub,
        vehicle=item.vehicle,
        unit=_unit(item),
        day=programme.working_days[item.day],
        load_s=item.load_s,
        depart_s=depart_s,
        return_s=return_s,
        distance_m=sum(legs),
        baskets=count,
        weight_g=sum(one.weight_g for one in load),
        volume_ml=sum(one.volume_ml for one in load),
        stops=tuple(stops),
        cost_centimes=vehicle.cost_per_trip
        + units.cost_of_distance_centimes(sum(legs), vehicle.cost_per_km)
        + units.cost_of_time_centimes(return_s - item.load_s, vehicle.cost_per_hour),
    )


def _unit(item: ScheduledTrip) -> str:
    return f"{item.vehicle}@{item.hub}#{item.unit}"


def _vehicle_days(
    programme: Programme, schedule: Schedule, ordered: Sequence[ScheduledTrip], trips: Sequence[Trip]
) -> tuple[VehicleDay, ...]:
    """Return each used vehicle and day with its trips in order of time."""

    def key(pair: tuple[ScheduledTrip, Trip]) -> tuple[int, str, str, int]:
        return pair[0].day, pair[0].hub, pair[0].vehicle, pair[0].unit

    pairs = sorted(zip(ordered, trips, strict=True), key=lambda pair: (*key(pair), pair[1].load_s, pair[1].id))
    result = []
    for (day, hub, vehicle, unit), group in groupby(pairs, key=key):
        made = list(group)
        breaks = schedule.breaks.get((hub, vehicle, unit, day), ())
        result.append(
            VehicleDay(
                unit=made[0][1].unit,
                vehicle=vehicle,
                hub=hub,
                day=programme.working_days[day],
                trips=tuple(trip.id for _, trip in made),
                breaks=tuple(BreakTaken(start_s=start, end_s=end) for start, end in sorted(breaks)),
                cost_centimes=programme.vehicle[vehicle].cost_per_day,
            )
        )
    return tuple(result)


def _cost_lines(
    shipments: Iterable[Shipment],
    engagements: Iterable[Engagement],
    hauls: Iterable[Haul],
    rounds: Iterable[Round],
    assemblies: Iterable[Assembly],
    vehicle_days: Iterable[VehicleDay],
    trips: Iterable[Trip],
) -> tuple[CostLine, ...]:
    """Return the bill: one line for each thing that costs."""
    return (
        *(CostLine(kind="goods", reference=item.id, centimes=item.cost_centimes) for item in shipments),
        *(CostLine(kind="engagement", reference=item.cooperative, centimes=item.cost_centimes) for item in engagements),
        *(
            CostLine(
                kind="inbound",
                reference=f"{item.cooperative}>{item.hub}@{item.dispatched}:{item.lorry}",
                centimes=item.cost_centimes,
            )
            for item in hauls
        ),
        *(CostLine(kind="inbound", reference=item.id, centimes=item.cost_centimes) for item in rounds),
        *(
            CostLine(kind="assembly", reference=f"{item.hub}@{item.day}:{item.basket}", centimes=item.cost_centimes)
            for item in assemblies
        ),
        *(
            CostLine(kind="vehicle_days", reference=f"{item.unit}@{item.day}", centimes=item.cost_centimes)
            for item in vehicle_days
        ),
        *(CostLine(kind="trips", reference=item.id, centimes=item.cost_centimes) for item in trips),
    )
