"""`basketplan explain` as people use it, and as the example's README shows it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from basketplan.cli import app
from tests.explain.asking import EXAMPLES


@pytest.fixture(name="plan", scope="module")
def _plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plans") / "shortage"
    made = CliRunner().invoke(app, ["plan", str(EXAMPLES / "shortage"), "--out", str(folder)])
    assert made.exit_code == 0, made.output
    return folder


def ask(*words: str | Path) -> Result:
    return CliRunner().invoke(app, ["explain", *map(str, words)])


def outputs(page: str) -> list[str]:
    """Fenced blocks without a language: what a command prints."""
    return [text for lang, text in re.findall(r"^```([a-z]*)\n(.*?)^```", page, re.M | re.S) if not lang]


def test_the_readme_shows_what_is_told(plan: Path) -> None:
    page = (EXAMPLES / "shortage" / "README.md").read_text(encoding="utf-8")
    (shown,) = outputs(page)
    result = ask(plan, "--lang", "en")
    assert result.exit_code == 0
    assert result.stdout.replace("\u00a0", " ").strip() == shown.strip()


def test_the_project_readme_shows_lines_of_it(plan: Path) -> None:
    page = (EXAMPLES.parent / "README.md").read_text(encoding="utf-8")
    section = page.partition("\n## Why\n")[2].partition("\n## ")[0]
    (shown,) = outputs(section)
    told = ask(plan, "--lang", "en").stdout.replace("\u00a0", " ").splitlines()
    assert [line for line in shown.splitlines() if line not in told] == []


def test_figures_for_machines(plan: Path) -> None:
    result = ask(plan, "montagne", "--json", "--lang", "ar+fr")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    (thing,) = told["things"]
    assert thing["facts"]["distance_m"] > 100_000
    assert thing["engagement"]["entries"][0]["at_centimes"] == 1570
    assert set(told["sentences"]) == {"ar", "fr"}
    assert told["shortage"] is told["stress"] is told["prices"] is None
    whole = json.loads(ask(plan, "--json").stdout)
    assert [len(item["overrides"]) for item in whole["shortage"]["remedies"]] == [1, 1, 1]
    assert whole["prices"]["worths"][0]["each"] == 0.5


def test_stress_in_words(plan: Path) -> None:
    result = ask(plan, "--stress", "--lang", "en")
    assert result.exit_code == 0
    assert "without The Plain (invented): 7, then 7" in result.stdout
    assert "Hub closed on Wed 20 May: 7, then 4" in result.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nobody"], 2, "the plan has no 'nobody'"),
        (["lentil"], 2, "did you mean lentils?"),
        (["--lang", "de"], 2, "unknown language 'de'"),
        (["--programme", str(EXAMPLES / "fairness")], 2, "the programme has changed"),
    ],
)
def test_wrong_questions(plan: Path, words: list[str], code: int, said: str) -> None:
    result = ask(plan, *words)
    assert isinstance(result.exception, SystemExit) or result.exception is not None
    told = result.output + str(result.exception)
    assert said in told
    assert getattr(result.exception, "exit_code", code) == code


def test_no_plan_there(tmp_path: Path) -> None:
    result = ask(tmp_path)
    assert result.exit_code == 3
