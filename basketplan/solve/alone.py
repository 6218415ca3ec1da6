"""Trips to one household alone: whether a vehicle can go there and come back, for many households at once.

With ``o`` and ``b`` the seconds out and back, ``l`` for loading, ``v`` at the door and a window ``[w, z]``, service
begins at ``s = max(w, shift start + l + o)`` at the earliest, and loading need not begin before ``s − o − l``. So there
is such a trip where, for some window,

    s ≤ z,   s + v + b ≤ shift end,   l + o + v + b ≤ longest trip,   metres out and back ≤ longest distance.

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

Metres = NDArray[np.int32]


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

    def reached(self, vehicle: Vehicle, out_m: Metres, back_m: Metres, *, empty: bool = False) -> NDArray[np.bool_]:
        """Return ``(n,)`` to whom ``vehicle`` can make a trip alone, whatever it holds.

        Parameters
        ----------
        out_m, back_m
            ``(n,)`` metres of road from the hub and back.
        empty
            Whether time for baskets does not count, neither for loading nor at the door.
        """
        start, end = vehicle.shift
        load = vehicle.loading + (0 if empty else vehicle.loading_per_basket * self.baskets)
        door = np.zeros_like(self.service_s) if empty else self.service_s
        out, back = units.travel_each_s(out_m, vehicle.speed), units.travel_each_s(back_m, vehicle.speed)
        begins = np.maximum(self.opens, (start + load + out)[:, None])
        meets = (begins <= self.closes) & (begins + (door + back)[:, None] <= end)
        fits = load + out + door + back <= longest_trip_s(vehicle)
        if vehicle.max_trip_distance is not None:
            fits &= out_m.astype(np.int64) + back_m <= vehicle.max_trip_distance
        return np.asarray(fits & meets.any(axis=1))
