"""What the search works on: integers and arrays, without names.

Two kinds. :class:`PlainProblem`: one hub, one vehicle class, one capacity, cost is distance. :class:`RichProblem`:
everything else. Both can be restricted to some of their stops, so that a part of a problem is a problem.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numba as nb
import numpy as np
from numpy.typing import NDArray

from basketplan.solve.routing.ruin.layout import (
    ADDITIVE,
    ASYMMETRIC,
    CAP,
    CLOCK,
    DAYED,
    FIXED,
    FLAG_COLUMNS,
    FLEET_COLUMNS,
    HUB,
    IDLE_FREE,
    LIMIT,
    LIMITED,
    LOADING,
    LOADING_EACH,
    MAX_DURATION,
    MAX_LENGTH,
    NO_LIMIT,
    PROFILE,
    SHIFT_END,
    SHIFT_START,
    SPANS,
    TIMELESS,
    WAIT_RATE,
    WINDOWS,
    WORK_LIMIT,
)  # fmt: skip
from basketplan.solve.routing.ruin.routes import Ints

__all__ = ["PlainProblem", "RichProblem", "fleet_table"]


@dataclass(frozen=True, kw_only=True)
class PlainProblem:
    """Stops ``0 … n-1`` with one need each, and a hub that comes last in ``places``."""

    places: NDArray[np.float64]
    """``(n + 1, 2)``; distances are Euclidean, rounded to the nearest integer."""
    need: Ints
    capacity: int
    near: NDArray[np.int32]
    """``(n, n_near)`` nearest stops first, filled up with -1."""
    near_cost: NDArray[np.int32]

    @property
    def n_stops(self) -> int:
        """Number of stops."""
        return len(self.need)

    def arcs(self, here: Ints, there: Ints) -> Ints:
        """Return the lengths of single roads."""
        apart = self.places[here] - self.places[there]
        lengths: Ints = np.floor(np.hypot(apart[..., 0], apart[..., 1]) + 0.5).astype(np.int64)
        return lengths

    def restrict(self, stops: Ints, room: Ints | None = None) -> PlainProblem:
        """Return the problem with only ``stops``, given in rising order."""
        near, near_cost = _restrict_near(self.near, self.near_cost, stops, self.n_stops)
        return replace(
            self,
            places=np.concatenate((self.places[stops], self.places[-1:])),
            need=self.need[stops],
            near=near,
            near_cost=near_cost,
        )


@dataclass(frozen=True, kw_only=True)
class RichProblem:
    """Stops ``0 … n-1`` and hubs as points ``n …``."""

    xy: NDArray[np.float64]
    """``(n, 2)`` where stops are, only to split them into compact parts."""
    need: Ints
    """``(n, 3)``: three loads."""
    baskets: Ints
    service: Ints
    prize: Ints
    """What leaving a stop out costs; more than any trip where everybody is to be served."""
    days: Ints
    """Bits of the days on which a stop can be served; all stops of a route share one."""
    may: Ints
    """Bits of the classes that may serve a stop."""
    locked: Ints
    """1 where a stop keeps its place at the head of its route, behind other locked stops."""
    windows: NDArray[np.int32]
    """``(n_windows, 2)`` spans in which service may start, by stop and then time."""
    window_first: Ints
    """``(n + 1,)`` the windows of stop ``i`` are ``window_first[i] … window_first[i + 1] - 1``; at least one."""
    fleet: Ints
    """``(n_classes, ·)`` see ``layout``."""
    cost: NDArray[np.int32]
    """``(n_profiles, n_points, n_points)``."""
    time: NDArray[np.int32]
    """The same in time, or one number where there are no times; the same array as ``cost`` where all are equal, which
    halves the memory that a search reads (8 % more moves on 1,000 stops with windows)."""
    length: NDArray[np.int32]
    """``(n_points, n_points)``, or one number where no trip is limited."""
    extra: NDArray[np.int32]
    """``(n_classes, n)`` what serving a stop costs beside the road."""
    near: NDArray[np.int32]

    @property
    def n_stops(self) -> int:
        """Number of stops."""
        return len(self.baskets)

    @property
    def timeless(self) -> bool:
        """Whether there are no times."""
        return self.time.size == 1

    def filled(self) -> RichProblem:
        """Return the problem with its matrices, see ``wide``."""
        return self

    def arcs(self, profiles: Ints, here: Ints, there: Ints) -> Ints:
        """Return the costs of single roads."""
        return self.cost[profiles, here, there].astype(np.int64)

    def flags(self) -> Ints:
        """Return the flags that the kernel reads, found out from the data."""
        flags = np.zeros(FLAG_COLUMNS, dtype=np.int64)
        flags[CLOCK] = self.clock()
        flags[LIMITED] = self.length.size > 1 and bool((self.fleet[:, MAX_LENGTH] < NO_LIMIT).any())
        flags[ASYMMETRIC] = not bool((self.cost == self.cost.transpose(0, 2, 1)).all())
        flags[IDLE_FREE] = not bool((self.fleet[:, WAIT_RATE] > 0).any())
        flags[DAYED] = bool((self.days != self.days[0]).any()) if self.n_stops else 0
        return flags

    def clock(self) -> int:
        """Return which rules of time there are, as ``layout`` names them."""
        if self.timeless:
            return TIMELESS
        shift = self.fleet[:, SHIFT_END] - self.fleet[:, SHIFT_START]
        open_, close = self.windows[:, 0], self.windows[:, 1]
        if len(self.windows) == self.n_stops and not (
            (open_ > self.fleet[:, SHIFT_START].min()).any() or (close < self.fleet[:, SHIFT_END].max()).any()
        ):
            return ADDITIVE
        spans = (
            (self.fleet[:, MAX_DURATION] < shift).any()
            or (self.fleet[:, WAIT_RATE] > 0).any()
            or (self.fleet[:, LOADING_EACH] > 0).any()
            or (self.fleet[:, WORK_LIMIT] < NO_LIMIT).any()
        )
        return SPANS if spans else WINDOWS

    def restrict(self, stops: Ints, room: Ints | None = None) -> RichProblem:
        """Return the problem with only ``stops``, in rising order, and ``room[k]`` routes of class ``k``."""
        n = self.n_stops
        points = np.concatenate((stops, np.arange(n, self.cost.shape[1])))
        sizes = np.diff(self.window_first)[stops]
        window_first = np.concatenate(([0], np.cumsum(sizes)))
        rows = (
            np.arange(window_first[-1])
            - np.repeat(window_first[:-1], sizes)
            + np.repeat(self.window_first[stops], sizes)
        )
        fleet = self.fleet.copy()
        if room is not None:
            fleet[:, LIMIT] = room
        cost = _block(self.cost, points)
        return replace(
            self,
            xy=self.xy[stops],
            need=self.need[stops],
            baskets=self.baskets[stops],
            service=self.service[stops],
            prize=self.prize[stops],
            days=self.days[stops],
            may=self.may[stops],
            locked=self.locked[stops],
            windows=self.windows[rows],
            window_first=window_first,
            fleet=fleet,
            cost=cost,
            time=cost if self.time is self.cost else _block(self.time, points),
            length=_block(self.length[None], points)[0],
            extra=np.ascontiguousarray(self.extra[:, stops]),
            near=_restrict_near(self.near, self.near, stops, n)[0],
        )


def fleet_table(n_classes: int) -> Ints:
    """Return a table of classes without any limit."""
    fleet = np.zeros((n_classes, FLEET_COLUMNS), dtype=np.int64)
    for column in (CAP, CAP + 1, CAP + 2, LIMIT, SHIFT_END, MAX_DURATION, MAX_LENGTH):
        fleet[:, column] = NO_LIMIT
    fleet[:, WORK_LIMIT] = np.int64(1) << 60
    for column in (FIXED, PROFILE, HUB, LOADING, SHIFT_START):
        fleet[:, column] = 0
    return fleet


def _block(matrices: NDArray[np.int32], points: Ints) -> NDArray[np.int32]:
    if matrices.shape[-1] == 1:
        return matrices
    block: NDArray[np.int32] = _gather(matrices, points)
    return block


@nb.njit(nogil=True, cache=True)
def _gather(matrices, points):  # type: ignore[no-untyped-def]  # numba types it
    """Rows and columns ``points``; as of NumPy, but other threads go on meanwhile."""
    m = len(points)
    block = np.empty((matrices.shape[0], m, m), matrices.dtype)
    for profile in range(matrices.shape[0]):
        for i in range(m):
            row = matrices[profile, points[i]]
            for j in range(m):
                block[profile, i, j] = row[points[j]]
    return block


def _restrict_near(
    near: NDArray[np.int32], near_cost: NDArray[np.int32], stops: Ints, n: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    index = np.full(n, -1, dtype=np.int32)
    index[stops] = np.arange(len(stops), dtype=np.int32)
    kept: tuple[NDArray[np.int32], NDArray[np.int32]] = _keep(near, near_cost, stops, index)
    return kept


@nb.njit(nogil=True, cache=True)
def _keep(near, near_cost, stops, index):  # type: ignore[no-untyped-def]  # numba types it
    """Rows ``stops`` of the lists with only the stops that have an ``index``, which replaces them."""
    width = near.shape[1]
    kept = np.full((len(stops), width), -1, np.int32)
    kept_cost = np.zeros((len(stops), width), np.int32)
    for i in range(len(stops)):
        z = 0
        row = stops[i]
        for k in range(width):
            v = near[row, k]
            if v < 0:
                break
            if index[v] >= 0:
                kept[i, z] = index[v]
                kept_cost[i, z] = near_cost[row, k]
                z += 1
    return kept, kept_cost
