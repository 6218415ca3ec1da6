"""Who may collect where: families, candidates, and the pairs within walking distance."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from basketplan.programme.types import Household, Hub, Point, Programme
from basketplan.solve.routing.hubs import classes_for
from basketplan.solve.routing.problem import routing_problem
from basketplan.solve.territory import delivery_day, territory
from basketplan.travel.distance import road_m, straight_m

__all__ = ["Candidate", "Data", "Pairs", "at_no_door", "gather"]

MARGIN = 1.01
"""Straight lines on a flat map of the town may be this much longer than on the ellipsoid."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A point that at least one hub can deliver to."""

    point: Point
    days: tuple[dt.date, ...]
    """On which families can collect: it is open, and a hub delivers."""

    @property
    def per_day(self) -> int:
        """Most families that collect on one day."""
        return self.point.families_per_day


@dataclass(frozen=True, kw_only=True)
class Pairs:
    """Families and candidates within walking distance, in order of family, then candidate."""

    family: NDArray[np.int64]
    candidate: NDArray[np.int64]
    walk_m: NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Data:
    """What the choice is made from."""

    families: tuple[Household, ...]
    """Who can collect, by id."""
    candidates: tuple[Candidate, ...]
    """By id."""
    pairs: Pairs


def gather(programme: Programme) -> Data:
    """Return who may collect where.

    Who cannot walk, and what comes in several visits, comes to the door; so they are no families here.
    """
    families = tuple(
        sorted((home for home in programme.households if home.collect and "/" not in home.id), key=lambda home: home.id)
    )
    supply = _Supply(programme)
    candidates = tuple(
        Candidate(point=point, days=days)
        for point in sorted(programme.points, key=lambda item: item.id)
        if point.families_per_day > 0 and (days := supply.days(point))
    )
    near = _within_walk(programme, families, candidates)
    able = np.array(
        [
            supply.can_bring(candidates[column].point, families[row])
            for row, column in zip(near.family.tolist(), near.candidate.tolist(), strict=True)
        ],
        dtype=np.bool_,
    )
    pairs = Pairs(family=near.family[able], candidate=near.candidate[able], walk_m=near.walk_m[able])
    return Data(families=families, candidates=candidates, pairs=pairs)


def _within_walk(programme: Programme, families: Sequence[Household], candidates: Sequence[Candidate]) -> Pairs:
    """Return the pairs within walking distance, found in a k-d tree of the candidates, measured exactly."""
    nothing = np.zeros(0, dtype=np.int64)
    if not families or not candidates:
        return Pairs(family=nothing, candidate=nothing, walk_m=nothing)
    home = np.array([(item.lat, item.lon) for item in families])
    place = np.array([(item.point.place.lat, item.point.place.lon) for item in candidates])
    most = programme.policy.delivery.walking
    ratio = min(row.ratio for row in programme.travel.detour)
    # The widest degree of longitude of all places makes the map too wide rather than too narrow: none is missed.
    widest = float(np.cos(np.radians(np.abs(np.concatenate([home[:, 0], place[:, 0]])).max())))
    scale = np.array([110_500.0, 111_300.0 * widest])
    reach = (most + 1) / ratio * MARGIN
    found = cKDTree(place * scale).query_ball_point(home * scale, reach, return_sorted=True)
    rows = np.repeat(np.arange(len(families)), [len(some) for some in found])
    columns = np.array([column for some in found for column in some], dtype=np.int64)
    line = straight_m(home[rows, 0], home[rows, 1], place[columns, 0], place[columns, 1])
    walk = road_m(programme.travel, line).astype(np.int64)
    near = walk <= most
    return Pairs(family=rows[near], candidate=columns[near], walk_m=walk[near])


def at_no_door(programme: Programme, families: Sequence[Household]) -> set[str]:
    """Return those of ``families`` to whose door no vehicle of any hub can make a trip."""
    lost = {item.household for item in territory(programme).left} & {home.id for home in families}
    rest = {home.id: home for home in families if home.id not in lost}
    for hub in programme.hubs:
        names = [name for name, home in rest.items() if hub.zones is None or home.zone in hub.zones]
        problem = routing_problem(programme, hub.id, names)
        for point, name in enumerate(problem.stop_ids, start=1):
            near = hub.radius is None or problem.legs_m([point])[0] <= hub.radius
            if near and classes_for(problem, point):
                del rest[name]
    return lost | set(rest)


class _Supply:
    """Which hubs can bring what to which point."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        self._known: dict[tuple[str, tuple[tuple[str, int], ...]], tuple[Hub, ...]] = {}
        self._open = {hub.id: _delivery_days(programme, hub) for hub in programme.hubs}

    def days(self, point: Point) -> tuple[dt.date, ...]:
        """Return the days on which ``point`` is open and a hub that may come there delivers."""
        open_days = set(self.programme.point_days(point))
        kinds = [((basket.id, 1),) for basket in self.programme.baskets]
        hubs = {hub.id for kind in kinds for hub in self._hubs(point, kind)}
        return tuple(sorted(open_days & {day for hub in hubs for day in self._open[hub]}))

    def can_bring(self, point: Point, family: Household) -> bool:
        """Tell whether a hub that may serve ``family`` by its zone can bring its baskets to ``point``."""
        hubs = self._hubs(point, tuple(sorted(family.baskets.items())))
        return any(hub.zones is None or family.zone in hub.zones for hub in hubs)

    def _hubs(self, point: Point, baskets: tuple[tuple[str, int], ...]) -> tuple[Hub, ...]:
        """Return the hubs from which a vehicle can make a trip with ``baskets`` to ``point`` alone."""
        key = point.id, baskets
        if key not in self._known:
            some = Household(id=point.id, lat=point.place.lat, lon=point.place.lon, baskets=dict(baskets))
            days = self.programme.point_days(point)
            there = some.at(point, days, self.programme.policy.delivery.service)
            alone = self.programme.with_households((there,))
            self._known[key] = tuple(hub for hub in self.programme.hubs if days and _may_serve(alone, hub, there))
        return self._known[key]


def _may_serve(programme: Programme, hub: Hub, there: Household) -> bool:
    """Tell whether ``hub`` reaches a household, zones aside."""
    problem = routing_problem(programme, hub.id, [there.id])
    return (hub.radius is None or problem.legs_m([1])[0] <= hub.radius) and classes_for(problem, 1) != 0


def _delivery_days(programme: Programme, hub: Hub) -> frozenset[dt.date]:
    """Return the days on which baskets can leave ``hub``."""
    index = {day: number for number, day in enumerate(programme.working_days)}
    ready = [delivery_day(programme, hub, index[day]) for day in programme.hub_days(hub)]
    first = min((number for number in ready if number is not None), default=len(index))
    return frozenset(day for day in programme.hub_days(hub) if index[day] >= first)
