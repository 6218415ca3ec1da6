"""A Dask cluster of four real processes: one is killed in the middle and nothing is lost; same numbers as here."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from basketplan.errors import UsageError
from basketplan.plan.io import read_plan
from basketplan.planner import run
from basketplan.progress import Progress, QuietReporter
from basketplan.scenarios import expand, run_study
from basketplan.synthetic import small_programme
from tests.scenarios import working
from tests.scenarios.test_run import THREADS, checked
from tests.solving import solve
from tests.test_cli import run as command

distributed = pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
pytestmark = [pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    with distributed.LocalCluster(
        n_workers=4, threads_per_worker=1, processes=True, dashboard_address=None, silence_logs=50
    ) as made:
        yield made


@pytest.fixture
def client(cluster: Any) -> Iterator[Any]:
    from basketplan.scenarios.cluster import connect

    with connect(cluster.scheduler_address) as made:
        made.wait_for_workers(4, timeout=60)
        yield made


class KillsOne(QuietReporter):
    """Kills a worker once something is being planned."""

    def __init__(self, pids: list[int]) -> None:
        self.pids, self.heard, self.lock = pids, [], threading.Lock()
        self.killed = 0

    def update(self, progress: Progress) -> None:
        with self.lock:
            self.heard.append(progress.stage)
            if progress.stage not in ("runs", "base") and not self.killed:
                self.killed = self.pids[0]
                os.kill(self.killed, signal.SIGKILL)


def test_one_killed_in_the_middle(client: Any, tmp_path: Path) -> None:
    from basketplan.scenarios.cluster import workers_of

    home = working.write_programme(tmp_path / "programme")
    study = expand(home, ["dear", "dry", "both", "fuel"], effort="quick")
    here = checked(study, run_study(study, tmp_path / "here", THREADS))
    pids = sorted(client.run(os.getpid).values())
    assert len(set(pids)) == 4
    reporter = KillsOne(pids)
    ended = run_study(study, tmp_path / "there", workers_of(client), reporter=reporter)
    assert reporter.killed
    assert not ended.failed
    assert checked(study, ended) == here
    assert {"base", "dear"} <= set(reporter.heard)
    deadline = time.monotonic() + 30
    while reporter.killed in client.run(os.getpid, on_error="ignore").values() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert reporter.killed not in client.run(os.getpid, on_error="ignore").values()


def test_hubs_of_one_programme_are_spread(client: Any) -> None:
    from basketplan.scenarios.cluster import ClusterStages

    programme = small_programme(2, households=10, cooperatives=2, products=3, days=4, rich=False, supply=1.5)
    plain = solve(programme, seed=3).plan
    assert run(programme, effort="quick", seed=3, stages=ClusterStages(client)).plan == plain


def test_command_line(cluster: Any, tmp_path: Path) -> None:
    home = working.write_programme(tmp_path / "programme")
    words = ("--effort", "quick", "--cluster", cluster.scheduler_address, "--out")
    assert command("plan", str(home), *words, str(tmp_path / "plan")).exit_code == 0
    assert command("scenarios", "run", str(home), "dear", *words, str(tmp_path / "study")).exit_code == 0
    assert read_plan(tmp_path / "plan") == read_plan(tmp_path / "study" / "runs" / "base")


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    from basketplan.scenarios import cluster as module

    monkeypatch.setattr(module, "CONNECT_S", 1)
    with pytest.raises(UsageError, match="no cluster answers"):
        module.connect("tcp://127.0.0.1:9")
