"""Sweeps: every combination or side by side, over lists and ranges, with faults at their own line."""

from __future__ import annotations

from pathlib import Path

import pytest

from basketplan.errors import InputError
from basketplan.scenarios import expand
from basketplan.scenarios.study import library_of
from basketplan.scenarios.sweeps import points
from tests.scenarios import working

HEAD = "scenarios:\n  dear: [{'vehicles[*].cost_per_km': +50 %}]\nsweeps:\n  s:\n"
FUEL = "fuel: {path: 'vehicles[*].cost_per_km', values: [+0 %, +20 %]}"
VANS = "vans: {path: 'vehicles[van].number[casa]', from: 1, to: 3, step: 1}"


def sweep(folder: Path, text: str) -> Path:
    return working.write_programme(folder / "home", HEAD + text)


def told(folder: Path, text: str) -> list[list[str]]:
    return [list(item.values.values()) for item in points(library_of(sweep(folder, text)), "s")]


def test_grid(tmp_path: Path) -> None:
    made = told(tmp_path, f"    vary:\n      {FUEL}\n      {VANS}\n")
    assert made == [[fuel, vans] for fuel in ("+0 %", "+20 %") for vans in ("1", "2", "3")]


def test_paired_with_a_base(tmp_path: Path) -> None:
    text = f"    how: paired\n    base: [dear]\n    vary:\n      {FUEL}\n      {VANS.replace('to: 3', 'to: 2')}\n"
    found = points(library_of(sweep(tmp_path, text)), "s")
    assert [dict(item.values) for item in found] == [{"fuel": "+0 %", "vans": "1"}, {"fuel": "+20 %", "vans": "2"}]
    assert [item.scenario for item in found] == ["dear", "dear"]
    assert found[1].overrides == ('vehicles[*].cost_per_km="+20 %"', 'vehicles[van].number[casa]="2"')
    assert len({item.id for item in found}) == 2


@pytest.mark.parametrize(
    ("told_range", "values"),
    [
        ("from: -10 %, to: 10 %, step: 10 %", ["-10 %", "+0 %", "+10 %"]),
        ("from: 1.5 MAD, to: 2 MAD, step: 0.25 MAD", ["1.50 MAD", "1.75 MAD", "2.00 MAD"]),
        ("from: 3 MAD, to: 2 MAD, step: -1 MAD", ["3 MAD", "2 MAD"]),
    ],
)
def test_ranges(told_range: str, values: list[str], tmp_path: Path) -> None:
    text = f"    vary:\n      fuel: {{path: 'vehicles[*].cost_per_km', {told_range}}}\n"
    assert [row[0] for row in told(tmp_path, text)] == values


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("B228", "    how: grid\n"),
        ("B228", "    vary: {fuel: 3}\n"),
        ("B228", f"    vary:\n      {FUEL}\n    how: sideways\n"),
        ("B228", f"    vary:\n      {FUEL}\n      {VANS}\n    how: paired\n"),
        ("B228", "    vary: {fuel: {path: 'a]', values: [1]}}\n"),
        ("B228", "    vary: {fuel: {path: a, values: []}}\n"),
        ("B228", "    vary: {fuel: {path: a, from: 1, to: 2, step: 0}}\n"),
        ("B228", "    vary: {fuel: {path: a, from: 1 km, to: 2 m, step: 1}}\n"),
        ("B228", "    vary: {fuel: {path: a, from: 1, to: 9999999, step: 1}}\n"),
        ("B201", f"    vary:\n      {FUEL}\n    hwo: grid\n"),
        ("B223", f"    base: nobody\n    vary:\n      {FUEL}\n"),
    ],
)
def test_faults_stand_at_the_sweep(code: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        told(tmp_path, text)
    fault = caught.value.faults[0]
    assert fault.code == code
    assert fault.place is not None
    if code != "B223":
        assert fault.place.file.endswith("what-if.yaml")
        assert fault.place.line >= 4


def test_repeats_have_seeds_of_their_own(tmp_path: Path) -> None:
    study = expand(sweep(tmp_path, f"    vary:\n      {FUEL}\n"), ["s"], seeds=(4, 5, 6))
    assert [run.seed for run in study.runs] == [4, 5, 6] * 3
    assert len({run.id for run in study.runs}) == 9
    assert len({run.group for run in study.runs}) == 3
