"""Tiny random programmes that use every feature of the schema, one per seed: for tests.

They are without faults, but supply, assembly, days or the fleet may be too little for everybody: a planner must
leave some households out and say why.
"""

from __future__ import annotations

import datetime as dt
import math
from random import Random
from typing import Any

from basketplan.programme.types import WEEKDAYS, Programme

__all__ = ["small_programme"]

_FIRST_DAY = dt.date(2020, 5, 18)  # a Monday
_WORKING = WEEKDAYS[:6]
_HUBS = ((33.6046, -7.5371), (33.5515, -7.6818), (33.5392, -7.5621), (33.5866, -7.6050))
_TOWNS = (
    (33.001, -7.620), (31.907, -7.942), (32.653, -8.427), (33.892, -6.313), (31.352, -7.951), (32.501, -6.690),
    (32.934, -5.662), (34.795, -5.568), (34.924, -2.335), (29.693, -9.723),
)  # fmt: skip
_STREETS = (33.53, 33.59, -7.62, -7.53)  # south, north, west, east: inside the built-up area of Casablanca
_PACKS = (("1 kg", 1, "kg", 1020, 1300), ("500 g", 500, "g", 520, 700), ("1 L", 1, "L", 980, 1200),
          ("250 mL", 250, "mL", 300, 400), ("1 piece", 1, "packs", 350, 500))  # fmt: skip


def small_programme(
    seed: int,
    *,
    cooperatives: int = 4,
    hubs: int = 2,
    products: int = 5,
    days: int = 5,
    households: int = 12,
    supply: float = 1.2,
    rich: bool = True,
) -> Programme:
    """Return the tiny random programme of ``seed``.

    Parameters
    ----------
    seed
        Same seed and sizes, same programme.
    cooperatives, hubs, products, days, households
        Sizes, at least 1 (products and days: at least 2); one product is the container, ``days`` counts
        working days.
    supply
        Supply over need of each product, roughly: below 1 somebody must be left out.
    rich
        Whether to use lots, minimum orders, price breaks, engagement, rates, lead times, shelf life, windows,
        access classes, days at home, storage and priorities; without them only capacities and prices are left.
    """
    if min(cooperatives, hubs, households) < 1 or min(products, days) < 2:
        raise ValueError("cooperatives, hubs and households must be at least 1, products and days at least 2")
    return _Small(Random(f"small-{seed}"), rich, days, supply).programme(cooperatives, hubs, products, households, seed)


