"""Is a plan for a country allowed, and what does it cost: worked out anew from the programme, without the search."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from basketplan.solve.allocation.large import Solution
from basketplan.solve.allocation.large.problem import Ints, Problem

__all__ = ["Flows", "breaches", "cost_of", "flow_breaches", "flow_cost"]


def _by_offer(problem: Problem, plan: Solution) -> tuple[Ints, Ints, Ints]:
    """Return load, offer and packs of everything that is sent."""
    load, slot = np.nonzero(plan.packs)
    return load, problem.supply.first[plan.owner[load]] + slot, plan.packs[load, slot]


def _paid(problem: Problem, bought: Ints) -> Ints:
    """Return what ``(O,)`` packs cost, all of an offer at the price of the highest row that they reach."""
    supply = problem.supply
    row = (bought[:, None] >= supply.row_from).sum(axis=1) - 1
    result: Ints = bought * supply.row_price[np.arange(len(bought)), row]
    return result


def cost_of(problem: Problem, plan: Solution) -> int:
    """Return centimes for goods, engagement, lorries and assembly."""
    supply = problem.supply
    _, offer, packs = _by_offer(problem, plan)
    total = int(_paid(problem, np.bincount(offer, packs, len(supply.product)).astype(np.int64)).sum())
    total += int(supply.engagement[np.unique(plan.owner)].sum())
    total += int(supply.freight[plan.owner, plan.hub, plan.kind].sum())
    return total + int((plan.assembled.sum(axis=(1, 2)) * problem.demand.assembly_cost).sum())


def breaches(problem: Problem, plan: Solution) -> list[str]:
    """Return every rule of the model that ``plan`` breaks, in words."""
    supply, demand = problem
    load, offer, packs = _by_offer(problem, plan)
    sent = np.zeros(supply.available.shape, dtype=np.int64)
    np.add.at(sent, (offer, plan.dispatch[load]), packs)
    found = _supply(problem, sent)
    odd = np.flatnonzero(packs % supply.lot[offer])
    found += [f"load {load[k]}: offer {offer[k]} is not in whole lots" for k in odd]
    arrival = supply.arrive[plan.hub, supply.lag[plan.owner, plan.hub, plan.kind], plan.dispatch]
    found += [f"load {j} arrives too late" for j in np.flatnonzero(arrival < 0)]
    arrived = np.zeros((len(demand.need), len(supply.weight), demand.assembly.shape[1]), dtype=np.int64)
    np.add.at(arrived, (plan.hub[load], supply.product[offer], arrival[load]), packs)
    return [*found, *_lorries(problem, plan), *_hubs(problem, arrived, plan.assembled, plan.filled)]


def _supply(problem: Problem, sent: Ints) -> list[str]:
    """Check the ``(O, T)`` packs that leave."""
    supply = problem.supply
    over = (sent.cumsum(axis=1) > supply.available).any(axis=1)
    found = [f"offer {o} sends more than it has" for o in np.flatnonzero(over)]
    bought = sent.sum(axis=1)
    few = (bought > 0) & (bought < supply.minimum)
    found += [f"offer {o} is bought below its minimum" for o in np.flatnonzero(few)]
    coop = np.repeat(np.arange(len(supply.engagement)), np.diff(supply.first))
    revenue = np.bincount(coop, _paid(problem, bought), len(supply.engagement))
    poor = np.flatnonzero((revenue > 0) & (revenue < supply.revenue))
    return found + [f"cooperative {c} earns less than it must" for c in poor]


def _lorries(problem: Problem, plan: Solution) -> list[str]:
    supply = problem.supply
    load, offer, packs = _by_offer(problem, plan)
    product = supply.product[offer]
    weight = np.bincount(load, packs * supply.weight[product], len(plan.owner))
    volume = np.bincount(load, packs * supply.volume[product], len(plan.owner))
    over = (weight > supply.lorry_g[plan.kind]) | (volume > supply.lorry_ml[plan.kind])
    return [f"load {j} is too much for its lorry" for j in np.flatnonzero(over)]


def _hubs(problem: Problem, arrived: Ints, assembled: Ints, filled: Ints) -> list[str]:
    """Check ``(H, P, T)`` packs that arrive against what is assembled, and that against what is needed."""
    demand, found = problem.demand, []
    used = np.zeros_like(arrived)
    for a, item in enumerate(demand.item):
        used[:, item] += demand.packs[a] * filled[:, a]
    short = (arrived.cumsum(axis=2) < used.cumsum(axis=2)).any(axis=2)
    found += [f"hub {h} lacks product {p}" for h, p in np.argwhere(short)]
    found += [
        f"hub {h} assembles too much" for h in np.flatnonzero((assembled.sum(axis=1) > demand.assembly).any(axis=1))
    ]
    found += [
        f"hub {h} does not serve everybody" for h in np.flatnonzero((assembled.sum(axis=2) != demand.need).any(axis=1))
    ]
    for line, basket in enumerate(demand.line_basket):
        parts = filled[:, demand.line == line]
        if (parts < 0).any() or (parts.sum(axis=1) != assembled[:, basket]).any():
            found.append(f"line {line} is not filled once")
    held = filled.sum(axis=(0, 2))
    whole = assembled.sum(axis=(0, 2))[demand.line_basket[demand.line]]
    out = (held < demand.lowest * whole - 1e-6) | (held > demand.highest * whole + 1e-6)
    return found + [f"alternative {a} is outside its share" for a in np.flatnonzero(out)]


class Flows(NamedTuple):
    """A plan without single loads, as a plain model gives it."""

    packs: Ints
    """``(O, H, T)``"""
    lorries: Ints
    """``(C, H, T, L)``"""
    assembled: Ints
    """``(H, B, T)``"""
    filled: Ints
    """``(H, A, T)``"""


def flow_cost(problem: Problem, flows: Flows) -> int:
    """Return centimes for goods, engagement, lorries and assembly."""
    supply = problem.supply
    bought = flows.packs.sum(axis=(1, 2))
    total = _paid(problem, bought).sum() + (flows.lorries.sum(axis=2) * supply.freight).sum()
    engaged = np.unique(np.repeat(np.arange(len(supply.engagement)), np.diff(supply.first))[bought > 0])
    total += supply.engagement[engaged].sum()
    return int(total + (flows.assembled.sum(axis=(1, 2)) * problem.demand.assembly_cost).sum())


def flow_breaches(problem: Problem, flows: Flows) -> list[str]:
    """Return every rule of the model that ``flows`` break; goods arrive in the period in which they leave."""
    supply = problem.supply
    found = _supply(problem, flows.packs.sum(axis=1))
    if (flows.packs % supply.lot[:, None, None]).any():
        found.append("something is not in whole lots")
    for size, room in ((supply.weight, supply.lorry_g), (supply.volume, supply.lorry_ml)):
        load = np.add.reduceat(flows.packs * size[supply.product][:, None, None], supply.first[:-1], axis=0)
        if (load > (flows.lorries * room).sum(axis=3)).any():
            found.append("lorries carry too much")
    arrived = np.zeros((flows.packs.shape[1], len(supply.weight), flows.packs.shape[2]), dtype=np.int64)
    for o, p in enumerate(supply.product):
        arrived[:, p] += flows.packs[o]
    return [*found, *_hubs(problem, arrived, flows.assembled, flows.filled)]
