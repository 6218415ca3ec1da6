"""Arguments and options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

__all__ = ["AsJson", "BasePlan", "ClusterAddress", "EffortChoice", "Overrides", "ProgrammePath", "Scenario"]

EffortChoice = Literal["quick", "standard", "thorough"]
ProgrammePath = Annotated[Path, typer.Argument(metavar="PROGRAMME", help="Folder with programme.yaml, or that file.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option(
        "--set", metavar="PATH=VALUE", help="Change a value, e.g. cooperatives[id].offers[product].capacity=-30 %"
    ),
]
Scenario = Annotated[
    str | None, typer.Option(metavar="NAME", help="Apply a scenario of the folder scenarios; rain+strike applies both.")
]
BasePlan = Annotated[
    Path | None,
    typer.Option("--plan", metavar="PLAN", help="Plan that the workbook was made from; default: where it lies."),
]
ClusterAddress = Annotated[
    str | None,
    typer.Option(
        "--cluster", metavar="ADDRESS", help="Work on a Dask cluster, e.g. tcp://127.0.0.1:8786; it sees places."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object to stdout.")]
