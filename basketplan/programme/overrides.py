"""Overrides: one change each, addressed by ids instead of positions.

::

    cooperatives[zitoun-rhamna].offers[olive_oil].capacity=0        set
    cooperatives[zitoun-rhamna].offers[*].capacity=-30 %            scale: a percentage with a sign
    vehicles[van].number[casa]=-2                                   add: an amount with a sign
    households[zone=Aït Melloul, access=track].service=+2 min       for every entry that fits
    hubs[casa]={remove: true}                                       remove an entry or a key
    hubs[casa].open={remove: [fri]}                                 remove items of a list
    policy.goals={set: [service, cost]}                             set, in so many words
    households[zone=Aït Melloul]={append: 500}                      as many more like these
    vehicles={append: {id: moto, …}}                                one more entry

Things are addressed by their id, offers by their product, other items of lists by ``#1``, ``#2``, …. Values are YAML.
Overrides change the raw data before it is validated, in the order in which they are given, each on what the one before
has left: a wrong value is a fault that points at the override. One that undoes an earlier one is told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from basketplan.errors import Fault, InputError, Place
from basketplan.programme.draft import Draft, Marks, NotDone, split_path
from basketplan.programme.written import Origin, Path, Written, clean
from basketplan.programme.yaml import parse_value

__all__ = [
    "OPERATIONS",
    "Applied",
    "Operation",
    "Outcome",
    "Override",
    "Placed",
    "SetOrigin",
    "apply_overrides",
    "overridden",
    "parse_override",
    "understood",
]

Operation = Literal["change", "set", "scale", "add", "remove", "append"]
OPERATIONS: Final[tuple[Operation, ...]] = ("set", "scale", "add", "remove", "append")
"""Keys by which a value says what to do; ``change`` is a value without one: set, or what its sign means."""

_TEXT = re.compile(r"\s*((?:[^\[\]=]|\[[^\[\]]*\])+?)\s*=(.*)", re.DOTALL)
_LONGEST_TOLD = 80
_MOST_TOLD = 3
EXAMPLE: Final = "write, for example, cooperatives[id].offers[product].capacity=0"


@dataclass(frozen=True, kw_only=True)
class Override:
    """One change: where, what, and who asked for it."""

    text: str
    """The path as written."""
    steps: tuple[str, ...]
    operation: Operation
    value: Any
    place: Place
    """Where the override itself stands."""
    source: str = "--set"
    """What it belongs to: ``--set`` or ``scenario 'rain'``."""
    who: str = "--set"
    """How the list of applied overrides tells it, with its place from the programme's folder."""
    origin: Origin | None = None
    """The file in which the value stands, and where in it, so that a fault inside the value points there."""
    at: Path = ()


@dataclass(frozen=True, kw_only=True)
class Applied:
    """An override that was applied."""

    override: Override
    changes: tuple[tuple[str, str, int], ...]
    """(old, new, how many times), in the order of the things that were changed."""

    @property
    def told(self) -> str:
        """``path: old -> new (who)``; for many things the first ones, and how many there are."""
        shown = [
            f"{old} -> {new}{f' ({count} times)' if count > 1 else ''}" for old, new, count in self.changes[:_MOST_TOLD]
        ]
        if len(self.changes) > _MOST_TOLD:
            shown.append(f"and {sum(count for _, _, count in self.changes[_MOST_TOLD:])} more")
        return clean(f"{self.override.text}: {', '.join(shown)} ({self.override.who})")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Raw data with overrides applied."""

    data: dict[str, Any]
    applied: tuple[Applied, ...]
    marked: Placed
    """What stands where an override put it."""
    faults: tuple[Fault, ...]
    """Errors, and warnings for what was undone."""


class Placed:
    """Tells where the override stands that put a value where it is."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks

    def key(self, path: Path) -> Path:
        """Return ``path`` with the positions that items of lists had in the files."""
        return self._marks.key(path)

    def place(self, key: Path, *, key_itself: bool = False) -> Place | None:
        """Return the place of the innermost override that put the value at ``key``; none where there is none."""
        for end in range(len(key), 0, -1):
            override, at = self._marks.owners.get(key[:end], (None, None))
            if override is None or (at is None and end < len(key)):
                continue
            inner = (*(at or ()), *key[end:])
            place: Place = override.place
            if inner and override.origin is not None:
                place = override.origin.place((*override.at, *inner), key=key_itself)
            return replace(place, note=f"set by {override.source}")
        return None


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
    operation, value = understood(value)
    return Override(text=match.group(1), steps=steps, operation=operation, value=value, place=place)


