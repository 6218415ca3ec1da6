"""B40x: places outside the country, swapped, forgotten, or suspiciously shared.

Morocco's area is told by a coarse box that holds the whole country and a margin around it; a place inside the
box may still be wrong. Coordinates are personal data: messages round them to tenths of a degree (11 km).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from basketplan.programme.checks.context import Context, Finding

__all__ = ["RULES"]


LATITUDES, LONGITUDES = (20.7, 36.0), (-17.2, -0.9)
CROWD = 10
"""Households at exactly one place from which on it is told."""


def _inside(lat: float, lon: float) -> bool:
    return LATITUDES[0] <= lat <= LATITUDES[1] and LONGITUDES[0] <= lon <= LONGITUDES[1]


def _spots(context: Context) -> Iterator[tuple[str, float, float, tuple[str | int, ...]]]:
    """Yield every place outside the box, with what it is of and where it stands."""
    programme = context.programme
    if programme.country is None:
        return
    spots = [
        *((f"cooperative '{it.id}'", it.place, ("cooperatives", row)) for row, it in enumerate(programme.cooperatives)),
        *((f"hub '{it.id}'", it.place, ("hubs", row)) for row, it in enumerate(programme.hubs)),
        *((f"point '{it.id}'", it.place, ("points", row)) for row, it in enumerate(programme.points)),
    ]
    for what, place, path in spots:
        if not _inside(place.lat, place.lon):
            yield what, place.lat, place.lon, (*path, "place")
    lat, lon = context.coordinates
    inside = (lat >= LATITUDES[0]) & (lat <= LATITUDES[1]) & (lon >= LONGITUDES[0]) & (lon <= LONGITUDES[1])
    for row in np.flatnonzero(~inside).tolist():
        person = programme.households[row]
        yield f"household '{person.id}'", person.lat, person.lon, ("households", row)


def swapped(context: Context) -> Iterator[Finding]:
    """B401: latitude and longitude look swapped."""
    for what, lat, lon, path in _spots(context):
        if _inside(lon, lat):
            yield Finding(
                "B401",
                f"latitude and longitude look swapped: {what} has lat {lat:.1f} and lon {lon:.1f} (rounded)",
                (*path, "lat"),
                "in Morocco lat is between 20.7 and 36.0 and lon between -17.2 and -0.9: exchange the two",
            )


def zero(context: Context) -> Iterator[Finding]:
    """B402: a place is (0, 0), which stands for nothing known."""
    for what, lat, lon, path in _spots(context):
        if lat == 0 and lon == 0:
            yield Finding(
                "B402", f"{what} has lat 0 and lon 0: its place is not known", (*path, "lat"), "write its place"
            )


def outside(context: Context) -> Iterator[Finding]:
    """B403: a place lies outside the country."""
    for what, lat, lon, path in _spots(context):
        if _inside(lon, lat) or (lat == 0 and lon == 0):
            continue
        help = "correct it; 'country: null' switches this check off for programmes elsewhere"
        if _inside(lat, -lon):
            help = f"a minus sign may be missing: in Morocco lon is negative, here {-lon:.1f}"
        wrong = "lon" if LATITUDES[0] <= lat <= LATITUDES[1] else "lat"
        yield Finding(
            "B403",
            f"{what} lies outside Morocco: lat {lat:.1f}, lon {lon:.1f} (rounded); expected lat 20.7 to 36.0,"
            " lon -17.2 to -0.9",
            (*path, wrong),
            help,
        )


def crowded(context: Context) -> Iterator[Finding]:
    """B404: many households stand at exactly the same place (warning)."""
    people = context.programme.households
    points = np.column_stack(context.coordinates)
    _, first, counts = np.unique(points, axis=0, return_index=True, return_counts=True)
    for row, number in sorted(zip(first.tolist(), counts.tolist(), strict=True)):
        if number >= CROWD:
            yield Finding(
                "B404",
                f"{number:,} households, '{people[row].id}' the first, stand at exactly the same place",
                ("households", row),
                "is it one building, or the middle of a quarter that stands for places not found?",
                "warning",
            )


RULES = (swapped, zero, outside, crowded)
