"""Commands about programmes, before any planning: init, check, locate, schema."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from basketplan.cli.options import AsJson, Overrides, ProgrammePath, Scenario
from basketplan.cli.reading import faults_json, print_json, read, refuse
from basketplan.errors import InputError, UsageError

__all__ = ["check", "init", "locate", "schema"]


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A new or empty folder.")],
) -> None:
    """Write a small programme to start from."""
    from basketplan.programme.starter import write_starter

    for path in write_starter(folder):
        typer.echo(path)
    typer.echo(f"Next: basketplan check {folder}", err=True)


def check(
    programme: ProgrammePath,
    overrides: Overrides = None,
    scenario: Scenario = None,
    as_json: AsJson = False,
) -> None:
    """Tell all faults of a programme, and whether supply, assembly and vehicles can be enough. Solves nothing."""
    from basketplan.programme.preflight import preflight
    from basketplan.terminal import show_faults

    loaded = read(programme, scenario, overrides, as_json)
    show_faults(loaded.warnings)
    flight = preflight(loaded.programme)
    if as_json:
        print_json({"faults": [], "warnings": faults_json(loaded.warnings), "preflight": flight.as_json()})
        return
    for told in loaded.applied:
        typer.echo(told, err=True)
    for sentence in flight.sentences:
        typer.echo(sentence)


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
        refuse(error, False)
    if not online:
        raise UsageError("finding places needs the network: allow it with --online")
    column = {name: sheet.header.index(name) for name in ("id", "place")}
    rows = [(str(row[column["id"]] or ""), str(row[column["place"]] or "")) for row in sheet.rows]
    found = locate((place for _, place in rows), nominatim(country))
    typer.echo(as_csv([name for name, _ in rows], found), nl=False)


def schema(
    what: Annotated[Literal["programme", "plan"], typer.Argument(help="Which schema.")] = "programme",
) -> None:
    """Print the JSON Schema of programme.yaml or of plan.json, for editors and other software."""
    from basketplan.plan.schema import plan_schema
    from basketplan.programme.schema import programme_schema

    print_json(programme_schema() if what == "programme" else plan_schema())
