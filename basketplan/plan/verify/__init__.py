"""The independent check of a plan: every rule, recomputed from the programme and the plan alone.

No code is shared with the solvers. A plan may come from anywhere, also from an editor: whatever it holds, the answer
is a list of violations, never a traceback. The rules are listed in ``configs/VIOLATIONS.md``, which is
:func:`rules_page`.
"""

from __future__ import annotations

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

__all__ = ["RULES", "Rule", "rules_page", "verify"]

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
    case = build_case(plan, programme)
    first = Look(structure.FIGURES)
    first.rule.check(case, first)
    looks = [first]
    if not first.violations:
        for rule in RULES[1:]:
            look = Look(rule)
            rule.check(case, look)
            looks.append(look)
            if look.violations and rule.code in {"V103", "V104"}:
                case = replace(case, sound=False)
    counts = {look.rule.name: look.count for look in looks}
    return Verification(
        plan_sha256=plan_sha256(plan),
        checked={rule.name: counts.get(rule.name, 0) for rule in RULES},
        violations=tuple(violation for look in looks for violation in look.violations),
    )


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
