"""Calendar: which vehicle makes which trip on which day.

Per hub: every trip gets a day on which all its stops can be served and its baskets are ready, in a vehicle's
day that holds it (shift, trips a day, breaks, windows). Goals in order: what storage and shelf life make due;
most baskets placed, weighted by priority; least cost of vehicle-days; early, priority first; hours and baskets spread
evenly over vehicles, each in its own part of town. Where somebody is left without a place, trips are split and
changed to make room (:mod:`~basketplan.solve.calendar.rescue`), then put together anew
(:mod:`~basketplan.solve.calendar.variants`). Hubs share nothing, so each is taken by itself, several at a time.
Dates are chosen after duties (:mod:`~basketplan.solve.calendar.models`) and vehicles after dates
(:mod:`~basketplan.solve.calendar.balance`): only the lower goals can lose by that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import cos, radians

import numpy as np

from basketplan.plan.types import StageReport
from basketplan.programme.types import Programme
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.solve.calendar.balance import Load, share_out
from basketplan.solve.calendar.clock import Clock
from basketplan.solve.calendar.earlier import EarlierDuty
from basketplan.solve.calendar.greedy import Board
from basketplan.solve.calendar.hub import decide, report, report_anew
from basketplan.solve.calendar.jobs import Case, Duty, Fleet, Job, hub_case, make_job
from basketplan.solve.calendar.rescue import insert, reasons, split, trade
from basketplan.solve.calendar.solver import Budget
from basketplan.solve.calendar.stock import ready
from basketplan.solve.calendar.variants import recompose
from basketplan.solve.types import (
    Allocation,
    Effort,
    Left,
    RoutingProblem,
    RoutingSolution,
    Schedule,
    ScheduledTrip,
)

__all__ = ["EarlierDuty", "ready", "schedule"]

DEGREE_M = 111_195.0
"""Metres of a degree of latitude."""

ROUNDS = 2
"""Most times that the trips of a hub are put together anew."""

Breaks = dict[tuple[str, str, int, int], tuple[tuple[int, int], ...]]


def schedule(
    programme: Programme,
    allocation: Allocation,
    problems: Mapping[str, RoutingProblem],
    solutions: Mapping[str, RoutingSolution],
    effort: Effort,
    *,
    seed: int = 0,
    workers: int = 1,
    reporter: Reporter | None = None,
    start: Mapping[str, Sequence[EarlierDuty]] | None = None,
) -> Schedule:
    """Return vehicle, day and start of each trip.

    Parameters
    ----------
    problems, solutions
        Of the hubs, from routing. Stops of a problem that are in none of its trips are taken along where a trip
        has room; those who are not are not mentioned again.
    effort
        ``calendar_work`` is shared by the hubs in proportion to their trips; ``calendar_s`` only guards.
    workers
        Hubs at a time; the result does not depend on it.
    reporter
        When it says stop, the best calendar so far is returned, at least the greedy one.
    start
        Hub → vehicles' days of an earlier plan, to begin from.

    Returns
    -------
    Schedule
        ``left`` holds the households of trips that found no place, one report per hub.
    """
    teller = reporter if reporter is not None else QuietReporter()
    spans = ready(allocation, programme)
    hubs = [hub for hub in sorted(solutions) if hub in problems]
    total = sum(len(solutions[hub].trips) for hub in hubs)
    until = time.monotonic() + effort.calendar_s
    trips: list[ScheduledTrip] = []
    breaks: Breaks = {}
    left: list[Left] = []
    reports: list[StageReport] = []
    done = 0

    def one(hub: str) -> _Made:
        # What one hub does not need is not passed on: each hub's calendar depends on that hub alone.
        work = effort.calendar_work * len(solutions[hub].trips) / max(1, total)
        case = hub_case(programme, problems[hub], spans, allocation.due.get(hub, ()))
        return _hub(case, solutions[hub], Budget(work, until, seed, teller), (start or {}).get(hub, ()))

    with ThreadPoolExecutor(max(1, workers)) as pool:
        for hub, made in zip(hubs, pool.map(one, hubs), strict=True):
            trips += made.trips
            breaks |= made.breaks
            left += made.left
            reports.append(made.report)
            done += len(solutions[hub].trips)
            teller.update(Progress(stage="calendar", message=hub, done=done, total=total))
    teller.update(Progress(stage="calendar", message="done", done=done, total=total))
    return Schedule(
        trips=tuple(sorted(trips, key=lambda t: (t.day, t.hub, t.vehicle, t.load_s, t.unit, t.households))),
        breaks=dict(sorted(breaks.items())),
        left=tuple(sorted(left, key=lambda item: item.household)),
        reports=tuple(reports),
    )


@dataclass(frozen=True)
class _Made:
    """The calendar of a hub."""

    trips: list[ScheduledTrip]
    breaks: Breaks
    left: list[Left]
    report: StageReport


def _hub(case: Case, solution: RoutingSolution, budget: Budget, before: Sequence[EarlierDuty]) -> _Made:
    """Return the calendar of one hub."""
    jobs = [make_job(case, trip.vehicle, trip.stops) for trip in solution.trips]
    jobs.sort(key=lambda job: (job.vehicle, -job.clock.shortest_s if job.clock.pieces else 0, job.stops))
    decision = decide(case, jobs, budget, before)
    told = report(case, jobs, decision)
    board = Board(case, jobs)
    for duty in decision.duties:
        board.add(duty)
    placed = {index for duty in decision.duties for index in duty.jobs}
    lost = sorted((i for i in range(len(jobs)) if i not in placed), key=lambda i: (-jobs[i].weight, i))
    state = _State(case, solution, budget, jobs, board)
    left = state.rescue(lost)
    for _ in range(ROUNDS):
        better = recompose(case, state.jobs, state.board.duties(), state.missing(), budget)
        if better is None:
            break
        state.jobs, state.board = better[0], Board(case, better[0])
        for duty in better[1]:
            state.board.add(duty)
        left = state.rescue(state.lost())
        told = report_anew(case, state.jobs, state.board.duties(), interrupted=budget.stopped)
    trips, breaks = _timed(case, state.jobs, state.board.duties())
    return _Made(trips, breaks, left, told)


@dataclass
class _State:
    """A hub's calendar while those without a place are looked after."""

    case: Case
    solution: RoutingSolution
    budget: Budget
    jobs: list[Job]
    board: Board

    def served(self) -> set[int]:
        """Return the points that have a place."""
        return {stop for duty in self.board.duties() for index in duty.jobs for stop in self.jobs[index].stops}

    def missing(self) -> list[int]:
        """Return the points without a place for whom baskets are meant: of the trips, and whom routing left out."""
        named = {item.household for item in self.solution.left}
        meant = {point for point, name in enumerate(self.case.problem.stop_ids, start=1) if name in named}
        return sorted((meant | {point for trip in self.solution.trips for point in trip.stops}) - self.served())

    def lost(self) -> list[int]:
        """Return new jobs, one for each class of vehicles, of those whose routed trip has come to nothing."""
        gone, first = set(self.missing()), len(self.jobs)
        for vehicle in sorted(self.case.fleets):
            stops = [s for trip in self.solution.trips if trip.vehicle == vehicle for s in trip.stops if s in gone]
            if stops:
                self.jobs.append(make_job(self.case, vehicle, stops))
        return list(range(first, len(self.jobs)))

    def rescue(self, lost: Sequence[int]) -> list[Left]:
        """Find places for the stops of jobs ``lost``, then for those in no trip; return who of ``lost`` has none."""
        case, board, jobs, budget = self.case, self.board, self.jobs, self.budget
        left: list[Left] = []
        waiting = [(jobs[index].vehicle, point) for index in lost for point in split(case, board, jobs, index)]
        for vehicle, point in waiting:
            if budget.stopped or not (insert(case, board, jobs, point) or trade(case, board, jobs, point)):
                left += reasons(case, board, vehicle, [point], stopped=budget.stopped)
        others = set(range(1, len(case.problem.stop_ids) + 1)) - {s for trip in self.solution.trips for s in trip.stops}
        for point in sorted(others - self.served(), key=lambda one: (-int(case.problem.priority[one]), one)):
            if not budget.stopped:
                insert(case, board, jobs, point)
        return left


