"""V613 to V616: what the policy's rules promise, worked out again from shipments, and figures of further goals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from basketplan.plan.types import Promise
from basketplan.plan.verify.case import Case
from basketplan.plan.verify.figures import TOLERANCE, close, gini
from basketplan.plan.verify.potential import potentials
from basketplan.plan.verify.rules import Look, Rule

Wanted = tuple[str, str, float, float]
"""Rule, of what, limit, found."""


def _money(case: Case) -> Counter[str]:
    sold: Counter[str] = Counter()
    for item in case.shipments:
        sold[item.cooperative] += item.cost_centimes
    return sold


def _part(part: int, whole: int) -> float:
    return float(Fraction(part, whole)) if whole else 0.0


def _members(case: Case) -> dict[str, list[str]]:
    """Return the cooperatives of each group."""
    return {
        group.id: [
            coop.id
            for coop in case.programme.cooperatives
            if coop.id in group.cooperatives or (group.province != "" and coop.province == group.province)
        ]
        for group in case.programme.policy.groups
    }


def _wanted(case: Case) -> Iterator[Wanted]:
    """Yield what the policy promises and what the plan reaches of it."""
    policy, sold, members = case.programme.policy, _money(case), _members(case)
    able = potentials(case)
    goods = sum(sold.values())
    for name in sorted(policy.floors):
        yield "floor", name, policy.floors[name], _part(sold[name], able[name])
    for name in sorted(policy.ceilings):
        rest = [sold[coop] for coop in able if coop not in policy.ceilings]
        yield "ceiling", name, policy.ceilings[name], _part(max([0, *rest]) if name == "all" else sold[name], goods)
    for group in policy.groups:
        theirs = sum(sold[name] for name in members[group.id])
        if group.floor > 0:
            yield "floor", group.id, group.floor, _part(theirs, sum(able[name] for name in members[group.id]))
        if group.ceiling < 1:
            yield "ceiling", group.id, group.ceiling, _part(theirs, goods)
    if policy.gini is not None:
        yield "gini", "all", policy.gini, gini([_part(sold[name], worth) for name, worth in able.items() if worth])


def _kept(rule: str, limit: float, found: float) -> bool:
    return found >= limit - TOLERANCE if rule == "floor" else found <= limit + TOLERANCE


def _promises(case: Case, look: Look) -> None:
    if not case.sound:
        return
    wanted = list(_wanted(case))
    told = case.plan.metrics.promises
    look.equal("promises", [f"{rule} {of}" for rule, of, _, _ in wanted], [f"{item.rule} {item.of}" for item in told])
    for (rule, of, limit, found), item in zip(wanted, told, strict=False):
        if (item.rule, item.of) != (rule, of):
            continue
        same = close(limit, item.limit) and close(found, item.found)
        # Within the tolerance of six decimals either answer is right.
        edge = abs(found - limit) <= 2 * TOLERANCE
        same = same and (edge or item.met == _kept(rule, limit, found))
        look(same, (rule, of), _said(limit, found, _kept(rule, limit, found)), _said(item.limit, item.found, item.met))


def _said(limit: float, found: float, met: bool) -> str:
    return f"{found:.4%} against {limit:.4%}, {'met' if met else 'not met'}"


def _explained(case: Case, look: Look) -> None:
    for item in case.plan.metrics.promises:
        look(item.met == (not item.reason.strip()), _name(item), "a reason exactly where it is not met", item.reason)


def _name(item: Promise) -> tuple[str, str]:
    return item.rule, item.of


def _group_ceilings(case: Case, look: Look) -> None:
    sold, members = _money(case), _members(case)
    goods = sum(sold.values())
    for group in case.programme.policy.groups:
        if group.ceiling < 1:
            theirs = sum(sold[name] for name in members[group.id])
            look(theirs <= group.ceiling * goods + 0.5, group.id, f"{group.ceiling:.4%}", f"{_part(theirs, goods):.4%}")


def further_figures(case: Case) -> dict[str, Any]:
    """Return the figures of the goals women and freshness, for policies that name them."""
    named = [goal.goal for goal in case.programme.policy.goals]
    figures: dict[str, Any] = {}
    if "women" in named:
        sold, coops = _money(case), case.programme.cooperative
        figures["women"] = _part(sum(sold[name] for name in sold if coops[name].women > 0.5), sum(sold.values()))
    if "freshness" in named:
        figures["freshness"] = float(_age(case))
    return figures


def _age(case: Case) -> Fraction:
    """Return kilograms × part of the shelf life until packed; what is not packed stays to the hub's last day."""
    total = Fraction(0)
    packed: Counter[str] = Counter()
    for basket in case.baskets:
        for lot in basket.lots:
            packed[lot.shipment] += lot.packs
            total += _aged(case, lot.shipment, lot.packs, basket.assembled.toordinal())
    for name, item in case.shipment.items():
        days = [day.toordinal() for day in case.hub_days[item.hub]]
        total += _aged(case, name, item.packs - packed[name], max([*days, item.arrives.toordinal()]))
    return total


def _aged(case: Case, shipment: str, packs: int, day: int) -> Fraction:
    item = case.shipment[shipment]
    product = case.programme.product[item.product]
    if not product.shelf_life:
        return Fraction(0)
    return Fraction(packs * product.gross_weight * (day - item.dispatched.toordinal()), 1000 * product.shelf_life)


def _goals(case: Case, look: Look) -> None:
    if not case.sound:
        return
    expected, told = further_figures(case), case.plan.metrics.goals
    look.equal("figures of goals", sorted(expected), sorted(told))
    for name, value in expected.items():
        if name in told:
            look(close(value, told[name]), name, f"{value:.6f}", f"{told[name]:.6f}")


RULES = (
    Rule(
        code="V613",
        name="promises",
        says="Every floor, ceiling and Gini bound of the policy is told, with what the plan reaches and if it is met.",
        tells="{where} is {expected}, the plan says {found}",
        check=_promises,
    ),
    Rule(
        code="V614",
        name="promise explained",
        says="A floor or Gini bound that is not met comes with the reason.",
        tells="{where} must have {expected}, the plan says '{found}'",
        check=_explained,
    ),
    Rule(
        code="V615",
        name="ceiling of a group",
        says="A group of cooperatives gets no larger part of the money for goods than the policy's ceiling for it.",
        tells="group {where} may get {expected} of the money for goods, it gets {found}",
        check=_group_ceilings,
    ),
    Rule(
        code="V616",
        name="figures of goals",
        says="The figures of the goals women and freshness, where the policy names them, follow from what is sent.",
        tells="{where} is {expected}, the plan says {found}",
        check=_goals,
    ),
)
