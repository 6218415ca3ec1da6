"""The pre-flight: can supply, hubs and vehicles be enough? In words and figures, before anything is solved.

Supply and hubs are told as upper bounds: what is called short is short in every plan. Vehicle-days are an estimate
and say so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from basketplan.programme.availability import available_packs, eligible
from basketplan.programme.capacity import ClassNeed, HubRoom, hub_flow, hub_rooms, useful_days, vehicle_needs
from basketplan.programme.checks.context import Context, count, listed
from basketplan.programme.coverage import Cover, covers
from basketplan.programme.types import Programme

__all__ = ["DayFigure", "Level", "Preflight", "Row", "available_packs", "eligible", "preflight"]

Level = Literal["ok", "tight", "short"]
Kind = Literal["product", "group", "assembly", "hub", "vehicles", "reach"]

MARGIN = 1.05
"""Less than this much more than needed is tight."""
FLEET_MARGIN = 1.15
"""The same for vehicle-days, which are only estimated."""
LATE = 0.25
"""Share of the baskets by which supply may stay behind an even pace before it is told as tight."""
MOST_HUBS = 6
"""Hubs that are well are told one by one up to this many."""

_LIMITS = {
    "assembly": "assembly", "storage_weight": "storage (kg)", "storage_volume": "storage (litres)",
    "receiving": "receiving",
}  # fmt: skip
_BARRIERS = {
    "zone": "in a zone that no hub serves",
    "radius": "beyond every hub's radius",
    "access": "where no vehicle of their hubs may enter",
    "capacity": "with more baskets than any vehicle holds",
    "windows": "with windows in which no vehicle works",
    "days": "home on no day on which a hub can deliver",
    "distance": "too far for any vehicle to go and come back in one trip",
}


@dataclass(frozen=True, kw_only=True)
class DayFigure:
    """Baskets that can be filled by the end of a day, and how many an even pace would have filled by then."""

    day: dt.date
    available: int
    pace: int


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that was compared."""

    kind: Kind
    subject: str
    """Product, group (`honey|amlou`), hub or access class; empty: all of them."""
    level: Level
    needed: int
    available: int
    unit: Literal["baskets", "vehicle-days", "households"]
    sentence: str
    """With figures, readable aloud."""
    advice: str = ""
    """What to change; empty when nothing needs to."""
    days: tuple[DayFigure, ...] = ()
    """By day, for products and groups."""


