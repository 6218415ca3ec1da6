"""A file in VRPLIB's format as its lines say it: what stands before the sections, and the sections' rows.

Every number is checked where it is read, so that what is wrong is told with the line it stands on.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from basketplan.errors import UsageError

__all__ = ["LARGEST", "Section", "VrplibFile", "read_file"]

LARGEST = 1_000_000_000
"""Largest number, scaled, that the search can reckon with: all are kept in 32 bits."""
_LARGEST_FILE = 200_000_000
"""Bytes of a file that are read at most."""


@dataclass(frozen=True)
class Section:
    """Rows of a section, and the lines of the file on which it and they stand."""

    line: int
    rows: list[list[float]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class VrplibFile:
    """What a file says, by key and by section."""

    path: Path
    head: dict[str, tuple[str, int]]
    """Value and line of every ``key : value``."""
    sections: dict[str, Section]

    def refuse_unknown(self, keys: Collection[str], sections: Collection[str]) -> None:
        """Refuse what is in neither list: a rule that is not understood would not be kept.

        Raises
        ------
        UsageError
            With the line of the first that is unknown, and all that are known.
        """
        for key, (_, line) in self.head.items():
            if key not in keys:
                raise self.fault(line, f"'{key}' is not supported, known are {', '.join(keys)}")
        for name, section in self.sections.items():
            if name not in sections:
                raise self.fault(section.line, f"'{name}' is not supported, known are {', '.join(sections)}")

    def text(self, key: str, default: str = "") -> str:
        """Return the value of ``key`` as it stands."""
        return self.head[key][0] if key in self.head else default

    def number(self, key: str, scale: int = 1, least: int = 0) -> float | None:
        """Return the scaled value of ``key``, a number from ``least`` on; none where it is missing.

        Raises
        ------
        UsageError
            Where it is no number, too small or too large.
        """
        if key not in self.head:
            return None
        word, line = self.head[key]
        try:
            value = float(word)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            raise self.fault(line, f"{key} must be a number, not '{word[:40]}'")
        self._check(key, line, value, scale, least)
        return value * scale

    def whole(self, key: str, least: int) -> int | None:
        """Return the value of ``key``, a whole number from ``least`` on; none where it is missing.

        Raises
        ------
        UsageError
            Where it is no whole number, too small or too large.
        """
        value = self.number(key, 1, least)
        if value is None:
            return None
        self._check_whole(key, self.head[key][1], value, 1, least)
        return round(value)

    def table(self, name: str, columns: int, scale: int = 1, least: int = 0) -> NDArray[np.float64]:
        """Return a section, scaled, without its first column, which counts from 1.

        Raises
        ------
        UsageError
            Where it does not count so, or a number is smaller than ``least`` or too large.
        """
        section = self.sections[name]
        for place, (row, line) in enumerate(zip(section.rows, section.lines, strict=True), start=1):
            if len(row) != columns + 1 or row[0] != place:
                numbers = "one number" if columns == 1 else f"{columns} numbers"
                raise self.fault(line, f"{name} must hold 1, 2, 3 … with {numbers} each, this is row {place}")
        values = np.array(section.rows, dtype=np.float64).reshape(-1, columns + 1)[:, 1:]
        for at in np.flatnonzero(((values < least) | (values > LARGEST / scale)).any(axis=1)).tolist():
            for value in values[at].tolist():
                self._check(name, section.lines[at], value, scale, least)
        return values * scale

    def wholes(self, name: str, scale: int = 1, least: int = 0) -> NDArray[np.int64]:
        """Return the only column of a section, scaled, all whole numbers.

        Raises
        ------
        UsageError
            As for :meth:`table`, and where a number is not whole.
        """
        values = self.table(name, 1, scale, least)[:, 0]
        rounded = np.rint(values)
        for row in np.flatnonzero(np.abs(values - rounded) > 1e-6).tolist():
            self._check_whole(name, self.sections[name].lines[row], self.sections[name].rows[row][1], scale, least)
        return rounded.astype(np.int64)

    def fault(self, line: int, message: str) -> UsageError:
        """Return the error that names the file and the line; 0 where there is none."""
        return UsageError(f"{self.path}:{line}: {message}" if line else f"{self.path}: {message}")

    def _check(self, name: str, line: int, value: float, scale: int, least: int) -> None:
        if value < least:
            raise self.fault(line, f"{name} must not be below {least:,}, and {value:.10g} is")
        if value > LARGEST / scale:
            raise self.fault(line, f"{name} must not be above {LARGEST // scale:,}, and {value:.10g} is")

    def _check_whole(self, name: str, line: int, value: float, scale: int, least: int) -> None:
        self._check(name, line, value, scale, least)
        if abs(value * scale - round(value * scale)) > 1e-6:
            kind = "be a whole number" if scale == 1 else f"have no more than {len(str(scale)) - 1} decimals"
            raise self.fault(line, f"{name} must {kind}, and is {value:.10g}")


def read_file(path: Path) -> VrplibFile:
    """Read the lines ``key : value`` and the rows of every section.

    Raises
    ------
    UsageError
        Where the file is missing, too large, or a line is neither; or the same is said twice.
    """
    file = VrplibFile(path, {}, {})
    current: Section | None = None
    for number, line in enumerate(_text(path).splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        if words[0] == "EOF":
            break
        name = words[0].rstrip(":")
        if name.endswith("_SECTION"):
            if name in file.sections:
                raise file.fault(number, f"{name} is there twice")
            current = file.sections.setdefault(name, Section(number))
        elif current is None and ":" in line:
            key, value = (part.strip() for part in line.split(":", 1))
            if key in file.head:
                raise file.fault(number, f"{key} is there twice")
            file.head[key] = value, number
        elif current is None:
            raise file.fault(number, f"'{line.strip()[:40]}' is not VRPLIB")
        else:
            current.rows.append(_row(file, number, words))
            current.lines.append(number)
    return file


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise UsageError(f"{path} is larger than {_LARGEST_FILE // 1_000_000} MB")
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read {path}: {getattr(error, 'strerror', None) or 'not a text file'}") from None


def _row(file: VrplibFile, line: int, words: Sequence[str]) -> list[float]:
    try:
        row = [float(word) for word in words]
    except ValueError:
        row = [math.nan]
    if not all(map(math.isfinite, row)):
        raise file.fault(line, f"'{' '.join(words)[:40]}' is not VRPLIB")
    return row
