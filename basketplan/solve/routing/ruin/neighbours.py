"""Who lies near whom, and an order of places in which neighbours lie together in memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from basketplan.solve.routing.ruin.routes import Ints

__all__ = ["NEAR", "hilbert_order", "near_by_matrix", "near_by_place"]

NEAR = 100
"""Neighbours kept per stop; ruins start from all of them."""
_BITS = 16


def hilbert_order(xy: NDArray[np.float64]) -> Ints:
    """Return the places in the order of a Hilbert curve (Skilling, AIP Conference Proceedings 707, 2004)."""
    if len(xy) == 0:
        return np.zeros(0, dtype=np.int64)
    span = float(np.ptp(xy, axis=0).max()) or 1.0
    cells = ((xy - xy.min(axis=0)) / span * (2**_BITS - 1)).astype(np.int64)
    x, y = cells[:, 0].copy(), cells[:, 1].copy()
    key = np.zeros(len(xy), dtype=np.int64)
    side = 2 ** (_BITS - 1)
    while side:
        right, upper = (x & side) > 0, (y & side) > 0
        key += side * side * ((3 * right) ^ upper)
        flip = ~upper & right
        x[flip], y[flip] = 2**_BITS - 1 - x[flip], 2**_BITS - 1 - y[flip]
        swap = ~upper
        x[swap], y[swap] = y[swap], x[swap].copy()
        side //= 2
    return np.argsort(key, kind="stable").astype(np.int64)


def near_by_place(xy: NDArray[np.float64], width: int = NEAR) -> NDArray[np.int32]:
    """Return the nearest other places of each, by a k-d tree; ties by number."""
    n = len(xy)
    width = min(width, n - 1)
    if width < 1:
        return np.full((n, 1), -1, dtype=np.int32)
    found = np.empty((n, width), dtype=np.int32)
    tree = cKDTree(xy)
    for begin in range(0, n, 50_000):
        rows = np.arange(begin, min(begin + 50_000, n))
        far, who = tree.query(xy[rows], width + 1)
        far[who == rows[:, None]] = -1.0
        # Where many share a place, a stop may be missing from its own list: then the last is dropped.
        order = np.lexsort((who, far), axis=1)
        found[rows] = np.take_along_axis(who, order, axis=1)[:, 1:]
    return found


def near_by_matrix(proximity: NDArray[np.float64], width: int = NEAR) -> NDArray[np.int32]:
    """Return the nearest others of each by a symmetric ``(n, n)`` matrix; ties by number."""
    n = len(proximity)
    width = min(width, n - 1)
    if width < 1:
        return np.full((n, 1), -1, dtype=np.int32)
    own = proximity.copy()
    np.fill_diagonal(own, np.inf)
    return np.argsort(own, axis=1, kind="stable")[:, :width].astype(np.int32)
