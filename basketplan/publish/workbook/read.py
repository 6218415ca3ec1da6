"""Reads a workbook back after people edited it: on which trip, and where in it, they want each stop.

The file is treated as hostile, as every table is. Rows may have been sorted, columns moved, sheets renamed in another
language by the writer: a hidden sheet tells what to look for. Every fault is told at once, with sheet, row and column.

====  ===========================================================
B611  this is not a workbook of basketplan
B612  it was made from another plan
B613  the sheet of stops, or a column of it, is missing
B614  a row names a household that the plan does not deliver
B615  a household has two rows, or none
B616  a row names no trip of the plan
B617  an order is not a whole number from 1
====  ===========================================================
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from basketplan.errors import Fault, InputError, Place
from basketplan.plan.io import plan_sha256
from basketplan.plan.types import Plan
from basketplan.programme.files import read_bytes, refused
from basketplan.programme.sheets import refuse_bomb
from basketplan.publish.workbook.marks import FORMAT, SHEET, VERSION

__all__ = ["Edits", "Row", "read_edits"]

_MAX_FAULTS: Final = 50
_MAX_COLUMNS: Final = 300
_SCAN_ROWS: Final = 50
_MOST_NUMBER: Final = 1_000_000
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class Row:
    """A stop as the workbook has it; ``number`` is ``None`` where the cell is empty."""

    household: str
    trip: str
    number: int | None


@dataclass(frozen=True, kw_only=True)
class _Line:
    """A row of the sheet, unread."""

    row: int
    trip: Any
    order: Any
    household: Any


@dataclass(frozen=True, kw_only=True)
class Edits:
    """What stands in an edited workbook."""

    file: str
    sheet: str
    plan_sha256: str
    """Of the plan that the workbook was made from."""
    columns: dict[str, int]
    """Trip, order and household → column, from 1."""
    header_row: int
    lines: tuple[_Line, ...]

    def changed(self, plan: Plan) -> tuple[Row, ...]:
        """Return the stops that are elsewhere than in ``plan``, in the order of the rows.

        Raises
        ------
        InputError
            With every fault found: B612 and B614 to B617.
        """
        if plan_sha256(plan) != self.plan_sha256:
            told = f"it was made from the plan {self.plan_sha256[:10]}, this one is {plan_sha256(plan)[:10]}"
            place = Place(file=self.file)
            raise InputError([_fault("B612", told, place, "give the plan that it was made from with --plan")])
        return _Reading(self, plan).rows()


def read_edits(path: Path) -> Edits:
    """Read a workbook; what its rows mean is settled by :meth:`Edits.changed`.

    Raises
    ------
    InputError
        It cannot be read (B120 and other faults of files), or with B611 or B613.
    """
    import openpyxl

    name = str(path)
    content = read_bytes(path, name)
    refuse_bomb(name, content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            tabs = {tab.title: tab for tab in book.worksheets}
            marks = _marks(tabs.get(SHEET))
            return _edits(name, tabs, marks)
    except InputError:
        raise
    except Exception:  # openpyxl raises anything at all on a damaged workbook
        raise refused("B120", "this workbook is damaged or not an XLSX file", name, "save it again as .xlsx") from None


def _marks(tab: Any) -> dict[str, str]:
    if tab is None:
        return {}
    rows: Iterable[Sequence[Any]] = tab.iter_rows(max_row=_SCAN_ROWS, max_col=2, values_only=True)
    return {str(row[0]): str(row[1]) for row in rows if len(row) == 2 and row[0] is not None and row[1] is not None}


def _edits(name: str, tabs: dict[str, Any], marks: dict[str, str]) -> Edits:
    if marks.get("format") != FORMAT or marks.get("version") != str(VERSION):
        help_ = "edit one that `basketplan export --format workbook` wrote, and keep its hidden sheet"
        raise InputError([_fault("B611", "this is not a workbook of basketplan", Place(file=name), help_)])
    title = marks.get("sheet", "")
    tab = tabs.get(title)
    if tab is None:
        told = f"there is no sheet '{title}'" if title else "it holds no stops: it was made for somebody else"
        raise InputError([_fault("B613", told, Place(file=name), "export the workbook again")])
    wanted = {marks.get(f"column.{key}", key): key for key in ("trip", "order", "household")}
    header_row, columns = _headings(tab, wanted)
    missing = [heading for heading, key in wanted.items() if key not in columns]
    if missing:
        place = Place(file=f"{name}!{title}", line=header_row)
        raise InputError(
            [_fault("B613", f"there is no column '{item}'", place, "put its heading back") for item in missing]
        )
    lines = tuple(_lines(tab, header_row, columns))
    return Edits(
        file=name,
        sheet=title,
        plan_sha256=marks.get("plan_sha256", ""),
        columns=columns,
        header_row=header_row,
        lines=lines,
    )


def _headings(tab: Any, wanted: dict[str, str]) -> tuple[int, dict[str, int]]:
    """Return the row that holds most of the headings, and where each is."""
    best: tuple[int, dict[str, int]] = (1, {})
    rows: Iterable[Sequence[Any]] = tab.iter_rows(max_row=_SCAN_ROWS, max_col=_MAX_COLUMNS, values_only=True)
    for number, cells in enumerate(rows, start=1):
        found: dict[str, int] = {}
        for column, value in enumerate(cells, start=1):
            key = wanted.get(str(value).strip()) if value is not None else None
            if key is not None:
                found.setdefault(key, column)
        if len(found) > len(best[1]):
            best = number, found
    return best


def _lines(tab: Any, header_row: int, columns: dict[str, int]) -> Iterable[_Line]:
    width, blank = max(columns.values()), 0
    rows: Iterable[Sequence[Any]] = tab.iter_rows(
        min_row=header_row + 1, max_row=2**20, max_col=width, values_only=True
    )
    for number, cells in enumerate(rows, start=header_row + 1):
        found = {key: cells[column - 1] if column <= len(cells) else None for key, column in columns.items()}
        if all(value is None or str(value).strip() == "" for value in found.values()):
            blank += 1
            if blank > 1000:
                return
            continue
        blank = 0
        yield _Line(row=number, **found)


def _fault(code: str, message: str, place: Place, help_: str) -> Fault:
    return Fault(code=code, message=message, place=place, help=help_)


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _quoted(written: str) -> str:
    """Return what stands in a cell, unless it may be somebody's name or telephone."""
    return f"'{written}'" if _ID.fullmatch(written) and not written.isdecimal() else "as it is written there"


