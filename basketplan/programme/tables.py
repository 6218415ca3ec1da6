"""Households from tables: CSV, GeoJSON, GeoPackage and XLSX with the same columns as the schema.

One row is one household. A cell of ``baskets`` reads ``standard`` or ``standard:2 family:1`` (or there is a column
``baskets.standard``), ``windows`` ``09:00-12:00; 15:00-18:00``, ``days`` ``mon; sat`` or dates. Columns that are
named like personal data are faults, and then no row of the file is ever shown.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any, Final

from basketplan.errors import Fault, Place
from basketplan.programme.files import read_bytes
from basketplan.programme.sheets import SUFFIXES, Sheet, read_sheet
from basketplan.programme.types import Household
from basketplan.programme.written import Path, Written, looks_personal

__all__ = ["COLUMNS", "SUFFIXES", "HouseholdTable", "TableSpec", "cell", "read_table"]

COLUMNS: Final = tuple(Household.model_fields)
_REQUIRED: Final = ("id", "lat", "lon")
_BASKET = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:[:x×*=](\d+))?")
_SPLIT = re.compile(r"[\s,;|]+")


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """How a programme names a table: the file, our columns by theirs, values for blank cells."""

    file: str
    columns: Mapping[str, str]
    defaults: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class HouseholdTable:
    """Households of one table as raw rows, where each cell stands, and the faults found so far.

    ``complete`` is false when rows had to be left out; then there is more to find once the faults are mended.
    """

    rows: list[dict[str, Any]]
    origin: _SheetOrigin
    content: bytes
    faults: tuple[Fault, ...]
    complete: bool


class _SheetOrigin:
    """The places of a table's cells. Paths are ``(row, field, …)``."""

    def __init__(self, sheet: Sheet, fields: Mapping[str, int], private: bool) -> None:
        self.name = sheet.name
        self._sheet = sheet
        self._fields = fields
        self._private = private
        self._split: list[str] | None = None
        self._features: list[tuple[int, int]] | None = None

    def line(self, number: int) -> str:
        """Return a source line; empty where the table is not text or may hold personal data."""
        if self._sheet.text is None or self._private:
            return ""
        if self._split is None:
            self._split = re.split(r"\r\n|[\n\r]", self._sheet.text)
        return self._split[number - 1] if 0 < number <= len(self._split) else ""

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the place of a cell, of its row when there is no such column, or of the header."""
        if not path or not isinstance(path[0], int) or path[0] >= len(self._sheet.rows):
            return Place(file=self.name, line=self._sheet.header_line)
        column = next((self._fields[name] for name in _names(path[1:]) if name in self._fields), None)
        if self._sheet.text is not None and not self._sheet.delimiter:
            return self._in_json(path[0], None if column is None else self._sheet.header[column])
        return self.cell(self._sheet.lines[path[0]], column)

    def cell(self, line: int, column: int | None) -> Place:
        """Return the place of a cell by its row and column in the file."""
        if self._sheet.text is None:
            return Place(file=self.name, line=line, column=(column or 0) + 1)
        text = "" if self._private else self.line(line)
        starts, quoted = [0], False
        for at, char in enumerate(text):
            quoted ^= char == '"'
            if char == self._sheet.delimiter and not quoted:
                starts.append(at + 1)
        starts.append(len(text) + 1)
        if column is None or column + 1 >= len(starts):
            return Place(file=self.name, line=line, length=max(1, len(text) if column is None else 1))
        length = starts[column + 1] - 1 - starts[column]
        return Place(file=self.name, line=line, column=starts[column] + 1, length=max(1, length))

    def _in_json(self, row: int, label: str | None) -> Place:
        text = self._sheet.text or ""
        if self._features is None:
            self._features = _feature_spans(text)
        if row >= len(self._features):
            return Place(file=self.name)
        start, end = self._features[row]
        shown = json.dumps(label, ensure_ascii=False) if label not in (None, "lat", "lon") else '"coordinates"'
        found = text.find(shown, start, end) if label is not None else -1
        at = found if found >= 0 else start
        before = text.count("\n", 0, at)
        length = len(shown) if found >= 0 else 1
        return Place(file=self.name, line=before + 1, column=at - text.rfind("\n", 0, at), length=length)


def _names(path: Path) -> list[str]:
    """Return the columns that may hold a path, the most exact first."""
    parts = [str(part) for part in path]
    return [".".join(parts[:n]) for n in range(len(parts), 0, -1)]


def _feature_spans(text: str) -> list[tuple[int, int]]:
    """Return where each feature of a valid FeatureCollection starts and ends."""
    decoder, space = json.JSONDecoder(), re.compile(r"[\s,:]*")
    at = _after(space, text, text.index("{") + 1)
    while text[at] != "}":
        key, at = decoder.raw_decode(text, at)
        at = _after(space, text, at)
        if key != "features":
            at = _after(space, text, decoder.raw_decode(text, at)[1])
            continue
        spans, at = [], _after(space, text, at + 1)
        while text[at] != "]":
            end = decoder.raw_decode(text, at)[1]
            spans.append((at, end))
            at = _after(space, text, end)
        return spans
    return []


def _after(space: re.Pattern[str], text: str, at: int) -> int:
    match = space.match(text, at)
    return match.end() if match else at


def read_table(path: FilePath, name: str, spec: TableSpec) -> HouseholdTable:
    """Read households from a table.

    Raises
    ------
    InputError
        When the file cannot be read as a table at all.
    """
    content = read_bytes(path, name)
    sheet = read_sheet(path, name, content)
    header = _Header(sheet, spec)
    origin = _SheetOrigin(sheet, header.fields, header.private)
    written = Written(origins=[origin])
    header_line = written if not header.headless else Written()
    faults = [
        header_line.fault_at(code, message, origin.cell(sheet.header_line, column), help)
        for code, message, column, help in header.told
    ]
    if header.broken:
        return HouseholdTable(rows=[], origin=origin, content=content, faults=tuple(faults), complete=False)
    rows = []
    for index, cells in enumerate(sheet.rows):
        row, told = _household(cells, header.fields, len(sheet.header), spec.defaults)
        rows.append(row)
        for code, message, field, help in told:
            place = origin.place((index, field) if field else (index,))
            who = f"household '{row['id']}'" if "id" in row else f"row {sheet.lines[index]}"
            # A cell without a heading may hold anything: its row is not shown.
            faults.append((written if field else Written()).fault_at(code, f"{who}: {message}", place, help))
    return HouseholdTable(rows=rows, origin=origin, content=content, faults=tuple(faults), complete=True)


class _Header:
    """What the columns of a sheet mean: ``fields`` says in which column each of our fields is."""

    def __init__(self, sheet: Sheet, spec: TableSpec) -> None:
        self.fields: dict[str, int] = {}
        self.told: list[tuple[str, str, int | None, str]] = []
        self.headless = self.broken = self.private = False
        self._sheet, self._spec = sheet, spec
        ours = {theirs: our for our, theirs in spec.columns.items()}
        labels = [label if label in ours else label.lower() for label in sheet.header]
        if not any(_is_field(ours.get(label, label)) for label in labels):
            self._refuse_headless()
            return
        for index, label in enumerate(labels):
            self._column(index, label, ours.get(label, label))
        self._check_missing()

    def _refuse_headless(self) -> None:
        """Refuse a table without headings; its first row may be a household and is not shown."""
        self.headless = self.broken = self.private = True
        message = "the first row must name the columns" if self._sheet.header else "the table is empty"
        self.told.append(("B121", f"{self._sheet.name}: {message}", None, f"columns: {', '.join(COLUMNS)}"))

    def _column(self, index: int, label: str, our: str) -> None:
        shown = self._sheet.header[index]
        if shown in self._sheet.ignored and not _is_field(our):
            return
        if looks_personal(shown):
            self.private = True
            help = "move it to the contacts file, which planning never opens, and delete it here"
            self.told.append(("B123", f"column '{shown}' looks like personal data", index, help))
        elif not _is_field(our):
            if self._spec.columns or not shown:
                return
            self.private = True
            near = [our for our in _REQUIRED if label.startswith(our)] or difflib.get_close_matches(label, COLUMNS, n=1)
            help = "delete it, or map our columns to theirs with 'columns:'"
            if near:
                help = f"did you mean '{near[0]}'? Rename it, or write 'columns: {{{near[0]}: {shown}}}'"
            self.told.append(("B122", f"unknown column '{shown}'", index, help))
        elif our in self.fields:
            self.told.append(("B121", f"column '{our}' is given twice", index, "keep one of them"))
        else:
            self.fields[our] = index

    def _check_missing(self) -> None:
        missing = [our for our in _REQUIRED if our not in self.fields]
        if not any(our.partition(".")[0] == "baskets" for our in (*self.fields, *self._spec.defaults)):
            missing.append("baskets")
        for our in missing:
            help = f"the file has: {', '.join(self.fields) or 'none of our columns'}"
            self.told.append(("B121", f"there is no column '{our}'", None, help))
        self.broken = bool(missing)


def _is_field(label: str) -> bool:
    return label in COLUMNS or (label.startswith("baskets.") and len(label) > 8)


def _household(
    cells: list[Any], fields: Mapping[str, int], width: int, defaults: Mapping[str, Any]
) -> tuple[dict[str, Any], list[tuple[str, str, str, str]]]:
    """Return the raw household of one row, and what is wrong with its cells."""
    row: dict[str, Any] = {}
    told = []
    for field, index in fields.items():
        value = cells[index] if index < len(cells) else None
        if value is None or value == "":
            continue
        try:
            name, _, basket = field.partition(".")
            if not basket:
                row[name] = cell(name, value) if name not in row else {**row[name], **cell(name, value)}
            elif str(value) != "0":
                row[name] = {**row.get(name, {}), basket: value}
        except ValueError as error:
            told.append(("B125", str(error), field, "see the reference page for how cells are written"))
    for field, value in defaults.items():
        row.setdefault(field, value)
    if any(cell not in (None, "") for cell in cells[width:]):
        told.append(("B124", "the row has more cells than there are columns", "", "check delimiters and quotes"))
    return row, told


def cell(field: str, value: Any) -> Any:
    """Return a cell as the schema wants it.

    Raises
    ------
    ValueError
        When it cannot be read.
    """
    if not isinstance(value, str):
        return value
    if field == "baskets":
        return parse_baskets(value)
    if field in ("lat", "lon"):
        return value.replace(",", ".") if value.count(",") == 1 and "." not in value else value
    if field == "windows":
        return [part.strip() for part in re.split(r"[;,|]", value) if part.strip()]
    if field == "days":
        return [part.lower() for part in _SPLIT.split(value) if part]
    return value


def parse_baskets(text: str) -> dict[str, int]:
    """``'standard'`` → ``{'standard': 1}``; ``'standard:2 family:1'`` → both.

    Raises
    ------
    ValueError
        When the text is not of this form.
    """
    found: dict[str, int] = {}
    for part in _SPLIT.split(re.sub(r"\s*([:×*=])\s*", r"\1", text.strip())):
        match = _BASKET.fullmatch(part)
        if not match:
            raise ValueError(f"expected baskets like 'standard' or 'standard:2 family:1', found {text[:60]!r}")
        found[match.group(1)] = found.get(match.group(1), 0) + int(match.group(2) or 1)
    return found
