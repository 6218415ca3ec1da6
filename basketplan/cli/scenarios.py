"""Commands that ask "what if": scenarios list, run, compare, difference, risk."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from basketplan.cli.options import AsJson, ClusterAddress, EffortChoice, Overrides, ProgrammePath
from basketplan.cli.reading import print_json, read_made, refuse
from basketplan.errors import InputError, NoPlanError, UsageError

if TYPE_CHECKING:
    from basketplan.scenarios.run import Ended

__all__ = ["scenarios"]

scenarios = typer.Typer(help="Ask what if: plan scenarios and sweeps, and compare them.", no_args_is_help=True)


@scenarios.command("list")
def show(
    programme: ProgrammePath,
    as_json: AsJson = False,
) -> None:
    """Tell the scenarios, sweeps and uncertainties beside a programme, with every fault in their files."""
    from basketplan.programme.library import KINDS
    from basketplan.scenarios.study import library_of
    from basketplan.scenarios.sweeps import points

    library = library_of(programme)
    faults = list(library.faults)
    rows: dict[str, dict[str, str]] = {kind: {} for kind in KINDS}
    for kind in KINDS:
        for name in library.names(kind):
            try:
                if kind == "scenarios":
                    made = library.scenario(name)
                    rows[kind][name] = str(made.title) or _count(len(made.overrides), "change")
                elif kind == "sweeps":
                    rows[kind][name] = _count(len(points(library, name)), "run")
                else:
                    rows[kind][name] = ""
            except InputError as error:
                faults += error.faults
    if faults:
        refuse(InputError(dict.fromkeys(faults)), as_json)
    if as_json:
        print_json(rows)
        return
    for kind, entries in rows.items():
        for name, told in entries.items():
            typer.echo(f"{kind}: {name}{f': {told}' if told else ''}")


@scenarios.command()
def run(
    programme: ProgrammePath,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAMES]", help="Scenarios (rain+strike is both), sweeps, uncertainties, .yaml; none: all."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of the study; default studies/ID.")
    ] = None,
    workers: Annotated[int | None, typer.Option(min=1, max=1000, help="Runs at a time; default: one a core.")] = None,
    effort: Annotated[EffortChoice, typer.Option(help="How much work to put in each run.")] = "standard",
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="First seed.")] = 0,
    repeats: Annotated[
        int, typer.Option(min=1, max=1000, help="Seeds from which each run is made, to see the search's own noise.")
    ] = 1,
    cache: Annotated[
        Path | None,
        typer.Option("--cache", metavar="DIR", help="Where stages are kept to be used again; default: in DIR."),
    ] = None,
    silence: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="A run that tells nothing for so long is tried again.")
    ] = 900.0,
    memory: Annotated[
        int | None,
        typer.Option(min=1, metavar="MB", help="Most memory of a run: one that holds more is ended, others go on."),
    ] = None,
    draws: Annotated[
        int, typer.Option(min=1, max=10_000, help="Worlds that are drawn and planned for an uncertainty.")
    ] = 20,
    cluster: ClusterAddress = None,
    overrides: Overrides = None,
    as_json: AsJson = False,
) -> None:
    """Plan scenarios and sweeps, each verified. Ctrl-C keeps finished runs; the same command goes on with the rest."""
    from functools import partial

    from basketplan.scenarios.processes import Processes
    from basketplan.scenarios.run import Workers, run_study
    from basketplan.scenarios.study import expand
    from basketplan.terminal import LiveReporter

    number = workers if workers is not None else os.cpu_count() or 1
    if cluster is not None:
        from basketplan.scenarios.cluster import connect, workers_of

        if memory is not None:
            raise UsageError("--memory is for runs on this machine: a cluster has limits of its own")
        crew = workers_of(connect(cluster))
    else:
        limit = None if memory is None else memory * 2**20
        make = partial(Processes, number, silent_s=silence, memory_bytes=limit)
        crew = Workers(make=make, number=number, threads=number)
    try:
        study = expand(
            programme,
            names or [],
            effort=effort,
            seeds=range(seed, seed + repeats),
            overrides=overrides or [],
            draws=draws,
        )
        folder = (
            out
            if out is not None
            else Path("studies") / (programme if programme.is_dir() else programme.parent).resolve().name
        )
        with LiveReporter() as reporter:
            ended = run_study(study, folder, crew, reporter=reporter, cache=cache, told=reporter.ended)
    except InputError as error:
        refuse(error, as_json)
    if as_json:
        print_json(_told(ended))
    else:
        for line in _sentences(ended):
            typer.echo(line)
    if ended.stopped:
        raise typer.Exit(130)
    if ended.failed:
        raise NoPlanError(f"{len(ended.failed)} of {len(study.runs)} runs have no plan: failed.json says why")


@scenarios.command()
def compare(
    study: Annotated[Path, typer.Argument(metavar="STUDY", help="Folder that scenarios run has made.")],
    base: Annotated[str, typer.Option(metavar="NAME", help="Scenario that the others are compared with.")] = "base",
    lang: Annotated[str, typer.Option(metavar="LANG", help="fr, ar, en, or two at once: a page for each.")] = "fr",
    as_json: AsJson = False,
) -> None:
    """Compare the plans of a study: a table here; in its folder CSV, JSON, a page with charts, and who must be told."""
    from basketplan.publish import Texts
    from basketplan.publish.comparison import comparison_html
    from basketplan.scenarios import compare as comparing
    from basketplan.scenarios.results import Results

    texts = Texts.of(lang)
    results = Results.open(study)
    try:
        made, people = comparing.compare(results, base)
    except InputError as error:
        refuse(error, as_json)
    pages = {item.lang: comparison_html(made, item) for item in texts}
    files = comparing.write_comparison(results, made, people, pages)
    if as_json:
        told = {"worlds": comparing.worlds(results), **comparing.comparison_json(made)}
        print_json({"files": [str(file) for file in files], **told})
        return
    typer.echo(comparing.table(made))
    for name, world in comparing.worlds(results).items():
        sure = world["everybody"]
        span = f"{sure['value']:.0%} ({sure['low']:.0%} to {sure['high']:.0%})"
        typer.echo(f"Planned again for {world['worlds']} worlds of '{name}': everybody is served in {span} of them;")
        typer.echo(f"  on average {world['unserved']:,.1f} are not.")
    for file in files:
        if file.parent == results.folder:
            typer.echo(file, err=True)


@scenarios.command()
def difference(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="Plan folder or plan.json.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Plan folder or plan.json.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE.csv", help="Write who has to be told what.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what changes for people from one plan to another, and who has to be told."""
    from basketplan.plan.difference import difference as differ
    from basketplan.plan.io import read_plan
    from basketplan.scenarios.compare import notices_csv, sentences

    try:
        found = differ(read_plan(before), read_plan(after))
    except InputError as error:
        refuse(error, as_json)
    if out is not None:
        out.write_text("\ufeff" + notices_csv(found), encoding="utf-8")
    if as_json:
        print_json({"counts": found.counts, "notices": [vars(item) for item in found.notices()]})
        return
    for line in sentences(found):
        typer.echo(line)


