"""An executor with a process of its own for every call, so that one that dies or hangs takes nothing else with it.

It differs from :class:`concurrent.futures.ProcessPoolExecutor` in four ways: a process that is killed (by the system
when memory runs out, for example) fails its own call only; one that says nothing for too long is ended; so is one that
holds, with all that it started, more memory than it may; and what a call tells on its way arrives here. Processes are
forked from a server that has imported the planner and nothing else, so starting one takes a few hundredths of a second;
where there is no such server they are started afresh.
"""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any, TypeVar

from basketplan.progress import Progress
from basketplan.scenarios.memory import held_bytes, require

__all__ = ["Processes", "WorkerDied", "WorkerHung", "WorkerTooLarge"]

T = TypeVar("T")

_PRELOADED = [
    "basketplan.scenarios.work",
    "basketplan.plan.verify",
    "basketplan.solve.territory",
    "basketplan.solve.allocation.order",
    "basketplan.solve.allocation.extract",
    "basketplan.solve.allocation.left",
    "basketplan.solve.routing",
    "basketplan.solve.calendar",
    "basketplan.solve.assemble",
]
"""What the server imports, so that processes need not."""

LOOK_S = 0.8
"""Seconds between two looks at the memory that is held."""
SILENT_S = 900.0
"""Seconds without a word after which a call is taken to hang; solvers speak every few seconds."""


class WorkerDied(Exception):
    """The process of a call ended without an answer."""


class WorkerHung(Exception):
    """The process of a call said nothing for too long, and was ended."""


class WorkerTooLarge(Exception):
    """The process of a call held more memory than it may, and was ended."""


@dataclass
class _Call:
    work: Callable[..., Any]
    arguments: tuple[Any, ...]
    named: dict[str, Any]
    future: Future[Any]
    told: Callable[[Progress], None] | None
    process: Any = None
    pipe: Connection | None = None
    heard: float = 0.0


