"""Reading public instances, checking their solutions, and the command that measures."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from basketplan.bench.check import breaches, cost_of
from basketplan.bench.peers import compare
from basketplan.bench.routing import solve_instance
from basketplan.bench.vrplib import Instance, read_instance
from basketplan.cli import app
from basketplan.errors import UsageError

CVRP = """NAME : tiny
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 5
NODE_COORD_SECTION
1 0 0
2 0 3
3 4 0
4 4 3
5 0 10.4
DEMAND_SECTION
1 0
2 2
3 2
4 1
5 3
DEPOT_SECTION
1
-1
EOF
"""
VRPTW = CVRP.replace("CVRP", "VRPTW").replace(
    "DEPOT_SECTION\n1\n-1",
    "SERVICE_TIME_SECTION\n1 0\n2 1\n3 1\n4 1\n5 1\n"
    "TIME_WINDOW_SECTION\n1 0 100\n2 0 100\n3 20 25\n4 0 100\n5 0 100\nDEPOT_SECTION\n1\n-1",
)
MDVRPTW = """NAME: two
TYPE: MDVRPTW
DIMENSION: 4
VEHICLES: 2
VEHICLES_MAX_DURATION: 25
CAPACITY: 9
NODE_COORD_SECTION
1 0 0
2 100 0
3 0 10
4 100 10
DEMAND_SECTION
1 0
2 0
3 1
4 1
TIME_WINDOW_SECTION
1 0 100
2 0 100
3 50 60
4 0 100
VEHICLES_DEPOT_SECTION
1 1
2 2
DEPOT_SECTION
1
2
-1
EOF
"""
HFVRP = (
    CVRP.replace("CVRP", "HFVRP")
    .replace("CAPACITY : 5", "VEHICLES : 3")
    .replace(
        "DEPOT_SECTION",
        "CAPACITY_SECTION\n1 4\n2 4\n3 8\nVEHICLES_FIXED_COST_SECTION\n1 1\n2 1\n3 7\n"
        "VEHICLES_UNIT_DISTANCE_COST_SECTION\n1 1\n2 1\n3 2\nDEPOT_SECTION",
    )
)


def read(tmp_path: Path, text: str) -> Instance:
    path = tmp_path / "case.vrp"
    path.write_text(text, encoding="utf-8")
    return read_instance(path)


@pytest.mark.parametrize("text", [CVRP, VRPTW, MDVRPTW, HFVRP])
def test_every_kind_is_solved_and_checked(tmp_path: Path, text: str) -> None:
    instance = read(tmp_path, text)
    result, routes = solve_instance(instance, seconds=0.3, threads=1, seed=0)
    assert result.verified
    assert result.unserved == 0
    assert result.cost == instance.own_unit(cost_of(instance, routes))
    assert breaches(instance, routes) == []


def test_the_best_routes_of_tiny_instances_are_found(tmp_path: Path) -> None:
    # Points 2 and 5 in one route, 10 + 7 + 3; points 3 and 4 in the other, 4 + 3 + 5.
    assert solve_instance(read(tmp_path, CVRP), seconds=0.3, threads=1, seed=0)[0].cost == 32
    # Each from its own depot; waiting at the depot keeps the first within its duration.
    assert solve_instance(read(tmp_path, MDVRPTW), seconds=0.3, threads=1, seed=0)[0].cost == 40_000


def test_rounding_is_that_of_the_kind(tmp_path: Path) -> None:
    assert cost_of(read(tmp_path, CVRP), [(0, [4])]) == 20
    assert cost_of(read(tmp_path, VRPTW), [(0, [4])]) == 208
    assert cost_of(read(tmp_path, HFVRP), [(0, [4])]) == 1000 + 20_800
    assert read(tmp_path, VRPTW).own_unit(208) == 20.8


def test_every_breach_is_told(tmp_path: Path) -> None:
    plain, timed, several, mixed = (read(tmp_path, text) for text in (CVRP, VRPTW, MDVRPTW, HFVRP))
    assert breaches(plain, [(0, [1, 2, 3])]) == []
    assert breaches(plain, [(0, [1, 2, 4])]) == ["route 0 carries 7 of 5"]
    assert breaches(plain, [(0, [1]), (0, [1])]) == ["point 1 is visited 2 times"]
    assert breaches(plain, [(0, [0])]) == ["0 is no stop"]
    assert breaches(timed, [(0, [2])]) == []
    assert breaches(timed, [(0, [4, 1, 3, 2])]) == [
        "route 0 carries 8 of 5",
        "route 0 reaches point 2 at 278, after 250",
    ]
    assert breaches(several, [(0, [2]), (1, [3])]) == []
    assert breaches(several, [(1, [2])]) == ["route 0 reaches point 2 at 100499, after 60000"]
    assert breaches(several, [(0, [2, 3])]) == ["route 0 reaches point 3 at 150000, after 100000"]
    hurried = read(tmp_path, MDVRPTW.replace("DURATION: 25", "DURATION: 15"))
    assert breaches(hurried, [(0, [2])]) == ["route 0 lasts 20000 of 15000"]
    early = read(tmp_path, MDVRPTW.replace("1 0 100\n2 0 100\n3", "1 0 55\n2 0 100\n3"))
    assert breaches(early, [(0, [2])]) == ["route 0 returns at 60000, after 55000"]
    assert breaches(mixed, [(0, [1]), (0, [2]), (1, [3])]) == []
    assert breaches(mixed, [(0, [1]), (0, [2]), (0, [3])]) == ["3 vehicles of type 0, of which there are 2"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (("TYPE : CVRP", "TYPE : ATSP"), "TYPE is 'ATSP'"),
        (("EUC_2D", "GEO"), "EUC_2D"),
        (("DEMAND_SECTION", "DEMANDS_SECTION"), "DEMAND_SECTION is missing"),
        (("2 0 3", "2 0"), "must hold 1, 2, 3"),
        (("2 0 3", "2 nan 3"), "is not VRPLIB"),
        (("2 0 3", "two words"), "is not VRPLIB"),
        (("CAPACITY : 5\n", ""), "CAPACITY is missing"),
        (("5 3\n", ""), "has 4 points instead of 5"),
        (("DEPOT_SECTION\n1", "DEPOT_SECTION\n2"), "first points"),
    ],
)
def test_faulty_instances(tmp_path: Path, change: tuple[str, str], told: str) -> None:
    assert change[0] in CVRP
    with pytest.raises(UsageError, match=told):
        read(tmp_path, CVRP.replace(*change))


def test_missing_and_binary_files(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        read_instance(tmp_path / "none.vrp")
    (tmp_path / "b.vrp").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not a text file"):
        read_instance(tmp_path / "b.vrp")


def test_the_command_prints_one_object(tmp_path: Path) -> None:
    path = tmp_path / "case.vrp"
    path.write_text(CVRP, encoding="utf-8")
    done = CliRunner().invoke(app, ["bench", "routing", str(path), "--seconds", "0.2", "--seed", "3", "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    keys = {"solver", "instance", "cost", "routes", "unserved", "seconds", "moves", "peak_mb", "verified"}
    assert set(told) == keys
    assert told["verified"] is True
    words = CliRunner().invoke(app, ["bench", "routing", str(path), "--seconds", "0.2"])
    assert "verified" in words.stdout


def test_peers_are_checked_too(tmp_path: Path) -> None:
    instance = read(tmp_path, CVRP)
    (theirs,) = compare(instance, ["ortools"], seconds=1, threads=1, seed=0)
    assert theirs.verified
    assert theirs.cost >= 32
    with pytest.raises(UsageError, match="unknown peer"):
        compare(instance, ["nobody"], seconds=1, threads=1, seed=0)
