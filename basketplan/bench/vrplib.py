"""Read routing instances in VRPLIB's format, with the rounding that their best known solutions use.

Kinds: CVRP, VRPTW, HFVRP and MDVRPTW in the dialect of PyVRP. Rounding, by kind: CVRP to the nearest integer (Uchoa
et al. 2017); VRPTW times ten and cut off (the convention of the DIMACS challenge 2022); HFVRP and MDVRPTW times 1,000
to the nearest integer.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from basketplan.errors import UsageError

__all__ = ["Instance", "VehicleType", "read_instance"]

SCALE = {"CVRP": 1, "VRPTW": 10, "HFVRP": 1000, "MDVRPTW": 1000}
_LARGEST = 200_000_000
"""Bytes of a file that are read at most."""


@dataclass(frozen=True)
class VehicleType:
    """Vehicles that are alike; costs and distances are scaled."""

    capacity: int
    fixed: int
    per_distance: int
    depot: int
    number: int


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Points in the order of the file; the depots come first. Times, like distances, are scaled."""

    name: str
    kind: str
    n_depots: int
    xy: NDArray[np.float64]
    demand: NDArray[np.int64]
    service: NDArray[np.int64]
    windows: NDArray[np.int64] | None
    """``(n_points, 2)``; those of a depot bound its vehicles' day."""
    vehicles: tuple[VehicleType, ...]
    """No limit on their number: 0."""
    max_duration: int | None

    @property
    def scale(self) -> int:
        """Return what one unit of the file's distances is worth."""
        return SCALE[self.kind]

    def own_unit(self, cost: int) -> float:
        """Return ``cost`` as the lists of best known solutions state it."""
        return cost / 10 if self.kind == "VRPTW" else cost

    def distances(self, rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the ``(len(rows), len(columns))`` rounded and scaled distances."""
        apart = np.hypot(
            self.xy[rows, 0][:, None] - self.xy[columns, 0], self.xy[rows, 1][:, None] - self.xy[columns, 1]
        )
        if self.kind == "VRPTW":
            scaled: NDArray[np.int64] = np.floor(apart * 10 + 1e-9).astype(np.int64)
        elif self.kind == "CVRP":
            scaled = np.floor(apart + 0.5).astype(np.int64)
        else:
            scaled = np.rint(apart * 1000).astype(np.int64)
        return scaled


def read_instance(path: Path) -> Instance:
    """Read an instance.

    Raises
    ------
    UsageError
        Where the file is missing, too large, of another kind or not in the format; with the line.
    """
    head, sections = _split(path)
    kind = head.get("TYPE", "")
    if kind not in SCALE:
        raise UsageError(f"{path}: TYPE is '{kind}', known are {', '.join(SCALE)}")
    if head.get("EDGE_WEIGHT_TYPE", "EUC_2D") != "EUC_2D":
        raise UsageError(f"{path}: EDGE_WEIGHT_TYPE must be EUC_2D, not {head['EDGE_WEIGHT_TYPE']}")
    for needed in ("NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION"):
        if needed not in sections:
            raise UsageError(f"{path}: {needed} is missing")
    xy = _table(path, sections, "NODE_COORD_SECTION", 2)
    n, scale = len(xy), SCALE[kind]
    depots = [int(row[0]) for row in sections["DEPOT_SECTION"] if row[0] > 0]
    if depots != list(range(1, len(depots) + 1)):
        raise UsageError(f"{path}: depots must be the first points")
    service = np.zeros(n, dtype=np.int64)
    if "SERVICE_TIME" in head:
        service[len(depots) :] = round(float(head["SERVICE_TIME"]) * scale)
    if "SERVICE_TIME_SECTION" in sections:
        service = np.rint(_table(path, sections, "SERVICE_TIME_SECTION", 1)[:, 0] * scale).astype(np.int64)
    windows = None
    if "TIME_WINDOW_SECTION" in sections:
        windows = np.rint(_table(path, sections, "TIME_WINDOW_SECTION", 2) * scale).astype(np.int64)
    demand = _table(path, sections, "DEMAND_SECTION", 1)[:, 0].astype(np.int64)
    for column, name in ((demand, "DEMAND"), (service, "SERVICE_TIME"), (windows, "TIME_WINDOW")):
        if column is not None and len(column) != n:
            raise UsageError(f"{path}: {name}_SECTION has {len(column)} points instead of {n}")
    longest = head.get("VEHICLES_MAX_DURATION")
    return Instance(
        name=head.get("NAME", path.stem).strip('"'),
        kind=kind,
        n_depots=len(depots),
        xy=xy,
        demand=demand,
        service=service,
        windows=windows,
        vehicles=_vehicles(path, head, sections, scale),
        max_duration=None if longest is None else round(float(longest) * scale),
    )


def _split(path: Path) -> tuple[dict[str, str], dict[str, list[list[float]]]]:
    """Return the lines ``key : value`` and the rows of every section."""
    try:
        if path.stat().st_size > _LARGEST:
            raise UsageError(f"{path} is larger than {_LARGEST // 1_000_000} MB")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'not a text file'}") from None
    head: dict[str, str] = {}
    sections: dict[str, list[list[float]]] = {}
    current: list[list[float]] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        if words[0] == "EOF":
            break
        if words[0].endswith("_SECTION"):
            current = sections.setdefault(words[0], [])
        elif current is None and ":" in line:
            key, value = line.split(":", 1)
            head[key.strip()] = value.strip()
        else:
            try:
                row = [float(word) for word in words]
            except ValueError:
                row = []
            if current is None or not row or not all(np.isfinite(row)):
                raise UsageError(f"{path}:{number}: '{line.strip()[:40]}' is not VRPLIB")
            current.append(row)
    return head, sections


def _table(path: Path, sections: dict[str, list[list[float]]], name: str, columns: int) -> NDArray[np.float64]:
    """Return a section without its first column, which counts from 1."""
    rows = sections[name]
    if any(len(row) != columns + 1 or row[0] != place for place, row in enumerate(rows, start=1)):
        raise UsageError(f"{path}: {name} must hold 1, 2, 3 … with {columns} numbers each")
    return np.array(rows, dtype=np.float64).reshape(-1, columns + 1)[:, 1:]


def _vehicles(
    path: Path, head: dict[str, str], sections: dict[str, list[list[float]]], scale: int
) -> tuple[VehicleType, ...]:
    count = int(head.get("VEHICLES", 0))

    def column(name: str, default: int) -> list[int]:
        if name not in sections:
            return [default] * max(count, 1)
        values = _table(path, sections, name, 1)[:, 0].astype(np.int64).tolist()
        if len(values) != max(count, 1):
            raise UsageError(f"{path}: {name} must have a row for each of {count} vehicles")
        return [int(value) for value in values]

    if "CAPACITY" not in head and "CAPACITY_SECTION" not in sections:
        raise UsageError(f"{path}: CAPACITY is missing")
    rows = list(
        zip(
            column("CAPACITY_SECTION", int(head.get("CAPACITY", 0))),
            [value * scale for value in column("VEHICLES_FIXED_COST_SECTION", 0)],
            column("VEHICLES_UNIT_DISTANCE_COST_SECTION", 1),
            [value - 1 for value in column("VEHICLES_DEPOT_SECTION", 1)],
            strict=True,
        )
    )
    return tuple(VehicleType(*row, number=rows.count(row) if count else 0) for row in sorted(set(rows)))
