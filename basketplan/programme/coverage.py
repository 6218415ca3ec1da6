"""How many baskets the supply covers, product by product and group by group: max flow and arithmetic, no solver.

Every figure is an upper bound (the soonest hub, the lightest alternative, no lorry): what is
called short here is short in every plan. A product's fixed lines are served first; what is left of it flows, with
its alternatives, into the lines that may hold one of several:

    supply ──packs left // packs per basket──► product ──highest share──► line ──baskets needed──► sink
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import networkx as nx

from basketplan.programme.availability import arriving_packs, usable_packs
from basketplan.programme.types import Alternative, Programme

__all__ = ["Cover", "covers", "supplied_by_day"]

_TINY = 1e-9


@dataclass(frozen=True, kw_only=True)
class Cover:
    """How many baskets a product, or a group of products that replace each other, covers."""

    products: tuple[str, ...]
    """One for fixed lines; several for a group, in the order written."""
    needed: int
    """Baskets that hold it."""
    available: int
    """Baskets that it covers by the last day that is of use; may be more than needed, except for groups."""
    bound: int
    """The same if nothing else took of its products: no plan fills more."""
    by_day: tuple[int, ...]
    """Baskets covered by what can have arrived by the end of each working day."""
    alone: Mapping[str, int] = field(default_factory=dict)
    """For a group: baskets that each product could cover by itself, within its highest share."""
    more: tuple[str, int] | None = None
    """A product and the fewest further packs of it that would cover every basket; none where none is missing, or
    where no single product would do."""
    ever: int = 0
    """Baskets that the whole capacities would cover if everything came in time."""


@dataclass(frozen=True)
class _Line:
    """A line of a basket type that somebody gets."""

    name: tuple[str, int]
    options: tuple[Alternative, ...]
    packs: tuple[int, ...]
    needed: int


def supplied_by_day(programme: Programme) -> dict[str, list[int]]:
    """Return per product the packs that can have reached hubs by the end of each working day."""
    days = len(programme.working_days)
    result = {product.id: [0] * days for product in programme.products}
    for (_, product), packs in arriving_packs(programme).items():
        if product in result:
            result[product] = [before + more for before, more in zip(result[product], packs, strict=True)]
    return result


def _capacities(programme: Programme) -> dict[str, int]:
    result = {product.id: 0 for product in programme.products}
    for cooperative in programme.cooperatives:
        for offer in cooperative.offers:
            if offer.product in result:
                result[offer.product] += usable_packs(programme, cooperative, offer)
    return result


def covers(programme: Programme, needed: Mapping[str, int], last_day: int) -> list[Cover]:
    """Return the cover of every product with fixed lines and of every group, in the order of the baskets.

    Parameters
    ----------
    needed
        Basket type → how many.
    last_day
        Index of the last working day on which arriving goods are still of use.
    """
    lines = _lines(programme, needed)
    by_day = supplied_by_day(programme)
    total = {product: packs[last_day] if packs else 0 for product, packs in by_day.items()}
    fixed = [line for line in lines if len(line.options) == 1]
    choices = [line for line in lines if len(line.options) > 1]
    taken: dict[str, int] = {}
    for line in fixed:
        product = line.options[0].product
        taken[product] = taken.get(product, 0) + line.packs[0] * line.needed
    left = {product: max(0, packs - taken.get(product, 0)) for product, packs in total.items()}
    capacity = _capacities(programme)
    result = [_fixed_cover(product, fixed, total, by_day, capacity) for product in taken]
    told, free = _flow(choices, left), _flow(choices, total)
    ever = _flow(choices, {item: max(0, packs - taken.get(item, 0)) for item, packs in capacity.items()})
    groups: dict[tuple[str, ...], list[_Line]] = {}
    for line in choices:
        groups.setdefault(tuple(item.product for item in line.options), []).append(line)
    for members in groups.values():
        cover = _group_cover(members, left, by_day, taken, (told, free, ever))
        result.append(
            replace(cover, more=_missing(members, choices, left)) if cover.available < cover.needed else cover
        )
    return result


def _lines(programme: Programme, needed: Mapping[str, int]) -> list[_Line]:
    result = []
    for basket in programme.baskets:
        for number, line in enumerate(basket.lines):
            packs = tuple(max(1, programme.product[item.product].packs(item.quantity)) for item in line.one_of)
            if needed.get(basket.id):
                result.append(_Line((basket.id, number), line.one_of, packs, needed[basket.id]))
    return result


def _serve(packs: int, lines: Sequence[_Line]) -> int:
    """Return the most baskets that ``packs`` of one product fill: first those that need the fewest."""
    done = 0
    for line in sorted(lines, key=lambda item: item.packs[0]):
        here = min(line.needed, packs // line.packs[0])
        done, packs = done + here, packs - here * line.packs[0]
    return done + (packs // min(line.packs[0] for line in lines) if done == sum(i.needed for i in lines) else 0)


def _fixed_cover(
    product: str,
    fixed: Sequence[_Line],
    total: Mapping[str, int],
    by_day: Mapping[str, Sequence[int]],
    capacity: Mapping[str, int],
) -> Cover:
    lines = [line for line in fixed if line.options[0].product == product]
    available = _serve(total[product], lines)
    missing = sum(line.packs[0] * line.needed for line in lines) - total[product]
    return Cover(
        products=(product,),
        needed=sum(line.needed for line in lines),
        available=available,
        bound=available,
        by_day=tuple(_serve(packs, lines) for packs in by_day[product]),
        more=(product, missing) if missing > 0 else None,
        ever=_serve(capacity[product], lines),
    )


def _group_cover(
    members: Sequence[_Line],
    left: Mapping[str, int],
    by_day: Mapping[str, Sequence[int]],
    taken: Mapping[str, int],
    flows: tuple[Mapping[tuple[str, int], int], ...],
) -> Cover:
    told, free, ever = (sum(flow[line.name] for line in members) for flow in flows)
    options = members[0].options
    needed = sum(line.needed for line in members)

    def alone(column: int, packs: int) -> int:
        most = sum(_share(line.options[column].max_share, line.needed) for line in members)
        return min(most, packs // min(line.packs[column] for line in members))

    days = range(len(by_day[options[0].product]))
    spare = {item.product: [max(0, n - taken.get(item.product, 0)) for n in by_day[item.product]] for item in options}
    return Cover(
        products=tuple(item.product for item in options),
        needed=needed,
        available=told,
        bound=free,
        by_day=tuple(
            min(told, sum(alone(column, spare[item.product][day]) for column, item in enumerate(options)))
            for day in days
        ),
        alone={item.product: alone(column, left[item.product]) for column, item in enumerate(options)},
        ever=ever,
    )


def _missing(members: Sequence[_Line], choices: Sequence[_Line], left: Mapping[str, int]) -> tuple[str, int] | None:
    """Return the first product of a group that can close its gap, and the fewest further packs of it."""
    for column, item in enumerate(members[0].options):

        def closed(packs: int, product: str = item.product) -> bool:
            flow = _flow(choices, {**left, product: left[product] + packs})
            return all(flow[line.name] >= line.needed for line in members)

        low, high = 0, sum(line.packs[column] * line.needed for line in members)
        if not closed(high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if closed(middle) else (middle, high)
        return item.product, high
    return None


def _share(share: float, baskets: int) -> int:
    return math.floor(share * baskets + _TINY)


def _most(line: _Line, supply: Mapping[str, int]) -> int:
    """Return the most baskets that the shares of one line allow, whatever other lines take."""
    most = line.needed
    stock = [supply[item.product] // packs for item, packs in zip(line.options, line.packs, strict=True)]
    for item, packs in zip(line.options, stock, strict=True):
        if item.min_share > _TINY:
            most = min(most, math.floor(packs / item.min_share + _TINY))
    while True:
        able = sum(min(packs, _share(item.max_share, most)) for item, packs in zip(line.options, stock, strict=True))
        if able >= most:
            return most
        most = able


def _flow(lines: Sequence[_Line], supply: Mapping[str, int]) -> dict[tuple[str, int], int]:
    """Return baskets covered per line when all lines share ``supply``, as many as possible."""
    network: nx.DiGraph[object] = nx.DiGraph()
    network.add_nodes_from(["supply", "sink"])
    fewest: dict[str, int] = {}
    for line in lines:
        for item, packs in zip(line.options, line.packs, strict=True):
            fewest[item.product] = min(packs, fewest.get(item.product, packs))
    for product, packs in fewest.items():
        network.add_edge("supply", ("product", product), capacity=supply[product] // packs)
    for line in lines:
        most = _most(line, supply)
        network.add_edge(("line", line.name), "sink", capacity=most)
        for item, packs in zip(line.options, line.packs, strict=True):
            able = min(supply[item.product] // packs, _share(item.max_share, most))
            network.add_edge(("product", item.product), ("line", line.name), capacity=able)
    if not lines:
        return {}
    _, flow = nx.maximum_flow(network, "supply", "sink")
    return {line.name: int(flow["line", line.name]["sink"]) for line in lines}
