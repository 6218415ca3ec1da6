"""A small programme with a plan worked out by hand.

Everything lies on the equator, where a hundredth of a degree of longitude is 6,378,137 m × π / 18,000 = 1,113.19 m,
and road is straight line: 0.01° is 1,113 m, 0.02° 2,226 m, 0.03° 3,340 m, 0.5° 55,660 m, 1° 111,319 m, 2° 222,639 m.

Places      hubs west 0°, east 1°; cooperatives atlas 0.5°, souss −1°, ville 0.1° (a town: it may not supply);
            households h1 0.01°, h2 0.02°, h3 0.03°, h4 −0.01°, h5 −0.02°, h6 1.01°, h7 0.05° (by boat only: unserved).
Baskets     standard: couffin, 2 couscous, 1 olive or 1 argan (at most half of the baskets); 3,600 g and 3,200 mL with
            olive, 2,800 g and 2,400 mL with argan. small: couffin, 1 dates; 1,500 g, its own volume 8 L.
Monday 18   S0001 atlas→west 4 couscous. souss sends to west (1 day on the road) S0005 1 argan, S0006 6 couffin,
            S0007 2 dates, and to east (2 days) S0008 1 argan, S0009 1 couffin.
Tuesday 19  atlas sends S0002 4 couscous to east, S0003 4 couscous and S0004 3 olive to west.
            Couscous: 4 of 6 made by Monday, 12 of 12 by Tuesday; 12 in all reach the price break at 8 (9 MAD).
            West receives 7,300 + 5,300 = 12,600 g and assembles B00001 … B00006; it holds 16,600 g, 133,800 mL.
Wed 20      West delivers all: T0001 moto h4; T0002 van h1, h2 (waits for its window at 10:00), h3; T0003 van h5.
            East assembles B00007.
Thu 21      T0004 moto@east h6. Two couscous of S0002 are left over.

T0002       loading 10 min + 4 × 1 min from 08:30: departs 31,440. 1,113 m at 40 km/h: 100.17 → 101 s.
            h1 31,541–31,721; h2 31,822, opens 36,000–36,180; h3 (two baskets: 240 s) 36,281–36,521; 3,340 m: 301 s,
            back 36,822. 6,679 m, 6,222 s: 1,000 + 1,336 + 6,222 = 8,558 centimes. 11,500 g, 16,800 mL.
Break       10:20–10:50; the driver may work 2 h: 30,600 to 40,842 without it would be 2 h 50.
T0003       11:00 + 11 min: 40,260; 2,226 m: 201 s; 40,461–40,641; back 40,842. 4,452 m, 1,242 s: 3,132 centimes.
T0001, 4    08:00 + 5 min: 29,100; 1,113 m at 20 km/h: 201 s; 29,301–29,481; back 29,682. 500 + 223 centimes.

Goods       12 × 9 + 3 × 40 = 228 MAD from atlas; 2 × 60 + 7 × 30 + 2 × 20 = 370 MAD from souss; 598 MAD.
Lorries     20 MAD + 1 MAD per km: 55.66 km 75.66 (three times), 111.319 km 131.32, 222.639 km 242.64: 600.94 MAD.
            Engagement 100 + 50; assembly 6 × 5 + 6 = 36 MAD. Of the budget: 1,384.94 MAD.
            Vehicle days 50 + 100 + 50 = 200; trips 7.23 + 85.58 + 31.32 + 7.23 = 131.36. All: 1,716.30 MAD.
Potential   needed: 6 standard, 2 small. atlas 12 couscous at 10 + 6 olive at 40 = 360 MAD: share 228/360 = 0.633333;
            souss 3 argan + 8 couffin + 2 dates = 180 + 240 + 40 = 460 MAD: share 370/460 = 0.804348.
            Gini: (0.804348 − 0.633333) / (2 × 1.437681) = 0.059476. Jain: 1.437681² / (2 × 1.048086) = 0.986048.
            Women: (228 × 100 % + 370 × 50 %) / 598 = 0.690635.
Drivers     every trip stays in one zone. The van's stops h1, h2, h3, h5 have their middle at 0.01°, so they lie 0, 1, 2
            and 3 hundredths away; the others are alone: 6 × 1,113.19 m / 6. No type has two vehicles in use.
Load factor fullest of weight, volume, baskets: 1/2, 4/5, 1/5, 1/2: mean 0.5.
"""

