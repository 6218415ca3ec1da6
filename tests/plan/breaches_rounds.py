"""Breaches of the rules about collection rounds, on the good plan with a round in it.

On Monday a lorry `grand` of west calls at atlas (0.5°) and souss (−1°), 55,660 + 166,979 + 111,319 = 333,958 m at
60 km/h: from 06:00, atlas 06:55:40–07:25:40, souss 10:12:39–10:42:39, back 12:33:59. It loads 4 couscous, 4,000 g and
4,000 mL, and 1 argan, 6 couffin, 2 dates: 5,300 g and 122,200 mL. It costs 20 MAD and half a MAD per km: 186.98 MAD.
Straight lorries would cost 75.66 + 131.32 = 206.98 MAD. All limits of `grand` are met exactly, its hours to the second.
"""

from __future__ import annotations

import copy
from typing import Any

from tests.plan.edits import Breach, Edit, add, all_on_monday, append, combined, item, put
from tests.plan.world import MON, TUE, World

GRAND: dict[str, Any] = {
    "id": "grand", "max_weight": "9300 g", "max_volume": "126.2 L", "cost_per_trip": "20 MAD", "cost_per_km": "1 MAD",
    "rounds": {"max_stops": 2, "max_distance": "333958 m", "hours": "06:00-12:34", "per_day": 1},
}  # fmt: skip


def _stop(cooperative: str, shipments: list[str], leg: int, arrive: int, weight: int, volume: int) -> dict[str, Any]:
    return {
        "cooperative": cooperative, "shipments": shipments, "leg_m": leg, "arrive_s": arrive,
        "leave_s": arrive + 1_800, "weight_g": weight, "volume_ml": volume,
    }  # fmt: skip


ROUND: dict[str, Any] = {
    "id": "R0001", "hub": "west", "lorry": "grand", "day": MON, "depart_s": 21_600, "return_s": 45_239,
    "distance_m": 333_958, "weight_g": 9_300, "volume_ml": 126_200, "cost_centimes": 18_698, "saved_centimes": 2_000,
    "stops": [
        _stop("atlas", ["S0001"], 55_660, 24_940, 4_000, 4_000),
        _stop("souss", ["S0005", "S0006", "S0007"], 166_979, 36_759, 5_300, 122_200),
    ],
}  # fmt: skip


def with_round(world: World) -> None:
    all_on_monday(world)
    del world.item("hubs", "east")["closed"]
    world.raw["lorries"].append(copy.deepcopy(GRAND))
    made, hauls = copy.deepcopy(ROUND), world.plan["hauls"]
    made["instead_of"] = [hauls[1], hauls[2]]
    world.plan["hauls"] = [hauls[0], *hauls[3:]]
    world.plan["rounds"] = [made]


def on_round(*edits: Edit) -> Edit:
    return combined(with_round, *edits)


def settings(**changes: Any) -> Edit:
    """Change what the programme says of rounds; ``None`` removes a key."""

    def edit(world: World) -> None:
        rounds = world.item("lorries", "grand")["rounds"]
        rounds.update(changes)
        for key in [key for key, value in changes.items() if value is None]:
            del rounds[key]

    return edit


def late(seconds: int, *fields: str) -> Edit:
    """Make times of the round later."""
    return combined(*(add(f"rounds.0.{field}", seconds) for field in fields))


def priced(cost: int) -> Edit:
    """Let the round cost something else, and tell so rightly."""
    return combined(put("rounds.0.cost_centimes", cost), put("rounds.0.saved_centimes", 20_698 - cost))


def without_souss(world: World) -> None:
    """Drop a stop, and tell everything rightly but who brings its shipments."""
    made = world.plan["rounds"][0]
    made["stops"].pop()
    made["instead_of"].pop()
    made.update(
        return_s=30_080, distance_m=111_320, weight_g=4_000, volume_ml=4_000, cost_centimes=7_566, saved_centimes=0
    )


def again(world: World) -> None:
    """Make a second round, to atlas on Tuesday, by a lorry that stands in for the one that would go there."""
    second = copy.deepcopy(world.plan["rounds"][0])
    second.update(
        id="R0002", day=TUE, return_s=30_080, distance_m=111_320, weight_g=7_300, volume_ml=7_600,
        cost_centimes=7_566, saved_centimes=0, stops=[_stop("atlas", ["S0003", "S0004"], 55_660, 24_940, 7_300, 7_600)],
        instead_of=[world.plan["hauls"].pop()],
    )  # fmt: skip
    world.plan["rounds"].append(second)


def halved(world: World) -> None:
    """Let souss be called at twice, the second time for its dates."""
    made = world.plan["rounds"][0]
    made["stops"][1].update(shipments=["S0005", "S0006"], weight_g=3_300, volume_ml=120_400)
    made["stops"].append(_stop("souss", ["S0007"], 0, 38_559, 2_000, 1_800))
    made["return_s"] += 1_800


