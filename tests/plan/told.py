"""What the check tells of every breach, word by word: ``python -m tests.plan.told > tests/plan/told.txt`` writes it."""

from __future__ import annotations

import sys
from pathlib import Path

from basketplan.plan.verify import verify
from tests.plan.breaches import BREACHES

PAGE = Path(__file__).with_name("told.txt")


def told() -> str:
    """Return a line for every violation of every breach."""
    lines = []
    for breach in BREACHES:
        world, plan = breach.made()
        for item in verify(plan, world.programme()).violations:
            lines.append(f"{item.code} {breach.label} | {item.where} | {item.expected} | {item.found} | {item.message}")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(told())
