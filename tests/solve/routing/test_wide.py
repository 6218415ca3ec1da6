"""Problems without a matrix of all pairs: the same roads and costs as with one, and plans that hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from basketplan.programme.types import Programme, Travel
from basketplan.solve.routing import hubs, route, routing_problem, search_problem
from basketplan.solve.routing import problem as routing_problems
from basketplan.solve.routing.blocks import block_metres
from basketplan.solve.routing.ruin import wide
from basketplan.solve.routing.ruin.kernels import cost_of
from basketplan.solve.routing.ruin.layout import LIMIT
from basketplan.solve.routing.ruin.start import first_routes
from basketplan.solve.routing.ruin.wide import WideProblem, pieces
from basketplan.solve.routing.search_problem import Translation, translate
from basketplan.solve.types import EFFORTS, RoutingProblem
from basketplan.synthetic import small_programme
from basketplan.travel.distance import block_m
from basketplan.travel.roads import PlaceRoads, TableRoads
from tests.solving import solve


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """No matrix beyond 30 stops, parts of 20."""
    monkeypatch.setattr(search_problem, "MATRIX_STOPS", 30)
    monkeypatch.setattr(routing_problems, "MATRIX_STOPS", 30)
    monkeypatch.setattr(wide, "PART_STOPS", 20)
    monkeypatch.setattr(hubs, "PART_STOPS", 20)


def programme(seed: int) -> Programme:
    return small_programme(seed, households=120, hubs=1, supply=2.0, days=6)


def hub_problem(seed: int) -> RoutingProblem:
    given = programme(seed)
    return routing_problem(given, given.hubs[0].id, sorted(given.household))


def translated(problem: RoutingProblem) -> Translation:
    every = (1 << len(problem.vehicles)) - 1
    return translate(problem, [0, *(every for _ in problem.stop_ids)])


@pytest.mark.parametrize("span", [0.001, 0.1, 3.0])
def test_compiled_roads_are_those_of_the_trips(span: float) -> None:
    rng = np.random.default_rng(1)
    lat, lon = 33 + span * rng.random(150), -8 + span * rng.random(150)
    for travel in (Travel(), Travel.model_validate({"detour": [{"ratio": 1.2}]})):
        roads = PlaceRoads(travel, lat, lon)
        points = rng.permutation(150)[:100]
        found = block_metres(roads, points)
        assert np.array_equal(found, block_m(travel, lat[points], lon[points], lat[points], lon[points]))
        assert np.array_equal(found, roads.between(points[:, None], points[None, :]))
        assert found.max() <= roads.longest_m()
        table = TableRoads(block_m(travel, lat, lon, lat, lon))
        assert np.array_equal(found, block_metres(table, points))
        assert np.array_equal(found, table.take(points).metres)
        assert np.array_equal(found, block_metres(roads.take(points), np.arange(100)))


@pytest.mark.parametrize("seed", range(4))
def test_wide_problems_cost_what_narrow_ones_do(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow = translated(hub_problem(seed)).problem
    monkeypatch.setattr(search_problem, "MATRIX_STOPS", 30)
    monkeypatch.setattr(wide, "PART_STOPS", 20)
    problem = translated(hub_problem(seed)).problem
    assert isinstance(problem, WideProblem)
    filled = problem.filled()
    for name in ("cost", "time", "length", "extra", "fleet", "windows", "prize"):
        assert np.array_equal(getattr(filled, name), getattr(narrow, name)), name
    routes = first_routes(problem, 0)
    assert cost_of(problem, routes) == cost_of(narrow, routes)
    profiles = np.zeros(len(routes.stops), dtype=np.int64)
    hub = np.full(len(routes.stops), problem.n_stops)
    assert np.array_equal(problem.arcs(profiles, hub, routes.stops), narrow.arcs(profiles, hub, routes.stops))


@pytest.mark.usefixtures("small_parts")
def test_pieces_hold_every_stop_once_and_no_vehicle_twice() -> None:
    problem = translated(hub_problem(3)).problem
    assert isinstance(problem, WideProblem)
    routes = first_routes(problem, 0)
    parts = pieces(problem, routes)
    assert np.array_equal(np.sort(np.concatenate([part.stops for part in parts])), np.arange(problem.n_stops))
    assert sum(len(part.routes) for part in parts) == len(routes)
    rooms = [part.problem.fleet[:, LIMIT] for part in parts if isinstance(part.problem, WideProblem)]
    assert (np.sum(rooms, axis=0) <= problem.fleet[:, LIMIT]).all()


@pytest.mark.usefixtures("small_parts")
@pytest.mark.parametrize("seed", range(3))
def test_plans_of_wide_hubs_are_verified(seed: int) -> None:
    assert solve(programme(seed)).plan.metrics.served > 0


@pytest.mark.usefixtures("small_parts")
def test_threads_change_nothing() -> None:
    problem = hub_problem(6)
    one, two, four = (route(problem, EFFORTS["quick"], workers=workers) for workers in (1, 2, 4))
    assert one == two == four
    assert len({stop for trip in one.trips for stop in trip.stops}) + len(one.left) == len(problem.stop_ids)


@pytest.mark.usefixtures("small_parts")
def test_more_effort_is_not_dearer() -> None:
    problem = hub_problem(5)
    little, much = (
        route(problem, replace(EFFORTS["quick"], routing_moves=moves, routing_s=1e6)).cost_centimes
        for moves in (1, 200)
    )
    assert much < little
