"""What large programmes go through, on small ones whose optimum is known: days for totals, parts made anew, warm
starts.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from basketplan.plan.types import Plan
from basketplan.programme.types import Goal, Programme
from basketplan.scenarios.reuse import ReusingStages, Warm
from basketplan.scenarios.store import Store
from basketplan.solve.allocation import allocate, search
from basketplan.solve.territory import territory
from basketplan.solve.types import EFFORTS, Allocation, Supplied
from basketplan.synthetic import small_programme
from tests.solve.allocation_check import broken_rules, cost, unserved_weight
from tests.solve.test_allocation import Second, plain
from tests.solve.tiny import homes, tiny
from tests.solving import solve


@pytest.fixture(autouse=True)
def _as_if_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SMALL", -1)


def supplied(programme: Programme, made: Allocation, gap: float | None = 0.0) -> Supplied:
    """Return what ``made`` decides, by date."""
    date = [day.toordinal() for day in programme.working_days]
    return Supplied(
        packs={
            (item.cooperative, item.product, item.hub, date[item.dispatch_day], date[item.arrival_day]): item.packs
            for item in made.shipped
        },
        assembled={(item.hub, item.basket, date[item.day]): item.count for item in made.assembled},
        gap=gap,
    )


def scarcer(programme: Programme) -> Programme:
    """Return the programme with a quarter less of the first cooperative's offers."""
    coop = programme.cooperatives[0]
    offers = tuple(
        item.model_copy(update={"capacity": item.capacity.model_copy(update={"amount": item.capacity.amount * 3 // 4})})
        for item in coop.offers
    )
    changed = coop.model_copy(update={"offers": offers})
    return programme.model_copy(update={"cooperatives": (changed, *programme.cooperatives[1:])})


@pytest.mark.parametrize("seed", range(0, 24, 2))
def test_parts_made_anew_keep_every_rule_and_come_near_the_optimum(seed: int) -> None:
    programme = plain(seed)
    lands = territory(programme)
    made = allocate(programme, lands, EFFORTS["standard"])
    assert broken_rules(programme, lands, made) == []
    missing, least = Second(programme, lands).best()
    assert unserved_weight(programme, made) == missing
    value = cost(programme, made)
    told = next(report for report in made.reports if report.goal == "cost")
    assert told.bound is not None
    assert told.bound * 100 <= least + 1
    assert least - 1 <= value <= 1.05 * least + 1


@pytest.mark.parametrize("seed", range(1, 24, 2))
def test_a_warm_start_breaks_no_rule_and_serves_as_many(seed: int) -> None:
    before = plain(seed)
    start = supplied(before, allocate(before, territory(before), EFFORTS["quick"]))
    programme = scarcer(before)
    lands = territory(programme)
    made = allocate(programme, lands, EFFORTS["quick"], start=start)
    assert broken_rules(programme, lands, made) == []
    missing, least = Second(programme, lands).best()
    assert unserved_weight(programme, made) == missing
    told = next(report for report in made.reports if report.goal == "cost")
    assert told.bound is not None
    assert told.bound * 100 <= least + 1 <= cost(programme, made) + 2


def test_without_changes_everything_stays() -> None:
    programme = plain(1)
    lands = territory(programme)
    made = allocate(programme, lands, EFFORTS["quick"])
    again = allocate(programme, lands, EFFORTS["quick"], start=supplied(programme, made, gap=1.0))
    assert again.shipped == made.shipped
    assert {(item.hub, item.basket, item.day): item.count for item in again.assembled} == {
        (item.hub, item.basket, item.day): item.count for item in made.assembled
    }


def test_dates_that_are_gone_and_unknown_names_do_no_harm() -> None:
    programme = plain(3)
    lands = territory(programme)
    made = allocate(programme, lands, EFFORTS["quick"])
    start = supplied(programme, made)
    moved = {(*key[:3], key[3] + 400, key[4] + 400): packs for key, packs in start.packs.items()}
    strange = dataclasses.replace(start, packs=moved | {("nobody", *key[1:]): 3 for key in start.packs})
    other = allocate(programme, lands, EFFORTS["quick"], start=strange)
    assert broken_rules(programme, lands, other) == []
    assert unserved_weight(programme, other) == unserved_weight(programme, made)


@pytest.mark.parametrize("seed", range(1, 12, 2))
def test_the_fairest_days_are_kept_for_others_to_begin_from(seed: int) -> None:
    """They have the highest share, which costs may have lowered since; near them it is found again."""
    programme = plain(seed)
    fair = Goal.model_validate({"goal": "fairness", "keep": "90 %"})
    goals = (Goal(goal="service"), fair, Goal(goal="cost"))
    programme = programme.model_copy(update={"policy": programme.policy.model_copy(update={"goals": goals})})
    lands = territory(programme)
    made = allocate(programme, lands, EFFORTS["quick"])
    if made.left:
        assert made.fairest is None  # with a shortage there are no days for everybody
        return
    assert made.fairest is not None
    assert {key[1] for key in made.fairest.packs} == {item.product for item in made.shipped}
    assert sum(made.fairest.assembled.values()) == sum(item.count for item in made.assembled)
    start = dataclasses.replace(supplied(programme, made), fairest=made.fairest)
    again = allocate(programme, lands, EFFORTS["quick"], start=start)
    assert broken_rules(programme, lands, again) == []
    assert again.fairest == made.fairest
    shares = [next(item.value for item in each.reports if item.goal == "fairness") for each in (made, again)]
    assert shares[0] == pytest.approx(shares[1])


def test_a_plan_tells_what_it_supplied() -> None:
    programme = plain(2)
    plan: Plan = solve(programme).plan
    told = Supplied.of(plan)
    assert sum(told.packs.values()) == sum(item.packs for item in plan.shipments)
    assert sum(told.assembled.values()) == sum(item.count for item in plan.assemblies)
    assert told.gap is not None


@pytest.mark.parametrize("seed", range(1000, 1006))
def test_programmes_with_every_rule_are_planned_as_if_large(seed: int) -> None:
    programme = small_programme(seed, households=10)
    outcome = solve(programme, seed=seed)
    assert outcome.verification.ok
    assert {"service", "cost"} <= {stage.goal for stage in outcome.plan.stages if stage.stage == "allocation"}
    scarce = small_programme(seed, households=10, supply=0.8)
    warm = Warm.of(outcome.plan, "x", {})
    stages = ReusingStages(Store(None), warm)
    assert solve(scarce, seed=seed, stages=stages).verification.ok
    assert stages.reused.decided["allocation"] >= 1


def test_for_freshness_types_are_not_assembled_one_after_the_other() -> None:
    """Lots of 40 would be packed freshest as 40 baskets of one type a day: then no trip left before the last days."""
    goods: list[dict[str, Any]] = [
        {"id": name, "name": name, "pack": "1 kg", "gross_weight": "1 kg", "volume": "1 L", "shelf_life": "10 days"}
        for name in ("food", "rice")
    ]
    bag = {"id": "bag", "name": "Bag", "pack": "1 piece", "gross_weight": "1 g", "volume": "1 mL", "container": True}
    offer = {"capacity": "80 packs", "price": "1 MAD", "lot": "40 packs"}
    place = {"lat": 33.57, "lon": -7.59}
    makers = [
        {"id": f"makes-{item['id']}", "name": "Maker", "place": place, "offers": [{"product": item["id"], **offer}]}
        for item in goods
    ]
    programme = tiny(
        makers,
        [{**home, "baskets": {("food", "rice")[number % 2]: 1}} for number, home in enumerate(homes(160))],
        products=[*goods, bag],
        baskets=[
            {"id": item["id"], "name": "Box", "container": "bag", "contents": [f"{item['id']} 1 kg"]} for item in goods
        ],
        calendar={
            "first_day": "2020-05-18",
            "last_day": "2020-05-22",
            "working_days": ["mon", "tue", "wed", "thu", "fri"],
        },
        hubs=[{"id": "hub", "name": "Hub", "place": place, "assembly": 40}],
        policy={"goals": ["service", {"freshness": {"keep": "90 %"}}, "cost"]},
    )
    lands = territory(programme)
    made = allocate(programme, lands, EFFORTS["quick"])
    assert broken_rules(programme, lands, made) == []
    assert len(made.served) == 160
    for day in range(4):
        done = {name: sum(item.count for item in made.assembled if item.basket == name and item.day <= day)
                for name in ("food", "rice")}  # fmt: skip
        assert abs(done["food"] - done["rice"]) <= 20
