"""What a rule is, and how a check of it is written down."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from basketplan import units
from basketplan.plan.types import Violation

if TYPE_CHECKING:
    from basketplan.plan.verify.case import Case

Unit = Literal["", "g", "mL", "m", "s", "packs", "baskets", "trips", "days", "clock", "money"]
Where = str | tuple[object, ...]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule that a plan must keep."""

    code: str
    """Stable: `V201`."""
    name: str
    """Short."""
    says: str
    """The rule as a sentence."""
    tells: str
    """What is told of a breach; ``{where}``, ``{expected}`` and ``{found}`` are filled in."""
    unit: Unit = ""
    """Of the figures that are compared."""
    check: Callable[[Case, Look], None]
    """Looks at a plan and notes every breach."""


@dataclass
class Look:
    """Notes of one rule's look at a plan."""

    rule: Rule
    count: int = 0
    violations: list[Violation] = field(default_factory=list)

    def __call__(self, good: bool, where: Where, expected: object, found: object) -> None:
        """Note that one thing was looked at, and the breach unless it is ``good``."""
        self.count += 1
        if good:
            return
        name = where if isinstance(where, str) else " ".join(shown(part, "") for part in where)
        figures = {
            "where": name,
            "expected": shown(expected, self.rule.unit),
            "found": shown(found, self.rule.unit),
        }
        message = self.rule.tells.format(**figures)
        self.violations.append(Violation(code=self.rule.code, rule=self.rule.name, message=message, **figures))

    def equal(self, where: Where, expected: object, found: object) -> None:
        """Expect a figure exactly."""
        self(expected == found, where, expected, found)

    def at_most(self, where: Where, limit: int | None, found: int) -> None:
        """Expect no more than ``limit``; ``None`` is no limit and not looked at."""
        if limit is not None:
            self(found <= limit, where, limit, found)


def shown(value: object, unit: Unit) -> str:
    """Return a figure as people read it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool | str):
        return str(value)
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, int):
        if unit == "clock":
            return f"{value // 3600:02d}:{value // 60 % 60:02d}:{value % 60:02d}"
        if unit == "money":
            return units.mad(value).replace("\u00a0", " ")
        return f"{value:,} {unit}".strip()
    if isinstance(value, Sequence):
        return ", ".join(shown(item, unit) for item in value) or "nothing"
    return str(value)
