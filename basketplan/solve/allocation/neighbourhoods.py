"""Cheaper days by large neighbourhood search (Shaw 1998): the model by days again and again, all but a part held.

1. **Cooperatives.** What some of them send, when and in how many lorries is chosen anew; assembly and all others are
   held. At first those with the heaviest loads, a few at a time; later, more at a time (:data:`PARTS`), those that
   sell the same goods as one that is drawn from the seed (:func:`~.parts.related`), at an effort with few nodes
   simply as drawn.
2. **Hubs.** Days of assembly, goods and lorries of one hub are chosen anew; totals per offer and hub are held.

The first time through, cooperatives bring most: on sac-4000 parts of five came from days that were looked for without
regard to costs, at 1,663 kMAD, to 1,216 kMAD in 19 s, where making them whole by relax and fix with the cost as its aim
came to 1,280 kMAD in 19 s, and days chosen anew hub by hub after it to 1,254 kMAD in 34 s. HiGHS never begins a part
anew from its root: ten parts of sac-4000 took 24 instead of 42 s so, and came to the same costs within 0.1 % each.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from basketplan.solve.allocation.aims import kilometres
from basketplan.solve.allocation.fit import LATE, MIXED, Pairs, excess_allowed, lags
from basketplan.solve.allocation.lorries import cheapest_lorries
from basketplan.solve.allocation.model import total
from basketplan.solve.allocation.parts import part_size, related
from basketplan.solve.status import relative_gap

if TYPE_CHECKING:
    from basketplan.solve.allocation.model import Variable
    from basketplan.solve.allocation.search import Search

__all__ = ["ROUGH", "SHARP", "cheaper", "earlier", "elsewhere"]

PARTS = (12, 8, 5, 4)
"""Parts into which cooperatives are divided, the first time, the second time, …"""
SHARP = 0.0005
"""Relative gap at which a part is solved."""
ROUGH = 0.002
"""The same in a shortage and near an earlier plan, at an effort with few nodes, and without HiGHS' slow searches: two
thirds of the time, for half a percent of the cost."""
MOST = 50
"""Times through everything, at most."""
FAR = 2.0
"""Times ``enough`` beyond which a gap is so large that everything is gone through once more, whatever the effort."""
EARLY = 0.001
"""Relative gap of the days on which baskets are assembled."""
MUCH = 0.02
"""Relative gain of a time through everything without which there is none beyond those of the effort."""
STILL = 0.0002
"""Relative gain of a time through everything below which there is no other."""


def cheaper(
    search: Search, bound: float | None, enough: float, *, among: Sequence[str] | None = None, near: float = SHARP
) -> None:
    """Make the best solution cheaper, until the gap to ``bound`` is ``enough``; parts are solved to a gap of ``near``.

    Once through all cooperatives, or ``among`` some of them; with many nodes then through the hubs and again through
    the cooperatives, and so on.
    """
    from basketplan.solve.allocation.search import OFTEN, dirhams, held, value_of

    assert search.best is not None
    day, pair, draw = search.day, Pairs.of(search.day), Random(search.seed)
    often = search.effort.allocation_nodes // OFTEN
    times = 1 if among is not None else 1 + often
    limits = search.limits(gap=near, nodes=search.effort.allocation_nodes // 250)
    limits = replace(limits, restarts=False, searches=near < ROUGH)

    def within(most: float) -> bool:
        gap = relative_gap(search.price(), bound)
        return gap is not None and gap <= most

    def done() -> bool:
        return search.runner.stopped or search.runner.left_s() <= 0 or within(enough)

    def anew(rest: Sequence[Variable]) -> None:
        assert search.best is not None
        price = search.price()
        with held(rest, search.best):
            answer = search.solve(day, dirhams(day), limits, "cost", hint=search.best)
        if answer.values is not None and answer.objective is not None and answer.objective < price - 1e-6:
            search.best, price = answer.values, answer.objective
        search.tell(price, bound)

    loaded = cheapest_lorries(day, search.best)  # lorries cost nothing where days were looked for
    if value_of(kilometres(day), loaded) <= value_of(kilometres(day), search.best):
        search.best = loaded
    with excess_allowed(search, search.best):
        for time in range(MOST):
            before = search.price()
            if time > 0 and often and among is None:
                with search.fixed_totals():
                    for hub in search.data.hubs:
                        if done():
                            return
                        anew(elsewhere(search, hub.id))
            for coops in _parts(search, pair, search.data.coops if among is None else among, time, draw):
                if done():
                    return
                others = [item for coop, mine in pair.by_coop.items() if coop not in coops for item in mine]
                anew([*others, *search.demand()])
            gained = (before - search.price()) / max(before, 1.0)
            last = time + 1 >= times and (among is not None or gained < MUCH or within(FAR * enough))
            if gained < STILL or last:
                return


def earlier(search: Search) -> None:
    """Assemble all types side by side and then early, as the goods of the best solution allow; that costs nothing.

    A trip leaves when the last of its baskets is ready. Costs alone do not care, and the search for days assembles
    late, so that goods come in full lorries (:mod:`~.fit`).
    """
    from basketplan.solve.allocation.search import held

    if search.best is None or search.is_small():
        return
    day = search.day
    apart = lags(search)
    late = total(LATE * float(key[2]) * variable for key, variable in day.assemble.items())
    aim = total([late, *(MIXED * variable for variable, _ in apart)])
    limits = search.limits(gap=EARLY, nodes=search.effort.allocation_nodes // 250)
    with excess_allowed(search, search.best), held([*search.supply(), *day.serve], search.best):
        answer = search.solve(day, aim, limits, "cost", hint=search.best)
    for variable, row in apart:
        day.m.delete_linear_constraint(row)
        day.m.delete_variable(variable)
    if answer.values is not None:
        search.best = answer.values


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
