"""V61x: the plan's figures, worked out again from its parts.

By code of its own: what :mod:`basketplan.plan.metrics` gets wrong must not be found right here.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

from basketplan.plan.verify.case import Case
from basketplan.plan.verify.potential import potentials
from basketplan.plan.verify.rules import Look, Rule
from basketplan.programme.types import Household, household_of
from basketplan.travel.distance import straight_m

TOLERANCE = 1e-6
"""Shares are given with six decimals."""
METRE = 1e-3
"""Mean walks are given to the millimetre."""
KINDS = ("goods", "engagement", "inbound", "assembly", "vehicle_days", "trips")


def close(expected: object, found: object) -> bool:
    """Compare figures; fractions to six decimals, everything else exactly. What is not a number is never right."""
    if isinstance(expected, float) and isinstance(found, float | int):
        return abs(expected - found) <= TOLERANCE
    return expected == found


def gini(shares: Sequence[float]) -> float:
    """Return half the mean difference between two shares over their mean (Gini 1912)."""
    if not any(shares):
        return 0.0
    differences = math.fsum(abs(one - other) for one in shares for other in shares)
    return differences / (2 * len(shares) * math.fsum(shares))


def jain(shares: Sequence[float]) -> float:
    """Return the squared mean over the mean square (Jain, Chiu, Hawe 1984)."""
    if not any(shares):
        return 1.0
    mean = math.fsum(shares) / len(shares)
    return mean**2 / (math.fsum(share**2 for share in shares) / len(shares))


def _ratio(part: Fraction | int, whole: int) -> float:
    return float(Fraction(part) / whole) if whole else 0.0


def _results(case: Case) -> dict[str, dict[str, Any]]:
    """Return what each cooperative gets."""
    packs: Counter[str] = Counter()
    revenue: Counter[str] = Counter()
    for item in case.shipments:
        packs[item.cooperative] += item.packs
        revenue[item.cooperative] += item.cost_centimes
    potential = potentials(case)
    return {
        coop.id: {
            "packs": packs[coop.id],
            "revenue_centimes": revenue[coop.id],
            "potential_centimes": (could := potential[coop.id]),
            "share": _ratio(revenue[coop.id], could),
        }
        for coop in case.programme.cooperatives
    }


def _fairness(case: Case) -> dict[str, Any]:
    """Return figures about cooperatives."""
    results = _results(case)
    shares = [row["share"] for row in results.values() if row["potential_centimes"]]
    revenue = {name: row["revenue_centimes"] for name, row in results.items()}
    goods, coops = sum(revenue.values()), case.programme.cooperative
    return {
        "lowest_share": min(shares, default=0.0),
        "gini": gini(shares),
        "jain": jain(shares),
        "women_share": _ratio(
            sum((Fraction(coops[name].women) * revenue[name] for name in revenue), Fraction(0)), goods
        ),
        "rural_share": _ratio(sum(revenue[name] for name in revenue if coops[name].rural), goods),
        "cooperatives_engaged": len({item.cooperative for item in case.shipments}),
    }


def _service(case: Case) -> dict[str, Any]:
    """Return figures about households and baskets."""
    homes = {household_of(household.id) for household in case.programme.households}
    lacking = {household_of(item.household) for item in case.plan.unserved}
    visited = {household_of(stop.household) for trip in case.trips for stop in trip.stops}
    delivered = [basket for basket in case.baskets if basket.household is not None]
    left = Counter[str]()
    for item in case.shipments:
        left[item.product] += item.packs
    for basket in case.baskets:
        for lot in basket.lots:
            left[case.shipment[lot.shipment].product] -= lot.packs
    return {
        "households": len(homes),
        "served": len(visited - lacking),
        "unserved": len(lacking),
        "baskets_needed": sum(sum(household.baskets.values()) for household in case.programme.households),
        "baskets_delivered": len(delivered),
        "baskets_left": len(case.baskets) - len(delivered),
        "leftover_packs": {product: packs for product, packs in left.items() if packs},
    }


def _delivery(case: Case) -> dict[str, Any]:
    """Return figures about trips."""
    days = sorted(trip.day for trip in case.trips)
    return {
        "distance_m": sum(trip.distance_m for trip in case.trips),
        "inbound_distance_m": sum(haul.number * haul.distance_m for haul in case.hauls)
        + sum(item.distance_m for item in case.rounds),
        "rounds": len(case.rounds),
        "rounds_saved_centimes": sum(item.saved_centimes for item in case.rounds),
        "trip_seconds": sum(trip.return_s - trip.load_s for trip in case.trips),
        "trips": len(case.trips),
        "vehicle_days": len(case.vehicle_days),
        "load_factor": _mean(_fullest(case)),
        **_drivers(case),
        "first_delivery": days[0] if days else None,
        "last_delivery": days[-1] if days else None,
    }


def _drivers(case: Case) -> dict[str, Any]:
    """Return figures about vehicles and where they go."""
    people = case.programme.household
    main = zoned = 0
    homes: dict[str, list[Household]] = {}
    work: dict[str, dict[str, int]] = {}
    for trip in case.trips:
        visits = [people[stop.household] for stop in trip.stops]
        zones = [visit.zone for visit in visits if visit.zone]
        zoned += len(zones)
        main += max((zones.count(zone) for zone in zones), default=0)
        homes.setdefault(trip.unit, []).extend(visits)
        group = work.setdefault(f"{trip.vehicle} {trip.hub}", {})
        group[trip.unit] = group.get(trip.unit, 0) + trip.return_s - trip.load_s
    away: list[float] = []
    for visits in homes.values():
        lat = math.fsum(visit.lat for visit in visits) / max(1, len(visits))
        lon = math.fsum(visit.lon for visit in visits) / max(1, len(visits))
        away += [float(straight_m(lat, lon, visit.lat, visit.lon)) for visit in visits]
    spreads = [max(group.values()) - min(group.values()) for group in work.values()]
    return {
        "trip_zone_share": _ratio(main, zoned),
        "driver_spread_m": round(math.fsum(away) / len(away)) if away else 0,
        "work_spread_s": max(spreads, default=0),
    }


def _mean(values: Iterable[Fraction]) -> float:
    known = list(values)
    return float(sum(known, Fraction(0)) / len(known)) if known else 0.0


def _fullest(case: Case) -> Iterable[Fraction]:
    """Yield how full each trip is, by whichever of its vehicle's limits is the tightest."""
    for trip in case.trips:
        vehicle = case.programme.vehicle[trip.vehicle]
        limits = (
            (trip.weight_g, vehicle.max_weight),
            (trip.volume_ml, vehicle.max_volume),
            (trip.baskets, vehicle.max_baskets),
        )
        yield max((Fraction(used, limit) for used, limit in limits if limit), default=Fraction(0))


