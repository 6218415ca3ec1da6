"""Changes of a programme that may serve more people, as the models and the explanations know them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["Change", "ChangeKind", "Gate"]

ChangeKind = Literal[
    "capacity", "rate", "earlier", "minimum_order", "minimum_revenue", "assembly", "receiving", "storage_weight",
    "storage_volume", "budget", "share", "substitute", "open_weekday", "open_date", "holiday", "last_day",
    "vehicles", "trips", "windows", "access", "split", "radius", "zones", "home_days",
]  # fmt: skip


@dataclass(frozen=True, kw_only=True, order=True)
class Change:
    """One change; ``amount`` in packs, baskets a day, kg, litres or MAD, 0 where it has none.

    Two changes that differ in their amount alone are equal.
    """

    kind: ChangeKind
    where: tuple[str, ...] = ()
    """(cooperative, product), (hub,), (basket, line, product), (hub, weekday or date), (date,), (vehicle,),
    (vehicle, hub or access class), households, or ()."""
    amount: float = field(default=0.0, compare=False)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A change that opens days: of one hub, or for everybody where ``hub`` is none."""

    change: Change
    hub: str | None
    dates: frozenset[dt.date]
