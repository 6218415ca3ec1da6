"""How the kernels of rich problems are compiled."""

from __future__ import annotations

import numba as nb

__all__ = ["compiled"]

compiled = nb.njit(nogil=True, cache=True, error_model="numpy", _nrt=False)
"""For functions that are handed all the arrays they need and make none.

Numba counts the references to every array that a function is handed, by atomic additions. The kernels are handed
twenty arrays some thirty times a move, some of them shared between threads: a sixth of their time was counting. What is
compiled without its runtime (``_nrt``) cannot make arrays, and counts nothing.
"""
