"""The best set of routes out of all that the search has seen: set partitioning in OR-Tools.

Every stop on exactly one route, at most as many routes of a class as there are vehicles, least cost. The search sees
many good routes, but only together with their neighbours; here they are free. Source of the idea: Subramanian, Uchoa,
Ochi, *A hybrid algorithm for a class of vehicle routing problems*, Computers & Operations Research 40 (2013).
"""

from __future__ import annotations

import numpy as np
from ortools.sat.python import cp_model

from basketplan.solve.routing.ruin.layout import FIXED, HUB, LIMIT, PROFILE
from basketplan.solve.routing.ruin.problem import PlainProblem, RichProblem
from basketplan.solve.routing.ruin.routes import Ints, Routes

__all__ = ["Pool"]

_Key = tuple[int, bytes]


class Pool:
    """Routes seen, each once with its cost; the oldest go when there are too many."""

    def __init__(self, problem: PlainProblem | RichProblem, most: int) -> None:
        self.problem, self.most = problem, most
        self.routes: dict[_Key, tuple[int, Ints, Ints]] = {}
        """Class and set of stops → cost, stops in order, windows."""

    def add(self, routes: Routes) -> None:
        """Take in ``routes``; of two with the same stops and class the cheaper stays."""
        for k, a, b in zip(routes.classes.tolist(), routes.first[:-1].tolist(), routes.first[1:].tolist(), strict=True):
            stops = routes.stops[a:b]
            key = (k, np.sort(stops).astype(np.int32).tobytes())
            known = self.routes.pop(key, None)
            if known is None or not np.array_equal(known[1], stops):
                cost = route_cost(self.problem, k, stops)
                if known is None or cost < known[0]:
                    known = (cost, stops, routes.chosen[stops])
            self.routes[key] = known
        while len(self.routes) > self.most:
            del self.routes[next(iter(self.routes))]

    def best(self, incumbent: Routes, seconds: float, work: float, seed: int) -> Routes | None:
        """Return a cheaper set of routes than ``incumbent``; none if there is none or it was not found in time."""
        self.add(incumbent)
        n = self.problem.n_stops
        chosen_now = {
            (k, np.sort(incumbent.stops[a:b]).astype(np.int32).tobytes())
            for k, a, b in zip(incumbent.classes.tolist(), incumbent.first[:-1], incumbent.first[1:], strict=True)
        }
        model = cp_model.CpModel()
        rows: list[list[cp_model.IntVar]] = [[] for _ in range(n)]
        by_class: dict[int, list[cp_model.IntVar]] = {}
        items = list(self.routes.items())
        take = []
        for key, (_, stops, _) in items:
            variable = model.new_bool_var("")
            take.append(variable)
            by_class.setdefault(key[0], []).append(variable)
            for stop in stops.tolist():
                rows[stop].append(variable)
            model.add_hint(variable, key in chosen_now)
        served = np.zeros(n, dtype=bool)
        served[incumbent.stops] = True
        for stop, row in enumerate(rows):
            if served[stop]:
                model.add_exactly_one(row)
            elif row:
                model.add(sum(row) == 0)
        if isinstance(self.problem, RichProblem):
            for k, variables in by_class.items():
                model.add(sum(variables) <= int(self.problem.fleet[k, LIMIT]))
        model.minimize(sum(cost * variable for (_, (cost, _, _)), variable in zip(items, take, strict=True)))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.random_seed = seed
        solver.parameters.max_time_in_seconds = max(0.1, seconds)
        solver.parameters.max_deterministic_time = work
        solver.parameters.linearization_level = 2
        solver.parameters.catch_sigint_signal = False
        status = solver.solve(model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None
        found = [item for item, variable in zip(items, take, strict=True) if solver.value(variable)]
        chosen = incumbent.chosen.copy()
        for _, (_, stops, windows) in found:
            chosen[stops] = windows
        return Routes.of([stops.tolist() for _, (_, stops, _) in found], [key[0] for key, _ in found], chosen)


def route_cost(problem: PlainProblem | RichProblem, k: int, stops: Ints) -> int:
    """Return the cost of one route, waiting apart."""
    n = problem.n_stops
    if isinstance(problem, PlainProblem):
        way = problem.places[np.concatenate(([n], stops, [n]))]
        return int(np.floor(np.hypot(*(way[1:] - way[:-1]).T) + 0.5).sum())
    hub = n + int(problem.fleet[k, HUB])
    points = np.concatenate(([hub], stops, [hub]))
    profile = np.full(len(points) - 1, problem.fleet[k, PROFILE])
    legs = problem.arcs(profile, points[:-1], points[1:]).sum()
    return int(legs) + int(problem.fleet[k, FIXED]) + int(problem.extra[k, stops].sum(dtype=np.int64))