def understood(value: Any) -> tuple[Operation, Any]:
    """Return what a written value asks for: ``{scale: -30 %}`` → scale by ``-30 %``."""
    if isinstance(value, Mapping) and len(value) == 1:
        key, inner = next(iter(value.items()))
        if key in OPERATIONS:
            return key, inner
    return "change", value


def apply_overrides(
    data: Mapping[str, Any], overrides: Sequence[str | Override]
) -> tuple[dict[str, Any], tuple[Applied, ...]]:
    """Return ``data`` with all overrides applied in order, and what each did; ``data`` itself is not changed.

    Raises
    ------
    InputError
        With one fault for every override that cannot be understood or applied.
    """
    outcome = overridden(data, overrides)
    errors = [fault for fault in outcome.faults if fault.severity == "error"]
    if errors:
        raise InputError(errors)
    return outcome.data, outcome.applied


def overridden(data: Mapping[str, Any], overrides: Sequence[str | Override], origins: Sequence[Origin] = ()) -> Outcome:
    """Apply what can be applied; the faults tell the rest. ``origins`` are for their excerpts."""
    work = _Work(Draft(data), Written(origins=[*origins, SetOrigin([i for i in overrides if isinstance(i, str)])]))
    number = 0
    for item in overrides:
        if isinstance(item, Override):
            work.apply(item)
            continue
        number += 1
        try:
            work.apply(parse_override(item, number))
        except InputError as error:
            work.faults += error.faults
    return Outcome(
        data=work.draft.data, applied=tuple(work.applied), marked=Placed(work.draft.marks()), faults=tuple(work.faults)
    )


@dataclass
class _Work:
    """Overrides being applied."""

    draft: Draft
    written: Written
    applied: list[Applied] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _touched: dict[Path, list[int]] = field(default_factory=dict)
    """A place → the applied overrides that changed it or something in it, by number."""

    def apply(self, override: Override) -> None:
        """Apply one override, or note why not."""
        try:
            changes = self.draft.apply(override.steps, override.operation, override.value, override)
        except NotDone as error:
            message = f"{override.text}: {error.message}"
            self.faults.append(self.written.fault_at(error.code, message, override.place, error.help))
            return
        self._tell_undone(override, [item.key for item in changes if item.replaces])
        number = len(self.applied)
        counts: dict[tuple[str, str], int] = {}
        for item in changes:
            for end in range(1, len(item.key) + 1):
                numbers = self._touched.setdefault(item.key[:end], [])
                if numbers[-1:] != [number]:
                    numbers.append(number)
            pair = _told(item.old), _told(item.new)
            counts[pair] = counts.get(pair, 0) + 1
        told = tuple((old, new, count) for (old, new), count in counts.items())
        self.applied.append(Applied(override=override, changes=told))

    def _tell_undone(self, override: Override, keys: Sequence[Path]) -> None:
        """Warn where something that was changed before is replaced as a whole."""
        before = sorted({number for key in keys for number in self._touched.get(key, ())})
        for number in before:
            earlier = self.applied[number].override
            message = f"{override.text}: this undoes '{earlier.text}' ({earlier.who}) where they meet"
            help = "the later one holds; keep one of the two, or change the order"
            self.faults.append(self.written.fault_at("B226", message, override.place, help, severity="warning"))


def _told(value: Any) -> str:
    """Return a value in one short line."""
    if isinstance(value, dict):
        text = "{" + ", ".join(f"{key}: {_told(item)}" for key, item in list(value.items())[:20]) + "}"
    elif isinstance(value, list):
        text = "[" + ", ".join(map(_told, value[:20])) + "]"
    else:
        text = "null" if value is None else str(value)
    return text if len(text) <= _LONGEST_TOLD else text[: _LONGEST_TOLD - 1] + "…"


def _unclear(message: str, place: Place, origin: SetOrigin) -> Fault:
    return Written(origins=[origin]).fault_at("B221", message, place, EXAMPLE)
