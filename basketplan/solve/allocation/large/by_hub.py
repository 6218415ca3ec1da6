"""The allocation of a programme that is too large for one model: who supplies which hub, then days hub by hub.

:func:`~basketplan.solve.allocation.large.solve` decides which cooperatives send how much to which hub. With that
decided, hubs have nothing in common: each is solved by the model by days with all its rules, for its own cooperatives
and a few that nobody needs (:data:`SPARE`). A cooperative that supplies several hubs is split: of what is available by
a day, each hub may use its part, so the parts together never exceed it, and each part alone keeps minimum order and
revenue. Where a hub still leaves somebody out, it is solved again with all that the plans of the others leave.

The bound of the cost goal is the one of the whole country; it is stated where everybody is served. Goals other than
service and cost, a budget, floors and ceilings tie hubs together: :func:`is_large` leaves such programmes to the model
that holds everything, however long that takes, except that a fairness goal is measured and bounded, not pursued.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from basketplan.plan.types import StageReport
from basketplan.programme.types import Programme
from basketplan.progress import Progress, Reporter
from basketplan.solve.allocation.data import Data, HubData, OfferData, Slot, slots_between
from basketplan.solve.allocation.extract import Decided, due_by_hub, extract, unit_price
from basketplan.solve.allocation.large import Solution, prepare, solve
from basketplan.solve.allocation.large.reading import problem_of
from basketplan.solve.allocation.left import reasons
from basketplan.solve.allocation.order import Order, goals_in_order
from basketplan.solve.allocation.search import Search
from basketplan.solve.interrupt import Runner
from basketplan.solve.status import Ending, relative_gap, stage_status
from basketplan.solve.types import Allocation, Effort, Left

__all__ = ["LARGE", "allocate_by_hub", "is_large"]

LARGE = 100_000
"""Offers × hubs × days from which a programme is decided this way."""
SPARE = 3
"""Cooperatives for each product that a hub may use although the country's plan does not."""


def is_large(programme: Programme, data: Data) -> bool:
    """Tell whether ``data``, read without departures, is to be decided by hub."""
    policy = programme.policy
    ties = policy.budget is not None or policy.floors or policy.ceilings
    return not ties and len(data.offers) * len(data.hubs) * data.n_days >= LARGE


def allocate_by_hub(programme: Programme, data: Data, effort: Effort, *, seed: int, reporter: Reporter) -> Allocation:
    """Decide on shipments, lorries and assembly for ``data``, which needs no departures."""

    def tell(what: str, best: float | None, bound: float | None) -> None:
        gap = None if best is None or bound is None else relative_gap(best, min(best, bound))
        money = None if best is None else round(best / 100, 2)
        reporter.update(Progress(stage="allocation", message=what, best=money, unit="MAD", gap=gap))

    def measured(done: int, of: int) -> None:
        reporter.update(Progress(stage="allocation", message="roads", done=done, total=of))

    market = prepare(problem_of(programme, data, measured))
    whole = solve(market, gap=effort.allocation_gap / 2, seed=seed, stopped=reporter.stopped, tell=tell)
    work = _Hubs(programme, data, effort, seed, reporter, _parts(data, whole))
    for number, hub in enumerate(data.hubs):
        reporter.update(Progress(stage="allocation", message=hub.id, done=number, total=len(data.hubs)))
        work.decide(hub, SPARE)
    for hub in data.hubs:
        if work.left[hub.id] and not reporter.stopped():
            work.decide(hub, 10 * SPARE)
    decided = work.together()
    return Allocation(
        shipped=decided.shipped,
        hauled=decided.hauled,
        assembled=decided.assembled,
        unit_price=decided.unit_price,
        served=decided.served,
        left=tuple(sorted((left for some in work.left.values() for left in some), key=lambda item: item.household)),
        due=due_by_hub(data, decided),
        reports=tuple(_reports(programme, data, decided, work.costs(decided), whole, effort, reporter.stopped())),
    )


def _parts(data: Data, whole: Solution) -> dict[str, dict[int, int]]:
    """Return hub → offer → packs in the country's plan."""
    load, slot = np.nonzero(whole.packs)
    offer = whole.problem.supply.first[whole.owner[load]] + slot
    result: dict[str, dict[int, int]] = {hub.id: {} for hub in data.hubs}
    for k, (j, o) in enumerate(zip(load.tolist(), offer.tolist(), strict=True)):
        mine = result[data.hubs[int(whole.hub[j])].id]
        mine[o] = mine.get(o, 0) + int(whole.packs[load[k], slot[k]])
    return result


