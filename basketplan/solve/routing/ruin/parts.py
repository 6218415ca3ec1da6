"""Split a problem into parts that are searched at the same time, and put them together again.

A part is a set of routes that lie together, with their stops, as a problem of its own: nothing is shared, so parts
run on any number of threads and give the same result. Routes are cut anew in every epoch, along a line or by angle
around the middle, so that every pair of neighbouring routes is together soon.
"""

from __future__ import annotations

from concurrent.futures import Executor
from dataclasses import dataclass, replace
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from basketplan.solve.routing.ruin.layout import LIMIT
from basketplan.solve.routing.ruin.problem import PlainProblem, RichProblem
from basketplan.solve.routing.ruin.routes import Ints, Routes

__all__ = ["Part", "join", "split"]


@dataclass(frozen=True)
class Part:
    """A part of a problem, as a problem; ``stops`` are its stops in the whole."""

    problem: PlainProblem | RichProblem
    routes: Routes
    stops: Ints


def split(
    problem: PlainProblem | RichProblem,
    routes: Routes,
    number: int,
    rng: np.random.Generator,
    threads: Executor | None = None,
) -> list[Part]:
    """Return ``number`` parts with about as many stops each; stops without a route go to the part nearest.

    Of fewer routes than parts some parts get none: the first of these gets the stops without a route, the others stay
    empty. Cutting out their matrices takes a seventh of the search: each part is made in one of ``threads``, if any.
    """
    n = problem.n_stops
    whole = Part(problem, routes, np.arange(n, dtype=np.int64))
    if len(routes) == 0 or number == 1:
        return [whole] + [_nobody(problem)] * (number - 1)
    xy = problem.places[:-1] if isinstance(problem, PlainProblem) else problem.xy
    sizes = np.diff(routes.first)
    centre = np.add.reduceat(xy[routes.stops], routes.first[:-1], axis=0) / sizes[:, None]
    label = np.zeros(len(routes), dtype=np.int64)
    _cut(centre, sizes, np.arange(len(routes)), 0, number, label, xy.mean(axis=0), rng)
    owner = routes.owner(n)
    place = np.where(owner >= 0, label[owner], -1)
    alone = np.flatnonzero(owner < 0)
    if len(alone):
        used = np.bincount(label, minlength=number) > 0
        middle = np.array([centre[label == part].mean(axis=0) if used[part] else (0, 0) for part in range(number)])
        apart = ((xy[alone][:, None, :] - middle[None]) ** 2).sum(axis=2)
        apart[:, ~used] = -1.0
        place[alone] = apart.argmin(axis=1)
    rooms = _rooms(problem, routes, label, number)

    def make(part: int) -> Part:
        stops = np.flatnonzero(place == part)
        index = np.full(n, -1, dtype=np.int64)
        index[stops] = np.arange(len(stops))
        mine = routes.take(np.flatnonzero(label == part))
        smaller = problem.restrict(stops, None if rooms is None else rooms[part])
        chosen = np.arange(len(stops), dtype=np.int64)
        if isinstance(problem, RichProblem) and isinstance(smaller, RichProblem):
            chosen = routes.chosen[stops] - problem.window_first[stops] + smaller.window_first[:-1]
        return Part(smaller, replace(mine, stops=index[mine.stops], chosen=chosen), stops)

    return list(map(make, range(number)) if threads is None else threads.map(make, range(number)))


def _nobody(problem: PlainProblem | RichProblem) -> Part:
    """Return a part without stops and routes."""
    none = np.zeros(0, dtype=np.int64)
    return Part(problem.restrict(none), Routes.of([], [], none), none)


def join(problem: PlainProblem | RichProblem, parts: list[Part], found: list[Routes]) -> Routes:
    """Return the routes of all parts as routes of the whole."""
    if len(parts) == 1:
        return found[0]
    chosen = np.arange(problem.n_stops, dtype=np.int64)
    for part, routes in zip(parts, found, strict=True):
        if isinstance(problem, RichProblem) and isinstance(part.problem, RichProblem):
            chosen[part.stops] = problem.window_first[part.stops] + routes.chosen - part.problem.window_first[:-1]
    sizes = np.concatenate([np.diff(routes.first) for routes in found])
    return Routes(
        np.concatenate([part.stops[routes.stops] for part, routes in zip(parts, found, strict=True)]),
        np.concatenate(([0], np.cumsum(sizes))),
        np.concatenate([routes.classes for routes in found]),
        chosen,
    )


def _cut(
    centre: NDArray[np.float64],
    sizes: Ints,
    rows: Ints,
    begin: int,
    number: int,
    label: Ints,
    middle: NDArray[np.float64],
    rng: np.random.Generator,
) -> None:
    """Label ``rows`` from ``begin`` on: halve them until one part is left, each time in a direction by chance."""
    if number == 1:
        label[rows] = begin
        return
    angle = rng.random() * 2 * pi
    if rng.random() < 0.5:
        value = centre[rows] @ np.array([cos(angle), sin(angle)])
    else:
        away = centre[rows] - middle
        value = (np.arctan2(away[:, 1], away[:, 0]) - angle) % (2 * pi)
    rows = rows[np.argsort(value, kind="stable")]
    one = number // 2
    filled = np.cumsum(sizes[rows])
    at = int(np.searchsorted(filled, filled[-1] * one / number)) + 1 if len(rows) else 0
    at = min(max(at, min(one, len(rows))), max(len(rows) - (number - one), 0))
    _cut(centre, sizes, rows[:at], begin, one, label, middle, rng)
    _cut(centre, sizes, rows[at:], begin + one, number - one, label, middle, rng)


def _rooms(problem: PlainProblem | RichProblem, routes: Routes, label: Ints, number: int) -> list[Ints] | None:
    """Return for every part how many routes of every class it may have: its own, and a share of the others."""
    if isinstance(problem, PlainProblem):
        return None
    limits = problem.fleet[:, LIMIT]
    used = np.zeros((number, len(limits)), dtype=np.int64)
    np.add.at(used, (label, routes.classes), 1)
    free = np.maximum(0, limits - used.sum(axis=0))
    rooms = []
    for part in range(number):
        rooms.append(used[part] + free // number + ((np.arange(len(limits)) + part) % number < free % number))
    return rooms
