"""Malformed programmes: each gives coded faults with a place and exit code 3, no traceback, and nothing is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from basketplan.cli import app
from basketplan.errors import Fault, InputError
from basketplan.programme.codes import REGISTRY
from basketplan.programme.read import load_programme
from tests.programme.conftest import GOOD, changed

KEY = re.compile(r"(?<![\w:])([a-z_]+):(?= |\n)")
VALUE = re.compile(r"(?<![\w:])[a-z_]+: ([^\[\]{},|\n]+)(?=[,}\n])")

KEYS = list(KEY.finditer(GOOD))
VALUES = [match for match in VALUE.finditer(GOOD) if match.group(1).strip()]

BY_HAND: list[tuple[str, str, str]] = [
    # file and form
    ("B104", "id: demo", "id: [demo"),
    ("B104", "id: demo", "id: 'demo"),
    ("B104", "country: MA", "country: *nobody"),
    ("B104", "country: MA", "\tcountry: MA"),
    ("B106", "id: demo", "id: demo\nid: again"),
    ("B107", "country: MA", "<<: {a: b}"),
    ("B108", "country: MA", "country: !!python/object/apply:os.system [ls]"),
    ("B109", "country: MA", "country: MA\n---\nid: two"),
    # keys and values
    ("B201", "id: demo\n", "id: demo\nprodcuts: []\n"),
    ("B203", "first_day: 2020-05-18\n  last", "first_day: 18/05/2020\n  last"),
    ("B203", "service: 4 min", "service: four"),
    ("B203", "capacity: 60 kg", "capacity: sixty"),
    ("B203", "price: 24 MAD", "price: 24 EUR"),
    ("B203", "women: 75 %", "women: 175 %"),
    ("B204", "lat: 33.6046", "lat: north"),
    ("B204", "lat: 33.6046", "lat: .nan"),
    ("B205", "trips_per_day: 2", "trips_per_day: 0"),
    ("B205", "assembly: 10\n", "assembly: -1\n"),
    ("B203", "shift: 08:00-17:00", "shift: 17:00-08:00"),
    ("B203", "shift: 08:00-17:00", "shift: 08:00-25:00"),
    ("B203", "speed: 27 km/h", "speed: 0 km/h"),
    ("B207", "- {id: couscous", "- {id: cous cous"),
    ("B202", "max_weight: 1.2 t, max_volume: 9 m3", "max_volume: 9 m3"),
    ("B205", "assembly: 10\n", "assembly: 99999999999999999999\n"),
    ("B205", "number: {casa: 1}", "number: {casa: 1000000}"),
    ("B205", "baskets: {standard: 2}", "baskets: {standard: 1000000}"),
    ("B205", "trips_per_day: 2", "trips_per_day: 1000"),
    ("B203", "storage_weight: 5 t", "storage_weight: 99 999 999 t"),
    ("B203", "price: 24 MAD", "price: 99999999999 MAD"),
    # references
    ("B302", "{product: couffin, capacity", "{product: coufin, capacity"),
    ("B301", "container: couffin\n", "container: panier\n"),
    ("B304", "number: {casa: 1}", "number: {agadir: 1}"),
    ("B303", "baskets: {standard: 2}", "baskets: {large: 2}"),
]


def run(folder: Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["plan", str(folder), "--out", str(folder / "out")])
    return result.exit_code, result.stderr


def refused(folder: Path) -> set[str]:
    """Return the codes with which the programme is refused; the rest of the promise is asserted here."""
    before = sorted((path, path.read_bytes()) for path in folder.rglob("*") if path.is_file())
    code, told = run(folder)
    assert code == 3, told
    assert "Traceback" not in told
    heads = re.findall(r"^error\[(B\d{3})\]: (.+)$", told, re.M)
    assert heads, told
    assert {name for name, _ in heads} <= set(REGISTRY)
    places = re.findall(r"^ *--> (.+):(\d+):(\d+)$", told, re.M)
    assert len(places) >= len(heads), told
    assert all(int(line) >= 1 and int(column) >= 1 for _, line, column in places)
    assert sorted((path, path.read_bytes()) for path in folder.rglob("*") if path.is_file()) == before
    return {name for name, _ in heads}


def write(folder: Path, content: str | bytes) -> Path:
    (folder / "programme.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_there_are_two_hundred() -> None:
    assert len(KEYS) + len(VALUES) + len(BY_HAND) >= 200


def test_good_one_is_good(tmp_path: Path) -> None:
    assert load_programme(write(tmp_path, GOOD)).id == "demo"


@pytest.mark.parametrize(("code", "old", "new"), BY_HAND, ids=lambda value: value if value[:1] == "B" else None)
def test_edits_by_hand(code: str, old: str, new: str, tmp_path: Path) -> None:
    assert code in refused(write(tmp_path, changed(old, new)))


@pytest.mark.parametrize("match", KEYS, ids=lambda match: f"{match.group(1)}-{match.start()}")
def test_misspelt_keys(match: re.Match[str], tmp_path: Path) -> None:
    text = GOOD[: match.end(1)] + "q" + GOOD[match.end(1) :]
    refused(write(tmp_path, text))


@pytest.mark.parametrize("match", VALUES, ids=lambda match: f"{match.group(0)}-{match.start()}")
def test_values_of_another_kind(match: re.Match[str], tmp_path: Path) -> None:
    refused(write(tmp_path, GOOD[: match.start(1)] + "[[x]]" + GOOD[match.end(1) :]))


@pytest.mark.parametrize(
    ("code", "content"),
    [
        ("B105", b""),
        ("B103", b"id: \xff\xfe\n"),
        ("B103", b"\x00\x01\x02PK\x03\x04"),
        ("B103", "id: démo".encode("utf-16")),
        ("B103", b"title: solidarit\xe9\n"),
        ("B102", b"[" * 100_000),
        ("B102", b"a: " + b"{a: " * 5_000),
        ("B102", b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
            b"%c: &%c [%s]\n" % (letter, letter, b",".join([b"*%c" % (letter - 1)] * 9)) for letter in range(98, 108))),
        ("B105", b"- just\n- a list\n"),
        ("B105", b"text"),
    ],
)  # fmt: skip
def test_files_that_are_no_programme(code: str, content: bytes, tmp_path: Path) -> None:
    found = refused(write(tmp_path, content))
    assert found <= {code, "B104", "B201", "B202", "B204"}
    assert found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.csv", None),
        ("empty.csv", b""),
        ("binary.csv", b"\x00\xff\x00\xff" * 50),
        ("head.csv", b"id,lat,lon,baskets\n"),
        ("short.csv", b"id,lat,lon,baskets\nh1,33.6\n"),
        ("quote.csv", b'id,lat,lon,baskets\n"h1,33.6,-7.5,standard\n'),
        ("column.csv", b"id,lat,lon,baskets,colour\nh1,33.6,-7.55,standard,red\n"),
        ("name.csv", b"id,lat,lon,baskets,telephone\nh1,33.6,-7.55,standard,0661000000\n"),
        ("swapped.csv", b"id,lat,lon,baskets\nh1,-7.55,33.6,standard\n"),
        ("twice.csv", b"id,lat,lon,baskets\nh1,33.60,-7.55,standard\nh1,33.60,-7.55,standard\n"),
        ("formula.csv", b"id,lat,lon,baskets\n=cmd|' /C calc'!A0,33.6,-7.55,standard\n"),
        ("sea.geojson", b'{"type": "FeatureCollection", "features": [{}]}'),
        ("broken.geojson", b'{"type": '),
        ("broken.gpkg", b"SQLite format 3\x00" + b"\x00" * 200),
        ("broken.xlsx", b"PK\x03\x04" + b"\x00" * 200),
        ("kind.docx", b"hello"),
        ("../outside.csv", None),
        ("/etc/passwd", None),
    ],
)
def test_tables_that_are_none(name: str, content: bytes | None, tmp_path: Path) -> None:
    folder = tmp_path / "programme"
    folder.mkdir()
    if content is not None:
        (folder / name).write_bytes(content)
    head = GOOD[: GOOD.index("households:\n")]
    refused(write(folder, head + f"households: {name}\n"))


def faults_or_none(folder: Path) -> tuple[Fault, ...] | None:
    try:
        load_programme(folder)
    except InputError as error:
        return error.faults
    return None


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    derandomize=True,
)
@given(at=st.integers(0, len(GOOD) - 1), take=st.integers(0, 30), put=st.text(max_size=12))
def test_any_edit_loads_or_is_a_coded_fault(at: int, take: int, put: str, tmp_path: Path) -> None:
    write(tmp_path, (GOOD[:at] + put + GOOD[at + take :]).encode("utf-8", "surrogatepass"))
    faults = faults_or_none(tmp_path)
    assert faults is None or (faults and all(fault.code in REGISTRY for fault in faults))
    assert faults is None or any(fault.place is not None for fault in faults)


def test_fault_reads_as_designed(tmp_path: Path) -> None:
    _, told = run(write(tmp_path, changed("{product: couffin, capacity", "{product: coufin, capacity")))
    shown = told[told.index("error[B302]") :]
    lines = shown.splitlines()
    assert lines[0] == "error[B302]: cooperative 'atlas' offers unknown product 'coufin'"
    assert re.fullmatch(r" +--> .*programme\.yaml:58:19", lines[1])
    assert lines[3].startswith("58 |       - {product: coufin, capacity: 20 pieces, price: 35 MAD}")
    assert lines[4].rstrip().endswith("^^^^^^")
    assert "did you mean 'couffin'?" in lines[5]
