"""Route sheets for telephones: one self-contained page per trip, without scripts, network or storage.

Every stop is a card with large text, a link that opens the telephone's own navigation (``geo:``) and boxes to tick.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from html import escape
from importlib import resources
from pathlib import Path

from basketplan.progress import Reporter
from basketplan.publish.export import safe_name, told
from basketplan.publish.paper.drops import Drop, drops
from basketplan.publish.paper.press import Both, both, dated
from basketplan.publish.paper.qr import geo_address
from basketplan.publish.paper.route import LABELS, coded
from basketplan.publish.texts import Texts
from basketplan.publish.view import TripView, View

__all__ = ["html"]

_FAILURES = ("absent", "moved", "refused", "wrong")


def html(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write the pages."""
    style = resources.files("basketplan.publish.paper").joinpath("route.css").read_text(encoding="utf-8")
    files = []
    target = folder / "route-sheets-html"
    target.mkdir(parents=True, exist_ok=True)
    for trip in told(view.trips, "route-sheets-html", reporter):
        path = target / f"{safe_name(trip.id)}.html"
        path.write_text(_page(trip, view, texts, style), encoding="utf-8", newline="\n")
        files.append(path)
    return files


def _page(trip: TripView, view: View, texts: tuple[Texts, ...], style: str) -> str:
    lead, stamp = texts[0], view.stamp
    made = drops(trip, view, lead)
    facts = [
        ("load_from", lead.time(trip.load_s)),
        ("depart", lead.time(trip.depart_s)),
        ("return", lead.time(trip.return_s)),
        ("stops", lead.number(len(made))),
        ("baskets", _load(trip.baskets, view)),
        ("weight", lead.weight(trip.weight_g)),
    ]
    call = trip.hub.contact
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    destroy = both(texts, lambda x: x.t("Holds personal data. Destroy after {day}.", day=x.date(stamp.destroy_after)))
    return "\n".join(
        (
            "<!doctype html>",
            f'<html lang="{lead.lang}" dir="{"rtl" if lead.rtl else "ltr"}">',
            '<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
            f"style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'\">",
            '<meta name="referrer" content="no-referrer"><meta name="robots" content="noindex">',
            f"<title>{escape(trip.id)}</title>",
            f"<style>{style}</style></head><body>",
            f"<header><h1>{_said(_label('title', texts))} <bdi>{escape(trip.id)}</bdi></h1>",
            f"<p>{_said(dated(texts, trip.hub.name, trip.day))}</p>",
            f"<p>{_said(both(texts, lambda x: x.name(trip.vehicle)))} · <bdi>{escape(trip.unit)}</bdi></p>",
            *(
                (f"<p>{_said(_label('hub_contact', texts))}: {_phone(call.phone, call.name)}</p>",)
                if call.phone
                else ()
            ),
            "<dl>"
            + "".join(f"<dt>{_said(_label(name, texts))}</dt><dd>{value}</dd>" for name, value in facts)
            + "</dl>",
            "</header><main>",
            *(_stop(drop, view, texts) for drop in made),
            "</main><footer>",
            f"<p>{_said(destroy)}</p>",
            f'<p dir="ltr">{escape(stamp.programme)} · {stamp.plan} · basketplan {escape(stamp.version)} ·'
            f" {stamp.time:%d/%m/%Y %H:%M}</p></footer></body></html>\n",
        )
    )


def _stop(drop: Drop, view: View, texts: tuple[Texts, ...]) -> str:
    stop = drop.stop
    lead, known = texts[0], stop.contact
    name = f"s{stop.number}"
    details = [part for part in (stop.zone, known.landmark, known.name, known.address) if part]
    windows = " ".join(f"<bdi>{escape(lead.span(*window))}</bdi>" for window in stop.windows)
    link = ""
    if stop.lat is not None and stop.lon is not None:
        address = escape(geo_address(stop.lat, stop.lon), quote=True)
        link = f'<a class="go" href="{address}">{_said(both(texts, lambda x: x.t("Navigate")))}</a>'
    ticks = [("done", both(texts, lambda x: x.t("delivered"))), *((key, _label(key, texts)) for key in _FAILURES)]
    return "".join(
        (
            f'<section id="{name}"><h2><b>{drop.number}</b> ',
            f"<time>{lead.time(stop.start_s)}</time> " if stop.start_s is not None else "",
            f"<span>{_load(stop.baskets, view)}</span></h2>",
            f"<p><bdi>{escape(stop.household)}</bdi> {windows}</p>",
            *(f"<p><bdi>{escape(part)}</bdi></p>" for part in details),
            f"<p>{_phone(known.phone)}</p>" if known.phone else "",
            link,
            "<fieldset>",
            *(
                f'<label><input type="radio" name="{name}" value="{key}"><span>{_said(text)}</span></label>'
                for key, text in ticks
            ),
            "</fieldset></section>",
        )
    )


def _label(name: str, texts: tuple[Texts, ...]) -> Both:
    return both(texts, lambda x: x.t(LABELS[name]))


def _said(parts: Both) -> str:
    """Return a text in each language, marked as such."""
    return " · ".join(f'<span lang="{lang}" dir="auto">{escape(text)}</span>' for lang, text in parts)


def _load(baskets: tuple[tuple[str, int], ...], view: View) -> str:
    return " ".join(f"<bdi>{count} <kbd>{escape(str(code))}</kbd></bdi>" for code, count in coded(baskets, view))


def _phone(number: str, name: str = "") -> str:
    """Return a telephone as a link; nothing but figures and a plus gets into the address."""
    digits = "".join(sign for sign in number if sign.isascii() and (sign.isdigit() or sign == "+"))
    return f'{escape(name)} <a href="tel:{digits}"><bdi>{escape(number)}</bdi></a>'
