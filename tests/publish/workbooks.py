"""Workbooks for tests: written from the small plan, and edited as people would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl

from basketplan.progress import QuietReporter
from basketplan.publish import Texts
from basketplan.publish.view import View
from basketplan.publish.workbook import workbook

HEADER = 2


def write(folder: Path, view: View, lang: str = "fr") -> Path:
    (file,) = workbook(view, Texts.of(lang), folder, QuietReporter())
    return file


def column(tab: Any, heading: str) -> int:
    return next(cell.column for cell in tab[HEADER] if cell.value == heading)


def row_of(tab: Any, household: str) -> int:
    return next(
        cell.row for (cell,) in tab.iter_rows(min_row=HEADER + 1, min_col=3, max_col=3) if cell.value == household
    )


def edit(file: Path, change: Callable[[Any], None], sheet: str = "Arrêts") -> Path:
    """Change the sheet of stops and save the workbook under another name."""
    book = openpyxl.load_workbook(file)
    change(book[sheet])
    target = file.with_name("edited.xlsx")
    book.save(target)
    return target


def moving(household: str, trip: str | None = None, order: object = ...) -> Callable[[Any], None]:
    def change(tab: Any) -> None:
        row = row_of(tab, household)
        if trip is not None:
            tab.cell(row, 1).value = trip
        if order is not ...:
            tab.cell(row, 2).value = order

    return change
