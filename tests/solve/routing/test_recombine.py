"""Choosing among routes seen."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from basketplan.solve.routing.ruin import Routes, recombine
from basketplan.solve.routing.ruin import layout as lay
from basketplan.solve.routing.ruin.kernels import cost_of
from basketplan.solve.routing.ruin.pool import Pool, route_costs
from basketplan.solve.routing.ruin.recombine import best_routes
from basketplan.solve.routing.ruin.start import first_routes
from tests.solve.routing import twin


def test_the_best_of_two_solutions_is_at_least_as_good_as_both() -> None:
    problem = twin.rich(21, 30, clock=lay.TIMELESS, classes=2)
    pool = Pool(problem, 1000)
    seen = [first_routes(problem, seed) for seed in range(30)]
    for routes in seen:
        pool.add(routes)
    least = min(seen, key=lambda routes: cost_of(problem, routes))
    found = best_routes(pool, least, 5.0, 5.0, 0)
    assert found is not None
    assert twin.check(problem, found) <= cost_of(problem, least)


def test_few_routes_at_first_lead_to_the_same_best_set(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = twin.rich(22, 24, clock=lay.TIMELESS, classes=2)
    seen = [first_routes(problem, seed) for seed in range(40)]
    costs = []
    for first in (5, 10_000):
        monkeypatch.setattr(recombine, "FIRST", first)
        pool = Pool(problem, 1000)
        for routes in seen:
            pool.add(routes)
        assert len(pool.seen) > 50
        found = best_routes(pool, seen[0], 60.0, 60.0, 0)
        assert found is not None
        costs.append(twin.check(problem, found))
    assert costs[0] == costs[1] <= min(cost_of(problem, routes) for routes in seen)


def test_who_has_no_route_before_has_none_after() -> None:
    problem = twin.plain(4, 6, capacity=100)
    rows = twin.np.arange(6)
    pool = Pool(problem, 1000)
    pool.add(Routes.of([[0, 1], [2, 3], [4, 5]], [0] * 3, rows))
    pool.add(Routes.of([[0, 2], [1, 3], [4]], [0] * 3, rows))
    found = best_routes(pool, Routes.of([[0], [1], [2], [3], [4]], [0] * 5, rows), 5.0, 5.0, 0)
    assert found is not None
    assert sorted(found.stops.tolist()) == [0, 1, 2, 3, 4]
    assert best_routes(pool, Routes.of([], [], rows), 5.0, 5.0, 0) is None


def test_halves_of_two_solutions_are_put_together() -> None:
    problem = twin.plain(1, 8, capacity=100)
    chosen = first = Routes.of([[0, 1], [2, 3], [4, 6], [5, 7]], [0] * 4, twin.np.arange(8))
    second = Routes.of([[0, 2], [1, 3], [4, 5], [6, 7]], [0] * 4, twin.np.arange(8))
    mixed = [
        Routes.of([*a, *b], [0] * 4, chosen.chosen)
        for a in (first.lists()[:2], second.lists()[:2])
        for b in (first.lists()[2:], second.lists()[2:])
    ]
    pool = Pool(problem, 1000)
    pool.add(first)
    pool.add(second)
    found = best_routes(pool, first, 5.0, 5.0, 0)
    assert found is not None
    assert twin.plain_cost(problem, found) == min(twin.plain_cost(problem, routes) for routes in mixed)


def test_the_pool_keeps_what_it_saw_last_and_the_cheaper_order() -> None:
    problem = twin.plain(3, 6, capacity=100)
    pool = Pool(problem, 2)
    rows = twin.np.arange(6)
    pool.add(Routes.of([[0, 1, 2], [3, 4, 5]], [0, 0], rows))
    pool.add(Routes.of([[1, 0, 2], [3, 5, 4]], [0, 0], rows))
    assert len(pool.seen) == 2
    costs = [route.cost for route in pool.seen.values()]
    options = [Routes.of([[0, 1, 2], [3, 4, 5]], [0, 0], rows), Routes.of([[1, 0, 2], [3, 5, 4]], [0, 0], rows)]
    least = [
        min(
            twin.plain_cost(problem, Routes.of([routes.lists()[part], *([s] for s in rest)], [0] * 4, rows))
            - sum(2 * int(twin.np.floor(twin.np.hypot(*(problem.places[s] - problem.places[-1])) + 0.5)) for s in rest)
            for routes in options
        )
        for part, rest in ((0, (3, 4, 5)), (1, (0, 1, 2)))
    ]
    assert sorted(costs) == sorted(least)
    pool.add(Routes.of([[0], [1], [2, 3, 4, 5]], [0] * 3, rows))
    assert len(pool.seen) == 2


def test_routes_cost_what_they_cost_alone() -> None:
    problem = twin.rich(23, 30, clock=lay.TIMELESS, classes=3)
    routes = first_routes(problem, 0)
    alone = [twin.route_cost(problem, k, stops, {}) for k, stops in zip(routes.classes, routes.lists(), strict=True)]
    assert route_costs(problem, routes).tolist() == alone
    flat = twin.plain(5, 20, capacity=10_000)
    several = Routes.of([list(range(5)), [7, 5, 6], [8], list(range(9, 20))], [0] * 4, np.arange(20))
    assert route_costs(flat, several).sum() == twin.plain_cost(flat, several)
    assert route_costs(flat, Routes.of([], [], several.chosen)).tolist() == []


def test_prices_come_close_to_those_of_the_linear_programme() -> None:
    problem = twin.rich(24, 60, clock=lay.TIMELESS, classes=2, scarce=True)
    pool = Pool(problem, 10_000)
    seen = [first_routes(problem, seed) for seed in range(150)]
    seen = [routes for routes in seen if len(routes.stops) == 60]
    for routes in seen:
        pool.add(routes)
    least = min(seen, key=lambda routes: cost_of(problem, routes))
    choice = recombine._Choice.of(problem, least, list(pool.seen.items()))
    now = set(pool.keys(least))
    best = np.array([key in now for key, _ in choice.items])
    exact = linprog(
        choice.cost, A_ub=choice.classes, b_ub=choice.limits, A_eq=choice.rows, b_eq=np.ones(60), method="highs"
    )
    over = choice.over_price(best)
    # The prices of stops and of classes are what makes up, over all routes, their costs without what is over.
    prices = np.linalg.lstsq(
        np.vstack((choice.rows.toarray(), choice.classes.toarray())).T, choice.cost - over, rcond=None
    )[0]
    assert (prices[60:] < 1e-6).all()
    bound = prices[:60].sum() + prices[60:] @ choice.limits + np.minimum(over, 0.0).sum()
    assert 0.99 * exact.fun <= bound <= exact.fun + 1e-6
