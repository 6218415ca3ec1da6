"""Rows that make an allocation model tighter: they cut off no whole-number solution worth having.

Variables
    ``ships[s]``  0/1, anything is sent on departure ``s`` (cooperative and hub, in the model without days)
Constraints
    (20) goods on a departure need ships: packs of o on s ≤ most useful of them × ships[s];
    (21) a departure needs a lorry: Σ_l lorries[s,l] ≥ ships[s];
    (22) who is engaged ships on some departure, who is not on none;
    (23) those who ship to a hub by a day could together cover what its baskets assembled by then hold of a product.

"Most useful" is what is ready by then, and no more than the hub's baskets could hold and what may be left over by (15).
An engaged cooperative that ships nothing costs money and earns no share, so (22) drops only solutions that another one
betters.
"""

from __future__ import annotations

from collections.abc import Mapping

from ortools.math_opt.python import mathopt

from basketplan.solve.allocation.data import Data, OfferData, Slot
from basketplan.solve.allocation.leftovers import most_left_over
from basketplan.solve.allocation.model import Expression, Model, Variable, total


def tighten(model: Model, within: mathopt.Model | None = None) -> None:
    """Add (20)–(23) to ``model``, or to ``within``, a copy of it that may lack some of its lots and lorries."""
    data, m = model.data, model.m if within is None else within
    ships: dict[int, Variable] = {}
    for (index, position), lots in model.lots.items():
        if not m.has_variable(lots.id):
            continue
        slot, offer = data.slots[position], data.offers[index]
        if position not in ships:
            ships[position] = m.add_binary_variable(name=f"ships[{slot.label}]")
            lorries = [m.get_variable(model.lorries[position, item.lorry].id) for item in slot.carriers]
            engaged = m.get_variable(model.engaged[slot.coop].id)
            m.add_linear_constraint(total(lorries) >= ships[position], name=f"onelorry[{slot.label}]")  # (21)
            m.add_linear_constraint(ships[position] <= engaged, name=f"shipper[{slot.label}]")
        m.add_linear_constraint(  # (20)
            offer.lot * m.get_variable(lots.id) <= _useful(data, offer, slot) * ships[position],
            name=f"shipping[{offer.product},{slot.label}]",
        )
    by_coop: dict[str, list[Variable]] = {}
    for position, variable in ships.items():
        by_coop.setdefault(data.slots[position].coop, []).append(variable)
    for coop, variable in model.engaged.items():
        mine = by_coop.get(coop, [])
        m.add_linear_constraint(total(mine) >= m.get_variable(variable.id), name=f"somewhere[{coop}]")  # (22)
    _cover(model, m, ships)


def _cover(model: Model, m: mathopt.Model, ships: Mapping[int, Variable]) -> None:
    """Add (23)."""
    data = model.data
    senders: dict[tuple[str, str], list[tuple[OfferData, int]]] = {}
    for index, offer in enumerate(data.offers):
        for position in model.slots_of[index]:
            if position in ships:
                senders.setdefault((data.slots[position].hub, offer.product), []).append((offer, position))
    for hub in data.hubs:
        for product in data.weight_g:
            used: list[Expression] = []
            for day in sorted(hub.ready):
                used += [factor * m.get_variable(item.id) for item, factor in model.packed(hub.id, product, day)]
                if used:
                    cover = [
                        _useful(data, offer, data.slots[position]) * ships[position]
                        for offer, position in senders.get((hub.id, product), [])
                        if data.slots[position].arrival <= day
                    ]
                    m.add_linear_constraint(total(cover) >= total(used), name=f"cover[{hub.id},{product},{day}]")


def _useful(data: Data, offer: OfferData, slot: Slot) -> int:
    """Return the most packs of an offer that can leave on a departure and that its hub may want."""
    need = data.usable.get((slot.hub, offer.product), 0) + most_left_over(data, offer.product)
    return min(offer.available[slot.dispatch], need) // offer.lot * offer.lot
