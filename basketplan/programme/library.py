"""Scenarios of a programme: files of named, composable lists of overrides.

::

    # scenarios/what-if.yaml
    scenarios:
      argan_late:
        title: {fr: L'argan arrive une semaine plus tard, en: Argan comes a week late}
        changes:
          - cooperatives[argane-souss].offers[argan_oil].first_day: +7 days
      rain:
        - vehicles[*].speed: -20 %
        - households[access=track].service: +3 min
      rain_and_argan_late: [rain, argan_late]

A list holds changes (a path and a value, see :mod:`~basketplan.programme.overrides`) and names of other scenarios,
whose changes take their place; the order is kept. A file ``scenarios/NAME.yaml`` may also be one scenario, with
``title``, ``description`` and ``overrides`` at its top. Names are shared by all files. ``rain+argan_late`` is both, one
after the other.

The same files hold ``sweeps`` and ``uncertainty``, which :mod:`basketplan.scenarios` reads.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from basketplan.errors import Fault, InputError, Place
from basketplan.programme.draft import split_path
from basketplan.programme.overrides import Override, understood
from basketplan.programme.types import Name, Text
from basketplan.programme.validate import found, unknown_key
from basketplan.programme.written import Path, Written
from basketplan.programme.yaml import Parsed, read_yaml

__all__ = ["EXAMPLE", "FOLDER", "KINDS", "Library", "Scenario", "ScenarioFile", "is_name"]

FOLDER: Final = "scenarios"
KINDS: Final = ("scenarios", "sweeps", "uncertainty")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SINGLE: Final = ("title", "description", "overrides")
_KEYS: Final = ("title", "description", "changes")
EXAMPLE: Final = "write, for example, '- cooperatives[id].offers[product].capacity: -30 %'"
_TITLE: Final[TypeAdapter[Text]] = TypeAdapter(Name)
_NO_TEXT: Final = Text()


def is_name(text: str) -> bool:
    """Tell whether ``text`` may be the name of a scenario, sweep or uncertainty; it is safe in a file's name."""
    return bool(_NAME.fullmatch(text))


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A named list of changes, those of other scenarios put in their place."""

    name: str
    title: Text = _NO_TEXT
    description: Text = _NO_TEXT
    overrides: tuple[Override, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ScenarioFile:
    """A file with scenarios, sweeps or uncertainty, as parsed."""

    relative: str
    """From the programme's folder; also of files elsewhere."""
    parsed: Parsed
    content: bytes

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return where something stands in it."""
        return self.parsed.origin.place(path, key=key)

    def fault(self, code: str, message: str, path: Path, help: str = "", *, key: bool = False) -> Fault:
        """Make a fault that points into the file."""
        return Written(origins=[self.parsed.origin]).fault_at(code, message, self.place(path, key=key), help)

    def entries(self, kind: str) -> Mapping[str, Any]:
        """Return the entries under ``scenarios``, ``sweeps`` or ``uncertainty``."""
        data = self.parsed.data
        if kind == "scenarios" and self.is_single:
            return {FilePath(self.relative).stem: data}
        value = data.get(kind) if isinstance(data, dict) else None
        return value if isinstance(value, dict) else {}

    @property
    def is_single(self) -> bool:
        """Whether the file is one scenario, named like the file."""
        data = self.parsed.data
        return isinstance(data, dict) and not set(data) & set(KINDS)

    def path(self, kind: str, name: str) -> Path:
        """Return where an entry stands in the file."""
        return () if kind == "scenarios" and self.is_single else (kind, name)


@dataclass
class Library:
    """The scenarios in the folder ``scenarios`` beside a programme, and in further files.

    Parameters
    ----------
    folder
        The programme's folder.
    shown
        How the folder is told to users.
    further
        Other files, wherever they are.
    """

    folder: FilePath
    shown: str
    further: Sequence[FilePath] = ()
    files: list[ScenarioFile] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    """Of files that cannot be read, and of what is not known in them."""

    def __post_init__(self) -> None:
        home = self.folder / FOLDER
        inside = sorted(file for file in home.glob("*.yaml") if file.is_file()) if home.is_dir() else []
        seen = set()
        for file in (*self.further, *inside):
            real = os.path.realpath(file)
            if real not in seen:
                seen.add(real)
                self._read(file)
        self._refuse_twice()

    def names(self, kind: str) -> list[str]:
        """Return all names of a kind, in reading order."""
        return [name for file in self.files for name in file.entries(kind)]

    def find(self, kind: str, name: str) -> tuple[ScenarioFile, Any] | None:
        """Return the file that holds an entry, and the entry; none when there is none."""
        for file in self.files:
            entries = file.entries(kind)
            if name in entries:
                return file, entries[name]
        return None

    def scenario(self, names: str) -> Scenario:
        """Return a scenario, or several one after the other: ``rain+strike``.

        Raises
        ------
        InputError
            With every fault of it and of those that it names.
        """
        parts = [part.strip() for part in names.split("+")]
        made = _Composer(self)
        for part in parts:
            made.add(part, None)
        if made.faults:
            raise InputError(made.faults)
        single = made.told[parts[0]] if len(parts) == 1 else Scenario(name=names)
        return Scenario(
            name=names,
            title=single.title,
            description=single.description,
            overrides=tuple(made.overrides),
        )

    def unknown(self, name: str, kind: str = "scenarios") -> list[Fault]:
        """Return the faults for a name that is not there, or those of files that cannot be read and may hold it."""
        known = self.names(kind)
        help = unknown_key(name, known) or f"write it to {FOLDER}/NAME.yaml"
        word = {"scenarios": "scenario", "sweeps": "sweep", "uncertainty": "uncertainty"}[kind]
        place = Place(file=os.path.normpath(os.path.join(self.shown, FOLDER)).replace(os.sep, "/"))
        unread = [fault for fault in self.faults if fault.code != "B227"]
        return unread or [Written().fault_at("B223", f"there is no {word} '{name[:80]}'", place, help)]

    def _read(self, file: FilePath) -> None:
        try:
            inside = os.path.relpath(file.resolve(), self.folder.resolve()).replace(os.sep, "/")
            beside = not inside.startswith("..")
            shown = os.path.normpath(os.path.join(self.shown, inside)).replace(os.sep, "/") if beside else str(file)
            parsed, content = read_yaml(file, shown)
        except InputError as error:
            self.faults += error.faults
            return
        made = ScenarioFile(relative=inside, parsed=parsed, content=content)
        self.faults += parsed.faults
        if not isinstance(parsed.data, dict):
            if not parsed.faults:
                message = f"the file must begin with 'scenarios:'{found(parsed.data)}"
                self.faults.append(made.fault("B105", message, (), EXAMPLE))
            return
        self.files.append(made)
        if not made.is_single:
            for key in parsed.data:
                if key not in KINDS:
                    help = unknown_key(key, KINDS)
                    self.faults.append(made.fault("B201", f"the key '{key}' is not known", (key,), help, key=True))

    def _refuse_twice(self) -> None:
        for kind in KINDS:
            first: dict[str, Place] = {}
            for file in self.files:
                for name in file.entries(kind):
                    place = file.place(file.path(kind, name), key=True)
                    if name in first:
                        message = f"the name '{name}' is given twice in {kind}, first in {first[name]}"
                        path = file.path(kind, name)
                        self.faults.append(file.fault("B227", message, path, "give one of them another name", key=True))
                    first.setdefault(name, place)


class _Composer:
    """Puts scenarios together, in order, with every fault on the way."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.overrides: list[Override] = []
        self.faults: list[Fault] = []
        self.told: dict[str, Scenario] = {}
        self._open: list[str] = []

    def add(self, name: str, named_at: tuple[ScenarioFile, Path] | None) -> None:
        """Append the changes of a scenario."""
        if name in self._open:
            file, path = named_at or (None, ())
            if file is not None:
                circle = " → ".join([*self._open[self._open.index(name) :], name])
                self.faults.append(
                    file.fault("B224", f"scenario '{name}' contains itself: {circle}", path, "take it out")
                )
            return
        entry = self.library.find("scenarios", name) if is_name(name) else None
        if entry is None:
            if named_at is None:
                self.faults += self.library.unknown(name)
            else:
                help = unknown_key(name, self.library.names("scenarios")) or EXAMPLE
                self.faults.append(named_at[0].fault("B223", f"there is no scenario '{name[:80]}'", named_at[1], help))
            return
        self.faults += [fault for fault in self.library.faults if fault.code == "B227" and f"'{name}'" in fault.message]
        self._open.append(name)
        self._entry(name, *entry)
        self._open.pop()

    def _entry(self, name: str, file: ScenarioFile, entry: Any) -> None:
        here = file.path("scenarios", name)
        title = description = _NO_TEXT
        changes, at = entry, here
        if isinstance(entry, dict):
            keys, key = (_SINGLE, "overrides") if file.is_single else (_KEYS, "changes")
            if key not in entry and file.is_single and "changes" in entry:
                keys, key = _KEYS, "changes"
            for other in entry:
                if other not in keys:
                    help = unknown_key(other, keys)
                    message = f"scenario '{name}': the key '{other}' is not known"
                    self.faults.append(file.fault("B201", message, (*here, other), help, key=True))
            title, description = (self._text(file, entry, here, word) for word in ("title", "description"))
            changes, at = entry.get(key), (*here, key)
        self.told[name] = Scenario(name=name, title=title, description=description)
        if isinstance(changes, dict):
            self._changes(name, file, changes, at)
        elif isinstance(changes, list):
            for number, item in enumerate(changes):
                self._item(name, file, item, (*at, number))
        else:
            message = f"scenario '{name}': a list of changes is needed{found(changes)}"
            self.faults.append(file.fault("B223", message, at, EXAMPLE))

    def _item(self, name: str, file: ScenarioFile, item: Any, at: Path) -> None:
        if isinstance(item, str):
            self.add(item.strip(), (file, at))
        elif isinstance(item, dict):
            self._changes(name, file, item, at)
        else:
            message = f"scenario '{name}': a change or the name of a scenario is needed{found(item)}"
            self.faults.append(file.fault("B223", message, at, EXAMPLE))

    def _changes(self, name: str, file: ScenarioFile, changes: Mapping[str, Any], at: Path) -> None:
        for text, value in changes.items():
            steps = split_path(text)
            if steps is None:
                message = f"the path '{text}' cannot be read"
                self.faults.append(file.fault("B221", message, (*at, text), EXAMPLE, key=True))
                continue
            operation, inner = understood(value)
            place = file.place((*at, text), key=True)
            inside = (*at, text) if operation == "change" else (*at, text, operation)
            self.overrides.append(
                Override(
                    text=text,
                    steps=steps,
                    operation=operation,
                    value=inner,
                    place=place,
                    source=f"scenario '{name}'",
                    who=f"scenario '{name}', {file.relative}:{place.line}",
                    origin=file.parsed.origin,
                    at=inside,
                )
            )

    def _text(self, file: ScenarioFile, entry: Mapping[str, Any], here: Path, key: str) -> Text:
        value = entry.get(key)
        if value is None:
            return _NO_TEXT
        try:
            return _TITLE.validate_python(value)
        except ValidationError:
            message = f"{key}: expected a text, or texts by language{found(value)}"
            self.faults.append(file.fault("B204", message, (*here, key), f"write {key}: {{fr: …, ar: …, en: …}}"))
            return _NO_TEXT
