"""Stages that are not decided twice, and searches that begin from the base plan.

What each stage looks at, and so is hashed for it, with the software and the seed:

==========  ==========================================================================================================
territory   calendar, travel, policy, products, baskets, hubs, vehicles without their costs, households
allocation  the programme without names and without the costs of vehicles; who has which hub; demand; effort; the
            base plan from which it begins, unless the programme is the base's
rounds      of one hub and day: cooperatives with places and loads, lorries; moves
routing     of one hub: stops with places, loads, windows, access and days; vehicles; travel; moves; its warm start
calendar    of one hub: when its baskets are ready and must have left, its routing problem and trips, its households,
            hub and vehicles; its work; the base plan's calendar from which it begins
==========  ==========================================================================================================

More is hashed than is used, never less: the worst that can happen is that something is decided again. Results of a
search that was stopped, or that met its safety limit, are not kept.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from basketplan.plan.types import Plan, StageReport
from basketplan.programme.types import Programme
from basketplan.scenarios.known_rounds import KnownRounds
from basketplan.scenarios.store import Store, digest, software
from basketplan.solve.calendar import EarlierDuty
from basketplan.solve.calendar.stock import ready
from basketplan.solve.types import (
    Allocation,
    Effort,
    Left,
    RoutedTrip,
    RoutingProblem,
    RoutingSolution,
    Schedule,
    ScheduledTrip,
    Supplied,
    Territory,
)
from basketplan.stages import Stages, Terms

__all__ = ["Reused", "ReusingStages", "Warm"]

PATIENCE = 3.0
"""Times the safety limits, since several runs share a machine: counts of work shall end a stage, not the clock."""
WARM_MOVES = 0.5
"""Part of the effort's moves that a search from the base plan's trips makes."""
WARM_WORK = 0.25
"""Part of the effort's work that a calendar takes that begins from the base plan's."""

_FOR_PEOPLE = {"name", "town", "province", "region"}
_FREE = "vehicles without costs"
_COSTS = {"cost_per_day", "cost_per_trip", "cost_per_km", "cost_per_hour"}


@dataclass(frozen=True, kw_only=True)
class Warm:
    """What a run takes from the base plan of its seed."""

    plan_sha256: str
    routing: tuple[str, ...]
    """Keys of the base plan's searches: a hub that has one of them is untouched."""
    allocation: tuple[str, ...]
    """Keys of the base plan's allocations: a programme that has one of them is untouched there."""
    calendar: tuple[str, ...]
    """Keys of the base plan's calendars: a hub that has one of them is untouched there."""
    rounds: tuple[str, ...]
    """Keys of the searches for collection rounds of the base plan, all of them under one."""
    trips: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]
    """Hub → (vehicle, households in order) of each trip."""
    duties: Mapping[str, tuple[EarlierDuty, ...]]
    """Hub → vehicles' days."""
    supplied: Supplied
    """What the base plan decided about supply and assembly."""

    @staticmethod
    def of(plan: Plan, sha256: str, told: Mapping[str, Sequence[str]], fairest: Supplied | None = None) -> Warm:
        """Return what ``plan`` gives to others.

        Parameters
        ----------
        told
            Keys of its decisions by stage.
        fairest
            The days with the highest lowest share that its allocation came by.
        """
        trips: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        duties: dict[str, dict[tuple[dt.date, str, str], list[tuple[str, ...]]]] = {}
        for trip in plan.trips:
            households = tuple(stop.household for stop in trip.stops)
            trips.setdefault(trip.hub, []).append((trip.vehicle, households))
            duties.setdefault(trip.hub, {}).setdefault((trip.day, trip.vehicle, trip.unit), []).append(households)
        return Warm(
            plan_sha256=sha256,
            routing=tuple(sorted(told.get("routing", ()))),
            allocation=tuple(sorted(told.get("allocation", ()))),
            calendar=tuple(sorted(told.get("calendar", ()))),
            rounds=tuple(sorted(told.get("rounds", ()))),
            trips={hub: tuple(some) for hub, some in trips.items()},
            duties={
                hub: tuple(
                    EarlierDuty(day=day, vehicle=vehicle, trips=tuple(made))
                    for (day, vehicle, _), made in sorted(some.items())
                )
                for hub, some in duties.items()
            },
            supplied=Supplied.of(plan, fairest),
        )


