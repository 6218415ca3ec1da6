"""V31x: what lies in each basket, and from which shipment."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterator

from basketplan.plan.types import Lot, PackedBasket, Shipment
from basketplan.plan.verify.case import Case
from basketplan.plan.verify.rules import Look, Rule
from basketplan.programme.types import Basket, Programme

Contents = tuple[tuple[str, int], ...]
"""Products with their packs, by product."""
Filled = tuple[frozenset[int], ...]
"""Per line of a basket type, which of its alternatives may be the one that is in."""

_SAME = 1e-9


def contents_of(case: Case, basket: PackedBasket) -> Contents:
    """Return what lies in a basket."""
    packs: dict[str, int] = {}
    for lot in basket.lots:
        product = case.shipment[lot.shipment].product
        packs[product] = packs.get(product, 0) + lot.packs
    return tuple(sorted((product, count) for product, count in packs.items() if count))


def filled_lines(programme: Programme, basket: Basket, contents: Contents) -> Filled | None:
    """Return which alternative fills each line when ``contents`` are in; ``None`` when they do not fit the type.

    Every line is filled by exactly one alternative and nothing remains. A product that stands in several lines may
    fit in more than one way: then each line has all alternatives that occur in some way.
    """
    lines = [
        [(option.product, programme.product[option.product].packs(option.quantity)) for option in line.one_of]
        for line in basket.lines
    ]
    reached: list[set[Contents]] = [{contents}]
    for line in lines:
        reached.append({rest for left in reached[-1] for option in line if (rest := _take(left, *option)) is not None})
    if () not in reached[-1]:
        return None
    useful: set[Contents] = {()}
    filled: list[frozenset[int]] = []
    for line, before in zip(reversed(lines), reversed(reached[:-1]), strict=True):
        ways = [(left, index) for left in before for index, option in enumerate(line) if _take(left, *option) in useful]
        filled.append(frozenset(index for _, index in ways))
        useful = {left for left, _ in ways}
    return tuple(reversed(filled))


def _take(left: Contents, product: str, packs: int) -> Contents | None:
    """Return what remains of ``left`` without these packs, ``None`` if they are not in it."""
    rest = dict(left)
    held = rest.get(product, 0)
    if held < packs:
        return None
    rest[product] = held - packs
    return tuple(item for item in sorted(rest.items()) if item[1])


def fillings(case: Case) -> Iterator[tuple[PackedBasket, Contents, Filled | None]]:
    """Yield each basket with its contents and how they fill its type."""
    known: dict[tuple[str, Contents], Filled | None] = {}
    for basket in case.baskets:
        contents = contents_of(case, basket)
        key = (basket.basket, contents)
        if key not in known:
            known[key] = filled_lines(case.programme, case.programme.basket[basket.basket], contents)
        yield basket, contents, known[key]


def _contents(case: Case, look: Look) -> None:
    wanted = {
        basket.id: ", ".join(" or ".join(f"{o.product} {o.quantity}" for o in line.one_of) for line in basket.lines)
        for basket in case.programme.baskets
    }
    for basket, contents, filled in fillings(case):
        found = ", ".join(f"{product} {packs} packs" for product, packs in contents) if filled is None else ""
        look(filled is not None, basket.id, wanted[basket.basket], found)


def _shares(case: Case, look: Look) -> None:
    """Compare with bounds; baskets that fit in several ways count on whichever side keeps the rule."""
    total: Counter[str] = Counter()
    surely: Counter[tuple[str, int, int]] = Counter()
    perhaps: Counter[tuple[str, int, int]] = Counter()
    for basket, _, filled in fillings(case):
        total[basket.basket] += 1
        for place, options in enumerate(filled or ()):
            perhaps.update((basket.basket, place, option) for option in options)
            if len(options) == 1:
                surely.update((basket.basket, place, option) for option in options)
    for kind in case.programme.baskets:
        for number, line in enumerate(kind.lines):
            for index, option in enumerate(line.one_of):
                key = (kind.id, number, index)
                least = math.ceil(option.min_share * total[kind.id] - _SAME)
                most = math.floor(option.max_share * total[kind.id] + _SAME)
                found = min(max(surely[key], least), perhaps[key])
                expected = f"{least:,} to {most:,} of {total[kind.id]:,}"
                look(least <= found <= most, (kind.id, option.product), expected, found)


def _lots(case: Case) -> Iterator[tuple[PackedBasket, Lot, Shipment]]:
    for basket in case.baskets:
        for lot in basket.lots:
            yield basket, lot, case.shipment[lot.shipment]


def _shipped(case: Case, look: Look) -> None:
    used: dict[str, int] = defaultdict(int)
    for _, lot, _ in _lots(case):
        used[lot.shipment] += lot.packs
    for item in case.shipment.values():
        look.at_most(item.id, item.packs, used[item.id])


def _lot_size(case: Case, look: Look) -> None:
    for basket, lot, _ in _lots(case):
        look(lot.packs >= 1, (basket.id, lot.shipment), 1, lot.packs)


def _same_hub(case: Case, look: Look) -> None:
    for basket, lot, shipment in _lots(case):
        look.equal((basket.id, lot.shipment), basket.hub, shipment.hub)


def _arrived(case: Case, look: Look) -> None:
    for basket, lot, shipment in _lots(case):
        look(shipment.arrives <= basket.assembled, (basket.id, lot.shipment), basket.assembled, shipment.arrives)


def _shelf_life(case: Case, look: Look) -> None:
    life = {product.id: product.shelf_life for product in case.programme.products}
    for basket, lot, shipment in _lots(case):
        trip = case.trip_of.get(basket.household) if basket.household is not None else None
        if trip is not None:
            look.at_most((basket.id, lot.shipment), life[shipment.product], (trip.day - shipment.dispatched).days)


def _ready(case: Case, look: Look) -> None:
    for basket in case.baskets:
        trip = case.trip_of.get(basket.household) if basket.household is not None else None
        if trip is not None:
            least, days = case.programme.hub[basket.hub].ready_after, (trip.day - basket.assembled).days
            look(days >= least, basket.id, least, days)


RULES = (
    Rule(
        code="V311",
        name="contents",
        says="Each basket holds exactly its type: the container and every line, by one alternative each.",
        tells="basket {where} must hold {expected}, found {found}",
        check=_contents,
    ),
    Rule(
        code="V312",
        name="alternative share",
        says="Over all baskets of a type, each alternative keeps its lowest and highest share.",
        tells="{where} must be in {expected} baskets, found {found}",
        check=_shares,
    ),
    Rule(
        code="V313",
        name="lots within shipment",
        says="Baskets hold no more of a shipment than was shipped.",
        tells="shipment {where} has {expected}, baskets hold {found} of it",
        unit="packs",
        check=_shipped,
    ),
    Rule(
        code="V314",
        name="packs in a lot",
        says="A lot is at least one pack.",
        tells="lot {where} must hold at least {expected}, found {found}",
        unit="packs",
        check=_lot_size,
    ),
    Rule(
        code="V315",
        name="lots at the hub",
        says="A basket holds only what was shipped to the hub where it is assembled.",
        tells="basket and shipment {where}: assembled at '{expected}', shipped to '{found}'",
        check=_same_hub,
    ),
    Rule(
        code="V316",
        name="lots arrived",
        says="Nothing is put in a basket before the day on which it arrives.",
        tells="basket and shipment {where}: assembled on {expected}, arrives on {found}",
        check=_arrived,
    ),
    Rule(
        code="V317",
        name="shelf life",
        says="Everything reaches the household within its shelf life, counted from leaving the cooperative.",
        tells="basket and shipment {where}: keeps {expected}, is delivered after {found}",
        unit="days",
        check=_shelf_life,
    ),
    Rule(
        code="V318",
        name="basket ready",
        says="A basket is delivered no earlier than the hub's days after its assembly.",
        tells="basket {where} may leave {expected} after assembly, it leaves after {found}",
        unit="days",
        check=_ready,
    ),
)
