"""The allocation of a whole country: prices prove a bound, the loads that can pay make the plan.

Model, for cooperatives ``c`` with offers ``o``, hubs ``h``, products ``p``, periods ``t`` and lorry types ``l``
    ``x[o,h,t]``  packs in whole lots                  ``y[c,h,t,l]``  lorries, whole numbers
    ``e[c]``      0/1, anything is bought from ``c``   ``z[h,b,t]``    baskets of a type assembled
    ``f[h,b,i,a,t]``  of them with alternative ``a`` in line ``i``      ``s[h,p,t]``  packs in stock
    (1) supply: packs that left by ``t`` are at most available;   (2) lorries carry weight and volume;
    (3) nothing from who is not engaged, at least minimum order and revenue from who is;
    (4) stock: what arrived and was there before covers what baskets hold and what stays;
    (5) baskets assembled in a period are at most what the hub can;   (6) alternatives fill lines, within their shares;
    (7) everybody is served: ``sum over t of z[h,b,t] = need[h,b]``.
    Cost: goods, engagement, lorries, assembly.

27,262 cooperatives, 75 hubs and 12 weeks make some 100 million columns, which are never written down:

1. :mod:`.bound` climbs a Lagrangian bound over prices of goods at hubs; all arcs are priced at every step. Its
   docstring and those of :mod:`.tiers` and :mod:`.pricing` prove that it is valid. It knows the cost of lorries that
   are not full.
2. :mod:`.schedule` sets assembly as late as hubs can, which suits supply best.
3. :mod:`.columns` prices in the loads that can pay at these prices, solves a linear programme over them and takes over
   what it decides whole: at a corner, that is nearly everything.
4. :mod:`.search` fills what is missing, greedily, and improves by taking parts out and putting them back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from basketplan.solve.allocation.large.bound import Bound, Market, climb
from basketplan.solve.allocation.large.columns import columns_of, solve_columns, take_whole
from basketplan.solve.allocation.large.loads import Loads, empty_loads
from basketplan.solve.allocation.large.problem import Ints, Problem, useful_lorries
from basketplan.solve.allocation.large.schedule import fill_lines, late_assembly, packs_by_period, within_supply
from basketplan.solve.allocation.large.search import build, improve, near_hubs, ranks

__all__ = ["Market", "Problem", "Solution", "Told", "prepare", "solve"]

SLICE = 1_000
"""Moves between two looks at the gap and at whether to stop."""
HOT, COLD = 0.10, 0.002
"""Worsening that moves may bring at the begin and the end, in middling lorries."""

Told = Callable[[str, float | None, float | None], None]
"""Receives what is being done, the best cost so far and the bound, in centimes."""


class Solution(NamedTuple):
    """Loads by lorry and baskets by period; lorry types are those of ``problem``."""

    problem: Problem
    """What was solved: without lorry types that others better."""
    bound: Bound
    columns: int
    """Loads that were priced in."""
    owner: Ints
    """``(n,)`` cooperative of a load."""
    hub: Ints
    kind: Ints
    dispatch: Ints
    packs: Ints
    """``(n, W)`` packs of each offer of the owner."""
    assembled: Ints
    """``(H, B, T)``"""
    filled: Ints
    """``(H, A, T)``"""
    missing: Ints
    """``(H, P)`` packs that could not be brought."""
    goods_centimes: int
    """Goods, engagement and lorries."""

    @property
    def centimes(self) -> int:
        """Return the whole cost."""
        return self.goods_centimes + assembly_centimes(self.problem, self.assembled)

    @property
    def gap(self) -> float:
        """Return the gap to the bound, which holds for plans that serve everybody."""
        return max(0.0, 1.0 - self.bound.centimes / self.centimes) if self.centimes else 0.0


def assembly_centimes(problem: Problem, assembled: Ints) -> int:
    """Return what assembly costs."""
    return int((assembled.sum(axis=(1, 2)) * problem.demand.assembly_cost).sum())


def prepare(problem: Problem) -> Market:
    """Return the model of ``problem``: without lorry types that others better, with its tiers of lorries."""
    return Market(problem._replace(supply=useful_lorries(problem.supply)))


def solve(
    market: Market,
    *,
    gap: float = 0.01,
    moves: int | None = None,
    seed: int = 0,
    stopped: Callable[[], bool] = lambda: False,
    tell: Told = lambda what, best, bound: None,
) -> Solution:
    """Return a plan and its bound.

    Parameters
    ----------
    market
        See :func:`prepare`.
    gap
        Relative gap to the bound at which the search ends.
    moves
        Most moves of the search; by default 40 for each cooperative, at least 20,000.
    seed
        Of the search: same problem, gap, moves and seed, same plan.
    stopped
        Asked often; ends the work with the best plan so far.
    tell
        Receives progress.
    """
    problem = market.problem
    supply, demand = problem
    bound = climb(market, stopped=stopped, tell=lambda value: tell("bound", None, value))
    assembled = late_assembly(demand)
    share = within_supply(demand, bound.share, supply.product, supply.available[:, -1])
    filled = fill_lines(demand, assembled, share)
    needed = packs_by_period(demand, filled, len(supply.weight))
    loads = empty_loads(problem, needed, bound.worth)
    columns = columns_of(supply, market, bound)
    tell("columns", None, bound.centimes)
    often = None if stopped() else solve_columns(supply, columns, needed.sum(axis=2), bound.worth)
    if often is not None:
        take_whole(supply, columns, often, loads)
    build(supply, loads, np.flatnonzero(bound.gain > -market.lorry.mean(axis=1) - supply.engagement))
    build(supply, loads, np.arange(len(supply.engagement)))
    extra = assembly_centimes(problem, assembled)
    total = moves if moves is not None else max(20_000, 40 * len(supply.engagement))
    _improve(market, loads, bound, (gap, total, seed, extra), stopped, tell)
    live = np.flatnonzero(loads.owner >= 0)
    order = live[np.lexsort((loads.kind[live], loads.time[live], loads.hub[live], loads.owner[live]))]
    return Solution(
        problem=problem,
        bound=bound,
        columns=len(columns.owner),
        owner=loads.owner[order],
        hub=loads.hub[order],
        kind=loads.kind[order],
        dispatch=loads.time[order],
        packs=loads.packs[order],
        assembled=assembled,
        filled=filled,
        missing=loads.use[:, :, 0].copy(),
        goods_centimes=int(loads.cost[0]),
    )


def _improve(
    market: Market,
    loads: Loads,
    bound: Bound,
    terms: tuple[float, int, int, int],
    stopped: Callable[[], bool],
    tell: Told,
) -> None:
    """Search until the gap, the number of moves (both in ``terms``) or the user says stop."""
    gap, total, seed, extra = terms
    supply = market.supply
    each = market.tiers.unit * market.tiers.slope[supply.owner, 0]
    begin, order = ranks(supply, market.price[:, None] + each[:, None] * market.lorry[supply.owner])
    near, lorry = near_hubs(supply), float(np.median(market.lorry))
    done = 0
    while done < total and loads.count[-1] > 0:
        cost = int(loads.cost[0]) + extra
        tell("search", cost, bound.centimes)
        if stopped() or (loads.cost[1] == 0 and cost * (1 - gap) <= bound.centimes):
            break
        step = min(SLICE, total - done)
        hot, cold = (lorry * (COLD + (HOT - COLD) * (1 - at / total) ** 2) for at in (done, done + step))
        improve(supply, loads, begin, order, near, step, hot, cold, seed + done)
        done += step
