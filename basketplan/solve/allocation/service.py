"""How many baskets can be served at most, asked quickly: for failures that are tried one after another.

The allocation model by days with the service goal alone. Lorries may be taken in part unless a budget pays for them,
since nothing else limits their number. In a large model amounts may be fractions too, so that the answer can be too
high by the baskets that whole lots and packs would leave out; in a small one it is exact.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from basketplan.programme.types import Programme
from basketplan.progress import Reporter
from basketplan.solve.allocation.data import read_data
from basketplan.solve.allocation.model import Model, build
from basketplan.solve.interrupt import SMALL, Limits, Runner
from basketplan.solve.territory import territory
from basketplan.solve.visits import split_visits

__all__ = ["Served", "most_served"]

SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Served:
    """Most baskets that can be assembled in time for their households."""

    baskets: int
    exact: bool
    """Whether amounts were whole and the optimum is proven."""


def most_served(programme: Programme, *, seed: int, reporter: Reporter) -> Served | None:
    """Return how many baskets of ``programme`` can be served; none when the user stops the solve, or it has no end."""
    visits = split_visits(programme)
    lands = territory(visits)
    if not lands.hub_of:
        return Served(baskets=0, exact=True)
    data = read_data(visits, lands)
    model = build(data)
    whole = _only_what_decides(model)
    model.m.minimize(model.unserved())
    with Runner(reporter, seed=seed, seconds=SECONDS) as runner:
        limits = Limits(gap=1e-6, absolute_gap=0.5, nodes=5_000, seconds=SECONDS)
        answer = runner.solve(model.m, limits, message="most baskets")
    if answer.values is None:
        return None
    served = sum(
        kind.size * float(answer.values[variable.id]) for kind, variable in zip(data.kinds, model.serve, strict=True)
    )
    return Served(baskets=math.floor(served + 1e-4), exact=whole and answer.ending == "optimal")


def _only_what_decides(model: Model) -> bool:
    """Let go of whole numbers that do not decide service; tell whether all that do are kept."""
    for variable in (*model.excess.values(), *model.over.values()):
        variable.upper_bound = math.inf
    if model.data.budget is None:
        for variable in model.lorries.values():
            variable.integer = False
    whole = [variable for variable in model.m.variables() if variable.integer]
    if len(whole) <= SMALL:
        return True
    small = {index for index, offer in enumerate(model.data.offers) if offer.minimum <= offer.lot}
    keep = {variable.id for (index, _), variable in model.tier.items() if index not in small}
    keep |= {model.engaged[coop].id for coop, least in model.data.minimum_revenue.items() if least}
    for variable in whole:
        if variable.id not in keep:
            variable.integer = False
    return False
