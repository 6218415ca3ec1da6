"""Work for processes of tests, and a small programme with scenarios."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from basketplan.scenarios.work import Made, Task, Tell, execute, nobody
from tests.programme.conftest import GOOD

SCENARIOS = """\
scenarios:
  dear:
    title: {fr: Route chère, en: Dear road}
    changes:
      - vehicles[*].cost_per_km: +50 %
  dry: [{'cooperatives[atlas].offers[couscous].capacity': -90 %}]
  both: [dear, dry]
sweeps:
  fuel:
    vary:
      fuel: {path: 'vehicles[*].cost_per_km', from: +0 %, to: +40 %, step: 20 %}
"""


def write_programme(folder: Path, scenarios: str = SCENARIOS) -> Path:
    """Write a programme of three households with its scenarios."""
    (folder / "scenarios").mkdir(parents=True)
    (folder / "programme.yaml").write_text(GOOD, encoding="utf-8")
    (folder / "scenarios" / "what-if.yaml").write_text(scenarios, encoding="utf-8")
    return folder


def after(seconds: float, work: Callable[..., Any], *args: Any) -> Any:
    """Do something later."""
    time.sleep(seconds)
    return work(*args)


def double(number: int) -> int:
    return 2 * number


def fail(number: int) -> int:
    raise ValueError(f"no {number}")


def die(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


def hang(number: int) -> int:
    time.sleep(60)
    return number


def grow(megabytes: int) -> int:
    """Hold so much memory for a while."""
    held = bytearray(megabytes * 2**20)
    held[::4096] = b"x" * len(held[::4096])
    time.sleep(60)
    return len(held)


def grow_in_a_child(megabytes: int) -> int:
    """Have a process of its own hold so much memory."""
    code = f"import time; held = b'x' * ({megabytes} * 2**20); time.sleep(60)"
    return subprocess.run([sys.executable, "-c", code], check=False).returncode


def grows(task: Task, tell: Tell = nobody) -> Made:
    """Hold too much at every attempt at the scenario ``dear``."""
    if task.id == "dear":
        grow(1200)
    return execute(task, tell)


def leave(number: int) -> int:
    os._exit(3)


def dies_once(marker: str, task: Task, tell: Tell = nobody) -> Made:
    """Be killed in the middle of the first attempt at the scenario ``dear``."""
    if task.id == "dear" and not Path(marker).exists():
        Path(marker).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(task, tell)


def always_dies(task: Task, tell: Tell = nobody) -> Made:
    """Be killed at every attempt at the scenario ``dear``."""
    if task.id == "dear":
        os.kill(os.getpid(), signal.SIGKILL)
    return execute(task, tell)
