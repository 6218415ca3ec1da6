"""A process that dies, hangs or fails takes its own call with it, and nothing else."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from basketplan.errors import UsageError
from basketplan.progress import Progress
from basketplan.scenarios import memory
from basketplan.scenarios.memory import held_bytes
from basketplan.scenarios.processes import Processes, WorkerDied, WorkerHung, WorkerTooLarge
from basketplan.scenarios.work import Tell
from tests.scenarios import working


@pytest.fixture
def pool() -> Iterator[Processes]:
    with Processes(2, silent_s=1.5) as made:
        yield made


def talk(number: int, tell: Tell) -> int:
    for step in range(number):
        tell(Progress(stage="talk", done=step))
        time.sleep(0.3)
    return number


def test_one_loses_nothing_of_the_others(pool: Processes) -> None:
    good = [pool.submit(working.double, number) for number in range(3)]
    killed, hanging = pool.submit(working.die, 1), pool.submit(working.hang, 1)
    failing, leaving = pool.submit(working.fail, 7), pool.submit(working.leave, 1)
    more = pool.submit(working.double, 21)
    with pytest.raises(WorkerDied, match="SIGKILL"):
        killed.result(30)
    with pytest.raises(WorkerHung, match="nothing"):
        hanging.result(30)
    with pytest.raises(ValueError, match="no 7"):
        failing.result(30)
    with pytest.raises(WorkerDied, match="exit code 3"):
        leaving.result(30)
    assert [item.result(30) for item in (*good, more)] == [0, 2, 4, 42]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system does not tell of memory")
def test_who_holds_too_much_is_ended_alone() -> None:
    with Processes(3, memory_bytes=500 * 2**20) as pool:
        large, child = pool.submit(working.grow, 700), pool.submit(working.grow_in_a_child, 700)
        good = [pool.submit(working.double, number) for number in range(3)]
        for one in (large, child):
            with pytest.raises(WorkerTooLarge, match="of at most 500 MB"):
                one.result(50)
        assert [item.result(30) for item in good] == [0, 2, 4]


def test_memory_of_nobody_is_nothing() -> None:
    assert held_bytes([]) == {}
    assert held_bytes([2**22 + 1]) == {2**22 + 1: 0}


def test_a_limit_that_cannot_be_kept_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(memory, "PROC", tmp_path)
    with pytest.raises(UsageError, match="--memory"):
        Processes(1, memory_bytes=2**30)


def test_who_speaks_does_not_hang(pool: Processes) -> None:
    heard: list[Progress] = []
    assert pool.submit_telling(talk, heard.append, 8).result(30) == 8
    assert [item.done for item in heard] == list(range(8))


def test_what_cannot_be_sent_fails_alone(pool: Processes) -> None:
    with pytest.raises(Exception, match=r"pickle|local object|lambda"):
        pool.submit(lambda: 1).result(30)
    assert pool.submit(working.double, 2).result(30) == 4


def test_the_end_is_quick() -> None:
    pool = Processes(1)
    running, waiting = pool.submit(working.hang, 1), pool.submit(working.double, 1)
    while not pool.pids():
        time.sleep(0.02)
    begin = time.monotonic()
    pool.shutdown(cancel_futures=True)
    assert time.monotonic() - begin < 5
    assert isinstance(running.exception(), WorkerDied)
    assert waiting.cancelled()
    with pytest.raises(RuntimeError):
        pool.submit(working.double, 1)
