"""Commands that write papers of a plan: export, report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from basketplan.cli.options import AsJson
from basketplan.cli.reading import print_json, read_made, refuse
from basketplan.errors import InputError, RejectedPlanError

__all__ = ["export", "report"]


def export(
    plan_path: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder or plan.json.")],
    formats: Annotated[
        str, typer.Option("--format", metavar="NAMES", help="all, or names with commas; an unknown one tells them all.")
    ] = "all",
    lang: Annotated[str, typer.Option(metavar="LANG", help="fr, ar, en, or two at once: ar+fr.")] = "fr",
    audience: Annotated[
        str, typer.Option(metavar="WHO", help="driver, cooperative, hub, coordinator or donor: decides what is shown.")
    ] = "coordinator",
    contacts: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Table with id and name, phone, landmark, address; read by no other command."
        ),
    ] = None,
    phones: Annotated[bool, typer.Option("--phones", help="Print households' telephones on drivers' sheets.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder; default papers/WHO in the plan folder.")
    ] = None,
    programme: Annotated[
        Path | None, typer.Option(metavar="PROGRAMME", help="Programme; default: the one the plan was made from.")
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Printed on papers, e.g. 2020-05-10T18:00; default: when the plan was made."),
    ] = None,
    keep_days: Annotated[
        int, typer.Option(min=0, max=3650, help="Days after the last one until papers with households are destroyed.")
    ] = 30,
    as_json: AsJson = False,
) -> None:
    """Write route sheets, orders, lists and all other papers of a plan that breaks no rule."""
    import os

    from basketplan.publish import Texts, View, audience_of
    from basketplan.publish.export import chosen, paper_time, publishable, ready
    from basketplan.publish.export import export as export_papers
    from basketplan.terminal import LiveReporter

    ready()
    who, texts = audience_of(audience), Texts.of(lang)
    wanted = chosen(formats, who)
    made, loaded = read_made(plan_path, programme, as_json)
    publishable(made, loaded.programme)
    moment = paper_time(time, plan_path)
    try:
        view = View.of(made, loaded.programme, contacts, who, time=moment, keep_days=keep_days, phones=phones)
    except InputError as error:
        refuse(error, as_json)
    folder = out if out is not None else (plan_path if plan_path.is_dir() else plan_path.parent) / "papers" / who
    with LiveReporter() as reporter:
        files = export_papers(view, texts, folder, wanted, reporter, workers=os.cpu_count() or 1)
    if as_json:
        print_json({"folder": str(folder), "files": [str(file.relative_to(folder)) for file in files]})
        return
    for item in wanted:
        typer.echo(f"{item.name}: {item.what}", err=True)
    typer.echo(f"{len(files):,} files are in {folder}")


def report(
    plan_path: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder or plan.json.")],
    lang: Annotated[str, typer.Option(metavar="LANG", help="fr, ar, en, or two at once: a file for each.")] = "fr",
    audience: Annotated[
        Literal["coordinator", "donor"], typer.Option(help="A donor sees no household, and no small figure.")
    ] = "coordinator",
    contacts: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Table with id and landmark; shown to coordinators on the map.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for the files; default: the plan folder.")
    ] = None,
    programme: Annotated[
        Path | None, typer.Option(metavar="PROGRAMME", help="Programme; default: the one the plan was made from.")
    ] = None,
    time: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Told as the report's time; default: when the plan was made."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a plan as one page: summary, map, shares, costs, zones, proofs. It opens offline, in any browser."""
    from basketplan.plan.verify import verify as verify_plan
    from basketplan.publish import Texts, View
    from basketplan.publish.export import paper_time
    from basketplan.publish.report import told_apart, write_reports

    texts = Texts.of(lang)
    made, loaded = read_made(plan_path, programme, as_json)
    result = verify_plan(made, loaded.programme)
    told_apart(result)
    try:
        view = View.of(made, loaded.programme, contacts, audience, time=paper_time(time, plan_path))
    except InputError as error:
        refuse(error, as_json)
    folder = out if out is not None else plan_path if plan_path.is_dir() else plan_path.parent
    files = write_reports(view, texts, folder, result)
    if as_json:
        print_json({"files": [str(file) for file in files], "violations": len(result.violations)})
    else:
        typer.echo("\n".join(str(file) for file in files))
    if not result.ok:
        raise RejectedPlanError("the plan breaks rules: the report says so on top")
