"""The small examples, worked by hand in their READMEs, come out exactly as worked."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from basketplan import load_programme
from basketplan.publish import Texts, View
from basketplan.publish.report.summary import sentences
from basketplan.terminal import summary
from tests.solving import solve

EXAMPLES = Path(__file__).parent.parent / "examples"
SMALL = (
    "collection-round", "distribution-points", "fairness", "pick-up-point", "shortage", "substitution", "two-trips",
)  # fmt: skip


@pytest.mark.parametrize("name", SMALL)
def test_hand_worked_figures_are_met(name: str) -> None:
    expected = yaml.safe_load((EXAMPLES / name / "expected.yaml").read_text(encoding="utf-8"))
    plan = solve(load_programme(EXAMPLES / name), effort="standard").plan
    figures = plan.metrics
    assert figures.served == expected["served"]
    assert figures.cost_centimes == 100 * expected["cost_mad"]
    for kind in ("goods", "inbound", "vehicle_days", "trips", *(("points",) if "points_mad" in expected else ())):
        assert figures.cost_by_kind[kind] == 100 * expected[f"{kind}_mad"], kind
    assert figures.trips == expected["trips"]
    assert {item.cooperative: item.packs for item in figures.cooperatives} == expected["packs"]
    if "collecting" in expected:
        assert figures.collecting is not None
        told = figures.collecting.model_dump()
        assert {name: told[name] for name in expected["collecting"]} == expected["collecting"]
    if "lowest_share" in expected:
        assert figures.lowest_share == pytest.approx(expected["lowest_share"], abs=1e-6)
    assert figures.rounds == expected.get("rounds", 0)
    assert figures.rounds_saved_centimes == 100 * expected.get("rounds_saved_mad", 0)
    if "vehicle_days" in expected:
        assert figures.vehicle_days == expected["vehicle_days"]
        assert sum(len(day.breaks) for day in plan.vehicle_days) == expected["breaks"]


def test_fairness_costs_what_its_readme_says() -> None:
    fair = solve(load_programme(EXAMPLES / "fairness")).plan.metrics.cost_centimes
    cheap = load_programme(EXAMPLES / "fairness", overrides=["policy.goals=[service, cost]"])
    assert fair - solve(cheap).plan.metrics.cost_centimes == 165_00


def test_where_goods_are_free_no_part_of_their_price_is_told() -> None:
    free = load_programme(EXAMPLES / "fairness", overrides=["cooperatives[*].offers[*].price=0 MAD"])
    made = solve(free)
    assert "10 baskets from 1 cooperative (nothing is paid for goods).\n" in summary(made.plan, made.verification)
    view = View.of(made.plan, free)
    told = str(sentences(view, Texts("en"), made.verification))
    assert "10 baskets come from 1 cooperatives; nothing is paid for goods." in told


def test_a_single_one_is_told_as_such_in_french() -> None:
    """9 of 10 baskets cannot be paid for."""
    poor = load_programme(EXAMPLES / "fairness", overrides=["policy.budget=170 MAD"])
    made = solve(poor)
    told = str(sentences(View.of(made.plan, poor), Texts("fr"), made.verification))
    assert made.plan.metrics.served == 1
    assert "Foyers servis : 1 sur 10." in told
    assert "1 tournée, 1 journée de véhicule, couvre" in told


def test_too_little_oil_leaves_two_out_with_a_reason() -> None:
    short = load_programme(
        EXAMPLES / "substitution", overrides=["cooperatives[moulin].offers[argan_oil].capacity=0.5 L"]
    )
    plan = solve(short).plan
    assert plan.metrics.served == 8
    assert {item.reason for item in plan.unserved} == {"supply"}
    assert all(item.remedy for item in plan.unserved)


def test_one_trip_a_day_leaves_three_out() -> None:
    plan = solve(load_programme(EXAMPLES / "two-trips", overrides=["vehicles[moto].trips_per_day=1"])).plan
    assert plan.metrics.served == 4
    assert len(plan.unserved) == 3
    assert all(item.detail and item.remedy for item in plan.unserved)


def test_the_round_is_as_its_readme_says() -> None:
    plan = solve(load_programme(EXAMPLES / "collection-round")).plan
    (made,) = plan.rounds
    assert [stop.cooperative for stop in made.stops] in (
        ["couscous-60", "lentils-70", "honey-80"],
        ["honey-80", "lentils-70", "couscous-60"],
    )
    assert (made.depart_s, made.return_s // 60) == (6 * 3600, 10 * 60 + 10)
    assert (made.cost_centimes, made.saved_centimes) == (260_00, 460_00)
    longer = load_programme(EXAMPLES / "collection-round", overrides=["lorries[camionnette].rounds.hours=06:00-18:00"])
    (all_four,) = solve(longer).plan.rounds
    assert len(all_four.stops) == 4
    assert (all_four.cost_centimes, all_four.return_s // 60) == (580_00, 16 * 60)
    assert solve(longer).plan.metrics.cost_by_kind["inbound"] == 580_00
    fewer = load_programme(EXAMPLES / "collection-round", overrides=["lorries[camionnette].rounds.max_stops=2"])
    (two,) = solve(fewer).plan.rounds
    assert {stop.cooperative for stop in two.stops} == {"lentils-70", "honey-80"}
    assert two.saved_centimes == 240_00


@pytest.mark.parametrize("name", ["sac-4000", "substitution"])
def test_scenarios_of_examples_can_be_read(name: str) -> None:
    from basketplan.scenarios.study import library_of
    from basketplan.scenarios.uncertainty import read_uncertainty

    home = EXAMPLES / name
    library = library_of(home)
    assert library.faults == []
    names = [item for item in library.names("scenarios") if item != "both"]
    coops = sorted(load_programme(home, "+".join(names)).cooperative)
    for item in library.names("uncertainty"):
        assert read_uncertainty(library, item, coops).absence > 0


@pytest.mark.parametrize(
    ("change", "cost_mad"),
    [("policy.delivery.mode=doors", 960), ("points[mosque].families_per_hour=3", 995)],
)
def test_points_cost_what_their_readme_says(change: str, cost_mad: int) -> None:
    plan = solve(load_programme(EXAMPLES / "distribution-points", overrides=[change])).plan
    assert (plan.metrics.cost_centimes, plan.metrics.served) == (100 * cost_mad, 9)


def test_who_must_collect_and_cannot_is_told_so() -> None:
    change = ["policy.delivery.otherwise=unserved"]
    plan = solve(load_programme(EXAMPLES / "distribution-points", overrides=change)).plan
    assert [(item.household, item.reason) for item in plan.unserved] == [("w1", "walking")]


def test_two_of_three_visits_are_better_than_none() -> None:
    day = ["households[souk].days=[2020-05-20]"]
    plan = solve(load_programme(EXAMPLES / "pick-up-point", overrides=day)).plan
    left = [item.household for item in plan.unserved if item.household.startswith("souk/")]
    assert len(left) == 1
    assert plan.metrics.baskets_delivered >= 40
