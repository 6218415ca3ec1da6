"""The search as a whole: epochs of parts under one falling temperature; the best is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from basketplan.solve.routing.ruin import layout as lay
from basketplan.solve.routing.ruin.kernels import Cooling, checked_cost, cost_of, run
from basketplan.solve.routing.ruin.parts import join, split
from basketplan.solve.routing.ruin.pool import Pool
from basketplan.solve.routing.ruin.problem import PlainProblem, RichProblem
from basketplan.solve.routing.ruin.recombine import best_routes
from basketplan.solve.routing.ruin.routes import Routes
from basketplan.solve.routing.ruin.squeeze import squeeze
from basketplan.solve.routing.ruin.stream import stream
from basketplan.solve.routing.ruin.wide import WideProblem

__all__ = ["Budget", "Found", "anneal"]

HOT, HOT_RICH, COLD = 2.0, 1.0, 0.1
"""Temperature at the begin, in average arcs between stops of the first routes with their part of the fixed costs, and
at the end, in the roads alone. It need not be colder: what is left then is done better by choosing among routes."""
ENOUGH, COOLEST = 10_000, 0.03
"""Moves per stop from which on the search begins and ends that hot; with fewer it begins cooler, as their root, and
ends cooler, as their fifth root."""
PACE, PACE_RICH = 800_000, 120_000
"""Moves per second that are reckoned with where seconds are given."""
SQUEEZE = 0.15
"""Part of the budget that is spent on getting rid of routes, where windows make it hard."""
TRIALS = 0.16
"""Part of the budget that is spent on first searches from many and from few routes."""
FULL = 0.7
"""Loads to what the first routes could carry from which on there may be too many of them."""
ROUNDS = (0.5, 0.75, 1.0)
"""Where the falls of temperature end, in parts of the budget; above ROUND_STOPS stops one takes all of it."""
ROUND_STOPS = 400
SEARCHES = 2
AGAIN = 0.5
"""Temperature at which the later ones begin, to that of the first."""
POOL, POOL_LARGE, POOL_STOPS = 10_000, 20_000, 4_000
"""Routes that are kept to choose among, the same for more than SMALL stops, and the stops up to which that is done."""
RECOMBINE, RECOMBINE_ROUND = (0.8, 1.0), (1.0,)
"""Where in a fall of temperature the best set of all routes seen is chosen; the second where one follows the other."""
WATCH = 0.5
"""From when on in a fall of temperature routes are kept: before, nearly all are new in every epoch, which takes time,
and too dear; of large problems none would be there still at the first choice."""
NEW = 0.01
"""Part of the routes seen that must be new to choose again."""
RECOMBINE_PART, RECOMBINE_WORK = 0.05, 2.0
"""Part of the budget for choosing once, and its limit in CP-SAT's deterministic seconds."""
PART_STOPS, WHOLE_STOPS, ABREAST = 2_000, 8_000, 4
"""Stops of a part, above so many in all; the number of parts is a multiple of ABREAST, so that cores end together."""
EPOCHS = 1_500
"""Most epochs."""
AN_EPOCH, AN_EPOCH_LARGE = 3, 10
"""Moves per stop of an epoch, at least: the more often routes are cut anew the better, but of more than SMALL stops
cutting them takes its time."""
SMALL = 2_000
LEAST = 2_000
"""Moves of a part in an epoch, at least."""


@dataclass(frozen=True)
class Budget:
    """When the search is over: a number of moves decides; ``seconds`` decides where there is none."""

    moves: int | None = None
    seconds: float = 1e9


@dataclass(frozen=True)
class Found:
    """Best routes, their cost, and the moves made."""

    routes: Routes
    cost: int
    moves: int
    whole: bool
    """Whether the budget was spent; not where the search was stopped before."""


def anneal(
    problem: PlainProblem | RichProblem,
    routes: Routes,
    budget: Budget,
    *,
    seed: int,
    threads: Executor,
    n_parts: int | None = None,
    stopped: Callable[[], bool] = lambda: False,
    told: Callable[[float, int], None] = lambda done, best: None,
) -> Found:
    """Improve ``routes``.

    Parameters
    ----------
    stopped
        Asked often, from many threads; when it says so the best so far is returned.
    told
        Called after every epoch with the part of the budget that is spent and the best cost.
    """
    search = _Search(problem, budget, seed, n_parts or parts_for(problem.n_stops), threads, stopped, told)
    road, fixed = average_arc(problem, routes)
    arc = road + fixed
    hottest = HOT if isinstance(problem, PlainProblem) else HOT_RICH
    high = arc * hottest
    low = road * COLD
    search.best, search.best_cost = routes, cost_of(problem, routes)
    if isinstance(problem, RichProblem) and problem.clock() in (lay.WINDOWS, lay.SPANS) and full(problem, routes):
        routes = search.fewer(problem, routes, arc, high, low)
    search.rounds(routes, high, low)
    whole = not stopped() if budget.moves is None else search.spent() >= 1.0
    return Found(search.best, search.best_cost, search.moves, whole)


