"""Trips to one household alone: what is said of many at once is what the exact times of one trip say."""

from __future__ import annotations

from random import Random

from basketplan.programme.types import Household, Programme, Vehicle
from basketplan.solve.alone import Doors
from basketplan.solve.routing.problem import routing_problem
from basketplan.solve.routing.timing import best_load_s
from basketplan.solve.territory import territory
from basketplan.synthetic import small
from basketplan.travel.distance import block_m

HOUR = 3_600
WINDOWS = ((), ((5 * HOUR, 23_400),), ((30_600, 33_300), (16 * HOUR, 17 * HOUR)), ((11 * HOUR, 60_300),))


def drawn(seed: int) -> Programme:
    """Return a programme whose vehicles and doors leave little time."""
    draw, programme = Random(f"alone-{seed}"), small.small_programme(seed)

    def vehicle(item: Vehicle) -> Vehicle:
        start = draw.randrange(5, 12) * HOUR
        changes = {
            "shift": (start, start + draw.randrange(1, 6) * HOUR),
            "speed": draw.choice((8.0, 25.0)),
            "loading": draw.choice((0, 900)),
            "loading_per_basket": draw.choice((0, 120)),
            "max_trip_duration": draw.choice((None, 3_000, 5_400)),
            "max_trip_distance": draw.choice((None, 9_000, 14_000)),
        }
        return item.model_copy(update=changes)

    def home(item: Household) -> Household:
        return item.model_copy(update={"windows": draw.choice(WINDOWS), "service": draw.choice((None, 1_200))})

    return programme.model_copy(
        update={
            "vehicles": tuple(map(vehicle, programme.vehicles)),
            "households": tuple(map(home, programme.households)),
        }
    )


def said_and_exact(programme: Programme) -> list[tuple[bool, bool, bool]]:
    """Return for every household, hub and vehicle what is said, with nothing on board too, and what holds."""
    people = sorted(programme.households, key=lambda item: item.id)
    doors = Doors.of(programme, people)
    lat, lon = [item.lat for item in people], [item.lon for item in people]
    result = []
    for hub in programme.hubs:
        place = [hub.place.lat], [hub.place.lon]
        road = block_m(programme.travel, lat, lon, *place)[:, 0]
        problem = routing_problem(programme, hub.id, [item.id for item in people])
        for klass in problem.vehicles:
            vehicle = programme.vehicle[klass.id]
            full = doors.reached(vehicle, road).tolist()
            empty = doors.reached(vehicle, road, empty=True).tolist()
            exact = [best_load_s(problem, klass, (point,)) is not None for point in range(1, len(people) + 1)]
            result += zip(full, empty, exact, strict=True)
    return result


def test_who_is_reached_is_who_has_a_start_of_loading() -> None:
    found = [item for seed in range(12) for item in said_and_exact(drawn(seed))]
    assert all(full == exact and empty >= full for full, empty, exact in found)
    assert {full for full, _, _ in found} == {True, False}


def test_a_household_goes_to_the_hub_whose_vehicles_can_be_there_in_time() -> None:
    programme = small.small_programme(3, hubs=2, rich=False)
    near, other = (hub.id for hub in programme.hubs)
    early, late = (6 * HOUR, 9 * HOUR), (9 * HOUR, 18 * HOUR)
    vehicle = programme.vehicles[0].model_copy(update={"max_trip_distance": None, "max_trip_duration": None})
    vehicles = (
        vehicle.model_copy(update={"id": "early", "shift": early, "number": {other: 1}}),
        vehicle.model_copy(update={"id": "late", "shift": late, "number": {near: 1}}),
    )
    hub = programme.hub[near]
    home = programme.households[0].model_copy(
        update={"lat": hub.place.lat, "lon": hub.place.lon, "windows": ((7 * HOUR, 8 * HOUR),)}
    )
    alone = programme.model_copy(update={"vehicles": vehicles}).with_households((home,))
    assert territory(alone).hub_of == {home.id: other}
    never = home.model_copy(update={"windows": ((2 * HOUR, 3 * HOUR),)})
    (left,) = territory(alone.with_households((never,))).left
    assert left.reason == "time"
