"""Read a programme: YAML with includes, tables of households, a scenario, overrides; then validate and check it.

Every fault of every file is collected and raised once as :class:`~basketplan.errors.InputError`.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass

from basketplan.errors import Fault, InputError, Place
from basketplan.programme.overrides import Override, SetOrigin, overridden, split_path
from basketplan.programme.sound import sound_faults
from basketplan.programme.sources import Sources
from basketplan.programme.types import Programme
from basketplan.programme.validate import found, in_reading_order, unknown_key, validate
from basketplan.programme.written import Written

__all__ = ["Loaded", "load_programme", "read_programme"]

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SCENARIO_KEYS = ("title", "description", "overrides")
_EXAMPLE = "write, for example, 'cooperatives[id].offers[product].capacity: 0'"


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """A programme as read, and from what."""

    programme: Programme
    written: Written
    """Where each value stands."""
    files: tuple[tuple[str, str], ...]
    """Every file that was read, relative to the programme's folder, with its SHA-256."""
    applied: tuple[str, ...]
    """Every applied override in order: ``path: old -> new (who)``."""
    overrides: tuple[str, ...]
    """The overrides as they were given, to give them again."""
    scenario: str | None
    warnings: tuple[Fault, ...]
    """What is doubtful but not wrong."""


def load_programme(
    path: str | os.PathLike[str], scenario: str | None = None, overrides: Sequence[str] = ()
) -> Programme:
    """Read a programme from its folder or its ``programme.yaml``.

    Parameters
    ----------
    path
        Folder that holds ``programme.yaml``, or that file.
    scenario
        Name of a file in ``scenarios/`` whose overrides are applied.
    overrides
        Changes such as ``cooperatives[id].offers[product].capacity=0``, applied after the scenario's.

    Raises
    ------
    InputError
        With every fault that was found.
    """
    return read_programme(path, scenario, overrides).programme


def read_programme(path: str | os.PathLike[str], scenario: str | None = None, overrides: Sequence[str] = ()) -> Loaded:
    """Read a programme like :func:`load_programme`, and say from which files, with which warnings."""
    from basketplan.programme.check import check_programme

    raw = _read_types(path, scenario, overrides)
    told = check_programme(raw.programme, raw.written) if raw.programme is not None else []
    faults = in_reading_order([*raw.faults, *told], raw.written)
    if raw.programme is None or any(fault.severity == "error" for fault in faults):
        raise InputError(faults)
    return Loaded(
        programme=raw.programme,
        written=raw.written,
        files=raw.files,
        applied=raw.applied,
        overrides=tuple(overrides),
        scenario=scenario,
        warnings=faults,
    )


@dataclass(frozen=True, kw_only=True)
class _Raw:
    """A programme whose types fit (or none) and the faults so far."""

    programme: Programme | None
    written: Written
    files: tuple[tuple[str, str], ...]
    applied: tuple[str, ...]
    faults: tuple[Fault, ...]


def _read_types(path: str | os.PathLike[str], scenario: str | None, overrides: Sequence[str]) -> _Raw:
    """Read everything up to the types: no cross-checks."""
    sources = Sources(path)
    asked: list[str | Override] = [*(_scenario(sources, scenario) if scenario is not None else ()), *overrides]
    changed, applied, faults = overridden(sources.data, asked, sources.origins)
    sources.faults += faults
    written = sources.written({item.path: item.note for item in applied}, SetOrigin(overrides))
    programme: Programme | None = None
    wrong: list[Fault] = []
    if sources.data or not sources.faults:
        programme, wrong = validate(changed, written, partial=sources.partial, known=sources.faults)
        if programme is None and not sources.partial:
            wrong += sound_faults(changed, written)
    return _Raw(
        programme=programme,
        written=written,
        files=tuple((name, hashlib.sha256(content).hexdigest()) for name, content in sources.contents),
        applied=tuple(item.told for item in applied),
        faults=(*sources.faults, *wrong),
    )


def _scenario(sources: Sources, name: str) -> list[Override]:
    """Read the overrides of ``scenarios/NAME.yaml``."""
    relative = f"scenarios/{name}.yaml"
    folder = sources.folder / "scenarios"
    if not _NAME.fullmatch(name) or not (sources.folder / relative).is_file():
        known = sorted(file.stem for file in folder.glob("*.yaml")) if folder.is_dir() else []
        help = unknown_key(name, known) or "write its overrides to scenarios/NAME.yaml"
        place = Place(file=sources.shown("scenarios"))
        sources.faults.append(Written().fault_at("B223", f"there is no scenario '{name}'", place, help))
        return []
    parsed = sources.parse(relative)
    if parsed is None or not isinstance(parsed.data, dict):
        return []
    written = Written(origins=[parsed.origin])
    for key in parsed.data:
        if key not in _SCENARIO_KEYS:
            place = parsed.origin.place((key,), key=True)
            message = f"scenario '{name}': the key '{key}' is not known"
            sources.faults.append(written.fault_at("B201", message, place, unknown_key(key, _SCENARIO_KEYS)))
    changes = parsed.data.get("overrides")
    if not isinstance(changes, dict):
        place = parsed.origin.place(("overrides",))
        message = f"scenario '{name}': 'overrides' must be a mapping of path: value{found(changes)}"
        sources.faults.append(written.fault_at("B223", message, place, _EXAMPLE))
        return []
    result = []
    for text, value in changes.items():
        place = parsed.origin.place(("overrides", text), key=True)
        steps = split_path(text)
        if steps is None:
            sources.faults.append(written.fault_at("B221", f"the path '{text}' cannot be read", place, _EXAMPLE))
            continue
        where = f"{relative}:{place.line}"
        note, who = f"set by scenario '{name}' ({where})", f"scenario '{name}', {where}"
        result.append(Override(text=text, steps=steps, value=value, place=place, note=note, who=who))
    return result
