"""What a workbook carries so that it can be read back, whatever its language: a hidden sheet of keys and values."""

from __future__ import annotations

from typing import Final

__all__ = ["FORMAT", "HEADER_ROW", "SHEET", "VERSION"]

SHEET: Final = "basketplan"
"""Name of the hidden sheet."""
FORMAT: Final = "basketplan.workbook"
VERSION: Final = 1
HEADER_ROW: Final = 2
"""Row of the headings in every sheet with totals above them, from 1."""
