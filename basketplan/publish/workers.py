"""Formats made beside each other, each in a process of its own, which also gives back what memory it took.

A child is started as a fresh interpreter, not as a copy of this one: that works in every caller's program and on every
system. The view goes to it through a pipe and never touches the disk, because it may hold contacts.
"""

from __future__ import annotations

import contextlib
import pickle
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from basketplan.errors import BasketplanError, StoppedError
from basketplan.progress import Progress, Reporter

if TYPE_CHECKING:
    from basketplan.publish.export import Format
    from basketplan.publish.texts import Texts
    from basketplan.publish.view import View

__all__ = ["make_beside", "serve"]

_SLOW = ("route-sheets", "basket-cards", "packing-lists")
"""These start first, so that none of them is left over at the end."""
_POLL_S = 0.2

_Message = tuple[str, str, Any]
"""Kind (progress, files, failed), format, and what is told."""


def make_beside(
    view: View,
    texts: tuple[Texts, ...],
    folder: Path,
    formats: Sequence[Format],
    reporter: Reporter,
    workers: int,
) -> list[Path]:
    """Make ``formats`` with at most ``workers`` processes at a time and return the files in the order of the formats.

    Raises
    ------
    StoppedError
        The reporter asked for an end.
    BasketplanError
        What the maker of a format told.
    """
    waiting = sorted((item.name for item in formats), key=lambda name: name not in _SLOW)
    package = pickle.dumps((view, texts, folder), protocol=pickle.HIGHEST_PROTOCOL)
    messages: queue.Queue[_Message] = queue.Queue()
    running: dict[str, subprocess.Popen[bytes]] = {}
    files: dict[str, list[Path]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                name = waiting.pop(0)
                running[name] = _started(name, package, messages)
            if reporter.stopped():
                raise StoppedError("stopped: no papers were written")
            with contextlib.suppress(queue.Empty):
                kind, name, content = messages.get(timeout=_POLL_S)
                if kind == "progress":
                    reporter.update(content)
                    continue
                running.pop(name).wait()
                if kind == "failed":
                    raise content
                files[name] = content
    finally:
        for child in running.values():
            child.kill()
            child.wait()
    return [file for item in formats for file in files[item.name]]


def _started(name: str, package: bytes, messages: queue.Queue[_Message]) -> subprocess.Popen[bytes]:
    """Start the child for one format, and the thread that hears it."""
    code = "import sys; sys.path[:] = sys.argv[2:]; from basketplan.publish.workers import serve; serve(sys.argv[1])"
    child = subprocess.Popen(
        [sys.executable, "-c", code, name, *sys.path],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    threading.Thread(target=_hear, args=(name, package, child, messages), daemon=True).start()
    return child


def _hear(name: str, package: bytes, child: subprocess.Popen[bytes], messages: queue.Queue[_Message]) -> None:
    """Hand over the work, then pass on what the child tells; its sudden end is told as a failure."""
    assert child.stdin is not None
    assert child.stdout is not None
    with contextlib.suppress(OSError), child.stdin:
        child.stdin.write(package)
    with child.stdout:
        while True:
            try:
                message: _Message = pickle.load(child.stdout)
            except (EOFError, pickle.UnpicklingError, OSError):
                break
            messages.put(message)
            if message[0] != "progress":
                return
    messages.put(("failed", name, BasketplanError(f"making {name} ended before its time: is there enough memory?")))


class _Telling:
    """Sends progress to the parent; the parent ends the child when the user stops."""

    def __init__(self, name: str, out: IO[bytes]) -> None:
        self._name, self._out = name, out

    def update(self, progress: Progress) -> None:
        """Send it."""
        _send(self._out, ("progress", self._name, progress))

    def stopped(self) -> bool:
        """Never: a stopped child is ended."""
        return False


def serve(name: str) -> None:
    """Make the format called ``name`` of what comes on stdin, and tell on stdout: the child's whole life."""
    from basketplan.publish.export import FORMATS

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    view, texts, folder = pickle.load(sys.stdin.buffer)
    out = sys.stdout.buffer
    try:
        files = FORMATS[name].make(view, texts, folder, _Telling(name, out))
    except BasketplanError as error:
        _send(out, ("failed", name, BasketplanError(str(error))))
    except Exception as error:
        # Not its text, which may hold a contact: the kind of fault is enough to find it.
        _send(out, ("failed", name, BasketplanError(f"an internal fault while making {name}: {type(error).__name__}")))
    else:
        _send(out, ("files", name, files))


def _send(out: IO[bytes], message: _Message) -> None:
    pickle.dump(message, out)
    out.flush()
