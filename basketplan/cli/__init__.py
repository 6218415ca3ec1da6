"""The command line: parse, call, print. Results go to stdout, everything else to stderr.

Exit codes: 0 fine, 1 internal fault, 2 wrong usage, 3 faulty input, 4 no plan could be made, 5 plan breaks a
rule, 130 interrupted.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from basketplan.cli import papers, planning, programmes
from basketplan.cli.bench import bench
from basketplan.cli.explain import explain
from basketplan.cli.fairness import fairness
from basketplan.cli.scenarios import scenarios
from basketplan.errors import BasketplanError, StoppedError, UsageError

__all__ = ["app", "main"]

app = typer.Typer(
    name="basketplan",
    help="Plan solidarity basket programmes: cooperatives to hubs to households, one verified plan.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


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


for command in (
    programmes.init,
    programmes.check,
    planning.plan,
    planning.verify,
    papers.export,
    papers.report,
    fairness,
    explain,
    programmes.locate,
    programmes.schema,
):
    app.command()(command)
app.add_typer(scenarios, name="scenarios")
app.add_typer(bench, name="bench")


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
