"""The one place that knows the order of the stages.

visits → points → territory → allocation → rounds → routing → calendar → lots → plan → verification.

Routing does not ask who supplies what. So it begins beside the first allocation, as if everybody were served, and is
kept where that turns out true: the plan is the same, only sooner.

Households whose baskets are split come to every stage as several (:mod:`basketplan.solve.visits`), and those that
collect at a distribution point as households there (:mod:`basketplan.solve.points`).

When routing or the calendar cannot deliver many of the baskets that the allocation assembles, goods would be bought
for nobody; the allocation is then solved once more for the households that can be reached (:data:`ROUNDS`). A new
round counts only if it serves no less. The baskets of a few stay at their hub as leftovers (:data:`FEW`).

The allocation reckons with baskets that leave a hub evenly; trips may leave later. Where storage then overflows, the
plan is made again as if that hub had less of it (:data:`STORES`).
"""

from __future__ import annotations

import platform
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from importlib import metadata
from typing import TYPE_CHECKING, Literal

from basketplan.errors import NoPlanError, RejectedPlanError, UsageError
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.stages import Stages, Terms

if TYPE_CHECKING:
    from basketplan.plan.types import Origin, Plan, Verification
    from basketplan.programme.types import Programme
    from basketplan.solve.ahead import Ahead
    from basketplan.solve.points import Choice
    from basketplan.solve.types import (
        Allocation,
        EffortName,
        Left,
        RoutingProblem,
        RoutingSolution,
        Schedule,
        Territory,
    )

__all__ = ["Outcome", "plan", "run"]

FEW = 0.01
"""Part of the households up to which baskets that cannot be delivered are not worth another allocation."""
ROUNDS = 2
"""Most times the allocation is solved for a smaller demand after deliveries turned out impossible."""


