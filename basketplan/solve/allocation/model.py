"""The allocation as a mixed-integer model, by days or (on collapsed data) without.

Data
    see :mod:`basketplan.solve.allocation.data`; ``c`` cooperative, ``o`` its offer, ``p`` product, ``h`` hub,
    ``b`` basket type, ``s`` departure (cooperative, hub, dispatch day, arrival day), ``l`` lorry type, ``k`` kind
    of household, ``g`` households with the same days and access, ``d`` day.
Variables (integers unless said otherwise)
    ``lots[o,s]``       lots of an offer on a departure        ``lorries[s,l]``      lorries sent
    ``engaged[c]``      0/1, anything is bought from ``c``     ``tier[o,j]``         0/1, price row ``j`` holds
    ``tierpacks[o,j]``  packs bought at price row ``j``        ``assemble[h,b,d]``   baskets assembled
    ``fill[h,b,d,i,a]`` of them with alternative ``a`` in line ``i``
    ``serve[k]``        households served                      ``stock[h,p,d]``      packs loose at the end of a day
    ``deliver[h,g,d]``  baskets brought out (continuous)       ``over[h,d]``         beyond the fleet's estimate
    ``wasted[s,o]``     perishable packs that no basket uses   ``excess[p]``         leftovers beyond (15)
    ``lowest``          lowest share (continuous)              ``short[c]``          share missing to a floor
Constraints
    (1)  supply: Σ_s≤d lot × lots[o,s] ≤ available[o,d];
    (2)  one price row per offer bought, its packs within the row, its total at least the minimum order;
    (3)  nothing from a cooperative that is not engaged, and at least its minimum revenue from one that is;
    (4)  lorries[s,·] carry the weight and volume of lots[·,s]; one arrival per cooperative, hub and dispatch day;
    (5)  receiving: gross weight that arrives at h on d ≤ receiving[h];
    (6)  stock[h,p,d] = stock[h,p,d−1] + arrivals − packs in baskets assembled on d;
    (7)  Σ_b assemble[h,b,d] ≤ assembly[h];
    (8)  Σ_a fill[h,b,d,i,a] = assemble[h,b,d] for each line i;
    (9)  over the programme, alternatives stay within their lowest and highest share of the baskets of a type;
    (10) Σ_d assemble[h,b,d] = baskets of the households served;
    (11) deliveries: all baskets of those served, on their days, never more than were ready by then;
    (12) baskets of a type that are ready by day e cover those served whose last day is e or earlier;
    (13) deliver stays within the fleet's estimate (all, and by access class), or counts as over;
    (14) storage: weight and volume arrived − least of what was delivered ≤ storage;
    (15) leftovers of a product stay below what lots and minimum orders can force, for costs also what price rows
         can, else excess;
    (16) shelf life: packs that expire by day e are used in baskets assembled early enough to leave
         ``LAG`` hub days before, and all baskets assembled leave within that lag, or are wasted;
    (17) goods + engagement + lorries + assembly ≤ budget;
    (18) revenue[c] ≥ lowest × potential[c]; revenue[c] + short[c] × potential[c] ≥ floor[c] × potential[c];
    (19) revenue[c] ≤ ceiling[c] × Σ revenue.
Rules that only some programmes have are in :mod:`basketplan.solve.allocation.fairness` (24)–(28) and
:mod:`basketplan.solve.allocation.aims` (29)–(30); (31) is lent to a search in
:mod:`basketplan.solve.allocation.scarce`.

Storage (14) counts a delivered basket as the lightest of its hub, because the calendar, which comes later,
decides which baskets leave first; shelf life (16) is on the safe side for the same reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from ortools.math_opt.python import mathopt

from basketplan.solve.allocation.data import BasketData, Choice, Data, HubData, Key
from basketplan.solve.allocation.leftovers import least_left_over

LAG = 2
"""Most hub days that a basket with perishables may wait after it is ready; fewer where that is too long."""

Variable: TypeAlias = mathopt.Variable
Expression: TypeAlias = mathopt.LinearBase


def total(terms: Iterable[Expression]) -> Expression:
    """Return the sum of ``terms``."""
    return mathopt.LinearSum(tuple(terms))


@dataclass
class Model:
    """The model with its variables by index; objectives are set by the caller."""

    data: Data
    m: mathopt.Model = field(default_factory=lambda: mathopt.Model(name="allocation"))
    lots: dict[tuple[int, int], Variable] = field(default_factory=dict)
    """(offer, slot) by position in the data."""
    lorries: dict[tuple[int, str], Variable] = field(default_factory=dict)
    engaged: dict[str, Variable] = field(default_factory=dict)
    tier: dict[tuple[int, int], Variable] = field(default_factory=dict)
    tierpacks: dict[tuple[int, int], Variable] = field(default_factory=dict)
    assemble: dict[tuple[str, str, int], Variable] = field(default_factory=dict)
    fill: dict[tuple[str, str, int, int, int], Variable] = field(default_factory=dict)
    serve: list[Variable] = field(default_factory=list)
    stock: dict[tuple[str, str, int], Variable] = field(default_factory=dict)
    deliver: dict[tuple[str, int, int], Variable] = field(default_factory=dict)
    over: dict[tuple[str, int], Variable] = field(default_factory=dict)
    wasted: dict[tuple[int, int], Variable] = field(default_factory=dict)
    excess: dict[str, Variable] = field(default_factory=dict)
    short: dict[str, Variable] = field(default_factory=dict)
    lowest: Variable | None = None
    share: dict[str, Variable] = field(default_factory=dict)
    """Share of a cooperative, where a rule needs it as a variable."""
    lowest_sums: dict[int, Expression] = field(default_factory=dict)
    """``k`` → the sum of the ``k`` lowest shares, where a rule needs it."""
    served_in: dict[tuple[int, str], Variable] = field(default_factory=dict)
    """(kind, zone) → households served, where zones are levelled."""
    worst_zone: Expression | None = None
    """Lowest fill rate of a zone, where zones are levelled."""
    unequal: Expression | None = None
    """Baskets by which zones are away from the common fill rate, where zones are levelled."""
    slots_of: dict[int, list[int]] = field(default_factory=dict)
    """Offer → slots of its cooperative."""
    offers_of: dict[str, list[int]] = field(default_factory=dict)
    """Cooperative → offers."""

    # -- expressions -----------------------------------------------------------------------------------------------

    def bought(self, offer: int) -> Expression:
        """Packs bought of an offer."""
        lot = self.data.offers[offer].lot
        return total(lot * self.lots[offer, slot] for slot in self.slots_of[offer])

    def spent_on(self, offer: int) -> Expression:
        """Centimes paid for an offer."""
        prices = self.data.offers[offer].prices
        if len(prices) == 1:
            return prices[0][1] * self.bought(offer)
        return total(price * self.tierpacks[offer, row] for row, (_, price) in enumerate(prices))

    def revenue(self, coop: str) -> Expression:
        """Centimes that a cooperative gets for goods."""
        return total(self.spent_on(offer) for offer in self.offers_of.get(coop, ()))

    def cost(self) -> Expression:
        """Goods, engagement, lorries and assembly in centimes."""
        data = self.data
        slot_cost = {(i, item.lorry): item.cost_centimes for i, slot in enumerate(data.slots) for item in slot.carriers}
        assembly = {hub.id: hub.assembly_cost for hub in data.hubs}
        parts: list[Expression] = [self.spent_on(offer) for offer in range(len(data.offers))]
        parts += [data.engagement[coop] * variable for coop, variable in self.engaged.items()]
        parts += [slot_cost[key] * variable for key, variable in self.lorries.items()]
        parts += [assembly[key[0]] * variable for key, variable in self.assemble.items()]
        return total(parts)

    def unserved(self) -> Expression:
        """Baskets of households left out, each times its priority."""
        return total(
            kind.priority * kind.size * (len(kind.households) - variable)
            for kind, variable in zip(self.data.kinds, self.serve, strict=True)
        )

    def used(self, hub: str, product: str, day: int) -> list[Expression]:
        """Packs of a product in the baskets assembled at a hub on a day."""
        return [packs * variable for variable, packs in self.packed(hub, product, day)]

    def packed(self, hub: str, product: str, day: int) -> list[tuple[Variable, int]]:
        """Baskets assembled at a hub on a day that hold a product, and the packs in each."""
        return [
            (self.filled(hub, basket, day, row, column), choice.packs)
            for basket in self.data.baskets
            if (hub, basket.id, day) in self.assemble
            for row, line in enumerate(basket.lines)
            for column, choice in enumerate(line)
            if choice.product == product and choice.packs
        ]

    def filled(self, hub: str, basket: BasketData, day: int, row: int, column: int) -> Variable:
        """Baskets whose line ``row`` holds alternative ``column``."""
        if len(basket.lines[row]) == 1:
            return self.assemble[hub, basket.id, day]
        return self.fill[hub, basket.id, day, row, column]


def build(data: Data) -> Model:
    """Build the model for ``data``, without an objective."""
    model = Model(data)
    for index, offer in enumerate(data.offers):
        model.offers_of.setdefault(offer.coop, []).append(index)
    _supply(model)
    _prices(model)
    _lorries(model)
    _assembly(model)
    _service(model)
    _flows(model)
    if data.n_days > 1:
        from basketplan.solve.allocation.days import add_day_rules

        add_day_rules(model)
    _leftovers(model)
    _money(model)
    _fairness(model)
    if data.groups or data.gini is not None:
        from basketplan.solve.allocation.fairness import add_rules

        add_rules(model)
    return model


def _supply(model: Model) -> None:
    """Add lots and (1)."""
    data = model.data
    by_coop: dict[str, list[int]] = {}
    for index, slot in enumerate(data.slots):
        by_coop.setdefault(slot.coop, []).append(index)
    for index, offer in enumerate(data.offers):
        model.slots_of[index] = []
        for position in by_coop.get(offer.coop, []):
            slot = data.slots[position]
            if offer.available[slot.dispatch] < offer.lot or not data.usable.get((slot.hub, offer.product)):
                continue
            model.lots[index, position] = model.m.add_integer_variable(
                lb=0, ub=offer.available[slot.dispatch] // offer.lot, name=f"lots[{offer.product},{slot.label}]"
            )
            model.slots_of[index].append(position)
        days = sorted({data.slots[position].dispatch for position in model.slots_of[index]})
        for day in days:
            later = [other for other in days if other > day]
            if later and offer.available[later[0]] == offer.available[day]:
                continue  # implied by the next day
            terms = [model.lots[index, s] for s in model.slots_of[index] if data.slots[s].dispatch <= day]
            model.m.add_linear_constraint(  # (1)
                total(terms) <= offer.available[day] // offer.lot, name=f"supply[{offer.coop},{offer.product},{day}]"
            )


def _prices(model: Model) -> None:
    """Add price rows (2) and engagement (3)."""
    data, m = model.data, model.m
    for coop in data.coops:
        model.engaged[coop] = m.add_binary_variable(name=f"engaged[{coop}]")
    for index, offer in enumerate(data.offers):
        name = f"{offer.coop},{offer.product}"
        most = min(offer.most, sum(offer.available[data.slots[s].dispatch] for s in model.slots_of[index]))
        bought = model.bought(index)
        m.add_linear_constraint(bought <= most * model.engaged[offer.coop], name=f"engage[{name}]")  # (3)
        if len(offer.prices) == 1 and offer.minimum <= offer.lot:
            continue
        starts = [max(start, offer.minimum, 1) for start, _ in offer.prices]
        ends = [start - 1 for start, _ in offer.prices[1:]] + [most]
        for row, (low, high) in enumerate(zip(starts, ends, strict=True)):
            tier = m.add_binary_variable(name=f"tier[{name},{row}]")
            packs = m.add_variable(lb=0, ub=most, name=f"tierpacks[{name},{row}]")
            model.tier[index, row], model.tierpacks[index, row] = tier, packs
            if low > min(high, most):
                tier.upper_bound = 0
            m.add_linear_constraint(packs >= low * tier, name=f"tierlow[{name},{row}]")  # (2)
            m.add_linear_constraint(packs <= max(0, min(high, most)) * tier, name=f"tierhigh[{name},{row}]")
        rows = range(len(offer.prices))
        m.add_linear_constraint(total(model.tierpacks[index, row] for row in rows) == bought, name=f"tiersum[{name}]")
        m.add_linear_constraint(
            total(model.tier[index, row] for row in rows) <= model.engaged[offer.coop], name=f"onetier[{name}]"
        )
    for coop in data.coops:
        if data.minimum_revenue[coop] > 0:
            m.add_linear_constraint(
                model.revenue(coop) >= data.minimum_revenue[coop] * model.engaged[coop], name=f"minrevenue[{coop}]"
            )


def _lorries(model: Model) -> None:
    """Add lorries (4)."""
    data, m = model.data, model.m
    offers_on: dict[int, list[int]] = {}
    for offer, position in model.lots:
        offers_on.setdefault(position, []).append(offer)
    together: dict[tuple[str, str, int], list[int]] = {}
    for position, slot in enumerate(data.slots):
        offers = offers_on.get(position)
        if not offers:
            continue
        together.setdefault((slot.coop, slot.hub, slot.dispatch), []).append(position)
        weight = {o: data.offers[o].lot * data.weight_g[data.offers[o].product] for o in offers}
        volume = {o: data.offers[o].lot * data.volume_ml[data.offers[o].product] for o in offers}
        most_g = sum(weight[o] * model.lots[o, position].upper_bound for o in offers)
        most_ml = sum(volume[o] * model.lots[o, position].upper_bound for o in offers)
        for carrier in slot.carriers:
            need = most_g / max(carrier.weight_g, 1)
            if carrier.volume_ml is not None:
                need = max(need, most_ml / max(carrier.volume_ml, 1))
            model.lorries[position, carrier.lorry] = m.add_integer_variable(
                lb=0, ub=int(need) + 1, name=f"lorries[{slot.label},{carrier.lorry}]"
            )
        m.add_linear_constraint(
            total(weight[o] / 1000 * model.lots[o, position] for o in offers)
            <= total(item.weight_g / 1000 * model.lorries[position, item.lorry] for item in slot.carriers),
            name=f"payload[{slot.label}]",
        )
        if all(item.volume_ml is not None for item in slot.carriers):
            m.add_linear_constraint(
                total(volume[o] / 1000 * model.lots[o, position] for o in offers)
                <= total((item.volume_ml or 0) / 1000 * model.lorries[position, item.lorry] for item in slot.carriers),
                name=f"loadroom[{slot.label}]",
            )
    for (coop, hub, day), positions in together.items():
        if len(positions) > 1:
            _one_arrival(model, f"{coop},{hub},{day}", positions)


def _one_arrival(model: Model, name: str, positions: list[int]) -> None:
    """Let lorries of one dispatch day arrive together (4)."""
    uses = []
    for position in positions:
        use = model.m.add_binary_variable(name=f"departs[{name},{model.data.slots[position].arrival}]")
        for carrier in model.data.slots[position].carriers:
            lorries = model.lorries[position, carrier.lorry]
            model.m.add_linear_constraint(lorries <= lorries.upper_bound * use, name=f"departure[{lorries.name}]")
        uses.append(use)
    model.m.add_linear_constraint(total(uses) <= 1, name=f"onearrival[{name}]")


def _assembly(model: Model) -> None:
    """Add assembly (7), alternatives (8) and their shares (9)."""
    data, m = model.data, model.m
    for hub in data.hubs:
        for day in sorted(hub.ready):
            today = []
            for basket in data.baskets:
                need = data.needed.get((hub.id, basket.id), 0)
                if need:
                    most = need if hub.assembly is None else min(need, hub.assembly)
                    variable = m.add_integer_variable(lb=0, ub=most, name=f"assemble[{hub.id},{basket.id},{day}]")
                    model.assemble[hub.id, basket.id, day] = variable
                    today.append(variable)
                    _alternatives(model, hub, basket, day)
            if today and hub.assembly is not None:
                m.add_linear_constraint(total(today) <= hub.assembly, name=f"assembly[{hub.id},{day}]")  # (7)
    for basket in data.baskets:
        for row, line in enumerate(basket.lines):
            for column, choice in enumerate(line):
                _share(model, basket, row, column, choice)


def _alternatives(model: Model, hub: HubData, basket: BasketData, day: int) -> None:
    whole = model.assemble[hub.id, basket.id, day]
    for row, line in enumerate(basket.lines):
        if len(line) == 1:
            continue
        name = f"{hub.id},{basket.id},{day},{row}"
        for column in range(len(line)):
            model.fill[hub.id, basket.id, day, row, column] = model.m.add_integer_variable(
                lb=0, ub=whole.upper_bound, name=f"fill[{name},{column}]"
            )
        parts = [model.fill[hub.id, basket.id, day, row, column] for column in range(len(line))]
        model.m.add_linear_constraint(total(parts) == whole, name=f"onealternative[{name}]")  # (8)


def _share(model: Model, basket: BasketData, row: int, column: int, choice: Choice) -> None:
    """Keep an alternative within its shares (9), in whole numbers."""
    keys = [key for key in model.assemble if key[1] == basket.id]
    if not keys or (choice.lowest <= 0 and choice.highest >= 1):
        return
    holds = total(model.filled(hub, basket, day, row, column) for hub, _, day in keys)
    everything = total(model.assemble[key] for key in keys)
    name = f"{basket.id},{row},{column}"
    if choice.lowest > 0:
        share = Fraction(choice.lowest).limit_denominator(100_000)
        model.m.add_linear_constraint(
            share.denominator * holds >= share.numerator * everything, name=f"lowestshare[{name}]"
        )
    if choice.highest < 1:
        share = Fraction(choice.highest).limit_denominator(100_000)
        model.m.add_linear_constraint(
            share.denominator * holds <= share.numerator * everything, name=f"highestshare[{name}]"
        )


def _service(model: Model) -> None:
    """Add households served and (10)."""
    data, m = model.data, model.m
    wants: dict[Key, list[Expression]] = {}
    for kind in data.kinds:
        count = len(kind.households)
        possible = bool(kind.days) and all((kind.hub, basket) in data.needed for basket, _ in kind.baskets)
        serve = m.add_integer_variable(
            lb=count if kind.size == 0 else 0,
            ub=count if possible or kind.size == 0 else 0,
            name=f"serve[{kind.label}]",
        )
        model.serve.append(serve)
        for basket, number in kind.baskets:
            wants.setdefault((kind.hub, basket), []).append(number * serve)
    for (hub, basket), terms in sorted(wants.items(), key=lambda item: item[0]):
        made = [variable for key, variable in model.assemble.items() if key[:2] == (hub, basket)]
        m.add_linear_constraint(total(made) == total(terms), name=f"served[{hub},{basket}]")  # (10)


def _flows(model: Model) -> None:
    """Add stock (6)."""
    data, m = model.data, model.m
    arrivals: dict[tuple[str, str, int], list[Expression]] = {}
    for (index, position), variable in model.lots.items():
        offer, slot = data.offers[index], data.slots[position]
        arrivals.setdefault((slot.hub, offer.product, slot.arrival), []).append(offer.lot * variable)
    for hub in data.hubs:
        days = sorted(hub.open) if data.n_days > 1 else [0]
        for product in data.weight_g:
            before: Variable | None = None
            for day in days:
                name = f"{hub.id},{product},{day}"
                arrived = arrivals.get((hub.id, product, day), [])
                used = model.used(hub.id, product, day)
                if not arrived and not used:
                    continue
                stock = m.add_variable(lb=0, name=f"stock[{name}]")
                model.stock[hub.id, product, day] = stock
                parts = arrived if before is None else [*arrived, before]
                m.add_linear_constraint(total(parts) == total([*used, stock]), name=f"flow[{name}]")  # (6)
                before = stock


def _leftovers(model: Model) -> None:
    """Limit what is bought and not used (15)."""
    data = model.data
    for product in data.weight_g:
        ends = []
        for hub in data.hubs:
            days = [day for name, item, day in model.stock if name == hub.id and item == product]
            if days:
                ends.append(model.stock[hub.id, product, max(days)])
        if not ends:
            continue
        excess = model.m.add_variable(lb=0, name=f"excess[{product}]")
        model.excess[product] = excess
        model.m.add_linear_constraint(
            total(ends) <= least_left_over(data, product) + excess, name=f"leftover[{product}]"
        )


def _money(model: Model) -> None:
    """Add the budget (17) and ceilings (19)."""
    data, m = model.data, model.m
    if data.budget is not None:
        m.add_linear_constraint(0.01 * model.cost() <= data.budget / 100, name="budget")
    limits = {coop: data.ceilings.get(coop, data.ceilings.get("all")) for coop in data.coops}
    if any(limit is not None and limit < 1 for limit in limits.values()):
        goods = m.add_variable(lb=0, name="goods")
        m.add_linear_constraint(
            goods == total(0.01 * model.spent_on(offer) for offer in range(len(data.offers))), name="allgoods"
        )
        for coop, limit in limits.items():
            if limit is not None and limit < 1:
                m.add_linear_constraint(0.01 * model.revenue(coop) <= limit * goods, name=f"ceiling[{coop}]")


def _fairness(model: Model) -> None:
    """Add the lowest share and floors (18)."""
    data, m = model.data, model.m
    model.lowest = m.add_variable(lb=0, name="lowest")
    for coop, potential in data.potential.items():
        revenue = 1 / potential * model.revenue(coop)
        m.add_linear_constraint(revenue >= model.lowest, name=f"share[{coop}]")
        floor = data.floors.get(coop, data.floors.get("all", 0.0))
        if floor > 0:
            short = m.add_variable(lb=0, ub=floor, name=f"short[{coop}]")
            model.short[coop] = short
            m.add_linear_constraint(revenue + short >= floor, name=f"floor[{coop}]")
    if not data.potential:
        model.lowest.upper_bound = 0
