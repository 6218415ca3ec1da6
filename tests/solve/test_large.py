"""The allocation of a country: its bound, its plan, and programmes that are decided by hub."""

from __future__ import annotations

import numpy as np
import pytest

from basketplan.bench.allocation_peers import _cpsat
from basketplan.bench.country import Size, country
from basketplan.bench.country_check import breaches, cost_of, flow_breaches, flow_cost
from basketplan.programme.types import Goal, Programme
from basketplan.solve.allocation.large import Solution, by_hub, prepare, solve
from basketplan.solve.allocation.large.bound import climb
from basketplan.solve.allocation.large.problem import Problem, useful_lorries
from basketplan.solve.allocation.large.schedule import fill_lines, late_assembly
from basketplan.solve.allocation.large.tiers import tiers_of
from basketplan.synthetic import small_programme
from tests.solving import solve as plan

MOVES = 400


def tiny(seed: int) -> Problem:
    """Some cooperatives, two hubs: small enough for CP-SAT to prove the best plan."""
    return country(Size(cooperatives=8, hubs=2, products=4, days=2, baskets=60, seed=seed))


def middling(seed: int) -> Problem:
    return country(Size(cooperatives=80, hubs=3, products=24, days=4, seed=seed))


@pytest.mark.parametrize("seed", range(3))
def test_no_plan_costs_less_than_the_bound_and_ours_no_less_than_the_best(seed: int) -> None:
    problem = tiny(seed)
    best = _cpsat(problem, gap=0.0, seconds=60, seed=0)
    assert best.flows is not None
    assert best.bound is not None
    assert flow_breaches(problem, best.flows) == []
    least = flow_cost(problem, best.flows)
    assert best.bound * 100 == pytest.approx(least, abs=1), "CP-SAT has to prove it, or this test says nothing"
    market = prepare(problem)
    draw = np.random.default_rng(seed)
    for _ in range(30):  # any prices are valid
        worth = market.worth0 * draw.uniform(0.3, 2.5, market.worth0.shape)
        lean = draw.normal(0, 1, len(market.bonus0)) * market.each
        lean = np.where(problem.demand.lowest > 0, lean, np.minimum(lean, 0))
        lean = np.where(problem.demand.highest < 1, lean, np.maximum(lean, 0))
        assert market.exact(worth, lean).centimes <= least + 1
    made = solve(market, gap=0.0, moves=MOVES)
    assert 0.6 * least < made.bound.centimes <= least + 1
    if not made.missing.any():
        assert made.centimes >= least


@pytest.mark.parametrize("seed", range(3))
def test_plans_keep_every_rule_and_cost_what_they_say(seed: int) -> None:
    problem = middling(seed)
    made = solve(prepare(problem), gap=0.01, moves=MOVES)
    assert not made.missing.any()
    assert breaches(made.problem, made) == []
    assert cost_of(made.problem, made) == made.centimes
    assert 0 <= made.gap < 0.1


def test_the_same_again_is_the_same() -> None:
    first, second = (solve(prepare(middling(5)), gap=0.0, moves=MOVES, seed=3) for _ in range(2))
    for one, other in zip(first[3:], second[3:], strict=True):
        assert np.array_equal(one, other)
    assert first.bound.centimes == second.bound.centimes


def test_moves_do_not_make_it_worse() -> None:
    few, many = (solve(prepare(middling(6)), gap=0.0, moves=moves) for moves in (0, 3_000))
    assert few.missing.sum() >= many.missing.sum()
    assert many.centimes < few.centimes


def broken(made: Solution, **changes: object) -> str:
    return " ".join(breaches(made.problem, made._replace(**changes)))


def test_the_check_finds_what_is_wrong() -> None:
    made = solve(prepare(middling(1)), gap=0.05, moves=MOVES)
    gone = {key: getattr(made, key)[1:] for key in ("owner", "hub", "kind", "dispatch", "packs")}
    assert "lacks product" in broken(made, **gone)
    assert "more than it has" in broken(made, packs=made.packs * 50)
    assert "too much for its lorry" in broken(made, packs=made.packs * 1_000)
    more = made.packs.copy()
    lot = made.problem.supply.lot[made.problem.supply.first[made.owner]]
    odd = int(np.flatnonzero((lot > 1) & (more[:, 0] > 0))[0])
    more[odd, 0] -= 1
    assert "whole lots" in broken(made, packs=more)
    assert "assembles too much" in broken(made, assembled=made.assembled * 3)
    assert "serve everybody" in broken(made, assembled=made.assembled * 0)
    assert "not filled once" in broken(made, filled=made.filled + 1)
    late = np.zeros_like(made.dispatch)
    slow = made.problem._replace(
        supply=made.problem.supply._replace(available=np.zeros_like(made.problem.supply.available))
    )
    assert "more than it has" in " ".join(breaches(slow, made._replace(dispatch=late)))


def test_the_smooth_copy_has_the_slope_it_says() -> None:
    market = prepare(middling(2))
    at = market.packed(market.worth0, market.bonus0)
    value, slope = market.smooth(at, 0.5)
    draw = np.random.default_rng(0)
    for k in draw.choice(market.worth0.size, 12, replace=False):
        step = np.zeros_like(at)
        step[k] = 1e-4
        numeric = (market.smooth(at + step, 0.5)[0] - market.smooth(at - step, 0.5)[0]) / 2e-4
        assert numeric == pytest.approx(slope[k], rel=0.05, abs=2e-6 + 0.02 * abs(slope).max())
    assert np.isfinite(value)


