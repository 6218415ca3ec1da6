"""Blocks that papers are made of: facts, headings, tables, boxes to sign in; ``sheet.typ`` sets them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from basketplan.publish.paper.press import Both

__all__ = [
    "TICK", "Block", "Cell", "bold", "boxes", "column", "facts", "heading", "note", "page", "paper", "stacked", "table",
]  # fmt: skip

Block = dict[str, Any]
Cell = str | Both | dict[str, Any]
"""A text that reads from left to right (ids, figures), a text in the paper's languages, or one of those below."""

TICK: dict[str, Any] = {"tick": True}


def bold(cell: Cell) -> dict[str, Any]:
    """Return ``cell`` in bold."""
    return {"bold": cell}


def stacked(cells: Sequence[Cell]) -> dict[str, Any]:
    """Return several cells in one, under each other."""
    return {"stack": list(cells)}


def heading(text: Both) -> Block:
    """Return a heading; it stays with what follows."""
    return {"kind": "heading", "text": text}


def note(text: Both, size: str = "9pt") -> Block:
    """Return a paragraph."""
    return {"kind": "text", "text": text, "size": size}


def facts(*items: tuple[Both, Cell], columns: int = 3) -> Block:
    """Return names with values, in columns."""
    return {"kind": "facts", "items": [list(item) for item in items], "columns": columns}


def column(label: Both, width: str = "auto", align: str = "start") -> dict[str, Any]:
    """Return a column: ``auto``, ``1fr`` or ``20mm`` wide, aligned to ``start``, ``center`` or ``end``."""
    return {"label": label, "width": width, "align": align}


def table(columns: Sequence[dict[str, Any]], rows: Sequence[Sequence[Cell]], total: Sequence[Cell] = ()) -> Block:
    """Return a table, its header repeated on every page."""
    return {"kind": "table", "columns": list(columns), "rows": [list(row) for row in rows], "total": list(total)}


def boxes(*items: Both, height: str = "18mm") -> Block:
    """Return boxes beside each other, to write into."""
    return {"kind": "boxes", "items": list(items), "height": height}


def page() -> Block:
    """Return a page break."""
    return {"kind": "break"}


def paper(
    title: Both, about: Both, blocks: Sequence[Block], *, id: str = "", flipped: bool = False, ends: Both | None = None
) -> dict[str, Any]:
    """Return the content of one paper for :meth:`Press.write`; ``ends`` says until when it is kept."""
    return {
        "title": title,
        "about": about,
        "id": id,
        "flipped": flipped,
        "ends": ends or [],
        "blocks": list(blocks),
    }
