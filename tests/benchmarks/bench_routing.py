"""Seconds, cost and trips of routing every hub of examples/sac-4000 with everybody (``--smallest``: a tiny one)."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path

from basketplan import load_programme
from basketplan.solve.routing import route_hubs, routing_problem
from basketplan.solve.territory import territory
from basketplan.solve.types import EFFORTS

EXAMPLES = Path(__file__).parents[2] / "examples"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smallest", action="store_true")
    parser.add_argument("--effort", choices=sorted(EFFORTS), default="standard")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    programme = load_programme(EXAMPLES / ("two-trips" if args.smallest else "sac-4000"))
    by_hub: dict[str, list[str]] = {}
    for household, hub in territory(programme).hub_of.items():
        by_hub.setdefault(hub, []).append(household)
    problems = [routing_problem(programme, hub, names) for hub, names in sorted(by_hub.items())]
    for seed in range(args.seeds):
        begin = time.perf_counter()
        solutions = route_hubs(problems, EFFORTS[args.effort], seed=seed, workers=args.workers)
        seconds = time.perf_counter() - begin
        cost = sum(item.cost_centimes for item in solutions) / 100
        trips = sum(len(item.trips) for item in solutions)
        left = sum(len(item.left) for item in solutions)
        assert trips
        sys.stdout.write(f"seed {seed}: {trips} trips, {cost:,.2f} MAD, {left} stops left out, {seconds:.1f} s\n")


if __name__ == "__main__":
    main()
