"""Texts, dates, numbers and money in the languages of Morocco.

msgids are English sentences; ``publish/locale/<language>/*.po`` hold what they are in French and Arabic and are
compiled in memory. English needs no catalogue: its texts are the msgids. Every catalogue file of a language is
loaded, so each group of papers keeps its own. A msgid without a translation is shown in English; a test names it.

In right-to-left text the pieces that must keep their order (``11 / 30``, telephones, plates, spans of time) are put
between Unicode isolates by :meth:`Texts.ltr`, names that may be Latin by :meth:`Texts.apart`; a number needs none.
"""

from __future__ import annotations

import datetime as dt
import gettext
import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal, cast

from basketplan import units
from basketplan.errors import UsageError
from basketplan.programme.types import Quantity, Text

__all__ = ["LANGUAGES", "Lang", "Texts"]

Lang = Literal["fr", "ar", "en"]
LANGUAGES: tuple[Lang, ...] = ("fr", "ar", "en")

_LOCALES: dict[Lang, str] = {"fr": "fr_MA", "ar": "ar_MA", "en": "en_GB"}
_DATES = {"full": "EEEE d MMMM y", "long": "d MMMM y", "day": "EEE d MMM", "short": "dd/MM/y"}
_UNIT_LABELS = {"g": "g", "kg": "kg", "mL": "mL", "L": "L"}
_LRI, _FSI, _PDI = "\u2066", "\u2068", "\u2069"


@dataclass(frozen=True)
class Texts:
    """Everything that depends on one language."""

    lang: Lang

    @staticmethod
    def of(langs: str) -> tuple[Texts, ...]:
        """Return the texts of ``'fr'`` or ``'ar+fr'``, the leading language first.

        Raises
        ------
        UsageError
            A language is unknown, named twice, or there are more than two.
        """
        names = [name.strip() for name in langs.split("+")]
        if not 1 <= len(names) <= 2 or len(set(names)) < len(names) or not set(names) <= set(LANGUAGES):
            raise UsageError(f"unknown language '{langs}': give one or two of fr, ar, en, e.g. fr or ar+fr")
        return tuple(Texts(cast(Lang, name)) for name in names)

    @property
    def rtl(self) -> bool:
        """Whether it is written from right to left."""
        return self.lang == "ar"

    @property
    def locale(self) -> str:
        """The locale as babel names it."""
        return _LOCALES[self.lang]

    def t(self, msgid: str, **values: object) -> str:
        """Return the text of ``msgid`` with ``{values}`` filled in."""
        return _filled(_catalogue(self.lang).gettext(msgid), values)

    def n(self, singular: str, plural: str, n: int, **values: object) -> str:
        """Return the form for ``n`` things; ``{n}`` in it is the number, as written in this language."""
        return _filled(_catalogue(self.lang).ngettext(singular, plural, n), {"n": self.number(n)} | values)

    def ltr(self, text: str) -> str:
        """Keep ``text`` from left to right inside right-to-left text."""
        return f"{_LRI}{text}{_PDI}" if self.rtl and text else text

    def apart(self, text: str) -> str:
        """Keep ``text`` whole inside text of the other direction, whichever its own is: names, towns, quantities."""
        return f"{_FSI}{text}{_PDI}" if self.rtl and text else text

    def listed(self, items: Iterable[str]) -> str:
        """Return items with this language's comma between them."""
        return ("، " if self.rtl else ", ").join(self.apart(item) for item in items)

    def date(self, day: dt.date, style: Literal["full", "long", "day", "short"] = "full") -> str:
        """``lundi 18 mai 2020``; ``long`` without weekday, ``day`` is ``lun. 18 mai``, ``short`` 18/05/2020."""
        from babel.dates import format_date

        text = format_date(day, _DATES[style], locale=self.locale)
        return self.ltr(text) if style == "short" else text

    def time(self, seconds: int) -> str:
        """Seconds after midnight → ``08:30``."""
        return units.clock(seconds)

    def span(self, start_s: int, end_s: int) -> str:
        """``08:30–12:00``, in that order in every language."""
        return self.ltr(f"{self.time(start_s)}–{self.time(end_s)}")

    def moment(self, moment: dt.datetime) -> str:
        """``18/05/2020 08:30``."""
        return self.ltr(f"{moment:%d/%m/%Y %H:%M}")

    def number(self, x: float, digits: int = 0) -> str:
        """A number with ``digits`` decimals: ``1.234`` in French and Arabic of Morocco, ``1,234`` in English."""
        from babel.numbers import format_decimal

        pattern = "#,##0" + ("." + "0" * digits if digits else "")
        return str(format_decimal(x, pattern, locale=self.locale))

    def percent(self, share: float, digits: int = 0) -> str:
        """A fraction as a percentage: ``35 %``."""
        return f"{self.number(share * 100, digits)}\u00a0%"

    def money(self, centimes: int) -> str:
        """Centimes → ``1.234,50 MAD``."""
        return f"{self.number(centimes / 100, 2)}\u00a0{self.t('MAD')}"

    def in_words(self, centimes: int) -> str:
        """An amount in words, for orders."""
        from basketplan.publish.words import in_words

        return in_words(centimes, self.lang)

    def weight(self, grams: int) -> str:
        """Grams → ``12,5 kg``."""
        return f"{self.number(grams / 1000, 0 if grams >= 100_000 else 1)}\u00a0{self.t('kg')}"

    def distance(self, metres: int) -> str:
        """Metres → ``12,3 km``."""
        return f"{self.number(metres / 1000, 1)}\u00a0{self.t('km')}"

    def quantity(self, quantity: Quantity) -> str:
        """``250 mL``, ``2 kg``, ``3 pièces``."""
        if quantity.unit == "packs":
            return self.n("{n} piece", "{n} pieces", quantity.amount)
        small, large = ("g", "kg") if quantity.unit == "g" else ("mL", "L")
        if quantity.amount < 1000:
            return f"{self.number(quantity.amount)}\u00a0{self.t(_UNIT_LABELS[small])}"
        digits = len(f"{quantity.amount / 1000:.3f}".rstrip("0").partition(".")[2])
        return f"{self.number(quantity.amount / 1000, digits)}\u00a0{self.t(_UNIT_LABELS[large])}"

    def name(self, names: Text) -> str:
        """Return the name in this language, else in whichever there is."""
        return names.in_(self.lang)


def _filled(text: str, values: dict[str, object]) -> str:
    return text.format(**values) if values else text


@cache
def _catalogue(lang: Lang) -> gettext.NullTranslations:
    """Compile every .po file of ``lang``; the first one that translates a msgid wins."""
    folder = resources.files("basketplan.publish").joinpath("locale", lang)
    files = sorted(item.name for item in folder.iterdir() if item.name.endswith(".po")) if folder.is_dir() else []
    if not files:
        return gettext.NullTranslations()
    from babel.messages.catalog import Catalog
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    merged: Any = Catalog(locale=_LOCALES[lang])
    for name in files:
        read = read_po(io.BytesIO(folder.joinpath(name).read_bytes()), locale=_LOCALES[lang], abort_invalid=True)
        # The rule for plural forms is the file's: babel's own for Arabic has another order than gettext's.
        merged.mime_headers = read.mime_headers
        for message in read:
            if message.id and message.string and message.id not in merged:
                merged.add(message.id, message.string, context=message.context)
    compiled = io.BytesIO()
    write_mo(compiled, merged)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
