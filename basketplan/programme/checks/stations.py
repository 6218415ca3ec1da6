"""B43x hubs, B44x lorries and the road to hubs, B45x vehicles."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from basketplan import units
from basketplan.programme.availability import ready_day, road_days, road_metres
from basketplan.programme.checks.context import MAX_DAYS, Context, Finding, count, fits, listed
from basketplan.programme.types import Vehicle

__all__ = ["RULES"]

MAX_ROAD_M = 50_000_000
"""Longer than any road."""


def hub_never_open(context: Context) -> Iterator[Finding]:
    """B430: a hub is open on no working day (warning; an error when no hub is)."""
    if not context.days:
        return
    shut = [row for row, hub in enumerate(context.programme.hubs) if not context.programme.hub_days(hub)]
    for row in shut:
        hub = context.programme.hubs[row]
        yield Finding(
            "B430",
            f"hub '{hub.id}' is open on none of the {count(len(context.days), 'working day')}",
            ("hubs", row, "open") if hub.open is not None else ("hubs", row, "closed"),
            "open it on a weekday of the calendar's working_days, or take closed days out",
            "error" if len(shut) == len(context.programme.hubs) else "warning",
        )


def never_ready(context: Context) -> Iterator[Finding]:
    """B431: no basket assembled at a hub can leave it before the last day (warning)."""
    for row, hub in enumerate(context.programme.hubs):
        if context.days and context.programme.hub_days(hub) and not context.delivery_days[hub.id]:
            yield Finding(
                "B431",
                f"no basket assembled at hub '{hub.id}' can be delivered: it is ready {count(hub.ready_after, 'day')}"
                " after assembly, and the hub is not open so late",
                ("hubs", row, "ready_after"),
                "shorten ready_after, or move the calendar's last_day",
                "warning",
            )


def hub_without_room(context: Context) -> Iterator[Finding]:
    """B432: a hub receives, stores or assembles nothing (warning)."""
    for row, hub in enumerate(context.programme.hubs):
        for name in ("receiving", "storage_weight", "storage_volume", "assembly"):
            if getattr(hub, name) == 0:
                yield Finding(
                    "B432",
                    f"hub '{hub.id}' has {name} 0: no basket can come from it",
                    ("hubs", row, name),
                    f"write what it can do per day, or leave '{name}' out where there is no limit",
                    "warning",
                )


def hub_without_vehicle(context: Context) -> Iterator[Finding]:
    """B433: no vehicle stands at a hub (warning)."""
    for row, hub in enumerate(context.programme.hubs):
        if not context.stationed[hub.id]:
            yield Finding(
                "B433",
                f"no vehicle stands at hub '{hub.id}'",
                ("hubs", row, "id"),
                f"write 'number: {{{hub.id}: 1}}' at a vehicle type, or take the hub out",
                "warning",
            )


def lorry_without_room(context: Context) -> Iterator[Finding]:
    """B440: a lorry type holds nothing (warning; an error when none holds anything)."""
    lorries = context.programme.lorries
    empty = [row for row, item in enumerate(lorries) if item.max_weight <= 0 or item.max_volume == 0]
    for row in empty:
        name = "max_weight" if lorries[row].max_weight <= 0 else "max_volume"
        yield Finding(
            "B440",
            f"lorry type '{lorries[row].id}' has {name} 0: it carries nothing",
            ("lorries", row, name),
            "write what one lorry carries",
            "error" if len(empty) == len(lorries) else "warning",
        )


def lorry_stands_still(context: Context) -> Iterator[Finding]:
    """B441: a lorry type covers no road in a day."""
    for row, item in enumerate(context.programme.lorries):
        if item.km_per_day <= 0:
            yield Finding(
                "B441",
                f"lorry type '{item.id}' covers 0 km a day: it never arrives",
                ("lorries", row, "km_per_day"),
                "write the road that it covers in a day: '600 km'",
            )


def lot_too_large(context: Context) -> Iterator[Finding]:
    """B442: no lorry holds one lot of an offer (warning)."""
    lorries = [item for item in context.programme.lorries if item.max_weight > 0]
    for at in context.offers():
        lot, product = at.offer.lot, at.product
        if product is None or not lorries or (lot is not None and not fits(product, lot)):
            continue
        packs = max(1, product.packs(lot)) if lot is not None else 1
        weight, volume = packs * product.gross_weight, packs * product.volume
        if not any(
            weight <= item.max_weight and (item.max_volume is None or volume <= item.max_volume) for item in lorries
        ):
            yield Finding(
                "B442",
                f"no lorry holds one lot of '{product.id}' of cooperative '{at.cooperative}':"
                f" {weight / 1000:,.1f} kg and {volume / 1000:,.1f} L",
                (*at.path, "lot") if lot is not None else at.path,
                "write a smaller lot, or add a larger lorry type",
                "warning",
            )


def never_arrives(context: Context) -> Iterator[Finding]:
    """B443: goods of a cooperative can reach no hub on a day on which it is open (warning)."""
    programme = context.programme
    open_days = [{day.toordinal() for day in programme.hub_days(hub)} for hub in programme.hubs] if context.days else []
    if not any(open_days) or any(item.km_per_day <= 0 for item in programme.lorries):
        return
    roads = np.minimum(road_days(programme), MAX_DAYS)
    for row, item in enumerate(programme.cooperatives):
        leaves = min((ready_day(programme, offer) for offer in item.offers), default=context.days[0])
        dispatch = [day.toordinal() for day in context.days if day >= leaves]
        if dispatch and not any(
            day + road in days for road, days in zip(roads[row].tolist(), open_days, strict=True) for day in dispatch
        ):
            yield Finding(
                "B443",
                f"goods of cooperative '{item.id}' can reach no hub on a day on which it is open: they are"
                f" {count(int(roads[row].min()), 'day')} on the road",
                ("cooperatives", row, "place"),
                "open a hub on the day of arrival, add a faster lorry type, or let goods leave earlier",
                "warning",
            )


def rounds_reach_nobody(context: Context) -> Iterator[Finding]:
    """B444: a lorry type cannot go to any cooperative and back on a round (warning)."""
    programme = context.programme
    if not any(lorry.rounds is not None for lorry in programme.lorries) or not programme.hubs:
        return
    least = int(road_metres(programme).min(initial=MAX_ROAD_M))
    for row, lorry in enumerate(programme.lorries):
        rounds = lorry.rounds
        if rounds is None:
            continue
        takes_s = 2 * units.travel_s(least, rounds.speed) + rounds.time_per_stop
        hours_s = rounds.hours[1] - rounds.hours[0]
        far = rounds.max_distance is not None and 2 * least > rounds.max_distance
        if not far and takes_s <= hours_s:
            continue
        needs, limit = f"{takes_s / 3600:,.1f} h", f"its hours of {hours_s / 3600:,.1f} h"
        if far:
            most = (rounds.max_distance or 0) / 1000
            needs, limit = f"{2 * least / 1000:,.0f} km", f"its longest distance of {most:,.0f} km"
        yield Finding(
            "B444",
            f"no round of lorry type '{lorry.id}' reaches a cooperative: to the nearest and back it needs {needs}, more"
            f" than {limit}",
            ("lorries", row, "rounds", "max_distance" if far else "hours"),
            "widen its hours, raise its max_distance, or take 'rounds' out",
            "warning",
        )


def negative_number(context: Context) -> Iterator[Finding]:
    """B450: the number of vehicles at a hub is below zero."""
    for row, item in enumerate(context.programme.vehicles):
        for hub, number in item.number.items():
            if number < 0:
                yield Finding(
                    "B450",
                    f"{number} vehicles '{item.id}' stand at hub '{hub}'",
                    ("vehicles", row, "number", hub),
                    "write zero or more",
                )


def no_vehicle(context: Context) -> Iterator[Finding]:
    """B451: a vehicle type stands nowhere (warning; an error when none does)."""
    vehicles = context.programme.vehicles
    idle = [row for row, item in enumerate(vehicles) if not any(number > 0 for number in item.number.values())]
    for row in idle:
        yield Finding(
            "B451",
            f"vehicle type '{vehicles[row].id}' stands at no hub",
            ("vehicles", row, "number"),
            f"write how many stand where: 'number: {{{context.programme.hubs[0].id}: 1}}'",
            "error" if len(idle) == len(vehicles) else "warning",
        )


def _shortest_trip(vehicle: Vehicle, door_s: int) -> int:
    return vehicle.loading + vehicle.loading_per_basket + door_s


def trip_too_long(context: Context) -> Iterator[Finding]:
    """B452: the time a vehicle has for a trip is too short to load one basket and serve one door."""
    people = context.programme.households
    door_s = min((context.programme.service_s(person) for person in people), default=0)
    for row, item in enumerate(context.programme.vehicles):
        limits: list[tuple[int, str, tuple[str, ...]]] = [(item.shift[1] - item.shift[0], "shift", ("shift",))]
        if item.max_trip_duration is not None:
            limits.append((item.max_trip_duration, "longest trip", ("max_trip_duration",)))
        if item.driver_break is not None:
            limits.append((item.driver_break.after, "time before a break", ("driver_break", "after")))
        most, what, path = min(limits, key=lambda limit: limit[0])
        if _shortest_trip(item, door_s) > most:
            yield Finding(
                "B452",
                f"vehicle type '{item.id}' needs {_minutes(_shortest_trip(item, door_s))} to load one basket and serve"
                f" one door, more than its {what} of {_minutes(most)}",
                ("vehicles", row, *path),
                f"lengthen the {what}, or shorten loading",
            )


def _minutes(seconds: int) -> str:
    return f"{seconds / 60:,.0f} min"


def break_too_long(context: Context) -> Iterator[Finding]:
    """B453: a driver's break is longer than the shift."""
    for row, item in enumerate(context.programme.vehicles):
        shift = item.shift[1] - item.shift[0]
        if item.driver_break is not None and item.driver_break.duration >= shift:
            yield Finding(
                "B453",
                f"the break of vehicle type '{item.id}' takes {_minutes(item.driver_break.duration)}, its whole shift"
                f" of {_minutes(shift)} ({units.clock(item.shift[0])}-{units.clock(item.shift[1])})",
                ("vehicles", row, "driver_break", "duration"),
                "shorten the break, or lengthen the shift",
            )


