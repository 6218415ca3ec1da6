"""Read routing instances in VRPLIB's format, with the rounding that their best known solutions use.

Kinds: CVRP, VRPTW, HFVRP and MDVRPTW in the dialect of PyVRP. Rounding, by kind: CVRP to the nearest integer (Uchoa
et al. 2017); VRPTW times ten and cut off (the convention of the DIMACS challenge 2022); HFVRP and MDVRPTW times 1,000
to the nearest integer. Times are scaled alike and rounded to the nearest; loads and costs must be whole, scaled.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from basketplan.bench.vrplib_file import LARGEST, VrplibFile, read_file

__all__ = ["Instance", "VehicleType", "read_instance"]

SCALE = {"CVRP": 1, "VRPTW": 10, "HFVRP": 1000, "MDVRPTW": 1000}
_KEYS = (
    "NAME", "TYPE", "DIMENSION", "EDGE_WEIGHT_TYPE", "CAPACITY", "VEHICLES", "SERVICE_TIME", "VEHICLES_MAX_DURATION",
    "COMMENT", "AUTHOR", "DATE", "BEST_KNOWN", "BEST_KNOWN_SOLUTION", "DISPLAY_DATA_TYPE", "NODE_COORD_TYPE",
    "EDGE_WEIGHT_FORMAT",
)  # fmt: skip
"""What may stand before the sections; nothing from COMMENT on changes the problem."""
_SECTIONS = (
    "NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION", "SERVICE_TIME_SECTION", "TIME_WINDOW_SECTION",
    "CAPACITY_SECTION", "VEHICLES_DEPOT_SECTION", "VEHICLES_FIXED_COST_SECTION", "VEHICLES_UNIT_DISTANCE_COST_SECTION",
)  # fmt: skip
_NEEDED = _SECTIONS[:3]


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
        Where the file is missing, too large, of another kind or not in the format, or has a rule that is not known or
        a number that cannot be; with the line.
    """
    file = read_file(path)
    kind = _kind(file)
    for needed in _NEEDED:
        if needed not in file.sections:
            raise file.fault(0, f"{needed} is missing")
    file.refuse_unknown(_KEYS, _SECTIONS)
    for key in ("CAPACITY", "SERVICE_TIME"):
        if key in file.head and f"{key}_SECTION" in file.sections:
            raise file.fault(file.head[key][1], f"{key} and {key}_SECTION are both there, keep one of them")
    xy, scale = _points(file), SCALE[kind]
    n_depots = _depots(file, len(xy))
    longest = file.number("VEHICLES_MAX_DURATION", scale)
    instance = Instance(
        name=file.text("NAME", path.stem).strip('"'),
        kind=kind,
        n_depots=n_depots,
        xy=xy,
        demand=file.wholes("DEMAND_SECTION"),
        service=_service(file, len(xy), n_depots, scale),
        windows=_windows(file, scale),
        vehicles=_vehicles(file, n_depots, scale),
        max_duration=None if longest is None else round(longest),
    )
    _check_points(file, instance)
    _check_distances(file, instance)
    return instance


def _kind(file: VrplibFile) -> str:
    kind, edges = file.text("TYPE"), file.text("EDGE_WEIGHT_TYPE", "EUC_2D")
    if kind not in SCALE:
        raise file.fault(0, f"TYPE is '{kind}', known are {', '.join(SCALE)}")
    if edges != "EUC_2D":
        raise file.fault(file.head["EDGE_WEIGHT_TYPE"][1], f"EDGE_WEIGHT_TYPE must be EUC_2D, not {edges}")
    return kind


def _points(file: VrplibFile) -> NDArray[np.float64]:
    xy = file.table("NODE_COORD_SECTION", 2, least=-LARGEST)
    if len(xy) == 0:
        raise file.fault(file.sections["NODE_COORD_SECTION"].line, "NODE_COORD_SECTION has no points")
    dimension = file.whole("DIMENSION", 1)
    if dimension not in (None, len(xy)):
        line = file.head["DIMENSION"][1]
        raise file.fault(line, f"DIMENSION is {dimension:,}, but NODE_COORD_SECTION has {len(xy):,} points")
    return xy


def _depots(file: VrplibFile, n_points: int) -> int:
    """Return how many points are depots: those before the -1 that ends the section, if any."""
    section = file.sections["DEPOT_SECTION"]
    depots = [row[0] if len(row) == 1 else 0.0 for row in section.rows]
    if depots and depots[-1] == -1:
        del depots[-1]
    if not depots:
        raise file.fault(section.line, "DEPOT_SECTION names no depot")
    for place, depot in enumerate(depots, start=1):
        if depot != place or place > n_points:
            raise file.fault(section.lines[place - 1], "depots must be the first points: 1, 2, 3 …, one a line")
    return len(depots)


