"""What is to be planned: a study, and its runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from basketplan.errors import InputError, UsageError
from basketplan.programme.library import Library
from basketplan.programme.read import read_programme
from basketplan.programme.types import Text
from basketplan.scenarios.sweeps import Point, points
from basketplan.scenarios.uncertainty import changes_of, read_uncertainty
from basketplan.solve.types import EffortName

__all__ = ["BASE", "Run", "Study", "expand", "library_of"]

BASE = "base"
"""Name of the programme as it is."""
MOST_RUNS = 10_000


@dataclass(frozen=True, kw_only=True)
class Run:
    """One plan to be made."""

    id: str
    """Name of its folder."""
    group: str
    """Scenario or point of a sweep; repeats share it."""
    seed: int
    scenario: str | None = None
    overrides: tuple[str, ...] = ()
    """Changes of a sweep, after those of the scenario."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Setting of a sweep → its value here."""
    sweep: str = ""
    title: Text = field(default_factory=Text)


@dataclass(frozen=True, kw_only=True)
class Study:
    """Runs of one programme."""

    programme: Path
    effort: EffortName
    runs: tuple[Run, ...]
    """Base first, once for each seed."""
    files: tuple[Path, ...] = ()
    """Further files with scenarios."""
    overrides: tuple[str, ...] = ()
    """Changes of every run, base too, before its own."""

    @property
    def bases(self) -> tuple[Run, ...]:
        """The runs of the programme as it is."""
        return tuple(run for run in self.runs if run.group == BASE)


def library_of(programme: Path, files: Sequence[Path] = ()) -> Library:
    """Return the scenarios, sweeps and uncertainty beside a programme and in further files."""
    folder = programme if programme.is_dir() else programme.parent
    return Library(folder, str(folder), files)


def expand(
    programme: Path,
    names: Sequence[str] = (),
    *,
    effort: EffortName = "standard",
    seeds: Sequence[int] = (0,),
    overrides: Sequence[str] = (),
    draws: int = 20,
) -> Study:
    """Return the study of scenarios and sweeps.

    Parameters
    ----------
    names
        Scenarios (also ``rain+strike``), sweeps, uncertainties, and files ending in ``.yaml`` that hold scenarios or
        sweeps; none: all scenarios in the folder ``scenarios`` beside the programme.
    seeds
        Every run is repeated from each.
    draws
        Worlds that are drawn and planned for each uncertainty named; the draws begin from the first seed.

    Raises
    ------
    UsageError
        There is nothing to run, or far too much.
    InputError
        A name is not known, or a sweep is faulty.
    """
    files = tuple(Path(name) for name in names if name.endswith((".yaml", ".yml")))
    library = library_of(programme, files)
    asked = [name for name in names if not name.endswith((".yaml", ".yml"))]
    if not asked:
        chosen = [item for item in library.files if item.parsed.origin.name in {str(file) for file in files}]
        holders = chosen if files else library.files
        asked = [name for item in holders for name in (*item.entries("scenarios"), *item.entries("sweeps"))]
        asked = asked if files else library.names("scenarios")
    if library.faults and not asked:
        raise InputError(library.faults)
    if not asked:
        raise UsageError("there is no scenario beside the programme: write some to the folder scenarios")
    groups = [Run(id=BASE, group=BASE, seed=0)]
    for name in dict.fromkeys(asked):
        if name in library.names("uncertainty") and name not in library.names("scenarios"):
            groups += _drawn(library, programme, name, draws, seeds[0])
        elif name != BASE:
            groups += _runs(library, name)
    seen: dict[str, Run] = {}
    for item in groups:
        seen.setdefault(item.group, item)
    if len(seen) * len(seeds) > MOST_RUNS:
        raise UsageError(f"these are {len(seen) * len(seeds):,} runs: take fewer values (at most {MOST_RUNS:,})")
    return Study(
        programme=programme,
        effort=effort,
        runs=tuple(_seeded(seen.values(), seeds)),
        files=files,
        overrides=tuple(overrides),
    )


def _runs(library: Library, name: str) -> list[Run]:
    if name not in library.names("scenarios") and name in library.names("sweeps"):
        return [_point(name, item) for item in points(library, name)]
    scenario = library.scenario(name)
    return [Run(id=name, group=name, seed=0, scenario=name, title=scenario.title)]


def _drawn(library: Library, programme: Path, name: str, draws: int, seed: int) -> list[Run]:
    """Return a run for each world drawn from an uncertainty."""
    cooperatives = sorted(read_programme(programme).programme.cooperative)
    worlds = changes_of(read_uncertainty(library, name, cooperatives), cooperatives, draws, seed)
    width = len(str(draws))
    ids = [f"{name}.{number:0{width}d}" for number in range(1, draws + 1)]
    return [
        Run(id=one, group=one, seed=0, overrides=changes, sweep=name, title=Text(fr=one, en=one))
        for one, changes in zip(ids, worlds, strict=True)
    ]


def _point(sweep: str, item: Point) -> Run:
    return Run(
        id=item.id,
        group=item.id,
        seed=0,
        scenario=item.scenario,
        overrides=item.overrides,
        values=item.values,
        sweep=sweep,
        title=item.title,
    )


def _seeded(groups: Iterable[Run], seeds: Sequence[int]) -> Iterable[Run]:
    """Yield every group from every seed; the first seed has the plain name."""
    first = seeds[0]
    for group in groups:
        for seed in dict.fromkeys(seeds):
            name = group.group if seed == first else f"{group.group}.seed-{seed}"
            yield replace(group, id=name, seed=seed)
