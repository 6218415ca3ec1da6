"""CSV, GeoJSON, GPX, GeoPackage and calendars, each read by software that is not ours."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sqlite3
import struct
from collections.abc import Callable
from pathlib import Path

import gpxpy
import icalendar
import pytest

from basketplan.programme.sheets import read_sheet
from basketplan.progress import QuietReporter
from basketplan.publish import FORMATS, Audience, Texts
from basketplan.publish.places import file_names
from basketplan.publish.tables import Column, Table, csv_bytes
from tests.publish.printing import small, view
from tests.publish.test_workbook import dangerous


def made(folder: Path, name: str, lang: str = "fr", audience: Audience = "coordinator") -> dict[str, Path]:
    files = FORMATS[name].make(view(audience), Texts.of(lang), folder, QuietReporter())
    return {file.name: file for file in files}


def rows(file: Path) -> list[dict[str, str]]:
    content = file.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_tables_agree_with_the_plan(tmp_path: Path) -> None:
    plan, _ = small()
    files = made(tmp_path, "csv")
    assert {"stops.csv", "trips.csv", "households.csv", "shipments.csv", "cooperatives.csv", "costs.csv"} <= set(files)
    assert sum(float(row["Montant (MAD)"]) for row in rows(files["costs.csv"])) == pytest.approx(1716.30)
    stops = rows(files["stops.csv"])
    assert [(row["Tournée"], row["Foyer"], row["Arrivée"]) for row in stops][:2] == [
        ("T0001", "h4", "08:08:21"),
        ("T0002", "h1", "08:45:41"),
    ]
    assert [row["Jour"] for row in stops] == ["2020-05-20"] * 5 + ["2020-05-21"]
    left = next(row for row in rows(files["households.csv"]) if row["Foyer"] == "h7")
    assert left["Pourquoi il est laissé de côté"] == "aucun véhicule ne peut y accéder"
    assert len(rows(files["shipments.csv"])) == len(plan.shipments)


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    files = FORMATS["csv"].make(dangerous(tmp_path), Texts.of("fr"), tmp_path, QuietReporter())
    cells = [
        cell for file in files for row in csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig"))) for cell in row
    ]
    assert "'+212661234567" in cells
    assert "'=cmd|' /C calc'!A0" in cells
    for cell in cells:
        assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell
        assert not cell.startswith("-") or float(cell), cell  # negative numbers are numbers


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_what_spreadsheets_compute_is_put_behind_an_apostrophe(sign: str) -> None:
    table = Table(key="x", title="x", columns=(Column(key="a", title="A"),), rows=[[f"{sign}1+1"]])
    assert f"'{sign}1+1".encode() in csv_bytes(table)


def test_donors_get_no_household_and_no_small_figure(tmp_path: Path) -> None:
    files = made(tmp_path, "csv", audience="donor")
    assert set(files) == {"figures.csv", "cooperatives.csv", "zones.csv"}
    text = "".join(file.read_text("utf-8-sig") for file in files.values())
    assert not any(f"h{n}" in text for n in range(1, 8))
    figures = {row["Chiffre"]: row["Valeur"] for row in rows(files["figures.csv"])}
    assert figures["Foyers laissés de côté"] == figures["Foyers servis"] == figures["Foyers"] == ""


def test_geojson(tmp_path: Path) -> None:
    files = made(tmp_path, "geojson")
    homes = json.loads(files["households.geojson"].read_text("utf-8"))
    assert [item["id"] for item in homes["features"]] == [f"h{n}" for n in range(1, 8)]
    assert homes["features"][1]["geometry"] == {"type": "Point", "coordinates": [0.02, 0.0]}
    assert homes["features"][6]["properties"] == {"id": "h7", "zone": "B", "baskets": 1, "unserved": "access"}
    trips = json.loads(files["trips.geojson"].read_text("utf-8"))["features"]
    assert trips[1]["geometry"]["coordinates"] == [[0.0, 0.0], [0.01, 0.0], [0.02, 0.0], [0.03, 0.0], [0.0, 0.0]]
    assert {"hubs.geojson", "cooperatives.geojson"} <= set(files)
    sheet = read_sheet(files["households.geojson"], "x.geojson", files["households.geojson"].read_bytes())
    assert sheet.header[:2] == ["lat", "lon"]


def test_gpx(tmp_path: Path) -> None:
    files = made(tmp_path, "gpx", "ar+fr")
    assert set(files) == {f"T000{n}.gpx" for n in range(1, 5)}
    content = files["T0002.gpx"].read_text("utf-8")
    read = gpxpy.parse(content)
    assert read.version == "1.1"
    names = [point.name for point in read.waypoints]
    assert names[1:] == ["1. h1", "2. h2", "3. h3"]
    assert [(point.latitude, point.longitude) for point in read.waypoints[1:]] == [(0, 0.01), (0, 0.02), (0, 0.03)]
    assert len(read.routes[0].points) == len(read.tracks[0].segments[0].points) == 5
    assert content.index("<wpt") < content.index("<rte>") < content.index("<trk>")


def test_gpx_keeps_its_form_whatever_names_hold(tmp_path: Path) -> None:
    files = FORMATS["gpx"].make(dangerous(tmp_path), Texts.of("fr"), tmp_path, QuietReporter())
    assert all(gpxpy.parse(file.read_text("utf-8")).routes for file in files)


def test_geopackage(tmp_path: Path) -> None:
    (file,) = made(tmp_path, "geopackage").values()
    head = file.read_bytes()[:100]
    assert head[68:72] == b"GPKG"
    assert struct.unpack(">I", head[60:64]) == (10300,)
    base = sqlite3.connect(file)
    assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert base.execute("PRAGMA foreign_key_check").fetchall() == []
    assert {row[0] for row in base.execute("SELECT srs_id FROM gpkg_spatial_ref_sys")} == {-1, 0, 4326}
    layers = dict(base.execute("SELECT table_name, geometry_type_name FROM gpkg_geometry_columns"))
    assert layers == {"hubs": "POINT", "cooperatives": "POINT", "households": "POINT", "trips": "LINESTRING"}
    bounds = base.execute("SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = 'households'")
    assert bounds.fetchone() == (-0.02, 0, 1.01, 0)
    points = {key: geometry(blob) for key, blob in base.execute("SELECT id, geom FROM households")}
    assert points["h6"] == [(1.01, 0.0)]
    lines = {key: geometry(blob) for key, blob in base.execute("SELECT id, geom FROM trips")}
    assert lines["T0001"] == [(0.0, 0.0), (-0.01, 0.0), (0.0, 0.0)]
    base.close()


def geometry(blob: bytes) -> list[tuple[float, float]]:
    """Read a GeoPackage geometry as the standard tells it (2.1.3)."""
    magic, version, flags, srs = struct.unpack("<2sBBi", blob[:8])
    assert (magic, version, srs) == (b"GP", 0, 4326)
    assert flags & 0b110000 == 0  # neither empty nor extended
    at = 8 + {0: 0, 1: 32}[flags >> 1 & 7]
    order, kind = struct.unpack("<BI", blob[at : at + 5])
    assert order == 1
    count, at = (1, at + 5) if kind == 1 else (struct.unpack("<I", blob[at + 5 : at + 9])[0], at + 9)
    assert kind in (1, 2)
    assert len(blob) == at + 16 * count
    # mypy: struct gives tuples of any length.
    return [struct.unpack("<dd", blob[at + 16 * k : at + 16 * k + 16]) for k in range(count)]  # type: ignore[misc]


def test_calendars(tmp_path: Path) -> None:
    files = made(tmp_path, "calendars", "ar+fr")
    assert set(files) == {"moto-east-1.ics", "moto-west-1.ics", "van-west-1.ics"}
    content = files["van-west-1.ics"].read_bytes()
    assert all(line.endswith(b"\r") for line in content.split(b"\n")[:-1])
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    read = icalendar.Calendar.from_ical(content)
    events = read.walk("VEVENT")
    assert len(events) == 3  # two trips and the break between them
    assert len({str(event["UID"]) for event in events}) == 3
    first = events[0]
    assert first["DTSTART"].dt == dt.datetime(2020, 5, 20, 8, 30)
    assert first["DTEND"].dt == dt.datetime(2020, 5, 20, 10, 13, 42)
    # Papers are of 18:30 in Ramadan, when Morocco's clocks show UTC.
    assert first["DTSTAMP"].dt == dt.datetime(2020, 5, 16, 18, 30, tzinfo=dt.UTC)
    assert "الجولة · Tournée T0002" in str(first["SUMMARY"])
    assert "h1" not in content.decode()


@pytest.mark.parametrize("name", ["csv", "geojson", "gpx", "geopackage", "calendars"])
def test_same_plan_same_bytes(name: str, tmp_path: Path) -> None:
    read: Callable[[str], dict[str, bytes]] = lambda folder: {  # noqa: E731  # short
        key: file.read_bytes() for key, file in made(tmp_path / folder, name, "ar+fr").items()
    }
    assert read("a") == read("b")


def test_names_of_files_are_told_apart() -> None:
    assert file_names(["van@a-b#1", "van-a@b#1", "VAN@A-B#1", "../x", "van@a-b#1"]) == {
        "van@a-b#1": "van-a-b-1",
        "van-a@b#1": "van-a-b-1-2",
        "VAN@A-B#1": "VAN-A-B-1-3",
        "../x": "x",
    }
