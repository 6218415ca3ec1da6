"""The one way in which tests solve: what comes out is checked, by the verifier and for its books."""

from __future__ import annotations

from basketplan.plan.io import plan_sha256
from basketplan.plan.verify import verify
from basketplan.planner import Outcome, run
from basketplan.programme.preflight import preflight
from basketplan.programme.types import Programme
from basketplan.progress import Reporter
from basketplan.solve.types import EffortName


def solve(
    programme: Programme,
    *,
    effort: EffortName = "quick",
    seed: int = 0,
    workers: int = 1,
    reporter: Reporter | None = None,
) -> Outcome:
    """Plan and return the outcome, after an independent check of the plan."""
    outcome = run(programme, effort=effort, seed=seed, workers=workers, reporter=reporter)
    result = verify(outcome.plan, programme)
    assert [(item.code, item.where, item.message) for item in result.violations] == []
    assert result == outcome.verification
    assert result.plan_sha256 == plan_sha256(outcome.plan)
    served = {stop.household for trip in outcome.plan.trips for stop in trip.stops}
    assert served | {item.household for item in outcome.plan.unserved} == set(programme.household)
    assert outcome.plan.metrics.baskets_delivered <= preflight(programme).possible, "the pre-flight promised less"
    return outcome
