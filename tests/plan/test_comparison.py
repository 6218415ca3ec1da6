"""Differences and noise worked by hand, the front, and the tornado."""

from __future__ import annotations

import math
from typing import Any

import pytest

from basketplan.plan.comparison import KPIS, Change, Figure, Row, Sample, compared, front, tornado
from basketplan.plan.types import Metrics
from basketplan.programme.types import Text
from tests.plan.world import World

METRICS: Metrics = World().built().metrics


def samples(*costs: int, first: int = 0) -> list[Sample]:
    return [
        Sample(seed=first + number, metrics=METRICS.model_copy(update={"cost_centimes": cost}))
        for number, cost in enumerate(costs)
    ]


def change(here: list[Sample], there: list[Sample]) -> Change:
    return compared(here, there)[1]["cost"]


def test_one_seed_each_says_nothing_of_noise() -> None:
    found = change(samples(1200), samples(1000))
    assert (found.value, found.noise, found.exceeds) == (200, None, None)


def test_pairs_of_seeds_by_the_t_test() -> None:
    # Differences 100, 120, 140: mean 120, deviation 20, t(2) = 4.303: noise 4.303 × 20 / √3 = 49.7.
    found = change(samples(1100, 1140, 1180), samples(1000, 1020, 1040))
    assert found.value == pytest.approx(120)
    assert found.noise == pytest.approx(49.68, abs=0.01)
    assert found.exceeds is True
    assert change(samples(1010, 990, 1030), samples(1000, 1010, 1005)).exceeds is False


def test_one_seed_against_several_of_the_base() -> None:
    # Base 1000, 1020, 1040: mean 1020, deviation 20; 4.303 × 20 × √(4/3) = 99.4.
    found = change(samples(1100), samples(1000, 1020, 1040))
    assert (found.value, found.exceeds) == (80, False)
    assert found.noise == pytest.approx(99.37, abs=0.01)


def test_figures_over_seeds() -> None:
    figures, changes = compared(samples(1000, 1020, 1040), samples(1000, 1020, 1040))
    assert figures["cost"] == Figure(mean=1020, spread=20, number=3)
    assert changes["cost"].value == 0
    assert set(figures) == {kpi.key for kpi in KPIS if kpi.of and not math.isnan(kpi.of(METRICS))}
    proven, _ = compared([Sample(seed=0, metrics=METRICS, further={"gap": 0.5})], samples(1))
    assert proven["gap"].mean == 0.5


def row(group: str, cost: float, share: float, service: float = 1.0, **further: Any) -> Row:
    figures = {
        key: Figure(mean=value, spread=None, number=1)
        for key, value in (("cost", cost), ("lowest_share", share), ("service", service))
    }
    differences = {"cost": Change(value=cost - 100, noise=None)}
    return Row(
        group=group, title=Text(en=group), changes=(), sweep=further.get("sweep", ""), values=further.get("values", {}),
        figures=figures, differences=differences, people={},
    )  # fmt: skip


def test_front() -> None:
    rows = [row("base", 100, 0.4), row("dear", 120, 0.4), row("fair", 120, 0.6), row("cheap", 80, 0.4, 0.9)]
    assert front([item.figures for item in rows]) == [True, False, True, True]
    assert front([{}]) == [False]
    unproven = rows[3].figures | {"gap": Figure(mean=0.8, spread=None, number=1)}
    assert front([rows[0].figures, unproven]) == [True, False]


def test_tornado() -> None:
    rows = [row("a", 110, 0), row("b", 70, 0)]
    for fuel, vans, cost in (("1", "1", 100), ("1", "2", 120), ("2", "1", 140), ("2", "2", 160)):
        rows.append(row(f"{fuel}{vans}", cost, 0, sweep="s", values={"fuel": fuel, "vans": vans}))
    bars = [(str(bar.label), bar.low, bar.high) for bar in tornado(rows, "cost")]
    assert bars == [("s: fuel", 10, 50), ("s: vans", 20, 40), ("b", -30, 0), ("a", 0, 10)]
