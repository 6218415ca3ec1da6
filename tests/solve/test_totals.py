"""Totals made cheaper: from a bad solution towards the optimum, with every row kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random

import pytest

from basketplan.progress import QuietReporter
from basketplan.solve.allocation.data import Data, read_data
from basketplan.solve.allocation.parts import related
from basketplan.solve.allocation.search import Search, dirhams, value_of
from basketplan.solve.allocation.totals import cheaper_totals
from basketplan.solve.interrupt import Runner
from basketplan.solve.territory import territory
from basketplan.solve.types import EFFORTS
from basketplan.synthetic import small_programme


def data_of(seed: int, cooperatives: int = 14) -> Data:
    programme = small_programme(seed, rich=False, cooperatives=cooperatives, hubs=2, products=5, days=3, households=30)
    return read_data(programme, territory(programme), [home.id for home in programme.households])


@pytest.mark.parametrize("cooperatives", [5, 14])
@pytest.mark.parametrize("seed", range(3))
def test_a_bad_start_comes_near_the_optimum_and_keeps_every_row(seed: int, cooperatives: int) -> None:
    """The dearest solution is where it starts; the optimum is solved directly. At least half of the way is made."""
    with Runner(QuietReporter(), seed=0, seconds=120) as runner:
        search = Search(data_of(seed, cooperatives), EFFORTS["standard"], runner, QuietReporter(), seed)
        whole = search.whole
        served = search.solve(whole, whole.unserved(), search.limits(), "service")
        assert served.objective is not None
        whole.m.add_linear_constraint(whole.unserved() <= served.objective + 0.5)
        for variable in (*whole.lorries.values(), *whole.lots.values()):
            variable.upper_bound = min(variable.upper_bound, 50)
        best = search.solve(whole, dirhams(whole), search.limits(), "cost")
        worst = search.solve(whole, -1.0 * dirhams(whole), search.limits(gap=0.1), "cost")
        assert best.objective is not None
        assert worst.objective is not None
        assert worst.values is not None
        made = cheaper_totals(search, replace(worst, objective=-worst.objective, bound=None))
        assert made.objective is not None
        assert made.values is not None
        assert made.objective == pytest.approx(value_of(dirhams(whole), made.values), abs=0.01)
        assert best.objective - 0.01 <= made.objective
        if cooperatives <= 5:  # all in one part
            assert made.objective == pytest.approx(best.objective, rel=1e-3)
        else:
            assert made.objective <= (best.objective - worst.objective) / 2
        for row in whole.m.linear_constraints():
            value = sum(term.coefficient * float(made.values[term.variable.id]) for term in row.terms())
            assert row.lower_bound - 1e-4 <= value <= row.upper_bound + 1e-4, row.name


@pytest.mark.parametrize("size", [1, 3, 5, 20])
def test_every_cooperative_is_in_one_part_with_those_that_sell_the_same(size: int) -> None:
    data = data_of(1)
    parts = list(related(data, data.coops, size, Random(size)))
    assert Counter(coop for part in parts for coop in part) == dict.fromkeys(data.coops, 1)
    assert all(len(part) == size for part in parts[:-1])
    sold = {coop: {offer.product for offer in data.offers if offer.coop == coop} for coop in data.coops}
    first, *others = parts[0]
    assert {bool(sold[first] & sold[coop]) for coop in others} <= {True} or all(
        not sold[first] & sold[coop] for part in parts[1:] for coop in part
    )
    assert parts == list(related(data, data.coops[::-1], size, Random(size)))
