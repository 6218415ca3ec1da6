"""Departures that a plan can do without: what is left out, what moves, and that nothing is lost where nothing binds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ortools.math_opt.python import mathopt

from basketplan.programme.types import Programme
from basketplan.solve.allocation.collapse import collapse
from basketplan.solve.allocation.data import Data, read_data
from basketplan.solve.allocation.departures import first_departures, needless, without
from basketplan.solve.allocation.model import Model, build
from basketplan.solve.allocation.search import dirhams
from basketplan.solve.allocation.whole import tighten
from basketplan.solve.territory import territory
from tests.solve.test_allocation import plain

NOTHING = np.zeros(100_000)
"""No lorry anywhere: more places than any of these models has variables."""


def free(programme: Programme) -> Data:
    """Return the data of ``programme`` without limits of receiving and storage, and without perishables."""
    data = read_data(programme, territory(programme))
    hubs = tuple(replace(hub, receiving_g=None, storage_g=None, storage_ml=None) for hub in data.hubs)
    return replace(data, hubs=hubs, expiry={})


def aimed(model: Model) -> Model:
    """Let ``model`` serve as many as possible, then spend least."""
    model.m.minimize(1e5 * model.unserved() + dirhams(model))
    return model


def optimum(m: mathopt.Model) -> tuple[float, np.ndarray]:
    """Return the best objective and its values by variable id."""
    found = mathopt.solve(m, mathopt.SolverType.GSCIP)
    assert found.termination.reason == mathopt.TerminationReason.OPTIMAL
    values = np.zeros(1 + max(variable.id for variable in m.variables()))
    for variable, value in found.variable_values().items():
        values[variable.id] = value
    return float(found.objective_value()), values


@pytest.mark.parametrize("seed", range(0, 30, 3))
def test_nothing_is_lost_where_neither_receiving_nor_storage_binds(seed: int) -> None:
    model = aimed(build(free(plain(seed))))
    gone = needless(model, NOTHING)
    few = without(model.m, gone)
    assert few.get_num_variables() == model.m.get_num_variables() - len(gone)
    best, _ = optimum(model.m)
    assert optimum(few)[0] == pytest.approx(best, rel=1e-6)
    tighten(model, few)
    assert optimum(few)[0] == pytest.approx(best, rel=1e-6)


def test_some_departures_are_needless() -> None:
    assert sum(len(needless(model, NOTHING)) for model in (build(free(plain(seed))) for seed in range(6))) > 0


@pytest.mark.parametrize("seed", range(1, 30, 3))
def test_what_leaves_sooner_keeps_every_rule_and_costs_no_more(seed: int) -> None:
    model = aimed(build(free(plain(seed))))
    price, values = optimum(model.m)
    for hub in model.data.hubs:
        values = first_departures(model, values, hub.id, model.data.coops)
    held = {*model.lots.values(), *model.lorries.values(), *model.assemble.values(), *model.fill.values(), *model.serve}
    for variable in held:
        variable.lower_bound = variable.upper_bound = round(values[variable.id])
    assert optimum(model.m)[0] <= price + 1e-6 * abs(price)
    gone = {variable.id for variable in needless(model, values)}
    assert not any(round(values[number]) for number in gone)
    assert optimum(without(model.m, needless(model, values)))[0] <= price + 1e-6 * abs(price)


def test_others_leave_when_they_did() -> None:
    model = aimed(build(free(plain(4))))
    _, values = optimum(model.m)
    moved = values
    for hub in model.data.hubs:
        moved = first_departures(model, moved, hub.id, ())
    assert all(moved[variable.id] == values[variable.id] for variable in model.lots.values())


def test_departures_with_perishables_and_those_that_are_taken_stay() -> None:
    data = free(plain(2))
    held = {offer.product for offer in data.offers}
    model = build(replace(data, expiry=dict.fromkeys(held, (None,) * data.n_days)))
    assert needless(model, NOTHING) == []
    model = build(data)
    taken = NOTHING.copy()
    for variable in (*model.lots.values(), *model.lorries.values()):
        taken[variable.id] = 1.0
    assert needless(model, taken) == []


def test_what_stays_keeps_its_number_its_name_and_its_bounds() -> None:
    model = aimed(build(free(plain(0))))
    gone = {variable.id for variable in needless(model, NOTHING)}
    few = without(model.m, needless(model, NOTHING))
    for variable in model.m.variables():
        assert few.has_variable(variable.id) == (variable.id not in gone)
        if variable.id not in gone:
            other = few.get_variable(variable.id)
            assert (other.name, other.lower_bound, other.upper_bound, other.integer) == (
                variable.name, variable.lower_bound, variable.upper_bound, variable.integer
            )  # fmt: skip
    assert few.get_num_linear_constraints() == model.m.get_num_linear_constraints()


@pytest.mark.parametrize("seed", range(0, 12, 3))
def test_rows_that_make_it_tight_cost_nothing(seed: int) -> None:
    """Also in the model without days, whose bound must stay one of the model by days."""
    data = free(plain(seed))
    by_days, whole = aimed(build(data)), aimed(build(collapse(data)))
    loose, _ = optimum(whole.m)
    tighten(whole)
    tight, _ = optimum(whole.m)
    assert tight == pytest.approx(loose, rel=1e-6)
    assert tight <= optimum(by_days.m)[0] * (1 + 1e-6) + 1e-6
