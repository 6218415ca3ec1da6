"""What each stage of routing adds: the search with one of them left out, and OR-Tools begun from what it found.

    python tests/benchmarks/bench_stages.py INSTANCES --stops 30 100 --moves 3000 --seconds 20

Each instance of the folder is cut to its first ``--stops``. All runs have the same number of moves (``--moves`` a
stop); figures are % above the cheapest of the line, medians over ``--seeds``. OR-Tools gets ``--seconds`` more.
"""

from __future__ import annotations

import argparse
import importlib
import statistics
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np

from basketplan.bench.check import Route, breaches, cost_of
from basketplan.bench.peers import polished
from basketplan.bench.routing import _problem
from basketplan.bench.vrplib import Instance, VehicleType, read_instance
from basketplan.solve.routing.ruin.neighbours import hilbert_order
from basketplan.solve.routing.ruin.problem import PlainProblem
from basketplan.solve.routing.ruin.savings import savings
from basketplan.solve.routing.ruin.start import first_routes

search = importlib.import_module("basketplan.solve.routing.ruin.anneal")

STAGES: Mapping[str, Mapping[str, object]] = {
    "all": {},
    "no squeezing": {"FULL": 1e9},
    "no choosing": {"POOL_STOPS": 0},
    "one fall": {"ROUND_STOPS": 0},
}
"""Column → constants of the search that leave a stage out."""


def cut(instance: Instance, stops: int) -> Instance:
    """Return ``instance`` with its depots and its first ``stops``."""
    points = slice(0, instance.n_depots + stops)
    windows = None if instance.windows is None else instance.windows[points]
    return replace(
        instance, xy=instance.xy[points], demand=instance.demand[points], service=instance.service[points],
        windows=windows,
    )  # fmt: skip


def made_up(stops: int) -> Instance:
    """Return a small instance of our own."""
    rng = np.random.default_rng(0)
    return Instance(
        name="made-up", kind="CVRP", n_depots=1, xy=rng.integers(0, 100, (stops + 1, 2)).astype(float),
        demand=np.append(0, rng.integers(1, 4, stops)), service=np.zeros(stops + 1, dtype=np.int64), windows=None,
        vehicles=(VehicleType(capacity=8, number=0, fixed=0, per_distance=1, depot=0),), max_duration=None,
    )  # fmt: skip


@contextmanager
def without(constants: Mapping[str, object]) -> Iterator[None]:
    """Give the search other ``constants`` for a while."""
    before = {name: getattr(search, name) for name in constants}
    for name, value in constants.items():
        setattr(search, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(search, name, value)


def solved(instance: Instance, moves: int, seed: int, threads: Executor) -> tuple[list[Route], list[Route]]:
    """Return first routes and those found."""
    n = len(instance.xy) - instance.n_depots
    order = np.concatenate((hilbert_order(instance.xy[instance.n_depots :]) + instance.n_depots,
                            np.arange(instance.n_depots)))  # fmt: skip
    problem = _problem(instance, order)
    first = savings(problem) if isinstance(problem, PlainProblem) else first_routes(problem, seed)
    found = search.anneal(problem, first, search.Budget(moves=moves * n), seed=seed, threads=threads).routes
    both = [
        [(k, order[stops].tolist()) for k, stops in zip(routes.classes.tolist(), routes.lists(), strict=True)]
        for routes in (first, found)
    ]
    assert all(not breaches(instance, routes) for routes in both)
    return both[0], both[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", nargs="?", type=Path)
    parser.add_argument("--smallest", action="store_true")
    parser.add_argument("--stops", type=int, nargs="+", default=[30, 100])
    parser.add_argument("--moves", type=int, default=3_000)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    if args.smallest:
        args.stops, args.moves, args.seconds, args.seeds = [12], 50, 0.2, 1
    files = [] if args.smallest else sorted(args.instances.rglob("*.vrp"))
    instances = [made_up(12)] if args.smallest else [read_instance(file) for file in files]
    with ThreadPoolExecutor(args.threads) as threads:
        heads = ["instance", "stops", "first routes", *STAGES, f"all, then OR-Tools {args.seconds:g} s"]
        sys.stdout.write(f"| {' | '.join(heads)} |\n{'|---' * len(heads)}|\n")
        for whole_instance in instances:
            for stops in args.stops:
                instance = cut(whole_instance, stops)
                rows: list[list[int]] = []
                for seed in range(args.seeds):
                    costs = []
                    for constants in STAGES.values():
                        with without(constants):
                            first, found = solved(instance, args.moves, seed, threads)
                        costs.append(cost_of(instance, found))
                        if not constants:
                            begun, whole = first, found
                    better, unserved = polished(instance, whole, args.seconds)
                    assert unserved == 0
                    assert not breaches(instance, better)
                    rows.append([cost_of(instance, begun), *costs, cost_of(instance, better)])
                middle = [statistics.median(column) for column in zip(*rows, strict=True)]
                cells = [f"{100 * (cost / min(middle) - 1):.2f}" for cost in middle]
                sys.stdout.write(f"| {instance.name} | {stops} | {' | '.join(cells)} |\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
