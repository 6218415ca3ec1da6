"""What a plan makes of the policy's rules, and figures of goals that only some policies have.

A **promise** is one limit of the policy (a floor, a ceiling, the Gini bound) beside what the plan reaches. Floors and
the Gini bound give way to service: where they are not met the promise says why. Shares and Gini's coefficient are
those of :mod:`basketplan.plan.metrics`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from basketplan.plan.types import CooperativeResult, PackedBasket, Promise, Shipment, StageReport
from basketplan.programme.types import Programme

__all__ = ["goal_figures", "promises"]

_PLACES = 6
_TOLERANCE = 1e-6


def promises(
    programme: Programme, results: Sequence[CooperativeResult], gini: float, stages: Iterable[StageReport]
) -> tuple[Promise, ...]:
    """Return one promise for each limit of the policy: floors, ceilings, groups, Gini, in the order of the policy.

    Parameters
    ----------
    results
        What each cooperative gets.
    gini
        Gini's coefficient of the shares.
    stages
        The report of the allocation's goal ``rules`` says how near to all of them it came.
    """
    policy = programme.policy
    sold = {item.cooperative: item.revenue_centimes for item in results}
    able = {item.cooperative: item.potential_centimes for item in results}
    goods = sum(sold.values())
    report = next((item for item in stages if item.stage == "allocation" and item.goal == "rules"), None)

    def share(coops: Iterable[str]) -> float:
        mine = list(coops)
        return _ratio(sum(sold[name] for name in mine), sum(able[name] for name in mine))

    def floor(of: str, limit: float, coops: Sequence[str]) -> Promise:
        found = share(coops)
        met = found >= limit - _TOLERANCE
        possible = any(able[name] for name in coops)
        return Promise(
            rule="floor", of=of, limit=limit, found=found, met=met, reason="" if met else _reason(report, possible)
        )

    def ceiling(of: str, limit: float, money: int) -> Promise:
        found = _ratio(money, goods)
        met = found <= limit + _TOLERANCE
        return Promise(rule="ceiling", of=of, limit=limit, found=found, met=met, reason="" if met else _BROKEN)

    def all_of_them() -> Iterator[Promise]:
        for name, limit in sorted(policy.floors.items()):
            yield floor(name, limit, [name])
        for name, limit in sorted(policy.ceilings.items()):
            others = [money for coop, money in sold.items() if coop not in policy.ceilings]
            yield ceiling(name, limit, max(others, default=0) if name == "all" else sold[name])
        for group in policy.groups:
            members = programme.members(group)
            if group.floor > 0:
                yield floor(group.id, group.floor, members)
            if group.ceiling < 1:
                yield ceiling(group.id, group.ceiling, sum(sold[name] for name in members))
        if policy.gini is not None:
            met = gini <= policy.gini + _TOLERANCE
            reason = "" if met else _reason(report, True)
            yield Promise(rule="gini", of="all", limit=policy.gini, found=round(gini, _PLACES), met=met, reason=reason)

    return tuple(all_of_them())


_BROKEN = "the plan breaks this rule: it must not be used"


def _reason(report: StageReport | None, possible: bool) -> str:
    """Say why a floor or the Gini bound is not met."""
    if not possible:
        return "nothing of what is needed can be bought there"
    if report is None or report.value is None or report.status in ("interrupted", "skipped"):
        return "planning was stopped before the rules were looked at"
    if report.bound is not None and report.bound >= report.value - 1e-4 * max(1.0, report.value):
        return (
            "no plan that serves as many comes nearer to all floors and the Gini bound together: at least"
            f" {report.value:.4f} is missing in all (proven)"
        )
    return (
        f"no plan that serves as many and comes nearer to all floors and the Gini bound was found: {report.value:.4f}"
        f" is missing in all, at least {report.bound or 0:.4f} must be"
    )


def goal_figures(
    programme: Programme, results: Sequence[CooperativeResult], shipments: Sequence[Shipment],
    baskets: Iterable[PackedBasket],
) -> dict[str, float]:  # fmt: skip
    """Return the figures of the goals ``women`` and ``freshness``, for policies that name them.

    ``women`` is the part of the money for goods that goes to cooperatives with a majority of women. ``freshness`` sums,
    over goods that spoil, kilograms × the part of their shelf life between leaving the cooperative and being packed;
    what is in no basket counts until its hub's last open day.
    """
    named = {goal.goal for goal in programme.policy.goals}
    figures: dict[str, float] = {}
    if "women" in named:
        goods = sum(item.revenue_centimes for item in results)
        theirs = (item for item in results if programme.cooperative[item.cooperative].women > 0.5)
        figures["women"] = _ratio(sum(item.revenue_centimes for item in theirs), goods)
    if "freshness" in named:
        figures["freshness"] = round(_age(programme, {item.id: item for item in shipments}, baskets), _PLACES)
    return figures


def _age(programme: Programme, shipment: Mapping[str, Shipment], baskets: Iterable[PackedBasket]) -> float:
    left = Counter({name: item.packs for name, item in shipment.items()})
    packed: Counter[tuple[str, int]] = Counter()
    for basket in baskets:
        for lot in basket.lots:
            left[lot.shipment] -= lot.packs
            packed[lot.shipment, basket.assembled.toordinal()] += lot.packs
    last = {hub.id: max(days).toordinal() for hub in programme.hubs if (days := programme.hub_days(hub))}
    for name, packs in left.items():
        item = shipment[name]
        packed[name, max(last.get(item.hub, 0), item.arrives.toordinal())] += packs
    ages = []
    for (name, day), packs in sorted(packed.items()):
        product = programme.product[shipment[name].product]
        if product.shelf_life and packs:
            ages.append(
                packs * product.gross_weight / 1000 * (day - shipment[name].dispatched.toordinal()) / product.shelf_life
            )
    return math.fsum(ages)


def _ratio(part: float, whole: float) -> float:
    return round(part / whole, _PLACES) if whole else 0.0
