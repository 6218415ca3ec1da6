"""Trips put together anew where somebody is left out: hand-made hubs, and random ones against enumeration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from itertools import combinations, permutations
from random import Random
from typing import Any

import pytest

import basketplan.solve.calendar as calendar
from basketplan.programme.types import Programme
from basketplan.progress import QuietReporter
from basketplan.solve.calendar.jobs import Case, Duty, Job, hub_case, make_job, worth
from basketplan.solve.calendar.rescue import carries
from basketplan.solve.calendar.solver import Budget
from basketplan.solve.calendar.variants import recompose
from basketplan.solve.routing import routing_problem
from basketplan.solve.types import RoutedTrip
from tests.solve.tiny import supplier, tiny
from tests.solving import solve


def one_van(baskets: Mapping[str, tuple[float, float, int]], vehicles: Sequence[Mapping[str, Any]]) -> Programme:
    """Return a programme of one day of delivery; households are told by latitude, longitude and baskets."""
    people: list[dict[str, Any]] = [
        {"id": name, "lat": lat, "lon": lon, "baskets": {"box": count}} for name, (lat, lon, count) in baskets.items()
    ]
    return tiny(
        [supplier("s", 100)],
        people,
        vehicles=list(vehicles),
        policy={"service": "10 min", "service_per_basket": "5 min", "goals": ["service", "cost"]},
        calendar={"first_day": "2020-05-18", "last_day": "2020-05-19"},
    )


def served(programme: Programme, *, seed: int = 0) -> set[str]:
    return {stop.household for trip in solve(programme, seed=seed).plan.trips for stop in trip.stops}


VAN = {
    "id": "van", "name": "Van", "number": {"hub": 1}, "speed": "20 km/h", "shift": "08:00-10:00",
    "trips_per_day": 3, "loading": "5 min", "cost_per_day": "100 MAD", "max_baskets": 6,
}  # fmt: skip
BICYCLE = {
    "id": "bicycle", "name": "Bicycle", "number": {"hub": 1}, "speed": "20 km/h", "max_baskets": 1,
    "cost_per_trip": "500 MAD",
}  # fmt: skip
NEIGHBOURS = {"h1": (33.5777, -7.5496, 4), "h2": (33.5825, -7.557, 4), "h4": (33.6126, -7.6015, 1)}
"""Of nine baskets a van carries six. Routes are shortest as {h2, h4} and {h1}, which take more than two hours; so do
{h1, h4} and {h2}. {h1} and {h2} fit, which leaves out the single basket of h4 instead of four."""


def test_a_trip_gives_up_a_small_stop_for_a_large_one() -> None:
    assert served(one_van(NEIGHBOURS, [VAN])) == {"h1", "h2"}


def test_an_idle_vehicle_takes_a_stop_of_a_trip() -> None:
    """The bicycle is dear, so that no route is meant for it; it has room for h4 only, which does not lack a place."""
    assert served(one_van(NEIGHBOURS, [VAN, BICYCLE])) == {"h1", "h2", "h4"}


def hub_of(seed: int) -> tuple[Case, list[RoutedTrip]]:
    """Return a hub of four to six stops whose baskets are all ready, and random trips that each keep all rules."""
    dice = Random(f"variants-{seed}")
    fleet: list[dict[str, Any]] = [
        {
            "id": f"v{number}", "name": f"v{number}", "number": {"hub": dice.randint(1, 2)},
            "speed": f"{dice.choice([20, 30])} km/h", "shift": dice.choice(["08:00-10:00", "08:00-09:15"]),
            "trips_per_day": dice.randint(1, 3), "loading": "5 min", "max_baskets": dice.randint(3, 7),
            "access": dice.choice([["street"], ["street", "track"]]),
        }
        for number in range(dice.randint(1, 2))
    ]  # fmt: skip
    people: list[dict[str, Any]] = [
        {
            "id": f"h{number}",
            "lat": round(dice.uniform(33.53, 33.61), 4), "lon": round(dice.uniform(-7.63, -7.55), 4),
            "baskets": {"box": dice.randint(1, 3)}, "priority": dice.choice([1, 1, 1, 3]),
            "access": dice.choice(["street", "street", "track"]),
            "windows": dice.choice([[], [], [], ["08:00-08:40"], ["09:00-09:30"]]),
        }
        for number in range(dice.randint(4, 6))
    ]  # fmt: skip
    people = [{key: value for key, value in one.items() if value != []} for one in people]
    last = dice.choice(["2020-05-19", "2020-05-20"])
    programme = tiny(
        [supplier("s", 100)], people, vehicles=fleet, policy={"service": "10 min"},
        calendar={"first_day": "2020-05-19", "last_day": last, "working_days": ["tue", "wed"]},
    )  # fmt: skip
    problem = routing_problem(programme, "hub", [one["id"] for one in people])
    case = replace(hub_case(programme, problem, {}, ()), limits=())
    return case, list(_drawn(case, dice))


def _drawn(case: Case, dice: Random) -> Iterator[RoutedTrip]:
    """Yield trips to all stops that one can reach, as long as they may be."""
    rest = list(range(1, len(case.problem.stop_ids) + 1))
    dice.shuffle(rest)
    while rest:
        first, vehicle = rest.pop(0), dice.choice(sorted(case.fleets))
        stops: tuple[int, ...] = ()
        for point in (first, *rest):
            if possible(case, vehicle, (*stops, point)):
                stops = (*stops, point)
        if stops:
            yield RoutedTrip(vehicle=vehicle, stops=stops)
            rest = [point for point in rest if point not in stops]


def possible(case: Case, vehicle: str, stops: Sequence[int]) -> Job | None:
    item = case.fleets[vehicle].vehicle
    if any(case.problem.access[stop] not in item.access for stop in stops) or not carries(case, item, stops):
        return None
    job = make_job(case, vehicle, stops)
    return job if job.days and job.clock.pieces else None


def most(case: Case) -> int:
    """Return the most priority × baskets that any trips on any days serve, by enumeration."""
    points = range(1, len(case.problem.stop_ids) + 1)
    whole = frozenset(points)

    def subsets(given: frozenset[int]) -> Iterator[frozenset[int]]:
        for size in range(1, len(given) + 1):
            yield from map(frozenset, combinations(sorted(given), size))

    @cache
    def trips(vehicle: str, stops: frozenset[int]) -> list[Job]:
        return [job for order in permutations(sorted(stops)) if (job := possible(case, vehicle, order)) is not None]

    @cache
    def in_a_day(vehicle: str, stops: frozenset[int]) -> bool:
        return any(_together(case, vehicle, stops, (), trips, subsets))

    reached = {frozenset[int]()}
    for _ in case.open_days:
        for vehicle, fleet in sorted(case.fleets.items()):
            for _ in range(fleet.vehicle.number):
                reached |= {
                    before | more for before in reached for more in subsets(whole - before) if in_a_day(vehicle, more)
                }
    weight = {point: make_job(case, min(case.fleets), [point]).weight for point in points}
    return max(sum(weight[point] for point in stops) for stops in reached)


def _together(case: Case, vehicle: str, rest: frozenset[int], made: tuple[Job, ...], trips: Any, subsets: Any) -> Any:
    """Yield whether one vehicle can bring ``rest`` in one day beside the trips ``made``."""
    if not rest:
        yield case.fleets[vehicle].arranger.fits([job.clock for job in made])
    elif len(made) < case.fleets[vehicle].vehicle.trips_per_day:
        for part in subsets(rest):
            if min(rest) in part:
                for job in trips(vehicle, part):
                    yield from _together(case, vehicle, rest - part, (*made, job), trips, subsets)


def calendar_of(case: Case, trips: Sequence[RoutedTrip]) -> tuple[list[Job], list[Duty]]:
    """Return jobs, and duties of one trip each as long as there are vehicles: a start to be improved."""
    jobs = [make_job(case, trip.vehicle, trip.stops) for trip in trips]
    taken: dict[tuple[str, int], int] = {}
    duties = []
    for index, job in enumerate(jobs):
        for day in job.days:
            if taken.get((job.vehicle, day), 0) < case.fleets[job.vehicle].vehicle.number:
                taken[job.vehicle, day] = taken.get((job.vehicle, day), 0) + 1
                duties.append(Duty(job.vehicle, day, (index,)))
                break
    return jobs, duties


def check(case: Case, jobs: Sequence[Job], duties: Sequence[Duty]) -> None:
    """Assert every rule of a calendar."""
    placed = [stop for duty in duties for index in duty.jobs for stop in jobs[index].stops]
    assert len(placed) == len(set(placed))
    for duty in duties:
        assert case.fits(jobs, duty.jobs, duty.vehicle)
        for index in duty.jobs:
            assert possible(case, duty.vehicle, jobs[index].stops) is not None
            assert jobs[index].vehicle == duty.vehicle
            assert duty.day in jobs[index].days
    for vehicle, fleet in case.fleets.items():
        for day in case.open_days:
            here = [duty for duty in duties if (duty.vehicle, duty.day) == (vehicle, day)]
            assert len(here) <= fleet.vehicle.number


def budget(work: float = 6.0) -> Budget:
    return Budget(work, float("inf"), 0, QuietReporter())


@pytest.mark.parametrize("seed", range(60))
def test_tiny_hubs_serve_as_many_as_enumeration_finds(seed: int) -> None:
    """In 23 of the 60 hubs that is more than the trips that are given do."""
    case, trips = hub_of(seed)
    jobs, duties = calendar_of(case, trips)
    everybody = set(range(1, len(case.problem.stop_ids) + 1))
    left = sorted(everybody - {stop for duty in duties for index in duty.jobs for stop in jobs[index].stops})
    best = most(case)
    before = worth(case, jobs, duties)
    found = recompose(case, jobs, duties, left, budget())
    if found is None:
        assert -before[1] == best
        return
    check(case, *found)
    assert -worth(case, *found)[1] == best > -before[1]
    again = recompose(case, jobs, duties, left, budget())
    assert again is not None
    assert [(job.vehicle, job.stops) for job in again[0]] == [(job.vehicle, job.stops) for job in found[0]]
    assert again[1] == found[1]


def test_nobody_left_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(*given: Any) -> None:
        assert not given[3], "somebody is left"

    monkeypatch.setattr(calendar, "recompose", asked)
    households = {"a": (33.58, -7.59, 1), "b": (33.581, -7.59, 2)}
    van = {"id": "van", "name": "Van", "number": {"hub": 1}}
    assert served(one_van(households, [van])) == {"a", "b"}


@pytest.mark.parametrize(("work", "stopped"), [(0.0, False), (6.0, True)])
def test_without_work_or_after_a_stop_all_stays(work: float, stopped: bool) -> None:
    case, trips = hub_of(3)
    jobs, _ = calendar_of(case, trips)
    everybody = list(range(1, len(case.problem.stop_ids) + 1))
    assert recompose(case, jobs, [], everybody, budget()) is not None
    assert recompose(case, jobs, [], everybody, replace(budget(work), stopped=stopped)) is None
