"""How much memory a process and all that it started hold: read from /proc, without a further library.

Counted is the proportional set size (PSS) where the system tells it, so that pages which several processes share, such
as those of libraries, count once; else the resident set size.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path

from basketplan.errors import UsageError

__all__ = ["held_bytes", "require"]

PROC = Path("/proc")


def require() -> None:
    """Make sure that memory can be looked at.

    Raises
    ------
    UsageError
        The system tells nothing of it.
    """
    if not (PROC / "self" / "stat").is_file():
        raise UsageError("a limit of memory needs a system with /proc (Linux): run without --memory")


def held_bytes(pids: list[int]) -> dict[int, int]:
    """Return for each of ``pids`` the bytes that it and its descendants hold; 0 for one that has ended."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in os.listdir(PROC) if pids else ():
        if entry.isdigit() and (parent := _parent(int(entry))) is not None:
            children[parent].append(int(entry))
    return {pid: sum(map(_own, _family(pid, children))) for pid in pids}


def _family(pid: int, children: dict[int, list[int]]) -> list[int]:
    """Return a process and its descendants."""
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += children.get(found[-1], ())
    return found


def _parent(pid: int) -> int | None:
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
        return int(text.rpartition(")")[2].split()[1])  # the name before may hold anything, also brackets
    except (OSError, ValueError, IndexError):
        return None


def _own(pid: int) -> int:
    """Return what one process holds."""
    for name, key in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            for line in (PROC / str(pid) / name).read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith(key):
                    return int(line.split()[1]) * 1024
        except (OSError, ValueError, IndexError):
            continue
    return 0
