"""Commands that measure: bench routing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from basketplan.cli.options import AsJson
from basketplan.cli.reading import print_json

__all__ = ["bench", "routing"]

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

    instance = read_instance(file)
    ours, _ = solve_instance(instance, seconds=seconds, threads=threads, seed=seed)
    results = [ours]
    if compare:
        names = [name.strip() for name in compare.split(",") if name.strip()]
        results += run_peers(instance, names, seconds=seconds, threads=threads, seed=seed)
    if as_json:
        print_json(ours.as_json() | ({"peers": [item.as_json() for item in results[1:]]} if compare else {}))
        return
    for item in results:
        typer.echo(
            f"{item.solver}: {item.instance}, cost {item.cost:,.10g}, {item.routes} routes, {item.unserved} unserved,"
            f" {item.seconds:.1f} s, {item.moves:,} moves, {item.peak_mb} MB, "
            + ("verified" if item.verified else "NOT VALID")
        )
