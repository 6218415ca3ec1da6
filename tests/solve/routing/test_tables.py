"""Roads and times from tables: not symmetric, and different by vehicle class."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from basketplan.solve.routing import hubs, route, routing_problem, search_problem
from basketplan.solve.routing.problem import restrict
from basketplan.solve.routing.ruin import wide
from basketplan.solve.routing.timing import best_load_s, time_trip
from basketplan.solve.types import EFFORTS, RoutingProblem, VehicleClass
from basketplan.synthetic import small_programme
from basketplan.travel.roads import TableRoads

EVERY_S, SHORT_S = 900, 60


def vehicle(name: str, *, km: int = 100, hour: int = 10_000) -> VehicleClass:
    """A vehicle that holds everything and works from 8 to 20 o'clock; prices in centimes."""
    none = 10**9
    return VehicleClass(
        id=name, number=5, max_weight_g=none, max_volume_ml=none, max_baskets=none, shift_start_s=28_800,
        shift_end_s=72_000, max_trip_distance_m=none, max_trip_duration_s=43_200, trips_per_day=1, loading_s=0,
        loading_per_basket_s=0, speed_kmh=30.0, cost_per_day_centimes=100_000, cost_per_trip_centimes=0,
        cost_per_km_centimes=km, cost_per_hour_centimes=hour, access=frozenset({"street"}),
    )  # fmt: skip


def ring(n: int, forward_s: int, backward_s: int) -> np.ndarray:
    """Seconds between ``n`` points on a ring: step by step along it or against it, whichever is less."""
    step = (np.arange(n)[None, :] - np.arange(n)[:, None]) % n
    return np.minimum(step * forward_s, (-step) % n * backward_s).astype(np.int32)


def problem(n: int, vehicles: tuple[VehicleClass, ...], tables: dict[str, np.ndarray]) -> RoutingProblem:
    """``n`` stops with one basket each; every road is 1 km long."""
    metres = np.full((n + 1, n + 1), 1_000, dtype=np.int32)
    np.fill_diagonal(metres, 0)
    ones = np.append(0, np.ones(n, dtype=np.int64))
    angle = 2 * np.pi * np.arange(n + 1) / (n + 1)
    return RoutingProblem(
        hub="hub", stop_ids=tuple(f"s{k}" for k in range(n)), lat=33 + 0.01 * np.sin(angle),
        lon=-7 + 0.01 * np.cos(angle), roads=TableRoads(metres), service_s=60 * ones, weight_g=1_000 * ones,
        volume_ml=1_000 * ones, baskets=ones, priority=ones, windows=((),) * (n + 1), access=("", *["street"] * n),
        days=np.append(0, np.ones(n, dtype=np.int64)), vehicles=vehicles, n_days=1, drive_tables_s=tables,
    )  # fmt: skip


EFFORT = replace(EFFORTS["quick"], routing_moves=500, routing_s=1e6)


@pytest.mark.parametrize(("forward", "backward"), [(SHORT_S, EVERY_S), (EVERY_S, SHORT_S)])
def test_one_way_streets_are_driven_their_way(forward: int, backward: int) -> None:
    """Nine points on a ring, the hub is one: a whole round costs nine short steps, any other way more."""
    made = route(problem(8, (vehicle("van"),), {"van": ring(9, forward, backward)}), EFFORT)
    way = list(range(1, 9)) if forward == SHORT_S else list(range(8, 0, -1))
    assert [list(trip.stops) for trip in made.trips] == [way]
    assert made.distance_m == 9_000
    # 9 km at 1 MAD, and 8 min at doors with 9 min on the road at 100 MAD an hour, half a centime rounded up.
    assert made.cost_centimes == 900 + round((8 * 60 + 9 * SHORT_S) * 10_000 / 3_600)


def test_every_class_has_its_own_times() -> None:
    """One is fast along the ring, the other slow: the fast one makes the trip, whoever has its table."""
    fast, slow = ring(9, SHORT_S, SHORT_S), ring(9, EVERY_S, EVERY_S)
    vehicles = (vehicle("moto"), vehicle("van"))
    by_moto = route(problem(8, vehicles, {"moto": fast, "van": slow}), EFFORT)
    by_van = route(problem(8, vehicles, {"moto": slow, "van": fast}), EFFORT)
    assert {trip.vehicle for trip in by_moto.trips} == {"moto"}
    assert {trip.vehicle for trip in by_van.trips} == {"van"}
    assert by_moto.cost_centimes == by_van.cost_centimes


def test_a_class_without_a_table_drives_at_its_speed() -> None:
    """Every road is 1 km, 120 s at 30 km/h; the other class takes 900 s for each."""
    given = problem(8, (vehicle("moto"), vehicle("van")), {"van": np.full((9, 9), EVERY_S, dtype=np.int32)})
    assert given.legs_s(given.vehicles[0], [3, 1]) == [120, 120, 120]
    assert given.legs_s(given.vehicles[1], [3, 1]) == [EVERY_S] * 3
    assert {trip.vehicle for trip in route(given, EFFORT).trips} == {"moto"}


def test_parts_keep_their_tables() -> None:
    given = problem(8, (vehicle("van"),), {"van": ring(9, SHORT_S, EVERY_S)})
    part = restrict(given, [2, 5])
    assert part.legs_s(part.vehicles[0], [1, 2]) == given.legs_s(given.vehicles[0], [2, 5])


def test_windows_are_kept_by_the_times_of_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    """Random tables that have nothing to do with places, one matrix or several: all trips hold, nobody is forgotten."""
    rng = np.random.default_rng(4)
    base = small_programme(4, households=60, hubs=1, supply=2.0)
    given = routing_problem(base, base.hubs[0].id, sorted(base.household))
    seconds = {item.id: rng.integers(30, 600, (61, 61)).astype(np.int32) for item in given.vehicles}
    given = replace(given, drive_tables_s=seconds)
    for matrix_stops in (1_000, 20):
        monkeypatch.setattr(search_problem, "MATRIX_STOPS", matrix_stops)
        monkeypatch.setattr(wide, "PART_STOPS", 15)
        monkeypatch.setattr(hubs, "PART_STOPS", 15)
        made = route(given, EFFORT, workers=2)
        served = [stop for trip in made.trips for stop in trip.stops]
        assert sorted(served + [given.stop_ids.index(item.household) + 1 for item in made.left]) == list(range(1, 61))
        for trip in made.trips:
            item = next(one for one in given.vehicles if one.id == trip.vehicle)
            legs = [int(seconds[item.id][a, b]) for a, b in pairwise([0, *trip.stops, 0])]
            load = best_load_s(given, item, trip.stops)
            assert load is not None
            timing = time_trip(given, item, trip.stops, load)
            assert timing is not None
            drives = np.subtract((*timing.arrive_s, timing.return_s), (timing.depart_s, *timing.leave_s))
            assert drives.tolist() == legs
