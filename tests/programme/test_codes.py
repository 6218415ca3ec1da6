"""Every fault and warning of the registry, each provoked by one edit of a good programme."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from basketplan.errors import InputError
from basketplan.programme.codes import FAMILIES, REGISTRY
from basketplan.programme.read import read_programme
from tests.programme.conftest import GOOD, changed

HEAD = GOOD[: GOOD.index("households:\n")]
H1 = "{id: h1, lat: 33.6071, lon: -7.5302, baskets: {standard: 1}, zone: Anfa, windows: [09:00-12:00]}"
SPARE = "  - {id: spare, name: Rien, container: couffin, contents: [couscous 1 kg]}\ncooperatives:\n"
ALLEY = (
    "access: [street]\n  - {id: moto, name: Moto, number: {casa: 0}, max_weight: 90 kg, shift: 08:00-17:00, "
    "speed: 20 km/h, cost_per_km: 1 MAD, access: [alley]}"
)

EDITS: list[tuple[str, str, str]] = [
    ("B206", "open: [mon, tue, thu", "open: [monday, tue, thu"),
    ("B206", "goals: [service,", "goals: [fame,"),
    ("B301", "couscous 3 kg", "couscou 3 kg"),
    ("B302", "{product: couffin, capacity", "{product: coufin, capacity"),
    ("B303", "baskets: {standard: 2}", "baskets: {large: 2}"),
    ("B304", "number: {casa: 1}", "number: {agadir: 1}"),
    ("B305", "floors: {atlas: 5 %}", "floors: {atlass: 5 %}"),
    ("B306", "access: alley, priority", "access: stairs, priority"),
    ("B307", "zones: [Anfa, Maarif]", "zones: [Anfa, Maarif, Nowhere]"),
    ("B305", "floors: {atlas: 5 %}", "groups: [{id: g, cooperatives: [atlass], floor: 5 %}]"),
    ("B308", "floors: {atlas: 5 %}", "groups: [{id: g, province: Setat, floor: 5 %}]"),
    ("B310", "floors: {atlas: 5 %}", "groups: [{id: g, province: Settat, floor: 5 %}, {id: g, cooperatives: [town]}]"),
    ("B310", "{id: olive_oil, name", "{id: couscous, name"),
    ("B311", H1, f"{H1}\n  - {H1}"),
    ("B312", "{product: argan_oil, capacity: 3 L", "{product: olive_oil, capacity: 3 L"),
    ("B313", "one of: olive_oil 1 L | argan_oil 250 mL (max 50 %)", "one of: olive_oil 1 L | olive_oil 1 L"),
    ("B320", "pack: 250 mL", "pack: 0 mL"),
    ("B321", "gross_weight: 1.02 kg", "gross_weight: 900 g"),
    ("B322", "couscous 3 kg", "couscous 0 kg"),
    ("B323", "couscous 3 kg", "couscous 3 L"),
    ("B324", "couscous 3 kg", "couscous 3.5 kg"),
    ("B325", "container: couffin\n", "container: couscous\n"),
    ("B326", "      - couscous 3 kg\n", "      - couscous 3 kg\n      - couffin 1 piece\n"),
    ("B330", "capacity: 60 kg", "capacity: 60 L"),
    ("B331", "rate: 20 kg", "rate: 20.5 kg"),
    ("B332", "capacity: 60 kg", "capacity: {amount: -60, unit: g}"),
    ("B333", "lot: 5 kg", "lot: 0 kg"),
    ("B334", "minimum_order: 10 kg", "minimum_order: 90 kg"),
    ("B335", "lot: 5 kg", "lot: 80 kg"),
    ("B336", "rate: 20 kg", "rate: 0 kg"),
    ("B337", "[{from: 40 kg, price: 22 MAD}]", "[{from: 40 kg, price: 22 MAD}, {from: 20 kg, price: 21 MAD}]"),
    ("B338", "[{from: 40 kg, price: 22 MAD}]", "[{from: 40 kg, price: 25 MAD}]"),
    ("B339", "minimum_revenue: 100 MAD", "minimum_revenue: 10 000 MAD"),
    ("B340", "argan_oil 250 mL (max 50 %)", "argan_oil 250 mL (min 60 %, max 50 %)"),
    ("B341", "olive_oil 1 L | argan_oil 250 mL (max 50 %)", "olive_oil 1 L (min 70 %) | argan_oil 250 mL (min 50 %)"),
    ("B342", "olive_oil 1 L | argan_oil 250 mL (max 50 %)", "olive_oil 1 L (max 40 %) | argan_oil 250 mL (max 50 %)"),
    ("B401", "lat: 33.6071, lon: -7.5302", "lat: -7.5302, lon: 33.6071"),
    ("B402", "lat: 33.6071, lon: -7.5302", "lat: 0, lon: 0"),
    ("B403", "lat: 33.6071, lon: -7.5302", "lat: 40.4, lon: -3.7"),
    ("B410", "baskets: {standard: 2}", "baskets: {}"),
    ("B411", "baskets: {standard: 2}", "baskets: {standard: 200}"),
    ("B412", "zone: Maarif, days", "zone: Hay Hassani, days"),
    ("B413", "lat: 33.6052, lon: -7.5418", "lat: 32.3, lon: -9.2"),
    ("B414", "access: [street, alley]", ALLEY),
    ("B415", "baskets: {standard: 2}", "baskets: {standard: 9}"),
    ("B416", "windows: [09:00-12:00]", "windows: [18:00-20:00]"),
    ("B417", "days: [sat, 2020-05-21]", "days: [sun]"),
    ("B418", "radius: 30 km", "radius: 1 m"),
    ("B419", "max_trip_distance: 80 km", "max_trip_distance: 400 m"),
    ("B420", "      - {product: couffin, capacity: 20 pieces, price: 35 MAD}\n", ""),
    ("B421", "      - {product: olive_oil, capacity: 8 L, price: 48 MAD}\n", ""),
    ("B422", "      - {product: argan_oil, capacity: 3 L, price: 65 MAD}\n", ""),
    ("B423", "one of: olive_oil 1 L | argan_oil 250 mL (max 50 %)", "olive_oil 1 L"),
    ("B424", "rural: true", "rural: false"),
    ("B425", "households:\n", "HOUSEHOLDS"),
    ("B426", "cooperatives:\n", SPARE),
    ("B430", "open: [mon, tue, thu, fri, sat]", "open: [sun]"),
    ("B431", "ready_after: 1 day", "ready_after: 9 days"),
    ("B432", "assembly: 10\n", "assembly: 0\n"),
    ("B433", "number: {casa: 1}", "number: {casa: 0}"),
    ("B440", "max_weight: 1.2 t, max_volume: 9 m3", "max_weight: 0 t, max_volume: 9 m3"),
    ("B441", "km_per_day: 500 km", "km_per_day: 0 km"),
    ("B442", "max_weight: 1.2 t, max_volume: 9 m3", "max_weight: 3 kg, max_volume: 9 m3"),
    ("B443", "km_per_day: 500 km", "km_per_day: 5 km"),
    ("B444", "hours: 06:00-18:00", "hours: 06:00-06:30"),
    ("B450", "number: {casa: 1}", "number: {casa: -1}"),
    ("B451", "number: {casa: 1}", "number: {}"),
    ("B452", "shift: 08:00-17:00", "shift: 08:00-08:05"),
    ("B453", "break: {duration: 30 min, after: 5 h}", "break: {duration: 10 h, after: 5 h}"),
    ("B454", "max_weight: 650 kg", "max_weight: 2 kg"),
    ("B455", "access: [street, alley]", "access: []"),
    ("B501", "last_day: 2020-05-23", "last_day: 2020-05-17"),
    ("B502", "last_day: 2020-05-23", "last_day: 2030-05-23"),
    ("B503", "working_days: [mon, tue, wed, thu, fri, sat]", "working_days: [sun]"),
    ("B504", "holidays: [2020-05-20]", "holidays: [2021-05-20]"),
    ("B505", "lead_time: 1 day", "lead_time: 30 days"),
    ("B510", "goals: [service, fairness: {keep: 95 %}, cost]", "goals: []"),
    ("B511", "goals: [service, fairness: {keep: 95 %}, cost]", "goals: [service, cost, service]"),
    ("B512", "goals: [service, fairness: {keep: 95 %}, cost]", "goals: [cost, service]"),
    ("B513", "ceilings: {all: 100 %}", "ceilings: {all: 0 %}"),
    ("B514", "floors: {atlas: 5 %}", "floors: {town: 5 %}"),
    ("B515", "budget: 100 000 MAD", "budget: 0 MAD"),
    ("B203", "fairness: {keep: 95 %}", "fairness: {keep: 105 %}"),
    ("B206", "floors: {atlas: 5 %}", "fairness: equal"),
    ("B203", "floors: {atlas: 5 %}", "gini: 0.25"),
    ("B511", "goals: [service,", "goals: [service, women, {women: {keep: 90 %}},"),
    ("B513", "floors: {atlas: 5 %}", "groups: [{id: g, province: Settat, ceiling: 50 %}]"),
    ("B514", "floors: {atlas: 5 %}", "groups: [{id: g, cooperatives: [town], floor: 5 %}]"),
    ("B516", "floors: {atlas: 5 %}\n  ceilings: {all: 100 %}", "floors: {atlas: 90 %}\n  ceilings: {atlas: 1 %}"),
    ("B516", "floors: {atlas: 5 %}", "groups: [{id: g, cooperatives: [atlas], floor: 90 %, ceiling: 1 %}]"),
    ("B517", "floors: {atlas: 5 %}", "groups: [{id: g, floor: 5 %}]"),
    ("B517", "floors: {atlas: 5 %}", "groups: [{id: g, province: Settat}]"),
    ("B518", "fairness: {keep: 95 %}, cost]", "cost]\n  fairness: leximin"),
    ("B530", "points:\n", "POINTS"),
    ("B531", "hours: 14:00-18:00\n    families_per_hour: 30", "hours: 14:00-14:10\n    families_per_hour: 5"),
    ("B532", "open: [mon, tue, thu]\n", "open: [sun]\n"),
    ("B533", "hours: 14:00-18:00", "hours: 07:00-07:30"),
    ("B534", "walking: 2 km", "walking: 1 m"),
    ("B535", "hours: 14:00-18:00\n    families_per_hour: 30", "hours: 14:00-14:30\n    families_per_hour: 2"),
    ("B520", "    - {ratio: 1.2}\n", "    - {below: 1 km, ratio: 1.3}\n    - {ratio: 1.2}\n"),
    ("B521", "    - {ratio: 1.2}\n", "    - {below: 9 km, ratio: 1.2}\n"),
    ("B522", "below: 2 km, ratio: 1.33}", "below: 2 km, ratio: 3.0}\n    - {below: 2.2 km, ratio: 1.5}"),
]  # fmt: skip

TOWN = """\
  - id: town
    name: {fr: Atelier}
    place: {lat: 33.58, lon: -7.60}
    province: Casablanca
    rural: false
    offers: [{product: couffin, capacity: 5 pieces, price: 30 MAD}]
