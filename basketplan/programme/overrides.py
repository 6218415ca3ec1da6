"""Overrides: one change each, addressed by ids instead of positions.

::

    cooperatives[zitoun-rhamna].offers[olive_oil].capacity=0
    households[h01].baskets.standard=2
    policy.goals=[service, cost]

Things are addressed by their id, offers by their product. Values are YAML. Overrides change the raw data
before it is validated, so a wrong value is a fault that names the override.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from basketplan.errors import Fault, InputError, Place
from basketplan.programme.shape import is_open, keys_at
from basketplan.programme.written import Origin, Path, Written, clean
from basketplan.programme.yaml import parse_value

__all__ = ["Applied", "Override", "SetOrigin", "apply_overrides", "overridden", "parse_override"]

_TEXT = re.compile(r"\s*((?:[^\[\]=]|\[[^\[\]]*\])+?)\s*=(.*)", re.DOTALL)
_STEP = re.compile(r"(?:^|\.)([^.\[\]]+)|\[([^\[\]]+)\]")
_LONGEST_TOLD = 80


@dataclass(frozen=True, kw_only=True)
class Override:
    """One change: where, what, and who asked for it."""

    text: str
    """The path as written."""
    steps: tuple[str, ...]
    value: Any
    place: Place
    """Where the override itself stands."""
    note: str
    """How a fault tells it: ``set by --set``."""
    who: str
    """How the list of applied overrides tells it: ``--set``."""


@dataclass(frozen=True, kw_only=True)
class Applied:
    """An override that was applied."""

    path: Path
    """Where it was, by positions."""
    told: str
    """``path: old -> new (who)``."""
    note: str


class SetOrigin:
    """The overrides of the command line as if they were lines of a file."""

    name = "--set"

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = tuple(texts)

    def line(self, number: int) -> str:
        """Return one override."""
        return self._texts[number - 1] if 0 < number <= len(self._texts) else ""

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the first override."""
        return Place(file=self.name)


class _Unknown(Exception):
    """A step of a path leads nowhere."""

    def __init__(self, message: str, help: str) -> None:
        super().__init__(message)
        self.message, self.help = message, help


def parse_override(text: str, number: int = 1) -> Override:
    """Read ``path=value`` as given on the command line; ``number`` counts the overrides from 1.

    Raises
    ------
    InputError
        When it cannot be understood.
    """
    origin = SetOrigin([""] * (number - 1) + [text])
    match = _TEXT.fullmatch(text)
    place = Place(file=origin.name, line=number, length=max(1, len(text)))
    if not match:
        raise InputError([_unclear("an override reads PATH=VALUE", place, origin)])
    try:
        value = parse_value(match.group(2).strip())
    except ValueError as error:
        at = Place(file=origin.name, line=number, column=match.start(2) + 1, length=max(1, len(match.group(2))))
        raise InputError([_unclear(f"the value is not YAML: {error}", at, origin)]) from None
    place = Place(file=origin.name, line=number, column=match.start(1) + 1, length=len(match.group(1)))
    steps = split_path(match.group(1))
    if steps is None:
        raise InputError([_unclear("the path of this override cannot be read", place, origin)])
    return Override(text=match.group(1), steps=steps, value=value, place=place, note="set by --set", who=SetOrigin.name)


def split_path(text: str) -> tuple[str, ...] | None:
    """``'hubs[casa].open'`` → ``('hubs', 'casa', 'open')``; none when it is no path."""
    at, steps = 0, []
    for match in _STEP.finditer(text.strip()):
        if match.start() != at:
            return None
        at = match.end()
        steps.append((match.group(1) or match.group(2)).strip())
    return tuple(steps) if steps and at == len(text.strip()) and all(steps) else None


def apply_overrides(
    data: Mapping[str, Any], overrides: Sequence[str | Override]
) -> tuple[dict[str, Any], tuple[Applied, ...]]:
    """Return ``data`` with all overrides applied in order, and what each did; ``data`` itself is not changed.

    Raises
    ------
    InputError
        With one fault for every override that cannot be understood or whose target does not exist.
    """
    changed, applied, faults = overridden(data, overrides)
    if faults:
        raise InputError(faults)
    return changed, applied


