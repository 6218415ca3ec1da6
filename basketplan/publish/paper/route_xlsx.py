"""Route sheets as workbooks, one per trip, for those who print from or fill in a spreadsheet.

Everything is written as text or number: nothing that comes from a file can become a formula or a link.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from basketplan.progress import Reporter
from basketplan.publish.export import safe_name, told
from basketplan.publish.paper.drops import Drop, drops
from basketplan.publish.paper.press import Both, both, dated
from basketplan.publish.paper.route import LABELS, coded
from basketplan.publish.texts import Texts
from basketplan.publish.view import TripView, View

__all__ = ["xlsx"]

_SAFE = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_COLUMNS = (
    ("stop", 7), ("time", 9), ("household", 14), ("zone", 22), ("landmark", 24), ("name", 22), ("address", 26),
    ("phone", 17), ("baskets", 11), ("latitude", 11), ("longitude", 11), ("result", 20), ("signature", 24),
)  # fmt: skip
SHEET_LABELS = {
    "zone": "Zone",
    "landmark": "Landmark",
    "name": "Name",
    "address": "Address",
    "phone": "Telephone",
    "latitude": "Latitude",
    "longitude": "Longitude",
    "result": "Result",
    "done": "delivered",
}


def xlsx(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write the workbooks."""
    target = folder / "route-sheets-xlsx"
    target.mkdir(parents=True, exist_ok=True)
    files = []
    for trip in told(view.trips, "route-sheets-xlsx", reporter):
        path = target / f"{safe_name(trip.id)}.xlsx"
        _workbook(path, trip, view, texts)
        files.append(path)
    return files


def _workbook(path: Path, trip: TripView, view: View, texts: tuple[Texts, ...]) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path), _SAFE)
    book.set_properties({"title": trip.id, "created": view.stamp.time, "comments": view.stamp.plan_sha256})
    sheet = book.add_worksheet(safe_name(trip.id)[:31])
    bold = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bg_color": "#E0E0E0", "border": 1, "text_wrap": True, "valign": "top"})
    cell = book.add_format({"border": 1, "valign": "vcenter", "text_wrap": True, "font_size": 12})
    place = book.add_format({"border": 1, "valign": "vcenter", "num_format": "0.00000"})
    if texts[0].rtl:
        sheet.right_to_left()
    top = _top(sheet, trip, view, texts, bold)
    shown = [(name, width) for name, width in _COLUMNS if name not in _empty(trip)]
    for index, (name, width) in enumerate(shown):
        sheet.set_column(index, index, width)
        sheet.write_string(top, index, _line(_label(name, texts)), head)
    made = drops(trip, view, texts[0])
    for row, drop in enumerate(made, start=top + 1):
        sheet.set_row(row, 30)
        for index, (name, _) in enumerate(shown):
            value = _value(drop, name, view, texts[0])
            if isinstance(value, str):
                sheet.write_string(row, index, value, cell)
            else:
                sheet.write_number(row, index, value, place if name in {"latitude", "longitude"} else cell)
    last, column = top + len(made), [name for name, _ in shown].index("result")
    choices = [_line(_label(name, texts)) for name in ("done", "absent", "moved", "refused", "wrong")]
    sheet.data_validation(top + 1, column, max(last, top + 1), column, {"validate": "list", "source": choices})
    sheet.freeze_panes(top + 1, 1)
    sheet.repeat_rows(top)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    destroy = view.stamp.destroy_after.strftime("%d/%m/%Y")
    sheet.set_footer(f"&L{view.stamp.programme} · {view.stamp.plan} · {destroy}&R&P / &N".replace("\n", " "))
    book.close()


def _top(sheet: Any, trip: TripView, view: View, texts: tuple[Texts, ...], bold: Any) -> int:
    """Write what the trip is and return the row of the table's header."""
    lead, stamp = texts[0], view.stamp
    load = ", ".join(f"{count} {code}" for code, count in coded(trip.baskets, view))
    call = " ".join(part for part in (trip.hub.contact.name, trip.hub.contact.phone) if part)
    destroy = both(
        texts, lambda x: x.t("Holds personal data. Destroy after {day}.", day=x.date(stamp.destroy_after, "short"))
    )
    made = f"{stamp.programme} · {stamp.plan} · basketplan {stamp.version} · {stamp.time:%d/%m/%Y %H:%M}"
    rows = [
        f"{_line(_label('title', texts))} {trip.id}",
        _line(dated(texts, trip.hub.name, trip.day)),
        f"{_line(both(texts, lambda x: x.name(trip.vehicle)))} · {trip.unit}",
        f"{_line(_label('load_from', texts))}: {lead.time(trip.load_s)}   {_line(_label('depart', texts))}:"
        f" {lead.time(trip.depart_s)}   {_line(_label('return', texts))}: {lead.time(trip.return_s)}",
        f"{_line(_label('baskets', texts))}: {trip.count} ({load})",
        *((f"{_line(_label('hub_contact', texts))}: {call}",) if call else ()),
        f"{made} · {_line(destroy)}",
    ]
    for row, text in enumerate(rows):
        sheet.write_string(row, 0, text, bold if row < 2 else None)
    return len(rows) + 1


def _empty(trip: TripView) -> set[str]:
    """Return the columns of contacts that nobody on this trip has."""
    names = ("landmark", "name", "address", "phone")
    return {name for name in names if not any(getattr(stop.contact, name) for stop in trip.stops)}


def _value(drop: Drop, name: str, view: View, texts: Texts) -> str | float:
    stop = drop.stop
    values: dict[str, str | float | None] = {
        "stop": drop.number,
        "time": texts.time(stop.start_s) if stop.start_s is not None else "",
        "household": stop.household,
        "zone": stop.zone,
        "landmark": stop.contact.landmark,
        "name": stop.contact.name,
        "address": stop.contact.address,
        "phone": stop.contact.phone,
        "baskets": ", ".join(f"{count} {code}" for code, count in coded(stop.baskets, view)),
        "latitude": stop.lat,
        "longitude": stop.lon,
    }
    value = values.get(name)
    return "" if value is None else value


def _label(name: str, texts: tuple[Texts, ...]) -> Both:
    msgid = LABELS.get(name) or SHEET_LABELS[name]
    return both(texts, lambda x: x.t(msgid))


def _line(parts: Both) -> str:
    return " · ".join(text for _, text in parts)
