"""Overrides and scenarios: what each operation does, in which order, what is told, and where faults point."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basketplan.errors import InputError
from basketplan.programme.overrides import apply_overrides, overridden
from basketplan.programme.read import load_programme, read_programme
from basketplan.programme.types import Programme
from basketplan.synthetic import small_programme
from tests.programme.conftest import GOOD

SCENARIOS = """\
scenarios:
  dry:
    title: {fr: Sécheresse, en: Drought}
    changes:
      - cooperatives[*].offers[couscous].capacity: -30 %
      - hubs[casa].assembly: 8
  late: [{'cooperatives[atlas].offers[couscous].first_day': +2 days}]
  both: [dry, late]
  again:
    - dry
    - hubs[casa].assembly: 9
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "programme.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "what-if.yaml").write_text(SCENARIOS, encoding="utf-8")
    return tmp_path


def read(home: Path, *overrides: str, scenario: str | None = None) -> Programme:
    return load_programme(home, scenario=scenario, overrides=overrides)


def faults(home: Path, *overrides: str, scenario: str | None = None) -> list[tuple[str, str]]:
    with pytest.raises(InputError) as caught:
        read(home, *overrides, scenario=scenario)
    return [(item.code, str(item.place).rpartition("/")[2]) for item in caught.value.faults if item.severity == "error"]


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("hubs[casa].assembly=12", "hubs.0.assembly", 12),
        ("hubs[casa].assembly=-30 %", "hubs.0.assembly", 7),
        ("hubs[casa].assembly=\u221230 %", "hubs.0.assembly", 7),
        ("hubs[casa].assembly=+3", "hubs.0.assembly", 13),
        ("hubs[casa].assembly={scale: 0.5}", "hubs.0.assembly", 5),
        ("hubs[casa].assembly={scale: 120 %}", "hubs.0.assembly", 12),
        ("hubs[casa].assembly={add: -4}", "hubs.0.assembly", 6),
        ("hubs[casa].radius={set: 20 km}", "hubs.0.radius", 20_000),
        ("hubs[casa].radius=+500 m", "hubs.0.radius", 30_500),
        ("vehicles[*].cost_per_km=+20 %", "vehicles.0.cost_per_km", 204),
        ("vehicles[*].speed=-10 %", "vehicles.0.speed", 24.3),
        ("calendar.last_day=+2 days", "calendar.last_day", "2020-05-25"),
        ("hubs[casa].open={remove: [mon]}", "hubs.0.open", ["tue", "thu", "fri", "sat"]),
        ("households[zone=Anfa].priority=+2", "households.0.priority", 3),
        ("households[zone!=Anfa].priority=9", "households.1.priority", 9),
        ("policy.service=+50 %", "policy.service", 360),
        ("policy.budget={remove: true}", "policy.budget", None),
        ("households[h1].lon=-7.53", "households.0.lon", -7.53),
        ("cooperatives[atlas].offers[couscous].capacity=-33 %", "cooperatives.0.offers.0.capacity.amount", 40_000),
    ],
)
def test_operations(home: Path, override: str, path: str, value: Any) -> None:
    here: Any = read(home, override).model_dump(mode="json")
    for step in path.split("."):
        here = here[int(step)] if step.isdecimal() else here[step]
    assert here == value


def test_of_many_entries_some_may_lack_what_is_meant(home: Path) -> None:
    raw_data = {
        "cooperatives": [{"id": "a", "offers": [{"product": "x", "capacity": "10"}]}, {"id": "b", "offers": []}]
    }
    changed, _ = apply_overrides(raw_data, ["cooperatives[*].offers[x].capacity=-50 %"])
    assert changed["cooperatives"][0]["offers"][0]["capacity"] == "5"
    with pytest.raises(InputError):
        apply_overrides(raw_data, ["cooperatives[*].offers[y].capacity=-50 %"])


