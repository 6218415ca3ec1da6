"""Commands that make and check plans: plan, verify."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from basketplan.cli.options import AsJson, BasePlan, ClusterAddress, EffortChoice, Overrides, Scenario
from basketplan.cli.reading import print_json, read, read_made, refuse
from basketplan.errors import InputError, RejectedPlanError, StoppedError, UsageError

if TYPE_CHECKING:
    from basketplan.plan.types import Plan, Verification
    from basketplan.programme.read import Loaded
    from basketplan.rework import Reworked
    from basketplan.stages import Stages

__all__ = ["plan", "verify"]


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
    cluster: ClusterAddress = None,
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
    loaded = read(programme, scenario, overrides, as_json)
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
            stages=_stages(cluster),
        )
    if outcome.plan.status == "interrupted" and not outcome.plan.trips:
        raise StoppedError("stopped before there was a plan for anybody: nothing was written, give it more time")
    written = write_plan(folder, outcome.plan, outcome.verification, _inputs(loaded, outcome.plan, programme, folder))
    if as_json:
        print_json(_plan_json(outcome.plan, outcome.verification, written, outcome.seconds))
    else:
        typer.echo(summary(outcome.plan, outcome.verification, outcome.seconds), nl=False)
        typer.echo(f"The plan is in {written}")
    if not outcome.verification.ok:
        raise RejectedPlanError("the plan breaks rules: it was kept as plan.rejected.json and must not be used")
    if reporter.interrupted:
        raise typer.Exit(130)


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
        made, loaded = read_made(plan_path, programme, as_json)
        if programme_sha256(loaded.programme) != made.origin.programme_sha256:
            note = "note: the programme has changed since the plan was made; it is checked against today's."
            typer.echo(note, err=True)
        result = verify_plan(made, loaded.programme)
    if as_json:
        print_json({"plan": str(plan_path), **told, **json.loads(result.model_dump_json())})
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


def _stages(cluster: str | None) -> Stages | None:
    """Return who makes the decisions: a cluster, or nobody else."""
    if cluster is None:
        return None
    from basketplan.scenarios.cluster import ClusterStages, connect

    return ClusterStages(connect(cluster))


def _rework(workbook: Path, base: Path | None, programme: Path | None, as_json: bool) -> tuple[Reworked, Path]:
    """Move stops as a workbook says; return the outcome and where the plan before is."""
    from basketplan.publish.workbook import read_edits
    from basketplan.rework import base_folder, rework

    try:
        edits = read_edits(workbook)
        folder = base_folder(workbook, base)
        made, loaded = read_made(folder, programme, as_json)
        return rework(edits, made, loaded.programme), folder
    except InputError as error:
        refuse(error, as_json)


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
        print_json(told)
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


def _inputs(loaded: Loaded, made: Plan, programme: Path, folder: Path) -> dict[str, Any]:
    """Say from what the plan was made: hashes of every file, versions, seed, effort, overrides with places."""
    import os

    return {
        "programme": Path(os.path.relpath(programme.resolve(), folder.resolve())).as_posix(),
        "programme_sha256": made.origin.programme_sha256,
        "files": dict(loaded.files),
        "scenario": made.origin.scenario,
        "scenario_files": [os.path.relpath(file, folder) for file in loaded.scenario_files],
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
        "rounds": figures.rounds,
        "rounds_saved_centimes": figures.rounds_saved_centimes,
        "trips": figures.trips,
        "vehicle_days": figures.vehicle_days,
        "lowest_share": figures.lowest_share,
        "seconds": seconds.get("total"),
        "stage_seconds": dict(seconds),
    }
