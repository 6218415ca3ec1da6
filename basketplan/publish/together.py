"""Two languages beside each other where there is room for both: headings of columns, names of layers, events."""

from __future__ import annotations

from dataclasses import dataclass

from basketplan.programme.types import Text
from basketplan.publish.texts import Texts

__all__ = ["Together", "plain"]

_BETWEEN = " · "
_KEPT = "\n\u00a0\u202f\u200e\u200f\u2066\u2067\u2068\u2069"
"""Line ends, spaces that do not break, and marks of direction: all of them wanted, none of them printable to Python."""


@dataclass(frozen=True)
class Together:
    """One or two languages; the first leads: dates, numbers and the direction are its own."""

    texts: tuple[Texts, ...]

    @property
    def first(self) -> Texts:
        """The leading language."""
        return self.texts[0]

    @property
    def rtl(self) -> bool:
        """Whether the leading language is written from right to left."""
        return self.first.rtl

    def t(self, msgid: str, **values: object) -> str:
        """Return the text in all languages."""
        return _joined([item.t(msgid, **values) for item in self.texts])

    def n(self, singular: str, plural: str, n: int, **values: object) -> str:
        """Return the form for ``n`` things in all languages."""
        return _joined([item.n(singular, plural, n, **values) for item in self.texts])

    def name(self, names: Text) -> str:
        """Return a name in all languages."""
        return _joined([item.name(names) for item in self.texts])


def _joined(parts: list[str]) -> str:
    return _BETWEEN.join(dict.fromkeys(part for part in parts if part))


def plain(text: str) -> str:
    """Return ``text`` without characters that XML, calendars or sheets cannot hold."""
    return "".join(sign if sign.isprintable() or sign in _KEPT else " " for sign in text)
