"""Packing lists: one per hub and day. What arrives, what goes into which basket, what is left, what to load."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from basketplan.progress import Reporter
from basketplan.publish.export import safe_name, told
from basketplan.publish.paper.orders import product_cell
from basketplan.publish.paper.press import Both, Press
from basketplan.publish.paper.sheet import (
    TICK,
    Block,
    Cell,
    bold,
    boxes,
    column,
    facts,
    heading,
    note,
    page,
    paper,
    stacked,
    table,
)
from basketplan.publish.texts import Texts
from basketplan.publish.view import Day, Filling, Ingredient, View

__all__ = ["pdf", "ranges"]


def pdf(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write the packing lists."""
    press = Press("sheet.typ", {}, view, texts)
    files = []
    for day in told(view.days, "packing-lists", reporter):
        about = press.dated(day.hub.name, day.day)
        content = paper(press.say("Packing list"), about, _blocks(day, view, press), ends=press.ends(view))
        files.append(press.write(folder / "packing-lists" / f"{safe_name(day.hub.id)}-{day.day}.pdf", content))
    return files


def ranges(some: Sequence[str], every: Sequence[str]) -> str:
    """Return ``some`` ids of a row of them in few words: ``B00001–B00040, B00052``, from and to as they stand there."""
    wanted = set(some)
    runs: list[list[str]] = [[]]
    for name in every:
        if name in wanted:
            runs[-1] = [*runs[-1][:1], name]
        elif runs[-1]:
            runs.append([])
    return ", ".join("–".join(run) for run in runs if run)


def _blocks(day: Day, view: View, press: Press) -> list[Block]:
    lead = press.texts[0]
    packed = sum(count for _, count in day.assembled)
    loaded = sum(view.trip[name].count for name in day.trips)
    blocks = [
        facts(
            (press.say("Baskets to pack"), lead.number(packed)),
            (press.say("Baskets to load"), lead.number(loaded)),
            (press.say("Packed baskets in the morning"), lead.number(day.baskets_before)),
            (press.say("Packed baskets in the evening"), lead.number(day.baskets_before + packed - loaded)),
            *((_kind(kind, view, press), lead.number(count)) for kind, count in day.assembled),
            columns=4,
        )
    ]
    if day.arrivals:
        blocks += [heading(press.say("Goods arriving")), _arrivals(day, view, press)]
    if day.trips:
        blocks += [heading(press.say("Trips to load")), _trips(day, view, press)]
    if day.stock:
        blocks += [heading(press.say("Stock of the day, in packs")), _stock(day, press)]
    blocks.append(boxes(press.say("Counted by: name and signature"), press.say("Hub: name and signature")))
    if day.fillings:
        blocks += [page(), heading(press.say("Recipes")), _recipes(day, view, press)]
        blocks.append(note(press.say("Write the number of each basket on it; it tells whose work is inside.")))
        blocks.append(note(press.say("From … to … counts only baskets of the same variant.")))
        for index, filling in enumerate(day.fillings, start=1):
            blocks += _filling(filling, _variant(index, filling, view), view, press)
    return blocks


def _kind(kind: str, view: View, press: Press) -> Both:
    """Return the letter of a basket type with its name."""
    return press.both(lambda x: f"{view.baskets[kind].code} = {x.apart(x.name(view.baskets[kind].name))}")


def _variant(index: int, filling: Filling, view: View) -> str:
    return f"{view.baskets[filling.basket].code}{index}"


def _arrivals(day: Day, view: View, press: Press) -> Block:
    lead = press.texts[0]
    rows: list[list[Cell]] = [
        [
            TICK,
            line.shipment,
            press.name(view.cooperatives[cooperative].name),
            product_cell(line.product, press),
            bold(lead.number(line.packs)),
            [[lead.lang, lead.weight(line.weight_g)]],
            "",
        ]
        for cooperative, line in day.arrivals
    ]
    columns = [
        column([[lead.lang, ""]]),
        column(press.say("No.")),
        column(press.say("Cooperative"), "1fr"),
        column(press.say("Product"), "1fr"),
        column(press.say("Packs"), align="end"),
        column(press.say("Weight"), align="end"),
        column(press.say("Counted"), "20mm"),
    ]
    total: list[Cell] = ["", "", press.say("Total"), "", lead.number(sum(line.packs for _, line in day.arrivals))]
    total += [[[lead.lang, lead.weight(sum(line.weight_g for _, line in day.arrivals))]], ""]
    return table(columns, rows, total)


