"""Solvers are asked for bounds alone, and for linear programmes, in a way that stays true."""

from __future__ import annotations

from collections.abc import Iterator
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


def test_models_solved_at_the_same_time_come_to_what_they_come_to_alone() -> None:
    with Runner(QuietReporter(), seed=0, seconds=60) as runner:
        alone = [runner.solve(fixed_charges(seed), Limits(), message="alone") for seed in range(3)]
        beside = runner.solve_each(map(fixed_charges, range(3)), Limits(), message="beside")
        again = runner.solve_each(map(fixed_charges, (2, 0)), Limits(), message="beside")
    assert [item.objective for item in beside] == pytest.approx([item.objective for item in alone])
    assert [item.objective for item in again] == [beside[2].objective, beside[0].objective]


def test_one_model_may_be_given_again_and_again_with_other_bounds() -> None:
    model = fixed_charges(1)
    first = next(iter(model.variables()))

    def bounded() -> Iterator[mathopt.Model]:
        for number in range(4):
            first.lower_bound = first.upper_bound = float(number)
            yield model

    with Runner(QuietReporter(), seed=0, seconds=60) as runner:
        answers = runner.solve_each(bounded(), Limits(), message="each")
    told = [answer.values[first.id] for answer in answers if answer.values is not None]
    assert told == pytest.approx([0, 1, 2, 3])


class Impatient(QuietReporter):
    """Stops once it has been asked a few times."""

    def __init__(self) -> None:
        self.asked = 0

    def stopped(self) -> bool:
        """Return whether enough was asked."""
        self.asked += 1
        return self.asked > 3


def endless() -> mathopt.Model:
    """Return a model that takes far longer than a test may: equal piles of many odd weights."""
    draw, m = Random(0), mathopt.Model()
    weights = [draw.randint(10**5, 10**6) for _ in range(420)]
    most = m.add_variable(lb=0)
    shares = [[m.add_binary_variable() for _ in weights] for _ in range(5)]
    for pile in zip(*shares, strict=True):
        m.add_linear_constraint(sum(pile) == 1)
    for share in shares:
        m.add_linear_constraint(sum(w * item for w, item in zip(weights, share, strict=True)) <= most)
    m.minimize(most)
    return m


def test_all_that_is_solved_at_the_same_time_stops_when_it_is_told_to() -> None:
    with Runner(Impatient(), seed=0, seconds=600) as runner:
        answers = runner.solve_each([endless(), endless()], Limits(), message="endless")
        assert [answer.ending for answer in answers] == ["stopped", "stopped"]
        assert runner.stopped
        later = runner.solve_each([fixed_charges(0)], Limits(), message="later")
    assert [answer.ending for answer in later] == ["stopped"]
