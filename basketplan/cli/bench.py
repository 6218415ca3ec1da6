"""Commands that measure: bench routing, bench allocation."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from basketplan.cli.options import AsJson
from basketplan.cli.reading import print_json
from basketplan.errors import RejectedPlanError

__all__ = ["allocation", "bench", "routing"]

bench = typer.Typer(help="Measure on public instances and synthetic programmes.", no_args_is_help=True)


@bench.command()
def routing(
    file: Annotated[Path, typer.Argument(metavar="FILE.vrp", help="Instance: CVRP, VRPTW, HFVRP or MDVRPTW.")],
    seconds: Annotated[float, typer.Option(min=0.1, max=86_400, help="Time for the search.")] = 60.0,
    threads: Annotated[int, typer.Option(min=1, max=256, help="Cores to use.")] = 1,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Where the random numbers begin.")] = 0,
    compare: Annotated[
        str | None, typer.Option(metavar="PEERS", help="Also run these, e.g. pyvrp,ortools, on as many cores.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Solve a VRPLIB instance; every solution is checked by code that shares nothing with the search."""
    from basketplan.bench.peers import compare as run_peers
    from basketplan.bench.routing import solve_instance
    from basketplan.bench.vrplib import read_instance
    from basketplan.terminal import LiveReporter

    instance = read_instance(file)
    names = [name.strip() for name in (compare or "").split(",") if name.strip()]
    with LiveReporter() as reporter:
        ours, _ = solve_instance(instance, seconds=seconds, threads=threads, seed=seed, reporter=reporter)
        peers = run_peers(instance, names, seconds=seconds, threads=threads, seed=seed, reporter=reporter)
    if as_json:
        print_json(ours.as_json() | ({"peers": [item.as_json() for item in peers]} if compare else {}))
    for item in [] if as_json else [ours, *peers]:
        typer.echo(
            f"{item.solver}: {item.instance}, cost {item.cost:,.10g}, {item.routes} routes, {item.unserved} unserved,"
            f" {item.seconds:.1f} s, {item.moves:,} moves, {item.peak_mb} MB, "
            + ("verified" if item.verified else "NOT VALID")
        )
    if not ours.verified:
        raise RejectedPlanError("the routes break rules of the instance and must not be used")
    if reporter.interrupted:
        raise typer.Exit(130)


@bench.command()
def allocation(
    cooperatives: Annotated[int, typer.Option(min=1, max=200_000, help="Suppliers.")] = 1_000,
    hubs: Annotated[int, typer.Option(min=1, max=1_000, help="Places where baskets are assembled.")] = 3,
    products: Annotated[int, typer.Option(min=1, max=24, help="Products in the baskets.")] = 24,
    days: Annotated[int, typer.Option(min=1, max=60, help="Periods.")] = 12,
    baskets: Annotated[
        int | None, typer.Option(min=1, max=10_000_000, help="Baskets; by default 1,000,000 for 27,262 cooperatives.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Draws the programme.")] = 0,
    gap: Annotated[float, typer.Option(min=0.0, max=1.0, help="Gap to the proven bound that is good enough.")] = 0.01,
    compare: Annotated[str | None, typer.Option(metavar="PEERS", help="Also solve with these: linopy,cpsat.")] = None,
    seconds: Annotated[float, typer.Option(min=1.0, max=86_400, help="Time for each of the peers.")] = 300.0,
    as_json: AsJson = False,
) -> None:
    """Make up a programme, decide who supplies which hub and when, and prove how good that is."""
    from basketplan.bench.allocation import measure
    from basketplan.bench.allocation_peers import compare as run_peers
    from basketplan.bench.allocation_peers import known
    from basketplan.bench.country import Size
    from basketplan.terminal import LiveReporter

    size = Size(cooperatives=cooperatives, hubs=hubs, products=products, days=days, seed=seed, baskets=baskets)
    names = known(compare or "")
    with LiveReporter() as reporter:
        problem, ours = measure(size, gap=gap, reporter=reporter)
        results = [ours, *run_peers(problem, names, gap=gap, seconds=seconds, seed=seed, reporter=reporter)]
    if as_json:
        print_json(ours.as_json() | ({"peers": [item.as_json() for item in results[1:]]} if compare else {}))
        return
    for item in results:
        cost = "no plan" if item.objective is None else f"{item.objective:,.2f} MAD"
        proof = "nothing proven" if item.gap is None else f"gap {item.gap:.2%}"
        typer.echo(
            f"{item.solver}: {item.rows:,} rows, {item.columns:,} columns, built in {item.build_s:.1f} s, solved in"
            f" {item.solve_s:.1f} s, {cost}, {proof}, {item.peak_mb:,} MB, "
            + ("verified" if item.verified else item.note or "NOT VALID")
        )
