"""The command that tells why a plan is as it is, and what would change it."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from basketplan.cli.options import AsJson
from basketplan.cli.reading import made_from, print_json, read_made
from basketplan.errors import UsageError

if TYPE_CHECKING:
    from basketplan.programme.types import Programme

__all__ = ["explain"]


def explain(
    plan_path: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder or plan.json.")],
    ids: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="ID", help="Cooperatives, products, hubs, baskets, households; without any: the whole plan."
        ),
    ] = None,
    stress: Annotated[
        bool,
        typer.Option("--stress", help="Fail each cooperative and each hub's day in turn; Ctrl-C keeps what is done."),
    ] = False,
    lang: Annotated[str, typer.Option(metavar="LANG", help="fr, ar, en, or two at once: ar+fr.")] = "fr",
    programme: Annotated[
        Path | None, typer.Option(metavar="PROGRAMME", help="Programme; default: the one the plan was made from.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell in sentences what binds a plan or a part of it, what one more is worth, and what would serve everybody."""
    if importlib.util.find_spec("babel") is None:
        raise UsageError("sentences need babel: pip install 'basketplan[papers]'")
    from basketplan.explain.explained import explain as answer
    from basketplan.explain.explained import things_of
    from basketplan.plan.io import programme_sha256
    from basketplan.programme.read import load_programme
    from basketplan.publish.texts import Texts
    from basketplan.terminal import LiveReporter

    texts = Texts.of(lang)
    made, loaded = read_made(plan_path, programme, as_json)
    if programme_sha256(loaded.programme) != made.origin.programme_sha256:
        raise UsageError("the programme has changed since the plan was made: plan again, then ask why")
    things_of(loaded.programme, made, ids or [])
    source = made_from(plan_path, programme)

    def reread(overrides: Sequence[str]) -> Programme:
        return load_programme(source.path, source.scenario, [*source.sets, *overrides], source.scenario_files)

    with LiveReporter() as reporter:
        told = answer(made, loaded.programme, reread, ids=ids or [], stressed=stress, reporter=reporter)
    if as_json:
        print_json({"plan": str(plan_path), "interrupted": reporter.interrupted, **told.as_json(texts)})
    else:
        for item in texts:
            for heading, sentences in told.sections(item):
                typer.echo(heading)
                for sentence in sentences:
                    typer.echo(f"  {sentence}")
                typer.echo()
    if reporter.interrupted:
        raise typer.Exit(130)
