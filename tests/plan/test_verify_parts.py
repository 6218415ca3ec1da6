"""Parts of the check, where the good plan has no example of them."""

from __future__ import annotations

import datetime as dt

import pytest

from basketplan.plan.types import BreakTaken, Trip
from basketplan.plan.verify import verify
from basketplan.plan.verify.baskets import filled_lines
from basketplan.plan.verify.case import Case, Load, build_case
from basketplan.plan.verify.fleet import gap_of, stretches
from basketplan.plan.verify.hubs import stock
from basketplan.plan.verify.potential import most_supplied
from basketplan.plan.verify.reasons import carries, heaviest, reached_in_time
from basketplan.plan.verify.rules import shown
from basketplan.plan.verify.supply import deserved_price
from basketplan.plan.verify.trips import opening_s, unit_number
from basketplan.programme.types import Basket, Offer
from basketplan.solve.status import relative_gap
from tests.plan.world import MON, THU, TUE, WED, World


def _case(world: World) -> Case:
    return build_case(world.built(), world.programme())


def _ways(lines: list[str], **contents: int) -> list[set[int]] | None:
    """How contents fill a basket of these lines (the first is the container)."""
    basket = Basket.model_validate(
        {"id": "b", "name": "b", "container": lines[0], "contents": [{"one of": line} for line in lines[1:]]}
    )
    filled = filled_lines(World().programme(), basket, tuple(sorted(contents.items())))
    return None if filled is None else [set(options) for options in filled]


@pytest.mark.parametrize(
    ("lines", "contents", "expected"),
    [
        (["couffin", "olive 1 L | argan 250 mL"], {"couffin": 1, "olive": 1}, [{0}, {0}]),
        (["couffin", "olive 1 L | argan 250 mL"], {"couffin": 1, "argan": 1}, [{0}, {1}]),
        (["couffin", "olive 1 L | argan 250 mL"], {"couffin": 1}, None),
        (["couffin", "olive 1 L | argan 250 mL"], {"couffin": 1, "argan": 1, "olive": 1}, None),
        (["couffin", "olive 1 L | argan 250 mL"], {"couffin": 2, "argan": 1}, None),
        (["couffin", "olive 1 L | olive 2 L"], {"couffin": 1, "olive": 2}, [{0}, {1}]),
        (["couffin", "olive 1 L", "olive 1 L | argan 250 mL"], {"couffin": 1, "olive": 2}, [{0}, {0}, {0}]),
        (["couffin", "olive 1 L | argan 250 mL", "olive 1 L"], {"couffin": 1, "olive": 1, "argan": 1}, [{0}, {1}, {0}]),
        (
            ["couffin", "olive 1 L | argan 250 mL", "olive 1 L | argan 250 mL"],
            {"couffin": 1, "olive": 1, "argan": 1},
            [{0}, {0, 1}, {0, 1}],
        ),
        (
            ["couffin", "olive 1 L | olive 2 L", "olive 2 L | olive 3 L | argan 250 mL"],
            {"couffin": 1, "olive": 4},
            [{0}, {0, 1}, {0, 1}],
        ),
    ],
)
def test_lines_are_filled(lines: list[str], contents: dict[str, int], expected: list[set[int]] | None) -> None:
    assert _ways(lines, **contents) == expected


@pytest.mark.parametrize(("packs", "price"), [(0, 100), (4, 100), (5, 90), (9, 90), (10, 80), (99, 80)])
def test_price_is_that_of_the_highest_break_reached(packs: int, price: int) -> None:
    world = World()
    breaks = [{"from": "10 kg", "price": "0.80 MAD"}, {"from": "5 kg", "price": "0.90 MAD"}]
    world.offer("atlas", "couscous").update(price="1 MAD", price_breaks=breaks)
    programme = world.programme()
    assert deserved_price(programme.cooperative["atlas"].offers[0], programme.product["couscous"], packs) == price


@pytest.mark.parametrize(
    ("unit", "number"),
    [("van@west#1", 1), ("van@west#12", 12), ("van@west#0", None), ("van@west#01", None), ("van@west#", None),
     ("van@west#1 ", None), ("van@west#-1", None), ("van@east#1", None), ("moto@west#1", None), ("1", None),
     ("van@west#1234567890", None), ("van@west#123456789", 123456789), ("van@west#١", None)],
)  # fmt: skip
def test_unit_number(unit: str, number: int | None) -> None:
    assert unit_number(unit, "van", "west") == number


@pytest.mark.parametrize(
    ("arrive_s", "start_s"), [(0, 100), (100, 100), (150, 150), (200, 200), (201, 300), (401, 401)]
)
def test_service_starts_when_a_window_opens(arrive_s: int, start_s: int) -> None:
    household = World().programme().household["h1"].model_copy(update={"windows": ((300, 400), (100, 200))})
    assert opening_s(household, arrive_s) == start_s


def _trips(*spans: tuple[int, int]) -> list[Trip]:
    trip = World().built().trips[0]
    return [
        trip.model_copy(update={"id": str(index), "load_s": load, "return_s": back})
        for index, (load, back) in enumerate(spans)
    ]


def test_breaks_part_the_day_into_stretches() -> None:
    trips = _trips((0, 10), (20, 30), (30, 40), (50, 60))
    rests = [BreakTaken(start_s=start, end_s=end) for start, end in ((10, 20), (30, 30), (42, 47))]
    assert [gap_of(rest, trips) for rest in rests] == [0, None, 2]
    for duration, expected in ((5, ["0", "12", "3"]), (6, ["0", "123"]), (11, ["0123"])):
        parts = ["".join(trip.id for trip in part) for part in stretches(trips, rests, duration)]
        assert parts == expected


