"""Cheaper days by large neighbourhood search (Shaw 1998): the model by days again and again, all but a part held.

1. **Sooner.** What is sent leaves on the first day on which as much is ready (:mod:`~.departures`): loads that were
   spread over days without regard to costs come together in few lorries, and all later departures can be left out.
2. **Cooperatives.** What some of them send, when and in how many lorries is chosen anew; assembly and all others are
   held. At first those with the heaviest loads, a few at a time; later, more at a time (:data:`PARTS`), those that
   sell the same goods as one that is drawn from the seed (:func:`~.parts.related`), at an effort with few nodes
   simply as drawn.
3. **Hubs.** Days of assembly, goods and lorries of one hub are chosen anew, also how much comes from whom.

Two parts are chosen anew at the same time, from the same solution; both changes are kept where they go together, else
the better one. So the result does not depend on how many cores there are.

On sac-4000 (standard effort, 2 cores) goods that leave sooner took days that were looked for without regard to costs
from 1,654 to 1,268 kMAD in 2 s, where cooperatives chosen anew took 25 s to get there; 23 parts on the model with all
departures, totals held while hubs were chosen anew, took 111 s to 1,209.0 kMAD, and 27 on the model without those that
are needless, with the rows (20)-(23) of :mod:`~.whole`, 45 s to 1,204.2 kMAD. Of these, leaving out departures brought
most (47 instead of 111 s for the same parts). Parts drawn by how much their bound promised were no better; cooperatives
chosen anew twice for each time through the hubs took a seventh more time for 0.06 % (three seeds, which lie 0.3 %
apart). HiGHS never begins a part anew from its root, and makes no slow searches: 12 parts took 12 instead of 18 s, for
the same gain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from basketplan.solve.allocation.aims import kilometres
from basketplan.solve.allocation.departures import first_departures, needless, without
from basketplan.solve.allocation.fit import LATE, MIXED, Pairs, excess_allowed, lags
from basketplan.solve.allocation.lorries import cheapest_lorries
from basketplan.solve.allocation.model import total
from basketplan.solve.allocation.parts import part_size, related
from basketplan.solve.allocation.whole import tighten
from basketplan.solve.status import relative_gap

if TYPE_CHECKING:
    from ortools.math_opt.python import mathopt

    from basketplan.solve.allocation.model import Variable
    from basketplan.solve.allocation.search import Search
    from basketplan.solve.interrupt import Limits

Values = NDArray[np.float64]

__all__ = ["ROUGH", "SHARP", "cheaper", "earlier", "elsewhere"]

PARTS = (12, 8, 6)
"""Parts into which cooperatives are divided, the first time, the second time, and from the third on."""
SHARP = 0.0005
"""Relative gap at which a part is solved the first time; later ``FINER`` times that."""
ROUGH = 0.002
"""The same in a shortage and near an earlier plan, at an effort with few nodes: two thirds of the time, for half a
percent of the cost."""
FINER = 0.1
TOGETHER = 2
"""Parts that are chosen anew at the same time, each as if the others stayed as they are."""
MOST = 50
"""Times through everything, at most."""
FAR = 2.0
"""Times ``enough`` beyond which a gap is so large that everything is gone through once more, whatever the effort."""
EARLY = 0.001
"""Relative gap of the days on which baskets are assembled."""
SOON = 0.01
"""MAD a lot and day by which goods come later."""
CENT = 0.005
"""MAD that rounding may add."""
MUCH = 0.02
"""Relative gain of a time through everything without which there is none beyond those of the effort."""
TIMES = 3
"""Times through everything for each :data:`~.search.OFTEN` nodes of an effort, after the first; at least one."""
STILL = 0.0001
"""Relative gain of a time through everything below which there is no other."""


def cheaper(
    search: Search, bound: float | None, enough: float, *, among: Sequence[str] | None = None, near: float = SHARP
) -> None:
    """Make the best solution cheaper, until the gap to ``bound`` is ``enough``; parts are solved to a gap of ``near``.

    Once through ``among`` some cooperatives, or twice through all; with many nodes again and again, each time through
    the hubs first.
    """
    from basketplan.solve.allocation.search import OFTEN, dirhams, value_of

    assert search.best is not None
    day, pair, draw = search.day, Pairs.of(search.day), Random(search.seed)
    often = search.effort.allocation_nodes // OFTEN
    mine = search.data.coops if among is None else among
    times = 1 if among is not None else 1 + max(1, TIMES * often)
    limits = replace(search.limits(gap=near, nodes=search.effort.allocation_nodes // 250), part=True)

    def within(most: float) -> bool:
        gap = relative_gap(search.price(), bound)
        return gap is not None and gap <= most

    def done() -> bool:
        return search.runner.stopped or search.runner.left_s() <= 0 or within(enough)

    loaded = cheapest_lorries(day, search.best)  # lorries cost nothing where days were looked for
    if value_of(kilometres(day), loaded) <= value_of(kilometres(day), search.best):
        search.best = loaded
    with excess_allowed(search, search.best):
        day.m.minimize(dirhams(day))
        _sooner(search, mine)
        for time in range(MOST):
            few = _few(search)
            before = search.price()
            parts = [
                [*(item for coop, some in pair.by_coop.items() if coop not in coops for item in some), *search.demand()]
                for coops in _parts(search, pair, mine, time, draw)
            ]
            if time > 0 and often and among is None:
                parts = [*(elsewhere(search, hub.id) for hub in search.data.hubs), *parts]
            for begin in range(0, len(parts), TOGETHER):
                if done():
                    return
                _anew(search, few, parts[begin : begin + TOGETHER], limits)
                search.tell(search.price(), bound)
            gained = (before - search.price()) / max(before, 1.0)
            last = time + 1 >= times and (among is not None or gained < MUCH or within(FAR * enough))
            if gained < STILL or last:
                return
            limits = replace(limits, gap=near * FINER if often else near)


def _sooner(search: Search, coops: Sequence[str]) -> None:
    """Let goods of ``coops`` leave on the first day on which as much is ready, hub by hub, where every rule is kept."""
    assert search.best is not None
    for hub in search.data.hubs:
        before, price = search.best, search.price()
        moved = first_departures(search.day, before, hub.id, coops)
        if np.array_equal(moved, before):
            continue
        search.best = _filled_in(search, search.day.m, moved)
        if search.best is None or search.price() > price + 1e-6:
            search.best = before


def _few(search: Search) -> mathopt.Model:
    """Return the model by days without needless departures, with rows that make it tight where the best keeps them."""
    assert search.best is not None
    gone = needless(search.day, search.best)
    tight = without(search.day.m, gone)
    tighten(search.day, tight)
    if _filled_in(search, tight, search.best) is None:
        return without(search.day.m, gone)
    return tight


def _filled_in(search: Search, m: mathopt.Model, values: Values) -> Values | None:
    """Return a solution of ``m`` with the goods, lorries, assembly and households of ``values``, if there is one."""
    from basketplan.solve.allocation.search import held

    whole = [m.get_variable(item.id) for item in (*search.supply(), *search.demand()) if m.has_variable(item.id)]
    if not all(item.lower_bound <= round(values[item.id]) <= item.upper_bound for item in whole):
        return None
    with held(whole, values):
        answer = search.runner.solve_each([m], search.limits(), message="cost")[0]
    return None if answer.values is None else _padded(answer.values, len(values))


def _anew(search: Search, few: mathopt.Model, parts: Sequence[Sequence[Variable]], limits: Limits) -> None:
    """Choose anew all whole numbers but those of each of ``parts``; keep the best, or all together if that goes."""
    from basketplan.solve.allocation.search import held

    best = search.best
    assert best is not None
    hint = best.tolist()

    def models() -> Iterator[mathopt.Model]:
        for part in parts:
            with held([few.get_variable(item.id) for item in part if few.has_variable(item.id)], best):
                yield few

    price = search.price()
    answers = search.runner.solve_each(models(), limits, message="cost", hint=hint)
    found = [
        (answer.objective, _padded(answer.values, len(best)))
        for answer in answers
        if answer.values is not None and answer.objective is not None and answer.objective < price - 1e-6
    ]
    if not found:
        return
    search.best = min(found, key=lambda item: item[0])[1]
    if len(found) > 1:
        together = best + sum((values - best for _, values in found), np.zeros_like(best))
        whole = _filled_in(search, few, together)
        search.best = search.best if whole is None else whole


def _padded(values: Values, size: int) -> Values:
    """Return ``values`` with as many places as the model by days has: variables left out are 0."""
    result = np.zeros(size)
    result[: len(values)] = values[:size]
    return result


def earlier(search: Search) -> None:
    """Assemble all types side by side and then early, as the goods of the best solution allow; that costs nothing.

    A trip leaves when the last of its baskets is ready, and who is home on few days is served only then. Costs alone do
    not care, and the search for days assembles late, so that goods come in full lorries (:mod:`~.fit`). On a small
    model goods come sooner too, where that costs nothing: how much comes from whom to which hub stays as it is.
    """
    if search.best is None:
        return
    day = search.day
    apart = lags(search)
    late = total(LATE * float(key[2]) * variable for key, variable in day.assemble.items())
    aim = total([late, *(MIXED * variable for variable, _ in apart)])
    if search.is_small():
        slots = search.data.slots
        aim = total([aim, *(SOON * slots[slot].arrival * lots for (_, slot), lots in day.lots.items())])
    limits = search.limits(gap=EARLY, nodes=search.effort.allocation_nodes // 250)
    with excess_allowed(search, search.best), _kept(search):
        answer = search.solve(day, aim, limits, "cost", hint=search.best)
    for variable, row in apart:
        day.m.delete_linear_constraint(row)
        day.m.delete_variable(variable)
    if answer.values is not None:
        search.best = answer.values


@contextmanager
def _kept(search: Search) -> Iterator[None]:
    """Hold who is served and what is sent: when it is sent as well, or on a small model what it costs."""
    from basketplan.solve.allocation.search import dirhams, held, required, value_of

    best, day = search.best, search.day
    assert best is not None
    if not search.is_small():
        with held([*search.supply(), *day.serve], best):
            yield
        return
    sent = {key: round(value_of(total(terms), best)) for key, terms in search.lots_by_hub().items()}
    with held(day.serve, best), search.fixed_totals(sent), required(day, [dirhams(day) <= search.price() + CENT]):
        yield


def _parts(search: Search, pair: Pairs, coops: Sequence[str], time: int, draw: Random) -> Iterator[Sequence[str]]:
    """Yield cooperatives in parts: the heaviest loads first, then related ones, or as drawn."""
    from basketplan.solve.allocation.search import OFTEN

    assert search.best is not None
    order = pair.heaviest_first(coops, search.best)
    size = part_size(order, PARTS[min(time, len(PARTS) - 1)])
    if time > 0 and search.effort.allocation_nodes >= OFTEN:
        yield from related(search.data, order, size, draw)
        return
    if time > 0:
        draw.shuffle(order)
    for begin in range(0, len(order), size):
        yield order[begin : begin + size]


def elsewhere(search: Search, hub: str, *, households: bool = True) -> list[Variable]:
    """Return the whole-number variables of all hubs but one; with ``households`` those of its households too."""
    day, slots, kinds = search.day, search.data.slots, search.data.kinds
    serve = [(kind.hub, variable) for kind, variable in zip(kinds, day.serve, strict=True)]
    serve += [(kinds[kind].hub, variable) for (kind, _), variable in day.served_in.items()]
    return [
        *(variable for (_, slot), variable in day.lots.items() if slots[slot].hub != hub),
        *(variable for (slot, _), variable in day.lorries.items() if slots[slot].hub != hub),
        *(variable for key, variable in (*day.assemble.items(), *day.fill.items()) if key[0] != hub),
        *(variable for where, variable in serve if households or where != hub),
    ]
