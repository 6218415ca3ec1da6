"""What becomes of a plan when people move stops: trips are timed, weighed and priced again, nothing else changes.

Who goes on which trip and in which order is taken as it was written, whether or not it is wise. Trips keep their ids.
A vehicle's day with a changed trip is timed again: with the same starts of loading where that still keeps windows,
shift and breaks, else with the earliest ones that do. Where none do, trips follow each other as they were, and it is
for the verifier to say what is broken. A trip that lost all its stops is no longer made.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from basketplan.errors import UsageError
from basketplan.plan.io import programme_sha256
from basketplan.plan.types import Haul, Plan, StageReport, Trip, VehicleDay
from basketplan.plan.visits import by_visit
from basketplan.programme.types import Programme

if TYPE_CHECKING:
    from basketplan.solve.calendar.clock import Clock
    from basketplan.solve.types import Allocation, RoutingProblem, Schedule, ScheduledTrip, VehicleClass

__all__ = ["Edited", "Move", "Wish", "reorder"]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Where somebody wants a stop: a trip, and the number of the stop in it.

    ``number`` is ``None`` for wherever the trip is shortest; beyond the last stop, it is the last.
    """

    household: str
    """Its id; ``P1/2`` for the second visit to P1."""
    trip: str
    number: int | None


@dataclass(frozen=True, kw_only=True)
class Move:
    """A stop that is elsewhere than before; numbers count from 1."""

    household: str
    from_trip: str
    from_number: int
    to_trip: str
    to_number: int

    def __str__(self) -> str:
        return f"{self.household}: {self.from_trip} stop {self.from_number} → {self.to_trip} stop {self.to_number}"


@dataclass(frozen=True, kw_only=True)
class Edited:
    """A plan after an edit."""

    plan: Plan
    moves: tuple[Move, ...]
    """Stops that were asked to be elsewhere and are; those that only make room are not among them."""
    retimed: tuple[str, ...]
    """Trips whose times differ from before."""
    dropped: tuple[str, ...]
    """Trips that are no longer made."""


def reorder(plan: Plan, programme: Programme, wishes: Iterable[Wish]) -> Edited:
    """Return ``plan`` with stops where ``wishes`` want them.

    Parameters
    ----------
    plan
        It is taken to be sound; see :func:`basketplan.plan.verify.verify` for what comes out.
    wishes
        One for every stop that shall move; the others keep their order around them. Of two with the same number in
        one trip, the first named comes first.

    Raises
    ------
    UsageError
        The programme is not the one that the plan was made from; a household is not delivered or is named twice; or
        there is no such trip.
    """
    if programme_sha256(programme) != plan.origin.programme_sha256:
        raise UsageError("the programme has changed since the plan was made: its trips cannot be timed; plan again")
    programme = by_visit(programme, plan)
    wanted = _checked(plan, wishes)
    stops = _placed(plan, programme, wanted)
    before = {trip.id: tuple(stop.household for stop in trip.stops) for trip in plan.trips}
    changed = {name for name in before if before[name] != stops[name]}
    made = _rebuilt(plan, programme, stops, changed)
    known = {trip.id: trip for trip in plan.trips}
    return Edited(
        plan=made,
        moves=_moves(before, stops, wanted),
        retimed=tuple(trip.id for trip in made.trips if _times(trip) != _times(known[trip.id])),
        dropped=tuple(name for name in before if not stops[name]),
    )


def _checked(plan: Plan, wishes: Iterable[Wish]) -> dict[str, Wish]:
    """Return wishes by household; a wish for what nobody can do is refused."""
    trips = {trip.id for trip in plan.trips}
    delivered = {stop.household for trip in plan.trips for stop in trip.stops}
    result: dict[str, Wish] = {}
    for wish in wishes:
        if wish.household not in delivered or wish.household in result:
            raise UsageError(f"household '{wish.household}' is not delivered, or is named twice")
        if wish.trip not in trips:
            raise UsageError(f"there is no trip '{wish.trip}'")
        if wish.number is not None and wish.number < 1:
            raise UsageError(f"the stops of a trip are numbered from 1, not {wish.number}")
        result[wish.household] = wish
    return result


