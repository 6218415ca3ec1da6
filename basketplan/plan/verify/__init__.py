"""The independent check of a plan: every rule, recomputed from the programme and the plan alone.

No code is shared with the solvers. A plan may come from anywhere, also from an editor: whatever it holds, the answer
is a list of violations, never a traceback. The rules are listed in ``configs/VIOLATIONS.md``, which is
:func:`rules_page`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from basketplan.plan.io import plan_sha256
from basketplan.plan.types import Plan, Verification
from basketplan.plan.verify import (
    baskets,
    collection,
    figures,
    fleet,
    hubs,
    money,
    points,
    promises,
    reasons,
    room,
    service,
    structure,
    supply,
    trips,
)
from basketplan.plan.verify.case import build_case
from basketplan.plan.verify.rules import Look, Rule
from basketplan.programme.types import Programme

__all__ = ["RULES", "Rule", "broken", "rules_page", "verify"]

_GROUPS: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    ("The plan itself", structure.RULES),
    ("Supply and lorries", supply.RULES),
    ("Collection rounds", collection.RULES),
    ("Hubs", hubs.RULES),
    ("Baskets", baskets.RULES),
    ("Households", service.RULES),
    ("Trips", trips.RULES),
    ("Distribution points", points.RULES),
    ("Vehicles", fleet.RULES),
    ("Money", money.RULES),
    ("Figures", tuple(sorted((*figures.RULES, *promises.RULES), key=lambda rule: rule.code))),
    ("Reasons and stages", tuple(sorted((*reasons.RULES, *room.RULES), key=lambda rule: rule.code))),
)

RULES: tuple[Rule, ...] = tuple(rule for _, rules in _GROUPS for rule in rules)
"""Every rule, by code."""


def verify(plan: Plan, programme: Programme) -> Verification:
    """Check ``plan`` against every rule and ``programme``; recompute all that it says.

    Parameters
    ----------
    plan
        From a planner or from hand.
    programme
        A checked programme.

    Returns
    -------
    Verification
        Violations in the order of the rules, and how many things each rule looked at. Where a figure is absurd
        (V101) nothing else is checked; where an id is unknown or double (V103, V104), what depends on it is skipped.
    """
    looks = _looks(plan, programme, RULES)
    counts = {look.rule.name: look.count for look in looks}
    return Verification(
        plan_sha256=plan_sha256(plan),
        checked={rule.name: counts.get(rule.name, 0) for rule in RULES},
        violations=tuple(violation for look in looks for violation in look.violations),
    )


def broken(plan: Plan, programme: Programme) -> int:
    """Return how often ``plan`` breaks rules of the allocation in ``programme``, another than it was made for.

    So it tells how much has to be decided anew there. It takes a quarter of the time of :func:`verify`.
    """
    rules = (*structure.RULES, *supply.RULES, *hubs.RULES, *service.RULES)
    return sum(len(look.violations) for look in _looks(plan, programme, rules))


def _looks(plan: Plan, programme: Programme, rules: Sequence[Rule]) -> list[Look]:
    """Check ``rules``, of which those about the plan itself come first."""
    case = build_case(plan, programme)
    looks: list[Look] = []
    for rule in rules:
        look = Look(rule)
        rule.check(case, look)
        looks.append(look)
        if look.violations and rule is structure.FIGURES:
            break
        if look.violations and rule.code in {"V103", "V104"}:
            case = replace(case, sound=False)
    return looks


def rules_page() -> str:
    """Return the reference page of all rules, in Markdown."""
    lines = [
        "# Violations",
        "",
        "Every rule that `basketplan verify` checks. A plan that breaks one is never published: it is kept as",
        "`plan.rejected.json`. This page is generated: it is what `basketplan.plan.verify.rules_page()` returns.",
    ]
    for title, rules in _GROUPS:
        lines += ["", f"## {title}", "", "| code | name | rule |", "|---|---|---|"]
        lines += [f"| {rule.code} | {rule.name} | {rule.says.replace('|', chr(92) + '|')} |" for rule in rules]
    return "\n".join(lines) + "\n"