def _money(case: Case) -> dict[str, Any]:
    """Return figures about money, from the bill."""
    kinds = dict.fromkeys((*KINDS, "points") if case.plan.collections else KINDS, 0)
    for line in case.plan.costs:
        kinds[line.kind] = kinds.get(line.kind, 0) + line.centimes
    total = sum(kinds.values())
    delivered = sum(basket.household is not None for basket in case.baskets)
    return {
        "cost_centimes": total,
        "cost_by_kind": kinds,
        "cost_per_basket_centimes": math.floor(Fraction(total, delivered) + Fraction(1, 2)) if delivered else 0,
    }


def _metrics(case: Case, look: Look) -> None:
    if not case.sound:
        return
    for name, expected in {**_service(case), **_money(case), **_delivery(case), **_fairness(case)}.items():
        found = getattr(case.plan.metrics, name)
        look(close(expected, found), name, str(expected), str(found))


def _collecting(case: Case, look: Look) -> None:
    if not case.sound:
        return
    told = case.plan.metrics.collecting
    look.equal("collecting", bool(case.plan.collections), told is not None)
    if told is None:
        return
    walks = [item.walk_m for item in case.plan.collections if item.day is not None]
    unused = {(item.point, None) for item in case.plan.collections}
    expected = {
        "families": len(walks),
        "points": len({item.point for item in case.plan.collections if item.day is not None}),
        "point_days": len({(item.point, item.day) for item in case.plan.collections} - unused),
        "walk_total_m": sum(walks),
        "walk_max_m": max(walks, default=0),
    }
    for name, value in expected.items():
        look.equal(name, value, getattr(told, name))
    mean = _ratio(sum(walks), len(walks))
    look(abs(mean - told.walk_mean_m) <= METRE, "walk_mean_m", str(mean), str(told.walk_mean_m))


def _cooperatives(case: Case, look: Look) -> None:
    if not case.sound:
        return
    told = [(item.cooperative, item) for item in case.plan.metrics.cooperatives]
    expected = _results(case)
    look.equal("cooperatives", sorted(expected), [name for name, _ in told])
    for name, item in told:
        for field, value in expected.get(name, {}).items():
            found = getattr(item, field)
            look(close(value, found), (name, field), str(value), str(found))


def _zones(case: Case, look: Look) -> None:
    if not case.sound:
        return
    visited = {stop.household for trip in case.trips for stop in trip.stops}
    lacking = {household_of(item.household) for item in case.plan.unserved}
    members: dict[str, dict[str, tuple[int, int]]] = {}
    for household in case.programme.households:
        homes, home = members.setdefault(household.zone, {}), household_of(household.id)
        needed, got = homes.get(home, (0, 0))
        baskets = sum(household.baskets.values())
        homes[home] = needed + baskets, got + (baskets if household.id in visited else 0)
    told = case.plan.metrics.zones
    look.equal("zones", sorted(members), [item.zone for item in told])
    for item in told:
        rows = members.get(item.zone, {})
        expected = (
            len(rows),
            sum(got > 0 and home not in lacking for home, (_, got) in rows.items()),
            sum(needed for needed, _ in rows.values()),
            sum(got for _, got in rows.values()),
        )
        look.equal(("zone", item.zone), expected, (item.households, item.served, item.baskets, item.baskets_served))


RULES = (
    Rule(
        code="V610",
        name="figures of the plan",
        says="Every figure of the plan's metrics follows from its parts. Not checked while ids are unknown or double.",
        tells="{where} is {expected}, the plan says {found}",
        check=_metrics,
    ),
    Rule(
        code="V611",
        name="figures of cooperatives",
        says="Packs, money, potential and share of each cooperative follow from its shipments and offers.",
        tells="{where} is {expected}, the plan says {found}",
        check=_cooperatives,
    ),
    Rule(
        code="V612",
        name="figures of zones",
        says="Households and baskets of each zone, and how many are served, follow from the trips.",
        tells="households, served, baskets and baskets served of {where} are {expected}, the plan says {found}",
        check=_zones,
    ),
    Rule(
        code="V617",
        name="figures of points",
        says="How many families collect, at how many points and days, and how far they walk, follow from the plan.",
        tells="{where} is {expected}, the plan says {found}",
        check=_collecting,
    ),
)
