"""Why households are left without baskets, and the smallest change that would serve them.

The model by days is relaxed to a linear programme in which everybody is served and every capacity may be
exceeded at a price of about one per basket concerned. What its optimum exceeds is what is missing: packs of
a product, places in assembly, room in storage or at the gate, or days. The budget may be exceeded for nothing at
first; then as little more money as possible is asked for while no more is missing of all else. So what money can buy
is not said to be short. That serving everybody takes at least this much is proven by the linear programmes; that it
suffices holds up to whole lots and lorries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ortools.math_opt.python import mathopt

from basketplan import units
from basketplan.plan.types import Reason
from basketplan.solve.allocation.data import Data, Kind
from basketplan.solve.allocation.extract import Decided
from basketplan.solve.allocation.model import Model, build, total
from basketplan.solve.allocation.search import SMALL
from basketplan.solve.interrupt import Answer, Limits, Runner
from basketplan.solve.types import Left

NOTICEABLE = 1e-4
SAME = 1e-7
"""How much more may be missing where money is looked at: what a solver leaves, and less than :func:`_up` rounds off."""
NODES = 2_000
"""Most nodes of the search for the least money with whole lots and lorries."""


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """What is missing to serve everybody."""

    packs: Mapping[tuple[str, str], float]
    """(hub, product) → packs."""
    assembly: Mapping[str, float]
    """Hub → baskets that cannot be assembled."""
    storage: Mapping[str, float]
    """Hub → kilograms or litres (the larger) beyond its storage or receiving."""
    days: Mapping[str, float]
    """Hub → baskets that are ready too late for those who are home early."""
    budget: float
    """Dirhams."""
    ceilings: Mapping[str, float] = field(default_factory=dict)
    """Cooperative or group → dirhams beyond its ceiling."""
    known: bool = True


@dataclass
class _Elastic:
    """A model whose capacities give way at a price."""

    model: Model
    prices: list[mathopt.LinearBase]
    """Of all but money."""
    packs: dict[tuple[str, str], list[mathopt.Variable]]
    assembly: dict[str, list[mathopt.Variable]]
    storage: dict[str, list[mathopt.Variable]]
    days: dict[str, list[mathopt.Variable]]
    budget: list[mathopt.Variable]
    ceilings: dict[str, list[mathopt.Variable]] = field(default_factory=dict)


def reasons(data: Data, decided: Decided, runner: Runner) -> tuple[Left, ...]:
    """Return every household of ``data`` that is not served, with its reason."""
    left = [(kind, [name for name in kind.households if name not in decided.served]) for kind in data.kinds]
    left = [(kind, names) for kind, names in left if names]
    if not left:
        return ()
    stopped = runner.stopped
    shortage = None if stopped else _shortage(data, runner)
    result = []
    for kind, names in left:
        reason, detail, remedy = _explain(data, kind, shortage, runner.stopped)
        result += [Left(household=name, reason=reason, detail=detail, remedy=remedy) for name in names]
    return tuple(sorted(result, key=lambda item: item.household))


def _shortage(data: Data, runner: Runner) -> Shortage | None:
    """Return the least that is missing to serve everybody, none when even that is unknown."""
    elastic = _elastic(data)
    for kind, variable in zip(data.kinds, elastic.model.serve, strict=True):
        if kind.days:
            variable.lower_bound = variable.upper_bound
    answer, budget = _least(elastic, runner)
    if answer.values is None:
        return None
    values = answer.values

    def sums(groups: Mapping[str, list[mathopt.Variable]]) -> dict[str, float]:
        found = {key: sum(float(values[item.id]) for item in items) for key, items in groups.items()}
        return {key: amount for key, amount in sorted(found.items()) if amount > NOTICEABLE}

    packs = {key: sum(float(values[item.id]) for item in items) for key, items in elastic.packs.items()}
    return Shortage(
        packs={key: amount for key, amount in sorted(packs.items()) if amount > NOTICEABLE},
        assembly=sums(elastic.assembly),
        storage=sums(elastic.storage),
        days=sums(elastic.days),
        budget=budget,
        ceilings=sums(elastic.ceilings),
    )


def _least(elastic: _Elastic, runner: Runner) -> tuple[Answer, float]:
    """Return what is least missing and then takes least money, and the dirhams that it takes beyond the budget.

    These are counted with whole lots and lorries where the model is small.
    """
    m, missing = elastic.model.m, total(elastic.prices)
    whole = [variable for variable in m.variables() if variable.integer]
    for variable in whole:
        variable.integer = False
    m.minimize(missing)
    first = runner.solve(m, Limits(seconds=30.0), message="reasons", solver="GLOP")
    if first.objective is None or not elastic.budget:
        return first, 0.0
    m.add_linear_constraint(missing <= first.objective * (1 + SAME / 100) + SAME, name="missing")
    m.minimize(total([1.0 * item for item in elastic.budget]))
    second = runner.solve(m, Limits(seconds=30.0), message="reasons", solver="GLOP")
    if second.objective is None:
        return first, 0.0
    money = second.objective
    if money > NOTICEABLE and len(whole) <= SMALL:
        for variable in whole:
            variable.integer = True
        third = runner.solve(m, Limits(seconds=30.0, nodes=NODES, gap=1e-3), message="reasons")
        money = max(money, third.bound if third.objective is not None and third.bound is not None else 0.0)
    return second, money


def _elastic(data: Data) -> _Elastic:
    """Build the model with a way out of every capacity."""
    model = build(data)
    m = model.m
    elastic = _Elastic(model, [], {}, {}, {}, {}, [])
    baskets = max(1, sum(data.needed.values()))
    weight = max(1, min((basket.least_weight_g for basket in data.baskets), default=1)) / 1000
    volume = max(1, min((basket.least_volume_ml for basket in data.baskets), default=1)) / 1000

    def slack(name: str, price: float) -> mathopt.Variable:
        variable = m.add_variable(lb=0, name=name)
        elastic.prices.append(price * variable)
        return variable

    for variable in (*model.assemble.values(), *model.fill.values()):
        variable.upper_bound = float("inf")
    for row in list(m.linear_constraints()):
        kind, _, rest = row.name.partition("[")
        parts = rest.rstrip("]").split(",")
        if kind == "flow":
            extra = slack(f"extra[{rest}", 1.0)
            row.set_coefficient(extra, _sign(row, model.stock[parts[0], parts[1], int(parts[2])]))
            elastic.packs.setdefault((parts[0], parts[1]), []).append(extra)
        elif kind == "assembly":
            extra = slack(f"extra[{row.name}]", 1.0)
            row.set_coefficient(extra, -1.0)
            elastic.assembly.setdefault(parts[0], []).append(extra)
        elif kind == "receiving":
            extra = slack(f"extra[{row.name}]", 1.0 / weight)
            row.set_coefficient(extra, -1.0)
            elastic.storage.setdefault(parts[0], []).append(extra)
        elif kind == "deadline":
            extra = slack(f"extra[{row.name}]", 1.0)
            row.set_coefficient(extra, 1.0)
            elastic.days.setdefault(parts[0], []).append(extra)
        elif kind == "budget":
            extra = m.add_variable(lb=0, name="extra[budget]")
            row.set_coefficient(extra, -1.0)
            elastic.budget.append(extra)
        elif kind in {"ceiling", "groupceiling"}:
            extra = slack(f"extra[{row.name}]", baskets / max(1.0, sum(data.potential.values()) / 100))
            row.set_coefficient(extra, -1.0)
            elastic.ceilings.setdefault(parts[0], []).append(extra)
    for variable in list(m.variables()):
        kind, _, rest = variable.name.partition("[")
        if kind in {"held_weight", "held_volume"}:
            extra = slack(f"extra[{variable.name}]", 1.0 / (weight if kind == "held_weight" else volume))
            m.add_linear_constraint(variable <= variable.upper_bound + extra, name=f"room[{variable.name}]")
            variable.upper_bound = float("inf")
            elastic.storage.setdefault(rest.split(",")[0], []).append(extra)
    return elastic


def _sign(row: mathopt.LinearConstraint, stock: mathopt.Variable) -> float:
    """Return the sign of arrivals in a flow row: the opposite of the stock's."""
    return -1.0 if row.get_coefficient(stock) > 0 else 1.0


