"""Breaking a good plan in each way that a rule forbids gives exactly that violation."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from basketplan.plan.io import plan_sha256
from basketplan.plan.verify import RULES, broken, hubs, rules_page, service, structure, supply, verify
from tests.plan.breaches import BREACHES
from tests.plan.edits import Breach
from tests.plan.told import PAGE as TOLD
from tests.plan.told import told
from tests.plan.world import World

PAGE = Path(__file__).parents[2] / "configs" / "VIOLATIONS.md"


def test_good_plan_keeps_every_rule() -> None:
    world = World()
    plan = world.built()
    result = verify(plan, world.programme())
    assert [(item.code, item.message) for item in result.violations] == []
    assert result.ok
    assert result.plan_sha256 == plan_sha256(plan)
    assert list(result.checked) == [rule.name for rule in RULES]


def test_figures_by_hand_are_those_computed() -> None:
    assert World().priced() == World().built()


@pytest.mark.parametrize("breach", BREACHES, ids=lambda breach: f"{breach.code or 'fine'}-{breach.label}")
def test_breach_gives_exactly_its_violation(breach: Breach) -> None:
    world, plan = breach.made()
    result = verify(plan, world.programme())
    told = [(item.code, item.message) for item in result.violations]
    assert {code for code, _ in told} == ({breach.code} if breach.code else set()), told
    allocation = {rule.code for room in (structure, supply, hubs, service) for rule in room.RULES}
    assert broken(plan, world.programme()) == sum(code in allocation for code, _ in told)
    for item in result.violations:
        assert item.rule == next(rule.name for rule in RULES if rule.code == item.code)
        assert item.message
        assert "{where}" not in item.message
        assert (item.expected, item.found) != ("", "")


def test_every_rule_is_broken_by_some_breach() -> None:
    assert {rule.code for rule in RULES} - {breach.code for breach in BREACHES} == set()


def test_breaches_have_names_of_their_own() -> None:
    names = Counter((breach.code, breach.label) for breach in BREACHES)
    assert [name for name, count in names.items() if count > 1] == []


def test_rules_are_told_apart() -> None:
    assert [rule.code for rule in RULES] == sorted({rule.code for rule in RULES})
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule.code[0] == "V"
        assert rule.says.endswith(".")


def test_page_of_rules_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == rules_page(), "write rules_page() to configs/VIOLATIONS.md"


def test_what_is_told_is_what_was_read_and_approved() -> None:
    assert told() == TOLD.read_text(encoding="utf-8"), "read what changed, then write tests/plan/told.txt anew"
