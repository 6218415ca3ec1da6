"""V1xx: figures are figures, ids are unique, and every name is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from functools import cache

from basketplan.plan.types import Plan, PlanItem
from basketplan.plan.verify.case import Case
from basketplan.plan.verify.rules import Look, Rule, Where

LARGEST = 10**15
"""No count, weight, distance, time or sum of money reaches it."""


@cache
def integer_fields(kind: type[PlanItem]) -> tuple[str, ...]:
    """Return the names of a type's whole-number fields, also of those that may be empty."""
    whole: tuple[object, ...] = (int, int | None)
    return tuple(name for name, field in kind.model_fields.items() if field.annotation in whole)


def _items(plan: Plan) -> Iterator[tuple[str, PlanItem]]:
    """Yield every part of a plan with the name of the list that it stands in."""
    yield "origin", plan.origin
    yield "metrics", plan.metrics
    for name in type(plan).model_fields:
        value = getattr(plan, name)
        for item in value if isinstance(value, tuple) else ():
            yield name, item
    for basket in plan.baskets:
        yield from ((basket.id, lot) for lot in basket.lots)
    for trip in plan.trips:
        yield from ((trip.id, stop) for stop in trip.stops)
    for item in plan.rounds:
        yield from ((item.id, part) for part in (*item.stops, *item.instead_of))
    for day in plan.vehicle_days:
        yield from ((day.unit, rest) for rest in day.breaks)
    yield from (("metrics", item) for item in (*plan.metrics.cooperatives, *plan.metrics.zones))
    if plan.metrics.collecting is not None:
        yield "metrics", plan.metrics.collecting


def _figures(case: Case, look: Look) -> None:
    for where, item in _items(case.plan):
        for name in integer_fields(type(item)):
            value = getattr(item, name)
            if value is not None and not 0 <= value < LARGEST:
                look(False, (where, name), f"0 to {LARGEST:,}", f"{value:.3g}" if abs(value) < 1e300 else "far more")
        look.count += 1


def _programme(case: Case, look: Look) -> None:
    look.equal("origin", case.programme.id, case.plan.origin.programme)


def _keys(plan: Plan) -> Iterator[tuple[str, Iterable[Hashable]]]:
    yield "shipment", (item.id for item in plan.shipments)
    yield "basket", (item.id for item in plan.baskets)
    yield "trip", (item.id for item in plan.trips)
    yield "haul", ((item.cooperative, item.hub, item.dispatched, item.lorry) for item in plan.hauls)
    yield "round", (item.id for item in plan.rounds)
    yield "engagement", (item.cooperative for item in plan.engagements)
    yield "assembly", ((item.hub, item.day, item.basket) for item in plan.assemblies)
    yield "vehicle day", ((item.unit, item.day) for item in plan.vehicle_days)


def _unique(case: Case, look: Look) -> None:
    for kind, keys in _keys(case.plan):
        for key, count in Counter(keys).items():
            where = (kind, *key) if isinstance(key, tuple) else (kind, key)
            look(count == 1, where, 1, count)


def _known(case: Case, look: Look) -> None:
    for where, kind, name, known in _references(case):
        look(known, where, f"a {kind} of the programme or the plan", f"'{name}'")


