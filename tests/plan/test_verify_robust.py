"""Whatever a plan says, its check ends in violations, never in a traceback; and what is written is read back."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from basketplan.plan.io import plan_json, plan_sha256
from basketplan.plan.types import Plan, Verification
from basketplan.plan.verify import RULES, verify
from tests.plan.world import World

NAMES = st.sampled_from(
    ["atlas", "souss", "ville", "west", "east", "couscous", "dates", "standard", "small", "van", "moto", "h1", "h7",
     "S0001", "B00001", "T0002", "van@west#1", "moto@west#1", "access", "time", "days", "camion", "", "?", "ة{0}"]
)  # fmt: skip
FIGURES = st.integers(-2, 40) | st.integers(28_000, 62_000) | st.sampled_from([10**15 - 1, 10**15, 10**30, 10**400])
SHARES = st.floats(allow_nan=True, allow_infinity=True)
DATES = st.dates(dt.date(2020, 5, 16), dt.date(2020, 5, 23)) | st.sampled_from([dt.date.min, dt.date.max])


def _replacement(value: object) -> st.SearchStrategy[Any]:
    if isinstance(value, str):
        return NAMES
    if isinstance(value, float):
        return SHARES
    if isinstance(value, int):
        return FIGURES
    if isinstance(value, dt.date):
        return DATES
    return st.just(value)


def _edit(data: st.DataObject, node: Any) -> None:
    """Go down from ``node`` at random and change, repeat or drop what is there."""
    keys = sorted(node) if isinstance(node, dict) else list(range(len(node)))
    key = data.draw(st.sampled_from(keys))
    value = node[key]
    if isinstance(node, list):
        action = data.draw(st.sampled_from(["in", "in", "in", "drop", "repeat"]))
        if action == "drop":
            del node[key]
            return
        if action == "repeat":
            node.insert(data.draw(st.integers(0, len(node))), value)
            return
    if isinstance(value, dict | list) and value:
        _edit(data, value)
    else:
        node[key] = data.draw(_replacement(value))


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_edited_plan_is_checked_to_the_end(data: st.DataObject) -> None:
    world = World()
    for _ in range(data.draw(st.integers(1, 5))):
        _edit(data, world.plan)
    try:
        plan = world.built()
    except ValidationError:
        return
    result = verify(plan, world.programme())
    assert list(result.checked) == [rule.name for rule in RULES]
    assert Verification.model_validate_json(result.model_dump_json()) == result
    assert result.plan_sha256 == plan_sha256(plan)
    if not _has_nan(world.plan):
        assert Plan.model_validate_json(plan_json(plan), strict=True) == plan


def _has_nan(node: Any) -> bool:
    """Whether some number cannot be written in JSON."""
    if isinstance(node, dict):
        return any(_has_nan(value) for value in node.values())
    if isinstance(node, list):
        return any(_has_nan(value) for value in node)
    return isinstance(node, float) and not math.isfinite(node)
