"""The coordinator's workbook: written by :mod:`.write`, and read back after an edit by :mod:`.read`."""

from __future__ import annotations

from basketplan.publish.workbook.read import Edits, read_edits
from basketplan.publish.workbook.write import workbook

__all__ = ["Edits", "read_edits", "workbook"]
