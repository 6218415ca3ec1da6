"""From the values of a solved day model to an allocation in whole packs, lorries and baskets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basketplan.solve.allocation.aims import households_served
from basketplan.solve.allocation.data import Carrier, Data, HubData, Key
from basketplan.solve.allocation.model import Model
from basketplan.solve.types import Assembled, Hauled, Shipped


@dataclass(frozen=True, kw_only=True)
class Decided:
    """The allocation's decisions, without reports and reasons."""

    shipped: tuple[Shipped, ...] = ()
    hauled: tuple[Hauled, ...] = ()
    assembled: tuple[Assembled, ...] = ()
    unit_price: Mapping[Key, int]
    served: frozenset[str] = frozenset()


def extract(model: Model, values: NDArray[np.float64]) -> Decided:
    """Return what ``values`` (by variable id) decide."""
    data = model.data

    def whole(variable: object) -> int:
        return round(float(values[variable.id]))  # type: ignore[attr-defined]  # of known type

    packs: dict[tuple[int, int], int] = {}
    bought: dict[int, int] = {}
    for (index, position), variable in model.lots.items():
        if (number := whole(variable)) > 0:
            packs[index, position] = number * data.offers[index].lot
            bought[index] = bought.get(index, 0) + packs[index, position]
    shipped = tuple(
        Shipped(
            cooperative=data.offers[index].coop,
            product=data.offers[index].product,
            hub=data.slots[position].hub,
            dispatch_day=data.slots[position].dispatch,
            arrival_day=data.slots[position].arrival,
            packs=number,
        )
        for (index, position), number in packs.items()
    )
    return Decided(
        shipped=tuple(sorted(shipped, key=lambda s: (s.arrival_day, s.hub, s.cooperative, s.product, s.dispatch_day))),
        hauled=_hauled(model, values, packs),
        assembled=_assembled(model, values),
        unit_price={
            (data.offers[index].coop, data.offers[index].product): unit_price(data.offers[index].prices, number)
            for index, number in sorted(bought.items())
        },
        served=frozenset(households_served(model, values)),
    )


def unit_price(prices: tuple[tuple[int, int], ...], packs: int) -> int:
    """Return the price of the highest row that ``packs`` reach."""
    return [price for start, price in prices if packs >= start][-1]


def _hauled(model: Model, values: NDArray[np.float64], packs: Mapping[tuple[int, int], int]) -> tuple[Hauled, ...]:
    """Return the lorries of every departure that carries something, without needless ones."""
    data = model.data
    weight: dict[int, int] = {}
    volume: dict[int, int] = {}
    for (index, position), number in packs.items():
        product = data.offers[index].product
        weight[position] = weight.get(position, 0) + number * data.weight_g[product]
        volume[position] = volume.get(position, 0) + number * data.volume_ml[product]
    result = []
    for position in sorted(weight):
        slot = data.slots[position]
        carriers = sorted(slot.carriers, key=lambda item: (-item.cost_centimes, item.lorry))
        count = {item.lorry: round(float(values[model.lorries[position, item.lorry].id])) for item in carriers}
        load = weight[position], volume[position]
        while not _fits(carriers, count, *load):
            count[carriers[-1].lorry] += 1
        for item in carriers:
            while count[item.lorry] > 0:
                count[item.lorry] -= 1
                if not _fits(carriers, count, *load):
                    count[item.lorry] += 1
                    break
        result += [
            Hauled(cooperative=slot.coop, hub=slot.hub, dispatch_day=slot.dispatch, lorry=lorry, number=number)
            for lorry, number in sorted(count.items())
            if number > 0
        ]
    return tuple(sorted(result, key=lambda item: (item.dispatch_day, item.hub, item.cooperative, item.lorry)))


def _fits(carriers: Sequence[Carrier], count: Mapping[str, int], weight_g: int, volume_ml: int) -> bool:
    """Tell whether ``count`` lorries of each type hold a load; one without a limit of volume holds any volume."""
    if sum(item.weight_g * count[item.lorry] for item in carriers) < weight_g:
        return False
    if any(item.volume_ml is None and count[item.lorry] for item in carriers):
        return True
    return sum((item.volume_ml or 0) * count[item.lorry] for item in carriers) >= volume_ml


def _assembled(model: Model, values: NDArray[np.float64]) -> tuple[Assembled, ...]:
    """Return the baskets assembled, with the alternatives in them."""
    result = []
    baskets = {basket.id: basket for basket in model.data.baskets}
    for (hub, basket, day), variable in model.assemble.items():
        count = round(float(values[variable.id]))
        if count <= 0:
            continue
        choices = tuple(
            tuple(
                round(float(values[model.filled(hub, baskets[basket], day, row, column).id]))
                for column in range(len(line))
            )
            for row, line in enumerate(baskets[basket].lines)
        )
        result.append(Assembled(hub=hub, day=day, basket=basket, count=count, choices=choices))
    return tuple(sorted(result, key=lambda item: (item.hub, item.day, item.basket)))


