"""How goals beyond service, the lowest share and cost are reached on the two models of a search.

A small model by days is solved for the goal itself. Otherwise the model without days is solved, which gives a bound and
totals, and days are found for the totals; where none are, the model by days is improved from the best solution so far.
After each function the search's best solution is at least as good for the goal as before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from basketplan.solve.allocation.aims import spent
from basketplan.solve.allocation.fairness import lowest_sum, shares_at
from basketplan.solve.allocation.model import Expression, Model, Variable
from basketplan.solve.allocation.search import OFTEN, Search, value_of
from basketplan.solve.interrupt import Answer, Limits

__all__ = ["Reached", "counts", "highest_part", "keep_lowest_sums", "keep_part", "leximin", "lowest_sums", "reach"]

Values = NDArray[np.float64]
Measure = Callable[[Values], float]

TINY = 1e-6
NEAR = 0.002
"""Relative distance from the totals' own value at which days for them are good enough."""
ALL = 12
"""Cooperatives up to which leximin looks at every single one in turn, however large the model is."""


@dataclass(frozen=True, kw_only=True)
class Reached:
    """Value of a goal in the best solution and its proven bound, in the goal's own sense."""

    value: float
    bound: float | None


def reach(search: Search, goal: str, make: Callable[[Model], Expression], measure: Measure) -> Reached:
    """Make an expression as small as possible.

    Parameters
    ----------
    make
        Adds to a model what the expression needs, and returns it.
    measure
        The same figure from the values of a solution by days, which may be older than what ``make`` added.
    """
    assert search.best is not None
    before, old = search.best, measure(search.best)
    small, expression = search.is_small(), make(search.day)
    answer = search.solve(search.whole, make(search.whole), search.limits(gap=NEAR), goal)
    bound = answer.bound
    if small:
        direct = search.improve(expression, search.limits(), goal)
        bound = _higher(bound, direct.bound)
    elif (
        answer.objective is not None
        and old > _near(answer.objective)
        and not search.fit_days(answer, [expression <= _near(answer.objective)], goal)
    ):
        improved(search, expression, goal, search.supply() if goal == "zones" else search.demand())
    if measure(search.best) > old + TINY:
        search.best = before
    return Reached(value=measure(search.best), bound=bound)


