"""Collection sheets: what a lorry picks up at a cooperative and brings to a hub, signed at both ends."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from basketplan.progress import Reporter
from basketplan.publish.audience import may
from basketplan.publish.export import safe_name, told
from basketplan.publish.paper.orders import lorries_cell, product_cell
from basketplan.publish.paper.press import Both, Press
from basketplan.publish.paper.qr import geo_qr
from basketplan.publish.paper.sheet import TICK, Block, Cell, bold, boxes, column, facts, page, paper, stacked, table
from basketplan.publish.texts import Texts
from basketplan.publish.view import CooperativeView, HaulView, View

__all__ = ["pdf"]

_Run = tuple[CooperativeView, list[HaulView]]


def pdf(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write the collection sheets: a file per day, or per cooperative where each may see only its own."""
    press = Press("sheet.typ", {}, view, texts)
    groups: dict[str, list[_Run]] = defaultdict(list)
    for run in _runs(view):
        key = run[0].id if may(view.audience, "cooperative.own") else run[1][0].dispatched.isoformat()
        groups[key].append(run)
    files = []
    for key, runs in told(sorted(groups.items()), "collection-sheets", reporter):
        blocks = [block for run in runs for block in (*_sheet(run, press), page())][:-1]
        about = press.date(runs[0][1][0].dispatched) if key != runs[0][0].id else press.name(runs[0][0].name)
        content = paper(press.say("Collection sheet"), about, blocks, ends=press.ends(view))
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
    rows: list[list[Cell]] = [
        [
            TICK,
            line.shipment,
            product_cell(line.product, press),
            bold(lead.number(line.packs)),
            [[lead.lang, lead.weight(line.weight_g)]],
            "",
            "",
        ]
        for line in haul.lines
    ]
    columns = [
        column([[lead.lang, ""]]),
        column(press.say("No.")),
        column(press.say("Product"), "1fr"),
        column(press.say("Packs"), align="end"),
        column(press.say("Weight"), align="end"),
        column(press.say("Collected"), "24mm"),
        column(press.say("Received"), "24mm"),
    ]
    weight = lead.weight(sum(line.weight_g for line in haul.lines))
    packs = lead.number(sum(line.packs for line in haul.lines))
    total: list[Cell] = ["", "", press.say("Total"), packs, [[lead.lang, weight]], "", ""]
    return [
        facts(*details, columns=3),
        table(columns, rows, total),
        boxes(
            press.say("Cooperative: name, time, signature"),
            press.say("Driver: plate, name, signature"),
            press.say("Hub: name, time, signature"),
            height="28mm",
        ),
    ]
