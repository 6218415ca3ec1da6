"""What is told of one code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Rule"]


@dataclass(frozen=True)
class Rule:
    """A rule that the input must keep."""

    code: str
    """Stable: ``B301``."""
    title: str
    """A few words, without a full stop."""
    cause: str
    """What is wrong, in sentences."""
    action: str
    """What to do, in one sentence."""
    example: str
    """Input that breaks the rule."""
    severity: Literal["error", "warning"] = "error"
    """A ``warning`` may become an error where nothing at all is left; its cause says so."""
    language: Literal["yaml", "csv", "text", "json"] = "yaml"
    """Of the example."""
