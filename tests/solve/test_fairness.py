"""Rules of fairness and further goals on programmes whose best allocations are counted out in the comments."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

import pytest

from basketplan.plan.metrics import gini
from basketplan.plan.types import Plan, StageReport
from basketplan.programme.types import Programme
from basketplan.solve.allocation.fairness import POINTS, utility
from basketplan.synthetic import small_programme
from basketplan.units import mad
from tests.solve.tiny import homes, supplier, tiny
from tests.solving import solve


def policy(*goals: Any, **further: Any) -> dict[str, Any]:
    return {"goals": list(goals), **further}


def planned(programme: Programme) -> Plan:
    return solve(programme, effort="thorough").plan


def packs(plan: Plan) -> dict[str, int]:
    """Packs of food by cooperative."""
    count: Counter[str] = Counter()
    for item in plan.shipments:
        if item.product == "food":
            count[item.cooperative] += item.packs
    return dict(count)


def report(plan: Plan, goal: str) -> StageReport:
    return next(item for item in plan.stages if item.stage == "allocation" and item.goal == goal)


# -- rules -----------------------------------------------------------------------------------------------------------


def test_lowest_share_is_raised_first_and_the_product_of_shares_by_proportional() -> None:
    """a can supply 6, b 10, 10 are needed. 4 and 6 packs are shares of 0.667 and 0.6, no split has a higher lowest one;
    the product x (10 - x) / 60 is largest at 5 and 5.
    """
    makers = [supplier("a", 6), supplier("b", 10)]
    for rule, wanted in (
        ("max-min", {"a": 4, "b": 6}),
        ("leximin", {"a": 4, "b": 6}),
        ("proportional", {"a": 5, "b": 5}),
    ):
        made = planned(tiny(makers, 10, policy=policy("service", "fairness", "cost", fairness=rule)))
        assert packs(made) == wanted, rule
        assert report(made, "fairness").gap == pytest.approx(0.0, abs=1e-6)
    assert report(made, "fairness").value == pytest.approx(math.sqrt(5 / 6 * 5 / 10), rel=0.005)


@pytest.mark.parametrize("goals", [("cost", "service"), ("fairness", "cost", "service"), ("fairness", "service")])
def test_service_comes_first_wherever_it_is_named(goals: tuple[str, ...]) -> None:
    """Nobody is left out, and the goals before it are pursued as well: fairness splits 8 evenly, cost buys from a."""
    made = planned(tiny([supplier("b", 8, 20), supplier("a", 8, 10)], 8, policy=policy(*goals)))
    assert made.metrics.served == 8
    named = [item.goal for item in made.stages if item.stage == "allocation"]
    assert named == list(dict.fromkeys(["service", *goals, "cost"]))
    assert packs(made) == ({"a": 4, "b": 4} if "fairness" in goals else {"a": 8})


def test_leximin_goes_on_where_max_min_stops() -> None:
    """1 % of the money is less than a pack of c: its share is 0 in every plan, so that max-min cares for nobody else.
    Leximin still splits 8 evenly between a and b, where cost alone buys all from a.
    """
    makers = [supplier("a", 8, 10), supplier("b", 8, 20), supplier("c", 8, 10)]
    rest = {"ceilings": {"c": "1 %"}}
    goals = ("service", "fairness", "cost")
    assert packs(planned(tiny(makers, 8, policy=policy(*goals, **rest)))) == {"a": 8}
    assert packs(planned(tiny(makers, 8, policy=policy(*goals, **rest, fairness="leximin")))) == {"a": 4, "b": 4}


def test_leximin_keeps_a_part_of_every_sum_of_lowest_shares() -> None:
    """4 and 4 of 8 each, sums 0.5 and 1; at 75 % the lowest share is at least 0.375: 3 packs of the dear one."""
    makers = [supplier("a", 8, 10), supplier("b", 8, 20)]
    goals = ("service", {"fairness": {"keep": "75 %"}}, "cost")
    made = planned(tiny(makers, 8, policy=policy(*goals, fairness="leximin")))
    assert packs(made) == {"a": 5, "b": 3}


def test_proportional_keeps_a_part_of_the_geometric_mean() -> None:
    """√(x (8 − x)) / 8 is 0.5 at 4, 0.433 at 2 packs of the dear one, 0.331 at 1: 80 % is kept by 2, not by 1."""
    makers = [supplier("a", 8, 10), supplier("b", 8, 20)]
    goals = ("service", {"fairness": {"keep": "80 %"}}, "cost")
    made = planned(tiny(makers, 8, policy=policy(*goals, fairness="proportional")))
    assert packs(made) == {"a": 6, "b": 2}


def test_proportional_counts_shares_above_all_that_was_needed() -> None:
    """Of a at least 12 are bought, six times the 2 that are needed; leftovers of 11 leave room for 1 of b: 6 × 1/2."""
    makers = [supplier("a", 12, offer={"minimum_order": "12 packs"}), supplier("b", 2)]
    made = planned(tiny(makers, 2, policy=policy("service", "fairness", "cost", fairness="proportional")))
    assert packs(made) == {"a": 12, "b": 1}
    assert report(made, "fairness").value == pytest.approx(math.sqrt(3), rel=0.005)


def test_the_piecewise_logarithm_is_near() -> None:
    for share in [*(step / 1000 for step in range(10, 1001)), *(step / 100 for step in range(101, 10_001))]:
        assert -1e-12 <= utility(share) - math.log(share) <= 0.004
    assert utility(0.0) == pytest.approx(math.log(POINTS[0]) - 1)


@pytest.mark.parametrize(("bound", "cost"), [("100 %", 140), ("40 %", 160), ("20 %", 190), ("0 %", 210)])
def test_gini_bound_at_the_least_cost(bound: str, cost: int) -> None:
    """a 10 at 10 MAD, b 10 at 20, c 4 at 30; 12 of 24 are needed. Enumerated: the cheapest split within each bound."""
    sizes, prices, limit = (10, 10, 4), (10, 20, 30), float(bound[:-2]) / 100
    splits = [(x, y, 12 - x - y) for x in range(11) for y in range(11) if 0 <= 12 - x - y <= 4]
    fair = [split for split in splits if gini([n / size for n, size in zip(split, sizes, strict=True)]) <= limit + 1e-9]
    least = min(sum(n * price for n, price in zip(split, prices, strict=True)) for split in fair)
    makers = [supplier(name, size, price) for name, size, price in zip("abc", sizes, prices, strict=True)]
    made = planned(tiny(makers, 12, policy=policy("service", "cost", gini=bound)))
    assert made.metrics.cost_by_kind["goods"] == 100 * least
    assert made.metrics.gini <= limit + 1e-6
    assert [(item.rule, item.met) for item in made.metrics.promises] == [("gini", True)]
    assert least == cost or bound in ("40 %", "0 %")


def test_a_gini_bound_that_service_rules_out_is_said_with_its_proof() -> None:
    """6 of 7 packs are needed. a 2 of 2 and b 4 of 5: shares 1 and 0.8, Gini 0.2 / 3.6; a 1 and b 5: 0.5 / 3."""
    made = planned(tiny([supplier("a", 1), supplier("b", 4)], 5, policy=policy("service", "cost", gini="0 %")))
    assert made.metrics.promises[0].met  # all of both: equal
    made = planned(tiny([supplier("a", 2), supplier("b", 5)], 6, policy=policy("service", "cost", gini="1 %")))
    promise = made.metrics.promises[0]
    assert not promise.met
    assert promise.found == pytest.approx(0.2 / 3.6, abs=1e-6)
    assert "proven" in promise.reason
    assert report(made, "rules").status == "optimal"


def test_floors_and_ceilings_of_groups_and_provinces() -> None:
    """a 10 at 10 MAD; b 10 at 20 and c 4 at 30 make a group, b is alone in its province. 12 are needed."""
    makers = [supplier("a", 10, 10), supplier("b", 10, 20, province="Rhamna"), supplier("c", 4, 30)]

    def told(**group: Any) -> dict[str, int]:
        made = planned(tiny(makers, 12, policy=policy("service", "cost", groups=[{"id": "g", **group}])))
        assert all(item.met and item.of == "g" for item in made.metrics.promises)
        return packs(made)

    assert told(cooperatives=["c"], floor="1 %") == {"a": 10, "b": 1, "c": 1}
    # Half of 10 × 20 + 4 × 30 = 320 MAD is 160: 8 of b, which is the cheapest way.
    assert told(cooperatives=["b", "c"], floor="50 %") == {"a": 4, "b": 8}
    assert told(province="Rhamna", floor="60 %") == {"a": 6, "b": 6}
    # x of a at 10 and 12 − x of b at 20 spend 240 − 10 x; 10 x ≤ half of it: x ≤ 8.
    assert told(cooperatives=["a"], ceiling="50 %") == {"a": 8, "b": 4}


def test_a_ceiling_that_leaves_people_out_is_named() -> None:
    """b has only 1 pack at 10 MAD, so a, with at most half of the spending, may sell 1 of the 9 others."""
    groups = [{"id": "g", "cooperatives": ["a"], "ceiling": "50 %"}]
    made = planned(
        tiny([supplier("a", 20, 10), supplier("b", 1, 10)], 10, policy=policy("service", "cost", groups=groups))
    )
    assert packs(made) == {"a": 1, "b": 1}
    assert {item.reason for item in made.unserved} == {"supply"}
    assert all("ceiling of g" in item.detail and item.remedy for item in made.unserved)
    assert made.metrics.promises[0].found == 0.5


@pytest.mark.parametrize(("budget", "served", "lacks"), [(0, 0, 110), (30, 3, 80), (65, 6, 45), (109, 9, 1)])
def test_a_budget_that_leaves_people_out_is_named(budget: int, served: int, lacks: int) -> None:
    """5 from a for 10 each, 5 from b for 12 each: 110 serve all 10."""
    makers = [supplier("a", 5, 10), supplier("b", 5, 12)]
    made = planned(tiny(makers, 10, policy=policy("service", "cost", budget=f"{budget} MAD")))
    assert made.metrics.served == served
    for item in made.unserved:
        assert item.reason == "budget"
        assert item.remedy == f"raise the budget by at least {mad(100 * lacks)}"


def test_a_budget_that_leaves_people_out_beside_supply_is_named_too() -> None:
    """8 can be supplied for 80, 2 more are needed; 50 pay for 5."""
    made = planned(tiny([supplier("a", 8, 10)], 10, policy=policy("service", "cost", budget="50 MAD")))
    assert made.metrics.served == 5
    for item in made.unserved:
        assert item.reason == "supply"
        assert "hub lacks 2 packs of food" in item.detail
        assert item.detail.endswith(f"; the budget lacks at least {mad(30_00)} as well")


def test_a_floor_beyond_reach_is_told_with_its_reason() -> None:
    """4 are needed, so each could supply 4 of what is needed; 80 % of both is 6.4, so 0.6 is missing in all."""
    makers = [supplier("a", 10), supplier("b", 10)]
    made = planned(tiny(makers, 4, policy=policy("service", "cost", floors={"a": "80 %", "b": "80 %"})))
    assert [item.met for item in made.metrics.promises].count(False) >= 1
    assert all(item.met == (not item.reason) for item in made.metrics.promises)
    assert report(made, "rules").value == pytest.approx(0.6, abs=1e-4)
    assert report(made, "rules").status == "optimal"


def test_minimum_revenue_holds_for_whoever_is_engaged() -> None:
    """1 of 10 packs must come from b, which comes only for 50 MAD: 5 packs at 10 MAD."""
    makers = [supplier("a", 9, 8), supplier("b", 10, 10, minimum_revenue="50 MAD")]
    assert packs(planned(tiny(makers, 10, policy=policy("service", "cost")))) == {"a": 5, "b": 5}


# -- goals -----------------------------------------------------------------------------------------------------------


def test_women() -> None:
    """12 needed, women's b has 10 at 20 MAD: 200 of 220 MAD with a, more than with dear c. At 50 % half of that part is
    enough: x of b gives 20 x / (20 x + 10 (12 − x)) ≥ 0.4545 from x = 4 on.
    """
    makers = [supplier("a", 10, 10), supplier("b", 10, 20, women="60 %"), supplier("c", 4, 30, women="50 %")]
    made = planned(tiny(makers, 12, policy=policy("service", "women", "cost")))
    assert packs(made) == {"a": 2, "b": 10}
    assert made.metrics.goals == {"women": pytest.approx(200 / 220, abs=1e-6)}
    assert report(made, "women").bound == pytest.approx(200 / 220, abs=1e-5)
    made = planned(tiny(makers, 12, policy=policy("service", {"women": {"keep": "50 %"}}, "cost")))
    assert packs(made) == {"a": 8, "b": 4}


def test_spread() -> None:
    """All three and the bags: a pack each of the dear ones is enough; keep 50 % of 4 asks for 2 in all."""
    makers = [supplier("a", 10, 10), supplier("b", 10, 20), supplier("c", 4, 30)]
    made = planned(tiny(makers, 10, policy=policy("service", "spread", "cost")))
    assert packs(made) == {"a": 8, "b": 1, "c": 1}
    assert report(made, "spread").value == made.metrics.cooperatives_engaged == 4
    made = planned(tiny(makers, 10, policy=policy("service", {"spread": {"keep": "50 %"}}, "cost")))
    assert packs(made) == {"a": 10}


def test_distance() -> None:
    """a is cheap and far, b dear and near: the lorry from b drives less; at keep 10 % the far one is allowed again."""
    makers = [supplier("a", 10, 10, place={"lat": 33.0, "lon": -7.6}), supplier("b", 10, 20)]
    made = planned(tiny(makers, 10, policy=policy("service", "distance", "cost")))
    assert packs(made) == {"b": 10}
    assert report(made, "distance").value == pytest.approx(made.metrics.inbound_distance_m / 1000, abs=0.01)
    made = planned(tiny(makers, 10, policy=policy("service", {"distance": {"keep": "10 %"}}, "cost")))
    assert packs(made) == {"a": 10}


def test_freshness() -> None:
    """Bags are ready on Tuesday, so food that leaves on Monday waits a day of five; what leaves on Tuesday does not."""
    spoils = {
        "id": "food",
        "name": "Food",
        "pack": "1 kg",
        "gross_weight": "1 kg",
        "volume": "1 L",
        "shelf_life": "5 days",
    }
    bag = {"id": "bag", "name": "Bag", "pack": "1 piece", "gross_weight": "1 g", "volume": "1 mL", "container": True}
    late = {"product": "bag", "capacity": "9 packs", "price": "0 MAD", "first_day": "2020-05-19"}
    early = {"product": "food", "capacity": "2 packs", "price": "1 MAD"}
    makers = [
        {"id": "sacks", "name": "Sacks", "place": {"lat": 33.57, "lon": -7.59}, "offers": [late]},
        {**supplier("a", 2), "offers": [early]},
        supplier("b", 2, 9, offer={"first_day": "2020-05-19"}),
    ]
    goals = policy("service", "freshness", "cost")
    made = planned(tiny([], 4, products=[spoils, bag], cooperatives=makers, policy=goals))
    assert made.metrics.goals == {"freshness": 0.0}
    assert {str(item.dispatched) for item in made.shipments} == {"2020-05-19"}


def test_a_shortage_does_not_fall_on_one_zone() -> None:
    """5 of 10 can be served; the west lives farther away, so that nearness alone would serve the east only."""
    far = [{**home, "lat": 33.6} for home in homes(4, "west", first=7)]
    made = planned(tiny([supplier("a", 5)], [*homes(6, "east"), *far], policy=policy("service", "cost")))
    assert {item.zone: item.baskets_served for item in made.metrics.zones} == {"east": 3, "west": 2}
    assert report(made, "zones").value == report(made, "zones").bound == 0.5
    assert report(made, "service").value == 5


def test_priority_comes_before_zones_and_zones_need_a_shortage() -> None:
    people = [*homes(6, "east"), *homes(4, "west", first=7, priority=2)]
    made = planned(tiny([supplier("a", 5)], people, policy=policy("service", "cost")))
    assert {item.zone: item.baskets_served for item in made.metrics.zones} == {"east": 1, "west": 4}
    made = planned(tiny([supplier("a", 10)], people, policy=policy("service", "cost")))
    assert "zones" not in {item.goal for item in made.stages}


# -- leximin against enumeration -------------------------------------------------------------------------------------


def mixed(seed: int) -> tuple[Programme, dict[str, dict[str, int]], int]:
    """Three makers of two foods, one of which may stand in for the other in a part of the baskets."""
    draw = Random(f"leximin-{seed}")
    number = draw.randint(3, 6)
    stock = {name: {"food": draw.randint(0, number), "other": draw.randint(0, 3)} for name in "abc"}
    price = {name: {"food": draw.randint(5, 20), "other": draw.randint(5, 20)} for name in "abc"}
    stock["a"]["food"] = number  # enough for everybody
    makers = [
        {
            **supplier(name, 1),
            "offers": [
                {"product": product, "capacity": f"{count} packs", "price": f"{price[name][product]} MAD"}
                for product, count in some.items()
                if count
            ],
        }
        for name, some in stock.items()
        if any(some.values())
    ]
    most = draw.choice(("50 %", "100 %"))
    programme = tiny(
        makers,
        number,
        policy=policy("service", "fairness", "cost", fairness="leximin"),
        products=[
            {"id": "food", "name": "Food", "pack": "1 kg", "gross_weight": "1 kg", "volume": "1 L"},
            {"id": "other", "name": "Other", "pack": "1 kg", "gross_weight": "1 kg", "volume": "1 L"},
            {"id": "bag", "name": "Bag", "pack": "1 piece", "gross_weight": "1 g", "volume": "1 mL", "container": True},
        ],
        baskets=[
            {
                "id": "box",
                "name": "Box",
                "container": "bag",
                "contents": [{"one of": f"food 1 kg | other 1 kg (max {most})"}],
            }
        ],
    )
    return programme, price, math.floor(number * (0.5 if most == "50 %" else 1.0))


def best_by_enumeration(programme: Programme, price: Mapping[str, Mapping[str, int]], most_other: int) -> list[float]:
    """Return the leximin-best sorted shares over all ways to buy exactly what baskets hold."""
    number = len(programme.households)
    offers = [(c.id, o.product, o.capacity.amount) for c in programme.cooperatives for o in c.offers if c.id != "bags"]
    can = {"food": number, "other": most_other}
    able: Counter[str] = Counter()
    for coop, product, capacity in offers:
        able[coop] += price[coop][product] * min(capacity, can[product])
    best: list[float] = []
    for bought in itertools.product(*(range(capacity + 1) for _, _, capacity in offers)):
        if sum(bought) != number:
            continue
        if sum(n for n, (_, product, _) in zip(bought, offers, strict=True) if product == "other") > most_other:
            continue
        money: Counter[str] = Counter()
        for n, (coop, product, _) in zip(bought, offers, strict=True):
            money[coop] += n * price[coop][product]
        shares = sorted(money[coop] / worth for coop, worth in able.items() if worth)
        best = max(best, shares, key=lambda row: [round(share, 9) for share in row]) if best else shares
    return best


@pytest.mark.parametrize("seed", range(25))
def test_leximin_agrees_with_enumeration(seed: int) -> None:
    programme, price, most_other = mixed(seed)
    made = planned(programme)
    assert made.metrics.unserved == 0
    found = sorted(item.share for item in made.metrics.cooperatives if item.potential_centimes)
    assert found == pytest.approx(best_by_enumeration(programme, price, most_other), abs=2e-6)


# -- random programmes with everything on ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_every_rule_and_goal_together_gives_a_plan_that_is_right(seed: int) -> None:
    programme = small_programme(seed, supply=(0.8, 1.4)[seed % 2])
    names = [coop.id for coop in programme.cooperatives if coop.rural]
    rule = ("leximin", "proportional", "max-min")[seed % 3]
    further = [["women", "spread"], ["distance", "freshness"], ["spread", "freshness"]][seed % 3]
    settings = {
        "goals": ["service", *({name: {"keep": "80 %"}} for name in further), {"fairness": {"keep": "90 %"}}, "cost"],
        "fairness": rule,
        "gini": "30 %",
        "groups": [{"id": "g", "cooperatives": names[:2], "floor": "30 %", "ceiling": "90 %"}],
    }
    full = programme.model_copy(update={"policy": type(programme.policy).model_validate(settings)})
    made = solve(full).plan
    assert {item.rule for item in made.metrics.promises} == {"floor", "ceiling", "gini"}
    assert {"fairness", "cost", *further} <= {item.goal for item in made.stages if item.stage == "allocation"}
