"""The folder of a study: what was asked, the plans of finished runs, and what became of the others.

Beside the plans of bases, ``starts`` holds the fairest days that they came by: with them as without a break, the runs
that are left begin from the same days. Unlike ``cache`` it is not safe to delete before the study is finished.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from basketplan.errors import InputError, UsageError
from basketplan.plan.io import read_inputs, read_plan, write_plan
from basketplan.plan.types import Plan
from basketplan.programme.read import Loaded
from basketplan.programme.types import Text
from basketplan.scenarios.store import Store, software
from basketplan.scenarios.study import BASE, Run, Study
from basketplan.scenarios.work import Made, described
from basketplan.solve.types import Supplied

__all__ = ["Results"]

FORMAT = "basketplan.study"
STUDY, FAILED, RUNS, CACHE, STARTS = "study.json", "failed.json", "runs", "cache", "starts"


@dataclass(frozen=True)
class Results:
    """The folder of a study."""

    folder: Path

    @staticmethod
    def open(folder: Path | str) -> Results:
        """Return the study in ``folder``.

        Raises
        ------
        UsageError
            There is none.
        """
        results = Results(Path(folder))
        if results.study().get("format") != FORMAT:
            raise UsageError(f"{folder} holds no study: make one with basketplan scenarios run")
        return results

    @staticmethod
    def begin(folder: Path | str, study: Study, base: Loaded) -> Results:
        """Make the folder, or take up the study in it, and write down what is asked.

        Raises
        ------
        UsageError
            Something else lies there.
        """
        results = Results(Path(folder))
        target = results.folder
        if target.exists() and (not target.is_dir() or (any(target.iterdir()) and not results.study())):
            raise UsageError(f"{folder} is not empty and holds no study: give --out another folder")
        (target / RUNS).mkdir(parents=True, exist_ok=True)
        before = results.study()
        content = _asked(study, base, target)
        if before.get("programme") == content["programme"] and before.get("effort") == content["effort"]:
            known = {item["id"] for item in content["runs"]}
            content["runs"] += [item for item in before.get("runs", []) if item["id"] not in known]
        results._write(STUDY, content)
        return results

    @property
    def cache(self) -> Path:
        """Where stage results are kept unless said otherwise."""
        return self.folder / CACHE

    def study(self) -> dict[str, Any]:
        """Return what was asked; empty where nothing was."""
        return self._read(STUDY)

    def runs(self) -> list[Run]:
        """Return all runs that were asked for, in order."""
        return [
            Run(
                id=item["id"],
                group=item["group"],
                seed=item["seed"],
                scenario=item.get("scenario"),
                overrides=tuple(item.get("overrides", ())),
                values=item.get("values", {}),
                sweep=item.get("sweep", ""),
                title=Text(**item.get("title", {})),
            )
            for item in self.study().get("runs", [])
        ]

    def path(self, run: str) -> Path:
        """Return the plan folder of a run."""
        return self.folder / RUNS / run

    def key(self, run: str) -> str | None:
        """Return the hash under which a run was finished; none when it is not."""
        return self.told(run).get("key")

    def told(self, run: str) -> dict[str, Any]:
        """Return how a finished run was made: key, attempts, seconds, what was known before; empty when it is not."""
        folder = self.path(run)
        if not (folder / "plan.json").is_file():
            return {}
        try:
            told = read_inputs(folder).get("run", {})
        except InputError:
            return {}
        return told if isinstance(told, dict) else {}

    def plan(self, run: str) -> Plan:
        """Return the plan of a finished run."""
        return read_plan(self.path(run))

    def fairest(self, run: str) -> Supplied | None:
        """Return the fairest days that the allocation of a finished run came by."""
        key = self.key(run)
        return None if key is None else Store(self.folder / STARTS).get(key, Supplied)

    def keep(
        self, run: Run, study: Study, loaded: Loaded, made: Made, key: str, attempts: Sequence[str], seconds: float
    ) -> None:
        """Write the plan folder of a run, whole or not at all."""
        folder = self.path(run.id)
        relative = os.path.relpath
        inputs = {
            "programme": Path(relative(study.programme.resolve(), folder.resolve())).as_posix(),
            "programme_sha256": made.plan.origin.programme_sha256,
            "files": dict(loaded.files),
            "scenario": run.scenario,
            "scenario_files": [Path(relative(file.resolve(), folder.resolve())).as_posix() for file in study.files],
            "set": [*study.overrides, *run.overrides],
            "applied": list(loaded.applied),
            "seed": run.seed,
            "effort": study.effort,
            "versions": made.plan.origin.versions,
            "run": {
                "key": key,
                "group": run.group,
                "values": dict(run.values),
                "attempts": list(attempts),
                "seconds": round(seconds, 3),
                "stages": dict(made.seconds),
                "reused": described(made.reused),
                **made.reused.keys(),
            },
        }
        if run.group == BASE and made.fairest is not None:  # first: a run is finished when its plan is there
            Store(self.folder / STARTS).put(key, made.fairest)
        write_plan(folder, made.plan, made.verification, inputs)
        failed = self.failed()
        if failed.pop(run.id, None) is not None:
            self._write(FAILED, failed)

    def failed(self) -> dict[str, list[str]]:
        """Return the runs that ended without a plan, with what happened at each attempt."""
        return self._read(FAILED)

    def fail(self, run: Run, attempts: Sequence[str]) -> None:
        """Write down that a run has no plan; an older plan of that name is gone."""
        shutil.rmtree(self.path(run.id), ignore_errors=True)
        self._write(FAILED, self.failed() | {run.id: list(attempts)})

    def _read(self, name: str) -> dict[str, Any]:
        try:
            content = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return content if isinstance(content, dict) else {}

    def _write(self, name: str, content: Mapping[str, Any]) -> None:
        new = self.folder / f".{name}.{os.getpid()}"
        new.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        new.replace(self.folder / name)


def _asked(study: Study, base: Loaded, folder: Path) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": 1,
        "programme": Path(os.path.relpath(study.programme.resolve(), folder.resolve())).as_posix(),
        "programme_id": base.programme.id,
        "programme_title": {key: value for key, value in base.programme.title.model_dump().items() if value},
        "files": dict(base.files),
        "scenario_files": [Path(os.path.relpath(f.resolve(), folder.resolve())).as_posix() for f in study.files],
        "set": list(study.overrides),
        "effort": study.effort,
        "basketplan": metadata.version("basketplan"),
        "software": software(),
        "runs": [
            {
                "id": run.id,
                "group": run.group,
                "seed": run.seed,
                "scenario": run.scenario,
                "overrides": list(run.overrides),
                "values": dict(run.values),
                "sweep": run.sweep,
                "title": {key: value for key, value in run.title.model_dump().items() if value},
            }
            for run in study.runs
        ],
    }
