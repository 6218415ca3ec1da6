"""Run a study: base plans first, then everything else from them, on any executor; stop and go on at any time."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Protocol, TypeVar, runtime_checkable

from basketplan.errors import Fault, InputError, NoPlanError, RejectedPlanError
from basketplan.plan.io import plan_sha256, programme_sha256
from basketplan.plan.types import Plan
from basketplan.plan.verify import broken
from basketplan.programme.read import Loaded, read_programme
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.scenarios.processes import Processes, WorkerTooLarge
from basketplan.scenarios.results import Results
from basketplan.scenarios.reuse import Warm
from basketplan.scenarios.store import digest, software
from basketplan.scenarios.study import BASE, Run, Study
from basketplan.scenarios.work import Made, Task, execute

T = TypeVar("T")

__all__ = ["ATTEMPTS", "Ended", "Workers", "read_run", "run_study"]

ATTEMPTS = 3
"""Times a run is tried before it is given up."""
POLL_S = 0.3
_KEPT = 24
"""Programmes that are kept in memory between being checked and being run; among so many the longest run comes first."""


@runtime_checkable
class Telling(Protocol):
    """An executor whose calls can tell their progress."""

    def submit_telling(self, fn: Callable[..., T], told: Callable[[Progress], None], /, *args: Any) -> Future[T]:
        """Run ``fn(*args, tell)``; what it tells arrives at ``told``."""


@dataclass(frozen=True, kw_only=True)
class Workers:
    """Who does the work.

    Parameters
    ----------
    make
        Returns a new executor; called again when one breaks.
    number
        Runs that are given to it at a time.
    threads
        Threads of a base plan that runs alone.
    shared
        Whether workers see this machine's files, so that they can use the cache.
    """

    make: Callable[[], Executor]
    number: int
    threads: int = 1
    shared: bool = True

    @staticmethod
    def here(number: int) -> Workers:
        """Return ``number`` processes on this machine."""
        return Workers(make=partial(Processes, number), number=number, threads=number)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a study ended."""

    results: Results
    planned: tuple[str, ...]
    """Ids of runs that were planned now."""
    known: tuple[str, ...]
    """Ids of runs that were finished before."""
    failed: Mapping[str, Sequence[str]]
    retried: Mapping[str, Sequence[str]]
    """Ids of planned runs that failed before they succeeded, with what happened."""
    stopped: bool


def read_run(study: Study, run: Run) -> Loaded:
    """Return the programme of a run with its changes.

    Raises
    ------
    InputError
        With every fault.
    """
    return read_programme(study.programme, run.scenario, [*study.overrides, *run.overrides], study.files)


def run_study(
    study: Study,
    out: Path | str,
    workers: Workers,
    *,
    reporter: Reporter | None = None,
    cache: Path | str | None = None,
    told: Callable[[str], None] = lambda name: None,
) -> Ended:
    """Plan every run of ``study`` that is not finished yet.

    Parameters
    ----------
    out
        Folder of the study; a study that was stopped is taken up where it was.
    reporter
        Told of all runs, each under its id, and of their number under ``runs``; its ``stopped()`` ends the study at
        once: finished runs are kept, running ones are lost.
    cache
        Where stage results are kept; by default in the folder of the study, or nowhere when workers are elsewhere.
    told
        Called with the id of each run that is not running any more.

    Raises
    ------
    InputError
        With the faults of all runs; then nothing is run.
    UsageError
        ``out`` holds something else.
    """
    work = _Work(study, workers, reporter or QuietReporter(), told)
    base = work.check()
    work.results = Results.begin(out, study, base)
    if cache is not None or workers.shared:
        work.cache = str(Path(cache if cache is not None else work.results.cache).resolve())
    return work.run()


