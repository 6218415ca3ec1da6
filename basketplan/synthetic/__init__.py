"""Seeded made-up programmes for tests, examples and benchmarks.

:func:`small_programme` makes tiny random programmes that use every feature. Nothing here needs a file or the network.
"""

from basketplan.synthetic.small import small_programme

__all__ = ["small_programme"]
