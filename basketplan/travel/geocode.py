"""Places for names of towns and quarters, by a public geocoder: only when asked, and never for names of people.

The geocoder is Nominatim of OpenStreetMap (through geopy), within its usage policy: one question a second, each
question once. Nothing else in basketplan uses the network.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from basketplan.errors import UsageError

__all__ = ["Found", "Question", "as_csv", "locate", "nominatim"]

PAUSE_S = 1.0
"""Least time between questions, as Nominatim's usage policy asks."""

Question = Callable[[str], Any]
"""Takes a text; returns something with ``latitude``, ``longitude`` and ``address``, or none."""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What the geocoder found for a text."""

    asked: str
    lat: float | None
    lon: float | None
    address: str
    """As the geocoder calls the place: for a person to compare. Empty when nothing was found."""


def nominatim(country: str = "ma") -> Question:
    """Return a question to Nominatim, limited to a country (ISO 3166 alpha-2). Asking uses the network."""
    from geopy.extra.rate_limiter import RateLimiter
    from geopy.geocoders import Nominatim

    service = Nominatim(user_agent="basketplan", timeout=10)
    limited = RateLimiter(service.geocode, min_delay_seconds=PAUSE_S, swallow_exceptions=False)
    return lambda text: limited(text, country_codes=country)


def locate(texts: Iterable[str], ask: Question) -> list[Found]:
    """Ask for every text once and return the answers in order.

    Raises
    ------
    UsageError
        The geocoder cannot be reached, or refuses.
    """
    from geopy.exc import GeopyError

    known: dict[str, Found] = {}
    result = []
    for text in texts:
        key = " ".join(text.split())
        if key not in known:
            try:
                place = ask(key) if key else None
            except GeopyError as error:
                raise UsageError(f"the geocoder cannot be asked ({type(error).__name__}): try again later") from None
            known[key] = Found(
                asked=key,
                lat=None if place is None else round(float(place.latitude), 5),
                lon=None if place is None else round(float(place.longitude), 5),
                address="" if place is None else str(place.address),
            )
        result.append(known[key])
    return result


def as_csv(ids: Sequence[str], found: Sequence[Found]) -> str:
    """Return the answers as CSV with the columns id, place, lat, lon, found; formulas are made harmless."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("id", "place", "lat", "lon", "found"))
    for name, item in zip(ids, found, strict=True):
        lat, lon = ("", "") if item.lat is None or item.lon is None else (f"{item.lat:.5f}", f"{item.lon:.5f}")
        writer.writerow((_harmless(name), _harmless(item.asked), lat, lon, _harmless(item.address)))
    return text.getvalue()


def _harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
