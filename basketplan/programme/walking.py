"""Who can perhaps walk to a distribution point: arithmetic without any solver, never too strict."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from basketplan.programme.availability import straight_m
from basketplan.programme.types import Programme

__all__ = ["may_collect"]

_CHUNK = 2_000
"""Households measured at a time, so that a million of them do not fill the memory."""


def may_collect(programme: Programme) -> NDArray[np.bool_]:
    """Return ``(n_households,)`` who can perhaps walk to a candidate: nobody where all is brought to the door.

    Walks are lower bounds, as all distances before planning: straight line × the smallest detour, less 1 %.
    """
    people, rules = programme.households, programme.policy.delivery
    result = np.zeros(len(people), dtype=np.bool_)
    if rules.mode == "doors" or not programme.points:
        return result
    ratio = 0.99 * min((row.ratio for row in programme.travel.detour), default=1.0)
    lat, lon = np.array([item.lat for item in people]), np.array([item.lon for item in people])
    there = np.array([(item.place.lat, item.place.lon) for item in programme.points])
    for start in range(0, len(people), _CHUNK):
        part = slice(start, start + _CHUNK)
        line = straight_m(lat[part, None], lon[part, None], there[None, :, 0], there[None, :, 1])
        result[part] = (line * ratio <= rules.walking).any(axis=1)
    able: NDArray[np.bool_] = result & np.array([item.collect for item in people])
    return able
