"""What a search would like to reach: held, or given up at a price."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from ortools.math_opt.python import mathopt

from basketplan.solve.allocation.model import Expression, Model, Variable, total
from basketplan.solve.allocation.search import required

__all__ = ["BASKET", "PERCENT", "Wish", "discard", "kept", "relaxed", "short_of"]

BASKET = 5e5
"""MAD a basket × priority that is not served although it could be."""
PERCENT = 2e4
"""MAD for 1 % of a zone's baskets, of a share or of a rule, and for 100 baskets away from equal parts: a basket goes
before all of them, and they before small changes of who sends what."""
TINY = 1e-6


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What shall be at most ``most``."""

    goal: str
    expression: Callable[[Model], Expression]
    """Adds to a model, by days or without, what the expression needs, and returns it."""
    most: float
    price: float
    """MAD a unit above ``most``."""
    must: bool = False
    """Whether ``most`` stays the aim when whole baskets miss it: it is for what later goals may not take from."""


def relaxed(wishes: Sequence[Wish], percent: float) -> list[Wish]:
    """Return ``wishes`` that are content with ``percent`` less."""
    return [replace(wish, most=wish.most + percent * PERCENT / wish.price) for wish in wishes]


def kept(model: Model, wishes: Sequence[Wish]) -> AbstractContextManager[None]:
    """Let ``wishes`` hold on ``model`` for a while."""
    return required(model, [wish.expression(model) <= wish.most + TINY for wish in wishes], "kept")


@contextmanager
def short_of(model: Model, wishes: Sequence[Wish]) -> Iterator[Expression]:
    """Give what it costs to fall short of ``wishes``."""
    m = model.m
    added: list[Variable] = []
    rows: list[mathopt.LinearConstraint] = []
    for wish in wishes:
        above = m.add_variable(lb=0, name=f"above[{wish.goal}]")
        rows.append(m.add_linear_constraint(wish.expression(model) <= wish.most + above, name=f"wish[{wish.goal}]"))
        added.append(above)
    try:
        yield total(wish.price * above for wish, above in zip(wishes, added, strict=True))
    finally:
        discard(model, added, rows)


def discard(model: Model, variables: Sequence[Variable], rows: Sequence[mathopt.LinearConstraint]) -> None:
    """Take what was added to ``model`` out of it again."""
    for row in rows:
        model.m.delete_linear_constraint(row)
    for variable in variables:
        model.m.delete_variable(variable)