def test_first_day_that_is_not_written_is_the_first_of_the_calendar(home: Path) -> None:
    text = (home / "programme.yaml").read_text(encoding="utf-8")
    assert "first_day: 2020-05-18" in text
    made = read(home, "cooperatives[atlas].offers[olive_oil].first_day=+2 days")
    offer = next(item for item in made.cooperative["atlas"].offers if item.product == "olive_oil")
    assert str(offer.first_day) == "2020-05-20"


def test_more_households_like_these(home: Path) -> None:
    made = read(home, "households[zone=Anfa]={append: 20}")
    old = [item for item in read(home).households if item.zone == "Anfa"]
    new = [item for item in made.households if item.id not in read(home).household]
    assert len(new) == 20
    assert {item.zone for item in new} == {"Anfa"}
    assert len({item.id for item in made.households}) == len(made.households)
    assert all(min(abs(item.lat - one.lat) + abs(item.lon - one.lon) for one in old) < 0.01 for item in new)
    assert made == read(home, "households[zone=Anfa]={append: 20}")


def test_entries_come_and_go(home: Path) -> None:
    extra = json.dumps({"id": "hx", "lat": 33.6, "lon": -7.54, "baskets": {"standard": 1}, "zone": "Anfa"})
    made = read(home, f"households={{append: {extra}}}", "households[h1]={remove: true}")
    assert "hx" in made.household
    assert "h1" not in made.household


def test_scenarios_compose_in_order(home: Path) -> None:
    dry = read(home, scenario="dry")
    both = read_programme(home, "both")
    assert dry.hub["casa"].assembly == 8
    assert both.programme == read(home, scenario="dry+late") == load_programme(home, ["dry", "late"])
    assert both.scenario is not None
    assert [item.override.text for item in both.changes][-1].endswith("first_day")
    assert "couscous].capacity: " in both.applied[0]
    assert "-> " in both.applied[0]
    assert "scenarios/what-if.yaml:5" in both.applied[0]
    assert dict(both.files).keys() == {"programme.yaml", "scenarios/what-if.yaml"}


def test_what_undoes_an_earlier_change_is_told(home: Path) -> None:
    loaded = read_programme(home, "again")
    assert loaded.programme.hub["casa"].assembly == 9
    told = [(item.code, item.severity, str(item.place).rpartition("/")[2]) for item in loaded.warnings]
    assert ("B226", "warning", "what-if.yaml:11:7") in told
    quiet = read_programme(home, "dry", ["hubs[casa].assembly=+1"])
    assert "B226" not in [item.code for item in quiet.warnings]


def test_faults_point_at_the_scenarios_own_line(home: Path) -> None:
    file = home / "scenarios" / "bad.yaml"
    file.write_text(
        "scenarios:\n"
        "  odd:\n"
        "    - hubs[cassa].assembly: 3\n"
        "    - hubs[casa].assembly: many\n"
        "    - households: {append: [{id: h77, lat: 33.6, lon: -7.54, baskets: {standard: 1}, zoone: x}]}\n"
        "    - hubs[casa].open: +3 days\n"
        "    - nowhere\n"
        "    - {odd]: 3}\n"
        "  circle: [round]\n"
        "  round: [circle]\n",
        encoding="utf-8",
    )
    told = faults(home, scenario="odd")
    assert [item for item in told if "bad.yaml" in item[1]] == told
    assert ("B104", "bad.yaml:8:11") in told
    file.write_text(file.read_text(encoding="utf-8").replace("    - {odd]: 3}\n", ""), encoding="utf-8")
    assert faults(home, scenario="odd") == [("B223", "bad.yaml:7:7")]
    file.write_text(file.read_text(encoding="utf-8").replace("    - nowhere\n", ""), encoding="utf-8")
    assert faults(home, scenario="odd") == [
        ("B222", "bad.yaml:3:7"),
        ("B204", "bad.yaml:4:7"),
        ("B201", "bad.yaml:5:86"),
        ("B225", "bad.yaml:6:7"),
    ]
    assert faults(home, scenario="circle")[0][0] == "B224"


