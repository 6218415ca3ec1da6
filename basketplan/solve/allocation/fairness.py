"""Fairness to cooperatives: what each rule promises, as rows and expressions of the allocation model.

The **share** of a cooperative is ``s[c] = revenue[c] / potential[c]``: what is bought from it over what it could have
supplied of what was needed. ``n`` cooperatives have a potential.

max-min
    Raise ``min s[c]``: (18) in :mod:`~basketplan.solve.allocation.model`. J. Rawls, *A theory of justice*, 1971.
leximin
    Raise the lowest share, then the second lowest, and so on: in turn ``θ[1], θ[2], …, θ[n]``, each keeping those
    before, where ``θ[k]`` is the sum of the ``k`` lowest shares and, for any ``t``,
    (24) θ[k] = k t − Σ_c below[c], below[c] ≥ t − s[c], below[c] ≥ 0, at the best ``t``.
    W. Ogryczak, T. Śliwiński, *On direct methods for lexicographic min-max optimization*, ICCSA 2006, LNCS 3982. Unlike
    schemes that fix whoever cannot rise, it holds for whole-number models too.
proportional
    Raise ``Σ log s[c]``: no change gains in relative terms for some more than it loses for others. F. Kelly, *Charging
    and rate control for elastic traffic*, 1997; J. Nash, *The bargaining problem*, 1950. The logarithm is the lowest
    of its tangents at ``POINTS``, which is at most 0.004 above it from 1 % to 10,000 %, and straight below 1 %:
    (25) utility[c] ≤ log b + (s[c] − b) / b for each point ``b`` up to the first that ``s[c]`` cannot exceed. A share
    is above 100 % where minimum orders or lots are more than what is needed.
Gini bound
    (26) Σ_{c<e} |s[c] − s[e]| ≤ G × n × Σ_c s[c] + n² × short[gini].
    C. Gini, *Variabilità e mutabilità*, 1912; linear since G is given.
floors and ceilings of groups, of provinces as of any other
    (27) Σ_{c in g} revenue[c] + short[g] × potential[g] ≥ floor[g] × potential[g];
    (28) Σ_{c in g} revenue[c] ≤ ceiling[g] × Σ revenue.

Floors and the Gini bound give way where service cannot be kept otherwise: ``short`` is made as small as possible right
after service. Ceilings are kept by every plan. The minimum revenue of whoever is engaged is (3).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from basketplan.solve.allocation.data import Data
from basketplan.solve.allocation.model import Expression, Model, Variable, total

__all__ = [
    "GINI",
    "POINTS",
    "add_rules",
    "lowest_sum",
    "missing",
    "shares_at",
    "utilities",
    "utility",
]

Values = NDArray[np.float64]

GINI = "rule:gini"
"""Key of the Gini bound in ``Model.short``; groups are ``group:ID``."""
POINTS = tuple(0.01 * 100 ** (step / 27) for step in range(55))
"""Shares at which the logarithm has its tangents: 1 % to 10,000 %, each 1.19 times the one before."""


def add_rules(model: Model) -> None:
    """Add floors and ceilings of groups and the Gini bound (26)–(28)."""
    data, m = model.data, model.m
    if any(group.ceiling < 1 for group in data.groups):
        goods = m.add_variable(lb=0, name="groupgoods")
        m.add_linear_constraint(
            goods == total(0.01 * model.spent_on(offer) for offer in range(len(data.offers))), name="allgroupgoods"
        )
    for group in data.groups:
        mine = [coop for coop in group.coops if coop in model.offers_of]
        revenue = total(model.revenue(coop) for coop in mine)
        potential = sum(data.potential.get(coop, 0) for coop in mine)
        if group.floor > 0 and potential:
            short = model.short[f"group:{group.id}"] = m.add_variable(lb=0, ub=group.floor, name=f"short[{group.id}]")
            m.add_linear_constraint(
                1 / potential * revenue + short >= group.floor, name=f"groupfloor[{group.id}]"
            )  # (27)
        if group.ceiling < 1 and mine:
            m.add_linear_constraint(0.01 * revenue <= group.ceiling * goods, name=f"groupceiling[{group.id}]")  # (28)
    if data.gini is not None and len(data.potential) > 1:
        _gini(model, data.gini)


def _gini(model: Model, limit: float) -> None:
    """Add (26)."""
    m, shares = model.m, share_variables(model)
    apart = []
    for one, other in combinations(shares, 2):
        gap = m.add_variable(lb=0, name=f"apart[{one},{other}]")
        m.add_linear_constraint(gap >= shares[one] - shares[other], name=f"above[{one},{other}]")
        m.add_linear_constraint(gap >= shares[other] - shares[one], name=f"under[{one},{other}]")
        apart.append(1.0 * gap)
    n = len(shares)
    short = model.short[GINI] = m.add_variable(lb=0, ub=1, name="short[gini]")
    everything = total([1.0 * share for share in shares.values()])
    m.add_linear_constraint(total(apart) <= limit * n * everything + n * n * short, name="gini")


def missing(model: Model) -> Expression:
    """Return the sum of what is missing to floors and to the Gini bound."""
    return total([1.0 * short for short in model.short.values()])


def share_variables(model: Model) -> dict[str, Variable]:
    """Return the shares as variables; they are added when first asked for."""
    if not model.share:
        for coop, potential in model.data.potential.items():
            share = model.share[coop] = model.m.add_variable(lb=0, name=f"shareof[{coop}]")
            model.m.add_linear_constraint(share == 1 / potential * model.revenue(coop), name=f"shareis[{coop}]")
    return model.share


def lowest_sum(model: Model, k: int) -> Expression:
    """Return the sum of the ``k`` lowest shares (24), to be raised or bounded from below."""
    if k not in model.lowest_sums:
        m, shares = model.m, share_variables(model)
        level = m.add_variable(lb=0, name=f"level[{k}]")
        below = []
        for coop, share in shares.items():
            variable = m.add_variable(lb=0, name=f"below[{k},{coop}]")
            m.add_linear_constraint(variable >= level - share, name=f"belowlevel[{k},{coop}]")
            below.append(-1.0 * variable)
        model.lowest_sums[k] = total([float(k) * level, *below])
    return model.lowest_sums[k]


def utilities(model: Model) -> Expression:
    """Return the sum of the logarithms of the shares (25), to be raised or bounded from below."""
    m = model.m
    terms = []
    for coop, share in share_variables(model).items():
        variable = m.add_variable(lb=utility(0.0), name=f"utility[{coop}]")
        for number, point in enumerate(_points(model.data, coop)):
            m.add_linear_constraint(
                variable <= math.log(point) - 1 + 1 / point * share, name=f"tangent[{coop},{number}]"
            )
        terms.append(1.0 * variable)
    return total(terms)


def _points(data: Data, coop: str) -> tuple[float, ...]:
    """Return those of ``POINTS`` that matter: up to the first one at least as high as any share of ``coop``."""
    mine = (offer for offer in data.offers if offer.coop == coop)
    most = sum(offer.available[-1] * max(price for _, price in offer.prices) for offer in mine)
    return POINTS[: bisect_left(POINTS, max(1.0, most / data.potential[coop])) + 1]


def utility(share: float) -> float:
    """Return the logarithm of a share as the model sees it: the lowest of the tangents at ``POINTS``."""
    return float(min(math.log(point) - 1 + share / point for point in POINTS))


def shares_at(model: Model, values: Values) -> dict[str, float]:
    """Return the shares in a solution, by cooperative."""
    from basketplan.solve.allocation.search import value_of

    return {coop: value_of(model.revenue(coop), values) / worth for coop, worth in model.data.potential.items()}
