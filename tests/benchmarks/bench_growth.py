"""Time and quality from 1,000 stops up, generated like towns; a table and, with ``--picture``, a log-log picture.

    python tests/benchmarks/bench_growth.py --stops 1000 10000 100000 --moves 500 --picture growth.png

Stops lie in towns of the sizes of a census: many small, few large; 20 stops fill a vehicle. ``--moves`` is the effort
per stop. Every solution is checked for loads and visits from the links alone.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from basketplan.solve.routing.ruin import Budget, PlainProblem, Routes, anneal
from basketplan.solve.routing.ruin.neighbours import hilbert_order, near_by_place
from basketplan.solve.routing.ruin.savings import savings


def towns(n: int, seed: int) -> PlainProblem:
    """Return ``n`` stops in towns around a hub; places in metres."""
    rng = np.random.default_rng(seed)
    number = max(3, int(n**0.5 / 2))
    share = rng.pareto(1.1, number) + 1
    town = rng.choice(number, n, p=share / share.sum())
    side = 2_000.0 * n**0.5
    middle = rng.uniform(0, side, (number, 2))
    spread = 400.0 * np.sqrt(share / share.sum() * n)
    places = np.concatenate((middle[town] + rng.normal(size=(n, 2)) * spread[town, None], [[side / 2, side / 2]]))
    places[:-1] = places[:-1][hilbert_order(places[:-1])]
    near = near_by_place(places[:-1], 100 if n <= 200_000 else 40)
    near_cost = np.empty_like(near)
    for begin in range(0, n, 50_000):
        rows = slice(begin, min(begin + 50_000, n))
        apart = places[:-1][rows][:, None, :] - places[near[rows]]
        near_cost[rows] = np.floor(np.hypot(apart[..., 0], apart[..., 1]) + 0.5)
    need = rng.integers(1, 3, n)
    return PlainProblem(places=places, need=need, capacity=30, near=near, near_cost=near_cost)


def checked(problem: PlainProblem, routes: Routes) -> int:
    """Return the cost after checking that everybody is on one route and no vehicle overloaded."""
    n = problem.n_stops
    assert np.array_equal(np.sort(routes.stops), np.arange(n))
    assert np.add.reduceat(problem.need[routes.stops], routes.first[:-1]).max() <= problem.capacity
    way = np.insert(routes.stops, routes.first[:-1], n)
    legs = problem.places[np.append(way, n)]
    return int(np.floor(np.hypot(*(legs[1:] - legs[:-1]).T) + 0.5).sum())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smallest", action="store_true")
    parser.add_argument("--stops", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--moves", type=int, default=500)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1e6, help="safety limit of each search")
    parser.add_argument("--picture", type=Path)
    args = parser.parse_args()
    if args.smallest:
        args.stops, args.moves = [300], 50
    sys.stdout.write(
        "| stops | set-up s | search s | ms per stop | moves per s | savings | found | gain % | peak MB |\n"
    )
    sys.stdout.write("|---" * 9 + "|\n")
    rows = []
    with ThreadPoolExecutor(args.threads) as pool:
        warm = towns(200, 0)
        anneal(warm, savings(warm), Budget(moves=100), seed=0, threads=pool)
        for n in args.stops:
            begin = time.perf_counter()
            problem = towns(n, 1)
            first = savings(problem)
            before = checked(problem, first)
            ready = time.perf_counter()
            found = anneal(problem, first, Budget(moves=args.moves * n, seconds=args.seconds), seed=0, threads=pool)
            took = time.perf_counter() - ready
            assert checked(problem, found.routes) == found.cost <= before
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rows.append((n, took))
            sys.stdout.write(
                f"| {n:,} | {ready - begin:.1f} | {took:.1f} | {1000 * took / n:.2f} | {found.moves / took:,.0f}"
                f" | {before:,} | {found.cost:,} | {100 * (1 - found.cost / before):.2f} | {peak:.0f} |\n"
            )
            sys.stdout.flush()
    if args.picture:
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
        axes.loglog([n for n, _ in rows], [took for _, took in rows], "o-")
        axes.set(
            xlabel="stops", ylabel="seconds of search", title=f"{args.moves} moves per stop, {args.threads} threads"
        )
        axes.grid(which="both", alpha=0.3)
        figure.savefig(args.picture, dpi=120)


if __name__ == "__main__":
    main()
