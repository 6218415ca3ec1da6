"""When a trip may start loading and when it is then back: exact, as a few straight pieces.

The return is a non-decreasing function of the start of loading. Between two openings or closings of a window
it either grows second by second (nobody waits longer) or stands still (the wait shrinks), so a list of pieces
with slope 1 or 0 holds all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from basketplan.solve.types import RoutingProblem, VehicleClass

__all__ = ["Clock", "Piece", "trip_clock"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Starts ``first``…``last`` (s); the return is ``back_s`` at ``first`` and grows by ``slope`` per second."""

    first: int
    last: int
    back_s: int
    slope: int

    def back(self, load_s: int) -> int:
        """Return the time back at the hub when loading starts at ``load_s``."""
        return self.back_s + self.slope * (load_s - self.first)


@dataclass(frozen=True, slots=True)
class Clock:
    """All feasible starts of a trip; no piece: the trip never fits."""

    pieces: tuple[Piece, ...]
    free: bool = False
    """Whether the trip may start at any time of the shift from which it is back in time, and always takes as long."""

    @property
    def shortest_s(self) -> int:
        """Least time from start of loading to return."""
        return min(end - start for start, end in self._low_points())

    @property
    def best(self) -> tuple[int, int]:
        """Start and return of the shortest trip, the earliest of these."""
        return min(self._low_points(), key=lambda pair: (pair[1] - pair[0], pair))

    def _low_points(self) -> list[tuple[int, int]]:
        starts = [(piece, piece.first if piece.slope else piece.last) for piece in self.pieces]
        return [(start, piece.back(start)) for piece, start in starts]

    def earliest(self, from_s: int) -> tuple[int, int] | None:
        """Return start and return of the trip that is back first when it starts at ``from_s`` or later."""
        for piece in self.pieces:
            if piece.last >= from_s:
                start = max(piece.first, from_s)
                return start, piece.back(start)
        return None

    def latest(self, back_by_s: int) -> int | None:
        """Return the latest start that is back by ``back_by_s``."""
        for piece in reversed(self.pieces):
            if piece.back_s <= back_by_s:
                return min(piece.last, piece.first + back_by_s - piece.back_s) if piece.slope else piece.last
        return None


def trip_clock(problem: RoutingProblem, vehicle: VehicleClass, stops: Sequence[int]) -> Clock:
    """Return the clock of a trip of ``vehicle`` to ``stops`` (points, in order)."""
    baskets = int(sum(int(problem.baskets[stop]) for stop in stops))
    loaded = vehicle.loading_s + vehicle.loading_per_basket_s * baskets
    first, last = vehicle.shift_start_s, vehicle.shift_end_s
    pieces = [Piece(first, last, first + loaded, 1)]
    legs = problem.legs_s(vehicle, stops)
    for stop, leg in zip(stops, legs, strict=False):
        pieces = _through(_later(pieces, leg), problem.windows[stop])
        pieces = _later(pieces, int(problem.service_s[stop]))
    pieces = _later(pieces, legs[-1])
    fitting = (_within(piece, last, vehicle.max_trip_duration_s) for piece in pieces)
    kept = tuple(piece for piece in fitting if piece is not None)
    free = len(kept) == 1 and kept[0].slope == 1 and kept[0].first == first and kept[0].back(kept[0].last) == last
    return Clock(kept, free)


def _later(pieces: Sequence[Piece], seconds: int) -> list[Piece]:
    return [Piece(piece.first, piece.last, piece.back_s + seconds, piece.slope) for piece in pieces]


def _through(pieces: Sequence[Piece], windows: Sequence[tuple[int, int]]) -> list[Piece]:
    """Return the pieces after waiting until a window is open; starts that meet none are dropped."""
    if not windows:
        return list(pieces)
    result: list[Piece] = []
    for piece in pieces:
        if not piece.slope:
            opening = min(
                (max(piece.back_s, opens) for opens, closes in windows if piece.back_s <= closes), default=None
            )
            if opening is not None:
                result.append(Piece(piece.first, piece.last, opening, 0))
            continue
        shift = piece.back_s - piece.first
        here, end = piece.back_s, piece.last + shift
        for opens, closes in sorted(windows):
            if closes < here or here > end:
                continue
            if here < opens:
                result.append(Piece(here - shift, min(opens - 1, end) - shift, opens, 0))
                here = opens
            if here <= end:
                result.append(Piece(here - shift, min(closes, end) - shift, here, 1))
                here = closes + 1
    return result


def _within(piece: Piece, shift_end_s: int, longest_s: int) -> Piece | None:
    """Return the part of ``piece`` that is back by the end of the shift and not too long."""
    if piece.slope:
        last = min(piece.last, piece.first + shift_end_s - piece.back_s)
        fits = last >= piece.first and piece.back_s - piece.first <= longest_s
        return Piece(piece.first, last, piece.back_s, 1) if fits else None
    first = max(piece.first, piece.back_s - longest_s)
    return Piece(first, piece.last, piece.back_s, 0) if piece.back_s <= shift_end_s and first <= piece.last else None
