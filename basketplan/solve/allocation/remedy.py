"""Smallest sets of changes after which everybody could be served: a mixed-integer model of what may give way.

The allocation model is built for a programme in which everything that may change has changed (the *wide* one), and
every change is switched on by a binary variable; where a change has an amount, a variable says how much.

Variables, beside those of :mod:`~basketplan.solve.allocation.model`
    ``use[j]``   0/1, change ``j`` is made        ``more[j]``  its amount, where it has one (continuous)
Constraints
    (30) everybody is served;
    (31) Σ_s≤d lot × lots[o,s] ≤ capacity[o] + more[capacity], and ≤ producing days × (rate[o] + more[rate])
         + what an earlier first day adds × use[earlier]: both limits stay, whichever of them binds now;
    (32) assembly, receiving, storage, budget ≤ limit + more[…];
    (33) minimum orders and revenues hold, or use[…];
    (34) highest shares hold, or use[…]; an alternative that is not allowed yet is used only with use[…];
    (35) nothing happens on a day that is not open yet without use[…];
    (36) more[j] ≤ most × use[j];
    (37) Σ_{j in S} use[j] ≤ |S| − 1 for every set S found before.
Objective
    the number of changes, those in sets found before counting more (sets are then diverse); among equals less money.

A set that is found is smallest: no part of it serves everybody, whatever the amounts. Where the model is large, amounts
are fractions; so a set is only a candidate until the whole programme has been planned again with it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from basketplan.programme.types import Programme
from basketplan.progress import Reporter
from basketplan.solve.allocation.change import Change, ChangeKind, Gate
from basketplan.solve.allocation.data import read_data
from basketplan.solve.allocation.model import Expression, Model, Variable, build, total
from basketplan.solve.allocation.opened import opened, terms_of
from basketplan.solve.interrupt import SMALL, Limits, Runner
from basketplan.solve.types import Territory

__all__ = ["Remedies"]

AGAIN = 0.6
"""What a change counts more for each set that already holds it."""
ALIKE = 0.3
"""What a change counts more for each change of its kind and product, or hub, in a set found before."""
SECONDS = 120.0


class Remedies:
    """Finds sets of changes one after another.

    Parameters
    ----------
    base, wide
        The programme as it is and with everything open that may be opened, both with visits split.
    lands
        Which hub serves whom in ``wide``.
    gates
        Which change opens which day that ``base`` does not have.
    extra
        (basket, line, product) of alternatives that only ``wide`` has.
    """

    def __init__(
        self,
        base: Programme,
        wide: Programme,
        lands: Territory,
        gates: Sequence[Gate],
        extra: frozenset[tuple[str, int, str]],
        reporter: Reporter,
        seed: int = 0,
    ) -> None:
        self.base, self.wide, self.gates, self.extra = base, wide, gates, extra
        self.reporter, self.seed = reporter, seed
        self.data = read_data(wide, lands)
        self.model: Model = build(opened(self.data))
        self.use: dict[Change, Variable] = {}
        self.more: dict[Change, Variable] = {}
        self.price: dict[Change, float] = {}
        self._supply()
        self._hubs()
        self._money()
        self._contents()
        self._days()
        self._finish()

    def sets(self, number: int) -> Iterator[tuple[Change, ...]]:
        """Yield up to ``number`` sets, the smallest first; an empty one says that nothing need change."""
        m = self.model.m
        counted = dict.fromkeys(self.use, 1.0)
        money = 1.0 / (10.0 * max(1.0, self._worth_all()))
        with Runner(self.reporter, seed=self.seed, seconds=10 * SECONDS) as runner:
            for _ in range(number):
                parts = [counted[item] * variable for item, variable in self.use.items()]
                m.minimize(total([*parts, *(money * self.price[item] * v for item, v in self.more.items())]))
                limits = Limits(gap=0.01, absolute_gap=0.2, nodes=5_000, seconds=SECONDS)
                answer = runner.solve(m, limits, message="smallest sets of changes")
                if answer.values is None:
                    return
                chosen = [item for item, variable in self.use.items() if answer.values[variable.id] > 0.5]
                found = self._least(chosen, runner)
                if found is None:
                    return
                yield found
                if not chosen:
                    return
                m.add_linear_constraint(total(self.use[item] for item in chosen) <= len(chosen) - 1)  # (37)
                for item in counted:
                    counted[item] += sum(ALIKE for other in chosen if _alike(item, other))
                    counted[item] += AGAIN if item in chosen else 0.0

    # -- what may give way -----------------------------------------------------------------------------------------

    def _change(self, kind: ChangeKind, *where: str) -> Variable:
        change = Change(kind=kind, where=where)
        if change not in self.use:
            self.use[change] = self.model.m.add_binary_variable(name=f"use[{kind},{','.join(where)}]")
        return self.use[change]

    def _amount(self, most: float, price: float, kind: ChangeKind, *where: str) -> Variable:
        """Return how much of a change is made, in its unit; ``price`` in MAD a unit is for choosing among equals."""
        change = Change(kind=kind, where=where)
        use = self._change(kind, *where)
        if change not in self.more:
            more = self.model.m.add_variable(lb=0, name=f"more[{kind},{','.join(where)}]")
            self.model.m.add_linear_constraint(more <= most * use)  # (36)
            self.more[change], self.price[change] = more, price
        return self.more[change]

    def _supply(self) -> None:
        """Add (31) and the minimum orders of (33)."""
        model, dates = self.model, self.wide.working_days
        rows = {row.name: row for row in model.m.linear_constraints()}
        for index, offer in enumerate(self.data.offers):
            name = (offer.coop, offer.product)
            need = sum(packs for (_, product), packs in self.data.usable.items() if product == offer.product)
            slots = model.slots_of[index]
            if not slots or not need:
                continue
            terms = terms_of(self.wide, offer)
            price = offer.prices[0][1] / 100
            for day in sorted({self.data.slots[s].dispatch for s in slots}):
                sent = total(offer.lot * model.lots[index, s] for s in slots if self.data.slots[s].dispatch <= day)
                early: Expression = total([])
                if terms.early[day] > offer.available[day]:
                    early = (terms.early[day] - offer.available[day]) * self._change("earlier", *name)
                if terms.rate is not None:
                    made = terms.producing[day]
                    faster: Expression = made * self._amount(need, price, "rate", *name) if made else total([])
                    model.m.add_linear_constraint(sent <= terms.rate * made + faster + early)
                if terms.rate is None and not terms.producing[day]:
                    model.m.add_linear_constraint(sent <= offer.available[day] + early)
                else:
                    more = self._amount(need, price, "capacity", *name)
                    model.m.add_linear_constraint(sent <= terms.capacity + more)
            low = f"tierlow[{offer.coop},{offer.product},0]"
            if offer.minimum > offer.lot and low in rows:
                rows[low].set_coefficient(self._change("minimum_order", *name), float(offer.minimum))
        for coop, least in sorted(self.data.minimum_revenue.items()):
            if least and f"minrevenue[{coop}]" in rows:
                rows[f"minrevenue[{coop}]"].set_coefficient(self._change("minimum_revenue", coop), float(least))
        assert len(dates) == self.data.n_days

    def _hubs(self) -> None:
        """Add (32) for hubs."""
        model, data = self.model, self.data
        for hub in data.hubs:
            need = sum(count for (name, _), count in data.needed.items() if name == hub.id)
            size = {"weight": data.weight_g, "volume": data.volume_ml}
            if hub.assembly is not None:
                for day in sorted(hub.ready):
                    today = [v for key, v in model.assemble.items() if (key[0], key[2]) == (hub.id, day)]
                    if today:
                        more = self._amount(need, hub.assembly_cost / 100 + 1, "assembly", hub.id)
                        model.m.add_linear_constraint(total(today) <= hub.assembly + more)
            arriving: dict[int, list[Expression]] = {}
            for (index, position), lots in model.lots.items():
                slot, offer = data.slots[position], data.offers[index]
                if slot.hub == hub.id:
                    weight = offer.lot * data.weight_g[offer.product] / 1000
                    arriving.setdefault(slot.arrival, []).append(weight * lots)
            goods = {
                name: sum(packs * grams[p] / 1000 for (at, p), packs in data.usable.items() if at == hub.id)
                for name, grams in size.items()
            }
            if hub.receiving_g is not None:
                for _, terms in sorted(arriving.items()):
                    more = self._amount(goods["weight"], 0.5, "receiving", hub.id)
                    model.m.add_linear_constraint(total(terms) <= hub.receiving_g / 1000 + more)
            for name, limit in (("weight", hub.storage_g), ("volume", hub.storage_ml)):
                held = [v for v in model.m.variables() if v.name.startswith(f"held_{name}[{hub.id},")]
                if limit is not None:
                    kind: ChangeKind = "storage_weight" if name == "weight" else "storage_volume"
                    for variable in held:
                        variable.upper_bound = math.inf
                        more = self._amount(goods[name], 0.5, kind, hub.id)
                        model.m.add_linear_constraint(variable <= limit / 1000 + more)

    def _money(self) -> None:
        """Add (32) for the budget."""
        if self.data.budget is not None:
            most = 10.0 * max(self.data.budget / 100, self._worth_all())
            cost = 0.01 * self.model.cost()
            self.model.m.add_linear_constraint(cost <= self.data.budget / 100 + self._amount(most, 1.0, "budget"))

    def _contents(self) -> None:
        """Add (34)."""
        model = self.model
        for row in list(model.m.linear_constraints()):
            name, _, rest = row.name.partition("[")
            if name != "highestshare":
                continue
            basket, line, column = rest.rstrip("]").split(",")
            item = next(item for item in self.data.baskets if item.id == basket)
            product = item.lines[int(line)][int(column)].product
            if (basket, int(line), product) not in self.extra:
                count = sum(number for (_, kind), number in self.data.needed.items() if kind == basket)
                row.set_coefficient(self._change("share", basket, line, product), -100_000.0 * count)
        for basket in self.data.baskets:
            for line, choices in enumerate(basket.lines):
                for column, choice in enumerate(choices):
                    if (basket.id, line, choice.product) in self.extra:
                        fills = [
                            variable
                            for (_, kind, _, row, at), variable in model.fill.items()
                            if (kind, row, at) == (basket.id, line, column)
                        ]
                        count = sum(number for (_, kind), number in self.data.needed.items() if kind == basket.id)
                        use = self._change("substitute", basket.id, str(line), choice.product)
                        if fills:
                            model.m.add_linear_constraint(total(fills) <= count * use)

    def _days(self) -> None:
        """Add (35)."""
        model, data, dates = self.model, self.data, self.wide.working_days
        need = max(1, sum(data.needed.values()))
        heavy = max(1, sum(data.usable.values()))
        for gate in self.gates:
            use = self._change(gate.change.kind, *gate.change.where)
            days = {day for day, date in enumerate(dates) if date in gate.dates}
            made = [
                variable
                for (hub, _, day), variable in model.assemble.items()
                if day in days and gate.hub in {None, hub}
            ]
            brought = [v for (hub, _, day), v in model.deliver.items() if day in days and gate.hub in {None, hub}]
            sent = []
            for (index, position), lots in model.lots.items():
                slot = data.slots[position]
                here = slot.arrival in days and gate.hub in {None, slot.hub}
                if here or (gate.hub is None and slot.dispatch in days):
                    sent.append(data.offers[index].lot * lots)
            for terms, most in ((made, need), (brought, need), (sent, 3 * heavy)):
                if terms:
                    model.m.add_linear_constraint(total(1.0 * item for item in terms) <= most * use)

    def _finish(self) -> None:
        """Serve everybody (30); in a large model keep whole numbers only where they decide."""
        model = self.model
        for kind, serve in zip(self.data.kinds, model.serve, strict=True):
            if kind.days:
                serve.lower_bound = serve.upper_bound
        for variable in (*model.excess.values(), *model.over.values()):
            variable.upper_bound = math.inf
        whole = [variable for variable in model.m.variables() if variable.integer]
        if len(whole) <= SMALL:
            return
        keep = {variable.id for variable in (*self.use.values(), *model.tier.values())}
        keep |= {model.engaged[coop].id for coop, least in self.data.minimum_revenue.items() if least}
        for variable in whole:
            if variable.id not in keep:
                variable.integer = False

    # -- solving ---------------------------------------------------------------------------------------------------

    def _worth_all(self) -> float:
        """Return a measure of the programme in MAD: all that is needed at the first price there is."""
        price = {offer.product: offer.prices[0][1] / 100 for offer in self.data.offers}
        return sum(packs * price.get(product, 0.0) for (_, product), packs in self.data.usable.items())

    def _least(self, chosen: Sequence[Change], runner: Runner) -> tuple[Change, ...] | None:
        """Return ``chosen`` with the least amounts that are enough."""
        bounds = [(variable, variable.upper_bound) for item, variable in self.use.items() if item not in chosen]
        for variable, _ in bounds:
            variable.upper_bound = 0.0
        self.model.m.minimize(total(self.price[item] * variable for item, variable in self.more.items()))
        limits = Limits(gap=1e-4, absolute_gap=0.5, nodes=2_000, seconds=SECONDS)
        answer = runner.solve(self.model.m, limits, message="least amounts")
        for variable, high in bounds:
            variable.upper_bound = high
        values = answer.values
        if values is None:
            return None
        return tuple(
            sorted(
                replace(item, amount=round(float(values[self.more[item].id]), 6) if item in self.more else 0.0)
                for item in chosen
            )
        )


def _alike(one: Change, other: Change) -> bool:
    """Tell whether two changes do the same for the same product, or hub, whoever it is asked of."""
    return one.kind == other.kind and one.where[-1:] == other.where[-1:]