def improved(search: Search, expression: Expression, goal: str, rest: Sequence[Variable] = ()) -> Answer:
    """Solve the model by days for the goal, from the best solution, within a part of the effort's nodes.

    At first ``rest`` is held, what the goal hardly depends on: who gets a basket within a zone can change without other
    goods, what is bought without other days of assembly. An effort with few nodes leaves it at that.
    """
    limits = search.limits(gap=NEAR, nodes=search.effort.allocation_nodes // 20)
    answer = search.improve_part(expression, limits, goal, rest) if rest else None
    if answer is not None and answer.values is not None and search.effort.allocation_nodes < OFTEN:
        return answer
    return search.improve(expression, limits, goal)


def _near(objective: float) -> float:
    return objective + TINY + NEAR * abs(objective)


def _higher(one: float | None, other: float | None) -> float | None:
    return max((item for item in (one, other) if item is not None), default=None)


# -- leximin ---------------------------------------------------------------------------------------------------------


def counts(search: Search) -> list[int]:
    """Return the ``k`` whose sums of the ``k`` lowest shares are raised in turn.

    All of them up to ``ALL`` cooperatives or on a small model; else 1, 2, 3, 5, 8, … and all cooperatives, since each
    further sum of a large model takes as long as a cost goal.
    """
    number = len(search.data.potential)
    if number <= ALL or search.is_small():
        return list(range(1, number + 1))
    steps = [1, 2]
    while steps[-1] + steps[-2] < number:
        steps.append(steps[-1] + steps[-2])
    return [*steps, number]


def lowest_sums(search: Search, model: Model, values: Values) -> list[float]:
    """Return the sums of the lowest shares of a solution, for each of :func:`counts`."""
    ordered = sorted(shares_at(model, values).values())
    return [math.fsum(ordered[:count]) for count in counts(search)]


def leximin(search: Search) -> list[Reached]:
    """Raise the sums of the lowest shares in turn; return each with its bound."""
    assert search.best is not None
    before, old = search.best, lowest_sums(search, search.day, search.best)
    small, steps = search.is_small(), counts(search)
    model, hint = (search.day, search.best) if small else (search.whole, None)
    limits = search.limits() if small else search.limits(gap=NEAR, nodes=search.effort.allocation_nodes // 50)
    rows: list[mathopt.LinearConstraint] = []
    bounds: list[float | None] = []
    best: Answer | None = None
    for count in steps:
        sums = lowest_sum(model, count)
        answer = search.solve(model, -sums, limits, "fairness", hint=hint)
        if answer.values is None or answer.objective is None:
            break
        best, hint = answer, answer.values
        bounds.append(None if answer.bound is None else -answer.bound)
        rows.append(model.m.add_linear_constraint(sums >= -answer.objective - TINY, name=f"leximin[{count}]"))
    for row in rows:
        model.m.delete_linear_constraint(row)
    if best is not None and best.values is not None:
        if small:
            search.best = best.values
        else:
            _leximin_days(search, best, steps)
    new = lowest_sums(search, search.day, search.best)
    if _worse(new, old):
        search.best, new = before, old
    bounds += [None] * (len(new) - len(bounds))
    return [Reached(value=value, bound=bound) for value, bound in zip(new, bounds, strict=True)]


def _leximin_days(search: Search, answer: Answer, steps: Sequence[int]) -> None:
    """Find days whose lowest shares are those of ``answer``; else those that keep its lowest."""
    assert answer.values is not None
    wanted = lowest_sums(search, search.whole, answer.values)
    require = [
        lowest_sum(search.day, count) >= (1 - NEAR) * value - TINY for count, value in zip(steps, wanted, strict=True)
    ]
    if not search.fit_days(answer, require, "fairness"):
        search.fit_days(answer, require[:1], "fairness")


def _worse(new: Sequence[float], old: Sequence[float]) -> bool:
    """Tell whether the first sum that differs noticeably is lower."""
    for one, other in zip(new, old, strict=True):
        if abs(one - other) > 1e-4 * max(1.0, abs(other)):
            return one < other
    return False


def keep_lowest_sums(search: Search, model: Model, values: Sequence[float], keep: float) -> None:
    """Keep at least ``keep`` of the sums of the lowest shares."""
    for count, value in zip(counts(search), values, strict=True):
        row = lowest_sum(model, count) >= keep * value - TINY
        model.m.add_linear_constraint(row, name=f"keepfairness[{count}]")


# -- the part of the money that goes to some cooperatives ------------------------------------------------------------


def highest_part(search: Search) -> Reached:
    """Raise the part of the money for goods that goes to cooperatives with a majority of women.

    Dinkelbach's method (W. Dinkelbach, *On nonlinear fractional programming*, 1967): with the part ``q`` so far,
    ``W − q G`` is raised until it cannot be; its bound ``b`` proves that no part is above ``q + b / least G``.
    """
    assert search.best is not None
    before, old = search.best, _part(search.day, search.best)
    if search.is_small():
        answer, bound = _dinkelbach(search, search.day, old, search.limits(), search.best)
        if answer.values is not None:
            search.best = answer.values
    else:
        answer, bound = _dinkelbach(search, search.whole, 0.0, search.limits(gap=NEAR), None)
        if answer.values is not None:
            part = (1 - NEAR) * _part(search.whole, answer.values)
            row = spent(search.day, women=True) - part * spent(search.day) >= 0
            if old < part and not search.fit_days(answer, [row], "women"):
                less = part * spent(search.day) - spent(search.day, women=True)
                improved(search, less, "women", search.demand())
    if _part(search.day, search.best) < old - TINY:
        search.best = before
    return Reached(value=_part(search.day, search.best), bound=bound)


def _part(model: Model, values: Values) -> float:
    goods = value_of(spent(model), values)
    return value_of(spent(model, women=True), values) / goods if goods > TINY else 0.0


def _dinkelbach(
    search: Search, model: Model, part: float, limits: Limits, hint: Values | None
) -> tuple[Answer, float | None]:
    """Return the solution with the highest part that was found, and a bound on the part."""
    best, bound = Answer(ending="none"), None
    for _ in range(10):
        aim = part * spent(model) - spent(model, women=True)
        # What is left to gain is near nothing in the end: only an absolute gap can prove that.
        answer = search.solve(model, aim, replace(limits, absolute_gap=0.01), "women", hint=hint)
        if answer.values is None:
            return best, bound
        best, hint, new = answer, answer.values, _part(model, answer.values)
        if new <= part + TINY:
            least = search.solve(model, spent(model), search.limits(gap=0.05), "women").bound
            gain = None if answer.bound is None else max(0.0, -answer.bound)
            if gain is not None and least is not None and least > TINY:
                bound = min(1.0, part + gain / least)
            return best, bound
        part = new
    return best, bound


def keep_part(model: Model, value: float, keep: float) -> None:
    """Keep at least ``keep`` of the part of the money for goods that goes to women's cooperatives."""
    row = spent(model, women=True) - keep * value * spent(model) >= -TINY * 100
    model.m.add_linear_constraint(row, name="keepwomen")
