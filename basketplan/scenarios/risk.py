"""How sure is this plan? A fixed plan carried out many times, in a world that differs from it each time.

Monte Carlo over :class:`~basketplan.scenarios.uncertainty.Uncertainty`. In each sample, as far as the plan says so:

1. a cooperative's lorries bring a part of each order, in whole packs, and come some days later;
2. a hub fills its baskets in the order of the plan from whatever has come of a product, whoever made it; a basket that
   is filled by the last day on which it could still be assembled for its trip goes on that trip, else it does not;
3. a vehicle drives its trips in their order, each as planned or as soon as the one before and its break are over, with
   the speed of its hub and day; a household whose windows have closed, or whose service would end after the shift, is
   passed by;
4. a household that is not in takes as long as one that is, and its baskets come back;
5. a household is served if all its baskets are there, it is in, and the vehicle comes in time. Nobody re-plans.
   One whose baskets come in several visits is served if every visit succeeds; it is in or out for all visits of a day.

Left out, so that results are on the optimistic side there: how many baskets a hub can assemble in a day when it catches
up; and on the pessimistic side: other products that could stand in, another attempt on another day.

Everything is arrays of ``(samples,)``, so that 1,000 samples of 4,000 households take seconds.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from basketplan import units
from basketplan.plan.risk import Dependence, Interval, Risk
from basketplan.plan.types import Plan, Shipment, Trip, VehicleDay
from basketplan.plan.visits import by_visit
from basketplan.programme.types import Household, Programme, household_of
from basketplan.scenarios.uncertainty import Uncertainty, sobol

__all__ = ["Dependence", "Interval", "Risk", "risk", "wilson"]

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
_WORST = 0.2
"""Part of the samples in which a cooperative does worst, against which the others are compared."""
_Z = 1.959964


def risk(plan: Plan, programme: Programme, uncertainty: Uncertainty, *, samples: int = 1000, seed: int = 0) -> Risk:
    """Carry ``plan`` out ``samples`` times.

    Parameters
    ----------
    plan
        A plan of ``programme`` that breaks no rule.
    seed
        Same seed, same draws.
    """
    world = _World(plan, by_visit(programme, plan), uncertainty, samples, seed)
    trip_of = {stop.household: trip for trip in plan.trips for stop in trip.stops}
    visits = sorted(trip_of, key=lambda visit: (household_of(visit), visit))
    row = {visit: number for number, visit in enumerate(visits)}
    goods = world.goods(row, trip_of)
    time = world.reached(row)
    is_in = world.draws_in([(household_of(visit), trip_of[visit].day) for visit in visits])
    by_day = _by_day(goods & time & is_in, visits, trip_of)
    whole = _Homes(visits, {household_of(item.household) for item in plan.unserved})
    goods, time, is_in = whole.all(goods), whole.all(time), whole.all(is_in)
    served = goods & time & is_in
    lost = {
        "goods": float((~goods).sum(axis=1).mean()),
        "absence": float((goods & ~is_in).sum(axis=1).mean()),
        "time": float((goods & is_in & ~time).sum(axis=1).mean()),
    }
    count = served.sum(axis=1)
    all_planned = whole.number == len(programme.households)
    everybody = served.all(axis=1) & all_planned
    everybody_in = (served | ~is_in).all(axis=1) & all_planned
    return Risk(
        samples=samples,
        seed=seed,
        uncertainty=uncertainty.name,
        households=len(programme.households),
        planned=whole.number,
        served=_mean(count.astype(np.float64)),
        tenth=int(np.quantile(count, 0.1, method="lower")) if len(count) else 0,
        everybody=wilson(int(everybody.sum()), samples),
        everybody_in=wilson(int(everybody_in.sum()), samples),
        lost_by=lost,
        by_day=by_day,
        depends_on=world.dependence((~(goods & time)).sum(axis=1).astype(np.float64)),
    )


class _Homes:
    """From visits to the households that the plan serves wholly; ``visits`` of a household follow each other."""

    def __init__(self, visits: Sequence[str], lacking: set[str]) -> None:
        homes = [household_of(visit) for visit in visits]
        self.kept = [number for number, home in enumerate(homes) if home not in lacking]
        kept = [homes[number] for number in self.kept]
        self.starts = [place for place, home in enumerate(kept) if place == 0 or home != kept[place - 1]]
        self.number = len(self.starts)

    def all(self, visits: Bools) -> Bools:
        """Return ``(samples, households)`` where something holds for all visits."""
        held: Bools = np.logical_and.reduceat(visits[:, self.kept], np.array(self.starts, dtype=np.int64), axis=1)
        return held


class _World:
    """The draws of all samples, and what they do to a plan."""

    def __init__(self, plan: Plan, programme: Programme, uncertainty: Uncertainty, samples: int, seed: int) -> None:
        self.plan, self.programme, self.uncertainty, self.samples = plan, programme, uncertainty, samples
        self.cooperatives = sorted({item.cooperative for item in plan.shipments})
        self.hub_days = sorted({(trip.hub, trip.day) for trip in plan.trips})
        drawn = sobol(samples, 2 * len(self.cooperatives) + len(self.hub_days), seed)
        n = len(self.cooperatives)
        self.part = {
            coop: np.clip(uncertainty.supply_of(coop).at(drawn[:, k]), 0.0, 1.0)
            for k, coop in enumerate(self.cooperatives)
        }
        self.late = {coop: uncertainty.delay_of(coop).at(drawn[:, n + k]) for k, coop in enumerate(self.cooperatives)}
        self.speed = {key: uncertainty.speeds(drawn[:, 2 * n + k]) for k, key in enumerate(self.hub_days)}
        self.latest: dict[tuple[str, dt.date], int] = {}
        self.rng = np.random.default_rng([seed, 1])
        self.first = programme.calendar.first_day.toordinal()
        self.n_days = programme.calendar.last_day.toordinal() - self.first + 1

    def draws_in(self, doors: Sequence[tuple[str, dt.date]]) -> Bools:
        """Return ``(samples, visits)`` whether somebody is in, which is the same for all visits to a door on a day."""
        column = {door: number for number, door in enumerate(dict.fromkeys(doors))}
        drawn = self.rng.random((self.samples, len(column))) >= self.uncertainty.absence
        return drawn[:, [column[door] for door in doors]]

    def goods(self, row: Mapping[str, int], trip_of: Mapping[str, Trip]) -> Bools:
        """Return ``(samples, visits)`` whose baskets are all there for their trip."""
        there = np.ones((self.samples, len(row)), dtype=np.bool_)
        product = {item.id: item for item in self.plan.shipments}
        by_hub: dict[str, list[int]] = defaultdict(list)
        for number, basket in enumerate(self.plan.baskets):
            by_hub[basket.hub].append(number)
        for hub, numbers in sorted(by_hub.items()):
            baskets = sorted((self.plan.baskets[k] for k in numbers), key=lambda item: (item.assembled, item.id))
            needs: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
            so_far: dict[str, int] = defaultdict(int)
            for position, basket in enumerate(baskets):
                packs: dict[str, int] = defaultdict(int)
                for lot in basket.lots:
                    packs[product[lot.shipment].product] += lot.packs
                for name, count in packs.items():
                    so_far[name] += count
                    needs[name][0].append(position)
                    needs[name][1].append(so_far[name])
            ready = self._ready(hub, len(baskets), needs)
            for position, basket in enumerate(baskets):
                home = basket.household
                if home is not None and home in row:
                    there[:, row[home]] &= ready[:, position] <= self._latest(hub, trip_of[home])
        return there

    def _ready(
        self, hub: str, baskets: int, needs: Mapping[str, tuple[Sequence[int], Sequence[int]]]
    ) -> NDArray[np.int64]:
        """Return ``(samples, baskets)`` the first day on which a basket can be filled."""
        ready = np.zeros((self.samples, baskets), dtype=np.int64)
        shipments: dict[str, list[Shipment]] = defaultdict(list)
        for item in self.plan.shipments:
            if item.hub == hub:
                shipments[item.product].append(item)
        for name, (positions, amounts) in sorted(needs.items()):
            come = np.zeros((self.samples, self.n_days + 1), dtype=np.int64)
            every = np.arange(self.samples)
            for item in shipments[name]:
                day = item.arrives.toordinal() - self.first + self.late[item.cooperative]
                packs = np.floor(item.packs * self.part[item.cooperative] + 1e-9).astype(np.int64)
                np.add.at(come, (every, np.minimum(day, self.n_days)), packs)
            total = np.cumsum(come[:, : self.n_days], axis=1)
            wanted = np.asarray(amounts)
            for sample in range(self.samples):
                days = np.searchsorted(total[sample], wanted)
                np.maximum(ready[sample, positions], days, out=days)
                ready[sample, positions] = days
        return ready

    def _latest(self, hub: str, trip: Trip) -> int:
        """Return the last day on which a basket of ``trip`` can be assembled."""
        if (hub, trip.day) not in self.latest:
            wait = self.programme.hub[hub].ready_after
            days = [day.toordinal() for day in self.programme.hub_days(self.programme.hub[hub])]
            last = max((day for day in days if day + wait <= trip.day.toordinal()), default=self.first - 1)
            self.latest[hub, trip.day] = last - self.first
        return self.latest[hub, trip.day]

    def reached(self, row: Mapping[str, int]) -> Bools:
        """Return ``(samples, visits)`` to which the vehicle comes in time."""
        reached = np.zeros((self.samples, len(row)), dtype=np.bool_)
        trips = {trip.id: trip for trip in self.plan.trips}
        for duty in self.plan.vehicle_days:
            free = np.zeros(self.samples)
            for name in duty.trips:
                trip = trips[name]
                free = self._drive(trip, np.maximum(float(trip.load_s), free), reached, row)
                free += _break_after(duty, trip)
        return reached

    def _drive(self, trip: Trip, now: Floats, reached: Bools, row: Mapping[str, int]) -> Floats:
        """Drive one trip that begins to load at ``now``; return when it is back."""
        vehicle, speed = self.programme.vehicle[trip.vehicle], self.speed[trip.hub, trip.day]
        now = now + (trip.depart_s - trip.load_s)
        gone = 0
        for stop in trip.stops:
            home = self.programme.household[stop.household]
            now = now + units.travel_s(stop.leg_m, vehicle.speed) / speed
            gone += stop.leg_m
            start = _open(home, now)
            end = start + self.programme.service_s(home)
            in_time = end <= vehicle.shift[1] + 0.5
            reached[:, row[stop.household]] = in_time
            now = np.where(in_time, end, now)
        return now + units.travel_s(max(0, trip.distance_m - gone), vehicle.speed) / speed

    def dependence(self, lost: Floats) -> tuple[Dependence, ...]:
        """Return the cooperatives in whose worst samples more households are lost, beyond chance."""
        paid: dict[str, int] = defaultdict(int)
        for item in self.plan.shipments:
            paid[item.cooperative] += item.cost_centimes
        found = []
        for coop in self.cooperatives:
            bad = (1 - self.part[coop]) + self.late[coop]
            edge = np.quantile(bad, 1 - _WORST, method="lower")
            worst = bad > edge if (bad > edge).any() else bad >= edge
            if worst.all() or not worst.any():
                continue
            here, there = lost[worst], lost[~worst]
            gap = float(here.mean() - there.mean())
            error = math.sqrt(float(here.var()) / len(here) + float(there.var()) / len(there))
            if gap - _Z * error > 0:
                interval = Interval(value=gap, low=gap - _Z * error, high=gap + _Z * error)
                found.append(Dependence(cooperative=coop, lost_more=interval, orders_centimes=paid[coop]))
        return tuple(sorted(found, key=lambda item: (-item.lost_more.value, item.cooperative)))


def _open(home: Household, now: Floats) -> Floats:
    """Return when service starts: at once, at the opening of a window, or never."""
    if not home.windows:
        return now
    start = np.full_like(now, math.inf)
    for opens, closes in sorted(home.windows, reverse=True):
        start = np.where(now <= closes + 0.5, np.maximum(now, float(opens)), start)
    return start


def _break_after(duty: VehicleDay, trip: Trip) -> float:
    """Return the seconds of the break that follows a trip."""
    later = [item for item in duty.breaks if item.start_s >= trip.return_s]
    number = duty.trips.index(trip.id)
    if not later or number + 1 == len(duty.trips):
        return 0.0
    return float(later[0].end_s - later[0].start_s)


def _by_day(served: Bools, names: Sequence[str], trip_of: Mapping[str, Trip]) -> tuple[tuple[str, int, float], ...]:
    columns: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names):
        columns[trip_of[name].day.isoformat()].append(number)
    rows = [(day, len(some), float((~served[:, some]).sum(axis=1).mean())) for day, some in sorted(columns.items())]
    return tuple(sorted(rows, key=lambda item: (-item[2], item[0])))


def _mean(values: Floats) -> Interval:
    mean = float(values.mean())
    error = float(values.std(ddof=1)) / math.sqrt(len(values)) if len(values) > 1 else 0.0
    return Interval(value=mean, low=mean - _Z * error, high=mean + _Z * error)


def wilson(hits: int, number: int) -> Interval:
    """Return a probability with its interval (Wilson 1927), which is sensible at 0 and 1 too."""
    part, square = hits / number, _Z**2
    centre = (part + square / (2 * number)) / (1 + square / number)
    half = _Z * math.sqrt(part * (1 - part) / number + square / (4 * number**2)) / (1 + square / number)
    return Interval(value=part, low=max(0.0, centre - half), high=min(1.0, centre + half))