@scenarios.command()
def risk(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder or plan.json.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="Uncertainty in the programme's folder scenarios.")],
    samples: Annotated[int, typer.Option(min=2, max=100_000, help="Times that the plan is carried out.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Same seed, same draws.")] = 0,
    programme: Annotated[
        Path | None, typer.Option(metavar="PROGRAMME", help="Programme; default: the one the plan was made from.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write a page, risk-NAME.LANG.html, into this folder.")
    ] = None,
    lang: Annotated[str, typer.Option(metavar="LANG", help="fr, ar, en, or two at once: a page for each.")] = "fr",
    as_json: AsJson = False,
) -> None:
    """Tell how sure a plan is: carry it out many times with supply, dates, absence and speed that vary."""
    from basketplan.plan.io import read_inputs
    from basketplan.publish import Texts
    from basketplan.publish.export import publishable, safe_name
    from basketplan.publish.risk import risk_html
    from basketplan.scenarios.risk import risk as risk_of
    from basketplan.scenarios.study import library_of
    from basketplan.scenarios.uncertainty import read_uncertainty

    texts = Texts.of(lang)
    made, loaded = read_made(plan, programme, as_json)
    publishable(made, loaded.programme)
    home = plan if plan.is_dir() else plan.parent
    source = programme if programme is not None else home / str(read_inputs(plan)["programme"])
    try:
        uncertainty = read_uncertainty(library_of(source), name, sorted(loaded.programme.cooperative))
    except InputError as error:
        refuse(error, as_json)
    found = risk_of(made, loaded.programme, uncertainty, samples=samples, seed=seed)
    files = []
    for item in texts if out is not None else ():
        files.append(Path(out or ".") / f"risk-{safe_name(name)}.{item.lang}.html")
        files[-1].parent.mkdir(parents=True, exist_ok=True)
        page = risk_html(found, loaded.programme.id, loaded.programme.title, item)
        files[-1].write_text(page, encoding="utf-8", newline="\n")
    if as_json:
        print_json({**found.as_json(), **({"files": [str(file) for file in files]} if files else {})})
        return
    for line in found.sentences():
        typer.echo(line)
    for file in files:
        typer.echo(file, err=True)


def _told(ended: Ended) -> dict[str, object]:
    return {
        "study": str(ended.results.folder),
        "planned": list(ended.planned),
        "known": list(ended.known),
        "failed": dict(ended.failed),
        "retried": dict(ended.retried),
        "stopped": ended.stopped,
        "runs": {name: ended.results.told(name) for name in (*ended.planned, *ended.known)},
    }


def _sentences(ended: Ended) -> list[str]:
    """Say what was run, in sentences."""
    lines = [f"{_count(len(ended.planned), 'plan')} made, {len(ended.known)} kept from before."]
    for name, attempts in ended.retried.items():
        lines.append(f"  {name} was tried {len(attempts) + 1} times: {attempts[-1]}")
    for name, attempts in ended.failed.items():
        lines.append(f"  {name} has no plan: {attempts[-1]}")
    if ended.stopped:
        lines.append("It was stopped: finished runs are kept, the same command goes on with the rest.")
    lines.append(f"The study is in {ended.results.folder}")
    return lines


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'s' * (number != 1)}"
