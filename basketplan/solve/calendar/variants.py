"""Trips put together anew where somebody is left out: other trips to the same stops may serve more.

Trips come from routing, which minimises cost and knows a vehicle's day only roughly; the calendar picks among them as
they are. Three trips that fit one by one but not together, or one long trip that takes the whole day, then leave out
somebody for whom a shorter trip would have had room. So when a hub's calendar is done and somebody is left, the best
choice is looked for among *variants* of its trips:

(1) single stops of those who are left, and every trip as it is, in every class of vehicles that may make it;
(2) each trip without one of its stops, its heads and tails, its stops one by one, and any of these with one or two of
    those who are left;
(3) in very small hubs, all sets of a few stops in their best order.

Variants without a stop in common that one vehicle can make in a day are put together to *columns*: vehicle's days, each
set of stops once, in the least time. :class:`~basketplan.solve.calendar.models.Packing` chooses among columns as if
each were one trip — those that share a stop exclude each other — from the present calendar on: least short of what is
due, most priority × baskets, then least cost of vehicle-days and trips. A choice counts only if it serves more. In all
but very small hubs, only the vehicle's days nearest to one of those who are left are given up at a time, and the others
stay. Numbers of variants, columns, solves and work are limited, so this finds much and proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations

from basketplan.solve.calendar.hub import dated, improve
from basketplan.solve.calendar.jobs import Case, Duty, Job, make_job, worth
from basketplan.solve.calendar.models import Packing
from basketplan.solve.calendar.rescue import carries
from basketplan.solve.calendar.solver import Budget

__all__ = ["recompose"]

MOST_VARIANTS = 300
"""Trips to choose from at a time, where all is given up; a third of them elsewhere."""

MOST_TRIES = 2_000
"""Sets of trips of a class of vehicles that are looked at at a time, whether they fit into one day."""

MOST_LITERALS = 4_000
"""Pairs of a column and a day on which it may go, over all columns at a time."""

FEW_STOPS = 10
"""Stops of a hub whose vehicle's days are all given up at once; elsewhere, stops of those given up at a time."""

SET = 4
"""Stops of such a set."""

NEAR = 4
"""Of those who are left, how many a trip is offered, the nearest first."""

SEEDS = 6
"""Of those who are left, how many get vehicle's days near them given up, the weightiest first."""

SHARE = 0.2
"""Of the work that is left, how much one goal of one solve may take."""

Chosen = tuple[list[Job], tuple[Duty, ...]]


@dataclass(frozen=True)
class _Column:
    """Trips that one vehicle makes in a day."""

    trips: tuple[Job, ...]
    whole: Job
    """All of them, as if they were one trip."""
    cost: int
    """Of the trips, beside the vehicle's day."""


def recompose(
    case: Case, jobs: Sequence[Job], duties: Sequence[Duty], left: Sequence[int], budget: Budget
) -> Chosen | None:
    """Return jobs and duties that serve more than ``duties`` (of ``jobs``), or none where none are found.

    Parameters
    ----------
    left
        Points of those who have no place.
    """
    waiting = [point for point in left if any(_may_go(case, vehicle, [point]) for vehicle in _classes(case))]
    if not waiting:
        return None
    held = _held(case, jobs, duties)
    found = False
    if len(_stops(held)) + len(waiting) <= FEW_STOPS:
        better = _choose(case, (), held, waiting, budget)
        held, found = better or held, better is not None
    else:
        weight = {point: make_job(case, _classes(case)[0], [point]).weight for point in waiting}
        for seed in sorted(waiting, key=lambda point: (-weight[point], point))[:SEEDS]:
            if budget.over():
                break
            if seed in _stops(held):
                continue
            stay, free = _near(case, held, seed)
            gone = [point for point in waiting if point not in _stops(held)]
            better = _choose(case, stay, free, _nearest(case, [seed], gone), budget)
            held, found = better or held, found or better is not None
    return _as_duties(case, held, budget) if found else None


Held = list[tuple[_Column, int]]
"""Vehicle's days with their days."""

_Grown = tuple[tuple[int, ...], frozenset[int], frozenset[int], int]
"""Trips by place, their stops, their common days, their seconds."""


