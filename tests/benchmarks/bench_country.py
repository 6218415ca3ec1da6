"""Growth of the allocation from 1,000 cooperatives to a country's 27,262 (``--smallest``: 60, in seconds)."""

from __future__ import annotations

import argparse
import sys

from basketplan.bench.allocation import measure
from basketplan.bench.country import COUNTRY, Size
from basketplan.progress import QuietReporter

HUBS = 75


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--smallest", action="store_true")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 3_000, 10_000, COUNTRY])
    parser.add_argument("--gap", type=float, default=0.01)
    args = parser.parse_args()
    sizes = [60] if args.smallest else args.sizes
    head = ("cooperatives", "hubs", "baskets", "rows", "columns", "priced", "build s", "solve s", "CPU s", "cost MAD")
    sys.stdout.write("| " + " | ".join((*head, "bound MAD", "gap", "peak MB")) + " |\n" + "|---" * 13 + "|\n")
    for n in sizes:
        size = Size(cooperatives=n, hubs=max(2, round(HUBS * n / COUNTRY)), products=24, days=12)
        _, made = measure(size, gap=args.gap, reporter=QuietReporter())
        assert made.bound is not None
        assert made.objective is not None
        assert made.bound <= made.objective
        if not args.smallest:
            assert made.verified, made.note
        gap = made.note if made.gap is None else f"{made.gap:.2%}"
        sys.stdout.write(
            f"| {n:,} | {size.hubs} | {size.n_baskets:,} | {made.rows:,} | {made.columns:,} | {made.priced:,}"
            f" | {made.build_s} | {made.solve_s} | {made.cpu_s} | {made.objective:,.0f} | {made.bound:,.0f}"
            f" | {gap} | {made.peak_mb:,} |\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
