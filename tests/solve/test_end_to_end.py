"""Random small programmes with every feature: each plan is verified, and depends on nothing but its input."""

from __future__ import annotations

import pytest

from basketplan.plan.io import plan_sha256
from basketplan.solve.allocation import search
from basketplan.synthetic import small_programme
from tests.solving import solve


@pytest.mark.parametrize("seed", range(12))
def test_random_programmes(seed: int) -> None:
    plan = solve(small_programme(seed)).plan
    assert plan.status == "complete"
    assert all(item.reason and item.detail and item.remedy for item in plan.unserved)


@pytest.mark.parametrize("seed", range(40, 46))
def test_shortages_leave_out_no_more_than_they_must(seed: int) -> None:
    programme = small_programme(seed, supply=0.6, households=25)
    plan = solve(programme).plan
    assert plan.unserved
    service = next(item for item in plan.stages if (item.stage, item.goal) == ("allocation", "service"))
    assert service.bound is not None
    assert service.value is not None
    assert service.bound <= service.value + 1e-6


@pytest.mark.parametrize("seed", [0, 4, 7])
def test_large_programmes_are_taken_apart(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way that large programmes go, on small ones: totals first, then days by relax and fix."""
    programme = small_programme(seed, households=40, cooperatives=8, hubs=3)
    whole = solve(programme).plan.metrics
    monkeypatch.setattr(search, "SMALL", 0)
    parted = solve(programme).plan.metrics
    assert parted.served >= whole.served - 2


def test_workers_change_nothing() -> None:
    programme = small_programme(11, households=150, cooperatives=6, supply=2.0, days=6, rich=False)
    outcome = solve(programme, workers=2)
    assert outcome.plan.metrics.served > 100
    assert plan_sha256(solve(programme, workers=1).plan) == plan_sha256(outcome.plan)


def test_seeds_are_part_of_the_plan() -> None:
    programme = small_programme(2, households=30)
    first = solve(programme, seed=1).plan
    assert plan_sha256(first) == plan_sha256(solve(programme, seed=1).plan)
    assert solve(programme, seed=2).plan.origin.seed == 2
