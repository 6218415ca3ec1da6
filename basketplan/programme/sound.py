"""Cross-checks of what is sound in a programme some of whose values do not fit, so that all faults are told at once.

Whatever a fault of the types points at is taken out: an optional key, else the offer, line or item that it belongs to.
What is left is a programme again, and the rules that look at single entries and references run on it. A fault
that names something taken out is not told: it may go away with the fault that is told already.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from pydantic import ValidationError

from basketplan.errors import Fault
from basketplan.programme.check import faults_of
from basketplan.programme.checks import goods, places, references
from basketplan.programme.checks.context import Context, Finding
from basketplan.programme.shape import LISTS, fields, is_open, model_at
from basketplan.programme.types import Programme
from basketplan.programme.validate import problems
from basketplan.programme.written import Path, Written

__all__ = ["sound_faults"]

_ROUNDS: Final = 4
"""Taking one thing out may leave another incomplete: a cooperative without offers."""
_STAND_INS: Final[Mapping[str, Any]] = {
    "id": "programme",
    "calendar": {"first_day": "2020-01-06", "last_day": "2020-01-11"},
}
"""For what cannot be taken out and no rule that runs here looks at."""
_QUOTED: Final = re.compile(r"'([^']+)'")


def sound_faults(data: Mapping[str, Any], written: Written) -> list[Fault]:
    """Return the faults of the sound part of ``data``; none when too little of it is sound."""
    out: frozenset[Path] = frozenset()
    for _ in range(_ROUNDS):
        left = _without(data, out)
        try:
            programme = Programme.model_validate(left)
        except ValidationError as error:
            parts = {_removable(_original(problem.path, out)) for problem in problems(error, left)}
            if () in parts:
                return []
            out |= parts
        else:
            return faults_of(_findings(programme, _names(data, out), out), written)
    return []


def _findings(programme: Programme, gone: Collection[str], out: Collection[Path]) -> Iterator[Finding]:
    """Yield what is wrong beside what was taken out, with paths as written."""
    context = Context(programme)
    fewer_ways = any(path[0] == "vehicles" for path in out)
    rules = (*references.RULES, *goods.RULES, *(() if ("country",) in out else places.RULES))
    for rule in rules:
        for finding in rule(context):
            doubtful = finding.severity != "error" or (fewer_ways and finding.code == "B306")
            if not doubtful and not set(_QUOTED.findall(finding.message)) & set(gone):
                see = _original(finding.see, out) if finding.see is not None else None
                yield finding._replace(path=_original(finding.path, out), see=see)


def _removable(path: Path) -> Path:
    """Return the smallest part around ``path`` without which a programme can be complete; empty: there is none."""
    if path and path[0] in _STAND_INS:
        return path[:1]
    while path:
        parent, step = path[:-1], path[-1]
        if isinstance(step, int):
            if parent in {(name,) for name in LISTS} or parent[-1] in ("offers", "contents"):
                return path
        elif parent[:1] != ("products",):
            model = model_at(parent)
            info = fields(model).get(step) if model is not None else None
            if is_open(parent) or (model is not None and (info is None or not info.is_required())):
                return path
        path = parent
    return ()


def _without(data: Mapping[str, Any], out: Collection[Path]) -> dict[str, Any]:
    """Return ``data`` without the parts at the paths ``out``; what they do not touch is not copied."""
    around = {path[:n] for path in out for n in range(len(path))}

    def rest(value: Any, path: Path) -> Any:
        if path not in around:
            return value
        if isinstance(value, Mapping):
            return {key: rest(item, (*path, key)) for key, item in value.items() if (*path, key) not in out}
        if isinstance(value, list):
            return [rest(item, (*path, n)) for n, item in enumerate(value) if (*path, n) not in out]
        return value

    left = dict(rest(data, ()))
    return {**{name: value for name, value in _STAND_INS.items() if name not in left}, **left}


def _original(path: Path, out: Collection[Path]) -> Path:
    """Return where ``path``, a place in what is left, was before anything was taken out."""
    result: Path = ()
    for step in path:
        if isinstance(step, int):
            for gone in sorted(item[-1] for item in out if len(item) == len(result) + 1 and item[:-1] == result):
                step += isinstance(gone, int) and gone <= step
        result = (*result, step)
    return result


def _names(data: Mapping[str, Any], out: Collection[Path]) -> set[str]:
    """Return every text in the items taken out: an id or product that others may name."""
    names: set[str] = set()
    for path in out:
        value: Any = data
        for step in path:
            value = value[step]
        if isinstance(value, Mapping):
            names |= {text for text in value.values() if isinstance(text, str)}
    return names
