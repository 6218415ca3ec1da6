"""At which price, or after which change, a cooperative that gets nothing would be engaged: found by solving again.

Let ``v`` be the least cost without the cooperative, and ``a(q) + p × q`` the cost of a plan that buys ``q`` packs of
its offer at price ``p``. It is engaged where ``min_q a(q) + p × q ≤ v``. The left side is concave in ``p``, so the
highest such price is found by Newton's steps from 0 upwards (Dinkelbach 1967, "On nonlinear fractional programming",
Management Science 13): each solves the allocation once more with the cooperative engaged, and the price at which that
solution breaks even is the next to be tried.

Small programmes are solved by days and completely. In large ones the programme's totals are solved (the model without
days), with the cooperatives free that offer the same products, and all others held as in the plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ortools.math_opt.python import mathopt

from basketplan.progress import Reporter
from basketplan.solve.allocation.collapse import collapse
from basketplan.solve.allocation.data import Data, OfferData, Slot
from basketplan.solve.allocation.model import Model, Variable, build, total
from basketplan.solve.allocation.standing import Standing, price_row
from basketplan.solve.interrupt import SMALL, Limits, Runner

__all__ = ["ChangeName", "Engaging", "Priced", "engaging", "is_small"]

ChangeName = Literal["minimum_order", "minimum_revenue", "engagement_cost", "earlier", "lot", "transport", "stand_in"]
STEPS = 20
CLOSE = 0.02
"""MAD by which two costs may differ and still count as equal."""
SECONDS = 60.0
TINY = 1e-6


@dataclass(frozen=True, kw_only=True)
class Priced:
    """The highest price at which an offer would bring its cooperative into the plan."""

    product: str
    price_centimes: int
    """What it asks for a pack."""
    engaged_at_centimes: float | None
    """Highest price of a pack at which it is engaged; none: not even for nothing."""
    packs: int
    """What is bought of it at that price."""


@dataclass(frozen=True, kw_only=True)
class Engaging:
    """What it would take to engage a cooperative."""

    cooperative: str
    whole: bool
    """Whether everything was solved by days; otherwise totals, with all but its competitors held."""
    dearer_centimes: int | None
    """What a plan with it costs more than the best one without, at today's prices; none: no plan with it exists."""
    offers: tuple[Priced, ...]
    changes: tuple[tuple[ChangeName, int], ...]
    """Changes that engage it at its price, each alone, with the centimes that are then saved."""


def engaging(data: Data, standing: Standing, coop: str, *, seed: int, reporter: Reporter) -> Engaging:
    """Find out what would engage ``coop``, which sells nothing in the plan.

    Returns
    -------
    Engaging
        With what is known where the user has stopped the search.
    """
    whole = is_small(data)
    with Runner(reporter, seed=seed, seconds=20 * SECONDS) as runner:
        ask = _Asked(data if whole else collapse(data), standing, coop, whole, runner)
        without = ask.cost(ask.data, engaged=False)
        if without is None:
            return Engaging(cooperative=coop, whole=whole, dearer_centimes=None, offers=(), changes=())
        today = ask.cost(ask.data, engaged=True)
        mine = [offer for offer in ask.data.offers if offer.coop == coop]
        return Engaging(
            cooperative=coop,
            whole=whole,
            dearer_centimes=None if today is None else round(100 * (today - without)),
            offers=tuple(ask.priced(offer, without) for offer in mine),
            changes=tuple(
                (name, round(100 * (without - cost)))
                for name, changed in _changes(ask.data, coop)
                if (cost := ask.cost(changed, engaged=True)) is not None and cost < without - CLOSE
            ),
        )


def is_small(data: Data) -> bool:
    """Tell whether the model by days can be solved as it is."""
    return sum(1 for variable in build(data).m.variables() if variable.integer) <= SMALL


def _changes(data: Data, coop: str) -> Iterator[tuple[ChangeName, Data]]:
    """Yield changes of the cooperative's terms that make a difference, each alone."""

    def with_offers(change: Mapping[str, OfferData]) -> Data:
        offers = (change.get(item.product, item) if item.coop == coop else item for item in data.offers)
        return replace(data, offers=tuple(offers))

    data = replace(data, unsold=frozenset(offer for offer in data.unsold if offer[0] != coop))  # it may sell then
    mine = [item for item in data.offers if item.coop == coop]
    if any(item.minimum > item.lot for item in mine):
        yield "minimum_order", with_offers({item.product: replace(item, minimum=0) for item in mine})
    if data.minimum_revenue.get(coop, 0):
        yield "minimum_revenue", replace(data, minimum_revenue={**data.minimum_revenue, coop: 0})
    if data.engagement.get(coop, 0):
        yield "engagement_cost", replace(data, engagement={**data.engagement, coop: 0})
    if any(item.available[0] < item.available[-1] for item in mine):
        early = {item.product: replace(item, available=(item.available[-1],) * data.n_days) for item in mine}
        yield "earlier", with_offers(early)
    if any(item.lot > 1 for item in mine):
        yield "lot", with_offers({item.product: replace(item, lot=1) for item in mine})
    if any(carrier.cost_centimes for slot in data.slots if slot.coop == coop for carrier in slot.carriers):
        yield "transport", replace(data, slots=tuple(_brought_free(slot, coop) for slot in data.slots))


def _brought_free(slot: Slot, coop: str) -> Slot:
    """Return ``slot`` with lorries that cost nothing, where it is the cooperative's."""
    if slot.coop != coop:
        return slot
    return replace(slot, carriers=tuple(replace(item, cost_centimes=0) for item in slot.carriers))


