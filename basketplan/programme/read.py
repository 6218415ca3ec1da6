"""Read a programme: YAML with includes, tables of households, a scenario, overrides; then validate and check it.

Every fault of every file is collected and raised once as :class:`~basketplan.errors.InputError`.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath

from basketplan.errors import Fault, InputError
from basketplan.programme.library import Library, Scenario
from basketplan.programme.overrides import Applied, Override, SetOrigin, overridden
from basketplan.programme.sound import sound_faults
from basketplan.programme.sources import Sources
from basketplan.programme.types import Programme
from basketplan.programme.validate import in_reading_order, validate
from basketplan.programme.written import Written

__all__ = ["Loaded", "load_programme", "read_programme"]


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
    changes: tuple[Applied, ...]
    """The same in parts."""
    overrides: tuple[str, ...]
    """The overrides as they were given, to give them again."""
    scenario: Scenario | None
    scenario_files: tuple[str, ...]
    """Files with scenarios that are not in the programme's own folder of them, as given."""
    warnings: tuple[Fault, ...]
    """What is doubtful but not wrong."""


Names = str | Sequence[str] | None


def load_programme(
    path: str | os.PathLike[str],
    scenario: Names = None,
    overrides: Sequence[str] = (),
    scenario_files: Sequence[str | os.PathLike[str]] = (),
) -> Programme:
    """Read a programme from its folder or its ``programme.yaml``.

    Parameters
    ----------
    path
        Folder that holds ``programme.yaml``, or that file.
    scenario
        Name of a scenario in the files of ``scenarios/``, or several, as a list or ``rain+strike``, applied in order.
    overrides
        Changes such as ``cooperatives[id].offers[product].capacity=0``, applied after the scenario's.
    scenario_files
        Further files with scenarios, wherever they are.

    Raises
    ------
    InputError
        With every fault that was found.
    """
    return read_programme(path, scenario, overrides, scenario_files).programme


def read_programme(
    path: str | os.PathLike[str],
    scenario: Names = None,
    overrides: Sequence[str] = (),
    scenario_files: Sequence[str | os.PathLike[str]] = (),
) -> Loaded:
    """Read a programme like :func:`load_programme`, and say from which files, with which warnings."""
    from basketplan.programme.check import check_programme

    names = scenario if isinstance(scenario, str) or scenario is None else "+".join(scenario) or None
    raw = _read_types(path, names, overrides, [FilePath(item) for item in scenario_files])
    told = check_programme(raw.programme, raw.written) if raw.programme is not None else []
    faults = in_reading_order([*raw.faults, *told], raw.written)
    if raw.programme is None or any(fault.severity == "error" for fault in faults):
        raise InputError(faults)
    return Loaded(
        programme=raw.programme,
        written=raw.written,
        files=raw.files,
        applied=tuple(item.told for item in raw.changes),
        changes=raw.changes,
        overrides=tuple(overrides),
        scenario=raw.scenario,
        scenario_files=tuple(str(item) for item in scenario_files),
        warnings=faults,
    )


@dataclass(frozen=True, kw_only=True)
class _Raw:
    """A programme whose types fit (or none) and the faults so far."""

    programme: Programme | None
    written: Written
    files: tuple[tuple[str, str], ...]
    changes: tuple[Applied, ...]
    scenario: Scenario | None
    faults: tuple[Fault, ...]


def _read_types(
    path: str | os.PathLike[str], names: str | None, overrides: Sequence[str], further: Sequence[FilePath]
) -> _Raw:
    """Read everything up to the types: no cross-checks."""
    sources = Sources(path)
    scenario = _scenario(sources, names, further) if names is not None else None
    asked: list[str | Override] = [*(scenario.overrides if scenario is not None else ()), *overrides]
    outcome = overridden(sources.data, asked, sources.origins)
    changed = outcome.data
    sources.faults += outcome.faults
    written = sources.written(outcome.marked, SetOrigin(overrides))
    programme: Programme | None = None
    wrong: list[Fault] = []
    if sources.data or not sources.faults:
        known = [fault for fault in sources.faults if fault.severity == "error"]
        programme, wrong = validate(changed, written, partial=sources.partial, known=known)
        if programme is None and not sources.partial:
            wrong += sound_faults(changed, written)
    return _Raw(
        programme=programme,
        written=written,
        files=tuple((name, hashlib.sha256(content).hexdigest()) for name, content in sources.contents),
        changes=outcome.applied,
        scenario=scenario,
        faults=(*sources.faults, *wrong),
    )


def _scenario(sources: Sources, names: str, further: Sequence[FilePath]) -> Scenario | None:
    """Read a scenario, its faults told with those of the programme; the files that it came from become inputs."""
    library = Library(sources.folder, sources.shown("."), further)
    try:
        scenario = library.scenario(names)
    except InputError as error:
        sources.faults += error.faults
        sources.origins += [file.parsed.origin for file in library.files]
        return None
    used = {item.origin.name for item in scenario.overrides if item.origin is not None}
    for file in library.files:
        if file.parsed.origin.name in used:
            sources.origins.append(file.parsed.origin)
            sources.contents.append((file.relative, file.content))
    return scenario
