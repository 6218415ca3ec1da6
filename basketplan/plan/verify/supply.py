"""V2xx: what cooperatives sell, and the lorries that bring it."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from basketplan import units
from basketplan.plan.types import Haul, Shipment
from basketplan.plan.verify.case import Case, OfferKey
from basketplan.plan.verify.rules import Look, Rule
from basketplan.programme.types import Offer, Product, Quantity

LoadKey = tuple[str, str, dt.date, dt.date]
"""Cooperative, hub, day of dispatch, day of arrival: what shares its lorries."""


def bought(case: Case) -> dict[OfferKey, int]:
    """Return the packs bought of each offer in all."""
    total: dict[OfferKey, int] = defaultdict(int)
    for item in case.shipments:
        total[item.cooperative, item.product] += item.packs
    return dict(sorted(total.items()))


def deserved_price(offer: Offer, product: Product, packs: int) -> int:
    """Return the price of a pack when ``packs`` are bought in all: that of the highest break reached."""
    reached = [row for row in offer.price_breaks if packs >= product.packs(row.from_)]
    return max(reached, key=lambda row: product.packs(row.from_)).price if reached else offer.price


def ready_ordinal(case: Case, offer: Offer) -> int:
    """Return the day number from which the offer's goods may leave."""
    start = case.programme.calendar.first_day.toordinal()
    first = offer.first_day.toordinal() if offer.first_day is not None else start
    return max(first, start + offer.lead_time)


def arrivals(case: Case, haul: Haul) -> int:
    """Return the days that a lorry is on the road."""
    speed = max(1, case.programme.lorry[haul.lorry].km_per_day)
    return case.road_m[haul.cooperative, haul.hub] // speed


def lorries_by_load(case: Case) -> dict[tuple[str, str, dt.date], list[Haul]]:
    """Return the lorries of each cooperative, hub and day of dispatch."""
    groups: dict[tuple[str, str, dt.date], list[Haul]] = defaultdict(list)
    for haul in case.hauls:
        groups[haul.cooperative, haul.hub, haul.dispatched].append(haul)
    return groups


def straight(case: Case) -> Iterator[Shipment]:
    """Yield the shipments that no collection round loads."""
    return (item for item in case.shipments if item.id not in case.on_rounds)


def loads(case: Case) -> Iterator[tuple[LoadKey, list[Shipment], list[Haul]]]:
    """Yield what travels together, with the lorries that arrive on its day; without any if there is none.

    What collection rounds load is looked at in :mod:`.collection`.
    """
    lorries = lorries_by_load(case)
    groups: dict[LoadKey, list[Shipment]] = defaultdict(list)
    for item in straight(case):
        groups[item.cooperative, item.hub, item.dispatched, item.arrives].append(item)
    for key, items in sorted(groups.items()):
        coop, hub, dispatched, arrives = key
        there = lorries.get((coop, hub, dispatched), [])
        yield key, items, [haul for haul in there if arrivals(case, haul) == (arrives - dispatched).days]


def _quantity(case: Case, key: OfferKey, quantity: Quantity | None) -> int | None:
    return None if quantity is None else case.programme.product[key[1]].packs(quantity)


def _rural(case: Case, look: Look) -> None:
    if case.programme.policy.rural_only:
        for item in case.shipments:
            rural = case.programme.cooperative[item.cooperative].rural
            look(rural, item.id, "a rural cooperative", item.cooperative)


def _capacity(case: Case, look: Look) -> None:
    for key, packs in bought(case).items():
        look.at_most(key, _quantity(case, key, case.offers[key].capacity), packs)


def _ready(case: Case, look: Look) -> None:
    for item in case.shipments:
        ready = ready_ordinal(case, case.offers[item.cooperative, item.product])
        look(
            item.dispatched.toordinal() >= ready,
            item.id,
            f"from day {ready - case.programme.calendar.first_day.toordinal() + 1} of the programme",
            item.dispatched,
        )


def _rate(case: Case, look: Look) -> None:
    days = [day.toordinal() for day in case.working_days]
    by_offer: dict[OfferKey, dict[dt.date, int]] = defaultdict(lambda: defaultdict(int))
    for item in case.shipments:
        by_offer[item.cooperative, item.product][item.dispatched] += item.packs
    for key, packs_on in sorted(by_offer.items()):
        rate = _quantity(case, key, case.offers[key].rate)
        if rate is None:
            continue
        ready, total = ready_ordinal(case, case.offers[key]), 0
        for day in sorted(packs_on):
            total += packs_on[day]
            if day.toordinal() >= ready:
                worked = bisect_right(days, day.toordinal()) - bisect_left(days, ready)
                look.at_most((*key, day), rate * worked, total)


