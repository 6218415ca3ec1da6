"""Run CP-SAT repeatably, under a budget of work, and stop it when the user asks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from ortools.sat.python import cp_model

from basketplan.progress import Reporter
from basketplan.solve.status import Ending

__all__ = ["Answer", "Budget", "solve"]

POLL_S = 0.05

WORKERS = 8
"""Strategies that take turns."""


@dataclass
class Budget:
    """Work that is left (CP-SAT's deterministic time), with a clock that only guards."""

    work: float
    until: float
    seed: int
    reporter: Reporter
    stopped: bool = False

    def over(self) -> bool:
        """Tell whether to end now."""
        self.stopped = self.stopped or self.reporter.stopped()
        return self.stopped or self.work <= 1e-3 or time.monotonic() >= self.until


@dataclass(frozen=True)
class Answer:
    """What a solve gave; ``value`` reads a variable of the solution."""

    ending: Ending
    value: Callable[[cp_model.IntVar], int]
    objective: int | None = None
    bound: int | None = None


def solve(model: cp_model.CpModel, budget: Budget, work: float) -> Answer:
    """Return the best solution of ``model`` found with at most ``work`` of the budget.

    The solver runs in a thread of its own, so that this one can ask the reporter and receive signals.
    """

    def nothing(_: cp_model.IntVar) -> int:
        raise LookupError("there is no solution")

    if budget.over():
        return Answer("stopped" if budget.stopped else "none", nothing)
    solver = cp_model.CpSolver()
    parameters = solver.parameters
    parameters.random_seed = budget.seed
    # One thread that takes turns between strategies: repeatable, and LNS still takes part.
    parameters.num_workers = WORKERS
    parameters.interleave_search = True
    parameters.max_deterministic_time = min(work, budget.work)
    parameters.max_time_in_seconds = max(0.1, budget.until - time.monotonic())
    parameters.catch_sigint_signal = False
    parameters.symmetry_level = 1
    outcome: list[cp_model.CpSolverStatus | BaseException] = []

    def run() -> None:
        try:
            outcome.append(solver.solve(model))
        except BaseException as error:  # handed to the caller below
            outcome.append(error)

    thread = threading.Thread(target=run, name="calendar")
    thread.start()
    while thread.is_alive():
        thread.join(POLL_S)
        if budget.stopped or budget.reporter.stopped():
            budget.stopped = True
            solver.stop_search()
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    budget.work -= solver.response_proto.deterministic_time
    status = outcome[0]
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return Answer("stopped" if budget.stopped else "none", nothing)
    ending: Ending = "optimal" if status == cp_model.OPTIMAL else "stopped" if budget.stopped else "feasible"
    return Answer(
        ending,
        lambda variable: int(solver.value(variable)),
        objective=round(solver.objective_value),
        bound=round(solver.best_objective_bound),
    )