from __future__ import annotations

import copy
import datetime as dt
from typing import Any

from basketplan.plan.metrics import compute_metrics
from basketplan.plan.types import Plan
from basketplan.plan.visits import by_visit
from basketplan.programme.types import Programme

MON, TUE, WED, THU = (dt.date(2020, 5, day) for day in (18, 19, 20, 21))

PROGRAMME: dict[str, Any] = {
    "id": "small",
    "country": None,
    "calendar": {"first_day": MON, "last_day": THU},
    "policy": {"service": "3 min", "service_per_basket": "1 min"},
    "travel": {"detour": [{"ratio": 1.0}], "inbound_detour": 1.0},
    "products": [
        {"id": "couscous", "name": "Couscous", "pack": "1 kg", "gross_weight": "1 kg", "volume": "1 L"},
        {"id": "olive", "name": "Huile d'olive", "pack": "1 L", "gross_weight": "1.1 kg", "volume": "1.2 L"},
        {"id": "argan", "name": "Huile d'argan", "pack": "250 mL", "gross_weight": "300 g", "volume": "400 mL"},
        {
            "id": "dates",
            "name": "Dattes",
            "pack": "1 kg",
            "gross_weight": "1 kg",
            "volume": "900 mL",
            "shelf_life": "2 days",
        },
        {
            "id": "couffin",
            "name": "Couffin",
            "pack": "1 piece",
            "gross_weight": "500 g",
            "volume": "20 L",
            "container": True,
        },
    ],
    "baskets": [
        {
            "id": "standard",
            "name": "Panier",
            "container": "couffin",
            "contents": ["couscous 2 kg", {"one of": "olive 1 L | argan 250 mL (max 50 %)"}],
        },
        {"id": "small", "name": "Petit panier", "container": "couffin", "contents": ["dates 1 kg"], "volume": "8 L"},
    ],
    "cooperatives": [
        {
            "id": "atlas",
            "name": "Atlas",
            "place": {"lat": 0, "lon": 0.5},
            "women": "100 %",
            "engagement_cost": "100 MAD",
            "minimum_revenue": "228 MAD",
            "offers": [
                {
                    "product": "couscous",
                    "capacity": "20 kg",
                    "rate": "6 kg",
                    "price": "10 MAD",
                    "price_breaks": [{"from": "8 kg", "price": "9 MAD"}, {"from": "13 kg", "price": "8 MAD"}],
                    "lot": "4 kg",
                },
                {"product": "olive", "capacity": "10 L", "price": "40 MAD", "lead_time": 1, "minimum_order": "3 L"},
            ],
        },
        {
            "id": "souss",
            "name": "Souss",
            "place": {"lat": 0, "lon": -1},
            "women": "50 %",
            "engagement_cost": "50 MAD",
            "offers": [
                {"product": "argan", "capacity": "5 packs", "price": "60 MAD"},
                {"product": "couffin", "capacity": "20 pieces", "price": "30 MAD", "first_day": MON},
                {"product": "dates", "capacity": "10 kg", "price": "20 MAD"},
            ],
        },
        {
            "id": "ville",
            "name": "Ville",
            "place": {"lat": 0, "lon": 0.1},
            "rural": False,
            "offers": [{"product": "couscous", "capacity": "100 kg", "price": "5 MAD"}],
        },
    ],
    "hubs": [
        {
            "id": "west",
            "name": "Ouest",
            "place": {"lat": 0, "lon": 0},
            "receiving": "12.6 kg",
            "storage_weight": "16.6 kg",
            "storage_volume": "133.8 L",
            "assembly": 6,
            "assembly_cost": "5 MAD",
            "radius": "6 km",
            "zones": ["A", "B"],
        },
        {
            "id": "east",
            "name": "Est",
            "place": {"lat": 0, "lon": 1},
            "assembly_cost": "6 MAD",
            "zones": ["C"],
        },
    ],
    "lorries": [
        {
            "id": "camion",
            "max_weight": "8 kg",
            "max_volume": "130 L",
            "cost_per_trip": "20 MAD",
            "cost_per_km": "1 MAD",
            "km_per_day": "100 km",
        }
    ],
    "vehicles": [
        {
            "id": "van",
            "name": "Fourgonnette",
            "number": {"west": 1},
            "max_weight": "20 kg",
            "max_volume": "30 L",
            "max_baskets": 5,
            "shift": "08:00-17:00",
            "cost_per_day": "100 MAD",
            "cost_per_trip": "10 MAD",
            "cost_per_km": "2 MAD",
            "cost_per_hour": "36 MAD",
            "loading": "10 min",
            "loading_per_basket": "1 min",
            "speed": "40 km/h",
            "trips_per_day": 2,
            "break": {"duration": "30 min", "after": "2 h"},
        },
        {
            "id": "moto",
            "name": "Triporteur",
            "number": {"west": 1, "east": 1},
            "max_weight": "15 kg",
            "max_baskets": 2,
            "cost_per_day": "50 MAD",
            "cost_per_trip": "5 MAD",
            "cost_per_km": "1 MAD",
            "loading": "5 min",
            "speed": "20 km/h",
            "access": ["street", "alley"],
        },
    ],
    "households": [
        {"id": "h1", "lat": 0, "lon": 0.01, "baskets": {"standard": 1}, "zone": "A"},
        {"id": "h2", "lat": 0, "lon": 0.02, "baskets": {"standard": 1}, "zone": "A", "windows": ["10:00-11:00"]},
        {"id": "h3", "lat": 0, "lon": 0.03, "baskets": {"standard": 1, "small": 1}, "zone": "A"},
        {
            "id": "h4",
            "lat": 0,
            "lon": -0.01,
            "baskets": {"small": 1},
            "zone": "B",
            "days": ["wed"],
            "access": "alley",
        },
        {"id": "h5", "lat": 0, "lon": -0.02, "baskets": {"standard": 1}, "zone": "B"},
        {"id": "h6", "lat": 0, "lon": 1.01, "baskets": {"standard": 1}, "zone": "C"},
        {"id": "h7", "lat": 0, "lon": 0.05, "baskets": {"standard": 1}, "zone": "B", "access": "boat"},
    ],
}


