"""Work done in a thread of its own before it is known whether it is needed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Generic, Self, TypeVar

from basketplan.progress import Progress, QuietReporter, Reporter

__all__ = ["Ahead"]

Result = TypeVar("Result")


class Ahead(QuietReporter, Generic[Result]):
    """Begins ``work`` at once; a context that ends it early where nobody takes the result.

    The reporter that ``work`` is given is silent until the result is wanted, since other work is being told of
    meanwhile; it says stop where ``reporter`` does, or where the result is not needed.
    """

    def __init__(self, reporter: Reporter, work: Callable[[Reporter], Result]) -> None:
        self._reporter = reporter
        self._wanted = self._dropped = False
        self._latest: Progress | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="ahead")
        self._result = self._pool.submit(work, self)

    def update(self, progress: Progress) -> None:
        """Pass ``progress`` on once the result is wanted; keep the latest until then."""
        self._latest = progress
        if self._wanted:
            self._reporter.update(progress)

    def stopped(self) -> bool:
        """Tell whether to end."""
        return self._dropped or self._reporter.stopped()

    def take(self) -> Result:
        """Wait for the result and return it.

        Raises
        ------
        Exception
            What ``work`` raised.
        """
        self._wanted = True
        if self._latest is not None:
            self._reporter.update(self._latest)
        return self._result.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._dropped = True
        self._pool.shutdown()
