"""Goods that wait at their cooperative for a later day on which a round passes by.

A departure may be put off while nobody misses what it brings, which is checked on the allocation's own figures:

(1) on every day until the new one, the hub has received of each product what it has assembled by then, without it;
(2) the hub is open on the new day and receives no more weight than it can;
(3) no product of it can perish before the last day of the calendar: their order in baskets does not matter;
(4) its cooperative sends nothing else to that hub on the new day;
(5) it waits no longer than ``wait`` of the lorry types' rounds.

An offer's rate, lots and totals hold as before, since goods leave later and not otherwise; so do storage limits and
the days by which baskets must have left. The best move is made first, then the next on what it left, until none saves.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import accumulate

from basketplan import units
from basketplan.programme.types import Lorry, Programme
from basketplan.progress import Progress
from basketplan.solve.inbound import TownRoads
from basketplan.solve.rounds.departures import Departure
from basketplan.solve.rounds.search import Group, Search
from basketplan.solve.types import Allocation

__all__ = ["Waiting", "with_days"]

_MOST_MOVES = 200
"""Moves after which no further one is looked for."""
_MOST_TRIED = 400
"""Moves that are tried at first: those with the most promising partner on the new day."""

_Move = tuple[Departure, int]
"""A departure and its new day."""


class Waiting:
    """What leaves when, while departures are put off."""

    def __init__(self, programme: Programme, allocation: Allocation, search: Search, items: Group) -> None:
        self.programme, self.search = programme, search
        self.days = programme.working_days
        self.wait = max((lorry.rounds.wait for lorry in programme.lorries if lorry.rounds is not None), default=0)
        self.packs = {
            (s.hub, s.cooperative, s.dispatch_day, s.product): s.packs
            for s in allocation.shipped
            if s.dispatch_day == s.arrival_day
        }
        self.at: dict[tuple[str, int], dict[str, Departure]] = defaultdict(dict)
        self.first: dict[tuple[str, str, int], int] = {}
        """(hub, cooperative, day now) → day of the allocation."""
        for item in items:
            self.at[item.hub, item.day][item.cooperative] = item
            self.first[item.hub, item.cooperative, item.day] = item.day
        self.spare = _spare(programme, allocation)
        self.received = _received(programme, allocation)
        self.open = {hub.id: {self.days.index(day) for day in programme.hub_days(hub)} for hub in programme.hubs}
        self.gains: dict[_Move, int] = {}

    def groups(self) -> list[Group]:
        """Return what every hub gets on every day."""
        return [self._group(hub, day) for hub, day in sorted(self.at) if self.at[hub, day]]

    def put_off(self) -> dict[tuple[str, str, int], int]:
        """Make moves while one saves; return (hub, cooperative, day of the allocation) → new day of what waits."""
        moves = 0
        if self.wait > 0 and self._look(self._promising()):
            while moves < _MOST_MOVES and (best := self._best()) is not None:
                moves += 1
                item, day = best
                self._make(item, day)
                near = [move for move in self._moves(item.hub) if {move[0].day, move[1]} & {item.day, day}]
                if not self._look(near):
                    break
        return {(hub, name, first): day for (hub, name, day), first in sorted(self.first.items()) if first != day}

    def _group(self, hub: str, day: int, without: str = "", more: Departure | None = None) -> Group:
        here = {name: item for name, item in self.at[hub, day].items() if name != without}
        if more is not None:
            here[more.cooperative] = more
        return tuple(item for _, item in sorted(here.items()))

    def _promising(self) -> list[_Move]:
        """Return the moves to look at first: the best partners first, at most ``_MOST_TRIED``."""
        moves = [(self._promise(*move), move) for hub in sorted(self.open) for move in self._moves(hub)]
        moves.sort(key=_most_first)
        return [move for promise, move in moves if promise > 0][:_MOST_TRIED]

    def _promise(self, item: Departure, day: int) -> int:
        """Return what a round with the best partner on the new day would save, whatever its hours and loads."""
        lorries = [lorry for lorry in self.programme.lorries if lorry.rounds is not None]
        others = self.at[item.hub, day].values()
        roads = self.search.roads
        pairs = ((lorry, other) for lorry in lorries for other in others)
        return max((_saved_by_pair(self.programme, roads, lorry, item, other) for lorry, other in pairs), default=0)

    def _moves(self, hub: str) -> Iterator[_Move]:
        """Yield the moves of a hub's departures that keep the rules."""
        groups = [items for (name, _), items in sorted(self.at.items()) if name == hub]
        for item in [items[coop] for items in groups for coop in sorted(items)]:
            yield from ((item, day) for day in self._later(item) if self.at.get((hub, day)))

    def _later(self, item: Departure) -> Iterator[int]:
        """Yield the days to which ``item`` can be put off."""
        first = self.first[item.hub, item.cooperative, item.day]
        until = self.days[first] + dt.timedelta(days=self.wait)
        if any(not _keeps(self.programme, product) for product in item.products):  # (3)
            return
        amount = {product: self._packs(item, product) for product in item.products}
        limit = self.programme.hub[item.hub].receiving
        for day in range(item.day + 1, len(self.days)):
            if self.days[day] > until:  # (5)
                return
            if any(self.spare[item.hub, product][day - 1] < packs for product, packs in amount.items()):  # (1)
                return
            fits = limit is None or self.received[item.hub, day] + item.weight_g <= limit
            if day in self.open[item.hub] and fits and item.cooperative not in self.at[item.hub, day]:  # (2), (4)
                yield day

    def _packs(self, item: Departure, product: str) -> int:
        return self.packs[item.hub, item.cooperative, self.first[item.hub, item.cooperative, item.day], product]

    def _look(self, moves: list[_Move]) -> bool:
        """Work out what ``moves`` would save; false when the reporter said stop."""
        after = {move: self._after(*move) for move in moves}
        wanted = [group for pair in after.values() for group in pair]

        def told(done: int) -> Progress:
            return Progress(stage="rounds", message="days on which goods leave", done=done, total=len(wanted))

        if not self.search.find(wanted, told):
            return False
        for (item, day), groups in after.items():
            before = (self._group(item.hub, item.day), self._group(item.hub, day))
            self.gains[item, day] = sum(map(self.search.saves, groups)) - sum(map(self.search.saves, before))
        return True

    def _after(self, item: Departure, day: int) -> tuple[Group, Group]:
        return self._group(item.hub, item.day, item.cooperative), self._group(item.hub, day, more=put_off(item, day))

    def _best(self) -> _Move | None:
        """Return the move that saves most, if any does."""
        better = [(gain, move) for move, gain in self.gains.items() if gain > 0]
        return min(better, key=_most_first)[1] if better else None

    def _make(self, item: Departure, day: int) -> None:
        """Put ``item`` off to ``day``; forget what was known of moves from and to both days."""
        later, first = put_off(item, day), self.first.pop((item.hub, item.cooperative, item.day))
        for product in item.products:
            packs = self.packs[item.hub, item.cooperative, first, product]
            row = self.spare[item.hub, product]
            self.spare[item.hub, product] = [left - packs * (item.day <= k < day) for k, left in enumerate(row)]
        self.received[item.hub, item.day] -= item.weight_g
        self.received[item.hub, day] += item.weight_g
        del self.at[item.hub, item.day][item.cooperative]
        self.at[item.hub, day][item.cooperative] = later
        self.first[item.hub, item.cooperative, day] = first
        kept = set(self._moves(item.hub))
        touched = {item.day, day}
        self.gains = {
            move: gain
            for move, gain in self.gains.items()
            if move[0].hub != item.hub or (move in kept and not {move[0].day, move[1]} & touched)
        }


