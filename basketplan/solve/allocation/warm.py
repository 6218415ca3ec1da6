"""Begin from what an earlier plan decided: the least change that keeps every rule, and only then what is cheaper.

A scenario changes a part of a programme, and most of its allocation may stay as it is. So goods, lorries and assembly
are looked for near those of the plan from which it begins, in two steps as in :mod:`~.fit`:

1. **Assembly.** Lots and lorries may take fractions; the goal is to move few kilograms between offers and hubs, then
   between days, then few baskets between days of assembly, then to spend little.
2. **Whole lots.** Cooperatives to which nothing has changed send what they sent; the others are made whole in
   groups, relaxed and fixed one after the other.

This is asked for days on which everybody is served and shares are high, near the fairest days that the earlier plan
came by where they are known, or for days on which as many are served as can be (:mod:`~.scarce_totals`), and then
again for the cost, where later goals may take from the lowest share, so that more can stay as it was. There, what the
changed cooperatives send is made cheaper (:mod:`~.neighbourhoods`), and what all send where the proven gap does not
come out about as small as that of the earlier plan (:data:`SLACK`), since rules fell away that made that plan dear.
Bounds come from the model without days of the programme as it is now, never from the earlier plan. Where much changes
(:data:`MANY`), or whole lots do not come out even, days are looked for as without an earlier plan.

On sac-4000 a shortage takes half of the time so, and costs 3 to 4 % less: days that are made cheaper begin cheap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from basketplan.solve.allocation.model import Expression, Variable, total
from basketplan.solve.types import Supplied

if TYPE_CHECKING:
    from basketplan.solve.allocation.search import Search
    from basketplan.solve.interrupt import SolverName

__all__ = ["CLOSE", "MANY", "SLACK", "near", "supplied"]

Values = NDArray[np.float64]

SLACK = 0.003
"""Gap of cost beyond that of the earlier plan with which what was found near it is enough."""
MANY = 0.25
"""Part of the cooperatives beyond which so much changes that cheap days are looked for as without an earlier plan:
with 200 more families on sac-4000, where two thirds of them send more, that is 1.8 % cheaper."""
CLOSE, ANY = 0.01, 0.02
"""Relative gap of whole lots where costs are looked at only around them, and where any will do: that takes a tenth of
the time where hardly any come out even."""
MOVED = 100.0
"""MAD a kilogram that is sent by another offer or to another hub than before."""
OTHER_DAY = 5.0
"""MAD a kilogram that is sent on another day than before."""
SHIFTED = 2.0
"""MAD a basket that is assembled on another day than before."""
TINY = 1e-6


@dataclass(frozen=True)
class _Start:
    """An earlier plan in the terms of the model by days."""

    lots: Mapping[tuple[int, int], int]
    """(offer, slot) → lots, where there are any."""
    assembled: Mapping[tuple[str, str, int], int]
    """(hub, basket type, day) → baskets, for every assembly variable."""

    @staticmethod
    def of(search: Search, before: Supplied) -> _Start:
        data = search.data
        day = {ordinal: index for index, ordinal in enumerate(data.dates)}
        offer = {(item.coop, item.product): index for index, item in enumerate(data.offers)}
        slot = {(item.coop, item.hub, item.dispatch, item.arrival): index for index, item in enumerate(data.slots)}
        lots: dict[tuple[int, int], int] = {}
        for (coop, product, hub, dispatched, arrives), packs in before.packs.items():
            index = offer.get((coop, product))
            where = (coop, hub, day.get(dispatched, -1), day.get(arrives, -1))
            key = (-1 if index is None else index, slot.get(where, -1))
            if key in search.day.lots:
                lots[key] = lots.get(key, 0) + packs // data.offers[key[0]].lot
        made = dict.fromkeys(search.day.assemble, 0)
        for (hub, basket, date), count in before.assembled.items():
            here = (hub, basket, day.get(date, -1))
            if here in made:
                made[here] = count
        return _Start(lots, made)


def supplied(search: Search, values: Values) -> Supplied:
    """Return what a solution by days decides."""
    data = search.data
    packs: Counter[tuple[str, str, str, int, int]] = Counter()
    for (index, position), variable in search.day.lots.items():
        offer, slot = data.offers[index], data.slots[position]
        if (lots := round(float(values[variable.id]))) > 0:
            when = (data.dates[slot.dispatch], data.dates[slot.arrival])
            packs[offer.coop, offer.product, slot.hub, *when] += lots * offer.lot
    made = {
        (hub, basket, data.dates[day]): round(float(values[variable.id]))
        for (hub, basket, day), variable in search.day.assemble.items()
    }
    return Supplied(packs=dict(packs), assembled=made)


def near(
    search: Search,
    before: Supplied,
    goal: str,
    require: Sequence[mathopt.BoundedLinearTypes] = (),
    *,
    most: float = 1.0,
    gap: float = ANY,
    cheap: bool = True,
) -> tuple[Values, list[str]] | None:
    """Return a solution by days that changes little of what was supplied; none: none was found.

    With it come the cooperatives that send something else than ``before``, at most a part of ``most`` of all.
    ``goal`` is told while the solver works; ``require`` are rows that hold beside the rules; whole lots may cost a
    part of ``gap`` more than the best. Unless it has to be ``cheap``, only changes count: near days that are dear,
    costs make groups of cooperatives hard (102 instead of 13 s with 200 more families on sac-4000).
    """
    from basketplan.solve.allocation.fit import (
        WIGGLE,
        Pairs,
        assembly_near,
        excess_allowed,
        fractions,
        in_groups,
        whole_by_groups,
    )
    from basketplan.solve.allocation.search import dirhams, held, required

    day, pair = search.day, Pairs.of(search.day)
    start = _Start.of(search, before)
    with excess_allowed(search), required(day, require), _changed(search, start) as changed:
        aim = total([changed, dirhams(day)]) if cheap else changed
        with fractions(pair.all()):
            # With costs in the aim HiGHS takes half of the time of SCIP; with changes alone several times as long.
            solver: SolverName = "HIGHS" if cheap else "GSCIP"
            loose = search.solve(day, aim, search.limits(gap=0.002, nodes=50), goal, solver=solver).values
        if loose is None:
            return None
        same, others = _changed_coops(search, start, loose)
        if len(others) > most * len(search.data.coops):
            return None
        same_lots = [variable for (o, _), variable in day.lots.items() if search.data.offers[o].coop in same]
        limits = search.limits(gap=gap, nodes=20)
        for wiggle in (0, WIGGLE):
            with assembly_near(search, loose, wiggle), held(same_lots, loose):
                groups = [group for group in (sorted(same), *in_groups(others)) if group]
                found = whole_by_groups(search, groups, pair, aim, limits, goal, back=0)
            if found is not None:
                return found, others
            if search.runner.stopped:
                break
    return None


def _changed_coops(search: Search, start: _Start, loose: Values) -> tuple[set[str], list[str]]:
    """Return the cooperatives that send what they sent, and the others with the heaviest changes first."""
    data = search.data
    changed_g: dict[str, float] = dict.fromkeys(data.coops, 0.0)
    for key, variable in search.day.lots.items():
        offer = data.offers[key[0]]
        moved = abs(float(loose[variable.id]) - start.lots.get(key, 0))
        if moved > TINY:
            changed_g[offer.coop] += moved * offer.lot * data.weight_g[offer.product]
    others = [coop for coop, moved in changed_g.items() if moved > 0]
    return set(data.coops) - set(others), sorted(others, key=lambda coop: (-round(changed_g[coop]), coop))


@contextmanager
def _changed(search: Search, start: _Start) -> Iterator[Expression]:
    """Give what it costs to change ``start``."""
    data, m = search.data, search.day.m
    added: list[Variable] = []
    rows: list[mathopt.LinearConstraint] = []
    parts: list[Expression] = []

    def away(value: Expression, wanted: float, price: float, name: str) -> None:
        if wanted == 0:
            parts.append(price * value)
            return
        off = m.add_variable(lb=0, name=f"away[{name}]")
        rows.append(m.add_linear_constraint(value - wanted <= off, name=f"more[{name}]"))
        rows.append(m.add_linear_constraint(wanted - value <= off, name=f"fewer[{name}]"))
        added.append(off)
        parts.append(price * off)

    before: Counter[tuple[int, str]] = Counter()
    for (index, position), lots in start.lots.items():
        before[index, data.slots[position].hub] += lots
    for key, terms in search.lots_by_hub().items():
        away(total(terms), before[key], MOVED * _kg(search, key[0]), f"{key[0]},{key[1]}")
    for (index, position), variable in search.day.lots.items():
        lots = start.lots.get((index, position), 0)
        away(1.0 * variable, lots, OTHER_DAY * _kg(search, index), f"{index},{position}")
    for made, variable in search.day.assemble.items():
        away(1.0 * variable, start.assembled[made], SHIFTED, ",".join(map(str, made)))
    try:
        yield total(parts)
    finally:
        for row in rows:
            m.delete_linear_constraint(row)
        for variable in added:
            m.delete_variable(variable)


def _kg(search: Search, offer: int) -> float:
    """Return the kilograms of a lot of an offer."""
    item = search.data.offers[offer]
    return item.lot * search.data.weight_g[item.product] / 1000