@dataclass
class _Work:
    """A study at work."""

    study: Study
    workers: Workers
    reporter: Reporter
    told: Callable[[str], None]
    results: Results = field(default_factory=lambda: Results(Path()))
    cache: str | None = None
    planned: list[str] = field(default_factory=list)
    known: list[str] = field(default_factory=list)
    failed: dict[str, list[str]] = field(default_factory=dict)
    attempts: dict[str, list[str]] = field(default_factory=dict)
    warm: dict[int, Warm] = field(default_factory=dict)
    plans: dict[int, Plan] = field(default_factory=dict)
    """Seed → base plan."""
    broken: dict[str, int] = field(default_factory=dict)
    """Run → rules that the base plan breaks there: with more of them it takes longer."""
    stopped: bool = False

    def __post_init__(self) -> None:
        self.read = lru_cache(maxsize=_KEPT)(partial(_read, self.study))

    def check(self) -> Loaded:
        """Read the programme of every run and raise all faults at once; return that of the base."""
        faults: dict[Fault, None] = {}
        loaded: Loaded | None = None
        for run in {run.group: run for run in reversed(self.study.runs)}.values():
            try:
                found = self.read(run.scenario, run.overrides)
                loaded = found if run.group == BASE else loaded
            except InputError as error:
                faults.update(dict.fromkeys(error.faults))
        if faults or loaded is None:
            raise InputError(faults)
        return loaded

    def run(self) -> Ended:
        """Run the bases, then the others."""
        bases = self.study.bases
        self._all(bases, threads=self.workers.threads if len(bases) == 1 else 1)
        for run in bases:
            told = self.results.told(run.id)
            if told:
                plan = self.plans[run.seed] = self.results.plan(run.id)
                self.warm[run.seed] = Warm.of(plan, plan_sha256(plan), told, self.results.fairest(run.id))
        self._all([run for run in self.study.runs if run.group != BASE], threads=1)
        return Ended(
            results=self.results,
            planned=tuple(self.planned),
            known=tuple(self.known),
            failed=self.failed,
            retried={name: some for name, some in self.attempts.items() if some and name in self.planned},
            stopped=self.stopped,
        )

    def _all(self, runs: Sequence[Run], *, threads: int) -> None:
        """Run all of ``runs``, with as many at a time as there are workers."""
        waiting = list(runs)
        running: dict[Future[Made], tuple[Run, str, float]] = {}
        executor: Executor | None = None
        try:
            while (waiting or running) and not self.stopped:
                while waiting and len(running) < self.workers.number:
                    run = max(waiting[:_KEPT], key=lambda item: self.broken.get(item.id, 0))
                    waiting.remove(run)
                    loaded = self.read(run.scenario, run.overrides)
                    key = self._key(run, loaded)
                    if self.results.key(run.id) == key:
                        self.known.append(run.id)
                        continue
                    executor = executor or self.workers.make()
                    future = self._submit(executor, self._task(run, loaded, threads))
                    running[future] = (run, key, time.monotonic())
                self._tell()
                self._look_ahead(waiting)
                done = wait(running, timeout=POLL_S, return_when=FIRST_COMPLETED).done
                for future in done:
                    run, key, begin = running.pop(future)
                    self.told(run.id)
                    if self._end(run, key, begin, future):
                        waiting.insert(0, run)
                    if isinstance(_exception(future), BrokenExecutor):
                        executor = None
                self.stopped = self.reporter.stopped()
        finally:
            if executor is not None:
                executor.shutdown(wait=True, cancel_futures=True)

    def _look_ahead(self, waiting: Sequence[Run]) -> None:
        """Look at the next run of which it is not known how much of the base plan it breaks: a long one at the end
        would leave workers idle."""
        for run in waiting[:_KEPT]:
            if run.id not in self.broken and run.seed in self.plans:
                programme = self.read(run.scenario, run.overrides).programme
                self.broken[run.id] = broken(self.plans[run.seed], programme)
                return

    def _key(self, run: Run, loaded: Loaded) -> str:
        """Return the hash of everything that decides about the plan of ``run``."""
        warm = self.warm.get(run.seed) if run.group != BASE else None
        start = warm.plan_sha256 if warm is not None else None
        return digest(programme_sha256(loaded.programme), self.study.effort, run.seed, software(), start)

    def _task(self, run: Run, loaded: Loaded, threads: int) -> Task:
        return Task(
            id=run.id,
            programme=loaded.programme,
            effort=self.study.effort,
            seed=run.seed,
            scenario=run.scenario,
            applied=loaded.applied,
            warm=self.warm.get(run.seed) if run.group != BASE else None,
            cache=self.cache,
            threads=threads,
        )

    def _submit(self, executor: Executor, task: Task) -> Future[Made]:
        if isinstance(executor, Telling):
            return executor.submit_telling(execute, self.reporter.update, task)
        return executor.submit(execute, task)

    def _end(self, run: Run, key: str, begin: float, future: Future[Made]) -> bool:
        """Keep what a run gave; tell whether it is to be tried again."""
        attempts = self.attempts.setdefault(run.id, [])
        error = _exception(future)
        if error is None:
            made = future.result()
            if made.verification.ok:
                loaded = self.read(run.scenario, run.overrides)
                self.results.keep(run, self.study, loaded, made, key, attempts, time.monotonic() - begin)
                self.planned.append(run.id)
                return False
            first = made.verification.violations[0]
            error = RejectedPlanError(f"the plan breaks a rule: {first.code} {first.message}")
        attempts.append(f"{type(error).__name__}: {error}".split("\n")[0][:500])
        if len(attempts) < ATTEMPTS and not isinstance(error, NoPlanError | RejectedPlanError | WorkerTooLarge):
            return True
        self.failed[run.id] = attempts
        self.results.fail(run, attempts)
        return False

    def _tell(self) -> None:
        done = len(self.planned) + len(self.known) + len(self.failed)
        words = f"{len(self.known)} known before" if self.known else ""
        words += f"{', ' if words else ''}{len(self.failed)} failed" if self.failed else ""
        self.reporter.update(Progress(stage="runs", message=words, done=done, total=len(self.study.runs)))


def _read(study: Study, scenario: str | None, overrides: tuple[str, ...]) -> Loaded:
    return read_run(study, Run(id="", group="", seed=0, scenario=scenario, overrides=overrides))


def _exception(future: Future[Made]) -> BaseException | None:
    try:
        return future.exception()
    except BaseException as error:  # cancelled
        return error
