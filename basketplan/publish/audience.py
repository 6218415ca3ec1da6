"""Who may see what: one table, asked by everything that is published.

A driver sees what a door needs. A cooperative sees its own totals and no household. A hub packs and loads by trip and
stop number and needs to know nobody. A coordinator sees the programme. A donor sees aggregates, small cells suppressed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

from basketplan.errors import UsageError

__all__ = ["AUDIENCES", "FIELDS", "SMALLEST_CELL", "Audience", "audience_of", "may", "suppressed"]

Audience = Literal["driver", "cooperative", "hub", "coordinator", "donor"]
AUDIENCES: tuple[Audience, ...] = ("driver", "cooperative", "hub", "coordinator", "donor")

SMALLEST_CELL = 10
"""Counts of people from 1 to below this are not told to donors."""

_TABLE = """
field                  driver  cooperative  hub  coordinator  donor
household.id           yes     -            -    yes          -
household.place        yes     -            -    yes          -
household.zone         yes     -            -    yes          -
household.window       yes     -            -    yes          -
household.baskets      yes     -            yes  yes          -
basket.name            -       yes          yes  yes          yes
household.landmark     yes     -            -    yes          -
household.phone        yes     -            -    yes          -
household.name         -       -            -    yes          -
household.address      -       -            -    yes          -
household.unserved     -       -            -    yes          -
trip                   yes     -            yes  yes          -
trip.cost              -       -            -    yes          -
vehicle_day            yes     -            yes  yes          -
basket.lots            -       -            yes  yes          -
shipment               -       yes          yes  yes          -
shipment.price         -       yes          -    yes          -
haul                   -       yes          yes  yes          -
haul.cost              -       -            -    yes          -
round                  -       -            yes  yes          -
hub.phone              yes     yes          yes  yes          -
cooperative.phone      -       -            yes  yes          -
cooperative.own        -       yes          -    -            -
cooperative.public     -       yes          yes  yes          yes
cooperative.result     -       -            -    yes          yes
zone.service           -       -            -    yes          yes
cost                   -       -            -    yes          yes
stage                  -       -            -    yes          yes
"""
# basket.name: drivers see a letter, because a name can tell of an illness.
# round: a collection round with all its stops; a cooperative sees only the call at its own door, with `haul`.
# cooperative.own: one file per cooperative, each with its own lines only, and nothing with those of several.
# cooperative.public: name, town, number of members, and what it makes, as on the card in a basket.


@lru_cache(maxsize=1)
def _rows() -> dict[str, dict[str, bool]]:
    head, *rows = (line.split() for line in _TABLE.strip().splitlines())
    return {row[0]: {who: word == "yes" for who, word in zip(head[1:], row[1:], strict=True)} for row in rows}


FIELDS: tuple[str, ...] = tuple(_rows())


def audience_of(name: str) -> Audience:
    """Return the audience called ``name``.

    Raises
    ------
    UsageError
        There is none.
    """
    for audience in AUDIENCES:
        if audience == name:
            return audience
    raise UsageError(f"unknown audience '{name}': give one of {', '.join(AUDIENCES)}")


def may(audience: Audience, field: str) -> bool:
    """Tell whether ``audience`` may see ``field``; a field that is not in the table is a KeyError."""
    return _rows()[field][audience]


def suppressed(count: int, smallest: int = SMALLEST_CELL) -> int | None:
    """Return ``count``, or ``None`` where it is so small that it could point at people. 0 points at nobody."""
    return None if 0 < count < smallest else count
