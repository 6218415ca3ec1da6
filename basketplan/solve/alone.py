"""Trips to one household alone: whether a vehicle can go there and come back, for many households at once.

With ``r`` the seconds of road, as many out as back, ``l`` for loading, ``v`` at the door and a window ``[w, z]``,
service begins at ``s = max(w, shift start + l + r)`` at the earliest, and loading need not begin before ``s − r − l``.
So there is such a trip where, for some window,

    s ≤ z,   s + v + r ≤ shift end,   l + v + 2 r ≤ longest trip,   metres out and back ≤ longest distance.

The same as :func:`~basketplan.solve.routing.timing.best_load_s` says of one stop, trip by trip.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basketplan import units
from basketplan.programme.checks.reach import longest_trip_s
from basketplan.programme.types import Household, Programme, Vehicle

__all__ = ["Doors"]

ANY_TIME = (0, 1_000_000)
"""Window of a household without any, in seconds after midnight."""


@dataclass(frozen=True)
class Doors:
    """Windows ``(n, most windows)``, seconds at the door and baskets ``(n,)`` of households."""

    opens: NDArray[np.int64]
    closes: NDArray[np.int64]
    service_s: NDArray[np.int64]
    baskets: NDArray[np.int64]

    @staticmethod
    def of(programme: Programme, people: Sequence[Household]) -> Doors:
        """Return those of ``people``; who has fewer windows than others has the first of them again."""
        windows = [person.windows or (ANY_TIME,) for person in people]
        most = max(map(len, windows), default=1)
        spans = np.array([[*some, *[some[0]] * (most - len(some))] for some in windows], dtype=np.int64)
        spans = spans.reshape(len(people), most, 2)
        return Doors(
            spans[:, :, 0],
            spans[:, :, 1],
            np.array([programme.service_s(person) for person in people], dtype=np.int64),
            np.array([person.total_baskets for person in people], dtype=np.int64),
        )

    def reached(self, vehicle: Vehicle, road_m: NDArray[np.int32], *, empty: bool = False) -> NDArray[np.bool_]:
        """Return ``(n,)`` to whom ``vehicle`` can make a trip alone, whatever it holds.

        Parameters
        ----------
        road_m
            ``(n,)`` metres of road from the hub, and as many back.
        empty
            Whether time for baskets does not count, neither for loading nor at the door.
        """
        start, end = vehicle.shift
        load = vehicle.loading + (0 if empty else vehicle.loading_per_basket * self.baskets)
        door = np.zeros_like(self.service_s) if empty else self.service_s
        road = units.travel_each_s(road_m, vehicle.speed)
        begins = np.maximum(self.opens, (start + load + road)[:, None])
        meets = (begins <= self.closes) & (begins + (door + road)[:, None] <= end)
        fits = load + door + 2 * road <= longest_trip_s(vehicle)
        if vehicle.max_trip_distance is not None:
            fits &= 2 * road_m.astype(np.int64) <= vehicle.max_trip_distance
        return np.asarray(fits & meets.any(axis=1))
