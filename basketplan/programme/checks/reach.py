"""Which hubs may serve which household, and what stands in the way: before any route, and never too strict.

A household is reachable from a hub when the hub's zones and radius allow it and one vehicle type that stands there
enters its access class, holds its baskets, works within its windows, can leave on a day when it is home, and can go
there and come back within one trip. For a household that may be split it is enough if all that holds for one basket.
Distances are lower bounds (straight line × the smallest ratio of the detour table, less 1 %), and loads the least
that a basket may weigh, so that what is called unreachable here is unreachable in every plan.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from basketplan.programme.availability import straight_m
from basketplan.programme.types import WEEKDAYS, Household, Hub, Vehicle
from basketplan.programme.walking import may_collect

if TYPE_CHECKING:
    from basketplan.programme.checks.context import Context

Barrier = Literal["zone", "radius", "access", "capacity", "windows", "days", "distance"]
BARRIERS: tuple[Barrier, ...] = ("zone", "radius", "access", "capacity", "windows", "days", "distance")
"""In the order in which they are tried; the last one that some hub reaches is told."""

_OPEN = len(BARRIERS)


@dataclass(frozen=True)
class Reach:
    """For each household the hubs that can serve it and, where there is none, what stands in the way."""

    hubs: NDArray[np.bool_]
    """``(n_households, n_hubs)``"""
    barrier: tuple[Barrier | None, ...]
    """None for a household that some hub can serve."""

    @property
    def blocked(self) -> list[int]:
        """Rows of households that no hub can serve."""
        return [row for row, barrier in enumerate(self.barrier) if barrier is not None]


def reach(context: Context) -> Reach:
    """Compute the reach of all hubs of a programme."""
    programme = context.programme
    n, m = len(programme.households), len(programme.hubs)
    step = np.full((n, m), _OPEN, dtype=np.int8)
    furthest_m = np.zeros((n, m))
    known: dict[tuple[object, ...], tuple[list[int], list[float]]] = {}
    for row, person in enumerate(programme.households):
        person = _smallest_visit(context, person)
        key = (person.zone, person.access, tuple(person.baskets.items()), person.windows, person.days, person.service)
        found = known.get(key)
        if found is None:
            steps = [_step(context, person, hub) for hub in programme.hubs]
            found = known[key] = steps, [furthest_road_m(context, person, hub) for hub in programme.hubs]
        step[row], furthest_m[row] = found
    for column, hub in enumerate(programme.hubs):
        beyond = context.roads[hub.id] > furthest_m[:, column]
        step[beyond & (step[:, column] == _OPEN), column] = BARRIERS.index("distance")
        if hub.radius is not None:
            far = context.roads[hub.id] > hub.radius
            allowed = step[:, column] != BARRIERS.index("zone")
            step[far & allowed, column] = BARRIERS.index("radius")
    step[may_collect(programme)] = _OPEN  # at a point, which any hub may be able to serve
    furthest = step.max(axis=1, initial=0)
    barrier = tuple(None if value == _OPEN else BARRIERS[value] for value in furthest.tolist())
    return Reach(hubs=step == _OPEN, barrier=barrier)


def _smallest_visit(context: Context, person: Household) -> Household:
    """Return ``person`` with what a vehicle must at least bring: one basket of its lightest type if it may be split."""
    if person.total_baskets < 2 or not context.programme.may_split(person):
        return person
    lightest = min(sorted(person.baskets), key=lambda name: context.loads.get(name, (0, 0)))
    return person.model_copy(update={"baskets": {lightest: 1}})


def least_road_m(context: Context, hub: Hub) -> NDArray[np.float64]:
    """Return ``(n_households,)`` the least metres of road that can lie between ``hub`` and each household."""
    ratio = min((row.ratio for row in context.programme.travel.detour), default=1.0)
    return straight_m(hub.place.lat, hub.place.lon, *context.coordinates) * (ratio * 0.99)


def _step(context: Context, person: Household, hub: Hub) -> int:
    """Return the index of the first barrier between ``hub`` and ``person``, distance aside."""
    if hub.zones is not None and person.zone not in hub.zones:
        return BARRIERS.index("zone")
    entering = [item for item in context.stationed[hub.id] if person.access in item.access]
    if not entering:
        return BARRIERS.index("access")
    carrying = [item for item in entering if holds(context, item, person)]
    if not carrying:
        return BARRIERS.index("capacity")
    if person.windows and not any(_meets(item, person.windows) for item in carrying):
        return BARRIERS.index("windows")
    if context.days and not any(is_home(person, day) for day in context.delivery_days[hub.id]):
        return BARRIERS.index("days")
    return _OPEN


def furthest_road_m(context: Context, person: Household, hub: Hub) -> float:
    """Return the longest road from ``hub`` on which one of its vehicles can serve ``person`` alone and come back.

    Less than zero where no trip is long enough for loading and service alone, or no vehicle may come at all.
    """
    work_s = context.programme.service_s(person)
    roads = [-1.0]
    for item in context.stationed[hub.id]:
        if person.access in item.access and holds(context, item, person):
            loading_s = item.loading + item.loading_per_basket * person.total_baskets
            driving_s = longest_trip_s(item) - loading_s - work_s
            road = driving_s * item.speed / 7.2  # km/h to m/s, there and back
            roads.append(road if item.max_trip_distance is None else min(road, item.max_trip_distance / 2))
    return max(roads)


def longest_trip_s(vehicle: Vehicle) -> int:
    """Return the longest time from loading to return: the shift, the longest trip, or the time before a break."""
    limits = [vehicle.shift[1] - vehicle.shift[0]]
    if vehicle.max_trip_duration is not None:
        limits.append(vehicle.max_trip_duration)
    if vehicle.driver_break is not None:
        limits.append(vehicle.driver_break.after)
    return min(limits)


def holds(context: Context, vehicle: Vehicle, person: Household) -> bool:
    """Tell whether ``vehicle`` can hold all baskets of ``person`` at their lightest."""
    loads = [(context.loads[basket], number) for basket, number in person.baskets.items() if basket in context.loads]
    weight = sum(load[0] * number for load, number in loads)
    volume = sum(load[1] * number for load, number in loads)
    return (
        (vehicle.max_weight is None or weight <= vehicle.max_weight)
        and (vehicle.max_volume is None or volume <= vehicle.max_volume)
        and (vehicle.max_baskets is None or person.total_baskets <= vehicle.max_baskets)
    )


def _meets(vehicle: Vehicle, windows: Sequence[tuple[int, int]]) -> bool:
    earliest = vehicle.shift[0] + vehicle.loading
    return any(earliest <= end and start < vehicle.shift[1] for start, end in windows)


def is_home(person: Household, day: dt.date) -> bool:
    """Tell whether somebody is home on ``day``."""
    return not person.days or day in person.days or WEEKDAYS[day.weekday()] in person.days


def serving(context: Context, row: int) -> Iterator[Hub]:
    """Yield the hubs whose zones and radius allow the household at ``row``."""
    person = context.programme.households[row]
    for hub in context.programme.hubs:
        near = hub.radius is None or float(context.roads[hub.id][row]) <= hub.radius
        if (hub.zones is None or person.zone in hub.zones) and near:
            yield hub
