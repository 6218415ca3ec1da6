"""The wide programme: everything opened that a coordinator might open, and which change opens what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from basketplan.explain.changes import next_day, overrides_of, stands_in
from basketplan.programme.availability import eligible
from basketplan.programme.types import WEEKDAYS, Programme
from basketplan.solve.allocation.change import Change, Gate

__all__ = ["Reread", "Wide", "substitutes", "widened"]

Reread = Callable[[Sequence[str]], Programme]
"""Reads the plan's programme again with further overrides; raises InputError where they make it faulty."""


@dataclass(frozen=True, kw_only=True)
class Wide:
    """A programme with all that may be opened, and what the gates of its days and lines are."""

    programme: Programme
    gates: tuple[Gate, ...]
    extra: frozenset[tuple[str, int, str]]


def widened(programme: Programme, reread: Reread) -> Wide:
    """Return the wide programme of ``programme``: hubs open on all working days, no holiday, a day more, stand-ins."""
    gates = _gates(programme)
    stand_ins = substitutes(programme)
    texts = [*overrides_of(programme, stand_ins), *_all_days_open(programme)]
    extra = frozenset((item.where[0], int(item.where[1]), item.where[2]) for item in stand_ins)
    return Wide(programme=reread(texts), gates=tuple(gates), extra=extra)


def _all_days_open(programme: Programme) -> list[str]:
    texts = [f"calendar.last_day={next_day(programme).isoformat()}"]
    if programme.calendar.holidays:
        texts.append("calendar.holidays=[]")
    for hub in programme.hubs:
        if hub.open is not None:
            texts.append(f"hubs[{hub.id}].open=[{', '.join(programme.calendar.working_days)}]")
        if hub.closed:
            texts.append(f"hubs[{hub.id}].closed=[]")
    return texts


def _gates(programme: Programme) -> list[Gate]:
    """Return a change for every day that is not open yet."""
    calendar = programme.calendar
    after = next_day(programme)
    gates = [
        Gate(change=Change(kind="last_day", where=(after.isoformat(),)), hub=None, dates=frozenset({after})),
        *(
            Gate(change=Change(kind="holiday", where=(day.isoformat(),)), hub=None, dates=frozenset({day}))
            for day in sorted(set(calendar.holidays))
            if calendar.first_day <= day <= calendar.last_day and WEEKDAYS[day.weekday()] in calendar.working_days
        ),
    ]
    for hub in sorted(programme.hubs, key=lambda item: item.id):
        weekdays = hub.open if hub.open is not None else calendar.working_days
        for weekday in calendar.working_days:
            days = frozenset(day for day in (*programme.working_days, after) if WEEKDAYS[day.weekday()] == weekday)
            if weekday not in weekdays and days:
                change = Change(kind="open_weekday", where=(hub.id, weekday))
                gates.append(Gate(change=change, hub=hub.id, dates=days))
        for day in sorted(set(hub.closed) & set(programme.working_days)):
            if WEEKDAYS[day.weekday()] in weekdays:
                change = Change(kind="open_date", where=(hub.id, day.isoformat()))
                gates.append(Gate(change=change, hub=hub.id, dates=frozenset({day})))
    return gates


def substitutes(programme: Programme) -> list[Change]:
    """Return products that might stand in for others: they do so in another line, or are on offer and in no basket."""
    offered = {offer.product for coop in programme.cooperatives if eligible(programme, coop) for offer in coop.offers}
    lines = [line for basket in programme.baskets for line in basket.lines]
    together = [{item.product for item in line.one_of} for line in lines]
    used = set().union(*together)
    result = []
    for basket in sorted(programme.baskets, key=lambda item: item.id):
        mine = {item.product for line in basket.lines for item in line.one_of}
        for number, line in enumerate(basket.lines):
            here = {item.product for item in line.one_of}
            for product in sorted(offered - mine):
                known = product not in used or any(product in other and other & here for other in together)
                if known and stands_in(programme, line, product) is not None:
                    result.append(Change(kind="substitute", where=(basket.id, str(number), product)))
    return result
