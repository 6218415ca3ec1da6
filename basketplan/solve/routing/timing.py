"""When a trip is where: exact, pure functions on a problem, a vehicle class and stops in order.

The state of a trip at any moment is a function of the start of loading. Without waiting it grows second by
second; while somebody waits for a window to open it stands still. So a few straight pieces hold all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from basketplan import units
from basketplan.solve.types import RoutingProblem, VehicleClass

__all__ = ["TripTiming", "best_load_s", "load_window", "time_trip", "trip_cost_centimes", "trip_distance_m"]


@dataclass(frozen=True, kw_only=True)
class TripTiming:
    """Times of one trip in seconds after midnight; ``*_s[i]`` belongs to its ``i``-th stop."""

    load_s: int
    """Loading starts."""
    depart_s: int
    arrive_s: tuple[int, ...]
    start_s: tuple[int, ...]
    """Service starts: on arrival, or when a window opens."""
    leave_s: tuple[int, ...]
    return_s: int
    distance_m: int

    @property
    def duration_s(self) -> int:
        """From start of loading to return."""
        return self.return_s - self.load_s


def trip_distance_m(problem: RoutingProblem, stops: Sequence[int]) -> int:
    """Return the road metres from the hub through ``stops`` and back."""
    return sum(problem.legs_m(stops))


def loading_s(problem: RoutingProblem, vehicle: VehicleClass, stops: Sequence[int]) -> int:
    """Return the seconds it takes to load ``vehicle`` for ``stops``."""
    return vehicle.loading_s + vehicle.loading_per_basket_s * int(problem.baskets[list(stops)].sum())


def time_trip(problem: RoutingProblem, vehicle: VehicleClass, stops: Sequence[int], load_s: int) -> TripTiming | None:
    """Return the times of a trip that starts loading at ``load_s``; none where it breaks a window, shift or limit.

    Loads, access and days are not looked at.
    """
    depart = now = load_s + loading_s(problem, vehicle, stops)
    arrive, start, leave = [], [], []
    legs = problem.legs_s(vehicle, stops)
    for stop, leg in zip(stops, legs, strict=False):
        now += leg
        arrive.append(now)
        opened = _opening(problem.windows[stop], now)
        if opened is None:
            return None
        start.append(opened)
        now = opened + int(problem.service_s[stop])
        leave.append(now)
    back = now + legs[-1]
    distance = trip_distance_m(problem, stops)
    late = load_s < vehicle.shift_start_s or back > vehicle.shift_end_s
    if late or back - load_s > vehicle.max_trip_duration_s or distance > vehicle.max_trip_distance_m:
        return None
    return TripTiming(
        load_s=load_s,
        depart_s=depart,
        arrive_s=tuple(arrive),
        start_s=tuple(start),
        leave_s=tuple(leave),
        return_s=back,
        distance_m=distance,
    )


def load_window(problem: RoutingProblem, vehicle: VehicleClass, stops: Sequence[int]) -> tuple[tuple[int, int], ...]:
    """Return all starts of loading for which the trip is feasible, as disjoint ``(earliest, latest)`` in order."""
    if trip_distance_m(problem, stops) > vehicle.max_trip_distance_m:
        return ()
    spans: list[tuple[int, int]] = []
    for first, last, _ in _feasible(problem, vehicle, stops):
        if spans and spans[-1][1] + 1 >= first:
            spans[-1] = (spans[-1][0], last)
        else:
            spans.append((first, last))
    return tuple(spans)


def best_load_s(problem: RoutingProblem, vehicle: VehicleClass, stops: Sequence[int]) -> int | None:
    """Return the start of loading with the shortest trip, the earliest of these; none where no start is feasible."""
    if trip_distance_m(problem, stops) > vehicle.max_trip_distance_m:
        return None
    ends = [(take, load) for piece in _feasible(problem, vehicle, stops) for take, load in _ends(piece)]
    return min(ends)[1] if ends else None


def trip_cost_centimes(vehicle: VehicleClass, distance_m: int, duration_s: int) -> int:
    """Return what a trip costs: per trip, per kilometre and per hour; not the day."""
    return (
        vehicle.cost_per_trip_centimes
        + units.cost_of_distance_centimes(distance_m, vehicle.cost_per_km_centimes)
        + units.cost_of_time_centimes(duration_s, vehicle.cost_per_hour_centimes)
    )


_Piece = tuple[int, int, tuple[int, int]]
"""Starts of loading ``first…last``; then now = ``max(load + shift, floor)`` with one of both for all of the piece:
``(shift, -1)`` while nobody waits, ``(0, floor)`` while somebody does."""


def _opening(windows: Sequence[tuple[int, int]], now: int) -> int | None:
    """Return the first moment from ``now`` on at which service may start."""
    if not windows:
        return now
    return min((max(opens, now) for opens, closes in windows if now <= closes), default=None)


def _later(pieces: Sequence[_Piece], seconds: int) -> list[_Piece]:
    return [
        (first, last, (shift + seconds, -1) if floor < 0 else (0, floor + seconds))
        for first, last, (shift, floor) in pieces
    ]


def _ends(piece: _Piece) -> tuple[tuple[int, int], ...]:
    """Return ``(duration, load)`` where it is least within ``piece``."""
    first, last, (shift, floor) = piece
    return ((shift, first),) if floor < 0 else ((floor - last, last),)


def _feasible(problem: RoutingProblem, vehicle: VehicleClass, stops: Sequence[int]) -> list[_Piece]:
    """Return the pieces of feasible starts of loading with the return to the hub."""
    loaded = loading_s(problem, vehicle, stops)
    pieces: list[_Piece] = [(vehicle.shift_start_s, vehicle.shift_end_s, (loaded, -1))]
    legs = problem.legs_s(vehicle, stops)
    for stop, leg in zip(stops, legs, strict=False):
        pieces = _later(pieces, leg)
        if problem.windows[stop]:
            pieces = [part for piece in pieces for part in _through(piece, problem.windows[stop])]
        pieces = _later(pieces, int(problem.service_s[stop]))
    pieces = _later(pieces, legs[-1])
    kept = (_within(piece, vehicle) for piece in pieces)
    return [piece for piece in kept if piece is not None]


def _through(piece: _Piece, windows: Sequence[tuple[int, int]]) -> list[_Piece]:
    """Return the parts of ``piece`` that meet a window, after waiting for it."""
    first, last, (shift, floor) = piece
    if floor >= 0:
        opened = _opening(windows, floor)
        return [] if opened is None else [(first, last, (0, opened))]
    parts: list[_Piece] = []
    for opens, closes in sorted(windows):
        if first > last:
            break
        waits = min(last, opens - 1 - shift)
        if first <= waits:
            parts.append((first, waits, (0, opens)))
            first = waits + 1
        meets = min(last, closes - shift)
        if first <= meets:
            parts.append((first, meets, (shift, -1)))
            first = meets + 1
    return parts


def _within(piece: _Piece, vehicle: VehicleClass) -> _Piece | None:
    """Return the part of ``piece`` that is back in the shift and not too long on the road."""
    first, last, (shift, floor) = piece
    if floor < 0:
        last = min(last, vehicle.shift_end_s - shift)
        fits = shift <= vehicle.max_trip_duration_s
    else:
        first = max(first, floor - vehicle.max_trip_duration_s)
        fits = floor <= vehicle.shift_end_s
    return (first, last, (shift, floor)) if fits and first <= last else None