def test_lorries_cost_at_least_what_their_tiers_say() -> None:
    """Random lorry loads of one cooperative to one hub: the envelope lies below each way to carry them."""
    problem = middling(3)
    supply, tiers = problem.supply, tiers_of(problem.supply)
    draw = np.random.default_rng(0)
    for c in range(40):
        mine = slice(int(supply.first[c]), int(supply.first[c + 1]))
        whole = float((supply.available[mine, -1] * tiers.unit[mine]).sum())
        by_volume = np.array_equal(tiers.unit[mine], supply.volume[supply.product[mine]])
        room = (supply.lorry_ml if by_volume else supply.lorry_g).astype(float)
        assert tiers.width[c].sum() == pytest.approx(whole)
        for _ in range(20):
            load = whole * draw.uniform()
            count = draw.integers(0, 4, len(room))
            while (count * room).sum() < load:
                count[draw.integers(0, len(room))] += 1
            for h in range(supply.freight.shape[1]):
                left, least = load, 0.0
                for width, slope in zip(tiers.width[c], tiers.slope[c], strict=True):
                    least += min(left, width) * slope * supply.freight[c, h, tiers.reference[c]]
                    left -= min(left, width)
                assert (count * supply.freight[c, h]).sum() >= least * (1 - 1e-9)


def test_lorries_that_others_better_are_left_away() -> None:
    supply = tiny(0).supply
    twice = supply._replace(
        lorry_g=np.append(supply.lorry_g, supply.lorry_g[0] - 1),
        lorry_ml=np.append(supply.lorry_ml, supply.lorry_ml[0]),
        freight=np.concatenate((supply.freight, supply.freight[:, :, :1]), axis=2),
        lag=np.concatenate((supply.lag, supply.lag[:, :, :1]), axis=2),
    )
    assert useful_lorries(twice).lorry_g.tolist() == supply.lorry_g.tolist()
    dearer = twice._replace(freight=twice.freight + np.array([50, 50, 0]))
    assert len(useful_lorries(dearer).lorry_g) == 3


@pytest.mark.parametrize("seed", range(4))
def test_baskets_are_assembled_late_and_alternatives_keep_their_shares(seed: int) -> None:
    demand = middling(seed).demand
    draw = np.random.default_rng(seed)
    made = late_assembly(demand)
    assert (made >= 0).all()
    assert (made.sum(axis=2) == demand.need).all()
    assert (made.sum(axis=1) <= demand.assembly).all()
    full = made.sum(axis=1) == demand.assembly
    begun = made.sum(axis=1).cumsum(axis=1) > 0
    assert full[:, -1].all()
    assert (full | ~begun | (made.sum(axis=1).cumsum(axis=1) == made.sum(axis=1))).all(), "full after the first"
    filled = fill_lines(demand, made, draw.uniform(0, 1, (len(demand.need), len(demand.item))))
    whole = made.sum(axis=(0, 2))[demand.line_basket[demand.line]]
    assert (filled >= 0).all()
    assert (filled.sum(axis=(0, 2)) <= demand.highest * whole + 1e-9).all()
    for line, basket in enumerate(demand.line_basket):
        assert (filled[:, demand.line == line].sum(axis=1) == made[:, basket]).all()


def test_it_can_be_stopped() -> None:
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    market = prepare(middling(4))
    made = solve(market, gap=0.0, moves=10**9, stopped=stop)
    assert breaches(made.problem, made) == [] or made.missing.any()
    assert made.bound.centimes <= climb(market).centimes


def simple(seed: int) -> Programme:
    """Return a programme without what ties hubs together."""
    programme = small_programme(seed, cooperatives=10, hubs=3, products=5, days=4, households=24, supply=1.8)
    goals = (Goal(goal="service"), Goal(goal="cost"))
    policy = programme.policy.model_copy(update={"goals": goals, "budget": None, "floors": {}, "ceilings": {}})
    return programme.model_copy(update={"policy": policy})


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_programmes_by_hub_give_plans_that_the_check_accepts(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    usual = plan(simple(seed)).plan
    monkeypatch.setattr(by_hub, "LARGE", 0)
    made = plan(simple(seed)).plan
    assert made.metrics.baskets_delivered >= 0.9 * usual.metrics.baskets_delivered
    cost = {item.goal: item for item in made.stages if item.stage == "allocation"}["cost"]
    theirs = {item.goal: item for item in usual.stages if item.stage == "allocation"}["cost"]
    assert cost.value is not None
    assert theirs.value is not None
    if cost.bound is not None and made.metrics.served == usual.metrics.served == len(simple(seed).households):
        assert cost.bound <= theirs.value + 0.01
        assert cost.bound <= cost.value


def test_what_ties_hubs_together_is_not_decided_by_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    from basketplan.solve.allocation.data import read_data
    from basketplan.solve.territory import territory

    programme = simple(0)
    data = read_data(programme, territory(programme), departures=False)
    assert not by_hub.is_large(programme, data)
    monkeypatch.setattr(by_hub, "LARGE", 0)
    assert by_hub.is_large(programme, data)
    for tie in ({"budget": 10**9}, {"floors": {"all": 0.1}}, {"ceilings": {"all": 0.9}}):
        policy = programme.policy.model_copy(update=tie)
        assert not by_hub.is_large(programme.model_copy(update={"policy": policy}), data)
