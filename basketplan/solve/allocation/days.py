"""The rules between days of the allocation model: numbered as in :mod:`basketplan.solve.allocation.model`."""

from __future__ import annotations

from basketplan.solve.allocation.data import Data, HubData
from basketplan.solve.allocation.model import LAG, Expression, Model, total


def add_day_rules(model: Model) -> None:
    """Add receiving (5), deliveries (11)–(13), storage (14) and shelf life (16)."""
    for hub in model.data.hubs:
        if not hub.ready:
            continue
        arriving = _arriving(model, hub)
        _receiving(model, hub, arriving)
        delivered = _deliveries(model, hub)
        _storage(model, hub, delivered)
        _shelf_life(model, hub, delivered)


def groups_of(data: Data, hub: str) -> list[tuple[tuple[int, ...], str]]:
    """Return the (days, access) that occur among a hub's households."""
    return sorted({(kind.days, kind.access) for kind in data.kinds if kind.hub == hub and kind.days and kind.size})


def _arriving(model: Model, hub: HubData) -> dict[int, list[tuple[int, int]]]:
    """Return arrival day → (offer, slot)."""
    result: dict[int, list[tuple[int, int]]] = {}
    for index, position in model.lots:
        slot = model.data.slots[position]
        if slot.hub == hub.id:
            result.setdefault(slot.arrival, []).append((index, position))
    return result


def _receiving(model: Model, hub: HubData, arriving: dict[int, list[tuple[int, int]]]) -> None:
    """Add (5)."""
    if hub.receiving_g is None:
        return
    data = model.data
    for day, keys in sorted(arriving.items()):
        weight = [data.offers[o].lot * data.weight_g[data.offers[o].product] / 1000 * model.lots[o, s] for o, s in keys]
        model.m.add_linear_constraint(total(weight) <= hub.receiving_g / 1000, name=f"receiving[{hub.id},{day}]")


def _deliveries(model: Model, hub: HubData) -> dict[int, list[Expression]]:
    """Add (11), (12), (13); return day → what is delivered on it."""
    data, m = model.data, model.m
    groups = groups_of(data, hub.id)
    by_day: dict[int, list[Expression]] = {}
    by_access: dict[tuple[str, int], list[Expression]] = {}
    for number, (days, access) in enumerate(groups):
        terms: list[Expression] = []
        for day in days:
            variable = m.add_variable(lb=0, name=f"deliver[{hub.id},{number},{day}]")
            model.deliver[hub.id, number, day] = variable
            by_day.setdefault(day, []).append(variable)
            by_access.setdefault((access, day), []).append(variable)
            terms.append(variable)
        wanted = [
            kind.size * serve
            for kind, serve in zip(data.kinds, model.serve, strict=True)
            if (kind.hub, kind.days, kind.access) == (hub.id, days, access)
        ]
        m.add_linear_constraint(total(terms) == total(wanted), name=f"delivered[{hub.id},{number}]")  # (11)
    _not_before_ready(model, hub, by_day)
    _deadlines(model, hub)
    if hub.fleet is not None:
        for day, today in sorted(by_day.items()):
            over = m.add_variable(lb=0, name=f"over[{hub.id},{day}]")
            model.over[hub.id, day] = over
            m.add_linear_constraint(total(today) <= hub.fleet.total + over, name=f"fleet[{hub.id},{day}]")  # (13)
            for access, most in sorted(hub.fleet.by_access.items()):
                some = by_access.get((access, day))
                if some and most < hub.fleet.total:
                    m.add_linear_constraint(total(some) <= most + over, name=f"fleet[{hub.id},{access},{day}]")
    return by_day


def _ready(model: Model, hub: HubData, day: int, basket: str | None = None) -> list[Expression]:
    """Return the baskets of a type (or all) that may have left by the end of ``day``."""
    return [
        variable
        for (name, kind, assembled), variable in model.assemble.items()
        if name == hub.id and (basket is None or kind == basket) and hub.ready[assembled] <= day
    ]


def _not_before_ready(model: Model, hub: HubData, by_day: dict[int, list[Expression]]) -> None:
    """Add the second half of (11), with running sums to keep rows short."""
    m = model.m
    waiting: Expression | None = None
    for day in sorted(set(by_day) | set(hub.ready.values())):
        fresh = [
            variable
            for (name, _, assembled), variable in model.assemble.items()
            if name == hub.id and hub.ready[assembled] == day
        ]
        rest = m.add_variable(lb=0, name=f"waiting[{hub.id},{day}]")
        parts: list[Expression] = fresh if waiting is None else [*fresh, waiting]
        m.add_linear_constraint(total(parts) == total([*by_day.get(day, []), rest]), name=f"ready[{hub.id},{day}]")
        waiting = rest


