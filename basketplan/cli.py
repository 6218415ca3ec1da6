"""The command line: parse, call, print. Results go to stdout, everything else to stderr.

Exit codes: 0 fine, 1 internal fault, 2 wrong usage, 3 faulty input, 4 no plan could be made, 5 plan breaks a
rule, 130 interrupted.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer

from basketplan.errors import BasketplanError, InputError, RejectedPlanError, StoppedError, UsageError

if TYPE_CHECKING:
    from basketplan.plan.types import Plan, Verification
    from basketplan.programme.read import Loaded
    from basketplan.rework import Reworked

EffortChoice = Literal["quick", "standard", "thorough"]

app = typer.Typer(
    name="basketplan",
    help="Plan solidarity basket programmes: cooperatives to hubs to households, one verified plan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ProgrammePath = Annotated[Path, typer.Argument(metavar="PROGRAMME", help="Folder with programme.yaml, or that file.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Override a value, e.g. cooperatives[id].offers[product].capacity=0"
    ),
]
Scenario = Annotated[str | None, typer.Option(metavar="NAME", help="Apply scenarios/NAME.yaml of the programme.")]
BasePlan = Annotated[
    Path | None,
    typer.Option("--plan", metavar="PLAN", help="Plan that the workbook was made from; default: where it lies."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object to stdout.")]


def _version(value: bool) -> None:
    if value:
        from importlib import metadata

        typer.echo(f"basketplan {metadata.version('basketplan')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    pass


@app.command()
def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """Write a small programme to start from."""
    from basketplan.programme.starter import write_starter

    for path in write_starter(folder):
        typer.echo(path)
    typer.echo(f"Next: basketplan check {folder}", err=True)


@app.command()
def check(
    programme: ProgrammePath,
    overrides: Overrides = None,
    scenario: Scenario = None,
    as_json: AsJson = False,
) -> None:
    """Tell all faults of a programme, and whether supply, assembly and vehicles can be enough. Solves nothing."""
    from basketplan.programme.preflight import preflight
    from basketplan.terminal import show_faults

    loaded = _read(programme, scenario, overrides, as_json)
    show_faults(loaded.warnings)
    flight = preflight(loaded.programme)
    if as_json:
        _print_json({"faults": [], "warnings": _faults_json(loaded.warnings), "preflight": flight.as_json()})
        return
    for told in loaded.applied:
        typer.echo(told, err=True)
    for sentence in flight.sentences:
        typer.echo(sentence)


@app.command()
def plan(
    programme: Annotated[
        Path | None, typer.Argument(metavar="PROGRAMME", help="Folder with programme.yaml, or that file.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Plan folder; default plans/ID.")] = None,
    workbook: Annotated[
        Path | None,
        typer.Option("--from", metavar="EDITED.xlsx", help="Take a plan's workbook with stops moved; solves nothing."),
    ] = None,
    base: BasePlan = None,
    seed: Annotated[int, typer.Option(min=0, max=2**31 - 1, help="Same seed, same plan.")] = 0,
    effort: Annotated[EffortChoice, typer.Option(help="How much work to put in.")] = "standard",
    time_limit: Annotated[
        float | None, typer.Option(min=1, metavar="SECONDS", help="Stop with the best plan by then.")
    ] = None,
    overrides: Overrides = None,
    scenario: Scenario = None,
    as_json: AsJson = False,
) -> None:
    """Make a verified plan and write it to a plan folder."""
    import os

    from basketplan.plan.io import refuse_foreign_folder, write_plan
    from basketplan.planner import run
    from basketplan.terminal import LiveReporter, show_faults, summary

    if workbook is not None:
        if overrides or scenario or time_limit:
            raise UsageError(
                "--from takes the plan's own programme as it is: leave out --set, --scenario, --time-limit"
            )
        _plan_from(workbook, base, programme, out, as_json)
        return
    if programme is None:
        raise UsageError("give a PROGRAMME, or the workbook of a plan with --from")
    loaded = _read(programme, scenario, overrides, as_json)
    folder = out if out is not None else Path("plans") / loaded.programme.id
    refuse_foreign_folder(folder)
    show_faults(loaded.warnings)
    with LiveReporter() as reporter:
        outcome = run(
            loaded.programme,
            effort=effort,
            seed=seed,
            reporter=reporter,
            time_limit_s=time_limit,
            workers=os.cpu_count() or 1,
            scenario=scenario,
            overrides=loaded.applied,
        )
    if outcome.plan.status == "interrupted" and not outcome.plan.trips:
        raise StoppedError("stopped before there was a plan for anybody: nothing was written, give it more time")
    written = write_plan(folder, outcome.plan, outcome.verification, _inputs(loaded, outcome.plan, programme, folder))
    if as_json:
        _print_json(_plan_json(outcome.plan, outcome.verification, written, outcome.seconds))
    else:
        typer.echo(summary(outcome.plan, outcome.verification, outcome.seconds), nl=False)
        typer.echo(f"The plan is in {written}")
    if not outcome.verification.ok:
        raise RejectedPlanError("the plan breaks rules: it was kept as plan.rejected.json and must not be used")
    if reporter.interrupted:
        raise typer.Exit(130)


@app.command()
def verify(
    plan_path: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan folder, plan.json, or a plan's workbook.")],
    programme: Annotated[
        Path | None,
        typer.Option(
            "--programme", metavar="PROGRAMME", help="Programme it belongs to; default: the one it was made from."
        ),
    ] = None,
    base: BasePlan = None,
    as_json: AsJson = False,
) -> None:
    """Check a plan against its programme, also one edited by hand. Shares no code with the solvers."""
    from basketplan.plan.io import programme_sha256
    from basketplan.plan.verify import verify as verify_plan
    from basketplan.rework import is_workbook

    told: dict[str, Any] = {}
    if is_workbook(plan_path):
        reworked, _ = _rework(plan_path, base, programme, as_json)
        result, told = reworked.verification, reworked.as_json()
        if not as_json:
            typer.echo("\n".join(reworked.sentences()))
    else:
        made, loaded = _read_plan(plan_path, programme, as_json)
        if programme_sha256(loaded.programme) != made.origin.programme_sha256:
            note = "note: the programme has changed since the plan was made; it is checked against today's."
            typer.echo(note, err=True)
        result = verify_plan(made, loaded.programme)
    if as_json:
        _print_json({"plan": str(plan_path), **told, **json.loads(result.model_dump_json())})
    else:
        for item in result.violations:
            typer.echo(f"{item.code} {item.rule} at {item.where}: {item.message}")
        checks = sum(result.checked.values())
        broken = len(result.violations)
        typer.echo(
            f"{checks:,} checks by {len(result.checked)} rules: {broken or 'no'} violation{'s' * (broken != 1)}."
        )
    if not result.ok:
        raise typer.Exit(RejectedPlanError.exit_code)


@app.command()
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
    made, loaded = _read_plan(plan_path, programme, as_json)
    publishable(made, loaded.programme)
    moment = paper_time(time, plan_path)
    try:
        view = View.of(made, loaded.programme, contacts, who, time=moment, keep_days=keep_days, phones=phones)
    except InputError as error:
        _report_faults(error, as_json)
    folder = out if out is not None else (plan_path if plan_path.is_dir() else plan_path.parent) / "papers" / who
    with LiveReporter() as reporter:
        files = export_papers(view, texts, folder, wanted, reporter, workers=os.cpu_count() or 1)
    if as_json:
        _print_json({"folder": str(folder), "files": [str(file.relative_to(folder)) for file in files]})
        return
    for item in wanted:
        typer.echo(f"{item.name}: {item.what}", err=True)
    typer.echo(f"{len(files):,} files are in {folder}")


@app.command()
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
    made, loaded = _read_plan(plan_path, programme, as_json)
    result = verify_plan(made, loaded.programme)
    told_apart(result)
    try:
        view = View.of(made, loaded.programme, contacts, audience, time=paper_time(time, plan_path))
    except InputError as error:
        _report_faults(error, as_json)
    folder = out if out is not None else plan_path if plan_path.is_dir() else plan_path.parent
    files = write_reports(view, texts, folder, result)
    if as_json:
        _print_json({"files": [str(file) for file in files], "violations": len(result.violations)})
    else:
        typer.echo("\n".join(str(file) for file in files))
    if not result.ok:
        raise RejectedPlanError("the plan breaks rules: the report says so on top")


@app.command()
def locate(
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="CSV or XLSX with the columns id and place.")],
    online: Annotated[
        bool, typer.Option("--online", help="Allow it: the places (nothing else) go to OpenStreetMap's geocoder.")
    ] = False,
    country: Annotated[str, typer.Option(metavar="CODE", help="Two letters of the country.")] = "ma",
) -> None:
    """Find latitude and longitude of towns and quarters; prints a CSV table. The only command that uses the network."""
    from basketplan.programme.files import read_bytes, refused
    from basketplan.programme.sheets import read_sheet
    from basketplan.programme.written import looks_personal
    from basketplan.travel.geocode import as_csv, locate, nominatim

    try:
        sheet = read_sheet(table, str(table), read_bytes(table, str(table)))
        personal = [name for name in sheet.header if looks_personal(name)]
        if personal:
            raise refused(
                "B123", f"column '{personal[0]}' looks like personal data", str(table), "keep id and place only"
            )
        if not {"id", "place"} <= set(sheet.header):
            raise refused("B121", "it needs the columns id and place", str(table), "name towns or quarters as 'place'")
    except InputError as error:
        _report_faults(error, False)
    if not online:
        raise UsageError("finding places needs the network: allow it with --online")
    column = {name: sheet.header.index(name) for name in ("id", "place")}
    rows = [(str(row[column["id"]] or ""), str(row[column["place"]] or "")) for row in sheet.rows]
    found = locate((place for _, place in rows), nominatim(country))
    typer.echo(as_csv([name for name, _ in rows], found), nl=False)


bench = typer.Typer(help="Measure on public instances and synthetic programmes.", no_args_is_help=True)
app.add_typer(bench, name="bench")


@bench.command("routing")
def bench_routing(
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
        _print_json(ours.as_json() | ({"peers": [item.as_json() for item in results[1:]]} if compare else {}))
        return
    for item in results:
        typer.echo(
            f"{item.solver}: {item.instance}, cost {item.cost:,.10g}, {item.routes} routes, {item.unserved} unserved,"
            f" {item.seconds:.1f} s, {item.moves:,} moves, {item.peak_mb} MB, "
            + ("verified" if item.verified else "NOT VALID")
        )


@app.command()
def schema(
    what: Annotated[Literal["programme", "plan"], typer.Argument(help="Which schema.")] = "programme",
) -> None:
    """Print the JSON Schema of programme.yaml or of plan.json, for editors and other software."""
    from basketplan.plan.schema import plan_schema
    from basketplan.programme.schema import programme_schema

    _print_json(programme_schema() if what == "programme" else plan_schema())


def _read(path: Path, scenario: str | None, overrides: list[str] | None, as_json: bool) -> Loaded:
    """Read a programme; on faults show them all and leave with exit code 3."""
    from basketplan.programme.read import read_programme

    try:
        return read_programme(path, scenario=scenario, overrides=overrides or [])
    except InputError as error:
        _report_faults(error, as_json)


def _read_plan(path: Path, programme: Path | None, as_json: bool) -> tuple[Plan, Loaded]:
    """Read a plan and the programme that it was made from; on faults show them all and leave with exit code 3."""
    from basketplan.plan.io import read_inputs, read_plan

    try:
        made = read_plan(path)
        inputs = read_inputs(path)
    except InputError as error:
        _report_faults(error, as_json)
    source, sets, scenario = programme, [], None
    if source is None:
        base = path if path.is_dir() else path.parent
        if "programme" not in inputs:
            raise UsageError("the plan's inputs.json does not say which programme it belongs to: give --programme")
        source = base / str(inputs["programme"])
        sets, scenario = list(inputs.get("set", [])), inputs.get("scenario")
    return made, _read(source, scenario, sets, as_json)


def _rework(workbook: Path, base: Path | None, programme: Path | None, as_json: bool) -> tuple[Reworked, Path]:
    """Move stops as a workbook says; return the outcome and where the plan before is."""
    from basketplan.publish.workbook import read_edits
    from basketplan.rework import base_folder, rework

    try:
        edits = read_edits(workbook)
        folder = base_folder(workbook, base)
        made, loaded = _read_plan(folder, programme, as_json)
        return rework(edits, made, loaded.programme), folder
    except InputError as error:
        _report_faults(error, as_json)


def _plan_from(workbook: Path, base: Path | None, programme: Path | None, out: Path | None, as_json: bool) -> None:
    """Write the plan of an edited workbook, when it breaks no rule."""
    from basketplan.plan.io import refuse_foreign_folder, write_plan
    from basketplan.rework import new_folder, new_inputs
    from basketplan.terminal import summary

    reworked, before = _rework(workbook, base, programme, as_json)
    folder, result = new_folder(before, out), reworked.verification
    refuse_foreign_folder(folder)
    told = {"plan": str(folder) if result.ok else None, **reworked.as_json(), **json.loads(result.model_dump_json())}
    if as_json:
        _print_json(told)
    else:
        typer.echo("\n".join(reworked.sentences()))
        for item in result.violations:
            typer.echo(f"{item.code} {item.rule} at {item.where}: {item.message}")
    if not result.ok:
        count = len(result.violations)
        raise RejectedPlanError(f"the edit breaks {count} rule{'s' * (count != 1)}: no plan was written")
    written = write_plan(folder, reworked.edited.plan, result, new_inputs(before, folder, reworked))
    if not as_json:
        typer.echo(summary(reworked.edited.plan, result), nl=False)
        typer.echo(f"The plan is in {written}")


def _report_faults(error: InputError, as_json: bool) -> NoReturn:
    from basketplan.terminal import show_faults

    show_faults(error.faults)
    if as_json:
        _print_json({"faults": _faults_json(error.faults)})
    raise typer.Exit(InputError.exit_code)


def _faults_json(faults: Any) -> list[dict[str, Any]]:
    return [
        {
            "code": fault.code,
            "severity": fault.severity,
            "message": fault.message,
            "file": fault.place.file if fault.place else None,
            "line": fault.place.line if fault.place else None,
            "column": fault.place.column if fault.place else None,
            "help": fault.help,
        }
        for fault in faults
    ]


def _inputs(loaded: Loaded, made: Plan, programme: Path, folder: Path) -> dict[str, Any]:
    """Say from what the plan was made: hashes of every file, versions, seed, effort, overrides with places."""
    import os

    return {
        "programme": Path(os.path.relpath(programme.resolve(), folder.resolve())).as_posix(),
        "programme_sha256": made.origin.programme_sha256,
        "files": dict(loaded.files),
        "scenario": made.origin.scenario,
        "set": list(loaded.overrides),
        "applied": list(loaded.applied),
        "seed": made.origin.seed,
        "effort": made.origin.effort,
        "versions": made.origin.versions,
    }


def _plan_json(made: Plan, verification: Verification, folder: Path, seconds: Any) -> dict[str, Any]:
    figures = made.metrics
    cost = [report for report in made.stages if report.stage == "allocation" and report.gap is not None]
    return {
        "plan": str(folder),
        "status": made.status,
        "served": figures.served,
        "unserved": figures.unserved,
        "violations": len(verification.violations),
        "cost_centimes": figures.cost_centimes,
        "allocation_gap": cost[-1].gap if cost else None,
        "goals": [
            {"goal": item.goal, "status": item.status, "value": item.value, "bound": item.bound, "gap": item.gap}
            for item in made.stages
            if item.stage == "allocation"
        ],
        "distance_m": figures.distance_m,
        "trips": figures.trips,
        "vehicle_days": figures.vehicle_days,
        "lowest_share": figures.lowest_share,
        "seconds": seconds.get("total"),
        "stage_seconds": dict(seconds),
    }


def _print_json(content: Any) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))


def main() -> None:
    """Run the command line; the only place that catches everything."""
    try:
        app(standalone_mode=True)
    except BasketplanError as error:
        typer.echo(f"error: {error}", err=True)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        typer.echo("Interrupted: nothing was written.", err=True)
        sys.exit(StoppedError.exit_code)
    except BrokenPipeError:
        sys.exit(0)
    except OSError as error:
        typer.echo(f"error: {error.strerror or error}: {error.filename or ''}", err=True)
        sys.exit(UsageError.exit_code)


if __name__ == "__main__":
    main()
