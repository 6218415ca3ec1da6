"""The price that engages a cooperative does so when it is written into the programme, and a higher one does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from basketplan.explain.engagement import engagement
from basketplan.explain.words import Words
from basketplan.explain.words_worth import engagement_sentences
from basketplan.progress import QuietReporter, RecordingReporter
from basketplan.publish.texts import Texts
from basketplan.solve.allocation import allocate
from basketplan.solve.allocation.engage import engaging
from basketplan.solve.allocation.standing import standing, standing_data
from basketplan.solve.territory import territory
from basketplan.solve.types import EFFORTS
from basketplan.solve.visits import split_visits
from tests.explain.asking import Asked, asked, example, small_file

GOALS = "policy.goals=[service, cost]"
EXACT = replace(EFFORTS["thorough"], allocation_gap=1e-6)


def sells(here: Asked, coop: str, overrides: Sequence[str]) -> bool:
    visits = split_visits(here.reread(overrides))
    return any(item.cooperative == coop for item in allocate(visits, territory(visits), EXACT).shipped)


def test_twenty_kilograms_must_pay_their_lorry() -> None:
    """`near` asks 20 MAD a kilogram and its lorry comes anyway; 20 kg of `far` pay its lorry (100 MAD) below 15 MAD."""
    here = example("fairness", GOALS)
    told = engagement(here.plan, here.programme, "far", here.reread, seed=0, reporter=QuietReporter())
    assert told.whole
    assert told.dearer_centimes == 20 * 500 - 20 * 0 + 100_00 - 95_00
    (entry,) = told.entries
    assert (entry.at_centimes, entry.packs, entry.checked) == (1495, 20, True)
    assert sells(here, "far", entry.overrides)
    assert not sells(here, "far", ["cooperatives[far].offers[couscous].price=15.05 MAD"])
    free = [item for item in told.changes if item.change == "transport"]
    assert free == []  # even with free transport it is 5 MAD a kilogram dearer


def test_what_engages_the_two_of_the_example() -> None:
    here = example("shortage")
    mountain = engagement(here.plan, here.programme, "montagne", here.reread, seed=0, reporter=QuietReporter())
    assert [(item.at_centimes, item.checked) for item in mountain.entries] == [(1570, True)]
    assert mountain.dearer_centimes == 110_00
    valley = engagement(here.plan, here.programme, "vallee", here.reread, seed=0, reporter=QuietReporter())
    assert valley.entries == ()
    assert [(item.change, item.where, item.checked) for item in valley.changes] == [
        ("stand_in", ("pulses", "1", "chickpeas"), True)
    ]


def test_terms_that_keep_a_cheap_seller_out() -> None:
    """`far` asks 14 MAD, but takes no order below 30 kg, or comes with 200 MAD of other costs."""
    cheap = "cooperatives[far].offers[couscous].price=14 MAD"
    for change, name in (
        ("cooperatives[far].engagement_cost=200 MAD", "engagement_cost"),
        ("cooperatives[far].offers[couscous].minimum_order=20 kg", "minimum_order"),
    ):
        more = ["cooperatives[near].offers[couscous].price=14.90 MAD"] if name == "minimum_order" else []
        here = example("fairness", GOALS, cheap, change, *more)
        if "far" in {item.cooperative for item in here.plan.shipments}:
            pytest.fail(f"{name}: it sells already")
        told = engagement(here.plan, here.programme, "far", here.reread, seed=0, reporter=QuietReporter())
        found = {item.change: item for item in told.changes}
        if name == "engagement_cost":
            assert found[name].checked
            assert found[name].saves_centimes == 20 * 600 - 100_00
            assert sells(here, "far", found[name].overrides)
        else:
            assert name not in found  # 20 kg are not worth a lorry, and fewer are not either
            assert found["transport"].saves_centimes == 20 * 90


@pytest.mark.parametrize("seed", [3, 5])
def test_random_prices_are_thresholds(seed: int, tmp_path: Path) -> None:
    path = small_file(tmp_path, seed, supply=2.5, households=6, hubs=1, days=3)
    here = asked(path, GOALS)
    sold = {item.cooperative for item in here.plan.shipments}
    idle = [coop.id for coop in here.programme.cooperatives if coop.id not in sold]
    assert idle
    data, held = standing_data(split_visits(here.programme), here.plan), standing(here.programme, here.plan)
    for coop in idle:
        exact = {item.product: item for item in engaging(data, held, coop, seed=0, reporter=QuietReporter()).offers}
        told = engagement(here.plan, here.programme, coop, here.reread, seed=0, reporter=QuietReporter())
        for entry in told.entries:
            price = exact[entry.product].engaged_at_centimes
            if price is None or entry.at_centimes is None:
                assert entry.at_centimes is None
                continue
            assert entry.checked
            assert entry.at_centimes < price <= entry.at_centimes + 10
            dearer = f"cooperatives[{coop}].offers[{entry.product}].price={(price * 1.02 + 5) / 100:.2f} MAD"
            assert not sells(here, coop, [dearer, *entry.overrides[1:]])


def test_a_stop_says_nothing_that_is_not_known() -> None:
    """Who stops at once is told so, not that the cooperative could never be engaged."""
    here = example("fairness", GOALS)
    told = engagement(here.plan, here.programme, "far", here.reread, seed=0, reporter=RecordingReporter(stop_after=0))
    assert told.stopped
    words = Words(here.programme, Texts("en"))
    assert engagement_sentences(words, told) == ["The search was stopped before its end."]
