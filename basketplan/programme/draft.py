"""Raw data that is being changed: where a path leads, and what an operation does there.

Only what lies on a changed path is copied. Items of a list have keys that stay the same when others are removed or
appended: the position that they had in the files, or a further number. So everything that was written or changed can
still be told when all overrides have been applied.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from basketplan.programme.amounts import NotChangeable, added, factor_of, initial, is_relative, scaled
from basketplan.programme.shape import default_at, is_list, is_open, keys_at
from basketplan.programme.written import Path

__all__ = ["NOT_SET", "Change", "Draft", "Marks", "NotDone", "split_path"]

_STEP = re.compile(r"(?:^|\.)([^.\[\]]+)|\[([^\[\]]+)\]")
_TEST = re.compile(r"\s*([^=!,|]+?)\s*(!?=)\s*(.*?)\s*", re.DOTALL)
_RING: Final = 8
_RING_M: Final = 60.0
"""Copies of a household stand this far from it, eight in a ring, the next ring as far again."""
_M_PER_DEGREE: Final = 111_000.0
MOST_COPIES: Final = 100_000


class _NotSet:
    def __str__(self) -> str:
        return "not set"


NOT_SET: Final = _NotSet()


class NotDone(Exception):
    """An operation that cannot be done, with the code of its fault."""

    def __init__(self, message: str, help: str, code: str = "B222") -> None:
        super().__init__(message)
        self.message, self.help, self.code = message, help, code


@dataclass(frozen=True)
class Change:
    """What became of one value."""

    key: Path
    """Where it is, with the lasting keys of list items."""
    old: Any
    new: Any
    replaces: bool
    """Whether nothing of the old value is left."""


@dataclass(frozen=True)
class Marks:
    """What stands where something put it.

    ``owners`` has whatever put a value there, and where in its own value the value stands (none: it only took something
    away); ``order`` has for each list whose items moved the lasting keys of its items.
    """

    owners: Mapping[Path, tuple[Any, Path | None]]
    order: Mapping[Path, Sequence[int]]

    def key(self, path: Path) -> Path:
        """Return a path by positions as one by lasting keys."""
        result: Path = ()
        for step in path:
            known = self.order.get(result)
            fits = known is not None and isinstance(step, int) and step < len(known)
            result = (*result, known[step] if known is not None and fits and isinstance(step, int) else step)
        return result


def split_path(text: str) -> tuple[str, ...] | None:
    """``'hubs[casa].open'`` → ``('hubs', 'casa', 'open')``; none when it is no path."""
    at, steps = 0, []
    for match in _STEP.finditer(text.strip()):
        if match.start() != at:
            return None
        at = match.end()
        steps.append((match.group(1) or match.group(2)).strip())
    return tuple(steps) if steps and at == len(text.strip()) and all(steps) else None


class Draft:
    """A changed copy of ``data``."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data: dict[str, Any] = dict(data)
        self._copied: dict[int, Any] = {id(self.data): self.data}
        self._order: dict[Path, list[int]] = {}
        self._next: dict[Path, int] = {}
        self._owners: dict[Path, tuple[Any, Path | None]] = {}

    def marks(self) -> Marks:
        """Return what stands where, when all is done."""
        return Marks(owners=dict(self._owners), order={key: tuple(value) for key, value in self._order.items()})

    def apply(self, steps: Sequence[str], operation: str, value: Any, owner: Any) -> list[Change]:
        """Do one operation at every place that ``steps`` mean.

        Raises
        ------
        NotDone
            It leads nowhere, or does not fit what is there; then nothing is changed.
        """
        places = list(self._places(steps))
        if not places:
            raise NotDone("nothing fits this selection", "look at the values in the programme")
        if operation == "append" and isinstance(value, str) and value.strip().isdecimal():
            return self._more_like(places, int(value), owner)
        relative = operation == "change" and is_relative(places[0], value)
        if relative:
            operation = "scale" if str(value).strip().endswith("%") else "add"
        if operation in ("scale", "add"):
            return self._recompute(places, operation, value, owner)
        if operation == "remove":
            return self._remove(places, value, owner)
        if operation == "append":
            return [change for path in places for change in self._append(path, value, owner)]
        return [self._put(path, value, owner) for path in places]

    # where

    def _places(self, steps: Sequence[str]) -> Iterator[Path]:
        """Yield the paths, by positions, that ``steps`` mean; the last step may be a key that is not there yet."""
        paths: list[Path] = [()]
        for number, step in enumerate(steps):
            found: list[Path] = []
            missing: NotDone | None = None
            for path in paths:
                here = self._at(path)
                if here is NOT_SET or here is None:
                    here = [] if is_list(path) else {}
                if not isinstance(here, dict | list):
                    raise NotDone(f"there is nothing below '{steps[number - 1]}'", "set it as a whole")
                try:
                    found += [(*path, place) for place in _find(here, step, path)]
                except NotDone as error:
                    missing = missing or error
            # Of many entries some may lack what is meant: cooperatives[*].offers[argan_oil].
            if missing is not None and not found:
                raise missing
            paths = found
        yield from paths

    def _at(self, path: Path) -> Any:
        here: Any = self.data
        for step in path:
            if isinstance(here, list):
                if not isinstance(step, int) or step >= len(here):
                    return NOT_SET
                here = here[step]
            elif isinstance(here, dict) and step in here:
                here = here[step]
            else:
                return NOT_SET
        return here

    def _key(self, path: Path) -> Path:
        return Marks({}, self._order).key(path)

    # what

    def _holder(self, path: Path) -> Any:
        """Return the list or mapping that holds the value at ``path``, as one that may be changed."""
        here: Any = self.data
        for end, step in enumerate(path[:-1], start=1):
            below = self._at(path[:end])
            below = None if below is NOT_SET else below
            if below is None:
                below = [] if is_list(path[:end]) else {}
            if id(below) not in self._copied:
                below = below.copy()
                self._copied[id(below)] = below
                here[step] = below
            here = below
        return here

    def _put(self, path: Path, value: Any, owner: Any, at: Path = (), *, replaces: bool = True) -> Change:
        old = self._at(path)
        self._holder(path)[path[-1]] = value
        key = self._key(path)
        if replaces and isinstance(old, dict | list):
            self._forget_below(key)
        self._own(key, owner, at)
        return Change(key, old, value, replaces)

    def _forget_below(self, key: Path) -> None:
        """Forget what was done inside a value that is gone."""
        for known in (self._owners, self._order, self._next):
            for inner in [one for one in known if one[: len(key)] == key]:
                known.pop(inner)

    def _own(self, key: Path, owner: Any, at: Path | None) -> None:
        self._owners[key] = (owner, at)

    def _recompute(self, places: Sequence[Path], operation: str, value: Any, owner: Any) -> list[Change]:
        """Scale or add, everywhere or nowhere."""
        new: dict[Path, Any] = {}
        old: dict[Path, Any] = {}
        unset = 0
        try:
            factor = factor_of(value) if operation == "scale" else None
            for path in places:
                before = self._at(path)
                if before is NOT_SET or before is None:
                    before = initial(path, self.data)
                if before is None:
                    unset += 1
                    continue
                entry = self._at(path[:-1])
                entry = entry if isinstance(entry, dict) else None
                old[path] = before
                new[path] = (
                    added(before, value, path, self.data, entry)
                    if factor is None
                    else scaled(before, factor, path, self.data, entry)
                )
        except NotChangeable as error:
            raise NotDone(str(error), "write the new value itself, or {set: …}", "B225") from None
        if not new:
            raise NotDone("it is not set, so there is nothing to change", "write the new value itself", "B225")
        changes = [self._put(path, item, owner, replaces=False) for path, item in new.items()]
        return [Change(change.key, old[path], change.new, False) for path, change in zip(new, changes, strict=True)]

    def _remove(self, places: Sequence[Path], value: Any, owner: Any) -> list[Change]:
        if isinstance(value, list):
            return [self._without(path, value, owner) for path in places]
        if value not in (True, "true", "True", "yes"):
            raise NotDone("remove what?", "write {remove: true}, or {remove: [fri]} for items of a list", "B225")
        changes = []
        for path in reversed(places):
            old = self._at(path)
            if old is NOT_SET:
                raise NotDone("it is not set, so it cannot be removed", "take this line out", "B225")
            key = self._key(path)
            holder = self._holder(path)
            if isinstance(holder, list):
                self._order_of(path[:-1], len(holder)).pop(int(path[-1]))
            del holder[path[-1]]
            self._own(self._key(path[:-1]), owner, None)
            changes.append(Change(key, old, NOT_SET, True))
        return changes[::-1]

    def _without(self, path: Path, items: Sequence[Any], owner: Any) -> Change:
        """Take items out of a list of plain values."""
        old = self._at(path)
        if old is NOT_SET or old is None:
            old = initial(path, self.data)
        if not isinstance(old, list):
            raise NotDone("it is no list that is written", "set the whole list", "B225")
        missing = [str(item) for item in items if item not in old]
        if missing:
            raise NotDone(f"'{missing[0]}' is not in it", f"there is: {', '.join(map(str, old[:12]))}", "B225")
        change = self._put(path, [item for item in old if item not in items], owner, replaces=False)
        return Change(change.key, old, change.new, False)

    def _append(self, path: Path, value: Any, owner: Any) -> list[Change]:
        """Put items behind those of a list, or keys into a mapping."""
        old = self._at(path)
        if is_open(path) and isinstance(value, Mapping):
            return [self._put((*path, key), item, owner, (key,)) for key, item in value.items()]
        if old is NOT_SET or old is None:
            old = initial(path, self.data) or ([] if is_list(path) and not default_at(path) else None)
        if not isinstance(old, list):
            raise NotDone("it is no list, so nothing can be appended", "set its value", "B225")
        items = value if isinstance(value, list) else [value]
        if self._at(path) is NOT_SET or self._at(path) is None:
            self._put(path, list(old), owner)
        return [
            self._behind(path, item, owner, (number,) if isinstance(value, list) else ())
            for number, item in enumerate(items)
        ]

    def _behind(self, path: Path, item: Any, owner: Any, at: Path) -> Change:
        holder = self._holder((*path, 0))
        order = self._order_of(path, len(holder))
        key = self._key(path)
        number = self._next.setdefault(key, max(order, default=-1) + 1)
        self._next[key] = number + 1
        order.append(number)
        holder.append(item)
        self._own((*key, number), owner, at)
        return Change((*key, number), NOT_SET, item, False)

    def _order_of(self, path: Path, length: int) -> list[int]:
        key = self._key(path)
        order = self._order.setdefault(key, list(range(length)))
        self._next.setdefault(key, max(length, self._next.get(key, 0)))
        return order

    def _more_like(self, places: Sequence[Path], count: int, owner: Any) -> list[Change]:
        """Append ``count`` entries like those at ``places``, in turn, each with an id of its own."""
        first = self._at(places[0])
        if not isinstance(first, dict) or "id" not in first or not isinstance(places[0][-1], int):
            help = "write households[zone=…]: {append: 100}, or list the new entries"
            raise NotDone("only entries with an id can be repeated", help, "B225")
        if not 0 < count <= MOST_COPIES:
            raise NotDone(f"between 1 and {MOST_COPIES:,} can be appended", "take a smaller number", "B225")
        whole = places[0][:-1]
        taken = {str(item.get("id")) for item in self._at(whole) if isinstance(item, dict)}
        rounds: dict[int, int] = {}
        changes = []
        for number in range(count):
            place = places[number % len(places)]
            model = self._at(place)
            rounds[int(place[-1])] = rounds.get(int(place[-1]), 0) + 1
            copy = _copied(model, rounds[int(place[-1])], taken)
            taken.add(copy["id"])
            changes.append(self._behind(whole, copy, owner, ()))
        return changes