@dataclass(frozen=True, kw_only=True)
class Preflight:
    """What the pre-flight found."""

    programme: str
    baskets: int
    """Needed by all households."""
    possible: int
    """No plan delivers more than these."""
    rows: tuple[Row, ...]

    @property
    def level(self) -> Level:
        """The worst level of any row."""
        levels = [row.level for row in self.rows]
        return "short" if "short" in levels else "tight" if "tight" in levels else "ok"

    @property
    def sentences(self) -> tuple[str, ...]:
        """Everything worth saying: the whole, what is short, what is tight, and the rest in brief."""
        if self.possible >= self.baskets:
            head = f"Nothing counted here stands in the way of all {self.baskets:,} baskets."
        else:
            head = f"At most {self.possible:,} of {self.baskets:,} baskets can be delivered."
        told = [row for level in ("short", "tight") for row in self.rows if row.level == level]
        supply = [row for row in self.rows if row.level == "ok" and row.kind in ("product", "group")]
        lines = [head, *(f"{row.sentence} {row.advice}".strip() for row in told)]
        if supply:
            scarce = min(supply, key=lambda row: row.available / max(1, row.needed))
            else_ = " else" if any(row.kind in ("product", "group") for row in told) else ""
            goods = count(len(supply), "product")
            lines.append(f"There is enough of everything{else_} ({goods}); the scarcest: {scarce.sentence}")
        rest = [row for row in self.rows if row.level == "ok" and row.kind not in ("product", "group")]
        hubs = sum(row.kind == "hub" for row in rest)
        lines += [row.sentence for row in rest if row.kind != "hub" or hubs <= MOST_HUBS]
        return tuple(lines)

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain data."""
        return {
            "programme": self.programme,
            "level": self.level,
            "baskets": self.baskets,
            "possible": self.possible,
            "sentences": list(self.sentences),
            "rows": [
                {
                    "kind": row.kind,
                    "subject": row.subject,
                    "level": row.level,
                    "needed": row.needed,
                    "available": row.available,
                    "unit": row.unit,
                    "sentence": row.sentence,
                    "advice": row.advice,
                    "days": [
                        {"day": item.day.isoformat(), "available": item.available, "pace": item.pace}
                        for item in row.days
                    ],
                }
                for row in self.rows
            ],
        }


def preflight(programme: Programme) -> Preflight:
    """Compare what ``programme`` needs with what it has. It must have passed its checks."""
    context = Context(programme)
    baskets = sum(context.needed.values())
    rooms = hub_rooms(context)
    reachable = hub_flow(context, [_unlimited(room) for room in rooms])
    in_hubs = hub_flow(context, rooms)
    supply = _supply(context, rooms)
    rows = [
        _reach_row(context),
        *(row for row, _ in supply),
        _assembly_row(rooms, reachable, in_hubs),
        *(_hub_row(room) for room in rooms if room.limits),
        *(_vehicle_row(need) for need in vehicle_needs(context)),
    ]
    possible = min([in_hubs, *(baskets - max(0, missing) for _, missing in supply)])
    return Preflight(programme=programme.id, baskets=baskets, possible=max(0, possible), rows=tuple(rows))


def _unlimited(room: HubRoom) -> HubRoom:
    return HubRoom(hub=room.hub, days=room.days, limits={}, only=room.only)


def _level(needed: int, available: float, margin: float = MARGIN) -> Level:
    if available < needed:
        return "short"
    return "tight" if available < needed * margin else "ok"


def _supply(context: Context, rooms: Sequence[HubRoom]) -> list[tuple[Row, int]]:
    """Return a row per product and group, with the baskets that are certainly missing."""
    programme = context.programme
    useful = sorted({day for hub in programme.hubs for day in useful_days(context, hub)})
    if not useful:
        return []
    index = {day: number for number, day in enumerate(context.days)}
    after = _room_after(context, rooms)
    result = []
    for cover in covers(programme, context.needed, index[useful[-1]]):
        days = tuple(
            DayFigure(
                day=day,
                available=min(cover.by_day[index[day]], cover.needed),
                pace=-(-cover.needed * (number + 1) // len(useful)),
            )
            for number, day in enumerate(useful)
        )
        in_time = min([cover.available, *(cover.by_day[index[day]] + after[day] for day in useful[:-1])])
        if in_time >= cover.needed:
            in_time = cover.available
        late = cover.bound - cover.available + in_time
        result.append((_supply_row(context, cover, in_time, days), cover.needed - late))
    return result


def _room_after(context: Context, rooms: Sequence[HubRoom]) -> dict[dt.date, int]:
    """Return the baskets that all hubs can still assemble after each day; very many where one has no limit."""
    programme = context.programme
    result = {}
    useful = {hub.id: useful_days(context, hub) for hub in programme.hubs}
    for day in context.days:
        total = 0
        for hub in programme.hubs:
            left = sum(1 for other in useful[hub.id] if other > day)
            total += (10**12 if hub.assembly is None else hub.assembly) * left
        result[day] = total
    return result


def _supply_row(context: Context, cover: Cover, in_time: int, days: tuple[DayFigure, ...]) -> Row:
    names = [context.programme.product[item].name.in_("en") for item in cover.products]
    worst = max(days, key=lambda item: item.pace - item.available)
    behind = worst.pace - worst.available
    level = _level(cover.needed, in_time)
    if len(names) > 1 and level == "tight":
        level = "ok" if sum(cover.alone.values()) >= cover.needed * MARGIN else "tight"
    if level == "ok" and behind > cover.needed * LATE:
        level = "tight"
    sentence = _supply_sentence(names, cover, in_time)
    if in_time < min(cover.available, cover.needed):
        sentence += (
            f" It comes too late for more: hubs cannot assemble {count(cover.needed - in_time, 'basket')} at the end."
        )
    elif level != "short" and behind > cover.needed * LATE:
        sentence += (
            f" It comes late: by {_day(worst.day)} there is enough for {worst.available:,} baskets, at an even pace"
            f" {worst.pace:,} would be filled."
        )
    return Row(
        kind="group" if len(names) > 1 else "product",
        subject="|".join(cover.products),
        level=level,
        needed=cover.needed,
        available=in_time,
        unit="baskets",
        sentence=sentence,
        advice=_supply_advice(context, cover, level),
        days=days,
    )


def _day(day: dt.date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def _supply_sentence(names: Sequence[str], cover: Cover, in_time: int) -> str:
    first, needed = names[0], cover.needed
    if len(names) == 1:
        if in_time < needed:
            return f"{first}: {in_time:,} of {needed:,} baskets."
        return f"{first}: enough for {in_time:,} baskets, {needed:,} are needed."
    alone = list(cover.alone.values())
    main = min(alone[0], in_time)
    more = max(0, in_time - main)
    able = " and ".join(f"{name} for {min(most, needed):,}" for name, most in zip(names[1:], alone[1:], strict=True))
    text = f"{first}: {main:,} of {needed:,} baskets; the group allows "
    if len(names) == 2:
        text += f"{names[1]} for {(more if main < needed else min(alone[1], needed)):,} more"
    else:
        text += f"{able}, together {more:,} more"
    return text + (f": {in_time:,} in all." if in_time < needed else ".")


def _supply_advice(context: Context, cover: Cover, level: Level) -> str:
    if level == "ok":
        return ""
    if level == "tight":
        return "A small failure would leave baskets unfilled: keep a reserve, or have it ready earlier."
    what = "add an offer, or raise the highest share of an alternative"
    if cover.more is not None:
        product = context.programme.product[cover.more[0]]
        amount = product.pack.model_copy(update={"amount": product.pack.amount * cover.more[1]})
        told = f"{cover.more[1]:,} more pieces of" if amount.unit == "packs" else f"{amount} more"
        what = f"find {told} {product.name.in_('en')}"
    if cover.ever >= cover.needed:
        return f"All of it would be enough if it came earlier: raise daily rates or order earlier; or {what}."
    return f"To serve everybody, {what}."


def _reach_row(context: Context) -> Row:
    total = len(context.programme.households)
    blocked = {name: len(rows) for name, rows in context.blocked.items() if rows}
    reached = total - sum(blocked.values())
    sentence = f"Hubs and vehicles can reach {reached:,} of {count(total, 'household')}"
    if blocked:
        sentence += ". Out of reach: " + "; ".join(f"{number:,} {_BARRIERS[name]}" for name, number in blocked.items())
    return Row(
        kind="reach",
        subject="",
        level=_level(total, reached, 1.0),
        needed=total,
        available=reached,
        unit="households",
        sentence=sentence + ".",
        advice="The warnings name them and what to change." if blocked else "",
    )


def _assembly_row(rooms: Sequence[HubRoom], needed: int, possible: int) -> Row:
    total = None if any(room.room is None for room in rooms) else sum(room.room or 0 for room in rooms)
    if total is None:
        sentence = f"The hubs can assemble all {needed:,} baskets: at least one of them has no limit."
    else:
        sentence = f"The hubs can put out {total:,} baskets in time; {needed:,} are needed."
    if possible < needed:
        sentence = f"The hubs can put out {possible:,} of {needed:,} baskets in time for a delivery."
    level = _level(needed, possible if total is None or possible < needed else total)
    if total is None and possible >= needed:
        level = "ok"
    return Row(
        kind="assembly",
        subject="",
        level=level,
        needed=needed,
        available=possible if total is None or possible < needed else total,
        unit="baskets",
        sentence=sentence,
        advice=_assembly_advice(rooms, needed - possible, level),
    )


def _assembly_advice(rooms: Sequence[HubRoom], missing: int, level: Level) -> str:
    if level == "ok":
        return ""
    days = sum(room.days for room in rooms if room.limits)
    if level == "tight":
        return "One lost day would leave baskets behind: add a day, or assemble more per day."
    more = f", {-(-missing // days):,} more per hub and day" if days else ""
    return f"To serve everybody, make room for {count(missing, 'basket')}{more}, or let the programme last longer."


def _hub_row(room: HubRoom) -> Row:
    most = room.room or 0
    others = f"{room.only:,} can come from no other hub" if room.only else "all could come from other hubs as well"
    sentence = (
        f"Hub {room.hub} can put out {most:,} baskets on {count(room.days, 'day')} (its {_LIMITS[room.binding]} is the"
        f" limit); {others}."
    )
    level = _level(room.only, most)
    advice = ""
    if level == "short":
        advice = f"Make room for {room.only - most:,} more, or let another hub serve some of its households."
    elif level == "tight":
        advice = "One lost day would leave baskets behind."
    return Row(
        kind="hub",
        subject=room.hub,
        level=level,
        needed=room.only,
        available=most,
        unit="baskets",
        sentence=sentence,
        advice=advice,
    )


def _vehicle_row(need: ClassNeed) -> Row:
    level = _level(need.needed, need.available, FLEET_MARGIN)
    if need.served < need.households:
        level = "short"
    sentence = (
        f"Access class {need.access}: {count(need.households, 'household')} take about"
        f" {count(need.needed, 'vehicle-day')} of {need.available:,} (an estimate)"
    )
    if level == "short":
        sentence += f"; vehicles have time for about {need.served:,} households"
    advice = ""
    if level == "short":
        missing = max(1, -(-need.needed * (need.households - need.served) // max(1, need.households)))
        advice = f"Add about {count(missing, 'vehicle-day')} ({listed(need.vehicles)}): more vehicles, days or trips."
    elif level == "tight":
        advice = "There is hardly any reserve for a van that breaks down."
    return Row(
        kind="vehicles",
        subject=need.access,
        level=level,
        needed=need.needed,
        available=need.available,
        unit="vehicle-days",
        sentence=sentence + ".",
        advice=advice,
    )