def _placed(plan: Plan, programme: Programme, wanted: Mapping[str, Wish]) -> dict[str, tuple[str, ...]]:
    """Return the households of every trip in their new order."""
    result: dict[str, tuple[str, ...]] = {}
    for trip in plan.trips:
        stay = [stop.household for stop in trip.stops if stop.household not in wanted]
        come = [wish for wish in wanted.values() if wish.trip == trip.id]
        fixed = sorted((wish for wish in come if wish.number is not None), key=lambda wish: wish.number or 0)
        order = _numbered(stay, fixed)
        for wish in come:
            if wish.number is None:
                order = _shortest(programme, trip, order, wish.household)
        result[trip.id] = tuple(order)
    return result


def _numbered(stay: Sequence[str], come: Sequence[Wish]) -> list[str]:
    """Return stops in order where each of ``come``, sorted by number, gets its number as far as that is free."""
    rest, order = iter(stay), []
    last = len(stay) + len(come)
    waiting = list(come)
    for number in range(1, last + 1):
        due = waiting and (waiting[0].number or 0) <= number
        if due or last - number < len(waiting):
            order.append(waiting.pop(0).household)
        else:
            order.append(next(rest))
    return order


def _shortest(programme: Programme, trip: Trip, order: Sequence[str], household: str) -> list[str]:
    """Return ``order`` with ``household`` where the trip is shortest."""
    from basketplan.travel.distance import legs_m

    hub = programme.hub[trip.hub].place
    options = [[*order[:at], household, *order[at:]] for at in range(len(order) + 1)]

    def length(option: Sequence[str]) -> int:
        homes = [programme.household[name] for name in option]
        lat, lon = [hub.lat, *(home.lat for home in homes), hub.lat], [hub.lon, *(home.lon for home in homes), hub.lon]
        return int(sum(legs_m(programme.travel, lat, lon)))

    now = [stop.household for stop in trip.stops]
    return min(options, key=lambda option: (length(option), option != now))


def _moves(
    before: Mapping[str, Sequence[str]], after: Mapping[str, Sequence[str]], wanted: Mapping[str, Wish]
) -> tuple[Move, ...]:
    def places(stops: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, int]]:
        return {home: (trip, number) for trip, homes in stops.items() for number, home in enumerate(homes, start=1)}

    old, new = places(before), places(after)
    return tuple(
        Move(
            household=home,
            from_trip=old[home][0],
            from_number=old[home][1],
            to_trip=new[home][0],
            to_number=new[home][1],
        )
        for home in wanted
        if old[home] != new[home]
    )


def _times(trip: Trip) -> tuple[object, ...]:
    return trip.load_s, trip.return_s, tuple((stop.household, stop.arrive_s) for stop in trip.stops)


def _rebuilt(plan: Plan, programme: Programme, stops: Mapping[str, Sequence[str]], changed: set[str]) -> Plan:
    """Put the plan together again, with the same shipments and baskets."""
    from basketplan.solve.assemble import assemble_plan
    from basketplan.solve.types import Left

    if not changed:
        return plan
    days = {day: index for index, day in enumerate(programme.working_days)}
    scheduled: dict[str, ScheduledTrip] = {}
    breaks: dict[tuple[str, str, int, int], tuple[tuple[int, int], ...]] = {}
    known = {trip.id: trip for trip in plan.trips}
    for duty in plan.vehicle_days:
        trips = [_scheduled(known[name], stops[name], days) for name in duty.trips if stops[name]]
        rests = tuple((rest.start_s, rest.end_s) for rest in duty.breaks)
        if trips and changed & set(duty.trips):
            trips, rests = _timed(programme, duty, trips, rests)
        if trips:
            breaks[trips[0].hub, trips[0].vehicle, trips[0].unit, trips[0].day] = rests
        scheduled |= dict(zip((name for name in duty.trips if stops[name]), trips, strict=True))
    made = assemble_plan(
        programme,
        origin=plan.origin,
        status=plan.status,
        allocation=_allocation(plan, programme),
        schedule=_schedule(scheduled, breaks),
        shipments=plan.shipments,
        assemblies=plan.assemblies,
        baskets=plan.baskets,
        left=[
            Left(household=item.household, reason=item.reason, detail=item.detail, remedy=item.remedy)
            for item in plan.unserved
        ],
        stages=_stages(plan, known, changed),
        collections=plan.collections,
    )
    return _renamed(made, scheduled)


