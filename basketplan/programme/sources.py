"""The files of a programme, put together: includes followed, lists joined, tables of households read."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any, Final

from pydantic import ValidationError

from basketplan.errors import Fault, InputError, Place
from basketplan.programme.shape import LISTS
from basketplan.programme.tables import COLUMNS, SUFFIXES, TableSpec, cell, read_table
from basketplan.programme.types import Household
from basketplan.programme.validate import found, problems, unknown_key
from basketplan.programme.written import Marked, Origin, Path, Segment, Written
from basketplan.programme.yaml import Parsed, YamlFile, read_yaml

__all__ = ["Sources"]

MAX_FILES: Final = 500
_YAML: Final = (".yaml", ".yml")
_TABLE_KEYS: Final = ("file", "columns", "defaults")
_FIXED: Final = ("id", "lat", "lon")


class Sources:
    """Everything that the files of a programme say, as raw data, with places and faults.

    Parameters
    ----------
    path
        Folder that holds ``programme.yaml``, or that file.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        given = FilePath(path)
        self.main = given / "programme.yaml" if given.is_dir() else given
        self.folder = self.main.parent
        self.data: dict[str, Any] = {}
        self.origins: list[Origin] = []
        self.contents: list[tuple[str, bytes]] = []
        self.faults: list[Fault] = []
        self.partial = False
        """Whether something could not be read, so that what seems missing may only be unread."""
        self._segments: dict[str, list[Segment]] = {}
        self._read()

    def shown(self, relative: str) -> str:
        """Return how a file is told to the user: the folder as given, and the file in it."""
        return os.path.normpath(self.folder / relative).replace(os.sep, "/")

    def written(self, marked: Marked | None, *further: Origin) -> Written:
        """Return where everything was written."""
        return Written(self._segments, marked, [*self.origins, *further])

    def parse(self, relative: str) -> Parsed | None:
        """Read one YAML file, keeping its faults; none when it cannot be read at all."""
        try:
            parsed, content = read_yaml(self.folder / relative, self.shown(relative))
        except InputError as error:
            self.faults += error.faults
            self.partial = True
            return None
        self.origins.append(parsed.origin)
        self.contents.append((relative, content))
        self.faults += parsed.faults
        if not isinstance(parsed.data, dict):
            self.partial = True
            if not parsed.faults:
                message = f"the file must be a mapping of 'key: value' entries{found(parsed.data)}"
                self._fault(parsed.origin, "B105", message, (), "start with, for example, 'cooperatives:'")
        return parsed

    def _read(self) -> None:
        if not self.main.is_file() and not self.main.exists():
            help = f"start one with: basketplan init {self.folder}"
            message = f"there is no programme at {self.main}"
            self.faults.append(Written().fault_at("B101", message, Place(file=self.shown(self.main.name)), help))
            return
        start = self.main.name
        waiting: list[tuple[str, tuple[str, ...]]] = [(start, ())]
        seen = {self._real(start)}
        while waiting:
            relative, above = waiting.pop()
            parsed = self.parse(relative)
            if parsed is None or not isinstance(parsed.data, dict):
                continue
            includes = []
            for index, told in self._includes(parsed):
                target = os.path.normpath(os.path.join(os.path.dirname(relative), told)).replace(os.sep, "/")
                real = self._real(target)
                if real in seen or len(seen) >= MAX_FILES:
                    what = "includes itself" if real in (*above, self._real(relative)) else "is included twice"
                    if len(seen) >= MAX_FILES:
                        what = f"is one file too many (at most {MAX_FILES})"
                    self._fault(parsed.origin, "B111", f"'{told}' {what}", ("include", index), "remove this entry")
                    continue
                seen.add(real)
                includes.append((target, (*above, self._real(relative))))
            waiting += reversed(includes)
            self._merge(parsed)

    def _real(self, relative: str) -> str:
        return os.path.realpath(self.folder / relative)

    def _fault(self, origin: YamlFile, code: str, message: str, path: Path, help: str, *, key: bool = False) -> None:
        written = Written(origins=[origin])
        self.faults.append(written.fault_at(code, message, origin.place(path, key=key), help))

    def _includes(self, parsed: Parsed) -> Iterator[tuple[int, str]]:
        """Yield the includes of a file that may be followed."""
        told = parsed.data.get("include", [])
        if not isinstance(told, list):
            message = f"include: expected a list of files{found(told)}"
            self._fault(parsed.origin, "B110", message, ("include",), "write include: [products.yaml]")
            return
        for index, item in enumerate(told):
            wrong = _not_a_file(item, _YAML)
            if wrong:
                help = f"give a file relative to this one, ending in {' or '.join(_YAML)}"
                self._fault(parsed.origin, "B110", f"include: {wrong}", ("include", index), help)
            else:
                yield index, item

    def _merge(self, parsed: Parsed) -> None:
        """Join the keys of one file to what was read before."""
        for key, value in parsed.data.items():
            if key == "include":
                continue
            if key == "households":
                self._households(parsed.origin, value)
            elif key in LISTS and (isinstance(value, list) or value is None) and self._joins(key):
                self._extend(key, value or [], Segment(origin=parsed.origin, path=(key,)))
            elif key in self.data:
                first = self._segments[key][0]
                where = first.origin.place(first.path, key=True)
                message = f"'{key}' is given in two files, first in {where}"
                self._fault(parsed.origin, "B112", message, (key,), "keep one of them", key=True)
            else:
                self.data[key] = value
                self._segments[key] = [Segment(origin=parsed.origin, path=(key,))]

    def _joins(self, key: str) -> bool:
        return isinstance(self.data.get(key, []), list)

    def _extend(self, key: str, items: list[Any], segment: Segment) -> None:
        """Append items of one origin to a list."""
        before = self.data.get(key)
        start = len(before) if before is not None else 0
        self.data[key] = items if before is None else [*before, *items]
        moved = Segment(origin=segment.origin, path=segment.path, start=start, single=segment.single)
        self._segments.setdefault(key, []).append(moved)

    def _households(self, origin: YamlFile, value: Any) -> None:
        here: Path = ("households",)
        if not self._joins("households"):
            self._fault(origin, "B112", "'households' is given in two files", here, "keep one of them", key=True)
        elif isinstance(value, str | dict):
            self._table(origin, value, here)
        elif value is None:
            self._extend("households", [], Segment(origin=origin, path=here))
        elif not any(isinstance(item, str) or (isinstance(item, dict) and "file" in item) for item in value):
            self._extend("households", value, Segment(origin=origin, path=here))
        else:
            for index, item in enumerate(value):
                if isinstance(item, str) or (isinstance(item, dict) and "file" in item):
                    self._table(origin, item, (*here, index))
                else:
                    self._extend("households", [item], Segment(origin=origin, path=(*here, index), single=True))

    def _table(self, origin: YamlFile, told: str | dict[str, Any], path: Path) -> None:
        """Read the households of one table."""
        spec = self._spec(origin, {"file": told} if isinstance(told, str) else told, path)
        relative = os.path.dirname(os.path.relpath(origin.name, self.shown(".")))
        if spec is None:
            self.partial = True
            return
        target = os.path.normpath(os.path.join(relative, spec.file)).replace(os.sep, "/")
        try:
            table = read_table(self.folder / target, self.shown(target), spec)
        except InputError as error:
            self.partial = True
            for fault in error.faults:
                missing = fault.code == "B101"
                if missing:
                    self._fault(origin, "B101", fault.message, (*path, "file"), fault.help)
                else:
                    self.faults.append(fault)
            return
        self.origins.append(table.origin)
        self.contents.append((target, table.content))
        self.faults += table.faults
        self.partial |= not table.complete
        self._extend("households", table.rows, Segment(origin=table.origin, path=()))

    def _spec(self, origin: YamlFile, told: dict[str, Any], path: Path) -> TableSpec | None:
        """Check how a table is named; none when it cannot be read."""
        for key in told:
            if key not in _TABLE_KEYS:
                message = f"households: the key '{key}' is not known"
                self._fault(origin, "B201", message, (*path, key), unknown_key(key, _TABLE_KEYS), key=True)
        if "file" not in told:
            self._fault(origin, "B202", "households: 'file' is missing", path, "write households: households.csv")
            return None
        wrong = _not_a_file(told["file"], tuple(SUFFIXES))
        if wrong:
            help = f"give a file relative to this one, ending in {', '.join(SUFFIXES)}"
            self._fault(origin, "B110", f"households: {wrong}", (*path, "file"), help)
            return None
        columns = self._mapping(origin, told, "columns", path)
        texts = {}
        for our, theirs in columns.items():
            if our not in COLUMNS and not our.startswith("baskets."):
                help = unknown_key(our, COLUMNS)
                message = f"households: the column '{our}' is not known"
                self._fault(origin, "B201", message, (*path, "columns", our), help, key=True)
            elif not isinstance(theirs, str):
                message = f"households: expected the name of a column{found(theirs)}"
                self._fault(origin, "B204", message, (*path, "columns", our), f"write {our}: their_name")
            else:
                texts[our] = theirs
        return TableSpec(file=told["file"], columns=texts, defaults=self._defaults(origin, told, path))

    def _mapping(self, origin: YamlFile, told: dict[str, Any], key: str, path: Path) -> dict[str, Any]:
        value = told.get(key)
        if value is None or isinstance(value, dict):
            return value or {}
        self._fault(origin, "B204", f"households.{key}: expected a mapping{found(value)}", (*path, key), "")
        return {}

    def _defaults(self, origin: YamlFile, told: dict[str, Any], path: Path) -> dict[str, Any]:
        """Return the values for blank cells that fit; a wrong one is told once, not for every row."""
        good = {}
        for field, value in self._mapping(origin, told, "defaults", path).items():
            here = (*path, "defaults", field)
            if field in _FIXED or field not in COLUMNS:
                known = [column for column in COLUMNS if column not in _FIXED]
                message = f"households: there is no default for '{field}'"
                self._fault(origin, "B201", message, here, unknown_key(field, known), key=True)
                continue
            try:
                ready = cell(field, value)
                Household.model_validate({"id": "x", "lat": 0, "lon": 0, "baskets": {"x": 1}, field: ready})
                good[field] = ready
            except ValidationError as error:
                data = {"households": [{field: ready}]}
                for problem in problems(error, data, ("households", 0)):
                    message = f"households.defaults.{field}: {problem.sentence}"
                    self._fault(origin, problem.code, message, (*here, *problem.path[3:]), problem.help)
            except ValueError as error:
                self._fault(origin, "B125", f"households.defaults.{field}: {error}", here, "")
        return good


def _not_a_file(item: Any, endings: tuple[str, ...]) -> str:
    """Say why ``item`` is no file that a programme may name; empty when it is one."""
    if not isinstance(item, str) or not item.strip():
        return f"expected a file name{found(item)}"
    if "://" in item or item.startswith(("/", "\\", "~")) or re.match(r"[A-Za-z]:", item):
        return f"only files beside the programme may be named{found(item)}"
    if "contact" in os.path.basename(item).lower():
        return "contacts are never read when planning"
    if not item.lower().endswith(endings):
        return f"this kind of file is not read here{found(item)}"
    return ""
