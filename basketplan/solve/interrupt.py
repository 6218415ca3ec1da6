"""Solve mixed-integer models so that the user can stop at any moment.

HiGHS ignores MathOpt's interrupter, and a solver thread that is left behind can abort the interpreter when
it ends. So a model is solved in a child process that is ended when the user stops; small models, which
take less than the start of a process, are solved in place under a short time limit first.

This is the only module of the allocation that looks at a clock: limits in seconds are safety nets.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from basketplan.progress import Progress, Reporter
from basketplan.solve.status import Ending

if TYPE_CHECKING:
    from types import TracebackType

    from ortools.math_opt.python import mathopt

SMALL, SHORT = 400, 4_000
"""Integer variables, and variables in all, up to which a model is first tried in place: large linear programmes take
longer than may be spent there, and would be begun twice."""
IN_PLACE_S = 1.0
POLL_S = 0.1

SLOW_SEARCHES = ("rens", "root_reduced_cost")
"""Searches for solutions that take HiGHS a third of the time."""
BOUND_ROUNDS = 5
"""Rounds of cuts at SCIP's root where only a bound is asked for."""

SolverName = Literal["HIGHS", "GSCIP", "GLOP"]
"""GLOP for models without whole numbers, and without a limit of nodes."""
Request: TypeAlias = "tuple[bytes, dict[str, Any], Sequence[float] | None, SolverName]"
"""Serialised model, settings, solution to start from, solver."""


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When a solve ends: gap and nodes decide, seconds only guard."""

    gap: float = 1e-6
    nodes: int | None = None
    seconds: float = 60.0
    absolute_gap: float = 1e-6
    part: bool = False
    """Whether a part of a model is solved, with few nodes. HiGHS then never begins anew from the root, which it does
    where many variables are fixed and which takes half of its time, and makes no :data:`SLOW_SEARCHES`: both find no
    more there."""
    bound_only: bool = False
    """Whether only the bound is asked for: SCIP then looks for no solutions, and for few cuts."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a solve gave. ``values[i]`` belongs to the model's variable with id ``i``; sense as in the model."""

    ending: Ending
    values: NDArray[np.float64] | None = None
    objective: float | None = None
    bound: float | None = None
    infeasible: bool = False