def _held(case: Case, jobs: Sequence[Job], duties: Sequence[Duty]) -> Held:
    rows = [(duty.day, [jobs[index] for index in duty.jobs]) for duty in duties]
    return [(_column(trips, sum(_trip_cost(case, job) for job in trips)), day) for day, trips in rows]


def _stops(held: Sequence[tuple[_Column, int]]) -> set[int]:
    return {stop for column, _ in held for stop in column.whole.stops}


def _near(case: Case, held: Held, seed: int) -> tuple[Held, Held]:
    """Return vehicle's days that stay and those, the nearest, that are given up for ``seed``."""
    away = [int(case.problem.roads.between(list(column.whole.stops), seed).min()) for column, _ in held]
    free: set[int] = set()
    stops = 0
    for place in sorted(range(len(held)), key=lambda one: (away[one], one)):
        stops += len(held[place][0].whole.stops)
        if free and stops > FEW_STOPS:
            break
        free.add(place)
    return [held[i] for i in range(len(held)) if i not in free], [held[i] for i in sorted(free)]


def _nearest(case: Case, stops: Sequence[int], points: Sequence[int]) -> list[int]:
    """Return ``NEAR`` of ``points``, those nearest to any of ``stops``."""
    between = case.problem.roads.between
    away = {point: int(between(list(stops), point).min()) for point in points}
    return sorted(points, key=lambda point: (away[point], point))[:NEAR]


def _choose(case: Case, stay: Held | tuple[()], free: Held, waiting: Sequence[int], budget: Budget) -> Held | None:
    """Return vehicle's days that serve more than ``stay`` and ``free`` do, with all of the former, or none."""
    if budget.over():
        return None
    pool = _Pool(case, [job for column, _ in free for job in column.trips])
    pool.fill(waiting, alone=not stay)
    columns = [column for column, _ in (*stay, *free)]
    start = tuple(
        Duty(column.whole.vehicle, day, (number,)) for number, (column, day) in enumerate((*stay, *free))
    )  # fmt: skip
    literals = 0
    for column in pool.columns():
        literals += len(column.whole.days)
        if literals > MOST_LITERALS:
            break
        columns.append(column)
    jobs = [column.whole for column in columns]
    packing = _packing(case, columns, start[: len(stay)])
    packing.aim_at_service()
    found, _, _ = improve(packing, start, budget, budget.work * SHARE)
    short, negative, _, _ = worth(case, jobs, found)
    if (short, negative) >= worth(case, jobs, start)[:2]:
        return None
    packing = _packing(case, columns, start[: len(stay)])
    packing.keep_service(short, -negative)
    packing.aim_at_cost()
    found, _, _ = improve(packing, found, budget, budget.work * SHARE)
    return [(columns[duty.jobs[0]], duty.day) for duty in found]


def _packing(case: Case, columns: Sequence[_Column], stay: Sequence[Duty]) -> Packing:
    """Return the model of a choice among columns, of which ``stay`` are chosen already."""
    jobs = [column.whole for column in columns]
    packing = Packing(
        case, jobs, range(len(jobs)), (), placed=False, trip_costs=[column.cost for column in columns]
    )  # fmt: skip
    packing.hold(stay)
    return packing


def _column(trips: Sequence[Job], cost: int) -> _Column:
    load: dict[str, int] = {}
    for job in trips:
        for basket, count in job.load.items():
            load[basket] = load.get(basket, 0) + count
    whole = Job(
        vehicle=trips[0].vehicle,
        stops=tuple(stop for job in trips for stop in job.stops),
        days=tuple(sorted(set.intersection(*(set(job.days) for job in trips)))),
        load=load,
        baskets=sum(job.baskets for job in trips),
        weight=sum(job.weight for job in trips),
        clock=trips[0].clock,  # that all fit into a day is known already
    )
    return _Column(tuple(trips), whole, cost)


def _as_duties(case: Case, held: Held, budget: Budget) -> Chosen:
    """Return jobs and duties of the vehicle's days, on the earliest days."""
    jobs: list[Job] = []
    duties = []
    for column, day in held:
        duties.append(Duty(column.whole.vehicle, day, tuple(range(len(jobs), len(jobs) + len(column.trips)))))
        jobs += column.trips
    short = worth(case, jobs, duties)[0]
    return jobs, dated(case, jobs, tuple(duties), short, budget)[0]


