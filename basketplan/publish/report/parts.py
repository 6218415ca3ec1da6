"""Pieces of HTML: everything that is not markup is escaped here and nowhere else."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from basketplan.publish.together import plain

__all__ = ["Head", "Markup", "bar", "cell", "csp_hash", "data_script", "section", "table", "tag"]


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def cell(value: object) -> Markup:
    """Return ``value`` as HTML: markup as it is, everything else escaped; ``None`` is a dash."""
    if isinstance(value, Markup):
        return value
    return Markup("–") if value is None else Markup(html.escape(plain(str(value))))


def tag(name: str, content: object = "", **attributes: object) -> Markup:
    """Return an element; ``class_`` and ``data_key`` become ``class`` and ``data-key``."""
    told = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{html.escape(plain(str(value)))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{told}>{cell(content)}</{name}>")


@dataclass(frozen=True)
class Head:
    """Heading of a column; figures stand at its end."""

    title: str
    figure: bool = False


def table(heads: Sequence[Head], rows: Sequence[Sequence[object]], foot: Sequence[object] = ()) -> Markup:
    """Return a table that can be sorted by its headings.

    A cell that is a pair is what is shown and the number by which it is sorted.
    """
    top = "".join(tag("th", item.title, scope="col", class_="figure" if item.figure else None) for item in heads)
    body = "".join(f"<tr>{_cells(heads, row)}</tr>" for row in rows)
    last = f"<tfoot><tr>{_cells(heads, foot)}</tr></tfoot>" if foot else ""
    return Markup(
        f'<div class="scroll"><table class="sortable"><thead><tr>{top}</tr></thead><tbody>{body}</tbody>{last}'
        "</table></div>"
    )


def _cells(heads: Sequence[Head], row: Sequence[object]) -> str:
    made = []
    for head, value in zip(heads, row, strict=True):
        shown, key = value if isinstance(value, tuple) else (value, None)
        made.append(tag("td", shown, class_="figure" if head.figure else None, data_key=key))
    return "".join(made)


def bar(share: float, mark: float | None = None) -> Markup:
    """Return a bar as long as ``share`` (0 to 1) of its box, with a line at ``mark``."""
    width = max(0.0, min(1.0, share)) * 100
    line = "" if mark is None else f'<path d="M{mark * 100:.2f} 0V10"/>'
    return Markup(
        f'<svg class="bar" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="back" width="100" height="10"/><rect width="{width:.2f}" height="10"/>{line}</svg>'
    )


def section(key: str, title: str, *content: object) -> Markup:
    """Return a section with a heading that can be linked to."""
    inner = Markup(tag("h2", title) + "".join(cell(item) for item in content))
    return tag("section", inner, id=key)


def data_script(content: Any) -> Markup:
    """Return ``content`` as JSON in the page; nothing in it can end the element or begin a comment."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(f'<script type="application/json" id="data">{text}</script>')


def csp_hash(text: str) -> str:
    """Return the source expression that allows exactly this inline text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
