"""Routes as arrays: what parts, kernels and snapshots hand to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Ints", "Routes"]

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Routes:
    """Stops in order, route after route: route ``r`` is ``stops[first[r] : first[r + 1]]``, of class ``classes[r]``."""

    stops: Ints
    first: Ints
    classes: Ints
    chosen: Ints
    """``(n,)`` the window in which each stop is served, as an index into the windows of the problem."""

    def __len__(self) -> int:
        return len(self.classes)

    @staticmethod
    def of(routes: Sequence[Sequence[int]], classes: Sequence[int], chosen: Ints) -> Routes:
        """Return the arrays for ``routes``."""
        sizes = np.array([len(route) for route in routes], dtype=np.int64)
        stops = np.array([stop for route in routes for stop in route], dtype=np.int64)
        return Routes(stops, np.concatenate(([0], np.cumsum(sizes))), np.array(classes, dtype=np.int64), chosen)

    def lists(self) -> list[list[int]]:
        """Return a list of stops per route."""
        return [self.stops[a:b].tolist() for a, b in zip(self.first[:-1], self.first[1:], strict=True)]

    def owner(self, n_stops: int) -> Ints:
        """Return the route of every stop, -1 for those without."""
        owner = np.full(n_stops, -1, dtype=np.int64)
        owner[self.stops] = np.repeat(np.arange(len(self)), np.diff(self.first))
        return owner

    def take(self, numbers: Ints) -> Routes:
        """Return only the routes ``numbers``, in their order."""
        sizes = np.diff(self.first)[numbers]
        first = np.concatenate(([0], np.cumsum(sizes)))
        rows = np.arange(first[-1]) - np.repeat(first[:-1], sizes) + np.repeat(self.first[:-1][numbers], sizes)
        return Routes(self.stops[rows], first, self.classes[numbers], self.chosen)
