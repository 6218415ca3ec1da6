"""A proven lower bound for the cost of serving everybody, from prices of goods at hubs.

Let ``u[h, p] >= 0`` be what a pack of ``p`` is worth at hub ``h`` and ``r[a]`` what an alternative gets beyond its
packs. For *any* such numbers

    L(u, r) = sum over (h, b)  need[h, b] (assembly[h] + sum over lines i of b of D[h, i])
            - sum over c  max(0, V[c](u) - engagement[c]),
    D[h, i] = min over alternatives a of (packs[a] u[h, item[a]] - r[a])
            + sum over alternatives a of (lowest[a] max(r[a], 0) - highest[a] max(-r[a], 0))

is at most the cost of every plan that serves everybody, where ``V[c](u)`` is at least what the cooperative could gain
if it sold at ``u``, paid its lorries, and had nobody else to mind.

*Proof.* Take a plan. Its packs that arrive at ``h`` are at least those in the baskets assembled there, and its shares
keep their limits; both rows, taken into the cost at prices ``u`` and ``r`` of the right sign, only lower it. What is
left falls apart by hub and by cooperative, and each part is at least its own minimum: the term above. Stock by period,
storage, minimum orders and what else a plan must keep only narrows the choice. ∎

``V[c]`` is worked out by :mod:`.pricing`: exactly where one lorry carries all that a cooperative has, else as the
transport problem offers × tiers of :mod:`.tiers` at the best hub of each offer and tier, taken from its dual, which is
valid at any multiplier. All ``O × H`` arcs are priced every time; none is assumed away. Goods count at the lowest price
that the supply can reach. :func:`climb` climbs smooth
copies of ``L``, in which every maximum is a soft one, at falling temperatures (Nesterov 2005) by L-BFGS-B; the smooth
copies prove nothing, ``L`` itself is worked out at the prices where they lead.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from basketplan.solve.allocation.large.pricing import gains, smooth_gains
from basketplan.solve.allocation.large.problem import NO_LIMIT, Demand, Floats, Ints, Problem, Supply
from basketplan.solve.allocation.large.tiers import Tiers, tiers_of

__all__ = ["Bound", "Market", "climb", "needed_packs"]

HEATS = (1.0, 0.3, 0.1, 0.03)
SAMPLE = 2_000
"""Cooperatives of which the first steps take about as many, where there are twice as many or more."""
MOST_OFFERS = 5
"""Offers up to which a cooperative with one lorry is priced by parts."""


class Bound(NamedTuple):
    """The best prices found and what they prove."""

    centimes: float
    worth: Floats
    """``(H, P)`` centimes a pack."""
    gain: Floats
    """``(C,)`` what a cooperative gains at these prices, engagement paid; negative: nothing pays."""
    bonus: Floats
    """``(A,)`` ``r``."""
    share: Floats
    """``(H, A)`` part of the baskets of a type that hold an alternative at these prices, softly."""


def lowest_price(supply: Supply) -> Floats:
    """Return the ``(O,)`` least price of a pack that an offer's supply can reach."""
    reached = supply.row_from <= supply.available[:, -1:]
    result: Floats = np.where(reached, supply.row_price, NO_LIMIT).min(axis=1).astype(np.float64)
    return result


def climb(
    market: Market,
    *,
    heats: Sequence[float] = HEATS,
    steps: int = 250,
    stopped: Callable[[], bool] = lambda: False,
    tell: Callable[[float], None] = lambda bound: None,
) -> Bound:
    """Climb from prices of a market without distances.

    Parameters
    ----------
    heats
        Temperatures, one after another, relative to what transport costs.
    steps
        Most steps at each.
    stopped
        Asked at each step; ends the climb with the best bound so far.
    tell
        Receives the bound after each temperature, in centimes.
    """
    best = market.exact(market.worth0, market.bonus0)
    at = market.packed(market.worth0, market.bonus0)
    every = len(market.supply.engagement) // SAMPLE
    if every > 1:
        sample = Market(_sample(market.problem, every))
        first = climb(sample, heats=heats[:-1], steps=steps, stopped=stopped)
        at, heats = market.packed(first.worth, first.bonus), heats[1:]
    for heat in heats:
        if stopped():
            break
        found = minimize(
            market.smooth, at, args=(heat,), jac=True, method="L-BFGS-B", bounds=market.limits,
            callback=_stop_when(stopped), options={"maxiter": steps, "maxcor": 20, "ftol": 1e-7, "gtol": 1e-9},
        )  # fmt: skip
        at = found.x
        now = market.exact(*market.unpacked(at), heat)
        if now.centimes > best.centimes:
            best = now
        tell(best.centimes)
    return best


