"""Files of a programme as bytes and text; whatever cannot be read gives a fault that says why."""

from __future__ import annotations

import stat
from pathlib import Path as FilePath
from typing import Final

from basketplan.errors import InputError, Place
from basketplan.programme.written import Written

__all__ = ["MAX_BYTES", "decode", "read_bytes", "read_text", "refused"]

MAX_BYTES: Final = 512 * 1024 * 1024


def read_bytes(path: FilePath, name: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Return the content of a regular file that is not larger than ``max_bytes``.

    Raises
    ------
    InputError
        With one fault, when there is no such file or it may not be read.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise refused("B101", "this is a folder, not a file", name, "give the file itself")
        if not stat.S_ISREG(status.st_mode):
            raise refused("B101", "this is not a regular file", name, "give a file on disk")
        if status.st_size > max_bytes:
            message = f"the file is larger than {max_bytes // 1024 // 1024} MB"
            raise refused("B102", message, name, "split it, or keep households in a CSV file")
        return path.read_bytes()
    except FileNotFoundError:
        raise refused("B101", "there is no such file", name, "check the path") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "the path is not valid"
        raise refused("B101", f"the file cannot be read: {reason}", name, "check the path and its rights") from None


def read_text(path: FilePath, name: str, max_bytes: int = MAX_BYTES) -> tuple[str, bytes]:
    """Return the text and the bytes of a UTF-8 file, a byte order mark removed.

    Raises
    ------
    InputError
        With one fault, when the file cannot be read or is not text in UTF-8.
    """
    content = read_bytes(path, name, max_bytes)
    return decode(content, name), content


def decode(content: bytes, name: str) -> str:
    """Return UTF-8 bytes as text."""
    if b"\0" in content[:8192] and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise refused("B103", "this is a binary file, not text", name, "give a text file in UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8", errors="replace")
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        raise refused(
            "B103", "this is not UTF-8 text", name, "save the file with encoding UTF-8", line, column
        ) from None


def refused(code: str, message: str, name: str, help: str, line: int = 1, column: int = 1) -> InputError:
    """Return the error for a file that cannot be used; it shows nothing of the content."""
    place = Place(file=name, line=line, column=column)
    return InputError([Written().fault_at(code, f"{name}: {message}", place, help)])
