"""Baskets are ready as early as costs allow, so that who is home on few days is served."""

from __future__ import annotations

from pathlib import Path

from basketplan import load_programme
from tests.solving import solve

SHORTAGE = Path(__file__).parents[2] / "examples" / "shortage"
PLENTY = ["cooperatives[plaine].offers[lentils].rate={remove: true}"]


def test_who_is_home_early_gets_what_is_there_early() -> None:
    """Goods for all are there on Monday; h01 and h02 are home on Tuesday only, all others on any day."""
    early = [f"households[h{number:02}].days=[2020-05-19]" for number in (1, 2)]
    plan = solve(load_programme(SHORTAGE, overrides=[*PLENTY, *early])).plan
    assert plan.unserved == ()
    assert {basket.assembled.isoformat() for basket in plan.baskets} == {"2020-05-18"}


def test_five_a_day_where_the_van_holds_five() -> None:
    """Room for half of the goods each day at the gate: five baskets on Monday, five on Tuesday."""
    tight = ["vehicles[van].max_baskets=5", "hubs[casa].receiving=14 kg"]
    assert solve(load_programme(SHORTAGE, overrides=[*PLENTY, *tight])).plan.unserved == ()
