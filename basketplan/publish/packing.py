"""What a hub does day by day: what arrives, what is packed from which lots, what is left, which trips leave."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from basketplan.plan.types import PackedBasket
from basketplan.publish.view import Day, Filling, PackedView, ProductView

if TYPE_CHECKING:
    from basketplan.publish.joining import Join

__all__ = ["hub_days"]


def hub_days(join: Join) -> tuple[Day, ...]:
    """Return the days of all hubs on which anything happens, in order of hub and day."""
    arrivals: dict[tuple[str, dt.date], list[str]] = defaultdict(list)
    packed: dict[tuple[str, dt.date], list[PackedBasket]] = defaultdict(list)
    trips: dict[tuple[str, dt.date], list[str]] = defaultdict(list)
    leaving: Counter[tuple[str, dt.date]] = Counter()
    for shipment in join.plan.shipments:
        arrivals[shipment.hub, shipment.arrives].append(shipment.id)
    for basket in join.plan.baskets:
        packed[basket.hub, basket.assembled].append(basket)
    for trip in join.plan.trips:
        trips[trip.hub, trip.day].append(trip.id)
        leaving[trip.hub, trip.day] += trip.baskets
    result = []
    for hub in join.hubs.values():
        stock: Counter[str] = Counter()
        waiting = 0
        for day in sorted({key[1] for key in (*arrivals, *packed, *trips) if key[0] == hub.id}):
            key = hub.id, day
            arriving = _arriving(join, arrivals[key])
            used = _used(join, packed[key])
            result.append(
                Day(
                    hub=hub,
                    day=day,
                    arrivals=tuple((join.shipment[name].cooperative, join.lines[name]) for name in arrivals[key]),
                    assembled=join.counted(Counter(item.basket for item in packed[key])),
                    fillings=_fillings(join, packed[key]),
                    stock=tuple(
                        (product, stock[product.id], arriving[product.id], used[product.id])
                        for product in join.products.values()
                        if stock[product.id] or arriving[product.id] or used[product.id]
                    ),
                    trips=tuple(trips[key]),
                    baskets_before=waiting,
                )
            )
            stock.update(arriving)
            stock.subtract(used)
            waiting += len(packed[key]) - leaving[key]
    return tuple(result)


def _arriving(join: Join, shipments: list[str]) -> Counter[str]:
    total: Counter[str] = Counter()
    for name in shipments:
        total[join.shipment[name].product] += join.shipment[name].packs
    return total


def _used(join: Join, baskets: list[PackedBasket]) -> Counter[str]:
    total: Counter[str] = Counter()
    for item in baskets:
        for lot in item.lots:
            total[join.shipment[lot.shipment].product] += lot.packs
    return total


def _fillings(join: Join, baskets: list[PackedBasket]) -> tuple[Filling, ...]:
    """Group baskets by type and by the products in them, the largest group of a type first."""
    groups: dict[tuple[str, tuple[tuple[str, int], ...]], list[PackedView]] = defaultdict(list)
    for item in baskets:
        view = join.packed(item)
        packs: dict[str, int] = {}
        for part in view.ingredients:
            packs[part.product.id] = packs.get(part.product.id, 0) + part.packs
        groups[view.basket, tuple(packs.items())].append(view)
    order = {item.id: index for index, item in enumerate(join.types.values())}
    ranked = sorted(groups.items(), key=lambda group: (order[group[0][0]], -len(group[1]), group[0][1]))
    return tuple(
        Filling(basket=kind, recipe=tuple(_recipe(join, recipe)), baskets=tuple(views))
        for (kind, recipe), views in ranked
    )


def _recipe(join: Join, recipe: tuple[tuple[str, int], ...]) -> list[tuple[ProductView, int]]:
    return [(join.products[product], packs) for product, packs in recipe]