def _lot(case: Case, look: Look) -> None:
    for item in case.shipments:
        key = (item.cooperative, item.product)
        lot = _quantity(case, key, case.offers[key].lot)
        if lot:
            look(item.packs % lot == 0, item.id, f"a multiple of {lot:,} packs", item.packs)


def _minimum_order(case: Case, look: Look) -> None:
    for key, packs in bought(case).items():
        least = _quantity(case, key, case.offers[key].minimum_order)
        if least is not None:
            look(packs >= least, key, least, packs)


def deserved_prices(case: Case) -> Mapping[OfferKey, int]:
    """Return the price of a pack of each offer bought, its price breaks applied."""
    return {
        key: deserved_price(case.offers[key], case.programme.product[key[1]], packs)
        for key, packs in bought(case).items()
    }


def _minimum_revenue(case: Case, look: Look) -> None:
    prices, revenue = deserved_prices(case), dict[str, int]()
    for key, packs in bought(case).items():
        revenue[key[0]] = revenue.get(key[0], 0) + packs * prices[key]
    for name, money in revenue.items():
        least = case.programme.cooperative[name].minimum_revenue
        if least:
            look(money >= least, name, least, money)


def _price(case: Case, look: Look) -> None:
    prices = deserved_prices(case)
    for item in case.shipments:
        look.equal(item.id, prices[item.cooperative, item.product], item.price_centimes)


def _ceilings(case: Case, look: Look) -> None:
    """Compare each cooperative's part of the money for goods with its ceiling."""
    ceilings = case.programme.policy.ceilings
    sold: Counter[str] = Counter()
    for item in case.shipments:
        sold[item.cooperative] += item.cost_centimes
    total = sum(sold.values())
    for name in sorted(sold):
        ceiling = ceilings.get(name, ceilings.get("all"))
        if ceiling is not None:
            look(sold[name] <= ceiling * total + 0.5, name, f"{ceiling:.4%}", f"{sold[name] / max(1, total):.4%}")


def _packs(case: Case, look: Look) -> None:
    for item in case.shipments:
        look(item.packs >= 1, item.id, 1, item.packs)


def _dispatch_day(case: Case, look: Look) -> None:
    days = frozenset(case.working_days)
    for item in case.shipments:
        look(item.dispatched in days, item.id, "a working day", item.dispatched)
    for haul in case.hauls:
        where = (haul.cooperative, haul.hub, haul.lorry)
        look(haul.dispatched in days, where, "a working day", haul.dispatched)


def _arrival(case: Case, look: Look) -> None:
    lorries = lorries_by_load(case)
    for item in straight(case):
        there = lorries.get((item.cooperative, item.hub, item.dispatched), ())
        due = sorted({arrivals(case, haul) for haul in there})
        if due:
            days = (item.arrives - item.dispatched).days
            expected = " or ".join(map(str, due)) + " days after dispatch"
            look(days in due, item.id, expected, f"{days} days after")


def _hub_open(case: Case, look: Look) -> None:
    for item in case.shipments:
        look(item.arrives in case.hub_days[item.hub], item.id, f"a day on which '{item.hub}' is open", item.arrives)


def _has_lorry(case: Case, look: Look) -> None:
    lorries = lorries_by_load(case)
    for item in straight(case):
        there = lorries.get((item.cooperative, item.hub, item.dispatched), ())
        number = sum(haul.number for haul in there)
        look(number >= 1, item.id, "a lorry", number)


def _lorry_weight(case: Case, look: Look) -> None:
    for key, items, hauls in loads(case):
        if hauls:
            room = sum(case.programme.lorry[haul.lorry].max_weight * haul.number for haul in hauls)
            look.at_most(key, room, sum(case.programme.product[s.product].gross_weight * s.packs for s in items))


def _lorry_volume(case: Case, look: Look) -> None:
    for key, items, hauls in loads(case):
        sizes = [(case.programme.lorry[haul.lorry].max_volume, haul.number) for haul in hauls]
        if hauls and all(size is not None for size, _ in sizes):
            room = sum((size or 0) * number for size, number in sizes)
            look.at_most(key, room, sum(case.programme.product[s.product].volume * s.packs for s in items))


def _lorry_number(case: Case, look: Look) -> None:
    for haul in case.hauls:
        look(haul.number >= 1, (haul.cooperative, haul.hub, haul.dispatched, haul.lorry), 1, haul.number)


def _lorry_road(case: Case, look: Look) -> None:
    for haul in case.hauls:
        where = (haul.cooperative, haul.hub, haul.dispatched, haul.lorry)
        look.equal(where, case.road_m[haul.cooperative, haul.hub], haul.distance_m)


