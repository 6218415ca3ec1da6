"""The table of formats, and how a set of them is written: whole or not at all, with progress.

``export.json`` beside the files tells what they are and from which plan; a folder that holds one may be replaced.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib
import importlib.util
import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from basketplan.errors import RejectedPlanError, StoppedError, UsageError
from basketplan.plan.io import programme_sha256, replacing
from basketplan.plan.types import Plan
from basketplan.plan.verify import verify
from basketplan.programme.types import Programme
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.publish.audience import Audience
from basketplan.publish.texts import Texts
from basketplan.publish.view import View

__all__ = [
    "FORMATS",
    "MANIFEST",
    "Format",
    "chosen",
    "export",
    "paper_time",
    "publishable",
    "ready",
    "safe_name",
    "told",
]

MANIFEST = "export.json"
BESIDE_FROM_TRIPS = 40
"""Fewer trips are printed sooner than processes are started."""

_T = TypeVar("_T")

Maker = Callable[[View, tuple[Texts, ...], Path, Reporter], list[Path]]


@dataclass(frozen=True, kw_only=True)
class Format:
    """One kind of paper or file, for whom it is made, and the function that makes it."""

    name: str
    what: str
    maker: str
    """``module:function`` below basketplan.publish, imported when it is asked for."""
    audiences: tuple[Audience, ...]

    def make(self, view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
        """Write the files below ``folder`` and return them."""
        module, _, function = self.maker.partition(":")
        maker: Maker = getattr(importlib.import_module(f"basketplan.publish.{module}"), function)
        return maker(view, texts, folder, reporter)


def _format(name: str, what: str, maker: str, *audiences: Audience) -> Format:
    return Format(name=name, what=what, maker=maker, audiences=audiences)


FORMATS: dict[str, Format] = {
    item.name: item
    for item in (
        _format("route-sheets", "route sheets, PDF", "paper.route:pdf", "driver", "coordinator"),
        _format("route-sheets-xlsx", "route sheets, XLSX", "paper.route_xlsx:xlsx", "driver", "coordinator"),
        _format("route-sheets-html", "route sheets for telephones", "paper.route_html:html", "driver", "coordinator"),
        _format("point-lists", "lists of distribution points, PDF", "paper.points:pdf", "driver", "coordinator"),
        _format("purchase-orders", "purchase orders, PDF", "paper.orders:pdf", "cooperative", "coordinator"),
        _format("packing-lists", "packing lists, PDF", "paper.packing:pdf", "hub", "coordinator"),
        _format(
            "collection-sheets", "collection sheets, PDF", "paper.collection:pdf", "cooperative", "hub", "coordinator"
        ),
        _format("hub-calendar", "hub calendar, PDF", "paper.calendar:pdf", "hub", "coordinator"),
        _format("basket-cards", "cards that go into the baskets, PDF", "paper.cards:pdf", "hub", "coordinator"),
        _format("workbook", "workbook that may be edited, XLSX", "workbook.write:workbook", "coordinator"),
        _format("csv", "tables, CSV", "tables:csv_files", "coordinator", "donor"),
        _format("geojson", "places and trips, GeoJSON", "places:geojson", "driver", "coordinator"),
        _format("gpx", "trips for navigation, GPX", "places:gpx", "driver", "coordinator"),
        _format("geopackage", "places and trips for GIS, GeoPackage", "geopackage:geopackage", "driver", "coordinator"),
        _format("calendars", "a calendar per vehicle, ICS", "calendars:calendars", "driver", "hub", "coordinator"),
        _format("report", "report, HTML", "report:report", "coordinator", "donor"),
    )
}
"""Name → format, in the order in which they are written."""


def chosen(names: str, audience: Audience) -> tuple[Format, ...]:
    """Return the formats called ``'route-sheets,purchase-orders'``, or those made for ``audience`` for ``'all'``.

    Raises
    ------
    UsageError
        There is no such format, or it is not for this audience.
    """
    if names == "all":
        names = ",".join(item.name for item in FORMATS.values() if audience in item.audiences)
    wanted = [name.strip() for name in names.split(",") if name.strip()]
    for name in wanted:
        if name not in FORMATS:
            raise UsageError(f"unknown format '{name}': give all, or some of {', '.join(FORMATS)}")
        if audience not in FORMATS[name].audiences:
            allowed = " or ".join(FORMATS[name].audiences)
            raise UsageError(f"{name} is not for the audience '{audience}': it is for {allowed}")
    if not wanted:
        raise UsageError(f"no format is named: give all, or some of {', '.join(FORMATS)}")
    return tuple(item for item in FORMATS.values() if item.name in wanted)


def ready() -> None:
    """Make sure that what papers need is installed.

    Raises
    ------
    UsageError
        The extra ``papers`` is not.
    """
    needed = ("babel", "matplotlib", "pypdf", "segno", "typst", "xlsxwriter")
    missing = [name for name in needed if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(f"papers need {', '.join(missing)}: pip install 'basketplan[papers]'")


def publishable(plan: Plan, programme: Programme) -> None:
    """Refuse a plan that people must not be sent out with: papers are made only from plans that break no rule.

    Raises
    ------
    UsageError
        The programme is not the one that the plan was made from.
    RejectedPlanError
        The plan breaks a rule.
    """
    if programme_sha256(programme) != plan.origin.programme_sha256:
        raise UsageError("the programme has changed since the plan was made: plan again before you print")
    broken = verify(plan, programme).violations
    if broken:
        first = f"{broken[0].code} {broken[0].message}"
        raise RejectedPlanError(f"the plan breaks {len(broken)} rules, no paper was made of it; the first: {first}")


def paper_time(given: str | None, plan_path: Path) -> dt.datetime:
    """Return the time that papers carry, in Morocco's local time.

    It is ``given``, else SOURCE_DATE_EPOCH, else the time at which plan.json was written; never the clock, so that
    papers made twice from one plan are the same bytes.

    Raises
    ------
    UsageError
        ``given`` or SOURCE_DATE_EPOCH is no time.
    """
    here = ZoneInfo("Africa/Casablanca")
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    try:
        if given is not None:
            moment = dt.datetime.fromisoformat(given)
            return (moment.astimezone(here) if moment.tzinfo else moment).replace(tzinfo=None, second=0, microsecond=0)
        if epoch:
            seconds = int(epoch)
        else:
            seconds = int((plan_path / "plan.json" if plan_path.is_dir() else plan_path).stat().st_mtime)
        return dt.datetime.fromtimestamp(seconds, here).replace(tzinfo=None, second=0)
    except (ValueError, OverflowError):
        raise UsageError(f"expected a time like 2020-05-10T18:00, found '{given or epoch}'") from None


def export(
    view: View,
    texts: tuple[Texts, ...],
    folder: Path,
    formats: Sequence[Format],
    reporter: Reporter | None = None,
    *,
    workers: int = 1,
) -> list[Path]:
    """Write all ``formats`` into ``folder`` and return the files, the same bytes with any number of ``workers``.

    They are written to a sibling folder first, which then takes the place of an earlier export: whoever looks finds the
    old papers or the new ones, never half.

    Raises
    ------
    UsageError
        ``folder`` holds something that is not an export.
    StoppedError
        The reporter asked for an end; nothing was written.
    """
    reporter = reporter or QuietReporter()
    target = folder.resolve()
    _refuse_foreign(target)
    with replacing(target) as new:
        if min(workers, len(formats)) > 1 and len(view.trips) >= BESIDE_FROM_TRIPS:
            from basketplan.publish.workers import make_beside

            files = make_beside(view, texts, new, formats, reporter, workers)
        else:
            files = []
            for item in told(formats, "papers", reporter):
                files += item.make(view, texts, new, reporter)
        _write_manifest(new, view, texts, formats, files)
    return [folder / file.relative_to(new) for file in files]


def told(items: Collection[_T], stage: str, reporter: Reporter) -> Iterator[_T]:
    """Yield ``items``, telling after each how many are done.

    Raises
    ------
    StoppedError
        The reporter asked for an end.
    """
    for number, item in enumerate(items, start=1):
        if reporter.stopped():
            raise StoppedError("stopped: no papers were written")
        yield item
        reporter.update(Progress(stage=stage, done=number, total=len(items)))


def safe_name(text: str) -> str:
    """Return an id as part of a file's name: letters, figures, ``-``, ``_`` and inner points; it leads nowhere else."""
    clean = re.sub(r"[^A-Za-z0-9._-]+", "-", text).strip(".-_") or "x"
    return clean[:80]


