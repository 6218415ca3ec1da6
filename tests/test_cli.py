"""The command line as a user meets it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from basketplan.cli import app
from basketplan.errors import BasketplanError
from basketplan.progress import Progress
from basketplan.terminal import LiveReporter

EXAMPLES = Path(__file__).parent.parent / "examples"
SMALL = str(EXAMPLES / "substitution")


@dataclass(frozen=True)
class Told:
    exit_code: int
    stdout: str
    stderr: str


def run(*words: str) -> Told:
    """Run the command line in this process, with the exit code that the shell would see."""
    result = CliRunner().invoke(app, list(words))
    if isinstance(result.exception, BasketplanError):
        return Told(result.exception.exit_code, result.stdout, result.stderr + str(result.exception))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return Told(result.exit_code, result.stdout, result.stderr)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plans") / "oil"
    assert run("plan", SMALL, "--effort", "quick", "--out", str(folder)).exit_code == 0
    return folder


def test_start_check_plan_verify(tmp_path: Path) -> None:
    home = str(tmp_path / "mine")
    assert run("init", home).exit_code == 0
    assert run("init", home).exit_code == 2
    checked = run("check", home)
    assert checked.exit_code == 0
    assert "baskets" in checked.stdout
    told = run("plan", home, "--effort", "quick", "--out", str(tmp_path / "out"))
    assert told.exit_code == 0
    assert "10" in told.stdout
    assert run("verify", str(tmp_path / "out")).exit_code == 0


def test_json_is_one_object(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = run("plan", SMALL, "--effort", "quick", "--out", str(out), "--json")
    made: dict[str, Any] = json.loads(told.stdout)
    wanted = {"plan", "served", "unserved", "violations", "cost_centimes", "allocation_gap", "distance_m", "trips"}
    assert wanted | {"seconds"} <= set(made)
    assert made["plan"] == str(out)
    assert (made["unserved"], made["violations"]) == (0, 0)
    again = json.loads(run("verify", str(out), "--json").stdout)
    assert again["violations"] == []
    checked = json.loads(run("check", SMALL, "--json").stdout)
    assert checked["faults"] == []


def test_same_input_same_bytes(made: Path, tmp_path: Path) -> None:
    run("plan", SMALL, "--effort", "quick", "--out", str(tmp_path / "again"))
    for name in ("plan.json", "verification.json"):
        assert (made / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_a_plan_edited_by_hand_is_told(made: Path, tmp_path: Path) -> None:
    plan = json.loads((made / "plan.json").read_text(encoding="utf-8"))
    plan["trips"][0]["stops"][0]["start_s"] += 600
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    told = run("verify", str(tmp_path / "plan.json"), "--programme", SMALL)
    assert told.exit_code == 5
    assert "V433" in told.stdout
    plan["trips"][0]["stops"][0]["start_s"] = "late"
    (tmp_path / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    assert run("verify", str(tmp_path / "plan.json"), "--programme", SMALL).exit_code == 3


def test_verify_says_when_the_programme_has_changed(made: Path) -> None:
    told = run("verify", str(made), "--programme", str(EXAMPLES / "fairness"))
    assert told.exit_code == 5
    assert "changed" in told.stderr


def test_what_if(tmp_path: Path) -> None:
    setting = "cooperatives[moulin].offers[argan_oil].capacity=0.5 L"
    told = run("plan", SMALL, "--effort", "quick", "--out", str(tmp_path / "out"), "--set", setting, "--json")
    assert told.exit_code == 0
    assert json.loads(told.stdout)["unserved"] == 2
    assert run("verify", str(tmp_path / "out")).exit_code == 0
    assert "8 of 10" in run("check", SMALL, "--set", setting).stdout


@pytest.mark.parametrize(
    "words",
    [
        ["plan"],
        ["plan", SMALL, "--effort", "heroic"],
        ["plan", SMALL, "--seed", "-1"],
        ["plan", SMALL, "--time-limit", "0"],
        ["fly"],
        ["schema", "moon"],
    ],
)
def test_wrong_use_is_exit_2(words: list[str]) -> None:
    assert run(*words).exit_code == 2


def test_faulty_input_is_exit_3(tmp_path: Path) -> None:
    assert run("check", str(tmp_path)).exit_code == 3
    assert json.loads(run("check", str(tmp_path), "--json").stdout)["faults"][0]["code"] == "B101"
    assert run("verify", str(tmp_path)).exit_code == 3


def test_foreign_folders_are_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    assert run("plan", SMALL, "--out", str(tmp_path)).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]


def test_schemas_and_version() -> None:
    assert json.loads(run("schema").stdout)["title"] == "basketplan programme"
    assert "trips" in json.loads(run("schema", "plan").stdout)["properties"]
    assert run("--version").stdout.startswith("basketplan ")


def test_help_needs_no_solver() -> None:
    code = "import sys, basketplan.cli; print({'ortools', 'numpy', 'scipy', 'rich.live'} & set(sys.modules))"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "set()"


@pytest.mark.parametrize("moment", ["allocation", "routing"])
def test_stopped_run_keeps_a_verified_plan(moment: str) -> None:
    from basketplan.plan.verify import verify
    from basketplan.planner import run as run_planner
    from basketplan.progress import QuietReporter
    from basketplan.synthetic import small_programme

    class Impatient(QuietReporter):
        seen = False

        def update(self, progress: Progress) -> None:
            self.seen = self.seen or progress.stage == moment

        def stopped(self) -> bool:
            return self.seen

    programme = small_programme(3, households=20)
    outcome = run_planner(programme, effort="quick", reporter=Impatient())
    assert outcome.plan.status == "interrupted"
    assert verify(outcome.plan, programme).ok
    assert {item.reason for item in outcome.plan.unserved} <= {"stopped", "supply", "fleet", "days", "time", "assembly"}


def test_time_limit_ends_with_a_plan(tmp_path: Path) -> None:
    told = run("plan", SMALL, "--time-limit", "1", "--out", str(tmp_path / "out"), "--json")
    assert told.exit_code in (0, 130)
    assert json.loads(told.stdout)["violations"] == 0


def test_stopped_before_any_plan_keeps_the_old_one(made: Path, tmp_path: Path) -> None:
    shutil.copytree(made, tmp_path / "out")
    before = (tmp_path / "out" / "plan.json").read_bytes()
    told = run("plan", str(EXAMPLES / "sac-4000"), "--time-limit", "1", "--out", str(tmp_path / "out"))
    assert told.exit_code == 130
    assert told.stdout == ""
    assert "nothing was written" in told.stderr
    assert (tmp_path / "out" / "plan.json").read_bytes() == before


@pytest.mark.skipif(os.name != "posix", reason="signals to a thread")
@pytest.mark.parametrize("moment", ["routing", "calendar"])
def test_ctrl_c_keeps_the_best_plan(moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tell = LiveReporter.update

    def update(self: LiveReporter, progress: Progress) -> None:
        tell(self, progress)
        if progress.stage == moment and not self.interrupted:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)  # as a terminal does

    monkeypatch.setattr(LiveReporter, "update", update)
    told = run("plan", SMALL, "--out", str(tmp_path / "out"))
    assert told.exit_code == 130
    assert "10 of 10 households are served" in told.stdout
    assert "It was stopped before its end" in told.stdout
    assert json.loads((tmp_path / "out" / "plan.json").read_text(encoding="utf-8"))["status"] == "interrupted"
    assert run("verify", str(tmp_path / "out")).exit_code == 0


@pytest.mark.skipif(os.name != "posix", reason="signals to another process")
def test_ctrl_c_before_any_plan_ends_soon_and_writes_nothing(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "basketplan", "plan", str(EXAMPLES / "sac-4000"), "--out", str(tmp_path / "out")]
    work = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        time.sleep(6)
        work.send_signal(signal.SIGINT)
        told, errors = work.communicate(timeout=60)
    finally:
        work.kill()
    assert "Traceback" not in errors
    assert work.returncode == 130, errors
    assert told == ""
    assert "nothing was written" in errors
    assert list(tmp_path.iterdir()) == []
