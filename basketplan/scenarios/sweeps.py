"""Sweeps: one or several settings over lists or ranges of values, every combination or side by side.

::

    sweeps:
      fuel_and_vans:
        title: {fr: Carburant et camionnettes, en: Fuel and vans}
        base: [rain]                                  scenarios that are applied first; may be left out
        vary:
          fuel: {path: vehicles[*].cost_per_km, values: [+0 %, +20 %, +40 %]}
          vans: {path: vehicles[van].number[casa], from: 2, to: 4, step: 1}
        how: grid                                     or paired: first with first, second with second, …

Values are those of an override: a sign changes the old value. A range has the unit of its ends: ``from: -10 %``,
``to: 30 %``, ``step: 10 %``; a range from or to a value with a sign is one of changes.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from basketplan.errors import Fault, InputError
from basketplan.programme.draft import split_path
from basketplan.programme.library import Library, ScenarioFile, is_name
from basketplan.programme.types import Text
from basketplan.programme.validate import found, unknown_key
from basketplan.programme.written import Path
from basketplan.units import split_amount

__all__ = ["Point", "points"]

_KEYS: Final = ("title", "base", "vary", "how")
_RANGE: Final = ("from", "to", "step")
MOST_POINTS: Final = 10_000
_UNSAFE = re.compile(r"[^A-Za-z0-9._+%-]+")


@dataclass(frozen=True, kw_only=True)
class Point:
    """One combination of values."""

    id: str
    scenario: str | None
    overrides: tuple[str, ...]
    values: Mapping[str, str]
    title: Text = field(default_factory=Text)


@dataclass(frozen=True)
class _Setting:
    name: str
    path: str
    values: tuple[Any, ...]


class _Reader:
    """Reads one sweep, with every fault in it."""

    def __init__(self, file: ScenarioFile, name: str, entry: Any) -> None:
        self.file, self.name, self.entry = file, name, entry
        self.here = file.path("sweeps", name)
        self.faults: list[Fault] = []

    def refuse(self, message: str, path: Path, help: str = "", *, code: str = "B228", key: bool = False) -> None:
        """Note a fault."""
        told = f"sweep '{self.name}': {message}"
        self.faults.append(self.file.fault(code, told, (*self.here, *path), help, key=key))

    def settings(self) -> list[_Setting]:
        """Return what varies."""
        vary = self.entry.get("vary")
        if not isinstance(vary, dict) or not vary:
            self.refuse(f"'vary' names what varies{found(vary)}", ("vary",), _EXAMPLE)
            return []
        return [made for key, told in vary.items() if (made := self._setting(key, told)) is not None]

    def _setting(self, key: str, told: Any) -> _Setting | None:
        at: Path = ("vary", key)
        if not isinstance(told, dict):
            self.refuse(f"{key}: a path with its values is needed{found(told)}", at, _EXAMPLE)
            return None
        for other in told:
            if other not in ("path", "values", *_RANGE):
                help = unknown_key(other, ("path", "values", *_RANGE))
                self.refuse(f"{key}: the key '{other}' is not known", (*at, other), help, code="B201", key=True)
        path = told.get("path")
        if not isinstance(path, str) or split_path(path) is None:
            self.refuse(f"{key}: 'path' says what is set{found(path)}", (*at, "path"), _EXAMPLE)
            return None
        values = told.get("values")
        if isinstance(values, list) and values and not set(told) & set(_RANGE):
            return _Setting(key, path, tuple(values))
        if values is None and set(_RANGE) <= set(told):
            return _Setting(key, path, tuple(self._range(key, told, at)))
        self.refuse(f"{key}: give either 'values' or 'from', 'to' and 'step'", at, _EXAMPLE)
        return None

    def _range(self, key: str, told: Mapping[str, Any], at: Path) -> Iterator[str]:
        try:
            parts = [split_amount(told[word]) for word in _RANGE]
        except ValueError as error:
            self.refuse(f"{key}: {error}", at, _EXAMPLE)
            return
        (first, unit), (last, end_unit), (step, step_unit) = parts
        if not unit == end_unit == step_unit or step == 0 or (last - first) / step < 0:
            self.refuse(
                f"{key}: 'from', 'to' and 'step' need one unit, and the step must lead to the end", at, _EXAMPLE
            )
            return
        count = int((last - first) / step) + 1
        if count > MOST_POINTS:
            self.refuse(f"{key}: these are {count:,} values", at, "take a larger step")
            return
        signed = any(str(told[word]).strip()[:1] in "+-\u2212" for word in ("from", "to"))
        for number in range(count):
            yield _amount(first + number * step, str(told["from"]), signed)


_EXAMPLE: Final = "write, for example, fuel: {path: 'vehicles[*].cost_per_km', values: [+0 %, +20 %]}"


def points(library: Library, name: str) -> list[Point]:
    """Return every run of a sweep, in order.

    Raises
    ------
    InputError
        With every fault of it.
    """
    entry = library.find("sweeps", name) if is_name(name) else None
    if entry is None:
        raise InputError(library.unknown(name, "sweeps"))
    reader = _Reader(entry[0], name, entry[1])
    if not isinstance(entry[1], dict):
        reader.refuse(f"it needs 'vary'{found(entry[1])}", (), _EXAMPLE)
        raise InputError(reader.faults)
    for key in entry[1]:
        if key not in _KEYS:
            reader.refuse(f"the key '{key}' is not known", (key,), unknown_key(key, _KEYS), code="B201", key=True)
    settings = reader.settings()
    base = _base(library, reader)
    combined = _combined(reader, settings)
    if reader.faults:
        raise InputError(reader.faults)
    width = len(str(len(combined)))
    return [_point(name, f"{number:0{width}d}", base, settings, values) for number, values in enumerate(combined, 1)]


def _base(library: Library, reader: _Reader) -> str | None:
    names = reader.entry.get("base")
    if names is None:
        return None
    names = [names] if isinstance(names, str) else names
    if not isinstance(names, list) or not all(isinstance(item, str) for item in names) or not names:
        reader.refuse(f"'base' names scenarios{found(names)}", ("base",), "write base: [rain]")
        return None
    try:
        library.scenario("+".join(names))
    except InputError as error:
        reader.faults += error.faults
    return "+".join(names)


def _combined(reader: _Reader, settings: Sequence[_Setting]) -> list[tuple[Any, ...]]:
    how = reader.entry.get("how", "grid")
    if how not in ("grid", "paired"):
        reader.refuse(f"'how' is grid or paired{found(how)}", ("how",), "grid takes every combination")
        return []
    lengths = {len(item.values) for item in settings}
    if how == "paired":
        if len(lengths) > 1:
            reader.refuse("paired settings need as many values each", ("vary",), "or write how: grid")
            return []
        return list(zip(*(item.values for item in settings), strict=True))
    count = 1
    for item in settings:
        count *= len(item.values)
    if count > MOST_POINTS:
        reader.refuse(f"these are {count:,} combinations, more than {MOST_POINTS:,}", ("vary",), "take fewer values")
        return []
    return list(itertools.product(*(item.values for item in settings)))


def _point(sweep: str, number: str, base: str | None, settings: Sequence[_Setting], values: Sequence[Any]) -> Point:
    told = {item.name: _text(value) for item, value in zip(settings, values, strict=True)}
    words = "_".join(f"{key}{_UNSAFE.sub('', value)[:12]}" for key, value in told.items())
    label = ", ".join(f"{key} {value}" for key, value in told.items())
    return Point(
        id=f"{sweep}.{number}_{_UNSAFE.sub('', words)}"[:64],
        scenario=base,
        overrides=tuple(f"{item.path}={_yaml(value)}" for item, value in zip(settings, values, strict=True)),
        values=told,
        title=Text(fr=label, en=label),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _yaml(value: Any) -> str:
    """Return a value as an override has it behind its ``=``: JSON is YAML too."""
    return json.dumps(value, ensure_ascii=False)


def _amount(number: Decimal, model: str, signed: bool) -> str:
    """Return a number with the unit of ``model``."""
    unit = re.sub(r"^[+\-\u2212]?\s*[\d\s.,]+", "", model.strip())
    text = f"{number:+f}" if signed else f"{number:f}"
    return f"{text} {unit}".strip()
