"""What changes for people between two plans, by hand-made edits of one."""

from __future__ import annotations

import datetime as dt

from basketplan.plan.difference import difference
from basketplan.plan.types import Plan, Unserved
from tests.plan.world import World
from tests.solve.test_visits import programme as split_programme
from tests.solving import solve

PLAN: Plan = World().built()


def test_nothing_changes_between_equals() -> None:
    same = difference(PLAN, PLAN)
    assert same.households == same.cooperatives == same.hubs == same.units == ()
    assert set(same.counts.values()) == {0}
    assert list(same.notices()) == []


def moved(days: int = 0, seconds: int = 0, unit: str | None = None) -> Plan:
    """The plan with its first trip on another day, later, or by another vehicle."""
    trip = PLAN.trips[0]
    stops = tuple(stop.model_copy(update={"arrive_s": stop.arrive_s + seconds}) for stop in trip.stops)
    new = trip.model_copy(update={"day": trip.day + dt.timedelta(days=days), "unit": unit or trip.unit, "stops": stops})
    return PLAN.model_copy(update={"trips": (new, *PLAN.trips[1:])})


def test_days_drivers_and_times() -> None:
    homes = {stop.household for stop in PLAN.trips[0].stops}
    for plan, kind in ((moved(days=1), "day"), (moved(seconds=4000), "time"), (moved(unit="other#1"), "driver")):
        found = difference(PLAN, plan)
        assert {item.household for item in found.households} == homes
        assert {item.kinds for item in found.households} == {(kind,)}
        assert found.counts[kind] == found.counts["told"] == len(homes)
    assert difference(PLAN, moved(seconds=3600)).households == ()


def test_served_unserved_new_and_gone() -> None:
    trip = PLAN.trips[0]
    lost = trip.stops[0].household
    left = Unserved(household=lost, reason="fleet", detail="", remedy="")
    without = PLAN.model_copy(
        update={
            "trips": (trip.model_copy(update={"stops": trip.stops[1:]}), *PLAN.trips[1:]),
            "unserved": (*PLAN.unserved, left),
        }
    )
    forget = without.model_copy(update={"unserved": PLAN.unserved})
    kinds = [difference(*pair).households[0].kinds for pair in ((PLAN, without), (without, PLAN))]
    assert kinds == [("unserved",), ("served",)]
    kinds = [difference(*pair).households[0].kinds for pair in ((PLAN, forget), (forget, PLAN), (forget, without))]
    assert kinds == [("gone",), ("new",), ("new", "unserved")]


def test_cooperatives_hubs_and_drivers_are_told() -> None:
    some = PLAN.shipments[0]
    fewer = tuple(
        item.model_copy(update={"revenue_centimes": item.revenue_centimes - 100})
        if item.cooperative == some.cooperative
        else item
        for item in PLAN.metrics.cooperatives
    )
    plan = PLAN.model_copy(
        update={
            "shipments": (some.model_copy(update={"packs": some.packs + 1}), *PLAN.shipments[1:]),
            "metrics": PLAN.metrics.model_copy(update={"cooperatives": fewer}),
            "assemblies": PLAN.assemblies[1:],
            "vehicle_days": PLAN.vehicle_days[1:],
        }
    )
    found = difference(PLAN, plan)
    assert [(item.cooperative, item.gain_centimes) for item in found.cooperatives] == [(some.cooperative, -100)]
    assert (found.counts["gain"], found.counts["lose"]) == (0, 1)
    assert {item.hub for item in found.hubs} == {PLAN.assemblies[0].hub}
    assert [item.dropped for item in found.units] == [(PLAN.vehicle_days[0].day,)]
    assert [item.audience for item in found.notices()] == ["cooperative", "hub", "driver"]


def test_other_products_in_the_basket() -> None:
    basket = next(item for item in PLAN.baskets if item.household is not None and len(item.lots) > 1)
    poorer = basket.model_copy(update={"lots": basket.lots[1:]})
    baskets = tuple(poorer if item.id == basket.id else item for item in PLAN.baskets)
    found = difference(PLAN, PLAN.model_copy(update={"baskets": baskets}))
    assert [(item.household, item.kinds) for item in found.households] == [(basket.household, ("basket",))]


def test_visits_of_a_household_are_told_as_one() -> None:
    three = solve(split_programme()).plan
    assert difference(three, three).households == ()
    two = solve(split_programme(p1={"baskets": {"standard": 45}}, truck={"max_baskets": 30})).plan
    found = difference(three, two)
    change = next(item for item in found.households if item.household == "p1")
    assert (len(change.before), len(change.after)) == (3, 2)
    assert {"day", "basket"} <= set(change.kinds)
    assert not any("/" in item.household for item in found.households)
    told = next(item for item in found.notices() if item.id == "p1")
    assert (told.before.count(" / "), told.after.count(" / ")) == (2, 1)
    one = {"trips_per_day": 1}
    partly = solve(split_programme(p1={"days": ["2020-05-20"]}, truck=one, van={**one, "number": {"hub": 0}})).plan
    for pair, kind in (((three, partly), "unserved"), ((partly, three), "served")):
        found = difference(*pair)
        assert [item.kinds for item in found.households if item.household == "p1"] == [(kind,)]
        assert found.compared == 3
