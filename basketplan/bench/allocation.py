"""``basketplan bench allocation``: a made-up programme of any size up to a country's, solved, checked and told of."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from basketplan.bench.country import Size, country
from basketplan.bench.country_check import breaches, cost_of
from basketplan.progress import Progress, Reporter
from basketplan.solve.allocation.large import Problem, Solution, prepare, solve

__all__ = ["Measured", "measure", "peak_mb"]


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What a run came to. Rows and columns are those of the whole model; money in dirhams."""

    solver: str
    rows: int
    columns: int
    build_s: float
    solve_s: float
    cpu_s: float
    """Of building and solving, on all cores: what the clock would say on an idle machine with one."""
    objective: float | None
    bound: float | None
    gap: float | None
    peak_mb: int
    """Of the process with its children; for a peer, of the process that it runs in."""
    verified: bool
    """The plan keeps every rule, serves everybody and costs what is said."""
    priced: int | None = None
    """Columns that were priced in, of ``columns``."""
    note: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the result as one flat object."""
        return asdict(self)


def peak_mb() -> int:
    """Return the most memory that this process and any of its children held."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage counts what a parent held before it started this process
        own = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return round((int(own.split()[1]) + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 2**10)
    factor = 2**20 if sys.platform == "darwin" else 2**10
    kinds = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return round(sum(resource.getrusage(kind).ru_maxrss for kind in kinds) / factor)


def measure(size: Size, *, gap: float, reporter: Reporter) -> tuple[Problem, Measured]:
    """Draw a programme, solve and check it; the clock runs from the programme's arrays to the plan.

    Compiling, which happens once per installation, is not counted.
    """
    _warm_up()
    problem = country(size)
    begin, worked = time.perf_counter(), time.process_time()
    market = prepare(problem)
    built = time.perf_counter()
    plan = solve(market, gap=gap, seed=size.seed, stopped=reporter.stopped, tell=_telling(reporter))
    done = time.perf_counter()
    rows, columns = problem.size
    return problem, Measured(
        solver="basketplan",
        rows=rows,
        columns=columns,
        build_s=round(built - begin, 2),
        solve_s=round(done - built, 2),
        cpu_s=round(time.process_time() - worked, 2),
        objective=plan.centimes / 100,
        bound=round(plan.bound.centimes / 100, 2),
        gap=round(plan.gap, 6) if not plan.missing.any() else None,
        peak_mb=peak_mb(),
        verified=verified(plan),
        priced=plan.columns,
        note="" if not plan.missing.any() else f"{int(plan.missing.sum())} packs are missing",
    )


def verified(plan: Solution) -> bool:
    """Tell whether the check finds no breach and the same cost."""
    return not breaches(plan.problem, plan) and cost_of(plan.problem, plan) == plan.centimes


def _telling(reporter: Reporter) -> Callable[[str, float | None, float | None], None]:
    def tell(what: str, best: float | None, bound: float | None) -> None:
        gap = None if best is None or bound is None else max(0.0, 1 - bound / best)
        money = None if best is None else round(best / 100, 2)
        reporter.update(Progress(stage="allocation", message=what, best=money, unit="MAD", gap=gap))

    return tell


def _warm_up() -> None:
    solve(prepare(country(Size(cooperatives=30, hubs=2, products=6, days=3, baskets=300))), moves=20)
