"""Which vehicle of a class takes which duty: hours spread evenly over vehicles, and so over drivers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

__all__ = ["assign_units"]

PASSES = 50


def assign_units(work: Sequence[tuple[int, int]], number: int) -> tuple[int, ...]:
    """Return the unit (from 1) of each duty of one vehicle class.

    Parameters
    ----------
    work
        Day and seconds of each duty; a unit takes at most one duty a day.
    number
        How many units there are.

    Day after day the longest duty goes to the unit with least work so far; then duties of one day are
    exchanged between units, idle ones included, as long as the sum of squared hours falls.
    """
    by_day: dict[int, list[int]] = defaultdict(list)
    for index, (day, _) in enumerate(work):
        by_day[day].append(index)
    hours = [0] * number
    holder: dict[int, list[int | None]] = {}
    for day in sorted(by_day):
        holder[day] = [None] * number
        free = sorted(range(number), key=lambda unit: (hours[unit], unit))
        longest = sorted(by_day[day], key=lambda index: (-work[index][1], index))
        for index, unit in zip(longest, free, strict=False):
            holder[day][unit] = index
            hours[unit] += work[index][1]
    for _ in range(PASSES):
        if not _exchange(work, hours, holder):
            break
    unit_of = {index: unit for row in holder.values() for unit, index in enumerate(row) if index is not None}
    return tuple(unit_of[index] + 1 for index in range(len(work)))


def _exchange(work: Sequence[tuple[int, int]], hours: list[int], holder: Mapping[int, list[int | None]]) -> bool:
    """Exchange duties between pairs of units where that evens their hours; tell whether any was."""
    changed = False
    for day in sorted(holder):
        row = holder[day]
        for one in range(len(row)):
            for two in range(one + 1, len(row)):
                a, b = (0 if index is None else work[index][1] for index in (row[one], row[two]))
                # d/dx of (h1 - x)^2 + (h2 + x)^2: it falls when x (h1 - h2 - x) > 0 with x = a - b.
                if (a - b) * (hours[one] - hours[two] - (a - b)) > 0:
                    row[one], row[two] = row[two], row[one]
                    hours[one] += b - a
                    hours[two] += a - b
                    changed = True
    return changed
