"""Programmes like the reference one: 4,000 baskets in greater Casablanca and greater Agadir, May 2020, or any size."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from basketplan.programme.types import Programme
from basketplan.synthetic.candidates import candidates
from basketplan.synthetic.facts import table
from basketplan.synthetic.homes import households
from basketplan.synthetic.supply import cooperatives

__all__ = ["Made", "synthesise"]

FIRST_DAY = dt.date(2020, 5, 11)
BASKETS: tuple[dict[str, Any], ...] = (
    {
        "id": "standard",
        "name": {"fr": "Panier standard", "ar": "قفة عادية", "en": "Standard basket"},
        "container": "couffin_doum 1 piece | panier_roseau 1 piece (max 30 %)",
        "contents": [
            "couscous 3 kg", "lentils 2 kg", "chickpeas 1 kg | split_fava 1 kg (max 50 %)",
            "olive_oil 1 L | argan_oil 250 mL (max 35 %)",
            "honey 250 g | amlou 250 g (max 40 %) | prickly_pear_jam 250 g | loquat_jam 250 g",
            "dates 1 kg | fig_dried 500 g (max 45 %)", "salt 1 kg", "spices 100 g | cumin 100 g", "herbs 50 g",
        ],
        "volume": "42 L",
    },
    {
        "id": "famille",
        "name": {"fr": "Panier famille", "ar": "قفة العائلة", "en": "Family basket"},
        "container": "couffin_doum 1 piece | panier_roseau 1 piece (max 30 %)",
        "contents": [
            "couscous 4 kg", "lentils 2 kg", "chickpeas 1 kg | split_fava 1 kg (max 50 %)", "olive_oil 1 L",
            "honey 250 g | amlou 250 g", "dates 1 kg | fig_dried 500 g (max 45 %)", "salt 1 kg", "cumin 100 g",
            "almond 250 g", "saffron 1 g | spices 100 g", "rose_water 250 mL",
        ],
        "volume": "45 L",
    },
    {
        "id": "doux",
        "name": {"fr": "Panier sans sucre", "ar": "قفة بدون سكر", "en": "Sugar-free basket"},
        "container": "couffin_doum 1 piece",
        "contents": [
            "barley_semolina 2 kg", "quinoa 500 g", "lentils 2 kg", "chickpeas 1 kg", "olive_oil 1 L", "almond 250 g",
            "prickly_pear_vinegar 250 mL", "salt 1 kg", "cumin 100 g", "herbs 50 g",
        ],
        "volume": "42 L",
    },
)  # fmt: skip
_FLEET: tuple[dict[str, Any], ...] = (
    {
        "id": "fourgonnette", "name": {"fr": "Fourgonnette", "ar": "سيارة نفعية", "en": "Van"},
        "number": {"casa-est": 4, "casa-sud": 3, "agadir": 2, "chtouka": 1}, "max_weight": "650 kg",
        "max_volume": "3.3 m3", "cost_per_day": "260 MAD", "cost_per_km": "1.70 MAD", "speed": "27 km/h",
        "loading_per_basket": "15 s", "loading": "10 min", "access": ["avenue", "street"],
    },
    {
        "id": "camion-leger", "name": {"fr": "Camion léger 3,5 t", "ar": "شاحنة خفيفة", "en": "Light lorry"},
        "number": {"casa-est": 1, "agadir": 1}, "max_weight": "1.3 t", "max_volume": "9 m3",
        "cost_per_day": "420 MAD", "cost_per_km": "2.60 MAD", "speed": "25 km/h", "loading_per_basket": "15 s",
        "loading": "15 min", "access": ["avenue"],
    },
    {
        "id": "mini-camion", "name": {"fr": "Mini-camion", "ar": "شاحنة صغيرة", "en": "Mini lorry"},
        "number": {"casa-est": 1, "casa-sud": 1, "agadir": 1, "chtouka": 2}, "max_weight": "700 kg",
        "max_volume": "3 m3", "cost_per_day": "240 MAD", "cost_per_km": "1.80 MAD", "speed": "25 km/h",
        "loading_per_basket": "15 s", "loading": "10 min", "access": ["avenue", "street", "track"],
    },
    {
        "id": "triporteur", "name": {"fr": "Triporteur", "ar": "دراجة ثلاثية العجلات", "en": "Three-wheeler"},
        "number": {"casa-est": 2, "casa-sud": 2, "agadir": 2}, "max_weight": "350 kg", "max_volume": "1.3 m3",
        "cost_per_day": "120 MAD", "cost_per_km": "1.20 MAD", "speed": "22 km/h", "loading_per_basket": "15 s",
        "loading": "5 min", "max_trip_distance": "60 km", "access": ["avenue", "street", "alley"],
    },
)  # fmt: skip
_CREW = {"shift": "08:00-18:00", "cost_per_hour": "22 MAD", "trips_per_day": 2,
         "break": {"duration": "30 min", "after": "5 h"}}  # fmt: skip
_HUBS: tuple[dict[str, Any], ...] = (
    {
        "id": "casa-est", "name": {"fr": "Entrepôt Aïn Sebaâ", "ar": "مستودع عين السبع", "en": "Aïn Sebaâ"},
        "place": {"lat": "33.60460", "lon": "-7.53710"}, "receiving": "14 t", "storage_weight": "26 t",
        "storage_volume": "95 m3", "assembly": 130,
        "radius": "60 km",
    },
    {
        "id": "casa-sud", "name": {"fr": "Entrepôt Lissasfa", "ar": "مستودع ليساسفة", "en": "Lissasfa"},
        "place": {"lat": "33.52890", "lon": "-7.67080"}, "receiving": "12 t", "storage_weight": "22 t",
        "storage_volume": "80 m3", "assembly": 100,
        "radius": "60 km",
    },
    {
        "id": "agadir", "name": {"fr": "Entrepôt Aït Melloul", "ar": "مستودع آيت ملول", "en": "Aït Melloul"},
        "place": {"lat": "30.34157", "lon": "-9.50210"}, "receiving": "10 t", "storage_weight": "20 t",
        "storage_volume": "70 m3", "assembly": 95, "radius": "75 km",
    },
    {
        "id": "chtouka", "name": {"fr": "Dépôt Biougra", "ar": "مستودع بيوكرى", "en": "Biougra"},
        "place": {"lat": "30.21708", "lon": "-9.37103"}, "receiving": "6 t", "storage_weight": "9 t",
        "storage_volume": "35 m3", "assembly": 45, "radius": "75 km",
    },
)  # fmt: skip
REFERENCE = 4000
"""Households for which hubs and fleet above are meant; other sizes are scaled from here."""


@dataclass(frozen=True)
class Made:
    """A programme as people write it: ``parts`` by key of programme.yaml, and the households as rows of a table."""

    parts: Mapping[str, Any]
    households: list[dict[str, Any]]

    def programme(self) -> Programme:
        """Return the programme itself."""
        rows = [_as_item(row) for row in self.households]
        return Programme.model_validate({**self.parts, "households": rows})


def synthesise(households_number: int = REFERENCE, seed: int = 2020) -> Made:
    """Return the programme of ``seed`` for ``households_number`` households (at least 1).

    Supply, hubs and fleet grow with the number of households; the calendar stays. The same arguments give the same
    programme.
    """
    if households_number < 1:
        raise ValueError("a programme needs at least one household")
    draw = Random(f"reference-{seed}-{households_number}")
    homes = households(draw, households_number)
    grown = households_number / REFERENCE
    parts = {
        "id": f"sac-{households_number}",
        "title": {
            "fr": "Solidaire avec les coopératives, mai 2020 (exemple)",
            "ar": "متضامنون مع التعاونيات، ماي 2020 (مثال)",
            "en": "In solidarity with cooperatives, May 2020 (example)",
        },
        "calendar": {
            "first_day": FIRST_DAY.isoformat(),
            "last_day": "2020-05-27",
            "working_days": ["mon", "tue", "wed", "thu", "fri", "sat"],
            "holidays": ["2020-05-25"],
        },
        "policy": {
            "goals": ["service", {"fairness": {"keep": "95 %"}}, "cost"],
            "rural_only": "true",
            "service": "3 min",
        },
        "products": [_product(row) for row in table("products")],
        "baskets": list(BASKETS),
        "cooperatives": cooperatives(draw, _need(homes), FIRST_DAY),
        "hubs": [_hub(row, grown) for row in _HUBS],
        "lorries": [
            {"id": "camionnette", "name": {"fr": "Camionnette 1,3 t", "ar": "شاحنة 1,3 طن", "en": "1.3 t lorry"},
             "max_weight": "1.3 t", "max_volume": "9 m3", "cost_per_trip": "120 MAD", "cost_per_km": "2.60 MAD",
             "rounds": {"max_stops": 5, "hours": "05:00-21:00", "speed": "65 km/h", "max_distance": "900 km",
                        "cost_per_trip": "200 MAD", "wait": "4 days"}},
            {"id": "camion-8t", "name": {"fr": "Camion 8 t", "ar": "شاحنة 8 أطنان", "en": "8 t lorry"},
             "max_weight": "4.2 t", "max_volume": "26 m3", "cost_per_trip": "250 MAD", "cost_per_km": "4.50 MAD",
             "rounds": {"max_stops": 6, "hours": "05:00-21:00", "speed": "60 km/h", "max_distance": "850 km",
                        "cost_per_trip": "350 MAD", "wait": "4 days"}},
        ],
        "vehicles": [_vehicle(row, grown) for row in _FLEET],
        # From random numbers of their own: all else is as it was without them.
        "points": candidates(Random(f"points-{seed}-{households_number}"), households_number),
    }  # fmt: skip
    return Made(parts, homes)


def _product(row: Mapping[str, str]) -> dict[str, Any]:
    product: dict[str, Any] = {
        "id": row["id"],
        "name": {"fr": row["fr"], "ar": row["ar"], "en": row["en"]},
        "pack": row["pack"],
        "gross_weight": row["gross_weight"],
        "volume": row["volume"],
    }
    if row["shelf_life"]:
        product["shelf_life"] = row["shelf_life"]
    if row["container"]:
        product["container"] = "true"
    return product


def _need(homes: list[dict[str, Any]]) -> dict[str, int]:
    """Return the packs of every product if each line that may hold it did."""
    count = {basket["id"]: sum(home["baskets"] == basket["id"] for home in homes) for basket in BASKETS}
    packs = {row["id"]: row["pack"] for row in table("products")}
    need = dict.fromkeys(packs, 0)
    for basket in BASKETS:
        for line in (basket["container"], *basket["contents"]):
            for option in line.split("|"):
                product, amount = option.split()[:2]
                net = float(packs[product].split()[0])
                each = 1 if net in (100.0, 250.0, 500.0, 50.0) else max(1, round(float(amount) / net))
                need[product] += each * count[basket["id"]]
    return {product: max(1, packs) for product, packs in need.items()}


def _hub(row: Mapping[str, Any], grown: float) -> dict[str, Any]:
    sized = {
        "receiving": f"{max(2.0, float(row['receiving'].split()[0]) * grown):.1f} t",
        "storage_weight": f"{max(3.0, float(row['storage_weight'].split()[0]) * grown):.1f} t",
        "storage_volume": f"{max(10.0, float(row['storage_volume'].split()[0]) * grown):.0f} m3",
        "assembly": max(10, math.ceil(row["assembly"] * grown)),
    }
    return {**row, **sized, "assembly_cost": "4.50 MAD"}


def _vehicle(row: Mapping[str, Any], grown: float) -> dict[str, Any]:
    number = {hub: max(1, math.ceil(count * grown)) for hub, count in row["number"].items()}
    return {**row, **_CREW, "number": number}


def _as_item(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of the table as the schema's mapping."""
    item = {key: value for key, value in row.items() if value not in ("", None)}
    item["baskets"] = {row["baskets"]: 1}
    for key in ("windows", "days"):
        if row[key]:
            item[key] = tuple(part.strip() for part in row[key].split(";"))
    return item
