"""Seconds, cost and proven gap of the allocation of examples/sac-4000 (``--smallest``: of a tiny programme)."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from basketplan import load_programme
from basketplan.solve.allocation import allocate
from basketplan.solve.territory import territory
from basketplan.solve.types import EFFORTS

EXAMPLES = Path(__file__).parents[2] / "examples"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smallest", action="store_true")
    parser.add_argument("--effort", choices=sorted(EFFORTS), default="standard")
    parser.add_argument("--seeds", type=int, default=1)
    args = parser.parse_args()
    programme = load_programme(EXAMPLES / ("fairness" if args.smallest else "sac-4000"))
    for seed in range(args.seeds):
        begin = time.perf_counter()
        made = allocate(programme, territory(programme), EFFORTS[args.effort], seed=seed)
        seconds = time.perf_counter() - begin
        assert made.served
        for item in made.reports:
            gap = "" if item.gap is None else f", gap {item.gap:.2%}"
            sys.stdout.write(f"seed {seed}: {item.goal}: {item.value} ({item.detail}), {item.status}{gap}\n")
        sys.stdout.write(f"seed {seed}: {len(made.served)} served, {seconds:.1f} s\n")


if __name__ == "__main__":
    main()
