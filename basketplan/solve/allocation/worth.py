"""What one more unit of a limit is worth: shadow prices at the decisions of a plan, with the range in which they hold.

Held as the plan has them are the decisions that cannot be taken in part: which cooperatives are engaged, at which
price row, how many lorries drive, how many baskets of each type a hub assembles. Amounts, days of assembly and
alternatives are free and may be fractions. What remains is a linear programme; its value as a function of one
limit is convex and piecewise linear.

The dual value of a limit bounds what one more unit saves, and where the optimum is degenerate it may exceed it. So
slope and range are found by re-solving at the points where tangents meet (Eisner and Severance 1976, "Mathematical
techniques for efficient record segmentation in large shared databases", J. ACM 23): exact after a few solves.

Two goals are asked about: ``cost`` in MAD, with everybody served whom the plan serves, and ``service`` in baskets
(times priority), where cooperatives are held, and lorries may be more than the plan has, in fractions.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from ortools.math_opt.python import mathopt

from basketplan.solve.allocation.data import Data
from basketplan.solve.allocation.holding import TINY, Asked, hold
from basketplan.solve.allocation.model import Model, Variable, build, total
from basketplan.solve.allocation.standing import Standing

__all__ = ["Asked", "Held", "Limit", "LimitKind", "Worth"]

LimitKind = Literal[
    "supply", "assembly", "receiving", "storage_weight", "storage_volume", "budget",
    "fairness", "minimum", "minimum_revenue", "ceiling",
]  # fmt: skip

_ROWS: dict[str, LimitKind] = {
    "supply": "supply", "assembly": "assembly", "receiving": "receiving", "budget": "budget", "share": "fairness",
    "tierlow": "minimum", "minrevenue": "minimum_revenue", "ceiling": "ceiling",
}  # fmt: skip
_ROOMS: dict[str, LimitKind] = {"held_weight": "storage_weight", "held_volume": "storage_volume"}
SMALLEST = 1e-3
"""MAD or baskets a unit below which a limit counts as worth nothing."""
SOLVE_S = 60.0


@dataclass(frozen=True, kw_only=True)
class Limit:
    """One limit of the model.

    Units of ``amount``: packs (supply, minimum), baskets (assembly), kg (receiving, storage_weight), litres
    (storage_volume), MAD (budget, minimum_revenue, ceiling), a fraction (fairness).
    """

    kind: LimitKind
    where: tuple[str, ...]
    """(cooperative, product), (hub,), (cooperative,) or ()."""
    day: int | None
    amount: float


@dataclass(frozen=True, kw_only=True)
class Worth:
    """What loosening ``limit`` by one unit saves (MAD) or serves (baskets), for up to ``upto`` units."""

    limit: Limit
    goal: Asked
    each: float
    upto: float
    open_end: bool
    """Whether it may hold further: ``upto`` is the most that was asked about."""


@dataclass(frozen=True)
class _Handle:
    """Where a limit stands in the model."""

    row: mathopt.LinearConstraint | None
    room: Variable | None
    scale: float
    """Units of the row per unit of the limit; negative for limits from below."""
    base: float


class Held:
    """The linear programme at the decisions of a plan; use it as a context.

    Raises
    ------
    ValueError
        By ``__enter__``, when the plan does not fit the model (it was changed by hand, or its programme was).
    """

    def __init__(self, data: Data, standing: Standing, goal: Asked) -> None:
        self.data, self.standing, self.goal = data, standing, goal
        self.model = build(data)
        self.limits: dict[Limit, _Handle] = {}
        self.value = math.nan
        """The optimum at the limits as they are: MAD, or baskets not served."""
        self._duals: dict[Limit, float] = {}

    def __enter__(self) -> Held:
        hold(self.model, self.standing, self.goal)
        self._solver = mathopt.IncrementalSolver(self.model.m, mathopt.SolverType.GLOP)
        self.limits = dict(_limits(self.model))
        try:
            self._open_valves()
            objective = self.model.unserved() if self.goal == "service" else 0.01 * self.model.cost()
            self.model.m.minimize(objective)
            result = self._solve()
            if result is None:
                raise ValueError("the plan does not fit the model")
        except ValueError:
            self._solver.close()
            raise
        self.value = float(result.objective_value())
        self._duals = {limit: self._slope(result, handle) for limit, handle in self.limits.items()}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._solver.close()

    def binding(self) -> list[Limit]:
        """Return the limits that may be worth something, the dearest first."""
        some = [limit for limit, slope in self._duals.items() if slope > SMALLEST]
        return sorted(some, key=lambda item: (-self._duals[item] * max(item.amount, 1.0), item.kind, item.where))

    def at(self, limit: Limit, more: float) -> tuple[float, float]:
        """Return what is saved when ``limit`` is loosened by ``more`` units, and the slope of that there."""
        handle = self.limits[limit]
        self._loosen(handle, more)
        result = self._solve()
        self._loosen(handle, 0.0)
        if result is None:
            raise ValueError("a looser limit left no solution")
        return self.value - float(result.objective_value()), self._slope(result, handle)

    def worth(self, limit: Limit) -> Worth | None:
        """Return what one more unit of ``limit`` is worth and how far; none where it is worth nothing."""
        each, most = self._duals[limit], self._most(limit)
        at = most
        for _ in range(60):
            if each <= SMALLEST or at <= TINY:
                return None
            saved, slope = self.at(limit, at)
            if saved >= each * at - TINY * max(1.0, abs(self.value) * 1e-3, each * at):
                return Worth(limit=limit, goal=self.goal, each=each, upto=at, open_end=at >= most - TINY)
            meet = (saved - slope * at) / (each - slope) if each - slope > 1e-12 else 0.0
            if meet <= TINY * most:  # the tangent runs through the origin: its slope is the true one
                each, at = slope, most
            else:
                at = meet
        return None

    # -- inside ----------------------------------------------------------------------------------------------------

    def _most(self, limit: Limit) -> float:
        """Return how far it is worth asking."""
        data = self.data
        if limit.kind == "supply":
            return float(sum(packs for (_, product), packs in data.usable.items() if product == limit.where[1]))
        if limit.kind == "assembly":
            return float(sum(count for (hub, _), count in data.needed.items() if hub == limit.where[0]))
        if limit.kind in {"receiving", "storage_weight", "storage_volume"}:
            size = data.volume_ml if limit.kind == "storage_volume" else data.weight_g
            return sum(
                packs * size[product] / 1000 for (hub, product), packs in data.usable.items() if hub == limit.where[0]
            )
        if limit.kind == "ceiling":
            return max(1.0, abs(self.value))
        return max(limit.amount, TINY)

    def _loosen(self, handle: _Handle, more: float) -> None:
        moved = handle.base + handle.scale * more
        if handle.room is not None:
            handle.room.upper_bound = moved
        elif handle.row is not None and handle.scale < 0:
            handle.row.lower_bound = moved
        elif handle.row is not None:
            handle.row.upper_bound = moved

    def _slope(self, result: mathopt.SolveResult, handle: _Handle) -> float:
        """Return what a unit more saves by the dual values of ``result``."""
        dual = 0.0
        if handle.room is not None:
            dual = float(result.reduced_costs()[handle.room])
        elif handle.row is not None:
            dual = float(result.dual_values()[handle.row])
        return max(0.0, -dual * handle.scale)

    def _solve(self) -> mathopt.SolveResult | None:
        params = mathopt.SolveParameters(time_limit=dt.timedelta(seconds=SOLVE_S))
        result = self._solver.solve(params=params)
        usable = result.has_primal_feasible_solution() and result.has_dual_feasible_solution()
        return result if usable else None

    def _open_valves(self) -> None:
        """Let leftovers and the fleet's estimate be exceeded by no more than the plan needs."""
        model = self.model
        valves = [*model.over.values(), *model.excess.values()]
        if not valves:
            return
        strain = total([1.0 * item for item in valves])
        served = sum(
            kind.priority * kind.size * sum(name not in self.standing.delivered for name in kind.households)
            for kind in model.data.kinds
        )
        row = model.m.add_linear_constraint(model.unserved() <= served + TINY, name="asserved")
        model.m.minimize(strain)
        result = self._solve()
        model.m.delete_linear_constraint(row)
        if result is None:
            raise ValueError("the plan does not fit the model")
        model.m.add_linear_constraint(strain <= max(0.0, float(result.objective_value())) + TINY, name="valves")