class _Search:
    """The search of one problem: its budget, its streams, and the best so far."""

    def __init__(
        self,
        problem: PlainProblem | RichProblem,
        budget: Budget,
        seed: int,
        number: int,
        threads: Executor,
        stopped: Callable[[], bool],
        told: Callable[[float, int], None],
    ) -> None:
        self.problem, self.budget, self.number = problem, budget, number
        self.threads, self.stopped, self.told = threads, stopped, told
        self.begin = time.monotonic()
        self.rng = np.random.default_rng([seed, 0])
        self.squeezing = stream(seed, 2)
        most = POOL if problem.n_stops <= SMALL else POOL_LARGE
        self.pool = Pool(problem, most) if problem.n_stops <= POOL_STOPS else None
        self.seed = seed
        self.best = Routes.of([], [], np.zeros(0, dtype=np.int64))
        self.best_cost = 0
        self.moves = 0
        pace = PACE if isinstance(problem, PlainProblem) else PACE_RICH
        n = max(1, problem.n_stops)
        self.per_stop = (budget.seconds * pace if budget.moves is None else budget.moves) / n
        """Moves per stop that the budget gives, about."""
        self.abreast = SEARCHES if n <= ROUND_STOPS and self.per_stop >= ENOUGH else 1
        """Searches of the whole side by side."""
        if self.abreast > 1:
            self.number = 1
        self.streams = [stream(seed, 1, place) for place in range(self.number * self.abreast)]
        self.epochs = max(1, min(EPOCHS, round(self.per_stop / (AN_EPOCH if n <= SMALL else AN_EPOCH_LARGE))))
        self.pace = 20_000.0
        """Moves per second."""

    def spent(self) -> float:
        """Return how much of the budget is spent."""
        if self.budget.moves is None:
            return min(1.0, (time.monotonic() - self.begin) / self.budget.seconds)
        return min(1.0, self.moves / max(1, self.budget.moves))

    def over(self) -> bool:
        """Whether to stop at once."""
        return self.stopped() or time.monotonic() - self.begin > self.budget.seconds

    def fewer(self, problem: RichProblem, routes: Routes, arc: float, high: float, low: float) -> Routes:
        """Return routes to begin with: as few or as many as a short search from them finds to be best.

        Looked at are ``routes``, the fewest that squeezing finds, and half-way between them.
        """
        until = self.spent() + SQUEEZE
        found, made = squeeze(
            problem,
            routes,
            self.squeezing,
            arc,
            2**62 if self.budget.moves is None else int(SQUEEZE * self.budget.moves),
            lambda: self.over() or (self.budget.moves is None and self.spent() > until),
        )
        self.moves += made
        if len(found) == 1:
            return routes
        numbers = sorted({0, len(found) // 2, len(found) - 1}, reverse=True)
        tried = [self.cool(found[number], self.spent() + TRIALS / len(numbers), high, low) for number in numbers]
        return min(tried, key=lambda one: one[1])[0]

    def rounds(self, routes: Routes, high: float, low: float) -> None:
        """Spend the budget: a fall of temperature, then smaller ones, each ended by choosing among all routes seen."""
        shares = ROUNDS if self.problem.n_stops <= ROUND_STOPS else (1.0,)
        begun = self.spent()
        kept = RECOMBINE_PART if self.budget.moves is None and self.pool is not None else 0.0
        marks = () if self.pool is None else RECOMBINE if len(shares) == 1 else RECOMBINE_ROUND
        for number, share in enumerate(shares):
            if self.over():
                return
            heat = high if number == 0 else high * AGAIN
            until = begun + (1.0 - begun) * share
            self.cool(routes, until - kept, heat, low, marks)
            routes = self.best

    def recombine(self) -> bool:
        """Take the best set of all routes seen, and say so, if it is better."""
        if self.pool is None or self.pool.new < NEW * len(self.pool.seen) or self.stopped():
            return False
        seconds = 1e6
        if self.budget.moves is None:
            seconds = min(RECOMBINE_PART * self.budget.seconds, self.begin + self.budget.seconds - time.monotonic())
        self.pool.new = 0
        found = best_routes(self.pool, self.best, seconds, RECOMBINE_WORK, self.seed)
        cost = None if found is None else checked_cost(self.problem, found)
        if found is None or cost is None or cost >= self.best_cost:
            return False
        self.best, self.best_cost = found, cost
        self.told(self.spent(), cost)
        return True

    def cool(
        self, routes: Routes, until: float, high: float, low: float, recombined: Sequence[float] = ()
    ) -> tuple[Routes, int]:
        """Search from ``routes`` while the temperature falls from ``high`` to ``low``, until so much is spent.

        At the parts ``recombined`` of the fall it goes on from the best set of all routes seen, if that is better.
        Returns the best routes of this fall and their cost.
        """
        problem, budget, n = self.problem, self.budget, max(1, self.problem.n_stops)
        begun, spent = self.spent(), self.spent()
        best, best_cost = routes, cost_of(problem, routes)
        states = [(routes, best_cost)] * self.abreast
        marks = list(recombined)
        while spent < until and not self.over():
            if budget.moves is None:
                moves = max(self.number * LEAST, int(self.pace * budget.seconds / self.epochs))
                ahead = min(until, spent + 1 / self.epochs)
            else:
                least = max(self.number * LEAST, -(-budget.moves // self.epochs))
                moves = max(1, min(least, round(until * budget.moves) - self.moves))
                ahead = min(until, (self.moves + moves) / budget.moves)
            cut = [split(problem, now, self.number, self.rng, self.threads) for now, _ in states]
            enough = min(1.0, self.per_stop / ENOUGH)
            hot, cold = high * max(COOLEST, enough) ** 0.5, low * enough**0.2
            heat = [hot * (cold / hot) ** ((share - begun) / (until - begun)) for share in (spent, ahead)]
            since = time.monotonic()
            futures = [
                self.threads.submit(
                    run,
                    part.problem,
                    part.routes,
                    stream_,
                    Cooling(heat[0], heat[1], max(1, moves * len(part.stops) // (n * self.abreast))),
                    self.over,
                )
                for part, stream_ in zip((part for parts in cut for part in parts), self.streams, strict=True)
            ]
            made = 0
            for place, parts in enumerate(cut):
                results = [future.result() for future in futures[place * self.number : (place + 1) * self.number]]
                routes = join(problem, parts, [result[0] for result in results])
                cost = states[place][1] + sum(result[1] for result in results)
                states[place] = routes, cost
                made += sum(result[2] for result in results)
                if self.pool is not None and spent - begun >= WATCH * (until - begun):
                    self.pool.add(routes)
                if cost < best_cost:
                    best, best_cost = routes, cost
                if cost < self.best_cost:
                    self.best, self.best_cost = routes, cost
            self.moves += made
            self.pace = made / max(1e-6, time.monotonic() - since)
            spent = self.spent() if made else until
            if budget.moves is None and spent > 0.0:
                self.per_stop = self.moves / spent / n
            self.told(spent, self.best_cost)
            if marks and spent - begun >= marks[0] * (until - begun) - 1e-9:
                del marks[0]
                if self.recombine():
                    worst = max(range(self.abreast), key=lambda place: states[place][1])
                    states[worst] = self.best, self.best_cost
                spent = self.spent()
        return best, best_cost


def parts_for(n_stops: int) -> int:
    """Return the number of parts, by the size of the problem alone."""
    if n_stops <= WHOLE_STOPS:
        return 2 if n_stops >= 150 else 1
    return min(-(-n_stops // (ABREAST * PART_STOPS)) * ABREAST, 1024)


def full(problem: RichProblem, routes: Routes) -> bool:
    """Whether loads, not times, are what the number of ``routes`` comes from; of wide problems that is not asked."""
    if isinstance(problem, WideProblem):
        return False
    rooms = problem.fleet[routes.classes, lay.CAP : lay.CAP + 3].sum(axis=0)
    return bool((problem.need.sum(axis=0) >= FULL * rooms).any())


def average_arc(problem: PlainProblem | RichProblem, routes: Routes) -> tuple[float, float]:
    """Return the average cost from one stop of ``routes`` to the next: the road, and a part of the fixed costs.

    Roads to hubs do not count.
    """
    inside = np.ones(len(routes.stops), dtype=bool)
    inside[routes.first[:-1]] = False
    to = np.flatnonzero(inside)
    if len(to) == 0:
        return 1.0, 0.0
    here, there = routes.stops[to - 1], routes.stops[to]
    if isinstance(problem, PlainProblem):
        return max(1.0, float(np.hypot(*(problem.places[here] - problem.places[there]).T).mean())), 0.0
    classes = np.repeat(routes.classes, np.diff(routes.first))[to]
    fixed = float(problem.fleet[routes.classes, lay.FIXED].sum()) / problem.n_stops
    return max(1.0, float(problem.arcs(problem.fleet[classes, lay.PROFILE], here, there).mean())), fixed
