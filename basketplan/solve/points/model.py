"""Facility location: which candidates are opened for how many days, and who collects at which of them.

Data
    families ``i`` with weight ``w_i`` (below), candidates ``j`` with ``c_j`` families a day, ``D_j`` days and a price
    ``f_j`` a day; pairs ``(i, j)`` within walking distance with ``d_ij`` metres; at most ``N`` points.
Variables
    ``collect[i,j]`` in [0, 1], ``open[j]`` in {0, 1}, ``days[j]`` whole.
Constraints
    (1) a family collects at one point at most: Σ_j collect[i,j] ≤ 1;
    (2) only at an open one: collect[i,j] ≤ open[j];
    (3) no more than it can serve: Σ_i collect[i,j] ≤ c_j · days[j];
    (4) open[j] ≤ days[j] ≤ D_j · open[j];
    (5) Σ_j open[j] ≤ N.
Goals, one after another, each kept for the next
    service: Σ w_i over families that collect nowhere, where ``w_i`` is baskets × priority of those who would then get
    nothing, 0 of all others; collecting: the number of families that collect nowhere; cost: Σ_j f_j · days[j] plus
    what walking counts.

For given ``days`` the rest is a flow problem, whose extreme points are whole: ``collect`` need not be declared so.
:func:`assign` solves it as one, so that every family has exactly one point in the end.

Capacitated facility location with the strong linking constraints (2): Nemhauser and Wolsey, *Integer and Combinatorial
Optimization*, 1988, I.1.3 and II.5.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from ortools.math_opt.python import mathopt

from basketplan.plan.types import StageReport
from basketplan.programme.types import Delivery
from basketplan.solve.interrupt import Answer, Limits, Runner
from basketplan.solve.points.data import Data
from basketplan.solve.status import relative_gap, stage_status
from basketplan.solve.types import Effort

__all__ = ["Opening", "assign", "open_points"]

TINY = 1e-6
_LARGEST_COST = 2**60


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Which candidates are opened, for how many days."""

    days: tuple[int, ...]
    """By candidate; 0: it is not opened."""
    reports: tuple[StageReport, ...]


@dataclass
class _Model:
    """The model, and the goals as its expressions."""

    data: Data
    rules: Delivery
    m: mathopt.Model = field(default_factory=lambda: mathopt.Model(name="points"))

    def __post_init__(self) -> None:
        pairs, candidates = self.data.pairs, self.data.candidates
        m = self.m
        self.collect = [
            m.add_variable(lb=0, ub=1, name=f"collect[{i},{j}]")
            for i, j in zip(pairs.family.tolist(), pairs.candidate.tolist(), strict=True)
        ]
        self.open = [m.add_binary_variable(name=f"open[{item.point.id}]") for item in candidates]
        self.days = [
            m.add_integer_variable(lb=0, ub=len(item.days), name=f"days[{item.point.id}]") for item in candidates
        ]
        by_family: dict[int, list[mathopt.Variable]] = {}
        by_candidate: dict[int, list[mathopt.Variable]] = {}
        for variable, i, j in zip(self.collect, pairs.family.tolist(), pairs.candidate.tolist(), strict=True):
            by_family.setdefault(i, []).append(variable)
            by_candidate.setdefault(j, []).append(variable)
            m.add_linear_constraint(variable <= self.open[j], name=f"only_open[{i},{j}]")  # (2)
        for i, some in by_family.items():
            m.add_linear_constraint(mathopt.fast_sum(some) <= 1, name=f"once[{i}]")  # (1)
        for j, item in enumerate(candidates):
            come = mathopt.fast_sum(by_candidate.get(j, []))
            m.add_linear_constraint(come <= item.per_day * self.days[j], name=f"served[{j}]")  # (3)
            m.add_linear_constraint(self.days[j] <= len(item.days) * self.open[j], name=f"used[{j}]")  # (4)
            m.add_linear_constraint(self.open[j] <= self.days[j], name=f"needed[{j}]")  # (4)
        if self.rules.at_most is not None:
            m.add_linear_constraint(mathopt.fast_sum(self.open) <= self.rules.at_most, name="at_most")  # (5)

    def left(self, weights: Sequence[int]) -> mathopt.LinearExpression:
        """Return the weight of the families that collect nowhere."""
        rows = self.data.pairs.family.tolist()
        inside = mathopt.fast_sum(
            [weights[i] * variable for variable, i in zip(self.collect, rows, strict=True) if weights[i]]
        )
        return sum(weights) - inside

    def cost(self) -> mathopt.LinearExpression:
        """Return what points cost and walking counts, in dirhams to keep figures small."""
        opening = [
            item.point.cost_per_day / 100 * days for item, days in zip(self.data.candidates, self.days, strict=True)
        ]
        per_m = self.rules.walking_cost / 100_000
        walking = [
            per_m * walk * variable
            for walk, variable in zip(self.data.pairs.walk_m.tolist(), self.collect, strict=True)
        ]
        return mathopt.fast_sum([*opening, *walking])


