"""Every set of changes that is told serves everybody when it is written into the programme, and none is too large."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from basketplan.explain.changes import overrides_of, practical
from basketplan.explain.remedies import Shortage, shortage
from basketplan.plan.verify import verify
from basketplan.progress import Progress, QuietReporter
from basketplan.solve.allocation.change import Change
from tests.explain.asking import Asked, asked, example, small_file


def remedies(asked: Asked) -> Shortage:
    return shortage(asked.plan, asked.programme, asked.reread, seed=0, reporter=QuietReporter())


def told(found: Shortage) -> list[tuple[tuple[str, ...], int]]:
    return [(item.overrides, item.more_centimes) for item in found.remedies]


def serves_all(asked: Asked, found: Shortage) -> None:
    for item in found.remedies:
        plan = asked.again(item.overrides)
        assert plan.unserved == ()
        assert verify(plan, asked.reread(item.overrides)).ok
        assert plan.metrics.cost_centimes == item.cost_centimes
    costs = [item.cost_centimes for item in found.remedies]
    assert costs == sorted(costs)


def smallest(asked: Asked, found: Shortage) -> None:
    """No part of a set serves everybody."""
    for item in found.remedies:
        for size in range(len(item.changes)):
            for part in combinations(item.changes, size):
                if part:
                    assert asked.again(overrides_of(asked.programme, part)).unserved


def test_the_three_ways_of_the_example() -> None:
    here = example("shortage")
    found = remedies(here)
    assert (found.households, found.baskets, found.reasons, found.ended) == (3, 3, {"supply": 3}, True)
    assert told(found) == [
        (("calendar.last_day=2020-05-21",), 162_00),
        (("cooperatives[plaine].offers[lentils].rate=10 kg",), 162_00),
        (
            (
                "baskets[pulses].contents[#1]={one of: [{product: lentils, quantity: 2 kg},"
                " {product: chickpeas, quantity: 2 kg}]}",
            ),
            280_00,
        ),
    ]
    serves_all(here, found)


def test_two_changes_where_one_is_not_enough() -> None:
    """Only 6 L of olive oil and no argan for ten families, and hands for eight baskets."""
    here = example("substitution", "cooperatives[moulin].offers[argan_oil].capacity=0 L", "hubs[casa].assembly=4")
    found = remedies(here)
    assert found.remedies
    assert all(len(item.changes) == 2 for item in found.remedies[:1])
    serves_all(here, found)
    smallest(here, found)


LENTILS = "cooperatives[plaine].offers[lentils]"


@pytest.mark.parametrize(
    ("name", "changes", "kind"),
    [
        ("substitution", ["policy.budget=700 MAD"], "budget"),
        ("substitution", ["hubs[casa].receiving=9 kg"], "receiving"),
        ("substitution", ["hubs[casa].storage_weight=9 kg"], "storage_weight"),
        ("shortage", [f"{LENTILS}.rate=10 kg", "hubs[casa].closed=[2020-05-19]"], "open_date"),
        ("shortage", [f"{LENTILS}.rate=10 kg", "hubs[casa].open=[mon, wed]"], "open_weekday"),
        ("shortage", [f"{LENTILS}.rate=10 kg", "calendar.holidays=[2020-05-19]"], "holiday"),
        ("shortage", [f"{LENTILS}.rate={{remove: true}}", f"{LENTILS}.first_day=2020-05-20"], "earlier"),
        (
            "substitution",
            ["baskets[oil].contents[#1]={one of: olive_oil 1 L | argan_oil 250 mL (max 30 %)}"],
            "share",
        ),
    ],
)
def test_each_limit_can_give_way(name: str, changes: list[str], kind: str) -> None:
    here = example(name, *changes)
    assert here.plan.unserved
    found = remedies(here)
    assert kind in {item.kind for remedy in found.remedies for item in remedy.changes}
    serves_all(here, found)


def test_a_trip_more_or_a_vehicle_more_brings_what_is_left() -> None:
    here = example("two-trips", "vehicles[moto].trips_per_day=1")
    found = remedies(here)
    kinds = {tuple(item.kind for item in remedy.changes) for remedy in found.remedies}
    assert ("trips",) in kinds
    assert ("vehicles",) in kinds
    serves_all(here, found)


@pytest.mark.parametrize("seed", [2, 5])
def test_random_shortages(seed: int, tmp_path: Path) -> None:
    here = asked(small_file(tmp_path, seed, supply=0.75, households=8, cooperatives=3))
    assert here.plan.unserved
    found = remedies(here)
    assert found.remedies
    serves_all(here, found)


def test_nothing_to_do_where_everybody_is_served() -> None:
    found = remedies(example("substitution"))
    assert (found.households, found.remedies, found.tried) == (0, (), 0)


def test_visits_that_are_not_made_are_brought() -> None:
    here = example("pick-up-point", "households[souk].days=[2020-05-20]")
    found = remedies(here)
    assert {item.overrides for item in found.remedies} == {
        ("vehicles[van].trips_per_day=3",),
        ("households[souk].days=[]",),
        ("vehicles[van].number[casa]=2",),
    }
    serves_all(here, found)


def test_a_plan_that_was_stopped_is_not_searched() -> None:
    here = example("shortage")
    stopped = here.plan.model_copy(update={"status": "interrupted"})
    found = shortage(stopped, here.programme, here.reread, seed=0, reporter=QuietReporter())
    assert (found.unfinished, found.tried, found.remedies, found.households) == (True, 0, (), 3)


class StopsAt(QuietReporter):
    """Stops when the given number of sets was tried."""

    def __init__(self, number: int) -> None:
        self.number, self.late = number, False

    def update(self, progress: Progress) -> None:
        self.late |= progress.stage == "remedies" and progress.done >= self.number

    def stopped(self) -> bool:
        return self.late


@pytest.mark.parametrize("number", [0, 1])
def test_what_is_found_before_a_stop_is_kept(number: int) -> None:
    here = example("shortage")
    found = shortage(here.plan, here.programme, here.reread, seed=0, reporter=StopsAt(number))
    assert not found.ended
    assert len(found.remedies) == number
    serves_all(here, found)


def test_amounts_are_practical() -> None:
    assert [practical(x) for x in (0.2, 3, 9.1, 47.0001, 117, 3068)] == [1, 3, 10, 48, 120, 3100]
    assert practical(7, 5) == 10
    assert practical(1001, 10) == 1100


def test_overrides_of_a_line_keep_its_shares() -> None:
    here = example("substitution", "baskets[oil].contents[#1]={one of: olive_oil 1 L | argan_oil 250 mL (max 30 %)}")
    (text,) = overrides_of(here.programme, [Change(kind="share", where=("oil", "1", "argan_oil"))])
    assert here.reread([text]).basket["oil"].lines[1].one_of[1].max_share == 1.0
    (text,) = overrides_of(here.programme, [Change(kind="share", where=("oil", "1", "olive_oil"))])
    assert here.reread([text]).basket["oil"].lines[1].one_of[1].max_share == 0.3


def test_more_goods_and_more_time_together_where_neither_is_enough() -> None:
    """Half of the lentils, at 7 kg a day: ten families need twice as many, and by Tuesday."""
    here = example("shortage", f"{LENTILS}.capacity=10 kg", "cooperatives[vallee]={remove: true}")
    found = remedies(here)
    sets = {frozenset((change.kind) for change in item.changes) for item in found.remedies}
    assert {frozenset({"capacity", "rate"}), frozenset({"capacity", "last_day"})} <= sets
    serves_all(here, found)


def test_large_amounts_are_written_in_full() -> None:
    programme = example("substitution", "hubs[casa].receiving=0.5 kg").programme
    change = Change(kind="receiving", where=("casa",), amount=1_200_000.0)
    assert overrides_of(programme, (change,)) == ("hubs[casa].receiving=1200000.5 kg",)
