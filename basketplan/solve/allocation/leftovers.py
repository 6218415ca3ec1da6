"""What may be bought that no basket holds, row (15) of the model: what whole lots and minimum orders leave over.

Prices that fall with the amount may pay for more than is needed. Only the cost goal may do so: any other would buy for
nobody to raise shares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from basketplan.solve.allocation.data import Data

if TYPE_CHECKING:
    from basketplan.solve.allocation.model import Model

__all__ = ["cheaper_leftovers", "least_left_over", "most_left_over"]


def least_left_over(data: Data, product: str) -> int:
    """Return the packs of a product that lots, minimum orders and minimum revenues can leave over."""
    return _left_over(data, product, cheaper=False)


def most_left_over(data: Data, product: str) -> int:
    """Return the packs of a product that they or price rows can leave over, where a larger order costs less."""
    return _left_over(data, product, cheaper=True)


def _left_over(data: Data, product: str, *, cheaper: bool) -> int:
    lots, forced = 0, 0
    for offer in data.offers:
        if offer.product == product and (offer.coop, product) not in data.unsold:
            price = max(1, min(price for _, price in offer.prices))
            revenue = -(-data.minimum_revenue[offer.coop] // price)
            lots = max(lots, offer.lot)
            forced = max(forced, offer.minimum, revenue, offer.prices[-1][0] if cheaper else 0)
    return len(data.hubs) * max(0, lots - 1) + max(0, forced - 1)


def cheaper_leftovers(model: Model) -> None:
    """Let more be left over (15) where a larger order costs less: for the cost goal, no other may buy for nobody."""
    for row in model.m.linear_constraints():
        name, _, product = row.name.partition("[")
        if name == "leftover":
            row.upper_bound = most_left_over(model.data, product.rstrip("]"))
