"""What values are written and read as: amounts, names, days and places."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from basketplan import units

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _written(pattern_example: str, description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": ["string", "number"], "description": description, "examples": [pattern_example]})


Mass = Annotated[int, BeforeValidator(units.parse_mass_g), _written("12 kg", "a mass: g, kg, t")]
Volume = Annotated[int, BeforeValidator(units.parse_volume_ml), _written("1 L", "a volume: mL, cL, L, m3")]
Distance = Annotated[int, BeforeValidator(units.parse_distance_m), _written("60 km", "a distance: m, km")]
Duration = Annotated[int, BeforeValidator(units.parse_duration_s), _written("12 min", "a duration: s, min, h")]
Days = Annotated[int, BeforeValidator(units.parse_days), _written("2 days", "days, weeks, months (30) or years (365)")]
Money = Annotated[int, BeforeValidator(units.parse_money_centimes), _written("35 MAD", "an amount in MAD")]
Share = Annotated[float, BeforeValidator(units.parse_fraction), _written("95 %", "a percentage")]
Speed = Annotated[float, BeforeValidator(units.parse_speed_kmh), _written("25 km/h", "a speed in km/h")]
Span = Annotated[tuple[int, int], BeforeValidator(units.parse_window_s), _written("08:00-17:00", "a time span")]
Date = Annotated[dt.date, BeforeValidator(units.parse_date), _written("2020-05-18", "a date, year first")]
Count = Annotated[int, Field(le=1_000_000_000)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class Item(BaseModel):
    """Base of all types: frozen, unknown keys are faults, text stays text."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, ignored_types=(cached_property,)
    )


class Text(Item):
    """A text in the programme's languages; at least one is given."""

    fr: str = ""
    """French."""
    ar: str = ""
    """Arabic."""
    en: str = ""
    """English."""

    def __str__(self) -> str:
        return self.fr or self.en or self.ar

    def in_(self, lang: str) -> str:
        """Return the text in ``lang``, else in whichever language there is."""
        return str(getattr(self, lang, "") or self)


def _text(value: object) -> object:
    return {"fr": value} if isinstance(value, str) else value


Name = Annotated[Text, BeforeValidator(_text)]


class Quantity(Item):
    """An amount of a product: net grams, net millilitres, or packs."""

    amount: int
    """In grams, millilitres or packs."""
    unit: units.Dimension = "packs"
    """What ``amount`` counts."""

    def __str__(self) -> str:
        if self.unit == "packs":
            return f"{self.amount} packs"
        small, large = ("g", "kg") if self.unit == "g" else ("mL", "L")
        return f"{self.amount / 1000:g} {large}" if self.amount >= 1000 else f"{self.amount} {small}"


def _quantity(value: object) -> object:
    if isinstance(value, Quantity | dict):
        return value
    amount, unit = units.parse_quantity(value)
    return {"amount": amount, "unit": unit}


Amount = Annotated[
    Quantity, BeforeValidator(_quantity), _written("2 kg", "a net mass, a net volume, or a number of packs")
]


class Location(Item):
    """A point on the earth, WGS 84 degrees."""

    lat: float = Field(ge=-90, le=90)
    """Latitude in degrees north."""
    lon: float = Field(ge=-180, le=180)
    """Longitude in degrees east (Morocco is negative)."""
