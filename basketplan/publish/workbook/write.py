"""Writes the workbook: every cell typed, text never a formula, totals as formulas, what may be edited marked.

Totals stand above the headings, so that filters and further rows leave them right, and count only what a filter shows.
Sheets are protected without a password: only the yellow columns of the stops, trip and order, are read back.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from basketplan.progress import Progress, Reporter
from basketplan.publish.export import safe_name
from basketplan.publish.tables import Column, Kind, Table, shown, tables
from basketplan.publish.texts import Texts
from basketplan.publish.together import Together, plain
from basketplan.publish.view import View
from basketplan.publish.workbook.marks import FORMAT, HEADER_ROW, SHEET, VERSION

__all__ = ["workbook"]

_FORMATS: dict[Kind, str] = {
    "text": "@",
    "number": "#,##0.###",
    "money": "#,##0.00",
    "kg": "#,##0.0",
    "km": "#,##0.0",
    "litres": "#,##0",
    "share": "0.0 %",
    "degrees": "0.00000",
    "date": "dd/mm/yyyy",
    "time": "hh:mm",
}
_EDITABLE, _HEAD, _TOTAL = "#FFF2CC", "#DDE5DF", "#F3F6F4"
_WIDE = 92
"""Width of the column of sentences on the first sheet, in letters."""
_MOST_TEXT = 32_767
"""Characters that Excel holds in a cell."""


@dataclass(frozen=True)
class _Styles:
    """Formats by what they are for; xlsxwriter wants one object for each."""

    book: Any

    def of(self, **wanted: object) -> Any:
        """Return a new format."""
        return self.book.add_format({"font_name": "Arial", "font_size": 10, "valign": "top", **wanted})


def workbook(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write the workbook into ``folder`` and return its file."""
    import xlsxwriter

    say = Together(texts)
    file = folder / f"{safe_name(view.stamp.programme)}.xlsx"
    folder.mkdir(parents=True, exist_ok=True)
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(file), options) as book:
        # Dates of the file itself: those of the papers, so that the same plan is the same bytes.
        book.set_properties(
            {"title": plain(say.name(view.stamp.title)), "comments": view.stamp.plan, "created": view.stamp.time}
        )
        book.set_calc_mode("auto")
        styles = _Styles(book)
        made = tables(view, texts)
        _about(book, view, say, styles)
        names = {table.key: table.title[:31] for table in made}
        for number, table in enumerate(made, start=1):
            reporter.update(
                Progress(stage="workbook", message=table.title, done=number, total=len(made), unit="sheets")
            )
            _sheet(book, table, names, made, styles, say)
        _marks(book, view, made, names)
    return [file]


