"""Figures of a plan: formulas against their definitions, and what nothing gives."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from basketplan.plan.metrics import compute_metrics, gini, jain
from basketplan.plan.potential import available_packs, most_usable_packs, potentials
from tests.plan.world import MON, THU, TUE, WED, World

SHARES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("shares", "expected_gini", "expected_jain"),
    [
        ([], 0.0, 1.0),
        ([0.0, 0.0], 0.0, 1.0),
        ([0.5], 0.0, 1.0),
        ([0.3, 0.3, 0.3], 0.0, 1.0),
        ([0.0, 0.0, 0.0, 1.0], 0.75, 0.25),
        ([0.0, 1.0], 0.5, 0.5),
        ([0.2, 0.4, 0.6], 2 / 9, 6 / 7),
        ([3e-159, 3e-159], 0.0, 1.0),
    ],
)
def test_fairness_by_hand(shares: list[float], expected_gini: float, expected_jain: float) -> None:
    assert gini(shares) == pytest.approx(expected_gini)
    assert jain(shares) == pytest.approx(expected_jain)


@given(SHARES)
def test_gini_is_the_mean_difference(shares: list[float]) -> None:
    total = sum(shares)
    pairs = sum(abs(a - b) for a, b in product(shares, repeat=2))
    expected = pairs / (2 * len(shares) * total) if total else 0.0
    assert gini(shares) == pytest.approx(expected, abs=1e-9)


@given(SHARES)
def test_jain_lies_between_one_of_all_and_one(shares: list[float]) -> None:
    assert 1 / len(shares) - 1e-9 <= jain(shares) <= 1 + 1e-9


def test_packs_are_available_at_the_rate_from_the_first_day() -> None:
    world = World()
    world.offer("atlas", "couscous")["capacity"] = "17 kg"
    programme = world.programme()
    couscous, olive = programme.cooperative["atlas"].offers
    assert [available_packs(programme, couscous, day) for day in (MON, TUE, WED, THU)] == [6, 12, 17, 17]
    assert [available_packs(programme, olive, day) for day in (MON, TUE)] == [0, 10]


def test_most_packs_follow_needs_and_shares() -> None:
    usable = most_usable_packs(World().programme())
    assert usable == {"couffin": 8, "couscous": 12, "olive": 6, "argan": 3, "dates": 2}


def test_potential_of_who_may_not_supply_is_nothing() -> None:
    world = World()
    assert potentials(world.programme()) == {"atlas": 36_000, "souss": 46_000, "ville": 0}
    world.raw["policy"]["rural_only"] = False
    assert potentials(world.programme())["ville"] == 12 * 500


def test_plan_of_nothing_has_figures() -> None:
    world = World()
    programme = world.programme()
    figures = compute_metrics(
        programme,
        shipments=(), hauls=(), engagements=(), assemblies=(), baskets=(), trips=(), vehicle_days=(), unserved=(),
        costs=(),
    )  # fmt: skip
    assert (figures.served, figures.baskets_delivered, figures.cost_centimes) == (0, 0, 0)
    assert (figures.load_factor, figures.lowest_share, figures.gini, figures.jain) == (0.0, 0.0, 0.0, 1.0)
    assert (figures.women_share, figures.rural_share, figures.cost_per_basket_centimes) == (0.0, 0.0, 0)
    assert (figures.first_delivery, figures.last_delivery) == (None, None)
    assert set(figures.cost_by_kind.values()) == {0}
    assert [zone.served for zone in figures.zones] == [0, 0, 0]