def _shipment(number: int, who: str, hub: str, days: tuple[dt.date, dt.date], packs: int, price: int) -> dict[str, Any]:
    coop, product = who.split()
    return {
        "id": f"S{number:04d}",
        "cooperative": coop,
        "product": product,
        "hub": hub,
        "dispatched": days[0],
        "arrives": days[1],
        "packs": packs,
        "price_centimes": price,
        "cost_centimes": packs * price,
    }


def _haul(coop: str, hub: str, day: dt.date, distance_m: int, cost: int) -> dict[str, Any]:
    return {
        "cooperative": coop,
        "hub": hub,
        "dispatched": day,
        "lorry": "camion",
        "number": 1,
        "distance_m": distance_m,
        "cost_centimes": cost,
    }


def _assembly(hub: str, day: dt.date, basket: str, count: int, cost: int) -> dict[str, Any]:
    return {"hub": hub, "day": day, "basket": basket, "count": count, "cost_centimes": cost}


def _basket(
    number: int, kind: str, household: str, lots: str, hub: str = "west", assembled: dt.date = TUE
) -> dict[str, Any]:
    return {
        "id": f"B{number:05d}",
        "basket": kind,
        "hub": hub,
        "assembled": assembled,
        "household": household,
        "lots": [
            {"shipment": f"S{name.zfill(4)}", "packs": int(packs)}
            for name, packs in (lot.split("x") for lot in lots.split())
        ],
    }


def _stop(household: str, leg_m: int, arrive_s: int, start_s: int, leave_s: int) -> dict[str, Any]:
    return {"household": household, "leg_m": leg_m, "arrive_s": arrive_s, "start_s": start_s, "leave_s": leave_s}


