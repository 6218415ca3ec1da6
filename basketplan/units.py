"""Quantities as people write them, integers as the software computes with them.

Inside: metres, seconds, centimes, grams, millilitres, packs, baskets; a percentage is a fraction.
Every conversion and every rounding of the project happens in this module.

Each ``parse_*`` takes what YAML gives (text, int, float) and raises ``ValueError`` with a sentence
that says what was expected; it accepts a comma or a point as decimal mark and spaces (also
no-break and thin ones) between figures: ``1 250,50 MAD``.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MASS: Final = {"mg": Decimal("0.001"), "g": Decimal(1), "kg": Decimal(1000), "t": Decimal(1_000_000)}
VOLUME: Final = {
    "ml": Decimal(1), "cl": Decimal(10), "dl": Decimal(100), "l": Decimal(1000), "m3": Decimal(1_000_000),
    "m³": Decimal(1_000_000),
}  # fmt: skip
DISTANCE: Final = {"m": Decimal(1), "km": Decimal(1000)}
DURATION: Final = {
    "s": Decimal(1), "sec": Decimal(1), "min": Decimal(60), "h": Decimal(3600), "hour": Decimal(3600),
    "hours": Decimal(3600),
}  # fmt: skip
DAYS: Final = {
    "d": 1, "day": 1, "days": 1, "week": 7, "weeks": 7, "month": 30, "months": 30, "year": 365, "years": 365,
}  # fmt: skip
COUNT: Final = {"pack": 1, "packs": 1, "piece": 1, "pieces": 1}

Dimension = Literal["g", "ml", "packs"]

_SPACES = re.compile(r"[\s\u00a0\u2009\u202f_]+")
_AMOUNT = re.compile(r"^([+-]?\d[\d\s\u00a0\u2009\u202f]*(?:[.,]\d+)?)\s*(.*)$", re.DOTALL)
_MAX = Decimal(10) ** 12
"""Largest amount in the units inside: a million tonnes, ten thousand million MAD. It keeps sums within 64 bits."""


def split_amount(value: object) -> tuple[Decimal, str]:
    """Return the number and the unit text (lower case, stripped) of ``'12,5 kg'``."""
    if isinstance(value, bool) or value is None:
        raise ValueError(f"expected a quantity, found {value!r}")
    if isinstance(value, int | float):
        value = repr(value)
    match = _AMOUNT.match(str(value).strip())
    if not match:
        raise ValueError(f"expected a number with a unit, found {str(value)!r}")
    number = Decimal(_SPACES.sub("", match.group(1)).replace(",", "."))
    _refuse_large(number)
    return number, _SPACES.sub(" ", match.group(2)).strip().lower()


def _refuse_large(number: Decimal) -> None:
    if abs(number) > _MAX:
        raise ValueError("this amount is too large to be meant")


def _round(number: Decimal) -> int:
    _refuse_large(number)
    return int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _scaled(value: object, table: dict[str, Decimal], example: str) -> int:
    number, unit = split_amount(value)
    if unit not in table:
        units = ", ".join(table)
        raise ValueError(f"expected a quantity like '{example}' (units: {units}), found {str(value)!r}")
    if number < 0:
        raise ValueError(f"must not be negative, found {str(value)!r}")
    return _round(number * table[unit])


def parse_mass_g(value: object) -> int:
    """``'12 kg'`` → 12000 grams."""
    return _scaled(value, MASS, "12 kg")


def parse_volume_ml(value: object) -> int:
    """``'1,5 L'`` → 1500 millilitres."""
    return _scaled(value, VOLUME, "1 L")


def parse_distance_m(value: object) -> int:
    """``'60 km'`` → 60000 metres."""
    return _scaled(value, DISTANCE, "60 km")


def parse_duration_s(value: object) -> int:
    """``'12 min'``, ``'1 h 30 min'``, ``'1h30'`` → seconds."""
    text = str(value).strip().lower()
    match = re.fullmatch(r"(\d+)\s*h\s*(\d{1,2})\s*(?:min)?", text)
    if match:
        return int(match.group(1)) * 3600 + int(match.group(2)) * 60
    return _scaled(value, DURATION, "12 min")


def parse_days(value: object) -> int:
    """``'12 months'`` → 360, ``'2 days'`` or a bare ``2`` → 2 (months of 30, years of 365 days)."""
    number, unit = split_amount(value)
    if unit not in DAYS and unit != "":
        raise ValueError(f"expected a number of days like '2 days' or '6 months', found {str(value)!r}")
    if number < 0 or number != number.to_integral_value():
        raise ValueError(f"expected a whole number of days, found {str(value)!r}")
    return int(number) * DAYS.get(unit, 1)


def parse_money_centimes(value: object) -> int:
    """``'35 MAD'``, ``'35,50 MAD'`` → centimes. A bare number is refused: money names its currency."""
    number, unit = split_amount(value)
    if unit not in {"mad", "dh", "dhs"}:
        raise ValueError(f"expected an amount like '35 MAD', found {str(value)!r}")
    if number < 0:
        raise ValueError(f"must not be negative, found {str(value)!r}")
    return _round(number * 100)


def parse_fraction(value: object) -> float:
    """``'95 %'`` → 0.95; a bare number is refused so that 0.95 and 95 are never mixed up."""
    number, unit = split_amount(value)
    if unit != "%":
        raise ValueError(f"expected a percentage like '95 %', found {str(value)!r}")
    if not 0 <= number <= 100:
        raise ValueError(f"expected a percentage between 0 % and 100 %, found {str(value)!r}")
    return float(number / 100)


def parse_speed_kmh(value: object) -> float:
    """``'25 km/h'`` → 25.0 kilometres an hour."""
    number, unit = split_amount(value)
    if unit.replace(" ", "") not in {"km/h", "kmh"} or not 0 < number <= 200:
        raise ValueError(f"expected a speed like '25 km/h', found {str(value)!r}")
    return float(number)


def parse_quantity(value: object) -> tuple[int, Dimension]:
    """``'250 mL'`` → (250, 'ml'); ``'2 kg'`` → (2000, 'g'); ``'3 packs'`` or a bare 3 → (3, 'packs')."""
    number, unit = split_amount(value)
    if number < 0:
        raise ValueError(f"must not be negative, found {str(value)!r}")
    if unit in MASS:
        return _round(number * MASS[unit]), "g"
    if unit in VOLUME:
        return _round(number * VOLUME[unit]), "ml"
    if unit in COUNT or unit == "":
        if number != number.to_integral_value():
            raise ValueError(f"expected a whole number of packs, found {str(value)!r}")
        return int(number), "packs"
    raise ValueError(f"expected a quantity like '2 kg', '250 mL' or '3 packs', found {str(value)!r}")


def parse_clock_s(value: object) -> int:
    """``'08:30'`` or ``'8h30'`` → seconds after midnight; ``'24:00'`` is allowed."""
    match = re.fullmatch(r"(\d{1,2})\s*[:hH]\s*(\d{2})?", str(value).strip())
    if not match:
        raise ValueError(f"expected a time like '08:30', found {str(value)!r}")
    hour, minute = int(match.group(1)), int(match.group(2) or 0)
    if minute > 59 or hour * 60 + minute > 24 * 60:
        raise ValueError(f"there is no such time: {str(value)!r}")
    return hour * 3600 + minute * 60


def parse_window_s(value: object) -> tuple[int, int]:
    """``'08:00-17:00'`` → (28800, 61200); hyphen or dash, the end after the start."""
    parts = re.split(r"\s*[-–—]\s*", str(value).strip())
    if len(parts) != 2:
        raise ValueError(f"expected a time span like '08:00-17:00', found {str(value)!r}")
    start, end = parse_clock_s(parts[0]), parse_clock_s(parts[1])
    if end <= start:
        raise ValueError(f"the span must end after it starts: {str(value)!r}")
    return start, end


def parse_date(value: object) -> dt.date:
    """``'2020-05-18'`` → date. Only the ISO form: 05/06/2020 is read differently in two countries."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    try:
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(value).strip()):
            raise ValueError
        return dt.date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValueError(f"expected a date like '2020-05-18', found {str(value)!r}") from None


