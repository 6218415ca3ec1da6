"""Put trips on days by hand-made rules: quick, never fails, and the start that CP-SAT must beat."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

from basketplan.solve.calendar.jobs import Case, Duty, Job, worth
from basketplan.solve.calendar.stock import Ledger

__all__ = ["Board", "greedy"]

Rank = Callable[[Job, int], tuple[float, ...]]


class Board:
    """Duties while they are put together; every change keeps all rules."""

    def __init__(self, case: Case, jobs: Sequence[Job]) -> None:
        self.case = case
        self.jobs = jobs
        self.ledger: Ledger = case.ledger()
        self._rows: dict[tuple[str, int], list[list[int]]] = defaultdict(list)

    def put(self, index: int, day: int) -> bool:
        """Place job ``index`` on ``day`` where it leaves least room, else in another vehicle; tell if it fits."""
        job = self.jobs[index]
        row = self._row(job, day)
        if row is None:
            return False
        row.append(index)
        if len(row) == 1:
            self._rows[job.vehicle, day].append(row)
        self.ledger.book(job.load, day)
        return True

    def put_together(self, indices: Sequence[int], day: int) -> bool:
        """Place jobs of one class of vehicles on ``day`` in a vehicle of their own; tell if they fit."""
        jobs = [self.jobs[index] for index in indices]
        rows, fleet = self._rows[jobs[0].vehicle, day], self.case.fleets[jobs[0].vehicle]
        if len(rows) >= fleet.vehicle.number or any(day not in job.days or not job.clock.pieces for job in jobs):
            return False
        if not fleet.arranger.fits([job.clock for job in jobs]):
            return False
        for number, job in enumerate(jobs):
            if not self.ledger.fits(job.load, day):
                for other in jobs[:number]:
                    self.ledger.book(other.load, day, -1)
                return False
            self.ledger.book(job.load, day)
        rows.append(list(indices))
        return True

    def would_fit(self, job: Job, day: int) -> bool:
        """Tell whether ``job``, which need not be among the jobs yet, fits on ``day``."""
        return self._row(job, day) is not None

    def _row(self, job: Job, day: int) -> list[int] | None:
        """Return the duty that ``job`` would join: an empty one for a further vehicle, none if it does not fit."""
        if day not in job.days or not job.clock.pieces or not self.ledger.fits(job.load, day):
            return None
        rows = self._rows[job.vehicle, day]
        fleet = self.case.fleets[job.vehicle]
        fitting = [
            (sum(self.jobs[other].clock.shortest_s for other in row), -number)
            for number, row in enumerate(rows)
            if fleet.arranger.fits([*(self.jobs[other].clock for other in row), job.clock])
        ]
        if fitting:
            return rows[-max(fitting)[1]]
        if len(rows) < fleet.vehicle.number and fleet.arranger.fits([job.clock]):
            return []
        return None

    def swap(self, jobs: list[Job], index: int, job: Job) -> bool:
        """Let ``job`` take the place of job ``index`` (of ``jobs``, which the board reads); tell if it fits."""
        fleet = self.case.fleets[job.vehicle]
        for (vehicle, day), rows in self._rows.items():
            for row in rows:
                if vehicle != job.vehicle or index not in row:
                    continue
                if day not in job.days or not job.clock.pieces:
                    return False
                if not fleet.arranger.fits([job.clock if other == index else jobs[other].clock for other in row]):
                    return False
                self.ledger.book(jobs[index].load, day, -1)
                if self.ledger.fits(job.load, day):
                    self.ledger.book(job.load, day)
                    jobs[index] = job
                    return True
                self.ledger.book(jobs[index].load, day)
                return False
        return False

    def add(self, duty: Duty) -> None:
        """Take a duty as it is."""
        self._rows[duty.vehicle, duty.day].append(list(duty.jobs))
        for index in duty.jobs:
            self.ledger.book(self.jobs[index].load, duty.day)

    def duties(self) -> tuple[Duty, ...]:
        """Return what was put together, in order of day and vehicle."""
        keys = sorted(self._rows, key=lambda key: (key[1], key[0]))
        return tuple(Duty(key[0], key[1], tuple(row)) for key in keys for row in self._rows[key])


def _urgent(job: Job, day: int) -> int:
    """Return the number of days that are left for ``job``."""
    return sum(1 for other in job.days if other >= day)


_RANKS: tuple[Rank, ...] = (
    lambda job, day: (_urgent(job, day), -job.weight / max(1, job.baskets), -job.clock.shortest_s),
    lambda job, day: (_urgent(job, day), -job.clock.shortest_s),
    lambda job, day: (-job.clock.shortest_s, _urgent(job, day)),
    lambda job, day: (_urgent(job, day), -job.weight / max(1, job.clock.shortest_s)),
)


def greedy(case: Case, jobs: Sequence[Job]) -> tuple[Duty, ...]:
    """Return the best of a few greedy calendars, each filling day after day."""
    usable = [index for index, job in enumerate(jobs) if job.clock.pieces and job.days]
    found = [_fill(case, jobs, usable, rank) for rank in _RANKS]
    found.append(_scarce_first(case, jobs, usable))
    return min(found, key=lambda duties: worth(case, jobs, duties))


def _fill(case: Case, jobs: Sequence[Job], usable: Sequence[int], rank: Rank) -> tuple[Duty, ...]:
    board = Board(case, jobs)
    waiting = list(usable)
    for day in case.open_days:
        today = sorted(
            (index for index in waiting if day in jobs[index].days), key=lambda index: (*rank(jobs[index], day), index)
        )
        placed = {index for index in today if board.put(index, day)}
        waiting = [index for index in waiting if index not in placed]
    return board.duties()


def _scarce_first(case: Case, jobs: Sequence[Job], usable: Sequence[int]) -> tuple[Duty, ...]:
    """Place the jobs with the fewest days first, each on the earliest day on which the fewest others may go."""
    board = Board(case, jobs)
    crowd = Counter(day for index in usable for day in jobs[index].days)
    for index in sorted(usable, key=lambda i: (len(jobs[i].days), -jobs[i].weight, -jobs[i].clock.shortest_s, i)):
        scarce = len(jobs[index].days) < len(case.open_days)
        for day in sorted(jobs[index].days, key=lambda d: (crowd[d], d) if scarce else (0, d)):
            if board.put(index, day):
                break
    return board.duties()
