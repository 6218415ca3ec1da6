"""Trips for hubs: savings, then rounds in which neighbouring trips are improved together, part by part.

A round splits the trips of a hub into disjoint parts of about :data:`PART_STOPS` stops around trips drawn by chance.
Parts are independent problems, so those of all hubs share the worker processes; what they return is taken in the order
of the parts, and only when it serves no less and costs less. The result depends on seed and effort alone.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from basketplan.plan.types import StageReport
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.solve.routing.construct import construct, serving
from basketplan.solve.routing.costs import trip_price
from basketplan.solve.routing.ledger import Ledger
from basketplan.solve.routing.pool import Pool
from basketplan.solve.routing.problem import restrict
from basketplan.solve.routing.search import Part
from basketplan.solve.routing.timing import best_load_s, time_trip, trip_cost_centimes, trip_distance_m
from basketplan.solve.types import Effort, Left, RoutedTrip, RoutingProblem, RoutingSolution, VehicleClass

__all__ = ["route", "route_hubs"]

PART_STOPS = 60
"""Stops of a part: the search gains most per second on few trips at a time."""
ROUNDS = 4
EXTRA = 15
"""Stops without a trip that a part may take in."""
SPARE = 2
"""Trips of each class that a part may add."""


def route(
    problem: RoutingProblem, effort: Effort, *, seed: int = 0, workers: int = 1, reporter: Reporter | None = None
) -> RoutingSolution:
    """Return trips for one hub; see :func:`route_hubs`."""
    return route_hubs([problem], effort, seed=seed, workers=workers, reporter=reporter)[0]


def route_hubs(
    problems: Sequence[RoutingProblem],
    effort: Effort,
    *,
    seed: int = 0,
    workers: int = 1,
    reporter: Reporter | None = None,
) -> tuple[RoutingSolution, ...]:
    """Return trips for every hub, in the order of ``problems``.

    Parameters
    ----------
    effort
        ``routing_moves`` solutions per stop are looked at, ``routing_s`` is a safety limit.
    workers
        Processes; the result does not depend on it. More than one needs a ``__main__`` that can be imported.
    reporter
        When it says stop, the trips found so far are returned.
    """
    reporter = reporter or QuietReporter()
    ends = time.monotonic() + effort.routing_s
    works = []
    for number, problem in enumerate(problems):
        reporter.update(Progress(stage="routing", message=f"first trips from {problem.hub}", total=len(problems)))
        works.append(_Work(problem, np.random.default_rng([seed, number])))
    with Pool(workers, lambda: reporter.stopped() or time.monotonic() > ends) as pool:
        for number in range(ROUNDS):
            if pool.stopped():
                break
            _improve(works, effort, ends, pool, reporter, number)
    stopped = reporter.stopped() or time.monotonic() > ends
    return tuple(work.solution("interrupted" if stopped else "heuristic") for work in works)


def _improve(works: Sequence[_Work], effort: Effort, ends: float, pool: Pool, reporter: Reporter, number: int) -> None:
    """Do one round over all hubs."""
    todo = [(work, part) for work in works for part in work.parts(effort, max(1.0, ends - time.monotonic()))]
    for done, ((work, part), trips) in enumerate(
        zip(todo, pool.improve([part.part for _, part in todo]), strict=True), start=1
    ):
        if trips is not None:
            work.take(part, trips)
        reporter.update(
            Progress(
                stage="routing",
                message=f"round {number + 1} of {ROUNDS}",
                done=done,
                total=len(todo),
                best=sum(item.price() for item in works) / 100,
                unit="MAD",
                left_s=max(0.0, ends - time.monotonic()),
            )
        )


@dataclass
class _Chosen:
    """A part of a hub: numbers of its trips, its stops as points of the hub's problem."""

    part: Part
    numbers: list[int]
    points: list[int]


