"""The sheet of a collection round: what its driver loads at which cooperative, in order, signed at every stop."""

from __future__ import annotations

from basketplan.publish.inbound import RoundStopView, RoundView
from basketplan.publish.paper.orders import product_cell
from basketplan.publish.paper.press import Both, Press
from basketplan.publish.paper.qr import geo_qr
from basketplan.publish.paper.sheet import TICK, Block, Cell, bold, boxes, column, facts, heading, stacked, table
from basketplan.publish.view import OrderLine

__all__ = ["goods_table", "round_sheet"]


def round_sheet(item: RoundView, press: Press) -> list[Block]:
    """Return the blocks of one round: an overview, then a block per stop."""
    lead = press.texts[0]
    blocks = [
        heading(press.both(lambda x: x.t("Collection round {id}", id=x.ltr(item.id)))),
        facts(
            (press.say("Lorry"), press.name(item.lorry)),
            (press.say("Collected on"), press.date(item.day)),
            (press.say("Bring to"), press.name(item.hub.name)),
            (press.say("Departure"), lead.time(item.depart_s)),
            (press.say("Back at"), lead.time(item.return_s)),
            (press.say("Distance"), [[lead.lang, lead.distance(item.distance_m)]]),
            columns=3,
        ),
        _overview(item, press),
    ]
    for stop in item.stops:
        blocks += _stop(stop, press)
    blocks.append(
        boxes(press.say("Driver: plate, name, signature"), press.say("Hub: name, time, signature"), height="24mm")
    )
    return blocks


def _overview(item: RoundView, press: Press) -> Block:
    lead = press.texts[0]
    rows: list[list[Cell]] = [
        [
            str(stop.number),
            press.name(stop.name),
            stop.town or "-",
            lead.time(stop.arrive_s),
            lead.time(stop.leave_s),
            [[lead.lang, lead.distance(stop.leg_m)]],
            [[lead.lang, lead.weight(stop.weight_g)]],
        ]
        for stop in item.stops
    ]
    columns = [
        column(press.say("Stop")),
        column(press.say("Cooperative"), "1fr"),
        column(press.say("Place")),
        column(press.say("Arrival")),
        column(press.say("Departure")),
        column(press.say("Distance"), align="end"),
        column(press.say("Weight"), align="end"),
    ]
    total: list[Cell] = ["", press.say("Total"), "", "", "", [[lead.lang, lead.distance(item.distance_m)]]]
    return table(columns, rows, [*total, [[lead.lang, lead.weight(item.weight_g)]]])


def _stop(stop: RoundStopView, press: Press) -> list[Block]:
    lead = press.texts[0]
    town = ", ".join(part for part in (stop.town, stop.province) if part) or "-"
    call = " ".join(part for part in (stop.contact.name, stop.contact.phone) if part)
    details: list[tuple[Both, Cell]] = [
        (press.say("Collect at"), stacked([press.name(stop.name), town])),
        (press.say("Arrival"), lead.time(stop.arrive_s)),
        (press.say("Place"), {"qr": geo_qr(stop.place.lat, stop.place.lon)}),
    ]
    if call:
        details.append((press.say("Call"), call))
    return [
        heading(press.both(lambda x: f"{x.t('Stop')} {stop.number} · {x.apart(x.name(stop.name))}")),
        facts(*details, columns=3),
        goods_table(stop.lines, press),
        boxes(press.say("Cooperative: name, time, signature"), height="16mm"),
    ]


def goods_table(lines: tuple[OrderLine, ...], press: Press) -> Block:
    """Return what is loaded, to tick off and to write down what was there and what arrived."""
    lead = press.texts[0]
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
        for line in lines
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
    weight = lead.weight(sum(line.weight_g for line in lines))
    packs = lead.number(sum(line.packs for line in lines))
    return table(columns, rows, ["", "", press.say("Total"), packs, [[lead.lang, weight]], "", ""])
