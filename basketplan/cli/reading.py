"""What commands share: reading with faults told, and JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from basketplan.errors import InputError, UsageError

if TYPE_CHECKING:
    from basketplan.plan.types import Plan
    from basketplan.programme.read import Loaded

__all__ = ["Source", "faults_json", "made_from", "print_json", "read", "read_made", "refuse"]


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


@dataclass(frozen=True)
class Source:
    """From what a plan was made."""

    path: Path
    sets: Sequence[str]
    scenario: str | None
    scenario_files: Sequence[Path]


def made_from(path: Path, programme: Path | None) -> Source:
    """Return from what the plan at ``path`` was made; ``programme`` is another one to take in its place.

    Raises
    ------
    InputError, UsageError
        ``inputs.json`` cannot be read, or does not say.
    """
    from basketplan.plan.io import read_inputs

    inputs = read_inputs(path)
    if programme is not None:
        return Source(programme, [], None, [])
    base = path if path.is_dir() else path.parent
    if "programme" not in inputs:
        raise UsageError("the plan's inputs.json does not say which programme it belongs to: give --programme")
    files = [base / str(file) for file in inputs.get("scenario_files", [])]
    return Source(base / str(inputs["programme"]), list(inputs.get("set", [])), inputs.get("scenario"), files)


def read_made(path: Path, programme: Path | None, as_json: bool) -> tuple[Plan, Loaded]:
    """Read a plan and the programme that it was made from; on faults show them all and leave with exit code 3."""
    from basketplan.plan.io import read_plan

    try:
        made = read_plan(path)
        source = made_from(path, programme)
    except InputError as error:
        refuse(error, as_json)
    return made, read(source.path, source.scenario, source.sets, as_json, source.scenario_files)


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
