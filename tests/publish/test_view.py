"""What each audience gets to see, and that nothing is lost or invented when plan and programme are joined."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from basketplan.errors import InputError, UsageError
from basketplan.plan.types import ZoneService
from basketplan.publish import AUDIENCES, Audience, audience_of, may, suppressed
from basketplan.publish.audience import FIELDS
from basketplan.publish.contacts import Contacts
from basketplan.publish.joining import zones
from tests.publish.printing import small, view


def test_the_table_answers_for_every_field() -> None:
    for field in FIELDS:
        assert {may(audience, field) for audience in AUDIENCES} <= {True, False}
    assert may("coordinator", "household.name")
    assert not any(may(audience, "household.name") for audience in AUDIENCES if audience != "coordinator")
    with pytest.raises(KeyError):
        may("driver", "household.shoe")
    with pytest.raises(UsageError, match="unknown audience"):
        audience_of("everybody")


def test_small_cells_are_suppressed() -> None:
    assert [suppressed(count) for count in (0, 1, 9, 10, 4000)] == [0, None, None, 10, 4000]


def _zone(name: str, households: int, served: int) -> ZoneService:
    return ZoneService(zone=name, households=households, served=served, baskets=households, baskets_served=served)


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        # One small zone could be found by subtraction: the next smallest goes with it.
        ([("a", 4, 4), ("b", 20, 20), ("c", 50, 50)], [(None, None), (None, None), (50, 50)]),
        ([("a", 4, 4), ("b", 5, 5), ("c", 50, 50)], [(None, None), (None, None), (50, 50)]),
        # Three are not served in b: its served are not told, nor those of the next one with some left out.
        ([("a", 40, 20), ("b", 40, 37), ("c", 50, 50)], [(40, None), (40, None), (50, 50)]),
        ([("a", 0, 0), ("b", 40, 40)], [(0, 0), (40, 40)]),
    ],
)
def test_donors_see_no_small_zone(cells: list[tuple[str, int, int]], told: list[tuple[Any, Any]]) -> None:
    shown = zones([_zone(*cell) for cell in cells], "donor")
    assert [(item.households, item.served) for item in shown] == told
    assert all(item.households is not None for item in zones([_zone(*cell) for cell in cells], "coordinator"))


def test_joined_figures_are_the_plans() -> None:
    plan, programme = small()
    shown = view()
    assert [item.id for item in shown.trips] == [item.id for item in plan.trips]
    for mine, given in zip(shown.trips, plan.trips, strict=True):
        assert mine.count == given.baskets
        assert [stop.household for stop in mine.stops] == [stop.household for stop in given.stops]
        assert sum(stop.count for stop in mine.stops) == mine.count
    assert sum(item.total_centimes or 0 for item in shown.cooperatives.values()) == plan.metrics.cost_by_kind["goods"]
    lines = [line for item in shown.cooperatives.values() for line in item.lines]
    assert sorted(line.shipment for line in lines) == [item.id for item in plan.shipments]
    assert sum(haul.number for item in shown.cooperatives.values() for haul in item.hauls) == sum(
        haul.number for haul in plan.hauls
    )
    packed = [basket.id for day in shown.days for filling in day.fillings for basket in filling.baskets]
    assert sorted(packed) == [item.id for item in plan.baskets]
    assert {item.id: item.trip for item in shown.households}["h7"] == ""
    assert [item.id for item in shown.households if item.reason] == ["h7"]
    assert len(shown.households) == len(programme.households)
    left = {day.hub.id: {row[0].id: row[1] + row[2] - row[3] for row in day.stock} for day in shown.days}
    assert {name: count for stock in left.values() for name, count in stock.items() if count} == dict(
        plan.metrics.leftover_packs
    )


def test_stock_of_a_day_begins_where_the_day_before_ended() -> None:
    shown = view()
    for hub in shown.hubs:
        days = [day for day in shown.days if day.hub.id == hub]
        for before, after in itertools.pairwise(days):
            evening = {row[0].id: row[1] + row[2] - row[3] for row in before.stock}
            assert {row[0].id: row[1] for row in after.stock if row[1]} == {k: v for k, v in evening.items() if v}
            loaded = sum(shown.trip[name].count for name in before.trips)
            assert after.baskets_before == before.baskets_before + sum(n for _, n in before.assembled) - loaded


def test_drivers_see_letters_not_kinds_of_baskets() -> None:
    shown = view("driver")
    assert list(shown.baskets) == ["A", "B"]
    assert {kind for trip in shown.trips for kind, _ in trip.baskets} == {"A", "B"}
    assert not shown.cooperatives
    assert not shown.days
    assert not shown.households


def test_hubs_load_without_knowing_anybody() -> None:
    shown = view("hub")
    stops = [stop for trip in shown.trips for stop in trip.stops]
    assert stops
    assert all(
        (stop.household, stop.zone, stop.lat, stop.lon, stop.start_s) == ("", "", None, None, None) for stop in stops
    )
    assert {basket.household for day in shown.days for f in day.fillings for basket in f.baskets} == {""}
    assert {line.price_centimes for item in shown.cooperatives.values() for line in item.lines} == {None}


@pytest.mark.parametrize("audience", ["cooperative", "donor"])
def test_cooperatives_and_donors_see_no_household(audience: Audience) -> None:
    shown = view(audience)
    assert not shown.trips
    assert not shown.households
    assert not shown.days
    assert {item.total_centimes is None for item in shown.cooperatives.values()} == {audience == "donor"}


@pytest.fixture
def contacts(tmp_path: Path) -> Path:
    path = tmp_path / "contacts.csv"
    rows = [
        "ID,Name,Phone,Landmark,Address,CIN",
        "h1,Fatima,+212661000001,Mosquée\u202e Al Fath,12 rue,AB123",
        "hub/west,Hassan,0522000000,x,y,z",
        "cooperative/atlas,Khadija,0523000000,x,y,z",
        "h2,,,,,",
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("audience", "phones", "known"),
    [
        ("driver", False, ("", "", "Mosquée Al Fath", "")),
        ("driver", True, ("", "+212661000001", "Mosquée Al Fath", "")),
        ("coordinator", False, ("Fatima", "+212661000001", "Mosquée Al Fath", "12 rue")),
        ("hub", True, None),
        ("cooperative", True, None),
        ("donor", True, None),
    ],
)
def test_contacts_are_cut_down(contacts: Path, audience: Audience, phones: bool, known: tuple[str, ...] | None) -> None:
    read = Contacts.read(contacts, audience, phones=phones)
    assert set(read.households) == ({"h1"} if known else set())
    if known:
        mine = read.households["h1"]
        assert (mine.name, mine.phone, mine.landmark, mine.address) == known
    assert set(read.hubs) == ({"west"} if audience != "donor" else set())
    assert set(read.cooperatives) == ({"atlas"} if audience in {"hub", "coordinator"} else set())
    assert "AB123" not in json.dumps([str(read.households), str(read.hubs), str(read.cooperatives)])


def test_a_contacts_file_without_ids_is_refused_without_showing_it(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("name,phone\nSECRETNAME,0661000000\n", encoding="utf-8")
    with pytest.raises(InputError) as told:
        Contacts.read(path, "driver")
    assert "column 'id'" in str(told.value)
    assert "SECRET" not in str(told.value)
