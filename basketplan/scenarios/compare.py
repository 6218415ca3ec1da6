"""Compare the runs of a study: figures against the base, people who have to be told, and files of both."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from basketplan import units
from basketplan.errors import UsageError
from basketplan.plan.comparison import FURTHER, KPIS, Comparison, Row, Sample, Unit, compared, front, kpi_of, tornado
from basketplan.plan.difference import Difference, difference
from basketplan.plan.io import read_inputs
from basketplan.plan.types import Plan
from basketplan.programme.types import Text
from basketplan.publish.texts import Lang
from basketplan.scenarios.results import Results
from basketplan.scenarios.risk import wilson
from basketplan.scenarios.study import BASE, Run

__all__ = [
    "compare",
    "comparison_csv",
    "comparison_json",
    "notices_csv",
    "sentences",
    "table",
    "worlds",
    "write_comparison",
]

TORNADO = ("cost", "served", "lowest_share", "distance")
"""Figures for which it is told which assumption moves them most."""
MOST_GAINS = 12


def compare(results: Results, base: str = BASE) -> tuple[Comparison, dict[str, Difference]]:
    """Return all finished runs of a study beside ``base``, and what changes for people in each group.

    People are compared between plans from the same seed, the first that both have.

    Raises
    ------
    UsageError
        The base, or everything else, is not finished.
    """
    finished = [run for run in results.runs() if results.told(run.id)]
    groups: dict[str, list[Run]] = {}
    for run in finished:
        groups.setdefault(run.group, []).append(run)
    if base not in groups:
        raise UsageError(f"'{base}' is not finished: run the study to its end first")
    plans = {run.id: results.plan(run.id) for run in finished}
    samples = {name: [_sample(results, run, plans[run.id]) for run in some] for name, some in groups.items()}
    rows: list[Row] = []
    people: dict[str, Difference] = {}
    for name in (base, *(name for name in groups if name != base)):
        figures, changes = compared(samples[name], samples[base])
        first = groups[name][0]
        twin = next((run for run in groups[base] if run.seed == first.seed), groups[base][0])
        people[name] = difference(plans[twin.id], plans[first.id])
        rows.append(
            Row(
                group=name,
                title=_title(name, first),
                changes=tuple(read_inputs(results.path(first.id)).get("applied", ())),
                sweep=first.sweep,
                values=first.values,
                figures=figures,
                differences={} if name == base else changes,
                people=people[name].counts,
                gains=_gains(people[name]),
            )
        )
    best = front([row.figures for row in rows])
    rows = [replace(row, pareto=ok) for row, ok in zip(rows, best, strict=True)]
    study = results.study()
    return (
        Comparison(
            programme=str(study.get("programme_id", "")),
            title=Text(**study.get("programme_title", {})),
            effort=str(study.get("effort", "")),
            seeds=max(len(some) for some in groups.values()),
            rows=tuple(rows),
            failed=results.failed(),
            tornado={key: tornado(rows[1:], key) for key in TORNADO},
        ),
        people,
    )


def _sample(results: Results, run: Run, plan: Plan) -> Sample:
    further = dict(results.told(run.id).get("further", {}))
    cost = [item.gap for item in plan.stages if item.stage == "allocation" and item.goal == "cost"]
    if cost:
        # Where nothing is proven, nothing is known of the best.
        further["gap"] = 1.0 if cost[-1] is None else cost[-1]
    return Sample(seed=run.seed, metrics=plan.metrics, further=further)


def _title(name: str, run: Run) -> Text:
    if any(run.title.model_dump().values()):
        return run.title
    if name == BASE:
        return Text(fr="Programme tel quel", ar="البرنامج كما هو", en="Programme as it is")
    return Text(fr=name, ar=name, en=name)


def _gains(found: Difference) -> tuple[tuple[str, int], ...]:
    gains = [(item.cooperative, item.gain_centimes) for item in found.cooperatives if item.gain_centimes]
    return tuple(sorted(gains, key=lambda pair: (-abs(pair[1]), pair[0]))[:MOST_GAINS])


def shown(value: float, unit: Unit, *, sign: bool = False) -> str:
    """Return a figure as people read it in a terminal; with ``sign`` it is a difference."""
    if math.isnan(value):
        return ""
    if unit == "date":
        return f"{value:+.0f} d" if sign else dt.date.fromordinal(round(value)).isoformat()
    size, digits, end = _SHOWN.get(unit, (1, 0 if value == round(value) else 1, ""))
    return f"{value / size:{'+' if sign else ''},.{digits}f}{end}"


_SHOWN: dict[str, tuple[float, int, str]] = {
    "money": (100, 0, ""),
    "distance": (1000, 1, ""),
    "walk": (1, 0, ""),
    "duration": (3600, 1, ""),
    "share": (0.01, 1, " %"),
    "index": (1, 3, ""),
}
"""Unit → by what a figure is divided, digits, and what stands behind it."""
_IN = {"money": "MAD", "distance": "km", "walk": "m", "duration": "h"}


def comparison_csv(comparison: Comparison) -> str:
    """Return a table with a row for each group and figure."""
    rows: list[Sequence[Any]] = [
        ("scenario", "title", "figure", "unit", "mean", "spread", "seeds", "difference", "noise", "exceeds_noise")
    ]
    for row in comparison.rows:
        for key, figure in row.figures.items():
            change = row.differences.get(key)
            rows.append(
                (
                    row.group,
                    str(row.title),
                    key,
                    kpi_of(key).unit,
                    _plain(figure.mean, key),
                    _plain(figure.spread, key, gap=True),
                    figure.number,
                    "" if change is None else _plain(change.value, key, gap=True),
                    "" if change is None else _plain(change.noise, key, gap=True),
                    "" if change is None or change.exceeds is None else str(change.exceeds).lower(),
                )
            )
        rows += [(row.group, str(row.title), f"people.{key}", "count", value) for key, value in row.people.items()]
    return _csv(rows)


def _plain(value: float | None, key: str, *, gap: bool = False) -> str:
    """Return a figure for a table: MAD, km, hours, days, fractions."""
    if value is None or math.isnan(value):
        return ""
    unit = kpi_of(key).unit
    if unit == "date" and not gap:
        return dt.date.fromordinal(round(value)).isoformat()
    size = {"money": 100, "distance": 1000, "duration": 3600}.get(unit, 1)
    return f"{value / size:.6g}" if unit not in ("money", "count") else f"{value / size:.2f}".rstrip("0").rstrip(".")


def notices_csv(found: Difference) -> str:
    """Return who has to be told what, a row each."""
    rows: list[Sequence[Any]] = [("audience", "id", "changes", "before", "after")]
    rows += [(item.audience, item.id, item.kinds, item.before, item.after) for item in found.notices()]
    return _csv(rows)


def _csv(rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    for row in rows:
        writer.writerow([_harmless(str(value)) for value in row])
    return out.getvalue()


def _harmless(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula; numbers stay numbers."""
    try:
        float(text)
    except ValueError:
        return f"'{text}" if text[:1] in tuple("=+-@\t\r") else text
    return text