def clock(seconds: int) -> str:
    """Seconds after midnight → ``'08:30'`` (rounded to the minute)."""
    minutes = (seconds + 30) // 60
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def mad(centimes: int) -> str:
    """Centimes → ``'1 234.50 MAD'`` with no-break spaces."""
    sign, rest = ("-" if centimes < 0 else ""), abs(centimes)
    whole = f"{rest // 100:,}".replace(",", "\u00a0")
    return f"{sign}{whole}.{rest % 100:02d}\u00a0MAD"


def km(metres: int) -> str:
    """Metres → ``'12.3 km'``."""
    return f"{metres / 1000:,.1f}".replace(",", "\u00a0") + "\u00a0km"


def travel_s(distance_m: int, speed_kmh: float) -> int:
    """Seconds to cover ``distance_m`` at ``speed_kmh``, rounded up to a whole second."""
    # Exact arithmetic on the decimal text of the speed, so that every caller rounds alike.
    tenths = max(1, round(speed_kmh * 10))
    return -(-int(distance_m) * 36 // tenths)


def travel_each_s(distances_m: NDArray[np.int32], speed_kmh: float) -> NDArray[np.int64]:
    """Seconds to cover each of ``distances_m`` at ``speed_kmh``, rounded like :func:`travel_s`."""
    tenths = max(1, round(speed_kmh * 10))
    return -(-distances_m.astype("int64") * 36 // tenths)


def cost_of_distance_centimes(distance_m: int, per_km_centimes: int) -> int:
    """Money for a distance, half a centime rounded up."""
    return (int(distance_m) * per_km_centimes + 500) // 1000


def cost_of_time_centimes(seconds: int, per_hour_centimes: int) -> int:
    """Money for a time, half a centime rounded up."""
    return (int(seconds) * per_hour_centimes + 1800) // 3600