def _explain(data: Data, kind: Kind, shortage: Shortage | None, stopped: bool) -> tuple[Reason, str, str]:
    """Return reason, detail and remedy for the households of ``kind`` that are left."""
    hub = kind.hub
    if not kind.days:
        return (
            "days",
            f"nobody is home on a day on which {hub} can deliver",
            f"agree a day with the household on which {hub} delivers",
        )
    if shortage is None:
        if stopped:
            return "stopped", "planning was stopped before it was placed", "run the plan again to its end"
        return "supply", "no plan that serves it was found", "plan with a higher effort"
    held = {
        choice.product
        for basket in data.baskets
        if basket.id in {name for name, _ in kind.baskets}
        for line in basket.lines
        for choice in line
    }
    packs = {product: amount for (name, product), amount in shortage.packs.items() if name == hub and product in held}
    if packs:
        detail, remedy = _supply_words(data, hub, packs)
        if shortage.budget > NOTICEABLE:
            money = units.mad(_up(shortage.budget) * 100)
            return "supply", f"{detail}; the budget lacks at least {money} as well", f"{remedy}, and raise the budget"
        return "supply", detail, remedy
    if hub in shortage.assembly:
        number = _up(shortage.assembly[hub])
        return (
            "assembly",
            f"{hub} cannot assemble {number} of the baskets it needs in time for a delivery",
            f"assemble {number} more baskets at {hub}: more per day, or more days before the last delivery",
        )
    if hub in shortage.storage:
        number = _up(shortage.storage[hub])
        return (
            "storage",
            f"{hub} has no room for its goods: {number} kg (or litres) too little in storage or receiving",
            f"find room at {hub}, receive more per day there, or add vehicles so that baskets leave sooner",
        )
    if shortage.budget > NOTICEABLE:
        money = units.mad(_up(shortage.budget) * 100)
        limit = units.mad(data.budget or 0)
        return (
            "budget",
            f"the budget of {limit} does not pay for everybody: at least {money} is missing",
            f"raise the budget by at least {money}",
        )
    if shortage.ceilings:
        name, amount = max(shortage.ceilings.items(), key=lambda item: (item[1], item[0]))
        money = units.mad(_up(amount) * 100)
        return (
            "supply",
            f"the ceiling of {name} leaves out what it could supply: at least {money} more must be bought there",
            f"raise the ceiling of {name}, or find other suppliers of what it sells",
        )
    if hub in shortage.days:
        number = _up(shortage.days[hub])
        return (
            "days",
            f"{number} baskets at {hub} cannot be ready by the last day on which somebody is home",
            "agree a later day with the household, or start assembly earlier",
        )
    return (
        "supply",
        "supply covers it only in part: whole lots, minimum orders and lorries leave it out",
        "allow smaller lots or minimum orders, or raise the capacity of an offer by one lot",
    )


def _supply_words(data: Data, hub: str, packs: Mapping[str, float]) -> tuple[str, str]:
    """Return detail and remedy for missing packs."""
    worst = sorted(packs.items(), key=lambda item: (-item[1], item[0]))
    offered = {
        product: sum(offer.available[-1] for offer in data.offers if offer.product == product) for product in packs
    }
    said = "; ".join(
        f"{_up(amount)} packs of {product} ({offered[product]} can be supplied in all)" for product, amount in worst[:3]
    )
    more = ", ".join(f"{_up(amount)} packs of {product}" for product, amount in worst[:3])
    return f"{hub} lacks {said} in time", f"find at least {more} for {hub} early enough to be packed"


def _up(amount: float) -> int:
    return max(1, int(-(-(amount - 1e-6) // 1)))
