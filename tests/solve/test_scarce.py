"""What large programmes go through where not everybody can be served, on tiny ones that are counted out."""

from __future__ import annotations

from collections import Counter

import pytest

from basketplan.plan.types import Plan
from basketplan.solve.allocation import order, search
from basketplan.solve.interrupt import solve_here
from tests.solve.tiny import homes, supplier, tiny
from tests.solving import solve


@pytest.fixture(autouse=True)
def _as_if_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SMALL", -1)


def stages(plan: Plan) -> dict[str, tuple[float | None, float | None]]:
    """Value and bound of each goal of the allocation."""
    return {item.goal: (item.value, item.bound) for item in plan.stages if item.stage == "allocation" and item.goal}


def bought(plan: Plan) -> Counter[str]:
    count: Counter[str] = Counter()
    for item in plan.shipments:
        count[item.cooperative] += item.packs if item.product == "food" else 0
    return count


def served(plan: Plan) -> int:
    return sum(len(trip.stops) for trip in plan.trips)


def test_zones_are_level_and_the_value_is_proven() -> None:
    """5 of 10 can be served, half of each zone; the west lives farther away."""
    far = [{**home, "lat": 33.6} for home in homes(4, "west", first=7)]
    plan = solve(tiny([supplier("a", 5)], [*homes(6, "east"), *far], policy={"goals": ["service", "cost"]})).plan
    assert {item.zone: item.baskets_served for item in plan.metrics.zones} == {"east": 3, "west": 2}
    assert stages(plan)["service"] == (5, 5)
    assert stages(plan)["zones"] == (0.5, 0.5)


def test_what_comes_too_late_is_known_to_the_bound() -> None:
    """10 packs in all, but 6 of them from the third day on; everybody is to be served on the first two."""
    late = supplier("b", 6, offer={"first_day": "2020-05-20"})
    people = [{**home, "days": ["2020-05-18", "2020-05-19"]} for home in homes(10, "east")]
    plan = solve(tiny([supplier("a", 4), late], people, policy={"goals": ["service", "cost"]})).plan
    assert stages(plan)["service"] == (6, 6)
    assert served(plan) == 4


def test_all_that_there_is_is_bought_and_no_bags_beyond() -> None:
    """15 packs are all there are for 20 households, in lots of one and of three; 15 bags are enough."""
    makers = [supplier("a", 6), supplier("b", 9, offer={"lot": "3 packs"})]
    plan = solve(tiny(makers, 20, policy={"goals": ["service", "fairness", "cost"]})).plan
    assert served(plan) == 15
    assert bought(plan) == {"a": 6, "b": 9, "bags": 0}
    assert sum(item.packs for item in plan.shipments if item.product == "bag") == 15


@pytest.mark.parametrize("late", [False, True])
def test_days_are_found_for_whole_totals(monkeypatch: pytest.MonkeyPatch, late: bool) -> None:
    """Neither where goods are short nor where they come too late, packs have to be missing on the way to days."""
    monkeypatch.setattr(order, "attain", lambda *_: pytest.fail("no days for whole totals"))
    further = {"days": ["2020-05-18", "2020-05-19"]} if late else {}
    more = supplier("b", 6, offer={"first_day": "2020-05-20"} if late else {"lot": "3 packs"})
    plan = solve(
        tiny([supplier("a", 4), more], [*homes(8, "east", **further), *homes(6, "west", first=9, **further)])
    ).plan
    assert served(plan) == (4 if late else 10)


@pytest.mark.parametrize("cheap", ["a", "b"])
def test_whoever_is_served_gets_the_cheapest_goods_before_days_are_looked_for(
    monkeypatch: pytest.MonkeyPatch, cheap: str
) -> None:
    """4 of 10 come by their last day, of 10 packs at 10 MAD and 10 at 50; nothing is made cheaper afterwards."""
    monkeypatch.setattr(order, "cheaper", lambda *_, **__: None)
    makers = [supplier(name, 10, price=10.0 if name == cheap else 50.0) for name in ("a", "b")]
    hub = {"id": "hub", "name": "Hub", "place": {"lat": 33.57, "lon": -7.59}, "assembly": 4}
    people = homes(10, days=["2020-05-18", "2020-05-19"])
    plan = solve(tiny(makers, people, hubs=[hub], policy={"goals": ["service", "cost"]}), effort="quick").plan
    assert served(plan) == 4
    assert bought(plan)[cheap] == sum(bought(plan)[name] for name in ("a", "b")) == 4


def test_a_hint_outside_the_bounds_is_brought_inside() -> None:
    from ortools.math_opt.python import mathopt

    model = mathopt.Model()
    x = model.add_integer_variable(lb=0, ub=3)
    model.maximize(x)
    answer, _ = solve_here(model, {"time_limit": 5.0}, [7.4])
    assert answer.objective == 3