class Runner:
    """Solves models one after another in a child process, or some at the same time; use it as a context.

    Parameters
    ----------
    reporter
        Asked about every tenth of a second whether to stop.
    seed
        Of the solver.
    seconds
        Safety limit over all solves of this runner.
    stage
        Whose progress is told.
    """

    def __init__(self, reporter: Reporter, *, seed: int, seconds: float, stage: str = "allocation") -> None:
        self._reporter = reporter
        self._stage = stage
        self._seed = seed
        self._end = time.monotonic() + seconds
        self._children: list[_Child] = []
        self.stopped = False

    def __enter__(self) -> Runner:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child processes."""
        for child in self._children:
            child.end()
        self._children = []

    def left_s(self) -> float:
        """Return the seconds that are left of the safety limit."""
        return max(0.0, self._end - time.monotonic())

    def solve(
        self,
        model: mathopt.Model,
        limits: Limits,
        *,
        message: str,
        hint: Sequence[float] | None = None,
        solver: SolverName = "HIGHS",
    ) -> Answer:
        """Return the best answer within ``limits``; ``hint`` is a solution to start from, by variable id."""
        seconds = min(limits.seconds, self.left_s())
        answer = self._not_now(seconds)
        if answer is not None:
            return answer
        settings = self._settings(limits)
        integers = islice((item for item in model.variables() if item.integer), SMALL + 1)
        if model.get_num_variables() <= SHORT and sum(1 for _ in integers) <= SMALL:
            answer, timed_out = solve_here(model, {**settings, "time_limit": min(IN_PLACE_S, seconds)}, hint, solver)
            if not timed_out:
                return answer
        request = (model.export_model().SerializeToString(), {**settings, "time_limit": seconds}, hint, solver)
        return self._ask([request], seconds, message)[0]

    def solve_each(
        self, models: Iterable[mathopt.Model], limits: Limits, *, message: str, hint: Sequence[float] | None = None
    ) -> list[Answer]:
        """Return the best answer for each of ``models``, solved at the same time in child processes of their own.

        Each model is read as it comes, so that one may be given again and again with other bounds.
        """
        seconds = min(limits.seconds, self.left_s())
        settings = {**self._settings(limits), "time_limit": seconds}
        requests: list[Request] = [
            (model.export_model().SerializeToString(), settings, hint, "HIGHS") for model in models
        ]
        answer = self._not_now(seconds)
        return [answer] * len(requests) if answer is not None else self._ask(requests, seconds, message)

    def _not_now(self, seconds: float) -> Answer | None:
        """Return the answer where nothing can be solved any more."""
        if self.stopped or self._reporter.stopped():
            self.stopped = True
            return Answer(ending="stopped")
        return Answer(ending="none") if seconds <= 0.05 else None

    def _settings(self, limits: Limits) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "relative_gap_tolerance": limits.gap,
            "absolute_gap_tolerance": limits.absolute_gap,
            "random_seed": self._seed,
        }
        if limits.nodes is not None:
            settings["node_limit"] = limits.nodes
        slow = ("allow_restart", *(f"heuristic_run_{name}" for name in SLOW_SEARCHES))
        settings["unused"] = [f"mip_{name}" for name in slow] if limits.part else []
        settings["bound_only"] = limits.bound_only
        return settings

    def _ask(self, requests: Sequence[Request], seconds: float, message: str) -> list[Answer]:
        """Send each of ``requests`` to a child of its own and wait for all, ready to give up."""
        self._children += [_Child() for _ in range(len(requests) - len(self._children))]
        try:
            for child, request in zip(self._children, requests, strict=False):
                child.send(pickle.dumps(request))
        except OSError:
            self.close()
            return [Answer(ending="none")] * len(requests)
        end = time.monotonic() + seconds + 5.0
        answers: list[Answer] = []
        for child in self._children[: len(requests)]:
            answers.append(self._wait(child, end, message) if self._children else answers[-1])
        return answers

    def _wait(self, child: _Child, end: float, message: str) -> Answer:
        """Return the answer of ``child``; where it gives none, all children are ended."""
        while time.monotonic() < end:
            left = max(0.0, end - 5.0 - time.monotonic())
            self._reporter.update(Progress(stage=self._stage, message=message, left_s=round(left, 1)))
            for _ in range(5):
                try:
                    reply = child.answers.get(timeout=POLL_S)
                except queue.Empty:
                    if self._reporter.stopped():
                        self.stopped = True
                        self.close()
                        return Answer(ending="stopped")
                    continue
                if reply is None:
                    self.close()
                    return Answer(ending="none")
                answer: Answer = pickle.loads(reply)
                return answer
        self.close()
        return Answer(ending="none")


class _Child:
    """A process that solves what it is sent, one after the other."""

    def __init__(self) -> None:
        # -c rather than -m: the module may be imported already by its package.
        code = "import sys; sys.path[:] = sys.argv[1:]; from basketplan.solve.interrupt import serve; serve()"
        self._process = subprocess.Popen(
            [sys.executable, "-c", code, *sys.path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        self.answers: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        threading.Thread(target=_collect, args=(self._process.stdout, self.answers), daemon=True).start()

    def send(self, request: bytes) -> None:
        """Send ``request``; raises OSError where the process is gone."""
        assert self._process.stdin is not None
        self._process.stdin.write(struct.pack("<q", len(request)) + request)
        self._process.stdin.flush()

    def end(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _collect(stream: IO[bytes], answers: queue.SimpleQueue[bytes | None]) -> None:
    """Put every message of ``stream`` into ``answers``; none at its end."""
    try:
        while (message := _read(stream)) is not None:
            answers.put(message)
    except (OSError, ValueError):
        pass
    answers.put(None)


def _read(stream: IO[bytes]) -> bytes | None:
    """Return the next length-prefixed message, none at the end."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    size = int(struct.unpack("<q", head)[0])
    body = stream.read(size)
    return body if len(body) == size else None