def _scheduled(trip: Trip, households: Sequence[str], days: Mapping[dt.date, int]) -> ScheduledTrip:
    from basketplan.solve.types import ScheduledTrip

    return ScheduledTrip(
        hub=trip.hub,
        vehicle=trip.vehicle,
        unit=int(trip.unit.rpartition("#")[2]),
        day=days[trip.day],
        load_s=trip.load_s,
        households=tuple(households),
    )


def _timed(
    programme: Programme, duty: VehicleDay, trips: list[ScheduledTrip], rests: tuple[tuple[int, int], ...]
) -> tuple[list[ScheduledTrip], tuple[tuple[int, int], ...]]:
    """Return the trips of one vehicle and day with starts of loading, and its breaks."""
    from basketplan.solve.calendar.clock import trip_clock
    from basketplan.solve.calendar.duty import Arranger, Rest
    from basketplan.solve.routing import routing_problem

    problem = routing_problem(programme, duty.hub, [home for trip in trips for home in trip.households])
    point = {name: index for index, name in enumerate(problem.stop_ids, start=1)}
    vehicle = next(item for item in problem.vehicles if item.id == duty.vehicle)
    orders = [[point[home] for home in trip.households] for trip in trips]
    clocks = [trip_clock(problem, vehicle, order) for order in orders]
    rule = programme.vehicle[duty.vehicle].driver_break
    if _still_fits(clocks, trips, rests, rule.duration if rule else 0, rule.after if rule else None):
        return trips, rests
    rest = None if rule is None else Rest(rule.duration, rule.after)
    # The order of a day is people's choice only as far as the day fits with it.
    times = Arranger(vehicle.shift_start_s, vehicle.shift_end_s, vehicle.trips_per_day, rest).arrange(clocks)
    if times is not None:
        return [replace(trip, load_s=load) for trip, (load, _) in zip(trips, times.trips, strict=True)], times.breaks
    return _one_after_another(problem, vehicle, trips, orders), rests


def _still_fits(
    clocks: Sequence[Clock],
    trips: Sequence[ScheduledTrip],
    rests: Sequence[tuple[int, int]],
    rest_s: int,
    after_s: int | None,
) -> bool:
    """Tell whether the trips keep windows, shift and breaks with the starts that they have."""
    spans = []
    for clock, trip in zip(clocks, trips, strict=True):
        pair = clock.earliest(trip.load_s)
        if pair is None or pair[0] != trip.load_s:
            return False
        spans.append(pair)
    gaps = list(pairwise(spans))
    if any(before[1] > after[0] for before, after in gaps):
        return False
    if not all(any(before[1] <= start and end <= after[0] for before, after in gaps) for start, end in rests):
        return False
    begin = spans[0][0]
    for before, after in [*gaps, (spans[-1], None)]:
        if after_s is not None and before[1] - begin > after_s:
            return False
        if after is not None and any(before[1] <= s and e <= after[0] and e - s >= rest_s for s, e in rests):
            begin = after[0]
    return True


