"""Where each value of a programme was written, and faults that point there.

A programme comes from several files: YAML with includes, tables of households, a scenario, ``--set``.
:class:`Written` knows for every path, such as ``("cooperatives", 3, "offers", 0, "product")``, in which
file, line and column it stands. A programme built in Python has an empty ``Written()``.
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol

from basketplan.errors import Fault, Place

__all__ = ["Marked", "Origin", "Path", "Segment", "Written", "address", "clean", "looks_personal"]

Path = tuple[str | int, ...]

_WIDTH = 120
_ALIASES = {"from_": "from", "driver_break": "break"}
_CONTACT = re.compile(
    r"(?:(?:\+|00)\s?212[\s.-]?|\b212[\s.-]?|\b0)[5-8](?:[\s.-]?\d){8}\b|[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII
)
_PERSONAL = frozenset(
    re.findall(
        r"\w+",
        """name names nom noms prenom prenoms firstname lastname fullname surname forename telephone telephones tel
        phone phones gsm mobile portable whatsapp cin cnie cine passport passeport adresse adresses address addresses
        addr rue street email emails mail courriel birthday birth birthdate naissance rib iban contact contacts
        اسم الاسم الاسماء نسب النسب هاتف الهاتف عنوان العنوان بطاقة البطاقة بريد البريد جوال الجوال""",
    )
)
_PLACES_NOT_PEOPLE = frozenset(
    {"zone", "zones", "hub", "quartier", "commune", "arrondissement", "province", "region", "town", "ville"}
)


class Origin(Protocol):
    """One file (or ``--set``) that values came from."""

    @property
    def name(self) -> str:
        """How the file is told to the user."""

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return the place of ``path`` inside this origin, else of its nearest parent."""

    def line(self, number: int) -> str:
        """Return the text of a line, counted from 1; empty where it must not be shown."""


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Items of one top-level key that came from one origin.

    ``start`` is the index of the first of them in the programme; ``path`` is where they stand inside the
    origin, and ``single`` tells that the segment is one item (or a value that is no list).
    """

    origin: Origin
    path: Path
    start: int = 0
    single: bool = False


class Marked(Protocol):
    """What overrides have put where, and moved."""

    def key(self, path: Path) -> Path:
        """Return a path as one of the files: items of a list have the positions that they had there."""

    def place(self, key: Path, *, key_itself: bool = False) -> Place | None:
        """Return where the override stands that put the value at ``key`` there; none where the files did."""


class Written:
    """Where each value was written; immutable.

    Parameters
    ----------
    segments
        For each top-level key the segments of its list in order, or one for a mapping or scalar.
    marked
        Which override or scenario has put what stands at a path, where it stands there, and what it replaced.
    origins
        All files in reading order; the first one is ``programme.yaml``.
    """

    def __init__(
        self,
        segments: Mapping[str, Sequence[Segment]] | None = None,
        marked: Marked | None = None,
        origins: Sequence[Origin] = (),
    ) -> None:
        self._segments = {key: tuple(value) for key, value in (segments or {}).items()}
        self._starts = {key: [item.start for item in value] for key, value in self._segments.items()}
        self._marked = marked
        self._origins = tuple(origins)
        self._rank = {origin.name: rank for rank, origin in reversed(list(enumerate(self._origins)))}

    def place(self, path: Path, *, key: bool = False) -> Place | None:
        """Return where ``path`` was written, else its nearest parent; none when nothing is known.

        With ``key`` it is the place of the key itself rather than of its value.
        """
        if self._marked is None:
            return self._original(path, key)
        lasting = self._marked.key(path)
        put = self._marked.place(lasting, key_itself=key)
        return put if put is not None else self._original(lasting, key)

    def excerpt(self, place: Place) -> str:
        """Return the source line of ``place``, cut where it is long and safe for any terminal."""
        return self._window(place)[0]

    def fault(
        self,
        code: str,
        message: str,
        path: Path,
        help: str = "",
        *,
        key: bool = False,
        severity: Literal["error", "warning"] = "error",
    ) -> Fault:
        """Make a fault that points at ``path``."""
        return self.fault_at(code, message, self.place(path, key=key), help, severity=severity)

    def fault_at(
        self,
        code: str,
        message: str,
        place: Place | None,
        help: str = "",
        *,
        severity: Literal["error", "warning"] = "error",
    ) -> Fault:
        """Make a fault that points at a place already known."""
        excerpt, caret = self._window(place) if place is not None else ("", 0)
        return Fault(
            code=code,
            message=clean(message),
            place=replace(place, file=clean(place.file)) if place is not None else None,
            help=clean(help),
            severity=severity,
            excerpt=excerpt,
            caret=caret,
        )

    def order(self, fault: Fault) -> tuple[int, int, int, str]:
        """Return the sort key of a fault for reading order."""
        if fault.place is None:
            return (-1, 0, 0, fault.code)
        return (self._rank.get(fault.place.file, len(self._rank)), fault.place.line, fault.place.column, fault.code)

    def _original(self, path: Path, key: bool) -> Place | None:
        segments = self._segments.get(str(path[0]), ()) if path else ()
        if not segments:
            return self._origins[0].place((), key=False) if self._origins else None
        if len(path) == 1 or not isinstance(path[1], int):
            return segments[0].origin.place((*segments[0].path, *_named(path[1:])), key=key)
        segment = segments[max(0, bisect.bisect_right(self._starts[str(path[0])], path[1]) - 1)]
        inside = path[2:] if segment.single else (path[1] - segment.start, *path[2:])
        return segment.origin.place((*segment.path, *_named(inside)), key=key)

    def _window(self, place: Place) -> tuple[str, int]:
        """Return the excerpt and the column of the caret in it (0: the place's own)."""
        origin = next((item for item in self._origins if item.name == place.file), None)
        line = origin.line(place.line) if origin is not None else ""
        if len(line) <= _WIDTH:
            return clean(line), 0
        start = max(0, min(place.column - 1 - _WIDTH // 3, len(line) - _WIDTH))
        head, tail = ("…" if start else ""), ("…" if start + _WIDTH < len(line) else "")
        # Cleaned with a margin, so that a telephone at the cut is still recognised.
        margin = min(start, 40)
        shown = clean(line[start - margin : start + _WIDTH + 40])[margin : margin + _WIDTH]
        return head + shown + tail, place.column - start + len(head)


def _named(path: Path) -> Path:
    return tuple(_ALIASES.get(part, part) if isinstance(part, str) else part for part in path)


def clean(text: str) -> str:
    """Return ``text`` safe for a terminal and free of telephones and e-mail addresses, of the same length.

    Control characters, escape sequences and bidirectional overrides become ``�``; a tab becomes a space.
    """
    shown = "".join(
        " "
        if char == "\t"
        else "\N{REPLACEMENT CHARACTER}"
        if unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and char not in "\u200c\u200d\u200e\u200f"
        else char
        for char in text
    )
    return _CONTACT.sub(lambda match: "•" * len(match.group()), shown)


def looks_personal(label: str) -> bool:
    """Tell whether a column or key is named like personal data: a name, telephone, address or identity card."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", label)
    plain = "".join(char for char in unicodedata.normalize("NFKD", spaced) if not unicodedata.combining(char))
    words = {word.rstrip("0123456789") for word in re.split(r"[\W_]+", plain.lower())}
    return bool(words & _PERSONAL) and not words & _PLACES_NOT_PEOPLE


def address(path: Path, data: object) -> str:
    """Return a path the way overrides are written: ``cooperatives[zitoun].offers[olive_oil].price``."""
    told, item = "", data
    for part in path:
        if isinstance(part, int):
            item = item[part] if isinstance(item, list | tuple) and part < len(item) else None
            named = (item.get("id") or item.get("product")) if isinstance(item, Mapping) else None
            told += f"[{named}]" if isinstance(named, str) and len(named) <= 64 else f"[#{part + 1}]"
        else:
            item = item.get(part) if isinstance(item, Mapping) else None
            if part != "one of":
                told += f".{part}" if told else part
    return told
