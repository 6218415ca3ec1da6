"""Rich problems of more stops than a matrix of all pairs is worth: every part makes its own when it is searched.

A :class:`WideProblem` is cut into parts like any other; a part is wide too until a kernel asks for its matrices
(:meth:`~basketplan.solve.routing.ruin.problem.RichProblem.filled`). That happens in the thread that searches it, and
they are forgotten with it: memory grows with stops, threads and the size of a part, not with the square of all stops.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from basketplan.solve.routing.ruin.layout import LIMIT
from basketplan.solve.routing.ruin.parts import Part
from basketplan.solve.routing.ruin.problem import RichProblem
from basketplan.solve.routing.ruin.routes import Ints, Routes

__all__ = ["PART_STOPS", "Blocks", "WideProblem", "pieces"]

PART_STOPS = 1_000
"""Stops of a part; its matrices take as long to make as ten moves per stop."""

Matrices = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]
"""``cost``, ``time`` and ``length`` as in :class:`RichProblem`."""


class Blocks(Protocol):
    """Makes the matrices of a problem's stops."""

    def take(self, stops: Ints) -> Blocks:
        """Return the blocks of only some stops."""

    def matrices(self) -> Matrices:
        """Return the matrices of all stops, hub last."""

    def arcs(self, profiles: Ints, here: Ints, there: Ints) -> Ints:
        """Return the costs of single roads between points: stops, and the hub behind them."""


@dataclass(frozen=True, kw_only=True)
class WideProblem(RichProblem):
    """A rich problem with one hub whose matrices are made by part; its own are one number each."""

    blocks: Blocks

    @property
    def timeless(self) -> bool:
        """Whether there are no times."""
        return False

    def restrict(self, stops: Ints, room: Ints | None = None) -> WideProblem:
        """Return the problem with only ``stops``, in rising order, still without matrices."""
        smaller = super().restrict(stops, room)
        assert isinstance(smaller, WideProblem)
        return replace(smaller, blocks=self.blocks.take(stops))

    def filled(self) -> RichProblem:
        """Return the problem with its matrices."""
        cost, time, length = self.blocks.matrices()
        known = {field.name: getattr(self, field.name) for field in fields(RichProblem)}
        return RichProblem(**{**known, "cost": cost, "time": time, "length": length})

    def arcs(self, profiles: Ints, here: Ints, there: Ints) -> Ints:
        """Return the costs of single roads."""
        return self.blocks.arcs(profiles, here, there)


def pieces(problem: WideProblem, routes: Routes) -> list[Part]:
    """Return the problem in parts of neighbouring stops.

    A route goes where its middle stop lies. Every part may have its own routes, and of the vehicles not in use a share
    that goes by its baskets.
    """
    n = problem.n_stops
    number = -(-n // PART_STOPS)
    label = np.arange(n, dtype=np.int64) * number // n
    sizes = np.diff(routes.first)
    of_route = label[routes.stops[routes.first[:-1] + sizes // 2]] if len(routes) else np.zeros(0, dtype=np.int64)
    label[routes.stops] = np.repeat(of_route, sizes)
    limits = problem.fleet[:, LIMIT]
    used = np.zeros((number, len(limits)), dtype=np.int64)
    np.add.at(used, (of_route, routes.classes), 1)
    share = np.cumsum(np.bincount(label, weights=problem.baskets, minlength=number)) / max(1, problem.baskets.sum())
    ends = np.floor(share[:, None] * np.maximum(0, limits - used.sum(axis=0))[None, :] + 1e-9).astype(np.int64)
    rooms = used + np.diff(ends, axis=0, prepend=0)
    made = []
    for piece in range(number):
        stops = np.flatnonzero(label == piece)
        index = np.full(n, -1, dtype=np.int64)
        index[stops] = np.arange(len(stops))
        smaller = problem.restrict(stops, rooms[piece])
        chosen = routes.chosen[stops] - problem.window_first[stops] + smaller.window_first[:-1]
        mine = routes.take(np.flatnonzero(of_route == piece))
        made.append(Part(smaller, replace(mine, stops=index[mine.stops], chosen=chosen), stops))
    return made
