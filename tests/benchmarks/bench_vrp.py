"""Public instances, several seeds and budgets, as a table for the README (``--smallest``: a made-up one).

    python tests/benchmarks/bench_vrp.py INSTANCES --seconds 10 60 300 --seeds 3 --compare pyvrp,ortools

``INSTANCES`` is a folder with ``*.vrp`` and ``*.sol`` in VRPLIB's format. Every solution is checked before it counts.
"""

from __future__ import annotations

import argparse
import platform
import re
import statistics
import sys
import tempfile
from importlib import metadata
from pathlib import Path

from basketplan.bench.peers import compare
from basketplan.bench.routing import Result, solve_instance
from basketplan.bench.vrplib import read_instance

TINY = "NAME : tiny\nTYPE : CVRP\nDIMENSION : 4\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : 2\nNODE_COORD_SECTION\n" + (
    "1 0 0\n2 0 3\n3 4 0\n4 4 3\nDEMAND_SECTION\n1 0\n2 1\n3 1\n4 1\nDEPOT_SECTION\n1\n-1\nEOF\n"
)


def best_known(file: Path) -> float | None:
    """Return the cost in the ``.sol`` beside an instance; some of HFVRP are stated divided by 100,000."""
    solution = file.with_suffix(".sol")
    if not solution.exists():
        return None
    found = re.search(r"[Cc]ost:?\s*([\d.]+)", solution.read_text(encoding="utf-8"))
    if found is None:
        return None
    cost = float(found.group(1))
    return cost * 100_000 if "/HFVRP/" in file.as_posix() and "." in found.group(1) else cost


def told(results: list[Result], best: float | None) -> str:
    """Return median and worst, as gaps in % where a best known cost is there."""
    assert all(item.verified for item in results), "a solution that breaks a rule"
    costs = [item.cost for item in results if item.unserved == 0]
    if not costs:
        return "–"
    if best is None:
        return f"{statistics.median(costs):,.0f} ({max(costs):,.0f})"
    gaps = [100 * (cost / best - 1) for cost in costs]
    return f"{statistics.median(gaps):.2f} ({max(gaps):.2f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("instances", nargs="?", type=Path)
    parser.add_argument("--smallest", action="store_true")
    parser.add_argument("--seconds", type=float, nargs="+", default=[60.0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--peer-seeds", type=int, help="as many as --seeds unless told")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--compare", default="")
    parser.add_argument("--only", default="", help="names, with commas")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if args.smallest:
            (Path(folder) / "tiny.vrp").write_text(TINY, encoding="utf-8")
            args.instances, args.seconds, args.seeds = Path(folder), [0.2], 1
        only = {name for name in args.only.split(",") if name}
        files = [file for file in sorted(args.instances.rglob("*.vrp")) if not only or file.stem in only]
        peers = [name for name in args.compare.split(",") if name]
        versions = ", ".join(f"{name} {metadata.version(name)}" for name in ["numba", *peers])
        sys.stdout.write(f"{args.threads} threads, Python {platform.python_version()}, {versions}; median (worst) of "
                         f"{args.seeds} seeds, gap to best known in %\n\n")  # fmt: skip
        heads = [f"{name} {seconds:g} s" for seconds in args.seconds for name in ("basketplan", *peers)]
        sys.stdout.write(f"| instance | {' | '.join(heads)} |\n|---{'|---' * len(heads)}|\n")
        for file in files:
            instance, best = read_instance(file), best_known(file)
            cells = []
            for seconds in args.seconds:
                runs = [
                    solve_instance(instance, seconds=seconds, threads=args.threads, seed=seed)[0]
                    for seed in range(args.seeds)
                ]
                cells.append(told(runs, best))
                for peer in peers:
                    rivals = [
                        compare(instance, [peer], seconds=seconds, threads=args.threads, seed=seed)[0]
                        for seed in range(args.seeds if args.peer_seeds is None else args.peer_seeds)
                    ]
                    cells.append(told(rivals, best))
            sys.stdout.write(f"| {instance.name} | {' | '.join(cells)} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
