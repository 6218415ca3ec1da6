"""The calendar's view of one hub: jobs (trips to be placed), duties (one vehicle's day), and what they are worth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from basketplan.programme.types import Programme
from basketplan.solve.calendar.clock import Clock, trip_clock
from basketplan.solve.calendar.duty import Arranger, Rest, most_work_s
from basketplan.solve.calendar.stock import Ledger, Limit, Spans, limits
from basketplan.solve.types import RoutingProblem, VehicleClass

__all__ = ["Case", "Duty", "Fleet", "Job", "Worth", "hub_case", "make_job", "worth"]

Worth = tuple[int, int, int, int]
"""Lower is better, in this order: baskets short of what is due (by day), priority × baskets not placed (negated
placed), cost of vehicle-days, lateness (priority × baskets × day)."""


@dataclass(frozen=True, slots=True, eq=False)
class Job:
    """A trip to be placed."""

    vehicle: str
    stops: tuple[int, ...]
    """Points of the routing problem, in order."""
    days: tuple[int, ...]
    """Working days on which every stop may be served and the hub is open."""
    load: Mapping[str, int]
    """Baskets by type."""
    baskets: int
    weight: int
    """Priority × baskets."""
    clock: Clock


@dataclass(frozen=True, slots=True)
class Duty:
    """Trips that one vehicle makes on one day; ``jobs`` are indices."""

    vehicle: str
    day: int
    jobs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Fleet:
    """One vehicle class at the hub."""

    vehicle: VehicleClass
    arranger: Arranger
    most_work_s: int
    """Most seconds of trips in a day, breaks taken off."""
    day_cost: int
    """Cost of a vehicle-day; at least 1, so that fewer are better also where they are free."""


@dataclass(frozen=True, slots=True)
class Case:
    """One hub's calendar problem."""

    hub: str
    programme: Programme
    problem: RoutingProblem
    open_days: tuple[int, ...]
    n_days: int
    fleets: Mapping[str, Fleet]
    limits: tuple[Limit, ...]
    due: tuple[int, ...]
    """Baskets that must be out by the end of each day."""

    def ledger(self) -> Ledger:
        """Return a fresh ledger."""
        return Ledger(self.limits)

    def fits(self, jobs: Sequence[Job], indices: Iterable[int], vehicle: str) -> bool:
        """Tell whether one ``vehicle`` can make these jobs in one day."""
        return self.fleets[vehicle].arranger.fits([jobs[index].clock for index in indices])


def hub_case(programme: Programme, problem: RoutingProblem, spans: Spans, due: Sequence[int]) -> Case:
    """Return the calendar problem of one hub."""
    n_days = len(programme.working_days)
    open_dates = set(programme.hub_days(programme.hub[problem.hub]))
    needed: dict[str, int] = {}
    for household in problem.stop_ids:
        for basket, count in programme.household[household].baskets.items():
            needed[basket] = needed.get(basket, 0) + count
    rows = [
        row
        for basket in sorted(needed)
        for row in limits(basket, spans.get((problem.hub, basket), ()), n_days, needed[basket])
    ]
    return Case(
        hub=problem.hub,
        programme=programme,
        problem=problem,
        open_days=tuple(day for day, date in enumerate(programme.working_days) if date in open_dates),
        n_days=n_days,
        fleets={item.id: _fleet(programme, item) for item in problem.vehicles},
        limits=tuple(rows),
        due=tuple(int(count) for count in due),
    )


def _fleet(programme: Programme, item: VehicleClass) -> Fleet:
    written = programme.vehicle[item.id].driver_break
    rest = None if written is None else Rest(written.duration, written.after)
    arranger = Arranger(item.shift_start_s, item.shift_end_s, item.trips_per_day, rest)
    work = most_work_s(item.shift_end_s - item.shift_start_s, rest)
    return Fleet(item, arranger, work, max(1, item.cost_per_day_centimes))


def make_job(case: Case, vehicle: str, stops: Sequence[int]) -> Job:
    """Return the job of ``vehicle`` visiting ``stops`` (points) in this order."""
    problem = case.problem
    mask = -1
    load: dict[str, int] = {}
    weight = 0
    for stop in stops:
        mask &= int(problem.days[stop])
        household = case.programme.household[problem.stop_ids[stop - 1]]
        weight += household.priority * household.total_baskets
        for basket, count in household.baskets.items():
            load[basket] = load.get(basket, 0) + count
    return Job(
        vehicle=vehicle,
        stops=tuple(stops),
        days=tuple(day for day in case.open_days if mask >> day & 1),
        load=load,
        baskets=sum(load.values()),
        weight=weight,
        clock=trip_clock(problem, case.fleets[vehicle].vehicle, stops),
    )


def worth(case: Case, jobs: Sequence[Job], duties: Iterable[Duty]) -> Worth:
    """Return what ``duties`` are worth; lower is better."""
    out = [0] * case.n_days
    weight = cost = late = 0
    for duty in duties:
        cost += case.fleets[duty.vehicle].day_cost
        for index in duty.jobs:
            out[duty.day] += jobs[index].baskets
            weight += jobs[index].weight
            late += jobs[index].weight * duty.day
    short = total = 0
    for day, count in enumerate(out):
        total += count
        short += max(0, case.due[day] - total) if day < len(case.due) else 0
    return short, -weight, cost, late
