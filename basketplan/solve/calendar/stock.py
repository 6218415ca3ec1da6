"""Which packed baskets are there to be delivered: from when, until when, and how many in any span of days."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from basketplan.programme.types import Programme
from basketplan.solve.lots import pack_baskets, shipments
from basketplan.solve.types import Allocation

__all__ = ["Ledger", "Limit", "limits", "ready"]

Spans = Mapping[tuple[str, str], tuple[tuple[int, int], ...]]
"""(hub, basket type) → first and last working day of delivery of each basket, both non-decreasing."""


def ready(allocation: Allocation, programme: Programme) -> Spans:
    """Return the days on which each assembled basket may be delivered.

    Where shelf lives matter, baskets are packed as :mod:`basketplan.solve.lots` does. The last days are
    lowered until the basket that is ready first is also the one to be used first; that makes
    :func:`limits` sufficient, on the safe side.
    """
    days = programme.working_days
    spans: dict[tuple[str, str], list[tuple[int, int]]] = defaultdict(list)
    perishable = any(programme.product[item.product].shelf_life is not None for item in allocation.shipped)
    if perishable:
        counted = Counter(
            (item.hub, item.basket, item.day, item.last)
            for item in pack_baskets(programme, allocation, shipments(programme, allocation))
        )
    else:
        counted = Counter()
        for group in allocation.assembled:
            counted[group.hub, group.basket, group.day, dt.date.max] += group.count
    for (hub, basket, day, last), count in sorted(counted.items()):
        begin = bisect_left(days, days[day] + dt.timedelta(days=programme.hub[hub].ready_after))
        spans[hub, basket] += [(begin, bisect_right(days, last) - 1)] * count
    return {key: _ordered(rows) for key, rows in sorted(spans.items())}


def _ordered(rows: Sequence[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    result = []
    lowest = max((last for _, last in rows), default=0)
    for first, last in sorted(rows, reverse=True):
        lowest = min(lowest, last)
        result.append((first, lowest))
    return tuple(reversed(result))


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``count`` baskets of a type go out on the days ``first``…``last``."""

    basket: str
    first: int
    last: int
    count: int


def limits(basket: str, spans: Sequence[tuple[int, int]], n_days: int, needed: int) -> list[Limit]:
    """Return the limits that hold exactly when every delivery can have a basket on its day.

    Hall's condition for spans in which neither end runs against the other: on the days a…b no more go out
    than there are baskets whose span meets them. Limits that others imply are left out.
    """
    begins = sorted({0, *(last + 1 for _, last in spans if last + 1 < n_days)})
    firsts = [first for first, _ in spans]
    lasts = [last for _, last in spans]
    result = []
    for begin in begins:
        expired = bisect_left(lasts, begin)
        counts = [max(0, bisect_right(firsts, day) - expired) for day in range(n_days)]
        for day in range(begin, n_days):
            if counts[day] < needed and (day == n_days - 1 or counts[day + 1] > counts[day]):
                result.append(Limit(basket, begin, day, counts[day]))
    return result


class Ledger:
    """What is left of each limit while trips are put on days."""

    def __init__(self, rows: Sequence[Limit]) -> None:
        self._rows: dict[str, list[Limit]] = defaultdict(list)
        self._left: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            self._rows[row.basket].append(row)
            self._left[row.basket].append(row.count)

    def copy(self) -> Ledger:
        """Return an independent copy."""
        twin = Ledger(())
        twin._rows = self._rows
        twin._left = defaultdict(list, {basket: list(left) for basket, left in self._left.items()})
        return twin

    def fits(self, load: Mapping[str, int], day: int) -> bool:
        """Tell whether ``load`` (baskets by type) may go out on ``day``."""
        return all(
            left >= count or not row.first <= day <= row.last
            for basket, count in load.items()
            for row, left in zip(self._rows.get(basket, ()), self._left.get(basket, ()), strict=True)
        )

    def book(self, load: Mapping[str, int], day: int, sign: int = 1) -> None:
        """Take ``load`` out on ``day``; ``sign=-1`` gives it back."""
        for basket, count in load.items():
            for index, row in enumerate(self._rows.get(basket, ())):
                if row.first <= day <= row.last:
                    self._left[basket][index] -= sign * count
