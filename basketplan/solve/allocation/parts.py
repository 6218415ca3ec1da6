"""Parts of the cooperatives that a large neighbourhood search chooses anew together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from random import Random

from basketplan.solve.allocation.data import Data

__all__ = ["part_size", "related"]

FEW = 5
"""Cooperatives of a part, at least."""


def part_size(coops: Sequence[str], parts: int) -> int:
    """Return how many cooperatives belong in each of ``parts``."""
    return max(FEW, -(-len(coops) // parts))


def related(data: Data, coops: Sequence[str], size: int, draw: Random) -> Iterator[Sequence[str]]:
    """Yield ``coops`` in parts of ``size``: one that is drawn, and those that share the most kilograms with it.

    Only cooperatives that sell the same goods can take over from each other.
    """
    offered: dict[str, dict[str, int]] = {}
    for offer in data.offers:
        offered.setdefault(offer.coop, {})[offer.product] = offer.most * data.weight_g[offer.product]
    rest = sorted(coops)
    while rest:
        draw.shuffle(rest)
        first = rest[0]
        rest.sort(key=lambda coop: (coop != first, -_shared(offered.get(first, {}), offered.get(coop, {}))))
        yield rest[:size]
        rest = rest[size:]


def _shared(one: Mapping[str, int], other: Mapping[str, int]) -> int:
    return sum(min(most, other.get(product, 0)) for product, most in one.items())
