"""The best rounds found for what a hub gets on one day, by the engine of the trips to households; each found once."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from basketplan import units
from basketplan.programme.types import Programme
from basketplan.progress import Progress, Reporter
from basketplan.solve.inbound import TownRoads
from basketplan.solve.rounds.departures import Departure
from basketplan.solve.rounds.problem import collection_problem, lorry_of
from basketplan.solve.routing import route_hubs
from basketplan.solve.types import Effort, RoutingProblem, RoutingSolution

__all__ = ["Engine", "Found", "Group", "Search"]

MOVES = 10
"""Times the effort's moves per stop: a hub's day has a few stops, where trips to households have thousands."""
AT_ONCE = 64
"""Hubs and days that are searched at the same time."""

NUMBERS = 1_000_000
"""Random numbers that searches can have."""

Group = tuple[Departure, ...]
"""What a hub gets on one day, by cooperative."""


class Engine(Protocol):
    """Finds the trips of each problem, as :func:`basketplan.solve.routing.route_hubs` does."""

    def __call__(
        self,
        problems: Sequence[RoutingProblem],
        effort: Effort,
        *,
        seed: int,
        workers: int,
        reporter: Reporter,
        numbers: Sequence[int],
    ) -> Sequence[RoutingSolution]:
        """Return the trips in the order of ``problems``."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """A round and by how many centimes it is cheaper than the lorries that it replaces."""

    lorry: str
    items: tuple[Departure, ...]
    saves: int

    @property
    def key(self) -> tuple[int, str, tuple[str, ...]]:
        """The best first, and the same order always."""
        return -self.saves, self.lorry, tuple(item.cooperative for item in self.items)


@dataclass
class Search:
    """Finds rounds, and remembers them."""

    programme: Programme
    roads: TownRoads
    effort: Effort
    seed: int
    workers: int
    reporter: Reporter
    engine: Engine = route_hubs
    known: dict[Group, tuple[Found, ...]] = field(default_factory=dict)
    cut: bool = False
    """Whether any search ended before its moves were made: stopped, or at its clock."""

    def find(self, groups: Iterable[Group], told: Callable[[int], Progress]) -> bool:
        """Find the rounds of ``groups``; false where the reporter said stop before all were looked at.

        Parameters
        ----------
        told
            Number of groups looked at → what to tell.
        """
        todo = [group for group in dict.fromkeys(groups) if group not in self.known]
        for group in [group for group in todo if not _may_share(self.programme, group)]:
            self.known[group] = ()
        todo = [group for group in todo if group not in self.known]
        for begin in range(0, len(todo), AT_ONCE):
            if self.reporter.stopped():
                self.cut = True
                return False
            batch = todo[begin : begin + AT_ONCE]
            problems = [collection_problem(self.programme, group, self.roads) for group in batch]
            solutions = self.engine(
                problems,
                replace(self.effort, routing_moves=MOVES * self.effort.routing_moves),
                seed=self.seed,
                workers=self.workers,
                reporter=_Told(self.reporter, told(begin)),
                numbers=[_number(group) for group in batch],
            )
            self.cut |= any(solution.report.status == "interrupted" for solution in solutions)
            for group, problem, solution in zip(batch, problems, solutions, strict=True):
                better = [
                    one
                    for trip in solution.trips
                    if (name := lorry_of(trip.vehicle)) is not None
                    and (one := _weighed(self.programme, name, [group[k - 1] for k in trip.stops], problem, trip.stops))
                ]
                self.known[group] = tuple(_fewest(self.programme, better))
        return True

    def saves(self, group: Group) -> int:
        """Return the centimes that the rounds found for ``group`` save; 0 where none were looked for."""
        return sum(one.saves for one in self.known.get(group, ()))


@dataclass(frozen=True)
class _Told:
    """Passes the engine's progress on as that of this stage."""

    inner: Reporter
    progress: Progress

    def update(self, progress: Progress) -> None:
        """Tell how far this stage is, whatever the engine tells."""
        self.inner.update(self.progress)

    def stopped(self) -> bool:
        """Ask whoever started the work."""
        return self.inner.stopped()


def _number(group: Group) -> int:
    """Return the number of a search: the same wherever and whenever the same goods leave the same cooperatives."""
    text = ";".join(f"{item.hub},{item.cooperative},{item.weight_g},{item.volume_ml}" for item in group)
    return zlib.crc32(text.encode()) % NUMBERS


def _may_share(programme: Programme, group: Group) -> bool:
    """Tell whether a round could be cheaper: there are several departures, or a round has a price of its own."""
    own = any(
        lorry.rounds.cost_per_trip is not None or lorry.rounds.cost_per_km is not None
        for lorry in programme.lorries
        if lorry.rounds is not None
    )
    return len(group) > 1 or (own and len(group) == 1)


def _weighed(
    programme: Programme, name: str, items: Sequence[Departure], problem: RoutingProblem, stops: Sequence[int]
) -> Found | None:
    """Return the round, or none where it is not cheaper than the lorries that it replaces."""
    lorry = programme.lorry[name]
    road = sum(problem.legs_m(stops))
    cost = lorry.round_cost_per_trip + units.cost_of_distance_centimes(road, lorry.round_cost_per_km)
    saves = sum(item.direct_centimes for item in items) - cost
    return Found(lorry=name, items=tuple(items), saves=saves) if saves > 0 else None


def _fewest(programme: Programme, found: Sequence[Found]) -> list[Found]:
    """Return the rounds of one hub and day, of each lorry type no more than it may make: those that save most."""
    kept: list[Found] = []
    made: dict[str, int] = defaultdict(int)
    for one in sorted(found, key=lambda item: item.key):
        rounds = programme.lorry[one.lorry].rounds
        if rounds is not None and (rounds.per_day is None or made[one.lorry] < rounds.per_day):
            made[one.lorry] += 1
            kept.append(one)
    return kept
