"""Papers of a plan with distribution points: the lists, one stop for a driver, where to collect on the card."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from basketplan import load_programme
from basketplan.plan.types import Plan
from basketplan.programme.types import Programme, Text
from basketplan.publish import FORMATS, Audience, Texts, View, export
from basketplan.publish.paper.drops import drops
from tests.publish.printing import TIME, everything, needs_poppler, pdf_text, plain, readable
from tests.publish.test_papers import STRANGE
from tests.solving import solve

EXAMPLE = Path(__file__).parents[2] / "examples" / "distribution-points"


@cache
def made() -> tuple[Plan, Programme]:
    programme = load_programme(EXAMPLE)
    return solve(programme, effort="standard").plan, programme


def view(audience: Audience = "coordinator", contacts: Path | None = None, **rest: Any) -> View:
    plan, programme = made()
    return View.of(plan, programme, contacts, audience, time=TIME, **rest)


def printed(folder: Path, name: str, lang: str = "fr", audience: Audience = "coordinator", **rest: Any) -> list[Path]:
    return export(view(audience, **rest), Texts.of(lang), folder, [FORMATS[name]])


@needs_poppler
@pytest.mark.parametrize("lang", ["fr", "ar", "en", "ar+fr"])
def test_the_list_of_a_point_names_its_families_with_their_hour(tmp_path: Path, lang: str) -> None:
    plan, programme = made()
    files = {path.stem: pdf_text(path, "-layout") for path in printed(tmp_path / "out", "point-lists", lang)}
    assert set(files) == {"mosque", "club"}
    for name, text in files.items():
        mine = {item.household for item in plan.collections if item.point == name}
        found = set(text.split())
        assert mine <= found
        assert not found & ({item.household for item in plan.collections} - mine)
        for texts in Texts.of(lang):
            assert plain(texts.name(programme.point[name].name)) in text
            assert plain(texts.t("Distribution point")) in text
    assert "15:00–16:00" in files["mosque"]
    assert files["mosque"].count("14:00–15:00") == 4


@needs_poppler
def test_names_are_on_the_coordinators_list_only(tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text("id,name,phone\ns1,Amina Invented,0600000001\n", encoding="utf-8")
    texts = {}
    for audience in ("coordinator", "driver"):
        # mypy: parametrized audiences are plain strings.
        files = printed(tmp_path / audience, "point-lists", audience=audience, contacts=contacts)  # type: ignore[arg-type]
        texts[audience] = b"".join(everything(path) for path in files)
    assert b"Amina Invented" in texts["coordinator"]
    assert b"Amina" not in texts["driver"]
    assert b"s1" in texts["driver"]


def test_families_of_a_point_are_one_stop_for_the_driver() -> None:
    """T0001: c3 at its door, two at the club, three at the mosque, w1 at its door; the order is the plan's."""
    seen, (plan, _) = view(), made()
    trip = max(seen.trips, key=lambda item: len(item.stops))
    found = drops(trip, seen, Texts.of("en")[0])
    by_place = {drop.stop.household: drop for drop in found}
    assert set(by_place) == {"c3", "club", "mosque", "w1"}
    assert by_place["mosque"].stop.count == 3
    assert by_place["mosque"].stop.zone == "Mosque, for 3 families"
    assert str(by_place["mosque"].number).count("–") == 1
    assert sum(drop.stop.count for drop in found) == next(item.baskets for item in plan.trips if item.id == trip.id)


@needs_poppler
@pytest.mark.parametrize("name", ["route-sheets", "route-sheets-xlsx", "route-sheets-html"])
def test_route_sheets_name_the_point(tmp_path: Path, name: str) -> None:
    text = " ".join(readable(path) for path in printed(tmp_path / "out", name))
    assert "Mosquée" in text
    assert "pour 3 familles" in text
    assert "s1" not in text.split()


@needs_poppler
def test_the_card_says_where_to_collect_and_names_nobody(tmp_path: Path) -> None:
    plan, _ = made()
    text = " ".join(pdf_text(path) for path in printed(tmp_path / "out", "basket-cards", lang="fr", audience="hub"))
    assert text.count("À retirer ici") == sum(1 for item in plan.baskets if item.household in _collecting(plan))
    assert "Mosquée, mar. 19 mai, 14:00–15:00" in text
    assert not {item.household for item in plan.collections} & set(text.split())


def _collecting(plan: Plan) -> set[str]:
    return {item.household for item in plan.collections}


def test_tables_tell_home_and_point(tmp_path: Path) -> None:
    files = {path.stem: path for path in printed(tmp_path / "out", "csv", lang="en")}
    rows = list(csv.DictReader(files["households"].read_text("utf-8-sig").splitlines()))
    plan, programme = made()
    for row in rows:
        home = programme.household[row["Household"]]
        assert (float(row["Latitude"]), float(row["Longitude"])) == (home.lat, home.lon)
        at = next((item for item in plan.collections if item.household == home.id), None)
        assert row["Distribution point"] == (at.point if at else "")
        assert row["Walk (m)"] == (str(at.walk_m) if at else "")
    figures = {row[0]: row[1] for row in csv.reader(files["figures"].read_text("utf-8-sig").splitlines())}
    assert figures["Families that collect"] == "7"
    assert figures["Walks in all, one way"] == "0.777"


def test_the_report_tells_of_points(tmp_path: Path) -> None:
    text = " ".join(readable(path) for path in printed(tmp_path / "out", "report", lang="en"))
    assert "at 2 distribution points" in text
    assert "at most 222 m" in text


@needs_poppler
@pytest.mark.parametrize("name", ["point-lists", "basket-cards", "route-sheets"])
def test_names_of_points_are_never_markup(tmp_path: Path, name: str) -> None:
    plan, programme = made()
    points = tuple(
        item.model_copy(update={"name": Text(fr=STRANGE)}) if item.id == "mosque" else item for item in programme.points
    )
    odd = programme.model_copy(update={"points": points})
    odd.__dict__.pop("point", None)
    shown = View.of(plan, odd, None, "coordinator", time=TIME)
    files = export(shown, Texts.of("fr"), tmp_path / "out", [FORMATS[name]])
    text = " ".join(pdf_text(path) for path in files)
    # Shown, not obeyed: its mark of direction turns the end round; a page's head has no room for its beginning.
    assert '#panic("x")' in text or "gnol sèrt" in text


def test_without_points_there_is_no_list(tmp_path: Path) -> None:
    from tests.publish.printing import printed as plainly

    assert plainly(tmp_path / "out", "point-lists") == []
