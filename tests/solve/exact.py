"""Programmes made from facility location and transport instances in the style of OR-Library, and their enumeration.

A facility is a cooperative that sells food, a customer is a hub with a household for each unit it needs. A bag from
beside every hub costs nothing but, where lorries have a charge, a lorry without road. Roads are straight lines, so
that costs of arcs follow from places.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from basketplan.programme.types import Programme
from basketplan.travel.distance import inbound_m
from basketplan.units import cost_of_distance_centimes


@dataclass(frozen=True)
class Instance:
    """Facilities with capacities, opening costs and prices (MAD); customers with demands; places in degrees."""

    capacity: tuple[int, ...]
    opening: tuple[int, ...]
    price: tuple[int, ...]
    demand: tuple[int, ...]
    sources: tuple[tuple[float, float], ...]
    sinks: tuple[tuple[float, float], ...]
    load: int
    """Units that a lorry carries: 1 makes transport a price per unit, all of them a fixed charge per arc."""
    trip: int
    """MAD per lorry beside 1 MAD per km."""


def draw(seed: int, *, fixed_charge: bool) -> Instance:
    """Draw an instance small enough to enumerate: 3 facilities, 2 or 3 customers of 2 to 4 units."""
    dice = Random(f"exact-{fixed_charge}-{seed}")
    sinks = tuple((round(dice.uniform(32.9, 33.7), 3), round(dice.uniform(-7.7, -7.2), 3)) for _ in range(2 + seed % 2))
    sources = tuple((round(dice.uniform(32.0, 33.7), 3), round(dice.uniform(-8.0, -6.9), 3)) for _ in range(3))
    demand = tuple(dice.randint(2, 4) for _ in sinks)
    capacity = [dice.randint(2, 7) for _ in sources]
    capacity[0] += max(0, sum(demand) - sum(capacity))
    return Instance(
        capacity=tuple(capacity),
        opening=tuple(0 if fixed_charge else dice.randint(20, 300) for _ in sources),
        price=tuple(dice.randint(5, 60) if fixed_charge else 10 for _ in sources),
        demand=demand,
        sources=sources,
        sinks=sinks,
        load=20 if fixed_charge else 1,
        trip=dice.randint(0, 100) if fixed_charge else 0,
    )


def programme_of(instance: Instance) -> Programme:
    """Return the instance as a programme of three days."""
    hubs = [f"hub{j}" for j in range(len(instance.sinks))]
    makers: list[dict[str, Any]] = [
        {
            "id": f"maker{i}",
            "name": f"Maker {i}",
            "place": {"lat": lat, "lon": lon},
            "engagement_cost": f"{instance.opening[i]} MAD",
            "offers": [
                {"product": "food", "capacity": f"{instance.capacity[i]} packs", "price": f"{instance.price[i]} MAD"}
            ],
        }
        for i, (lat, lon) in enumerate(instance.sources)
    ]
    makers += [
        {
            "id": f"bags{j}",
            "name": f"Bags {j}",
            "place": {"lat": lat, "lon": lon},
            "offers": [{"product": "bag", "capacity": f"{instance.demand[j]} packs", "price": "0 MAD"}],
        }
        for j, (lat, lon) in enumerate(instance.sinks)
    ]
    places = [
        {"id": hub, "name": hub, "place": {"lat": lat, "lon": lon}, "zones": [hub]}
        for hub, (lat, lon) in zip(hubs, instance.sinks, strict=True)
    ]
    people = [
        {"id": f"{hub}-{n}", "lat": lat, "lon": lon, "baskets": {"box": 1}, "zone": hub}
        for hub, (lat, lon), need in zip(hubs, instance.sinks, instance.demand, strict=True)
        for n in range(need)
    ]
    lorries = [
        {
            "id": "lorry",
            "max_weight": f"{instance.load} kg",
            "cost_per_trip": f"{instance.trip} MAD",
            "cost_per_km": "1 MAD",
        }
    ]
    return Programme.model_validate(
        {
            "id": "exact",
            "country": None,
            "calendar": {"first_day": "2020-05-18", "last_day": "2020-05-20"},
            "policy": {"goals": ["service", "cost"]},
            "travel": {"detour": [{"ratio": 1.0}], "inbound_detour": 1.0},
            "products": [
                {"id": "food", "name": "Food", "pack": "1 kg", "gross_weight": "1 kg", "volume": "1 L"},
                {
                    "id": "bag",
                    "name": "Bag",
                    "pack": "1 piece",
                    "gross_weight": "1 g",
                    "volume": "1 mL",
                    "container": True,
                },
            ],
            "baskets": [{"id": "box", "name": "Box", "container": "bag", "contents": ["food 1 kg"]}],
            "cooperatives": makers,
            "hubs": places,
            "lorries": lorries,
            "vehicles": [{"id": "van", "name": "Van", "number": dict.fromkeys(hubs, 9)}],
            "households": people,
        }
    )


def _rows(total: int, limits: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Yield all ways to share ``total`` out within ``limits``."""
    for row in itertools.product(*(range(min(total, limit) + 1) for limit in limits)):
        if sum(row) == total:
            yield row


def enumerated(instance: Instance, programme: Programme) -> int:
    """Return the least cost in centimes over all whole flows from facilities to customers."""
    arc = [
        [
            100 * instance.trip
            + cost_of_distance_centimes(
                inbound_m(programme.travel, programme.cooperative[f"maker{i}"].place, programme.hub[f"hub{j}"].place),
                programme.lorries[0].cost_per_km,
            )
            for j in range(len(instance.demand))
        ]
        for i in range(len(instance.capacity))
    ]
    best = math.inf
    for flows in itertools.product(*(_rows(need, instance.capacity) for need in instance.demand)):
        sent = [sum(row[i] for row in flows) for i in range(len(instance.capacity))]
        if any(units > most for units, most in zip(sent, instance.capacity, strict=True)):
            continue
        cost = sum(100 * instance.price[i] * units for i, units in enumerate(sent))
        cost += sum(100 * instance.opening[i] for i, units in enumerate(sent) if units)
        cost += sum(
            math.ceil(row[i] / instance.load) * arc[i][j] for j, row in enumerate(flows) for i in range(len(sent))
        )
        best = min(best, cost)
    return round(best) + 100 * instance.trip * len(instance.demand)
