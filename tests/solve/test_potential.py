"""What a cooperative could earn at most, by hand; solver, figures, check and a second count agree on it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from basketplan.plan.potential import potentials
from basketplan.programme.types import Location, Programme, Travel
from basketplan.solve.allocation.data import read_data
from basketplan.solve.territory import territory
from basketplan.synthetic import small_programme
from basketplan.travel.distance import inbound_m, road_days
from tests.solve.allocation_check import potential
from tests.solve.tiny import supplier, tiny
from tests.solving import solve

LATE = {"offer": {"first_day": "2020-05-20"}}
"""Ready on the last day: baskets leave on the day after they are packed, if not later."""
CANNOT: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (LATE, {}),
    ({"place": {"lat": 23.7, "lon": -15.9}, "offer": {"first_day": "2020-05-19"}}, {}),  # two days on the road
    ({"offer": {"minimum_order": "9 packs"}}, {}),
    ({"offer": {"lot": "9 packs"}}, {}),
    ({"offer": {"lot": "3 packs", "minimum_order": "7 packs"}}, {}),  # two lots are 6
    ({"offer": {"rate": "3 packs", "minimum_order": "7 packs"}}, {}),  # 3 on each of two days
    ({"minimum_revenue": "81 MAD"}, {}),
    ({"minimum_revenue": "61 MAD", "offer": {"lot": "3 packs"}}, {}),
    ({"minimum_revenue": "61 MAD", "offer": {"price_breaks": [{"from": "7 packs", "price": "7 MAD"}]}}, {}),
    ({}, {"ceilings": {"c": "0 %"}}),
    ({}, {"ceilings": {"all": "0 %", "a": "100 %", "b": "100 %", "bags": "100 %"}}),
    ({}, {"groups": [{"id": "g", "cooperatives": ["c"], "ceiling": "0 %"}]}),
    ({"province": "P"}, {"groups": [{"id": "g", "province": "P", "ceiling": "0 %"}]}),
    ({"rural": False}, {}),
]
JUST: list[tuple[dict[str, Any], int]] = [
    ({}, 80),
    ({"offer": {"first_day": "2020-05-19"}}, 80),
    ({"offer": {"minimum_order": "8 packs", "lot": "4 packs"}}, 80),
    ({"offer": {"rate": "3 packs"}}, 60),
    ({"offer": {"rate": "3 packs", "first_day": "2020-05-19"}}, 30),
    ({"minimum_revenue": "80 MAD"}, 80),
    ({"minimum_revenue": "60 MAD", "offer": {"price_breaks": [{"from": "7 packs", "price": "7 MAD"}]}}, 80),
]


def third(further: dict[str, Any], policy: dict[str, Any] | None = None) -> Programme:
    """Two suppliers and a third one, c, of 8 packs for 10 MAD each; 8 packs are needed."""
    offer = dict(further.get("offer", {}))
    makers = [supplier("a", 8, 10), supplier("b", 8, 20), supplier("c", 8, 10, **{**further, "offer": offer})]
    return tiny(makers, 8, policy={"goals": ["service", "fairness", "cost"], **(policy or {})})


def by_all(programme: Programme) -> list[dict[str, int]]:
    """Potentials as the solver, the figures and a second count see them."""
    solver = read_data(programme, territory(programme)).potential
    names = [coop.id for coop in programme.cooperatives]
    return [
        {name: solver.get(name, 0) for name in names},
        {name: potentials(programme)[name] for name in names},
        {name: potential(programme, programme.cooperative[name]) for name in names},
    ]


@pytest.mark.parametrize(("further", "policy"), CANNOT)
def test_who_cannot_sell_does_not_switch_fairness_off_for_others(
    further: dict[str, Any], policy: dict[str, Any]
) -> None:
    programme = third(further, policy)
    wanted = {"a": 80_00, "b": 160_00, "c": 0, "bags": 0}
    assert by_all(programme) == [wanted] * 3
    made = solve(programme).plan
    sold: Counter[str] = Counter()
    for item in made.shipments:
        sold[item.cooperative] += item.packs * (item.product == "food")
    assert (sold["a"], sold["b"], sold["c"]) == (4, 4, 0)
    assert made.metrics.lowest_share == 0.5


@pytest.mark.parametrize(("further", "dirhams"), JUST)
def test_what_can_just_be_sold_counts(further: dict[str, Any], dirhams: int) -> None:
    assert [found["c"] for found in by_all(third(further))] == [100 * dirhams] * 3


@pytest.mark.parametrize("seed", range(12))
def test_all_count_the_same(seed: int) -> None:
    solver, figures, second = by_all(small_programme(seed))
    assert solver == figures == second


def test_without_lorries_nothing_can_be_sold() -> None:
    programme = third({}).altered(lorries=())
    assert potentials(programme) == {"a": 0, "b": 0, "c": 0, "bags": 0}


def test_days_on_the_road_are_those_of_the_geodesic() -> None:
    """One tenth of the places lie where a metre more or less is another day."""
    travel, origin = Travel(inbound_detour=1.31), Location(lat=33.57, lon=-7.59)
    places = [Location(lat=27.0 + step / 40, lon=-13.0 + step / 25) for step in range(300)]
    for speed in (50_000, 83_000, inbound_m(travel, origin, places[7]), inbound_m(travel, origin, places[9]) + 1):
        wanted = [inbound_m(travel, origin, place) // speed for place in places]
        assert road_days(travel, origin, places, speed) == wanted
    assert road_days(travel, origin, [], 50_000) == []
