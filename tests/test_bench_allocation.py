"""``basketplan bench allocation`` as a user meets it."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from basketplan.bench.allocation_peers import compare, known
from basketplan.bench.country import Size, country
from basketplan.cli import app
from basketplan.errors import UsageError
from basketplan.progress import QuietReporter, RecordingReporter
from tests.test_cli import run

SMALL = [
    "bench",
    "allocation",
    "--cooperatives",
    "40",
    "--hubs",
    "2",
    "--products",
    "8",
    "--days",
    "3",
    "--gap",
    "0.05",
]
KEYS = {"rows", "columns", "build_s", "solve_s", "objective", "bound", "gap", "peak_mb"}


def test_one_object_with_bound_and_gap_and_a_peer_beside_it() -> None:
    done = CliRunner().invoke(app, [*SMALL, "--compare", "cpsat", "--seconds", "5", "--json"])
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert set(made) >= KEYS
    assert made["verified"]
    assert made["gap"] == pytest.approx(1 - made["bound"] / made["objective"], abs=1e-5)
    assert made["peak_mb"] > 50
    (peer,) = made["peers"]
    assert peer["solver"] == "cpsat"
    assert (peer["rows"], peer["columns"]) == (made["rows"], made["columns"])
    if peer["objective"] is not None:
        assert peer["verified"]
        assert peer["objective"] >= made["bound"] - 0.01
        assert peer["bound"] <= made["objective"] + 0.01


def test_in_words() -> None:
    done = CliRunner().invoke(app, SMALL)
    assert done.exit_code == 0
    assert "basketplan:" in done.stdout
    assert "verified" in done.stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--compare", "gurobi"], "unknown peer 'gurobi'"),
        (["--cooperatives", "5"], "5 cooperatives are too few for 8 products"),
        (["--products", "25"], "less than or equal to 24"),
        (["--hubs", "0"], "greater than or equal to 1"),
    ],
)
def test_wrong_use_is_told(options: list[str], said: str) -> None:
    done = run(*SMALL, *options)
    assert done.exit_code == 2
    assert said in done.stderr


def test_products_and_peers_are_checked() -> None:
    with pytest.raises(UsageError, match="from 1 to 24"):
        country(Size(cooperatives=50, hubs=2, products=25, days=2))
    with pytest.raises(UsageError, match="unknown peer"):
        known("cpsat,nobody")
    assert known(" cpsat, ") == ["cpsat"]


def test_what_is_too_large_for_a_peer_is_not_run() -> None:
    problem = country(Size(cooperatives=2_000, hubs=60, products=24, days=12))
    (told,) = compare(problem, ["cpsat"], gap=0.01, seconds=1, seed=0, reporter=QuietReporter())
    assert told.objective is None
    assert told.note.startswith("not run: more than")


def test_a_peer_ends_when_the_user_says_so() -> None:
    problem = country(Size(cooperatives=60, hubs=3, products=8, days=6))
    (told,) = compare(problem, ["cpsat"], gap=0.0, seconds=600, seed=0, reporter=RecordingReporter(stop_after=1))
    assert told.note == "stopped"


def test_sizes_are_as_asked_and_a_seed_draws_the_same() -> None:
    size = Size(cooperatives=300, hubs=4, products=24, days=5, seed=2)
    first, second = country(size), country(size)
    assert first.demand.need.sum() == size.n_baskets == 11_004
    assert first.supply.freight.shape[:2] == (300, 4)
    for one, other in zip((*first.supply, *first.demand), (*second.supply, *second.demand), strict=True):
        assert np.array_equal(one, other)
    assert (np.diff(first.supply.available, axis=1) >= 0).all()
    used = np.unique(first.demand.item)
    assert set(used) == set(np.unique(first.supply.product)) == set(range(24))
