"""Figures of a whole plan, computed from its parts.

Fairness is measured on the cooperatives' *shares*: what a cooperative sold over what it could have supplied of what
was needed. Of these shares the plan tells the lowest, Gini's coefficient (C. Gini, *Variabilità e mutabilità*, 1912)
and Jain's index (R. Jain, D. Chiu, W. Hawe, *A quantitative measure of fairness and discrimination for resource
allocation in shared computer systems*, DEC-TR-301, 1984).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import get_args

from basketplan.plan.collecting import collecting_figures
from basketplan.plan.potential import potentials
from basketplan.plan.promises import goal_figures, promises
from basketplan.plan.types import (
    Assembly,
    Collection,
    CooperativeResult,
    CostKind,
    CostLine,
    Engagement,
    Haul,
    Metrics,
    PackedBasket,
    Round,
    Shipment,
    StageReport,
    Trip,
    Unserved,
    VehicleDay,
    ZoneService,
)
from basketplan.programme.types import Programme, household_of
from basketplan.travel.distance import straight_m

__all__ = ["compute_metrics", "gini", "jain"]

_PLACES = 6
"""Decimals kept of every share, so that plans stay readable."""


@dataclass(frozen=True)
class _Sales:
    """What one cooperative sold."""

    packs: int = 0
    revenue_centimes: int = 0


def gini(shares: Sequence[float]) -> float:
    """Return Gini's coefficient: 0 when all shares are equal, towards 1 when one has everything.

    ``Σ_i Σ_j |x_i − x_j| / (2 n² mean)``, computed from sorted shares; 0 for no or only zero shares.
    """
    ordered = sorted(shares)
    total = math.fsum(ordered)
    if total <= 0:
        return 0.0
    n = len(ordered)
    weighted = math.fsum((2 * rank - n - 1) * share for rank, share in enumerate(ordered, start=1))
    return weighted / (n * total)


def jain(shares: Sequence[float]) -> float:
    """Return Jain's index ``(Σx)² / (n Σx²)``: 1 when all shares are equal, 1/n when one has everything.

    1 for no or only zero shares.
    """
    most = max(shares, default=0.0)
    if most <= 0:
        return 1.0
    exponent = math.frexp(most)[1]  # times a power of two, which rounds nothing, so that no square is lost to underflow
    parts = [math.ldexp(share, -exponent) for share in shares]
    return math.fsum(parts) ** 2 / (len(parts) * math.fsum(part * part for part in parts))


def compute_metrics(
    programme: Programme,
    *,
    shipments: Sequence[Shipment],
    hauls: Sequence[Haul],
    rounds: Sequence[Round] = (),
    engagements: Sequence[Engagement],
    assemblies: Sequence[Assembly],
    baskets: Sequence[PackedBasket],
    trips: Sequence[Trip],
    vehicle_days: Sequence[VehicleDay],
    unserved: Sequence[Unserved],
    costs: Sequence[CostLine],
    stages: Sequence[StageReport] = (),
    collections: Sequence[Collection] = (),
) -> Metrics:
    """Return the figures of a plan made of these parts.

    Parameters
    ----------
    programme
        With every visit as a household of its own where baskets are split, see :func:`basketplan.plan.visits.by_visit`.
    stages
        Their reports give the reasons of rules that are not met.
    collections
        With their days; a plan without any has no costs of points.

    Notes
    -----
    ``load_factor`` is the mean over trips of the fullest of weight, volume and number of baskets; a vehicle without
    limits counts as empty. ``women_share`` and ``rural_share`` are shares of the money for goods. Averages over
    nothing are 0, Jain's index of nothing is 1. ``engagements`` and ``assemblies`` count through ``costs``.
    """
    by_kind = {kind: 0 for kind in get_args(CostKind) if kind != "points" or collections}
    for line in costs:
        by_kind[line.kind] += line.centimes
    total = sum(by_kind.values())
    results = _cooperative_results(programme, shipments)
    # Of unrounded shares: rounding them first would show in the indices.
    shares = [item.revenue_centimes / item.potential_centimes for item in results if item.potential_centimes > 0]
    delivered = sum(1 for basket in baskets if basket.household is not None)
    served = {stop.household for trip in trips for stop in trip.stops}
    lacking = {household_of(item.household) for item in unserved}
    days = [trip.day for trip in trips]
    goods = sum(item.revenue_centimes for item in results)
    women = math.fsum(programme.cooperative[item.cooperative].women * item.revenue_centimes for item in results)
    rural = sum(item.revenue_centimes for item in results if programme.cooperative[item.cooperative].rural)
    return Metrics(
        households=len({household_of(household.id) for household in programme.households}),
        served=len({household_of(visit) for visit in served} - lacking),
        unserved=len(lacking),
        baskets_needed=sum(household.total_baskets for household in programme.households),
        baskets_delivered=delivered,
        baskets_left=len(baskets) - delivered,
        cost_centimes=total,
        cost_by_kind=by_kind,
        cost_per_basket_centimes=(2 * total + delivered) // (2 * delivered) if delivered else 0,
        distance_m=sum(trip.distance_m for trip in trips),
        inbound_distance_m=sum(haul.distance_m * haul.number for haul in hauls) + sum(one.distance_m for one in rounds),
        rounds=len(rounds),
        rounds_saved_centimes=sum(one.saved_centimes for one in rounds),
        trip_seconds=sum(trip.return_s - trip.load_s for trip in trips),
        trips=len(trips),
        vehicle_days=len(vehicle_days),
        load_factor=_share(math.fsum(_load(programme, trip) for trip in trips), len(trips)),
        trip_zone_share=_trip_zone_share(programme, trips),
        driver_spread_m=_driver_spread_m(programme, trips),
        work_spread_s=_work_spread_s(trips),
        lowest_share=round(min(shares, default=0.0), _PLACES),
        gini=round(gini(shares), _PLACES),
        jain=round(jain(shares), _PLACES),
        women_share=_share(women, goods),
        rural_share=_share(rural, goods),
        cooperatives_engaged=len({shipment.cooperative for shipment in shipments}),
        first_delivery=min(days, default=None),
        last_delivery=max(days, default=None),
        leftover_packs=_leftover_packs(shipments, baskets),
        cooperatives=results,
        zones=_zones(programme, served, lacking),
        goals=goal_figures(programme, results, shipments, baskets),
        promises=promises(programme, results, gini(shares), stages),
        collecting=collecting_figures(collections),
    )


def _share(part: float, whole: float) -> float:
    return round(part / whole, _PLACES) if whole else 0.0


def _cooperative_results(programme: Programme, shipments: Iterable[Shipment]) -> tuple[CooperativeResult, ...]:
    """Return what each cooperative of the programme gets, by id."""
    sold: dict[str, _Sales] = {}
    for item in shipments:
        old = sold.get(item.cooperative, _Sales())
        sold[item.cooperative] = _Sales(old.packs + item.packs, old.revenue_centimes + item.cost_centimes)
    could = potentials(programme)
    results = []
    for name in sorted(programme.cooperative):
        potential = could[name]
        sales = sold.get(name, _Sales())
        results.append(
            CooperativeResult(
                cooperative=name,
                packs=sales.packs,
                revenue_centimes=sales.revenue_centimes,
                potential_centimes=potential,
                share=_share(sales.revenue_centimes, potential),
            )
        )
    return tuple(results)


def _load(programme: Programme, trip: Trip) -> float:
    """Return how full a trip is: the fullest of weight, volume and baskets."""
    vehicle = programme.vehicle[trip.vehicle]
    pairs = (
        (trip.weight_g, vehicle.max_weight),
        (trip.volume_ml, vehicle.max_volume),
        (trip.baskets, vehicle.max_baskets),
    )
    return max((used / limit for used, limit in pairs if limit), default=0.0)


def _trip_zone_share(programme: Programme, trips: Iterable[Trip]) -> float:
    """Return the share of stops in the main zone of their trip; stops without a zone do not count."""
    counts = [Counter(programme.household[stop.household].zone for stop in trip.stops) for trip in trips]
    zoned = [{zone: count for zone, count in row.items() if zone} for row in counts]
    return _share(sum(max(row.values(), default=0) for row in zoned), sum(sum(row.values()) for row in zoned))


def _driver_spread_m(programme: Programme, trips: Iterable[Trip]) -> int:
    """Return the mean metres between stops and the middle of their vehicle's stops."""
    places: dict[str, list[tuple[float, float]]] = {}
    for trip in trips:
        homes = [programme.household[stop.household] for stop in trip.stops]
        places.setdefault(trip.unit, []).extend((home.lat, home.lon) for home in homes)
    away: list[float] = []
    for rows in places.values():
        if rows:
            lat, lon = zip(*rows, strict=True)
            middle = math.fsum(lat) / len(rows), math.fsum(lon) / len(rows)
            away += straight_m(*middle, lat, lon).tolist()
    return round(math.fsum(away) / len(away)) if away else 0