def _service(file: VrplibFile, n_points: int, n_depots: int, scale: int) -> NDArray[np.int64]:
    if "SERVICE_TIME_SECTION" in file.sections:
        return np.rint(file.table("SERVICE_TIME_SECTION", 1, scale)[:, 0]).astype(np.int64)
    service = np.zeros(n_points, dtype=np.int64)
    service[n_depots:] = round(file.number("SERVICE_TIME", scale) or 0)
    return service


def _windows(file: VrplibFile, scale: int) -> NDArray[np.int64] | None:
    if "TIME_WINDOW_SECTION" not in file.sections:
        return None
    windows = np.rint(file.table("TIME_WINDOW_SECTION", 2, scale)).astype(np.int64)
    for row in np.flatnonzero(windows[:, 0] > windows[:, 1]).tolist():
        section = file.sections["TIME_WINDOW_SECTION"]
        begin, end = section.rows[row][1:]
        raise file.fault(
            section.lines[row], f"TIME_WINDOW_SECTION: point {row + 1} closes at {end:.10g}, before {begin:.10g}"
        )
    return windows


def _vehicles(file: VrplibFile, n_depots: int, scale: int) -> tuple[VehicleType, ...]:
    count = file.whole("VEHICLES", 1)
    capacity = file.whole("CAPACITY", 1)
    if capacity is None and "CAPACITY_SECTION" not in file.sections:
        raise file.fault(0, "CAPACITY is missing")
    columns = [
        _column(file, "CAPACITY_SECTION", capacity or 0, count, least=1),
        _column(file, "VEHICLES_FIXED_COST_SECTION", 0, count, scale),
        _column(file, "VEHICLES_UNIT_DISTANCE_COST_SECTION", 1, count),
        _column(file, "VEHICLES_DEPOT_SECTION", 1, count, least=1),
    ]
    section = file.sections.get("VEHICLES_DEPOT_SECTION")
    for row, depot in enumerate(columns[3]):
        if depot > n_depots and section is not None:
            raise file.fault(
                section.lines[row], f"VEHICLES_DEPOT_SECTION names depot {depot}, but there are {n_depots}"
            )
    # Vehicles that all sections leave alike need not be listed: there may be a thousand million.
    alike = all(len(column) == 1 for column in columns)
    longest = max(len(column) for column in columns)
    rows = Counter(zip(*(column * (longest // len(column)) for column in columns), strict=True))
    return tuple(
        VehicleType(load, fixed, rate, depot - 1, (count or 0) if alike else number)
        for (load, fixed, rate, depot), number in sorted(rows.items())
    )


def _column(file: VrplibFile, name: str, default: int, count: int | None, scale: int = 1, least: int = 0) -> list[int]:
    """Return a number for every vehicle, or the one for all of them."""
    if name not in file.sections:
        return [default]
    values = [int(value) for value in file.wholes(name, scale, least)]
    if len(values) != (count or 1):
        wanted = "for the only kind, as VEHICLES is missing" if count is None else f"for each of {count:,} vehicles"
        raise file.fault(file.sections[name].line, f"{name} must have a row {wanted}, and has {len(values):,}")
    return values


def _check_points(file: VrplibFile, instance: Instance) -> None:
    """Check that sections have a row for every point, and that depots want nothing."""
    n, depots = len(instance.xy), instance.n_depots
    for column, name in (
        (instance.demand, "DEMAND_SECTION"),
        (instance.service, "SERVICE_TIME_SECTION"),
        (instance.windows, "TIME_WINDOW_SECTION"),
    ):
        if column is None:
            continue
        if len(column) != n:
            raise file.fault(file.sections[name].line, f"{name} has {len(column)} points instead of {n}")
        if name != "TIME_WINDOW_SECTION" and column[:depots].any():
            raise file.fault(file.sections[name].line, f"{name} must be 0 for depots")


def _check_distances(file: VrplibFile, instance: Instance) -> None:
    """Check that the longest road fits the numbers of the search, in distance and in costs."""
    farthest = float(np.hypot(*np.ptp(instance.xy, axis=0)))
    rate = max(1, *(vehicle.per_distance for vehicle in instance.vehicles))
    if farthest * instance.scale * rate > LARGEST:
        costs = f", at a cost of up to {rate:,} per distance" if rate > 1 else ""
        most = LARGEST // (instance.scale * rate)
        raise file.fault(
            file.sections["NODE_COORD_SECTION"].line,
            f"NODE_COORD_SECTION has points {farthest:,.0f} apart{costs}, and they may be {most:,} apart at most",
        )
