"""Every code of a fault in the input: what it means, an example, and what to do about it.

``B1xx`` files and their form, ``B2xx`` keys, values and overrides, ``B3xx`` references, quantities and offers,
``B4xx`` places, households, supply, hubs and vehicles, ``B5xx`` calendar, policy, travel and distribution
points, ``B6xx`` plan folders and edited workbooks.
Codes are stable: a code is never used for something else.
"""

from __future__ import annotations

from basketplan.programme.codes import feasibility, plans, reading, settings, structure
from basketplan.programme.codes.rule import Rule

__all__ = ["FAMILIES", "REGISTRY", "Rule", "faults_page", "rule"]

FAMILIES: tuple[tuple[str, tuple[Rule, ...]], ...] = (
    ("Files and their form", reading.FILES),
    ("Tables of households", reading.TABLES),
    ("Keys and values", reading.VALUES),
    ("Overrides and scenarios", reading.OVERRIDES),
    ("References and repetitions", structure.REFERENCES),
    ("Products and baskets", structure.BASKETS),
    ("Offers", structure.OFFERS),
    ("Shares of alternatives", structure.SHARES),
    ("Places", feasibility.PLACES),
    ("Households", feasibility.HOUSEHOLDS),
    ("Supply", feasibility.SUPPLY),
    ("Hubs", feasibility.HUBS),
    ("Lorries", feasibility.LORRIES),
    ("Vehicles", feasibility.VEHICLES),
    ("Calendar", settings.CALENDAR),
    ("Policy", settings.POLICY),
    ("Travel", settings.TRAVEL),
    ("Distribution points", settings.POINTS),
    ("Plan folders", plans.PLANS),
    ("Edited workbooks", plans.WORKBOOKS),
)
"""Heading → its rules, in the order of the page."""

REGISTRY: dict[str, Rule] = {item.code: item for _, rules in FAMILIES for item in rules}
"""Code → rule."""

_HEAD = """# Faults and warnings

What `basketplan check` can say about a programme, by code: what it means, an example, and what to do.
An error stops planning; a warning does not: the plan then leaves somebody out or an offer unbought, and says why.
All faults are told at once; of one code at most fifty one by one.

This page is generated from `basketplan/programme/codes`; do not edit it by hand.
"""


def rule(code: str) -> Rule:
    """Return the rule with ``code``.

    Raises
    ------
    KeyError
        There is no such code.
    """
    return REGISTRY[code]


def faults_page() -> str:
    """Return the page of all codes as Markdown."""
    parts = [_HEAD]
    for heading, rules in FAMILIES:
        parts.append(f"## {heading}\n")
        for item in rules:
            parts.append(f"### {item.code} {item.title}\n")
            kind = "*Warning.* " if item.severity == "warning" else ""
            parts.append(f"{kind}{item.cause}\n")
            parts.append(f"```{item.language}\n{item.example.strip()}\n```\n")
            parts.append(f"**What to do:** {item.action}\n")
    return "\n".join(parts)
