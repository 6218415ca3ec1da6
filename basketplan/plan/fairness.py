"""The price of fairness: what it costs to guarantee every cooperative a share, level by level."""

from __future__ import annotations

from typing import Literal

from basketplan.plan.types import PlanItem

__all__ = ["FairnessPoint", "FairnessPrice", "as_bounds"]


class FairnessPoint(PlanItem):
    """An allocation that guarantees a share, with its cost."""

    kind: Literal["level", "policy"] = "level"
    """`level`: the cheapest that guarantees the share; `policy`: what the programme's own goals lead to."""
    level: float
    """The guaranteed share: bought over what could have been supplied of what was needed; of `policy` the lowest."""
    lowest_share: float
    """The lowest share reached."""
    cost_centimes: int
    """Goods, engagement, lorries from cooperatives and assembly; not the trips to households."""
    bound_centimes: int | None
    """No allocation that guarantees the share and serves as many costs less; none: not known."""
    gap: float | None
    """``(cost − bound) / cost``."""
    unserved: int
    """Baskets left out, each times its household's priority."""
    gini: float
    women_share: float
    """Of the money for goods, weighted by each cooperative's share of women."""
    cooperatives: int
    """How many something is bought from."""


class FairnessPrice(PlanItem):
    """All levels from the cheapest to the fairest allocation."""

    programme: str
    effort: str
    seed: int
    highest_bound: float | None
    """No allocation that serves as many guarantees a higher share; none: not known."""
    points: tuple[FairnessPoint, ...]
    """By rising level; the last one is the fairest, the first one the cheapest."""
    policy: FairnessPoint | None = None
    complete: bool = True
    """Whether all levels were solved; the fairest are first."""


def as_bounds(points: list[FairnessPoint], others: tuple[FairnessPoint, ...] = ()) -> tuple[FairnessPoint, ...]:
    """Return points by level in which each makes use of what the others show.

    An allocation that guarantees more also guarantees less, so it is one for each lower level too; and what costs at
    least so much at one level does so at each higher one.
    """
    result = []
    for point in sorted(points, key=lambda item: item.level):
        able = [item for item in (*points, *others) if item.lowest_share >= point.level - 1e-6]
        able = [item for item in able if item.unserved <= point.unserved]
        best = min([point, *able], key=lambda item: (item.cost_centimes, -item.lowest_share))
        below = [
            item.bound_centimes for item in points if item.level <= point.level and item.bound_centimes is not None
        ]
        bound = min(max(below), best.cost_centimes) if below else None
        gap = (
            None if bound is None else (best.cost_centimes - bound) / best.cost_centimes if best.cost_centimes else 0.0
        )
        result.append(
            best.model_copy(update={"kind": "level", "level": point.level, "bound_centimes": bound, "gap": gap})
        )
    return tuple(result)