def _about(book: Any, view: View, say: Together, styles: _Styles) -> None:
    """Write what this is, until when it may be kept, and how to edit it."""
    sheet = book.add_worksheet(say.first.t("About")[:31])
    if say.rtl:
        sheet.right_to_left()
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, _WIDE)
    big, key, text = styles.of(bold=True, font_size=16), styles.of(bold=True, text_wrap=True), styles.of(text_wrap=True)
    sheet.write_string(0, 0, plain(say.name(view.stamp.title) or view.stamp.programme), big)
    lines = [
        (say.t("Programme"), view.stamp.programme),
        (say.t("Scenario"), view.stamp.scenario or ""),
        (say.t("Plan"), view.stamp.plan),
        (say.t("Made on"), say.first.moment(view.stamp.time)),
        (say.t("Version"), f"basketplan {view.stamp.version}"),
        (say.t("To be destroyed after"), say.first.date(view.stamp.destroy_after)),
    ]
    row = 2
    for title, value in lines:
        if value:
            sheet.write_string(row, 0, title, key)
            sheet.write_string(row, 1, plain(value), text)
            row += 1
    sheet.write_string(row + 1, 0, say.t("How to change the plan"), key)
    marked = styles.of(text_wrap=True, bg_color=_EDITABLE, border=1, border_color="#BBBBBB")
    for offset, sentence in enumerate([line for item in say.texts for line in _howto(item)]):
        sheet.write_string(row + 1 + offset, 1, sentence, marked if offset % 4 == 0 else text)
        sheet.set_row(row + 1 + offset, 15 * (1 + len(sentence) // _WIDE))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.protect("", {"select_locked_cells": True, "format_columns": True})


def _howto(texts: Texts) -> tuple[str, str, str, str]:
    return (
        texts.t("Yellow cells may be edited: trip and order of a stop. Everything else is told by the plan."),
        texts.t("To move a stop, write another trip. To re-order a trip, write other numbers; the others make room."),
        texts.t("Leave the order empty and the stop goes where the trip is shortest."),
        texts.t("Then check it: basketplan verify FILE.xlsx. And make a plan of it: basketplan plan --from FILE.xlsx."),
    )


def _sheet(
    book: Any, table: Table, names: dict[str, str], made: Sequence[Table], styles: _Styles, say: Together
) -> None:
    """Write one table with totals above its headings."""
    sheet = book.add_worksheet(names[table.key])
    if say.rtl:
        sheet.right_to_left()
    first, last = HEADER_ROW, HEADER_ROW + len(table.rows) - 1
    head = styles.of(bold=True, bg_color=_HEAD, text_wrap=True, bottom=1)
    head_marked = styles.of(bold=True, bg_color=_EDITABLE, text_wrap=True, bottom=1)
    total_text = styles.of(bold=True, bg_color=_TOTAL, italic=True)
    for index, column in enumerate(table.columns):
        sheet.write_string(HEADER_ROW - 1, index, plain(column.title), head_marked if column.editable else head)
        cell = styles.of(
            num_format=_FORMATS[column.kind],
            locked=not column.editable,
            **({"align": "center"} if column.editable or column.kind in {"date", "time"} else {}),
            **({"bg_color": _EDITABLE, "border": 1, "border_color": "#E3D6A8"} if column.editable else {}),
        )
        sheet.set_column(index, index, _width(column, table, index))
        _column(sheet, table, index, cell, _formula(table, column, made, names))
        if column.total and table.rows:
            bold = styles.of(bold=True, bg_color=_TOTAL, num_format=_FORMATS[column.kind])
            known = (shown(row[index], column.kind) for row in table.rows)
            value = round(sum(number for number in known if isinstance(number, int | float)), 3)
            sheet.write_formula(0, index, f"=SUBTOTAL(109,{_span(index, first, last)})", bold, value)
        elif index == 0 and any(one.total for one in table.columns):
            sheet.write_string(0, index, say.t("Total"), total_text)
        else:
            sheet.write_blank(0, index, None, total_text)
    sheet.set_row(HEADER_ROW - 1, 14 * _lines(table) + 4)
    sheet.freeze_panes(HEADER_ROW, 1)
    sheet.autofilter(HEADER_ROW - 1, 0, max(last, HEADER_ROW), len(table.columns) - 1)
    _for_printing(sheet, say)
    if table.key == "stops":
        _choices(sheet, table, made, names, say)
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})


def _for_printing(sheet: Any, say: Together) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEADER_ROW - 1)
    sheet.set_footer("&L&A&R&P / &N")


def _span(index: int, first: int, last: int) -> str:
    """Return ``C3:C40`` for a column and rows counted from 0."""
    from xlsxwriter.utility import xl_col_to_name

    name = xl_col_to_name(index)
    return f"{name}{first + 1}:{name}{max(first, last) + 1}"


def _column(sheet: Any, table: Table, index: int, cell: Any, formula: Callable[[int], str] | None) -> None:
    """Write the cells of one column, each by its type; where there is a formula, the value is what it gives now."""
    column = table.columns[index]
    for offset, values in enumerate(table.rows):
        row, value = HEADER_ROW + offset, shown(values[index], column.kind)
        written = formula(offset) if formula is not None else ""
        if written:
            sheet.write_formula(row, index, written, cell, 0 if value is None else value)
        elif value is None or value == "":
            sheet.write_blank(row, index, None, cell)
        elif isinstance(value, dt.date):
            sheet.write_datetime(row, index, dt.datetime.combine(value, dt.time()), cell)
        elif isinstance(value, str):
            sheet.write_string(row, index, plain(value)[:_MOST_TEXT], cell)
        elif column.kind == "time":
            sheet.write_number(row, index, value / 86_400, cell)
        else:
            sheet.write_number(row, index, value, cell)


def _formula(table: Table, column: Column, made: Sequence[Table], names: dict[str, str]) -> Callable[[int], str] | None:
    """Return what computes a cell of this column, where people expect that it follows from others."""
    by_key = {item.key: item for item in made}
    if table.key == "trips" and "stops" in by_key and column.key.startswith(("stops", "baskets")):
        stops = by_key["stops"]
        trips = _whole(stops, "trip", names)
        if column.key == "stops":
            return lambda offset: f"=COUNTIF({trips},A{HEADER_ROW + offset + 1})"
        counts = _whole(stops, column.key, names)
        return lambda offset: f"=SUMIF({trips},A{HEADER_ROW + offset + 1},{counts})"
    if table.key == "cooperatives" and column.key == "share":
        sales, could = table.at("revenue"), table.at("potential")
        return lambda offset: f"=IF({_at(could, offset)}=0,0,{_at(sales, offset)}/{_at(could, offset)})"
    if table.key == "figures" and column.key == "value":
        known = _figure_formulas(by_key, names)
        return lambda offset: known.get(table.names[offset], "")
    return None


