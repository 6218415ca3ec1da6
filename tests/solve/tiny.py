"""Programmes so small that their best allocations can be counted out by hand: one good, free bags, free lorries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from basketplan.programme.types import Programme

FREE_BAGS = {
    "id": "bags", "name": "Bags", "place": {"lat": 33.57, "lon": -7.59}, "province": "Elsewhere",
    "offers": [{"product": "bag", "capacity": "10000 packs", "price": "0 MAD"}],
}  # fmt: skip


def supplier(name: str, capacity: int, price: float = 10.0, **further: Any) -> dict[str, Any]:
    """A cooperative that sells ``capacity`` packs of food."""
    offer = {"product": "food", "capacity": f"{capacity} packs", "price": f"{price} MAD"}
    offer |= further.pop("offer", {})
    return {"id": name, "name": name, "place": {"lat": 33.4, "lon": -7.6}, "offers": [offer], **further}


def homes(number: int, zone: str = "", first: int = 1, **further: Any) -> list[dict[str, Any]]:
    """Households of a basket each."""
    return [
        {"id": f"h{first + n}", "lat": 33.58, "lon": -7.59, "baskets": {"box": 1}, "zone": zone, **further}
        for n in range(number)
    ]


def tiny(
    suppliers: Sequence[Mapping[str, Any]], households: Sequence[Mapping[str, Any]] | int, **further: Any
) -> Programme:
    """Return a programme of two days, a hub and a van; every household needs a pack of food in a bag."""
    return Programme.model_validate(
        {
            "id": "tiny",
            "calendar": {"first_day": "2020-05-18", "last_day": "2020-05-20", "working_days": ["mon", "tue", "wed"]},
            "travel": {"detour": [{"ratio": 1.0}], "inbound_detour": 1.0},
            "products": [
                {"id": "food", "name": "Food", "pack": "1 kg", "gross_weight": "1 kg", "volume": "1 L"},
                {
                    "id": "bag", "name": "Bag", "pack": "1 piece", "gross_weight": "1 g", "volume": "1 mL",
                    "container": True,
                },
            ],
            "baskets": [{"id": "box", "name": "Box", "container": "bag", "contents": ["food 1 kg"]}],
            "cooperatives": [*suppliers, FREE_BAGS],
            "hubs": [{"id": "hub", "name": "Hub", "place": {"lat": 33.57, "lon": -7.59}}],
            "lorries": [{"id": "lorry", "max_weight": "10 t"}],
            "vehicles": [{"id": "van", "name": "Van", "number": {"hub": 9}}],
            "households": homes(households) if isinstance(households, int) else households,
            **further,
        }
    )  # fmt: skip