def serve() -> None:
    """Solve what comes on stdin until it ends; the child's whole life."""
    with contextlib.suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which decides
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not mix with answers
    requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()

    def listen() -> None:
        _collect(sys.stdin.buffer, requests)
        os._exit(0)  # the parent is gone, also in the middle of a solve

    threading.Thread(target=listen, daemon=True).start()
    while (request := requests.get()) is not None:
        from google.protobuf.message import DecodeError
        from ortools.math_opt import model_pb2
        from ortools.math_opt.python import mathopt

        data, settings, hint, solver = pickle.loads(request)
        try:
            model = mathopt.Model.from_model_proto(model_pb2.ModelProto.FromString(data))
            answer, _ = solve_here(model, settings, hint, solver)
        except (DecodeError, AttributeError, RuntimeError):
            answer = Answer(ending="none")
        reply = pickle.dumps(answer)
        out.write(struct.pack("<q", len(reply)) + reply)
        out.flush()


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Drop what HiGHS prints on stdout in spite of ``enable_output=False``."""
    sys.stdout.flush()
    kept, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _within(variable: mathopt.Variable, hint: Sequence[float]) -> float:
    """Return the value of ``variable`` in ``hint`` within its bounds, and whole where it must be."""
    value = float(hint[variable.id])
    value = float(round(value)) if variable.integer else value
    return float(min(max(value, variable.lower_bound), variable.upper_bound))


def solve_here(
    model: mathopt.Model, settings: dict[str, Any], hint: Sequence[float] | None, solver: SolverName = "HIGHS"
) -> tuple[Answer, bool]:
    """Solve ``model`` in this process; also tell whether the time limit ended it."""
    from ortools.math_opt.python import mathopt
    from ortools.math_opt.solvers.gscip import gscip_pb2

    common = {key: value for key, value in settings.items() if key not in {"unused", "bound_only"}}
    params = mathopt.SolveParameters(**{**common, "time_limit": dt.timedelta(seconds=settings["time_limit"])})
    for name in settings.get("unused", ()):
        params.highs.bool_options[name] = False
    if settings.get("bound_only"):
        params.gscip.heuristics = gscip_pb2.GScipParameters.OFF
        params.gscip.int_params["separating/maxroundsroot"] = BOUND_ROUNDS
    model_params = mathopt.ModelSolveParameters()
    if hint is not None:
        start = {variable: _within(variable, hint) for variable in model.variables() if variable.id < len(hint)}
        model_params.solution_hints = [mathopt.SolutionHint(variable_values=start)]
    try:
        with _quiet():
            result = mathopt.solve(model, mathopt.SolverType[solver], params=params, model_params=model_params)
    except (AttributeError, RuntimeError):  # OR-Tools 9.15 raises AttributeError where it means a solver error
        if hint is not None:
            return solve_here(model, settings, None, solver)
        # HiGHS gives up on some small models that SCIP solves.
        return solve_here(model, settings, None, "GSCIP") if solver == "HIGHS" else (Answer(ending="none"), False)
    reason = result.termination.reason
    timed_out = result.termination.limit == mathopt.Limit.TIME
    bound = result.termination.objective_bounds.dual_bound
    bound_known = bound if np.isfinite(bound) else None
    if not result.has_primal_feasible_solution():
        infeasible = reason in {
            mathopt.TerminationReason.INFEASIBLE,
            mathopt.TerminationReason.INFEASIBLE_OR_UNBOUNDED,
        }
        return Answer(ending="none", bound=bound_known, infeasible=infeasible), timed_out
    primal = result.variable_values()
    values = np.zeros(1 + max((variable.id for variable in primal), default=0))
    for variable, value in primal.items():
        values[variable.id] = value
    optimal = reason == mathopt.TerminationReason.OPTIMAL
    answer = Answer(
        ending="optimal" if optimal else "feasible",
        values=values,
        objective=float(result.objective_value()),
        bound=bound_known,
    )
    return answer, timed_out
