"""Solvers are asked for bounds alone, and for linear programmes, in a way that stays true."""

from __future__ import annotations

from random import Random

import pytest
from ortools.math_opt.python import mathopt

from basketplan.progress import QuietReporter
from basketplan.solve.interrupt import Limits, Runner


def fixed_charges(seed: int, *, whole: bool = True) -> mathopt.Model:
    """Return a transport problem with fixed charges, whose linear programme lies far below its optimum."""
    draw, m = Random(seed), mathopt.Model()
    lorries = [m.add_variable(lb=0, ub=3, is_integer=whole) for _ in range(12)]
    loads = [m.add_variable(lb=0) for _ in lorries]
    for lorry, load in zip(lorries, loads, strict=True):
        m.add_linear_constraint(load <= draw.uniform(7, 13) * lorry)
    for group in range(3):
        m.add_linear_constraint(sum(loads[group::3]) >= draw.uniform(20, 30))
    prices = [
        draw.uniform(50, 100) * lorry + draw.uniform(1, 3) * load for lorry, load in zip(lorries, loads, strict=True)
    ]
    m.minimize(sum(prices))
    return m


@pytest.mark.parametrize("seed", range(5))
def test_a_bound_alone_lies_between_the_linear_programme_and_the_optimum(seed: int) -> None:
    with Runner(QuietReporter(), seed=0, seconds=60) as runner:
        optimum = runner.solve(fixed_charges(seed), Limits(), message="optimum")
        loose = runner.solve(fixed_charges(seed, whole=False), Limits(), message="linear", solver="GLOP")
        limits = Limits(nodes=1, bound_only=True)
        alone = runner.solve(fixed_charges(seed), limits, message="bound", solver="GSCIP")
    assert optimum.ending == "optimal"
    assert optimum.objective is not None
    assert loose.objective is not None
    assert alone.bound is not None
    assert loose.objective < optimum.objective - 1.0
    assert loose.objective * (1 - 1e-6) <= alone.bound <= optimum.objective * (1 + 1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_glop_comes_to_what_highs_comes_to(seed: int) -> None:
    with Runner(QuietReporter(), seed=0, seconds=60) as runner:
        one = runner.solve(fixed_charges(seed, whole=False), Limits(), message="linear", solver="GLOP")
        two = runner.solve(fixed_charges(seed, whole=False), Limits(), message="linear")
    assert one.objective == pytest.approx(two.objective, abs=1e-6)
    assert one.bound == pytest.approx(one.objective, abs=1e-6)
