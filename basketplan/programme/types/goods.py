"""Goods and baskets: products in packs, and what a basket contains."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from basketplan.programme.types.values import Amount, Days, Id, Item, Mass, Name, Quantity, Share, Volume


class Product(Item):
    """A good, sold in indivisible packs."""

    id: Id
    """Short id, used everywhere else."""
    name: Name
    """Name in fr, ar, en."""
    pack: Amount
    """Net content of one pack: `1 kg`, `250 mL`, `1 piece`."""
    gross_weight: Mass
    """Weight of one pack with its packaging."""
    volume: Volume
    """Room that one pack takes in a basket or lorry."""
    shelf_life: Days | None = None
    """Days from leaving the cooperative within which it must reach the household; none: it keeps."""
    container: bool = False
    """Whether this product is a container (it adds no volume: contents lie inside it)."""

    def packs(self, quantity: Quantity) -> int:
        """Return how many whole packs hold ``quantity`` (rounded down; exact for checked baskets)."""
        if quantity.unit == "packs":
            return quantity.amount
        if quantity.unit != self.pack.unit or self.pack.amount <= 0:
            return 0
        return quantity.amount // self.pack.amount


class Alternative(Item):
    """One way to fill a line of a basket."""

    product: Id
    """The product."""
    quantity: Amount
    """How much of it goes in one basket; a whole number of packs."""
    min_share: Share = 0.0
    """Lowest share of this basket type's baskets that hold this alternative, over the programme."""
    max_share: Share = 1.0
    """Highest such share."""


class Line(Item):
    """A line of a basket: one product, or several of which one is put in."""

    one_of: tuple[Alternative, ...] = Field(min_length=1)
    """The alternatives; a fixed line has exactly one."""


def _alternative(value: object) -> object:
    """``'olive_oil 1 L'`` or ``'argan_oil 250 mL (max 30 %)'`` → mapping."""
    if not isinstance(value, str):
        return value
    head, _, tail = value.strip().partition("(")
    words = head.split(None, 1)
    if not words:
        raise ValueError("expected '<product> <quantity>', found nothing")
    result: dict[str, Any] = {"product": words[0], "quantity": words[1].strip() if len(words) > 1 else "1 pack"}
    for bound in filter(None, (part.strip() for part in tail.rstrip(") ").split(","))):
        name, _, share = bound.partition(" ")
        if name not in {"min", "max"} or not share:
            raise ValueError(f"expected 'min 10 %' or 'max 30 %' in brackets, found {bound!r}")
        result[f"{name}_share"] = share
    return result


def _line(value: object) -> object:
    """A line may be written `couscous 2 kg`, `one of: a 1 L | b 250 mL`, or as mappings."""
    if isinstance(value, str):
        return {"one_of": [_alternative(part) for part in value.split("|")]}
    if isinstance(value, dict) and ("one of" in value or "one_of" in value) and len(value) == 1:
        options = next(iter(value.values()))
        if isinstance(options, str):
            options = options.split("|")
        if isinstance(options, list):
            options = [_alternative(option) for option in options]
        return {"one_of": options}
    if isinstance(value, dict) and "product" in value:
        return {"one_of": [value]}
    return value


BasketLine = Annotated[
    Line,
    BeforeValidator(_line),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string"}, {"type": "object"}],
            "description": "`couscous 2 kg`, or `one of: olive_oil 1 L | argan_oil 250 mL (max 30 %)`, or mappings",
        }
    ),
]


class Basket(Item):
    """A type of parcel: a container plus contents."""

    id: Id
    """Short id."""
    name: Name
    """Name in fr, ar, en."""
    container: BasketLine
    """The container, itself a product from a cooperative; may be `one of` several."""
    contents: tuple[BasketLine, ...] = Field(min_length=1)
    """What goes in, line by line."""
    volume: Volume | None = None
    """Room that a packed basket takes in a vehicle; by default the sum of its contents."""

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Container first, then the contents."""
        return (self.container, *self.contents)
