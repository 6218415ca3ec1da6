"""What rules share: findings, suggestions, and figures of the programme that several rules need."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from basketplan.programme.availability import later
from basketplan.programme.checks.reach import BARRIERS, Barrier, Reach, least_road_m, reach
from basketplan.programme.network import supply_network
from basketplan.programme.types import Alternative, Offer, Product, Programme, Quantity, Vehicle

if TYPE_CHECKING:
    from basketplan.programme.network import Network
    from basketplan.programme.written import Path

MAX_DAYS = 400
"""Longest calendar in days."""


class Finding(NamedTuple):
    """One broken rule: what a fault is made from."""

    code: str
    message: str
    path: Path
    help: str = ""
    severity: Literal["error", "warning"] = "error"
    key: bool = False
    see: Path | None = None
    """Where the thing stands that the help names."""


@lru_cache(maxsize=4096)
def meant(word: str, known: tuple[str, ...]) -> str:
    """Return the known word most like ``word``, or nothing."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return close[0] if close else ""


def suggest(word: str, known: Iterable[str], otherwise: str) -> str:
    """Return a help line: the most similar known word, else ``otherwise`` and what is known."""
    names = tuple(dict.fromkeys(known))
    close = meant(word, names)
    if close:
        return f"did you mean '{close}'?"
    return f"{otherwise}; known: {listed(names)}" if names else otherwise


def listed(names: Sequence[str], most: int = 6) -> str:
    """Return ``a, b, c and 12 more``."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most:,} more" if len(names) > most else shown


def count(number: int, word: str) -> str:
    """Return ``1 basket``, ``3,250 baskets``; a word ending in -y or -s takes its regular plural."""
    if number == 1:
        return f"1 {word}"
    plural = f"{word[:-1]}ies" if word.endswith("y") and not word.endswith(("ay", "ey")) else f"{word}s"
    return f"{number:,} {plural}"


class OfferAt(NamedTuple):
    """An offer and where it stands."""

    cooperative: str
    offer: Offer
    product: Product | None
    path: Path


class OptionAt(NamedTuple):
    """An alternative of a line of a basket and where it stands."""

    basket: str
    option: Alternative
    product: Product | None
    path: Path
    container: bool


class Context:
    """A programme with figures that several rules need, each computed when first asked for."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme

    @cached_property
    def network(self) -> Network:
        """The supply network."""
        return supply_network(self.programme)

    @cached_property
    def calendar_ok(self) -> bool:
        """Whether days can be counted at all."""
        calendar = self.programme.calendar
        return 0 <= (calendar.last_day - calendar.first_day).days < MAX_DAYS

    @cached_property
    def days(self) -> tuple[dt.date, ...]:
        """Working days; empty when the calendar is faulty."""
        return self.programme.working_days if self.calendar_ok else ()

    @cached_property
    def delivery_days(self) -> dict[str, frozenset[dt.date]]:
        """Hub → days on which baskets can leave it: open, and late enough after its first assembly."""
        result = {}
        for hub in self.programme.hubs:
            days = self.programme.hub_days(hub) if self.days else ()
            first = later(days[0], hub.ready_after) if days else None
            result[hub.id] = frozenset(day for day in days if first is not None and day >= first)
        return result

    @cached_property
    def stationed(self) -> dict[str, tuple[Vehicle, ...]]:
        """Hub → vehicle types that stand there."""
        return {
            hub.id: tuple(item for item in self.programme.vehicles if item.number.get(hub.id, 0) > 0)
            for hub in self.programme.hubs
        }

    @cached_property
    def coordinates(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Latitudes and longitudes of the households."""
        people = self.programme.households
        return np.array([item.lat for item in people]), np.array([item.lon for item in people])

    @cached_property
    def roads(self) -> dict[str, NDArray[np.float64]]:
        """Hub → least metres of road to each household."""
        return {hub.id: least_road_m(self, hub) for hub in self.programme.hubs}

    @cached_property
    def reach(self) -> Reach:
        """Which hubs can serve which household."""
        return reach(self)

    @cached_property
    def blocked(self) -> dict[Barrier, list[int]]:
        """Barrier → rows of the households that it keeps out."""
        result: dict[Barrier, list[int]] = {name: [] for name in BARRIERS}
        for row, barrier in enumerate(self.reach.barrier):
            if barrier is not None:
                result[barrier].append(row)
        return result

    @cached_property
    def needed(self) -> dict[str, int]:
        """Basket type → how many the households get, in the order of the programme."""
        result = {basket.id: 0 for basket in self.programme.baskets}
        for household in self.programme.households:
            for basket, number in household.baskets.items():
                if basket in result:
                    result[basket] += number
        return result

    @cached_property
    def loads(self) -> dict[str, tuple[int, int]]:
        """Basket type → the least it may weigh (g) and the room it then takes (mL), over its alternatives."""
        result = {}
        for basket in self.programme.baskets:
            weight = volume = 0
            for line in basket.lines:
                sizes = [
                    (product.packs(option.quantity), product)
                    for option in line.one_of
                    if (product := self.programme.product.get(option.product)) is not None
                ]
                weight += min((packs * product.gross_weight for packs, product in sizes), default=0)
                volume += min((0 if item.container else packs * item.volume for packs, item in sizes), default=0)
            result[basket.id] = (weight, basket.volume if basket.volume is not None else volume)
        return result

    def offers(self) -> Iterator[OfferAt]:
        """Yield every offer."""
        for row, cooperative in enumerate(self.programme.cooperatives):
            for column, offer in enumerate(cooperative.offers):
                path = ("cooperatives", row, "offers", column)
                yield OfferAt(cooperative.id, offer, self.programme.product.get(offer.product), path)

    def options(self) -> Iterator[OptionAt]:
        """Yield every alternative of every line of every basket."""
        for row, basket in enumerate(self.programme.baskets):
            for number, line in enumerate(basket.lines):
                base: Path = ("baskets", row, "container") if number == 0 else ("baskets", row, "contents", number - 1)
                for column, option in enumerate(line.one_of):
                    product = self.programme.product.get(option.product)
                    yield OptionAt(basket.id, option, product, (*base, "one_of", column), number == 0)


def line_path(row: int, number: int) -> Path:
    """Return the path of a line of the basket at ``row``; line 0 is the container."""
    return ("baskets", row, "container") if number == 0 else ("baskets", row, "contents", number - 1)


def fits(product: Product, quantity: Quantity) -> bool:
    """Tell whether ``quantity`` is in packs or in the dimension of the product's pack."""
    return quantity.unit in ("packs", product.pack.unit)
