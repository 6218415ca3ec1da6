"""Stress figures agree with applying the failure by hand."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from basketplan.errors import NoPlanError
from basketplan.explain.delivery import ALLOCATED
from basketplan.explain.stress import Failure, stress
from basketplan.programme.types import Quantity
from basketplan.progress import QuietReporter, RecordingReporter
from tests.explain.asking import Asked, asked, example, small_file
from tests.solving import solve


def by_hand(here: Asked, item: Failure) -> tuple[int, bool]:
    """Baskets that the plan without what fails delivers less, and whether some of them only want a trip."""
    if item.cooperative is not None:
        nothing = {"capacity": Quantity(amount=0, unit="packs"), "minimum_order": None}
        coops = [
            coop.model_copy(update={"offers": tuple(offer.model_copy(update=nothing) for offer in coop.offers)})
            if coop.id == item.cooperative
            else coop
            for coop in here.programme.cooperatives
        ]
        left = here.programme.altered(cooperatives=tuple(coops))
    else:
        hubs = [
            hub.model_copy(update={"closed": (*hub.closed, item.day)}) if hub.id == item.hub else hub
            for hub in here.programme.hubs
        ]
        left = here.programme.altered(hubs=tuple(hubs))
    before = here.plan.metrics.baskets_delivered
    try:
        plan = solve(left).plan
    except NoPlanError:
        return before, False
    unbrought = any(lost.reason not in ALLOCATED for lost in plan.unserved)
    return max(0, before - plan.metrics.baskets_delivered), unbrought


def failures(here: Asked) -> list[Failure]:
    told = stress(here.plan, here.programme, seed=0, reporter=QuietReporter())
    assert told.tried == told.all == len(told.failures)
    assert all(item.exact for item in told.failures)
    return list(told.failures)


def test_the_example_leans_on_one() -> None:
    """Without the plain nobody is served; of a lost day of assembly or delivery three baskets remain."""
    found = [(item.cooperative, item.day, item.lost_before, item.lost_after) for item in failures(example("shortage"))]
    assert found == [
        ("plaine", None, 7, 7),
        (None, dt.date(2020, 5, 19), 7, 4),
        (None, dt.date(2020, 5, 20), 7, 4),
    ]


def test_by_hand_for_an_example() -> None:
    here = example("fairness")
    for item in failures(here):
        assert by_hand(here, item) == (item.lost_after, False)


@pytest.mark.parametrize("seed", [1, 4, 6])
def test_by_hand_for_random_programmes(seed: int, tmp_path: Path) -> None:
    """What cannot be supplied or assembled is lost; trips, which are not planned anew, may lose more."""
    here = asked(small_file(tmp_path, seed, supply=1.6, cooperatives=3, households=6, hubs=1))
    compared = 0
    for item in failures(here):
        lost, unbrought = by_hand(here, item)
        assert item.lost_after <= lost
        if not unbrought:
            compared += 1
            assert item.lost_after == lost, item
    assert compared >= 2


def test_before_anything_is_done_every_basket_that_it_is_in_is_lost() -> None:
    here = example("fairness")
    lost = {item.cooperative: item.lost_before for item in failures(here) if item.cooperative}
    shipment = {item.id: item for item in here.plan.shipments}
    for name, count in lost.items():
        held = {
            basket.id
            for basket in here.plan.baskets
            for lot in basket.lots
            if shipment[lot.shipment].cooperative == name
        }
        assert count == len(held)
    assert lost["near"] == 10


def test_a_stop_keeps_what_is_done() -> None:
    here = example("fairness")
    told = stress(here.plan, here.programme, seed=0, reporter=RecordingReporter(stop_after=2))
    assert 0 < told.tried < told.all
    assert len(told.failures) == told.tried
