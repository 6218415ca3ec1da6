"""Exchanges of tails: what they say they cost is what they cost, and every rule holds after them."""

from __future__ import annotations

import numpy as np

from basketplan.solve.routing.ruin import layout as lay
from basketplan.solve.routing.ruin.kernels import _Rich
from basketplan.solve.routing.ruin.rich.tails import exchange_tails
from basketplan.solve.routing.ruin.start import first_routes
from tests.solve.routing import twin


def test_an_exchange_costs_what_it_says() -> None:
    """Routes lengthen and shorten, are begun and given up, while worse is taken too; the twin reckons anew."""
    changes, made = set(), 0
    for seed in range(6):
        problem = twin.rich(100 + seed, 40, clock=lay.WINDOWS, classes=1 + seed % 3, hubs=1 + seed % 2)
        tables = _Rich(problem, first_routes(problem, seed))
        cost, number = twin.check(problem, tables.routes()), len(tables.routes())
        rng = np.random.default_rng(seed)
        tails = np.zeros((2, 5), np.int64)
        for stop in rng.integers(0, 40, 300).tolist():
            change = int(exchange_tails(
                tables.node, tables.route, tables.stop, tables.fleet, tables.flags, problem.cost, problem.time,
                problem.length, problem.extra, problem.near, tables.near_cost, stop, float(rng.integers(0, 400)), tails,
            ))  # fmt: skip
            if change == 0:
                continue
            made += 1
            cost += change
            routes = tables.routes()
            assert twin.check(problem, routes) == cost
            changes.add(len(routes) - number)
            number = len(routes)
    assert made > 200
    assert changes == {-1, 0, 1}