def _trip(number: int, unit: str, day: dt.date, times: tuple[int, int, int], **rest: Any) -> dict[str, Any]:
    vehicle, _, hub = unit.partition("#")[0].partition("@")
    load_s, depart_s, return_s = times
    head = {"id": f"T{number:04d}", "hub": hub, "vehicle": vehicle, "unit": unit, "day": day}
    return {**head, "load_s": load_s, "depart_s": depart_s, "return_s": return_s, **rest}


def _vehicle_day(unit: str, day: dt.date, trips: list[str], cost: int, breaks: tuple[int, ...] = ()) -> dict[str, Any]:
    vehicle, _, hub = unit.partition("#")[0].partition("@")
    return {
        "unit": unit,
        "vehicle": vehicle,
        "hub": hub,
        "day": day,
        "trips": trips,
        "breaks": [{"start_s": breaks[0], "end_s": breaks[1]}] if breaks else [],
        "cost_centimes": cost,
    }


PLAN: dict[str, Any] = {
    "origin": {
        "programme": "small",
        "programme_sha256": "0" * 64,
        "seed": 0,
        "effort": "quick",
        "versions": {"basketplan": "0.1.0"},
    },
    "status": "complete",
    "shipments": [
        _shipment(1, "atlas couscous", "west", (MON, MON), 4, 900),
        _shipment(2, "atlas couscous", "east", (TUE, TUE), 4, 900),
        _shipment(3, "atlas couscous", "west", (TUE, TUE), 4, 900),
        _shipment(4, "atlas olive", "west", (TUE, TUE), 3, 4000),
        _shipment(5, "souss argan", "west", (MON, TUE), 1, 6000),
        _shipment(6, "souss couffin", "west", (MON, TUE), 6, 3000),
        _shipment(7, "souss dates", "west", (MON, TUE), 2, 2000),
        _shipment(8, "souss argan", "east", (MON, WED), 1, 6000),
        _shipment(9, "souss couffin", "east", (MON, WED), 1, 3000),
    ],
    "hauls": [
        _haul("souss", "east", MON, 222_639, 24_264),
        _haul("atlas", "west", MON, 55_660, 7_566),
        _haul("souss", "west", MON, 111_319, 13_132),
        _haul("atlas", "east", TUE, 55_660, 7_566),
        _haul("atlas", "west", TUE, 55_660, 7_566),
    ],
    "engagements": [
        {"cooperative": "atlas", "cost_centimes": 10_000},
        {"cooperative": "souss", "cost_centimes": 5_000},
    ],
    "assemblies": [
        _assembly("west", TUE, "small", 2, 1_000),
        _assembly("west", TUE, "standard", 4, 2_000),
        _assembly("east", WED, "standard", 1, 600),
    ],
    "baskets": [
        _basket(1, "small", "h3", "6x1 7x1"),
        _basket(2, "small", "h4", "6x1 7x1"),
        _basket(3, "standard", "h1", "6x1 1x2 4x1"),
        _basket(4, "standard", "h2", "6x1 1x2 4x1"),
        _basket(5, "standard", "h3", "6x1 3x2 5x1"),
        _basket(6, "standard", "h5", "6x1 3x2 4x1"),
        _basket(7, "standard", "h6", "9x1 2x2 8x1", hub="east", assembled=WED),
    ],
    "trips": [
        _trip(
            1, "moto@west#1", WED, (28_800, 29_100, 29_682),
            distance_m=2_226, baskets=1, weight_g=1_500, volume_ml=8_000, cost_centimes=723,
            stops=[_stop("h4", 1_113, 29_301, 29_301, 29_481)],
        ),
        _trip(
            2, "van@west#1", WED, (30_600, 31_440, 36_822),
            distance_m=6_679, baskets=4, weight_g=11_500, volume_ml=16_800, cost_centimes=8_558,
            stops=[
                _stop("h1", 1_113, 31_541, 31_541, 31_721),
                _stop("h2", 1_113, 31_822, 36_000, 36_180),
                _stop("h3", 1_113, 36_281, 36_281, 36_521),
            ],
        ),
        _trip(
            3, "van@west#1", WED, (39_600, 40_260, 40_842),
            distance_m=4_452, baskets=1, weight_g=3_600, volume_ml=3_200, cost_centimes=3_132,
            stops=[_stop("h5", 2_226, 40_461, 40_461, 40_641)],
        ),
        _trip(
            4, "moto@east#1", THU, (28_800, 29_100, 29_682),
            distance_m=2_226, baskets=1, weight_g=2_800, volume_ml=2_400, cost_centimes=723,
            stops=[_stop("h6", 1_113, 29_301, 29_301, 29_481)],
        ),
    ],
    "vehicle_days": [
        _vehicle_day("moto@west#1", WED, ["T0001"], 5_000),
        _vehicle_day("van@west#1", WED, ["T0002", "T0003"], 10_000, (37_200, 39_000)),
        _vehicle_day("moto@east#1", THU, ["T0004"], 5_000),
    ],
    "unserved": [
        {
            "household": "h7",
            "reason": "access",
            "detail": "no vehicle enters 'boat'",
            "remedy": "station one that does at west",
        }
    ],
    "stages": [
        {"stage": "territory", "status": "heuristic", "value": 1.0},
        {"stage": "allocation", "goal": "service", "status": "optimal", "value": 1.0, "bound": 1.0, "gap": 0.0},
        {"stage": "allocation", "goal": "cost", "status": "feasible", "value": 200.0, "bound": 190.0, "gap": 0.05},
        {"stage": "lots", "status": "optimal"},
    ],
    "costs": [
        *(
            {"kind": "goods", "reference": f"S{number:04d}", "centimes": centimes}
            for number, centimes in enumerate((3600, 3600, 3600, 12000, 6000, 18000, 4000, 6000, 3000), start=1)
        ),
        {"kind": "engagement", "reference": "atlas", "centimes": 10_000},
        {"kind": "engagement", "reference": "souss", "centimes": 5_000},
        {"kind": "inbound", "reference": "souss>east@2020-05-18:camion", "centimes": 24_264},
        {"kind": "inbound", "reference": "atlas>west@2020-05-18:camion", "centimes": 7_566},
        {"kind": "inbound", "reference": "souss>west@2020-05-18:camion", "centimes": 13_132},
        {"kind": "inbound", "reference": "atlas>east@2020-05-19:camion", "centimes": 7_566},
        {"kind": "inbound", "reference": "atlas>west@2020-05-19:camion", "centimes": 7_566},
        {"kind": "assembly", "reference": "west@2020-05-19:small", "centimes": 1_000},
        {"kind": "assembly", "reference": "west@2020-05-19:standard", "centimes": 2_000},
        {"kind": "assembly", "reference": "east@2020-05-20:standard", "centimes": 600},
        {"kind": "vehicle_days", "reference": "moto@west#1@2020-05-20", "centimes": 5_000},
        {"kind": "vehicle_days", "reference": "van@west#1@2020-05-20", "centimes": 10_000},
        {"kind": "vehicle_days", "reference": "moto@east#1@2020-05-21", "centimes": 5_000},
        {"kind": "trips", "reference": "T0001", "centimes": 723},
        {"kind": "trips", "reference": "T0002", "centimes": 8_558},
        {"kind": "trips", "reference": "T0003", "centimes": 3_132},
        {"kind": "trips", "reference": "T0004", "centimes": 723},
    ],
    "metrics": {
        "households": 7,
        "served": 6,
        "unserved": 1,
        "baskets_needed": 8,
        "baskets_delivered": 7,
        "baskets_left": 0,
        "cost_centimes": 171_630,
        "cost_by_kind": {
            "goods": 59_800,
            "engagement": 15_000,
            "inbound": 60_094,
            "assembly": 3_600,
            "vehicle_days": 20_000,
            "trips": 13_136,
        },
        "cost_per_basket_centimes": 24_519,
        "distance_m": 15_583,
        "inbound_distance_m": 500_938,
        "rounds": 0,
        "rounds_saved_centimes": 0,
        "trip_seconds": 9_228,
        "trips": 4,
        "vehicle_days": 3,
        "load_factor": 0.5,
        "trip_zone_share": 1.0,
        "driver_spread_m": 1_113,
        "work_spread_s": 0,
        "lowest_share": 0.633333,
        "gini": 0.059476,
        "jain": 0.986048,
        "women_share": 0.690635,
        "rural_share": 1.0,
        "cooperatives_engaged": 2,
        "first_delivery": WED,
        "last_delivery": THU,
        "leftover_packs": {"couscous": 2},
        "cooperatives": [
            {
                "cooperative": "atlas",
                "packs": 15,
                "revenue_centimes": 22_800,
                "potential_centimes": 36_000,
                "share": 0.633333,
            },
            {
                "cooperative": "souss",
                "packs": 11,
                "revenue_centimes": 37_000,
                "potential_centimes": 46_000,
                "share": 0.804348,
            },
            {"cooperative": "ville", "packs": 0, "revenue_centimes": 0, "potential_centimes": 0, "share": 0.0},
        ],
        "zones": [
            {"zone": "A", "households": 3, "served": 3, "baskets": 4, "baskets_served": 4},
            {"zone": "B", "households": 3, "served": 2, "baskets": 3, "baskets_served": 2},
            {"zone": "C", "households": 1, "served": 1, "baskets": 1, "baskets_served": 1},
        ],
    },
}  # fmt: skip


