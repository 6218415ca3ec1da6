"""Which hub serves which household: a min-cost flow.

Data
    households ``i`` with ``q_i`` baskets, priority ``w_i`` and road distance ``d_ij`` to hub ``j``;
    ``a_j`` the baskets hub ``j`` can assemble from the day on which goods for one may be there
    (:mod:`~basketplan.solve.first_goods`), on all days that still allow a delivery.
Flow (baskets, integers)
    ``serve[i,j]`` from household to hub, ``full[i]`` for baskets that no hub can take, ``pack[j]`` and
    ``rush[j]`` from hub to the sink.
Constraints
    (1) each household's baskets go to hubs or are left: Σ_j serve[i,j] + full[i] = q_i;
    (2) serve[i,j] exists only if the hub's zones and radius allow it and a vehicle there enters the access
        class, carries the household's whole load, can bring it in a trip of its own and be back in time
        (:mod:`~basketplan.solve.alone`), and works on a day on which somebody is home;
    (3) Σ_i serve[i,j] = pack[j] + rush[j] ≤ a_j, where ``pack[j]`` is also within the fleet's estimate.
Objective
    metres, plus ``RUSH_M`` per basket beyond the fleet's estimate, plus ``LEFT_M × w_i`` per basket left.

A household whose baskets the flow splits over hubs goes to the hub with the larger part (the nearer one when
equal); one that no hub can take goes to the nearest that may serve it. So hubs may be over-full: who is left out
then, the allocation decides, which levels zones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basketplan import units
from basketplan.plan.types import StageReport
from basketplan.programme.types import Household, Hub, Programme, Vehicle
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.solve.alone import Doors
from basketplan.solve.first_goods import first_packing
from basketplan.solve.fleet import basket_load, daily_baskets
from basketplan.solve.types import Left, Territory
from basketplan.travel.distance import block_m

NEAREST = 6
"""Hubs per household that the flow may choose from."""
STEP_M = 10
"""Distances are counted in steps of this many metres, to keep costs small."""
RUSH_M = 50_000
LEFT_M = 20_000_000

BoolArray = NDArray[np.bool_]


def territory(programme: Programme, *, reporter: Reporter | None = None) -> Territory:
    """Give each household of ``programme`` to a hub, near and within what hubs can assemble."""
    (reporter or QuietReporter()).update(
        Progress(stage="territory", message="households to hubs", total=len(programme.households))
    )
    people = sorted(programme.households, key=lambda item: item.id)
    hubs = sorted(programme.hubs, key=lambda item: item.id)
    distance = block_m(
        programme.travel,
        [item.lat for item in people],
        [item.lon for item in people],
        [item.place.lat for item in hubs],
        [item.place.lon for item in hubs],
    )
    allowed, left = _allowed(programme, people, hubs, distance)
    room = [
        assembly_room(programme, hub, first) for hub, first in zip(hubs, first_packing(programme, hubs), strict=True)
    ]
    chosen = _flow(programme, people, hubs, distance, allowed, room)
    hub_of: dict[str, str] = {}
    total_m = 0
    for index, household in enumerate(people):
        if not allowed[index].any():
            continue
        hub_of[household.id] = hubs[chosen[index]].id
        total_m += int(distance[index, chosen[index]]) * household.total_baskets
    left.sort(key=lambda item: item.household)
    report = StageReport(
        stage="territory",
        status="optimal",
        value=float(total_m),
        detail=f"{len(hub_of)} of {len(people)} households have a hub; value: metres of road × baskets",
    )
    return Territory(hub_of=hub_of, left=tuple(left), report=report)


def delivery_day(programme: Programme, hub: Hub, day: int) -> int | None:
    """Return the first working day (index) on which a basket assembled on ``day`` may leave ``hub``."""
    earliest = programme.working_days[day] + dt.timedelta(days=hub.ready_after)
    open_days = set(programme.hub_days(hub))
    for index, date in enumerate(programme.working_days):
        if date >= earliest and date in open_days:
            return index
    return None


def assembly_room(programme: Programme, hub: Hub, first: int) -> int | None:
    """Return how many baskets ``hub`` can assemble from day ``first`` in time for a delivery; none: no limit."""
    if hub.assembly is None:
        return None
    index = {date: day for day, date in enumerate(programme.working_days)}
    days = [index[date] for date in programme.hub_days(hub) if index[date] >= first]
    return hub.assembly * sum(1 for day in days if delivery_day(programme, hub, day) is not None)


@dataclass(frozen=True)
class _Fit:
    """Which vehicles at a hub (ids) can bring a kind of household its baskets, and whether a day suits; times aside."""

    enter: frozenset[str]
    carry: frozenset[str]
    """Of those that enter."""
    meets: bool


def _fit(programme: Programme, household: Household, hub: Hub, loads: Mapping[str, tuple[int, int]]) -> _Fit:
    here = [item for item in programme.vehicles if item.number.get(hub.id, 0) > 0]
    entering = [item for item in here if household.access in item.access]
    weight = sum(loads[basket][0] * count for basket, count in household.baskets.items())
    volume = sum(loads[basket][1] * count for basket, count in household.baskets.items())
    carrying = [item for item in entering if _carries(item, weight, volume, household.total_baskets)]
    index = {date: day for day, date in enumerate(programme.working_days)}
    ready = [delivery_day(programme, hub, index[date]) for date in programme.hub_days(hub)]
    first = min((day for day in ready if day is not None), default=len(index))
    common = set(programme.home_days(household)) & set(programme.hub_days(hub))
    return _Fit(
        frozenset(item.id for item in entering),
        frozenset(item.id for item in carrying),
        any(index[date] >= first for date in common),
    )


def _carries(vehicle: Vehicle, weight_g: int, volume_ml: int, baskets: int) -> bool:
    limits = (
        (vehicle.max_weight, weight_g), (vehicle.max_volume, volume_ml), (vehicle.max_baskets, baskets)
    )  # fmt: skip
    return all(most is None or amount <= most for most, amount in limits)


def _allowed(
    programme: Programme, people: list[Household], hubs: list[Hub], distance: NDArray[np.int32]
) -> tuple[BoolArray, list[Left]]:
    """Return ``(n, m)`` which hubs may serve whom (2), and who is left without any."""
    loads = {basket.id: basket_load(programme, basket) for basket in programme.baskets}
    number: dict[object, int] = {}
    kinds: list[tuple[_Fit, ...]] = []
    for household in people:
        key = _kind(household)
        if key not in number:
            number[key] = len(kinds)
            kinds.append(tuple(_fit(programme, household, hub, loads) for hub in hubs))
    kind_of = np.array([number[_kind(household)] for household in people], dtype=np.int64)
    near = np.array(
        [
            [
                (hub.zones is None or household.zone in hub.zones) and (hub.radius is None or metres <= hub.radius)
                for hub, metres in zip(hubs, row, strict=True)
            ]
            for household, row in zip(people, distance.tolist(), strict=True)
        ],
        dtype=np.bool_,
    ).reshape(len(people), len(hubs))
    goes, brings = _trips(programme, people, distance, kinds, kind_of)
    meets = np.array([[fit.meets for fit in kind] for kind in kinds], dtype=np.bool_)[kind_of].reshape(near.shape)
    allowed = near & brings & meets
    left = [
        _nobody(
            programme, people[row], hubs, distance[row], _Tests(near[row], kinds[kind_of[row]], goes[row], brings[row])
        )
        for row in np.flatnonzero(~allowed.any(axis=1)).tolist()
    ]
    return allowed, left


def _kind(household: Household) -> object:
    """Return what decides which vehicles at a hub may bring a household its baskets, times aside."""
    return household.access, tuple(sorted(household.baskets.items())), household.days


def _trips(
    programme: Programme,
    people: list[Household],
    distance: NDArray[np.int32],
    kinds: list[tuple[_Fit, ...]],
    kind_of: NDArray[np.int64],
) -> tuple[BoolArray, BoolArray]:
    """Return ``(n, m)`` where a vehicle that enters can go and come back, and where one can bring all baskets."""
    doors = Doors.of(programme, people)
    goes, brings = (np.zeros(distance.shape, dtype=np.bool_) for _ in range(2))
    for column in range(distance.shape[1]):
        for vehicle in programme.vehicles:
            enters = np.array([vehicle.id in kind[column].enter for kind in kinds], dtype=np.bool_)[kind_of]
            carries = np.array([vehicle.id in kind[column].carry for kind in kinds], dtype=np.bool_)[kind_of]
            if enters.any():
                goes[:, column] |= enters & doors.reached(vehicle, distance[:, column], empty=True)
            if carries.any():
                brings[:, column] |= carries & doors.reached(vehicle, distance[:, column])
    return goes, brings


@dataclass(frozen=True)
class _Tests:
    """What stands between a household and each hub."""

    near: BoolArray
    fits: tuple[_Fit, ...]
    goes: BoolArray
    """Whether a vehicle that enters can go there and come back, with nothing on board."""
    brings: BoolArray
    """Whether one can bring all its baskets."""


def _nobody(
    programme: Programme,
    household: Household,
    hubs: list[Hub],
    distance: NDArray[np.int32],
    tests: _Tests,
) -> Left:
    """Say why no hub may serve ``household``, with the first test that no hub passes."""
    around = np.flatnonzero(tests.near).tolist()
    nearest = int(np.argmin(distance))
    far = units.km(int(distance[nearest]))
    if not around:
        zone = f" and no hub lists its zone '{household.zone}'" if household.zone else ""
        return Left(
            household=household.id,
            reason="territory",
            detail=f"no hub may serve it: the nearest, {hubs[nearest].id}, is {far} away{zone}",
            remedy=f"widen the radius or zones of hub {hubs[nearest].id}, or open a hub nearer",
        )
    names = ", ".join(hubs[column].id for column in around)
    fits = [tests.fits[column] for column in around]
    if not any(fit.enter for fit in fits):
        return Left(
            household=household.id,
            reason="access",
            detail=f"no vehicle at {names} can enter its access class '{household.access}'",
            remedy=f"station a vehicle that enters '{household.access}' at {names}",
        )
    goes, brings = tests.goes[around], tests.brings[around]
    if goes.any() and not any(fit.carry for fit in fits):
        return Left(
            household=household.id,
            reason="capacity",
            detail=f"its {household.total_baskets} baskets exceed every vehicle at {names} that can reach it",
            remedy=_more_room(programme, household),
        )
    if not brings.any():
        least = int(distance[around].min())
        return Left(
            household=household.id,
            reason="time",
            detail=f"no trip from {names} to it and back fits its windows, the shift and the longest trip"
            f" ({least / 1000:.0f} km away)",
            remedy="widen its window, lengthen the longest trip, or serve it from a nearer hub",
        )
    if not any(fit.meets for fit in fits):
        days = len(programme.home_days(household))
        count = f"{days} working day{'s' if days != 1 else ''}"
        return Left(
            household=household.id,
            reason="days",
            detail=f"somebody is home on {count}, on none of which {names} can deliver",
            remedy=f"agree another day with the household, or open {names} on a day when somebody is home",
        )
    return Left(
        household=household.id,
        reason="access",
        detail=f"no single hub of {names} has both an open day and a vehicle for it",
        remedy=f"station a vehicle that enters '{household.access}' at a hub that is open when somebody is home",
    )


def _more_room(programme: Programme, household: Household) -> str:
    if household.total_baskets > 1 and not programme.may_split(household):
        return "write 'split: true' at the household, so that its baskets may come in several visits"
    return "station a larger vehicle"


def _flow(
    programme: Programme,
    people: list[Household],
    hubs: list[Hub],
    distance: NDArray[np.int32],
    allowed: BoolArray,
    room: list[int | None],
) -> NDArray[np.int64]:
    """Return per household the chosen hub's index, −1 where no hub may serve it."""
    from ortools.graph.python import min_cost_flow

    n, m = len(people), len(hubs)
    baskets = np.array([item.total_baskets for item in people], dtype=np.int64)
    priority = np.array([item.priority for item in people], dtype=np.int64)
    reachable = allowed.any(axis=1)
    masked = np.where(allowed, distance.astype(np.int64), np.iinfo(np.int64).max)
    rank = np.argsort(np.argsort(masked, axis=1, kind="stable"), axis=1)
    rows, columns = np.nonzero(allowed & (rank < NEAREST))
    total = int(baskets[reachable].sum())
    left_node, sink = n + m, n + m + 1
    caps = np.array([total if item is None else item for item in room], dtype=np.int64)
    usual = np.minimum(caps, [_fleet_room(programme, hub, people, allowed[:, j]) for j, hub in enumerate(hubs)])
    some = np.nonzero(reachable)[0]
    flow = min_cost_flow.SimpleMinCostFlow()
    # (1) (2) from households to hubs and, at a price by priority, to nobody
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        rows, n + columns, baskets[rows], distance[rows, columns] // STEP_M
    )
    flow.add_arcs_with_capacity_and_unit_cost(
        some, np.full(len(some), left_node), baskets[some], LEFT_M // STEP_M * priority[some]
    )
    # (3) hubs to the sink: within the fleet's estimate, then beyond it
    hub_nodes = n + np.arange(m)
    flow.add_arcs_with_capacity_and_unit_cost(hub_nodes, np.full(m, sink), usual, np.zeros(m, dtype=np.int64))
    flow.add_arcs_with_capacity_and_unit_cost(hub_nodes, np.full(m, sink), caps - usual, np.full(m, RUSH_M // STEP_M))
    flow.add_arc_with_capacity_and_unit_cost(left_node, sink, total, 0)
    flow.set_nodes_supplies(some, baskets[some])
    flow.set_node_supply(sink, -total)
    chosen = np.where(reachable, np.argmin(masked, axis=1), -1)
    if flow.solve() != flow.OPTIMAL:  # cannot happen: leaving everybody is feasible
        return chosen
    amounts = flow.flows(arcs)
    best = np.zeros(n, dtype=np.int64)
    for row, column, amount in sorted(
        zip(rows.tolist(), columns.tolist(), amounts.tolist(), strict=True), key=lambda arc: masked[arc[0], arc[1]]
    ):
        if amount > best[row]:
            best[row], chosen[row] = amount, column
    return chosen


def _fleet_room(programme: Programme, hub: Hub, people: list[Household], allowed: BoolArray) -> int:
    """Estimate how many baskets the vehicles of ``hub`` bring out over all its days."""
    mine = [item for item, ok in zip(people, allowed, strict=True) if ok]
    if not mine:
        return 0
    index = {date: day for day, date in enumerate(programme.working_days)}
    ready = [delivery_day(programme, hub, index[date]) for date in programme.hub_days(hub)]
    first = min((day for day in ready if day is not None), default=len(index))
    days = sum(1 for date in programme.hub_days(hub) if index[date] >= first)
    return daily_baskets(programme, hub, mine, days=days).total * days
