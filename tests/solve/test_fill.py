"""Leftover baskets go to whom they can, in every case of the verifier's own exactly when it says that there is room."""

from __future__ import annotations

import pytest

from basketplan.plan.types import Plan
from basketplan.plan.visits import by_visit
from basketplan.programme.types import Programme
from basketplan.solve.fill import fill
from basketplan.solve.types import Schedule, ScheduledTrip
from tests.plan.breaches_room import ROOM
from tests.plan.edits import Breach


def as_schedule(plan: Plan, programme: Programme) -> Schedule:
    """Return the calendar of a plan."""
    days = {day: index for index, day in enumerate(programme.working_days)}
    trips = [
        ScheduledTrip(
            hub=trip.hub, vehicle=trip.vehicle, unit=int(trip.unit.rpartition("#")[2]), day=days[trip.day],
            load_s=trip.load_s, households=tuple(stop.household for stop in trip.stops),
        )
        for trip in plan.trips
    ]  # fmt: skip
    breaks = {
        (duty.hub, duty.vehicle, int(duty.unit.rpartition("#")[2]), days[duty.day]): tuple(
            (rest.start_s, rest.end_s) for rest in duty.breaks
        )
        for duty in plan.vehicle_days
    }
    return Schedule(trips=tuple(trips), breaks=breaks)


@pytest.mark.parametrize("breach", ROOM, ids=lambda breach: f"{breach.code or 'none'}-{breach.label}")
def test_room_is_used_exactly_where_the_verifier_finds_it(breach: Breach) -> None:
    world, plan = breach.made()
    if plan.status != "complete":
        pytest.skip("of an interrupted plan the verifier asks nothing")
    programme = by_visit(world.programme(), plan)
    before = as_schedule(plan, programme)
    left = [item.household for item in plan.unserved]
    after, baskets = fill(programme, before, plan.shipments, plan.baskets, left)
    served = {name for trip in after.trips for name in trip.households} - {
        name for trip in before.trips for name in trip.households
    }
    assert bool(served) == (breach.code == "V629"), served
    for name in served:
        got = [item.basket for item in baskets if item.household == name]
        assert sorted(got) == sorted(
            kind for kind, count in programme.household[name].baskets.items() for _ in range(count)
        )
    assert len([item for item in baskets if item.household is None]) == len(
        [item for item in plan.baskets if item.household is None]
    ) - sum(programme.household[name].total_baskets for name in served)
