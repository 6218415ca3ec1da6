"""Totals where not everybody can be served, and days for them.

In fractions more is reached than with whole lots, and where all that there is of a good is bought, days that are made
whole a group of cooperatives after the other miss packs here and there. So totals per offer and hub are made whole
first, on the model without days:

* Where as many can be served without days, goods are short: that many are served, with zones, rules and shares at
  first within one percent of what fractions reach, then within more (:data:`PERCENTS`), since to serve exactly as many
  is hard enough for a solver.
* Where fewer can be served by days, time is short: hubs assemble as many baskets as by days in fractions, each type
  up to :data:`ABOUT` more or fewer.

Then days are looked for that keep what the totals have, or come within one percent of what fractions reach: near an
earlier plan (:mod:`~.warm`), or else near the cheapest goods for those who are served (:mod:`~.fit`): without that
last step a shortage of sac-4000 costs 3 to 5 % more, since its days are not made so cheap afterwards. This takes a
third of the time of :func:`~.scarce.attain`, which is left for where it fails.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from basketplan.solve.allocation.fit import fit
from basketplan.solve.allocation.model import Model, Variable, total
from basketplan.solve.allocation.search import Search, dirhams, required, value_of
from basketplan.solve.allocation.warm import near
from basketplan.solve.allocation.wishes import PERCENT, Wish, discard, kept, relaxed, short_of
from basketplan.solve.interrupt import Answer

__all__ = ["days_for_totals"]

Values = NDArray[np.float64]

PERCENTS = (1, 4, 16)
"""Percent by which zones, rules and shares may fall short, one after the other."""
ABOUT = 8
"""Baskets of a type by which a hub may assemble more or fewer than in fractions."""
CHEAP = 0.005
"""Relative gap of cheap totals."""
TINY = 1e-6


def days_for_totals(search: Search, wishes: Sequence[Wish], loose: Values, known: Values | None, goal: str) -> bool:
    """Find totals as near to ``wishes`` as whole lots come, then days for them; tell whether days were found.

    ``loose`` is a solution by days in fractions that has the wishes: hubs get about as many baskets as there, since
    days may leave no other way.
    """
    whole, day = search.whole, search.day
    must, soft = [wish for wish in wishes if wish.must], [wish for wish in wishes if not wish.must]
    baskets: dict[tuple[str, str], float] = {}
    for (hub, basket, _), variable in day.assemble.items():
        baskets[hub, basket] = baskets.get((hub, basket), 0.0) + float(loose[variable.id])
    goods_short = known is not None and all(value_of(wish.expression(whole), known) > wish.most - 0.5 for wish in must)
    if goods_short:
        answer = _as_many(search, must, soft, goal)
    else:
        with _about(whole, baskets), short_of(whole, soft) as short, kept(whole, must):
            answer = search.solve(whole, short, search.limits(gap=0.001, absolute_gap=PERCENT / 2), goal)
    if answer.values is None:
        return False
    reached = [
        replace(wish, most=max(wish.most, value_of(wish.expression(whole), answer.values)))
        for wish in (*must, *relaxed(soft, PERCENTS[0]))
    ]
    rows = list(_as_served(search, answer.values, day)) if goods_short else []
    with kept(day, reached), required(day, rows):
        again = None if search.start is None else near(search, search.start, goal)
        found = fit(search, search.totals(_cheap(search, reached, answer, goal)), goal) if again is None else again[0]
    if found is None:
        return False
    search.best = found
    return True


def _cheap(search: Search, reached: Sequence[Wish], answer: Answer, goal: str) -> Answer:
    """Return ``answer`` with the cheapest goods for the households that it serves."""
    assert answer.values is not None
    whole = search.whole
    with kept(whole, reached), required(whole, list(_as_served(search, answer.values, whole))):
        limits = search.limits(gap=CHEAP, nodes=20)
        found = search.solve(whole, dirhams(whole), limits, goal, hint=answer.values)
    return answer if found.values is None else found


def _as_served(search: Search, values: Values, model: Model) -> Iterator[mathopt.BoundedLinearTypes]:
    """Yield rows of ``model``: hubs assemble, and serve of each kind and zone, as many as without days in ``values``.

    With that left open a solver hardly finds who makes up exactly as many.
    """
    there = _by_what(model)
    for key, variables in _by_what(search.whole).items():
        count = sum(round(float(values[variable.id])) for variable in variables)
        yield total(there.get(key, ())) == count


def _by_what(model: Model) -> dict[tuple[object, ...], list[Variable]]:
    """Return a model's variables of assembly and households by what they count on any day."""
    kinds = model.data.kinds
    result: dict[tuple[object, ...], list[Variable]] = {}
    for (hub, basket, _), variable in model.assemble.items():
        result.setdefault((hub, basket), []).append(variable)
    for number, variable in enumerate(model.serve):
        kind = kinds[number]
        result.setdefault((kind.hub, kind.baskets, kind.priority), []).append(variable)
    for (number, zone), variable in model.served_in.items():
        kind = kinds[number]
        result.setdefault((kind.hub, kind.baskets, kind.priority, zone), []).append(variable)
    return result


def _as_many(search: Search, must: Sequence[Wish], soft: Sequence[Wish], goal: str) -> Answer:
    """Solve the model without days for ``must``, with ``soft`` kept within some percent, the fewer the better."""
    whole = search.whole
    most = total(wish.expression(whole) for wish in must)
    least = sum(wish.most for wish in must)
    for percent in PERCENTS:
        with kept(whole, relaxed(soft, percent)):
            answer = search.solve(whole, most, search.limits(absolute_gap=0.9), goal)
        if answer.values is not None and value_of(most, answer.values) < least + 0.5:
            break
    else:
        return Answer(ending="none")
    if percent > PERCENTS[0]:
        with kept(whole, must), short_of(whole, soft) as short:
            limits = search.limits(gap=0.001, absolute_gap=PERCENT / 2, nodes=20)
            better = search.solve(whole, short, limits, goal, hint=answer.values)
        answer = answer if better.values is None else better
    return answer


@contextmanager
def _about(whole: Model, baskets: Mapping[tuple[str, str], float]) -> Iterator[None]:
    """Let each hub assemble about as many baskets of each type, and no more all together."""
    rows = []
    for hub in whole.data.hubs:
        made = {basket: variable for (name, basket, _), variable in whole.assemble.items() if name == hub.id}
        most = math.ceil(sum(baskets.get((hub.id, basket), 0.0) for basket in made) - TINY)
        rows.append(whole.m.add_linear_constraint(total(made.values()) <= most, name=f"about[{hub.id}]"))
        for basket, variable in made.items():
            about = baskets.get((hub.id, basket), 0.0)
            rows.append(whole.m.add_linear_constraint(variable <= about + ABOUT, name=f"most[{hub.id},{basket}]"))
            rows.append(whole.m.add_linear_constraint(variable >= about - ABOUT, name=f"least[{hub.id},{basket}]"))
    try:
        yield
    finally:
        discard(whole, (), rows)