@pytest.mark.parametrize(
    ("load", "fits"),
    [
        (Load(baskets=5, weight_g=20_000, volume_ml=30_000), True),
        (Load(baskets=6, weight_g=20_000, volume_ml=30_000), False),
        (Load(baskets=5, weight_g=20_001, volume_ml=30_000), False),
        (Load(baskets=5, weight_g=20_000, volume_ml=30_001), False),
    ],
)
def test_load_fits_a_vehicle(load: Load, fits: bool) -> None:
    vehicle = World().programme().vehicle["van"]
    assert carries(vehicle, load) is fits
    assert carries(vehicle.model_copy(update={"max_weight": None, "max_volume": None, "max_baskets": None}), load)


def test_heaviest_baskets_of_a_household() -> None:
    case = _case(World())
    assert heaviest(case, case.programme.household["h3"]) == Load(baskets=2, weight_g=5_100, volume_ml=11_200)
    world = World()
    world.item("baskets", "standard")["contents"][1] = {"one of": "olive 1 L | argan 1 L | couffin 3 pieces"}
    case = _case(world)
    assert heaviest(case, case.programme.household["h1"]) == Load(baskets=1, weight_g=4_000, volume_ml=3_600)
    world.household("h1", baskets={"small": 3})
    case = _case(world)
    assert heaviest(case, case.programme.household["h1"]) == Load(baskets=3, weight_g=4_500, volume_ml=24_000)


@pytest.mark.parametrize(
    ("vehicle", "windows", "in_time"),
    [
        ({}, [], True),
        # 10 min and one basket to load, 501 s each way, 3 min at the door: 1,842 s in all, there at 29,961.
        ({"max_trip_duration": "1842 s"}, [], True),
        ({"max_trip_duration": "1841 s"}, [], False),
        ({"break": {"duration": "1 s", "after": "1842 s"}}, [], True),
        ({"break": {"duration": "1 s", "after": "1841 s"}}, [], False),
        ({"max_trip_distance": "11132 m"}, [], True),
        ({"max_trip_distance": "11131 m"}, [], False),
        ({"shift": "08:00-08:31"}, [], True),
        ({"shift": "08:00-08:30"}, [], False),
        ({}, ["08:00-08:20"], True),
        ({}, ["08:00-08:19"], False),
        ({}, ["06:00-07:00", "16:40-17:30"], True),
        # From 16:49 on: 16:49 + 180 s + 501 s is 17:00:21.
        ({}, ["16:48-17:30"], True),
        ({}, ["16:49-17:30"], False),
        ({"max_trip_duration": "1842 s"}, ["16:40-17:30"], True),
    ],
)
def test_trip_to_one_household(vehicle: dict[str, object], windows: list[str], in_time: bool) -> None:
    world = World()
    world.item("vehicles", "van").update(vehicle)
    world.household("h7", windows=windows)
    case = _case(world)
    programme = case.programme
    reached = reached_in_time(case, programme.hub["west"], programme.vehicle["van"], programme.household["h7"])
    assert reached is in_time


def test_figures_are_shown_as_people_read_them() -> None:
    assert [shown(value, "") for value in (None, True, "x", dt.date(2020, 5, 18), 1234, 0.5)] == [
        "nothing", "True", "x", "2020-05-18", "1,234", "0.5",
    ]  # fmt: skip
    assert shown(1234, "g") == "1,234 g"
    assert shown(123_456, "money") == "1 234.56 MAD"
    assert shown(3_723, "clock") == "01:02:03"
    assert shown((0, 61), "clock") == "00:00:00, 00:01:01"
    assert shown((), "") == "nothing"


def test_what_is_together_is_added() -> None:
    one, two = Load(baskets=1, weight_g=20, volume_ml=300), Load(baskets=4, weight_g=50, volume_ml=600)
    assert one.plus(two) == Load(baskets=5, weight_g=70, volume_ml=900)


def test_delivered_baskets_leave_the_store_and_leftovers_stay() -> None:
    held = stock(_case(World()), lambda product: product.gross_weight)
    assert [held["west"][day] for day in (MON, TUE, WED, THU)] == [4_000, 16_600, 0, 0]
    assert held["east"][THU] == 2_000


@pytest.mark.parametrize(
    ("changes", "packs"),
    [
        ({}, 20),
        ({"capacity": "7 kg", "rate": None}, 7),
        ({"capacity": "70 kg", "rate": "3 kg"}, 12),
        ({"capacity": "10 kg", "rate": "3 kg"}, 10),
        ({"capacity": "70 kg", "rate": "3 kg", "first_day": THU}, 3),
        ({"capacity": "70 kg", "rate": None, "first_day": dt.date(2020, 6, 1)}, 0),
        ({"capacity": "70 kg", "rate": "3 kg", "lead_time": "2 days"}, 6),
    ],
)
def test_most_that_an_offer_gives(changes: dict[str, object], packs: int) -> None:
    case = _case(World())
    offer = next(item for item in case.programme.cooperative["atlas"].offers if item.product == "couscous")
    written = {"product": "couscous", "price": "10 MAD", **changes} if changes else None
    assert most_supplied(case, offer if written is None else Offer.model_validate(written)) == packs


@pytest.mark.parametrize(("value", "bound"), [(0.0, 1.4e-15), (-4e-15, -0.0), (4e-10, 0.0), (0.0, 1e-8), (1e-7, 0.0)])
def test_gaps_next_to_0_are_those_that_solvers_report(value: float, bound: float) -> None:
    world = World()
    world.plan["stages"][1] |= {"value": value, "bound": bound, "gap": relative_gap(value, bound)}
    assert "V640" not in {item.code for item in verify(world.built(), world.programme()).violations}
