"""Studies: run, stopped, taken up again, with workers that die; every plan verified, the same numbers every time."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from basketplan.errors import InputError, UsageError
from basketplan.plan.io import read_plan
from basketplan.plan.verify import verify
from basketplan.progress import Progress, QuietReporter
from basketplan.scenarios import Results, expand, run_study
from basketplan.scenarios.processes import Processes
from basketplan.scenarios.run import Ended, Workers, read_run
from basketplan.scenarios.study import Study
from tests.scenarios import working
from tests.solving import solve
from tests.test_cli import run as command


def threads() -> Executor:
    return ThreadPoolExecutor(2)


THREADS = Workers(make=threads, number=2)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return working.write_programme(tmp_path / "programme")


def checked(study: Study, ended: Ended) -> dict[str, bytes]:
    """Verify every plan once more and return their bytes."""
    plans = {}
    for run in ended.results.runs():
        folder = ended.results.path(run.id)
        plan = read_plan(folder)
        assert verify(plan, read_run(study, run).programme).ok
        plans[run.id] = (folder / "plan.json").read_bytes()
    return plans


def test_a_study_is_run_once_and_gives_the_same_again(home: Path, tmp_path: Path) -> None:
    study = expand(home, effort="quick", seeds=(0, 1))
    assert [run.id for run in study.runs] == [
        *("base", "base.seed-1", "dear", "dear.seed-1", "dry", "dry.seed-1", "both", "both.seed-1")
    ]
    first = run_study(study, tmp_path / "out", THREADS)
    assert not first.failed
    plans = checked(study, first)
    again = run_study(study, tmp_path / "out", THREADS)
    assert (again.planned, len(again.known)) == ((), 8)
    shutil.rmtree(tmp_path / "out")
    assert checked(study, run_study(study, tmp_path / "out", THREADS, cache=tmp_path / "none")) == plans
    base = solve(read_run(study, study.runs[1]).programme, seed=1).plan
    assert read_plan(tmp_path / "out" / "runs" / "base.seed-1") == base


def test_processes_give_what_threads_give(home: Path, tmp_path: Path) -> None:
    study = expand(home, ["dear", "both"], effort="quick")
    here = checked(study, run_study(study, tmp_path / "one", THREADS))
    assert checked(study, run_study(study, tmp_path / "two", Workers.here(2))) == here


MILD = """\
scenarios:
  dear: [{'vehicles[*].cost_per_km': +50 %}]
  dearer: [{'vehicles[*].cost_per_km': +90 %}]
  dry: [{'cooperatives[atlas].offers[couscous].capacity': -90 %}]
