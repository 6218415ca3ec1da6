"""A small map of a trip as SVG, black on white: the hub, the way in order, the numbers of the stops.

There are no streets on it: it shows in which order and direction to go, offline. North is up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

__all__ = ["trip_map"]

_SIZE = 300.0
_EDGE = 26.0
_ROUND_M = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)

Point = tuple[float, float]


def trip_map(hub: Point, stops: Sequence[Point], kilometres: str = "km") -> str:
    """Return the map of a trip.

    Parameters
    ----------
    hub, stops
        Latitude and longitude; stops in order.
    kilometres
        The unit's sign.
    """
    south, west = min(lat for lat, _ in stops), min(lon for _, lon in stops)
    north, east = max(lat for lat, _ in stops), max(lon for _, lon in stops)
    far = _is_far(hub, (south, west, north, east))
    if not far:
        south, west, north, east = min(south, hub[0]), min(west, hub[1]), max(north, hub[0]), max(east, hub[1])
    middle = (south + north) / 2, (west + east) / 2
    squeeze = math.cos(math.radians(middle[0]))
    reach_m = max((north - south) * 111_195, (east - west) * 111_195 * squeeze, 200.0)
    scale = (_SIZE - 2 * _EDGE) / reach_m

    def at(point: Point) -> Point:
        x = _SIZE / 2 + (point[1] - middle[1]) * 111_195 * squeeze * scale
        return round(x, 1), round(_SIZE / 2 - (point[0] - middle[0]) * 111_195 * scale, 1)

    places = [at(stop) for stop in stops]
    home = _border(at(hub)) if far else at(hub)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_SIZE:g} {_SIZE:g}">',
        f'<rect width="{_SIZE:g}" height="{_SIZE:g}" fill="#fff"/>',
        f'<polyline points="{" ".join(f"{x:g},{y:g}" for x, y in (home, *places, home))}" fill="none" stroke="#777"'
        ' stroke-width="1.6" stroke-linejoin="round"/>',
        *_numbers(places),
        f'<rect x="{home[0] - 7:g}" y="{home[1] - 7:g}" width="14" height="14" fill="#000"/>',
        *_scale_bar(scale, reach_m, kilometres),
        '<path d="M284 8 l6 18 l-6 -4 l-6 4 z" fill="#000"/>',
        "</svg>",
    ]
    return "".join(parts)


def _is_far(hub: Point, box: tuple[float, float, float, float]) -> bool:
    """Tell whether stops would be crowded into a corner if the hub were on the map."""
    south, west, north, east = box
    squeeze = math.cos(math.radians(hub[0]))
    size = max(north - south, (east - west) * squeeze, 0.002)
    gap = max(south - hub[0], hub[0] - north, (west - hub[1]) * squeeze, (hub[1] - east) * squeeze, 0.0)
    return gap > 1.2 * size


def _border(point: Point) -> Point:
    """Return where the line from the middle to ``point`` meets the edge of the map."""
    half = _SIZE / 2 - 10
    dx, dy = point[0] - _SIZE / 2, point[1] - _SIZE / 2
    shrink = half / max(abs(dx), abs(dy), 1e-9)
    return round(_SIZE / 2 + dx * shrink, 1), round(_SIZE / 2 + dy * shrink, 1)


def _numbers(places: Sequence[Point]) -> list[str]:
    """Return the stops: numbered discs where there is room, else points; the first and the last always have numbers."""
    taken: list[Point] = []
    dots, discs = [], []
    order = [0, len(places) - 1, *range(4, len(places) - 1, 5), *range(len(places))]
    for index in dict.fromkeys(order):
        x, y = places[index]
        dots.append(f'<circle cx="{x:g}" cy="{y:g}" r="2.6" fill="#000"/>')
        if all(math.hypot(x - ox, y - oy) >= 15 for ox, oy in taken):
            taken.append((x, y))
            discs.append(
                f'<circle cx="{x:g}" cy="{y:g}" r="7.6" fill="#fff" stroke="#000" stroke-width="1.1"/>'
                f'<text x="{x:g}" y="{y + 3.2:g}" font-family="DejaVu Sans" font-size="8.6" font-weight="bold"'
                f' text-anchor="middle">{index + 1}</text>'
            )
    return dots + discs


def _scale_bar(scale: float, reach_m: float, kilometres: str) -> list[str]:
    length_m = max((step for step in _ROUND_M if step <= reach_m / 3), default=_ROUND_M[0])
    width = length_m * scale
    return [
        f'<path d="M10 {_SIZE - 14:g} v6 h{width:.1f} v-6" fill="none" stroke="#000" stroke-width="1.4"/>',
        f'<text x="{14 + width:.1f}" y="{_SIZE - 6:g}" font-family="DejaVu Sans" font-size="9">{length_m / 1000:g}'
        f" {kilometres}</text>",
    ]
