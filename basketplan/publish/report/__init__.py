"""The report: one HTML file with everything in it, which opens offline and in any browser.

No request leaves it: the Content-Security-Policy allows its own style and script, by their hashes, and nothing else.
All texts, tables and charts are in the page itself; the script adds the map, search and sorting.
"""

from __future__ import annotations

from pathlib import Path

from basketplan.plan.types import Verification
from basketplan.progress import Progress, Reporter
from basketplan.publish.export import safe_name
from basketplan.publish.report.page import report_html
from basketplan.publish.texts import Texts
from basketplan.publish.view import View

__all__ = ["report", "report_html", "report_names"]


def report(
    view: View,
    texts: tuple[Texts, ...],
    folder: Path,
    reporter: Reporter,
    verification: Verification | None = None,
) -> list[Path]:
    """Write a report in each language and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, (item, name) in enumerate(zip(texts, report_names(view, texts), strict=True), start=1):
        reporter.update(Progress(stage="report", message=item.lang, done=number, total=len(texts), unit="languages"))
        file = folder / name
        file.write_text(report_html(view, item, verification), encoding="utf-8")
        files.append(file)
    return files


def report_names(view: View, texts: tuple[Texts, ...]) -> list[str]:
    """Return the name of each report: with its language, so that two can lie beside each other."""
    return [f"{safe_name(view.stamp.programme)}.{item.lang}.html" for item in texts]