class Processes(Executor):
    """Runs calls in processes, at most ``workers`` at a time, in the order in which they come.

    Parameters
    ----------
    workers
        Most processes at a time.
    silent_s
        Seconds without progress after which a process is ended.
    memory_bytes
        Most memory that a call may hold, with the processes that it starts; looked at about once a second. None: no
        limit.

    Raises
    ------
    UsageError
        There is a limit of memory and the system does not tell how much is held.
    """

    def __init__(self, workers: int, *, silent_s: float = SILENT_S, memory_bytes: int | None = None) -> None:
        if memory_bytes is not None:
            require()
        self._memory_bytes, self._looked = memory_bytes, 0.0
        self._workers = workers
        self._silent_s = silent_s
        self._context = _context()
        self._lock = threading.Lock()
        self._waiting: deque[_Call] = deque()
        self._running: list[_Call] = []
        self._closed = False
        self._wake_r, self._wake_w = self._context.Pipe(duplex=False)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run ``fn(*args, **kwargs)`` in a process."""
        return self._add(_Call(fn, args, kwargs, Future(), None))

    def submit_telling(self, fn: Callable[..., T], told: Callable[[Progress], None], /, *args: Any) -> Future[T]:
        """Run ``fn(*args, tell)`` in a process; what it tells arrives at ``told``, in a thread of this process."""
        return self._add(_Call(fn, args, {}, Future(), told))

    def pids(self) -> list[int]:
        """Return the ids of the processes that run now."""
        with self._lock:
            return [call.process.pid for call in self._running if call.process is not None]

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End; with ``cancel_futures`` running processes are ended too, since their answers are not wanted."""
        with self._lock:
            self._closed = True
            if cancel_futures:
                for call in self._waiting:
                    call.future.cancel()
                self._waiting.clear()
                for call in self._running:
                    call.process.kill()
        self._wake()
        if wait:
            self._thread.join()

    def _add(self, call: _Call) -> Future[Any]:
        with self._lock:
            if self._closed:
                raise RuntimeError("cannot schedule new futures after shutdown")
            self._waiting.append(call)
        self._wake()
        return call.future

    def _wake(self) -> None:
        try:
            self._wake_w.send_bytes(b"x")
        except OSError:
            return

    def _serve(self) -> None:
        """Start processes, listen to them, and end those that hang; the life of the thread."""
        while True:
            with self._lock:
                while self._waiting and len(self._running) < self._workers:
                    self._start(self._waiting.popleft())
                if self._closed and not self._running and not self._waiting:
                    break
                pipes = [call.pipe for call in self._running if call.pipe is not None]
            ready = wait([self._wake_r, *pipes], timeout=1.0)
            if self._wake_r in ready:
                self._wake_r.recv_bytes()
            for call in [item for item in self._running if item.pipe in ready]:
                self._hear(call)
            now = time.monotonic()
            self._weigh(now)
            for call in [item for item in self._running if now - item.heard > self._silent_s]:
                call.process.kill()
                self._finish(call, WorkerHung(f"it said nothing for {self._silent_s:,.0f} s and was ended"))
        self._wake_r.close()
        self._wake_w.close()

    def _weigh(self, now: float) -> None:
        """End the calls that hold too much memory."""
        if self._memory_bytes is None or now - self._looked < LOOK_S:
            return
        self._looked = now
        held = held_bytes(self.pids())
        for call in [item for item in self._running if held.get(item.process.pid, 0) > self._memory_bytes]:
            call.process.kill()
            size = f"{held[call.process.pid] / 2**20:,.0f} of at most {self._memory_bytes / 2**20:,.0f} MB"
            self._finish(call, WorkerTooLarge(f"it held {size} of memory and was ended"))

    def _start(self, call: _Call) -> None:
        if not call.future.set_running_or_notify_cancel():
            return
        ours, theirs = self._context.Pipe(duplex=False)
        tells = call.told is not None
        call.process = self._context.Process(
            target=_live, args=(theirs, call.work, call.arguments, call.named, tells), daemon=False
        )
        try:
            call.process.start()
        except Exception as error:  # what cannot be sent fails its own call, whatever it is
            call.future.set_exception(error)
            ours.close()
            theirs.close()
            return
        theirs.close()
        call.pipe, call.heard = ours, time.monotonic()
        self._running.append(call)

    def _hear(self, call: _Call) -> None:
        """Take one message of a process."""
        assert call.pipe is not None
        try:
            kind, content = pickle.loads(call.pipe.recv_bytes())
        except (EOFError, OSError, pickle.UnpicklingError):
            call.process.join(5)
            self._finish(call, WorkerDied(_ending(call.process.exitcode)))
            return
        call.heard = time.monotonic()
        if kind == "told":
            if call.told is not None:
                call.told(content)
        elif kind == "failed":
            self._finish(call, content)
        else:
            self._finish(call, None, content)

    def _finish(self, call: _Call, error: BaseException | None, result: Any = None) -> None:
        with self._lock:
            self._running.remove(call)
        call.process.join(5)
        if call.process.is_alive():
            call.process.kill()
            call.process.join()
        if call.pipe is not None:
            call.pipe.close()
        if error is not None:
            call.future.set_exception(error)
        else:
            call.future.set_result(result)


def _context() -> Any:
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    return context


def _live(pipe: Connection, work: Callable[..., Any], arguments: Any, named: dict[str, Any], tells: bool) -> None:
    """Do one call and send its answer; the life of a process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which decides
    _die_with_parent()

    def send(kind: str, content: Any) -> None:
        pipe.send_bytes(pickle.dumps((kind, content)))

    def tell(progress: Progress) -> None:
        send("told", progress)

    try:
        result = work(*arguments, tell) if tells else work(*arguments, **named)
    except Exception as error:  # whatever it is, the parent decides what becomes of it
        try:
            send("failed", error)
        except Exception:  # an exception that cannot be sent
            send("failed", WorkerDied(f"{type(error).__name__}: {error}"))
        return
    send("done", result)


def _die_with_parent() -> None:
    """End this process when the one that started it is gone, also in the middle of a solve."""
    parent = multiprocessing.parent_process()

    def watch() -> None:
        if parent is not None:
            wait([parent.sentinel])
            os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _ending(code: int | None) -> str:
    """Say how a process ended."""
    if code is not None and code < 0:
        name = signal.Signals(-code).name if -code in {item.value for item in signal.Signals} else str(-code)
        hint = ", which the system does when memory runs out" if name == "SIGKILL" else ""
        return f"its process was ended by {name}{hint}"
    return f"its process ended with exit code {code}"
