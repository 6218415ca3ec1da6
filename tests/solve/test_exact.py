"""Facility location and fixed-charge transport instances are solved to proven optimality: as cheap as enumeration."""

from __future__ import annotations

from dataclasses import replace

import pytest

from basketplan import EFFORTS, allocate, territory
from tests.solve.allocation_check import cost
from tests.solve.exact import draw, enumerated, programme_of
from tests.solving import solve

EXACT = replace(EFFORTS["thorough"], allocation_gap=1e-7)


@pytest.mark.parametrize("fixed_charge", [False, True], ids=["facilities", "fixed-charge"])
@pytest.mark.parametrize("seed", range(12))
def test_cost_is_the_least_of_all(seed: int, fixed_charge: bool) -> None:
    instance = draw(seed, fixed_charge=fixed_charge)
    programme = programme_of(instance)
    made = allocate(programme, territory(programme), EXACT)
    least = enumerated(instance, programme)
    assert cost(programme, made) == least
    report = made.reports[-1]
    assert (report.goal, report.status) == ("cost", "optimal")
    assert report.gap == pytest.approx(0.0, abs=1e-6)
    assert made.left == ()


def test_a_whole_plan_spends_the_same() -> None:
    instance = draw(1, fixed_charge=False)
    programme = programme_of(instance)
    spent = solve(programme, effort="thorough").plan.metrics.cost_by_kind
    assert spent["goods"] + spent["engagement"] + spent["inbound"] == enumerated(instance, programme)


def test_instances_decide_something() -> None:
    """Opening all and opening the cheapest ones are both wrong for some of them, and charges are paid several times."""
    engaged = set()
    for seed in range(12):
        programme = programme_of(draw(seed, fixed_charge=False))
        made = allocate(programme, territory(programme), EXACT)
        engaged.add(len({item.cooperative for item in made.shipped if item.product == "food"}))
    assert len(engaged) > 1