def _copied(model: Mapping[str, Any], number: int, taken: set[str]) -> dict[str, Any]:
    """Return the ``number``-th copy of an entry: another id, and where it has a place, another one nearby."""
    name = f"{str(model['id'])[:56]}.{number + 1}"
    while name in taken:
        name += "x"
    copy = {**model, "id": name}
    try:
        lat, lon = float(str(model["lat"])), float(str(model["lon"]))
    except (KeyError, ValueError):
        return copy
    away_m, turn = _RING_M * (1 + (number - 1) // _RING), 2 * math.pi * ((number - 1) % _RING) / _RING
    north, east = away_m * math.cos(turn) / _M_PER_DEGREE, away_m * math.sin(turn) / _M_PER_DEGREE
    moved = {"lat": lat + north, "lon": lon + east / max(0.1, math.cos(math.radians(lat)))}
    return copy | {key: f"{value:.5f}" for key, value in moved.items()}


def _find(here: dict[str, Any] | list[Any], step: str, path: Path) -> list[str | int]:
    """Return the keys or positions that ``step`` means."""
    if isinstance(here, dict):
        if step == "*" and is_open(path):
            return list(here)
        if step in here or is_open(path):
            return [step]
        allowed = [key for key in keys_at(path) if key != "include"]
        if step in allowed:
            return [step]
        raise NotDone(f"there is no '{step}'", _near(step, allowed))
    if step == "*":
        return list(range(len(here)))
    if step.startswith("#") and step[1:].isdecimal():
        if not 0 < int(step[1:]) <= len(here):
            raise NotDone(f"there is no item {step} in {path[-1]}", f"it has {len(here)} items")
        return [int(step[1:]) - 1]
    if "=" in step:
        return _selected(here, step, path)
    names = [_name(item) for item in here]
    if step in names:
        return [names.index(step)]
    known = [name for name in names if name is not None]
    if not known:
        raise NotDone(f"the entries of '{path[-1]}' have no ids", f"set the whole list: {path[-1]}=[…]")
    raise NotDone(f"there is no '{step}' in {path[-1]}", _near(step, known))


def _selected(here: Sequence[Any], step: str, path: Path) -> list[str | int]:
    """Return the positions of the entries that pass every test, such as ``zone=Anfa|Maarif, access!=alley``."""
    tests = []
    for text in step.split(","):
        match = _TEST.fullmatch(text)
        if not match:
            raise NotDone(f"'{text.strip()}' is no test", "write key=value, key!=value or key=one|other", "B221")
        key = match.group(1)
        if key not in keys_at((*path, 0)):
            raise NotDone(f"there is no '{key}' to select by", _near(key, keys_at((*path, 0))))
        tests.append((key, match.group(2) == "=", {item.strip() for item in match.group(3).split("|")}))
    found: list[str | int] = [
        number
        for number, item in enumerate(here)
        if isinstance(item, dict)
        and all(bool(_values(item, key, (*path, number)) & wanted) == wants for key, wants, wanted in tests)
    ]
    if not found:
        raise NotDone(f"nothing in {path[-1]} fits '{step}'", _values_told(here, tests[0][0], path))
    return found


def _values(item: Mapping[str, Any], key: str, path: Path) -> set[str]:
    """Return what ``key`` holds in an entry, or by default: one text, or those of a list or the keys of a mapping."""
    value = item.get(key)
    if value is None:
        value = default_at((*path, key))
    if isinstance(value, list | tuple | dict):
        return {str(one) for one in value}
    if isinstance(value, bool) or str(value) in ("True", "False"):
        return {str(value).lower()}
    return {"" if value is None else str(value)}


def _values_told(here: Sequence[Any], key: str, path: Path) -> str:
    known = sorted(
        {one for n, item in enumerate(here) if isinstance(item, dict) for one in _values(item, key, (*path, n))}
    )
    known = [one for one in known if one]
    return f"'{key}' has: {', '.join(known[:12])}{', …' if len(known) > 12 else ''}" if known else f"no '{key}' is set"


def _name(item: Any) -> str | None:
    """Return by which name an entry of a list is addressed."""
    name = (item.get("id") or item.get("product")) if isinstance(item, dict) else None
    return str(name) if name is not None else None


def _near(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"there is: {', '.join(known[:12])}{', …' if len(known) > 12 else ''}" if known else "check the path"