STORAGE = ("V303", "V304")
"""Rules of the verifier about storage: the allocation counts on baskets that leave, and trips may leave later."""
STORES = 6
"""Most times that a plan is made where a hub's storage overflows, each time with a larger part of it left empty."""


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A plan with its independent check and how long each stage took."""

    plan: Plan
    verification: Verification
    seconds: Mapping[str, float]


@dataclass
class _Watch(QuietReporter):
    """Passes progress on, keeps the clock of the run, and stops it at its limit."""

    inner: Reporter
    limit_s: float | None
    started: float = field(default_factory=time.monotonic)
    seconds: dict[str, float] = field(default_factory=dict)
    was_stopped: bool = False

    def update(self, progress: Progress) -> None:
        self.inner.update(progress)

    def stopped(self) -> bool:
        late = self.limit_s is not None and time.monotonic() - self.started >= self.limit_s
        if late or self.inner.stopped():
            self.was_stopped = True
        return self.was_stopped

    def timed(self, stage: str, begin: float) -> None:
        self.seconds[stage] = round(self.seconds.get(stage, 0.0) + time.monotonic() - begin, 3)


@dataclass(frozen=True)
class _Decided:
    """All stage results of one round."""

    territory: Territory
    allocation: Allocation
    problems: Mapping[str, RoutingProblem]
    solutions: Mapping[str, RoutingSolution]
    schedule: Schedule

    def undelivered(self) -> dict[str, Left]:
        """Households whose baskets are assembled and not delivered."""
        left = [item for solution in self.solutions.values() for item in solution.left]
        taken = {household for trip in self.schedule.trips for household in trip.households}
        return {item.household: item for item in (*left, *self.schedule.left) if item.household not in taken}


def run(
    programme: Programme,
    *,
    effort: EffortName = "standard",
    seed: int = 0,
    reporter: Reporter | None = None,
    time_limit_s: float | None = None,
    workers: int = 1,
    scenario: str | None = None,
    overrides: Sequence[str] = (),
    stages: Stages | None = None,
) -> Outcome:
    """Plan ``programme`` and check the plan.

    Parameters
    ----------
    programme
        A checked programme (see :func:`basketplan.load_programme`).
    effort
        ``quick``, ``standard`` or ``thorough``: counts of work, not seconds.
    seed
        Same programme, effort and seed: same plan.
    reporter
        Receives progress; its ``stopped()`` ends the run with the best plan so far.
    time_limit_s
        A safety limit in seconds; when met, the plan's status is ``interrupted``.
    workers
        Threads for routing and for calendars; the plan does not depend on it. With more than one, routing begins
        beside the allocation.
    scenario, overrides
        Recorded in the plan's origin; they are applied when the programme is read.
    stages
        What makes the decisions; by default they are made here and now.

    Raises
    ------
    UsageError
        Unknown effort.
    NoPlanError
        Nothing can be planned: no household may be served by any hub.
    """
    from basketplan.plan.io import plan_sha256
    from basketplan.plan.verify import verify
    from basketplan.solve.points import choose_points
    from basketplan.solve.storage import ROOM, with_room
    from basketplan.solve.types import EFFORTS
    from basketplan.solve.visits import split_visits

    if effort not in EFFORTS:
        raise UsageError(f"unknown effort '{effort}': choose one of {', '.join(EFFORTS)}")
    watch = _Watch(reporter or QuietReporter(), time_limit_s)
    terms = Terms(effort=EFFORTS[effort], seed=seed, workers=workers, reporter=watch)
    begin = time.monotonic()
    choice = choose_points(split_visits(programme), terms.effort, seed=seed, reporter=watch)
    if choice.reports:
        watch.timed("points", begin)
    origin = _origin(programme, effort, seed, scenario, overrides)
    room: dict[str, float] = {}
    for attempt in range(STORES):
        emptier = replace(choice, programme=with_room(choice.programme, room))
        decided, dropped = _decide(emptier, stages or Stages(), terms, watch)
        made = _compose(choice, origin, decided, dropped, watch)
        begin = time.monotonic()
        verification = verify(made, programme)
        watch.timed("verification", begin)
        full = {item.where.split()[0] for item in verification.violations if item.code in STORAGE}
        if not full or watch.stopped():
            break
        room |= {hub: room.get(hub, 1.0) * ROOM ** (attempt + 1) for hub in full}
    if verification.plan_sha256 != plan_sha256(made):
        verification = verification.model_copy(update={"plan_sha256": plan_sha256(made)})
    watch.seconds["total"] = round(time.monotonic() - watch.started, 3)
    return Outcome(plan=made, verification=verification, seconds=dict(watch.seconds))


def plan(
    programme: Programme,
    effort: EffortName = "standard",
    seed: int = 0,
    reporter: Reporter | None = None,
    *,
    time_limit_s: float | None = None,
    workers: int = 1,
) -> Plan:
    """Return a verified plan for ``programme``; see :func:`run` for the parameters.

    Raises
    ------
    RejectedPlanError
        The plan breaks a rule. That is a fault of basketplan, not of the programme.
    NoPlanError
        Nothing can be planned.
    """
    outcome = run(programme, effort=effort, seed=seed, reporter=reporter, time_limit_s=time_limit_s, workers=workers)
    if not outcome.verification.ok:
        first = outcome.verification.violations[0]
        count = len(outcome.verification.violations)
        raise RejectedPlanError(f"the plan breaks {count} rules; the first: {first.code} {first.message}")
    return outcome.plan


def _decide(choice: Choice, stages: Stages, terms: Terms, watch: _Watch) -> tuple[_Decided, dict[str, Left]]:
    """Run the stages; repeat with a smaller demand while baskets cannot be delivered."""
    from basketplan.solve.routing import warm_up

    # The allocation leaves a core idle: the search is compiled there meanwhile.
    threading.Thread(target=warm_up, daemon=True).start()
    dropped: dict[str, Left] = {}
    begin = time.monotonic()
    programme = choice.programme
    lands = stages.territory(choice.reachable, terms)
    watch.timed("territory", begin)
    if not lands.hub_of:
        left = (*lands.left, *choice.left)
        reason = left[0].detail if left else "there is no household"
        raise NoPlanError(f"no household can be served by any hub. {reason}")
    demand = frozenset(lands.hub_of)
    decided = _round(programme, lands, demand, stages, terms, watch, None)
    for _ in range(ROUNDS):
        lost = decided.undelivered()
        if len(lost) <= FEW * len(demand) or watch.stopped():
            break
        demand -= set(lost)
        again = _round(programme, lands, demand, stages, terms, watch, decided)
        if _weight(programme, again) < _weight(programme, decided):
            break
        decided, dropped = again, {**dropped, **lost}
    return decided, {**dropped, **decided.undelivered()}


def _weight(programme: Programme, decided: _Decided) -> int:
    """Return the baskets delivered, each times its household's priority."""
    homes = [programme.household[name] for trip in decided.schedule.trips for name in trip.households]
    return sum(home.priority * home.total_baskets for home in homes)