@dataclass
class _Hubs:
    """Solves hubs one after another."""

    programme: Programme
    data: Data
    effort: Effort
    seed: int
    reporter: Reporter
    parts: Mapping[str, Mapping[int, int]]
    decided: dict[str, Decided] = field(default_factory=dict)
    left: dict[str, tuple[Left, ...]] = field(default_factory=dict)

    def decide(self, hub: HubData, spare: int) -> None:
        """Solve one hub; keep what was known where it is no worse."""
        coops = self._cooperatives(hub.id, spare)
        mine = self._data(hub, coops)
        with Runner(self.reporter, seed=self.seed, seconds=self.effort.allocation_s) as runner:
            search = Search(mine, self.effort, runner, self.reporter, self.seed)
            order = Order(search)
            goals = [goal for goal in goals_in_order(self.programme.policy.goals) if goal.goal != "fairness"]
            order.run(goals)
            decided = Decided(unit_price={}) if search.best is None else extract(search.day, search.best)
            left = reasons(mine, decided, runner)
        if hub.id not in self.decided or len(left) < len(self.left[hub.id]):
            self.decided[hub.id], self.left[hub.id] = decided, left

    def _cooperatives(self, hub: str, spare: int) -> set[str]:
        """Return the cooperatives of the country's plan for a hub, and near ones of each product that may help.

        At first those are unused ones; once every hub has a plan, all that have something left.
        """
        result = {self.data.offers[o].coop for o in self.parts[hub]}
        busy: set[str] = set()
        if not self._all_decided():
            busy = {self.data.offers[o].coop for some in self.parts.values() for o in some}
            busy |= {item.cooperative for decided in self.decided.values() for item in decided.shipped}
        count: dict[str, int] = {}
        place = {coop.id: coop.place for coop in self.programme.cooperatives}
        home = self.programme.hub[hub].place
        near = {
            coop: (place[coop].lat - home.lat) ** 2 + (place[coop].lon - home.lon) ** 2
            for coop in self.data.coops
            if coop not in busy
        }
        for offer in sorted(self.data.offers, key=lambda item: (near.get(item.coop, 0.0), item.coop, item.product)):
            if offer.coop in near and count.get(offer.product, 0) < spare:
                count[offer.product] = count.get(offer.product, 0) + 1
                result.add(offer.coop)
        return result

    def _all_decided(self) -> bool:
        return len(self.decided) == len(self.data.hubs)

    def _data(self, hub: HubData, coops: set[str]) -> Data:
        """Return the data of one hub."""
        data = self.data
        offers = []
        for number, offer in enumerate(data.offers):
            if offer.coop in coops:
                part = self._part(number, offer, hub.id)
                if part is not None:
                    offers.append(part)
        names = {offer.coop for offer in offers}
        some = [coop for coop in sorted(self.programme.cooperatives, key=lambda item: item.id) if coop.id in names]
        slots: Sequence[Slot] = slots_between(self.programme, some, [hub])
        return replace(
            data,
            offers=tuple(offers),
            slots=tuple(slots),
            hubs=(hub,),
            kinds=tuple(kind for kind in data.kinds if kind.hub == hub.id),
            engagement={name: data.engagement[name] for name in sorted(names)},
            minimum_revenue={name: data.minimum_revenue[name] for name in sorted(names)},
            potential={name: worth for name, worth in data.potential.items() if name in names},
        )

    def _part(self, number: int, offer: OfferData, hub: str) -> OfferData | None:
        """Return what a hub may use of an offer; none: nothing.

        Once every hub has a plan, that is what the plans of the others leave of it.
        """
        if self._all_decided():
            sent = sum(
                item.packs
                for name, decided in self.decided.items()
                if name != hub
                for item in decided.shipped
                if (item.cooperative, item.product) == (offer.coop, offer.product)
            )
            rest = tuple(max(0, most - sent) // offer.lot * offer.lot for most in offer.available)
            return replace(offer, available=rest) if rest[-1] > 0 else None
        mine = self._among(offer.coop)
        if len(mine) <= 1:
            return offer
        packs = {name: self.parts[name].get(number, 0) for name in mine}
        total = sum(packs.values())
        if packs.get(hub, 0) == 0:
            return None
        available = tuple(most * packs[hub] // total // offer.lot * offer.lot for most in offer.available)
        return replace(offer, available=available)

    def _among(self, coop: str) -> list[str]:
        """Return the hubs that a cooperative supplies in the country's plan."""
        if not hasattr(self, "_supplied"):
            self._supplied: dict[str, list[str]] = {}
            for name, some in self.parts.items():
                for owner in {self.data.offers[o].coop for o in some}:
                    self._supplied.setdefault(owner, []).append(name)
        return self._supplied.get(coop, [])

    def together(self) -> Decided:
        """Return the decisions of all hubs as one, with prices by what was bought in all."""
        every = [self.decided[hub.id] for hub in self.data.hubs]
        shipped = [item for decided in every for item in decided.shipped]
        bought: dict[tuple[str, str], int] = {}
        for item in shipped:
            bought[item.cooperative, item.product] = bought.get((item.cooperative, item.product), 0) + item.packs
        prices = {(offer.coop, offer.product): offer.prices for offer in self.data.offers}
        return Decided(
            shipped=tuple(
                sorted(shipped, key=lambda s: (s.arrival_day, s.hub, s.cooperative, s.product, s.dispatch_day))
            ),
            hauled=tuple(
                sorted(
                    (item for decided in every for item in decided.hauled),
                    key=lambda item: (item.dispatch_day, item.hub, item.cooperative, item.lorry),
                )
            ),
            assembled=tuple(
                sorted(
                    (item for decided in every for item in decided.assembled),
                    key=lambda item: (item.hub, item.day, item.basket),
                )
            ),
            unit_price={key: unit_price(prices[key], packs) for key, packs in sorted(bought.items())},
            served=frozenset(name for decided in every for name in decided.served),
        )

    def costs(self, decided: Decided) -> int:
        """Return centimes for goods, engagement, lorries and assembly."""
        from basketplan.travel.distance import inbound_m
        from basketplan.units import cost_of_distance_centimes

        programme = self.programme
        lorry = {item.id: item for item in programme.lorries}
        place = {coop.id: coop.place for coop in programme.cooperatives}
        total = sum(item.packs * decided.unit_price[item.cooperative, item.product] for item in decided.shipped)
        total += sum(self.data.engagement[name] for name in {item.cooperative for item in decided.shipped})
        for item in decided.hauled:
            road = inbound_m(programme.travel, place[item.cooperative], programme.hub[item.hub].place)
            kind = lorry[item.lorry]
            total += item.number * (kind.cost_per_trip + cost_of_distance_centimes(road, kind.cost_per_km))
        assembly = {hub.id: hub.assembly_cost for hub in self.data.hubs}
        return total + sum(item.count * assembly[item.hub] for item in decided.assembled)


def _reports(
    programme: Programme, data: Data, decided: Decided, cost: int, whole: Solution, effort: Effort, stopped: bool
) -> Iterable[StageReport]:
    """Tell how each goal ended: bounds are those of the whole country."""
    missing = sum(
        kind.priority * kind.size * sum(name not in decided.served for name in kind.households) for kind in data.kinds
    )
    able = all(name in decided.served for kind in data.kinds if kind.days for name in kind.households)
    bound = round(whole.bound.centimes / 100, 2) if able else None
    for goal in goals_in_order(programme.policy.goals):
        if goal.goal == "service":
            ending: Ending = "optimal" if able else "feasible"
            value: float | None = float(missing)
            least: float | None = value if able else 0.0
            detail = "unserved baskets × priority; decided by hub"
        elif goal.goal == "cost":
            value, least = round(cost / 100, 2), bound if bound is None else min(bound, cost / 100)
            gap = relative_gap(value, least)
            ending = "optimal" if gap is not None and gap <= effort.allocation_gap else "feasible"
            detail = "MAD for goods, engagement, lorries and assembly; bound of the whole country"
        else:
            value, least = _lowest_share(data, decided), 1.0
            ending, detail = "feasible", "lowest share of a cooperative; measured, not pursued, when decided by hub"
        yield StageReport(
            stage="allocation",
            goal=goal.goal,
            status=stage_status("stopped" if stopped else ending),
            value=value,
            bound=least,
            gap=relative_gap(value, least),
            detail=detail,
        )


def _lowest_share(data: Data, decided: Decided) -> float:
    """Return the least that a cooperative earns of what it could."""
    earned: dict[str, int] = {}
    for item in decided.shipped:
        worth = item.packs * decided.unit_price[item.cooperative, item.product]
        earned[item.cooperative] = earned.get(item.cooperative, 0) + worth
    return min((earned.get(coop, 0) / worth for coop, worth in data.potential.items()), default=0.0)
