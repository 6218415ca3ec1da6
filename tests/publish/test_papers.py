"""Orders, lists, calendars and cards: every total on them is the plan's, in each language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from basketplan.programme.types import Text
from basketplan.publish import FORMATS, Texts, View, export
from basketplan.publish.paper.packing import ranges
from tests.publish.printing import NAMES, TIME, needs_poppler, pdf_text, plain, printed, small, view

LANGS = ("fr", "ar", "ar+fr")
pytestmark = needs_poppler


def ids(letter: str, text: str) -> list[str]:
    """Return ids such as S0001, also where an Arabic letter follows without a blank."""
    return re.findall(rf"(?<![A-Za-z0-9]){letter}\d{{4,5}}(?!\d)", text)


@pytest.mark.parametrize("lang", LANGS)
def test_orders_hold_each_shipment_and_the_total_in_words(tmp_path: Path, lang: str) -> None:
    files = printed(tmp_path / "out", "purchase-orders", lang)
    plan, _ = small()
    found = []
    for path, item in zip(files, view().cooperatives.values(), strict=True):
        text = pdf_text(path, "-layout")
        found += ids("S", text)
        total = sum(one.cost_centimes for one in plan.shipments if one.cooperative == item.id)
        assert total == item.total_centimes
        for texts in Texts.of(lang):
            assert plain(texts.name(item.name)) in text
            # Long amounts wrap; the words are all there.
            assert set(plain(texts.in_words(total)).split()) <= set(re.sub(r"[.,:]", " ", text).split())
        assert Texts.of(lang)[0].number(total / 100, 2) in text
        others = {one.id for one in plan.shipments if one.cooperative != item.id}
        assert not others & set(ids("S", text))
    assert sorted(found) == [item.id for item in plan.shipments]


@pytest.mark.parametrize("lang", LANGS)
def test_packing_lists_hold_every_basket_and_shipment(tmp_path: Path, lang: str) -> None:
    files = printed(tmp_path / "out", "packing-lists", lang)
    plan, _ = small()
    days = {path.stem: pdf_text(path, "-layout") for path in files}
    for shipment in plan.shipments:
        assert shipment.id in days[f"{shipment.hub}-{shipment.arrives}"]
    for basket in plan.baskets:
        for lot in basket.lots:
            assert lot.shipment in days[f"{basket.hub}-{basket.assembled}"]
    for trip in plan.trips:
        assert trip.id in days[f"{trip.hub}-{trip.day}"]
    west = days["west-2020-05-19"]
    assert not re.search(r"\bh\d\b", west)
    # Two standard variants (olive, argan) and one small.
    for variant in ("A1", "A2", "B3"):
        assert variant in west


@pytest.mark.parametrize("audience", ["hub", "coordinator", "cooperative"])
def test_collection_sheets_hold_every_lorry(tmp_path: Path, audience: str) -> None:
    # mypy: parametrized audiences are plain strings.
    files = printed(tmp_path / "out", "collection-sheets", "ar+fr", audience)  # type: ignore[arg-type]
    plan, _ = small()
    text = " ".join(pdf_text(path, "-layout") for path in files)
    for shipment in plan.shipments:
        assert ids("S", text).count(shipment.id) == 1
    if audience == "cooperative":
        assert sorted(path.stem for path in files) == ["atlas", "souss"]
        assert "S0005" not in pdf_text(next(path for path in files if path.stem == "atlas"))
    assert sum(int(n) for n in re.findall(r"(\d+) × camion", text.lower())) == sum(haul.number for haul in plan.hauls)


@pytest.mark.parametrize("lang", LANGS)
def test_calendar_holds_every_trip_once(tmp_path: Path, lang: str) -> None:
    files = printed(tmp_path / "out", "hub-calendar", lang, "hub")
    plan, _ = small()
    for path in files:
        found = ids("T", pdf_text(path, "-layout"))
        assert sorted(found) == [trip.id for trip in plan.trips if trip.hub == path.stem]


@pytest.mark.parametrize("lang", LANGS)
def test_every_basket_has_its_card(tmp_path: Path, lang: str) -> None:
    files = printed(tmp_path / "out", "basket-cards", lang, "hub")
    plan, programme = small()
    texts = {path.stem: pdf_text(path) for path in files}
    found = [name for text in texts.values() for name in ids("B", text)]
    assert sorted(found) == [basket.id for basket in plan.baskets]
    shipments = {item.id: item for item in plan.shipments}
    for basket in plan.baskets:
        card = texts[f"{basket.hub}-{basket.assembled}"]
        for lot in basket.lots:
            names = programme.product[shipments[lot.shipment].product].name
            for one in Texts.of(lang):
                assert plain(one.name(names)) in card
        assert "Douar" in card
        if "ar" in lang:
            assert plain(NAMES["atlas"]) in card or plain(NAMES["souss"]) in card


def test_ids_in_few_words() -> None:
    row = ["B1", "B3", "B4", "B8", "B9"]
    assert ranges(["B1", "B3", "B4", "B9"], row) == "B1–B4, B9"
    assert ranges(["B4"], row) == "B4"
    assert ranges(row, row) == "B1–B9"
    assert ranges([], row) == ""


STRANGE = '#panic("x") *a* _b_ $c$ @d <e> "f" \\ // /* ' + "{g} [h] \u202e\U0001f9fa " + "très long " * 30


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"point-lists"}))  # of points: test_points.py
def test_names_are_never_markup(tmp_path: Path, name: str) -> None:
    plan, programme = small()
    strange = Text(fr=STRANGE, ar=STRANGE)
    odd = programme.model_copy(
        update={
            "title": strange,
            "hubs": tuple(item.model_copy(update={"name": strange}) for item in programme.hubs),
            "products": tuple(item.model_copy(update={"name": strange}) for item in programme.products),
            "cooperatives": tuple(
                item.model_copy(update={"name": strange, "town": STRANGE}) for item in programme.cooperatives
            ),
            "households": tuple(item.model_copy(update={"zone": STRANGE}) for item in programme.households),
        }
    )
    for key in ("hub", "product", "cooperative", "household"):
        odd.__dict__.pop(key, None)
    audience = FORMATS[name].audiences[0]
    shown = View.of(plan, odd, None, audience, time=TIME)
    assert export(shown, Texts.of("ar+fr"), tmp_path / "out", [FORMATS[name]])


@pytest.mark.parametrize("name", sorted(name for name, item in FORMATS.items() if item.what.endswith("PDF")))
def test_every_paper_says_which_plan_it_is_of(tmp_path: Path, name: str) -> None:
    stamp = view().stamp
    for path in printed(tmp_path / "out", name, "fr"):
        text = pdf_text(path, "-layout")
        assert f"small · {stamp.plan}" in text
        assert ("20/06/2020" in text) == (name not in {"purchase-orders", "basket-cards"})


def test_long_ids_stay_in_their_column(tmp_path: Path) -> None:
    plan, programme = small()
    long = "h" + "0123456789" * 6
    text = plan.model_dump_json().replace('"h2"', f'"{long}"')
    homes = tuple(item.model_copy(update={"id": long}) if item.id == "h2" else item for item in programme.households)
    odd = programme.model_copy(update={"households": homes})
    odd.__dict__.pop("household", None)
    shown = View.of(type(plan).model_validate_json(text), odd, None, "driver", time=TIME)
    export(shown, Texts.of("fr"), tmp_path / "out", [FORMATS["route-sheets"]])
    path = tmp_path / "out" / "route-sheets" / "T0002.pdf"
    # Cut to the column, in points: what is outside of it is not read.
    column = pdf_text(path, "-x", "116", "-y", "0", "-W", "128", "-H", "842")
    assert long in re.sub(r"\s", "", column)