def comparison_json(comparison: Comparison) -> dict[str, Any]:
    """Return everything for machines: figures in the units inside, dates as ordinals."""
    return {
        "format": "basketplan.comparison",
        "version": 1,
        "programme": comparison.programme,
        "effort": comparison.effort,
        "seeds": comparison.seeds,
        "units": {kpi.key: kpi.unit for kpi in (*KPIS, *FURTHER)},
        "scenarios": [_row_json(row) for row in comparison.rows],
        "failed": {name: list(some) for name, some in comparison.failed.items()},
        "tornado": {
            key: [{"label": str(bar.label), "low": bar.low, "high": bar.high} for bar in bars]
            for key, bars in comparison.tornado.items()
        },
    }


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "scenario": row.group,
        "title": {key: value for key, value in row.title.model_dump().items() if value},
        "changes": list(row.changes),
        "values": dict(row.values),
        "figures": {
            key: {"mean": item.mean, "spread": item.spread, "seeds": item.number} for key, item in row.figures.items()
        },
        "differences": {
            key: {"value": item.value, "noise": item.noise, "exceeds_noise": item.exceeds}
            for key, item in row.differences.items()
        },
        "people": dict(row.people),
        "cooperatives": [{"cooperative": name, "gain_centimes": gain} for name, gain in row.gains],
        "pareto": row.pareto,
    }


_TABLE = ("served", "cost", "distance", "vehicle_days", "lowest_share")
_WALKS = ("collecting", "walk_mean")
"""Stand in the table too where families collect."""


