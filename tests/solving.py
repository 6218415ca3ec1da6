"""The one way in which tests solve: what comes out is checked, by the verifier and for its books."""

from __future__ import annotations

import datetime as dt

from basketplan.plan.io import plan_sha256
from basketplan.plan.types import Plan
from basketplan.plan.verify import verify
from basketplan.planner import Outcome, run
from basketplan.programme.preflight import preflight
from basketplan.programme.types import Programme, household_of
from basketplan.progress import Reporter
from basketplan.solve.types import EffortName
from basketplan.stages import Stages


def solve(
    programme: Programme,
    *,
    effort: EffortName = "quick",
    seed: int = 0,
    workers: int = 1,
    reporter: Reporter | None = None,
    stages: Stages | None = None,
) -> Outcome:
    """Plan and return the outcome, after an independent check of the plan."""
    outcome = run(programme, effort=effort, seed=seed, workers=workers, reporter=reporter, stages=stages)
    result = verify(outcome.plan, programme)
    assert [(item.code, item.where, item.message) for item in result.violations] == []
    assert result == outcome.verification
    assert result.plan_sha256 == plan_sha256(outcome.plan)
    served = {stop.household for trip in outcome.plan.trips for stop in trip.stops}
    told = served | {item.household for item in outcome.plan.unserved}
    assert {household_of(visit) for visit in told} == set(programme.household)
    assert out_of_order(outcome.plan, programme) == []
    assert sum(line.centimes for line in outcome.plan.costs) == outcome.plan.metrics.cost_centimes
    assert outcome.plan.metrics.baskets_delivered <= preflight(programme).possible, "the pre-flight promised less"
    return outcome


def out_of_order(plan: Plan, programme: Programme) -> list[tuple[str, str, str]]:
    """Return hub, product and basket wherever a basket holds older goods than one assembled on an earlier day."""
    shipment = {item.id: item for item in plan.shipments}
    wrong = []
    drawn: dict[tuple[str, str], dict[dt.date, list[tuple[dt.date, str]]]] = {}
    for basket in plan.baskets:
        for lot in basket.lots:
            item = shipment[lot.shipment]
            keeps = programme.product[item.product].shelf_life is None
            days = drawn.setdefault((basket.hub, item.product), {}).setdefault(basket.assembled, [])
            days.append((item.arrives if keeps else item.dispatched, basket.id))
    for (hub, product), days in drawn.items():
        last = dt.date.min
        for _, goods in sorted(days.items()):
            wrong += [(hub, product, basket) for age, basket in goods if age < last]
            last = max(last, *(age for age, _ in goods))
    return wrong
