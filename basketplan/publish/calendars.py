"""A calendar per vehicle (iCalendar, RFC 5545) that telephones and office software open.

Times are local without a zone ("floating"), which is what a driver's watch shows: Morocco changes its offset for
Ramadan, and telephones' tables of that are often old.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from basketplan.progress import Reporter
from basketplan.publish.audience import may
from basketplan.publish.places import file_names
from basketplan.publish.texts import Texts
from basketplan.publish.together import Together, plain
from basketplan.publish.view import DutyView, TripView, View

__all__ = ["calendars"]

_OCTETS = 75


def calendars(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write a calendar for each vehicle that makes a trip and return the files."""
    target = folder / "calendars"
    target.mkdir(parents=True, exist_ok=True)
    say, trips = Together(texts), view.trip
    by_unit: dict[str, list[DutyView]] = {}
    for duty in view.duties:
        by_unit.setdefault(duty.unit, []).append(duty)
    names, files = file_names(sorted(by_unit)), []
    for unit in sorted(by_unit):
        file = target / f"{names[unit]}.ics"
        file.write_bytes(_calendar(view, unit, by_unit[unit], trips, say))
        files.append(file)
    return files


def _calendar(view: View, unit: str, duties: list[DutyView], trips: dict[str, TripView], say: Together) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:-//basketplan//basketplan {view.stamp.version}//EN"]
    lines += ["CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{_text(unit)}"]
    for duty in sorted(duties, key=lambda item: item.day):
        for name in duty.trips:
            lines += _trip(view, trips[name], say)
        for number, pause in enumerate(duty.breaks, start=1):
            uid = f"break{number}-{duty.unit}-{duty.day:%Y%m%d}"
            lines += _event(view, uid, duty.day, pause, say.t("Break"), {})
    lines.append("END:VCALENDAR")
    return b"".join(part for line in lines for part in _folded(line))


def _trip(view: View, trip: TripView, say: Together) -> list[str]:
    """Return a trip as an event, from loading to return."""
    told = [
        f"{say.t('Departure')} {say.first.time(trip.depart_s)}",
        say.n("{n} stop", "{n} stops", len(trip.stops)),
        say.n("{n} basket", "{n} baskets", trip.count),
        say.first.distance(trip.distance_m),
    ]
    if may(view.audience, "household.zone"):
        zones = dict.fromkeys(stop.zone for stop in trip.stops if stop.zone)
        told += [", ".join(zones)] if zones else []
    more = {
        "LOCATION": _text(say.name(trip.hub.name)),
        "GEO": f"{trip.hub.place.lat:.6f};{trip.hub.place.lon:.6f}",
        "DESCRIPTION": _text("\n".join(told)),
    }
    return _event(view, trip.id, trip.day, (trip.load_s, trip.return_s), f"{say.t('Trip')} {trip.id}", more)


def _event(view: View, uid: str, day: dt.date, span: tuple[int, int], title: str, more: dict[str, str]) -> list[str]:
    """Return one event; the same trip keeps its UID, so that a later import replaces it."""
    stamp = view.stamp.time.replace(tzinfo=ZoneInfo("Africa/Casablanca")).astimezone(dt.UTC)
    midnight = dt.datetime.combine(day, dt.time())
    start, end = (midnight + dt.timedelta(seconds=seconds) for seconds in span)
    return [
        "BEGIN:VEVENT",
        f"UID:{_text(uid)}.{_text(view.stamp.programme)}@basketplan",
        f"DTSTAMP:{stamp:%Y%m%dT%H%M%S}Z",
        f"DTSTART:{start:%Y%m%dT%H%M%S}",
        f"DTEND:{end:%Y%m%dT%H%M%S}",
        f"SUMMARY:{_text(title)}",
        *(f"{key}:{value}" for key, value in more.items()),
        "CLASS:CONFIDENTIAL",
        "END:VEVENT",
    ]


def _text(value: str) -> str:
    """Escape a TEXT value (RFC 5545, 3.3.11)."""
    clean = plain(value)
    for sign, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        clean = clean.replace(sign, escaped)
    return clean


def _folded(line: str) -> Iterator[bytes]:
    """Yield a content line in pieces of at most 75 octets, none of which cuts a letter (RFC 5545, 3.1)."""
    piece = b""
    for sign in line:
        octets = sign.encode()
        if len(piece) + len(octets) > _OCTETS:
            yield piece + b"\r\n"
            piece = b" "
        piece += octets
    yield piece + b"\r\n"
