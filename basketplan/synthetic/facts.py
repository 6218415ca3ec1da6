"""The facts that programmes are made from: tables beside this module, see data/README.md for their sources."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

__all__ = ["table"]


@cache
def table(name: str) -> tuple[dict[str, str], ...]:
    """Return the rows of ``data/<name>.csv`` as mappings from column to text."""
    text = (files("basketplan.synthetic") / "data" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
