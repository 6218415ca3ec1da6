"""Routes that the search has seen, each once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from basketplan.solve.routing.ruin.layout import FIXED, HUB, PROFILE
from basketplan.solve.routing.ruin.problem import PlainProblem, RichProblem
from basketplan.solve.routing.ruin.routes import Ints, Routes

__all__ = ["Pool", "Seen", "route_costs"]

_CLASS = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True)
class Seen:
    """One route."""

    cost: int
    """Waiting apart."""
    k: int
    """Its class."""
    stops: Ints
    """In order."""
    windows: Ints
    """The window of every stop, as ``chosen`` of :class:`Routes`."""


class Pool:
    """Routes seen, each once with its cost; the oldest go when there are too many.

    Routes with the same stops and the same class count as one, of which the cheaper order stays. They are known by the
    sum of 64 random bits of their stops: two others share it with a chance of one in 10¹¹ among 10,000, and would only
    cost one of them its place.
    """

    def __init__(self, problem: PlainProblem | RichProblem, most: int) -> None:
        self.problem, self.most = problem, most
        self.new = 0
        """Routes taken in since they were last asked for."""
        self.seen: dict[int, Seen] = {}
        """In the order in which they were last seen."""
        self._bits = np.random.default_rng(0).integers(0, 2**64, problem.n_stops, dtype=np.uint64)

    def keys(self, routes: Routes) -> list[int]:
        """Return under which key each of ``routes`` is kept."""
        if len(routes) == 0:
            return []
        bits = np.add.reduceat(self._bits[routes.stops], routes.first[:-1])
        keys: list[int] = (bits + _CLASS * routes.classes.astype(np.uint64)).tolist()
        return keys

    def add(self, routes: Routes) -> None:
        """Take in ``routes``."""
        costs = route_costs(self.problem, routes).tolist()
        for place, (key, cost) in enumerate(zip(self.keys(routes), costs, strict=True)):
            known = self.seen.pop(key, None)
            self.new += known is None
            if known is None or cost < known.cost:
                stops = routes.stops[routes.first[place] : routes.first[place + 1]].copy()  # a view would keep them all
                known = Seen(cost, int(routes.classes[place]), stops, routes.chosen[stops])
            self.seen[key] = known
        while len(self.seen) > self.most:
            del self.seen[next(iter(self.seen))]


def route_costs(problem: PlainProblem | RichProblem, routes: Routes) -> Ints:
    """Return the cost of every route, waiting apart; none of them may be empty."""
    if len(routes) == 0:
        return np.zeros(0, dtype=np.int64)
    n, begins, ends = problem.n_stops, routes.first[:-1], routes.first[1:] - 1
    hubs = np.full(len(routes), n)
    if isinstance(problem, RichProblem):
        hubs = n + problem.fleet[routes.classes, HUB]
    before = np.empty_like(routes.stops)
    before[1:] = routes.stops[:-1]
    before[begins] = hubs
    classes = np.repeat(routes.classes, ends - begins + 1)
    costs = _arcs(problem, classes, before, routes.stops)
    if isinstance(problem, RichProblem):
        costs += problem.extra[classes, routes.stops]
    total: Ints = np.add.reduceat(costs, begins) + _arcs(problem, routes.classes, routes.stops[ends], hubs)
    if isinstance(problem, RichProblem):
        total += problem.fleet[routes.classes, FIXED]
    return total


def _arcs(problem: PlainProblem | RichProblem, classes: Ints, here: Ints, there: Ints) -> Ints:
    """Return the costs of single roads."""
    if isinstance(problem, RichProblem):
        return problem.arcs(problem.fleet[classes, PROFILE], here, there)
    return problem.arcs(here, there)
