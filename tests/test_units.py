"""Quantities as people write them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from basketplan import units


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (units.parse_mass_g, "12 kg", 12_000),
        (units.parse_mass_g, "1,5 kg", 1_500),
        (units.parse_mass_g, "1.2 t", 1_200_000),
        (units.parse_mass_g, "250g", 250),
        (units.parse_volume_ml, "1 L", 1_000),
        (units.parse_volume_ml, "25 cL", 250),
        (units.parse_volume_ml, "9 m3", 9_000_000),
        (units.parse_distance_m, "60 km", 60_000),
        (units.parse_distance_m, "350 m", 350),
        (units.parse_duration_s, "12 min", 720),
        (units.parse_duration_s, "4 h", 14_400),
        (units.parse_duration_s, "30 s", 30),
        (units.parse_days, "2 days", 2),
        (units.parse_days, "1 day", 1),
        (units.parse_money_centimes, "35 MAD", 3_500),
        (units.parse_money_centimes, "1,70 MAD", 170),
        (units.parse_money_centimes, "100 000 MAD", 10_000_000),
        (units.parse_fraction, "95 %", 0.95),
        (units.parse_speed_kmh, "27 km/h", 27.0),
        (units.parse_clock_s, "08:30", 30_600),
        (units.parse_window_s, "08:00-17:00", (28_800, 61_200)),
        (units.parse_date, "2020-05-18", dt.date(2020, 5, 18)),
        (units.parse_quantity, "12 kg", (12_000, "g")),
        (units.parse_quantity, "250 mL", (250, "ml")),
        (units.parse_quantity, "3 pieces", (3, "packs")),
        (units.parse_quantity, 4, (4, "packs")),
    ],
)
def test_written_as_people_do(parse: Callable[[object], object], text: object, value: object) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "text"),
    [
        (units.parse_mass_g, "12"),
        (units.parse_mass_g, "12 L"),
        (units.parse_mass_g, "-1 kg"),
        (units.parse_mass_g, "kg"),
        (units.parse_mass_g, None),
        (units.parse_mass_g, "1e999 kg"),
        (units.parse_volume_ml, "1 kg"),
        (units.parse_distance_m, "1 h"),
        (units.parse_duration_s, "soon"),
        (units.parse_days, "1.5 days"),
        (units.parse_money_centimes, "35 EUR"),
        (units.parse_fraction, "101 %"),
        (units.parse_fraction, "half"),
        (units.parse_speed_kmh, "0 km/h"),
        (units.parse_speed_kmh, "27 km"),
        (units.parse_clock_s, "half past eight"),
        (units.parse_clock_s, "24:01"),
        (units.parse_window_s, "17:00-08:00"),
        (units.parse_window_s, "08:00"),
        (units.parse_date, "18/05/2020"),
        (units.parse_date, "2020-02-30"),
        (units.parse_quantity, "twelve kg"),
        (units.parse_quantity, True),
    ],
)
def test_what_cannot_be_meant_is_refused(parse: Callable[[object], object], text: object) -> None:
    with pytest.raises(ValueError, match=r"\S"):
        parse(text)


@given(st.integers(0, 86_400))
def test_clock_is_read_back_to_the_minute(seconds: int) -> None:
    assert units.parse_clock_s(units.clock(seconds - seconds % 60)) == seconds - seconds % 60


@given(st.integers(0, 10**9), st.integers(10, 1200))
def test_travel_time_is_never_too_short(metres: int, tenths: int) -> None:
    speed = tenths / 10
    seconds = units.travel_s(metres, speed)
    assert seconds * speed / 3.6 >= metres - 1e-3
    assert (seconds - 1) * speed / 3.6 < metres + 1e-3


def test_costs_and_texts() -> None:
    assert units.cost_of_distance_centimes(6_679, 200) == 1_336
    assert units.cost_of_time_centimes(6_222, 3_600) == 6_222
    assert units.mad(123_456).replace("\u202f", " ").startswith("1")
    assert "6.7" in units.km(6_679)