def _timed(case: Case, jobs: list[Job], duties: tuple[Duty, ...]) -> tuple[list[ScheduledTrip], Breaks]:
    """Give each duty its vehicle, and each trip its start; return the breaks as well."""
    result = []
    breaks: Breaks = {}
    for vehicle, fleet in sorted(case.fleets.items()):
        mine = [duty for duty in duties if duty.vehicle == vehicle]
        indices = [index for duty in mine for index in duty.jobs]
        own = {index: place for place, index in enumerate(indices)}
        held = share_out(
            [_load(case, jobs[index]) for index in indices],
            [(duty.day, [own[index] for index in duty.jobs]) for duty in mine],
            fleet.vehicle.number,
            _fits(fleet, [jobs[index].clock for index in indices]),
        )
        for duty in held:
            made = [jobs[indices[trip]] for trip in duty.trips]
            times = fleet.arranger.arrange([job.clock for job in made])
            assert times is not None  # duties are only put together where this holds
            if times.breaks:
                breaks[case.hub, vehicle, duty.unit, duty.day] = times.breaks
            for job, (load_s, _) in zip(made, times.trips, strict=True):
                households = tuple(case.problem.stop_ids[stop - 1] for stop in job.stops)
                result.append(
                    ScheduledTrip(
                        hub=case.hub, vehicle=vehicle, unit=duty.unit, day=duty.day, load_s=load_s,
                        households=households,
                    )
                )  # fmt: skip
    return result, breaks


def _fits(fleet: Fleet, clocks: list[Clock]) -> Callable[[Sequence[int]], bool]:
    """Return what tells whether one vehicle can make these trips, as indices, in one day."""
    return lambda trips: fleet.arranger.fits([clocks[trip] for trip in trips])


def _load(case: Case, job: Job) -> Load:
    """Return a trip as its driver feels it; places are told in metres from the hub."""
    lat, lon, stops = case.problem.lat, case.problem.lon, list(job.stops)
    east = (lon[stops] - lon[0]) * DEGREE_M * cos(radians(float(lat[0])))
    return Load(
        seconds=job.clock.shortest_s,
        baskets=job.baskets,
        places=np.column_stack((east, (lat[stops] - lat[0]) * DEGREE_M)),
    )
