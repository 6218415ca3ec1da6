"""Collection rounds on papers: whole for hubs and coordinators; a cooperative sees its own call, nothing of others."""

from __future__ import annotations

import csv
import io
import json
from functools import cache
from pathlib import Path

import pytest

from basketplan.plan.types import Plan
from basketplan.plan.verify import verify
from basketplan.programme.types import Programme
from basketplan.publish import AUDIENCES, FORMATS, Audience, Texts, View, export
from basketplan.publish.report import report_html
from tests.plan.breaches_rounds import with_round
from tests.publish.printing import needs_poppler, readable, written


@cache
def planned() -> tuple[Plan, Programme]:
    """The plan of tests/plan/breaches_rounds.py: R0001 calls at atlas at 06:55 and at souss at 10:12."""
    world = written()
    with_round(world)
    plan, programme = world.priced(), world.programme()
    assert verify(plan, programme).ok
    return plan, programme


def seen(audience: Audience) -> View:
    return View.of(*planned(), None, audience)


def printed(folder: Path, name: str, audience: Audience, lang: str = "en") -> dict[str, str]:
    """Return file name → text of a format."""
    export(seen(audience), Texts.of(lang), folder, [FORMATS[name]])
    return {path.stem: readable(path) for path in sorted((folder / name).rglob("*.pdf"))}


@needs_poppler
@pytest.mark.parametrize("audience", ["hub", "coordinator"])
def test_the_driver_gets_the_stops_in_order(tmp_path: Path, audience: Audience) -> None:
    sheets = printed(tmp_path, "collection-sheets", audience)
    monday = sheets["2020-05-18"]
    for text in ("Collection round R0001", "06:00", "12:34", "334.0 km", "9.3 kg"):
        assert text in monday, text
    first, second = monday.index("Stop 1"), monday.index("Stop 2")
    assert first < second
    assert "S0001" in monday[first:second]
    assert all(name in monday[second:] for name in ("S0005", "S0006", "S0007"))
    everything = " ".join(sheets.values())
    assert [everything.count(f"S000{number}") for number in range(1, 10)] == [1] * 9


@needs_poppler
def test_a_cooperative_sees_its_own_call_only(tmp_path: Path) -> None:
    sheets = printed(tmp_path, "collection-sheets", "cooperative", "fr")
    assert sorted(sheets) == ["atlas", "souss"]
    assert "06:56" in sheets["atlas"]
    assert "S0001" in sheets["atlas"]
    assert "R0001" in sheets["atlas"]
    for foreign in ("souss", "S0005", "10:13", "12:34"):
        assert foreign not in sheets["atlas"], foreign


@needs_poppler
@pytest.mark.parametrize("lang", ["en", "ar", "ar+fr"])
def test_orders_say_when_the_round_comes(tmp_path: Path, lang: str) -> None:
    orders = printed(tmp_path, "purchase-orders", "coordinator", lang)
    assert "R0001" in orders["atlas"]
    assert "06:56" in orders["atlas"]
    assert "10:13" in orders["souss"]
    assert "10:13" not in orders["atlas"]


def test_tables_tell_every_stop_and_what_is_saved(tmp_path: Path) -> None:
    export(seen("coordinator"), Texts.of("en"), tmp_path, [FORMATS["csv"]])
    rows = list(csv.DictReader(io.StringIO((tmp_path / "csv" / "rounds.csv").read_text(encoding="utf-8-sig"))))
    assert [(row["Stop"], row["Cooperative"], row["Arrival"], row["Shipments"]) for row in rows] == [
        ("1", "atlas", "06:55:40", "S0001"),
        ("2", "souss", "10:12:39", "S0005, S0006, S0007"),
    ]
    assert [(row["Whole round (km)"], row["Cost (MAD)"], row["Saved (MAD)"]) for row in rows] == [
        ("333.958", "186.98", "20.0"),
        ("", "", ""),
    ]
    figures = (tmp_path / "csv" / "figures.csv").read_text(encoding="utf-8-sig")
    assert "Collection rounds,1," in figures
    assert "Saved by collection rounds,20.0,MAD" in figures


def test_only_who_may_see_all_stops_sees_rounds() -> None:
    assert {audience for audience in AUDIENCES if seen(audience).rounds} == {"hub", "coordinator"}
    assert {made.cost_centimes for made in seen("hub").rounds} == {None}
    assert [len(item.calls) for item in seen("cooperative").cooperatives.values()] == [1, 1]
    assert all(not item.calls for item in seen("donor").cooperatives.values())


def test_maps_show_the_way_of_a_round(tmp_path: Path) -> None:
    export(seen("coordinator"), Texts.of("en"), tmp_path, [FORMATS["geojson"]])
    (made,) = json.loads((tmp_path / "geojson" / "rounds.geojson").read_text(encoding="utf-8"))["features"]
    assert made["id"] == "R0001"
    assert made["geometry"]["coordinates"] == [[0.0, 0.0], [0.5, 0.0], [-1.0, 0.0], [0.0, 0.0]]
    assert made["properties"]["cooperatives"] == "atlas, souss"


@pytest.mark.parametrize(
    ("lang", "told"),
    [
        ("en", "1 collection round costs 20.00\u00a0MAD less than a lorry for each cooperative."),
        ("fr", "1 tournée d&#x27;enlèvement coûte 20,00\u00a0MAD de moins qu&#x27;un camion par coopérative."),
    ],
)
def test_the_report_says_what_rounds_save(lang: str, told: str) -> None:
    (texts,) = Texts.of(lang)
    page = report_html(seen("coordinator"), texts)
    assert told in page
    assert 'id="rounds"' in page
    donors = report_html(seen("donor"), texts)
    assert told in donors
    assert 'id="rounds"' not in donors


def test_without_rounds_nothing_is_said_of_them() -> None:
    world = written()
    view = View.of(world.priced(), world.programme(), None, "coordinator")
    (texts,) = Texts.of("en")
    assert "ollection round" not in report_html(view, texts)
