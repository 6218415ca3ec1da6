"""The search on random problems: checked by twins, never worse than its start, the same on any number of threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from basketplan.solve.routing.ruin import Budget, Found, PlainProblem, RichProblem, Routes, anneal, kernels, rich
from basketplan.solve.routing.ruin import layout as lay
from basketplan.solve.routing.ruin.anneal import ENOUGH, parts_for
from basketplan.solve.routing.ruin.kernels import Cooling, cost_of, run
from basketplan.solve.routing.ruin.neighbours import near_by_matrix, near_by_place
from basketplan.solve.routing.ruin.parts import join, split
from basketplan.solve.routing.ruin.savings import savings
from basketplan.solve.routing.ruin.squeeze import squeeze
from basketplan.solve.routing.ruin.start import first_routes, no_routes, warm_up
from basketplan.solve.routing.ruin.stream import stream
from tests.solve.routing import twin

KINDS: list[dict[str, Any]] = [
    {"clock": lay.TIMELESS},
    {"clock": lay.TIMELESS, "classes": 4, "hubs": 2},
    {"clock": lay.ADDITIVE, "classes": 3},
    {"clock": lay.ADDITIVE, "lengths": True, "days": True},
    {"clock": lay.WINDOWS, "classes": 1},
    {"clock": lay.WINDOWS, "classes": 3, "hubs": 2, "several_windows": True},
    {"clock": lay.SPANS, "classes": 1},
    {"clock": lay.SPANS, "classes": 4, "hubs": 2, "several_windows": True, "days": True, "lengths": True},
    {"clock": lay.SPANS, "classes": 2, "scarce": True},
    {"clock": lay.TIMELESS, "classes": 3, "scarce": True},
]


def solve(problem: PlainProblem | RichProblem, start: Routes, moves: int, threads: int = 1, **options: Any) -> Found:
    with ThreadPoolExecutor(threads) as pool:
        return anneal(problem, start, Budget(moves=moves), seed=options.pop("seed", 0), threads=pool, **options)


@pytest.mark.parametrize("kind", range(len(KINDS)))
@pytest.mark.parametrize("seed", range(4))
def test_rich_routes_hold_and_cost_what_is_told(kind: int, seed: int) -> None:
    problem = twin.rich(seed, **KINDS[kind])
    assert problem.flags()[lay.CLOCK] == KINDS[kind]["clock"]
    start = first_routes(problem, seed)
    begun = twin.check(problem, start)
    assert begun == cost_of(problem, start)
    found = solve(problem, start, 6_000, seed=seed, n_parts=1 + seed % 3)
    assert twin.check(problem, found.routes) == found.cost == cost_of(problem, found.routes)
    assert found.cost <= begun
    assert found.moves <= 6_100


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_rich_kernel_undoes_exactly(kind: int) -> None:
    """At no temperature every move that is not better is undone; the change told is that of the links."""
    problem = twin.rich(50 + kind, 30, **KINDS[kind])
    start = first_routes(problem, 0)
    for moves in (1, 10, 300):
        routes, delta, made = run(problem, start, stream(7, kind), Cooling(1e-9, 1e-9, moves), lambda: False)
        assert made == moves
        assert delta <= 0
        assert twin.check(problem, routes) == twin.check(problem, start) + delta


@pytest.mark.parametrize("kind", [0, 2, 4, 6, 7])
def test_the_result_does_not_depend_on_threads(kind: int) -> None:
    problem = twin.rich(3, 60, **KINDS[kind])
    start = first_routes(problem, 1)
    one, two, four = (solve(problem, start, 8_000, threads, n_parts=3) for threads in (1, 2, 4))
    assert one.cost == two.cost == four.cost
    assert one.routes.lists() == two.routes.lists() == four.routes.lists()
    other = solve(problem, start, 8_000, 1, n_parts=3, seed=1)
    assert other.routes.lists() != one.routes.lists()


def test_costs_and_times_in_one_array_are_searched_as_if_in_two() -> None:
    problem = twin.rich(4, 60, clock=lay.WINDOWS, classes=1)
    one = replace(problem, time=problem.cost)
    two = replace(one, time=problem.cost.copy())
    part = one.restrict(np.arange(0, 60, 2))
    assert part.time is part.cost
    found = [solve(item, first_routes(item, 1), 8_000, n_parts=3) for item in (one, two)]
    assert found[0].routes.lists() == found[1].routes.lists()
    assert twin.check(one, found[0].routes) == found[0].cost


@pytest.mark.parametrize("clock", [lay.TIMELESS, lay.ADDITIVE, lay.WINDOWS, lay.SPANS])
@pytest.mark.parametrize("seed", range(5))
def test_tiny_problems_are_solved_to_the_optimum(clock: int, seed: int) -> None:
    problem = twin.rich(100 + seed, 5, clock=clock, classes=1 + seed % 3, hubs=1 + seed % 2, lengths=seed == 3)
    found = solve(problem, first_routes(problem, 0), 20_000)
    assert twin.check(problem, found.routes) == twin.optimum(problem)


@pytest.mark.parametrize("seed", range(6))
def test_plain_routes(seed: int) -> None:
    problem = twin.plain(seed, 20 + 40 * seed)
    start = savings(problem)
    begun = twin.plain_cost(problem, start)
    assert begun == cost_of(problem, start)
    one, two = (solve(problem, start, 20_000, threads, n_parts=2) for threads in (1, 2))
    assert twin.plain_cost(problem, one.routes) == one.cost <= begun
    assert one.routes.lists() == two.routes.lists()


def two_towns() -> PlainProblem:
    """Return 130 stops near the hub and 120 farther on the same way, 50 to a vehicle: five are just enough.

    Every stop has its 100 neighbours in its own town.
    """
    rng = np.random.default_rng(4)
    places = np.vstack([rng.normal((3_000, 0), 30, (130, 2)), rng.normal((10_000, 0), 30, (120, 2)), (0, 0)]).round()
    near = near_by_place(places[:-1])
    apart = np.hypot(*np.moveaxis(places[:-1][:, None, :] - places[near], 2, 0))
    return PlainProblem(
        places=places,
        need=np.ones(250, dtype=np.int64),
        capacity=50,
        near=near,
        near_cost=np.floor(apart + 0.5).astype(np.int32),
    )


def test_room_travels_between_towns(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = two_towns()
    start = savings(problem)
    assert len(start) == 6
    found = solve(problem, start, 100_000)
    assert twin.plain_cost(problem, found.routes) == found.cost
    assert len(found.routes) == 5
    monkeypatch.setattr(kernels, "BY_CHANCE", 0)
    assert len(solve(problem, start, 100_000).routes) == 6


@pytest.mark.parametrize("kind", ["plain", "rich"])
def test_searches_side_by_side_do_not_depend_on_threads(kind: str) -> None:
    problem = twin.plain(2, 20) if kind == "plain" else twin.rich(4, 8, clock=lay.TIMELESS, classes=3)
    start = savings(problem) if isinstance(problem, PlainProblem) else first_routes(problem, 0)
    moves = ENOUGH * problem.n_stops
    one, two, four = (solve(problem, start, moves, threads) for threads in (1, 2, 4))
    assert one.routes.lists() == two.routes.lists() == four.routes.lists()
    assert one.cost == two.cost == four.cost == cost_of(problem, one.routes)
    assert one.cost <= cost_of(problem, start)
    assert moves <= one.moves <= 1.05 * moves


def test_the_fast_path_finds_what_the_full_kernel_finds() -> None:
    problem = twin.plain(11, 7, capacity=18)
    apart = np.hypot(*np.moveaxis(problem.places[:, None] - problem.places[None], 2, 0))
    rich = twin.rich(0, 7, clock=lay.TIMELESS, classes=1)
    fleet = rich.fleet.copy()
    fleet[:, lay.CAP], fleet[:, lay.CAP2], fleet[:, lay.CAP3], fleet[:, lay.FIXED] = 18, 10**6, 10**6, 0
    rich = replace(
        rich,
        need=np.column_stack((problem.need, problem.need * 0, problem.need * 0)),
        may=np.ones(7, dtype=np.int64),
        fleet=fleet,
        cost=np.floor(apart + 0.5).astype(np.int32)[None],
        extra=np.zeros((1, 7), dtype=np.int32),
        near=problem.near,
    )
    best = twin.optimum(rich)
    assert solve(problem, savings(problem), 3_000).cost == best
    assert solve(rich, first_routes(rich, 0), 3_000).cost == best


def test_tails_of_long_routes_change_places() -> None:
    """Two streets of 30 stops, and vehicles for 30 each that cross over half-way: no string of 10 mends that."""
    base = twin.rich(0, 60, clock=lay.WINDOWS, classes=1)
    street, along = np.divmod(np.arange(60), 30)
    xy = np.column_stack((10.0 * along, 400.0 * street))
    places = np.vstack((xy, [[-50.0, 200.0]]))
    roads = np.rint(np.hypot(*(places[:, None] - places[None]).transpose(2, 0, 1))).astype(np.int32)
    fleet = base.fleet.copy()
    fleet[:, lay.CAP : lay.CAP + 3] = 30
    problem = replace(
        base, xy=xy, need=np.ones((60, 3), dtype=np.int64), fleet=fleet, cost=roads[None], time=roads[None],
        windows=np.array([(1_200, 8_000)] * 60, dtype=np.int32),
        near=near_by_matrix(roads[:60, :60].astype(np.float64)),
    )  # fmt: skip
    ids = np.arange(60)
    crossed = [np.concatenate((ids[:15], ids[45:])), np.concatenate((ids[30:45], ids[15:30]))]
    along_streets = Routes.of([ids[:30].tolist(), ids[30:].tolist()], [0, 0], ids)
    start = Routes.of([route.tolist() for route in crossed], [0, 0], ids)
    routes, delta, _ = run(problem, start, stream(1, 0), Cooling(1e-9, 1e-9, 500), lambda: False)
    assert twin.check(problem, routes) == twin.check(problem, start) + delta == twin.check(problem, along_streets)


def test_parts_put_together_are_the_whole() -> None:
    problem = twin.rich(5, 80, clock=lay.SPANS, classes=3, several_windows=True)
    routes = first_routes(problem, 0)
    parts = split(problem, routes, 4, np.random.default_rng(0))
    assert sorted(np.concatenate([part.stops for part in parts]).tolist()) == list(range(80))
    same = join(problem, parts, [part.routes for part in parts])
    assert sorted(same.lists()) == sorted(routes.lists())
    assert twin.check(problem, same) == twin.check(problem, routes)
    whole = sum(
        part.problem.fleet[:, lay.LIMIT] if isinstance(part.problem, RichProblem) else np.zeros(3) for part in parts
    )
    assert (np.asarray(whole) == problem.fleet[:, lay.LIMIT]).all()


@pytest.mark.parametrize("problem", [twin.plain(0, 12, 1_000), twin.rich(5, 12, classes=2)])
def test_of_fewer_routes_than_parts_some_parts_stay_empty(problem: PlainProblem | RichProblem) -> None:
    routes = savings(problem) if isinstance(problem, PlainProblem) else first_routes(problem, 0)
    number = len(routes) + 2
    parts = split(problem, routes, number, np.random.default_rng(0))
    assert sorted(np.concatenate([part.stops for part in parts]).tolist()) == list(range(problem.n_stops))
    assert sum(len(part.stops) == 0 for part in parts) >= 2
    for part in parts:
        same, delta, _ = run(part.problem, part.routes, stream(0), Cooling(1.0, 1.0, 50), lambda: False)
        assert len(part.stops) or (len(same), delta) == (0, 0)
    found = solve(problem, routes, 300, n_parts=number)
    assert found.whole
    assert found.cost == cost_of(problem, found.routes)


def test_nobody_served_is_the_whole_in_one_part() -> None:
    problem = twin.rich(2, 10, classes=2)
    parts = split(problem, no_routes(problem), 3, np.random.default_rng(0))
    assert [len(part.stops) for part in parts] == [10, 0, 0]
    found = solve(problem, no_routes(problem), 2_000, n_parts=3)
    assert twin.check(problem, found.routes) == found.cost
    assert len(found.routes.stops) == 10


def test_many_stops_are_cut_for_cores_that_end_together() -> None:
    assert [parts_for(n) for n in (10, 149, 150, 8_000)] == [1, 1, 2, 2]
    for n in (8_001, 20_000, 100_000, 1_000_000):
        assert parts_for(n) % 4 == 0
        assert 1_000 <= n / parts_for(n) <= 2_000


def test_nobody_stays_out_while_a_vehicle_stands_idle() -> None:
    for seed in range(5):
        problem = twin.rich(seed, 50, clock=lay.TIMELESS, classes=2, scarce=True)
        found = solve(problem, first_routes(problem, 0), 20_000)
        absent = sorted(set(range(50)) - set(found.routes.stops.tolist()))
        used = np.bincount(found.routes.classes, minlength=2)
        for stop in absent:
            for k in range(2):
                idle = used[k] < problem.fleet[k, lay.LIMIT] and int(problem.may[stop]) >> k & 1
                assert not idle, f"stop {stop} is left out beside an idle vehicle of class {k}"


def test_those_who_matter_more_are_left_out_last() -> None:
    problem = twin.rich(8, 60, clock=lay.TIMELESS, classes=1, scarce=True)
    prize = np.where(np.arange(60) % 2, 100_000, 900_000)
    found = solve(replace(problem, prize=prize, may=np.ones(60, dtype=np.int64)), first_routes(problem, 0), 40_000)
    out = sorted(set(range(60)) - set(found.routes.stops.tolist()))
    assert out
    assert sum(stop % 2 for stop in out) > len(out) / 2


def test_locked_heads_stay() -> None:
    problem = twin.rich(9, 50, clock=lay.SPANS, classes=2)
    start = first_routes(problem, 0)
    heads = [(k, stops[:2]) for k, stops in zip(start.classes.tolist(), start.lists(), strict=True)]
    locked = np.zeros(50, dtype=np.int64)
    locked[[stop for _, head in heads for stop in head]] = 1
    fixed = replace(problem, locked=locked)
    found = solve(fixed, start, 10_000, n_parts=2)
    assert found.cost < cost_of(problem, start)
    ended = {
        (k, tuple(stops[:2])) for k, stops in zip(found.routes.classes.tolist(), found.routes.lists(), strict=True)
    }
    assert {(k, tuple(head)) for k, head in heads} <= ended
    assert twin.check(fixed, found.routes) == found.cost


def test_squeeze_gets_rid_of_routes() -> None:
    problem = twin.rich(12, 80, clock=lay.WINDOWS, classes=1)
    fleet = problem.fleet.copy()
    fleet[:, lay.CAP : lay.CAP + 3] = 10**6
    problem = replace(problem, fleet=fleet, may=np.ones(80, dtype=np.int64))
    start = first_routes(problem, 0)
    found, moves = squeeze(problem, start, stream(1), 100.0, 20_000, lambda: False)
    routes = found[-1]
    assert [len(one) for one in found] == list(range(len(start), len(routes) - 1, -1))
    assert len(routes) < len(start)
    assert len(routes.stops) == 80
    assert moves <= 20_000
    twin.check(problem, routes)


def test_a_stop_returns_the_best_so_far() -> None:
    problem = twin.rich(1, 40)
    start = first_routes(problem, 0)
    found = solve(problem, start, 10**9, stopped=lambda: True)
    assert not found.whole
    assert found.moves == 0
    assert found.routes.lists() == start.lists()
    calls = iter(range(10**6))
    soon = solve(problem, start, 10**9, stopped=lambda: next(calls) > 8)
    assert not soon.whole
    assert twin.check(problem, soon.routes) == soon.cost <= cost_of(problem, start)


def test_a_clock_ends_the_search_too() -> None:
    problem = twin.plain(2, 100)
    solve(problem, savings(problem), 100)  # compiles, or loads what was compiled
    with ThreadPoolExecutor(1) as pool:
        found = anneal(problem, savings(problem), Budget(seconds=1.0), seed=0, threads=pool)
    assert found.whole
    assert found.moves > 0
    assert twin.plain_cost(problem, found.routes) == found.cost


def test_after_warming_up_nothing_is_left_to_compile() -> None:
    warm_up()
    compiled = len(rich.search.signatures)
    problem = twin.rich(3, 20, **KINDS[7])
    solve(problem, first_routes(problem, 0), 100, n_parts=2)
    assert len(rich.search.signatures) == compiled


def test_one_stop_and_none() -> None:
    for n in (1, 2):
        problem = twin.rich(0, n, classes=1)
        found = solve(problem, first_routes(problem, 0), 100)
        assert twin.check(problem, found.routes) == found.cost
    problem = twin.plain(0, 1)
    assert solve(problem, savings(problem), 100).routes.lists() == [[0]]


def test_progress_is_told_and_rises() -> None:
    problem = twin.rich(4, 40)
    told: list[tuple[float, int]] = []
    found = solve(problem, first_routes(problem, 0), 30_000, told=lambda spent, best: told.append((spent, best)))
    assert [spent for spent, _ in told] == sorted(spent for spent, _ in told)
    assert [best for _, best in told] == sorted((best for _, best in told), reverse=True)
    assert told[-1] == (1.0, found.cost)
