"""V30x: what hubs receive, assemble and store, day by day."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable

from basketplan.plan.verify.case import Case
from basketplan.plan.verify.rules import Look, Rule
from basketplan.programme.types import Product

HubDay = tuple[str, dt.date]


def _receiving(case: Case, look: Look) -> None:
    weight: dict[HubDay, int] = defaultdict(int)
    for item in case.shipments:
        weight[item.hub, item.arrives] += case.programme.product[item.product].gross_weight * item.packs
    for (hub, day), total in sorted(weight.items()):
        look.at_most((hub, day), case.programme.hub[hub].receiving, total)


def _assembly(case: Case, look: Look) -> None:
    count = Counter((item.hub, item.assembled) for item in case.plan.baskets if item.hub in case.programme.hub)
    for (hub, day), total in sorted(count.items()):
        look.at_most((hub, day), case.programme.hub[hub].assembly, total)


def _assembly_day(case: Case, look: Look) -> None:
    for item in case.plan.assemblies:
        if item.hub in case.programme.hub:
            look(item.day in case.hub_days[item.hub], (item.hub, item.basket), "a day on which it is open", item.day)


def _assembled(case: Case, look: Look) -> None:
    listed: Counter[tuple[str, dt.date, str]] = Counter()
    for item in case.plan.assemblies:
        listed[item.hub, item.day, item.basket] += item.count
    packed = Counter((item.hub, item.assembled, item.basket) for item in case.plan.baskets)
    for key in sorted({*listed, *packed}):
        if key[0] in case.programme.hub and key[2] in case.programme.basket:
            look.equal(key, packed[key], listed[key])


def stock(case: Case, size: Callable[[Product], int]) -> dict[str, dict[dt.date, int]]:
    """Return, by hub and working day, the sum of ``size`` over the packs there at the end of the day.

    Goods stay from their arrival until the trip that takes their basket out, leftovers to the end.
    """
    change: dict[str, dict[dt.date, int]] = {hub.id: defaultdict(int) for hub in case.programme.hubs}
    for item in case.shipments:
        change[item.hub][item.arrives] += size(case.programme.product[item.product]) * item.packs
    each = {name: size(case.programme.product[item.product]) for name, item in case.shipment.items()}
    for basket in case.baskets:
        trip = case.trip_of.get(basket.household) if basket.household is not None else None
        if trip is not None:
            change[basket.hub][trip.day] -= sum(each[lot.shipment] * lot.packs for lot in basket.lots)
    result: dict[str, dict[dt.date, int]] = {}
    for hub, by_day in change.items():
        total, days = 0, sorted({*by_day, *case.working_days})
        result[hub] = {}
        for day in days:
            total += by_day.get(day, 0)
            result[hub][day] = total
    return result


def _storage_weight(case: Case, look: Look) -> None:
    for hub, by_day in stock(case, lambda product: product.gross_weight).items():
        for day, total in by_day.items():
            look.at_most((hub, day), case.programme.hub[hub].storage_weight, total)


def _storage_volume(case: Case, look: Look) -> None:
    for hub, by_day in stock(case, lambda product: product.volume).items():
        for day, total in by_day.items():
            look.at_most((hub, day), case.programme.hub[hub].storage_volume, total)


RULES = (
    Rule(
        code="V301",
        name="receiving",
        says="A hub receives no more gross weight in a day than it can.",
        tells="{where} can receive {expected}, {found} arrive",
        unit="g",
        check=_receiving,
    ),
    Rule(
        code="V302",
        name="assembly capacity",
        says="A hub assembles no more baskets in a day than it can.",
        tells="{where} can assemble {expected}, the plan assembles {found}",
        unit="baskets",
        check=_assembly,
    ),
    Rule(
        code="V303",
        name="storage weight",
        says="At the end of each day, goods and baskets at a hub weigh no more than it can store; leftovers count.",
        tells="{where} can store {expected}, {found} lie there at the end of the day",
        unit="g",
        check=_storage_weight,
    ),
    Rule(
        code="V304",
        name="storage volume",
        says="At the end of each day, goods and baskets at a hub take no more room than it has; leftovers count.",
        tells="{where} can store {expected}, {found} lie there at the end of the day",
        unit="mL",
        check=_storage_volume,
    ),
    Rule(
        code="V305",
        name="assembly day",
        says="Baskets are assembled on days on which the hub is open.",
        tells="{where} are assembled on {found}, which is not {expected}",
        check=_assembly_day,
    ),
    Rule(
        code="V306",
        name="assembled baskets",
        says="The assemblies listed by hub, day and type are the baskets that are packed.",
        tells="of {where} {expected} are packed, {found} are listed as assembled",
        unit="baskets",
        check=_assembled,
    ),
)
