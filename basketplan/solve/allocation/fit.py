"""Days for totals: from a solution without days to one by days, where lorries make the model by days too hard.

1. **Assembly first.** Lots and lorries are let take fractions; assembly days, alternatives and households stay whole.
   The goal is to stay near the totals, to assemble all types side by side (a trip leaves when the last of its
   baskets is ready), then to spend little and to assemble late: that leaves goods the time to come in full lorries.
2. **Relax and fix** (Wolsey 1998, section 12.5). With assembly held, or all but held, cooperatives are made whole a
   group at a time, those with the heaviest loads first; groups before are held, groups after may still take fractions.
   The goal is still to stay near the totals: they are whole, fractions by day are not.

Any days will do: :mod:`~.neighbourhoods` makes them cheap.

What is found keeps every rule by days. Nothing is proven here: bounds come from the model without days.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from basketplan.solve.allocation.model import Expression, Model, Variable, total
from basketplan.solve.interrupt import Limits, SolverName

if TYPE_CHECKING:
    from basketplan.solve.allocation.search import Search

__all__ = [
    "AWAY",
    "NEAR_KG",
    "Pairs",
    "assembly_near",
    "away_from",
    "excess_allowed",
    "fit",
    "fractions",
    "in_groups",
    "lags",
    "whole_by_groups",
]

GROUPS = 8
BACK = 2
"""Groups before that are freed again, at most: of more together it is hard to tell that they do not come out even."""
AWAY = 100.0
"""MAD a kilogram away from the totals; ``NEW`` times that where a cooperative sent nothing to a hub."""
NEW = 20.0
NEAR_KG = 100.0
"""Kilograms away from totals that are near enough."""
LATE = 20.0
"""MAD a basket and day by which assembly is later."""
MIXED = 300.0
"""MAD a basket and day by which a type lags behind its part of all baskets: trips carry all types."""
WIGGLE = 8
"""Baskets of a type and day by which assembly may give way where whole lots do not make up what fractions did: that
is so where everything that there is is bought."""

Values = NDArray[np.float64]
Totals = Mapping[tuple[int, str], float]
"""(offer, hub) → lots."""


def fit(search: Search, totals: Totals, goal: str) -> Values | None:
    """Return a solution by days near ``totals``; none where none was found.

    Parameters
    ----------
    totals
        (offer, hub) → lots.
    """
    pair = Pairs.of(search.day)
    with excess_allowed(search):
        with away_from(search, totals) as away:
            start = _assembly(search, pair, away, goal)
        if start is None:
            return None
        return _near_totals(search, start, totals, pair, goal)


def _near_totals(search: Search, start: Values, totals: Totals, pair: Pairs, goal: str) -> Values | None:
    """Return any days, near the totals; assembly gives way where it must."""
    limits = search.limits(gap=0.05, absolute_gap=AWAY * NEAR_KG, nodes=20)
    tries: tuple[tuple[bool, int, SolverName], ...] = ((True, 0, "HIGHS"), (False, WIGGLE, "GSCIP"))
    for strict, wiggle, solver in tries:  # SCIP takes half as long where assembly may give way
        with (
            assembly_near(search, start, wiggle),
            _without(_unused(search, start) if strict else []),
            away_from(search, totals) as away,
        ):
            groups = in_groups(pair.heaviest_first(search.data.coops, start))
            found = whole_by_groups(search, groups, pair, away, limits, goal, solver=solver)
        if found is not None or search.runner.stopped:
            return found
    return None


@dataclass(frozen=True)
class Pairs:
    """Whole-number variables of shipments by cooperative."""

    by_coop: Mapping[str, list[Variable]]
    load_g: Mapping[int, int]
    """Variable id of lots → grams of one lot."""

    @staticmethod
    def of(model: Model) -> Pairs:
        """Return those of a model, by days or without."""
        data = model.data
        by_coop: dict[str, list[Variable]] = {coop: [] for coop in data.coops}
        load: dict[int, int] = {}
        for (index, _), variable in model.lots.items():
            offer = data.offers[index]
            by_coop[offer.coop].append(variable)
            load[variable.id] = offer.lot * data.weight_g[offer.product]
        for (position, _), variable in model.lorries.items():
            by_coop[data.slots[position].coop].append(variable)
        return Pairs(by_coop, load)

    def heaviest_first(self, coops: Iterable[str], values: Values) -> list[str]:
        """Return ``coops``, those that send the most kilograms first."""
        load = {
            coop: sum(self.load_g.get(item.id, 0) * float(values[item.id]) for item in self.by_coop[coop])
            for coop in coops
        }
        return sorted(load, key=lambda coop: (-round(load[coop]), coop))

    def all(self) -> list[Variable]:
        """Return all of them."""
        return [variable for mine in self.by_coop.values() for variable in mine]


def _assembly(search: Search, pair: Pairs, aim: Expression, goal: str) -> Values | None:
    """Solve step 1: ``aim`` counts before types side by side and late, and before the cost."""
    from basketplan.solve.allocation.search import dirhams

    m = search.day.m
    late = [-LATE * float(key[2]) * variable for key, variable in search.day.assemble.items()]
    lag = lags(search)
    apart = [MIXED * variable for variable, _ in lag]
    with fractions(pair.all()):
        limits = search.limits(gap=0.02, nodes=50)
        # SCIP finds assembly days three times as fast as HiGHS, which is better at all other steps.
        whole = total([aim, *apart, dirhams(search.day), *late])
        found = search.solve(search.day, whole, limits, goal, solver="GSCIP")
    for variable, row in lag:
        m.delete_linear_constraint(row)
        m.delete_variable(variable)
    return found.values


@contextmanager
def away_from(search: Search, totals: Totals) -> Iterator[Expression]:
    """Give what it costs to be away from ``totals``."""
    m = search.day.m
    added, rows = [], []
    away: list[Expression] = []
    for key, terms in search.lots_by_hub().items():
        offer = search.data.offers[key[0]]
        off = m.add_variable(lb=0, name=f"away[{key[0]},{key[1]}]")
        wanted = totals.get(key, 0)
        rows.append(m.add_linear_constraint(total(terms) - wanted <= off, name=f"more[{key[0]},{key[1]}]"))
        rows.append(m.add_linear_constraint(wanted - total(terms) <= off, name=f"fewer[{key[0]},{key[1]}]"))
        factor = offer.lot * search.data.weight_g[offer.product] / 1000 * (1.0 if wanted else NEW)
        away.append(AWAY * factor * off)
        added.append(off)
    try:
        yield total(away)
    finally:
        for row in rows:
            m.delete_linear_constraint(row)
        for variable in added:
            m.delete_variable(variable)


def lags(search: Search) -> list[tuple[Variable, mathopt.LinearConstraint]]:
    """Return, by hub, type and day, the baskets by which the type is behind its part of all that are assembled."""
    data, day = search.data, search.day
    result = []
    for hub in data.hubs:
        need = {basket.id: data.needed.get((hub.id, basket.id), 0) for basket in data.baskets}
        whole = sum(need.values())
        for now in sorted(hub.ready)[:-1]:
            done = {
                kind: [day.assemble[hub.id, kind, when] for when in hub.ready if when <= now]
                for kind, count in need.items()
                if count
            }
            everything = total(variable for some in done.values() for variable in some)
            for kind, mine in done.items():
                variable = day.m.add_variable(lb=0, name=f"lag[{hub.id},{kind},{now}]")
                row = day.m.add_linear_constraint(
                    total(mine) + variable >= need[kind] / whole * everything - 1, name=f"mixed[{hub.id},{kind},{now}]"
                )
                result.append((variable, row))
    return result


def whole_by_groups(
    search: Search,
    groups: Iterable[Sequence[str]],
    pair: Pairs,
    objective: Expression,
    limits: Limits,
    goal: str,
    *,
    back: int = BACK,
    solver: SolverName = "HIGHS",
) -> Values | None:
    """Solve step 2 for ``groups`` of cooperatives; where whole lots do not come out even, free the group before again.

    It is given up where ``back`` groups freed again do not suffice. Bounds of variables are left as they were.
    """
    fixed: list[list[tuple[Variable, float, float]]] = []
    values: Values | None = None
    with fractions(pair.all()):
        for coops in groups:
            mine = [variable for coop in coops for variable in pair.by_coop[coop]]
            for variable in mine:
                variable.integer = True
            values = search.solve(search.day, objective, limits, goal, solver=solver).values
            for _ in range(back):
                if values is not None or not fixed or search.runner.stopped:
                    break
                mine += _freed(fixed.pop())
                values = search.solve(search.day, objective, limits, goal, solver=solver).values
            if values is None:
                break
            fixed.append([(variable, variable.lower_bound, variable.upper_bound) for variable in mine])
            for variable in mine:
                variable.lower_bound = variable.upper_bound = float(round(float(values[variable.id])))
        for group in fixed:
            _freed(group)
    return values


def _freed(group: Sequence[tuple[Variable, float, float]]) -> list[Variable]:
    """Give variables their bounds back and return them."""
    for variable, low, high in group:
        variable.lower_bound, variable.upper_bound = low, high
    return [variable for variable, _, _ in group]


def in_groups(coops: Sequence[str], number: int = GROUPS) -> Iterator[Sequence[str]]:
    """Yield ``coops`` in at most ``number`` groups, in their order."""
    for group in range(number):
        some = coops[group * len(coops) // number : (group + 1) * len(coops) // number]
        if some:
            yield some


def _unused(search: Search, start: Values) -> list[Variable]:
    """Return the lots of offers that go to a hub to which ``start`` sends nothing of the cooperative."""
    data, day = search.data, search.day
    used = {
        (data.slots[position].coop, data.slots[position].hub)
        for (_, position), variable in day.lots.items()
        if float(start[variable.id]) > 1e-6
    }
    return [
        variable
        for (_, position), variable in day.lots.items()
        if (data.slots[position].coop, data.slots[position].hub) not in used
    ]


@contextmanager
def fractions(variables: Sequence[Variable]) -> Iterator[None]:
    """Let ``variables`` take fractions."""
    for variable in variables:
        variable.integer = False
    try:
        yield
    finally:
        for variable in variables:
            variable.integer = True


@contextmanager
def _without(variables: Sequence[Variable]) -> Iterator[None]:
    """Hold ``variables`` at none."""
    bounds = [(variable, variable.upper_bound) for variable in variables]
    for variable in variables:
        variable.upper_bound = 0.0
    try:
        yield
    finally:
        for variable, high in bounds:
            variable.upper_bound = high


@contextmanager
def assembly_near(search: Search, start: Values, wiggle: int) -> Iterator[None]:
    """Keep assembly, alternatives and households within ``wiggle`` of ``start``."""
    day = search.day
    variables = [*day.assemble.values(), *day.fill.values(), *day.serve]
    bounds = [(variable, variable.lower_bound, variable.upper_bound) for variable in variables]
    for variable, low, high in bounds:
        at = float(round(float(start[variable.id])))
        variable.lower_bound, variable.upper_bound = max(low, at - wiggle), min(high, at + wiggle)
    try:
        yield
    finally:
        _freed(bounds)


@contextmanager
def excess_allowed(search: Search, most: Values | None = None) -> Iterator[None]:
    """Let leftovers exceed (15): whole lots round up, and what is left over costs money anyway.

    With ``most``, as far as in that solution: models with tight leftovers take half as long.
    """
    bounds = [(variable, variable.upper_bound) for variable in search.day.excess.values()]
    for variable, high in bounds:
        variable.upper_bound = math.inf if most is None else max(high, float(most[variable.id]))
    try:
        yield
    finally:
        for variable, high in bounds:
            variable.upper_bound = high