hubs:
"""


def text_of(code: str, old: str, new: str) -> str:
    text = changed(old, new) if code not in ("B425", "B514") else GOOD
    if code == "B425":
        extra = "  - {id: henna, name: Henné, pack: 1 kg, gross_weight: 1.1 kg, volume: 1 L}\nbaskets:\n"
        text = changed("baskets:\n", extra)
    if code.startswith("B53"):
        text = text.replace("mode: doors", "mode: points", 1)
    if code == "B535":
        text = text.replace("open: [mon, tue, thu]\n", "open: [tue]\n", 1)
    if code == "B530":
        text = text[: text.index("POINTS")] + text[text.index("households:\n") :]
    if code == "B514":
        text = changed(old, new).replace("hubs:\n", TOWN, 1)
    return text


def told(folder: Path, **further: object) -> dict[str, str]:
    """Return code → severity of all that is said about the programme."""
    try:
        loaded = read_programme(folder, **further)  # type: ignore[arg-type]  # built from parts of known types
    except InputError as error:
        faults = error.faults
    else:
        faults = loaded.warnings
    for fault in faults:
        assert fault.place is not None
        assert fault.place.line >= 1
        assert fault.help, fault
    return {fault.code: fault.severity for fault in faults}


def write(folder: Path, text: str) -> Path:
    (folder / "programme.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(("code", "old", "new"), EDITS, ids=[code for code, _, _ in EDITS])
def test_code_is_told(code: str, old: str, new: str, tmp_path: Path) -> None:
    found = told(write(tmp_path, text_of(code, old, new)))
    assert code in found
    assert found[code] in (REGISTRY[code].severity, "error")  # what is doubtful for one is wrong for the only one


def test_good_programme_has_no_faults(tmp_path: Path) -> None:
    assert told(write(tmp_path, GOOD)) == {}


@pytest.mark.parametrize(
    ("goal", "old", "new"), [("women", "women: 75 %", "women: 50 %"), ("freshness", ", shelf_life: 12 months", "")]
)
def test_goals_that_change_nothing(goal: str, old: str, new: str, tmp_path: Path) -> None:
    text = changed("fairness: {keep: 95 %}, cost]", f"cost, {goal}]")
    assert told(write(tmp_path, text)) == {}
    assert told(write(tmp_path, text.replace(old, new))) == {"B518": "warning"}


def test_help_of_several_lines_is_told_in_one(tmp_path: Path) -> None:
    text = changed("floors: {atlas: 5 %}", "fairness: equal")
    with pytest.raises(InputError) as caught:
        read_programme(write(tmp_path, text))
    assert [fault.help for fault in caught.value.faults if "\n" in fault.help] == []
    assert "then the second lowest" in caught.value.faults[0].help


def test_an_unknown_access_of_a_point_is_told(tmp_path: Path) -> None:
    text = changed("access: street\n    cost_per_day", "access: boat\n    cost_per_day")
    assert told(write(tmp_path, text)) == {"B533": "warning"}


def test_who_may_collect_need_not_be_reached_at_the_door(tmp_path: Path) -> None:
    """Nobody works when h1 is home, but it can walk to the school."""
    late = GOOD.replace("windows: [09:00-12:00]", "windows: [18:00-20:00]")
    assert "B416" in told(write(tmp_path, late))
    assert "B416" not in told(write(tmp_path, late.replace("mode: doors", "mode: points")))


def test_many_households_at_one_place(tmp_path: Path) -> None:
    rows = "".join(f"  - {{id: x{n}, lat: 33.6, lon: -7.54, baskets: {{standard: 1}}}}\n" for n in range(60))
    assert told(write(tmp_path, GOOD + rows))["B404"] == "warning"


@pytest.mark.parametrize(
    ("code", "setting"),
    [
        ("B221", "capacity"),
        ("B221", "hubs[casa.assembly=3"),
        ("B221", "hubs[casa].assembly=[3"),
        ("B222", "hubs[agadir].assembly=3"),
        ("B222", "hub.casa=3"),
        ("B222", "id.part=3"),
        ("B203", "vehicles[van].speed=fast"),
    ],
)
def test_overrides(code: str, setting: str, tmp_path: Path) -> None:
    assert code in told(write(tmp_path, GOOD), overrides=[setting])


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("B223", None),
        ("B223", "title: none\n"),
        ("B201", "overrides: {}\nnews: 1\n"),
        ("B221", "overrides: {'hubs[[': 1}\n"),
        ("B222", "overrides: {'hubs[x].assembly': 1}\n"),
        ("B104", "overrides: ["),
    ],
)
def test_scenarios(code: str, content: str | None, tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    (tmp_path / "scenarios").mkdir()
    if content is not None:
        (tmp_path / "scenarios" / "dry.yaml").write_text(content, encoding="utf-8")
    assert code in told(tmp_path, scenario="dry")


@pytest.mark.parametrize(
    ("code", "head", "files"),
    [
        ("B101", "include: [none.yaml]\n", {}),
        ("B110", "include: [7]\n", {}),
        ("B110", "include: [contacts.yaml]\n", {"contacts.yaml": "a: 1\n"}),
        ("B111", "include: [more.yaml, more.yaml]\n", {"more.yaml": "products: []\n"}),
        ("B111", "include: [more.yaml]\n", {"more.yaml": "include: [programme.yaml]\n"}),
        ("B112", "include: [more.yaml]\n", {"more.yaml": "country: MA\n"}),
        ("B104", "include: [more.yaml]\n", {"more.yaml": "products: [\n"}),
    ],
)
def test_includes(code: str, head: str, files: dict[str, str], tmp_path: Path) -> None:
    write(tmp_path, head + GOOD)
    for name, content in files.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert code in told(tmp_path)


def test_empty_lists_and_unknown_tables(tmp_path: Path) -> None:
    assert "B208" in told(write(tmp_path, HEAD + "households: []\n"))
    (tmp_path / "homes.pdf").write_bytes(b"%PDF")
    assert told(write(tmp_path, HEAD + "households: homes.pdf\n")).keys() & {"B110", "B120"}


def test_missing_folder(tmp_path: Path) -> None:
    assert "B101" in told(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("code", "table"),
    [
        ("B121", "id,lat,baskets\nh1,33.6,standard\n"),
        ("B121", "id,lat,lon,lat,baskets\nh1,33.6,-7.54,33.6,standard\n"),
        ("B122", "id,lat,lon,baskets,colour\nh1,33.6,-7.54,standard,red\n"),
        ("B123", "id,lat,lon,baskets,nom\nh1,33.6,-7.54,standard,Amina\n"),
        ("B124", "id,lat,lon,baskets\nh1,33.6,-7.54,standard,4\n"),
        ("B125", "id,lat,lon,baskets\nh1,33.6,-7.54,standard:many\n"),
        ("B125", "id,lat,lon,baskets,days\nh1,33.6,-7.54,standard,someday\n"),
        ("B203", "id,lat,lon,baskets,windows\nh1,33.6,-7.54,standard,noon\n"),
        ("B205", "id,lat,lon,baskets,priority\nh1,33.6,-7.54,standard,-4\n"),
        ("B303", "id,lat,lon,baskets\nh1,33.6,-7.54,luxury\n"),
        ("B310", "id,lat,lon,baskets\nh1,33.6,-7.54,standard\nh1,33.61,-7.55,standard\n"),
        ("B401", "id,lat,lon,baskets\nh1,-7.54,33.6,standard\n"),
    ],
)
def test_tables(code: str, table: str, tmp_path: Path) -> None:
    (tmp_path / "homes.csv").write_text(table, encoding="utf-8")
    found = told(write(tmp_path, HEAD + "households: homes.csv\n"))
    assert code in found or (code == "B125" and "B203" in found)


def test_every_code_of_a_programme_is_tested_here_or_with_malformed_files() -> None:
    here = Path(__file__).read_text(encoding="utf-8")
    there = (Path(__file__).parent.parent / "test_malformed.py").read_text(encoding="utf-8")
    yaml = (Path(__file__).parent / "test_yaml.py").read_text(encoding="utf-8")
    plans = (Path(__file__).parent.parent / "plan" / "test_io.py").read_text(encoding="utf-8")
    edited = (Path(__file__).parent.parent / "publish" / "test_workbook_edits.py").read_text(encoding="utf-8")
    changes = (Path(__file__).parent / "test_overrides.py").read_text(encoding="utf-8")
    study = Path(__file__).parent.parent / "scenarios"
    changes += "".join(file.read_text(encoding="utf-8") for file in sorted(study.glob("test_*.py")))
    named = set(re.findall(r'"(B\d{3})"', here + there + yaml + plans + edited + changes))
    assert set(REGISTRY) - named == set()


def test_families_hold_every_code_once() -> None:
    listed = [item.code for _, rules in FAMILIES for item in rules]
    assert len(listed) == len(set(listed)) == len(REGISTRY)


def test_rounds_shorter_than_the_way_to_the_nearest_cooperative(tmp_path: Path) -> None:
    assert told(write(tmp_path, changed("max_distance: 400 km", "max_distance: 100 km"))) == {"B444": "warning"}
    assert told(write(tmp_path, changed("max_distance: 400 km", "max_distance: 200 km"))) == {}
