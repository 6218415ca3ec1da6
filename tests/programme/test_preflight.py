"""The pre-flight's sentences on the good programme and on variants of it, with figures worked by hand.

Three households get four baskets (h2 two); each takes 3 kg of couscous, one doum basket
and 1 L of olive oil or 250 mL of argan oil. Hub `casa` is open on Monday, Tuesday, Thursday and Saturday (Wednesday is
a holiday, Friday it is closed); a basket is delivered the day after its assembly at the earliest, so 3 days are of use.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from basketplan.programme.preflight import Preflight, preflight
from basketplan.programme.read import load_programme
from tests.programme.conftest import GOOD, changed

LIMITS = "max_trip_distance: 80 km\n    max_trip_duration: 4 h"


def flight(folder: Path, text: str = GOOD) -> Preflight:
    (folder / "programme.yaml").write_text(text, encoding="utf-8")
    return preflight(load_programme(folder))


def test_enough_of_everything(tmp_path: Path) -> None:
    found = flight(tmp_path)
    assert (found.baskets, found.possible) == (4, 4)
    assert found.sentences[0] == "Nothing counted here stands in the way of all 4 baskets."
    assert "Hubs and vehicles can reach 3 of 3 households." in found.sentences
    assert found.as_json()["sentences"] == list(found.sentences)


def test_a_short_product_says_what_to_find(tmp_path: Path) -> None:
    found = flight(tmp_path, changed("{product: couffin, capacity: 20 pieces", "{product: couffin, capacity: 3 pieces"))
    assert found.possible == 3
    assert found.level == "short"
    assert "Couffin: 3 of 4 baskets. To serve everybody, find 1 more pieces of Couffin." in found.sentences


def test_a_group_says_what_stands_in(tmp_path: Path) -> None:
    found = flight(tmp_path, changed("{product: olive_oil, capacity: 8 L", "{product: olive_oil, capacity: 2 L"))
    assert found.possible == 4
    assert any("Huile: 2 of 4 baskets; the group allows Argan for 2 more." in line for line in found.sentences)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("capacity: 60 kg", "capacity: 0 kg"),
        ("minimum_order: 10 kg", "minimum_order: 90 kg"),
        ("lot: 5 kg", "lot: 80 kg"),
        ("minimum_revenue: 100 MAD", "minimum_revenue: 10 000 MAD"),
    ],
)
def test_what_can_never_be_bought_is_not_counted(old: str, new: str, tmp_path: Path) -> None:
    found = flight(tmp_path, changed(old, new))
    assert found.possible == 0
    assert "Couscous: 0 of 4 baskets. To serve everybody, find 12 kg more Couscous." in found.sentences


def test_minimum_revenue_that_is_just_reached(tmp_path: Path) -> None:
    """60 kg × 24 MAD + 8 L × 48 MAD + 12 × 65 MAD + 20 × 35 MAD = 3 304 MAD."""
    found = flight(tmp_path, changed("minimum_revenue: 100 MAD", "minimum_revenue: 3304 MAD"))
    assert found.possible == 4
    assert flight(tmp_path, changed("minimum_revenue: 100 MAD", "minimum_revenue: 3304.01 MAD")).possible == 0


@pytest.mark.parametrize(
    "limits",
    [
        "max_trip_distance: 1.2 km\n    max_trip_duration: 4 h",  # h1 is at least 0.8 km away, h2 0.5, h3 1.1
        "max_trip_distance: 80 km\n    max_trip_duration: 1050 s",  # h1: 10 min 15 s to load, 4 min, 3 min 33 s
    ],
)
def test_who_is_too_far_to_come_back_from(limits: str, tmp_path: Path) -> None:
    found = flight(tmp_path, changed(LIMITS, limits))
    assert found.possible == 2
    told = next(row for row in found.rows if row.kind == "reach")
    assert "too far for any vehicle to go and come back in one trip" in told.sentence
    assert told.available == 1


def test_assembly_counts_days_that_are_of_use(tmp_path: Path) -> None:
    """On Monday no couscous has come yet: it leaves on Tuesday at the earliest."""
    found = flight(tmp_path, changed("assembly: 10\n", "assembly: 1\n"))
    assert found.possible == 2
    assert any("The hubs can put out 3 of 4 baskets in time" in line for line in found.sentences)
