"""Roads between the points of a problem, without a matrix of all pairs unless one was given.

A million stops have 10¹² pairs; a plan needs a few hundred of each stop. So problems hold :class:`Roads`, and ask for
the pairs that they look at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from basketplan.programme.types import Travel
from basketplan.travel.distance import road_m, straight_m

__all__ = ["PlaceRoads", "Roads", "TableRoads"]


class Roads(Protocol):
    """Metres of road between points that are numbered from 0."""

    def between(self, here: ArrayLike, there: ArrayLike) -> NDArray[np.int32]:
        """Return whole metres from points ``here`` to points ``there``, by broadcasting."""

    def longest_m(self) -> int:
        """Return metres that no road exceeds."""

    def take(self, points: NDArray[np.int64]) -> Roads:
        """Return the roads of only some points; point ``i`` of them is ``points[i]``."""


@dataclass(frozen=True)
class PlaceRoads:
    """Roads worked out from places when they are asked for: straight line times detour."""

    travel: Travel
    lat: NDArray[np.float64]
    """``(n_points,)`` degrees."""
    lon: NDArray[np.float64]

    def between(self, here: ArrayLike, there: ArrayLike) -> NDArray[np.int32]:
        """Return whole metres from points ``here`` to points ``there``, by broadcasting."""
        a, b = np.asarray(here, dtype=np.int64), np.asarray(there, dtype=np.int64)
        return road_m(self.travel, straight_m(self.lat[a], self.lon[a], self.lat[b], self.lon[b]))

    def longest_m(self) -> int:
        """Return metres that no road exceeds: from corner to corner of all places, and a tenth more."""
        south, north, west, east = self.lat.min(), self.lat.max(), self.lon.min(), self.lon.max()
        return int(1.1 * road_m(self.travel, straight_m(south, west, north, east)))

    def take(self, points: NDArray[np.int64]) -> PlaceRoads:
        """Return the roads of only some points."""
        return PlaceRoads(self.travel, self.lat[points], self.lon[points])


@dataclass(frozen=True)
class TableRoads:
    """Roads from a table of all pairs, which need not be symmetric."""

    metres: NDArray[np.int32]
    """``(n_points, n_points)``: from the row's point to the column's."""

    def between(self, here: ArrayLike, there: ArrayLike) -> NDArray[np.int32]:
        """Return whole metres from points ``here`` to points ``there``, by broadcasting."""
        found: NDArray[np.int32] = self.metres[np.asarray(here, dtype=np.int64), np.asarray(there, dtype=np.int64)]
        return found

    def longest_m(self) -> int:
        """Return metres that no road exceeds."""
        return int(self.metres.max(initial=0))

    def take(self, points: NDArray[np.int64]) -> TableRoads:
        """Return the roads of only some points."""
        return TableRoads(self.metres[np.ix_(points, points)])
