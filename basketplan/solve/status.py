"""How a solve ended, in the two words a plan report uses.

Any status with a usable solution gives a result; the status itself is never hidden.
"""

from __future__ import annotations

from typing import Literal

SAME = 1e-9
"""Value and bound that differ by less are the same: what a solver leaves of a zero is no gap. The plan's verifier
states this tolerance of its own."""

Ending = Literal["optimal", "feasible", "none", "stopped"]
"""``optimal``: proven within the stated gap. ``none``: ended without a solution. ``stopped``: by the user."""

StageStatus = Literal["optimal", "feasible", "heuristic", "interrupted", "skipped"]

_OF_ENDING: dict[Ending, StageStatus] = {
    "optimal": "optimal",
    "feasible": "feasible",
    "none": "heuristic",
    "stopped": "interrupted",
}


def stage_status(ending: Ending) -> StageStatus:
    """Return the word for a :class:`~basketplan.plan.types.StageReport`."""
    return _OF_ENDING[ending]


def relative_gap(value: float | None, bound: float | None) -> float | None:
    """Return ``|value − bound| / |value|``; 0 when both agree up to ``SAME``, none when either is unknown."""
    if value is None or bound is None:
        return None
    difference = abs(value - bound)
    if difference < SAME:
        return 0.0
    return difference / abs(value) if value else None
