"""Hub calendars: the weeks of a hub at a glance, vehicles by days with their trips."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from basketplan.progress import Reporter
from basketplan.publish.export import safe_name, told
from basketplan.publish.paper.press import Press
from basketplan.publish.paper.sheet import Block, Cell, bold, column, heading, page, paper, stacked, table
from basketplan.publish.texts import Texts
from basketplan.publish.view import HubView, View

__all__ = ["pdf"]


def pdf(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write one calendar per hub, a page for each week."""
    press = Press("sheet.typ", {}, view, texts)
    files = []
    for hub in told(view.hubs.values(), "hub-calendar", reporter):
        blocks = [block for week in _weeks(view) for block in (*_week(hub, week, view, press), page())][:-1]
        content = paper(press.say("Hub calendar"), press.name(hub.name), blocks, flipped=True, ends=press.ends(view))
        files.append(press.write(folder / "hub-calendars" / f"{safe_name(hub.id)}.pdf", content))
    return files


def _weeks(view: View) -> list[list[dt.date]]:
    weeks: dict[tuple[int, int], list[dt.date]] = defaultdict(list)
    for day in view.working_days:
        weeks[day.isocalendar()[:2]].append(day)
    return list(weeks.values())


def _week(hub: HubView, days: Sequence[dt.date], view: View, press: Press) -> list[Block]:
    units = sorted({(duty.unit, str(duty.vehicle)): duty for duty in view.duties if duty.hub == hub.id}.items())
    rows: list[list[Cell]] = []
    for (unit, _), duty in units:
        rows.append([stacked([press.name(duty.vehicle), unit]), *(_duty(unit, day, view, press) for day in days)])
    rows += _totals(hub, days, view, press)
    columns = [column(press.say("Vehicle"), "42mm"), *(column(press.date(day, "day"), "1fr", "center") for day in days)]
    week = press.both(lambda x: f"{x.date(days[0], 'long')} – {x.date(days[-1], 'long')}")
    return [heading(week), table(columns, rows)]


def _duty(unit: str, day: dt.date, view: View, press: Press) -> Cell:
    """Return the trips of a vehicle on a day: id, from loading to return, baskets."""
    lead = press.texts[0]
    cells: list[Cell] = []
    for duty in view.duties:
        if duty.unit == unit and duty.day == day:
            for name in duty.trips:
                trip = view.trip[name]
                cells += [bold(f"{trip.id} · {trip.count}"), f"{lead.time(trip.load_s)}–{lead.time(trip.return_s)}"]
    return stacked(cells) if cells else ""


def _totals(hub: HubView, days: Sequence[dt.date], view: View, press: Press) -> list[list[Cell]]:
    lead = press.texts[0]
    known = {item.day: item for item in view.days if item.hub.id == hub.id}
    arriving: list[Cell] = [bold(press.say("Goods arriving"))]
    packed: list[Cell] = [bold(press.say("Baskets to pack"))]
    leaving: list[Cell] = [bold(press.say("Baskets to load"))]
    for day in days:
        item = known.get(day)
        weight = sum(line.weight_g for _, line in item.arrivals) if item else 0
        arriving.append([[lead.lang, lead.weight(weight)]] if weight else "")
        count = sum(count for _, count in item.assembled) if item else 0
        packed.append(lead.number(count) if count else "")
        out = sum(view.trip[name].count for name in item.trips) if item else 0
        leaving.append(lead.number(out) if out else "")
    return [arriving, packed, leaving]
