"""Hold in the model what a plan has decided and cannot be taken in part, and let the rest take fractions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import combinations
from typing import Literal

from ortools.math_opt.python import mathopt

from basketplan.solve.allocation.data import Data
from basketplan.solve.allocation.fairness import GINI
from basketplan.solve.allocation.model import Model, Variable, total
from basketplan.solve.allocation.standing import Standing, price_row

__all__ = ["TINY", "Asked", "hold"]

Asked = Literal["cost", "service"]
"""The goal that is asked about."""
TINY = 1e-6


def hold(model: Model, standing: Standing, goal: Asked) -> None:
    """Hold what is held, and let the rest take fractions without the bounds that only mirror limits."""
    data, m = model.data, model.m
    rows = {row.name: row for row in m.linear_constraints()}
    for variable in m.variables():
        variable.integer = False
    for variable in (*model.lots.values(), *model.assemble.values(), *model.fill.values()):
        variable.upper_bound = math.inf
    engaged, bought = standing.engaged(), standing.bought()
    for coop, variable in model.engaged.items():
        variable.lower_bound = variable.upper_bound = float(coop in engaged)
    for index, offer in enumerate(data.offers):
        packs = bought.get((offer.coop, offer.product), 0)
        name = f"{offer.coop},{offer.product}"
        if offer.coop in engaged:
            m.delete_linear_constraint(rows[f"engage[{name}]"])  # it mirrors the capacity
        for row in range(len(offer.prices)):
            if (index, row) in model.tier:
                held = packs > 0 and price_row(offer, packs) == row
                tier = model.tier[index, row]
                tier.lower_bound = tier.upper_bound = float(held)
                if held and row == len(offer.prices) - 1:
                    m.delete_linear_constraint(rows[f"tierhigh[{name},{row}]"])
    _hold_lorries(model, standing, goal, rows)
    _hold_service(model, standing, goal)
    if model.lowest is not None and goal == "cost":
        model.lowest.lower_bound = min(standing.fair, model.lowest.upper_bound)
        revenue = _revenue(model, bought)
        for key, short in model.short.items():
            short.upper_bound = max(0.0, _missing(data, key, revenue)) + TINY


def _revenue(model: Model, bought: Mapping[tuple[str, str], int]) -> dict[str, int]:
    """Return what each cooperative gets for the packs ``bought`` from it, in centimes."""
    data = model.data
    result = dict.fromkeys(data.potential, 0)
    for offer in data.offers:
        packs = bought.get((offer.coop, offer.product), 0)
        result[offer.coop] = result.get(offer.coop, 0) + packs * offer.prices[price_row(offer, packs)][1]
    return result


def _missing(data: Data, key: str, revenue: Mapping[str, int]) -> float:
    """Return what is missing to the rule ``key`` of ``Model.short``: a floor, or the Gini bound (26)."""
    if key == GINI:
        assert data.gini is not None
        shares = [revenue[coop] / worth for coop, worth in data.potential.items()]
        apart = math.fsum(abs(one - other) for one, other in combinations(shares, 2))
        return apart / len(shares) ** 2 - data.gini * math.fsum(shares) / len(shares)
    group = next((item for item in data.groups if f"group:{item.id}" == key), None)
    coops = (key,) if group is None else group.coops
    floor = data.floors.get(key, data.floors.get("all", 0.0)) if group is None else group.floor
    potential = sum(data.potential.get(coop, 0) for coop in coops)
    return floor - sum(revenue.get(coop, 0) for coop in coops) / potential


def _hold_lorries(model: Model, standing: Standing, goal: Asked, rows: dict[str, mathopt.LinearConstraint]) -> None:
    """Hold the lorries; where service is asked about, more may come than the plan has."""
    data, first = model.data, dict[tuple[str, str, int, str], int]()
    for position, lorry in model.lorries:
        slot = data.slots[position]
        first.setdefault((slot.coop, slot.hub, slot.dispatch, lorry), position)
    for (position, lorry), variable in model.lorries.items():
        slot = data.slots[position]
        key = (slot.coop, slot.hub, slot.dispatch, lorry)
        number = float(standing.lorries.get(key, 0) if first[key] == position else 0)
        variable.upper_bound = number if goal == "cost" else math.inf
        variable.lower_bound = number
        if goal == "service" and (name := f"departure[{variable.name}]") in rows:
            model.m.delete_linear_constraint(rows[name])


def _hold_service(model: Model, standing: Standing, goal: Asked) -> None:
    """Serve whom the plan serves, or as many as possible."""
    if goal == "service":
        return
    for kind, serve in zip(model.data.kinds, model.serve, strict=True):
        if kind.size:
            serve.lower_bound = float(sum(name in standing.delivered for name in kind.households))
            serve.upper_bound = max(serve.upper_bound, serve.lower_bound)
    made: dict[tuple[str, str], list[Variable]] = {}
    for (hub, basket, _), variable in model.assemble.items():
        made.setdefault((hub, basket), []).append(variable)
    for (hub, basket), variables in sorted(made.items()):
        wanted = standing.assembled.get((hub, basket), 0)
        model.m.add_linear_constraint(total(variables) == wanted, name=f"held[{hub},{basket}]")
