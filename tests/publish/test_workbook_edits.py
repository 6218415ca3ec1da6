"""An edited workbook comes back as a plan, or every fault and violation is named."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basketplan.edits import Edited, Wish, reorder
from basketplan.errors import InputError, UsageError
from basketplan.plan.types import Plan
from basketplan.plan.verify import verify
from basketplan.publish.workbook import read_edits
from tests.publish.printing import small, view
from tests.publish.workbooks import edit, moving, row_of, write


def edited(*wishes: tuple[str, str, int | None]) -> tuple[Edited, list[str]]:
    plan, programme = small()
    done = reorder(plan, programme, [Wish(household=home, trip=trip, number=number) for home, trip, number in wishes])
    return done, sorted({item.code for item in verify(done.plan, programme).violations})


def stops(plan: Plan, trip: str) -> list[str]:
    return [stop.household for item in plan.trips if item.id == trip for stop in item.stops]


def test_no_wish_changes_no_byte() -> None:
    plan, programme = small()
    done = reorder(plan, programme, [])
    assert done.plan == plan
    assert (done.moves, done.retimed, done.dropped) == ((), (), ())


def test_reordered_trip_is_timed_again() -> None:
    """T0002 as h2, h1, h3: h2 is reached at 8:47:41 and opens at 10:00, so loading may start later.

    11,500 g and four baskets as before; the road is 2,226 + 1,113 + 2,226 + 3,340 = 8,905 m.
    """
    done, broken = edited(("h2", "T0002", 1))
    assert broken == []
    assert stops(done.plan, "T0002") == ["h2", "h1", "h3"]
    trip = next(item for item in done.plan.trips if item.id == "T0002")
    assert trip.distance_m == 8_905
    assert (trip.baskets, trip.weight_g, trip.volume_ml) == (4, 11_500, 16_800)
    assert trip.stops[0].start_s >= 36_000
    assert str(done.moves[0]) == "h2: T0002 stop 2 → T0002 stop 1"
    assert "T0002" in done.retimed
    assert done.dropped == ()


def test_untouched_trips_stay_as_they_are() -> None:
    plan, _ = small()
    done, _ = edited(("h2", "T0002", 1))
    kept = {"T0001", "T0004"}
    assert [trip for trip in done.plan.trips if trip.id in kept] == [trip for trip in plan.trips if trip.id in kept]
    assert done.plan.shipments == plan.shipments
    assert done.plan.baskets == plan.baskets
    assert [trip.id for trip in done.plan.trips] == [trip.id for trip in plan.trips]


def test_merged_trips_drop_the_empty_one_and_its_break() -> None:
    """h5 on the van's first trip: 5 of 5 baskets; the second trip, and the break before it, are no longer needed."""
    done, broken = edited(("h5", "T0002", 4))
    assert broken == []
    assert done.dropped == ("T0003",)
    assert stops(done.plan, "T0002") == ["h1", "h2", "h3", "h5"]
    duty = next(item for item in done.plan.vehicle_days if item.vehicle == "van")
    assert (duty.trips, duty.breaks) == (("T0002",), ())
    assert not any(line.reference == "T0003" for line in done.plan.costs)
    assert sum(line.centimes for line in done.plan.costs) == done.plan.metrics.cost_centimes


def test_full_vehicle_is_named() -> None:
    done, broken = edited(("h1", "T0001", 1), ("h5", "T0001", 3))
    assert "V426" in broken  # three baskets on a moto for two
    plan, programme = small()
    told = next(item for item in verify(done.plan, programme).violations if item.code == "V426")
    assert told.where.startswith("T0001")
    assert verify(plan, programme).ok


@pytest.mark.parametrize(
    ("wishes", "code"),
    [
        ([("h4", "T0002", 1)], "V409"),  # an alley, which the van cannot enter
        ([("h6", "T0002", None)], "V407"),  # its basket was packed at the other hub
        ([("h1", "T0004", None)], "V411"),  # east serves zone C only
        ([("h2", "T0003", 1)], "V410"),  # its window closes at 11:00, the second trip of the day is later
    ],
)
def test_violations_are_named(wishes: list[tuple[str, str, int | None]], code: str) -> None:
    done, broken = edited(*wishes)
    if code == "V410":
        # The day is arranged anew when it can be: then nothing is broken.
        assert broken == [] or code in broken
    else:
        assert code in broken
    assert {stop.household for trip in done.plan.trips for stop in trip.stops} == {f"h{n}" for n in range(1, 7)}


