"""A household left out whose basket stands ready: when it fits into a trip that goes anyway, and when it just does not.

The spare small basket (1,500 g, 8,000 mL) lies at west. h7 lies at 0.05°.

Into T0001 (moto; when only it may enter): hub, h4, h7, hub is 1,113 + 6,679 + 5,566 = 13,358 m and takes 300 + 201 +
180 + 1,203 + 180 + 1,002 = 3,066 s: back at 31,866 (08:51:06). Visited first, h7 is reached at 30,102 (08:21:42) and h4
at 31,485 (08:44:45).

Into T0002 (van; when h7 expects it from 10:00 to 10:15): after h1, at 36,000, then h2 and h3, is best: back at 37,303.
"""

from __future__ import annotations

from typing import Any

from tests.plan.edits import Breach, Edit, combined, delay, item, only, spare, taken_break, unserved, van
from tests.plan.world import MON, WED, World


def _by_moto(**household: Any) -> Edit:
    """Leave h7 out, whose small basket lies at west and whom only T0001 may reach."""
    return combined(spare(), unserved("supply", **{"baskets": {"small": 1}, "access": "alley", **household}))


def _by_second_trip(*edits: Edit) -> Edit:
    """Leave h7 out, whose small basket lies at west and whom only T0002 may reach."""
    expected = unserved("supply", baskets={"small": 1}, windows=["10:00-10:15"])
    return combined(spare(), expected, moto(max_baskets=1), *edits)


def moto(**changes: Any) -> Edit:
    return item("vehicles", "moto", **changes)


def _at_east(world: World) -> None:
    """Leave a small basket at east, and h7 out, who now lives beside h6."""
    for index, product, packs, price in ((8, "couffin", 2, 3_000), (None, "dates", 1, 2_000)):
        shipment = {
            "id": "S0009" if index else "S0010", "cooperative": "souss", "product": product, "hub": "east",
            "dispatched": MON, "arrives": WED, "packs": packs, "price_centimes": price, "cost_centimes": packs * price,
        }  # fmt: skip
        if index:
            world.plan["shipments"][index] = shipment
        else:
            world.plan["shipments"].append(shipment)
    lots = [{"shipment": "S0009", "packs": 1}, {"shipment": "S0010", "packs": 1}]
    world.plan["baskets"].append(
        {"id": "B00008", "basket": "small", "hub": "east", "assembled": WED, "household": None, "lots": lots}
    )
    world.plan["assemblies"].append({"hub": "east", "day": WED, "basket": "small", "count": 1, "cost_centimes": 600})
    unserved("supply", baskets={"small": 1}, zone="C", lon=1.02)(world)


def _late(world: World) -> None:
    """Assemble the spare basket on the day of the trips."""
    world.plan["baskets"][-1]["assembled"] = WED
    world.plan["assemblies"][0].update(count=2, cost_centimes=1_000)
    world.plan["assemblies"].append({"hub": "west", "day": WED, "basket": "small", "count": 1, "cost_centimes": 500})


ROOM = [
    Breach("V629", "by moto", _by_moto()),
    Breach("", "moto without room", combined(_by_moto(), moto(max_baskets=1))),
    Breach("V629", "moto with just the weight", combined(_by_moto(), moto(max_weight="3 kg"))),
    Breach("", "moto without the weight", combined(_by_moto(), moto(max_weight="2999 g"))),
    Breach("V629", "moto with just the volume", combined(_by_moto(), moto(max_volume="16 L"))),
    Breach("", "moto without the volume", combined(_by_moto(), moto(max_volume="15999 mL"))),
    Breach("V629", "moto going just so far", combined(_by_moto(), moto(max_trip_distance="13358 m"))),
    Breach("", "moto not going so far", combined(_by_moto(), moto(max_trip_distance="13357 m"))),
    Breach("V629", "moto going just so long", combined(_by_moto(), moto(max_trip_duration="3066 s"))),
    Breach("", "moto not going so long", combined(_by_moto(), moto(max_trip_duration="3065 s"))),
    Breach(
        "V629",
        "driver just without a break",
        combined(_by_moto(), moto(**{"break": {"duration": "1 s", "after": "3066 s"}})),
    ),
    Breach(
        "", "driver in need of a break", combined(_by_moto(), moto(**{"break": {"duration": "1 s", "after": "3065 s"}}))
    ),
    Breach("V629", "moto back just in time", combined(_by_moto(), moto(shift="08:00-08:52"))),
    Breach("", "moto back too late", combined(_by_moto(), moto(shift="08:00-08:51"))),
    Breach("V629", "moto there first", _by_moto(windows=["08:00-08:22"])),
    Breach("", "moto there too late", _by_moto(windows=["08:00-08:21"])),
    Breach(
        "V629",
        "moto there first, in time for the other",
        combined(_by_moto(windows=["08:00-08:22"]), only("h4", windows=["08:00-08:45"])),
    ),
    Breach(
        "",
        "moto there first, too late for the other",
        combined(_by_moto(windows=["08:00-08:22"]), only("h4", windows=["08:00-08:44"])),
    ),
    Breach("", "its basket is assembled that day", combined(_by_moto(), _late)),
    Breach("V629", "a break after it", _by_second_trip(taken_break((37_303, 39_103)))),
    Breach("", "a break too early for it", _by_second_trip(taken_break((37_302, 39_102)))),
    Breach(
        "V629",
        "a trip after it",
        _by_second_trip(van(**{"break": None}), taken_break(), delay(2, 37_303 - 39_600, at="load")),
    ),
    Breach(
        "",
        "a trip too early after it",
        _by_second_trip(van(**{"break": None}), taken_break(), delay(2, 37_302 - 39_600, at="load")),
    ),
    Breach("", "dates too old by Thursday", _at_east),
    Breach("V629", "dates good until Thursday", combined(_at_east, item("products", "dates", shelf_life="3 days"))),
]
