"""Cheaper totals: large neighbourhood search (Shaw 1998) on the model without days.

A few nodes of the whole model leave its totals up to a percent above the best, how much depends on the seed, and days
are looked for near them. Cooperatives that sell the same goods are chosen anew together, all others held, small parts
first. On sac-4000 totals of 1,199 to 1,209 kMAD (three seeds) come to 1,197 to 1,200 in 6 s; with six parts alone to
1,199 to 1,201, and days for them are 0.1 % dearer.
"""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from basketplan.solve.allocation.fit import Pairs
from basketplan.solve.allocation.parts import part_size, related
from basketplan.solve.interrupt import Answer

if TYPE_CHECKING:
    from basketplan.solve.allocation.search import Search

__all__ = ["cheaper_totals"]

STEPS = (*2 * [(6, 3e-4)], *6 * [(3, 1e-4)])
"""Times through all cooperatives: into how many parts they are divided, and the relative gap at which one is solved."""


def cheaper_totals(search: Search, answer: Answer) -> Answer:
    """Return ``answer``, a solution of the model without days, made cheaper; its bound stays what it was."""
    from basketplan.solve.allocation.search import dirhams, held

    best, price = answer.values, answer.objective
    if best is None or price is None:
        return answer
    whole, draw = search.whole, Random(search.seed)
    mine = Pairs.of(whole).by_coop
    for parts, gap in STEPS:
        limits = search.limits(gap=gap, nodes=search.effort.allocation_nodes // 250)
        for part in related(whole.data, list(mine), part_size(list(mine), parts), draw):
            others = [variable for coop, some in mine.items() if coop not in part for variable in some]
            with held(others, best):
                found = search.solve(whole, dirhams(whole), limits, "cost", hint=best)
            if found.values is not None and found.objective is not None and found.objective < price - 1e-6:
                best, price = found.values, found.objective
    return replace(answer, values=best, objective=price)