def _most_first(pair: tuple[int, _Move]) -> tuple[int, str, str, int, int]:
    """Return the key of an order of gains with their moves: the largest first, and the same order always."""
    gain, (item, day) = pair
    return -gain, item.hub, item.cooperative, item.day, day


def put_off(item: Departure, day: int) -> Departure:
    """Return the departure on a later day, with its lorries."""
    return replace(item, day=day, direct=tuple(replace(hauled, dispatch_day=day) for hauled in item.direct))


def _saved_by_pair(programme: Programme, roads: TownRoads, lorry: Lorry, item: Departure, other: Departure) -> int:
    """Return what one round for two departures would save against straight lorries."""
    hub = programme.hub[item.hub].place
    here, there = (programme.cooperative[one.cooperative].place for one in (item, other))
    road = roads.between(hub, here) + roads.between(here, there) + roads.between(there, hub)
    cost = lorry.round_cost_per_trip + units.cost_of_distance_centimes(road, lorry.round_cost_per_km)
    return item.direct_centimes + other.direct_centimes - cost


def _keeps(programme: Programme, product: str) -> bool:
    """Tell whether a product that leaves on the first day is still good on the last."""
    life = programme.product[product].shelf_life
    calendar = programme.calendar
    return life is None or calendar.first_day + dt.timedelta(days=life) >= calendar.last_day


def _spare(programme: Programme, allocation: Allocation) -> dict[tuple[str, str], list[int]]:
    """Return (hub, product) → packs by day that have arrived and are in no basket at the end of it."""
    n_days = len(programme.working_days)
    change: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * n_days)
    for sent in allocation.shipped:
        change[sent.hub, sent.product][sent.arrival_day] += sent.packs
    for made in allocation.assembled:
        for line, counts in zip(programme.basket[made.basket].lines, made.choices, strict=True):
            for option, count in zip(line.one_of, counts, strict=True):
                packs = count * programme.product[option.product].packs(option.quantity)
                change[made.hub, option.product][made.day] -= packs
    return {key: list(accumulate(row)) for key, row in change.items()}


def _received(programme: Programme, allocation: Allocation) -> dict[tuple[str, int], int]:
    """Return (hub, day) → grams that arrive."""
    total: dict[tuple[str, int], int] = defaultdict(int)
    for sent in allocation.shipped:
        total[sent.hub, sent.arrival_day] += sent.packs * programme.product[sent.product].gross_weight
    return total


def with_days(
    allocation: Allocation, items: Iterable[Departure], later: Mapping[tuple[str, str, int], int]
) -> Allocation:
    """Return the allocation with departures and their lorries on their new days.

    Parameters
    ----------
    items
        The departures as the allocation has them.
    later
        (hub, cooperative, day of the allocation) → new day.
    """
    if not later:
        return allocation
    days = {hauled: later.get((item.hub, item.cooperative, item.day)) for item in items for hauled in item.direct}
    shipped, hauled = [], []
    for sent in allocation.shipped:
        day = later.get((sent.hub, sent.cooperative, sent.dispatch_day))
        if day is None or sent.dispatch_day != sent.arrival_day:
            shipped.append(sent)
        else:
            shipped.append(replace(sent, dispatch_day=day, arrival_day=day))
    for one in allocation.hauled:
        leaves = days.get(one)
        hauled.append(one if leaves is None else replace(one, dispatch_day=leaves))
    shipped.sort(key=lambda s: (s.arrival_day, s.hub, s.cooperative, s.product, s.dispatch_day))
    hauled.sort(key=lambda h: (h.dispatch_day, h.hub, h.cooperative, h.lorry))
    return replace(allocation, shipped=tuple(shipped), hauled=tuple(hauled))
