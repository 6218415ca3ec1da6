"""Rows that make the model without days tighter: they cut off no whole-number solution worth having.

Variables
    ``ships[c,h]``  0/1, cooperative ``c`` sends anything to hub ``h``
Constraints
    (20) a shipment needs ships: packs of o to h ≤ most useful of them × ships[c,h];
    (21) a shipment needs a lorry: Σ_l lorries ≥ ships[c,h];
    (22) who is engaged ships somewhere, who is not ships nowhere;
    (23) suppliers that ship to a hub could together cover what its baskets hold of a product.

"Most useful" is what the hub's baskets could hold and what may be left over by (15). An engaged cooperative that
ships nothing costs money and earns no share, so (22) drops only solutions that another one betters.
"""

from __future__ import annotations

from basketplan.solve.allocation.data import Data, Key, OfferData, most_left_over
from basketplan.solve.allocation.model import Model, Variable, total


def tighten(model: Model) -> None:
    """Add (20)–(23) to a model on collapsed data."""
    data, m = model.data, model.m
    ships: dict[Key, Variable] = {}
    for (index, position), lots in model.lots.items():
        slot, offer = data.slots[position], data.offers[index]
        key = (slot.coop, slot.hub)
        if key not in ships:
            ships[key] = m.add_binary_variable(name=f"ships[{slot.coop},{slot.hub}]")
            lorries = [model.lorries[position, item.lorry] for item in slot.carriers]
            m.add_linear_constraint(total(lorries) >= ships[key], name=f"onelorry[{slot.coop},{slot.hub}]")  # (21)
            m.add_linear_constraint(ships[key] <= model.engaged[slot.coop], name=f"shipper[{slot.coop},{slot.hub}]")
        m.add_linear_constraint(  # (20)
            offer.lot * lots <= _useful(data, offer, slot.hub) * ships[key],
            name=f"shipping[{offer.product},{slot.label}]",
        )
    for coop, engaged in model.engaged.items():
        mine = [variable for key, variable in ships.items() if key[0] == coop]
        m.add_linear_constraint(total(mine) >= engaged, name=f"somewhere[{coop}]")  # (22)
    for hub in data.hubs:
        for product in data.weight_g:
            used = model.used(hub.id, product, 0)
            if used:
                cover = [
                    _useful(data, offer, hub.id) * ships[offer.coop, hub.id]
                    for index, offer in enumerate(data.offers)
                    if offer.product == product and (offer.coop, hub.id) in ships and model.slots_of[index]
                ]
                m.add_linear_constraint(total(cover) >= total(used), name=f"cover[{hub.id},{product}]")  # (23)


def _useful(data: Data, offer: OfferData, hub: str) -> int:
    """Return the most packs of an offer that a hub may want."""
    need = data.usable.get((hub, offer.product), 0) + most_left_over(data, offer.product)
    return min(offer.most, need // offer.lot * offer.lot)
