"""Days where not everybody can be served: what is reached gives way by its price, so that there is always a plan.

Where all that there is of a good is bought, hardly any choice of whole lots keeps what fractions reach, and days that
must keep it may not be found (:mod:`~.scarce_totals` looks for some first). Then:

1. **Goals in fractions.** The model by days is solved for one goal after another (:func:`by_days`): for service with
   whole baskets and households and all else in fractions, then with everything in fractions. It is a relaxation, so
   each value is a bound, given the leftovers that (15) and its excess allow; unlike the model without days it knows
   what comes too late.
2. **Assembly** with whole baskets, as near to these values as possible, and then the cheapest goods for it.
3. **Whole lots** by relax and fix with assembly held. To fall short of what step 2 reached has a price, and packs may
   be **missing** from the stock of a hub, at a price above that of a basket: (31) stock[h,p,d] + missing[h,p,d] ≥ 0.
4. **Hubs** one at a time, everything of a hub free and the others held, until nothing is missing and little falls
   short.

Whoever is served is then served with goods that are there: days with missing packs are not taken.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from basketplan.solve.allocation.fit import (
    AWAY,
    NEAR_KG,
    Pairs,
    assembly_near,
    away_from,
    excess_allowed,
    fractions,
    in_groups,
    whole_by_groups,
)
from basketplan.solve.allocation.model import Expression, Variable, total
from basketplan.solve.allocation.wishes import BASKET, PERCENT, Wish, discard, short_of
from basketplan.solve.interrupt import Answer

if TYPE_CHECKING:
    from basketplan.solve.allocation.search import Search

__all__ = ["attain", "by_days"]

Values = NDArray[np.float64]

MISSING = 2.0
"""Times the price of the most important basket: that of a pack that is missing."""
ROUNDS = 3
"""Times through all hubs, at most."""
TINY = 1e-6


def by_days(search: Search, expression: Expression, goal: str, *, demand: bool, gap: float = 1e-4) -> Answer:
    """Minimise ``expression`` by days in fractions, but with ``demand`` in whole baskets and households."""
    day = search.day
    whole = {variable.id for variable in search.demand()} if demand else set()
    loose = [variable for variable in day.m.variables() if variable.integer and variable.id not in whole]
    limits = search.limits(gap=gap, absolute_gap=0.9 if demand else TINY)
    with fractions(loose):
        return search.solve(day, expression, limits, goal, solver="GSCIP")


def attain(search: Search, wishes: Sequence[Wish], first: Values, goal: str) -> bool:
    """Come as near to ``wishes`` as possible, the first of which is service; tell whether days were found.

    ``first`` is a solution with lots and lorries in fractions that has the first wish.
    """
    from basketplan.solve.allocation.search import value_of

    pair = Pairs.of(search.day)
    start = _assembled(search, pair, wishes, first, goal)
    with excess_allowed(search):
        lots = {key: value_of(total(terms), start) for key, terms in search.lots_by_hub().items()}
        reached = [
            wish if wish.must else replace(wish, most=max(wish.most, value_of(wish.expression(search.day), start)))
            for wish in wishes
        ]
        with short_of(search.day, reached) as short, away_from(search, lots) as away, _missing(search) as missing:
            important = max((kind.priority for kind in search.data.kinds), default=1)
            lack = total([short, MISSING * important * BASKET * missing])
            aim = total([lack, away])
            limits = search.limits(gap=0.001, absolute_gap=AWAY * NEAR_KG, nodes=20)
            with assembly_near(search, start, 0):
                groups = in_groups(pair.heaviest_first(search.data.coops, start))
                best = whole_by_groups(search, groups, pair, aim, limits, goal, back=0)
            if best is not None:
                best = _hub_by_hub(search, best, aim, lack, goal)
            if best is None or value_of(missing, best) > 0.5:
                return False
    search.best = best
    return True


def _assembled(search: Search, pair: Pairs, wishes: Sequence[Wish], first: Values, goal: str) -> Values:
    """Solve step 2: as near to ``wishes`` as whole baskets come, from days that serve the most; then goods for them."""
    from basketplan.solve.allocation.search import dirhams, held, value_of

    m, day = search.day.m, search.day
    with short_of(day, wishes) as short, fractions(pair.all()):
        limits = search.limits(gap=0.02, absolute_gap=PERCENT, nodes=200)
        near = search.solve(day, short, limits, goal, hint=first, solver="GSCIP").values
    start = first if near is None else near
    rows = []
    for wish in wishes:
        expression = wish.expression(day)
        most = max(wish.most, value_of(expression, start)) + TINY
        rows.append(m.add_linear_constraint(expression <= most, name=f"reached[{wish.goal}]"))
    with fractions(pair.all()), held([*search.demand(), *day.served_in.values()], start):
        limits = search.limits(gap=0.01, nodes=20)
        cheap = search.solve(day, dirhams(day), limits, goal, solver="GSCIP").values
    discard(day, (), rows)
    return start if cheap is None else cheap


def _hub_by_hub(search: Search, best: Values, aim: Expression, lack: Expression, goal: str) -> Values:
    """Solve step 4: ``aim``, until ``lack`` is little."""
    from basketplan.solve.allocation.neighbourhoods import elsewhere
    from basketplan.solve.allocation.search import held, value_of

    limits = search.limits(gap=0.001, absolute_gap=AWAY * NEAR_KG, nodes=20)
    value = value_of(aim, best)
    changed: str | None = None
    for _ in range(ROUNDS):
        for hub in search.data.hubs:
            if value_of(lack, best) < PERCENT or hub.id == changed or search.runner.stopped:
                return best
            with held(elsewhere(search, hub.id, households=False), best):
                answer = search.solve(search.day, aim, limits, goal, hint=best)
            if answer.values is not None and answer.objective is not None and answer.objective < value:
                if value - answer.objective > PERCENT / 10 or changed is None:
                    changed = hub.id
                best, value = answer.values, answer.objective
        if changed is None:
            break
    return best


@contextmanager
def _missing(search: Search) -> Iterator[Expression]:
    """Let packs be missing from stocks (31), and give their number, counted anew every day."""
    m = search.day.m
    added: list[Variable] = []
    rows: list[mathopt.LinearConstraint] = []
    kept = {row.name: row for row in m.linear_constraints() if row.name.startswith("wastestays[")}
    for (hub, product, now), stock in search.day.stock.items():
        name = f"{hub},{product},{now}"
        variable = m.add_variable(lb=0, name=f"missing[{name}]")
        added.append(variable)
        rows.append(m.add_linear_constraint(stock + variable >= 0, name=f"missing[{name}]"))
        stock.lower_bound = -math.inf
        if f"wastestays[{name}]" in kept:
            kept[f"wastestays[{name}]"].set_coefficient(variable, 1.0)
    try:
        yield total(1.0 * variable for variable in added)
    finally:
        for stock in search.day.stock.values():
            stock.lower_bound = 0.0
        discard(search.day, added, rows)
