"""An export is whole or not there, the same bytes each time, and never made of a plan that breaks a rule."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from basketplan.errors import BasketplanError, RejectedPlanError, StoppedError, UsageError
from basketplan.plan.io import write_plan
from basketplan.plan.verify import verify
from basketplan.progress import RecordingReporter
from basketplan.publish import FORMATS, Texts, export
from basketplan.publish.export import MANIFEST, chosen, paper_time, publishable, safe_name
from basketplan.publish.workers import make_beside
from tests.publish.printing import TIME, printed, small, view, written
from tests.test_cli import run


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("lang", ["ar+fr", "en"])
def test_same_plan_same_bytes(tmp_path: Path, lang: str) -> None:
    for name in ("one", "two"):
        export(view(), Texts.of(lang), tmp_path / name, chosen("all", "coordinator"))
    one, two = _bytes(tmp_path / "one"), _bytes(tmp_path / "two")
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []


def test_workers_make_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reporter = RecordingReporter()
    formats = chosen("purchase-orders,hub-calendar,basket-cards", "coordinator")
    one = export(view(), Texts.of("ar+fr"), tmp_path / "one", formats)
    monkeypatch.setattr(sys.modules[chosen.__module__], "BESIDE_FROM_TRIPS", 1)
    two = export(view(), Texts.of("ar+fr"), tmp_path / "two", formats, reporter, workers=2)
    assert [path.relative_to(tmp_path / "two") for path in two] == [path.relative_to(tmp_path / "one") for path in one]
    assert _bytes(tmp_path / "one") == _bytes(tmp_path / "two")
    assert {progress.stage for progress in reporter.seen} == {item.name for item in formats}


def test_workers_are_ended_when_the_user_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules[chosen.__module__], "BESIDE_FROM_TRIPS", 1)
    formats = chosen("purchase-orders,hub-calendar", "coordinator")
    with pytest.raises(StoppedError):
        export(view(), Texts.of("fr"), tmp_path / "out", formats, RecordingReporter(stop_after=0), workers=2)
    assert list(tmp_path.iterdir()) == []


def test_a_fault_in_a_worker_is_told_without_its_text(tmp_path: Path) -> None:
    broken = [replace(item, maker="texts:nothing") for item in chosen("purchase-orders,hub-calendar", "coordinator")]
    broken[0] = replace(broken[0], name="unheard-of")
    with pytest.raises(BasketplanError, match=r"ended before its time|internal fault"):
        make_beside(view(), Texts.of("fr"), tmp_path, broken, RecordingReporter(), 2)


def test_manifest_tells_what_was_made(tmp_path: Path) -> None:
    files = printed(tmp_path / "out", "hub-calendar")
    told = json.loads((tmp_path / "out" / MANIFEST).read_text("utf-8"))
    assert told["audience"] == "coordinator"
    assert told["plan_sha256"] == view().stamp.plan_sha256
    assert sorted(told["files"]) == sorted(path.relative_to(tmp_path / "out").as_posix() for path in files)
    assert all(path.is_file() for path in files)


def test_an_export_is_replaced_whole_and_nothing_else_is_touched(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    printed(folder, "hub-calendar")
    (folder / "stale.pdf").write_bytes(b"old")
    printed(folder, "purchase-orders")
    assert not (folder / "stale.pdf").exists()
    assert not (folder / "hub-calendars").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear")
    for path in (mine, mine / "letter.txt"):
        with pytest.raises(UsageError, match="--out"):
            printed(path, "hub-calendar")
    assert (mine / "letter.txt").read_text() == "dear"


def test_a_stopped_export_leaves_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    printed(folder, "hub-calendar")
    before = _bytes(folder)
    formats = [FORMATS["purchase-orders"], FORMATS["basket-cards"]]
    with pytest.raises(StoppedError):
        export(view(), Texts.of("fr"), folder, formats, RecordingReporter(stop_after=2))
    assert _bytes(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_progress_is_told(tmp_path: Path) -> None:
    reporter = RecordingReporter()
    export(view(), Texts.of("fr"), tmp_path / "out", [FORMATS["route-sheets"]], reporter)
    sheets = [(item.done, item.total) for item in reporter.seen if item.stage == "route-sheets"]
    assert sheets == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_formats_are_chosen_for_an_audience() -> None:
    assert [item.name for item in chosen("purchase-orders, route-sheets", "coordinator")] == [
        "route-sheets",
        "purchase-orders",
    ]
    assert all("driver" in item.audiences for item in chosen("all", "driver"))
    with pytest.raises(UsageError, match="unknown format 'pdf'"):
        chosen("pdf", "driver")
    with pytest.raises(UsageError, match="not for the audience 'donor'"):
        chosen("route-sheets", "donor")
    with pytest.raises(UsageError, match="no format"):
        chosen(",", "driver")


@given(st.text(max_size=120))
def test_names_of_files_lead_nowhere_else(text: str) -> None:
    name = safe_name(text)
    assert name
    assert len(name) <= 80
    assert set(name) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")
    assert not name.startswith((".", "-"))
    assert not name.endswith(".")
    assert Path("a") / name == Path("a", name)
    assert (Path("a") / name).parent == Path("a")


def test_no_paper_of_a_plan_that_breaks_a_rule_or_of_another_programme() -> None:
    plan, programme = small()
    publishable(plan, programme)
    with pytest.raises(RejectedPlanError, match="the first: V"):
        publishable(plan.model_copy(update={"baskets": plan.baskets[1:]}), programme)
    with pytest.raises(UsageError, match="has changed"):
        publishable(plan, programme.model_copy(update={"id": "other"}))


def test_time_of_papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "plan.json"
    file.write_text("{}")
    os.utime(file, (1_589_650_200, 1_589_650_200))  # 2020-05-16 17:30 UTC; Morocco kept UTC+0 in Ramadan
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    assert paper_time(None, tmp_path) == dt.datetime(2020, 5, 16, 17, 30)
    assert paper_time("2020-05-16T18:30", tmp_path) == TIME
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert paper_time(None, file) == dt.datetime(1970, 1, 1, 0, 0)
    for wrong in ("noon", "2020-13-01"):
        with pytest.raises(UsageError, match="expected a time"):
            paper_time(wrong, file)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(UsageError, match="soon"):
        paper_time(None, file)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A plan folder beside the programme that it was made from."""
    (tmp_path / "programme.yaml").write_text(
        yaml.safe_dump(written().raw, allow_unicode=True, sort_keys=False), "utf-8"
    )
    plan, programme = small()
    return write_plan(tmp_path / "plan", plan, verify(plan, programme), {"programme": "../programme.yaml"})


