"""The report: one HTML file with everything in it, which opens offline and in any browser.

No request leaves it: the Content-Security-Policy allows its own style and script, by their hashes, and nothing else.
All texts, tables and charts are in the page itself; the script adds the map, search and sorting.
"""

from __future__ import annotations

import os
from pathlib import Path

from basketplan.errors import RejectedPlanError
from basketplan.plan.types import Verification
from basketplan.progress import Progress, Reporter
from basketplan.publish.export import safe_name
from basketplan.publish.report.page import report_html
from basketplan.publish.texts import Texts
from basketplan.publish.view import View

__all__ = ["report", "report_html", "told_apart", "write_reports"]


_UNREADABLE = {"V101", "V102", "V103", "V104"}
"""Rules without which nobody can say what a plan means."""


def report(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write a report in each language and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, item in enumerate(texts, start=1):
        reporter.update(Progress(stage="report", message=item.lang, done=number, total=len(texts), unit="languages"))
        file = folder / f"{safe_name(view.stamp.programme)}.{item.lang}.html"
        file.write_text(report_html(view, item), encoding="utf-8")
        files.append(file)
    return files


def told_apart(verification: Verification) -> None:
    """Refuse a plan that names what does not exist; other broken rules are told in the report.

    Raises
    ------
    RejectedPlanError
        Ids or figures of the plan make no sense.
    """
    for item in verification.violations:
        if item.code in _UNREADABLE:
            raise RejectedPlanError(f"no report can be made of this plan: {item.code} {item.message}")


def write_reports(view: View, texts: tuple[Texts, ...], folder: Path, verification: Verification) -> list[Path]:
    """Write reports with the independent check into ``folder``, each whole or not at all, and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    who = "" if view.audience == "coordinator" else f".{view.audience}"
    files = []
    for item in texts:
        file = folder / f"report{who}.{item.lang}.html"
        new = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            new.write_text(report_html(view, item, verification), encoding="utf-8")
            new.replace(file)
        finally:
            new.unlink(missing_ok=True)
        files.append(file)
    return files
