"""One PDF out of many, without setting their pages again: the memory of one paper at a time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from basketplan.publish.view import View

__all__ = ["merged"]


def merged(files: Sequence[Path], target: Path, view: View) -> list[Path]:
    """Write the pages of ``files`` to ``target``, each file a bookmark, and return it; nothing of nothing."""
    if not files:
        return []
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for file in files:
        first = len(writer.pages)
        writer.append(PdfReader(file), import_outline=False)
        writer.add_outline_item(title=file.stem, page_number=first)
    stamp = f"{view.stamp.time:D:%Y%m%d%H%M%S}"
    writer.metadata = {"/Creator": "basketplan", "/CreationDate": stamp, "/ModDate": stamp}
    with target.open("wb") as handle:
        writer.write(handle)
    return [target]
