"""Trips without a place: their stops in smaller trips wherever a vehicle has room, else the reason and the remedy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from basketplan.plan.types import Reason
from basketplan.solve.calendar.greedy import Board
from basketplan.solve.calendar.jobs import Case, Job, make_job
from basketplan.solve.types import Left, VehicleClass

__all__ = ["carries", "insert", "reasons", "split", "trade"]


TRIES = 8
"""Stops of a trip, the nearest first, that a trade looks at; places in a trip, the shortest way first, for one more."""


def split(case: Case, board: Board, jobs: list[Job], index: int) -> list[int]:
    """Put the stops of job ``index``, which has no place, into smaller trips.

    New jobs are added to ``jobs`` (the list that ``board`` reads). Returns the points that stay without a place.
    """
    waiting = list(jobs[index].stops)
    own = jobs[index].vehicle
    order = sorted(case.fleets, key=lambda vehicle: (vehicle != own, vehicle))
    while waiting:
        best: tuple[int, int, int, Job] | None = None
        for rank, vehicle in enumerate(order):
            for day in case.open_days:
                job = _longest(case, board, jobs, vehicle, day, waiting)
                if job is not None and (best is None or (-job.weight, day, rank) < best[:3]):
                    best = -job.weight, day, rank, job
        if best is None:
            return waiting
        jobs.append(best[3])
        board.put(len(jobs) - 1, best[1])
        waiting = [stop for stop in waiting if stop not in best[3].stops]
    return []


def insert(case: Case, board: Board, jobs: list[Job], point: int) -> bool:
    """Let a trip that goes anyway also visit ``point``, by the shortest detour that fits; tell whether one does."""
    problem, road = case.problem, case.problem.roads.between
    wanted = make_job(case, next(iter(case.fleets)), [point]).load
    places: list[tuple[int, int, int]] = []
    for duty in board.duties():
        if not int(problem.days[point]) >> duty.day & 1 or not board.ledger.fits(wanted, duty.day):
            continue
        item = case.fleets[duty.vehicle].vehicle
        for index in duty.jobs:
            stops = jobs[index].stops
            if problem.access[point] in item.access and _holds(case, item, [*stops, point]):
                path = [0, *stops, 0]
                detours = road(path[:-1], point) + road(point, path[1:]) - road(path[:-1], path[1:])
                shortest = sorted((int(metres), place) for place, metres in enumerate(detours))[:TRIES]
                places += [(metres, index, place) for metres, place in shortest]
    for _, index, place in sorted(places):
        before = jobs[index]
        stops = (*before.stops[:place], point, *before.stops[place:])
        item = case.fleets[before.vehicle].vehicle
        if carries(case, item, stops) and board.swap(jobs, index, make_job(case, before.vehicle, stops)):
            return True
    return False


def trade(case: Case, board: Board, jobs: list[Job], point: int) -> bool:
    """Give ``point`` the place of a stop that gets the same baskets and can also be served on another day.

    Who is seldom at home would otherwise lose baskets that are ready in time to those who are there every day.
    """
    problem = case.problem
    wanted = make_job(case, next(iter(case.fleets)), [point]).load
    for duty in board.duties():
        if not int(problem.days[point]) >> duty.day & 1:
            continue
        item = case.fleets[duty.vehicle].vehicle
        if problem.access[point] not in item.access:
            continue
        for index in duty.jobs:
            if _trade_in(case, board, jobs, index, point, wanted):
                return True
    return False


def _trade_in(case: Case, board: Board, jobs: list[Job], index: int, point: int, wanted: Mapping[str, int]) -> bool:
    """Try to put ``point`` into job ``index`` for one of its stops."""
    before = jobs[index]
    item = case.fleets[before.vehicle].vehicle
    near = dict(zip(before.stops, case.problem.roads.between(point, before.stops).tolist(), strict=True))
    for stop in sorted(before.stops, key=lambda one: (near[one], one))[:TRIES]:
        if make_job(case, before.vehicle, [stop]).load != wanted:
            continue
        stops = [point if one == stop else one for one in before.stops]
        if not carries(case, item, stops) or not board.swap(jobs, index, make_job(case, before.vehicle, stops)):
            continue
        single = len(jobs)
        jobs.append(make_job(case, before.vehicle, [stop]))
        if not split(case, board, jobs, single):
            return True
        board.swap(jobs, index, before)
    return False


def _longest(case: Case, board: Board, jobs: list[Job], vehicle: str, day: int, waiting: Sequence[int]) -> Job | None:
    """Return a trip to as many of the first ``waiting`` stops as one more trip of ``vehicle`` on ``day`` takes."""
    item = case.fleets[vehicle].vehicle
    problem = case.problem
    here = [stop for stop in waiting if int(problem.days[stop]) >> day & 1 and problem.access[stop] in item.access]
    low, high, found = 0, len(here) + 1, None
    while high - low > 1:
        middle = (low + high) // 2
        job = make_job(case, vehicle, here[:middle])
        if carries(case, item, here[:middle]) and board.would_fit(job, day):
            low, found = middle, job
        else:
            high = middle
    return found


def carries(case: Case, item: VehicleClass, stops: Sequence[int]) -> bool:
    """Tell whether the load and the road of a trip are within what the vehicle may do."""
    return sum(case.problem.legs_m(stops)) <= item.max_trip_distance_m and _holds(case, item, stops)


def _holds(case: Case, item: VehicleClass, stops: Sequence[int]) -> bool:
    """Tell whether the vehicle holds the baskets of ``stops``."""
    problem, points = case.problem, list(stops)
    return (
        int(np.sum(problem.weight_g[points])) <= item.max_weight_g
        and int(np.sum(problem.volume_ml[points])) <= item.max_volume_ml
        and int(np.sum(problem.baskets[points])) <= item.max_baskets
    )


def reasons(case: Case, board: Board, vehicle: str, points: Sequence[int], *, stopped: bool) -> list[Left]:
    """Return why each of these stops has no place, and what would give it one."""
    return [_reason(case, board, vehicle, point, stopped) for point in points]


def _reason(case: Case, board: Board, vehicle: str, point: int, stopped: bool) -> Left:
    problem, programme = case.problem, case.programme
    name = problem.stop_ids[point - 1]
    dates = programme.working_days
    job = make_job(case, vehicle, [point])
    fit = [day for day in job.days if board.ledger.fits(job.load, day)]
    count = f"{job.baskets} basket{'s' if job.baskets > 1 else ''}"
    reason: Reason
    if not job.days:
        reason = "days"
        detail = f"nobody is home on any of the {len(case.open_days)} days on which hub {case.hub} is open"
        remedy = f"agree on a day on which hub {case.hub} is open, or open the hub on a day on which somebody is home"
    elif not job.clock.pieces:
        reason = "time"
        detail = f"no start of a trip of {vehicle} reaches it within its windows, the shift and the longest trip"
        remedy = "widen its time window, or lengthen the shift"
    elif not fit and len(job.days) < len(case.open_days):
        reason = "days"
        detail = (
            f"somebody is home on {len(job.days)} of the {len(case.open_days)} open days, the last on "
            f"{dates[job.days[-1]]}; its {count} cannot be ready for any of them"
        )
        remedy = f"agree on a day after {dates[job.days[-1]]}, or get goods to hub {case.hub} earlier"
    elif not fit:
        reason = "assembly"
        detail = f"all baskets of its type at hub {case.hub} that are ready by {dates[job.days[-1]]} go to others"
        remedy = f"assemble {count} more at hub {case.hub} by {dates[job.days[-1]]}"
    elif stopped:
        reason = "stopped"
        detail = "planning was stopped before its trip had a place in the calendar"
        remedy = "plan again without stopping"
    else:
        item = case.fleets[vehicle].vehicle
        reason = "fleet"
        days = f"the {len(fit)} days" if len(fit) > 1 else "the only day"
        detail = f"all {item.number} {vehicle} at hub {case.hub} are taken on {days} on which its {count} could go out"
        remedy = f"one more {vehicle} at hub {case.hub} on {dates[fit[0]]}, or a delivery day more at the end"
    return Left(household=name, reason=reason, detail=detail, remedy=remedy)