def _trip_cost(case: Case, job: Job) -> int:
    """Return what a trip costs beside the vehicle's day."""
    from basketplan.solve.routing.timing import trip_cost_centimes  # the search that its package loads is not needed

    item = case.fleets[job.vehicle].vehicle
    return trip_cost_centimes(item, sum(case.problem.legs_m(job.stops)), job.clock.shortest_s)


def _classes(case: Case) -> list[str]:
    return [vehicle for vehicle, fleet in sorted(case.fleets.items()) if fleet.vehicle.number]


def _may_go(case: Case, vehicle: str, stops: Sequence[int]) -> Job | None:
    """Return the job of ``vehicle`` visiting ``stops`` in this order, if that is within its rules on some day."""
    item = case.fleets[vehicle].vehicle
    if any(case.problem.access[stop] not in item.access for stop in stops) or not carries(case, item, stops):
        return None
    job = make_job(case, vehicle, stops)
    return job if job.days and job.clock.pieces else None


class _Pool:
    """Variants while they are collected: each once, up to the limits."""

    def __init__(self, case: Case, made: Sequence[Job]) -> None:
        self.case = case
        self.jobs = list(made)
        self._made = list(made)
        self._costs: dict[Job, int] = {}
        self._known = {(job.vehicle, job.stops) for job in made}

    def fill(self, left: Sequence[int], *, alone: bool) -> None:
        """Add variants of the trips made and for those who are ``left``; more if no other trip stays (``alone``)."""
        points = sorted({*left, *(stop for job in self._made for stop in job.stops)})
        few = alone and len(points) <= FEW_STOPS + NEAR
        most = MOST_VARIANTS if alone else MOST_VARIANTS // 3
        for stops in self._candidates(left, points if few else ()):
            if len(self.jobs) >= most:
                return
            for vehicle in _classes(self.case):
                self._offer(vehicle, stops)

    def columns(self) -> Iterator[_Column]:
        """Yield the vehicle's days that variants make, each set of stops of a class once, small ones first."""
        found: list[_Column] = []
        for vehicle in _classes(self.case):
            found += self._columns([job for job in self.jobs if job.vehicle == vehicle], vehicle)
        yield from sorted(found, key=lambda column: len(column.trips))

    def _columns(self, jobs: Sequence[Job], vehicle: str) -> list[_Column]:
        item, fits = self.case.fleets[vehicle].vehicle, self.case.fleets[vehicle].arranger.fits
        lengths = [job.clock.shortest_s for job in jobs]
        stops_of, days_of = [frozenset(job.stops) for job in jobs], [frozenset(job.days) for job in jobs]
        best: dict[frozenset[int], tuple[int, tuple[int, ...]]] = {}
        level: list[_Grown] = [
            ((place,), stops_of[place], days_of[place], lengths[place]) for place in range(len(jobs))
        ]
        tries = 0
        while level:
            further: list[_Grown] = []
            for places, stops, days, length in level:
                if stops in best and best[stops][0] <= length:
                    continue
                best[stops] = length, places
                for place in range(places[-1] + 1, len(jobs)) if len(places) < item.trips_per_day else ():
                    if tries >= MOST_TRIES or not stops.isdisjoint(stops_of[place]) or days.isdisjoint(days_of[place]):
                        continue
                    both, longer = stops | stops_of[place], length + lengths[place]
                    if both in best and best[both][0] <= longer:
                        continue
                    tries += 1
                    if fits([jobs[one].clock for one in (*places, place)]):
                        further.append(((*places, place), both, days & days_of[place], longer))
            level = further
        return [_column([jobs[place] for place in places], self._cost(places, jobs)) for _, places in best.values()]

    def _cost(self, places: Sequence[int], jobs: Sequence[Job]) -> int:
        """Return what trips cost beside the vehicle's day."""
        for place in places:
            if jobs[place] not in self._costs:
                self._costs[jobs[place]] = _trip_cost(self.case, jobs[place])
        return sum(self._costs[jobs[place]] for place in places)

    def _offer(self, vehicle: str, stops: tuple[int, ...]) -> None:
        if (vehicle, stops) in self._known:
            return
        self._known.add((vehicle, stops))
        job = _may_go(self.case, vehicle, stops)
        if job is not None:
            self.jobs.append(job)

    def _candidates(self, left: Sequence[int], few: Sequence[int]) -> Iterator[tuple[int, ...]]:
        yield from ((point,) for point in left)
        near = sorted((self._distance(job, left), place) for place, job in enumerate(self._made))
        ordered = [self._made[place].stops for _, place in near]
        yield from ordered
        yield from self._small_sets(few)
        for stops in ordered:
            yield from _in_turn([_parts(stops), self._with_one(stops, left), self._with_two(stops, left)])

    def _distance(self, job: Job, left: Sequence[int]) -> int:
        """Return the metres from a trip's stops to the nearest of those who are left."""
        rows = [[stop] for stop in job.stops]
        return int(self.case.problem.roads.between(rows, list(left)).min())

    def _small_sets(self, points: Sequence[int]) -> Iterator[tuple[int, ...]]:
        """Yield sets of up to ``SET`` points, each in its shortest order and, with windows, in its quickest ones."""
        for size in range(1, SET + 1):
            for chosen in combinations(points, size):
                yield from self._orders(chosen)

    def _orders(self, chosen: tuple[int, ...]) -> list[tuple[int, ...]]:
        """Return orders worth looking at: the shortest, and per class the quickest and the one that is back first."""
        problem = self.case.problem
        orders = list(permutations(chosen))
        result = [min(orders, key=lambda stops: (sum(problem.legs_m(stops)), stops))]
        if not problem.drive_tables_s and not any(problem.windows[stop] for stop in chosen):
            return result
        for vehicle in _classes(self.case):
            timed = [
                (job.clock.shortest_s, job.clock.pieces[0].back_s, job.stops)
                for stops in orders
                if (job := _may_go(self.case, vehicle, stops)) is not None
            ]
            if timed:
                result += [min(timed)[2], min(timed, key=lambda one: one[1:])[2]]
        return list(dict.fromkeys(result))

    def _with_one(self, stops: tuple[int, ...], left: Sequence[int]) -> Iterator[tuple[int, ...]]:
        """Yield the trip with one of those who are left, for none, one or a few of its stops."""
        near = _nearest(self.case, stops, left)
        for base in (stops, *_parts(stops)):
            yield from (self._insert(base, point) for point in near)

    def _with_two(self, stops: tuple[int, ...], left: Sequence[int]) -> Iterator[tuple[int, ...]]:
        """Yield the trip with two of those who are left, for none, one or a few of its stops."""
        pairs = list(combinations(_nearest(self.case, stops, left), 2))
        for base in (stops, *_parts(stops)):
            yield from (self._insert(self._insert(base, first), second) for first, second in pairs)

    def _insert(self, stops: tuple[int, ...], point: int) -> tuple[int, ...]:
        """Return ``stops`` with ``point`` where the detour is shortest."""
        road, path = self.case.problem.roads.between, [0, *stops, 0]
        detours = road(path[:-1], point) + road(point, path[1:]) - road(path[:-1], path[1:])
        place = int(detours.argmin())
        return (*stops[:place], point, *stops[place:])


def _in_turn(streams: Sequence[Iterator[tuple[int, ...]]]) -> Iterator[tuple[int, ...]]:
    """Yield from each stream in turn, until all are at their end."""
    waiting = list(streams)
    while waiting:
        further = []
        for stream in waiting:
            stops = next(stream, None)
            if stops is not None:
                yield stops
                further.append(stream)
        waiting = further


def _parts(stops: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Yield a trip without one of its stops, its heads and tails, and its stops one by one."""
    if len(stops) < 2:
        return
    for place in range(len(stops)):
        yield (*stops[:place], *stops[place + 1 :])
    for size in range(len(stops) - 2, 0, -1):
        yield stops[:size]
        yield stops[-size:]
    yield from ((stop,) for stop in stops)
