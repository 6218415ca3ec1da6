"""Instances that cannot be: every rule, number and size that the search would get wrong is refused or left unserved."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from basketplan.bench import peers, routing
from basketplan.bench.check import breaches
from basketplan.bench.routing import Result, solve_instance
from basketplan.cli import app
from basketplan.errors import RejectedPlanError, UsageError
from basketplan.progress import Progress, QuietReporter
from basketplan.terminal import LiveReporter
from tests.test_bench import CVRP, HFVRP, MDVRPTW, VRPTW, read

WINDOWS = "TIME_WINDOW_SECTION\n1 0 100\n2 0 100\n3 20 25\n4 0 100\n5 0 100\n"
HURRIED = CVRP.replace("CAPACITY : 5", "CAPACITY : 5\nVEHICLES_MAX_DURATION : 15")
"""Point 5 is 10 away and cannot be reached."""
EARLY = VRPTW.replace(WINDOWS, "TIME_WINDOW_SECTION\n1 0 9\n" + "".join(f"{point} 0 100\n" for point in range(2, 6)))
"""The depot's vehicles are back at 9: only point 2, 3 away, and point 3, 4 away without its service, can be served."""


def section(name: str, *values: object, text: str = CVRP) -> str:
    """Return ``text`` with one more section."""
    rows = "".join(f"{place} {value}\n" for place, value in enumerate(values, start=1))
    return text.replace("DEPOT_SECTION", f"{name}\n{rows}DEPOT_SECTION")


def key(line: str, text: str = CVRP) -> str:
    """Return ``text`` with one more line before its sections."""
    return text.replace("NODE_COORD_SECTION", f"{line}\nNODE_COORD_SECTION")


ALONE = "TYPE : CVRP\nCAPACITY : 5\nNODE_COORD_SECTION\n1 0 0\n2 3 4\nDEMAND_SECTION\n1 0\n2 {}\nDEPOT_SECTION\n1\n-1\n"