def _work_spread_s(trips: Iterable[Trip]) -> int:
    """Return the largest difference in work between vehicles of a type at a hub."""
    work: dict[tuple[str, str], Counter[str]] = {}
    for trip in trips:
        work.setdefault((trip.vehicle, trip.hub), Counter())[trip.unit] += trip.return_s - trip.load_s
    return max((max(units.values()) - min(units.values()) for units in work.values()), default=0)


def _leftover_packs(shipments: Iterable[Shipment], baskets: Iterable[PackedBasket]) -> dict[str, int]:
    """Return packs bought and in no basket, by product; products without are left out."""
    product_of: dict[str, str] = {}
    left: Counter[str] = Counter()
    for item in shipments:
        product_of[item.id] = item.product
        left[item.product] += item.packs
    for basket in baskets:
        for lot in basket.lots:
            left[product_of[lot.shipment]] -= lot.packs
    return {product: left[product] for product in sorted(left) if left[product]}


def _zones(programme: Programme, served: set[str], lacking: set[str]) -> tuple[ZoneService, ...]:
    """Return service by zone, in alphabetical order; of several visits to a household the last counts it."""
    figures: dict[str, list[int]] = {}
    homes = {household_of(household.id): household.id for household in programme.households}
    for household in programme.households:
        row = figures.setdefault(household.zone, [0, 0, 0, 0])
        there, home = household.id in served, household_of(household.id)
        if homes[home] == household.id:
            row[0] += 1
            row[1] += there and home not in lacking
        row[2] += household.total_baskets
        row[3] += household.total_baskets * there
    return tuple(
        ZoneService(zone=zone, households=row[0], served=row[1], baskets=row[2], baskets_served=row[3])
        for zone, row in sorted(figures.items())
    )
