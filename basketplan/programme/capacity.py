"""What hubs and vehicles can do in the days there are: upper bounds for hubs, an estimate for vehicles.

The estimate of a vehicle's day: load, drive out to the households' mean distance and back, one leg between
neighbours per further stop (``0.7124 × sqrt(area / n)``: Beardwood, Halton and Hammersley 1959), time at each door.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from basketplan import units
from basketplan.programme.availability import later
from basketplan.programme.checks.reach import longest_trip_s
from basketplan.programme.types import Hub, Vehicle

if TYPE_CHECKING:
    from basketplan.programme.checks.context import Context

__all__ = ["ClassNeed", "HubRoom", "hub_flow", "hub_rooms", "useful_days", "vehicle_needs"]

_TOUR = 0.7124
_CAUTION = 0.85
"""Taken off for windows, days at home and trips that do not fill."""


@dataclass(frozen=True, kw_only=True)
class HubRoom:
    """How many baskets can come from a hub in time."""

    hub: str
    days: int
    """Days on which a basket assembled there can still be delivered."""
    limits: Mapping[str, int]
    """Baskets over the programme by what limits them: assembly, storage, receiving."""
    only: int
    """Baskets of households that no other hub can serve."""

    @property
    def room(self) -> int | None:
        """Baskets over the programme; none: no limit."""
        return min(self.limits.values()) if self.limits else None

    @property
    def binding(self) -> str:
        """What limits it; empty: nothing."""
        return min(self.limits, key=lambda name: self.limits[name]) if self.limits else ""


@dataclass(frozen=True, kw_only=True)
class ClassNeed:
    """Vehicle-days for the households of one access class: an estimate."""

    access: str
    households: int
    served: int
    """Households that fit into the vehicle-days there are."""
    needed: int
    """Vehicle-days, if only this class used the vehicles."""
    available: int
    """Vehicle-days of all vehicles that enter."""
    vehicles: tuple[str, ...]


def useful_days(context: Context, hub: Hub) -> list[dt.date]:
    """Return the days on which a basket assembled at ``hub`` can still be delivered."""
    days = context.programme.hub_days(hub) if context.days else ()
    return [day for day in days if later(day, hub.ready_after) <= days[-1]]


def hub_rooms(context: Context) -> list[HubRoom]:
    """Return the room of every hub, in the order of the programme."""
    lightest = min((context.loads[name] for name, number in context.needed.items() if number), default=(0, 0))
    baskets = np.array([person.total_baskets for person in context.programme.households], dtype=np.int64)
    can = context.reach.hubs
    alone = can.sum(axis=1) == 1
    result = []
    for column, hub in enumerate(context.programme.hubs):
        days = len(useful_days(context, hub))
        limits = {}
        if hub.assembly is not None:
            limits["assembly"] = hub.assembly * days
        if hub.ready_after:  # every basket spends a night there, so no more leave in a day than are stored
            if hub.storage_weight is not None and lightest[0]:
                limits["storage_weight"] = hub.storage_weight // lightest[0] * days
            if hub.storage_volume is not None and lightest[1]:
                limits["storage_volume"] = hub.storage_volume // lightest[1] * days
        if hub.receiving is not None and lightest[0]:
            limits["receiving"] = hub.receiving * days // lightest[0]
        only = int(baskets[alone & can[:, column]].sum())
        result.append(HubRoom(hub=hub.id, days=days, limits=limits, only=only))
    return result


def hub_flow(context: Context, rooms: Iterable[HubRoom]) -> int:
    """Return the most baskets that all hubs together can bring to households that they can serve."""
    network: nx.DiGraph[object] = nx.DiGraph()
    network.add_nodes_from(["households", "sink"])
    for pattern, rows in _patterns(context).items():
        need = sum(context.programme.households[row].total_baskets for row in rows)
        network.add_edge("households", ("pattern", pattern), capacity=need)
        for column in pattern:
            network.add_edge(("pattern", pattern), ("hub", column), capacity=need)
    for column, room in enumerate(rooms):
        most = {} if room.room is None else {"capacity": room.room}
        network.add_edge(("hub", column), "sink", **most)
    return int(nx.maximum_flow_value(network, "households", "sink"))


def _patterns(context: Context) -> dict[tuple[int, ...], list[int]]:
    """Group the households that some hub can serve by the hubs that can."""
    result: dict[tuple[int, ...], list[int]] = {}
    packed = np.unique(context.reach.hubs, axis=0, return_inverse=True)
    for number, pattern in enumerate(packed[0]):
        hubs = tuple(np.flatnonzero(pattern).tolist())
        if hubs:
            result[hubs] = np.flatnonzero(packed[1].ravel() == number).tolist()
    return result


def vehicle_needs(context: Context) -> list[ClassNeed]:
    """Estimate vehicle-days per access class, sorted by class; households without any hub are left out."""
    programme = context.programme
    access = np.array([person.access for person in programme.households])
    nearest = _nearest(context)
    classes = sorted(set(access[nearest >= 0].tolist()))
    rates = _rates(context, nearest)
    network: nx.DiGraph[object] = nx.DiGraph()
    network.add_nodes_from(["households", "sink"])
    for pattern, rows in _patterns(context).items():
        here = access[rows]
        for name in sorted(set(here.tolist())):
            number = int((here == name).sum())
            network.add_edge("households", (name, pattern), capacity=number)
            for column in pattern:
                for vehicle in context.stationed[programme.hubs[column].id]:
                    if name in vehicle.access:
                        network.add_edge((name, pattern), (vehicle.id, column), capacity=number)
    for (vehicle_id, column), (rate, days) in rates.items():
        network.add_edge((vehicle_id, column), "sink", capacity=math.floor(rate * days))
    flow = nx.maximum_flow(network, "households", "sink")[1]
    return [
        _class_need(context, name, int((access[nearest >= 0] == name).sum()), flow["households"], rates)
        for name in classes
    ]


def _class_need(
    context: Context,
    name: str,
    households: int,
    flow: Mapping[object, int],
    rates: Mapping[tuple[str, int], tuple[float, int]],
) -> ClassNeed:
    served = sum(amount for node, amount in flow.items() if isinstance(node, tuple) and node[0] == name)
    enters = {item.id for item in context.programme.vehicles if name in item.access}
    able = [(rate, days) for (vehicle, _), (rate, days) in rates.items() if vehicle in enters and rate > 0]
    days = sum(number for _, number in able)
    mean = sum(rate * number for rate, number in able) / days if days else 0.0
    return ClassNeed(
        access=name,
        households=households,
        served=served,
        needed=math.ceil(households / mean) if mean else households,
        available=days,
        vehicles=tuple(sorted(enters)),
    )


def _nearest(context: Context) -> NDArray[np.int64]:
    """Return per household the nearest hub that can serve it, −1 for none."""
    roads = np.column_stack([context.roads[hub.id] for hub in context.programme.hubs])
    masked = np.where(context.reach.hubs, roads, np.inf)
    return np.where(context.reach.hubs.any(axis=1), masked.argmin(axis=1), -1)


def _rates(context: Context, nearest: NDArray[np.int64]) -> dict[tuple[str, int], tuple[float, int]]:
    """Return per (vehicle, hub column) the households it serves in a day, and its vehicle-days."""
    result = {}
    people = context.programme.households
    for column, hub in enumerate(context.programme.hubs):
        rows = np.flatnonzero(nearest == column)
        if not len(rows):
            rows = np.flatnonzero(context.reach.hubs[:, column])
        if not len(rows):
            continue
        mine = [people[row] for row in rows.tolist()]
        out = float(context.roads[hub.id][rows].mean())
        leg = _leg_m(context, rows)
        door = sum(context.programme.service_s(person) for person in mine) / len(mine)
        baskets = sum(person.total_baskets for person in mine) / len(mine)
        days = len(context.delivery_days[hub.id])
        for vehicle in context.stationed[hub.id]:
            rate = _CAUTION * _per_day(context, vehicle, (out, leg, door, baskets))
            result[vehicle.id, column] = (rate, vehicle.number[hub.id] * days)
    return result


def _leg_m(context: Context, rows: NDArray[np.int64]) -> float:
    """Estimate the road between neighbouring stops from the area in which the middle nine tenths live."""
    lat, lon = (axis[rows] for axis in context.coordinates)
    (south, north), (west, east) = np.quantile(lat, [0.05, 0.95]), np.quantile(lon, [0.05, 0.95])
    area = (north - south) * (east - west) / 0.81 * 111_000.0**2 * math.cos(math.radians(float(lat.mean())))
    ratio = max(row.ratio for row in context.programme.travel.detour)
    return float(ratio * _TOUR * math.sqrt(max(area, 1.0) / len(rows)))


def _per_day(context: Context, vehicle: Vehicle, mean: tuple[float, float, float, float]) -> float:
    """Return the households that one vehicle serves in a day, with its best number of trips."""
    out, leg, door, baskets = mean
    shift = vehicle.shift[1] - vehicle.shift[0]
    pause = vehicle.driver_break.duration if vehicle.driver_break is not None else 0
    longest = longest_trip_s(vehicle)
    room = _room(context, vehicle) / baskets
    fixed = vehicle.loading + 2 * units.travel_s(round(out), vehicle.speed)
    each = max(1.0, door + units.travel_s(round(leg), vehicle.speed) + baskets * vehicle.loading_per_basket)
    best = 0.0
    for trips in range(1, min(vehicle.trips_per_day, 24) + 1):
        stops = (min(longest, (shift - pause * (trips - 1)) / trips) - fixed) / each
        if vehicle.max_trip_distance is not None:
            stops = min(stops, (vehicle.max_trip_distance - 2 * out) / max(leg, 1.0) + 1)
        best = max(best, trips * min(room, max(0.0, stops)))
    return best


def _room(context: Context, vehicle: Vehicle) -> float:
    """Return how many mean baskets the vehicle holds."""
    total = max(1, sum(context.needed.values()))
    weight = sum(context.loads[name][0] * number for name, number in context.needed.items()) / total
    volume = sum(context.loads[name][1] * number for name, number in context.needed.items()) / total
    return min(
        math.inf if vehicle.max_baskets is None else vehicle.max_baskets,
        math.inf if vehicle.max_weight is None else vehicle.max_weight // max(weight, 1.0),
        math.inf if vehicle.max_volume is None else vehicle.max_volume // max(volume, 1.0),
    )