@dataclass
class Reused:
    """How often each stage was decided, and how often it was known."""

    decided: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
    warm: int = 0
    """Searches that began from the base plan."""
    routing: list[str] = field(default_factory=list)
    """Keys of the searches of hubs."""
    allocation: list[str] = field(default_factory=list)
    """Keys of the allocations."""
    calendar: list[str] = field(default_factory=list)
    """Keys of the calendars of hubs."""
    rounds: list[str] = field(default_factory=list)
    """Keys under which all searches for collection rounds are."""

    def keys(self) -> dict[str, list[str]]:
        """Return the keys of the decisions by stage, for :meth:`Warm.of`."""
        return {
            "routing": sorted(self.routing), "allocation": sorted(self.allocation),
            "calendar": sorted(self.calendar), "rounds": sorted(self.rounds),
        }  # fmt: skip

    def count(self, stage: str, known: bool, number: int = 1) -> None:
        """Take note of one decision, or of several."""
        counts = self.known if known else self.decided
        counts[stage] = counts.get(stage, 0) + number


class ReusingStages(Stages):
    """Looks up every decision before it makes it.

    Parameters
    ----------
    store
        Where decisions are kept.
    warm
        The base plan to begin searches from; none: from nothing.
    """

    at_once = False

    def __init__(self, store: Store, warm: Warm | None = None) -> None:
        self.store = store
        self.warm = warm
        self.reused = Reused()
        self.fairest: Supplied | None = None
        self._rounds: KnownRounds | None = None
        self._read: tuple[Programme | None, dict[str, str]] = (None, {})

    def territory(self, programme: Programme, terms: Terms) -> Territory:
        """Give each household to a hub, unless that is known."""
        content = self._content(programme)
        parts = ("calendar", "travel", "policy", "products", "baskets", "hubs", _FREE, "households")
        key = digest("territory", software(), [content[part] for part in parts])
        found = self.store.get(key, Territory)
        if found is None:
            found = super().territory(programme, terms)
            self._keep(key, found, terms, [found.report])
            self.reused.count("territory", False)
        else:
            self.reused.count("territory", True)
        return found

    def allocate(
        self,
        programme: Programme,
        lands: Territory,
        demand: frozenset[str],
        terms: Terms,
        start: Supplied | None = None,
    ) -> Allocation:
        """Decide who supplies what, unless that is known; begin from the base plan."""
        content = {key: value for key, value in self._content(programme).items() if key != "vehicles"}
        key = digest("allocation", software(), content, lands.hub_of, demand, terms.effort, terms.seed)
        untouched = self.warm is not None and key in self.warm.allocation
        if self.warm is not None and not untouched:
            start = self.warm.supplied
            key = digest("warm", key, self.warm.plan_sha256, start.fairest)
        self.reused.allocation.append(key)
        found = self.store.get(key, Allocation)
        self.reused.count("allocation", found is not None)
        if found is None:
            found = super().allocate(programme, lands, demand, _patient(terms), start)
            self._keep(key, found, terms, found.reports)
        self.fairest = found.fairest
        return found

    def collect(self, programme: Programme, allocation: Allocation, terms: Terms) -> Allocation:
        """Put collection rounds in the place of lorries; what the base plan knows of a hub's day is not searched."""
        from basketplan.solve.rounds import collect

        if self._rounds is None:
            self._rounds = KnownRounds()
            for key in () if self.warm is None else self.warm.rounds:
                if (before := self.store.get(key, KnownRounds)) is not None:
                    self._rounds.found.update(before.found)
        known = self._rounds
        searched, reused = known.searched, known.reused
        made = collect(
            programme,
            allocation,
            _patient(terms).effort,
            seed=terms.seed,
            workers=terms.workers,
            reporter=terms.reporter,
            engine=known,
        )
        self.reused.count("rounds", False, known.searched - searched)
        self.reused.count("rounds", True, known.reused - reused)
        if self.warm is None:
            key = digest("rounds", software(), self.reused.allocation)
            self.reused.rounds.append(key)
            self._keep(key, known, terms, [report for report in made.reports if report.stage == "rounds"])
        return made

    def route(
        self, programme: Programme, problems: Sequence[RoutingProblem], terms: Terms
    ) -> Sequence[RoutingSolution]:
        """Return trips for each hub: known ones, the base plan's, or new ones from there."""
        return [self._route(programme, problem, number, terms) for number, problem in enumerate(problems)]

    def _route(self, programme: Programme, problem: RoutingProblem, number: int, terms: Terms) -> RoutingSolution:
        """Return trips for the hub that is ``number`` among those to be routed."""
        known = digest("routing", software(), problem, programme.travel, _moves(terms.effort), terms.seed)
        numbers = [number]
        if self.warm is not None:  # hubs before this one may be gone, so that it had another number
            numbers += [other for other in range(len(self.warm.trips)) if other != number]
        keys = {other: digest(known, other) for other in numbers}
        taken = self.warm.routing if self.warm is not None else ()
        untouched = next((other for other, key in keys.items() if key in taken), None)
        start = () if self.warm is None or untouched is not None else self._start(problem)
        number = number if untouched is None else untouched
        key = digest("warm", keys[number], start) if start else keys[number]
        self.reused.routing.append(key)
        found = self.store.get(key, RoutingSolution)
        self.reused.count("routing", found is not None)
        if found is None:
            self.reused.warm += bool(start)
            found = self._search(problem, number, start, terms)
            self._keep(key, found, terms, [found.report])
        return found

    def schedule(
        self,
        programme: Programme,
        allocation: Allocation,
        problems: Mapping[str, RoutingProblem],
        solutions: Mapping[str, RoutingSolution],
        terms: Terms,
        start: Mapping[str, Sequence[EarlierDuty]] | None = None,
    ) -> Schedule:
        """Give each trip of each hub its vehicle and day, unless that is known; begin from the base plan's days."""
        total = sum(len(item.trips) for item in solutions.values())
        spans = ready(allocation, programme)
        made = []
        for hub in sorted(set(problems) & set(solutions)):
            share = len(solutions[hub].trips) / max(1, total)
            own = replace(terms, effort=replace(terms.effort, calendar_work=terms.effort.calendar_work * share))
            supplied = ({key: some for key, some in spans.items() if key[0] == hub}, allocation.due.get(hub, ()))
            key = _calendar_key(programme, supplied, problems[hub], solutions[hub], own)
            untouched = self.warm is None or key in self.warm.calendar
            begin = (start or {}).get(hub, ()) if self.warm is None or untouched else self.warm.duties.get(hub, ())
            if begin:
                key = digest("warm", key, begin)
                own = replace(own, effort=replace(own.effort, calendar_work=own.effort.calendar_work * WARM_WORK))
            self.reused.calendar.append(key)
            found = self.store.get(key, Schedule)
            self.reused.count("calendar", found is not None)
            if found is None:
                mine = ({hub: problems[hub]}, {hub: solutions[hub]})
                found = super().schedule(programme, allocation, *mine, _patient(own), {hub: begin})
                self._keep(key, found, terms, found.reports)
            made.append(found)
        return _joined(made)

    def _search(
        self, problem: RoutingProblem, number: int, start: Sequence[RoutedTrip], terms: Terms
    ) -> RoutingSolution:
        from basketplan.solve.routing import route_hubs

        effort = _patient(terms).effort
        if start:
            effort = replace(effort, routing_moves=max(1, round(effort.routing_moves * WARM_MOVES)))
        (found,) = route_hubs(
            [problem],
            effort,
            seed=terms.seed,
            workers=terms.workers,
            reporter=terms.reporter,
            start={problem.hub: start} if start else None,
            numbers=[number],
        )
        return found

    def _start(self, problem: RoutingProblem) -> tuple[RoutedTrip, ...]:
        """Return the base plan's trips with the stops and vehicles that there still are."""
        assert self.warm is not None
        point = {name: number for number, name in enumerate(problem.stop_ids, start=1)}
        known = {vehicle.id for vehicle in problem.vehicles}
        trips = []
        for vehicle, households in self.warm.trips.get(problem.hub, ()):
            stops = tuple(point[name] for name in households if name in point)
            if stops and vehicle in known:
                trips.append(RoutedTrip(vehicle=vehicle, stops=stops))
        return tuple(trips)

    def _content(self, programme: Programme) -> dict[str, str]:
        """Return what is decided about; read once from each programme."""
        if self._read[0] is not programme:
            self._read = (programme, _content(programme))
        return self._read[1]

    def _keep(self, key: str, value: Any, terms: Terms, reports: Sequence[StageReport]) -> None:
        if not terms.reporter.stopped() and all(report.status != "interrupted" for report in reports):
            self.store.put(key, value)