def overridden(
    data: Mapping[str, Any], overrides: Sequence[str | Override], origins: Sequence[Origin] = ()
) -> tuple[dict[str, Any], tuple[Applied, ...], tuple[Fault, ...]]:
    """Apply what can be applied; the faults tell the rest. ``origins`` are for their excerpts."""
    current: dict[str, Any] = dict(data)
    applied: list[Applied] = []
    faults: list[Fault] = []
    texts = [item for item in overrides if isinstance(item, str)]
    numbers = iter(range(1, len(texts) + 1))
    written = Written(origins=[*origins, SetOrigin(texts)])
    for item in overrides:
        try:
            override = parse_override(item, next(numbers)) if isinstance(item, str) else item
        except InputError as error:
            faults += error.faults
            continue
        try:
            current, path, old = _set(current, override.steps, override.value)
        except _Unknown as error:
            faults.append(written.fault_at("B222", f"{override.text}: {error.message}", override.place, error.help))
            continue
        told = f"{override.text}: {_told(old)} -> {_told(override.value)} ({override.who})"
        applied.append(Applied(path=path, told=clean(told), note=override.note))
    return current, tuple(applied), tuple(faults)


_NOT_SET = object()


def _set(data: dict[str, Any], steps: tuple[str, ...], value: Any) -> tuple[dict[str, Any], Path, Any]:
    """Return a changed copy, the path by positions, and the old value. Only what lies on the path is copied."""
    root: dict[str, Any] = dict(data)
    here: Any = root
    path: list[str | int] = []
    for index, step in enumerate(steps):
        last = index == len(steps) - 1
        place = _find(here, step, tuple(path), first=index == 0)
        old = here[place] if isinstance(place, int) or place in here else _NOT_SET
        path.append(place)
        if last:
            here[place] = value
            return root, tuple(path), old
        below = {} if old is _NOT_SET or old is None else old
        if not isinstance(below, dict | list):
            raise _Unknown(f"there is nothing below '{step}'", "set it as a whole")
        here[place] = below = below.copy()
        here = below
    raise _Unknown("the path is empty", "write cooperatives[id].offers[product].capacity=0")


def _find(here: dict[str, Any] | list[Any], step: str, path: Path, *, first: bool) -> str | int:
    """Return the key or index that ``step`` means."""
    if isinstance(here, dict):
        if step in here or is_open(path):
            return step
        allowed = [key for key in keys_at(path) if key != "include"]
        if step in allowed:
            return step
        raise _Unknown(f"there is no '{step}'", _near(step, allowed))
    names = [_name(item) for item in here]
    if step in names:
        return names.index(step)
    known = [name for name in names if name is not None]
    if not known:
        raise _Unknown(f"the entries of '{path[-1]}' have no ids", f"set the whole list: {path[-1]}=[…]")
    raise _Unknown(f"there is no '{step}' in {path[-1]}", _near(step, known))


def _name(item: Any) -> str | None:
    """Return by which name an entry of a list is addressed."""
    name = (item.get("id") or item.get("product")) if isinstance(item, dict) else None
    return str(name) if name is not None else None


def _near(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"there is: {', '.join(known[:12])}{', …' if len(known) > 12 else ''}" if known else "check the path"


def _told(value: Any) -> str:
    """Return a value in one short line."""
    if value is _NOT_SET:
        return "not set"
    if isinstance(value, dict):
        text = "{" + ", ".join(f"{key}: {_told(item)}" for key, item in list(value.items())[:20]) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(map(_told, value[:20])) + "]"
    else:
        text = "null" if value is None else str(value)
    return text if len(text) <= _LONGEST_TOLD else text[: _LONGEST_TOLD - 1] + "…"


def _unclear(message: str, place: Place, origin: SetOrigin) -> Fault:
    help = "write, for example, cooperatives[id].offers[product].capacity=0"
    return Written(origins=[origin]).fault_at("B221", message, place, help)