def open_points(data: Data, rules: Delivery, needy: Sequence[int], effort: Effort, runner: Runner) -> Opening:
    """Decide which candidates are opened.

    Parameters
    ----------
    needy
        By family: baskets × priority where it gets nothing unless it collects, else 0.
    runner
        Solves, and can be stopped: then the best found so far is returned, or nothing is open.

    Returns
    -------
    Opening
        With a report for each goal: the value, the bound, and what is proven.
    """
    model = _Model(data, rules)
    limits = Limits(gap=effort.allocation_gap, nodes=effort.allocation_nodes, seconds=effort.allocation_s)
    exact = Limits(gap=1e-9, absolute_gap=0.9, nodes=effort.allocation_nodes, seconds=effort.allocation_s)
    goals = [("service", model.left(needy), exact), ("collecting", model.left([1] * len(data.families)), exact)]
    reports: list[StageReport] = []
    best: NDArray[np.float64] | None = None
    for goal, objective, some in goals:
        if goal == "service" and not any(needy):
            continue
        model.m.minimize(objective)
        answer = runner.solve(model.m, some, message=goal, hint=None if best is None else best.tolist())
        best = best if answer.values is None else answer.values
        reports.append(_report(goal, answer, whole=True))
        if answer.objective is None:
            break
        model.m.add_linear_constraint(objective <= _whole(answer.objective) + TINY, name=f"keep_{goal}")
    if best is not None:
        model.m.minimize(model.cost())
        answer = runner.solve(model.m, limits, message="cost", hint=best.tolist())
        best = best if answer.values is None else answer.values
        reports.append(_report("cost", answer, whole=False))
    days = [0] * len(data.candidates) if best is None else [round(float(best[item.id])) for item in model.days]
    return Opening(days=tuple(days), reports=tuple(reports))


def _whole(value: float) -> float:
    """Return the value of the whole solution with the same days, which is no more than that of any other."""
    return float(np.floor(value + TINY))


def _report(goal: str, answer: Answer, *, whole: bool) -> StageReport:
    """Return how a goal ended."""
    value, bound = answer.objective, answer.bound
    if value is not None and whole:
        value = _whole(value)
    if value is not None and bound is not None:
        bound = min(max(0.0, float(np.ceil(bound - TINY)) if whole else bound), value)
    ending = answer.ending
    if whole and ending == "feasible" and value == bound:
        ending = "optimal"
    told = {
        "service": "unserved baskets × priority",
        "collecting": "families that do not collect",
        "cost": "MAD: points by the fewest days, and what walking counts",
    }
    return StageReport(
        stage="points",
        goal=goal,
        status=stage_status(ending),
        value=None if value is None else round(value, 6),
        bound=None if value is None or bound is None else round(bound, 6),
        gap=relative_gap(None if value is None else round(value, 6), None if bound is None else round(bound, 6)),
        detail=told[goal],
    )


def assign(data: Data, days: Sequence[int], needy: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Return family → candidate and metres: the fewest left, then the shortest walks, by a min-cost flow.

    Parameters
    ----------
    days
        By candidate, for how many days it is opened.
    """
    from ortools.graph.python import min_cost_flow

    pairs, n, m = data.pairs, len(data.families), len(data.candidates)
    room = np.array([item.per_day * count for item, count in zip(data.candidates, days, strict=True)], dtype=np.int64)
    usable = room[pairs.candidate] > 0
    rows, columns, walk = pairs.family[usable], pairs.candidate[usable], pairs.walk_m[usable]
    some = np.unique(rows)
    if not len(some):
        return {}
    weight = np.array(needy, dtype=np.int64)[some]
    longest = int(walk.max()) + 1
    one = longest * (len(some) + 1)  # more than all walks that could change for one family more
    need = one * (len(some) + 1)
    step = 1
    while need * (int(weight.max()) + 1) * (n + m) // step > _LARGEST_COST:  # coarser walks for very many
        step *= 2
    flow = min_cost_flow.SimpleMinCostFlow()
    arcs = flow.add_arcs_with_capacity_and_unit_cost(
        rows, n + columns, np.ones(len(rows), dtype=np.int64), walk // step
    )
    sink = n + m
    flow.add_arcs_with_capacity_and_unit_cost(n + np.arange(m), np.full(m, sink), room, np.zeros(m, dtype=np.int64))
    flow.add_arcs_with_capacity_and_unit_cost(
        some, np.full(len(some), sink), np.ones(len(some), dtype=np.int64), (one + need * weight) // step
    )
    flow.set_nodes_supplies(some, np.ones(len(some), dtype=np.int64))
    flow.set_node_supply(sink, -len(some))
    if flow.solve() != flow.OPTIMAL:  # cannot happen: leaving everybody is feasible
        return {}
    taken = flow.flows(arcs) > 0
    return {
        int(i): (int(j), int(metres)) for i, j, metres in zip(rows[taken], columns[taken], walk[taken], strict=True)
    }