def _sample(problem: Problem, every: int) -> Problem:
    """Return one cooperative in ``every`` and as small a part of the need: its prices are near those of the whole."""
    supply, demand = problem
    coops = np.arange(0, len(supply.engagement), every)
    offers = np.flatnonzero(supply.owner % every == 0)
    number = np.diff(supply.first)[coops]
    small = supply._replace(
        first=np.concatenate(([0], np.cumsum(number))).astype(np.int64),
        owner=supply.owner[offers] // every,
        product=supply.product[offers],
        lot=supply.lot[offers],
        available=supply.available[offers],
        minimum=supply.minimum[offers],
        row_from=supply.row_from[offers],
        row_price=supply.row_price[offers],
        engagement=supply.engagement[coops],
        revenue=supply.revenue[coops],
        freight=supply.freight[coops],
        lag=supply.lag[coops],
    )
    return Problem(small, demand._replace(need=-(-demand.need // every)))


def _stop_when(stopped: Callable[[], bool]) -> Callable[[Floats], None]:
    def look(_: Floats) -> None:
        if stopped():
            raise StopIteration

    return look


class Market:
    """The function that is climbed, and its smooth copy in scaled variables."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.supply, self.demand = problem
        self.tiers, self.price = tiers_of(self.supply), lowest_price(self.supply)
        self.scale, self.worth0 = _start(problem, self.tiers, self.price)
        self.bonus0 = np.zeros(len(self.demand.item))
        self.each = self.demand.packs * self.scale.mean(axis=0)[self.demand.item]
        self.lorry = np.take_along_axis(self.supply.freight, self.tiers.reference[:, None, None], axis=2)[:, :, 0]
        self.lorry = np.ascontiguousarray(self.lorry, dtype=np.float64)
        self.single = self._one_lorry()
        limits: list[tuple[float | None, float | None]] = [(0.0, None)] * self.worth0.size
        low, high = self.demand.lowest > 0, self.demand.highest < 1
        limits += [(None if b else 0.0, None if a else 0.0) for a, b in zip(low, high, strict=True)]
        self.limits = limits

    def _one_lorry(self) -> NDArray[np.bool_]:
        """Tell who fits into one lorry of a type that is cheapest everywhere; sets their lorries' prices to its."""
        supply = self.supply
        n_coops = len(supply.engagement)
        grams = np.bincount(supply.owner, supply.available[:, -1] * supply.weight[supply.product], n_coops)
        bulk = np.bincount(supply.owner, supply.available[:, -1] * supply.volume[supply.product], n_coops)
        least = supply.freight.min(axis=2)
        result = np.zeros(n_coops, dtype=np.bool_)
        for kind in range(len(supply.lorry_g)):
            cheapest = np.all(supply.freight[:, :, kind] == least, axis=1)
            result |= cheapest & (grams <= supply.lorry_g[kind]) & (bulk <= supply.lorry_ml[kind])
        result &= np.diff(supply.first) <= MOST_OFFERS
        self.lorry[result] = least[result]
        return result

    def packed(self, worth: Floats, bonus: Floats) -> Floats:
        """Return scaled variables."""
        return np.concatenate(((worth / self.scale).ravel(), bonus / self.each))

    def unpacked(self, at: Floats) -> tuple[Floats, Floats]:
        """Return ``worth`` and ``bonus`` of scaled variables."""
        n = self.worth0.size
        return at[:n].reshape(self.worth0.shape) * self.scale, at[n:] * self.each

    def exact(self, worth: Floats, bonus: Floats, heat: float = 1.0) -> Bound:
        """Return the bound that prices prove, and the alternatives they lead to."""
        supply, demand = self.supply, self.demand
        gain = gains(
            supply.first, supply.product, supply.available[:, -1].copy(), supply.engagement, self.lorry,
            self.tiers.unit, self.tiers.width, self.tiers.slope, self.single, self.price, worth,
        )  # fmt: skip
        least = _cheapest(demand, worth, bonus, self.each, 0.0)[0]
        value = (demand.need * (demand.assembly_cost[:, None] + least)).sum() - np.maximum(gain, 0.0).sum()
        share = _cheapest(demand, worth, bonus, self.each, heat)[1]
        return Bound(float(value), worth, gain, bonus, share)

    def smooth(self, at: Floats, heat: float) -> tuple[float, Floats]:
        """Return minus the smooth copy and its gradient, in units of the first transport costs."""
        supply, demand = self.supply, self.demand
        worth, bonus = self.unpacked(at)
        soft, sent = smooth_gains(
            supply.first, supply.product, supply.available[:, -1].copy(), supply.engagement, self.lorry,
            self.tiers.unit, self.tiers.width, self.tiers.slope, self.single, self.price, worth, heat,
        )  # fmt: skip
        least, share = _cheapest(demand, worth, bonus, self.each, heat)
        value = (demand.need * least).sum() - soft
        wanted = needed_packs(demand, share, worth.shape[1])
        slope = ((wanted - sent) * self.scale).ravel()
        whole = demand.need.sum(axis=0)[demand.line_basket[demand.line]]
        held = (demand.need[:, demand.line_basket[demand.line]] * share).sum(axis=0)
        limit = np.where(bonus > 0, demand.lowest, demand.highest)
        lean = np.where((bonus == 0) & (demand.highest * whole >= held), 0.0, (limit * whole - held)) * self.each
        unit = self.scale.mean() * max(1.0, float(wanted.sum()))
        return -float(value) / unit, -np.concatenate((slope, lean)) / unit


def needed_packs(demand: Demand, share: Floats, n_products: int) -> Floats:
    """Return the ``(H, P)`` packs in baskets whose alternatives have the ``(H, A)`` shares given."""
    baskets = demand.need[:, demand.line_basket[demand.line]] * share * demand.packs
    result = np.zeros((len(demand.need), n_products))
    for a, item in enumerate(demand.item):
        result[:, item] += baskets[:, a]
    return result


def _starts(demand: Demand) -> Ints:
    """Return the first alternative of every line."""
    return np.searchsorted(demand.line, np.arange(len(demand.line_basket)))


def _cheapest(demand: Demand, worth: Floats, bonus: Floats, each: Floats, heat: float) -> tuple[Floats, Floats]:
    """Return the ``(H, B)`` least worth of a basket's contents and the ``(H, A)`` shares of alternatives.

    With a heat the least is a soft one, ``-t log sum exp(-value / t)``; ``each`` is what the transport of an
    alternative costs.
    """
    value = demand.packs * worth[:, demand.item] - bonus
    starts = _starts(demand)
    least = np.minimum.reduceat(value, starts, axis=1)
    if heat > 0:
        warm = heat * (np.add.reduceat(each, starts) / np.add.reduceat(np.ones_like(each), starts))
        weight = np.exp((least[:, demand.line] - value) / warm[demand.line])
        count = np.add.reduceat(weight, starts, axis=1)
        least = least - warm * np.log(count)
    else:
        weight = (value <= least[:, demand.line]).astype(np.float64)
        count = np.add.reduceat(weight, starts, axis=1)
    by_line = least + np.add.reduceat(
        demand.lowest * np.maximum(bonus, 0.0) - demand.highest * np.maximum(-bonus, 0.0), starts
    )
    total = np.zeros(demand.need.shape)
    for line, basket in enumerate(demand.line_basket):
        total[:, basket] += by_line[:, line]
    return total, weight / count[:, demand.line]


def _start(problem: Problem, tiers: Tiers, price: Floats) -> tuple[Floats, Floats]:
    """Return what a pack's transport costs, the scale of steps, and first prices: the dearest offer still needed."""
    supply, demand = problem
    n_products = len(supply.weight)
    coop = np.repeat(np.arange(len(supply.engagement)), np.diff(supply.first))
    each = tiers.unit * (tiers.slope[coop].max(axis=1))
    reference = np.take_along_axis(supply.freight, tiers.reference[:, None, None], axis=2)[:, :, 0]
    freight = each * np.median(reference, axis=1)[coop]
    cost = price + freight
    even = np.ones((len(demand.need), len(demand.item)))
    even /= np.add.reduceat(np.ones(len(demand.item)), _starts(demand))[demand.line]
    wanted = needed_packs(demand, even, n_products)
    scale, worth = np.ones(wanted.shape), np.zeros(wanted.shape)
    for p in range(n_products):
        mine = np.flatnonzero(supply.product == p)
        if len(mine) == 0:
            worth[:, p] = cost.max(initial=0.0)
            continue
        order = mine[np.argsort(cost[mine], kind="stable")]
        reach = np.searchsorted(np.cumsum(supply.available[order, -1]), wanted[:, p].sum())
        worth[:, p] = cost[order[min(reach, len(order) - 1)]]
        scale[:, p] = max(float(np.median(freight[mine])), 1.0)
    return scale, worth
