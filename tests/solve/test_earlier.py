"""A calendar that begins from an earlier one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from basketplan.plan.types import Plan
from basketplan.programme.types import Programme
from basketplan.scenarios.reuse import Warm
from basketplan.solve.calendar.earlier import EarlierDuty, like_before
from basketplan.solve.calendar.jobs import Case, Duty, Job, hub_case, make_job, worth
from basketplan.solve.routing import routing_problem
from basketplan.synthetic import small_programme
from tests.solving import solve


def at_hub(programme: Programme, plan: Plan, hub: str) -> tuple[Case, list[Job]]:
    """Return the calendar problem of a hub whose baskets are all ready at once, with the trips of ``plan``."""
    trips = [trip for trip in plan.trips if trip.hub == hub]
    problem = routing_problem(programme, hub, sorted(stop.household for trip in trips for stop in trip.stops))
    case = replace(hub_case(programme, problem, {}, ()), limits=())
    point = {name: number for number, name in enumerate(problem.stop_ids, start=1)}
    return case, [make_job(case, trip.vehicle, [point[stop.household] for stop in trip.stops]) for trip in trips]


def as_told(case: Case, jobs: list[Job], duties: tuple[Duty, ...]) -> set[tuple[dt.date, str, frozenset[str]]]:
    days = case.programme.working_days
    return {
        (
            days[duty.day],
            duty.vehicle,
            frozenset(case.problem.stop_ids[stop - 1] for index in duty.jobs for stop in jobs[index].stops),
        )
        for duty in duties
    }


@pytest.mark.parametrize("seed", [1, 4, 7])
def test_the_same_trips_keep_their_days_and_vehicles(seed: int) -> None:
    programme = small_programme(seed, households=24, cooperatives=2, products=3, days=4, rich=False, supply=1.5)
    plan = solve(programme).plan
    warm = Warm.of(plan, "x", {})
    for hub, before in warm.duties.items():
        case, jobs = at_hub(programme, plan, hub)
        again = like_before(case, jobs, before)
        assert as_told(case, jobs, again) == {
            (duty.day, duty.vehicle, frozenset(name for trip in duty.trips for name in trip)) for duty in before
        }


def test_days_that_are_gone_and_strangers_do_no_harm() -> None:
    programme = small_programme(3, households=24, cooperatives=2, products=3, days=4, rich=False, supply=1.5)
    plan = solve(programme).plan
    hub = plan.trips[0].hub
    case, jobs = at_hub(programme, plan, hub)
    vehicle = plan.trips[0].vehicle
    strange = [
        EarlierDuty(day=dt.date(1999, 1, 1), vehicle=vehicle, trips=((case.problem.stop_ids[0],),)),
        EarlierDuty(day=programme.working_days[0], vehicle="gone", trips=(tuple(case.problem.stop_ids),)),
        EarlierDuty(day=programme.working_days[0], vehicle=vehicle, trips=(("nobody",), tuple(case.problem.stop_ids))),
    ]
    duties = like_before(case, jobs, strange)
    placed = [index for duty in duties for index in duty.jobs]
    assert len(placed) == len(set(placed))
    assert all(case.fits(jobs, duty.jobs, duty.vehicle) for duty in duties)
    assert all(duty.day in jobs[index].days for duty in duties for index in duty.jobs)
    assert worth(case, jobs, duties)[1] < 0