def _refuse_foreign(target: Path) -> None:
    if not target.exists():
        return
    if not target.is_dir():
        raise UsageError(f"{target.name} is a file: give --out a folder")
    if any(target.iterdir()) and not (target / MANIFEST).is_file():
        raise UsageError(f"{target.name} is not empty and holds no earlier export: give --out another folder")
    if edited := _edited(target):
        raise UsageError(
            f"{target.name} holds work that would be lost, '{edited}' was changed since it was exported: "
            "move it away, or give --out another folder"
        )


def _edited(target: Path) -> str:
    """Return the first workbook that people changed or put there; empty when there is none."""
    try:
        known = json.loads((target / MANIFEST).read_text(encoding="utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        known = {}
    for file in sorted(target.rglob("*.xls*")):
        name = file.relative_to(target).as_posix()
        hidden = file.name.startswith((".", "~$"))  # locks of office software
        if not hidden and file.is_file() and known.get(name) != hashlib.sha256(file.read_bytes()).hexdigest():
            return name
    return ""


def _write_manifest(
    folder: Path, view: View, texts: tuple[Texts, ...], formats: Sequence[Format], files: list[Path]
) -> None:
    content: dict[str, Any] = {
        "format": "basketplan.export",
        "programme": view.stamp.programme,
        "plan_sha256": view.stamp.plan_sha256,
        "basketplan": view.stamp.version,
        "time": view.stamp.time.isoformat(),
        "destroy_after": view.stamp.destroy_after.isoformat(),
        "audience": view.audience,
        "languages": [item.lang for item in texts],
        "formats": [item.name for item in formats],
        "files": {file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest() for file in files},
    }
    (folder / MANIFEST).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