"""


def test_what_breaks_most_of_the_base_plan_is_not_left_for_the_end(tmp_path: Path) -> None:
    """It takes longest. While the first runs, it is found out of the others how much they break."""
    begun: list[str] = []

    class Slow(ThreadPoolExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            begun.append(args[0].id)
            return super().submit(working.after, 2.0, fn, *args, **kwargs)

    home = working.write_programme(tmp_path / "programme", MILD)
    study = expand(home, ["dear", "dearer", "dry"], effort="quick")
    ended = run_study(study, tmp_path / "out", Workers(make=lambda: Slow(1), number=1))
    assert begun == ["base", "dear", "dry", "dearer"]
    assert [run.id for run in ended.results.runs()] == ["base", "dear", "dearer", "dry"]
    checked(study, ended)


class Replaced(Processes):
    """Processes that do something else than they are told."""

    def __init__(self, work: Callable[..., Any], *, memory_bytes: int | None = None) -> None:
        super().__init__(2, memory_bytes=memory_bytes)
        self.work = work

    def submit_telling(self, fn: Callable[..., Any], told: Callable[[Progress], None], /, *args: Any) -> Future[Any]:
        return super().submit_telling(self.work, told, *args)


def test_a_killed_worker_loses_its_run_only_and_it_is_tried_again(home: Path, tmp_path: Path) -> None:
    study = expand(home, ["dear", "dry"], effort="quick")
    work = partial(working.dies_once, str(tmp_path / "died"))
    ended = run_study(study, tmp_path / "out", Workers(make=lambda: Replaced(work), number=2))
    assert ended.failed == {}
    assert list(ended.retried) == ["dear"]
    assert "SIGKILL" in ended.retried["dear"][0]
    assert "SIGKILL" in ended.results.told("dear")["attempts"][0]
    checked(study, ended)


def test_a_run_that_always_dies_is_given_up_and_told(home: Path, tmp_path: Path) -> None:
    study = expand(home, ["dear", "dry"], effort="quick")
    ended = run_study(study, tmp_path / "out", Workers(make=lambda: Replaced(working.always_dies), number=2))
    assert [len(item) for item in ended.failed.values()] == [3]
    assert set(ended.planned) == {"base", "dry"}
    assert ended.results.failed()["dear"]
    mended = run_study(study, tmp_path / "out", THREADS)
    assert mended.planned == ("dear",)
    assert ended.results.failed() == {}


def test_a_run_that_holds_too_much_is_given_up_at_once_and_others_go_on(home: Path, tmp_path: Path) -> None:
    study = expand(home, ["dear", "dry"], effort="quick")
    small = Workers(make=lambda: Replaced(working.grows, memory_bytes=900 * 2**20), number=2)
    ended = run_study(study, tmp_path / "out", small)
    assert [len(item) for item in ended.failed.values()] == [1]
    assert "of at most 900 MB" in ended.failed["dear"][0]
    assert set(ended.planned) == {"base", "dry"}


def test_a_pool_that_breaks_is_made_anew(home: Path, tmp_path: Path) -> None:
    class Pool(ProcessPoolExecutor):
        def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
            return super().submit(partial(working.dies_once, str(tmp_path / "died")), *args, **kwargs)

    import multiprocessing

    context = multiprocessing.get_context("forkserver")
    study = expand(home, ["dear", "dry"], effort="quick")
    ended = run_study(study, tmp_path / "out", Workers(make=lambda: Pool(2, mp_context=context), number=2))
    assert ended.failed == {}
    checked(study, ended)


class Impatient(QuietReporter):
    """Stops once so many runs are finished."""

    def __init__(self, after: int) -> None:
        self.after, self.done = after, 0

    def update(self, progress: Progress) -> None:
        self.done = progress.done if progress.stage == "runs" else self.done

    def stopped(self) -> bool:
        return self.done >= self.after


def test_stopped_and_taken_up_again(home: Path, tmp_path: Path) -> None:
    study = expand(home, ["dear", "dry", "both", "fuel"], effort="quick")
    whole = checked(study, run_study(study, tmp_path / "whole", THREADS))
    one = Workers(make=threads, number=1)
    part = run_study(study, tmp_path / "out", one, reporter=Impatient(3))
    assert part.stopped
    assert 3 <= len(part.planned) < len(study.runs)
    rest = run_study(study, tmp_path / "out", one)
    assert len(rest.known) == len(part.planned)
    assert checked(study, rest) == whole


def test_all_faults_before_any_run(home: Path, tmp_path: Path) -> None:
    file = home / "scenarios" / "bad.yaml"
    file.write_text(
        "scenarios:\n  one:\n    - hubs[casa].assembly: many\n  two:\n    - hubs[nowhere].assembly: 3\n",
        encoding="utf-8",
    )
    with pytest.raises(InputError) as caught:
        run_study(expand(home, ["one", "two", "dear"], effort="quick"), tmp_path / "out", THREADS)
    assert {item.code for item in caught.value.faults} >= {"B204", "B222"}
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError):
        expand(home, ["nobody"])


def test_what_is_kept_of_a_run(home: Path, tmp_path: Path) -> None:
    study = expand(home, ["fuel"], effort="quick", overrides=["hubs[casa].assembly=9"])
    ended = run_study(study, tmp_path / "out", THREADS)
    run = ended.results.runs()[-1]
    assert run.values == {"fuel": "+40 %"}
    inputs = json.loads((ended.results.path(run.id) / "inputs.json").read_text(encoding="utf-8"))
    assert inputs["set"] == ["hubs[casa].assembly=9", 'vehicles[*].cost_per_km="+40 %"']
    assert inputs["applied"][0].startswith("hubs[casa].assembly: 10 -> 9")
    assert inputs["run"]["reused"]["known"]["allocation"] == 1
    assert set(inputs) >= {"seed", "versions", "files", "programme_sha256", "effort"}
    told = command("verify", str(ended.results.path(run.id)))
    assert told.exit_code == 0


def test_foreign_folders_are_left_alone(home: Path, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "dear.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(UsageError, match="no study"):
        run_study(expand(home, effort="quick"), tmp_path / "letters", THREADS)
    with pytest.raises(UsageError, match="no study"):
        Results.open(tmp_path / "letters")


def test_command_line(home: Path, tmp_path: Path) -> None:
    assert "dear: Route chère" in command("scenarios", "list", str(home)).stdout
    words = ("scenarios", "run", str(home), "dear", "--effort", "quick", "--workers", "1", "--out", str(tmp_path / "o"))
    told = command(*words)
    assert told.exit_code == 0
    assert "2 plans made" in told.stdout
    again = json.loads(command(*words, "--json").stdout)
    assert again["known"] == ["base", "dear"]
    assert command("scenarios", "run", str(home), "nobody").exit_code == 3
    empty = tmp_path / "empty"
    shutil.copytree(home, empty, ignore=shutil.ignore_patterns("scenarios"))
    assert command("scenarios", "run", str(empty)).exit_code == 2
