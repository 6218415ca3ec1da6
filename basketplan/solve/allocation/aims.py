"""What goals beyond service, fairness and cost count, as expressions of the allocation model.

distance
    Σ lorries[s,l] × road[s]: kilometres of lorries from cooperatives, one way. Trips to households are routing's.
spread
    Number of cooperatives that something is bought from; (29) Σ_{o of c} Σ_s lots[o,s] ≥ engaged[c].
women
    ``W / Σ revenue``, where ``W`` is the revenue of cooperatives of whose members more than half are women. A ratio:
    see :func:`basketplan.solve.allocation.reach.highest_part`.
freshness
    Σ kg × days / shelf life over goods that spoil: the part of its shelf life that a kilogram has used up between
    leaving its cooperative and being packed; what is never packed ages to its hub's last open day. Known by days only.
zones
    With the baskets of a zone that are served over those that it needs as its fill rate: first the lowest fill rate,
    then the sum over zones of baskets away from the common rate; (30) served[k] = Σ_z served_in[k,z] and
    served_in[k,z] ≤ households of kind ``k`` in zone ``z``. Used where somebody is left out.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from basketplan.solve.allocation.model import Expression, Model, total

__all__ = [
    "age",
    "count_engaged",
    "fill_rates",
    "households_served",
    "kilometres",
    "link_engagement",
    "spent",
    "unequal",
    "with_zones",
    "worst_zone",
    "zones_of",
]


def kilometres(model: Model) -> Expression:
    """Return the kilometres of lorries."""
    slots = model.data.slots
    return total(slots[position].road_m / 1000 * variable for (position, _), variable in model.lorries.items())


def link_engagement(model: Model) -> None:
    """Let a cooperative count as engaged only where at least a lot is bought from it (29)."""
    for coop, engaged in model.engaged.items():
        lots = [
            1.0 * model.lots[offer, slot] for offer in model.offers_of.get(coop, ()) for slot in model.slots_of[offer]
        ]
        model.m.add_linear_constraint(total(lots) >= engaged, name=f"really[{coop}]")


def count_engaged(model: Model) -> Expression:
    """Return the number of cooperatives engaged."""
    return total([1.0 * variable for variable in model.engaged.values()])


def spent(model: Model, women: bool = False) -> Expression:
    """Return the dirhams for goods; with ``women`` those to cooperatives with a majority of women."""
    coops = [coop for coop in model.offers_of if not women or coop in model.data.women]
    return total(0.01 * model.revenue(coop) for coop in coops)


def age(model: Model) -> Expression:
    """Return kilograms × part of their shelf life used up when packed, on the model by days."""
    data, terms = model.data, list[Expression]()
    for (index, position), lots in model.lots.items():
        offer, slot = data.offers[index], data.slots[position]
        life = data.shelf_life.get(offer.product)
        days = data.dates[slot.arrival] - data.dates[slot.dispatch]
        if life and days:
            terms.append(offer.lot * data.weight_g[offer.product] / 1000 * days / life * lots)
    last = {hub.id: max(hub.open, default=0) for hub in data.hubs}
    held: dict[tuple[str, str], list[int]] = {}
    for hub, product, day in model.stock:
        held.setdefault((hub, product), []).append(day)
    for (hub, product), days_held in held.items():
        life = data.shelf_life.get(product)
        if life:
            ends = [*sorted(days_held)[1:], last[hub]]
            for day, end in zip(sorted(days_held), ends, strict=True):
                waits = (data.dates[end] - data.dates[day]) / life
                if waits:
                    terms.append(data.weight_g[product] / 1000 * waits * model.stock[hub, product, day])
    return total(terms)


# -- zones -----------------------------------------------------------------------------------------------------------


def zones_of(model: Model) -> dict[str, int]:
    """Return the zones of households with the baskets that they need, sorted."""
    need: Counter[str] = Counter()
    for kind in model.data.kinds:
        for name in kind.households:
            if name in model.data.zone_of:
                need[model.data.zone_of[name]] += kind.size
    return {zone: count for zone, count in sorted(need.items()) if count}


def with_zones(model: Model) -> None:
    """Say of every kind how many are served in which zone (30), once."""
    if model.served_in:
        return
    zone_of = model.data.zone_of
    for number, kind in enumerate(model.data.kinds):
        there = Counter(zone_of.get(name, "") for name in kind.households)
        for zone, count in sorted(there.items()):
            model.served_in[number, zone] = model.m.add_integer_variable(
                lb=0, ub=count, name=f"servedin[{kind.label},{zone}]"
            )
        parts = total([1.0 * model.served_in[number, zone] for zone in sorted(there)])
        model.m.add_linear_constraint(parts == model.serve[number], name=f"zonesof[{kind.label}]")


def _fill(model: Model, zone: str, need: int) -> Expression:
    kinds = model.data.kinds
    return total(
        kinds[number].size / need * variable for (number, name), variable in model.served_in.items() if name == zone
    )


def worst_zone(model: Model) -> Expression:
    """Return the lowest fill rate of a zone, to be raised or bounded from below."""
    if model.worst_zone is not None:
        return model.worst_zone
    with_zones(model)
    lowest = model.m.add_variable(lb=0, ub=1, name="worstzone")
    for zone, need in zones_of(model).items():
        model.m.add_linear_constraint(_fill(model, zone, need) >= lowest, name=f"zone[{zone}]")
    model.worst_zone = 1.0 * lowest
    return model.worst_zone


def unequal(model: Model) -> Expression:
    """Return the baskets by which zones are away from the fill rate of all together."""
    if model.unequal is not None:
        return model.unequal
    with_zones(model)
    zones = zones_of(model)
    whole = sum(zones.values())
    common = total(need / whole * _fill(model, zone, need) for zone, need in zones.items())
    terms = []
    for zone, need in zones.items():
        away = model.m.add_variable(lb=0, name=f"unequal[{zone}]")
        fill = _fill(model, zone, need)
        model.m.add_linear_constraint(away >= fill - common, name=f"zoneover[{zone}]")
        model.m.add_linear_constraint(away >= common - fill, name=f"zoneunder[{zone}]")
        terms.append(float(need) * away)
    model.unequal = total(terms)
    return model.unequal


def households_served(model: Model, values: NDArray[np.float64]) -> list[str]:
    """Return who is served in a solution: of a kind, and of its zones where those are levelled, the nearest first."""
    result: list[str] = []
    for number, (kind, serve) in enumerate(zip(model.data.kinds, model.serve, strict=True)):
        mine = {zone: variable for (k, zone), variable in model.served_in.items() if k == number}
        if mine and all(variable.id < len(values) for variable in mine.values()):
            left = {zone: round(float(values[variable.id])) for zone, variable in mine.items()}
            for name in kind.households:
                zone = model.data.zone_of.get(name, "")
                if left.get(zone, 0) > 0:
                    left[zone] -= 1
                    result.append(name)
        else:
            result += kind.households[: round(float(values[serve.id]))]
    return result


def fill_rates(model: Model, values: NDArray[np.float64]) -> dict[str, float]:
    """Return the part of its baskets that each zone gets in a solution."""
    served = set(households_served(model, values))
    got: Counter[str] = Counter()
    for kind in model.data.kinds:
        for name in kind.households:
            if name in served and name in model.data.zone_of:
                got[model.data.zone_of[name]] += kind.size
    return {zone: got[zone] / need for zone, need in zones_of(model).items()}
