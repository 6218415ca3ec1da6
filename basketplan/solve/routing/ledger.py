"""Whether the vehicles of a hub can make all trips within the programme's days: limits that hold for any calendar.

For every vehicle class, and for every set of days ``D``, the trips whose common days all lie in ``D`` need

1. no more than ``number × trips per day × |D|`` trips;
2. where several trips fit in a day, no more than ``number × |D| × shift × FILL`` seconds;
3. where several trips fit in a day, at most ``number × |D|`` trips of over half a shift.

``D`` runs over the days that trips have in common and over all days; which day a trip gets is the calendar's work.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from basketplan.solve.types import RoutingProblem, VehicleClass

__all__ = ["FILL", "Ledger"]

FILL = 0.9
"""Part of a vehicle's shifts that trips can fill; the rest is lost where no trip fits in the gap."""

_Use = tuple[int, int, int]
"""Trips, seconds, trips of over half a shift."""


@dataclass
class Ledger:
    """Trips per vehicle class and days."""

    every_day: int
    """Bits of all days on which anything can be delivered."""
    used: dict[tuple[str, int], _Use] = field(default_factory=dict)

    @staticmethod
    def of(problem: RoutingProblem) -> Ledger:
        """Return an empty ledger for ``problem``."""
        return Ledger(int(np.bitwise_or.reduce(problem.days)))

    def admits(self, vehicle: VehicleClass, days: int, seconds: int) -> bool:
        """Tell whether ``vehicle`` can make one more trip of ``seconds`` on one of ``days``."""
        mine = {mask: use for (name, mask), use in self.used.items() if name == vehicle.id}
        for wide in {*mine, days, self.every_day}:
            if days & wide == days:
                inside = [use for mask, use in mine.items() if mask & wide == mask]
                inside.append(_use(vehicle, seconds))
                if not _fits(vehicle, wide.bit_count(), inside):
                    return False
        return True

    def add(self, vehicle: VehicleClass, days: int, seconds: int) -> None:
        """Take one more trip."""
        self._change(vehicle, days, _use(vehicle, seconds), 1)

    def remove(self, vehicle: VehicleClass, days: int, seconds: int) -> None:
        """Give a trip back."""
        self._change(vehicle, days, _use(vehicle, seconds), -1)

    def free(self, vehicle: VehicleClass) -> int:
        """Return how many more trips of ``vehicle`` there could be, if they were short and on any day."""
        used = sum(use[0] for (name, _), use in self.used.items() if name == vehicle.id)
        return max(0, vehicle.number * vehicle.trips_per_day * self.every_day.bit_count() - used)

    def _change(self, vehicle: VehicleClass, days: int, use: _Use, sign: int) -> None:
        before = self.used.pop((vehicle.id, days), (0, 0, 0))
        after = (before[0] + sign * use[0], before[1] + sign * use[1], before[2] + sign * use[2])
        if after[0]:
            self.used[vehicle.id, days] = after


def _use(vehicle: VehicleClass, seconds: int) -> _Use:
    return 1, seconds, int(2 * seconds > vehicle.shift_end_s - vehicle.shift_start_s)


def _fits(vehicle: VehicleClass, days: int, uses: list[_Use]) -> bool:
    unit_days = vehicle.number * days
    trips, seconds, long = (sum(column) for column in zip(*uses, strict=True))
    if trips > unit_days * vehicle.trips_per_day:
        return False
    shift = vehicle.shift_end_s - vehicle.shift_start_s
    one = trips <= unit_days and vehicle.trips_per_day == 1
    return one or (seconds <= unit_days * shift * FILL and long <= unit_days)
