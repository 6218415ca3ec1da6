"""Shadow prices: known answers, difference quotients of re-solves, and the ends of their ranges."""

from __future__ import annotations

from dataclasses import replace

import pytest

from basketplan.explain.prices import shadow_prices
from basketplan.programme.types import Programme
from basketplan.progress import QuietReporter, RecordingReporter
from basketplan.solve.allocation.data import Data
from basketplan.solve.allocation.standing import standing, standing_data
from basketplan.solve.allocation.worth import Asked as Goal
from basketplan.solve.allocation.worth import Held, Limit, Worth
from basketplan.solve.visits import split_visits
from basketplan.synthetic import small_programme
from tests.explain.asking import Asked, example
from tests.solving import solve


def worths(asked: Asked) -> dict[tuple[str, str, tuple[str, ...]], Worth]:
    told = shadow_prices(asked.plan, asked.programme, reporter=QuietReporter())
    assert told.fits
    return {(item.goal, item.limit.kind, item.limit.where): item for item in told.worths}


def test_olive_oil_in_the_place_of_argan_saves_twenty_dirhams() -> None:
    """Argan costs 60 MAD a basket, olive oil 40; four baskets hold argan."""
    asked = example("substitution")
    found = worths(asked)
    oil = found["cost", "supply", ("moulin", "olive_oil")]
    assert (oil.each, oil.upto, oil.open_end) == (pytest.approx(20), pytest.approx(4), False)
    assert len(found) == 1
    cost = asked.plan.metrics.cost_centimes
    for more in (1, 4, 5):
        again = asked.again([f"cooperatives[moulin].offers[olive_oil].capacity={6 + more} L"])
        assert cost - again.metrics.cost_centimes == 2000 * min(more, 4)


def test_half_a_basket_for_a_kilogram_of_lentils() -> None:
    """14 kg make 7 baskets of 2 kg; 6 kg more make all ten."""
    found = worths(example("shortage"))
    lentils = found["service", "supply", ("plaine", "lentils")]
    assert (lentils.each, lentils.upto) == (pytest.approx(0.5), pytest.approx(6))
    assert lentils.limit.day == 1
    assert len(found) == 1


def test_assembly_serves_one_more_basket_each() -> None:
    """One day of assembly, 6 baskets; ten are needed."""
    asked = example("substitution", "hubs[casa].assembly=6")
    place = worths(asked)["service", "assembly", ("casa",)]
    assert (place.each, place.upto) == (pytest.approx(1), pytest.approx(4))
    assert asked.again(["hubs[casa].assembly=9"]).metrics.served == asked.plan.metrics.served + 3


def test_money_serves_a_basket_for_ninety_dirhams() -> None:
    """700 MAD pay a lorry (100), six baskets with olive oil (70 each), two with argan (90 each): two are left out."""
    asked = example("substitution", "policy.budget=700 MAD")
    assert asked.plan.metrics.served == 8
    money = worths(asked)["service", "budget", ()]
    assert (money.each, money.upto) == (pytest.approx(1 / 90), pytest.approx(180))
    assert asked.again(["policy.budget=790 MAD"]).metrics.served == 9
    assert asked.again(["policy.budget=880 MAD"]).metrics.served == 10


def test_room_serves_by_the_kilogram() -> None:
    """Goods of a basket weigh at least 1.1 kg (argan) or 1.8 kg (olive oil), and all come on one day."""
    asked = example("substitution", "hubs[casa].receiving=9 kg")
    served = asked.plan.metrics.served
    assert served < 10
    found = worths(asked)
    room = found["service", "receiving", ("casa",)]
    assert room.each == pytest.approx(1 / 1.1)
    assert asked.again([f"hubs[casa].receiving={9 + 1.1 * 1:.1f} kg"]).metrics.served == served + 1


def test_a_share_costs_what_the_other_seller_would_save() -> None:
    """A point of the share of `far` is 5 MAD at its price, 0.2 kg; from `near` that is 1 MAD cheaper."""
    asked = example("fairness")
    found = worths(asked)
    share = [item for key, item in found.items() if key[1] == "fairness"]
    assert {item.limit.where for item in share} <= {("far",), ("near",)}
    by = {item.limit.where[0]: item for item in share}
    assert by["far"].each * 0.01 == pytest.approx(1.0)


SMALL = [
    (seed, supply, rich)
    for supply in (0.8, 1.3)
    for seed, rich in ((1, True), (2, True), (3, True), (4, False), (6, True))
]


