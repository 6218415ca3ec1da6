"""From a programme to one in which families stand where they collect.

Families of one point take turns where they are too many for one day: every turn has days of its own and at most as
many families as the point serves in a day. So whichever of its days each basket comes, the point is never overrun.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from basketplan.plan.types import Collection, StageReport
from basketplan.programme.types import Household, Programme
from basketplan.progress import Progress, Reporter
from basketplan.solve.interrupt import Runner
from basketplan.solve.points.data import Candidate, Data, at_no_door, gather
from basketplan.solve.points.model import assign, open_points
from basketplan.solve.types import Effort, Left

__all__ = ["Choice", "choose_points"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Who collects where."""

    programme: Programme
    """With everybody who collects at the point."""
    collections: tuple[Collection, ...] = ()
    """By household; without day and hour, which follow from the trips."""
    left: tuple[Left, ...] = ()
    """Who gets nothing, because it would have to collect and cannot."""
    reports: tuple[StageReport, ...] = ()

    @property
    def reachable(self) -> Programme:
        """The programme without those that are left."""
        names = {item.household for item in self.left}
        if not names:
            return self.programme
        return self.programme.with_households(tuple(h for h in self.programme.households if h.id not in names))


def choose_points(programme: Programme, effort: Effort, *, seed: int, reporter: Reporter) -> Choice:
    """Choose distribution points for ``programme`` as its policy says; nothing changes where all goes to the door.

    Parameters
    ----------
    programme
        With every visit as a household of its own where baskets are split: those are not collected.
    effort
        Its ``allocation_*`` limits hold for each goal.
    reporter
        When it says stop, the best choice so far counts.
    """
    rules = programme.policy.delivery
    if rules.mode == "doors":
        return Choice(programme=programme)
    reporter.update(Progress(stage="points", message="who can walk where", total=len(programme.households)))
    data = gather(programme)
    needy = _needy(programme, data)
    with Runner(reporter, seed=seed, seconds=effort.allocation_s, stage="points") as runner:
        opening = open_points(data, rules, needy, effort, runner)
    found = assign(data, opening.days, needy)
    collections = tuple(sorted(_collections(data, found), key=lambda item: item.household))
    where = {item.household: item for item in collections}
    people = tuple(
        home.at(programme.point[where[home.id].point], where[home.id].days, rules.service) if home.id in where else home
        for home in programme.households
    )
    left = () if rules.otherwise == "door" else tuple(_left(programme, data, found, stopped=runner.stopped))
    return Choice(
        programme=programme.with_households(people), collections=collections, left=left, reports=opening.reports
    )


def _needy(programme: Programme, data: Data) -> list[int]:
    """Return baskets × priority of the families that get nothing unless they collect; 0 of the others."""
    if programme.policy.delivery.otherwise == "unserved":
        lost = {home.id for home in data.families}
    else:
        lost = at_no_door(programme, [data.families[row] for row in sorted(set(data.pairs.family.tolist()))])
    return [home.priority * home.total_baskets if home.id in lost else 0 for home in data.families]


def _collections(data: Data, found: dict[int, tuple[int, int]]) -> Iterator[Collection]:
    """Yield who collects where, with the days of its turn."""
    families: dict[int, list[tuple[Household, int]]] = defaultdict(list)
    for row, (column, walk_m) in found.items():
        families[column].append((data.families[row], walk_m))
    for column, some in families.items():
        candidate = data.candidates[column]
        some.sort(key=lambda pair: (-pair[0].priority, pair[0].id))
        for (home, walk_m), days in zip(some, turns(candidate, len(some)), strict=True):
            yield Collection(
                household=home.id,
                point=candidate.point.id,
                walk_m=walk_m,
                days=days,
                day=None,
                from_s=None,
                until_s=None,
            )


def turns(candidate: Candidate, families: int) -> Sequence[tuple[dt.date, ...]]:
    """Return for each of so many families the days of its turn: as few turns as suffice, of about equal size.

    Days are dealt out in rotation, so that every turn has early and late ones.
    """
    number = -(-families // candidate.per_day)
    return [candidate.days[place * number // families :: number] for place in range(families)]


def _left(programme: Programme, data: Data, found: dict[int, tuple[int, int]], *, stopped: bool) -> Iterator[Left]:
    """Say of everybody who collects nowhere why."""
    near = set(data.pairs.family.tolist())
    rules = programme.policy.delivery
    for row, home in enumerate(data.families):
        if row in found:
            continue
        if stopped:
            yield Left(
                household=home.id,
                reason="stopped",
                detail="planning was stopped before it was given a point",
                remedy="run the plan again to its end",
            )
            continue
        if row in near:
            most = f" of at most {rules.at_most}" if rules.at_most is not None else ""
            detail = f"no room is left for it at the points chosen{most} within {rules.walking:,} m of walking"
            remedy = "allow more points, more families per hour, or longer hours"
        else:
            detail = f"no candidate for a point that a vehicle can serve lies within {rules.walking:,} m of walking"
            remedy = "find a place nearer to it, or bring its basket to the door ('otherwise: door')"
        yield Left(household=home.id, reason="walking", detail=detail, remedy=remedy)
