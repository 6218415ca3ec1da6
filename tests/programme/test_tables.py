"""The same households from YAML, CSV, GeoJSON, GeoPackage and XLSX."""

from __future__ import annotations

import json
import sqlite3
import struct
from pathlib import Path

import openpyxl
import pytest

from basketplan import load_programme
from basketplan.errors import InputError
from basketplan.programme.types import Household
from tests.programme.conftest import GOOD

HEAD = GOOD[: GOOD.index("households:\n")]
COLUMNS = ("id", "lat", "lon", "baskets", "zone", "windows", "days", "service", "access", "priority")
ROWS: list[tuple[str, ...]] = [
    ("h1", "33.6071", "-7.5302", "standard", "Anfa", "09:00-12:00", "", "", "", ""),
    ("h2", "33.6052", "-7.5418", "standard:2", "Maarif", "", "sat; 2020-05-21", "", "", ""),
    ("h3", "33.6019", "-7.5467", "standard", "Anfa", "", "", "5 min", "alley", "3"),
]  # fmt: skip


@pytest.fixture
def expected(tmp_path: Path) -> tuple[Household, ...]:
    (tmp_path / "yaml").mkdir()
    (tmp_path / "yaml" / "programme.yaml").write_text(GOOD, encoding="utf-8")
    return load_programme(tmp_path / "yaml").households


def read(folder: Path, name: str) -> tuple[Household, ...]:
    (folder / "programme.yaml").write_text(HEAD + f"households: {name}\n", encoding="utf-8")
    return load_programme(folder).households


def write_csv(path: Path, mark: str = ",", end: str = "\n", start: str = "") -> None:
    lines = [mark.join(COLUMNS), *(mark.join(row) for row in ROWS)]
    path.write_bytes((start + end.join(lines) + end).encode())


@pytest.mark.parametrize(("mark", "end", "start"), [(",", "\n", ""), ("\t", "\r\n", "\ufeff"), (",", "\n", "\n")])
def test_csv(mark: str, end: str, start: str, tmp_path: Path, expected: tuple[Household, ...]) -> None:
    write_csv(tmp_path / "homes.csv", mark, end, start)
    assert read(tmp_path, "homes.csv") == expected


def test_csv_with_semicolons_and_a_column_per_basket(tmp_path: Path, expected: tuple[Household, ...]) -> None:
    lines = [";".join(("id", "lat", "lon", "baskets.standard", *COLUMNS[4:]))]
    for row in ROWS:
        count = row[3].partition(":")[2] or "1"
        lines.append(";".join((row[0], row[1], row[2], count, row[4], f'"{row[5]}"', f'"{row[6]}"', *row[7:])))
    (tmp_path / "homes.csv").write_text("\n".join(lines), encoding="utf-8")
    assert read(tmp_path, "homes.csv") == expected


def test_geojson(tmp_path: Path, expected: tuple[Household, ...]) -> None:
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [float(row[2]), float(row[1])]},
            "properties": {name: value for name, value in zip(COLUMNS, row, strict=True) if name not in ("lat", "lon")},
        }
        for row in ROWS
    ]
    (tmp_path / "homes.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    assert read(tmp_path, "homes.geojson") == expected


def test_xlsx(tmp_path: Path, expected: tuple[Household, ...]) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(COLUMNS)
    for row in ROWS:
        sheet.append(
            [float(cell) if name in ("lat", "lon") else cell or None for name, cell in zip(COLUMNS, row, strict=True)]
        )
    book.save(tmp_path / "homes.xlsx")
    assert read(tmp_path, "homes.xlsx") == expected


def write_gpkg(path: Path, srs: int = 4326, layers: int = 1, kind: int = 1) -> None:
    others = [name for name in COLUMNS if name not in ("lat", "lon")]
    with sqlite3.connect(path) as base:
        base.execute("CREATE TABLE gpkg_contents (table_name TEXT, data_type TEXT)")
        base.execute("CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, srs_id INTEGER)")
        for layer in range(layers):
            base.execute("INSERT INTO gpkg_contents VALUES (?, 'features')", (f"homes{layer}",))
            base.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?)", (f"homes{layer}", srs))
            base.execute(
                f"CREATE TABLE homes{layer} (fid INTEGER PRIMARY KEY, geom BLOB, {' TEXT, '.join(others)} TEXT)"
            )
        for row in ROWS:
            record = dict(zip(COLUMNS, row, strict=True))
            point = b"GP\x00\x01" + struct.pack("<iBIdd", 4326, 1, kind, float(record["lon"]), float(record["lat"]))
            marks = ", ".join("?" * (len(others) + 1))
            values = [point, *(record[name] or None for name in others)]
            base.execute(f"INSERT INTO homes0 (geom, {', '.join(others)}) VALUES ({marks})", values)
    base.close()