def test_a_name_given_twice_is_a_fault(home: Path) -> None:
    (home / "scenarios" / "dry.yaml").write_text("overrides:\n  hubs[casa].assembly: 3\n", encoding="utf-8")
    assert "B227" in [code for code, _ in faults(home, scenario="dry")]
    assert read(home, scenario="late")


def test_places_survive_removed_items(home: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(
            home,
            "households[h1]={remove: true}",
            "households[zone=Maarif].baskets={luxury: 1}",
            "hubs[casa].radius=1 mm",
        )
    places = {item.code: item.place for item in caught.value.faults}
    assert all(place is not None and place.file == "--set" for place in places.values()), places
    text = GOOD.replace("baskets: {standard: 2}", "baskets: {large: 2}")
    (home / "programme.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read(home, "households[h1]={remove: true}")
    fault = next(item for item in caught.value.faults if item.code == "B303")
    assert fault.place is not None
    assert "large" in text.splitlines()[fault.place.line - 1]


def test_a_scenario_file_elsewhere(home: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("elsewhere") / "mine.yaml"
    file.write_text("scenarios: {slow: [{'vehicles[*].speed': -50 %}]}\n", encoding="utf-8")
    assert load_programme(home, "slow", (), [file]).vehicles[0].speed == 13.5


def test_hostile_files_are_refused(home: Path) -> None:
    file = home / "scenarios" / "evil.yaml"
    for text in ("[" * 100_000, "a: &a [x]\n<<: *a\n", "scenarios: !!python/name:os.system x\n", "scenarios: 3\n"):
        file.write_text(text, encoding="utf-8")
        assert faults(home, scenario="evil")
    assert read(home, scenario="late")


NUMBERS = st.sampled_from(["hubs[h1].assembly", "vehicles[*].trips_per_day", "households[*].priority"])
CHANGES = st.one_of(
    st.integers(1, 5).map(str),
    st.integers(0, 3).map(lambda n: f"+{n}"),
    st.sampled_from(["+0 %", "+50 %", "+100 %", "{scale: 2}"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(NUMBERS, CHANGES), max_size=6), st.integers(0, 6))
def test_overrides_compose(changes: list[tuple[str, str]], cut: int) -> None:
    """All at once is the same as some first and the others on what came out."""
    data = raw(3)
    hub = data["hubs"][0]["id"]
    overrides = [f"{path.replace('h1', hub)}={value}" for path, value in changes]
    before = json.dumps(data, sort_keys=True)
    once, told = apply_overrides(data, overrides)
    first, _ = apply_overrides(data, overrides[:cut])
    then, _ = apply_overrides(first, overrides[cut:])
    assert once == then
    assert len(told) == len(overrides)
    assert json.dumps(data, sort_keys=True) == before


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NUMBERS, CHANGES), min_size=1, max_size=5))
def test_the_last_set_holds(changes: list[tuple[str, str]]) -> None:
    data = raw(5)
    overrides = [f"{path.replace('h1', data['hubs'][0]['id'])}={value}" for path, value in changes]
    target = f"hubs[{data['hubs'][0]['id']}].assembly"
    outcome = overridden(data, [*overrides, f"{target}=7"])
    assert outcome.data["hubs"][0]["assembly"] == "7"
    undone = [item for item in outcome.faults if item.code == "B226" and item.message.startswith(f"{target}: this")]
    if any(override.startswith(target) for override in overrides):
        assert undone


def raw(seed: int) -> dict[str, Any]:
    """A programme as files would say it: every value a text."""

    def text(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: text(item) for key, item in value.items() if item is not None}
        return [text(item) for item in value] if isinstance(value, list) else str(value)

    made = text(small_programme(seed).model_dump(mode="json", by_alias=True))
    assert isinstance(made, dict)
    for hub in made["hubs"]:
        hub.setdefault("assembly", "5")
    return made
