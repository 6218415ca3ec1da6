"""Calendar: which vehicle makes which trip on which day.

Per hub: every trip gets a day on which all its stops can be served and its baskets are ready, in a vehicle's
day that holds it (shift, trips a day, breaks, windows). Goals in order: what storage and shelf life make due;
most baskets placed, weighted by priority; least cost of vehicle-days; early, priority first; hours spread
evenly over vehicles. Hubs share nothing, so taking them one by one loses nothing. Dates are chosen after duties
(:mod:`~basketplan.solve.calendar.models`) and vehicles after dates (:mod:`~basketplan.solve.calendar.balance`):
only the lower goals can lose by that.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from basketplan.plan.types import StageReport
from basketplan.programme.types import Programme
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.solve.calendar.balance import assign_units
from basketplan.solve.calendar.greedy import Board
from basketplan.solve.calendar.hub import decide, report
from basketplan.solve.calendar.jobs import Case, Duty, Job, hub_case, make_job
from basketplan.solve.calendar.rescue import insert, reasons, split, trade
from basketplan.solve.calendar.solver import Budget
from basketplan.solve.calendar.stock import ready
from basketplan.solve.types import (
    Allocation,
    Effort,
    Left,
    RoutingProblem,
    RoutingSolution,
    Schedule,
    ScheduledTrip,
)

__all__ = ["ready", "schedule"]

Breaks = dict[tuple[str, str, int, int], tuple[tuple[int, int], ...]]


def schedule(
    programme: Programme,
    allocation: Allocation,
    problems: Mapping[str, RoutingProblem],
    solutions: Mapping[str, RoutingSolution],
    effort: Effort,
    *,
    seed: int = 0,
    reporter: Reporter | None = None,
) -> Schedule:
    """Return vehicle, day and start of each trip.

    Parameters
    ----------
    problems, solutions
        Of the hubs, from routing. Stops of a problem that are in none of its trips are taken along where a trip
        has room; those who are not are not mentioned again.
    effort
        ``calendar_work`` is shared by the hubs in proportion to their trips; ``calendar_s`` only guards.
    reporter
        When it says stop, the best calendar so far is returned, at least the greedy one.

    Returns
    -------
    Schedule
        ``left`` holds the households of trips that found no place, one report per hub.
    """
    teller = reporter if reporter is not None else QuietReporter()
    spans = ready(allocation, programme)
    hubs = [hub for hub in sorted(solutions) if hub in problems]
    total = sum(len(solutions[hub].trips) for hub in hubs)
    budget = Budget(0.0, time.monotonic() + effort.calendar_s, seed, teller)
    trips: list[ScheduledTrip] = []
    breaks: Breaks = {}
    left: list[Left] = []
    reports: list[StageReport] = []
    done = 0
    for hub in hubs:
        count = len(solutions[hub].trips)
        teller.update(Progress(stage="calendar", message=hub, done=done, total=total))
        # What one hub does not need is not passed on: each hub's calendar depends on that hub alone.
        budget.work = effort.calendar_work * count / max(1, total)
        case = hub_case(programme, problems[hub], spans, allocation.due.get(hub, ()))
        made, told = _hub(case, solutions[hub], budget, breaks, left)
        trips += made
        reports.append(told)
        done += count
    teller.update(Progress(stage="calendar", message="done", done=done, total=total))
    return Schedule(
        trips=tuple(sorted(trips, key=lambda t: (t.day, t.hub, t.vehicle, t.load_s, t.unit, t.households))),
        breaks=dict(sorted(breaks.items())),
        left=tuple(sorted(left, key=lambda item: item.household)),
        reports=tuple(reports),
    )


def _hub(
    case: Case, solution: RoutingSolution, budget: Budget, breaks: Breaks, left: list[Left]
) -> tuple[list[ScheduledTrip], StageReport]:
    """Return the trips of one hub with its report; adds to ``breaks`` and ``left``."""
    jobs = [make_job(case, trip.vehicle, trip.stops) for trip in solution.trips]
    jobs.sort(key=lambda job: (job.vehicle, -job.clock.shortest_s if job.clock.pieces else 0, job.stops))
    decision = decide(case, jobs, budget)
    told = report(case, jobs, decision)
    board = Board(case, jobs)
    for duty in decision.duties:
        board.add(duty)
    placed = {index for duty in decision.duties for index in duty.jobs}
    lost = sorted((i for i in range(len(jobs)) if i not in placed), key=lambda i: (-jobs[i].weight, i))
    waiting = [(jobs[index].vehicle, point) for index in lost for point in split(case, board, jobs, index)]
    for vehicle, point in waiting:
        if budget.stopped or not (insert(case, board, jobs, point) or trade(case, board, jobs, point)):
            left += reasons(case, board, vehicle, [point], stopped=budget.stopped)
    routed = {point for trip in solution.trips for point in trip.stops}
    others = [point for point in range(1, len(case.problem.stop_ids) + 1) if point not in routed]
    for point in sorted(others, key=lambda one: (-int(case.problem.priority[one]), one)):
        if not budget.stopped:
            insert(case, board, jobs, point)
    return _timed(case, jobs, board.duties(), breaks), told


def _timed(case: Case, jobs: list[Job], duties: tuple[Duty, ...], breaks: Breaks) -> list[ScheduledTrip]:
    """Give each duty its vehicle, and each trip its start."""
    result = []
    for vehicle, fleet in sorted(case.fleets.items()):
        mine = [duty for duty in duties if duty.vehicle == vehicle]
        times = []
        for duty in mine:
            day = fleet.arranger.arrange([jobs[index].clock for index in duty.jobs])
            assert day is not None  # duties are only put together where this holds
            times.append(day)
        work = [(duty.day, sum(b - a for a, b in day.trips)) for duty, day in zip(mine, times, strict=True)]
        for duty, day, unit in zip(mine, times, assign_units(work, fleet.vehicle.number), strict=True):
            if day.breaks:
                breaks[case.hub, vehicle, unit, duty.day] = day.breaks
            for index, (load_s, _) in zip(duty.jobs, day.trips, strict=True):
                households = tuple(case.problem.stop_ids[stop - 1] for stop in jobs[index].stops)
                result.append(
                    ScheduledTrip(
                        hub=case.hub, vehicle=vehicle, unit=unit, day=duty.day, load_s=load_s, households=households
                    )
                )
    return result