def _references(case: Case) -> Iterator[tuple[Where, str, str, bool]]:
    """Yield where something is named, what it should be, its name, and whether it exists."""
    plan, programme = case.plan, case.programme
    shipment_ids = {item.id for item in plan.shipments}
    trip_ids = {item.id for item in plan.trips}
    for shipment in plan.shipments:
        coop = shipment.cooperative
        yield shipment.id, "cooperative", coop, coop in programme.cooperative
        if coop in programme.cooperative:
            yield (
                shipment.id,
                f"product that '{coop}' offers",
                shipment.product,
                (
                    coop,
                    shipment.product,
                )
                in case.offers,
            )
        yield shipment.id, "hub", shipment.hub, shipment.hub in programme.hub
    where: Where
    for haul in plan.hauls:
        where = ("haul", haul.cooperative, haul.hub, haul.dispatched)
        yield where, "cooperative", haul.cooperative, haul.cooperative in programme.cooperative
        yield where, "hub", haul.hub, haul.hub in programme.hub
        yield where, "lorry", haul.lorry, haul.lorry in programme.lorry
    yield from _of_rounds(case, shipment_ids)
    for paid in plan.engagements:
        yield "engagement", "cooperative", paid.cooperative, paid.cooperative in programme.cooperative
    for work in plan.assemblies:
        where = ("assembly", work.hub, work.day, work.basket)
        yield where, "hub", work.hub, work.hub in programme.hub
        yield where, "basket", work.basket, work.basket in programme.basket
    for basket in plan.baskets:
        yield basket.id, "basket", basket.basket, basket.basket in programme.basket
        yield basket.id, "hub", basket.hub, basket.hub in programme.hub
        if basket.household is not None:
            yield basket.id, "household", basket.household, basket.household in programme.household
        for lot in basket.lots:
            yield basket.id, "shipment", lot.shipment, lot.shipment in shipment_ids
    for trip in plan.trips:
        yield trip.id, "hub", trip.hub, trip.hub in programme.hub
        yield trip.id, "vehicle", trip.vehicle, trip.vehicle in programme.vehicle
        for stop in trip.stops:
            yield trip.id, "household", stop.household, stop.household in programme.household
    for day in plan.vehicle_days:
        where = ("vehicle day", day.unit, day.day)
        yield where, "hub", day.hub, day.hub in programme.hub
        yield where, "vehicle", day.vehicle, day.vehicle in programme.vehicle
        for name in day.trips:
            yield where, "trip", name, name in trip_ids
    for item in plan.collections:
        yield "collection", "household", item.household, item.household in programme.household
        yield item.household, "point", item.point, item.point in programme.point
    for left in plan.unserved:
        yield "unserved", "household", left.household, left.household in programme.household


def _of_rounds(case: Case, shipment_ids: set[str]) -> Iterator[tuple[Where, str, str, bool]]:
    """Yield what collection rounds name, like :func:`_references`."""
    programme = case.programme
    for item in case.plan.rounds:
        hauls = item.instead_of
        for hub in (item.hub, *(haul.hub for haul in hauls)):
            yield item.id, "hub", hub, hub in programme.hub
        for lorry in (item.lorry, *(haul.lorry for haul in hauls)):
            yield item.id, "lorry", lorry, lorry in programme.lorry
        for coop in (*(stop.cooperative for stop in item.stops), *(haul.cooperative for haul in hauls)):
            yield item.id, "cooperative", coop, coop in programme.cooperative
        for name in (name for stop in item.stops for name in stop.shipments):
            yield item.id, "shipment", name, name in shipment_ids


FIGURES = Rule(
    code="V101",
    name="figures",
    says="Every count, weight, distance, time and sum of money is at least 0 and below 10^15. "
    "Where one is not, no other rule is checked.",
    tells="{where} must be {expected}, found {found}",
    check=_figures,
)

RULES = (
    FIGURES,
    Rule(
        code="V102",
        name="programme",
        says="The plan was made for this programme.",
        tells="the plan was made for programme '{found}', not for '{expected}'",
        check=_programme,
    ),
    Rule(
        code="V103",
        name="unique ids",
        says="Shipments, collection rounds, baskets and trips have ids of their own; lorries, engagements, assemblies "
        "and vehicle days are listed once.",
        tells="{where} is listed {found} times",
        check=_unique,
    ),
    Rule(
        code="V104",
        name="known ids",
        says="Everything that the plan names exists in the programme or the plan. What depends on an unknown name "
        "is not checked further.",
        tells="{where} names {found}, expected {expected}",
        check=_known,
    ),
)