def _at(index: int, offset: int) -> str:
    from xlsxwriter.utility import xl_rowcol_to_cell

    return str(xl_rowcol_to_cell(HEADER_ROW + offset, index))


def _whole(table: Table, key: str, names: dict[str, str]) -> str:
    """Return all cells of a column, as seen from another sheet."""
    from xlsxwriter.utility import xl_col_to_name, xl_range_abs

    index, last = table.at(key), HEADER_ROW + max(1, len(table.rows)) - 1
    assert xl_col_to_name(index)
    return f"{_quoted(names[table.key])}!{xl_range_abs(HEADER_ROW, index, last, index)}"


def _quoted(name: str) -> str:
    return "'" + name.replace("'", "''") + "'"


def _figure_formulas(by_key: dict[str, Table], names: dict[str, str]) -> dict[str, str]:
    """Return the figures that other sheets add up to."""
    if not {"households", "trips", "costs"} <= set(by_key):
        return {}
    homes, trips, costs = by_key["households"], by_key["trips"], by_key["costs"]
    split = any("/" in str(row[homes.at("id")]) for row in homes.rows)
    total, baskets = f"SUM({_whole(costs, 'amount', names)})", f"SUM({_whole(trips, 'baskets', names)})"
    # Where baskets are split, rows and stops are visits, not households.
    people = {} if split else {
        "households": f"=COUNTA({_whole(homes, 'id', names)})",
        "served": f"=SUM({_whole(trips, 'stops', names)})",
    }  # fmt: skip
    return people | {
        "needed": f"=SUM({_whole(homes, 'baskets', names)})",
        "delivered": f"={baskets}",
        "cost": f"={total}",
        "cost_per_basket": f"=IF({baskets}=0,0,ROUND({total}/{baskets},2))",
        "trips": f"=COUNTA({_whole(trips, 'id', names)})",
        "distance": f"=SUM({_whole(trips, 'distance', names)})",
    }


def _choices(sheet: Any, table: Table, made: Sequence[Table], names: dict[str, str], say: Together) -> None:
    """Offer the trips in the trip column, and whole numbers in the order column."""
    trips = next((item for item in made if item.key == "trips"), None)
    last = HEADER_ROW + max(1, len(table.rows)) - 1
    if trips is not None:
        at = table.at("trip")
        source = f"={_whole(trips, 'id', names)}"
        told = {"error_title": say.first.t("Trip")[:32], "error_message": say.first.t("Choose one of the trips.")[:255]}
        sheet.data_validation(HEADER_ROW, at, last, at, {"validate": "list", "source": source, **told})
    at = table.at("order")
    told = {"error_title": say.first.t("Order")[:32], "error_message": say.first.t("A whole number from 1, or empty.")}
    sheet.data_validation(
        HEADER_ROW, at, last, at, {"validate": "integer", "criteria": ">=", "value": 1, "ignore_blank": True, **told}
    )


def _width(column: Column, table: Table, index: int) -> float:
    """Return a width that shows most cells, between bounds that keep the sheet on a page."""
    least: dict[Kind, int] = {"date": 11, "time": 9, "money": 13, "text": 10}
    longest = max((len(str(row[index] or "")) for row in table.rows[:500]), default=0) if column.kind == "text" else 0
    return max(least.get(column.kind, 9), min(longest + 1, 46), min(len(column.title) / 2 + 2, 22))


def _lines(table: Table) -> int:
    """Return how many lines the longest heading takes in its column."""
    wanted = [-(-len(column.title) * 1.2 // _width(column, table, k)) for k, column in enumerate(table.columns)]
    return max(1, min(4, int(max(wanted, default=1))))


def _marks(book: Any, view: View, made: Sequence[Table], names: dict[str, str]) -> None:
    """Write the hidden sheet from which the stops are found again."""
    sheet = book.add_worksheet(SHEET)
    pairs = [
        ("format", FORMAT),
        ("version", str(VERSION)),
        ("plan_sha256", view.stamp.plan_sha256),
        ("programme", view.stamp.programme),
    ]
    stops = next((table for table in made if table.key == "stops"), None)
    if stops is not None:
        pairs.append(("sheet", names["stops"]))
        wanted = ("trip", "order", "household")
        pairs += [(f"column.{key}", plain(stops.columns[stops.at(key)].title)) for key in wanted]
    for row, (key, value) in enumerate(pairs):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    sheet.protect()
    sheet.hide()
