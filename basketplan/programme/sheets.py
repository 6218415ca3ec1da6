"""Tables as files keep them: CSV, GeoJSON, GeoPackage and XLSX, each read into one :class:`Sheet`.

Nothing here knows what the columns mean. All readers treat the file as hostile: sizes are bounded, nothing in it is
executed, and whatever is wrong gives a fault, never another exception.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sqlite3
import struct
import warnings
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final

from basketplan.errors import InputError
from basketplan.programme.files import decode, refused

__all__ = ["SUFFIXES", "Sheet", "read_sheet", "refuse_bomb"]

MAX_COLUMNS: Final = 300
MAX_UNPACKED: Final = 1024 * 1024 * 1024
MAX_STEPS: Final = 2_000
_BLANK_ROWS: Final = 1000


@dataclass(kw_only=True)
class Sheet:
    """Rows under a header. Cells are text, none where blank; GeoJSON may hold lists and mappings."""

    name: str
    header: list[str]
    rows: list[list[Any]]
    header_line: int = 1
    lines: array[int] = field(default_factory=lambda: array("I"))
    """Line (or sheet row) of each row."""
    text: str | None = None
    """The source, where it is text that people can look at."""
    delimiter: str = ""
    """Of a CSV file; empty for other kinds."""
    ignored: frozenset[str] = frozenset()
    """Columns that the format itself adds, such as a row number."""


def read_sheet(path: FilePath, name: str, content: bytes) -> Sheet:
    """Read a table by the ending of its name.

    Raises
    ------
    InputError
        When the file is no such table.
    """
    reader = SUFFIXES.get(path.suffix.lower())
    if reader is None:
        raise refused("B120", "this kind of table is not known", name, f"use one of {', '.join(SUFFIXES)}")
    sheet = reader(path, name, content)
    if len(sheet.header) > MAX_COLUMNS:
        raise refused("B102", f"it has more than {MAX_COLUMNS} columns", name, "keep only columns that are needed")
    return sheet


def _text(value: object) -> Any:
    """Return a cell as text, none where it is blank."""
    if value is None or isinstance(value, list | dict):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime):
        return value.date().isoformat()
    if isinstance(value, dt.time):
        return value.strftime("%H:%M")
    return str(value).strip() or None


def _read_csv(path: FilePath, name: str, content: bytes) -> Sheet:
    text = decode(content, name)
    sample = text[:65536].lstrip().split("\n", 1)[0]
    delimiter = max(",;\t", key=lambda mark: (sample.count(mark), mark == ","))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    sheet = Sheet(name=name, header=[], rows=[], text=text, delimiter=delimiter)
    start = 0
    try:
        for cells in reader:
            line, start = start + 1, reader.line_num
            if not any(map(str.strip, cells)):
                continue
            if not sheet.header:
                sheet.header, sheet.header_line = [cell.strip() for cell in cells], line
            else:
                sheet.rows.append([cell.strip() or None for cell in cells])
                sheet.lines.append(line)
    except csv.Error as error:
        wrong = "a cell in this row is too long" if "limit" in str(error) else "the quotes in this row do not match"
        raise refused("B124", wrong, name, "check the quotes from here on", start + 1) from None
    return sheet


def _read_geojson(path: FilePath, name: str, content: bytes) -> Sheet:
    text = decode(content, name)
    try:
        data = json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise refused(
            "B120", "this is not valid JSON", name, "export it again as GeoJSON", error.lineno, error.colno
        ) from None
    except RecursionError:
        raise refused("B102", "nested too deeply", name, "export it again as GeoJSON") from None
    features = data.get("features") if isinstance(data, dict) else None
    if not isinstance(features, list):
        raise refused("B120", "this is not a GeoJSON FeatureCollection", name, "export points as GeoJSON")
    if not _is_wgs84(data.get("crs")):
        raise refused("B120", "places are not in WGS 84 degrees", name, "export in EPSG:4326")
    records = [_feature(feature) for feature in features]
    header = ["lat", "lon", *dict.fromkeys(key for record in records for key in record if key not in ("lat", "lon"))]
    rows = [[_text(record.get(key)) for key in header] for record in records]
    return Sheet(name=name, header=header, rows=rows, lines=array("I", range(1, len(rows) + 1)), text=text)


def _feature(feature: object) -> dict[str, Any]:
    """Return the properties of a feature with its ``lat`` and ``lon``; without them when it is no point."""
    if not isinstance(feature, dict):
        return {}
    properties = feature.get("properties")
    record = {str(key): value for key, value in properties.items()} if isinstance(properties, dict) else {}
    record.pop("lat", None), record.pop("lon", None)
    if "id" not in record and isinstance(feature.get("id"), str):
        record["id"] = feature["id"]
    geometry = feature.get("geometry")
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        point = geometry.get("coordinates")
        if isinstance(point, list) and len(point) in (2, 3) and all(isinstance(part, str) for part in point):
            record["lon"], record["lat"] = point[0], point[1]
    return record


def _is_wgs84(crs: object) -> bool:
    return crs is None or any(mark in str(crs) for mark in ("CRS84", "4326"))


def _read_gpkg(path: FilePath, name: str, content: bytes) -> Sheet:
    if not content.startswith(b"SQLite format 3\0"):
        raise refused("B120", "this is not a GeoPackage", name, "export points as GeoPackage")
    steps = iter(range(MAX_STEPS))
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(uri, uri=True)
        connection.text_factory = lambda raw: raw.decode("utf-8", errors="replace")
        # Counted in machine steps, not seconds: a hostile view may never end.
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, 10_000_000)
        connection.set_progress_handler(lambda: int(next(steps, None) is None), 100_000)
        return _layer(connection, name)
    except (sqlite3.Error, OverflowError, ValueError, TypeError):
        raise refused("B120", "this GeoPackage is damaged", name, "export it again") from None
    finally:
        if connection is not None:
            connection.close()


def _layer(connection: sqlite3.Connection, name: str) -> Sheet:
    layers = connection.execute(
        "SELECT c.table_name, g.column_name, g.srs_id FROM gpkg_contents AS c JOIN gpkg_geometry_columns AS g"
        " USING (table_name) WHERE c.data_type = 'features' ORDER BY c.table_name LIMIT 100"
    ).fetchall()
    if len(layers) != 1:
        raise refused("B120", f"it holds {len(layers)} layers of points", name, "keep one layer: the households")
    table, geometry, srs = layers[0]
    kind = connection.execute("SELECT type, sql FROM sqlite_master WHERE name = ?", (table,)).fetchone()
    if kind is None or kind[0] != "table" or "virtual" in str(kind[1]).lower().split("(")[0]:
        raise refused("B120", "its layer is not a plain table", name, "export it again")
    if srs != 4326:
        raise refused("B120", "places are not in WGS 84 degrees", name, "export in EPSG:4326")
    quoted = '"' + str(table).replace('"', '""') + '"'
    keys = [row[1] for row in connection.execute(f"PRAGMA table_info({quoted})") if row[5]]
    cursor = connection.execute(f"SELECT * FROM {quoted}")
    columns = [str(item[0]) for item in cursor.description]
    at = columns.index(geometry)
    sheet = Sheet(name=name, header=["lat", "lon"], rows=[], ignored=frozenset(keys))
    kept = [index for index, column in enumerate(columns) if index != at and column not in ("lat", "lon")]
    sheet.header += [columns[index] for index in kept]
    for number, record in enumerate(cursor, start=1):
        cells = ["" if isinstance(cell, bytes) else _text(cell) for cell in record]
        sheet.rows.append([*_point(record[at]), *(cells[index] for index in kept)])
        sheet.lines.append(number)
    return sheet


def _point(blob: object) -> tuple[str | None, str | None]:
    """Return lat and lon of a GeoPackage point (OGC 12-128r19, §2.1.3), or nothing when it is no point."""
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        return None, None
    envelope = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}.get(blob[3] >> 1 & 7)
    body = blob[8 + envelope :] if envelope is not None else b""
    if len(body) < 21:
        return None, None
    order = "<" if body[0] == 1 else ">"
    kind, lon, lat = struct.unpack(f"{order}Idd", body[1:21])
    return (repr(lat), repr(lon)) if kind % 1000 == 1 or kind in (0x80000001, 0x20000001) else (None, None)


def _read_xlsx(path: FilePath, name: str, content: bytes) -> Sheet:
    import openpyxl

    refuse_bomb(name, content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            tabs = [tab for tab in book.worksheets if tab.title.lower() == "households"] or book.worksheets[:1]
            return _tab(tabs[0], name)
    except InputError:
        raise
    except Exception:  # openpyxl raises anything at all on a damaged workbook
        raise refused("B120", "this workbook is damaged or not an XLSX file", name, "save it again as .xlsx") from None


def _tab(tab: Any, name: str) -> Sheet:
    sheet = Sheet(name=name, header=[], rows=[])
    width, blank = MAX_COLUMNS + 1, 0
    rows: Callable[..., Iterable[Sequence[object]]] = tab.iter_rows
    for line, cells in enumerate(rows(max_col=width, max_row=_BLANK_ROWS, values_only=True), start=1):
        header = [str(_text(cell) or "") for cell in cells]
        if any(header):
            sheet.header, sheet.header_line = header[: max(i for i, text in enumerate(header) if text) + 1], line
            break
    first, width = sheet.header_line + 1, len(sheet.header) + 1
    # One column further than the header, to notice cells that have no heading.
    body = rows(min_row=first, max_row=2**20, max_col=width, values_only=True) if sheet.header else ()
    for line, cells in enumerate(body, start=first):
        row = [_text(cell) for cell in cells]
        blank = 0 if any(cell is not None for cell in row) else blank + 1
        if blank > _BLANK_ROWS:
            break
        if not blank:
            sheet.rows.append(row)
            sheet.lines.append(line)
    return sheet


def refuse_bomb(name: str, content: bytes) -> None:
    """Refuse a workbook that would unpack to something huge or that declares XML entities."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            size = sum(part.file_size for part in parts)
            if size > MAX_UNPACKED or len(parts) > 5000 or size > 1_000_000 + 200 * len(content):
                raise refused("B102", "it unpacks to far more than it should", name, "save it again as .xlsx")
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _declares(archive, part):
                    raise refused("B120", "this workbook declares XML entities", name, "save it again as .xlsx")
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, OSError, ValueError, EOFError, zlib.error):
        raise refused("B120", "this is not an XLSX workbook", name, "save it again as .xlsx") from None


def _declares(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bool:
    tail = b""
    with archive.open(part) as stream:
        while block := stream.read(1 << 20):
            if b"<!" in block or tail[-1:] == b"<":
                joined = tail + block
                if b"<!DOCTYPE" in joined or b"<!ENTITY" in joined:
                    return True
            tail = block[-16:]
    return False


SUFFIXES: Final[dict[str, Callable[[FilePath, str, bytes], Sheet]]] = {
    ".csv": _read_csv,
    ".geojson": _read_geojson,
    ".gpkg": _read_gpkg,
    ".xlsx": _read_xlsx,
}
