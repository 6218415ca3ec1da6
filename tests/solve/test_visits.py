"""Baskets of one household over several visits.

The world: one hub on the equator; p1 lies 1,113 m away (0.01°), h1 and h2 beside it. A basket weighs 1,500 g. A van
carries 10 baskets, a truck 25; both make two trips a day on two delivery days.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from basketplan.edits import Wish, reorder
from basketplan.plan.io import plan_json
from basketplan.plan.types import Plan
from basketplan.plan.verify import verify
from basketplan.plan.visits import by_visit
from basketplan.programme.read import read_programme
from basketplan.programme.types import Programme
from basketplan.solve.visits import split_visits
from tests.programme.conftest import GOOD
from tests.solving import solve


def programme(
    *,
    p1: dict[str, Any] | None = None,
    van: dict[str, Any] | None = None,
    truck: dict[str, Any] | None = None,
    **changes: Any,
) -> Programme:
    vehicle = {
        "name": "Van", "number": {"hub": 1}, "max_baskets": 10, "shift": "08:00-17:00", "speed": "20 km/h",
        "cost_per_km": "1 MAD", "trips_per_day": 2,
    }  # fmt: skip
    return Programme.model_validate(
        {
            "id": "point",
            "country": None,
            "calendar": {"first_day": "2020-05-18", "last_day": "2020-05-20"},
            "travel": {"detour": [{"ratio": 1.0}]},
            "products": [
                {"id": "couscous", "name": "Couscous", "pack": "1 kg", "gross_weight": "1 kg", "volume": "1 L"},
                {
                    "id": "couffin", "name": "Couffin", "pack": "1 piece", "gross_weight": "500 g", "volume": "5 L",
                    "container": True,
                },
            ],
            "baskets": [
                {"id": "standard", "name": "Panier", "container": "couffin", "contents": ["couscous 1 kg"]},
                {"id": "large", "name": "Grand", "container": "couffin", "contents": ["couscous 2 kg"]},
            ],
            "cooperatives": [
                {
                    "id": "atlas", "name": "Atlas", "place": {"lat": 0, "lon": 0.5},
                    "offers": [
                        {"product": "couscous", "capacity": "500 kg", "price": "10 MAD"},
                        {"product": "couffin", "capacity": "500 pieces", "price": "30 MAD"},
                    ],
                }
            ],
            "hubs": [{"id": "hub", "name": "Hub", "place": {"lat": 0, "lon": 0}}],
            "lorries": [{"id": "lorry", "max_weight": "10 t"}],
            "vehicles": [
                {"id": "van", **vehicle, **(van or {})},
                {"id": "truck", **vehicle, "max_baskets": 25, "cost_per_km": "2 MAD", **(truck or {})},
            ],
            "households": [
                {"id": "p1", "lat": 0, "lon": 0.01, "baskets": {"standard": 60}, "split": True, **(p1 or {})},
                {"id": "h1", "lat": 0, "lon": 0.02, "baskets": {"standard": 1}},
                {"id": "h2", "lat": 0, "lon": 0.011, "baskets": {"standard": 2}},
            ],
            **changes,
        }
    )  # fmt: skip


def sizes(given: Programme) -> list[int]:
    return [home.total_baskets for home in split_visits(given).households if home.id.startswith("p1")]


def received(plan: Plan) -> Counter[str]:
    return Counter(basket.household for basket in plan.baskets if basket.household)


def test_visits_are_few_and_equal() -> None:
    assert sizes(programme()) == [20, 20, 20]
    assert sizes(programme(p1={"baskets": {"standard": 26}})) == [13, 13]
    assert sizes(programme(p1={"baskets": {"standard": 25}})) == [25]


def test_only_who_may_be_split_is() -> None:
    whole = programme(p1={"split": False})
    assert split_visits(whole) is whole
    by_policy = programme(p1={"split": None}, policy={"split": True})
    assert sizes(by_policy) == [20, 20, 20]
    assert sizes(programme(policy={"split": True}, p1={"split": False})) == [60]


def test_only_vehicles_that_may_enter_count() -> None:
    assert sizes(programme(p1={"access": "alley"}, van={"access": ["street", "alley"]})) == [10] * 6
    assert sizes(programme(p1={"access": "boat"})) == [60]


def test_time_splits_as_well_as_load() -> None:
    """0.01° are 1,113 m, 201 s at 20 km/h each way; 20 min leave 798 s: 180 for the first, 60 for others: 11."""
    policy = {"service": "3 min", "service_per_basket": "1 min"}
    slow = {"max_trip_duration": "20 min"}
    given = programme(p1={"baskets": {"standard": 22}}, policy=policy, van=slow, truck=slow)
    assert sizes(given) == [11, 11]


def test_types_are_mixed_in_every_visit() -> None:
    given = split_visits(programme(p1={"baskets": {"standard": 20, "large": 20}}))
    visits = [home.baskets for home in given.households if home.id.startswith("p1")]
    assert visits == [{"standard": 10, "large": 10}] * 2


def test_no_two_visits_fit_in_one_trip() -> None:
    """By weight a truck carries 16 large (2.5 kg) or 26 standard ones (1.5 kg): the rest of one joins another."""
    limits = {"max_weight": "40 kg", "max_baskets": 60}
    given = programme(p1={"baskets": {"standard": 3, "large": 30}}, van=limits, truck=limits)
    visits = [home for home in split_visits(given).households if home.id.startswith("p1")]
    assert sum((Counter(home.baskets) for home in visits), Counter()) == {"standard": 3, "large": 30}
    weights = sorted(1500 * home.baskets.get("standard", 0) + 2500 * home.baskets.get("large", 0) for home in visits)
    assert weights[0] + weights[1] > 40_000
    assert weights[-1] <= 40_000


def test_every_visit_is_on_its_own_trip_with_its_own_baskets() -> None:
    plan = solve(programme()).plan
    assert plan.unserved == ()
    assert received(plan) == {"p1/1": 20, "p1/2": 20, "p1/3": 20, "h1": 1, "h2": 2}
    for trip in plan.trips:
        assert sum(stop.household.startswith("p1/") for stop in trip.stops) <= 1
        assert trip.baskets == sum(received(plan)[stop.household] for stop in trip.stops)
    figures = plan.metrics
    assert (figures.households, figures.served, figures.unserved) == (3, 3, 0)
    assert (figures.baskets_needed, figures.baskets_delivered) == (63, 63)
    assert [(zone.households, zone.served, zone.baskets, zone.baskets_served) for zone in figures.zones] == [
        (3, 3, 63, 63)
    ]


def test_all_on_one_day_where_that_is_asked_for() -> None:
    plan = solve(programme(p1={"days": ["2020-05-20"], "baskets": {"standard": 45}})).plan
    days = {trip.day.isoformat() for trip in plan.trips for stop in trip.stops if stop.household.startswith("p1")}
    assert days == {"2020-05-20"}
    assert plan.unserved == ()


def test_who_gets_some_is_told_as_lacking_the_rest() -> None:
    """A truck that goes out once on one day brings 25 of 60."""
    one = {"trips_per_day": 1}
    plan = solve(programme(p1={"days": ["2020-05-20"]}, truck=one, van={**one, "number": {"hub": 0}})).plan
    left = [item.household for item in plan.unserved if item.household.startswith("p1")]
    assert len(left) == 2
    assert plan.metrics.served == 3 - len({name.partition("/")[0] for name in {u.household for u in plan.unserved}})
    assert plan.metrics.baskets_delivered >= 20
    given = by_visit(programme(p1={"days": ["2020-05-20"]}), plan)
    assert [home.total_baskets for home in given.households if home.id in left] == [20, 20]


def test_what_is_not_split_is_left_out_with_the_fix() -> None:
    plan = solve(programme(p1={"split": False})).plan
    left = next(item for item in plan.unserved if item.household == "p1")
    assert left.reason == "capacity"
    assert "split: true" in left.remedy


@pytest.mark.parametrize(
    ("household", "warned"),
    [("baskets: {standard: 9}", ["B415"]), ("baskets: {standard: 9}, split: true", [])],
)
def test_the_check_suggests_it(tmp_path: Path, household: str, warned: list[str]) -> None:
    (tmp_path / "programme.yaml").write_text(GOOD.replace("baskets: {standard: 2}", household), "utf-8")
    found = [fault for fault in read_programme(tmp_path).warnings if fault.code in {"B411", "B415"}]
    assert [fault.code for fault in found] == warned
    assert all("split: true" in fault.help for fault in found)


def test_the_verifier_counts_visits_and_their_baskets() -> None:
    given = programme()
    plan = solve(given).plan
    assert codes(plan, programme(p1={"split": False})) == {"V413"}
    assert codes(renamed(plan, "p1/3", "p1/4"), given) == {"V413"}
    assert codes(renamed(plan, "p1/3", "p1/x"), given) >= {"V104", "V413"}
    assert "V413" in codes(plan, programme(p1={"baskets": {"standard": 61}}))
    assert "V402" in codes(renamed(plan, "p1/3", "p1/2"), given)


def test_a_visit_is_moved_like_a_stop() -> None:
    given = programme(van={"max_baskets": 25})
    plan = solve(given).plan
    trip = {stop.household: trip.id for trip in plan.trips for stop in trip.stops}
    edited = reorder(plan, given, [Wish(household="h1", trip=trip["p1/2"], number=1)])
    assert verify(edited.plan, given).ok
    assert {stop.household for trip in edited.plan.trips for stop in trip.stops} == set(trip)
    assert received(edited.plan) == received(plan)


def codes(plan: Plan, given: Programme) -> set[str]:
    return {item.code for item in verify(plan, given).violations}


def renamed(plan: Plan, old: str, new: str) -> Plan:
    return Plan.model_validate_json(plan_json(plan).replace(f'"{old}"'.encode(), f'"{new}"'.encode()))