def test_no_number_goes_where_the_trip_is_shortest() -> None:
    done, _ = edited(("h1", "T0003", None))
    assert sorted(stops(done.plan, "T0003")) == ["h1", "h5"]
    west, _ = edited(("h4", "T0002", None))  # all others lie to the east: first or last, never between them
    assert stops(west.plan, "T0002") == ["h4", "h1", "h2", "h3"]


@pytest.mark.parametrize(
    ("wishes", "order"),
    [
        ([("h3", 1)], ["h3", "h1", "h2"]),
        ([("h1", 3)], ["h2", "h3", "h1"]),
        ([("h1", 2), ("h2", 1)], ["h2", "h1", "h3"]),
        ([("h1", 99)], ["h2", "h3", "h1"]),
        ([("h1", 2), ("h3", 2)], ["h2", "h1", "h3"]),
    ],
)
def test_numbers_are_places(wishes: list[tuple[str, int]], order: list[str]) -> None:
    done, _ = edited(*((home, "T0002", number) for home, number in wishes))
    assert stops(done.plan, "T0002") == order


def test_wishes_that_nobody_can_grant_are_refused() -> None:
    plan, programme = small()
    for wish in (("h7", "T0001", 1), ("h1", "T0009", 1), ("h1", "T0001", 0)):
        with pytest.raises(UsageError):
            edited(wish)
    other = plan.model_copy(update={"origin": plan.origin.model_copy(update={"programme_sha256": "1" * 64})})
    with pytest.raises(UsageError, match="has changed"):
        reorder(other, programme, [])


def changed(file: Path) -> list[tuple[str, str, int | None]]:
    return [(row.household, row.trip, row.number) for row in read_edits(file).changed(small()[0])]


@pytest.mark.parametrize(("lang", "sheet"), [("fr", "Arrêts"), ("ar+fr", "المحطات"), ("en", "Stops of trips")])
def test_untouched_workbook_wants_nothing(tmp_path: Path, lang: str, sheet: str) -> None:
    file = write(tmp_path, view(), lang)
    assert changed(file) == []
    assert changed(edit(file, moving("h1", order=3), sheet)) == [("h1", "T0002", 3)]


def test_edits_are_read_as_people_write_them(tmp_path: Path) -> None:
    file = write(tmp_path, view())
    assert changed(edit(file, moving("h5", "t0002", None))) == [("h5", "T0002", None)]
    assert changed(edit(file, moving("h5", " T0002 ", "4"))) == [("h5", "T0002", 4)]
    assert changed(edit(file, moving("h5", "T0002", 4.0))) == [("h5", "T0002", 4)]


def test_sorted_rows_and_moved_columns_are_read(tmp_path: Path) -> None:
    def shuffle(tab: Any) -> None:
        rows = [[cell.value for cell in row] for row in tab.iter_rows(min_row=2)]
        head, body = rows[0], sorted(rows[1:], key=lambda row: str(row[2]), reverse=True)
        for number, row in enumerate([head, *body], start=5):
            for index, value in enumerate([row[2], *row[3:], row[1], row[0]], start=1):
                tab.cell(number, index).value = value
        for row in tab.iter_rows(min_row=1, max_row=4):
            for cell in row:
                cell.value = None

    assert changed(edit(write(tmp_path, view()), shuffle)) == []


def faults(file: Path) -> dict[str, list[Any]]:
    with pytest.raises(InputError) as caught:
        changed(file)
    told: dict[str, list[Any]] = {}
    for fault in caught.value.faults:
        assert fault.help
        told.setdefault(fault.code, []).append(fault)
    return told


def test_every_fault_is_told_at_once_with_its_cell(tmp_path: Path) -> None:
    def spoil(tab: Any) -> None:
        tab.cell(row_of(tab, "h1"), 1).value = "T0009"
        tab.cell(row_of(tab, "h2"), 2).value = "first"
        tab.cell(row_of(tab, "h5"), 1).value = None
        tab.cell(row_of(tab, "h6"), 3).value = "h66"

    told = faults(edit(write(tmp_path, view()), spoil))
    assert set(told) == {"B614", "B616", "B617"}
    assert [fault.place.column for fault in told["B616"]] == [1, 1]
    assert "cell B5:" in told["B617"][0].message
    assert told["B617"][0].place.file.endswith("edited.xlsx!Arrêts")
    assert told["B614"][0].help == "did you mean 'h6'?"


