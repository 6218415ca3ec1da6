"""An override and the same edit by hand give the same plan."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from basketplan.plan.types import Plan
from basketplan.programme.read import load_programme
from tests.programme.conftest import GOOD
from tests.solving import solve

Edit = Callable[[dict[str, Any]], None]
NEW = {"id": "hx", "lat": "33.6051", "lon": "-7.5401", "baskets": {"standard": "1"}, "zone": "Maarif"}


def _less(data: dict[str, Any]) -> None:
    data["cooperatives"][0]["offers"][0]["capacity"] = "42 kg"


def _later(data: dict[str, Any]) -> None:
    data["calendar"]["last_day"] = "2020-05-26"


def _without(data: dict[str, Any]) -> None:
    del data["households"][0]


def _dear(data: dict[str, Any]) -> None:
    for vehicle in data["vehicles"]:
        vehicle["cost_per_km"] = "2.04 MAD"


def _one_more(data: dict[str, Any]) -> None:
    data["households"].append(copy.deepcopy(NEW))


def _more_open(data: dict[str, Any]) -> None:
    data["hubs"][0]["open"] = [*data["hubs"][0]["open"], "wed"]


EDITS: tuple[tuple[str, Edit], ...] = (
    ("cooperatives[atlas].offers[couscous].capacity=-30 %", _less),
    ("calendar.last_day=+3 days", _later),
    ("households[h1]={remove: true}", _without),
    ("vehicles[*].cost_per_km=+20 %", _dear),
    (f"households={{append: {yaml.safe_dump(NEW, default_flow_style=True, width=10**6).strip()}}}", _one_more),
    ("hubs[casa].open={append: wed}", _more_open),
)


def without_origin(plan: Plan) -> Plan:
    return plan.model_copy(update={"origin": plan.origin.model_copy(update={"overrides": (), "scenario": None})})


@settings(max_examples=12, deadline=None)
@given(st.lists(st.sampled_from(range(len(EDITS))), min_size=1, max_size=4, unique=True))
def test_override_is_the_edit(tmp_path_factory: Any, chosen: list[int]) -> None:
    folder: Path = tmp_path_factory.mktemp("programme")
    by_hand = yaml.load(GOOD, yaml.BaseLoader)
    for number in chosen:
        EDITS[number][1](by_hand)
    file = folder / "programme.yaml"
    file.write_text(GOOD, encoding="utf-8")
    changed = load_programme(folder, overrides=[EDITS[number][0] for number in chosen])
    file.write_text(yaml.safe_dump(by_hand, allow_unicode=True, sort_keys=False), encoding="utf-8")
    edited = load_programme(folder)
    assert changed == edited
    assert without_origin(solve(changed).plan) == without_origin(solve(edited).plan)
