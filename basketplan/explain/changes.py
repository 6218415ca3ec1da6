"""Changes as overrides: what ``--set`` has to be told to make them, and amounts that people can agree on."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence

from basketplan.programme.types import WEEKDAYS, Basket, Hub, Line, Programme, Quantity
from basketplan.solve.allocation.change import Change

__all__ = ["next_day", "overrides_of", "packs_as_quantity", "practical", "stands_in"]


def practical(amount: float, step: int = 1) -> int:
    """Return ``amount`` rounded up to whole ``step``\\ s, and from a hundred steps on to two digits of them."""
    steps = max(1, math.ceil(amount / step - 1e-6))
    rough = int(10 ** max(0, len(str(steps)) - 2))
    return -(-steps // rough) * rough * step


def packs_as_quantity(programme: Programme, product: str, packs: int) -> Quantity:
    """Return what ``packs`` of a product hold."""
    pack = programme.product[product].pack
    return Quantity(amount=packs * pack.amount, unit=pack.unit)


def overrides_of(programme: Programme, changes: Sequence[Change]) -> tuple[str, ...]:
    """Return the overrides that make ``changes`` in ``programme``, in a fixed order."""
    lines: dict[tuple[str, int], list[Change]] = {}
    result: list[str] = []
    for change in sorted(changes):
        if change.kind in {"share", "substitute"}:
            lines.setdefault((change.where[0], int(change.where[1])), []).append(change)
        else:
            result += _override(programme, change)
    for (basket, number), some in sorted(lines.items()):
        result.append(_line_override(programme, programme.basket[basket], number, some))
    return tuple(result)


def _override(programme: Programme, change: Change) -> list[str]:
    where = change.where
    match change.kind:
        case "capacity" | "rate" | "earlier" | "minimum_order" | "minimum_revenue":
            return _offer_override(programme, change)
        case "assembly" | "receiving" | "storage_weight" | "storage_volume" | "open_weekday" | "open_date":
            return [_hub_override(programme, programme.hub[where[0]], change)]
        case "budget":
            return [f"policy.budget={(programme.policy.budget or 0) / 100 + change.amount:.2f} MAD"]
        case "holiday":
            rest = [day.isoformat() for day in programme.calendar.holidays if day.isoformat() not in where]
            return [f"calendar.holidays=[{', '.join(rest)}]"]
        case "last_day":
            return [f"calendar.last_day={where[0]}"]
        case _:
            return _delivery_override(programme, change)


def _offer_override(programme: Programme, change: Change) -> list[str]:
    coop = change.where[0]
    if change.kind == "minimum_revenue":
        return [f"cooperatives[{coop}].minimum_revenue=0 MAD"]
    product = programme.product[change.where[1]]
    offer = next(item for item in programme.cooperative[coop].offers if item.product == product.id)
    path = f"cooperatives[{coop}].offers[{product.id}]"
    if change.kind == "capacity":
        return [f"{path}.capacity={_raised(programme, product.id, offer.capacity, change.amount)}"]
    if change.kind == "rate" and offer.rate is not None:
        return [f"{path}.rate={_raised(programme, product.id, offer.rate, change.amount)}"]
    if change.kind == "minimum_order":
        return [f"{path}.minimum_order={{remove: true}}"]
    early = [f"{path}.first_day={{remove: true}}"] if offer.first_day is not None else []
    return early + ([f"{path}.lead_time=0 days"] if offer.lead_time else [])


def _raised(programme: Programme, product: str, before: Quantity, packs: float) -> str:
    """Return ``before`` with ``packs`` more, as it is written."""
    pack = programme.product[product].pack
    more = round(packs) * (1 if before.unit == "packs" else pack.amount)
    amount = before.amount + more
    if before.unit == "packs":
        return f"{amount} packs"
    small, large = ("g", "kg") if before.unit == "g" else ("mL", "L")
    return f"{amount // 1000} {large}" if amount % 1000 == 0 else f"{amount} {small}"


def _hub_override(programme: Programme, hub: Hub, change: Change) -> str:
    path, more = f"hubs[{hub.id}]", round(change.amount)
    match change.kind:
        case "assembly":
            return f"{path}.assembly={(hub.assembly or 0) + more}"
        case "receiving":
            return f"{path}.receiving={_thousandths((hub.receiving or 0) + more * 1000)} kg"
        case "storage_weight":
            return f"{path}.storage_weight={_thousandths((hub.storage_weight or 0) + more * 1000)} kg"
        case "storage_volume":
            return f"{path}.storage_volume={_thousandths((hub.storage_volume or 0) + more * 1000)} L"
        case "open_weekday":
            days = set(hub.open or programme.calendar.working_days) | {change.where[1]}
            return f"{path}.open=[{', '.join(day for day in WEEKDAYS if day in days)}]"
        case _:
            rest = [day.isoformat() for day in hub.closed if day.isoformat() != change.where[1]]
            return f"{path}.closed=[{', '.join(rest)}]"


def _thousandths(amount: int) -> str:
    """Return a thousandth of ``amount``, exactly and as people write it."""
    return f"{amount // 1000}.{amount % 1000:03}".rstrip("0").rstrip(".")


def _delivery_override(programme: Programme, change: Change) -> list[str]:
    where, more = change.where, round(change.amount)
    match change.kind:
        case "vehicles":
            before = programme.vehicle[where[0]].number.get(where[1], 0)
            return [f"vehicles[{where[0]}].number[{where[1]}]={before + more}"]
        case "trips":
            return [f"vehicles[{where[0]}].trips_per_day={programme.vehicle[where[0]].trips_per_day + more}"]
        case "access":
            classes = (*programme.vehicle[where[0]].access, where[1])
            return [f"vehicles[{where[0]}].access=[{', '.join(classes)}]"]
        case "radius" | "zones":
            return [f"hubs[{where[0]}].{change.kind}={{remove: true}}"]
        case "windows":
            return [f"households[{home}].windows=[]" for home in where]
        case "home_days":
            return [f"households[{home}].days=[]" for home in where]
        case _:
            return [f"households[{home}].split=true" for home in where]


def _line_override(programme: Programme, basket: Basket, number: int, changes: Sequence[Change]) -> str:
    """Return the override that writes a line of a basket anew."""
    freed = {change.where[2] for change in changes if change.kind == "share"}
    line = basket.lines[number]
    options = []
    for item in line.one_of:
        text = f"product: {item.product}, quantity: {item.quantity}"
        text += f", min_share: {100 * item.min_share:g} %" if item.min_share > 0 else ""
        text += f", max_share: {100 * item.max_share:g} %" if item.max_share < 1 and item.product not in freed else ""
        options.append(f"{{{text}}}")
    for change in changes:
        if change.kind == "substitute":
            amount = stands_in(programme, line, change.where[2])
            options.append(f"{{product: {change.where[2]}, quantity: {amount}}}")
    place = "container" if number == 0 else f"contents[#{number}]"
    return f"baskets[{basket.id}].{place}={{one of: [{', '.join(options)}]}}"


def stands_in(programme: Programme, line: Line, product: str) -> Quantity | None:
    """Return how much of ``product`` would replace what ``line`` holds: as much, in whole packs; none: it cannot."""
    new = programme.product[product]
    if product in {item.product for item in line.one_of}:
        return None
    for item in line.one_of:
        old = programme.product[item.product]
        unit = old.pack.unit if item.quantity.unit == "packs" else item.quantity.unit
        amount = old.packs(item.quantity) * old.pack.amount
        if old.container == new.container and unit == new.pack.unit and amount and amount % new.pack.amount == 0:
            return Quantity(amount=amount, unit=unit)
    return None


def next_day(programme: Programme) -> dt.date:
    """Return the first working day after the programme's last day."""
    day = programme.calendar.last_day
    while True:
        day += dt.timedelta(days=1)
        if WEEKDAYS[day.weekday()] in programme.calendar.working_days and day not in programme.calendar.holidays:
            return day