def column_name(column: int) -> str:
    """Return ``C`` for 3, ``AA`` for 27."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


class _Reading:
    """Turns lines into rows of one plan, and notes every fault on the way."""

    def __init__(self, edits: Edits, plan: Plan) -> None:
        self.edits, self.faults = edits, list[Fault]()
        self.trips = {trip.id for trip in plan.trips}
        self.folded = {name.casefold(): name for name in sorted(self.trips)}
        self.was = {
            stop.household: (trip.id, number) for trip in plan.trips for number, stop in enumerate(trip.stops, start=1)
        }

    def rows(self) -> tuple[Row, ...]:
        seen: dict[str, int] = {}
        result = []
        for line in self.edits.lines:
            household = self._household(line, seen)
            trip, number, whole = self._trip(line), *self._number(line)
            if household and trip and whole and self.was[household] != (trip, number):
                result.append(Row(household=household, trip=trip, number=number))
        unsure = any(fault.code == "B614" for fault in self.faults)
        for household in self.was if not unsure else ():
            if household not in seen:
                told = f"household '{household}' has no row any more"
                self._note("B615", told, self.edits.header_row, "household", "put its row back: a stop can only move")
        if self.faults:
            raise InputError(self._few())
        return tuple(result)

    def _household(self, line: _Line, seen: dict[str, int]) -> str:
        household = _text(line.household)
        if household not in self.was:
            told = f"the plan does not deliver to a household {_quoted(household)}"
            self._note("B614", told, line.row, "household", self._meant(household, self.was))
            return ""
        if household in seen:
            told = f"household '{household}' is already in row {seen[household]}"
            self._note("B615", told, line.row, "household", "keep one of the two rows")
            return ""
        seen[household] = line.row
        return household

    def _trip(self, line: _Line) -> str:
        written = _text(line.trip)
        trip = self.folded.get(written.casefold(), "")
        if not trip and not written:
            told = "no trip is written: who is left out needs a reason, which only planning can give"
            self._note("B616", told, line.row, "trip", "write the trip that shall serve it")
        elif not trip:
            told = f"the plan has no trip {_quoted(written)}"
            self._note("B616", told, line.row, "trip", self._meant(written, self.trips))
        return trip

    def _number(self, line: _Line) -> tuple[int | None, bool]:
        """Return the order and whether it is one."""
        value = line.order
        if value is None or _text(value) == "":
            return None, True
        try:
            number = float(_text(value).replace(",", "."))
            if isinstance(value, bool) or not 1 <= number <= _MOST_NUMBER or number != int(number):
                raise ValueError
        except (ValueError, OverflowError):
            told = f"expected a whole number from 1, or nothing, found {_quoted(_text(value))}"
            help_ = "number the stops of a trip 1, 2, 3 …"
            self._note("B617", told, line.row, "order", help_)
            return None, False
        return int(number), True

    def _meant(self, written: str, known: Iterable[str]) -> str:
        near = get_close_matches(written, sorted(known), n=1)
        return f"did you mean '{near[0]}'?" if near else "undo the change of this cell"

    def _note(self, code: str, message: str, row: int, key: str, help_: str) -> None:
        column = self.edits.columns[key]
        place = Place(file=f"{self.edits.file}!{self.edits.sheet}", line=row, column=column)
        told = f"cell {column_name(column)}{row}: {message}"
        self.faults.append(Fault(code=code, message=told, place=place, help=help_))

    def _few(self) -> list[Fault]:
        """Return at most fifty faults of a code, and say how many more there are."""
        result, count = [], dict[str, int]()
        for fault in self.faults:
            count[fault.code] = count.get(fault.code, 0) + 1
            if count[fault.code] <= _MAX_FAULTS:
                result.append(fault)
        for code, number in count.items():
            if number > _MAX_FAULTS:
                more = f"and {number - _MAX_FAULTS:,} more like these"
                result.append(_fault(code, more, Place(file=f"{self.edits.file}!{self.edits.sheet}"), "as above"))
        return result
