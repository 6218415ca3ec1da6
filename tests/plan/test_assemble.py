"""Plans assembled from stage results keep every rule and carry every figure."""

from __future__ import annotations

import pytest

from basketplan.plan.types import Origin, Plan
from basketplan.plan.verify import verify
from basketplan.solve.assemble import assemble_plan, start_of_service_s
from basketplan.solve.types import Allocation, Hauled, Left, Schedule, ScheduledTrip
from tests.plan.made import made_plan, made_programme
from tests.plan.world import MON, TUE, World

ORIGIN = Origin(programme="made", programme_sha256="0" * 64, seed=0, effort="quick", versions={})


def _assembled(world: World) -> Plan:
    """The good plan, made again from what the stages would say."""
    good, programme = world.built(), world.programme()
    days = {day: index for index, day in enumerate(programme.working_days)}
    allocation = Allocation(
        shipped=(),
        hauled=tuple(
            Hauled(
                cooperative=x.cooperative, hub=x.hub, dispatch_day=days[x.dispatched], lorry=x.lorry, number=x.number
            )
            for x in reversed(good.hauls)
        ),
        assembled=(),
        unit_price={},
        served=frozenset(),
        left=(),
        due={},
        reports=(),
    )
    trips = tuple(
        ScheduledTrip(
            hub=trip.hub,
            vehicle=trip.vehicle,
            unit=1,
            day=days[trip.day],
            load_s=trip.load_s,
            households=tuple(stop.household for stop in trip.stops),
        )
        for trip in reversed(good.trips)
    )
    left = good.unserved[0]
    return assemble_plan(
        programme,
        origin=good.origin,
        status="complete",
        allocation=allocation,
        schedule=Schedule(trips=trips, breaks={("west", "van", 1, 2): ((37_200, 39_000),)}),
        shipments=good.shipments,
        assemblies=good.assemblies,
        baskets=good.baskets,
        left=[Left(household=left.household, reason=left.reason, detail=left.detail, remedy=left.remedy)],
        stages=good.stages,
    )


def test_good_plan_is_assembled_as_by_hand() -> None:
    world = World()
    assert _assembled(world) == world.built()


@pytest.mark.parametrize(
    ("arrive_s", "expected"), [(0, 100), (100, 100), (200, 200), (201, 300), (400, 400), (401, 401)]
)
def test_service_starts_in_the_next_window(arrive_s: int, expected: int) -> None:
    household = World().programme().household["h1"].model_copy(update={"windows": ((300, 400), (100, 200))})
    assert start_of_service_s(household, arrive_s) == expected


@pytest.mark.parametrize("households", [1, 90])
def test_made_plan_keeps_every_rule(households: int) -> None:
    programme = made_programme(households)
    plan = made_plan(programme, ORIGIN)
    assert verify(plan, programme).violations == ()
    assert plan.metrics.served == households
    assert plan.metrics.baskets_delivered == households + -(-households // 10)
    assert plan.metrics.cost_centimes == sum(line.centimes for line in plan.costs)
    assert [trip.id for trip in plan.trips] == [f"T{number + 1:04d}" for number in range(len(plan.trips))]
    assert {shipment.dispatched for shipment in plan.shipments} == {MON}
    assert {basket.assembled for basket in plan.baskets} == {TUE}