def _strain(model: Model) -> mathopt.LinearBase:
    """Return what is left over, and brought out beyond the fleet's estimate: no more of it than service needs."""
    return total([1.0 * item for item in (*model.over.values(), *model.excess.values())])


class _Asked:
    """Solves the allocation with one cooperative in it or not."""

    def __init__(self, data: Data, standing: Standing, coop: str, whole: bool, runner: Runner) -> None:
        self.data, self.standing, self.coop, self.whole, self.runner = data, standing, coop, whole, runner
        self.strain = math.inf
        model = self._model(data)
        answer = self._minimise(model, _strain(model))
        if answer is not None:
            self.strain = max(0.0, answer[0])

    def cost(self, data: Data, *, engaged: bool) -> float | None:
        """Return the least cost in MAD; none where there is no such plan (or the user has stopped)."""
        model = self._model(data)
        variable = model.engaged[self.coop]
        variable.lower_bound = variable.upper_bound = float(engaged)
        if engaged:
            bought = [model.bought(index) for index in model.offers_of.get(self.coop, [])]
            model.m.add_linear_constraint(total(bought) >= 1, name="buysomething")
        answer = self._minimise(model, 0.01 * model.cost())
        return answer[0] if answer is not None else None

    def priced(self, offer: OfferData, without: float) -> Priced:
        """Return the highest price at which ``offer`` brings its cooperative into the plan."""
        now = offer.prices[0][1]
        free = tuple(replace(item, prices=((0, 0),)) if item == offer else item for item in self.data.offers)
        model = self._model(replace(self.data, offers=free))
        index = free.index(replace(offer, prices=((0, 0),)))
        model.engaged[self.coop].lower_bound = 1.0
        bought = model.bought(index)
        model.m.add_linear_constraint(bought >= 1, name="buysofit")
        price, packs = 0.0, 0
        for _ in range(STEPS):
            answer = self._minimise(model, 0.01 * model.cost() + price * bought)
            if answer is None:
                return Priced(product=offer.product, price_centimes=now, engaged_at_centimes=None, packs=0)
            cost, values = answer
            packs = round(sum(offer.lot * values[model.lots[index, s].id] for s in model.slots_of[index]))
            if cost >= without - CLOSE:
                break
            price += (without - cost) / packs
        found = price > 0 and packs > 0
        return Priced(
            product=offer.product,
            price_centimes=now,
            engaged_at_centimes=round(100 * price, 4) if found else None,
            packs=packs if found else 0,
        )

    def _model(self, data: Data) -> Model:
        """Return the model with the earlier goals kept, and everything but competitors held where it is large."""
        model = build(data)
        standing = self.standing
        kept = {
            kind.label: sum(name in standing.delivered for name in kind.households) for kind in data.kinds if kind.size
        }
        weight = sum(kind.priority * kind.size * kept.get(kind.label, 0) for kind in data.kinds)
        everybody = sum(kind.priority * kind.size * len(kind.households) for kind in data.kinds)
        model.m.add_linear_constraint(model.unserved() <= everybody - weight + 0.5, name="keepservice")
        if model.lowest is not None:
            model.lowest.lower_bound = min(standing.fair, model.lowest.upper_bound)
        if not self.whole:
            _hold_others(model, standing, self.coop)
        if self.strain < math.inf:
            model.m.add_linear_constraint(_strain(model) <= self.strain + TINY, name="valves")
        return model

    def _minimise(self, model: Model, objective: mathopt.LinearBase) -> tuple[float, Sequence[float]] | None:
        model.m.minimize(objective)
        gap = 1e-7 if self.whole else 2e-5
        limits = Limits(gap=gap, absolute_gap=CLOSE / 4, nodes=20_000 if self.whole else 400, seconds=SECONDS)
        answer = self.runner.solve(model.m, limits, message=f"engaging {self.coop}")
        if answer.values is None or answer.objective is None:
            return None
        return answer.objective, answer.values.tolist()


def _hold_others(model: Model, standing: Standing, coop: str) -> None:
    """Hold the amounts and lorries of cooperatives that offer nothing that ``coop`` offers."""
    data = model.data
    products = {offer.product for offer in data.offers if offer.coop == coop}
    free = {offer.coop for offer in data.offers if offer.product in products} | {coop}
    packs: dict[tuple[str, str, str], int] = {}
    for (seller, product, hub, _, _), number in standing.packs.items():
        packs[seller, product, hub] = packs.get((seller, product, hub), 0) + number
    lorries: dict[tuple[str, str, str], int] = {}
    for (seller, hub, _, lorry), number in standing.lorries.items():
        lorries[seller, hub, lorry] = lorries.get((seller, hub, lorry), 0) + number
    bought = standing.bought()

    def hold(variable: Variable, value: float) -> None:
        variable.upper_bound = max(variable.upper_bound, value)
        variable.lower_bound = variable.upper_bound = value

    for (index, position), variable in model.lots.items():
        offer = data.offers[index]
        if offer.coop not in free:
            hold(variable, packs.get((offer.coop, offer.product, data.slots[position].hub), 0) // offer.lot)
    for (position, lorry), variable in model.lorries.items():
        slot = data.slots[position]
        if slot.coop not in free:
            hold(variable, lorries.get((slot.coop, slot.hub, lorry), 0))
    for seller, variable in model.engaged.items():
        if seller not in free:
            hold(variable, float(seller in standing.engaged()))
    for (index, row), variable in model.tier.items():
        offer = data.offers[index]
        if offer.coop not in free:
            number = bought.get((offer.coop, offer.product), 0)
            hold(variable, float(number > 0 and price_row(offer, number) == row))