def _round(
    programme: Programme,
    lands: Territory,
    demand: frozenset[str],
    stages: Stages,
    terms: Terms,
    watch: _Watch,
    before: _Decided | None,
) -> _Decided:
    """Allocate for ``demand``, route who is served, set the calendar; keep routes of unchanged hubs."""
    everybody = _by_hub(lands, demand)
    known: Sequence[RoutingSolution] | None = None
    with _routed_ahead(programme, everybody, stages, terms) if before is None else nullcontext() as ahead:
        begin = time.monotonic()
        allocation = stages.allocate(programme, lands, demand, terms)
        watch.timed("allocation", begin)

        if any(lorry.rounds is not None for lorry in programme.lorries):
            begin = time.monotonic()
            allocation = stages.collect(programme, allocation, terms)
            watch.timed("rounds", begin)

        begin = time.monotonic()
        served = _by_hub(lands, allocation.served)
        if ahead is not None and served == everybody:
            known = ahead.take()
    problems = _problems(programme, served)
    kept = {
        hub: before.solutions[hub]
        for hub in problems
        if before is not None and hub in before.problems and before.problems[hub].stop_ids == problems[hub].stop_ids
    }
    if known is None:
        todo = [problems[hub] for hub in sorted(problems) if hub not in kept]
        known = stages.route(programme, todo, terms) if todo else ()
    solutions = {**kept, **{solution.hub: solution for solution in known}}
    watch.timed("routing", begin)

    begin = time.monotonic()
    calendar = stages.schedule(programme, allocation, problems, solutions, terms)
    decided = _Decided(lands, allocation, problems, dict(sorted(solutions.items())), calendar)
    if allocation.left and decided.undelivered():
        wider, same = _with_others(programme, decided, lands)
        calendar = stages.schedule(programme, allocation, wider, same, terms)
        decided = replace(decided, schedule=calendar)
    watch.timed("calendar", begin)
    return decided


def _routed_ahead(
    programme: Programme, everybody: Mapping[str, Sequence[str]], stages: Stages, terms: Terms
) -> AbstractContextManager[Ahead[Sequence[RoutingSolution]] | None]:
    """Begin to route as if everybody were served, where a core is idle and the stages can be asked at once."""
    from basketplan.solve.ahead import Ahead

    if terms.workers <= 1 or not stages.at_once:
        return nullcontext()

    def work(told: Reporter) -> Sequence[RoutingSolution]:
        return stages.route(programme, list(_problems(programme, everybody).values()), replace(terms, reporter=told))

    return Ahead(terms.reporter, work)


def _by_hub(lands: Territory, households: Iterable[str]) -> dict[str, list[str]]:
    """Return the hubs, each with those of ``households`` that belong to it; all in order."""
    by_hub: dict[str, list[str]] = {}
    for household in sorted(households):
        by_hub.setdefault(lands.hub_of[household], []).append(household)
    return dict(sorted(by_hub.items()))


def _problems(programme: Programme, by_hub: Mapping[str, Sequence[str]]) -> dict[str, RoutingProblem]:
    """Return the routing problem of every hub."""
    from basketplan.solve.routing import routing_problem

    return {hub: routing_problem(programme, hub, households) for hub, households in by_hub.items()}


