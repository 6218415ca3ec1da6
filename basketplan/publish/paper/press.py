"""Sets pages: data from Python, layout from a Typst template beside this file, always the same bytes.

Every template gets ``sys.inputs.data``: the paper's content plus ``langs``, ``stamp`` and ``labels``. A text that is
shown in all languages of the paper is a list of ``[language, text]``, the leading one first; see :meth:`Press.both`.
"""

from __future__ import annotations

import calendar
import datetime as dt
import importlib.util
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, cast

from basketplan.errors import UsageError
from basketplan.programme.types import Text
from basketplan.publish.texts import Texts
from basketplan.publish.view import View

if TYPE_CHECKING:
    import typst

__all__ = ["Both", "Press", "both", "dated"]

Both = list[list[str]]
"""A text in each language of the paper: ``[["ar", "قفة"], ["fr", "panier"]]``."""

LABELS = {"page": "Page"}
"""Texts that every template needs."""

_KEPT_BYTES = 600_000
"""Of PDF, after which Typst's memory is cleared; it needs about a hundred times as much."""
_TEMPLATES = Path(__file__).parent


def both(texts: tuple[Texts, ...], say: Callable[[Texts], str]) -> Both:
    """Return what ``say`` says in each language; once where both say the same."""
    found: Both = []
    for one in texts:
        text = say(one)
        if all(text != other for _, other in found):
            found.append([one.lang, text])
    return found


def dated(texts: tuple[Texts, ...], names: Text, day: dt.date) -> Both:
    """Return a name and a day in each language."""
    return both(texts, lambda x: f"{x.apart(x.name(names))} · {x.date(day)}")


class Press:
    """Sets the papers of one template.

    Parameters
    ----------
    template
        Name of the ``.typ`` file beside this module.
    labels
        The fixed texts of the template: its name for each → msgid.
    """

    def __init__(self, template: str, labels: Mapping[str, str], view: View, texts: tuple[Texts, ...]) -> None:
        import typst

        self.texts = texts
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())])
        self._compiler: typst.Compiler = typst.Compiler(str(_TEMPLATES / template), font_paths=fonts)
        self._blank = typst.Compiler(font_paths=fonts)
        self._kept = 0
        self._timestamp = calendar.timegm(view.stamp.time.timetuple())
        self._fixed = {
            "langs": [item.lang for item in texts],
            "stamp": self._stamp(view),
            "labels": {name: self.say(msgid) for name, msgid in (LABELS | dict(labels)).items()},
        }

    def both(self, say: Callable[[Texts], str]) -> Both:
        """Return what ``say`` says in each language; once where both say the same."""
        return both(self.texts, say)

    def say(self, msgid: str, **values: object) -> Both:
        """Return the text of ``msgid`` in each language."""
        return self.both(lambda x: x.t(msgid, **values))

    def name(self, names: Text) -> Both:
        """Return a name in each language."""
        return self.both(lambda x: x.name(names))

    def date(self, day: dt.date, style: Literal["full", "long", "day", "short"] = "full") -> Both:
        """Return a day in each language."""
        return self.both(lambda x: x.date(day, style))

    def dated(self, names: Text, day: dt.date) -> Both:
        """Return a name and a day in each language."""
        return dated(self.texts, names, day)

    def ends(self, view: View) -> Both:
        """Return until when a paper that names no household is kept; orders are kept by who gets them."""
        return self.both(lambda x: x.t("Destroy after {day}.", day=x.date(view.stamp.destroy_after, "short")))

    def pdf(self, content: Mapping[str, Any]) -> bytes:
        """Return one paper."""
        inputs = {"data": json.dumps(self._fixed | dict(content), ensure_ascii=False)}
        made = cast(bytes, self._compiler.compile(sys_inputs=inputs, timestamp=self._timestamp, pdf_tags=False))
        self._kept += len(made)
        if self._kept > _KEPT_BYTES:
            self._forget()
        return made

    def _forget(self) -> None:
        """Make Typst drop the layout of earlier papers, which it keeps for the last ten: ten empty ones follow."""
        for _ in range(10):
            self._blank.compile(b"")
        self._kept = 0

    def write(self, path: Path, content: Mapping[str, Any]) -> Path:
        """Write one paper and return its path."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.pdf(content))
        return path

    def _stamp(self, view: View) -> dict[str, Any]:
        stamp = view.stamp
        return {
            "title": self.name(stamp.title) if str(stamp.title) else [[self.texts[0].lang, stamp.programme]],
            "short": f"{stamp.programme} · {stamp.plan}",
            "line": f"{stamp.programme} · {stamp.plan} · basketplan {stamp.version} · {stamp.time:%d/%m/%Y %H:%M}",
            "personal": self.both(
                lambda x: x.t("Holds personal data. Destroy after {day}.", day=x.date(stamp.destroy_after, "short"))
            ),
            "interrupted": self.both(lambda x: x.t("Planning was stopped early")) if stamp.status != "complete" else [],
        }


def font_folder() -> Path:
    """Return the folder with DejaVu Sans, whose Arabic can also be searched and copied from a PDF.

    It lies in matplotlib, which is looked up but not imported.
    """
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        raise UsageError("papers need matplotlib: pip install 'basketplan[papers]'")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