def _trips(day: Day, view: View, press: Press) -> Block:
    lead = press.texts[0]
    rows: list[list[Cell]] = []
    for name in day.trips:
        trip = view.trip[name]
        rows.append(
            [
                TICK,
                bold(trip.id),
                bold(lead.time(trip.load_s)),
                lead.time(trip.depart_s),
                stacked([press.name(trip.vehicle), trip.unit]),
                bold(", ".join(f"{count} {view.baskets[kind].code}" for kind, count in trip.baskets)),
                lead.number(len(trip.stops)),
                "",
            ]
        )
    columns = [
        column([[lead.lang, ""]]),
        column(press.say("Trip")),
        column(press.say("Loading from"), align="center"),
        column(press.say("Departure"), align="center"),
        column(press.say("Vehicle"), "1fr"),
        column(press.say("Baskets")),
        column(press.say("Stops"), align="end"),
        column(press.say("Loaded by"), "24mm"),
    ]
    return table(columns, rows)


def _stock(day: Day, press: Press) -> Block:
    lead = press.texts[0]
    rows: list[list[Cell]] = [
        [
            product_cell(product, press),
            lead.number(before),
            lead.number(arriving),
            lead.number(used),
            bold(lead.number(before + arriving - used)),
            "",
        ]
        for product, before, arriving, used in day.stock
    ]
    columns = [
        column(press.say("Product"), "1fr"),
        column(press.say("Morning"), align="end"),
        column(press.say("In"), align="end"),
        column(press.say("Into baskets"), align="end"),
        column(press.say("Evening"), align="end"),
        column(press.say("Counted"), "24mm"),
    ]
    return table(columns, rows)


def _recipes(day: Day, view: View, press: Press) -> Block:
    """Return one row for each variant: how many, and what goes in."""
    lead = press.texts[0]
    rows: list[list[Cell]] = []
    for index, filling in enumerate(day.fillings, start=1):
        rows.append(
            [
                bold(_variant(index, filling, view)),
                bold(lead.number(len(filling.baskets))),
                _told(filling, press),
            ]
        )
    columns = [
        column(press.say("Variant")),
        column(press.say("Baskets"), align="end"),
        column(press.say("Contents of one basket"), "1fr"),
    ]
    return table(columns, rows, ["", lead.number(sum(len(item.baskets) for item in day.fillings)), ""])


def _told(filling: Filling, press: Press) -> Both:
    def say(x: Texts) -> str:
        return x.listed(f"{packs} × {x.name(product.name)}" for product, packs in filling.recipe)

    return press.both(say)


def _filling(filling: Filling, variant: str, view: View, press: Press) -> list[Block]:
    """Return which lot goes into which baskets of a variant, product by product."""
    lead = press.texts[0]
    uses: dict[tuple[str, str], list[tuple[str, Ingredient]]] = {}
    for basket in filling.baskets:
        for part in basket.ingredients:
            uses.setdefault((part.product.id, part.shipment), []).append((basket.id, part))
    order = {product.id: index for index, (product, _) in enumerate(filling.recipe)}
    rows: list[list[Cell]] = []
    for _, baskets in sorted(uses.items(), key=lambda use: (order[use[0][0]], -len(use[1]), use[1][0][0])):
        part = baskets[0][1]
        rows.append(
            [
                product_cell(part.product, press),
                press.name(view.cooperatives[part.cooperative].name),
                part.shipment,
                lead.number(sum(one.packs for _, one in baskets)),
                _which([name for name, _ in baskets], [basket.id for basket in filling.baskets], press),
            ]
        )
    name = press.both(lambda x: f"{variant} · {x.apart(x.name(view.baskets[filling.basket].name))}")
    columns = [
        column(press.say("Product"), "1.1fr"),
        column(press.say("Cooperative"), "1.1fr"),
        column(press.say("No.")),
        column(press.say("Packs"), align="end"),
        column(press.say("Goes into baskets"), "1.2fr"),
    ]
    return [heading(name), table(columns, rows)]


def _which(some: list[str], every: list[str], press: Press) -> Cell:
    """Return which of the baskets, in the shorter way: all, all but a few, or a few."""
    others = sorted(set(every) - set(some))
    if not others:
        return press.say("all")
    but = ranges(others, every)
    if len(but) < len(ranges(some, every)):
        return stacked([press.say("all but:"), but])
    return ranges(some, every)