def test_command_line_writes_everything(folder: Path, tmp_path: Path) -> None:
    told = run("export", str(folder), "--lang", "ar+fr", "--json")
    assert told.exit_code == 0, told.stderr
    made = json.loads(told.stdout)
    papers = folder / "papers" / "coordinator"
    assert made["folder"] == str(papers)
    assert {"route-sheets/T0001.pdf", "route-sheets/all.pdf", "purchase-orders/atlas.pdf"} <= set(made["files"])
    assert all((papers / name).is_file() for name in made["files"])
    drivers = ("--audience", "driver", "--format", "route-sheets-html", "--out", str(tmp_path / "d"))
    assert "4 files are in" in run("export", str(folder), *drivers).stdout
    # The papers lie in the plan folder and go with the plan.
    assert run("verify", str(folder)).exit_code == 0
    plan, programme = small()
    write_plan(folder, plan, verify(plan, programme), {})
    assert not papers.exists()


def test_command_line_makes_nothing_of_a_plan_that_breaks_a_rule(folder: Path) -> None:
    file = folder / "plan.json"
    file.write_text(file.read_text("utf-8").replace('"distance_m":6679', '"distance_m":6680'), "utf-8")
    told = run("export", str(folder))
    assert told.exit_code == 5
    assert "no paper was made" in told.stderr
    assert not (folder / "papers").exists()


def test_command_line_refuses_with_a_reason(folder: Path) -> None:
    for words, told in (
        (["--lang", "de"], "unknown language"),
        (["--audience", "press"], "unknown audience"),
        (["--format", "docx"], "unknown format"),
        (["--audience", "driver", "--format", "purchase-orders"], "is not for the audience"),
    ):
        result = run("export", str(folder), *words)
        assert result.exit_code == 2
        assert told in result.stderr
    missing = run("export", str(folder / "nothing"))
    assert missing.exit_code == 3
