"""Candidates for distribution points: invented schools, mosques and youth centres in quarters where households live."""

from __future__ import annotations

import math
from random import Random
from typing import Any

from basketplan.synthetic.facts import table
from basketplan.synthetic.homes import METRES_PER_DEGREE, shared_out

__all__ = ["candidates"]

HOUSEHOLDS_EACH = 20
"""Households per candidate."""
_KINDS: tuple[tuple[str, str, str, str, int, str], ...] = (
    ("ecole", "École {fr}", "مدرسة {ar}", "{fr} school", 45, "60 MAD"),
    ("mosquee", "Mosquée {fr}", "مسجد {ar}", "{fr} mosque", 30, "0 MAD"),
    ("jeunes", "Maison de jeunes {fr}", "دار الشباب {ar}", "{fr} youth centre", 60, "120 MAD"),
)
_NAMES = (
    ("Al Amal", "الأمل"), ("Annour", "النور"), ("Al Fath", "الفتح"), ("Assalam", "السلام"),
    ("Ibn Sina", "ابن سينا"), ("Al Qods", "القدس"), ("Al Massira", "المسيرة"), ("Tarik", "طارق"),
    ("Al Wahda", "الوحدة"),
)  # fmt: skip
_HOURS = ("13:00-17:00", "14:00-18:00", "14:00-17:30")


def candidates(draw: Random, households_number: int) -> list[dict[str, Any]]:
    """Return the candidates of a programme of so many households, in the order of their zones; at least three."""
    zones = table("zones")
    number = max(3, households_number // HOUSEHOLDS_EACH)
    counts = shared_out(number, [float(zone["poor_households"]) for zone in zones])
    places = []
    for zone, count in zip(zones, counts, strict=True):
        anchors = [row for row in table("anchors") if row["zone"] == zone["code"]]
        places += [(zone, anchor) for anchor in draw.sample(anchors, min(count, len(anchors)))]
    width = max(3, len(str(number)))
    return [
        _candidate(draw, f"p{index:0{width}d}", zone, anchor) for index, (zone, anchor) in enumerate(places, start=1)
    ]


def _candidate(draw: Random, name: str, zone: dict[str, str], anchor: dict[str, str]) -> dict[str, Any]:
    kind, fr, ar, en, per_hour, cost = draw.choices(_KINDS, (50, 30, 20))[0]
    latin, arabic = draw.choice(_NAMES)
    away, angle = min(150.0, float(anchor["radius_m"])) * draw.random(), draw.uniform(0, 2 * math.pi)
    lat = float(anchor["lat"]) + away * math.sin(angle) / METRES_PER_DEGREE
    lon = float(anchor["lon"]) + away * math.cos(angle) / (METRES_PER_DEGREE * math.cos(math.radians(lat)))
    point: dict[str, Any] = {
        "id": f"{name}-{kind}",
        "name": {
            "fr": f"{fr.format(fr=latin)} ({zone['name_fr']})",
            "ar": f"{ar.format(ar=arabic)} ({zone['name_ar']})",
            "en": f"{en.format(fr=latin)} ({zone['name_fr']})",
        },
        "place": {"lat": f"{lat:.5f}", "lon": f"{lon:.5f}"},
        "hours": draw.choice(_HOURS),
        "families_per_hour": per_hour,
        "access": "street",
        "cost_per_day": cost,
    }
    if kind == "mosquee":
        point["open"] = ["mon", "tue", "wed", "thu", "sat"]
    return point