def table(comparison: Comparison, keys: Sequence[str] = _TABLE) -> str:
    """Return a table for a terminal: figures of the base, differences of the others; ``~`` is within the noise."""
    if keys is _TABLE and any("collecting" in row.figures for row in comparison.rows):
        keys = (*keys, *_WALKS)
    heads = [f"{key.replace('_', ' ')} {_IN.get(kpi_of(key).unit, '')}".strip() for key in keys]
    lines = [["", *heads, "told", "Pareto"]]
    for number, row in enumerate(comparison.rows):
        cells = [_cell(row, key, number == 0) for key in keys]
        told = "" if number == 0 else f"{row.people['told']:,}"
        lines.append([row.title.in_("en"), *cells, told, "*" if row.pareto else ""])
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in lines
    )


def _cell(row: Row, key: str, is_base: bool) -> str:
    change = row.differences.get(key)
    if is_base or change is None:
        return shown(row.figures[key].mean, kpi_of(key).unit) if key in row.figures else ""
    return ("~" if change.exceeds is False else "") + shown(change.value, kpi_of(key).unit, sign=True)


def write_comparison(
    results: Results, comparison: Comparison, people: Mapping[str, Difference], pages: Mapping[Lang, str]
) -> list[Path]:
    """Write table, JSON, pages and who has to be told what into the folder of the study; each whole or not at all."""
    files = {
        "comparison.csv": "\ufeff" + comparison_csv(comparison),
        "comparison.json": json.dumps(_finite(comparison_json(comparison)), ensure_ascii=False, indent=1) + "\n",
        **{f"comparison.{lang}.html": page for lang, page in pages.items()},
        **{
            f"people/{name}.csv": "\ufeff" + notices_csv(found)
            for name, found in people.items()
            if name != comparison.rows[0].group
        },
    }
    written = []
    for name, text in files.items():
        file = results.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_name(f".{file.name}.{os.getpid()}")
        new.write_text(text, encoding="utf-8")
        new.replace(file)
        written.append(file)
    return written


def _finite(value: Any) -> Any:
    """Return ``value`` with what is no number as null: JSON has no other way to say it."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def worlds(results: Results) -> dict[str, dict[str, Any]]:
    """Return for each uncertainty that was planned for again how often everybody is served, and how many are.

    The probability has its 95 % interval (Wilson 1927); worlds without any plan count as not serving everybody.
    """
    drawn: dict[str, list[int]] = {}
    for run in results.runs():
        if run.sweep and not run.values:
            done = bool(results.told(run.id))
            if done or run.id in results.failed():
                missing = results.plan(run.id).metrics.unserved if done else -1
                drawn.setdefault(run.sweep, []).append(missing)
    return {
        name: {
            "worlds": len(some),
            "everybody": vars(wilson(sum(1 for missing in some if missing == 0), len(some))),
            "unserved": sum(max(missing, 0) for missing in some) / len(some),
        }
        for name, some in drawn.items()
    }


def sentences(found: Difference) -> list[str]:
    """Say in sentences what changes for people from one plan to another."""
    counts = found.counts
    words = {
        "served": "are served now and were not before",
        "unserved": "are not served any more, or are new and not served",
        "new": "are new",
        "gone": "are not in the programme any more",
        "day": "get their baskets on another day",
        "hub": "get them from another hub",
        "driver": "get them from another driver",
        "basket": "find other products in them",
        "time": "get them on the same day, more than an hour earlier or later",
        "point": "collect them somewhere else, or get them at the door instead",
    }
    lines = [f"{counts[key]:,} households {text}." for key, text in words.items() if counts[key]]
    lines.append(f"{counts['told']:,} of {found.compared:,} households have to be told something.")
    gains = sorted(found.cooperatives, key=lambda item: item.gain_centimes)
    lines.append(f"{counts['gain']} cooperatives gain, {counts['lose']} lose.")
    for item in [*gains[:3], *gains[-3:][::-1]] if len(gains) > 6 else gains:
        if item.gain_centimes:
            word = "gains" if item.gain_centimes > 0 else "loses"
            lines.append(f"  {item.cooperative} {word} {units.mad(abs(item.gain_centimes))}".replace("\u00a0", " "))
    lines.append(f"{sum(1 for one in found.notices() if one.audience == 'cooperative')} cooperatives get other orders,")
    lines[-1] += f" {len(found.hubs)} hubs assemble otherwise, {len(found.units)} vehicles work on other days."
    return lines
