"""Which vehicle of a class makes which trips of a day: work spread evenly over vehicles, each in its own part of town.

A vehicle stands for its driver. Drivers should work as long and carry as much as each other, over all days, and go
where they know the doors. Money does not come into it: vehicles of a class cost the same, and no vehicle-day is added.

Data
    duties (the trips of one vehicle on one day), trips with seconds, baskets and the places of their stops; vehicles,
    each on at most one duty a day.
Objective
    how far stops lie from the middle of all stops of their vehicle, as a part of how far they lie from the middle of
    all (the sum of squares of k-means), plus ``EVEN`` times the variance of hours and that of baskets between vehicles,
    each in squares of its mean. All of it is a sum over vehicles, of what adds up over their trips.
Method
    In turn, as long as that gains: (1) day after day duties are given to vehicles anew, by linear assignment, all other
    days as they are; (2) trips of one day are exchanged between two duties, or go from one to the other, where times
    allow. It begins with the days in two orders, and the better outcome is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

__all__ = ["EVEN", "Held", "Load", "share_out"]

EVEN = 16.0
"""What evenness weighs. On sac-4000, four vans of one hub: 16 keeps their hours between 18.3 and 20.7 and brings stops
7 % nearer to the middle of their vehicle than evenness alone; 4 brings them 11 % nearer, with 17.5 to 20.7 hours."""
PASSES = 30
LEAST = 1e-9

Floats = NDArray[np.float64]
Fits = Callable[[Sequence[int]], bool]


@dataclass(frozen=True, kw_only=True)
class Load:
    """A trip as its driver feels it."""

    seconds: int
    baskets: int
    places: Floats
    """``(n_stops, 2)`` metres."""

    def sums(self) -> list[float]:
        """Return what adds up over the trips of a vehicle: seconds, baskets, stops, their places and squares."""
        east, north = self.places.sum(axis=0).tolist()
        return [self.seconds, self.baskets, len(self.places), east, north, float((self.places**2).sum())]


@dataclass(frozen=True)
class Held:
    """A duty with its vehicle."""

    day: int
    unit: int
    """From 1."""
    trips: tuple[int, ...]


def share_out(
    loads: Sequence[Load], duties: Iterable[tuple[int, Sequence[int]]], number: int, fits: Fits
) -> list[Held]:
    """Return duties with units and perhaps other trips of the same day.

    Parameters
    ----------
    loads
        Of the trips of one vehicle class.
    duties
        Day, and the trips as indices into ``loads``; all of them fit.
    number
        How many units there are, at least as many as there are duties on any day.
    fits
        Tells whether a unit can make these trips in one day.
    """
    given = [(day, list(trips)) for day, trips in duties]
    if not given:
        return []
    days = sorted({day for day, _ in given})
    counts = {day: sum(other == day for other, _ in given) for day in days}
    busiest = sorted(days, key=lambda day: (-counts[day], day))
    tries = [_Sharing(loads, given, number, fits).settle(order) for order in (days, busiest)]
    best = min(tries, key=lambda sharing: sharing.value())
    return [
        Held(day, int(unit) + 1, tuple(trips))
        for (day, _), unit, trips in zip(given, best.unit, best.trips, strict=True)
    ]


class _Sharing:
    """Duties while they are shared out."""

    def __init__(
        self, loads: Sequence[Load], duties: Sequence[tuple[int, Sequence[int]]], number: int, fits: Fits
    ) -> None:
        self.loads = np.array([load.sums() for load in loads])
        self.trips = [list(trips) for _, trips in duties]
        self.rows: dict[int, list[int]] = {}
        for index, (day, _) in enumerate(duties):
            self.rows.setdefault(day, []).append(index)
        self.fits = fits
        self.unit = np.full(len(duties), -1, dtype=np.int64)
        self.totals = np.zeros((number, self.loads.shape[1]))
        whole = self.loads.sum(axis=0)
        self.spread = max(1.0, float(_scatter(whole)))
        self.mean = np.maximum(1.0, whole[:2] / number)

    def value(self) -> float:
        """Return the objective; lower is better."""
        return float(self._of(self.totals).sum())

    def settle(self, days: Sequence[int]) -> _Sharing:
        """Improve until nothing gains; duties get their first vehicles in the order of ``days``."""
        for _ in range(PASSES):
            gained = sum(self._assign(day) for day in days) + sum(self._exchange(day) for day in days)
            if gained < LEAST:
                break
        return self

    def _of(self, sums: Floats) -> Floats:
        uneven = ((sums[..., :2] / self.mean) ** 2).sum(axis=-1) / len(self.totals)
        value: Floats = _scatter(sums) / self.spread + EVEN * uneven
        return value

    def _sums(self, duty: int) -> Floats:
        sums: Floats = self.loads[self.trips[duty]].sum(axis=0)
        return sums

    def _assign(self, day: int) -> float:
        """Give the duties of ``day`` to the units for which they are best; return the gain."""
        duties = self.rows[day]
        sums = np.array([self._sums(duty) for duty in duties])
        fresh = bool((self.unit[duties] < 0).any())
        before = np.inf if fresh else self.value()
        if not fresh:
            self.totals[self.unit[duties]] -= sums
        more = self._of(self.totals[:, None, :] + sums[None, :, :]) - self._of(self.totals)[:, None]
        units, which = linear_sum_assignment(more)
        self.unit[np.array(duties)[which]] = units
        self.totals[units] += sums[which]
        return 1.0 if fresh else before - self.value()

    def _exchange(self, day: int) -> float:
        """Exchange trips between the duties of ``day`` where that gains, the best first; return the gain."""
        return sum(self._swap(*promise) for promise in self._promising(day))

    def _promising(self, day: int) -> list[tuple[int, int, int | None, int | None]]:
        """Return exchanges that gain as things are: two duties, a trip of the first, and one of the second or none."""
        duties = np.array(self.rows[day])
        owner = np.repeat(np.arange(len(duties)), [len(self.trips[duty]) for duty in duties])
        trips = np.array([trip for duty in duties for trip in self.trips[duty]])
        # Rows: trips that leave. Columns: trips that come for them, then duties that give nothing.
        shift = np.concatenate((self.loads[trips], np.zeros((len(duties), self.loads.shape[1]))))
        column = np.concatenate((owner, np.arange(len(duties))))
        totals = self.totals[self.unit[duties]]
        more = shift[None, :, :] - self.loads[trips][:, None, :]
        after = self._of(totals[owner][:, None, :] + more) + self._of(totals[column][None, :, :] - more)
        gain = self._of(totals)[owner][:, None] + self._of(totals)[column][None, :] - after
        gain[owner[:, None] == column[None, :]] = 0.0
        rows, columns = np.nonzero(gain > LEAST)
        order = np.argsort(-gain[rows, columns], kind="stable")
        found: list[tuple[int, int, int | None, int | None]] = []
        for row, other in zip(rows[order].tolist(), columns[order].tolist(), strict=True):
            come = int(trips[other]) if other < len(trips) else None
            found.append((int(duties[owner[row]]), int(duties[column[other]]), int(trips[row]), come))
        return found

    def _swap(self, one: int, two: int, a: int | None, b: int | None) -> float:
        """Let trip ``a`` of duty ``one`` and ``b`` of ``two`` change places, if both are there; return the gain."""
        if (a is not None and a not in self.trips[one]) or (b is not None and b not in self.trips[two]):
            return 0.0
        nothing = np.zeros(self.loads.shape[1])
        shift = (nothing if b is None else self.loads[b]) - (nothing if a is None else self.loads[a])
        units = self.unit[[one, two]]
        moved = self.totals[units] + np.array([shift, -shift])
        gain = float((self._of(self.totals[units]) - self._of(moved)).sum())
        if gain < LEAST:
            return 0.0
        first = [trip for trip in self.trips[one] if trip != a] + ([] if b is None else [b])
        second = [trip for trip in self.trips[two] if trip != b] + ([] if a is None else [a])
        if not first or not second or not self.fits(first) or not self.fits(second):
            return 0.0
        self.trips[one], self.trips[two] = first, second
        self.totals[units] = moved
        return gain


def _scatter(sums: Floats) -> Floats:
    """Return the sum of squares of places around their middle."""
    scatter: Floats = sums[..., 5] - (sums[..., 3] ** 2 + sums[..., 4] ** 2) / np.maximum(1.0, sums[..., 2])
    return scatter
