"""The decisions of a plan in the terms of the allocation, so that its models can be asked about that plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from basketplan.plan.types import Plan
from basketplan.programme.types import Programme
from basketplan.solve.allocation.data import Data, OfferData, read_data
from basketplan.solve.territory import territory
from basketplan.solve.types import Territory

__all__ = ["Standing", "lands_of", "price_row", "roomy", "standing", "standing_data"]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What a plan decides about supply and assembly; days count working days from 0."""

    packs: Mapping[tuple[str, str, str, int, int], int]
    """(cooperative, product, hub, dispatch day, arrival day) → packs."""
    lorries: Mapping[tuple[str, str, int, str], int]
    """(cooperative, hub, dispatch day, lorry type) → lorries; for a collection round, those that would go straight."""
    assembled: Mapping[tuple[str, str], int]
    """(hub, basket type) → baskets."""
    delivered: frozenset[str]
    """Households (visits, where baskets are split) that get their baskets."""
    fair: float
    """Lowest share of a cooperative that the goals before cost have promised."""

    def bought(self) -> Mapping[tuple[str, str], int]:
        """Return (cooperative, product) → packs."""
        total: Counter[tuple[str, str]] = Counter()
        for (coop, product, _, _, _), packs in self.packs.items():
            total[coop, product] += packs
        return total

    def engaged(self) -> frozenset[str]:
        """Return the cooperatives from which anything is bought."""
        return frozenset(coop for coop, *_ in self.packs)


def standing(programme: Programme, plan: Plan) -> Standing:
    """Return what ``plan`` decides; ``programme`` is the one that it was made from."""
    day = {date: index for index, date in enumerate(programme.working_days)}
    packs: Counter[tuple[str, str, str, int, int]] = Counter()
    for item in plan.shipments:
        packs[item.cooperative, item.product, item.hub, day[item.dispatched], day[item.arrives]] += item.packs
    lorries: Counter[tuple[str, str, int, str]] = Counter()
    for haul in plan.hauls:
        lorries[haul.cooperative, haul.hub, day[haul.dispatched], haul.lorry] += haul.number
    for tour in plan.rounds:
        for haul in tour.instead_of:
            lorries[haul.cooperative, haul.hub, day[tour.day], haul.lorry] += haul.number
    assembled: Counter[tuple[str, str]] = Counter()
    for made in plan.assemblies:
        assembled[made.hub, made.basket] += made.count
    return Standing(
        packs=packs,
        lorries=lorries,
        assembled=assembled,
        delivered=frozenset(stop.household for trip in plan.trips for stop in trip.stops),
        fair=_promised(programme, plan),
    )


def lands_of(visits: Programme, plan: Plan) -> Territory:
    """Return which hub serves whom: as in ``plan``, and those left out the hub that would if it could assemble more.

    ``visits`` is the programme after :func:`~basketplan.solve.visits.split_visits`.
    """
    lands = territory(roomy(visits))
    brought = {stop.household: trip.hub for trip in plan.trips for stop in trip.stops}
    return replace(lands, hub_of=dict(sorted({**lands.hub_of, **brought}.items())))


def roomy(visits: Programme) -> Programme:
    """Return the programme with hubs that assemble any number of baskets: then no household is left for want of it."""
    return visits.altered(hubs=tuple(hub.model_copy(update={"assembly": None}) for hub in visits.hubs))


def standing_data(visits: Programme, plan: Plan) -> Data:
    """Return the allocation's data for everybody whom a hub may serve."""
    return read_data(visits, lands_of(visits, plan))


def price_row(offer: OfferData, packs: int) -> int:
    """Return the number of the price row that holds when ``packs`` are bought."""
    return max(row for row, (start, _) in enumerate(offer.prices) if packs >= start)


def _promised(programme: Programme, plan: Plan) -> float:
    """Return the lowest share that cost had to keep; 0 where fairness is no goal before cost."""
    names = [goal.goal for goal in programme.policy.goals]
    if "fairness" not in names or ("cost" in names and names.index("cost") < names.index("fairness")):
        return 0.0
    keep = programme.policy.goals[names.index("fairness")].keep
    values = [item.value for item in plan.stages if (item.stage, item.goal) == ("allocation", "fairness")]
    best = values[-1] if values and values[-1] is not None else 0.0
    return max(0.0, min(keep * best, plan.metrics.lowest_share))
