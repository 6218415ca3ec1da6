"""Matrices of the search for some of a hub's stops: metres, seconds and costs of all roads between them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numba as nb
import numpy as np
from numpy.typing import NDArray

from basketplan import units
from basketplan.solve.types import IntArray
from basketplan.travel.distance import detour_knots
from basketplan.travel.roads import PlaceRoads, Roads

__all__ = ["Profile", "RoadBlocks", "block_metres"]


@dataclass(frozen=True, kw_only=True)
class Profile:
    """What a road costs and how long it takes, for all vehicle classes that agree in it."""

    speed_kmh: float
    per_m: float
    """Centimes."""
    per_s: float
    seconds: NDArray[np.int32] | None = None
    """``(n_points, n_points)`` where driving does not follow from road and speed."""


@dataclass(frozen=True, kw_only=True)
class RoadBlocks:
    """The roads of ``points``, stops of the search in order; the hub, point 0, is behind them."""

    roads: Roads
    points: IntArray
    """``(n,)`` points of the routing problem."""
    profiles: tuple[Profile, ...]
    scale: float
    """Cost units of the search per centime."""
    limited: bool
    """Whether any trip is limited by length."""
    zone: IntArray
    """``(n_points,)`` of the routing problem; 0 or empty: none."""
    zone_change: int
    """Centimes for a road between two zones."""

    def take(self, stops: IntArray) -> RoadBlocks:
        """Return the blocks of only some stops."""
        return replace(self, points=self.points[stops])

    def matrices(self) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
        """Return ``cost`` and ``time (n_profiles, n + 1, n + 1)`` and ``length (n + 1, n + 1)``; one 0 if unlimited."""
        rows = np.append(self.points, 0)
        metres = block_metres(self.roads, rows)
        times = np.empty((len(self.profiles), len(rows), len(rows)), dtype=np.int32)
        costs = np.empty_like(times)
        for k, profile in enumerate(self.profiles):
            times[k] = self._seconds(profile, metres, rows[:, None], rows[None, :])
            costs[k] = np.rint((metres * profile.per_m + times[k] * profile.per_s) * self.scale)
        if self.zone_change and len(self.zone):
            costs += self._changes(rows[:, None], rows[None, :])
        return costs, times, metres if self.limited else np.zeros((1, 1), dtype=np.int32)

    def arcs(self, profiles: IntArray, here: IntArray, there: IntArray) -> IntArray:
        """Return the costs of single roads between stops; the hub is stop ``n``."""
        rows = np.append(self.points, 0)
        result = np.zeros(np.broadcast(profiles, here, there).shape, dtype=np.int64)
        for k, profile in enumerate(self.profiles):
            mine = np.flatnonzero(profiles == k)
            a, b = rows[here[mine]], rows[there[mine]]
            metres = self.roads.between(a, b)
            seconds = self._seconds(profile, metres, a, b)
            result[mine] = np.rint((metres * profile.per_m + seconds * profile.per_s) * self.scale)
        if self.zone_change and len(self.zone):
            result += self._changes(rows[here], rows[there])
        return result

    def drive_s(self, here: IntArray, there: IntArray) -> IntArray:
        """Return the seconds of single roads between stops, by broadcasting, for the first profile."""
        a, b = self.points[here], self.points[there]
        return self._seconds(self.profiles[0], self.roads.between(a, b), a, b)

    def _changes(self, a: IntArray, b: IntArray) -> NDArray[np.int32]:
        """Return what roads cost more because they go from one zone to another."""
        one, two = self.zone[a], self.zone[b]
        changes = (one != two) & (one > 0) & (two > 0)
        more: NDArray[np.int32] = changes.astype(np.int32) * np.int32(round(self.zone_change * self.scale))
        return more

    @staticmethod
    def _seconds(profile: Profile, metres: NDArray[np.int32], a: IntArray, b: IntArray) -> IntArray:
        if profile.seconds is None:
            return units.travel_each_s(metres, profile.speed_kmh)
        return profile.seconds[a, b].astype(np.int64)


def block_metres(roads: Roads, points: IntArray) -> NDArray[np.int32]:
    """Return the ``(n, n)`` metres of road between ``points``.

    From places by a compiled copy of :func:`basketplan.travel.distance.block_m`, which is several times as fast; trips
    are timed with the original.
    """
    if not isinstance(roads, PlaceRoads) or not len(points):
        return roads.between(points[:, None], points[None, :])
    knots, ratios = detour_knots(roads.travel)
    made: NDArray[np.int32] = _metres(np.radians(roads.lat[points]), np.radians(roads.lon[points]), knots, ratios)
    return made


@nb.njit(cache=True, nogil=True)
def _metres(phi, lam, knots, ratios):  # type: ignore[no-untyped-def]  # numba types it
    """Straight line on the WGS 84 ellipsoid times the interpolated detour."""
    e2 = (2 - 1 / 298.257223563) / 298.257223563
    n = len(phi)
    found = np.zeros((n, n), np.int32)
    last = len(knots) - 1
    for i in range(n):
        for j in range(i + 1, n):
            mean = (phi[i] + phi[j]) / 2
            w2 = 1 - e2 * np.sin(mean) ** 2
            w = np.sqrt(w2)
            north = 6_378_137.0 * (1 - e2) / (w2 * w) * (phi[j] - phi[i])
            east = 6_378_137.0 / w * np.cos(mean) * (lam[j] - lam[i])
            line = np.sqrt(north * north + east * east)
            k = 0
            while k < last and line > knots[k + 1]:
                k += 1
            if line <= knots[0] or last == 0:
                ratio = ratios[0]
            elif line >= knots[last]:
                ratio = ratios[last]
            else:
                ratio = ratios[k] + (ratios[k + 1] - ratios[k]) / (knots[k + 1] - knots[k]) * (line - knots[k])
            metres = np.int32(np.rint(line * ratio))
            found[i, j] = metres
            found[j, i] = metres
    return found
