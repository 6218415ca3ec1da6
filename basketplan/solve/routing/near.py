"""Which stops lie near which in a rich problem: by the drive, and by what windows add to it.

What waiting and lateness between two stops count beside the drive is taken from Vidal, Crainic, Gendreau, Prins, *A
hybrid genetic algorithm with adaptive diversity management for a large class of vehicle routing problems with
time-windows*, Computers & Operations Research 40 (2013).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basketplan.solve.routing.blocks import RoadBlocks
from basketplan.solve.routing.ruin.neighbours import NEAR, near_by_matrix, near_by_place
from basketplan.solve.types import IntArray

__all__ = ["Times", "near_by_drive", "near_by_road"]

WAIT, WARP = 0.2, 1.0
"""What a second of waiting and of lateness count in seconds of driving."""
WIDER = 3
"""Places that are looked at per neighbour kept, where windows change the order."""
ROWS = 5_000
"""Stops at a time, for memory."""


@dataclass(frozen=True, kw_only=True)
class Times:
    """When stops can be served; each array is ``(n,)`` seconds."""

    service: IntArray
    opens: IntArray
    """Of the first window."""
    closes: IntArray
    """Of the last window."""

    def away(self, seconds: IntArray, here: IntArray, there: IntArray) -> NDArray[np.float64]:
        """Return how far stops ``there`` are from ``here`` when driving takes ``seconds``."""
        leave = seconds + self.service[here]
        wait = np.maximum(self.opens[there] - leave - self.closes[here], 0)
        warp = np.maximum(self.opens[here] + leave - self.closes[there], 0)
        far: NDArray[np.float64] = seconds + WAIT * wait + WARP * warp
        return far


def near_by_drive(seconds: IntArray, times: Times | None) -> NDArray[np.int32]:
    """Return ``(n, NEAR)`` neighbours by an ``(n, n)`` matrix of driving, each way whichever is nearer."""
    if times is None or not len(seconds):
        return near_by_matrix(np.minimum(seconds, seconds.T).astype(np.float64))
    every = np.arange(len(seconds))
    away = times.away(seconds, every[:, None], every[None, :])
    return near_by_matrix(np.minimum(away, away.T))


def near_by_road(blocks: RoadBlocks, xy: NDArray[np.float64], times: Times | None) -> NDArray[np.int32]:
    """Return ``(n, NEAR)`` neighbours out of the places that lie nearest, without a matrix.

    Parameters
    ----------
    xy
        ``(n, 2)`` where stops are.
    """
    near = near_by_place(xy, NEAR if times is None else WIDER * NEAR)
    if times is None:
        return near
    kept = np.empty((len(near), min(NEAR, near.shape[1])), dtype=np.int32)
    for begin in range(0, len(near), ROWS):
        there = near[begin : begin + ROWS].astype(np.int64)
        here = np.arange(begin, begin + len(there))[:, None]
        to, back = blocks.drive_s(here, there), blocks.drive_s(there, here)
        away = np.minimum(times.away(to, here, there), times.away(back, there, here))
        order = np.argsort(away, axis=1, kind="stable")[:, : kept.shape[1]]
        kept[begin : begin + ROWS] = np.take_along_axis(there, order, axis=1)
    return kept
