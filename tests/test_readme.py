"""README's commands run as written, in a copy of the examples, and end with exit code 0."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from basketplan.cli import app

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(heading: str) -> list[str]:
    """Fenced blocks of one section."""
    section = re.search(rf"^## {heading}\b.*?$(.*?)(?=^## |\Z)", README, re.M | re.S)
    assert section, f"README has no section '## {heading}'"
    return re.findall(r"^```[a-z]*\n(.*?)^```", section.group(1), re.M | re.S)


def tour() -> list[str]:
    parts = [*blocks("Five minutes"), *blocks("What if"), *blocks("Fairness"), *blocks("Why")]
    lines = [line for block in parts for line in block.splitlines()]
    return [line for line in lines if line.startswith("basketplan ")]


def test_start_holds_exactly_two_commands() -> None:
    main, tests = blocks("Start")
    assert "basketplan plan examples/sac-4000" in main
    assert "pytest" in tests


def test_tour_commands_run_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = tour()
    assert len(commands) >= 5
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(ROOT / "configs", tmp_path / "configs")
    monkeypatch.chdir(tmp_path)
    for command in commands:
        result = CliRunner().invoke(app, shlex.split(command, comments=True)[1:])
        assert result.exit_code == 0, f"{command}\n{result.output}"