def _with_others(
    programme: Programme, decided: _Decided, lands: Territory
) -> tuple[dict[str, RoutingProblem], dict[str, RoutingSolution]]:
    """Return problems with those whom allocation left out as well, who may get what others cannot be brought."""
    from basketplan.solve.routing import routing_problem

    others: dict[str, list[str]] = {}
    for item in decided.allocation.left:
        if item.household in lands.hub_of:
            others.setdefault(lands.hub_of[item.household], []).append(item.household)
    problems, solutions = {}, {}
    for hub, problem in decided.problems.items():
        wider = routing_problem(programme, hub, [*problem.stop_ids, *others.get(hub, ())])
        point = {name: index for index, name in enumerate(wider.stop_ids, start=1)}
        trips = tuple(
            replace(trip, stops=tuple(point[problem.stop_ids[stop - 1]] for stop in trip.stops))
            for trip in decided.solutions[hub].trips
        )
        problems[hub], solutions[hub] = wider, replace(decided.solutions[hub], trips=trips)
    return problems, solutions


def _compose(choice: Choice, origin: Origin, decided: _Decided, dropped: Mapping[str, Left], watch: _Watch) -> Plan:
    """Give every basket its lots and put all decisions into one plan."""
    from basketplan.plan.types import StageReport
    from basketplan.solve.assemble import assemble_plan
    from basketplan.solve.fill import fill
    from basketplan.solve.lots import assign_lots

    begin = time.monotonic()
    programme = choice.programme
    watch.update(Progress(stage="lots", message="naming the cooperatives of every basket"))
    shipments, assemblies, baskets = assign_lots(programme, decided.allocation, decided.schedule)
    reports = (
        *choice.reports,
        decided.territory.report,
        *decided.allocation.reports,
        *(solution.report for solution in decided.solutions.values()),
        *decided.schedule.reports,
        StageReport(stage="lots", status="optimal", detail="first in, first out"),
    )
    left = {item.household: item for item in (*choice.left, *decided.territory.left, *decided.allocation.left)} | dict(
        dropped
    )
    delivered = {household for trip in decided.schedule.trips for household in trip.households}
    waiting = set(programme.household) - delivered - {item.household for item in choice.left}
    kept, baskets = fill(programme, decided.schedule, shipments, baskets, waiting)
    delivered |= {household for trip in kept.trips for household in trip.households}
    # Work that ends in the very moment of Ctrl-C may never have asked whether to stop.
    stopped = watch.was_stopped or watch.inner.stopped()
    status: Literal["complete", "interrupted"] = "interrupted" if stopped else "complete"
    made = assemble_plan(
        programme,
        origin=origin,
        status=status,
        allocation=decided.allocation,
        schedule=kept,
        shipments=shipments,
        assemblies=assemblies,
        baskets=baskets,
        left=_reasons(programme, left, delivered, status),
        stages=reports,
        collections=choice.collections,
    )
    watch.timed("lots", begin)
    return made


def _reasons(
    programme: Programme, left: Mapping[str, Left], delivered: set[str], status: Literal["complete", "interrupted"]
) -> list[Left]:
    """Return one reason for every household that gets nothing."""
    from basketplan.solve.types import Left

    unknown = Left(
        household="",
        reason="stopped" if status == "interrupted" else "fleet",
        detail="planning was stopped before it was placed"
        if status == "interrupted"
        else "no trip was found for it beside the others",
        remedy="run the plan again to its end" if status == "interrupted" else "add a vehicle or a delivery day",
    )
    return [
        left.get(household, replace(unknown, household=household))
        for household in sorted(programme.household)
        if household not in delivered
    ]


def _origin(programme: Programme, effort: str, seed: int, scenario: str | None, overrides: Sequence[str]) -> Origin:
    """Say from what the plan was made."""
    from basketplan.plan.io import programme_sha256
    from basketplan.plan.types import Origin

    names = ("numba", "numpy", "ortools", "scipy")
    versions = {"basketplan": metadata.version("basketplan"), "python": ".".join(platform.python_version_tuple()[:2])}
    versions |= {name: metadata.version(name) for name in names}
    return Origin(
        programme=programme.id,
        programme_sha256=programme_sha256(programme),
        scenario=scenario,
        overrides=tuple(overrides),
        seed=seed,
        effort=effort,
        versions=dict(sorted(versions.items())),
    )