def holds_no_basket(context: Context) -> Iterator[Finding]:
    """B454: a vehicle type holds no basket of any type (warning)."""
    loads = [context.loads[name] for name, number in context.needed.items() if number]
    for row, item in enumerate(context.programme.vehicles):
        if loads and not any(
            (item.max_weight is None or weight <= item.max_weight)
            and (item.max_volume is None or volume <= item.max_volume)
            for weight, volume in loads
        ):
            weight, volume = min(loads)
            yield Finding(
                "B454",
                f"vehicle type '{item.id}' holds no basket: the lightest weighs {weight / 1000:,.1f} kg and takes"
                f" {volume / 1000:,.1f} L",
                ("vehicles", row, "max_weight" if item.max_weight is not None else "max_volume"),
                "correct its max_weight and max_volume",
                "warning",
            )


def enters_nowhere(context: Context) -> Iterator[Finding]:
    """B455: a vehicle type enters no access class that a household has (warning)."""
    classes = sorted({person.access for person in context.programme.households})
    for row, item in enumerate(context.programme.vehicles):
        if not set(item.access) & set(classes):
            yield Finding(
                "B455",
                f"vehicle type '{item.id}' enters {listed(item.access) or 'nothing'}, where no household lives",
                ("vehicles", row, "access"),
                f"add an access class that households have: {listed(classes)}",
                "warning",
            )


RULES = (
    hub_never_open,
    never_ready,
    hub_without_room,
    hub_without_vehicle,
    lorry_without_room,
    lorry_stands_still,
    lot_too_large,
    never_arrives,
    rounds_reach_nobody,
    negative_number,
    no_vehicle,
    trip_too_long,
    break_too_long,
    holds_no_basket,
    enters_nowhere,
)
