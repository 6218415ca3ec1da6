"""Check a solution of a public instance, point by point, without anything of the solvers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from basketplan.bench.vrplib import Instance

__all__ = ["breaches", "cost_of"]

Route = tuple[int, Sequence[int]]
"""Number of the vehicle type, and points of the instance in order."""


def _distance(instance: Instance, a: int, b: int) -> int:
    apart = math.hypot(instance.xy[a, 0] - instance.xy[b, 0], instance.xy[a, 1] - instance.xy[b, 1])
    if instance.kind == "CVRP":
        return int(apart + 0.5)
    if instance.kind == "VRPTW":
        return int(apart * 10 + 1e-9)
    return round(apart * 1000)


def cost_of(instance: Instance, routes: Sequence[Route]) -> int:
    """Return the scaled cost of ``routes``."""
    total = 0
    for kind, points in routes:
        vehicle = instance.vehicles[kind]
        way = [vehicle.depot, *points, vehicle.depot]
        total += vehicle.fixed
        total += vehicle.per_distance * sum(_distance(instance, a, b) for a, b in pairwise(way))
    return total


def breaches(instance: Instance, routes: Sequence[Route]) -> list[str]:
    """Return every rule that ``routes`` break, in words; stops on no route are not among them."""
    found = []
    visits = Counter(point for _, points in routes for point in points)
    found += [f"point {point} is visited {times} times" for point, times in visits.items() if times > 1]
    found += [f"{point} is no stop" for point in visits if not instance.n_depots <= point < len(instance.xy)]
    for kind, times in Counter(kind for kind, _ in routes).items():
        number = instance.vehicles[kind].number
        if number and times > number:
            found.append(f"{times} vehicles of type {kind}, of which there are {number}")
    for place, (kind, points) in enumerate(routes):
        load = sum(int(instance.demand[point]) for point in points)
        if load > instance.vehicles[kind].capacity:
            found.append(f"route {place} carries {load} of {instance.vehicles[kind].capacity}")
        found += [f"route {place} {words}" for words in _late(instance, kind, points)]
    return found


def _late(instance: Instance, kind: int, points: Sequence[int]) -> list[str]:
    """Check windows and duration: the latest departure that does not delay the end makes the shortest route."""
    windows, longest = instance.windows, instance.max_duration
    if windows is None and longest is None:
        return []
    depot = instance.vehicles[kind].depot
    opens = [0] * len(instance.xy) if windows is None else windows[:, 0].tolist()
    closes = [10**12] * len(instance.xy) if windows is None else windows[:, 1].tolist()
    now, slack, here = opens[depot], closes[depot] - opens[depot], depot
    begin, waited = now, 0
    for point in points:
        now += _distance(instance, here, point) + (int(instance.service[here]) if here != depot else 0)
        if now < opens[point]:
            waited += opens[point] - now
            now = opens[point]
        if now > closes[point]:
            return [f"reaches point {point} at {now}, after {closes[point]}"]
        # Leaving later by d moves this arrival by d less what was waited; it must not pass the window's end.
        slack = min(slack, waited + closes[point] - now)
        here = point
    now += _distance(instance, here, depot) + (int(instance.service[here]) if here != depot else 0)
    if now > closes[depot]:
        return [f"returns at {now}, after {closes[depot]}"]
    duration = now - begin - min(waited, slack)
    return [f"lasts {duration} of {longest}"] if longest is not None and duration > longest else []
