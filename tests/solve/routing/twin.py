"""Plain-Python twins: what a route costs and whether it holds, second by second; random and tiny problems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise, permutations

import numpy as np

from basketplan.solve.routing.ruin import PlainProblem, RichProblem, Routes
from basketplan.solve.routing.ruin import layout as lay
from basketplan.solve.routing.ruin.neighbours import hilbert_order, near_by_matrix, near_by_place
from basketplan.solve.routing.ruin.problem import fleet_table

NEVER = 10**15


def route_cost(problem: RichProblem, k: int, stops: Sequence[int], spans: dict[int, tuple[int, int]]) -> int:
    """Return what a route costs, with waiting; NEVER where it breaks a rule. ``spans`` are the windows to meet."""
    n = problem.n_stops
    fleet = {name: int(problem.fleet[k, getattr(lay, name)]) for name in (
        "CAP", "CAP2", "CAP3", "FIXED", "PROFILE", "HUB", "SHIFT_START", "SHIFT_END", "MAX_DURATION", "MAX_LENGTH",
        "LOADING", "LOADING_EACH", "WAIT_RATE",
    )}  # fmt: skip
    way = [n + fleet["HUB"], *stops, n + fleet["HUB"]]
    pairs = list(pairwise(way))
    load = problem.need[list(stops)].sum(axis=0).tolist()
    if any(have > room for have, room in zip(load, (fleet["CAP"], fleet["CAP2"], fleet["CAP3"]), strict=True)):
        return NEVER
    if any(not int(problem.may[stop]) >> k & 1 for stop in stops):
        return NEVER
    if np.bitwise_and.reduce(problem.days[list(stops)]) == 0:
        return NEVER
    if problem.length.size > 1 and sum(int(problem.length[a, b]) for a, b in pairs) > fleet["MAX_LENGTH"]:
        return NEVER
    cost = fleet["FIXED"] + sum(int(problem.cost[fleet["PROFILE"], a, b]) for a, b in pairs)
    cost += sum(int(problem.extra[k, stop]) for stop in stops)
    if problem.time.size == 1:
        return cost
    loading = fleet["LOADING"] + fleet["LOADING_EACH"] * int(problem.baskets[list(stops)].sum())
    best = NEVER
    # Duration as a function of departure is least at a moment at which a wait ends, at one that is the latest
    # for a window, or at the first.
    moments = {fleet["SHIFT_START"] + loading}
    drive = 0
    for here, there in pairs[:-1]:
        drive += int(problem.time[fleet["PROFILE"], here, there])
        for bound in spans.get(there, (0, 0)):
            moments.add(max(fleet["SHIFT_START"] + loading, bound - drive))
        drive += int(problem.service[there])
    for depart in sorted(moments):
        now, waited = depart, 0
        for here, there in pairs:
            now += int(problem.time[fleet["PROFILE"], here, there])
            if there >= n:
                break
            opens, closes = spans.get(there, (0, lay.NO_LIMIT))
            waited += max(0, opens - now)
            now = max(now, opens)
            if now > closes:
                now = NEVER
                break
            now += int(problem.service[there])
        if now <= fleet["SHIFT_END"] and now - depart + loading <= fleet["MAX_DURATION"]:
            best = min(best, fleet["WAIT_RATE"] * waited)
    return cost + best if best < NEVER else NEVER


def check(problem: RichProblem, routes: Routes) -> int:
    """Return the cost of ``routes`` after checking every rule; asserts on any breach."""
    seen = routes.stops.tolist()
    assert len(seen) == len(set(seen))
    used = np.bincount(routes.classes, minlength=len(problem.fleet))
    assert (used <= problem.fleet[:, lay.LIMIT]).all()
    total = 0
    for k, stops in zip(routes.classes.tolist(), routes.lists(), strict=True):
        for stop in stops:
            first, last = problem.window_first[stop], problem.window_first[stop + 1]
            assert first <= routes.chosen[stop] < last
        spans = {stop: tuple(problem.windows[routes.chosen[stop]].tolist()) for stop in stops}
        cost = route_cost(problem, k, stops, spans)
        assert cost < NEVER, (k, stops)
        total += cost
    absent = set(range(problem.n_stops)) - set(seen)
    return total + sum(int(problem.prize[stop]) for stop in absent)


def rich(
    seed: int,
    n: int = 40,
    *,
    clock: int = lay.SPANS,
    classes: int = 2,
    hubs: int = 1,
    days: bool = False,
    lengths: bool = False,
    several_windows: bool = False,
    scarce: bool = False,
) -> RichProblem:
    """Return a random problem; matrices are asymmetric and differ between profiles."""
    rng = np.random.default_rng(seed)
    xy = rng.integers(0, 1000, (n + hubs, 2)).astype(np.float64)
    order = hilbert_order(xy[:n])
    xy[:n] = xy[:n][order]
    apart = np.hypot(xy[:, None, 0] - xy[None, :, 0], xy[:, None, 1] - xy[None, :, 1])
    roads = np.rint(apart * rng.uniform(1.0, 1.2, apart.shape)).astype(np.int64)
    np.fill_diagonal(roads, 0)
    profiles = rng.integers(0, 2, classes)
    profiles[0] = 0
    timed = clock != lay.TIMELESS
    fleet = fleet_table(classes)
    fleet[:, lay.CAP] = rng.integers(60, 120, classes)
    fleet[:, lay.CAP2] = rng.integers(60, 120, classes)
    fleet[:, lay.CAP3] = rng.integers(8, 15, classes)
    fleet[:, lay.FIXED] = rng.integers(0, 600, classes)
    fleet[:, lay.LIMIT] = max(1, n // 12) if scarce else n
    fleet[:, lay.PROFILE] = profiles
    fleet[:, lay.HUB] = rng.integers(0, hubs, classes)
    if timed:
        fleet[:, lay.SHIFT_START] = 1000
        fleet[:, lay.SHIFT_END] = 9000
        fleet[:, lay.LOADING] = 100
    if clock in (lay.SPANS, lay.ADDITIVE):
        fleet[:, lay.MAX_DURATION] = rng.integers(3500, 6000, classes)
        fleet[:, lay.LOADING_EACH] = 5
    if clock == lay.SPANS:
        fleet[:, lay.WAIT_RATE] = 1
    if lengths:
        fleet[:, lay.MAX_LENGTH] = rng.integers(3000, 4000, classes)
    spans, first = [], [0]
    for _ in range(n):
        opens = int(rng.integers(1000, 6000))
        mine = [(0, lay.NO_LIMIT)] if clock in (lay.ADDITIVE, lay.TIMELESS) else [(opens, opens + 1500)]
        if several_windows and rng.random() < 0.5:
            mine.append((opens + 2000, opens + 2600))
        spans += mine
        first.append(len(spans))
    cost = np.stack([roads, roads * 2])
    times = np.stack([roads, roads // 2 + 1])
    symmetric = np.minimum(roads, roads.T)[:n, :n].astype(np.float64)
    rate = np.array([1, 2])[profiles]
    service = rng.integers(20, 60, n)
    return RichProblem(
        xy=xy[:n],
        need=np.column_stack((rng.integers(1, 20, n), rng.integers(1, 20, n), rng.integers(1, 3, n))).astype(np.int64),
        baskets=rng.integers(1, 3, n),
        service=service.astype(np.int64),
        prize=np.full(n, 100_000, dtype=np.int64),
        days=rng.choice([1, 2, 3, 7, 7, 7], n).astype(np.int64) if days else np.ones(n, dtype=np.int64),
        may=np.where(rng.random(n) < 0.2, 1, (1 << classes) - 1).astype(np.int64),
        locked=np.zeros(n, dtype=np.int64),
        windows=np.array(spans, dtype=np.int32),
        window_first=np.array(first, dtype=np.int64),
        fleet=fleet,
        cost=cost.astype(np.int32),
        time=times.astype(np.int32) if timed else np.zeros((1, 1, 1), dtype=np.int32),
        length=roads.astype(np.int32) if lengths else np.zeros((1, 1), dtype=np.int32),
        extra=(service[None, :] * rate[:, None]).astype(np.int32),
        near=near_by_matrix(symmetric),
    )


def plain(seed: int, n: int = 60, capacity: int = 40) -> PlainProblem:
    """Return a random plain problem."""
    rng = np.random.default_rng(seed)
    places = rng.integers(0, 1000, (n + 1, 2)).astype(np.float64)
    places[:n] = places[:n][hilbert_order(places[:n])]
    near = near_by_place(places[:n])
    apart = np.hypot(*np.moveaxis(places[:n][:, None, :] - places[near], 2, 0))
    return PlainProblem(
        places=places,
        need=rng.integers(1, 10, n),
        capacity=capacity,
        near=near,
        near_cost=np.floor(apart + 0.5).astype(np.int32),
    )


def plain_cost(problem: PlainProblem, routes: Routes) -> int:
    """Return the length of ``routes`` after checking loads and visits."""
    assert sorted(routes.stops.tolist()) == list(range(problem.n_stops))
    total = 0
    for stops in routes.lists():
        assert problem.need[stops].sum() <= problem.capacity
        way = [problem.n_stops, *stops, problem.n_stops]
        for a, b in pairwise(way):
            total += int(np.floor(np.hypot(*(problem.places[a] - problem.places[b])) + 0.5))
    return total


def splits(stops: list[int]) -> Iterator[list[list[int]]]:
    """Yield every way to split ``stops`` into sets."""
    if not stops:
        yield []
        return
    one, rest = stops[0], stops[1:]
    for smaller in splits(rest):
        yield [[one], *smaller]
        for place in range(len(smaller)):
            yield [*smaller[:place], [one, *smaller[place]], *smaller[place + 1 :]]


def optimum(problem: RichProblem) -> int:
    """Return the least cost by looking at all solutions; windows are one per stop, classes without limits."""
    best_of: dict[tuple[int, ...], int] = {}

    def of(stops: tuple[int, ...]) -> int:
        if stops not in best_of:
            spans = {stop: tuple(problem.windows[problem.window_first[stop]].tolist()) for stop in stops}
            best_of[stops] = min(
                route_cost(problem, k, order, spans) for order in permutations(stops) for k in range(len(problem.fleet))
            )
        return best_of[stops]

    best = NEVER
    for size in range(2**problem.n_stops):
        inside = [stop for stop in range(problem.n_stops) if size >> stop & 1]
        left = sum(int(problem.prize[stop]) for stop in range(problem.n_stops) if not size >> stop & 1)
        if left >= best:
            continue
        for split in splits(inside):
            best = min(best, left + sum(of(tuple(sorted(part))) for part in split))
    return best
