"""A programme of any size with a plan that needs no solver: everything arrives on the first day, fleets are large."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import Any

from basketplan.plan.types import Assembly, Lot, Origin, PackedBasket, Plan, Shipment, StageReport
from basketplan.programme.types import Programme
from basketplan.solve.assemble import assemble_plan
from basketplan.solve.types import Allocation, Hauled, Left, Schedule, ScheduledTrip

PRODUCTS = ("couscous", "lentils", "olive", "argan", "honey", "dates", "tea", "almonds", "soap", "couffin")
HUBS = {"casa": (33.6, -7.5), "agadir": (30.4, -9.5)}
SUPPLIERS = 5
PER_TRIP = 40


def made_programme(households: int) -> Programme:
    """Return a programme whose households lie on spirals around two hubs; every tenth gets two baskets."""
    return Programme.model_validate(
        {
            "id": "made",
            "calendar": {"first_day": "2020-05-18", "last_day": "2020-05-30"},
            "products": [
                {"id": name, "name": name, "pack": "1 kg", "gross_weight": "1 kg", "volume": "1 L",
                 "container": name == "couffin"}
                for name in PRODUCTS
            ],
            "baskets": [
                {
                    "id": "standard",
                    "name": "Panier",
                    "container": "couffin",
                    "contents": [
                        {"one of": "olive 1 kg | argan 1 kg"},
                        *(f"{name} 1 kg" for name in PRODUCTS if name not in {"olive", "argan", "couffin"}),
                    ],
                }
            ],
            "cooperatives": [
                {
                    "id": f"coop{number}",
                    "name": f"Coopérative {number}",
                    "place": {"lat": 32 + number / 10, "lon": -8},
                    "women": "40 %",
                    "offers": [{"product": name, "capacity": "10 t", "price": "10 MAD"} for name in PRODUCTS],
                }
                for number in range(SUPPLIERS)
            ],
            "hubs": [{"id": hub, "name": hub, "place": {"lat": at[0], "lon": at[1]}} for hub, at in HUBS.items()],
            "lorries": [{"id": "camion", "max_weight": "10 t", "cost_per_km": "3 MAD"}],
            "vehicles": [
                {"id": "van", "name": "Van", "number": dict.fromkeys(HUBS, 60), "max_baskets": 60, "speed": "40 km/h",
                 "cost_per_km": "2 MAD", "cost_per_day": "100 MAD"}
            ],
            "households": [_household(number) for number in range(households)],
        }
    )  # fmt: skip


def _household(number: int) -> dict[str, Any]:
    lat, lon = list(HUBS.values())[number % 2]
    turn, reach = number * 0.01, 0.01 + number * 0.00001
    return {
        "id": f"h{number:05d}",
        "lat": round(lat + reach * math.sin(turn), 6),
        "lon": round(lon + reach * math.cos(turn), 6),
        "baskets": {"standard": 2 if number % 10 == 0 else 1},
        "zone": f"zone{number % 7}",
    }


class _Store:
    """Gives out packs of what was shipped, one shipment after the other."""

    def __init__(self) -> None:
        self.shipments: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        self.next: dict[tuple[str, str], int] = defaultdict(int)

    def take(self, hub: str, product: str) -> tuple[str, str, str]:
        """Return the offer and hub whose pack comes next: suppliers take turns, two hundred packs each."""
        turn = self.next[hub, product]
        self.next[hub, product] += 1
        return f"coop{turn // 200 % SUPPLIERS}", product, hub


def made_plan(programme: Programme, origin: Origin) -> Plan:
    """Return a plan that serves all households of :func:`made_programme` but those left for want of a reason."""
    days, store = programme.working_days, _Store()
    hub_of = {item.id: list(HUBS)[number % 2] for number, item in enumerate(programme.households)}
    packs: dict[tuple[str, str, str], int] = defaultdict(int)
    drafts: list[tuple[str, str, list[tuple[str, str, str]]]] = []
    for household in programme.households:
        hub = hub_of[household.id]
        for _ in range(household.total_baskets):
            taken = [store.take(hub, product) for product in PRODUCTS if product != "argan"]
            for key in taken:
                packs[key] += 1
            drafts.append((household.id, hub, taken))
    ids = {key: f"S{number:04d}" for number, key in enumerate(sorted(packs), start=1)}
    shipments = [
        Shipment(
            id=ids[key], cooperative=key[0], product=key[1], hub=key[2], dispatched=days[0], arrives=days[0],
            packs=packs[key], price_centimes=1_000, cost_centimes=1_000 * packs[key],
        )
        for key in sorted(packs)
    ]  # fmt: skip
    baskets = [
        PackedBasket(
            id=f"B{number:05d}", basket="standard", hub=hub, assembled=days[1], household=household,
            lots=tuple(Lot(shipment=ids[key], packs=1) for key in taken),
        )
        for number, (household, hub, taken) in enumerate(drafts, start=1)
    ]  # fmt: skip
    assemblies = [
        Assembly(
            hub=hub, day=days[1], basket="standard", count=sum(item.hub == hub for item in baskets), cost_centimes=0
        )
        for hub in sorted(HUBS)
        if any(item.hub == hub for item in baskets)
    ]
    allocation = Allocation(
        shipped=(),
        hauled=tuple(
            Hauled(cooperative=coop, hub=hub, dispatch_day=0, lorry="camion", number=4)
            for coop, hub in sorted({(key[0], key[2]) for key in packs})
        ),
        assembled=(),
        unit_price={},
        served=frozenset(hub_of),
        left=(),
        due={},
        reports=(),
    )
    return assemble_plan(
        programme,
        origin=origin,
        status="complete",
        allocation=allocation,
        schedule=_schedule(programme, hub_of),
        shipments=shipments,
        assemblies=assemblies,
        baskets=baskets,
        left=[Left(household="nobody", reason="supply", detail="-", remedy="-")][:0],
        stages=[StageReport(stage="lots", status="optimal")],
    )


def _schedule(programme: Programme, hub_of: dict[str, str]) -> Schedule:
    """Put forty households after another on each trip, one trip a van and day."""
    trips = []
    for hub in HUBS:
        mine = [item.id for item in programme.households if hub_of[item.id] == hub]
        for number, start in enumerate(range(0, len(mine), PER_TRIP)):
            trips.append(
                ScheduledTrip(
                    hub=hub,
                    vehicle="van",
                    unit=number % 60 + 1,
                    day=2 + number // 60,
                    load_s=28_800,
                    households=tuple(mine[start : start + PER_TRIP]),
                )
            )
    return Schedule(trips=tuple(trips))