@dataclass
class _Work:
    """The trips of one hub while they improve."""

    problem: RoutingProblem
    rng: np.random.Generator
    trips: dict[int, RoutedTrip] = field(init=False)
    ledger: Ledger = field(init=False)
    reachable: set[int] = field(init=False)

    def __post_init__(self) -> None:
        problem = self.problem
        self.reachable = {
            point for point in range(1, len(problem.lat)) if problem.days[point] and serving(problem, point)
        }
        self.trips = dict(enumerate(construct(problem)))
        self.next = len(self.trips)
        self.ledger = Ledger.of(problem)
        for trip in self.trips.values():
            self.ledger.add(*self._use(trip))

    def vehicle(self, trip: RoutedTrip) -> VehicleClass:
        return next(item for item in self.problem.vehicles if item.id == trip.vehicle)

    def price(self) -> float:
        """Return the centimes of all trips with their parts of the days."""
        return sum(self._price(trip) for trip in self.trips.values())

    def unplaced(self) -> list[int]:
        """Return the stops that a vehicle can reach and no trip serves."""
        return sorted(self.reachable - {point for trip in self.trips.values() for point in trip.stops})

    def parts(self, effort: Effort, seconds: float) -> Iterator[_Chosen]:
        """Split the trips into parts around trips drawn by chance; stops without a trip join the part nearest."""
        numbers = sorted(self.trips)
        lone = self.unplaced()
        if not numbers and not lone:
            return
        centres = {number: self._centre(self.trips[number].stops) for number in numbers}
        groups = self._groups(numbers, centres)
        joined = self._join(lone, groups, centres)
        for group, extra in zip(groups, joined, strict=True):
            points = sorted([point for number in group for point in self.trips[number].stops] + extra)
            if len(points) < 2:
                continue
            rank = {point: place + 1 for place, point in enumerate(points)}
            part = Part(
                problem=restrict(self.problem, points),
                trips=tuple(
                    RoutedTrip(
                        vehicle=self.trips[number].vehicle, stops=tuple(rank[p] for p in self.trips[number].stops)
                    )
                    for number in group
                ),
                spare={item.id: min(SPARE, self.ledger.free(item)) for item in self.problem.vehicles},
                solutions=max(10, effort.routing_moves * len(points) // ROUNDS),
                seconds=seconds,
                seed=int(self.rng.integers(2**31)),
            )
            yield _Chosen(part, group, points)

    def take(self, chosen: _Chosen, trips: Sequence[RoutedTrip]) -> None:
        """Replace the trips of a part by those found if they are sound, serve no less, and are better."""
        fresh = [
            RoutedTrip(vehicle=trip.vehicle, stops=tuple(chosen.points[p - 1] for p in trip.stops)) for trip in trips
        ]
        old = [self.trips[number] for number in chosen.numbers]
        if self._rank(fresh) >= self._rank(old) or not all(self._sound(trip) for trip in fresh):
            return
        for trip in old:
            self.ledger.remove(*self._use(trip))
        taken = []
        for trip in fresh:
            if not self.ledger.admits(*self._use(trip)):
                break
            self.ledger.add(*self._use(trip))
            taken.append(trip)
        if len(taken) < len(fresh):
            for trip in taken:
                self.ledger.remove(*self._use(trip))
            for trip in old:
                self.ledger.add(*self._use(trip))
            return
        for number in chosen.numbers:
            del self.trips[number]
        for trip in fresh:
            self.trips[self.next] = trip
            self.next += 1

    def solution(self, status: str) -> RoutingSolution:
        """Return the trips in order, and who is left with the reason."""
        problem = self.problem
        for point in self.unplaced():
            self._alone(point)
        trips = tuple(sorted(self.trips.values(), key=lambda trip: (trip.vehicle, trip.stops)))
        cost = distance = 0
        for trip in trips:
            vehicle = self.vehicle(trip)
            metres = trip_distance_m(problem, trip.stops)
            cost += trip_cost_centimes(vehicle, metres, self._seconds(trip))
            distance += metres
        left = list(self._unreachable())
        return RoutingSolution(
            hub=problem.hub,
            trips=trips,
            left=tuple(sorted(left, key=lambda item: item.household)),
            cost_centimes=cost,
            distance_m=distance,
            report=StageReport(
                stage="routing",
                goal=problem.hub,
                status="interrupted" if status == "interrupted" else "heuristic",
                value=float(cost),
                detail=f"{len(trips)} trips for {len(problem.stop_ids) - len(left)} of {len(problem.stop_ids)} stops",
            ),
        )

    def _alone(self, point: int) -> None:
        """Give a stop that found no room a trip of its own: the ledger only estimates, the calendar knows."""
        able = serving(self.problem, point)
        trips = [RoutedTrip(vehicle=vehicle.id, stops=(point,)) for vehicle in able]
        self.trips[self.next] = min(trips, key=lambda trip: (self._price(trip), trip.vehicle))
        self.next += 1

    def _groups(self, numbers: Sequence[int], centres: dict[int, tuple[float, float]]) -> list[list[int]]:
        free = list(numbers)
        groups = []
        while free:
            seed = free[int(self.rng.integers(len(free)))]
            free.sort(key=lambda number: (math.dist(centres[number], centres[seed]), number))
            group: list[int] = []
            stops = 0
            while free and (not group or stops + len(self.trips[free[0]].stops) <= PART_STOPS):
                stops += len(self.trips[free[0]].stops)
                group.append(free.pop(0))
            groups.append(group)
        return groups

    def _join(
        self, lone: Sequence[int], groups: list[list[int]], centres: dict[int, tuple[float, float]]
    ) -> list[list[int]]:
        """Give stops without a trip to the nearest group; a group of their own where there is no trip."""
        if not groups:
            groups.append([])
            return [list(lone[:EXTRA])]
        joined: list[list[int]] = [[] for _ in groups]
        home = {number: place for place, group in enumerate(groups) for number in group}
        for point in lone:
            here = self._centre((point,))
            nearest = min(home, key=lambda number: (math.dist(centres[number], here), number))
            if len(joined[home[nearest]]) < EXTRA:
                joined[home[nearest]].append(point)
        return joined

    def _centre(self, points: Sequence[int]) -> tuple[float, float]:
        """Return the mean place, with degrees of longitude as short as they are there."""
        rows = list(points)
        lat = float(self.problem.lat[rows].mean())
        return lat, float(self.problem.lon[rows].mean()) * math.cos(math.radians(float(self.problem.lat[0])))

    def _rank(self, trips: Sequence[RoutedTrip]) -> tuple[int, float]:
        """Return what counts: baskets by priority first, then the cost."""
        problem = self.problem
        served = sum(int(problem.priority[p] * problem.baskets[p]) for trip in trips for p in trip.stops)
        return -served, sum(self._price(trip) for trip in trips)

    def _sound(self, trip: RoutedTrip) -> bool:
        """Check a trip exactly: loads, access, days and times."""
        problem, vehicle, rows = self.problem, self.vehicle(trip), list(trip.stops)
        return (
            int(problem.weight_g[rows].sum()) <= vehicle.max_weight_g
            and int(problem.volume_ml[rows].sum()) <= vehicle.max_volume_ml
            and int(problem.baskets[rows].sum()) <= vehicle.max_baskets
            and all(problem.access[point] in vehicle.access for point in rows)
            and int(np.bitwise_and.reduce(problem.days[rows])) != 0
            and best_load_s(problem, vehicle, trip.stops) is not None
        )

    def _price(self, trip: RoutedTrip) -> float:
        return trip_price(self.vehicle(trip), trip_distance_m(self.problem, trip.stops), self._seconds(trip))

    def _seconds(self, trip: RoutedTrip) -> int:
        """Return the duration of a trip at its best start; very long where it has none."""
        vehicle = self.vehicle(trip)
        load = best_load_s(self.problem, vehicle, trip.stops)
        timing = None if load is None else time_trip(self.problem, vehicle, trip.stops, load)
        return 10**6 if timing is None else timing.duration_s

    def _use(self, trip: RoutedTrip) -> tuple[VehicleClass, int, int]:
        days = int(np.bitwise_and.reduce(self.problem.days[list(trip.stops)]))
        return self.vehicle(trip), days, self._seconds(trip)

    def _unreachable(self) -> Iterator[Left]:
        """Tell why no vehicle can serve a stop even alone."""
        problem = self.problem
        for point in range(1, len(problem.lat)):
            if point in self.reachable:
                continue
            name, hub = problem.stop_ids[point - 1], problem.hub
            enter = [vehicle for vehicle in problem.vehicles if problem.access[point] in vehicle.access]
            if not problem.days[point]:
                yield Left(
                    household=name, reason="days", detail=f"nobody is home on a day on which {hub} delivers",
                    remedy="agree on another day with the household, or open the hub on one of its days",
                )  # fmt: skip
            elif not enter:
                yield Left(
                    household=name, reason="access",
                    detail=f"no vehicle at {hub} may enter '{problem.access[point]}'",
                    remedy=f"station a vehicle with access '{problem.access[point]}' at {hub}",
                )  # fmt: skip
            elif not any(_carries(problem, vehicle, point) for vehicle in enter):
                yield Left(
                    household=name, reason="capacity",
                    detail=f"its {int(problem.baskets[point])} baskets of {problem.weight_g[point] / 1000:.0f} kg"
                    f" exceed every vehicle at {hub} that may go there",
                    remedy="give it fewer baskets at a time, or add a larger vehicle",
                )  # fmt: skip
            else:
                yield Left(
                    household=name, reason="time",
                    detail=f"no trip from {hub} to it and back fits its windows, the shift and the longest trip"
                    f" ({problem.distance_m[0, point] / 1000:.0f} km away)",
                    remedy="widen its window, lengthen the longest trip, or serve it from a nearer hub",
                )  # fmt: skip


def _carries(problem: RoutingProblem, vehicle: VehicleClass, point: int) -> bool:
    return (
        int(problem.weight_g[point]) <= vehicle.max_weight_g
        and int(problem.volume_ml[point]) <= vehicle.max_volume_ml
        and int(problem.baskets[point]) <= vehicle.max_baskets
    )
