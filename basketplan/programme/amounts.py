"""Sums with values as people write them: ``2200 kg`` less 30 % is ``1540 kg``.

A changed amount keeps its unit where that is exact, else it is told in the unit inside (``g``, ``s``, …). It is rounded
to that unit; counts to whole ones, half up; amounts of an offer down to whole packs of its product.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any, Final

from basketplan import units
from basketplan.programme.shape import default_at, is_whole, model_at, reader_at
from basketplan.programme.types import Offer, Quantity
from basketplan.programme.written import Path

__all__ = ["NotChangeable", "added", "factor_of", "initial", "is_relative", "scaled"]

_SIGNED = re.compile(r"[+-]\s*\d")
_SIGNED_PLACES: Final = ("lat", "lon")
_SPEEDS: Final = {"km/h": Decimal(1), "kmh": Decimal(1)}
_MONEY: Final = {"mad": Decimal(100), "dh": Decimal(100), "dhs": Decimal(100)}
_DAYS: Final = {"": Decimal(1)} | {name: Decimal(days) for name, days in units.DAYS.items()}
_PERCENT: Final = {"%": Decimal("0.01")}
_NUMBER: Final = {"": Decimal(1)}
_COUNTS: Final = {"": Decimal(1)} | {name: Decimal(size) for name, size in units.COUNT.items()}
_TABLES: Final[Mapping[Callable[..., Any], tuple[Mapping[str, Decimal], str]]] = {
    units.parse_mass_g: (units.MASS, "g"),
    units.parse_volume_ml: (units.VOLUME, "mL"),
    units.parse_distance_m: (units.DISTANCE, "m"),
    units.parse_duration_s: (units.DURATION, "s"),
    units.parse_days: (_DAYS, "days"),
    units.parse_money_centimes: (_MONEY, "MAD"),
    units.parse_fraction: (_PERCENT, "%"),
    units.parse_speed_kmh: (_SPEEDS, "km/h"),
}
"""How a field is read → its units with their size, and the unit in which a new value is told."""

_INSIDE: Final = (
    (units.MASS, "g"),
    (units.VOLUME, "mL"),
    (units.DISTANCE, "m"),
    (units.DURATION, "s"),
    (_DAYS, "days"),
)
"""The unit inside of the tables whose units are not all decimal parts of one another."""


class NotChangeable(Exception):
    """A value that cannot be scaled or added to; the message says why."""


@dataclass(frozen=True)
class _Amount:
    """A number of ``unit``, which counts ``size`` of the unit inside."""

    number: Decimal
    unit: str
    table: Mapping[str, Decimal]

    @property
    def inside(self) -> Decimal:
        return self.number * self.table[self.unit]


def is_relative(path: Path, value: object) -> bool:
    """Tell whether ``value`` is written with a sign, so that it changes the old value; places may be negative."""
    return isinstance(value, str) and path[-1:] not in [(name,) for name in _SIGNED_PLACES] and _is_signed(value)


def _is_signed(text: str) -> bool:
    return bool(_SIGNED.match(text.strip().replace("\u2212", "-")))


def factor_of(value: object) -> Decimal:
    """``-30 %`` → 0.7; ``70 %`` → 0.7; ``1.2`` → 1.2.

    Raises
    ------
    NotChangeable
        It is no factor, or a negative one.
    """
    try:
        number, unit = units.split_amount(_plain(value))
    except ValueError as error:
        raise NotChangeable(str(error)) from None
    if unit not in ("", "%"):
        raise NotChangeable(f"expected a factor like '-30 %' or '0.7', found '{value}'")
    factor = number / 100 if unit == "%" else number
    factor += 1 if unit == "%" and _is_signed(str(value)) else 0
    if factor < 0:
        raise NotChangeable(f"'{value}' would make it negative")
    return factor


def scaled(old: object, factor: Decimal, path: Path, data: Mapping[str, Any], entry: Mapping[str, Any] | None) -> Any:
    """Return ``old``, the value at ``path``, times ``factor``.

    Parameters
    ----------
    data
        The whole raw programme: amounts of an offer are rounded down to whole packs of its product.
    entry
        The mapping that holds the value.

    Raises
    ------
    NotChangeable
        It is no number.
    """
    amount = _read(old, path)
    return _told(amount, amount.inside * factor, path, data, entry)


def added(old: object, change: object, path: Path, data: Mapping[str, Any], entry: Mapping[str, Any] | None) -> Any:
    """Return ``old``, the value at ``path``, plus ``change``; a date moves by days.

    Raises
    ------
    NotChangeable
        They do not go together, or the sum is negative.
    """
    if reader_at(path) is units.parse_date:
        return _moved(old, change)
    amount = _read(old, path)
    more = _read(change, path)
    if (amount.unit in units.COUNT) != (more.unit in units.COUNT) or amount.table is not more.table:
        raise NotChangeable(f"'{change}' cannot be added to '{old}'")
    total = amount.inside + more.inside
    if total < 0:
        raise NotChangeable(f"'{change}' makes '{old}' negative")
    return _told(amount, total, path, data, entry)


def _moved(old: object, change: object) -> str:
    text = _plain(change)
    try:
        days = units.parse_days(str(text).lstrip("+-").strip())
        day = units.parse_date(old)
        return (day + dt.timedelta(days=-days if str(text).startswith("-") else days)).isoformat()
    except (ValueError, OverflowError):
        raise NotChangeable(f"a date moves by days, like '+7 days', found '{change}'") from None


def initial(path: Path, data: Mapping[str, Any]) -> Any:
    """Return what holds at ``path`` where nothing is written, as people would write it; none where that is unknown."""
    value = default_at(path)
    if value is None:
        calendar = data.get("calendar")
        if model_at(path[:-1]) is Offer and path[-1] == "first_day" and isinstance(calendar, Mapping):
            return calendar.get("first_day")
        return None
    if isinstance(value, tuple):
        return [str(item) for item in value] if all(isinstance(item, str | dt.date) for item in value) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value) if isinstance(value, str | bool) else None
    reader = reader_at(path)
    if reader is None or reader not in _TABLES:
        return str(value)
    table, unit = _TABLES[reader]
    number = Decimal(str(value)) / table[unit.lower()]
    return f"{_shown(number)} {unit}"


def _plain(value: object) -> object:
    return value.replace("\u2212", "-").strip() if isinstance(value, str) else value


def _read(value: object, path: Path) -> _Amount:
    """Read the amount at ``path``."""
    reader = reader_at(path)
    text = _plain(value)
    try:
        if reader is units.parse_duration_s and re.fullmatch(r"\d+\s*[hH]\s*\d{1,2}.*", str(text)):
            return _Amount(Decimal(units.parse_duration_s(text)), "s", units.DURATION)
        number, unit = units.split_amount(text)
    except ValueError:
        raise NotChangeable(f"'{_short(value)}' is no amount that can be scaled or added to") from None
    tables = _tables(reader, path)
    for table in tables:
        if unit in table:
            return _Amount(number, unit, table)
    if not tables:
        raise NotChangeable("only numbers and amounts can be scaled or added to")
    raise NotChangeable(f"'{_short(value)}' has no unit that is used here ({', '.join(filter(None, tables[0]))})")


def _tables(reader: Callable[..., Any] | None, path: Path) -> list[Mapping[str, Decimal]]:
    if model_at(path) is Quantity:
        return [units.MASS, units.VOLUME, _COUNTS]
    if reader is None:
        return [_NUMBER] if is_whole(path) is not None else []
    return [_TABLES[reader][0]] if reader in _TABLES else []


def _told(
    amount: _Amount, inside: Decimal, path: Path, data: Mapping[str, Any], entry: Mapping[str, Any] | None
) -> Any:
    """Return an amount as people write it, in the unit that it had."""
    if amount.table is _NUMBER:
        whole = is_whole(path)
        return _shown(inside.quantize(Decimal(1), ROUND_HALF_UP) if whole else inside)
    if amount.table is _PERCENT:
        return f"{_shown((inside * 100).quantize(Decimal('0.0001'), ROUND_HALF_UP))} %"
    if amount.table is _SPEEDS:
        return f"{_shown(inside.quantize(Decimal('0.1'), ROUND_HALF_UP))} km/h"
    step = _step(amount, path, data, entry)
    inside = (inside / step).quantize(Decimal(1), ROUND_DOWN if step > 1 else ROUND_HALF_UP) * step
    number = inside / amount.table[amount.unit]
    if number == number.quantize(Decimal("0.000001")):
        return f"{_shown(number)} {_spelled(amount.unit)}".strip()
    return f"{_shown(inside)} {next(unit for table, unit in _INSIDE if table is amount.table)}"


def _spelled(unit: str) -> str:
    """Return a unit as people write it; what is read is in small letters."""
    return "MAD" if unit in _MONEY else unit[:-1] + "L" if unit in units.VOLUME and unit.endswith("l") else unit


def _step(amount: _Amount, path: Path, data: Mapping[str, Any], entry: Mapping[str, Any] | None) -> Decimal:
    """Return the size of a pack where the amount is one of an offer, else 1."""
    if model_at(path[:-1]) is not Offer or amount.table is _MONEY or amount.table is _COUNTS or entry is None:
        return Decimal(1)
    for product in data.get("products") or ():
        if isinstance(product, Mapping) and product.get("id") == entry.get("product"):
            try:
                size, dimension = units.parse_quantity(product.get("pack"))
            except ValueError:
                return Decimal(1)
            alike = {"g": units.MASS, "ml": units.VOLUME}.get(dimension) is amount.table
            return Decimal(size) if alike and size > 0 else Decimal(1)
    return Decimal(1)


def _shown(number: Decimal) -> str:
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _short(value: object) -> str:
    text = "a mapping" if isinstance(value, Mapping) else "a list" if isinstance(value, list | tuple) else str(value)
    return text if len(text) <= 60 else text[:59] + "…"