class World:
    """A programme and a plan as plain mappings, to be edited and then built."""

    def __init__(self) -> None:
        self.raw = copy.deepcopy(PROGRAMME)
        self.plan = copy.deepcopy(PLAN)

    def item(self, kind: str, name: str) -> dict[str, Any]:
        """Return the part of the programme with that id."""
        return next(item for item in self.raw[kind] if item["id"] == name)

    def offer(self, coop: str, product: str) -> dict[str, Any]:
        """Return an offer."""
        return next(item for item in self.item("cooperatives", coop)["offers"] if item["product"] == product)

    def household(self, name: str, **changes: Any) -> None:
        """Change a household of the programme."""
        self.item("households", name).update(changes)

    def programme(self) -> Programme:
        """Return the programme as edited."""
        return Programme.model_validate(self.raw)

    def built(self) -> Plan:
        """Return the plan as edited."""
        return Plan.model_validate(self.plan)

    def priced(self, *, metrics: bool = True) -> Plan:
        """Return the plan as edited, its bill and its figures following from its parts."""
        plan = self.plan
        plan["costs"] = [
            *({"kind": "goods", "reference": x["id"], "centimes": x["cost_centimes"]} for x in plan["shipments"]),
            *(
                {"kind": "engagement", "reference": x["cooperative"], "centimes": x["cost_centimes"]}
                for x in plan["engagements"]
            ),
            *(
                {
                    "kind": "inbound",
                    "reference": f"{x['cooperative']}>{x['hub']}@{x['dispatched']}:{x['lorry']}",
                    "centimes": x["cost_centimes"],
                }
                for x in plan["hauls"]
            ),
            *(
                {"kind": "inbound", "reference": x["id"], "centimes": x["cost_centimes"]}
                for x in plan.get("rounds", ())
            ),
            *(
                {
                    "kind": "assembly",
                    "reference": f"{x['hub']}@{x['day']}:{x['basket']}",
                    "centimes": x["cost_centimes"],
                }
                for x in plan["assemblies"]
            ),
            *(
                {"kind": "vehicle_days", "reference": f"{x['unit']}@{x['day']}", "centimes": x["cost_centimes"]}
                for x in plan["vehicle_days"]
            ),
            *({"kind": "trips", "reference": x["id"], "centimes": x["cost_centimes"]} for x in plan["trips"]),
            *(
                {
                    "kind": "points",
                    "reference": f"{point}@{day}",
                    "centimes": self.programme().point[point].cost_per_day,
                }
                for point, day in sorted({(x["point"], x["day"]) for x in plan.get("collections", ()) if x["day"]})
                if point in self.programme().point
            ),
        ]
        made = self.built()
        if not metrics:
            return made
        figures = compute_metrics(
            by_visit(self.programme(), made),
            shipments=made.shipments,
            hauls=made.hauls,
            rounds=made.rounds,
            engagements=made.engagements,
            assemblies=made.assemblies,
            baskets=made.baskets,
            trips=made.trips,
            vehicle_days=made.vehicle_days,
            unserved=made.unserved,
            costs=made.costs,
            collections=made.collections,
        )
        return made.model_copy(update={"metrics": figures})
