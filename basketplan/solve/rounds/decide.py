"""Finds the rounds of all hubs and days, and puts them in the place of lorries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from basketplan.plan.types import StageReport
from basketplan.programme.types import Programme
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.solve.inbound import TownRoads
from basketplan.solve.rounds.departures import Departure, departures
from basketplan.solve.rounds.search import Engine, Found, Search
from basketplan.solve.rounds.waiting import Waiting, with_days
from basketplan.solve.routing import route_hubs
from basketplan.solve.types import Allocation, Collected, Effort

__all__ = ["collect"]


def collect(
    programme: Programme,
    allocation: Allocation,
    effort: Effort,
    *,
    seed: int = 0,
    workers: int = 1,
    reporter: Reporter | None = None,
    engine: Engine = route_hubs,
) -> Allocation:
    """Return ``allocation`` with rounds in the place of lorries wherever they are cheaper.

    Parameters
    ----------
    programme
        Where no lorry type has ``rounds``, the allocation is returned as it is.
    effort
        Its moves per stop, times :data:`~basketplan.solve.rounds.search.MOVES`; ``routing_s`` guards each batch of hubs
        and days.
    seed
        Same allocation, effort and seed: same rounds.
    workers
        Threads; the result does not depend on it.
    reporter
        When it says stop, what has not been looked at keeps its straight lorries.
    engine
        What finds the rounds.
    """
    if all(lorry.rounds is None for lorry in programme.lorries):
        return allocation
    reporter = reporter or QuietReporter()
    roads = TownRoads(programme.travel)
    everything = departures(programme, allocation, roads)
    search = Search(programme, roads, effort, seed, workers, reporter, engine)
    waiting = Waiting(programme, allocation, search, everything)
    groups = waiting.groups()

    def told(done: int) -> Progress:
        return Progress(stage="rounds", message="collection rounds", done=done, total=len(groups))

    later = waiting.put_off() if search.find(groups, told) else {}
    found = [one for group in waiting.groups() for one in search.known.get(group, ())]
    changed = with_days(allocation, everything, later)
    return _replaced(changed, found, _report(everything, found, len(later), not search.cut))


def _replaced(allocation: Allocation, found: Sequence[Found], report: StageReport) -> Allocation:
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


def _report(everything: Sequence[Departure], found: Sequence[Found], waiting: int, whole: bool) -> StageReport:
    """Say which is cheaper, and by how much."""
    straight = sum(item.direct_centimes for item in everything)
    saved = sum(one.saves for one in found)
    on_rounds = sum(len(one.items) for one in found)
    prices = f"go straight would cost {straight / 100:,.2f} MAD, with rounds {(straight - saved) / 100:,.2f} MAD"
    waits = f", of which {waiting} wait for a later day" if waiting else ""
    return StageReport(
        stage="rounds",
        status="heuristic" if whole else "interrupted",
        value=float(straight - saved),
        detail=f"{len(found)} rounds for {on_rounds} of {len(everything)} departures that arrive on their day{waits};"
        f" lorries that {prices}",
    )
