"""The command that draws the price of fairness."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from basketplan.cli.options import AsJson, EffortChoice, Overrides, ProgrammePath, Scenario
from basketplan.cli.reading import print_json, read
from basketplan.errors import NoPlanError, StoppedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from basketplan.plan.fairness import FairnessPrice
    from basketplan.programme.types import Programme
    from basketplan.progress import Reporter

__all__ = ["fairness"]


def fairness(
    programme: ProgrammePath,
    levels: Annotated[
        int, typer.Option(min=10, max=100, help="Guaranteed shares, the cheapest and the fairest among them.")
    ] = 12,
    lang: Annotated[str, typer.Option(metavar="LANG", help="fr, ar, en, or two at once: a picture for each.")] = "fr",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of CSV, JSON and pictures; default fairness/ID.")
    ] = None,
    effort: Annotated[EffortChoice, typer.Option(help="How much work to put in each level.")] = "standard",
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Same seed, same result.")] = 0,
    overrides: Overrides = None,
    scenario: Scenario = None,
    as_json: AsJson = False,
) -> None:
    """Draw the price of fairness: the cost at each share that every cooperative is guaranteed, with its gap."""
    from basketplan.publish.export import ready
    from basketplan.publish.fairness import fairness_csv, fairness_svg, fairness_table
    from basketplan.publish.texts import Texts
    from basketplan.terminal import LiveReporter, show_faults

    ready()
    texts = Texts.of(lang)
    loaded = read(programme, scenario, overrides, as_json)
    show_faults(loaded.warnings)
    with LiveReporter() as reporter:
        found = _solve(loaded.programme, effort, seed, levels, reporter)
    if not found.points:
        if reporter.interrupted:
            raise StoppedError("stopped before the first level was solved: nothing was written")
        raise NoPlanError("nobody can be served, or no cooperative can supply what is needed: nothing to draw")
    folder = out if out is not None else Path("fairness") / loaded.programme.id
    title = loaded.programme.title
    files = {"price.csv": "\ufeff" + fairness_csv(found), "price.json": found.model_dump_json(indent=1) + "\n"}
    files |= {f"price.{item.lang}.svg": fairness_svg(found, item, title) for item in texts}
    written = _write(folder, files)
    if as_json:
        print_json({"files": [str(file) for file in written], **found.model_dump(mode="json")})
    else:
        typer.echo(fairness_table(found, texts[0]))
        for file in written:
            typer.echo(file, err=True)
    if not found.complete:
        typer.echo("Stopped before its end: the levels solved by then are kept.", err=True)
        raise typer.Exit(130)


def _solve(programme: Programme, effort: str, seed: int, levels: int, reporter: Reporter) -> FairnessPrice:
    """Give households to hubs and solve all levels."""
    from basketplan.solve.allocation.price import price_of_fairness
    from basketplan.solve.territory import territory
    from basketplan.solve.types import EFFORTS
    from basketplan.solve.visits import split_visits

    visits = split_visits(programme)
    lands = territory(visits, reporter=reporter)
    return price_of_fairness(visits, lands, EFFORTS[effort], seed=seed, reporter=reporter, levels=levels)


def _write(folder: Path, files: Mapping[str, str]) -> list[Path]:
    """Write files into a folder, each whole or not at all."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in files.items():
        file = folder / name
        new = file.with_name(f".{file.name}.{os.getpid()}")
        new.write_text(text, encoding="utf-8")
        new.replace(file)
        written.append(file)
    return written
