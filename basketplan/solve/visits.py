"""Baskets of one household over several visits, where they are too many for one trip of any vehicle.

Visits are made before all other decisions: to every stage each is a household of its own, ``P1/1``, ``P1/2``, …, so
that they may come on different days, from different hubs and by different vehicles. How many baskets a visit brings
follows from what vehicles can do on a trip to this household alone (load, access, windows, shift, longest trip):

(1) as few visits as possible: each in turn takes as many baskets as any vehicle can bring;
(2) then the same number of visits with equal numbers of baskets, where vehicles can bring those too;
(3) no two visits fit together in one trip of any vehicle, so that nobody stops twice at one door in one trip.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from basketplan.programme.types import Household, Hub, Programme
from basketplan.solve.routing.hubs import classes_for
from basketplan.solve.routing.problem import routing_problem
from basketplan.travel.distance import block_m

__all__ = ["split_visits"]


def split_visits(programme: Programme) -> Programme:
    """Return ``programme`` with visits in the place of households that no vehicle can serve in one trip.

    Only households that may be split are; the programme itself where there is none.
    """
    many = [home for home in programme.households if home.total_baskets > 1 and programme.may_split(home)]
    split = {home.id: _Splitter(programme, home).visits() for home in many}
    if all(len(visits) == 1 for visits in split.values()):
        return programme
    people = [visit for home in programme.households for visit in split.get(home.id, (home,))]
    return programme.with_households(tuple(people))


class _Splitter:
    """The visits to one household."""

    def __init__(self, programme: Programme, home: Household) -> None:
        self.programme, self.home = programme, home
        self.hubs = [hub for hub in programme.hubs if self._may_serve(hub)]
        self.known: dict[tuple[tuple[str, int], ...], bool] = {}

    def visits(self) -> tuple[Household, ...]:
        """Return the visits, or the household itself where one will do or none is possible."""
        order = _mixed(self.home.baskets)
        greedy = None if self._fits(order) else self._greedy(order)
        if greedy is None:
            return (self.home,)
        number = len(greedy)
        ends = [len(order) * k // number for k in range(number + 1)]
        even = [order[a:b] for a, b in pairwise(ends)]
        parts = even if all(map(self._fits, even)) and not self._joinable(even) else greedy
        while pair := self._joinable(parts):
            joined = [*parts[pair[0]], *parts[pair[1]]]
            parts = [part for k, part in enumerate(parts) if k not in pair] + [joined]
        return tuple(
            self.home.visit(number, dict(sorted(Counter(part).items()))) for number, part in enumerate(parts, start=1)
        )

    def _may_serve(self, hub: Hub) -> bool:
        if hub.zones is not None and self.home.zone not in hub.zones:
            return False
        road = block_m(self.programme.travel, [hub.place.lat], [hub.place.lon], [self.home.lat], [self.home.lon])
        return hub.radius is None or int(road[0, 0]) <= hub.radius

    def _fits(self, baskets: Sequence[str]) -> bool:
        """Tell whether some vehicle can bring these baskets in a trip to this household alone."""
        count = Counter(baskets)
        key = tuple(sorted(count.items()))
        if key not in self.known:
            alone = self.programme.with_households((self.home.model_copy(update={"baskets": dict(count)}),))
            problems = (routing_problem(alone, hub.id, [self.home.id]) for hub in self.hubs)
            self.known[key] = any(classes_for(problem, 1) for problem in problems)
        return self.known[key]

    def _greedy(self, order: Sequence[str]) -> list[list[str]] | None:
        """Return ``order`` in pieces, each as long as any vehicle can bring; none where a basket fits nowhere."""
        parts: list[list[str]] = []
        rest = list(order)
        while rest:
            low, high = 0, len(rest) + 1
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if self._fits(rest[:middle]) else (low, middle)
            if low == 0:
                return None
            parts.append(rest[:low])
            rest = rest[low:]
        return parts

    def _joinable(self, parts: Sequence[Sequence[str]]) -> tuple[int, int] | None:
        """Return two parts that one trip could bring; none if there are none."""
        first: dict[tuple[tuple[str, int], ...], list[int]] = {}
        for index, part in enumerate(parts):
            first.setdefault(tuple(sorted(Counter(part).items())), []).append(index)
        kinds = sorted(first.values())
        for place, one in enumerate(kinds):
            if len(one) > 1 and self._fits([*parts[one[0]], *parts[one[1]]]):
                return one[0], one[1]
            for other in kinds[place + 1 :]:
                if self._fits([*parts[one[0]], *parts[other[0]]]):
                    return one[0], other[0]
        return None


def _mixed(baskets: dict[str, int]) -> list[str]:
    """Return the types of all baskets in an order in which every piece holds about the same mix."""
    places = [((2 * k + 1) / (2 * number), kind) for kind, number in baskets.items() for k in range(number)]
    return [kind for _, kind in sorted(places)]
