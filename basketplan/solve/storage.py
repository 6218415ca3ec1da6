"""Hubs with less storage than they have: how a plan is made again where trips leave later than was counted on."""

from __future__ import annotations

from collections.abc import Mapping

from basketplan.programme.types import Programme

__all__ = ["ROOM", "with_room"]

ROOM = 0.85
"""Part of the storage before that is counted on after it overflowed; its square the second time, and so on."""


def with_room(programme: Programme, room: Mapping[str, float]) -> Programme:
    """Return the programme with only a part of the storage at the hubs of ``room``."""
    if not room:
        return programme

    def part(limit: int | None, hub: str) -> int | None:
        return None if limit is None else round(limit * room.get(hub, 1.0))

    hubs = tuple(
        hub.model_copy(
            update={
                "storage_weight": part(hub.storage_weight, hub.id),
                "storage_volume": part(hub.storage_volume, hub.id),
            }
        )
        for hub in programme.hubs
    )
    return programme.altered(hubs=hubs)
