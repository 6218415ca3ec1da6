"""V60x: every dirham belongs to a line of the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from basketplan import units
from basketplan.plan.verify.case import Case
from basketplan.plan.verify.rules import Look, Rule
from basketplan.plan.verify.supply import haul_cost_centimes


def _shipments(case: Case, look: Look) -> None:
    for item in case.plan.shipments:
        look.equal(item.id, item.packs * item.price_centimes, item.cost_centimes)


def _hauls(case: Case, look: Look) -> None:
    for haul in case.hauls:
        where = (haul.cooperative, haul.hub, haul.dispatched, haul.lorry)
        look.equal(where, haul_cost_centimes(case, haul), haul.cost_centimes)


def _engaged(case: Case, look: Look) -> None:
    paid = {item.cooperative for item in case.plan.engagements}
    selling = {item.cooperative for item in case.plan.shipments}
    for name in sorted((paid | selling) & case.programme.cooperative.keys()):
        expected, found = ("engaged" if name in names else "not engaged" for names in (selling, paid))
        look.equal(name, expected, found)


def _engagements(case: Case, look: Look) -> None:
    for item in case.plan.engagements:
        coop = case.programme.cooperative.get(item.cooperative)
        if coop is not None:
            look.equal(coop.id, coop.engagement_cost, item.cost_centimes)


def _assemblies(case: Case, look: Look) -> None:
    for item in case.plan.assemblies:
        hub = case.programme.hub.get(item.hub)
        if hub is not None:
            look.equal((hub.id, item.day, item.basket), item.count * hub.assembly_cost, item.cost_centimes)


def _trips(case: Case, look: Look) -> None:
    for trip, legs in zip(case.trips, case.legs_m, strict=True):
        vehicle = case.programme.vehicle[trip.vehicle]
        road = units.cost_of_distance_centimes(sum(legs), vehicle.cost_per_km)
        time = units.cost_of_time_centimes(trip.return_s - trip.load_s, vehicle.cost_per_hour)
        look.equal(trip.id, vehicle.cost_per_trip + road + time, trip.cost_centimes)


def _vehicle_days(case: Case, look: Look) -> None:
    for day in case.vehicle_days:
        look.equal((day.unit, day.day), case.programme.vehicle[day.vehicle].cost_per_day, day.cost_centimes)


def bill(case: Case) -> Iterator[tuple[str, str, int]]:
    """Yield what every part of the plan costs: kind, reference, centimes."""
    plan = case.plan
    yield from (("goods", item.id, item.cost_centimes) for item in plan.shipments)
    yield from (("engagement", item.cooperative, item.cost_centimes) for item in plan.engagements)
    for haul in plan.hauls:
        yield "inbound", f"{haul.cooperative}>{haul.hub}@{haul.dispatched}:{haul.lorry}", haul.cost_centimes
    yield from (("inbound", item.id, item.cost_centimes) for item in plan.rounds)
    yield from (("assembly", f"{item.hub}@{item.day}:{item.basket}", item.cost_centimes) for item in plan.assemblies)
    yield from (("vehicle_days", f"{item.unit}@{item.day}", item.cost_centimes) for item in plan.vehicle_days)
    yield from (("trips", item.id, item.cost_centimes) for item in plan.trips)
    points = case.written.point
    for name, day in sorted({(item.point, item.day) for item in plan.collections if item.day is not None}):
        if name in points:
            yield "points", f"{name}@{day}", points[name].cost_per_day


def _lines(case: Case, look: Look) -> None:
    due = Counter(bill(case))
    listed = Counter((str(item.kind), item.reference, item.centimes) for item in case.plan.costs)
    for line in sorted({*due, *listed}):
        kind, reference, centimes = line
        look.equal((kind, reference, units.mad(centimes)), due[line], listed[line])


def _budget(case: Case, look: Look) -> None:
    counted = sum(money for kind, _, money in bill(case) if kind in {"goods", "engagement", "inbound", "assembly"})
    look.at_most("goods, engagement, inbound lorries and assembly", case.programme.policy.budget, counted)


RULES = (
    Rule(
        code="V601",
        name="cost of shipments",
        says="A shipment costs its packs times the price of a pack.",
        tells="shipment {where} costs {expected}, the plan says {found}",
        unit="money",
        check=_shipments,
    ),
    Rule(
        code="V602",
        name="cost of lorries",
        says="A haul costs, for each lorry, its trip and its kilometres.",
        tells="haul {where} costs {expected}, the plan says {found}",
        unit="money",
        check=_hauls,
    ),
    Rule(
        code="V603",
        name="engaged cooperatives",
        says="The cooperatives engaged are those that supply something.",
        tells="cooperative {where} must be {expected}, it is {found}",
        check=_engaged,
    ),
    Rule(
        code="V604",
        name="cost of engagement",
        says="Engaging a cooperative costs what the programme says.",
        tells="engaging {where} costs {expected}, the plan says {found}",
        unit="money",
        check=_engagements,
    ),
    Rule(
        code="V605",
        name="cost of assembly",
        says="Assembly costs the hub's price for each basket.",
        tells="assembly {where} costs {expected}, the plan says {found}",
        unit="money",
        check=_assemblies,
    ),
    Rule(
        code="V606",
        name="cost of trips",
        says="A trip costs its fixed price, its kilometres and its hours from loading to return.",
        tells="trip {where} costs {expected}, the plan says {found}",
        unit="money",
        check=_trips,
    ),
    Rule(
        code="V607",
        name="cost of vehicle days",
        says="A vehicle day costs the vehicle type's price of a day.",
        tells="the day of {where} costs {expected}, the plan says {found}",
        unit="money",
        check=_vehicle_days,
    ),
    Rule(
        code="V608",
        name="bill",
        says="The bill has one line for each shipment, engagement, haul, collection round, assembly, vehicle day "
        "and trip, and for each day on which families collect at a point, with its cost, and no other.",
        tells="the bill must have the line {where} {expected} times, it has it {found} times",
        check=_lines,
    ),
    Rule(
        code="V609",
        name="budget",
        says="Goods, engagement, inbound lorries and assembly cost no more than the budget.",
        tells="{where} may cost {expected}, they cost {found}",
        unit="money",
        check=_budget,
    ),
)
