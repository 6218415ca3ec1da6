"""Programmes as files: YAML that reads as if a person had written it, and households as a table."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from basketplan.synthetic.reference import Made

__all__ = ["write_programme"]

_PLAIN = re.compile(r"^[A-Za-zÀ-ÿ0-9\u0600-\u06FF][^:#{}\[\],&*?|<>=!%@`\"\n]*$")
_HEAD = "# Places are real. Cooperatives and households are invented; any likeness of names is by chance.\n"
_FILES: tuple[tuple[str, str, str], ...] = (
    ("products", "products.yaml", "# Packs, weights and shelf lives. Prices stand with the offers.\n"),
    (
        "baskets",
        "baskets.yaml",
        "# 'a | b': each basket holds one of them; max: share over the programme.\n",
    ),
    ("cooperatives", "cooperatives.yaml", _HEAD),
    ("hubs", "hubs.yaml", "# assembly: baskets a day. radius: how far by road it serves.\n"),
    (
        "lorries",
        "transport.yaml",
        "# From cooperatives to hubs. rounds: with two drivers, a hub's lorry collects at several in a day.\n",
    ),
    ("vehicles", "transport.yaml", "# From hubs to households.\n"),
    (
        "points",
        "points.yaml",
        "# Places that may become distribution points, where policy.delivery.mode says points.\n",
    ),
)


def write_programme(folder: Path | str, made: Made) -> list[Path]:
    """Write ``made`` into ``folder`` and return the files; the same programme is the same bytes."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    texts: dict[str, str] = {"programme.yaml": _main(made.parts)}
    for key, name, comment in _FILES:
        texts[name] = texts.get(name, "") + comment + _list(key, made.parts[key])
    texts["households.csv"] = _table(made.households)
    for name, text in texts.items():
        (target / name).write_text(text, encoding="utf-8", newline="\n")
    return [target / name for name in texts]


def _main(parts: Mapping[str, Any]) -> str:
    calendar, policy = parts["calendar"], parts["policy"]
    files = list(dict.fromkeys(name for _, name, _ in _FILES))
    return "\n".join(
        [
            "# The reference programme: baskets of rural cooperatives for needy families, May 2020.",
            _HEAD.strip(),
            f"id: {parts['id']}",
            f"title: {_flow(parts['title'])}",
            "",
            "calendar:",
            f"  first_day: {calendar['first_day']}",
            f"  last_day: {calendar['last_day']}",
            f"  working_days: {_flow(calendar['working_days'])}",
            f"  holidays: {_flow(calendar['holidays'])}   # Eid al-Fitr",
            "",
            "policy:",
            "  # In order. 'keep' is what later goals must keep of a goal's best value.",
            f"  goals: {_flow(policy['goals'])}",
            f"  rural_only: {policy['rural_only']}",
            f"  service: {policy['service']}       # time at a door",
            "",
            f"include: {_flow(files)}",
            "households: households.csv",
            "",
        ]
    )


def _list(key: str, items: Sequence[Mapping[str, Any]]) -> str:
    lines = [f"{key}:"]
    for item in items:
        lines += _item(item)
    return "\n".join(lines) + "\n"


def _item(item: Mapping[str, Any], indent: str = "  ") -> list[str]:
    """Return an item in one line if it is short, else a line per key; lists of things get a line each."""
    if not any(isinstance(value, list) and value and isinstance(value[0], dict) for value in item.values()):
        line = f"{indent}- {_flow(item)}"
        if len(line) <= 150 and "contents" not in item:
            return [line]
    lines = []
    for number, (key, value) in enumerate(item.items()):
        lead = f"{indent}- " if number == 0 else f"{indent}  "
        if key == "container" and isinstance(value, str) and "|" in value:
            lines.append(f"{lead}{key}: {{one of: {value}}}")
        elif key == "contents":
            lines.append(f"{lead}{key}:")
            lines += [f"{indent}    - {'one of: ' if '|' in line else ''}{line}" for line in value]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f"{lead}{key}:")
            lines += [f"{indent}    - {_flow(one)}" for one in value]
        else:
            lines.append(f"{lead}{key}: {_flow(value)}")
    return lines


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    text = str(value)
    if re.fullmatch(r"-?\d[\d.]*( ?%| [A-Za-z0-9]+)?|\d\d:\d\d-\d\d:\d\d", text) or _PLAIN.match(text):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()