def _deadlines(model: Model, hub: HubData) -> None:
    """Add (12)."""
    data = model.data
    kinds = [(k, s) for k, s in zip(data.kinds, model.serve, strict=True) if k.hub == hub.id and k.days and k.size]
    final = max(hub.open)
    for last in sorted({kind.days[-1] for kind, _ in kinds} - {final}):
        for basket in data.baskets:
            early = [
                count * serve
                for kind, serve in kinds
                if kind.days[-1] <= last
                for name, count in kind.baskets
                if name == basket.id
            ]
            if early:
                model.m.add_linear_constraint(
                    total(_ready(model, hub, last, basket.id)) >= total(early),
                    name=f"deadline[{hub.id},{basket.id},{last}]",
                )


def _storage(model: Model, hub: HubData, delivered: dict[int, list[Expression]]) -> None:
    """Add (14)."""
    data, m = model.data, model.m
    here = [basket for basket in data.baskets if (hub.id, basket.id) in data.needed]
    if not here:
        return
    rows = (
        ("weight", hub.storage_g, data.weight_g, min(item.least_weight_g for item in here)),
        ("volume", hub.storage_ml, data.volume_ml, min(item.least_volume_ml for item in here)),
    )
    for name, limit, size, least in rows:
        if limit is None:
            continue
        before: Expression | None = None
        for day in hub.open:
            held = m.add_variable(lb=0, ub=limit / 1000, name=f"held_{name}[{hub.id},{day}]")
            arrived = [
                data.offers[o].lot * size[data.offers[o].product] / 1000 * variable
                for (o, s), variable in model.lots.items()
                if (data.slots[s].hub, data.slots[s].arrival) == (hub.id, day)
            ]
            left = [least / 1000 * item for item in delivered.get(day, [])]
            parts = arrived if before is None else [*arrived, before]
            m.add_linear_constraint(total(parts) == total([*left, held]), name=f"storage_{name}[{hub.id},{day}]")
            before = held


def lag_of(data: Data, hub: HubData) -> int | None:
    """Return the hub days that baskets may wait at ``hub`` because of perishables; none: nothing perishes in time."""
    products = {name for name in data.expiry if (hub.id, name) in data.usable}
    best: dict[str, int] = {}
    for slot in data.slots:
        if slot.hub != hub.id or slot.arrival not in hub.open:
            continue
        for product in products:
            end = data.expiry[product][slot.dispatch]
            if end is None:
                continue
            leave = min((day for start, day in hub.ready.items() if start >= slot.arrival), default=None)
            if leave is not None and leave <= end:
                room = sum(1 for day in hub.open if leave < day <= end)
                best[product] = max(best.get(product, 0), room)
    if not best:
        return None
    return min(LAG, *best.values())


def latest_leave(hub: HubData, assembled: int, lag: int) -> int:
    """Return the day by which a basket assembled on a day has left when it waits at most ``lag`` hub days."""
    later = [day for day in hub.open if day >= hub.ready[assembled]]
    return later[min(lag, len(later) - 1)]


def _shelf_life(model: Model, hub: HubData, delivered: dict[int, list[Expression]]) -> None:
    """Add (16)."""
    data, m = model.data, model.m
    lag = lag_of(data, hub)
    if lag is None:
        return
    for product, ends in data.expiry.items():
        keys = [(o, s) for o, s in model.lots if data.offers[o].product == product and data.slots[s].hub == hub.id]
        for key in keys:
            slot = data.slots[key[1]]
            model.wasted[key] = m.add_variable(lb=0, name=f"wasted[{product},{slot.label}]")
            m.add_linear_constraint(
                model.wasted[key] <= data.offers[key[0]].lot * model.lots[key], name=f"waste[{product},{slot.label}]"
            )
        for end in sorted({end for end in ends if end is not None}):
            doomed = [key for key in keys if (last := ends[data.slots[key[1]].dispatch]) is not None and last <= end]
            if not doomed:
                continue
            used = [
                term
                for day in sorted(hub.ready)
                if latest_leave(hub, day, lag) <= end
                for term in model.used(hub.id, product, day)
            ]
            m.add_linear_constraint(
                total(data.offers[o].lot * model.lots[o, s] - model.wasted[o, s] for o, s in doomed) <= total(used),
                name=f"shelflife[{hub.id},{product},{end}]",
            )
        for (name, item, day), stock in model.stock.items():
            gone = [model.wasted[key] for key in keys if data.slots[key[1]].arrival <= day]
            if (name, item) == (hub.id, product) and gone:  # wasted packs must not feed later baskets
                m.add_linear_constraint(stock >= total(gone), name=f"wastestays[{hub.id},{product},{day}]")
    for day in sorted(hub.ready):
        end = latest_leave(hub, day, lag)
        made = [v for (name, _, start), v in model.assemble.items() if name == hub.id and start <= day]
        gone = [term for when, terms in delivered.items() if when <= end for term in terms]
        m.add_linear_constraint(total(gone) >= total(made), name=f"leaves[{hub.id},{day}]")
