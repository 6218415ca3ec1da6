"""Families that collect at distribution points: when each comes, what the points cost, how far people walk.

A family collects on the day on which its baskets are brought. Of all that come on one day to one point, those of the
highest priority come in the first hour, and no more per hour than the point can serve.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence

from basketplan.plan.types import Collecting, Collection, CostLine, Trip
from basketplan.programme.types import Point, Programme

__all__ = ["collecting_figures", "point_costs", "timed"]

HOUR_S = 3600


def timed(programme: Programme, collections: Iterable[Collection], trips: Iterable[Trip]) -> tuple[Collection, ...]:
    """Return ``collections``, by household, with the day and hour at which each family comes after ``trips``."""
    day_of = {stop.household: trip.day for trip in trips for stop in trip.stops}
    queues: dict[tuple[str, dt.date], list[Collection]] = defaultdict(list)
    result = {}
    for item in collections:
        day = day_of.get(item.household)
        result[item.household] = item.model_copy(update={"day": day, "from_s": None, "until_s": None})
        if day is not None:
            queues[item.point, day].append(result[item.household])
    for (point, _), queue in queues.items():
        queue.sort(key=lambda item: (-programme.household[item.household].priority, item.household))
        for number, item in enumerate(queue):
            begin, end = _hour(programme.point[point], number)
            result[item.household] = item.model_copy(update={"from_s": begin, "until_s": end})
    return tuple(result[household] for household in sorted(result))


def _hour(point: Point, number: int) -> tuple[int, int]:
    """Return when the family ``number``, from 0, of a day comes."""
    begin = point.hours[0] + HOUR_S * (number // point.families_per_hour)
    return begin, max(begin, min(begin + HOUR_S, point.hours[1]))


def point_costs(programme: Programme, collections: Iterable[Collection]) -> tuple[CostLine, ...]:
    """Return the bill of the points: a line for each point and day on which anybody collects."""
    used = {(item.point, item.day) for item in collections if item.day is not None}
    return tuple(
        CostLine(kind="points", reference=f"{point}@{day}", centimes=programme.point[point].cost_per_day)
        for point, day in sorted(used)
    )


def collecting_figures(collections: Sequence[Collection]) -> Collecting | None:
    """Return the figures of distribution points; none where the plan has none."""
    if not collections:
        return None
    come = [item for item in collections if item.day is not None]
    total = sum(item.walk_m for item in come)
    return Collecting(
        families=len(come),
        points=len({item.point for item in come}),
        point_days=len({(item.point, item.day) for item in come}),
        walk_total_m=total,
        walk_mean_m=round(total / len(come), 3) if come else 0.0,
        walk_max_m=max((item.walk_m for item in come), default=0),
    )
