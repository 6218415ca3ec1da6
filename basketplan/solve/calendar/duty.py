"""A duty: what one vehicle does in one day. Which trips fit into one, in which order, with which breaks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from basketplan.solve.calendar.clock import Clock

__all__ = ["Arranger", "DayTimes", "Rest", "most_work_s"]

PERMUTED = 5
"""Up to this many trips every order is tried; beyond, a few sensible ones."""


@dataclass(frozen=True, slots=True)
class Rest:
    """A break of ``duration_s`` is due within ``after_s`` of work."""

    duration_s: int
    after_s: int


@dataclass(frozen=True, slots=True)
class DayTimes:
    """Times of a duty: ``(load_s, return_s)`` per trip as given, and breaks in order."""

    trips: tuple[tuple[int, int], ...]
    breaks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Chain:
    """Trips in order without a break between them."""

    times: tuple[tuple[int, int], ...]


class Arranger:
    """Arranges trips of one vehicle class within a day; remembers answers for trips without windows.

    Parameters
    ----------
    start_s, end_s
        The shift.
    trips_per_day
        Most trips of one vehicle in a day.
    rest
        The rule of breaks, if any.
    """

    def __init__(self, start_s: int, end_s: int, trips_per_day: int, rest: Rest | None) -> None:
        self.start_s = start_s
        self.end_s = end_s
        self.trips_per_day = trips_per_day
        self.rest = rest
        self._known: dict[tuple[int, ...], bool] = {}

    def fits(self, clocks: Sequence[Clock]) -> bool:
        """Tell whether one vehicle can make these trips in a day."""
        if len(clocks) > self.trips_per_day:
            return False
        if sum(clock.shortest_s for clock in clocks) > self.end_s - self.start_s:
            return False
        if not all(clock.free for clock in clocks):
            return self.arrange(clocks) is not None
        key = tuple(sorted(clock.shortest_s for clock in clocks))
        if key not in self._known:
            self._known[key] = self.arrange(clocks) is not None
        return self._known[key]

    def arrange(self, clocks: Sequence[Clock]) -> DayTimes | None:
        """Return times for these trips, back as early as possible; none if they do not fit into one day."""
        if not clocks or len(clocks) > self.trips_per_day or any(not clock.pieces for clock in clocks):
            return None
        if len(clocks) == 1:
            return DayTimes((clocks[0].best,))
        best: tuple[int, tuple[int, ...], list[_Chain]] | None = None
        for order in _orders(clocks, self.rest):
            chains = self._chains([clocks[index] for index in order])
            if chains is not None and (best is None or chains[-1].times[-1][1] < best[0]):
                best = chains[-1].times[-1][1], order, chains
        return None if best is None else self._settle(clocks, best[1], best[2])

    def _chains(self, clocks: Sequence[Clock]) -> list[_Chain] | None:
        """Return the chains of trips, in this order, whose last return is earliest."""
        count = len(clocks)
        found: list[list[_Chain] | None] = [[], *([None] * count)]
        for end in range(1, count + 1):
            for begin in range(end) if self.rest is not None else (0,):
                before = found[begin]
                if before is None:
                    continue
                start_s = self.start_s
                if before:
                    start_s = before[-1].times[-1][1] + (self.rest.duration_s if self.rest is not None else 0)
                chain = self._chain(clocks[begin:end], start_s)
                known = found[end]
                if chain is not None and (known is None or chain.times[-1][1] < known[-1].times[-1][1]):
                    found[end] = [*before, chain]
        return found[count]

    def _chain(self, clocks: Sequence[Clock], from_s: int) -> _Chain | None:
        """Return the trips one after another, back as early as possible, within the longest stretch of work."""
        times: list[tuple[int, int]] = []
        now = from_s
        for clock in clocks:
            pair = clock.earliest(now)
            if pair is None:
                return None
            times.append(pair)
            now = pair[1]
        if self.rest is None or times[-1][1] - times[0][0] <= self.rest.after_s:
            return _Chain(tuple(times))
        by = times[-1][1]
        for index in range(len(times) - 1, -1, -1):
            start = clocks[index].latest(by)
            if start is None or start < times[index][0]:
                return None
            piece_end = clocks[index].earliest(start)
            assert piece_end is not None
            times[index] = start, piece_end[1]
            by = start
        return _Chain(tuple(times)) if times[-1][1] - times[0][0] <= self.rest.after_s else None

    def _settle(self, clocks: Sequence[Clock], order: Sequence[int], chains: Sequence[_Chain]) -> DayTimes:
        """Return the times by trip as given; starts are as late as the same return allows, for short waits."""
        placed: dict[int, tuple[int, int]] = {}
        breaks: list[tuple[int, int]] = []
        flat = iter(order)
        for number, chain in enumerate(chains):
            if number and self.rest is not None:
                begin = chains[number - 1].times[-1][1]
                breaks.append((begin, begin + self.rest.duration_s))
            for (start, back), index in zip(chain.times, flat, strict=False):
                late = clocks[index].latest(back)
                placed[index] = (start if late is None else max(start, late), back)
        return DayTimes(tuple(placed[index] for index in range(len(clocks))), tuple(breaks))


def most_work_s(span_s: int, rest: Rest | None) -> int:
    """Return the most seconds of trips that a day of ``span_s`` can hold besides the breaks they need."""
    if rest is None:
        return span_s
    best = min(span_s, rest.after_s)
    breaks = 1
    while breaks * rest.duration_s < span_s and breaks <= 48:
        best = max(best, min(span_s - breaks * rest.duration_s, (breaks + 1) * rest.after_s))
        breaks += 1
    return best


def _orders(clocks: Sequence[Clock], rest: Rest | None) -> Iterator[tuple[int, ...]]:
    """Yield the orders worth trying; trips that nothing tells apart are not exchanged."""
    count = len(clocks)
    by_end = sorted(range(count), key=lambda i: (clocks[i].pieces[-1].last, i))
    if all(clock.free for clock in clocks) and rest is None:
        yield tuple(by_end)
        return
    if count > PERMUTED:
        yield tuple(by_end)
        yield tuple(sorted(range(count), key=lambda i: (clocks[i].shortest_s, i)))
        yield tuple(sorted(range(count), key=lambda i: (-clocks[i].shortest_s, i)))
        return
    seen = set()
    for order in permutations(range(count)):
        look = tuple(clocks[index].pieces for index in order)
        if look not in seen:
            seen.add(look)
            yield order