def by_ville(world: World) -> None:
    """Call at ville (0.1°) as well, on the way back from souss, and load nothing."""
    settings(max_stops=3, max_distance=None, hours="06:00-14:00")(world)
    made = world.plan["rounds"][0]
    made["stops"].append(_stop("ville", [], 122_451, 45_907, 0, 0))
    made.update(distance_m=356_222, return_s=48_375, cost_centimes=19_811, saved_centimes=887)


def of_its_own_day(world: World) -> None:
    """Let what a stop loads arrive a day later than the round."""
    world.plan["shipments"][0]["arrives"] = TUE


def parted(world: World) -> None:
    """Make two rounds with a stop each; they cost as much as straight lorries."""
    both = world.plan["rounds"].pop()
    for stop, haul, back in zip(both["stops"], both["instead_of"], (30_080, 36_760), strict=True):
        leg, name = haul["distance_m"], stop["cooperative"]
        stop.update(leg_m=leg, arrive_s=(21_600 + back - 1_800) // 2, leave_s=(21_600 + back + 1_800) // 2)
        world.plan["rounds"].append(
            {
                **both, "id": f"R-{name}", "stops": [stop], "instead_of": [haul], "weight_g": stop["weight_g"],
                "volume_ml": stop["volume_ml"], "distance_m": 2 * leg, "return_s": back,
                "cost_centimes": haul["cost_centimes"], "saved_centimes": 0,
            }
        )  # fmt: skip


def instead(**changes: Any) -> Edit:
    """Compare the round with one more lorry, like the one from souss but for the changes."""

    def edit(world: World) -> None:
        hauls = world.plan["rounds"][0]["instead_of"]
        hauls.append({**hauls[1], **changes})

    return edit


def to_east(world: World) -> None:
    """Compare the round with a lorry from atlas to east, which is as far."""
    hauls = world.plan["rounds"][0]["instead_of"]
    hauls[0] = {**hauls[0], "hub": "east"}


def by_another(**changes: Any) -> Edit:
    """Compare the round with a lorry of another type from souss, which holds just what is loaded there."""

    def edit(world: World) -> None:
        lorry = {"id": "moyen", "max_weight": "5300 g", "max_volume": "122.2 L", "cost_per_trip": "20 MAD"}
        made = {**lorry, "cost_per_km": "1 MAD", "km_per_day": "111320 m", **changes}
        world.raw["lorries"].append({key: value for key, value in made.items() if value is not None})
        hauls = world.plan["rounds"][0]["instead_of"]
        hauls[1] = {**hauls[1], "lorry": "moyen"}

    return edit


INSTEAD = "rounds.0.instead_of"
ROUNDS = [
    Breach("", "a round", on_round()),
    Breach("", "two rounds on two days", on_round(again)),
    Breach("", "a round with prices of its own", on_round(settings(cost_per_trip="30 MAD"), priced(19_698))),
    Breach("", "a kilometre with a price of its own", on_round(settings(cost_per_km="0.40 MAD"), priced(15_358))),
    Breach("", "a round as dear as straight lorries", on_round(settings(cost_per_trip="40 MAD"), priced(20_698))),
    Breach("V101", "a negative leg of a round", on_round(put("rounds.0.stops.0.leg_m", -1)), again=""),
    Breach("V101", "less than no lorry", on_round(put(f"{INSTEAD}.0.number", -1)), again=""),
    Breach("V103", "two rounds with one id", on_round(again, put("rounds.1.id", "R0001"))),
    Breach("V104", "a round of nowhere", on_round(put("rounds.0.hub", "nowhere")), again="bill"),
    Breach("V104", "a round by an unknown lorry", on_round(put("rounds.0.lorry", "unknown")), again="bill"),
    Breach("V104", "a round to nobody", on_round(put("rounds.0.stops.0.cooperative", "nobody")), again="bill"),
    Breach(
        "V104",
        "a round for nothing",
        on_round(put("rounds.0.stops.0.shipments", ["S0001", "S9999"])),
        again="bill",
    ),
    Breach("V104", "instead of an unknown lorry", on_round(put(f"{INSTEAD}.0.lorry", "unknown")), again="bill"),
    Breach("V104", "instead of a lorry from nobody", on_round(put(f"{INSTEAD}.0.cooperative", "nobody")), again="bill"),
    Breach("V104", "instead of a lorry to nowhere", on_round(put(f"{INSTEAD}.0.hub", "nowhere")), again="bill"),
    Breach("V220", "a stop dropped", on_round(without_souss)),
    Breach("V230", "a lorry without rounds", on_round(item("lorries", "grand", rounds=None))),
    Breach("V231", "too many stops", on_round(settings(max_stops=1))),
    Breach("V231", "a cooperative called at twice", on_round(settings(max_stops=3, hours="06:00-13:10"), halved)),
    Breach(
        "V231",
        "a round to nobody at all",
        on_round(
            settings(per_day=2),
            append(
                "rounds",
                {
                    **ROUND,
                    "id": "R0002",
                    "stops": [],
                    "instead_of": [],
                    "distance_m": 0,
                    "return_s": 21_600,
                    "weight_g": 0,
                    "volume_ml": 0,
                    "cost_centimes": 0,
                    "saved_centimes": 0,
                },
            ),
            item("lorries", "grand", cost_per_trip="0 MAD"),
            priced(16_698),
        ),
    ),
    Breach(
        "V232",
        "a shipment loaded twice",
        on_round(
            put("rounds.0.stops.0.shipments", ["S0001", "S0001"]),
            put("rounds.0.stops.0.weight_g", 8_000),
            put("rounds.0.stops.0.volume_ml", 8_000),
            put("rounds.0.weight_g", 13_300),
            put("rounds.0.volume_ml", 130_200),
            item("lorries", "grand", max_weight="13300 g", max_volume="130.2 L"),
        ),
    ),
    Breach("V232", "a stop for nothing", on_round(by_ville)),
    Breach("V233", "a shipment of another day", on_round(of_its_own_day)),
    Breach("V234", "a wrong weight at a stop", on_round(add("rounds.0.stops.1.weight_g", 1))),
    Breach("V234", "a wrong volume at a stop", on_round(add("rounds.0.stops.1.volume_ml", -1))),
    Breach("V234", "a wrong weight", on_round(add("rounds.0.weight_g", -1))),
    Breach("V234", "a wrong volume", on_round(add("rounds.0.volume_ml", 1))),
    Breach("V235", "a lorry overloaded", on_round(item("lorries", "grand", max_weight="9299 g"))),
    Breach("V236", "a lorry too full", on_round(item("lorries", "grand", max_volume="126199 mL"))),
    Breach("", "a lorry of any volume", on_round(item("lorries", "grand", max_volume=None))),
    Breach("V237", "a wrong leg", on_round(add("rounds.0.stops.1.leg_m", 1))),
    Breach("V237", "a wrong road in all", on_round(add("rounds.0.distance_m", 1))),
    Breach("V238", "too long a round", on_round(settings(max_distance="333957 m"))),
    Breach("", "a round of any length", on_round(settings(max_distance=None))),
    Breach("V239", "leaving late", on_round(late(1, "depart_s"))),
    Breach("V239", "arriving late", on_round(late(1, "stops.0.arrive_s"))),
    Breach("V239", "staying too long", on_round(late(1, "stops.1.leave_s"))),
    Breach("V239", "back too early", on_round(late(-1, "return_s"))),
    Breach("V240", "back after hours", on_round(settings(hours="06:00-12:33"))),
    Breach("V241", "too many rounds in a day", on_round(parted)),
    Breach("", "as many rounds in a day as there may be", on_round(parted, settings(per_day=2))),
    Breach("", "any number of rounds in a day", on_round(parted, settings(per_day=None))),
    Breach("V242", "a wrong cost of a round", on_round(priced(18_697))),
    Breach("V242", "a dearer trip", on_round(settings(cost_per_trip="20.01 MAD"))),
    Breach("V242", "a dearer kilometre", on_round(settings(cost_per_km="0.51 MAD"))),
    Breach("V243", "instead of a lorry of another day", on_round(put(f"{INSTEAD}.0.dispatched", TUE))),
    Breach("V243", "instead of a lorry to another hub", on_round(to_east)),
    Breach("V243", "instead of no lorry as well", on_round(instead(number=0, cost_centimes=0))),
    Breach(
        "V243",
        "instead of a lorry from where nothing is loaded",
        on_round(
            instead(cooperative="ville", distance_m=11_132, cost_centimes=3_113), put("rounds.0.saved_centimes", 5_113)
        ),
    ),
    Breach("", "instead of lorries just large enough", on_round(by_another())),
    Breach("V243", "instead of a lorry too weak", on_round(by_another(max_weight="5299 g"))),
    Breach("V243", "instead of a lorry too small", on_round(by_another(max_volume="122199 mL"))),
    Breach("", "instead of a lorry of any volume", on_round(by_another(max_volume=None))),
    Breach("V243", "instead of a lorry that comes later", on_round(by_another(km_per_day="111319 m"))),
    Breach("V244", "a wrong road instead", on_round(add(f"{INSTEAD}.1.distance_m", 1))),
    Breach(
        "V244",
        "a wrong cost instead",
        on_round(add(f"{INSTEAD}.1.cost_centimes", 1), add("rounds.0.saved_centimes", 1)),
    ),
    Breach("V245", "saved too much", on_round(add("rounds.0.saved_centimes", 1))),
    Breach(
        "V245",
        "dearer than straight lorries",
        on_round(settings(cost_per_trip="40.01 MAD"), priced(20_699), put("rounds.0.saved_centimes", 0)),
    ),
]
