"""Where households live and what they need: drawn around real points of the built-up area.

Households are given to zones in proportion to poor households (largest remainders). Within a zone they gather: every
anchor gets a weight of its own, heavy ones many homes, and a home lies within the anchor's radius, most often near it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random
from typing import Any

from basketplan.synthetic.facts import table

__all__ = ["households", "shared_out"]

METRES_PER_DEGREE = 111_200.0
OLD_QUARTERS = {"Sidi Belyout": 0.35, "Mers Sultan": 0.2, "Al Fida": 0.25, "Hay Mohammadi": 0.12, "Inezgane": 0.08,
                "Dcheira El Jihadia": 0.1}  # fmt: skip
"""Zones with alleys that only a three-wheeler enters → share of homes there."""
TRACKS = {"Sidi Hajjaj Oued Hassar": 0.35, "Al Majjatia Oulad Taleb": 0.25, "Ech-Challalate": 0.2, "Oulad Azzouz": 0.3,
          "Ouled Salah": 0.2, "Drargua": 0.15, "Amskroud": 0.5, "Oulad Dahou": 0.4, "Belfaâ": 0.3, "Inchaden": 0.3,
          "Oued Essafa": 0.3, "Sidi Bibi": 0.2, "Aït Amira": 0.1}  # fmt: skip
"""Communes with homes on unpaved tracks → their share."""

_WINDOWS = ("09:00-12:30", "14:00-17:00", "08:30-10:30; 15:00-17:30")
_DAYS = ("mon; wed; fri", "tue; thu; sat", "mon; tue; wed", "thu; fri; sat")


def shared_out(total: int, weights: Sequence[float]) -> list[int]:
    """Return whole shares of ``total`` in proportion to ``weights``, by largest remainders."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    shares = [math.floor(value) for value in exact]
    by_rest = sorted(range(len(exact)), key=lambda index: (shares[index] - exact[index], index))
    for index in by_rest[: total - sum(shares)]:
        shares[index] += 1
    return shares


def households(draw: Random, number: int) -> list[dict[str, Any]]:
    """Return ``number`` households as rows of a table, in an order that tells nothing of their places."""
    zones = table("zones")
    counts = shared_out(number, [float(zone["poor_households"]) for zone in zones])
    rows = [row for zone, count in zip(zones, counts, strict=True) for row in _zone(draw, zone, count)]
    draw.shuffle(rows)
    width = max(4, len(str(number)))
    return [{"id": f"h{index:0{width}d}"} | row for index, row in enumerate(rows, start=1)]


def _zone(draw: Random, zone: dict[str, str], count: int) -> list[dict[str, Any]]:
    anchors = [row for row in table("anchors") if row["zone"] == zone["code"]]
    weights = [draw.lognormvariate(0.0, 0.9) for _ in anchors]
    return [_home(draw, zone["name_fr"], draw.choices(anchors, weights)[0]) for _ in range(count)]


def _home(draw: Random, zone: str, anchor: dict[str, str]) -> dict[str, Any]:
    away = float(anchor["radius_m"]) * draw.random() ** 0.8
    angle = draw.uniform(0, 2 * math.pi)
    lat = float(anchor["lat"]) + away * math.sin(angle) / METRES_PER_DEGREE
    scale = METRES_PER_DEGREE * math.cos(math.radians(lat))
    lon = float(anchor["lon"]) + away * math.cos(angle) / scale
    return {
        "lat": f"{lat:.5f}",
        "lon": f"{lon:.5f}",
        "baskets": draw.choices(("standard", "famille", "doux"), (80, 14, 6))[0],
        "zone": zone,
        "access": _access(draw, zone),
        "priority": draw.choices((1, 2, 3), (80, 15, 5))[0],
        "windows": draw.choices(_WINDOWS, (60, 30, 10))[0] if draw.random() < 0.12 else "",
        "days": draw.choice(_DAYS) if draw.random() < 0.1 else "",
        "service": draw.choices(("", "4 min", "6 min"), (75, 18, 7))[0],
    }


def _access(draw: Random, zone: str) -> str:
    chance = draw.random()
    if chance < OLD_QUARTERS.get(zone, 0.0):
        return "alley"
    if chance < TRACKS.get(zone, 0.0):
        return "track"
    return "avenue" if draw.random() < 0.3 else "street"
