"""Time and quality from 1,000 to 1,000,000 stops on the census zones: a table and, on a log-log scale, a picture.

    python tests/benchmarks/bench_growth.py --stops 1000 10000 100000 1000000 --moves 300 --picture growth.png
    python tests/benchmarks/bench_growth.py --stops 1000 10000 100000 --moves 300 --longer 10

Stops are shared out among the zones of greater Casablanca and greater Agadir by their households and drawn around
real points of the built-up area, as the reference programme's are; each region has its hub, and 20 stops fill a
vehicle. ``--moves`` is the effort per stop, ``--longer`` adds a column with that many times the effort. Every solution
is checked for loads and visits from the links alone.
"""

from __future__ import annotations

import argparse
import math
import resource
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from basketplan.solve.routing.ruin import Budget, PlainProblem, Routes, anneal
from basketplan.solve.routing.ruin.neighbours import hilbert_order, near_by_place
from basketplan.solve.routing.ruin.savings import savings
from basketplan.synthetic.facts import table
from basketplan.synthetic.homes import METRES_PER_DEGREE, shared_out


def census(n: int, seed: int) -> list[PlainProblem]:
    """Return ``n`` stops on the census zones, a problem for each region; places in metres."""
    rng = np.random.default_rng(seed)
    zones, anchors = table("zones"), table("anchors")
    counts = shared_out(n, [float(zone["households_2024"]) for zone in zones])
    regions: dict[str, list[np.ndarray]] = {}
    for zone, count in zip(zones, counts, strict=True):
        mine = [row for row in anchors if row["zone"] == zone["code"]]
        around = np.array([[float(row["lat"]), float(row["lon"]), float(row["radius_m"])] for row in mine])
        weight = rng.lognormal(0.0, 0.9, len(around))
        lat, lon, radius = around[rng.choice(len(around), count, p=weight / weight.sum())].T
        away, angle = radius * rng.random(count) ** 0.8, rng.uniform(0, 2 * np.pi, count)
        metres = METRES_PER_DEGREE * np.column_stack((lat, lon * np.cos(np.radians(lat.mean() if count else 0.0))))
        metres += np.column_stack((away * np.sin(angle), away * np.cos(angle)))
        regions.setdefault(zone["region"], []).append(metres)
    return [_problem(np.concatenate(stops), rng) for stops in regions.values()]


def _problem(stops: np.ndarray, rng: np.random.Generator) -> PlainProblem:
    """Return the problem of one hub, which lies among the ``stops`` (n, 2)."""
    n = len(stops)
    places = np.concatenate((stops[hilbert_order(stops)], [np.median(stops, axis=0)]))
    near = near_by_place(places[:-1], min(n - 1, 100 if n <= 200_000 else 40))
    near_cost = np.empty_like(near)
    for begin in range(0, n, 50_000):
        rows = slice(begin, min(begin + 50_000, n))
        apart = places[:-1][rows][:, None, :] - places[near[rows]]
        near_cost[rows] = np.floor(np.hypot(apart[..., 0], apart[..., 1]) + 0.5)
    return PlainProblem(places=places, need=rng.integers(1, 3, n), capacity=30, near=near, near_cost=near_cost)


def checked(problem: PlainProblem, routes: Routes) -> int:
    """Return the cost after checking that everybody is on one route and no vehicle overloaded."""
    n = problem.n_stops
    assert np.array_equal(np.sort(routes.stops), np.arange(n))
    assert np.add.reduceat(problem.need[routes.stops], routes.first[:-1]).max() <= problem.capacity
    way = np.insert(routes.stops, routes.first[:-1], n)
    legs = problem.places[np.append(way, n)]
    return int(np.floor(np.hypot(*(legs[1:] - legs[:-1]).T) + 0.5).sum())


@dataclass(frozen=True)
class Found:
    """What the search made of all regions: metres before and after, moves and seconds."""

    before: int
    cost: int
    moves: int
    ready_s: float
    took_s: float


def searched(problems: list[PlainProblem], moves: int, seconds: float, pool: ThreadPoolExecutor) -> Found:
    """Search each region for ``moves`` a stop."""
    before = cost = made = 0
    ready = took = 0.0
    for problem in problems:
        begin = time.perf_counter()
        first = savings(problem)
        before += (start := checked(problem, first))
        ready += time.perf_counter() - begin
        begin = time.perf_counter()
        budget = Budget(moves=moves * problem.n_stops, seconds=seconds)
        found = anneal(problem, first, budget, seed=0, threads=pool)
        took += time.perf_counter() - begin
        assert checked(problem, found.routes) == found.cost <= start
        cost, made = cost + found.cost, made + found.moves
    return Found(before, cost, made, ready, took)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smallest", action="store_true")
    parser.add_argument("--stops", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--moves", type=int, default=300)
    parser.add_argument("--longer", type=int, default=0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1e6, help="safety limit of each search")
    parser.add_argument("--picture", type=Path)
    args = parser.parse_args()
    if args.smallest:
        args.stops, args.moves, args.longer = [300], 50, 2
    heads = [
        "stops",
        "set-up s",
        "search s",
        "ms per stop",
        "moves per s",
        "savings km",
        "found km",
        "gain %",
        "peak MB",
    ]
    heads += [f"above {args.longer} times the effort, %"] if args.longer else []
    sys.stdout.write(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|\n")
    rows = []
    with ThreadPoolExecutor(args.threads) as pool:
        searched(census(400, 0), 20, 60.0, pool)  # compiles
        for n in args.stops:
            begin = time.perf_counter()
            problems = census(n, 1)
            ready = time.perf_counter() - begin
            found = searched(problems, args.moves, args.seconds, pool)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            rows.append((n, found.took_s))
            cells = [f"{n:,}", f"{ready + found.ready_s:.1f}", f"{found.took_s:.1f}", f"{1000 * found.took_s / n:.2f}",
                     f"{found.moves / found.took_s:,.0f}", f"{found.before / 1000:,.0f}", f"{found.cost / 1000:,.0f}",
                     f"{100 * (1 - found.cost / found.before):.2f}", f"{peak:.0f}"]  # fmt: skip
            if args.longer:
                best = searched(problems, args.longer * args.moves, args.seconds, pool)
                cells.append(f"{100 * (found.cost / best.cost - 1):.2f}")
            sys.stdout.write(f"| {' | '.join(cells)} |\n")
            sys.stdout.flush()
    if args.picture:
        draw(rows, f"{args.moves} moves per stop, {args.threads} threads", args.picture)


def draw(rows: list[tuple[int, float]], title: str, file: Path) -> None:
    """Write the log-log picture of seconds by stops, beside a line that grows like N log N."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    axes.loglog([n for n, _ in rows], [took for _, took in rows], "o-", label="search")
    n, took = rows[0]
    law = [took * m * math.log(m) / (n * math.log(n)) for m, _ in rows]
    axes.loglog([m for m, _ in rows], law, "--", color="grey", label="N log N")
    axes.set(xlabel="stops", ylabel="seconds of search", title=title)
    axes.grid(which="both", alpha=0.3)
    axes.legend()
    figure.savefig(file, dpi=120)


if __name__ == "__main__":
    main()