def _content(programme: Programme) -> dict[str, str]:
    """Return the hash of each part of a programme without what only people read, and of vehicles without costs."""
    content = {key: value for key, value in programme.model_dump(mode="json").items() if key != "title"}
    for key in ("products", "baskets", "cooperatives", "hubs", "lorries", "vehicles"):
        content[key] = [
            {name: value for name, value in item.items() if name not in _FOR_PEOPLE} for item in content[key]
        ]
    free = [{key: value for key, value in item.items() if key not in _COSTS} for item in content["vehicles"]]
    return {key: digest(json.dumps(value, sort_keys=True)) for key, value in {**content, _FREE: free}.items()}


def _patient(terms: Terms) -> Terms:
    """Return ``terms`` with more time for each stage."""
    effort = terms.effort
    return replace(
        terms,
        effort=replace(
            effort,
            allocation_s=effort.allocation_s * PATIENCE,
            routing_s=effort.routing_s * PATIENCE,
            calendar_s=effort.calendar_s * PATIENCE,
        ),
    )


def _moves(effort: Effort) -> tuple[int, float]:
    return effort.routing_moves, effort.routing_s


def _calendar_key(
    programme: Programme, supplied: object, problem: RoutingProblem, solution: RoutingSolution, terms: Terms
) -> str:
    shared = (programme.calendar, programme.products, programme.baskets, programme.vehicles, programme.travel)
    homes = [programme.household[name] for name in problem.stop_ids]
    own = (programme.hub[problem.hub], homes, problem, solution.trips)
    effort = (terms.effort.calendar_work, terms.effort.calendar_s)
    return digest("calendar", software(), supplied, shared, own, effort, terms.seed)


def _joined(parts: Sequence[Schedule]) -> Schedule:
    """Return the calendars of hubs as one, in the order of :func:`basketplan.solve.calendar.schedule`."""
    trips: list[ScheduledTrip] = [trip for part in parts for trip in part.trips]
    left: list[Left] = [item for part in parts for item in part.left]
    return Schedule(
        trips=tuple(sorted(trips, key=lambda t: (t.day, t.hub, t.vehicle, t.load_s, t.unit, t.households))),
        breaks=dict(sorted((key, value) for part in parts for key, value in part.breaks.items())),
        left=tuple(sorted(left, key=lambda item: item.household)),
        reports=tuple(report for part in parts for report in part.reports),
    )
