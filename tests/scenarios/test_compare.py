"""A study compared: figures against the base, noise from repeats, people, files of the results."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from basketplan.errors import UsageError
from basketplan.scenarios import expand, run_study
from basketplan.scenarios.compare import compare
from basketplan.scenarios.results import Results
from tests.scenarios import working
from tests.scenarios.test_run import THREADS
from tests.test_cli import run as command


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study")
    home = working.write_programme(folder / "programme")
    run_study(expand(home, ["dear", "dry", "fuel"], effort="quick"), folder / "out", THREADS)
    run_study(expand(home, ["base"], effort="quick", seeds=(0, 1, 2)), folder / "out", THREADS)
    return folder / "out"


def test_rows(study: Path) -> None:
    made, people = compare(Results.open(study))
    assert [row.group for row in made.rows][:3] == ["base", "dear", "dry"]
    assert len(made.rows) == 6
    dear, dry = made.rows[1], made.rows[2]
    assert dear.differences["cost"].value > 0
    assert dear.differences["cost"].noise is not None
    assert dear.title.en == "Dear road"
    assert "cost_per_km" in dear.changes[0]
    assert dry.differences["served"].value < 0
    assert dry.people["unserved"] == people["dry"].counts["unserved"] > 0
    assert made.rows[0].figures["cost"].number == 3
    assert str(made.tornado["served"][0].label) == "dry"
    assert any(str(bar.label) == "fuel: fuel" for bar in made.tornado["cost"])


def test_another_base(study: Path) -> None:
    made, _ = compare(Results.open(study), "dear")
    assert made.rows[0].group == "dear"
    assert next(row for row in made.rows if row.group == "base").differences["cost"].value < 0
    with pytest.raises(UsageError, match="not finished"):
        compare(Results.open(study), "nobody")


def test_files(study: Path) -> None:
    told = command("scenarios", "compare", str(study), "--lang", "ar+fr")
    assert told.exit_code == 0, told.stderr
    assert "Dear road" in told.stdout
    assert "Pareto" in told.stdout
    rows = list(csv.DictReader(io.StringIO((study / "comparison.csv").read_text(encoding="utf-8-sig"))))
    cost = next(item for item in rows if item["scenario"] == "dear" and item["figure"] == "cost")
    assert float(cost["difference"]) > 0
    assert cost["exceeds_noise"] in ("true", "false")
    assert json.loads((study / "comparison.json").read_text(encoding="utf-8"))["scenarios"][0]["scenario"] == "base"
    assert {"comparison.ar.html", "comparison.fr.html"} <= {file.name for file in study.iterdir()}
    notices = list(csv.DictReader(io.StringIO((study / "people" / "dry.csv").read_text(encoding="utf-8-sig"))))
    assert {"household", "cooperative"} <= {item["audience"] for item in notices}
    page = (study / "comparison.fr.html").read_text(encoding="utf-8")
    assert not any(f">{name}<" in page for name in ("h1", "h2", "h3"))
    assert json.loads(command("scenarios", "compare", str(study), "--json").stdout)["scenarios"]


def test_two_plans_in_terms_of_people(study: Path, tmp_path: Path) -> None:
    before, after = str(study / "runs" / "base"), str(study / "runs" / "dry")
    told = command("scenarios", "difference", before, after, "--out", str(tmp_path / "told.csv"))
    assert "have to be told" in told.stdout
    assert "not served any more" in told.stdout
    assert (tmp_path / "told.csv").read_text(encoding="utf-8-sig").startswith("audience,id,changes")
    assert json.loads(command("scenarios", "difference", before, after, "--json").stdout)["counts"]["unserved"] > 0
    assert command("scenarios", "difference", before, str(tmp_path)).exit_code == 3
