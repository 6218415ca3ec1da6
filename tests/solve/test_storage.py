from __future__ import annotations

import pytest

from basketplan import planner
from basketplan.plan.verify import verify
from basketplan.synthetic import small_programme
from tests.solving import solve


@pytest.mark.parametrize("seed", [64, 85])
def test_a_plan_whose_storage_overflows_is_made_again(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The allocation counts on two baskets that leave on a day on which no trip is worth its way."""
    programme = small_programme(seed, supply=1.5, households=8, cooperatives=3)
    monkeypatch.setattr(planner, "STORES", 1)
    first = planner.run(programme, effort="quick")
    assert {item.code for item in first.verification.violations} == {"V303"}
    monkeypatch.undo()
    made = solve(programme).plan
    assert verify(made, programme).ok
    assert not made.unserved
