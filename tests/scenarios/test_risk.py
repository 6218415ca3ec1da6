"""A fixed plan in an uncertain world: certain where nothing varies, worked by hand where one thing does."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

import numpy as np
import pytest

from basketplan.errors import InputError
from basketplan.plan.types import Origin, Plan
from basketplan.programme.types import Programme
from basketplan.scenarios.risk import risk, wilson
from basketplan.scenarios.study import library_of
from basketplan.scenarios.uncertainty import Delay, Spread, Uncertainty, changes_of, read_uncertainty, sobol
from basketplan.synthetic import small_programme
from tests.plan.made import made_plan, made_programme
from tests.scenarios import working
from tests.solve.test_visits import programme as split_programme
from tests.solving import solve
from tests.test_cli import run as command


@pytest.fixture(scope="module")
def world() -> tuple[Programme, Plan]:
    programme = small_programme(3, households=10, cooperatives=2, products=3, days=4, rich=False, supply=1.5)
    return programme, solve(programme).plan


def test_nothing_uncertain_nothing_lost(world: tuple[Programme, Plan]) -> None:
    programme, plan = world
    found = risk(plan, programme, Uncertainty(name="none"), samples=16)
    assert found.served.value == found.planned == plan.metrics.served
    assert found.served.low == found.served.high
    assert sum(found.lost_by.values()) == 0
    assert found.depends_on == ()


@pytest.mark.parametrize("seed", [1, 4])
def test_rich_plans_hold_as_they_are(seed: int) -> None:
    programme = small_programme(seed, households=8, cooperatives=3, products=3, days=4)
    plan = solve(programme).plan
    assert risk(plan, programme, Uncertainty(name="none"), samples=2).served.value == plan.metrics.served


def test_absence_is_binomial(world: tuple[Programme, Plan]) -> None:
    programme, plan = world
    found = risk(plan, programme, Uncertainty(name="out", absence=0.2), samples=4000)
    assert found.served.low <= 0.8 * found.planned <= found.served.high
    if found.planned == found.households:
        assert found.everybody.low <= 0.8**found.planned <= found.everybody.high
        assert found.everybody_in.value == 1
    assert found.lost_by["absence"] == pytest.approx(found.planned - found.served.value)


def test_half_of_the_goods_serve_about_half(world: tuple[Programme, Plan]) -> None:
    programme, plan = world
    half = Uncertainty(name="half", supply={"all": Spread(values=(0.5, 0.5))})
    found = risk(plan, programme, half, samples=8)
    assert found.served.low == found.served.high
    assert 0.2 * found.planned <= found.served.value <= 0.7 * found.planned
    assert found.everybody.value == 0
    assert found.lost_by["goods"] == found.planned - found.served.value


def test_late_goods_miss_their_trips(world: tuple[Programme, Plan]) -> None:
    programme, plan = world
    late = Uncertainty(name="late", delay={"all": Delay(days=(40,), shares=(1.0,))})
    assert risk(plan, programme, late, samples=4).served.value == 0


def test_slow_vehicles_come_too_late(world: tuple[Programme, Plan]) -> None:
    programme, plan = world
    served = [
        risk(plan, programme, Uncertainty(name="slow", speed=Spread(values=(part, part))), samples=2).served.value
        for part in (1.0, 0.5, 0.2)
    ]
    assert served == sorted(served, reverse=True)


def test_what_it_depends_on_is_found() -> None:
    programme = made_programme(60)
    plan = made_plan(programme, Origin(programme="made", programme_sha256="", seed=0, effort="quick", versions={}))
    coops = sorted({item.cooperative for item in plan.shipments})
    shaky = Uncertainty(name="one", supply={coops[0]: Spread(values=(0.0, 1.0))})
    found = risk(plan, programme, shaky, samples=256)
    assert [item.cooperative for item in found.depends_on] == coops[:1]
    assert found.depends_on[0].lost_more.low > 0


def test_the_same_seed_gives_the_same(world: tuple[Programme, Plan]) -> None:
    programme, plan = world
    both = Uncertainty(
        name="both",
        absence=0.1,
        supply={"all": Spread(values=(0.7, 1.0))},
        speed=Spread(shape="normal", values=(1, 0.2)),
    )
    first, again, other = (risk(plan, programme, both, samples=64, seed=seed) for seed in (1, 1, 2))
    assert first == again
    assert dataclasses.replace(other, seed=1) != first


def test_distributions() -> None:
    quantiles = sobol(1000, 3, 7)
    assert quantiles.shape == (1000, 3)
    assert abs(quantiles.mean() - 0.5) < 0.002
    shape = Spread(shape="triangular", values=(0.5, 0.8, 1.0))
    drawn = shape.at(quantiles[:, 0])
    assert (drawn.min() >= 0.5, drawn.max() <= 1.0) == (True, True)
    assert drawn.mean() == pytest.approx((0.5 + 0.8 + 1.0) / 3, abs=0.002)
    assert Spread(shape="triangular", values=(1, 1, 1)).at(quantiles[:, 0]).tolist() == [1.0] * 1000
    normal = Spread(shape="normal", values=(1, 0.1)).at(quantiles[:, 1])
    assert (normal.mean(), normal.std()) == (pytest.approx(1, abs=0.002), pytest.approx(0.1, abs=0.002))
    days = Delay(days=(0, 2, 5), shares=(0.5, 0.3, 0.2)).at(quantiles[:, 2])
    assert [float(np.mean(days == day)) for day in (0, 2, 5)] == pytest.approx([0.5, 0.3, 0.2], abs=0.005)


def testwilson_by_hand() -> None:
    # 0 of 100: 0 to z² / (n + z²) = 3.7 %.
    found = wilson(0, 100)
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(3.8415 / 103.8415, abs=1e-4)
    assert math.isclose(wilson(50, 100).low, 1 - wilson(50, 100).high)


GOOD = "uncertainty:\n  may:\n    supply: {all: {uniform: [50 %, 100 %]}}\n    absence: 10 %\n"


def test_command_line(tmp_path: Path) -> None:
    home = working.write_programme(tmp_path / "home", GOOD)
    out = str(tmp_path / "out")
    assert command("plan", str(home), "--effort", "quick", "--out", out).exit_code == 0
    told = command("scenarios", "risk", out, "may", "--samples", "50")
    assert told.exit_code == 0, told.stderr
    assert "are served on average" in told.stdout
    assert json.loads(command("scenarios", "risk", out, "may", "--samples", "50", "--json").stdout)["samples"] == 50
    assert command("scenarios", "risk", out, "june").exit_code == 3
    pages = tmp_path / "pages"
    words = ("scenarios", "risk", out, "may", "--samples", "50", "--out", str(pages), "--lang", "ar+en")
    assert command(*words).exit_code == 0
    assert sorted(file.name for file in pages.iterdir()) == ["risk-may.ar.html", "risk-may.en.html"]
    assert "How sure is the plan" in (pages / "risk-may.en.html").read_text(encoding="utf-8")
    assert command(*words[:-1], "de").exit_code == 2


def test_planned_again(tmp_path: Path) -> None:
    home = working.write_programme(tmp_path / "home", GOOD.replace("50 %, 100 %", "10 %, 100 %"))
    out = str(tmp_path / "out")
    words = ("--draws", "4", "--effort", "quick", "--workers", "1", "--out", out)
    assert command("scenarios", "run", str(home), "may", *words).exit_code == 0
    told = command("scenarios", "compare", out)
    assert "Planned again for 4 worlds of 'may'" in told.stdout
    found = json.loads(command("scenarios", "compare", out, "--json").stdout)["worlds"]["may"]
    assert found["worlds"] == 4
    assert found["everybody"]["low"] < found["everybody"]["high"]
    assert found["unserved"] > 0


def test_worlds_are_changes_of_the_programme() -> None:
    coops = ["a", "b"]
    sure = Uncertainty(name="sure")
    assert changes_of(sure, coops, 3, 0) == [()] * 3
    late = Uncertainty(
        name="late",
        supply={"a": Spread(values=(0.5, 0.5))},
        delay={"b": Delay(days=(3,), shares=(1.0,))},
        speed=Spread(values=(0.8, 0.8)),
    )
    assert changes_of(late, coops, 1, 0) == [
        (
            "cooperatives[a].offers[*].capacity={scale: 50.0 %}",
            "cooperatives[b].offers[*].first_day=+3 days",
            "vehicles[*].speed={scale: 80.0 %}",
        )
    ]


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("B229", "may: 3"),
        ("B201", "may: {suply: {}}"),
        ("B229", "may: {supply: 3}"),
        ("B229", "may: {supply: {nobody: {uniform: [1 %, 2 %]}}}"),
        ("B229", "may: {supply: {all: {uniform: [1 %]}}}"),
        ("B229", "may: {supply: {all: {uniform: [90 %, 10 %]}}}"),
        ("B229", "may: {supply: {all: {uniform: [0.5, 1]}}}"),
        ("B229", "may: {delay: {all: {0: 50 %}}}"),
        ("B229", "may: {delay: {all: {x: 100 %}}}"),
        ("B229", "may: {absence: 3}"),
        ("B229", "may: {speed: 3}"),
        ("B204", "may: {title: [x]}"),
    ],
)
def test_faults(code: str, text: str, tmp_path: Path) -> None:
    home = working.write_programme(tmp_path / "home", f"uncertainty:\n  {text}\n")
    with pytest.raises(InputError) as caught:
        read_uncertainty(library_of(home), "may", ["atlas"])
    assert caught.value.faults[0].code == code
    assert caught.value.faults[0].place is not None
    assert caught.value.faults[0].place.line == 2


def test_a_household_with_several_visits_is_served_if_all_succeed() -> None:
    """Somebody is in or not on each of two days; where both visits come on one day, for both."""
    given = split_programme(p1={"baskets": {"standard": 26}}, van={"number": {"hub": 0}}, truck={"trips_per_day": 1})
    plan = solve(given).plan
    doors = {trip.day for trip in plan.trips for stop in trip.stops if stop.household.startswith("p1/")}
    assert len(doors) == 2
    sure = risk(plan, given, Uncertainty(name="none"), samples=2)
    assert sure.served.value == sure.planned == plan.metrics.served == sure.households == 3
    out = risk(plan, given, Uncertainty(name="out", absence=0.2), samples=4000)
    assert out.served.low <= 0.8**2 + 2 * 0.8 <= out.served.high
    assert sum(count for _, count, _ in out.by_day) == 4

    one_day = split_programme(p1={"days": ["2020-05-20"], "baskets": {"standard": 45}})
    plan = solve(one_day).plan
    assert len(plan.trips) > 1
    out = risk(plan, one_day, Uncertainty(name="out", absence=0.2), samples=4000)
    assert out.served.low <= 3 * 0.8 <= out.served.high


def test_a_household_that_lacks_a_visit_is_not_planned() -> None:
    given = split_programme(p1={"days": ["2020-05-20"]}, truck={"trips_per_day": 1}, van={"number": {"hub": 0}})
    plan = solve(given).plan
    assert {item.household.partition("/")[0] for item in plan.unserved} == {"p1"}
    found = risk(plan, given, Uncertainty(name="none"), samples=2)
    assert (found.planned, found.served.value, found.everybody.value) == (2, 2, 0)


def test_a_plan_that_serves_nobody_has_no_risk(world: tuple[Programme, Plan]) -> None:
    programme, plan = world
    none = plan.model_copy(update={"trips": (), "vehicle_days": ()})
    found = risk(none, programme, Uncertainty(name="none"), samples=2)
    assert (found.planned, found.served.value) == (0, 0)
