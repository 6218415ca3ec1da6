"""Worker processes that improve parts, and stop when they are told."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from multiprocessing.synchronize import Event
from types import TracebackType

from basketplan.solve.routing.search import Part, improve
from basketplan.solve.types import RoutedTrip

__all__ = ["Pool"]

POLL_S = 0.2
"""How often the parent asks whether to stop."""
SMALL = 4
"""Parts for which no process is started."""

_stop: Event | None = None


class Pool:
    """Improves parts in this process or in others; ask ``stopped`` whether the work shall end.

    Processes are spawned when first needed, ignore Ctrl-C (the parent decides) and end with the pool.
    """

    def __init__(self, workers: int, stopped: Callable[[], bool]) -> None:
        self.workers = max(1, workers)
        self.stopped = stopped
        self._pool: ProcessPoolExecutor | None = None
        self._event: Event | None = None

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._event is not None:
            self._event.set()
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)

    def improve(self, parts: Sequence[Part]) -> Iterator[tuple[RoutedTrip, ...] | None]:
        """Yield better trips for each part in order; none for parts that were not reached before the stop."""
        if self.workers == 1 or (self._pool is None and len(parts) < SMALL):
            for part in parts:
                yield None if self.stopped() else improve(part, self.stopped)
            return
        futures = [self._started().submit(_improve, part) for part in parts]
        for future in futures:
            self._wait(future)
            yield None if future.cancelled() else future.result()

    def _wait(self, future: Future[tuple[RoutedTrip, ...]]) -> None:
        while not wait([future], timeout=POLL_S, return_when=FIRST_COMPLETED).done:
            if self._event is not None and not self._event.is_set() and self.stopped():
                self._event.set()
                future.cancel()
        if self._event is not None and self._event.is_set():
            future.cancel()

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._event = context.Event()
            self._pool = ProcessPoolExecutor(self.workers, context, _begin, (self._event,))
        return self._pool


def _begin(event: Event) -> None:
    global _stop
    _stop = event
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _improve(part: Part) -> tuple[RoutedTrip, ...]:
    stop = _stop
    if stop is None:
        raise RuntimeError("a worker was not set up")
    return part.trips if stop.is_set() else improve(part, stop.is_set)
