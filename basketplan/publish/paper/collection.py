"""Collection sheets: what a lorry picks up at a cooperative and brings to a hub, signed at both ends.

Hubs and coordinators get the sheet of a collection round whole, a cooperative only its own stop.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from basketplan.progress import Reporter
from basketplan.publish.audience import may
from basketplan.publish.export import safe_name, told
from basketplan.publish.inbound import CallView
from basketplan.publish.paper.orders import lorries_cell
from basketplan.publish.paper.press import Both, Press
from basketplan.publish.paper.qr import geo_qr
from basketplan.publish.paper.rounds import goods_table, round_sheet
from basketplan.publish.paper.sheet import Block, Cell, boxes, facts, page, paper, stacked
from basketplan.publish.texts import Texts
from basketplan.publish.view import CooperativeView, HaulView, View

__all__ = ["pdf"]

_Run = tuple[CooperativeView, list[HaulView]]


def pdf(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write the collection sheets: a file per day, or per cooperative where each may see only its own."""
    press = Press("sheet.typ", {}, view, texts)
    own = may(view.audience, "cooperative.own")
    groups: dict[str, list[tuple[Both, list[Block]]]] = defaultdict(list)
    for run in _runs(view):
        day = run[1][0].dispatched
        about = press.name(run[0].name) if own else press.date(day)
        groups[run[0].id if own else day.isoformat()].append((about, _sheet(run, press)))
    for made in view.rounds:
        groups[made.day.isoformat()].append((press.date(made.day), round_sheet(made, press)))
    for item in view.cooperatives.values() if own else ():
        for call in item.calls:
            groups[item.id].append((press.name(item.name), _call_sheet(item, call, press)))
    files = []
    for key, sheets in told(sorted(groups.items()), "collection-sheets", reporter):
        blocks = [block for _, sheet in sheets for block in (*sheet, page())][:-1]
        content = paper(press.say("Collection sheet"), sheets[0][0], blocks, ends=press.ends(view))
        files.append(press.write(folder / "collection-sheets" / f"{safe_name(key)}.pdf", content))
    return files


def _runs(view: View) -> list[_Run]:
    """Return what leaves one cooperative for one hub on one day, whatever the lorries."""
    found: dict[tuple[object, ...], _Run] = {}
    for item in view.cooperatives.values():
        for haul in item.hauls:
            found.setdefault((haul.dispatched, item.id, haul.hub.id), (item, []))[1].append(haul)
    return [found[key] for key in sorted(found, key=str)]


def _sheet(run: _Run, press: Press) -> list[Block]:
    item, hauls = run
    haul, lead = hauls[0], press.texts[0]
    town = ", ".join(part for part in (item.town, item.province) if part) or "-"
    call = " ".join(part for part in (item.contact.name, item.contact.phone) if part)
    details: list[tuple[Both, Cell]] = [
        (press.say("Collect at"), stacked([press.name(item.name), town])),
        (press.say("Collected on"), press.date(haul.dispatched)),
        (press.say("Place"), {"qr": geo_qr(item.place.lat, item.place.lon)}),
        (press.say("Bring to"), press.name(haul.hub.name)),
        (press.say("Arrives on"), press.date(haul.arrives)),
        (press.say("Distance"), [[lead.lang, lead.distance(haul.distance_m)]]),
        (press.say("Lorries"), stacked([lorries_cell(one, press) for one in hauls])),
    ]
    if call:
        details.append((press.say("Call"), call))
    return [
        facts(*details, columns=3),
        goods_table(haul.lines, press),
        boxes(
            press.say("Cooperative: name, time, signature"),
            press.say("Driver: plate, name, signature"),
            press.say("Hub: name, time, signature"),
            height="28mm",
        ),
    ]


def _call_sheet(item: CooperativeView, call: CallView, press: Press) -> list[Block]:
    """Return what a cooperative signs when a collection round calls."""
    lead = press.texts[0]
    numbered = press.both(lambda x: x.t("Collection round {id}", id=x.ltr(call.round)))
    town = ", ".join(part for part in (item.town, item.province) if part) or "-"
    return [
        facts(
            (press.say("Collect at"), stacked([press.name(item.name), town])),
            (press.say("Collected on"), press.date(call.day)),
            (press.say("Arrival"), lead.time(call.arrive_s)),
            (press.say("Bring to"), press.name(call.hub.name)),
            (press.say("Lorry"), stacked([press.name(call.lorry), numbered])),
            columns=3,
        ),
        goods_table(call.lines, press),
        boxes(
            press.say("Cooperative: name, time, signature"),
            press.say("Driver: plate, name, signature"),
            press.say("Hub: name, time, signature"),
            height="28mm",
        ),
    ]