class _Small:
    """The draws of one small programme."""

    def __init__(self, draw: Random, rich: bool, days: int, supply: float) -> None:
        self.draw = draw
        self.rich = rich
        self.days = days
        self.supply = supply
        self.per_basket: dict[str, dict[str, int]] = {}

    def chance(self, share: float) -> bool:
        """Draw whether an optional feature is used."""
        return self.draw.random() < share and self.rich

    def programme(self, cooperatives: int, hubs: int, products: int, households: int, seed: int) -> Programme:
        """Draw all parts, from goods to households."""
        goods = [self.product(index) for index in range(products)]
        parcels = self.baskets(goods)
        homes = [self.household(index, [parcel["id"] for parcel in parcels]) for index in range(households)]
        need = self.need(homes)
        places = [self.hub(index, sum(sum(home["baskets"].values()) for home in homes) / hubs) for index in range(hubs)]
        return Programme.model_validate(
            {
                "id": f"small-{seed}",
                "title": {"fr": f"Petit programme {seed}", "en": f"Small programme {seed}"},
                "calendar": self.calendar(),
                "policy": self.policy(),
                "products": goods,
                "baskets": parcels,
                "cooperatives": self.cooperatives(cooperatives, goods, need),
                "hubs": places,
                "lorries": self.lorries(),
                "vehicles": self.vehicles([place["id"] for place in places], households),
                "households": homes,
            }
        )

    def calendar(self) -> dict[str, Any]:
        """Return a calendar of exactly ``days`` working days, perhaps with a holiday in the middle."""
        day, counted, holidays = _FIRST_DAY, 0, []
        skip = self.draw.randrange(1, self.days) if self.chance(0.3) else -1
        while True:
            if day.weekday() < len(_WORKING):
                if counted == skip:
                    holidays.append(day.isoformat())
                    skip = -1
                else:
                    counted += 1
                    if counted == self.days:
                        break
            day += dt.timedelta(days=1)
        return {
            "first_day": _FIRST_DAY.isoformat(),
            "last_day": day.isoformat(),
            "working_days": list(_WORKING),
            "holidays": holidays,
        }

    def policy(self) -> dict[str, Any]:
        """Return goals in the usual order with a random slack for fairness."""
        keep = self.draw.choice((80, 90, 95, 100))
        return {"goals": ["service", {"fairness": {"keep": f"{keep} %"}}, "cost"], "service": "3 min"}

    def product(self, index: int) -> dict[str, Any]:
        """Return product ``index``; number 0 is the container."""
        if index == 0:
            return {
                "id": "couffin", "name": {"fr": "Couffin", "ar": "قفة", "en": "Basket"}, "pack": "1 piece",
                "gross_weight": "800 g", "volume": "25 L", "container": True,
            }  # fmt: skip
        pack, _, _, gross, volume = _PACKS[(index - 1) % len(_PACKS)]
        good: dict[str, Any] = {
            "id": f"good{index}", "name": {"fr": f"Produit {index}", "ar": f"منتج {index}", "en": f"Good {index}"},
            "pack": pack, "gross_weight": f"{gross} g", "volume": f"{volume} mL",
        }  # fmt: skip
        if self.chance(0.25):
            good["shelf_life"] = f"{self.draw.randint(3, 9) + self.days // 2} days"
        return good

    def baskets(self, goods: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return one or two basket types; together they use every product, and some lines have alternatives."""
        fixed, pairs = goods[1:], []
        if len(fixed) >= 3:
            pairs.append((fixed[-2], fixed[-1]))
            fixed = fixed[:-2]
        parcels = [self.basket("standard", fixed, pairs)]
        if len(fixed) >= 2 and self.draw.random() < 0.6:
            parcels.append(self.basket("light", fixed[1:], pairs))
        return parcels

    def basket(self, name: str, fixed: list[dict[str, Any]], pairs: list[Any]) -> dict[str, Any]:
        """Return basket ``name`` and note how many packs of each product it may hold."""
        used = self.per_basket[name] = {"couffin": 1}
        contents: list[str | dict[str, str]] = []
        for good in fixed:
            used[good["id"]] = self.draw.randint(1, 3)
            contents.append(_quantity(good["id"], used[good["id"]]))
        for first, second in pairs:
            used[first["id"]], used[second["id"]] = self.draw.randint(1, 2), self.draw.randint(1, 2)
            share = self.draw.choice(("", " (max 50 %)", " (max 30 %)", " (min 10 %)")) if self.rich else ""
            left, right = _quantity(first["id"], used[first["id"]]), _quantity(second["id"], used[second["id"]])
            contents.append({"one of": f"{left} | {right}{share}"})
        parcel: dict[str, Any] = {"id": name, "name": {"fr": f"Panier {name}"}, "container": "couffin"}
        if self.chance(0.5):
            parcel["volume"] = "30 L"
        return parcel | {"contents": contents}

    def household(self, index: int, parcels: list[str]) -> dict[str, Any]:
        """Return household ``index`` somewhere in the streets."""
        south, north, west, east = _STREETS
        home: dict[str, Any] = {
            "id": f"h{index + 1:03d}",
            "lat": round(self.draw.uniform(south, north), 5),
            "lon": round(self.draw.uniform(west, east), 5),
            "baskets": {self.draw.choice(parcels): 2 if self.chance(0.1) else 1},
            "zone": self.draw.choice(("east", "west")),
        }
        if self.chance(0.3):
            home["priority"] = self.draw.randint(2, 3)
        if self.chance(0.25):
            home["windows"] = [self.draw.choice(("08:30-12:00", "13:00-16:30", "09:00-11:00"))]
        if self.chance(0.2) and self.days >= 4:
            # Two weekdays of which the second half of any calendar of four working days or more has one.
            home["days"] = list(self.draw.choice((("wed", "thu"), ("thu", "fri"))))
        if self.chance(0.15):
            home["access"] = "alley"
        if self.chance(0.15):
            home["service"] = "5 min"
        return home

    def need(self, homes: list[dict[str, Any]]) -> dict[str, int]:
        """Return the most packs of each product that the baskets of all households can use."""
        total: dict[str, int] = {}
        for home in homes:
            for name, number in home["baskets"].items():
                for good, packs in self.per_basket[name].items():
                    total[good] = total.get(good, 0) + packs * number
        return total

    def cooperatives(self, number: int, goods: list[dict[str, Any]], need: dict[str, int]) -> list[dict[str, Any]]:
        """Return cooperatives that together offer every product about ``supply`` times its need."""
        offers: list[list[dict[str, Any]]] = [[] for _ in range(number)]
        for index, good in enumerate(goods):
            sellers = sorted({index % number, *(s for s in range(number) if self.draw.random() < 0.35)})
            wanted = need.get(good["id"], 1) * self.supply * self.draw.uniform(0.85, 1.25)
            parts = [self.draw.uniform(0.5, 1.5) for _ in sellers]
            for seller, part in zip(sellers, parts, strict=True):
                offers[seller].append(self.offer(good["id"], max(1, math.ceil(wanted * part / sum(parts)))))
        for seller, sold in enumerate(offers):
            if not sold:
                good = goods[seller % len(goods)]["id"]
                sold.append(self.offer(good, max(1, round(need.get(good, 1) * self.supply / number))))
        return [self.cooperative(index, sold) for index, sold in enumerate(offers)]

    def cooperative(self, index: int, offers: list[dict[str, Any]]) -> dict[str, Any]:
        """Return cooperative ``index`` in a real town."""
        lat, lon = _TOWNS[(index + self.draw.randrange(len(_TOWNS))) % len(_TOWNS)]
        maker: dict[str, Any] = {
            "id": f"coop{index + 1}", "name": {"fr": f"Coopérative {index + 1}"}, "place": {"lat": lat, "lon": lon},
            "members": self.draw.randint(8, 40), "women": f"{self.draw.randint(0, 100)} %", "offers": offers,
        }  # fmt: skip
        if self.chance(0.5):
            maker["engagement_cost"] = f"{self.draw.randint(1, 6) * 50} MAD"
        if self.chance(0.15):
            maker["minimum_revenue"] = f"{self.draw.randint(5, 40)} MAD"
        return maker

    def offer(self, good: str, capacity: int) -> dict[str, Any]:
        """Return an offer of ``capacity`` packs or a little more."""
        price = self.draw.randint(900, 4500)
        lot = self.draw.choice((2, 3, 5)) if capacity >= 6 and self.chance(0.4) else 1
        capacity = -(-capacity // lot) * lot
        terms: dict[str, Any] = {"product": good, "capacity": f"{capacity} packs", "price": _mad(price)}
        if lot > 1:
            terms["lot"] = f"{lot} packs"
        if self.chance(0.4):
            terms["rate"] = f"{max(1, math.ceil(capacity / max(1, self.days - 1) * self.draw.uniform(1, 2)))} packs"
        if self.chance(0.3):
            terms["lead_time"] = f"{self.draw.randint(0, max(0, self.days // 2 - 1))} days"
        if self.chance(0.25):
            terms["minimum_order"] = f"{max(1, capacity // 4)} packs"
        if capacity >= 4 and self.chance(0.25):
            start = max(2, capacity // 2)
            terms["price_breaks"] = [{"from": f"{start} packs", "price": _mad(round(price * 0.9))}]
        return terms

    def hub(self, index: int, baskets: float) -> dict[str, Any]:
        """Return hub ``index``, which should be able to handle about ``baskets``."""
        lat, lon = _HUBS[index % len(_HUBS)]
        moved = 0.004 * (index // len(_HUBS))
        place: dict[str, Any] = {
            "id": f"hub{index + 1}", "name": {"fr": f"Entrepôt {index + 1}"},
            "place": {"lat": lat - moved, "lon": lon + moved},
            "assembly_cost": _mad(self.draw.randint(2, 8) * 100),
            "ready_after": f"{self.draw.randint(0, 1)} days",
        }  # fmt: skip
        if self.chance(0.6):
            place["assembly"] = max(2, math.ceil(baskets / max(1, self.days - 2) * self.draw.uniform(0.9, 2)))
        if self.chance(0.4):
            place["storage_weight"] = f"{max(40, round(baskets * self.draw.uniform(6, 16)))} kg"
        if self.chance(0.3):
            place["receiving"] = f"{max(40, round(baskets * self.draw.uniform(4, 10)))} kg"
        if index > 0 and self.days >= 5 and self.chance(0.2):
            place["open"] = ["mon", "tue", "wed", "thu", "fri"]
        return place

    def lorries(self) -> list[dict[str, Any]]:
        """Return a small and a large type of lorry."""
        return [
            {"id": "pickup", "max_weight": "120 kg", "max_volume": "1 m3", "cost_per_trip": "40 MAD",
             "cost_per_km": "1 MAD"},
            {"id": "lorry", "max_weight": "1.2 t", "max_volume": "9 m3", "cost_per_trip": "150 MAD",
             "cost_per_km": "3 MAD", "km_per_day": f"{self.draw.choice((400, 600)) if self.days >= 4 else 900} km"},
        ]  # fmt: skip

    def vehicles(self, hubs: list[str], households: int) -> list[dict[str, Any]]:
        """Return vans and three-wheelers that together can serve everybody within two or three days."""
        each = max(1, math.ceil(households / len(hubs) / 12))
        van = {
            "id": "van", "name": {"fr": "Fourgonnette", "en": "Van"}, "number": dict.fromkeys(hubs, each),
            "max_weight": "650 kg", "max_baskets": self.draw.choice((5, 8, 12)), "shift": "08:00-17:00",
            "cost_per_day": "250 MAD", "cost_per_km": "1.70 MAD", "cost_per_hour": "20 MAD", "loading": "10 min",
            "loading_per_basket": "15 s", "speed": "27 km/h", "trips_per_day": self.draw.randint(1, 3),
        }  # fmt: skip
        if self.chance(0.5):
            van["break"] = {"duration": "30 min", "after": f"{self.draw.randint(4, 6)} h"}
        if self.chance(0.3):
            van["max_trip_duration"] = "4 h"
        if not self.rich:
            return [van]
        wheeler = {
            "id": "wheeler", "name": {"fr": "Triporteur", "en": "Three-wheeler"}, "number": dict.fromkeys(hubs, 1),
            "max_weight": "350 kg", "max_volume": "1.3 m3", "max_baskets": 4, "shift": "08:00-16:00",
            "cost_per_day": "150 MAD", "cost_per_km": "1.20 MAD", "cost_per_hour": "20 MAD", "loading": "5 min",
            "loading_per_basket": "15 s", "speed": "22 km/h", "trips_per_day": 3, "max_trip_distance": "60 km",
            "access": ["street", "alley"],
        }  # fmt: skip
        return [van, wheeler]


def _quantity(good: str, packs: int) -> str:
    """Write ``packs`` packs of ``good`` as people do: ``good1 2 kg``."""
    if good == "couffin":
        return f"{good} {packs} packs"
    _, size, unit, _, _ = _PACKS[(int(good.removeprefix("good")) - 1) % len(_PACKS)]
    return f"{good} {packs * size} {unit}"


def _mad(centimes: int) -> str:
    """Write centimes as ``12.50 MAD``."""
    return f"{centimes // 100}.{centimes % 100:02d} MAD"