def test_geopackage(tmp_path: Path, expected: tuple[Household, ...]) -> None:
    write_gpkg(tmp_path / "homes.gpkg")
    assert read(tmp_path, "homes.gpkg") == expected


@pytest.mark.parametrize(("srs", "layers", "kind"), [(26191, 1, 1), (4326, 2, 1), (4326, 1, 3)])
def test_other_geopackages_are_refused(srs: int, layers: int, kind: int, tmp_path: Path) -> None:
    write_gpkg(tmp_path / "homes.gpkg", srs, layers, kind)
    with pytest.raises(InputError):
        read(tmp_path, "homes.gpkg")


def test_columns_and_defaults(tmp_path: Path, expected: tuple[Household, ...]) -> None:
    (tmp_path / "homes.csv").write_text("code,y,x\nh1,33.6071,-7.5302\n", encoding="utf-8")
    spec = "households:\n  file: homes.csv\n  columns: {id: code, lat: y, lon: x}\n"
    spec += "  defaults: {baskets: {standard: 1}, zone: Anfa}\n"
    (tmp_path / "programme.yaml").write_text(HEAD + spec, encoding="utf-8")
    (one,) = load_programme(tmp_path).households
    assert (one.id, one.lat, one.lon, dict(one.baskets), one.zone) == ("h1", 33.6071, -7.5302, {"standard": 1}, "Anfa")


def test_several_sources_are_joined(tmp_path: Path) -> None:
    (tmp_path / "homes.csv").write_text("id,lat,lon,baskets,zone\nx1,33.6071,-7.5302,standard,Anfa\n", encoding="utf-8")
    listed = (
        "households:\n  - homes.csv\n  - {id: x2, lat: 33.6052, lon: -7.5418, baskets: {standard: 2}, zone: Maarif}\n"
    )
    (tmp_path / "programme.yaml").write_text(HEAD + listed, encoding="utf-8")
    assert [one.id for one in load_programme(tmp_path).households] == ["x1", "x2"]


@pytest.mark.parametrize(
    "content",
    [
        {"type": "Feature"},
        {"type": "FeatureCollection", "features": [{"geometry": {"type": "LineString", "coordinates": []}}]},
        {"type": "FeatureCollection", "crs": {"properties": {"name": "EPSG:26191"}}, "features": []},
        {"type": "FeatureCollection", "features": [1, None, {"properties": 3}]},
        {"type": "FeatureCollection", "features": []},
    ],
)
def test_other_geojson_is_refused(content: object, tmp_path: Path) -> None:
    (tmp_path / "homes.geojson").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(InputError):
        read(tmp_path, "homes.geojson")


def test_a_heading_almost_right_is_told_with_its_fix(tmp_path: Path) -> None:
    (tmp_path / "homes.csv").write_text("id,Latitude,lon,basket\nh1,33.6,-7.54,standard\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read(tmp_path, "homes.csv")
    told = {fault.message: fault.help for fault in caught.value.faults}
    assert told["unknown column 'Latitude'"] == "did you mean 'lat'? Rename it, or write 'columns: {lat: Latitude}'"
    assert told["unknown column 'basket'"].startswith("did you mean 'baskets'?")


def test_a_cell_without_end_is_told_as_such(tmp_path: Path) -> None:
    (tmp_path / "homes.csv").write_text("id,lat,lon,baskets\nh1,33.6,-7.54," + "x" * 200_000, "utf-8")
    with pytest.raises(InputError) as caught:
        read(tmp_path, "homes.csv")
    assert [fault.code for fault in caught.value.faults] == ["B124"]
    assert "too long" in caught.value.faults[0].message


def test_personal_columns_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "homes.csv").write_text("id,lat,lon,baskets,Telephone\nh1,33.6,-7.54,standard,0661234567\n", "utf-8")
    with pytest.raises(InputError) as caught:
        read(tmp_path, "homes.csv")
    assert "B123" in {fault.code for fault in caught.value.faults}
    assert "0661234567" not in "\n".join(map(repr, caught.value.faults))