def test_rows_that_are_missing_or_double(tmp_path: Path) -> None:
    file = write(tmp_path, view())

    def drop(tab: Any) -> None:
        tab.delete_rows(row_of(tab, "h2"))

    def double(tab: Any) -> None:
        tab.append([tab.cell(row_of(tab, "h1"), index).value for index in (1, 2, 3)])

    assert "'h2' has no row" in faults(edit(file, drop))["B615"][0].message
    assert "already in row" in faults(edit(file, double))["B615"][0].message


@pytest.mark.parametrize("order", [0, -1, 2.5, "x", True, 10**9, "1e3x"])
def test_orders_that_are_none(tmp_path: Path, order: object) -> None:
    assert set(faults(edit(write(tmp_path, view()), moving("h1", order=order)))) == {"B617"}


def test_what_may_be_a_name_is_not_repeated(tmp_path: Path) -> None:
    def spoil(tab: Any) -> None:
        tab.cell(row_of(tab, "h1"), 3).value = "Fatima Zahra"
        tab.cell(row_of(tab, "h2"), 3).value = "0661234567"

    told = " ".join(fault.message for fault in faults(edit(write(tmp_path, view()), spoil))["B614"])
    assert "Fatima" not in told
    assert "0661234567" not in told


def test_workbook_of_another_plan(tmp_path: Path) -> None:
    plan, _ = small()
    other = plan.model_copy(update={"origin": plan.origin.model_copy(update={"seed": 1})})
    with pytest.raises(InputError) as caught:
        read_edits(write(tmp_path, view())).changed(other)
    assert [fault.code for fault in caught.value.faults] == ["B612"]


def without(file: Path, change: Callable[[Any], None]) -> list[str]:
    book = openpyxl.load_workbook(file)
    change(book)
    target = file.with_name("edited.xlsx")
    book.save(target)
    with pytest.raises(InputError) as caught:
        read_edits(target)
    return [fault.code for fault in caught.value.faults]


def test_sheets_that_are_missing(tmp_path: Path) -> None:
    file = write(tmp_path, view())
    assert without(file, lambda book: book.remove(book["basketplan"])) == ["B611"]
    assert without(file, lambda book: book.remove(book["Arrêts"])) == ["B613"]
    assert without(file, lambda book: setattr(book["Arrêts"].cell(2, 1), "value", "Tour")) == ["B613"]


def test_files_that_are_no_workbooks(tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x/>')
    for content in (b"", b"PK", b"id,lat\n", packed.getvalue()):
        file.write_bytes(content)
        with pytest.raises(InputError):
            read_edits(file)
    with pytest.raises(InputError):
        read_edits(tmp_path / "none.xlsx")


PEOPLE = {"V407", "V408", "V409", "V410", "V411", "V412"}  # who is visited from where, when and by what
VEHICLES = {"V426", "V427", "V428", "V436", "V437", "V438", "V439", "V440", "V501", "V502", "V503", "V504"}
STOCK = {"V303", "V304", "V317", "V318"}


@settings(max_examples=30, deadline=None)
@given(
    wishes=st.dictionaries(
        st.sampled_from([f"h{n}" for n in range(1, 7)]),
        st.tuples(st.sampled_from([f"T000{n}" for n in range(1, 5)]), st.none() | st.integers(1, 7)),
        max_size=6,
    )
)
def test_whatever_is_moved_the_books_are_right(wishes: dict[str, tuple[str, int | None]]) -> None:
    """Only what people chose can be broken: never a time, a load, a sum of money or a figure."""
    done, broken = edited(*((home, *wish) for home, wish in wishes.items()))
    assert set(broken) <= PEOPLE | VEHICLES | STOCK
    visited = [stop.household for trip in done.plan.trips for stop in trip.stops]
    assert sorted(visited) == [f"h{n}" for n in range(1, 7)]
    assert {trip.id for trip in done.plan.trips} | set(done.dropped) == {f"T000{n}" for n in range(1, 5)}
    for home, (trip, _) in wishes.items():
        assert home in stops(done.plan, trip)
