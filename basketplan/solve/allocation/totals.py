"""Cheaper totals: large neighbourhood search (Shaw 1998) on the model without days.

A few nodes of the whole model leave its totals up to a percent above the best, how much depends on the seed, and days
are looked for near them. Cooperatives that sell the same goods are chosen anew together, all others held. On sac-4000
totals of 1,208 kMAD come to 1,201 kMAD in 4 s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from basketplan.solve.interrupt import Answer

if TYPE_CHECKING:
    from basketplan.solve.allocation.data import Data
    from basketplan.solve.allocation.model import Variable
    from basketplan.solve.allocation.search import Search

__all__ = ["cheaper_totals", "related"]

PARTS = 6
"""Parts into which cooperatives are divided."""
FEW = 5
"""Cooperatives of a part, at least."""
TIMES = 3
"""Times through all cooperatives."""
GAP = 0.0003
"""Relative gap at which a part is solved."""


def related(data: Data, coops: Sequence[str], size: int, draw: Random) -> Iterator[Sequence[str]]:
    """Yield ``coops`` in parts of ``size``: one that is drawn, and those that share the most kilograms with it.

    Only cooperatives that sell the same goods can take over from each other.
    """
    offered: dict[str, dict[str, int]] = {}
    for offer in data.offers:
        offered.setdefault(offer.coop, {})[offer.product] = offer.most * data.weight_g[offer.product]
    rest = sorted(coops)
    while rest:
        draw.shuffle(rest)
        first = rest[0]
        rest.sort(key=lambda coop: (coop != first, -_shared(offered.get(first, {}), offered.get(coop, {}))))
        yield rest[:size]
        rest = rest[size:]


def _shared(one: Mapping[str, int], other: Mapping[str, int]) -> int:
    return sum(min(most, other.get(product, 0)) for product, most in one.items())


def cheaper_totals(search: Search, answer: Answer) -> Answer:
    """Return ``answer``, a solution of the model without days, made cheaper; its bound stays what it was."""
    from basketplan.solve.allocation.search import dirhams, held

    best, price = answer.values, answer.objective
    if best is None or price is None:
        return answer
    whole, draw = search.whole, Random(search.seed)
    mine = _variables(search)
    limits = search.limits(gap=GAP, nodes=search.effort.allocation_nodes // 250)
    for _ in range(TIMES):
        for part in related(whole.data, list(mine), max(FEW, -(-len(mine) // PARTS)), draw):
            others = [variable for coop, some in mine.items() if coop not in part for variable in some]
            with held(others, best):
                found = search.solve(whole, dirhams(whole), limits, "cost", hint=best)
            if found.values is not None and found.objective is not None and found.objective < price - 1e-6:
                best, price = found.values, found.objective
    return replace(answer, values=best, objective=price)


def _variables(search: Search) -> dict[str, list[Variable]]:
    """Return cooperative → its whole-number variables of shipments in the model without days."""
    whole, slots = search.whole, search.whole.data.slots
    mine: dict[str, list[Variable]] = {coop: [] for coop in whole.data.coops}
    for (offer, _), variable in whole.lots.items():
        mine[whole.data.offers[offer].coop].append(variable)
    for (slot, _), variable in whole.lorries.items():
        mine[slots[slot].coop].append(variable)
    return mine
