"""All faults at once: what does not fit its type hides no fault of another kind elsewhere, and makes up none."""

from __future__ import annotations

import pytest

from tests.programme.conftest import GOOD, Make, codes, faults_of

REFERENCES = (
    ("B301", "- couscous 3 kg", "- couscos 3 kg"),
    ("B302", "{product: couffin, capacity: 20 pieces", "{product: coufin, capacity: 20 pieces"),
    ("B303", "baskets: {standard: 2}", "baskets: {large: 2}"),
    ("B304", "number: {casa: 1}", "number: {cassa: 1}"),
    ("B305", "floors: {atlas: 5 %}", "floors: {atlass: 5 %}"),
    ("B338", "[{from: 40 kg, price: 22 MAD}]", "[{from: 40 kg, price: 25 MAD}]"),
    ("B401", "lat: 33.6019, lon: -7.5467", "lat: -7.5467, lon: 33.6019"),
)
TYPES = (
    ("first_day: 2020-05-18\n  last", "first_day: 2020-05-32\n  last"),
    ("service: 4 min", "service: four"),
    ("closed: [2020-05-22]", "closed: [22 May]"),
    ("{product: argan_oil, capacity: 3 L", "{product: argan_oil, capacity: 3 km"),
    ("max_weight: 1.2 t, ", "max_weihgt: 1.2 t, "),
    ("lon: -7.5302", "lon: west"),
    ("title: {fr", "titel: {fr"),
    ("id: demo\n", "id: de mo\n"),
    ("days: [sat, 2020-05-21]", "days: [samedi]"),
)


def edited(*edits: tuple[str, str]) -> str:
    text = GOOD
    for old, new in edits:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    return text


@pytest.mark.parametrize(("old", "new"), TYPES)
def test_a_wrong_type_hides_no_wrong_reference(old: str, new: str, make: Make) -> None:
    alone = codes(faults_of(make(edited((old, new)))))
    assert all(code < "B3" for code in alone), "one edit tells one kind of fault"
    every = faults_of(make(edited((old, new), *((a, b) for _, a, b in REFERENCES))))
    # A lorry without its weight is taken out, and with it the only one: too little is left to look at.
    wanted = set() if "weihgt" in new else {code for code, _, _ in REFERENCES}
    assert codes(every) == alone | wanted


def test_places_are_told_as_written_when_something_before_is_taken_out(make: Make) -> None:
    text = edited(
        ("{product: olive_oil, capacity: 8 L", "{product: olive_oil, capacity: 8 km"),
        ("{product: couffin, capacity: 20 pieces", "{product: coufin, capacity: 20 pieces"),
    )
    told = {fault.code: fault for fault in faults_of(make(text))}
    assert told.keys() == {"B203", "B302"}
    place = told["B302"].place
    assert place is not None
    assert text.splitlines()[place.line - 1][place.column - 1 :].startswith("coufin")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{id: argan_oil, name: {fr: Argan}, pack: 250 mL", "{id: argan_oil, name: {fr: Argan}, pack: 250 mm"),
        ("  - id: standard\n    name: {fr: Panier}\n    container: couffin\n", "  - id: standard\n    name: {fr: P}\n"),
        ("    name: {fr: Coopérative Atlas}\n    place: {lat: 33.001,", "    place: {lat: x,"),
        ("    place: {lat: 33.6046, lon: -7.5371}\n", ""),
        ("    name: {fr: Fourgonnette}\n    number: {casa: 1}\n", "    number: {casa: one}\n"),
    ],
)  # fmt: skip
def test_what_is_taken_out_is_not_missed(old: str, new: str, make: Make) -> None:
    """Products, baskets, cooperatives, hubs and vehicles with a wrong value are still known to those who name them."""
    assert {code[:2] for code in codes(faults_of(make(edited((old, new)))))} == {"B2"}
