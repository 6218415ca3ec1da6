"""Purchase orders: one per cooperative, each with its own lines and nothing of the others."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

from basketplan.progress import Reporter
from basketplan.publish.export import safe_name, told
from basketplan.publish.inbound import CallView
from basketplan.publish.paper.press import Both, Press
from basketplan.publish.paper.sheet import Block, Cell, bold, boxes, column, facts, heading, note, paper, stacked, table
from basketplan.publish.texts import Texts
from basketplan.publish.view import CooperativeView, HaulView, OrderLine, ProductView, View

__all__ = ["call_cell", "lorries_cell", "pdf", "product_cell"]

LABELS = {
    "labelled": "Packs are whole and labelled with the cooperative's name, the product and the best-before date.",
    "cooperative": "For the cooperative: name, date, signature",
    "programme": "For the programme: name, date, signature",
}


def pdf(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write the purchase orders."""
    press = Press("sheet.typ", {}, view, texts)
    files = []
    for item in told(view.cooperatives.values(), "purchase-orders", reporter):
        content = paper(
            press.say("Purchase order"),
            press.name(item.name),
            _blocks(item, view, press),
        )
        files.append(press.write(folder / "purchase-orders" / f"{safe_name(item.id)}.pdf", content))
    return files


def _blocks(item: CooperativeView, view: View, press: Press) -> list[Block]:
    town = ", ".join(part for part in (item.town, item.province) if part)
    about: list[tuple[Both, Cell]] = [
        (press.say("Supplier"), press.name(item.name)),
        (press.say("Buyer"), press.name(view.stamp.title) if str(view.stamp.title) else view.stamp.programme),
        (press.say("Order number"), f"{view.stamp.programme} / {item.id}"),
        (press.say("Place"), town or "-"),
        (press.say("Order date"), press.date(view.working_days[0], "long")),
        (press.say("Plan"), view.stamp.plan),
    ]
    blocks = [facts(*about, columns=3), heading(press.say("Goods ordered")), _lines(item, press)]
    if item.total_centimes is not None:
        total = item.total_centimes
        blocks.append(
            note(press.both(lambda x: x.t("Total in words: {words}.", words=x.in_words(total))), size="10.5pt")
        )
    products = Counter(line.product.id for line in item.lines)
    if max(products.values(), default=0) > 1:
        blocks += [heading(press.say("By product")), _by_product(item, press)]
    blocks += _collected(item, press)
    blocks.append(note(press.say(LABELS["labelled"])))
    blocks.append(boxes(press.say(LABELS["cooperative"]), press.say(LABELS["programme"]), height="26mm"))
    return blocks


def product_cell(product: ProductView, press: Press) -> Both:
    """Return a product with the size of its pack."""
    return press.both(lambda x: x.listed([x.name(product.name), x.quantity(product.pack)]))


def lorries_cell(haul: HaulView, press: Press) -> Both:
    """Return how many lorries of which type."""
    return press.both(lambda x: f"{haul.number} × {x.apart(x.name(haul.lorry))}")


def call_cell(call: CallView, press: Press) -> Cell:
    """Return the lorry of a collection round, which round it is and when it comes."""
    told = press.both(
        lambda x: x.t("Collection round {id}, at about {time}", id=x.ltr(call.round), time=x.ltr(x.time(call.arrive_s)))
    )
    return stacked([press.name(call.lorry), told])


def _lots(line: OrderLine, press: Press) -> str:
    lead = press.texts[0]
    if line.lot_packs <= 1:
        return "-"
    return f"{lead.number(line.packs // line.lot_packs)} × {lead.number(line.lot_packs)}"


def _lines(item: CooperativeView, press: Press) -> Block:
    lead = press.texts[0]
    rows: list[list[Cell]] = [
        [
            line.shipment,
            press.date(line.dispatched, "day"),
            press.name(line.hub.name),
            product_cell(line.product, press),
            bold(lead.number(line.packs)),
            _lots(line, press),
            lead.number((line.price_centimes or 0) / 100, 2),
            lead.number((line.cost_centimes or 0) / 100, 2),
        ]
        for line in item.lines
    ]
    columns = [
        column(press.say("No.")),
        column(press.say("Leaves on"), "28mm"),
        column(press.say("For"), "1fr"),
        column(press.say("Product"), "1.2fr"),
        column(press.say("Packs"), align="end"),
        column(press.say("Lots"), align="end"),
        column(press.say("Price (MAD)"), align="end"),
        column(press.say("Amount (MAD)"), align="end"),
    ]
    packs = lead.number(sum(line.packs for line in item.lines))
    total: list[Cell] = [
        "",
        press.say("Total"),
        "",
        "",
        packs,
        "",
        "",
        lead.number((item.total_centimes or 0) / 100, 2),
    ]
    return table(columns, rows, total)


def _by_product(item: CooperativeView, press: Press) -> Block:
    lead = press.texts[0]
    rows: list[list[Cell]] = []
    for product in {line.product.id: line.product for line in item.lines}.values():
        mine = [line for line in item.lines if line.product.id == product.id]
        rows.append(
            [
                product_cell(product, press),
                bold(lead.number(sum(line.packs for line in mine))),
                [[lead.lang, lead.weight(sum(line.weight_g for line in mine))]],
                lead.number(sum(line.cost_centimes or 0 for line in mine) / 100, 2),
            ]
        )
    columns = [
        column(press.say("Product"), "1fr"),
        column(press.say("Packs"), align="end"),
        column(press.say("Weight"), align="end"),
        column(press.say("Amount (MAD)"), align="end"),
    ]
    return table(columns, rows)


def _collected(item: CooperativeView, press: Press) -> list[Block]:
    if not item.hauls and not item.calls:
        return [note(press.say("The cooperative brings the goods to the hub."))]
    dated: list[tuple[dt.date, list[Cell]]] = [
        (
            haul.dispatched,
            [lorries_cell(haul, press), press.name(haul.hub.name), press.date(haul.arrives, "day")],
        )
        for haul in item.hauls
    ]
    dated += [
        (call.day, [call_cell(call, press), press.name(call.hub.name), press.date(call.day, "day")])
        for call in item.calls
    ]
    rows: list[list[Cell]] = [[press.date(day), *cells] for day, cells in sorted(dated, key=lambda one: one[0])]
    columns = [
        column(press.say("Collected on"), "1fr"),
        column(press.say("Lorries"), "1fr"),
        column(press.say("To"), "1fr"),
        column(press.say("Arrives on")),
    ]
    return [
        heading(press.say("Collection")),
        note(press.say("Lorries of the programme collect the goods at the cooperative on these days.")),
        table(columns, rows),
    ]
