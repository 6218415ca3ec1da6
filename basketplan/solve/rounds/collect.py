"""Finds the rounds of all hubs and days, and puts them in the place of lorries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from basketplan import units
from basketplan.plan.types import StageReport
from basketplan.programme.types import Programme
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.solve.inbound import TownRoads
from basketplan.solve.rounds.departures import Departure, departures
from basketplan.solve.rounds.problem import collection_problem, lorry_of
from basketplan.solve.routing import route_hubs
from basketplan.solve.types import Allocation, Collected, Effort, RoutingProblem

__all__ = ["collect"]

MOVES = 10
"""Times the effort's moves per stop: a hub's day has a few stops, where trips to households have thousands."""
AT_ONCE = 64
"""Hubs and days that are searched at the same time."""


@dataclass(frozen=True, kw_only=True)
class _Found:
    """A round and by how many centimes it is cheaper than the lorries that it replaces."""

    lorry: str
    items: tuple[Departure, ...]
    saves: int

    @property
    def key(self) -> tuple[int, str, tuple[str, ...]]:
        """The best first, and the same order always."""
        return -self.saves, self.lorry, tuple(item.cooperative for item in self.items)


class _Told:
    """Passes the engine's progress on as that of this stage."""

    def __init__(self, inner: Reporter, done: int, total: int) -> None:
        self.inner, self.done, self.total = inner, done, total

    def update(self, progress: Progress) -> None:
        """Tell how many hubs and days are behind."""
        self.inner.update(Progress(stage="rounds", message="collection rounds", done=self.done, total=self.total))

    def stopped(self) -> bool:
        """Ask whoever started the work."""
        return self.inner.stopped()


def collect(
    programme: Programme,
    allocation: Allocation,
    effort: Effort,
    *,
    seed: int = 0,
    workers: int = 1,
    reporter: Reporter | None = None,
) -> Allocation:
    """Return ``allocation`` with rounds in the place of lorries wherever they are cheaper.

    Parameters
    ----------
    programme
        Where no lorry type has ``rounds``, the allocation is returned as it is.
    effort
        Its moves per stop, times :data:`MOVES`; ``routing_s`` guards each batch of hubs and days.
    seed
        Same allocation, effort and seed: same rounds.
    workers
        Threads; the result does not depend on it.
    reporter
        When it says stop, what has not been looked at keeps its straight lorries.
    """
    if all(lorry.rounds is None for lorry in programme.lorries):
        return allocation
    reporter = reporter or QuietReporter()
    roads = TownRoads(programme.travel)
    everything = departures(programme, allocation, roads)
    groups = [items for items in _by_hub_and_day(everything) if _may_share(programme, items)]
    found: list[_Found] = []
    looked = 0
    for begin in range(0, len(groups), AT_ONCE):
        if reporter.stopped():
            break
        batch = groups[begin : begin + AT_ONCE]
        problems = [collection_problem(programme, items, roads) for items in batch]
        solutions = route_hubs(
            problems,
            replace(effort, routing_moves=MOVES * effort.routing_moves),
            seed=seed + begin,
            workers=workers,
            reporter=_Told(reporter, begin, len(groups)),
        )
        for items, problem, solution in zip(batch, problems, solutions, strict=True):
            better = [
                one
                for trip in solution.trips
                if (name := lorry_of(trip.vehicle)) is not None
                and (one := _weighed(programme, name, [items[stop - 1] for stop in trip.stops], problem, trip.stops))
            ]
            found += _fewest(programme, better)
        looked += len(batch)
    return _replaced(allocation, found, _report(everything, found, looked == len(groups)))


def _by_hub_and_day(items: Sequence[Departure]) -> Iterator[tuple[Departure, ...]]:
    groups: dict[tuple[str, int], list[Departure]] = defaultdict(list)
    for item in items:
        groups[item.hub, item.day].append(item)
    for _, group in sorted(groups.items()):
        yield tuple(group)


def _may_share(programme: Programme, items: Sequence[Departure]) -> bool:
    """Tell whether a round could be cheaper: there are several departures, or a round has a price of its own."""
    own = any(
        lorry.rounds.cost_per_trip is not None or lorry.rounds.cost_per_km is not None
        for lorry in programme.lorries
        if lorry.rounds is not None
    )
    return own or len(items) > 1


def _weighed(
    programme: Programme, name: str, items: Sequence[Departure], problem: RoutingProblem, stops: Sequence[int]
) -> _Found | None:
    """Return the round, or none where it is not cheaper than the lorries that it replaces."""
    lorry = programme.lorry[name]
    road = sum(problem.legs_m(stops))
    cost = lorry.round_cost_per_trip + units.cost_of_distance_centimes(road, lorry.round_cost_per_km)
    saves = sum(item.direct_centimes for item in items) - cost
    return _Found(lorry=name, items=tuple(items), saves=saves) if saves > 0 else None


def _fewest(programme: Programme, found: Sequence[_Found]) -> list[_Found]:
    """Return the rounds of one hub and day, of each lorry type no more than it may make: those that save most."""
    kept: list[_Found] = []
    made: dict[str, int] = defaultdict(int)
    for one in sorted(found, key=lambda item: item.key):
        rounds = programme.lorry[one.lorry].rounds
        if rounds is not None and (rounds.per_day is None or made[one.lorry] < rounds.per_day):
            made[one.lorry] += 1
            kept.append(one)
    return kept


def _replaced(allocation: Allocation, found: Sequence[_Found], report: StageReport) -> Allocation:
    """Return the allocation with the rounds ``found`` instead of the lorries that they replace."""
    collected = [
        Collected(
            hub=one.items[0].hub,
            lorry=one.lorry,
            day=one.items[0].day,
            cooperatives=tuple(item.cooperative for item in one.items),
            products=tuple(item.products for item in one.items),
            instead_of=tuple(hauled for item in one.items for hauled in item.direct),
        )
        for one in found
    ]
    gone = {hauled for one in collected for hauled in one.instead_of}
    return replace(
        allocation,
        hauled=tuple(item for item in allocation.hauled if item not in gone),
        collected=tuple(sorted(collected, key=lambda one: (one.day, one.hub, one.lorry, one.cooperatives))),
        reports=(*allocation.reports, report),
    )


def _report(everything: Sequence[Departure], found: Sequence[_Found], whole: bool) -> StageReport:
    """Say which is cheaper, and by how much."""
    straight = sum(item.direct_centimes for item in everything)
    saved = sum(one.saves for one in found)
    on_rounds = sum(len(one.items) for one in found)
    prices = f"go straight would cost {straight / 100:,.2f} MAD, with rounds {(straight - saved) / 100:,.2f} MAD"
    return StageReport(
        stage="rounds",
        status="heuristic" if whole else "interrupted",
        value=float(straight - saved),
        detail=f"{len(found)} rounds for {on_rounds} of {len(everything)} departures that arrive on their day;"
        f" lorries that {prices}",
    )