@pytest.mark.parametrize(("seed", "supply", "rich"), SMALL)
def test_quotients_of_resolves_agree(seed: int, supply: float, rich: bool) -> None:
    """Within the range a limit saves its price for every unit, half way as well; beyond it saves less."""
    programme = small_programme(seed, supply=supply, rich=rich)
    plan = solve(programme).plan
    data, held = standing_data(split_visits(programme), plan), standing(programme, plan)
    goals: tuple[Goal, ...] = ("service", "cost") if plan.unserved else ("cost",)
    for goal in goals:
        with Held(data, held, goal) as asked:
            for limit in asked.limits:
                worth = asked.worth(limit)
                if worth is None:
                    assert asked.at(limit, 1e-3)[0] == pytest.approx(0, abs=2e-6)
                    continue
                for part in (1.0, 0.5, 0.1):
                    saved, _ = asked.at(limit, part * worth.upto)
                    assert saved == pytest.approx(part * worth.upto * worth.each, rel=1e-4, abs=1e-5), limit
                if not worth.open_end:
                    assert asked.at(limit, 2 * worth.upto)[0] < 2 * worth.upto * worth.each - 1e-6, limit
                _built_anew(data, programme, plan, goal, asked.value, worth)


def _built_anew(data: Data, programme: Programme, plan: object, goal: Goal, before: float, worth: Worth) -> None:
    """A model that is built from changed data says the same, where the data can say the change."""
    limit = worth.limit
    if limit.kind != "supply" or limit.day is None:
        return
    offers, more = [], 0
    for offer in data.offers:
        if (offer.coop, offer.product) == limit.where:
            more = int(worth.upto + 1e-6) // offer.lot * offer.lot
            level = offer.available[limit.day]
            raised = tuple(
                max(most, level // offer.lot * offer.lot + more) if day <= limit.day and most == level else most
                for day, most in enumerate(offer.available)
            )
            offers.append(replace(offer, available=raised))
        else:
            offers.append(offer)
    if more:
        # mypy: the plan is handed in as an object.
        with Held(replace(data, offers=tuple(offers)), standing(programme, plan), goal) as again:  # type: ignore[arg-type]
            assert before - again.value == pytest.approx(more * worth.each, rel=1e-4, abs=1e-4)


def test_prices_do_not_depend_on_what_was_asked_before() -> None:
    programme = small_programme(2, supply=0.8)
    plan = solve(programme).plan
    data, held = standing_data(split_visits(programme), plan), standing(programme, plan)

    def prices(order: int) -> dict[Limit, Worth | None]:
        with Held(data, held, "cost") as asked:
            found = {limit: asked.worth(limit) for limit in list(asked.limits)[::order]}
        return dict(sorted(found.items(), key=str))

    assert {key: value and round(value.each, 6) for key, value in prices(1).items()} == {
        key: value and round(value.each, 6) for key, value in prices(-1).items()
    }


def test_how_many_were_looked_at_is_told() -> None:
    asked = example("substitution", "cooperatives[moulin].offers[argan_oil].capacity=0.5 L")
    few = shadow_prices(asked.plan, asked.programme, reporter=QuietReporter(), most=1)
    assert (few.asked, few.binding) == (2, 3)
    stopped = shadow_prices(asked.plan, asked.programme, reporter=RecordingReporter(stop_after=0))
    assert (stopped.asked, stopped.worths) == (0, ())


def test_a_plan_that_does_not_fit_is_told() -> None:
    asked = example("substitution")
    twice = tuple(item.model_copy(update={"packs": 9 * item.packs}) for item in asked.plan.shipments)
    none = tuple(item.model_copy(update={"number": 0}) for item in asked.plan.hauls)
    edited = asked.plan.model_copy(update={"shipments": twice, "hauls": none})
    assert not shadow_prices(edited, asked.programme, reporter=QuietReporter()).fits


def test_a_plan_with_collection_rounds_has_prices_too() -> None:
    """What a round brings counts as in the lorries that would go straight: the plan fits the model."""
    asked = example("collection-round")
    assert asked.plan.rounds
    assert shadow_prices(asked.plan, asked.programme, reporter=QuietReporter()).fits


@pytest.mark.parametrize(
    ("rule", "saves"),
    [
        ("policy.gini=25 %", True),
        ("policy.groups=[{id: both, cooperatives: [far, near], floor: 10 %}]", True),
        ("policy.groups=[{id: both, cooperatives: [far, near], floor: 90 %}]", False),
    ],
)
def test_rules_that_may_fall_short_are_held_as_the_plan_keeps_them(rule: str, saves: bool) -> None:
    """Far goods cost more: a point less for them saves money, but not where both together fall short of their floor."""
    found = worths(example("fairness", rule))
    assert {(goal, kind) for goal, kind, _ in found} == ({("cost", "fairness")} if saves else set())


def test_no_limit_is_said_to_serve_more_than_it_does() -> None:
    """A ceiling of a tenth lets nobody be served more, a little beyond it or far."""
    asked = example("shortage", "policy.ceilings={plaine: 10 %}")
    assert not any(kind == "ceiling" for goal, kind, _ in worths(asked) if goal == "service")
    assert asked.again(["policy.ceilings={plaine: 30 %}"]).metrics.served == asked.plan.metrics.served
