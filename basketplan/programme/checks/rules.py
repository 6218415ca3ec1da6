"""B513 and B514 for groups, B516 to B518: rules of fairness that contradict one another or say nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

from basketplan.programme.availability import eligible
from basketplan.programme.checks.context import Context, Finding
from basketplan.programme.types import Cooperative, Offer, Product

__all__ = ["RULES"]


def _packs(product: Product | None, offer: Offer) -> int:
    return max(0, product.packs(offer.capacity)) if product is not None else 0


def _needed(context: Context) -> dict[str, int]:
    """Return the most packs of each product that all baskets could hold if every line that may held it."""
    most: dict[str, int] = {}
    for at in context.options():
        if at.product is not None:
            held = math.floor(context.needed[at.basket] * at.option.max_share + 1e-9)
            packs = held * at.product.packs(at.option.quantity)
            most[at.option.product] = most.get(at.option.product, 0) + packs
    return most


def _worth(context: Context, coops: Iterable[Cooperative], needed: dict[str, int] | None) -> int:
    """Return what cooperatives could sell at full prices, in centimes; with ``needed`` of what is needed only."""
    total = 0
    for coop in coops:
        if eligible(context.programme, coop):
            for offer in coop.offers:
                packs = _packs(context.programme.product.get(offer.product), offer)
                total += offer.price * (packs if needed is None else min(packs, needed.get(offer.product, 0)))
    return total


def _pairs(context: Context) -> Iterator[tuple[str, tuple[Cooperative, ...], float, float, tuple[str | int, ...]]]:
    """Yield everything that has both a floor and a ceiling: its name, cooperatives, floor, ceiling, place."""
    programme, policy = context.programme, context.programme.policy
    for name, floor in policy.floors.items():
        ceiling = policy.ceilings.get(name, policy.ceilings.get("all", 1.0))
        if name in programme.cooperative and ceiling < 1:
            yield f"cooperative '{name}'", (programme.cooperative[name],), floor, ceiling, ("policy", "floors", name)
    for row, group in enumerate(policy.groups):
        if group.floor > 0 and group.ceiling < 1:
            coops = tuple(programme.cooperative[name] for name in programme.members(group))
            yield f"group '{group.id}'", coops, group.floor, group.ceiling, ("policy", "groups", row, "floor")


def floor_above_ceiling(context: Context) -> Iterator[Finding]:
    """B516: a floor asks for more money than the ceiling allows of everything that could ever be bought."""
    needed = _needed(context)
    for name, coops, floor, ceiling, path in _pairs(context):
        asked = floor * _rated(context, coops, needed)
        allowed = ceiling * _worth(context, context.programme.cooperatives, None)
        if asked > allowed + 1:
            yield Finding(
                "B516",
                f"the floor of {name} asks for {asked / 100:,.0f} MAD ({floor:.0%} of what it could supply); its"
                f" ceiling of {ceiling:.0%} of the spending allows at most {allowed / 100:,.0f} MAD",
                path,
                "lower the floor or raise the ceiling",
            )


def _rated(context: Context, coops: Iterable[Cooperative], needed: dict[str, int]) -> int:
    """Return what cooperatives could sell of what is needed, for those offers whose whole capacity is there in time."""
    total = 0
    for coop in coops:
        if eligible(context.programme, coop):
            for offer in coop.offers:
                product = context.programme.product.get(offer.product)
                simple = offer.rate is None and offer.first_day is None and not offer.lead_time
                if product is not None and simple:
                    total += offer.price * min(_packs(product, offer), needed.get(offer.product, 0))
    return total


def empty_group(context: Context) -> Iterator[Finding]:
    """B517: a group has no cooperative, or neither a floor nor a ceiling."""
    programme = context.programme
    for row, group in enumerate(programme.policy.groups):
        if not group.cooperatives and not group.province:
            yield Finding(
                "B517",
                f"group '{group.id}' of the policy has no cooperative",
                ("policy", "groups", row),
                "give it 'cooperatives' or a 'province'",
            )
        elif group.floor <= 0 and group.ceiling >= 1:
            yield Finding(
                "B517",
                f"group '{group.id}' of the policy has neither a floor nor a ceiling",
                ("policy", "groups", row),
                "give it a 'floor' or a 'ceiling', or take it out",
            )


def group_without_supply(context: Context) -> Iterator[Finding]:
    """B514: a group with a floor in which nobody can sell anything to the programme (warning)."""
    programme, needed = context.programme, _needed(context)
    for row, group in enumerate(programme.policy.groups):
        coops = [programme.cooperative[name] for name in programme.members(group)]
        if group.floor > 0 and coops and not _worth(context, coops, needed):
            yield Finding(
                "B514",
                f"the policy sets a floor for group '{group.id}', but nothing that is needed can be bought there",
                ("policy", "groups", row, "floor"),
                "take the floor out, or let one of them supply",
                "warning",
            )


def ceiling_for_all(context: Context) -> Iterator[Finding]:
    """B513: a group with a ceiling holds every cooperative that may supply."""
    programme = context.programme
    able = {coop.id for coop in programme.cooperatives if eligible(programme, coop)}
    for row, group in enumerate(programme.policy.groups):
        if able and group.ceiling < 1 and able <= set(programme.members(group)):
            yield Finding(
                "B513",
                f"group '{group.id}' holds all {len(able)} cooperatives that may supply, and may get only"
                f" {group.ceiling:.0%} of the spending",
                ("policy", "groups", row, "ceiling"),
                "take the ceiling out, or cooperatives out of the group",
            )


def without_effect(context: Context) -> Iterator[Finding]:
    """B518: a goal or rule that cannot change anything (warning)."""
    programme = context.programme
    able = [coop for coop in programme.cooperatives if eligible(programme, coop)]
    held = {at.option.product for at in context.options()}
    for column, goal in enumerate(programme.policy.goals):
        why = ""
        if goal.goal == "women" and not any(coop.women > 0.5 for coop in able):
            why = "no cooperative that may supply has more than 50 % women"
        elif goal.goal == "freshness" and not any(item.shelf_life for item in programme.products if item.id in held):
            why = "no product of a basket has a shelf_life"
        if why:
            yield Finding(
                "B518",
                f"the goal '{goal.goal}' changes nothing: {why}",
                ("policy", "goals", column),
                "take it out, or write what it needs",
                "warning",
            )
    if programme.policy.fairness != "max-min" and "fairness" not in {goal.goal for goal in programme.policy.goals}:
        yield Finding(
            "B518",
            f"the rule '{programme.policy.fairness}' changes nothing: the goals do not name 'fairness'",
            ("policy", "fairness"),
            "name 'fairness' among the goals",
            "warning",
        )


RULES = (ceiling_for_all, group_without_supply, floor_above_ceiling, empty_group, without_effect)
