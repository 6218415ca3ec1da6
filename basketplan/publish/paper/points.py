"""Point lists: who collects at a distribution point, day by day and hour by hour, by pseudonymous id."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from basketplan.progress import Reporter
from basketplan.publish.export import safe_name, told
from basketplan.publish.paper.press import Both, Press
from basketplan.publish.paper.qr import geo_qr
from basketplan.publish.paper.route import coded
from basketplan.publish.paper.sheet import TICK, Block, Cell, bold, boxes, column, facts, heading, page, paper, table
from basketplan.publish.texts import Texts
from basketplan.publish.view import CollectView, StopView, TripView, View

__all__ = ["pdf"]

_Come = tuple[CollectView, StopView, TripView]
"""Where and when a family comes, what it gets, and the trip that brings it."""


def pdf(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write the lists, one file per point; none where everything comes to the door."""
    come: dict[str, list[_Come]] = defaultdict(list)
    for trip in view.trips:
        for stop in trip.stops:
            if stop.collect is not None:
                come[stop.collect.point].append((stop.collect, stop, trip))
    press = Press("sheet.typ", {}, view, texts)
    files = []
    for point, rows in told(sorted(come.items()), "point-lists", reporter):
        blocks: list[Block] = []
        for day in sorted({collect.day for collect, _, _ in rows}):
            some = sorted((row for row in rows if row[0].day == day), key=_order)
            blocks += [*_day(day, some, view, press), page()]
        ends = press.both(
            lambda x: x.t("Holds personal data. Destroy after {day}.", day=x.date(view.stamp.destroy_after, "short"))
        )
        about = press.name(rows[0][0].name)
        content = paper(press.say("Distribution point"), about, blocks[:-1], id=point, ends=ends)
        files.append(press.write(folder / "point-lists" / f"{safe_name(point)}.pdf", content))
    return files


def _order(row: _Come) -> tuple[int, str]:
    return row[0].from_s, row[1].household


def _day(day: dt.date, rows: Sequence[_Come], view: View, press: Press) -> list[Block]:
    """Return one day: what is brought by whom, then who comes when."""
    lead, total = press.texts[0], sum((Counter(dict(stop.baskets)) for _, stop, _ in rows), Counter[str]())
    counts = tuple((kind, total[kind]) for kind in view.baskets if total[kind])
    stop = rows[0][1]
    brought: list[Cell] = []
    for trip in sorted({trip.id: trip for _, _, trip in rows}.values(), key=lambda trip: trip.load_s):
        mine = [one for _, one, by in rows if by.id == trip.id]
        times = [one.arrive_s for one in mine if one.arrive_s is not None]
        at = f"{trip.id}  {lead.time(min(times))}" if times else trip.id
        brought.append(f"{at}  ({sum(one.count for one in mine)})")
    details: list[tuple[Both, Cell]] = [
        (press.say("Families"), lead.number(len(rows))),
        (press.say("Baskets"), _letters(counts, view)),
        (press.say("Brought by trip"), {"stack": brought}),
    ]
    if stop.lat is not None and stop.lon is not None:
        details.append((press.say("Place"), {"qr": geo_qr(stop.lat, stop.lon)}))
    named = any(one.contact.name or one.contact.phone for _, one, _ in rows)
    columns = [
        column([[lead.lang, ""]]),
        column(press.say("Comes at")),
        column(press.say("Household")),
        *((column(press.say("Name"), "1fr"),) if named else ()),
        column(press.say("Baskets")),
        column(press.say("Signature"), "1fr"),
    ]
    lines: list[list[Cell]] = [
        [
            TICK,
            f"{lead.time(collect.from_s)}–{lead.time(collect.until_s)}",
            bold(one.household),
            *((" ".join(part for part in (one.contact.name, one.contact.phone) if part),) if named else ()),
            _letters(one.baskets, view),
            "",
        ]
        for collect, one, _ in rows
    ]
    return [
        heading(press.date(day)),
        facts(*details, columns=len(details)),
        table(columns, lines),
        boxes(
            press.say("Baskets received: time, signature"),
            press.say("Baskets not collected: number"),
            press.say("Driver: plate, name, signature"),
        ),
    ]


def _letters(baskets: tuple[tuple[str, int], ...], view: View) -> str:
    """Return letters and counts, as at a door: ``2 A + 1 B``."""
    return " + ".join(f"{count} {code}" for code, count in coded(baskets, view))
