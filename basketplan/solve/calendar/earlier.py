"""Begin from an earlier calendar: trips that are much like those of a vehicle's day then are put together again."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from basketplan.solve.calendar.greedy import Board
from basketplan.solve.calendar.jobs import Case, Duty, Job

__all__ = ["EarlierDuty", "like_before"]


@dataclass(frozen=True, kw_only=True, order=True)
class EarlierDuty:
    """One vehicle's day in an earlier plan."""

    day: dt.date
    vehicle: str
    trips: tuple[tuple[str, ...], ...]
    """Households of each trip, in the order of the trips."""


def like_before(case: Case, jobs: Sequence[Job], before: Sequence[EarlierDuty]) -> tuple[Duty, ...]:
    """Return duties on the days and with the trips of ``before`` as far as all rules allow, and the rest where it fits.

    A trip is like an earlier one of the same class of vehicles when no other has more of its households.
    """
    board = Board(case, jobs)
    days = {date: number for number, date in enumerate(case.programme.working_days)}
    trip_of = {case.problem.stop_ids[stop - 1]: index for index, job in enumerate(jobs) for stop in job.stops}
    placed: set[int] = set()
    for duty in sorted(before):
        row: list[int] = []
        for trip in duty.trips:
            shared = Counter(
                index
                for name in trip
                if (index := trip_of.get(name)) is not None
                and index not in placed
                and index not in row
                and jobs[index].vehicle == duty.vehicle
            )
            if shared:
                row.append(min(shared, key=lambda index: (-shared[index], index)))
        if row and duty.day in days and board.put_together(row, days[duty.day]):
            placed |= set(row)
    rest = [index for index, job in enumerate(jobs) if index not in placed and job.clock.pieces]
    for index in sorted(rest, key=lambda i: (len(jobs[i].days), -jobs[i].weight, -jobs[i].clock.shortest_s, i)):
        any(board.put(index, day) for day in jobs[index].days)
    return board.duties()
