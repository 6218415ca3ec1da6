"""What commands share: reading with faults told, and JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from basketplan.errors import InputError, UsageError

if TYPE_CHECKING:
    from basketplan.plan.types import Plan
    from basketplan.programme.read import Loaded

__all__ = ["faults_json", "print_json", "read", "read_made", "refuse"]


def read(
    path: Path,
    scenario: str | None,
    overrides: Sequence[str] | None,
    as_json: bool,
    scenario_files: Sequence[Path] = (),
) -> Loaded:
    """Read a programme; on faults show them all and leave with exit code 3."""
    from basketplan.programme.read import read_programme

    try:
        return read_programme(path, scenario, overrides or [], scenario_files)
    except InputError as error:
        refuse(error, as_json)


def read_made(path: Path, programme: Path | None, as_json: bool) -> tuple[Plan, Loaded]:
    """Read a plan and the programme that it was made from; on faults show them all and leave with exit code 3."""
    from basketplan.plan.io import read_inputs, read_plan

    try:
        made = read_plan(path)
        inputs = read_inputs(path)
    except InputError as error:
        refuse(error, as_json)
    source, sets, scenario, files = programme, [], None, []
    if source is None:
        base = path if path.is_dir() else path.parent
        if "programme" not in inputs:
            raise UsageError("the plan's inputs.json does not say which programme it belongs to: give --programme")
        source = base / str(inputs["programme"])
        sets, scenario = list(inputs.get("set", [])), inputs.get("scenario")
        files = [base / str(file) for file in inputs.get("scenario_files", [])]
    return made, read(source, scenario, sets, as_json, files)


def refuse(error: InputError, as_json: bool) -> NoReturn:
    """Show all faults and leave with exit code 3."""
    from basketplan.terminal import show_faults

    show_faults(error.faults)
    if as_json:
        print_json({"faults": faults_json(error.faults)})
    raise typer.Exit(InputError.exit_code)


def faults_json(faults: Any) -> list[dict[str, Any]]:
    """Return faults for machines."""
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


def print_json(content: Any) -> None:
    """Print one JSON object to stdout."""
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2))
