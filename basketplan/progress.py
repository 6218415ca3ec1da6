"""How long work tells what it is doing, and how it is stopped.

A reporter is passed in by whoever starts the work; nothing in the package prints by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

__all__ = ["Progress", "QuietReporter", "RecordingReporter", "Reporter"]


@dataclass(frozen=True, kw_only=True)
class Progress:
    """One honest line about running work.

    ``best`` is the best objective so far in ``unit``; ``gap`` a fraction, ``None`` where no bound is
    known; ``left_s`` the estimated or allowed seconds left, ``None`` where unknown.
    """

    stage: str
    message: str = ""
    done: int = 0
    total: int = 0
    best: float | None = None
    unit: str = ""
    gap: float | None = None
    left_s: float | None = None


class Reporter(Protocol):
    """Receives progress and says whether to stop."""

    def update(self, progress: Progress) -> None:
        """Take note of ``progress``; must be cheap and must not raise."""

    def stopped(self) -> bool:
        """Tell whether the user wants the work to end now with the best found so far."""


class QuietReporter:
    """Says nothing and never stops."""

    def update(self, progress: Progress) -> None:
        """Ignore it."""

    def stopped(self) -> bool:
        """Never."""
        return False


@dataclass
class RecordingReporter:
    """Keeps what it was told, and stops after ``stop_after`` updates (for tests)."""

    stop_after: int | None = None
    seen: list[Progress] = field(default_factory=list)

    def update(self, progress: Progress) -> None:
        """Keep it."""
        self.seen.append(progress)

    def stopped(self) -> bool:
        """Stop once enough was seen."""
        return self.stop_after is not None and len(self.seen) >= self.stop_after
