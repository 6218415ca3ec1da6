"""What a worker does: one task in, one plan out. It reads no file but the cache, and writes none but it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from basketplan.plan.types import Plan, Verification
from basketplan.planner import run
from basketplan.programme.types import Programme
from basketplan.progress import Progress
from basketplan.scenarios.reuse import Reused, ReusingStages, Warm
from basketplan.scenarios.store import Store
from basketplan.solve.types import EffortName, Supplied

__all__ = ["Made", "Task", "Tell", "execute", "nobody"]

Tell = Callable[[Progress], None]


def nobody(progress: Progress) -> None:
    """Tell nobody."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """Everything that a worker needs for one run; it can be sent to another machine."""

    id: str
    programme: Programme
    effort: EffortName
    seed: int
    scenario: str | None = None
    applied: tuple[str, ...] = ()
    warm: Warm | None = None
    cache: str | None = None
    threads: int = 1


@dataclass(frozen=True, kw_only=True)
class Made:
    """What a worker gives back."""

    plan: Plan
    verification: Verification
    seconds: Mapping[str, float]
    reused: Reused = field(default_factory=Reused)
    fairest: Supplied | None = None
    """The days with the highest lowest share that its allocation came by, for plans that begin from this one."""


class _Teller:
    """A reporter that passes progress on, at most some times a second, and says that it is alive."""

    def __init__(self, task: str, tell: Tell, every_s: float = 0.5) -> None:
        self.task, self.tell, self.every_s = task, tell, every_s
        self.last = 0.0
        self.lock = threading.Lock()

    def update(self, progress: Progress) -> None:
        """Pass on under the name of the run."""
        now = time.monotonic()
        with self.lock:
            if now - self.last < self.every_s:
                return
            self.last = now
        words = " ".join(filter(None, (progress.stage, progress.message)))
        self.tell(
            Progress(
                stage=self.task,
                message=words,
                done=progress.done,
                total=progress.total,
                best=progress.best,
                unit=progress.unit,
                gap=progress.gap,
            )
        )

    def stopped(self) -> bool:
        """Never: a run that is not wanted any more is ended from outside."""
        return False


def execute(task: Task, tell: Tell = nobody) -> Made:
    """Plan and verify one run.

    Raises
    ------
    NoPlanError
        Nothing can be planned.
    """
    stages = ReusingStages(Store(task.cache), task.warm)
    outcome = run(
        task.programme,
        effort=task.effort,
        seed=task.seed,
        reporter=_Teller(task.id, tell),
        workers=task.threads,
        scenario=task.scenario,
        overrides=task.applied,
        stages=stages,
    )
    return Made(
        plan=outcome.plan,
        verification=outcome.verification,
        seconds=outcome.seconds,
        reused=stages.reused,
        fairest=stages.fairest,
    )


def described(reused: Reused) -> dict[str, Any]:
    """Return how much was known before, for inputs.json."""
    return {"decided": reused.decided, "known": reused.known, "warm": reused.warm}
