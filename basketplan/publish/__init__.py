"""Papers and files made from a plan, in French, Arabic and English, each cut down to what its audience may see.

Formats are rows of one table, ``FORMATS``. Each names a function ``make(view, texts, folder, reporter)`` that writes
below ``folder``, returns its files and is imported only when the format is asked for. What a paper can show is told
by :mod:`basketplan.publish.view`.
"""

from __future__ import annotations

from basketplan.publish.audience import AUDIENCES, Audience, audience_of, may, suppressed
from basketplan.publish.export import FORMATS, Format, export
from basketplan.publish.texts import LANGUAGES, Texts
from basketplan.publish.view import View

__all__ = [
    "AUDIENCES",
    "FORMATS",
    "LANGUAGES",
    "Audience",
    "Format",
    "Texts",
    "View",
    "audience_of",
    "export",
    "may",
    "suppressed",
]