def haul_cost_centimes(case: Case, haul: Haul) -> int:
    """Return what the lorries of a haul cost."""
    lorry = case.programme.lorry[haul.lorry]
    road = units.cost_of_distance_centimes(case.road_m[haul.cooperative, haul.hub], lorry.cost_per_km)
    return haul.number * (lorry.cost_per_trip + road)


RULES = (
    Rule(
        code="V201",
        name="rural only",
        says="Where the policy says so, only rural cooperatives supply, container and contents.",
        tells="shipment {where} comes from '{found}', which is not {expected}",
        check=_rural,
    ),
    Rule(
        code="V202",
        name="offer capacity",
        says="No more is bought of an offer than the cooperative can supply in all.",
        tells="{where} can supply {expected}, the plan buys {found}",
        unit="packs",
        check=_capacity,
    ),
    Rule(
        code="V203",
        name="offer first day",
        says="Nothing leaves a cooperative before the offer's first day and lead time.",
        tells="shipment {where} leaves on {found}, its goods are ready {expected}",
        check=_ready,
    ),
    Rule(
        code="V204",
        name="offer rate",
        says="By the end of each day no more has left than was made by then, at the offer's rate per working day.",
        tells="by {where} at most {expected} are ready, the plan has sent {found}",
        unit="packs",
        check=_rate,
    ),
    Rule(
        code="V205",
        name="whole lots",
        says="Every shipment is a whole number of the offer's lots.",
        tells="shipment {where} has {found}, expected {expected}",
        unit="packs",
        check=_lot,
    ),
    Rule(
        code="V206",
        name="minimum order",
        says="Of an offer, nothing or at least its minimum order is bought.",
        tells="of {where} at least {expected} must be bought, the plan buys {found}",
        unit="packs",
        check=_minimum_order,
    ),
    Rule(
        code="V207",
        name="minimum revenue",
        says="From a cooperative, nothing or at least its minimum revenue is bought.",
        tells="from {where} at least {expected} must be bought, the plan buys for {found}",
        unit="money",
        check=_minimum_revenue,
    ),
    Rule(
        code="V208",
        name="price",
        says="A pack costs the price of the highest price break that the offer's total reaches, else its base price.",
        tells="a pack of shipment {where} costs {expected}, the plan says {found}",
        unit="money",
        check=_price,
    ),
    Rule(
        code="V209",
        name="dispatch day",
        says="Goods and lorries leave on working days.",
        tells="{where} leaves on {found}, which is not {expected}",
        check=_dispatch_day,
    ),
    Rule(
        code="V210",
        name="arrival",
        says="A shipment that goes straight arrives with its lorry: floor(road / kilometres per day) days after "
        "dispatch.",
        tells="shipment {where} must arrive {expected}, the plan says {found}",
        check=_arrival,
    ),
    Rule(
        code="V211",
        name="open on arrival",
        says="Goods arrive on days on which the hub is open.",
        tells="shipment {where} arrives on {found}, which is not {expected}",
        check=_hub_open,
    ),
    Rule(
        code="V212",
        name="shipment size",
        says="A shipment holds at least one pack.",
        tells="shipment {where} must hold at least {expected}, found {found}",
        unit="packs",
        check=_packs,
    ),
    Rule(
        code="V213",
        name="ceiling",
        says="A cooperative gets no larger part of the money for goods than the policy's ceiling for it, or for all.",
        tells="cooperative {where} may get {expected} of the money for goods, it gets {found}",
        check=_ceilings,
    ),
    Rule(
        code="V220",
        name="lorry sent",
        says="Every shipment has a lorry of its cooperative, hub and day, or is loaded by a collection round.",
        tells="shipment {where} needs {expected}, found {found}",
        check=_has_lorry,
    ),
    Rule(
        code="V221",
        name="lorry weight",
        says="What travels together weighs no more than its lorries may carry.",
        tells="the lorries of {where} carry {expected}, they are loaded with {found}",
        unit="g",
        check=_lorry_weight,
    ),
    Rule(
        code="V222",
        name="lorry volume",
        says="What travels together takes no more room than its lorries have.",
        tells="the lorries of {where} hold {expected}, they are loaded with {found}",
        unit="mL",
        check=_lorry_volume,
    ),
    Rule(
        code="V223",
        name="lorry number",
        says="A haul is at least one lorry.",
        tells="haul {where} must have at least {expected} lorry, found {found}",
        check=_lorry_number,
    ),
    Rule(
        code="V224",
        name="lorry road",
        says="A haul's distance is the road from cooperative to hub.",
        tells="the road of {where} is {expected}, the plan says {found}",
        unit="m",
        check=_lorry_road,
    ),
)
