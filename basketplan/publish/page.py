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

_TAIL = """
## Contacts
`--contacts FILE` names a table (CSV or XLSX) with a column `id` and any of `name`, `phone`, `landmark`, `address`;
other columns are never looked at. `id` is a household's (one row for all its visits), or `hub/ID` and `cooperative/ID`
for the people to call there.
No other part of the software reads the file, and nothing of it is kept but what is printed.

```csv
id,landmark,phone
h0001,behind the Al Fath mosque,+212600000000
hub/casa-est,,+212500000000
```

## Time, and when papers end
Papers carry the programme, the first ten figures of the plan's hash, the version and a time: `--time`, else
SOURCE_DATE_EPOCH, else when `plan.json` was written; never the clock, so that papers made twice are the same bytes.
Working papers say the day after which they are destroyed: `--keep-days` (30) after the last day of the calendar. Orders
and cards stay with whom they were made for.
"""


_WORKBOOK = """
## Moving stops in the workbook

The yellow cells of the sheet of stops, trip and order, are read back; everything else is told by the plan.

- Write another **trip** to move a stop, another **order** to put it elsewhere: 3 makes it the third, the others make
  room. An empty order puts it where the trip is shortest. Rows may be sorted, columns moved.
- `basketplan verify FILE.xlsx` tells what was moved, the new times, and every rule that is then broken, by its code.
- `basketplan plan --from FILE.xlsx` does the same and, when nothing is broken, writes a new plan beside the old one.
  Trips keep their ids; one that has lost all its stops is no longer made.
- A household whose baskets are split has a row for each visit, `ID/1`, `ID/2`, …; each moves with its own baskets.
- A workbook that lies in no plan folder needs `--plan PLAN`. Only the plan that it was made from will do."""


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
    return "\n".join([_HEAD, head, *formats, "\n## Fields\n", head, *fields, "", *notes, _WORKBOOK, _TAIL])


def _row(name: str, marks: Iterable[bool]) -> str:
    return f"| {name} | {' | '.join('yes' if mark else '' for mark in marks)} |"