@pytest.mark.parametrize(
    ("text", "routes", "unserved"),
    [
        (CVRP.replace("CAPACITY : 5", "CAPACITY : 100"), 1, 0),
        (ALONE.format(3), 1, 0),
        (ALONE.format(6), 0, 1),
        (ALONE.format(0).replace("1\n-1", "1\n2"), 0, 0),
        (key("VEHICLES : 1"), 1, 1),
        (CVRP.replace("5 3\n", "5 6\n"), 1, 1),
        (HURRIED, 1, 1),
        (HURRIED.replace("DURATION : 15", "DURATION : 1"), 0, 4),
        (EARLY.replace("1 0 9\n", "1 0 0\n"), 0, 4),
        (EARLY, 2, 2),
        (section("TIME_WINDOW_SECTION", "0 100", "0 100", "20 25", "0 100", "0 9"), 1, 1),
    ],
)
def test_few_routes_and_stops_that_nobody_reaches(tmp_path: Path, text: str, routes: int, unserved: int) -> None:
    instance = read(tmp_path, text)
    result, found = solve_instance(instance, seconds=0.2, threads=1, seed=0)
    assert (result.routes, result.unserved, result.verified) == (routes, unserved, True)
    assert breaches(instance, found) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (key("VEHICLES_MAX_DISTANCE : 25"), "'VEHICLES_MAX_DISTANCE' is not supported, known are NAME, TYPE"),
        (key("DISTANCE : 25"), ":6: 'DISTANCE' is not supported"),
        (section("VEHICLES_MAX_DURATION_SECTION", 25), ":18: 'VEHICLES_MAX_DURATION_SECTION' is not supported"),
        (section("VEHICLES_ALLOWED_CLIENTS_SECTION", 2), "known are NODE_COORD_SECTION, DEMAND_SECTION"),
        (section("BACKHAUL_SECTION", 0, 1, 0, 0, 0), "'BACKHAUL_SECTION'"),
        (section("RELEASE_TIME_SECTION", 0, 1, 0, 0, 0), "'RELEASE_TIME_SECTION'"),
        (section("PRIZE_SECTION", 0, 1, 0, 0, 0), "'PRIZE_SECTION'"),
        (key("CAPACITY : 6"), ":6: CAPACITY is there twice"),
        (section("DEMAND_SECTION", 0, 1, 0, 0, 0), "DEMAND_SECTION is there twice"),
        (section("CAPACITY_SECTION", 6), "CAPACITY and CAPACITY_SECTION are both there"),
        (CVRP.replace("DIMENSION : 5", "DIMENSION : 7"), ":3: DIMENSION is 7, but NODE_COORD_SECTION has 5 points"),
    ],
)
def test_rules_that_would_not_be_kept_are_refused(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        *(
            (CVRP.replace("CAPACITY : 5", f"CAPACITY : {word}"), f":5: CAPACITY must {told}")
            for word, told in (
                ("ten", "be a number, not 'ten'"), ("nan", "be a number"), ("5.5", "be a whole number, and is 5.5"),
                ("0", "not be below 1"), ("-1", "not be below 1"), ("1" + 20 * "0", "not be above 1,000,000,000"),
            )
        ),
        (key("VEHICLES : two"), ":6: VEHICLES must be a number"),
        (key("VEHICLES : -2"), "VEHICLES must not be below 1"),
        (key("SERVICE_TIME : x"), "SERVICE_TIME must be a number"),
        (key("SERVICE_TIME : -5"), "SERVICE_TIME must not be below 0"),
        (key("VEHICLES_MAX_DURATION : inf"), "VEHICLES_MAX_DURATION must be a number, not 'inf'"),
        (CVRP.replace("2 2\n3 2", "2 1.9\n3 2"), ":14: DEMAND_SECTION must be a whole number, and is 1.9"),
        (CVRP.replace("2 2\n3 2", "2 -2\n3 2"), ":14: DEMAND_SECTION must not be below 0"),
        (CVRP.replace("2 2\n3 2", "2 1e30\n3 2"), "DEMAND_SECTION must not be above"),
        (CVRP.replace("SECTION\n1 0\n2 2", "SECTION\n1 1\n2 2"), "DEMAND_SECTION must be 0 for depots"),
        (CVRP.replace("2 0 3", "2 0 1e300"), ":8: NODE_COORD_SECTION must not be above"),
        (HFVRP.replace("2 0 3", "2 0 1e6"), "points 1,000,000 apart, at a cost of up to 2 per distance"),
        (HFVRP.replace("3 2\nDEPOT", "3 0.5\nDEPOT"), "UNIT_DISTANCE_COST_SECTION must be a whole number, and is 0.5"),
        (HFVRP.replace("3 2\nDEPOT", "3 -1\nDEPOT"), "UNIT_DISTANCE_COST_SECTION must not be below 0"),
        (HFVRP.replace("3 7\n", "3 1e16\n"), "FIXED_COST_SECTION must not be above 1,000,000,"),
        (HFVRP.replace("3 7\n", "3 0.0005\n"), "FIXED_COST_SECTION must have no more than 3 decimals"),
        (HFVRP.replace("VEHICLES : 3\n", ""), "CAPACITY_SECTION must have a row for the only kind, as VEHICLES is"),
        (HFVRP.replace("VEHICLES : 3", "VEHICLES : 4"), "CAPACITY_SECTION must have a row for each of 4 vehicles"),
        (MDVRPTW.replace("1 1\n2 2\n", "1 0\n2 2\n"), "VEHICLES_DEPOT_SECTION must not be below 1"),
        (MDVRPTW.replace("1 1\n2 2\n", "1 1\n2 3\n"), "VEHICLES_DEPOT_SECTION names depot 3, but there are 2"),
        (VRPTW.replace("3 20 25", "3 25 20"), "TIME_WINDOW_SECTION: point 3 closes at 20, before 25"),
        (VRPTW.replace("3 20 25", "3 -20 25"), "TIME_WINDOW_SECTION must not be below 0"),
        (VRPTW.replace("5 0 100", "5 0 1e9"), "TIME_WINDOW_SECTION must not be above 100,000,000"),
        (CVRP.replace("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n"), "names no depot"),
        (CVRP.replace("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n0\n"), "depots must be the first points"),
        (CVRP.replace("DEPOT_SECTION\n1\n", "DEPOT_SECTION\n1\n2\n3\n4\n5\n6\n"), ":24: depots must be the first"),
        ("TYPE : CVRP\nNODE_COORD_SECTION\nDEMAND_SECTION\nDEPOT_SECTION\n-1\n", ":2: NODE_COORD_SECTION has no"),
    ],
)  # fmt: skip
def test_numbers_that_cannot_be_are_told_with_their_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        read(tmp_path, text)


