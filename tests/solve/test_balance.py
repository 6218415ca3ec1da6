"""Vehicles and their trips: hours and baskets even, each vehicle in its own part of town."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations

import numpy as np
import pytest

from basketplan.programme.types import Programme
from basketplan.solve.calendar.balance import Held, Load, share_out
from basketplan.synthetic import small_programme
from tests.solving import solve


def load(seconds: int, baskets: int, east: float, north: float = 0.0) -> Load:
    return Load(seconds=seconds, baskets=baskets, places=np.array([[east, north], [east + 100.0, north]]))


def always(trips: Sequence[int]) -> bool:
    return True


def sums(held: Sequence[Held], values: Sequence[float]) -> dict[int, float]:
    result: dict[int, float] = {}
    for duty in held:
        result[duty.unit] = result.get(duty.unit, 0) + sum(values[trip] for trip in duty.trips)
    return result


def test_each_vehicle_has_its_side_of_town() -> None:
    """Two vans, three days, an eastern and a western duty a day: written so that following the order mixes them."""
    sides = [1, -1, -1, 1, 1, -1]
    loads = [load(3_600, 10, side * 5_000.0) for side in sides]
    held = share_out(loads, [(place // 2, [place]) for place in range(6)], 2, always)
    east = {duty.unit for duty in held if sides[duty.trips[0]] > 0}
    west = {duty.unit for duty in held if sides[duty.trips[0]] < 0}
    assert len(east) == len(west) == 1
    assert east != west


def test_trips_of_a_day_change_vehicles_for_it() -> None:
    """Each duty has an eastern and a western trip: sides are only told apart by exchanging trips."""
    loads = [load(3_600, 10, side * 5_000.0) for side in (1, -1, 1, -1, 1, -1, 1, -1)]
    duties = [(day, trips) for day, trips in ((0, [0, 1]), (0, [2, 3]), (1, [4, 5]), (1, [6, 7]))]
    held = share_out(loads, duties, 2, always)
    assert {frozenset(trip % 2 for trip in duty.trips) for duty in held} == {frozenset({0}), frozenset({1})}
    assert {duty.unit: {trip % 2 for trip in duty.trips} for duty in held} == {
        duty.unit: {duty.trips[0] % 2} for duty in held
    }
    stay = share_out(loads, duties, 2, lambda trips: {trip % 2 for trip in trips} == {0, 1})
    assert all(len({trip % 2 for trip in duty.trips}) == 2 for duty in stay)


def test_hours_and_baskets_are_even() -> None:
    """All at one place: two long and two short days, heavy where they are short."""
    loads = [load(30_000, 10, 0), load(10_000, 30, 0), load(30_000, 10, 0), load(10_000, 30, 0)]
    held = share_out(loads, [(0, [0]), (0, [1]), (1, [2]), (1, [3])], 2, always)
    assert set(sums(held, [item.seconds for item in loads]).values()) == {40_000}
    assert set(sums(held, [item.baskets for item in loads]).values()) == {40}


def test_idle_vehicles_take_their_turn() -> None:
    held = share_out([load(10_000, 10, 0)] * 3, [(day, [day]) for day in range(3)], 3, always)
    assert {duty.unit for duty in held} == {1, 2, 3}


def test_nobody_has_two_duties_a_day_and_no_trip_is_lost() -> None:
    rng = np.random.default_rng(5)
    loads = [
        load(int(rng.integers(3_000, 9_000)), int(rng.integers(5, 40)), *rng.normal(size=2) * 4_000) for _ in range(40)
    ]
    duties = [(place % 5, [2 * place, 2 * place + 1]) for place in range(20)]
    held = share_out(loads, duties, 5, lambda trips: len(trips) <= 3)
    assert sorted(trip for duty in held for trip in duty.trips) == list(range(40))
    assert len({(duty.day, duty.unit) for duty in held}) == 20
    assert [duty.day for duty in held] == [day for day, _ in duties]
    assert max(len(duty.trips) for duty in held) <= 3


@pytest.mark.parametrize("seed", range(5))
def test_as_even_as_the_best_where_all_can_be_tried(seed: int) -> None:
    """Three vehicles, three days, single trips at one place: all 36 ways (the first day fixed) are tried."""
    rng = np.random.default_rng(seed)
    loads = [load(int(rng.integers(1_000, 9_000)), 10, 0) for _ in range(9)]
    held = share_out(loads, [(place // 3, [place]) for place in range(9)], 3, always)
    seconds = [item.seconds for item in loads]
    spread = np.var(list(sums(held, seconds).values()))
    ways = [
        np.var([seconds[unit] + seconds[3 + a[unit]] + seconds[6 + b[unit]] for unit in range(3)])
        for a in permutations(range(3))
        for b in permutations(range(3))
    ]
    assert spread <= min(ways) + 0.02 * np.mean(seconds) ** 2


def zoned(zone_change: int) -> Programme:
    """Return a programme of two zones that lie across each other at random."""
    given = small_programme(3, households=60, hubs=1, supply=3.0, days=6, rich=False)
    homes = tuple(
        home.model_copy(update={"zone": ("Nord", "Sud")[index % 2]}) for index, home in enumerate(given.households)
    )
    policy = given.policy.model_copy(update={"zone_change": zone_change})
    return given.with_households(homes).model_copy(update={"policy": policy})


def test_trips_stay_in_a_zone_where_that_is_worth_something() -> None:
    free, dear = solve(zoned(0)).plan.metrics, solve(zoned(5_000)).plan.metrics
    assert dear.served == free.served
    assert dear.trip_zone_share > free.trip_zone_share + 0.2
