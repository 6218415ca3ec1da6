"""What can go wrong, and how it is told.

::

    BasketplanError                 exit code
    ├── UsageError                  2     the command line or an argument is wrong
    ├── InputError                  3     faults in what the user wrote; holds every Fault found
    ├── NoPlanError                 4     nothing could be planned (no household, no hub open, …)
    ├── RejectedPlanError           5     a plan breaks a rule
    └── StoppedError           130   stopped before any plan existed

A :class:`Fault` names the thing, the place and one action. Faults are collected and raised once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = [
    "BasketplanError",
    "Fault",
    "InputError",
    "NoPlanError",
    "Place",
    "RejectedPlanError",
    "StoppedError",
    "UsageError",
]


@dataclass(frozen=True, kw_only=True, order=True)
class Place:
    """Where something was written.

    ``line`` and ``column`` count from 1; ``length`` is the number of characters to underline.
    ``note`` tells who wrote it there when that is not the file itself (``set by --set``).
    """

    file: str
    line: int = 1
    column: int = 1
    length: int = 1
    note: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One fault in the input, with its stable code (``B203``), place and fix."""

    code: str
    message: str
    place: Place | None = None
    help: str = ""
    severity: Literal["error", "warning"] = "error"
    excerpt: str = ""
    """The source line, copied when the fault was made, never a contact."""
    caret: int = 0
    """Column of ``place`` within an excerpt that was cut; 0 where it is the place's own column."""

    def __str__(self) -> str:
        return render_fault(self)


def render_fault(fault: Fault) -> str:
    """Format a fault as in the design: head, arrow with place, excerpt, help."""
    lines = [f"{fault.severity}[{fault.code}]: {fault.message}"]
    if fault.place is not None:
        number = str(fault.place.line)
        pad = " " * len(number)
        lines.append(f"{pad} --> {fault.place}")
        if fault.excerpt:
            column = fault.caret or fault.place.column
            carets = "^" * max(1, min(fault.place.length, len(fault.excerpt) - column + 1))
            note = f" {fault.place.note}" if fault.place.note else ""
            lines += [
                f"{pad} |",
                f"{number} | {fault.excerpt}",
                f"{pad} | {' ' * (column - 1)}{carets}{note}",
            ]
        elif fault.place.note:
            lines.append(f"{pad} = note: {fault.place.note}")
    if fault.help:
        lines.append(f"   = help: {fault.help}")
    return "\n".join(lines)


class BasketplanError(Exception):
    """Anything that basketplan tells its user instead of a traceback."""

    exit_code = 1


class UsageError(BasketplanError):
    """The command line or an argument is wrong."""

    exit_code = 2


class InputError(BasketplanError):
    """The input holds faults; ``faults`` has every one of them, in reading order."""

    exit_code = 3

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults: tuple[Fault, ...] = tuple(faults)
        super().__init__("\n\n".join(render_fault(fault) for fault in self.faults))


class NoPlanError(BasketplanError):
    """Nothing could be planned; the message says why and what to change."""

    exit_code = 4


class RejectedPlanError(BasketplanError):
    """A plan breaks at least one rule."""

    exit_code = 5


class StoppedError(BasketplanError):
    """Stopped by the user before there was a plan to keep."""

    exit_code = 130
