"""From when hubs can assemble, and what follows for who goes to which hub."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from basketplan.programme.types import Programme
from basketplan.solve.first_goods import first_packing
from basketplan.solve.territory import territory
from tests.solve.test_allocation import plain
from tests.solve.tiny import homes, supplier, tiny
from tests.solving import solve

NEAR = {"id": "hub", "name": "Hub", "place": {"lat": 33.57, "lon": -7.59}, "assembly": 3}
OTHER = {"id": "other", "name": "Other", "place": {"lat": 33.40, "lon": -7.59}, "assembly": 9}
VANS = [{"id": "van", "name": "Van", "number": {"hub": 9, "other": 9}}]


def two_hubs(number: int, first_day: str) -> Programme:
    """Everybody lives at a hub that packs three baskets a day; another, farther away, packs nine."""
    food = supplier("a", 100, offer={"first_day": first_day})
    return tiny([food], homes(number), hubs=[NEAR, OTHER], vehicles=VANS)


@pytest.mark.parametrize("seed", range(0, 40, 5))
def test_no_hub_assembles_before_its_first_day(seed: int) -> None:
    programme = plain(seed)
    first = dict(zip((hub.id for hub in programme.hubs), first_packing(programme, programme.hubs), strict=True))
    made = solve(programme, effort="quick").plan.assemblies
    assert all(item.day >= programme.working_days[first[item.hub]] for item in made)


def test_the_first_day_is_that_of_the_last_good_to_come() -> None:
    programme = two_hubs(1, "2020-05-19")
    assert [programme.working_days[day] for day in first_packing(programme, programme.hubs)] == [
        dt.date(2020, 5, 19)
    ] * 2


def test_a_day_without_goods_is_no_room_at_a_hub() -> None:
    """Next door three baskets can be packed, on the one day between the goods and the last trip; others go farther."""
    programme = two_hubs(10, "2020-05-19")
    assert Counter(territory(programme).hub_of.values()) == {"hub": 3, "other": 7}
    assert not solve(programme).plan.unserved


def test_where_goods_never_come_the_allocation_says_so() -> None:
    programme = tiny([supplier("a", 0)], homes(2), hubs=[NEAR], vehicles=[{**VANS[0], "number": {"hub": 9}}])
    assert first_packing(programme, programme.hubs) == [0]
    assert {item.reason for item in solve(programme).plan.unserved} == {"supply"}


def test_who_has_no_room_anywhere_still_has_a_hub_and_zones_are_level() -> None:
    """Six of twelve can be packed for, on two days; the zone that is nearer does not get them all."""
    far = [{**home, "lat": 33.61} for home in homes(6, "west", first=7)]
    one = [{**VANS[0], "number": {"hub": 9}}]
    programme = tiny([supplier("a", 100)], [*homes(6, "east"), *far], hubs=[NEAR], vehicles=one)
    lands = territory(programme)
    assert len(lands.hub_of) == 12
    assert not lands.left
    plan = solve(programme).plan
    served = {item.zone: item.baskets_served for item in plan.metrics.zones}
    assert served == {"east": 3, "west": 3}
    assert {item.reason for item in plan.unserved} == {"assembly"}
