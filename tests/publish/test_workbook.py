"""The workbook: typed cells, text that stays text, totals that agree with plan.json."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from basketplan.publish import View
from tests.plan.world import WED, World
from tests.publish.printing import TIME, small, view
from tests.publish.workbooks import HEADER, column, write

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def values(tab: Any, heading: str) -> list[Any]:
    index = column(tab, heading)
    return [row[0] for row in tab.iter_rows(min_row=HEADER + 1, min_col=index, max_col=index, values_only=True)]


def test_sheets_and_totals_agree_with_the_plan(tmp_path: Path) -> None:
    plan, _ = small()
    book = openpyxl.load_workbook(write(tmp_path, view()), data_only=True)
    names = ["À propos", "Chiffres", "Arrêts", "Tournées", "Foyers", "Envois", "Coopératives", "Zones", "Coûts"]
    assert book.sheetnames == [*names, "basketplan"]
    costs, trips, shipments = book["Coûts"], book["Tournées"], book["Envois"]
    assert round(sum(values(costs, "Montant (MAD)")) * 100) == plan.metrics.cost_centimes
    assert costs.cell(1, column(costs, "Montant (MAD)")).value == 1716.30
    assert sum(values(trips, "Paniers")) == plan.metrics.baskets_delivered
    assert round(sum(values(trips, "Route (km)")) * 1000) == plan.metrics.distance_m
    assert sum(values(shipments, "Unités")) == sum(item.packs for item in plan.shipments)
    assert round(sum(values(shipments, "Montant (MAD)")) * 100) == plan.metrics.cost_by_kind["goods"]
    assert len(values(book["Foyers"], "Foyer")) == 7
    figures = {row[0]: row[1] for row in book["Chiffres"].iter_rows(min_row=HEADER + 1, max_col=2, values_only=True)}
    assert (figures["Foyers servis"], figures["Foyers laissés de côté"]) == (6, 1)
    assert figures["Coût total"] == 1716.30


def test_cells_are_typed(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write(tmp_path, view()))
    tab = book["Arrêts"]
    row = {str(cell.value): tab.cell(HEADER + 1, cell.column) for cell in tab[HEADER]}
    assert row["Jour"].value == dt.datetime(2020, 5, 20)
    assert row["Jour"].number_format == "dd/mm/yyyy"
    assert row["Arrivée"].value == dt.time(8, 8, 21)
    assert row["Ordre"].value == 1
    assert row["Route jusqu'ici (km)"].value == 1.113
    assert book["Coopératives"]["J3"].value == "=IF(I3=0,0,H3/I3)"
    assert book["Tournées"]["K3"].value.startswith("=SUMIF(")
    assert book["Tournées"]["K1"].value == "=SUBTOTAL(109,K3:K6)"


def test_only_trip_and_order_are_open(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write(tmp_path, view()))
    for tab in book.worksheets:
        assert tab.protection.sheet, tab.title
        unlocked = {
            cell.column for row in tab.iter_rows(min_row=HEADER + 1) for cell in row if not cell.protection.locked
        }
        assert unlocked == ({1, 2} if tab.title == "Arrêts" else set()), tab.title
    tab = book["Arrêts"]
    assert tab.cell(HEADER, 1).fill.fgColor.rgb == tab.cell(HEADER + 1, 2).fill.fgColor.rgb == "FFFFF2CC"
    assert tab.freeze_panes == "B3"
    assert tab.auto_filter.ref is not None
    assert {str(rule.type) for rule in tab.data_validations.dataValidation} == {"list", "whole"}
    assert book["basketplan"].sheet_state == "hidden"


def test_right_to_left_in_arabic_only(tmp_path: Path) -> None:
    for lang, rtl in (("ar", True), ("ar+fr", True), ("fr+ar", False), ("en", False)):
        book = openpyxl.load_workbook(write(tmp_path / lang, view(), lang))
        shown = [tab.sheet_view.rightToLeft for tab in book.worksheets if tab.title != "basketplan"]
        assert {bool(value) for value in shown} == {rtl}
    both = openpyxl.load_workbook(tmp_path / "ar+fr" / "small.xlsx")["المحطات"]
    assert both.cell(HEADER, 1).value == "الجولة · Tournée"


def dangerous(folder: Path) -> View:
    """A view in which names and contacts begin as formulas do."""
    world = World()
    world.raw["cooperatives"][0]["name"] = "=cmd|' /C calc'!A0"
    world.raw["cooperatives"][0]["town"] = "@SUM(1+1)"
    world.raw["hubs"][0]["name"] = "-2+3"
    for home in world.raw["households"]:
        home["zone"] = {"A": "=1+1", "B": "+212 5", "C": "C"}[home["zone"]]
    world.raw["hubs"][0]["zones"] = ["=1+1", "+212 5"]
    contacts = folder / "contacts.csv"
    contacts.write_text("id,phone,name,landmark\nh1,+212661234567,=2+5,@home\n", encoding="utf-8")
    plan = World().priced()
    return View.of(plan, world.programme(), contacts, "coordinator", time=TIME)


def test_text_stays_text(tmp_path: Path) -> None:
    file = write(tmp_path, dangerous(tmp_path))
    book = openpyxl.load_workbook(file)
    found = {}
    for tab in book.worksheets:
        for row in tab.iter_rows():
            for cell in row:
                if isinstance(cell.value, str):
                    found[cell.value] = cell.data_type
    for text in ("=cmd|' /C calc'!A0", "@SUM(1+1)", "-2+3", "=1+1", "+212 5", "+212661234567", "=2+5", "@home"):
        assert text in found, text
    with zipfile.ZipFile(file) as archive:
        sheets = b"".join(archive.read(name) for name in archive.namelist() if "worksheets" in name)
    assert b"cmd" not in sheets  # text lies in the table of strings, formulas would lie here
    assert b"<hyperlink" not in sheets


def test_same_plan_same_bytes(tmp_path: Path) -> None:
    first = write(tmp_path / "a", view(), "ar+fr").read_bytes()
    assert write(tmp_path / "b", view(), "ar+fr").read_bytes() == first


def test_dates_are_of_the_plan(tmp_path: Path) -> None:
    tab = openpyxl.load_workbook(write(tmp_path, view()))["Tournées"]
    assert {value.date() for value in values(tab, "Jour")} == {WED, WED + dt.timedelta(days=1)}


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is missing")
def test_office_opens_and_computes_it(tmp_path: Path) -> None:
    assert OFFICE is not None
    file = write(tmp_path, view())
    home, out = f"-env:UserInstallation=file://{tmp_path}/home", tmp_path / "out"
    words = [OFFICE, "--headless", home, "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(file)]
    done = subprocess.run(words, capture_output=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    book = openpyxl.load_workbook(tmp_path / "out" / file.name, data_only=True)
    assert book["Coûts"]["C1"].value == 1716.30
    assert book["Tournées"]["K1"].value == 7
