"""Lots: every physical basket names the shipment, hence the cooperative, of every pack in it.

No choice is left to a solver here; the rules are those of a store-keeper:

(1) per hub and product the oldest goods go first: by arrival, or by dispatch where the product has a shelf
    life (then the earliest expiry is the earliest dispatch);
(2) assembled groups take their packs in the order of day and basket type, basket after basket, so a line is
    filled from two shipments only where one runs out (at most once per shipment);
(3) alternatives are spread evenly over a group, each line with its own phase;
(4) households receive baskets in the order of delivery day, trip and stop: the basket that expires first,
    else the one assembled first, among those that are ready.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from basketplan.plan.types import Assembly, Lot, PackedBasket, Shipment
from basketplan.programme.types import Line, Programme
from basketplan.solve.types import Allocation, Assembled, Schedule, ScheduledTrip

__all__ = ["Packed", "assign_lots", "pack_baskets", "shipments"]

Draw = tuple[tuple[int, int], ...]
"""Packs taken for one line of one basket: (index of the shipment, packs)."""

_NEVER = dt.date.max


@dataclass(frozen=True, slots=True)
class Packed:
    """A basket as packed, before anybody receives it."""

    hub: str
    basket: str
    day: int
    """Working day on which it is assembled."""
    lots: Draw
    last: dt.date
    """Last date on which every pack is within its shelf life."""


def assign_lots(
    programme: Programme, allocation: Allocation, schedule: Schedule
) -> tuple[tuple[Shipment, ...], tuple[Assembly, ...], tuple[PackedBasket, ...]]:
    """Return the shipments, the assemblies, and every basket with its lots and its household.

    The schedule is taken as it is: where it asks for a basket before one is ready, or after its shelf life,
    the next one is given all the same, and verification tells.

    Raises
    ------
    ValueError
        The allocation assembles more than has arrived, or the schedule delivers more than is assembled.
    """
    sent = shipments(programme, allocation)
    packed = pack_baskets(programme, allocation, sent)
    household = _give(programme, packed, schedule)
    lot_of: dict[tuple[int, int], Lot] = {}
    lots_of: dict[Draw, tuple[Lot, ...]] = {}
    baskets = []
    for index, item in enumerate(packed):
        if item.lots not in lots_of:
            lots_of[item.lots] = tuple(
                lot_of.setdefault(pair, Lot(shipment=sent[pair[0]].id, packs=pair[1])) for pair in item.lots
            )
        baskets.append(
            PackedBasket(
                id=f"B{index + 1:05d}",
                basket=item.basket,
                hub=item.hub,
                assembled=programme.working_days[item.day],
                household=household.get(index),
                lots=lots_of[item.lots],
            )
        )
    return sent, _assemblies(programme, allocation), tuple(baskets)


def shipments(programme: Programme, allocation: Allocation) -> tuple[Shipment, ...]:
    """Return the shipments in the order of arrival day, hub, cooperative, product, dispatch day."""
    ordered = sorted(
        (item for item in allocation.shipped if item.packs > 0),
        key=lambda item: (item.arrival_day, item.hub, item.cooperative, item.product, item.dispatch_day),
    )
    result = []
    for number, item in enumerate(ordered, start=1):
        price = allocation.unit_price[item.cooperative, item.product]
        result.append(
            Shipment(
                id=f"S{number:04d}",
                cooperative=item.cooperative,
                product=item.product,
                hub=item.hub,
                dispatched=programme.working_days[item.dispatch_day],
                arrives=programme.working_days[item.arrival_day],
                packs=item.packs,
                price_centimes=price,
                cost_centimes=price * item.packs,
            )
        )
    return tuple(result)


def pack_baskets(programme: Programme, allocation: Allocation, sent: Sequence[Shipment]) -> tuple[Packed, ...]:
    """Return every assembled basket with its lots, in the order of day, hub and basket type.

    Parameters
    ----------
    sent
        From :func:`shipments`; lots hold indices into it.

    Raises
    ------
    ValueError
        A group needs more packs of a product than have arrived.
    """
    stores = {hub: _Store(programme, hub, sent) for hub in sorted({item.hub for item in allocation.assembled})}
    result: list[Packed] = []
    for group in _groups(allocation):
        store = stores[group.hub]
        store.receive(programme.working_days[group.day])
        lines = programme.basket[group.basket].lines
        columns = [
            store.draw_line(line, spread(group.choices[number], number), group) for number, line in enumerate(lines)
        ]
        for row in zip(*columns, strict=True):
            lots = _merge(row)
            result.append(Packed(group.hub, group.basket, group.day, lots, store.last(lots)))
    return tuple(result)


def spread(counts: Sequence[int], phase: int) -> list[int]:
    """Return the alternative of each basket so that each alternative is spread evenly over the group.

    ``phase`` (the line's number) turns the pattern, so that two lines do not change in step.
    """
    if sum(1 for count in counts if count) <= 1:
        return [index for index, count in enumerate(counts) for _ in range(count)]
    # Copy k of n sits at (k + 1/2) / n of the group: compared as whole numbers, so every machine agrees.
    scale = 1
    for count in counts:
        scale *= 2 * max(count, 1)
    places = sorted(
        ((2 * k + 1) * scale // (2 * count), index) for index, count in enumerate(counts) for k in range(count)
    )
    order = [index for _, index in places]
    turn = phase % len(order)
    return order[turn:] + order[:turn]


class _Store:
    """The goods of one hub, by product, oldest first."""

    def __init__(self, programme: Programme, hub: str, sent: Sequence[Shipment]) -> None:
        self._programme = programme
        self._sent = sent
        self._waiting = deque(index for index, item in enumerate(sent) if item.hub == hub)
        self._stock: dict[str, list[list[int]]] = defaultdict(list)
        self._last: list[dt.date] = []
        for item in sent:
            shelf = programme.product[item.product].shelf_life
            self._last.append(_NEVER if shelf is None else item.dispatched + dt.timedelta(days=shelf))

    def receive(self, day: dt.date) -> None:
        """Put what has arrived by ``day`` on the shelves."""
        fresh = set()
        while self._waiting and self._sent[self._waiting[0]].arrives <= day:
            index = self._waiting.popleft()
            self._stock[self._sent[index].product].append([index, self._sent[index].packs])
            fresh.add(self._sent[index].product)
        for product in sorted(fresh):
            self._stock[product].sort(key=lambda pile: (self._last[pile[0]], pile[0]))

    def draw_line(self, line: Line, choice: Iterable[int], group: Assembled) -> list[Draw]:
        """Return what fills ``line`` in each basket of ``group``; ``choice`` is the alternative of each."""
        packs = [self._programme.product[option.product].packs(option.quantity) for option in line.one_of]
        return [self._draw(line.one_of[index].product, packs[index], group) for index in choice]

    def _draw(self, product: str, packs: int, group: Assembled) -> Draw:
        piles = self._stock[product]
        taken: list[tuple[int, int]] = []
        missing = packs
        while missing:
            if not piles:
                day = self._programme.working_days[group.day]
                raise ValueError(f"hub {group.hub} lacks {missing} packs of {product} for {group.basket} on {day}")
            pile = piles[0]
            part = min(missing, pile[1])
            taken.append((pile[0], part))
            missing -= part
            pile[1] -= part
            if not pile[1]:
                piles.pop(0)
        return tuple(taken)

    def last(self, lots: Draw) -> dt.date:
        """Return the last date on which all of ``lots`` are within their shelf life."""
        return min((self._last[index] for index, _ in lots), default=_NEVER)


def _groups(allocation: Allocation) -> list[Assembled]:
    """Return the assembled groups in the order of day, hub, basket type; one for each."""
    merged: dict[tuple[int, str, str], Assembled] = {}
    for item in allocation.assembled:
        key = (item.day, item.hub, item.basket)
        known = merged.get(key)
        if known is not None:
            choices = tuple(
                tuple(a + b for a, b in zip(one, two, strict=True))
                for one, two in zip(known.choices, item.choices, strict=True)
            )
            item = Assembled(
                hub=item.hub, day=item.day, basket=item.basket, count=known.count + item.count, choices=choices
            )
        merged[key] = item
    return [merged[key] for key in sorted(merged) if merged[key].count > 0]


def _merge(row: Iterable[Draw]) -> Draw:
    """Return the packs by shipment over all lines of a basket."""
    packs: dict[int, int] = {}
    for draw in row:
        for index, number in draw:
            packs[index] = packs.get(index, 0) + number
    return tuple(sorted(packs.items()))


def _assemblies(programme: Programme, allocation: Allocation) -> tuple[Assembly, ...]:
    return tuple(
        Assembly(
            hub=item.hub,
            day=programme.working_days[item.day],
            basket=item.basket,
            count=item.count,
            cost_centimes=programme.hub[item.hub].assembly_cost * item.count,
        )
        for item in _groups(allocation)
    )


class _Shelf:
    """Packed baskets of one type at one hub; hands out the one that expires first, else the oldest."""

    def __init__(self) -> None:
        self.coming: deque[tuple[dt.date, dt.date, int]] = deque()
        """(ready, last, index), by readiness."""
        self._ready: list[tuple[dt.date, int]] = []
        self._expired: list[tuple[dt.date, int]] = []

    def take(self, date: dt.date) -> int | None:
        """Return the index of a basket to deliver on ``date``; none when all are gone."""
        while self.coming and self.coming[0][0] <= date:
            _, last, index = self.coming.popleft()
            heapq.heappush(self._ready, (last, index))
        while self._ready and self._ready[0][0] < date:
            self._expired.append(heapq.heappop(self._ready))
        if self._ready:
            return heapq.heappop(self._ready)[1]
        if self.coming:
            return self.coming.popleft()[2]
        return self._expired.pop()[1] if self._expired else None


def _give(programme: Programme, packed: Sequence[Packed], schedule: Schedule) -> Mapping[int, str]:
    """Return the household of each basket by its index."""
    shelves: dict[tuple[str, str], _Shelf] = defaultdict(_Shelf)
    for index, item in enumerate(packed):  # by day, so each shelf gets them by readiness
        ready = programme.working_days[item.day] + dt.timedelta(days=programme.hub[item.hub].ready_after)
        shelves[item.hub, item.basket].coming.append((ready, item.last, index))
    result: dict[int, str] = {}
    for trip in sorted(schedule.trips, key=_in_order):
        date = programme.working_days[trip.day]
        for household in trip.households:
            for basket, count in sorted(programme.household[household].baskets.items()):
                for _ in range(count):
                    index_given = shelves[trip.hub, basket].take(date)
                    if index_given is None:
                        raise ValueError(f"hub {trip.hub} has no {basket} left for household {household} on {date}")
                    result[index_given] = household
    return result


def _in_order(trip: ScheduledTrip) -> tuple[int, str, str, int, int, tuple[str, ...]]:
    return trip.day, trip.hub, trip.vehicle, trip.load_s, trip.unit, trip.households
