"""Trips for hubs: each hub is searched on its own, all at the same time; the clock only guards.

The search (:mod:`basketplan.solve.routing.ruin`) works on integers without names. What it returns is checked here, trip
by trip, with the exact times of :mod:`basketplan.solve.routing.timing` before it is used.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence, Set
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

import numpy as np

from basketplan.plan.types import StageReport
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.solve.routing.costs import trip_price
from basketplan.solve.routing.ruin.anneal import Budget, anneal
from basketplan.solve.routing.ruin.problem import RichProblem
from basketplan.solve.routing.ruin.start import first_routes
from basketplan.solve.routing.ruin.wide import PART_STOPS, WideProblem
from basketplan.solve.routing.search_problem import translate
from basketplan.solve.routing.timing import best_load_s, time_trip, trip_cost_centimes, trip_distance_m
from basketplan.solve.types import Effort, Left, RoutedTrip, RoutingProblem, RoutingSolution, VehicleClass

__all__ = ["route", "route_hubs"]

POLL_S = 0.2
"""How often to ask whether to stop, and to tell how far the search is."""


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
    start: Mapping[str, Sequence[RoutedTrip]] | None = None,
    locked: Mapping[str, Set[int]] | None = None,
    numbers: Sequence[int] | None = None,
) -> tuple[RoutingSolution, ...]:
    """Return trips for every hub, in the order of ``problems``.

    Parameters
    ----------
    effort
        ``routing_moves`` moves per stop are made, ``routing_s`` is a safety limit.
    workers
        Threads; the result does not depend on it.
    reporter
        When it says stop, the trips found so far are returned.
    start
        Hub → trips to start from instead of new ones. Those that break a rule are taken apart.
    locked
        Hub → points that stay where they are: heads of the trips in ``start``, in their order and class. New stops may
        only be put behind them.
    numbers
        Number of each problem, on which with the seed its random numbers depend; by default its place in ``problems``.
    """
    reporter = reporter or QuietReporter()
    ends = time.monotonic() + effort.routing_s
    stop = threading.Event()
    works = [
        _Work(
            problem,
            effort,
            seed,
            number,
            stop,
            (start or {}).get(problem.hub, ()),
            (locked or {}).get(problem.hub, set()),
        )
        for number, problem in zip(range(len(problems)) if numbers is None else numbers, problems, strict=True)
    ]
    with ThreadPoolExecutor(max(1, workers)) as pool, ThreadPoolExecutor(max(1, len(works))) as hubs:
        futures: list[Future[None]] = [hubs.submit(work.improve, pool) for work in works]
        waiting = set(futures)
        try:
            while waiting:
                waiting = wait(waiting, timeout=POLL_S, return_when=FIRST_COMPLETED).not_done
                if reporter.stopped() or time.monotonic() > ends:
                    stop.set()
                reporter.update(_progress(works, ends))
        except BaseException:
            stop.set()
            raise
        for future in futures:
            future.result()
    return tuple(work.solution() for work in works)


def _progress(works: Sequence[_Work], ends: float) -> Progress:
    """Return how far the hubs are, weighed by their stops, and what their trips cost."""
    total = sum(len(work.problem.stop_ids) for work in works)
    done = sum(work.spent * len(work.problem.stop_ids) for work in works)
    return Progress(
        stage="routing",
        message="trips",
        done=round(100 * done / total) if total else 100,
        total=100,
        best=sum(work.best for work in works) / 100,
        unit="MAD",
        left_s=max(0.0, ends - time.monotonic()),
    )


@dataclass
class _Work:
    """The trips of one hub while they improve."""

    problem: RoutingProblem
    effort: Effort
    seed: int
    number: int
    stop: threading.Event
    start: Sequence[RoutedTrip] = ()
    locked: Set[int] = frozenset()
    trips: list[RoutedTrip] = field(default_factory=list)
    reachable: set[int] = field(default_factory=set)
    spent: float = 0.0
    best: float = 0.0
    """Centimes."""
    whole: bool = True

    def improve(self, pool: ThreadPoolExecutor) -> None:
        """Search, and keep the trips that hold to the letter."""
        problem = self.problem
        may = [0, *(classes_for(problem, point) for point in range(1, len(problem.lat)))]
        self.reachable = {point for point, classes in enumerate(may) if classes}
        if not self.reachable:
            self.spent = 1.0
            return
        given = [trip for trip in self.start if self.reachable.issuperset(trip.stops) and self._sound(trip)]
        heads = self.locked & {point for trip in given for point in trip.stops}
        search = translate(problem, may, heads)
        found = anneal(
            search.problem,
            first_routes(search.problem, self.seed, search.routes(given, self._windows(given))),
            Budget(moves=self.effort.routing_moves * search.problem.n_stops),
            seed=self.seed + self.number,
            threads=pool,
            n_parts=parts(search.problem),
            stopped=self.stop.is_set,
            told=lambda spent, cost: self._tell(spent, cost / search.scale),
        )
        self.whole = found.whole
        self.trips = [trip for trip in search.trips(found.routes) if self._sound(trip)]
        self.spent = 1.0
        for point in self.unplaced():
            self._alone(point)

    def _windows(self, trips: Sequence[RoutedTrip]) -> dict[int, int]:
        """Return the window, counted within its own, in which each point of ``trips`` is served."""
        windows = {}
        for trip in trips:
            load = best_load_s(self.problem, self.vehicle(trip), trip.stops)
            timing = None if load is None else time_trip(self.problem, self.vehicle(trip), trip.stops, load)
            for point, begin in zip(trip.stops, timing.start_s if timing else (), strict=True):
                for number, (opens, closes) in enumerate(self.problem.windows[point]):
                    if opens <= begin <= closes:
                        windows[point] = number
        return windows

    def _tell(self, spent: float, best: float) -> None:
        self.spent, self.best = spent, best

    def vehicle(self, trip: RoutedTrip) -> VehicleClass:
        return next(item for item in self.problem.vehicles if item.id == trip.vehicle)

    def unplaced(self) -> list[int]:
        """Return the stops that a vehicle can reach and no trip serves."""
        return sorted(self.reachable - {point for trip in self.trips for point in trip.stops})

    def solution(self) -> RoutingSolution:
        """Return the trips in order, and who is left with the reason."""
        problem = self.problem
        trips = tuple(sorted(self.trips, key=lambda trip: (trip.vehicle, trip.stops)))
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
                status="heuristic" if self.whole else "interrupted",
                value=float(cost),
                detail=f"{len(trips)} trips for {len(problem.stop_ids) - len(left)} of {len(problem.stop_ids)} stops",
            ),
        )

    def _alone(self, point: int) -> None:
        """Give a stop that found no room a trip of its own: the search only estimates days, the calendar knows."""
        trips = [RoutedTrip(vehicle=vehicle.id, stops=(point,)) for vehicle in serving(self.problem, point)]
        self.trips.append(min(trips, key=lambda trip: (self._price(trip), trip.vehicle)))

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
                    remedy=f"write 'split: true' at the household, or station a larger vehicle at {hub}",
                )  # fmt: skip
            else:
                yield Left(
                    household=name, reason="time",
                    detail=f"no trip from {hub} to it and back fits its windows, the shift and the longest trip"
                    f" ({problem.legs_m([point])[0] / 1000:.0f} km away)",
                    remedy="widen its window, lengthen the longest trip, or serve it from a nearer hub",
                )  # fmt: skip


def parts(problem: RichProblem) -> int | None:
    """Return into how many parts a search is cut; none where the search decides."""
    return -(-problem.n_stops // PART_STOPS) if isinstance(problem, WideProblem) else None


def serving(problem: RoutingProblem, point: int) -> list[VehicleClass]:
    """Return the vehicle classes that can make a trip to ``point`` alone."""
    return [
        vehicle
        for vehicle in problem.vehicles
        if problem.access[point] in vehicle.access
        and _carries(problem, vehicle, point)
        and best_load_s(problem, vehicle, (point,)) is not None
    ]


def classes_for(problem: RoutingProblem, point: int) -> int:
    """Return the bits of the classes that can serve ``point``; 0 where nobody is home on any day."""
    if not problem.days[point]:
        return 0
    able = {vehicle.id for vehicle in serving(problem, point)}
    return sum(1 << number for number, vehicle in enumerate(problem.vehicles) if vehicle.id in able)


def _carries(problem: RoutingProblem, vehicle: VehicleClass, point: int) -> bool:
    return (
        int(problem.weight_g[point]) <= vehicle.max_weight_g
        and int(problem.volume_ml[point]) <= vehicle.max_volume_ml
        and int(problem.baskets[point]) <= vehicle.max_baskets
    )
