"""Check a programme: every rule, all faults at once, each with its code, its place and what to do.

An error is what contradicts itself or makes every plan impossible. What a plan can live with, by leaving somebody
out or an offer unbought and saying so, is a warning. :mod:`basketplan.programme.codes` explains each code.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from basketplan.errors import Fault
from basketplan.programme.checks import goods, households, places, points, references, settings, stations, supply
from basketplan.programme.checks.context import Context, Finding
from basketplan.programme.types import Programme
from basketplan.programme.written import Written

__all__ = ["RULES", "check_programme", "faults_of"]

Rule = Callable[[Context], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    *references.RULES,
    *goods.RULES,
    *settings.RULES,
    *places.RULES,
    *households.RULES,
    *supply.RULES,
    *stations.RULES,
    *points.RULES,
)

MOST = 50
"""Faults of one code that are told one by one; the rest are counted."""


def check_programme(programme: Programme, written: Written | None = None) -> list[Fault]:
    """Return every fault of ``programme``, errors and warnings, in reading order.

    Parameters
    ----------
    programme
        What the user wrote, of the right types.
    written
        Where it was written; without it faults have no place.
    """
    context = Context(programme)
    return faults_of((finding for rule in RULES for finding in rule(context)), written or Written())


def faults_of(findings: Iterable[Finding], where: Written) -> list[Fault]:
    """Return findings as faults with places, in reading order; of very many of one code the rest is counted."""
    told: Counter[tuple[str, str]] = Counter()
    first_untold: dict[tuple[str, str], Finding] = {}
    faults = []
    for finding in findings:
        kind: tuple[str, str] = (finding.code, finding.severity)
        told[kind] += 1
        if told[kind] <= MOST:
            faults.append(_fault(where, finding))
        else:
            first_untold.setdefault(kind, finding)
    for kind, finding in first_untold.items():
        rest = finding._replace(message=f"and {told[kind] - MOST:,} more like this; the next: {finding.message}")
        faults.append(_fault(where, rest))
    return sorted(faults, key=where.order)


def _fault(where: Written, finding: Finding) -> Fault:
    help = finding.help
    place = where.place(finding.see) if finding.see is not None else None
    if place is not None:
        help += f" ({place.file}:{place.line})"
    return where.fault(finding.code, finding.message, finding.path, help, key=finding.key, severity=finding.severity)
