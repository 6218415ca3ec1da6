"""How few duties a class of trips needs at least: arithmetic that no calendar can beat."""

from __future__ import annotations

from collections.abc import Sequence

from basketplan.solve.calendar.clock import Clock, Piece
from basketplan.solve.calendar.jobs import Fleet

__all__ = ["fewest_duties", "thresholds"]


def thresholds(fleet: Fleet) -> list[tuple[int, int]]:
    """Return pairs ``(q, length_s)``: of trips that take ``length_s`` or longer, at most ``q`` fit into one day.

    Trips with windows only fit worse than free ones of their shortest length, so the rule holds for them too.
    """
    result = []
    for most in range(1, fleet.vehicle.trips_per_day):
        low, high = 0, fleet.most_work_s + 1  # most + 1 trips of length low fit, of length high do not
        while high - low > 1:
            middle = (low + high) // 2
            if fleet.arranger.fits([_free(fleet, middle)] * (most + 1)):
                low = middle
            else:
                high = middle
        result.append((most, high))
    return result


def _free(fleet: Fleet, length_s: int) -> Clock:
    start, end = fleet.vehicle.shift_start_s, fleet.vehicle.shift_end_s
    if end - length_s < start:
        return Clock(())
    return Clock((Piece(start, end - length_s, start + length_s, 1),), True)


def fewest_duties(fleet: Fleet, lengths_s: Sequence[int]) -> int:
    """Return a number of duties below which trips of these shortest lengths cannot be made."""
    if not lengths_s:
        return 0
    best = max(-(-len(lengths_s) // fleet.vehicle.trips_per_day), -(-sum(lengths_s) // max(1, fleet.most_work_s)))
    for most, length in thresholds(fleet):
        best = max(best, -(-sum(1 for other in lengths_s if other >= length) // most))
    return best
