"""Route sheets as a driver finds them: every household once, in order, with its baskets, and codes that lead there."""

from __future__ import annotations

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from openpyxl import load_workbook

from basketplan.publish.paper.qr import geo_address
from basketplan.publish.paper.tripmap import trip_map
from tests.publish.printing import needs_poppler, pdf_text, plain, printed, small, view

HEADS = {"fr": "Feuille de route", "ar": "ورقة الطريق", "en": "Route sheet"}


@pytest.fixture(scope="module", params=["fr", "ar", "ar+fr", "en"])
def sheets(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    folder = tmp_path_factory.mktemp("papers") / "out"
    printed(folder, "route-sheets", request.param, "driver")
    return request.param, folder / "route-sheets"


@needs_poppler
def test_every_household_once_in_order_with_its_baskets(sheets: tuple[str, Path]) -> None:
    lang, folder = sheets
    seen = []
    for trip in view("driver").trips:
        text = pdf_text(folder / f"{trip.id}.pdf", "-layout")
        assert re.findall(r"\bh\d\b", text) == [stop.household for stop in trip.stops]
        seen += re.findall(r"\bh\d\b", text)
        for one in lang.split("+"):
            assert plain(HEADS[one]) in text
        for stop in trip.stops:
            # mypy: a start may be missing; every stop of this plan has one.
            assert text.count(f"{stop.start_s // 3600:02d}:{(stop.start_s % 3600 + 30) // 60:02d}") >= 1  # type: ignore[operator]
        assert f"{trip.load_s // 3600:02d}:{trip.load_s % 3600 // 60:02d}" in text
        for code, count in trip.baskets:
            # The total once, each stop in the loading list and in the table: each figure stands beside its letter.
            stops = [number for stop in trip.stops for kind, number in stop.baskets if kind == code]
            found = re.findall(rf"(?<![\w:])(\d+){code}(?!\w)", text)
            assert sorted(int(number) for number in found) == sorted([count, *stops, *stops]), (trip.id, code)
    assert sorted(seen) == sorted(item.household for trip in small()[0].trips for item in trip.stops)


@needs_poppler
def test_all_sheets_in_one_file(sheets: tuple[str, Path]) -> None:
    _, folder = sheets
    together = pdf_text(folder / "all.pdf", "-layout")
    assert re.findall(r"\bh\d\b", together) == [stop.household for trip in view().trips for stop in trip.stops]


@needs_poppler
def test_page_x_of_y_and_stamp(sheets: tuple[str, Path]) -> None:
    _, folder = sheets
    text = pdf_text(folder / "T0002.pdf", "-layout")
    assert re.search(r"1 / \d", text)
    stamp = view().stamp
    assert f"small · {stamp.plan} · basketplan" in text
    assert "16/05/2020 18:30" in text
    assert "20/06/2020" in text  # 30 days after the last day of the calendar


@needs_poppler
def test_codes_on_the_page_lead_to_the_places(sheets: tuple[str, Path], tmp_path: Path) -> None:
    zxing = pytest.importorskip("zxingcpp", reason="zxing-cpp, which reads codes, is missing")
    from PIL import Image

    _, folder = sheets
    homes = small()[1].household
    for trip in view("driver").trips:
        subprocess.run(
            ["pdftoppm", "-r", "110", "-gray", "-png", str(folder / f"{trip.id}.pdf"), str(tmp_path / trip.id)],
            check=True,
            timeout=60,
        )
        found = [
            (page, code.position.top_left.y, code.text)
            for page in sorted(tmp_path.glob(f"{trip.id}-*.png"))
            for code in zxing.read_barcodes(Image.open(page))
        ]
        wanted = [geo_address(homes[stop.household].lat, homes[stop.household].lon) for stop in trip.stops]
        assert [text for _, _, text in sorted(found)] == wanted


def test_workbook_has_every_stop(tmp_path: Path) -> None:
    files = printed(tmp_path / "out", "route-sheets-xlsx", "ar+fr")
    for path, trip in zip(files, view().trips, strict=True):
        sheet = load_workbook(path).active
        assert sheet is not None
        assert sheet.sheet_view.rightToLeft
        rows = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[0], int)]
        assert [row[0] for row in rows] == [stop.number for stop in trip.stops]
        assert [row[2] for row in rows] == [stop.household for stop in trip.stops]
        header = next(row for row in sheet.iter_rows(values_only=True) if "خط العرض · Latitude" in row)
        at = header.index("خط العرض · Latitude")
        assert [(row[at], row[at + 1]) for row in rows] == [(stop.lat, stop.lon) for stop in trip.stops]


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.policy = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.tags.add(tag)
        if tag == "a":
            self.links.append(named["href"] or "")
        if tag == "meta" and named.get("http-equiv") == "Content-Security-Policy":
            self.policy = named["content"] or ""


def test_telephone_page_is_closed_and_leads_to_every_place(tmp_path: Path) -> None:
    files = printed(tmp_path / "out", "route-sheets-html", "ar+fr", "driver")
    for path, trip in zip(files, view("driver").trips, strict=True):
        page = _Page()
        text = path.read_text(encoding="utf-8")
        page.feed(text)
        assert "default-src 'none'" in page.policy
        assert not page.tags & {"script", "img", "link", "iframe", "form"}
        assert page.links == [geo_address(stop.lat or 0, stop.lon or 0) for stop in trip.stops]
        assert "http" not in text.replace("http-equiv", "")
        assert '<html lang="ar" dir="rtl">' in text


def test_what_comes_from_a_contacts_file_stays_text(tmp_path: Path) -> None:
    contacts = tmp_path / "contacts.csv"
    contacts.write_text(
        'id,landmark,phone\nh1,"=cmd|\' /C calc\'!A0",+212661234567\nh2,<script>alert(1)</script>,"0""><b>6"\n', "utf-8"
    )
    made = [
        *printed(tmp_path / "xlsx", "route-sheets-xlsx", "fr", "driver", contacts=contacts, phones=True),
        *printed(tmp_path / "html", "route-sheets-html", "fr", "driver", contacts=contacts, phones=True),
        *printed(tmp_path / "pdf", "route-sheets", "fr", "driver", contacts=contacts, phones=True),
    ]
    sheet = load_workbook(next(path for path in made if path.name == "T0002.xlsx")).active
    assert sheet is not None
    cells = {str(cell.value): cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert cells["=cmd|' /C calc'!A0"] == "s"
    assert cells["+212661234567"] == "s"
    page = next(path for path in made if path.name == "T0002.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<b>6" not in page
    assert 'href="tel:06"' in page


def test_map_keeps_a_far_hub_from_crowding_the_stops() -> None:
    stops = [(33.5 + 0.001 * step, -7.5) for step in range(9)]
    near, far = trip_map((33.5, -7.501), stops), trip_map((33.9, -7.5), stops)
    for drawn in (near, far):
        assert drawn.count("<circle") >= len(stops)
        assert ">1</text>" in drawn
        assert ">9</text>" in drawn
    assert trip_map((33.5, -7.5), [(33.5, -7.5)]).startswith("<svg")