def _one_after_another(
    problem: RoutingProblem,
    vehicle: VehicleClass,
    trips: Sequence[ScheduledTrip],
    orders: Sequence[Sequence[int]],
) -> list[ScheduledTrip]:
    """Return trips as they were, each no earlier than the one before is back, whatever that breaks."""
    result, now = [], 0
    for trip, order in zip(trips, orders, strict=True):
        load_s = max(trip.load_s, now)
        now = load_s + vehicle.loading_s + vehicle.loading_per_basket_s * int(problem.baskets[list(order)].sum())
        for there, leg in zip((*order, 0), problem.legs_s(vehicle, order), strict=True):
            now += leg
            openings = [max(now, opens) for opens, closes in problem.windows[there] if now <= closes]
            now = min(openings, default=now) + int(problem.service_s[there])
        result.append(replace(trip, load_s=load_s))
    return result


def _allocation(plan: Plan, programme: Programme) -> Allocation:
    """Return what assembling needs of an allocation: its lorries and rounds."""
    from basketplan.solve.types import Allocation, Collected, Hauled

    days = {day: index for index, day in enumerate(programme.working_days)}
    product = {item.id: item.product for item in plan.shipments}

    def hauled(items: Iterable[Haul]) -> tuple[Hauled, ...]:
        return tuple(
            Hauled(
                cooperative=item.cooperative,
                hub=item.hub,
                dispatch_day=days[item.dispatched],
                lorry=item.lorry,
                number=item.number,
            )
            for item in items
        )

    collected = tuple(
        Collected(
            hub=item.hub,
            lorry=item.lorry,
            day=days[item.day],
            cooperatives=tuple(stop.cooperative for stop in item.stops),
            products=tuple(tuple(sorted({product[name] for name in stop.shipments})) for stop in item.stops),
            instead_of=hauled(item.instead_of),
        )
        for item in plan.rounds
    )
    return Allocation(
        shipped=(), hauled=hauled(plan.hauls), assembled=(), unit_price={}, served=frozenset(), left=(), due={},
        reports=(), collected=collected,
    )  # fmt: skip


def _schedule(
    scheduled: Mapping[str, ScheduledTrip], breaks: Mapping[tuple[str, str, int, int], tuple[tuple[int, int], ...]]
) -> Schedule:
    from basketplan.solve.types import Schedule

    return Schedule(trips=tuple(scheduled.values()), breaks=breaks)


def _stages(plan: Plan, known: Mapping[str, Trip], changed: set[str]) -> tuple[StageReport, ...]:
    """Return the reports; what routing and calendar proved of a hub no longer holds where a trip of it changed."""
    hubs = {known[name].hub for name in changed}
    kept = tuple(
        item.model_copy(update={"status": "heuristic", "value": None, "bound": None, "gap": None})
        if item.stage in {"routing", "calendar"} and item.goal in hubs
        else item
        for item in plan.stages
    )
    trips = f"{len(changed)} trip{'s' * (len(changed) != 1)}"
    return (*kept, StageReport(stage="edit", status="heuristic", detail=f"stops of {trips} moved by hand"))


def _renamed(made: Plan, scheduled: Mapping[str, ScheduledTrip]) -> Plan:
    """Give every trip the id that it had, so that papers and people still mean the same trip."""
    first = {trip.households: name for name, trip in scheduled.items()}
    names = {trip.id: first[tuple(stop.household for stop in trip.stops)] for trip in made.trips}
    trips = sorted((trip.model_copy(update={"id": names[trip.id]}) for trip in made.trips), key=lambda trip: trip.id)
    costs = {
        names[item.reference]: item.model_copy(update={"reference": names[item.reference]})
        for item in made.costs
        if item.kind == "trips"
    }
    return made.model_copy(
        update={
            "trips": tuple(trips),
            "vehicle_days": tuple(
                duty.model_copy(update={"trips": tuple(names[name] for name in duty.trips)})
                for duty in made.vehicle_days
            ),
            "costs": (*(item for item in made.costs if item.kind != "trips"), *(costs[trip.id] for trip in trips)),
        }
    )
