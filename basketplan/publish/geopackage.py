"""A plan as a GeoPackage (OGC 12-128r19, version 1.3), which QGIS and other GIS open; by sqlite3 alone."""

from __future__ import annotations

import datetime as dt
import sqlite3
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from basketplan.progress import Reporter
from basketplan.publish.export import safe_name
from basketplan.publish.places import Feature, layers
from basketplan.publish.texts import Texts
from basketplan.publish.together import Together
from basketplan.publish.view import View

__all__ = ["geopackage", "geopackage_bytes"]

_APPLICATION_ID, _USER_VERSION, _SRS = 0x47504B47, 10300, 4326
_WGS84 = (
    'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
    'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,'
    'AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]'
)
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE, description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL, srs_id INTEGER NOT NULL,
  z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
"""


def geopackage(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write one GeoPackage with a table per layer and return its file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{safe_name(view.stamp.programme)}.gpkg"
    file.write_bytes(geopackage_bytes(layers(view, Together(texts)), view.stamp.time))
    return [file]


def geopackage_bytes(made: dict[str, list[Feature]], time: dt.datetime) -> bytes:
    """Return the file; ``time`` is told as that of its last change, so that the same plan is the same bytes."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {_USER_VERSION}")
        connection.executescript(_TABLES)
        connection.executemany(
            "INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)",
            [
                ("Undefined cartesian SRS", -1, "NONE", -1, "undefined", "undefined cartesian coordinates"),
                ("Undefined geographic SRS", 0, "NONE", 0, "undefined", "undefined geographic coordinates"),
                ("WGS 84 geodetic", _SRS, "EPSG", _SRS, _WGS84, "longitude and latitude in degrees"),
            ],
        )
        for name, features in made.items():
            _layer(connection, name, features, time)
        connection.commit()
        return connection.serialize()
    finally:
        connection.close()


def _layer(connection: sqlite3.Connection, name: str, features: Sequence[Feature], time: dt.datetime) -> None:
    """Write one table of points or lines; names of layers and columns are our own, never an id."""
    keys = list(dict.fromkeys(key for item in features for key in item.properties))
    kinds = {key: _sql_type([item.properties.get(key) for item in features]) for key in keys}
    kind = "LINESTRING" if features[0].line else "POINT"
    columns = "".join(f', "{key}" {kinds[key]}' for key in keys)
    connection.execute(
        f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom {kind}, id TEXT{columns})'
    )
    points = [point for item in features for point in item.points]
    lons, lats = [point[0] for point in points], [point[1] for point in points]
    connection.execute(
        "INSERT INTO gpkg_contents VALUES (?, 'features', ?, '', ?, ?, ?, ?, ?, ?)",
        (name, name, f"{time:%Y-%m-%dT%H:%M:%S}.000Z", min(lons), min(lats), max(lons), max(lats), _SRS),
    )
    connection.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (name, kind, _SRS))
    marks = ", ".join("?" * (len(keys) + 2))
    named = ", ".join(["geom", "id", *(f'"{key}"' for key in keys)])
    connection.executemany(
        f'INSERT INTO "{name}" ({named}) VALUES ({marks})',
        ([_geometry(item), item.id, *(item.properties.get(key) for key in keys)] for item in features),
    )


def _sql_type(values: Sequence[Any]) -> str:
    known = [value for value in values if value is not None]
    return "INTEGER" if known and all(isinstance(value, int) for value in known) else "TEXT"


def _geometry(item: Feature) -> bytes:
    """Return a GeoPackage geometry: header, for lines an envelope, and well-known binary, all little-endian."""
    if not item.line:
        return struct.pack("<2sBBi", b"GP", 0, 0b1, _SRS) + struct.pack("<BIdd", 1, 1, *item.points[0])
    lons, lats = [point[0] for point in item.points], [point[1] for point in item.points]
    head = struct.pack("<2sBBi4d", b"GP", 0, 0b11, _SRS, min(lons), max(lons), min(lats), max(lats))
    body = b"".join(struct.pack("<dd", *point) for point in item.points)
    return head + struct.pack("<BII", 1, 2, len(item.points)) + body
