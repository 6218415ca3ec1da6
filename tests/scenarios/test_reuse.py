"""Stages from the cache give the plan that is made without it; what is damaged or cannot be hashed is decided again."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest

from basketplan.plan.io import plan_json
from basketplan.plan.verify import verify
from basketplan.planner import run
from basketplan.programme.types import Programme, Travel
from basketplan.scenarios.reuse import ReusingStages, Warm
from basketplan.scenarios.store import Store, digest, software
from basketplan.solve.routing import routing_problem
from basketplan.solve.types import Allocation, RoutedTrip, RoutingSolution, Schedule, Territory
from basketplan.synthetic import small_programme
from basketplan.travel.roads import PlaceRoads, TableRoads
from tests.solve.test_visits import programme as split_programme
from tests.solving import solve


def tiny(seed: int, households: int = 10) -> Programme:
    """Two hubs, and little to allocate."""
    return small_programme(seed, households=households, cooperatives=2, products=3, days=4, rich=False, supply=1.5)


@pytest.mark.parametrize("seed", [1, 2, 5])
def test_cached_stages_give_the_same_bytes(seed: int, tmp_path: Path) -> None:
    programme = tiny(seed)
    plain = plan_json(solve(programme, seed=seed).plan)
    for known in (False, True):
        stages = ReusingStages(Store(tmp_path))
        made = run(programme, effort="quick", seed=seed, stages=stages)
        assert plan_json(made.plan) == plain
        assert bool(stages.reused.known) == known or not known
        assert bool(stages.reused.decided) != known
    assert plan_json(run(programme, effort="quick", seed=seed, stages=ReusingStages(Store(None))).plan) == plain


def test_only_what_changed_is_decided_again(tmp_path: Path) -> None:
    programme = tiny(3)
    first = ReusingStages(Store(tmp_path))
    base = run(programme, effort="quick", stages=first)
    warm = Warm.of(base.plan, "x", first.reused.keys())
    vehicles = tuple(item.model_copy(update={"cost_per_km": item.cost_per_km + 500}) for item in programme.vehicles)
    dear = programme.model_copy(update={"vehicles": vehicles})
    stages = ReusingStages(Store(tmp_path), warm)
    outcome = run(dear, effort="quick", stages=stages)
    assert verify(outcome.plan, dear).ok
    assert {"territory", "allocation"} <= set(stages.reused.known)
    assert "routing" in stages.reused.decided
    assert stages.reused.warm == stages.reused.decided["routing"]
    assert not set(stages.reused.calendar) & set(first.reused.calendar)
    again = ReusingStages(Store(None), warm)
    assert plan_json(run(dear, effort="quick", stages=again).plan) == plan_json(outcome.plan)
    capped = programme.model_copy(update={"policy": programme.policy.model_copy(update={"rural_only": False})})
    other = ReusingStages(Store(tmp_path), warm)
    run(capped, effort="quick", stages=other)
    assert "allocation" in other.reused.decided


def test_visits_are_known_again_and_begin_searches(tmp_path: Path) -> None:
    given = split_programme()
    first = ReusingStages(Store(tmp_path))
    base = run(given, effort="quick", stages=first)
    assert plan_json(base.plan) == plan_json(solve(given).plan)
    again = ReusingStages(Store(tmp_path))
    assert plan_json(run(given, effort="quick", stages=again).plan) == plan_json(base.plan)
    assert again.reused.decided == {}
    warm = Warm.of(base.plan, "x", first.reused.keys())
    for changed in (split_programme(truck={"max_baskets": 30}), split_programme(p1={"baskets": {"standard": 25}})):
        stages = ReusingStages(Store(tmp_path), warm)
        outcome = run(changed, effort="quick", stages=stages)
        assert verify(outcome.plan, changed).ok
        assert stages.reused.warm == 1
        assert outcome.plan.unserved == ()


def test_damaged_results_are_decided_again(tmp_path: Path) -> None:
    programme = tiny(1, 6)
    made = run(programme, effort="quick", stages=ReusingStages(Store(tmp_path))).plan
    for number, file in enumerate(sorted(tmp_path.rglob("*.json"))):
        file.write_text(["", "[]", '{"trips": 3}', "[" * 50_000][number % 4], encoding="utf-8")
    stages = ReusingStages(Store(tmp_path))
    assert run(programme, effort="quick", stages=stages).plan == made
    assert stages.reused.known == {}


def test_results_come_back_as_they_were(tmp_path: Path) -> None:
    store = Store(tmp_path)
    programme = tiny(2)
    kept: dict[type, list[object]] = {}

    class Spy(Store):
        def put(self, key: str, value: object) -> None:
            super().put(key, value)
            kept.setdefault(type(value), []).append((key, value))

    run(programme, effort="quick", stages=ReusingStages(Spy(tmp_path)))
    assert set(kept) == {Territory, Allocation, RoutingSolution, Schedule}
    for kind, items in kept.items():
        for key, value in items:  # type: ignore[misc]  # a list of known shape
            assert store.get(key, kind) == value
    assert store.get("ff" * 32, Schedule) is None


def test_hashes() -> None:
    trip = RoutedTrip(vehicle="van", stops=(1, 2))
    assert digest(trip) == digest(RoutedTrip(vehicle="van", stops=(1, 2)))
    assert digest(trip) != digest(RoutedTrip(vehicle="van", stops=(2, 1)))
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    assert digest(["ab"]) != digest(["a", "b"])
    assert digest(1) != digest("1")
    with pytest.raises(TypeError):
        digest(object())
    table = np.array([[0, 5], [7, 0]], dtype=np.int32)
    lat, lon = np.array([0.0, 0.1]), np.array([0.0, 0.0])
    # mypy: pydantic makes a Detour of the mapping.
    travel, wider = Travel(), Travel(detour=({"ratio": 2.0},))  # type: ignore[arg-type]
    roads = [TableRoads(table), TableRoads(table.T), PlaceRoads(travel, lat, lon), PlaceRoads(travel, lon, lat)]
    roads.append(PlaceRoads(wider, lat, lon))
    assert len({digest(some) for some in roads}) == len(roads)
    assert digest(TableRoads(table.copy())) == digest(roads[0])
    problem = routing_problem(split_programme(), "hub", ["h1", "h2"])
    assert digest(problem) == digest(routing_problem(split_programme(), "hub", ["h2", "h1"]))
    assert digest(problem) != digest(dataclasses.replace(problem, roads=TableRoads(table)))
    assert len(software()) == 64
