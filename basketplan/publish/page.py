"""The page that tells which paper is made for whom, and what each audience may see."""

from __future__ import annotations

from collections.abc import Iterable

from basketplan.publish.audience import AUDIENCES, FIELDS, SMALLEST_CELL, may
from basketplan.publish.export import FORMATS

__all__ = ["papers_page"]

_HEAD = """# Papers

What `basketplan export PLAN --format NAMES --audience WHO` writes, and what each audience may see. No paper shows more
than its audience may see. `--format all`, the default, writes all that are made for the audience.

This page is generated from `basketplan/publish`; do not edit it by hand.

## Formats
"""


def papers_page() -> str:
    """Return the page of formats and fields by audience as Markdown."""
    head = f"| | {' | '.join(AUDIENCES)} |\n|---|{'---|' * len(AUDIENCES)}"
    formats = (
        _row(f"`{item.name}`: {item.what}", (who in item.audiences for who in AUDIENCES)) for item in FORMATS.values()
    )
    fields = (_row(f"`{name}`", (may(who, name) for who in AUDIENCES)) for name in FIELDS)
    notes = [
        "`basket.name`: drivers see a letter, because a name can tell of an illness. `household.phone`: drivers only",
        "with `--phones`. `cooperative.own`: a file for each cooperative, with nothing of the others. Donors see no",
        f"count of people from 1 to {SMALLEST_CELL - 1}.",
    ]
    return "\n".join([_HEAD, head, *formats, "\n## Fields\n", head, *fields, "", *notes]) + "\n"


def _row(name: str, marks: Iterable[bool]) -> str:
    return f"| {name} | {' | '.join('yes' if mark else '' for mark in marks)} |"
