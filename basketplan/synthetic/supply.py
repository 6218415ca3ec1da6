"""Cooperatives: invented ones in real towns, with what their region makes, in amounts that a programme needs.

``TIGHT`` says how much of a need each product covers: below 1 the group's other products must help out.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Mapping
from random import Random
from typing import Any

from basketplan.synthetic.facts import table

__all__ = ["cooperatives"]

TIGHT: Mapping[str, float] = {
    "olive_oil": 0.83, "argan_oil": 0.34, "honey": 0.82, "amlou": 0.22, "prickly_pear_jam": 0.12, "loquat_jam": 0.1,
    "dates": 0.8, "fig_dried": 0.5, "couffin_doum": 0.82, "panier_roseau": 0.35, "lentils": 1.12, "couscous": 1.35,
    "salt": 1.8, "saffron": 0.5, "quinoa": 1.4, "chickpeas": 1.05, "split_fava": 0.45,
}  # fmt: skip
DEFAULT_TIGHT = 1.5
DAILY: Mapping[str, int] = {
    "couscous": 190, "couffin_doum": 55, "panier_roseau": 45, "amlou": 60, "barley_semolina": 90, "argan_oil": 90,
}  # fmt: skip
"""Packs that a cooperative of average size makes a day; the others sell from stock."""
CARTON: Mapping[str, str] = {
    "olive_oil": "6 L", "honey": "3 kg", "dates": "5 kg", "couscous": "10 kg", "lentils": "10 kg", "chickpeas": "10 kg",
    "split_fava": "10 kg", "salt": "20 kg", "almond": "2500 g", "fig_dried": "5 kg", "barley_semolina": "10 kg",
    "couffin_doum": "10 pieces", "panier_roseau": "10 pieces",
}  # fmt: skip
LATE: Mapping[str, int] = {"dates": 6, "honey": 5, "loquat_jam": 4}
"""Some cooperatives of these products begin so many days later."""
BULK = ("couscous", "lentils", "olive_oil", "salt", "chickpeas")
"""Cheaper from a third of what is there on."""

_WORDS = (
    ("Tifaouine", "تيفاوين"), ("Annour", "النور"), ("Al Baraka", "البركة"), ("Tissir", "تيسير"), ("Izourane", "إزوران"),
    ("Al Wiam", "الوئام"), ("Toudert", "تودرت"), ("Assanabil", "السنابل"), ("Ighrem", "إغرم"), ("Al Ikhlas", "الإخلاص"),
    ("Tamount", "تامونت"), ("Arrihane", "الريحان"), ("Al Mahabba", "المحبة"), ("Tiwizi", "تيويزي"), ("Azour", "أزور"),
    ("Al Fath", "الفتح"), ("Tagmat", "تاكمات"),
)  # fmt: skip


def cooperatives(draw: Random, need: Mapping[str, int], first_day: dt.date) -> list[dict[str, Any]]:
    """Return one invented cooperative per town, with offers for ``need`` (packs by product)."""
    towns = table("towns")
    sizes = [round(draw.lognormvariate(3.1, 0.45)) + 4 for _ in towns]
    weight = {
        (town["town"], product): size * draw.uniform(0.8, 1.25)
        for town, size in zip(towns, sizes, strict=True)
        for product in town["products"].split()
    }
    rural = {town["town"] for town in towns if town["rural"] == "true"}
    whole = {
        product: sum(value for (town, item), value in weight.items() if item == product and town in rural)
        for product in need
    }
    made = []
    for number, (town, size) in enumerate(zip(towns, sizes, strict=True)):
        offers = [
            _offer(draw, product, need[product], weight[town["town"], product] / whole[product], first_day, size)
            for product in town["products"].split()
        ]
        made.append(_cooperative(draw, town, number, size, offers))
    return made


def _cooperative(
    draw: Random, town: dict[str, str], number: int, size: int, offers: list[dict[str, Any]]
) -> dict[str, Any]:
    word = _WORDS[(number * 7) % len(_WORDS)]
    women = draw.choice((0, 15, 30, 45, 60, 75, 90, 100, 100))
    return {
        "id": _id(f"{word[0]} {town['town']}"),
        "name": {"fr": f"{word[0]}, {town['town']} (inventée)", "ar": f"{word[1]}، {town['ar']} (مثال)"},
        "place": {"lat": town["lat"], "lon": town["lon"]},
        "town": town["town"],
        "province": town["province"],
        "region": town["region"],
        "rural": town["rural"],
        "members": size,
        "women": f"{women} %",
        "engagement_cost": f"{draw.choice((300, 400, 500, 600))} MAD",
        "minimum_revenue": f"{draw.choice((800, 1000, 1500))} MAD",
        "offers": offers,
    }


def _offer(draw: Random, product: str, need: int, part: float, first_day: dt.date, size: int) -> dict[str, Any]:
    row = next(item for item in table("products") if item["id"] == product)
    amount, unit = row["pack"].split()
    per_lot = _packs(CARTON[product], row["pack"]) if product in CARTON else 1
    lots = max(2, round(need * TIGHT.get(product, DEFAULT_TIGHT) * part / per_lot))
    packs = lots * per_lot
    price = draw.uniform(float(row["price_low"]), float(row["price_high"]))
    price = round(price * 2) / 2
    offer: dict[str, Any] = {"product": product, "capacity": _amount(packs, amount, unit)}
    if product in DAILY:
        daily = max(
            per_lot, round(DAILY[product] * size / 25 * need / 4000 / per_lot * _SCALE.get(product, 1.0)) * per_lot
        )
        offer["rate"] = _amount(max(daily, per_lot * -(-packs // (5 * per_lot))), amount, unit)
        offer["lead_time"] = "1 day"
    if product in LATE and draw.random() < 0.4:
        offer["first_day"] = (first_day + dt.timedelta(days=LATE[product])).isoformat()
    offer["price"] = f"{price:.2f} MAD"
    if product in BULK and lots >= 9:
        third = -(-lots // 3) * per_lot
        offer["price_breaks"] = [{"from": _amount(third, amount, unit), "price": f"{round(price * 0.95, 1):.2f} MAD"}]
    if per_lot > 1:
        offer["lot"] = CARTON[product]
    if lots >= 8 and draw.random() < 0.5:
        offer["minimum_order"] = _amount(2 * per_lot if per_lot > 1 else max(1, packs // 20), amount, unit)
    return offer


_SCALE: Mapping[str, float] = {"couscous": 1 / 3}
"""Need is counted in packs: three of couscous a basket."""


def _packs(quantity: str, pack: str) -> int:
    """Return how many packs hold ``quantity``."""
    grams = {"g": 1, "kg": 1000, "mL": 1, "L": 1000, "piece": 1, "pieces": 1}
    (amount, unit), (net, net_unit) = quantity.split(), pack.split()
    return round(float(amount) * grams[unit] / (float(net) * grams[net_unit]))


def _amount(packs: int, net: str, unit: str) -> str:
    """Write ``packs`` packs of ``net`` ``unit`` as people would."""
    total = packs * float(net)
    if unit in ("g", "mL") and total % 1000 == 0:
        return f"{total / 1000:g} {'kg' if unit == 'g' else 'L'}"
    if unit == "piece":
        return f"{packs} pieces"
    return f"{total:.0f} {unit}"


def _id(name: str) -> str:
    """Return ``name`` as an id: plain letters in lower case, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join("".join(letter if letter.isalnum() else " " for letter in plain).split())
