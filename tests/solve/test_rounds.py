"""Collection rounds: verified, never dearer, as good as every possibility tried, and nothing else changes by them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise, permutations
from typing import Any

import pytest

from basketplan import units
from basketplan.edits import Wish, reorder
from basketplan.plan.io import plan_sha256
from basketplan.plan.types import Plan, Round
from basketplan.plan.verify import verify
from basketplan.programme.types import Location, Lorry, Programme, Rounds
from basketplan.progress import RecordingReporter
from basketplan.scenarios.known_rounds import KnownRounds
from basketplan.solve.rounds import collect
from basketplan.solve.types import EFFORTS, Allocation, Assembled, Hauled, Shipped
from basketplan.synthetic import small_programme
from basketplan.travel.distance import inbound_m
from tests.solving import solve

WIDE: dict[str, Any] = {"hours": "04:00-23:00", "speed": "80 km/h", "max_stops": 4}


def changed(programme: Programme, **settings: Any) -> Programme:
    """Return the programme with rounds for every lorry type."""
    rounds = Rounds.model_validate({**WIDE, **settings})
    return with_lorries(programme, *(lorry.model_copy(update={"rounds": rounds}) for lorry in programme.lorries))


def with_lorries(programme: Programme, *lorries: Lorry) -> Programme:
    """Return the programme with other lorries."""
    return with_parts(programme, lorries=lorries)


def with_parts(programme: Programme, **parts: Any) -> Programme:
    """Return the programme with other parts; nothing that was worked out for the old ones is kept."""
    fields = {name: getattr(programme, name) for name in type(programme).model_fields}
    return Programme.model_construct(**{**fields, **parts})


def scattered(seed: int) -> Programme:
    """Return a programme in which many cooperatives send a little to one hub."""
    return small_programme(seed, cooperatives=7, hubs=1, products=6, households=16, supply=1.0, days=4)


@pytest.mark.parametrize("seed", range(6))
def test_rounds_save_what_they_say_and_change_nothing_else(seed: int) -> None:
    programme = scattered(seed)
    without = solve(programme).plan
    plan = solve(changed(programme)).plan
    assert plan.metrics.cost_centimes + plan.metrics.rounds_saved_centimes == without.metrics.cost_centimes
    assert plan.metrics.rounds == len(plan.rounds)
    assert all(one.saved_centimes > 0 for one in plan.rounds)
    assert (plan.shipments, plan.baskets, plan.trips) == (without.shipments, without.baskets, without.trips)
    replaced = [haul for one in plan.rounds for haul in one.instead_of]
    assert sorted([*plan.hauls, *replaced], key=str) == sorted(without.hauls, key=str)
    assert without.rounds == ()


@pytest.mark.parametrize("seed", [0, 2, 3])
def test_goods_that_wait_are_in_time_and_save_more(seed: int) -> None:
    programme = scattered(seed)
    without = solve(programme).plan
    at_once = solve(changed(programme)).plan
    plan = solve(changed(programme, wait="3 days")).plan
    assert plan.metrics.cost_centimes + plan.metrics.rounds_saved_centimes == without.metrics.cost_centimes
    assert plan.metrics.rounds_saved_centimes >= at_once.metrics.rounds_saved_centimes
    before, after = (
        sorted((s.cooperative, s.product, s.hub, s.packs, s.dispatched) for s in one.shipments)
        for one in (without, plan)
    )
    assert [row[:4] for row in before] == [row[:4] for row in after]


MONDAY_WEDNESDAY = (0, 2)


def two(programme: Programme, needed: int) -> Allocation:
    """Return an allocation in which c00 sends on Monday and c01 on Wednesday; all is assembled on day ``needed``."""
    everything = sent(programme)
    days = dict(zip(sorted(programme.cooperative), MONDAY_WEDNESDAY, strict=True))
    basket = programme.baskets[0]
    product = everything.shipped[0].product
    line, column, option = next(
        (row, place, option)
        for row, line in enumerate(basket.lines)
        for place, option in enumerate(line.one_of)
        if option.product == product
    )
    count = everything.shipped[0].packs // programme.product[product].packs(option.quantity)
    choices = tuple(
        tuple(count if (row, place) == (line, column) else 0 for place in range(len(one.one_of)))
        for row, one in enumerate(basket.lines)
    )
    return replace(
        everything,
        shipped=tuple(
            replace(item, dispatch_day=days[item.cooperative], arrival_day=days[item.cooperative])
            for item in everything.shipped
        ),
        hauled=tuple(replace(item, dispatch_day=days[item.cooperative]) for item in everything.hauled),
        assembled=(Assembled(hub=programme.hubs[0].id, day=needed, basket=basket.id, count=count, choices=choices),),
    )


@pytest.mark.parametrize(
    ("needed", "wait", "day"),
    [(4, "2 days", 2), (2, "2 days", 2), (1, "2 days", None), (4, "1 day", None), (4, "0 days", None)],
)
def test_goods_wait_while_nobody_needs_them(needed: int, wait: str, day: int | None) -> None:
    programme = changed(many(2), wait=wait)
    allocation = two(programme, needed)
    found = collect(programme, allocation, EFFORTS["quick"])
    assert [one.day for one in found.collected] == ([] if day is None else [day])
    if day is None:
        assert found.shipped == allocation.shipped
        assert found.hauled == allocation.hauled
    else:
        assert found.hauled == ()
        assert {(item.dispatch_day, item.arrival_day) for item in found.shipped} == {(day, day)}
        assert {item.dispatch_day for item in found.collected[0].instead_of} == {day}


@pytest.mark.parametrize("change", ["perishable", "receiving", "closed"])
def test_goods_do_not_wait_where_a_rule_forbids_it(change: str) -> None:
    programme = changed(many(2), wait="2 days")
    allocation = two(programme, 4)
    assert collect(programme, allocation, EFFORTS["quick"]).collected
    name, hub = allocation.shipped[0].product, programme.hubs[0]
    if change == "perishable":
        products = tuple(
            item.model_copy(update={"shelf_life": 2}) if item.id == name else item for item in programme.products
        )
        programme = with_parts(programme, products=products)
    elif change == "receiving":
        heaviest = max(item.packs for item in allocation.shipped) * programme.product[name].gross_weight
        programme = with_parts(programme, hubs=(hub.model_copy(update={"receiving": heaviest}),))
    else:
        closed = (programme.working_days[2],)
        programme = with_parts(programme, hubs=(hub.model_copy(update={"closed": closed}),))
    assert collect(programme, allocation, EFFORTS["quick"]).collected == ()


def test_workers_change_nothing() -> None:
    programme = changed(scattered(1))
    assert plan_sha256(solve(programme, workers=2).plan) == plan_sha256(solve(programme).plan)


def test_what_was_searched_is_not_searched_again_and_gives_the_same() -> None:
    programme = changed(many(6), wait="0 days")
    allocation = sent(programme)
    plain = collect(programme, allocation, EFFORTS["quick"])
    assert plain.collected
    known = KnownRounds()
    assert collect(programme, allocation, EFFORTS["quick"], engine=known) == plain
    searched = known.searched
    assert (searched > 0, known.reused) == (True, 0)
    again = KnownRounds(found=dict(known.found))
    assert collect(programme, allocation, EFFORTS["quick"], engine=again) == plain
    assert (again.searched, again.reused) == (0, searched)


def test_the_same_goods_on_another_day_are_the_same_search() -> None:
    programme = changed(many(2), wait="0 days")
    known, days = KnownRounds(), []
    for day in (1, 2):
        made = collect(programme, on_day(sent(programme), day), EFFORTS["quick"], engine=known)
        days.append([(one.day, one.cooperatives, one.lorry) for one in made.collected])
    assert (known.searched, known.reused) == (1, 1)
    assert [(2, *one[1:]) for one in days[0]] == days[1] != []


def on_day(allocation: Allocation, day: int) -> Allocation:
    """Return the allocation with everything sent on one day."""
    return replace(
        allocation,
        shipped=tuple(replace(item, dispatch_day=day, arrival_day=day) for item in allocation.shipped),
        hauled=tuple(replace(item, dispatch_day=day) for item in allocation.hauled),
    )


def test_searches_that_were_stopped_are_not_remembered() -> None:
    programme = changed(many(6))
    known = KnownRounds()
    hasty = replace(EFFORTS["quick"], routing_moves=10_000_000, routing_s=0.0)
    collect(programme, sent(programme), hasty, engine=known)
    assert known.searched > 0
    assert known.found == {}


def test_as_many_rounds_as_there_may_be() -> None:
    programme = many(12)
    free = collect(changed(programme, max_stops=2), sent(programme), EFFORTS["quick"])
    assert len(free.collected) > 2
    two = collect(changed(programme, max_stops=2, per_day=2), sent(programme), EFFORTS["quick"])
    assert len(two.collected) == 2
    assert set(two.collected) < set(free.collected)
    assert len(two.hauled) == 8


def test_whoever_stops_keeps_straight_lorries() -> None:
    programme = many(6)
    allocation = sent(programme)
    found = collect(changed(programme), allocation, EFFORTS["quick"], reporter=RecordingReporter(stop_after=0))
    assert found.hauled == allocation.hauled
    assert found.collected == ()
    assert found.reports[-1].status == "interrupted"


def test_progress_is_that_of_rounds() -> None:
    programme = many(6)
    told = RecordingReporter()
    collect(changed(programme), sent(programme), EFFORTS["quick"], reporter=told)
    assert {item.stage for item in told.seen} == {"rounds"}


def test_without_the_setting_nothing_is_touched() -> None:
    programme = many(4)
    allocation = sent(programme)
    assert collect(programme, allocation, EFFORTS["quick"]) is allocation


def many(number: int, seed: int = 0) -> Programme:
    """Return a programme with cooperatives around one hub, drawn from a seed; lorries of 1 t and of 2 t."""
    base = small_programme(3, cooperatives=1, hubs=1, rich=False)
    first = base.cooperatives[0]
    coops = tuple(
        first.model_copy(
            update={
                "id": f"c{index:02d}",
                "place": Location(
                    lat=32.4 + (index * 37 + seed * 11) % 23 / 20, lon=-8.2 + (index * 53 + seed) % 31 / 20
                ),
            }
        )
        for index in range(number)
    )
    small = base.lorries[0].model_copy(
        update={"id": "small", "max_weight": 1_000_000, "max_volume": None, "cost_per_trip": 12_000, "cost_per_km": 261}
    )
    large = small.model_copy(
        update={"id": "large", "max_weight": 2_000_000, "cost_per_trip": 20_000, "cost_per_km": 410}
    )
    return with_parts(base, cooperatives=coops, lorries=(small, large))


def sent(programme: Programme, weights_kg: Sequence[int] = (300, 450, 200)) -> Allocation:
    """Return an allocation in which every cooperative sends something on the first day."""
    offer = programme.cooperatives[0].offers[0]
    pack, hub = programme.product[offer.product].gross_weight, programme.hubs[0].id
    names = [coop.id for coop in programme.cooperatives]
    return Allocation(
        shipped=tuple(
            Shipped(
                cooperative=name,
                product=offer.product,
                hub=hub,
                dispatch_day=0,
                arrival_day=0,
                packs=1000 * weights_kg[index % len(weights_kg)] // pack,
            )
            for index, name in enumerate(names)
        ),
        hauled=tuple(Hauled(cooperative=name, hub=hub, dispatch_day=0, lorry="small", number=1) for name in names),
        assembled=(), unit_price={}, served=frozenset(), left=(), due={}, reports=(),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("settings", [{}, {"max_stops": 2}, {"max_distance": "420 km"}, {"hours": "06:00-13:00"}])
def test_nothing_better_is_possible(seed: int, settings: dict[str, Any]) -> None:
    programme = changed(many(6, seed), **settings)
    allocation = sent(programme)
    found = collect(programme, allocation, EFFORTS["standard"])
    straight = sum(_straight(programme, name) for name in programme.cooperative)
    assert found.reports[-1].value == _least(programme, allocation)
    assert found.reports[-1].value <= straight


def _straight(programme: Programme, name: str) -> int:
    lorry = programme.lorry["small"]
    road = inbound_m(programme.travel, programme.cooperative[name].place, programme.hubs[0].place)
    return lorry.cost_per_trip + units.cost_of_distance_centimes(road, lorry.cost_per_km)


def _least(programme: Programme, allocation: Allocation) -> int:
    """Return the least cost over all ways to share cooperatives out to rounds and straight lorries."""
    names = sorted(programme.cooperative)
    offer = programme.cooperatives[0].offers[0]
    pack = programme.product[offer.product].gross_weight
    weight = {item.cooperative: item.packs * pack for item in allocation.shipped}
    best: dict[frozenset[str], int] = {}

    def of(group: frozenset[str]) -> int:
        if group not in best:
            prices = [_straight(programme, name) for name in group] if len(group) == 1 else [10**9]
            best[group] = min([*prices, *_rounds(programme, group, sum(weight[name] for name in group))])
        return best[group]

    return min(sum(of(group) for group in parts) for parts in _partitions(names))


def _rounds(programme: Programme, group: frozenset[str], weight: int) -> Iterator[int]:
    hub = programme.hubs[0].place
    for lorry in programme.lorries:
        rounds = lorry.rounds
        assert rounds is not None
        if weight > lorry.max_weight or len(group) > rounds.max_stops:
            continue
        for order in permutations(sorted(group)):
            path = [hub, *(programme.cooperative[name].place for name in order), hub]
            legs = [inbound_m(programme.travel, *leg) for leg in pairwise(path)]
            spent = sum(units.travel_s(leg, rounds.speed) for leg in legs) + rounds.time_per_stop * len(order)
            short = rounds.max_distance is None or sum(legs) <= rounds.max_distance
            if short and spent <= rounds.hours[1] - rounds.hours[0]:
                yield lorry.round_cost_per_trip + units.cost_of_distance_centimes(sum(legs), lorry.round_cost_per_km)


def _partitions(names: Sequence[str]) -> Iterator[list[frozenset[str]]]:
    if not names:
        yield []
        return
    first, *rest = names
    for parts in _partitions(rest):
        yield [frozenset({first}), *parts]
        for index, part in enumerate(parts):
            yield [*parts[:index], part | {first}, *parts[index + 1 :]]


@pytest.fixture(scope="module")
def planned() -> tuple[Programme, Plan]:
    for seed in range(8):
        programme = changed(scattered(seed))
        plan = solve(programme).plan
        if any(len(one.stops) > 1 for one in plan.rounds):
            return programme, plan
    raise AssertionError("none of these programmes has a round of several stops")


def _codes(programme: Programme, plan: Plan) -> set[str]:
    return {item.code for item in verify(plan, programme).violations}


def _edited(plan: Plan, **changes: Any) -> Plan:
    """Return the plan with its longest round changed."""
    longest = max(plan.rounds, key=lambda one: len(one.stops))
    rounds = tuple(one.model_copy(update=changes) if one is longest else one for one in plan.rounds)
    return plan.model_copy(update={"rounds": rounds})


def _longest(plan: Plan) -> Round:
    return max(plan.rounds, key=lambda one: len(one.stops))


def test_mutated_plans_are_caught(planned: tuple[Programme, Plan]) -> None:
    programme, plan = planned
    made = _longest(plan)
    assert _codes(programme, plan) == set()
    assert {"V220", "V234", "V237"} <= _codes(programme, _edited(plan, stops=made.stops[1:]))
    assert "V233" in _codes(programme, _edited(plan, day=made.day + dt.timedelta(days=1)))
    assert {"V242", "V245", "V608"} <= _codes(programme, _edited(plan, cost_centimes=made.cost_centimes - 1))
    assert "V239" in _codes(programme, _edited(plan, stops=made.stops[::-1]))
    light = programme.lorry[made.lorry].model_copy(update={"max_weight": made.weight_g - 1})
    lorries = [light if lorry.id == made.lorry else lorry for lorry in programme.lorries]
    assert "V235" in _codes(with_lorries(programme, *lorries), plan)


def test_moving_a_stop_by_hand_keeps_the_rounds(planned: tuple[Programme, Plan]) -> None:
    programme, plan = planned
    trip = next(trip for trip in plan.trips if len(trip.stops) > 1)
    edited = reorder(plan, programme, [Wish(household=trip.stops[0].household, trip=trip.id, number=len(trip.stops))])
    assert edited.plan.trips != plan.trips
    assert edited.plan.rounds == plan.rounds
    assert edited.plan.hauls == plan.hauls
