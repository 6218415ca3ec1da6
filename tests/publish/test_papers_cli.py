"""Workbooks and reports as a coordinator meets them on the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from basketplan.plan.io import read_plan
from tests.publish.workbooks import edit, moving
from tests.test_cli import EXAMPLES, run

PLAN = "two-trips"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan of examples/two-trips with its workbook; the three-wheeler carries four baskets, then three."""
    home = tmp_path_factory.mktemp("papers")
    shutil.copytree(EXAMPLES / PLAN, home / PLAN)
    folder = home / "plan"
    assert run("plan", str(home / PLAN), "--effort", "quick", "--out", str(folder)).exit_code == 0
    assert run("export", str(folder), "--format", "workbook").exit_code == 0
    return folder


def workbook(made: Path) -> Path:
    return made / "papers" / "coordinator" / f"{PLAN}.xlsx"


def trips(folder: Path) -> list[list[str]]:
    return [[stop.household for stop in trip.stops] for trip in read_plan(folder).trips]


def test_harmless_edit_makes_a_new_plan(made: Path) -> None:
    before = trips(made)
    first, last = before[0][0], before[0][-1]
    file = edit(workbook(made), moving(first, order=len(before[0])))
    checked = run("verify", str(file))
    assert checked.exit_code == 0, checked.stdout
    assert f"moved {first}: T0001 stop 1 → T0001 stop {len(before[0])}" in checked.stdout
    assert "no violations" in checked.stdout
    told = run("plan", "--from", str(file))
    assert told.exit_code == 0, told.stderr
    new = made.with_name("plan-edited")
    assert trips(new)[0] == [*before[0][1:], first]
    assert trips(new)[0][-2] == last
    assert run("verify", str(new)).exit_code == 0
    inputs = json.loads((new / "inputs.json").read_text("utf-8"))
    assert inputs["moves"] == [f"{first}: T0001 stop 1 → T0001 stop {len(before[0])}"]
    assert trips(made) == before


def test_stop_moved_onto_a_full_vehicle_is_named(made: Path, tmp_path: Path) -> None:
    file = edit(workbook(made), moving(trips(made)[1][0], "T0001", 1))
    checked = run("verify", str(file))
    assert checked.exit_code == 5
    assert "V426 vehicle baskets at T0001 moto" in checked.stdout
    out = tmp_path / "new"
    told = run("plan", "--from", str(file), "--out", str(out))
    assert told.exit_code == 5
    assert "no plan was written" in told.stderr
    assert not out.exists()


def test_json_tells_moves_and_violations(made: Path) -> None:
    file = edit(workbook(made), moving(trips(made)[1][0], "T0001", 1))
    told: dict[str, Any] = json.loads(run("verify", str(file), "--json").stdout)
    assert told["moves"][0]["to_trip"] == "T0001"
    assert [item["code"] for item in told["violations"]] == ["V426"]


def test_faults_of_the_sheet_are_told_at_once(made: Path) -> None:
    def spoil(tab: Any) -> None:
        tab.cell(3, 1).value = "T9"
        tab.cell(4, 2).value = "soon"

    told = run("verify", str(edit(workbook(made), spoil)))
    assert told.exit_code == 3
    assert "error[B616]: cell A3:" in told.stderr
    assert "error[B617]: cell B4:" in told.stderr
    assert "edited.xlsx!Arrêts:3:1" in told.stderr


def test_workbook_far_from_its_plan(made: Path, tmp_path: Path) -> None:
    away = tmp_path / "sent.xlsx"
    shutil.copy(workbook(made), away)
    lost = run("verify", str(away))
    assert (lost.exit_code, "--plan" in lost.stderr) == (2, True)
    found = run("verify", str(away), "--plan", str(made))
    assert found.exit_code == 0
    assert "No stop was moved." in found.stdout


def test_edited_workbook_is_never_overwritten(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "papers"
    words = ("export", str(made), "--format", "workbook", "--out", str(out))
    assert run(*words).exit_code == 0
    assert run(*words).exit_code == 0
    edit(out / f"{PLAN}.xlsx", moving(trips(made)[0][0], order=2)).replace(out / f"{PLAN}.xlsx")
    told = run(*words)
    assert told.exit_code == 2
    assert "would be lost" in told.stderr
    (out / f"{PLAN}.xlsx").rename(tmp_path / "mine.xlsx")
    assert run(*words).exit_code == 0


def test_options_that_do_not_go_together(made: Path) -> None:
    assert run("plan").exit_code == 2
    assert run("plan", "--from", str(workbook(made)), "--set", "id=x").exit_code == 2
    assert run("plan", "--from", "none.xlsx").exit_code == 3


def test_report(made: Path, tmp_path: Path) -> None:
    told = run("report", str(made), "--lang", "ar+fr")
    assert told.exit_code == 0, told.stderr
    assert told.stdout.splitlines() == [str(made / "report.ar.html"), str(made / "report.fr.html")]
    donor = run("report", str(made), "--audience", "donor", "--out", str(tmp_path), "--json")
    assert json.loads(donor.stdout)["violations"] == 0
    text = (tmp_path / "report.donor.fr.html").read_text("utf-8")
    assert "Carte" in text
    assert run("verify", str(made)).exit_code == 0


def test_report_of_a_broken_plan_says_so(made: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(made, broken)
    text = (broken / "plan.json").read_text("utf-8")
    (broken / "plan.json").write_text(text.replace('"trips": 2,', '"trips": 3,', 1), "utf-8")
    told = run("report", str(broken), "--programme", str(made.parent / PLAN))
    assert told.exit_code == 5
    assert "ne doit pas être utilisé" in (broken / "report.fr.html").read_text("utf-8")