def due_by_hub(data: Data, decided: Decided) -> dict[str, tuple[int, ...]]:
    """Return per hub how many baskets must have left by the end of each working day: the least that is safe.

    Storage: with ``W`` grams arrived and a limit ``L``, any ``n`` delivered baskets free at least ``n`` times
    the lightest basket. Shelf life: packs are used first expired, first used, and baskets of a type leave in
    the order of their assembly; when ``n`` baskets of a type must be gone, so that any mix of ``due`` delivered
    baskets holds them, the ready baskets of the other types are added.
    """
    result: dict[str, tuple[int, ...]] = {}
    for hub in data.hubs:
        due = [0] * data.n_days
        for day in range(data.n_days):
            due[day] = max(_due_storage(data, hub, decided, day), _due_shelf_life(data, hub, decided, day))
        ready = [_ready(hub, decided, day) for day in range(data.n_days)]
        steady, most = [], 0
        for day, number in enumerate(due):
            most = max(most, min(number, ready[day]))
            steady.append(most)
        result[hub.id] = tuple(steady)
    return result


def _ready(hub: HubData, decided: Decided, day: int) -> int:
    return sum(a.count for a in decided.assembled if a.hub == hub.id and hub.ready[a.day] <= day)


def _due_storage(data: Data, hub: HubData, decided: Decided, day: int) -> int:
    here = [basket for basket in data.baskets if (hub.id, basket.id) in data.needed]
    due = 0
    for limit, size, least in (
        (hub.storage_g, data.weight_g, min((item.least_weight_g for item in here), default=0)),
        (hub.storage_ml, data.volume_ml, min((item.least_volume_ml for item in here), default=0)),
    ):
        if limit is None or least <= 0:
            continue
        arrived = sum(s.packs * size[s.product] for s in decided.shipped if s.hub == hub.id and s.arrival_day <= day)
        due = max(due, -(-(arrived - limit) // least))
    return due


def _due_shelf_life(data: Data, hub: HubData, decided: Decided, day: int) -> int:
    """Return the baskets that must have left by the end of ``day`` because something in them expires then."""
    last: dict[str, int] = {}
    for product, ends in data.expiry.items():
        doomed = _last_use(data, hub, decided, product, ends, day)
        for made in decided.assembled:
            if made.hub == hub.id and doomed is not None and made.day <= doomed and _holds(data, made, product):
                last[made.basket] = max(last.get(made.basket, -1), made.day)
    due = 0
    for basket, final in last.items():
        gone = sum(a.count for a in decided.assembled if a.hub == hub.id and a.basket == basket and a.day <= final)
        others = sum(
            a.count for a in decided.assembled if a.hub == hub.id and a.basket != basket and hub.ready[a.day] <= day
        )
        due = max(due, gone + others)
    return due


def _holds(data: Data, made: Assembled, product: str) -> bool:
    basket = next(item for item in data.baskets if item.id == made.basket)
    return any(
        number > 0 and choice.product == product
        for line, numbers in zip(basket.lines, made.choices, strict=True)
        for choice, number in zip(line, numbers, strict=True)
    )


def _last_use(
    data: Data, hub: HubData, decided: Decided, product: str, ends: tuple[int | None, ...], day: int
) -> int | None:
    """Return the last assembly day that uses packs which expire by the end of ``day``, first expired first used."""
    never = data.n_days
    left: list[list[int]] = sorted(
        [never if (end := ends[s.dispatch_day]) is None else end, s.arrival_day, s.packs]
        for s in decided.shipped
        if s.hub == hub.id and s.product == product
    )
    result: int | None = None
    for made in decided.assembled:
        if made.hub != hub.id:
            continue
        want = _packs(data, made, product)
        for lot in left:
            end, arrival, number = lot
            if want == 0:
                break
            if number == 0 or arrival > made.day or end < hub.ready[made.day]:
                continue
            take = min(want, number)
            lot[2], want = number - take, want - take
            if end <= day:
                result = made.day
    return result


def _packs(data: Data, made: Assembled, product: str) -> int:
    basket = next(item for item in data.baskets if item.id == made.basket)
    return sum(
        number * choice.packs
        for line, numbers in zip(basket.lines, made.choices, strict=True)
        for choice, number in zip(line, numbers, strict=True)
        if choice.product == product
    )
