"""Random numbers inside compiled code: a stream is an array of its own, so that threads never share a cache line."""

from __future__ import annotations

import numba as nb
import numpy as np
from numpy.typing import NDArray

__all__ = ["random01", "stream"]

_PAD = 32
"""The state lies in the middle of 512 bytes: neighbours in memory belong to nobody else."""


def stream(seed: int, *path: int) -> NDArray[np.uint64]:
    """Return the stream of ``seed`` for one part of the work, told by ``path``."""
    state = np.zeros(2 * _PAD, dtype=np.uint64)
    state[_PAD] = np.random.SeedSequence([seed, *path]).generate_state(1, np.uint64)[0] | np.uint64(1)
    return state


@nb.njit(inline="always")
def random01(rng):  # type: ignore[no-untyped-def]  # numba types it
    """Return the next number in [0, 1) (xorshift64; Marsaglia, Journal of Statistical Software 8, 2003)."""
    x = rng[32]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    rng[32] = x
    return np.float64(x >> np.uint64(11)) * (1.0 / 9007199254740992.0)