def _limits(model: Model) -> Iterator[tuple[Limit, _Handle]]:
    """Yield every limit of the model with its place."""
    data = model.data
    lots = {(offer.coop, offer.product): offer.lot for offer in data.offers}
    least = {(offer.coop, offer.product): offer.minimum for offer in data.offers}
    for row in model.m.linear_constraints():
        name, _, rest = row.name.partition("[")
        kind, parts = _ROWS.get(name), tuple(rest.rstrip("]").split(","))
        if kind == "supply":
            lot = lots[parts[0], parts[1]]
            amount = row.upper_bound * lot
            limit = Limit(kind=kind, where=parts[:2], day=int(parts[2]), amount=amount)
            yield limit, _Handle(row, None, 1 / lot, row.upper_bound)
        elif kind in {"assembly", "receiving"}:
            limit = Limit(kind=kind, where=parts[:1], day=int(parts[1]), amount=row.upper_bound)
            yield limit, _Handle(row, None, 1.0, row.upper_bound)
        elif kind == "budget":
            amount = (data.budget or 0) / 100
            yield Limit(kind=kind, where=(), day=None, amount=amount), _Handle(row, None, 1.0, row.upper_bound)
        elif kind == "ceiling":
            yield Limit(kind=kind, where=parts[:1], day=None, amount=0.0), _Handle(row, None, 1.0, row.upper_bound)
        elif kind == "fairness":
            limit = Limit(kind=kind, where=parts[:1], day=None, amount=model.lowest.lower_bound if model.lowest else 0)
            yield limit, _Handle(row, None, -1.0, row.lower_bound)
        elif kind == "minimum" and parts[2] == "0":
            limit = Limit(kind=kind, where=parts[:2], day=None, amount=float(least[parts[0], parts[1]]))
            yield limit, _Handle(row, None, -1.0, row.lower_bound)
        elif kind == "minimum_revenue":
            limit = Limit(kind=kind, where=parts[:1], day=None, amount=data.minimum_revenue[parts[0]] / 100)
            yield limit, _Handle(row, None, -100.0, row.lower_bound)
    for variable in model.m.variables():
        name, _, rest = variable.name.partition("[")
        if (room := _ROOMS.get(name)) is not None:
            hub, day = rest.rstrip("]").split(",")
            limit = Limit(kind=room, where=(hub,), day=int(day), amount=variable.upper_bound)
            yield limit, _Handle(None, variable, 1.0, variable.upper_bound)