def test_numbers_are_taken_exactly(tmp_path: Path) -> None:
    assert read(tmp_path, CVRP.replace("CAPACITY : 5", "CAPACITY : 5.0")).vehicles[0].capacity == 5
    assert read(tmp_path, HFVRP.replace("3 7\n", "3 0.5\n")).vehicles[-1].fixed == 500
    many = read(tmp_path, key("VEHICLES : 1000000000"))
    assert [vehicle.number for vehicle in many.vehicles] == [1_000_000_000]
    assert read(tmp_path, "\ufeff" + CVRP).name == "tiny"
    assert read(tmp_path, key("COMMENT : of ours\nBEST_KNOWN : 32\nNODE_COORD_TYPE : TWOD_COORDS")).n_depots == 1


def test_or_tools_keeps_durations_without_windows(tmp_path: Path) -> None:
    roomy = read(tmp_path, HURRIED.replace("CAPACITY : 5", "CAPACITY : 100").replace(": 15", ": 21"))
    (theirs,) = peers.compare(roomy, ["ortools"], seconds=1, threads=1, seed=0)
    assert (theirs.routes, theirs.unserved, theirs.verified) == (2, 0, True)


@pytest.mark.skipif(os.name != "posix", reason="signals to a thread")
def test_ctrl_c_keeps_the_best_so_far(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "case.vrp"
    path.write_text(CVRP, encoding="utf-8")
    tell = LiveReporter.update

    def update(self: LiveReporter, progress: Progress) -> None:
        tell(self, progress)
        if not self.interrupted:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)  # as a terminal does

    monkeypatch.setattr(LiveReporter, "update", update)
    command = ["bench", "routing", str(path), "--seconds", "300", "--compare", "ortools", "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 130
    told = json.loads(done.stdout)
    assert (told["verified"], told["unserved"], told["peers"]) == (True, 0, [])
    assert told["moves"] > 0
    assert told["seconds"] < 60


class Impatient(QuietReporter):
    """Stops when it is asked for the tenth time."""

    asked = 0

    def stopped(self) -> bool:
        self.asked += 1
        return self.asked >= 10


def test_peers_that_run_are_stopped_too(tmp_path: Path) -> None:
    begin, instance = time.monotonic(), read(tmp_path, CVRP)
    assert peers.compare(instance, ["ortools"], seconds=300, threads=2, seed=0, reporter=Impatient()) == []
    assert time.monotonic() - begin < 60


def test_routes_that_break_a_rule_end_with_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "case.vrp"
    path.write_text(CVRP, encoding="utf-8")

    def careless(*terms: object, **options: object) -> tuple[Result, list[object]]:
        return routing.result("basketplan", read(tmp_path, CVRP), [(0, [1, 2, 3, 4])], 0, 0.1, 1), []

    monkeypatch.setattr(routing, "solve_instance", careless)
    done = CliRunner().invoke(app, ["bench", "routing", str(path)])
    assert "NOT VALID" in done.stdout
    assert isinstance(done.exception, RejectedPlanError)
