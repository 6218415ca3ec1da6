"""The price or change at which a cooperative that sells nothing would be engaged, each checked by allocating anew.

Prices come from :mod:`basketplan.solve.allocation.engage`. Where the programme is small, the price is lowered to whole
5 centimes, written into the programme as an override, and the allocation is made again from the beginning: only if the
cooperative then sells something is it told as checked. In a large programme the allocation ends within a gap that is
wider than what one cooperative saves; there the re-solve of its competitors is the check.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from basketplan.errors import InputError
from basketplan.explain.changes import overrides_of
from basketplan.explain.wide import Reread, substitutes
from basketplan.plan.types import Plan
from basketplan.programme.types import Programme
from basketplan.progress import Reporter
from basketplan.solve.allocation import allocate
from basketplan.solve.allocation.engage import ChangeName, engaging, is_small
from basketplan.solve.allocation.standing import standing, standing_data
from basketplan.solve.territory import territory
from basketplan.solve.types import EFFORTS
from basketplan.solve.visits import split_visits

__all__ = ["Engagement", "Entry", "OtherChange", "engagement"]

STEP = 5
"""Centimes that prices are rounded down to."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """The price of an offer at which its cooperative is engaged."""

    product: str
    price_centimes: int
    """What it asks for a pack."""
    at_centimes: int | None
    """Highest price of a pack at which it is engaged, rounded down; none: not even for nothing."""
    packs: int
    """About how much is then bought of it."""
    overrides: tuple[str, ...]
    checked: bool


@dataclass(frozen=True, kw_only=True)
class OtherChange:
    """A change that engages the cooperative at its price."""

    change: ChangeName
    saves_centimes: int
    overrides: tuple[str, ...]
    """Empty where no override says it."""
    checked: bool
    where: tuple[str, ...] = ()
    """For ``stand_in``: basket type, line and product; nothing is known of what that saves."""


@dataclass(frozen=True, kw_only=True)
class Engagement:
    """What it would take to engage a cooperative."""

    cooperative: str
    whole: bool
    """Whether everything was solved by days; otherwise totals, with all but its competitors held."""
    dearer_centimes: int | None
    """What a plan with it costs more, at today's prices; none: no plan with it exists."""
    entries: tuple[Entry, ...]
    changes: tuple[OtherChange, ...]
    stopped: bool = False
    """Whether the user stopped the search: what is not known then is not said."""


def engagement(
    plan: Plan, programme: Programme, coop: str, reread: Reread, *, seed: int, reporter: Reporter
) -> Engagement:
    """Return what it would take to engage ``coop``, which sells nothing in ``plan``."""
    data = standing_data(split_visits(programme), plan)
    if not any(offer.coop == coop for offer in data.offers):
        return Engagement(
            cooperative=coop,
            whole=True,
            dearer_centimes=None,
            entries=(),
            changes=tuple(_stand_ins(programme, coop, reread, seed, reporter)) if is_small(data) else (),
            stopped=reporter.stopped(),
        )
    told = engaging(data, standing(programme, plan), coop, seed=seed, reporter=reporter)

    def engaged(overrides: Sequence[str]) -> bool:
        return told.whole and not reporter.stopped() and _engaged(coop, overrides, reread, seed, reporter)

    entries = []
    for item in told.offers:
        price = None if item.engaged_at_centimes is None else _below(item.engaged_at_centimes)
        texts = () if price is None else _price(programme, coop, item.product, price)
        checked = bool(texts) and engaged(texts)
        if texts and told.whole and not checked:
            continue  # only what the check confirms is told where all can be checked
        entries.append(
            Entry(
                product=item.product,
                price_centimes=item.price_centimes,
                at_centimes=price,
                packs=item.packs,
                overrides=texts,
                checked=checked,
            )
        )
    changes = []
    for name, saves in told.changes:
        texts = _change(programme, coop, name)
        checked = bool(texts) and engaged(texts)
        if texts and told.whole and not checked:
            continue
        changes.append(OtherChange(change=name, saves_centimes=saves, overrides=texts, checked=checked))
    return Engagement(
        cooperative=coop,
        whole=told.whole,
        dearer_centimes=told.dearer_centimes,
        entries=tuple(entries),
        changes=tuple(changes),
        stopped=reporter.stopped(),
    )


def _stand_ins(programme: Programme, coop: str, reread: Reread, seed: int, reporter: Reporter) -> Iterator[OtherChange]:
    """Yield, for one whose products no basket holds, where they might stand in for others so that it sells some."""
    mine = {offer.product for offer in programme.cooperative[coop].offers}
    for change in substitutes(programme):
        if change.where[2] in mine:
            texts = overrides_of(programme, [change])
            if not reporter.stopped() and _engaged(coop, texts, reread, seed, reporter):
                yield OtherChange(
                    change="stand_in", saves_centimes=0, overrides=texts, checked=True, where=change.where
                )


def _below(centimes: float) -> int | None:
    """Return the highest whole ``STEP`` clearly below ``centimes``: at the price itself both plans cost alike."""
    price = math.ceil((centimes - 0.5) / STEP - 1) * STEP
    return price if price > 0 else None


def _price(programme: Programme, coop: str, product: str, centimes: int) -> tuple[str, ...]:
    path = f"cooperatives[{coop}].offers[{product}]"
    offer = next(item for item in programme.cooperative[coop].offers if item.product == product)
    single = (f"{path}.price_breaks=[]",) if offer.price_breaks else ()
    return (f"{path}.price={centimes / 100:.2f} MAD", *single)


def _change(programme: Programme, coop: str, name: ChangeName) -> tuple[str, ...]:
    """Return the overrides that make a change; none where no override can."""
    path = f"cooperatives[{coop}]"
    texts: list[str] = []
    if name in {"engagement_cost", "minimum_revenue"}:
        texts.append(f"{path}.{name}=0 MAD")
    for offer in programme.cooperative[coop].offers:
        at = f"{path}.offers[{offer.product}]"
        if name == "minimum_order" and offer.minimum_order is not None:
            texts.append(f"{at}.minimum_order={{remove: true}}")
        if name == "lot" and offer.lot is not None:
            texts.append(f"{at}.lot={{remove: true}}")
        if name == "earlier" and offer.first_day is not None:
            texts.append(f"{at}.first_day={{remove: true}}")
        if name == "earlier" and offer.lead_time:
            texts.append(f"{at}.lead_time=0 days")
        if name == "earlier" and offer.rate is not None:
            texts.append(f"{at}.rate={{remove: true}}")
    return tuple(texts)


def _engaged(coop: str, overrides: Sequence[str], reread: Reread, seed: int, reporter: Reporter) -> bool:
    """Tell whether ``coop`` sells something in the allocation of the programme with ``overrides``."""
    try:
        visits = split_visits(reread(overrides))
    except InputError:
        return False
    effort = replace(EFFORTS["thorough"], allocation_gap=1e-6)
    made = allocate(visits, territory(visits), effort, seed=seed, reporter=reporter)
    return any(item.cooperative == coop for item in made.shipped)
