"""On whom a programme leans: what is lost when a cooperative, or a hub on a day, fails.

Before anything is done about it, a basket is lost when something in it comes from the cooperative that fails; for a
hub's day, when it is assembled or brought on that day, or waits for goods that arrive then. After the plan is made
anew without what failed, only those baskets are lost that nobody else can make: the most that can be served is solved
again (see :mod:`basketplan.solve.allocation.service`), without planning the trips anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from basketplan.plan.types import Plan
from basketplan.programme.types import Programme
from basketplan.progress import Progress, Reporter
from basketplan.solve.allocation.service import most_served

__all__ = ["Failure", "Stress", "stress"]


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One failure and the baskets that it costs."""

    cooperative: str | None
    hub: str | None
    day: dt.date | None
    lost_before: int
    """Of the baskets that the plan delivers, if nothing is done about it."""
    lost_after: int
    """If supply and assembly are planned anew without what failed."""
    exact: bool
    """Whether ``lost_after`` is proven in whole packs; otherwise whole lots may leave out a few more."""


@dataclass(frozen=True, kw_only=True)
class Stress:
    """All failures that were tried, the worst first."""

    delivered: int
    failures: tuple[Failure, ...]
    tried: int
    all: int
    """Failures there are; ``tried`` is less when the user stopped."""


def stress(plan: Plan, programme: Programme, *, seed: int, reporter: Reporter, days: bool = True) -> Stress:
    """Fail each engaged cooperative in turn, and each day on which a hub does anything.

    Parameters
    ----------
    days
        Whether hubs' days are failed as well.
    """
    cases = list(_cases(plan, days))
    done: list[Failure] = []
    for number, (coop, hub, day) in enumerate(cases):
        if reporter.stopped():
            break
        name = coop or f"{hub} {day}"
        reporter.update(Progress(stage="stress", message=name, done=number, total=len(cases)))
        before = _lost(plan, coop, hub, day)
        after = most_served(_without(programme, coop, hub, day), seed=seed, reporter=reporter)
        if after is None:
            continue
        lost = max(0, plan.metrics.baskets_delivered - after.baskets)
        done.append(Failure(cooperative=coop, hub=hub, day=day, lost_before=before, lost_after=lost, exact=after.exact))
    done.sort(
        key=lambda item: (-item.lost_after, -item.lost_before, item.cooperative or "", item.hub or "", str(item.day))
    )
    return Stress(delivered=plan.metrics.baskets_delivered, failures=tuple(done), tried=len(done), all=len(cases))


def _cases(plan: Plan, days: bool) -> Iterator[tuple[str | None, str | None, dt.date | None]]:
    for coop in sorted({item.cooperative for item in plan.shipments}):
        yield coop, None, None
    busy = {(item.hub, item.day) for item in plan.assemblies} | {(trip.hub, trip.day) for trip in plan.trips}
    for hub, day in sorted(busy | {(item.hub, item.arrives) for item in plan.shipments}) if days else ():
        yield None, hub, day


def _lost(plan: Plan, coop: str | None, hub: str | None, day: dt.date | None) -> int:
    """Return how many baskets that the plan delivers are lost if nothing is done."""
    shipment = {item.id: item for item in plan.shipments}
    brought = {stop.household: trip.day for trip in plan.trips for stop in trip.stops}
    lost = 0
    for basket in plan.baskets:
        if basket.household is None:
            continue
        parts = [shipment[lot.shipment] for lot in basket.lots]
        if coop is not None:
            lost += any(part.cooperative == coop for part in parts)
        elif basket.hub == hub:
            late = any(part.arrives == day for part in parts)
            lost += late or basket.assembled == day or brought.get(basket.household) == day
    return lost


def _without(programme: Programme, coop: str | None, hub: str | None, day: dt.date | None) -> Programme:
    """Return the programme without what fails."""
    if coop is not None:
        return programme.altered(cooperatives=tuple(item for item in programme.cooperatives if item.id != coop))
    assert hub is not None
    assert day is not None
    hubs = tuple(
        item.model_copy(update={"closed": (*item.closed, day)}) if item.id == hub else item for item in programme.hubs
    )
    return programme.altered(hubs=hubs)
