"""Edits of the good plan and its programme, from which breaches are made."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from basketplan.plan.types import Plan
from tests.plan.world import MON, TUE, WED, World

Edit = Callable[[World], Any]


class Breach(NamedTuple):
    """An edit of the good plan or its programme after which exactly one rule is broken, or none (``code`` empty)."""

    code: str
    label: str
    edit: Edit
    again: Literal["bill and figures", "bill", ""] = "bill and figures"
    """What is worked out again after the edit; figures cannot be where something unknown is named."""

    def made(self) -> tuple[World, Plan]:
        world = World()
        self.edit(world)
        return world, world.priced(metrics="figures" in self.again) if self.again else world.built()


def put(path: str, value: Any) -> Edit:
    """Set ``trips.0.stops.1.leg_m`` of the plan."""

    def edit(world: World) -> None:
        *steps, last = path.split(".")
        at: Any = world.plan
        for step in steps:
            at = at[int(step)] if step.isdigit() else at[step]
        at[int(last) if last.isdigit() else last] = value

    return edit


def add(path: str, amount: float) -> Edit:
    def edit(world: World) -> None:
        *steps, last = path.split(".")
        at: Any = world.plan
        for step in steps:
            at = at[int(step)] if step.isdigit() else at[step]
        at[last] += amount

    return edit


def item(kind: str, name: str, **changes: Any) -> Edit:
    """Change a part of the programme; ``None`` removes a key."""

    def edit(world: World) -> None:
        change(world.item(kind, name), changes)

    return edit


def change(item: dict[str, Any], changes: dict[str, Any]) -> None:
    item.update(changes)
    for key in [key for key, value in changes.items() if value is None]:
        del item[key]


def only(household: str, **changes: Any) -> Edit:
    """Change one household of the programme."""
    return lambda world: world.household(household, **changes)


def offer(coop: str, product: str, **changes: Any) -> Edit:
    return lambda world: change(world.offer(coop, product), changes)


def van(**changes: Any) -> Edit:
    return item("vehicles", "van", **changes)


def west(**changes: Any) -> Edit:
    return item("hubs", "west", **changes)


def policy(**changes: Any) -> Edit:
    return lambda world: world.raw["policy"].update(changes)


def combined(*edits: Edit) -> Edit:
    def edit(world: World) -> None:
        for one in edits:
            one(world)

    return edit


def drop(kind: str, index: int) -> Edit:
    return lambda world: world.plan[kind].pop(index)


def append(kind: str, *items: dict[str, Any]) -> Edit:
    return lambda world: world.plan[kind].extend(items)


def repeat(kind: str, index: int, **changes: Any) -> Edit:
    """List an item of the plan once more, with changes."""
    return lambda world: world.plan[kind].append({**world.plan[kind][index], **changes})


def delay(trip: int, seconds: int, *, at: str) -> Edit:
    """Make everything of a trip later from loading, departure, a stop's arrival, start or leaving, or return on."""
    order = ["load", "depart", "arrive", "start", "leave", "return"]

    def edit(world: World) -> None:
        item = world.plan["trips"][trip]
        for name in order[order.index(at) :]:
            if name in {"arrive", "start", "leave"}:
                for stop in item["stops"]:
                    stop[f"{name}_s"] += seconds
            else:
                item[f"{name}_s"] += seconds

    return edit


def roomy(world: World) -> None:
    """Take away west's limits."""
    for key in ("receiving", "storage_weight", "storage_volume", "assembly"):
        world.item("hubs", "west").pop(key, None)


def spare(**changes: Any) -> Edit:
    """Assemble one more small basket at west; nobody gets it unless ``household`` says so."""

    def edit(world: World) -> None:
        roomy(world)
        for index in (5, 6):
            shipment = world.plan["shipments"][index]
            shipment["packs"] += 1
            shipment["cost_centimes"] += shipment["price_centimes"]
        world.plan["assemblies"][0].update(count=3, cost_centimes=1_500)
        lots = [{"shipment": "S0006", "packs": 1}, {"shipment": "S0007", "packs": 1}]
        basket = {"id": "B00008", "basket": "small", "hub": "west", "assembled": TUE, "household": None, "lots": lots}
        world.plan["baskets"].append({**basket, **changes})
        world.item("lorries", "camion").update(max_volume="200 L")

    return edit


def two_small(world: World) -> None:
    world.plan["assemblies"][0].update(count=2, cost_centimes=1_000)


def unserved(reason: str, **household: Any) -> Edit:
    """Give h7 another reason, and change it."""

    def edit(world: World) -> None:
        world.plan["unserved"][0]["reason"] = reason
        world.household("h7", **{"access": "street", **household})

    return edit


def lots(basket: int, text: str) -> Edit:
    lots = [{"shipment": f"S000{name}", "packs": int(packs)} for name, packs in (x.split("x") for x in text.split())]
    return put(f"baskets.{basket}.lots", lots)


def loaded(trip: int, weight_g: int, volume_ml: int, baskets: int = 1) -> Edit:
    return lambda world: world.plan["trips"][trip].update(weight_g=weight_g, volume_ml=volume_ml, baskets=baskets)


def on_sunday(world: World) -> None:
    """Let the programme begin on Saturday and souss send to east on the Sunday: three days at 70 km a day."""
    sunday = dt.date(2020, 5, 17)
    world.raw["calendar"]["first_day"] = dt.date(2020, 5, 16)
    del world.offer("souss", "couffin")["first_day"]
    world.item("lorries", "camion")["km_per_day"] = "70 km"
    world.plan["hauls"][0]["dispatched"] = sunday
    for index in (7, 8):
        world.plan["shipments"][index]["dispatched"] = sunday


def all_on_monday(world: World) -> None:
    """Let souss be so near in days that all it sends arrives on Monday; east is closed on Wednesday."""
    roomy(world)
    world.item("lorries", "camion")["km_per_day"] = "300 km"
    for index in (4, 5, 6, 7, 8):
        world.plan["shipments"][index]["arrives"] = MON
    world.item("hubs", "east")["closed"] = [WED]


def second_visit(world: World) -> None:
    """Let T0004 ring at h6 twice."""
    trip = world.plan["trips"][3]
    trip["stops"].append({"household": "h6", "leg_m": 0, "arrive_s": 29_481, "start_s": 29_481, "leave_s": 29_661})
    trip.update(return_s=29_862, baskets=2, weight_g=5_600, volume_ml=4_800)


def numbered(visit: str) -> Edit:
    """Call the visit to a household by a number, as where its baskets are split."""
    home = visit.partition("/")[0]

    def edit(world: World) -> None:
        stops = [stop for trip in world.plan["trips"] for stop in trip["stops"]]
        for row in [*stops, *world.plan["baskets"]]:
            if row["household"] == home:
                row["household"] = visit

    return edit


def bare_trip(number: int, **changes: Any) -> dict[str, Any]:
    """A trip of moto@west#1 on Wednesday without stops."""
    trip = {
        "id": f"T{number:04d}", "hub": "west", "vehicle": "moto", "unit": "moto@west#1", "day": WED,
        "load_s": 30_000, "depart_s": 30_300, "return_s": 30_300, "distance_m": 0, "baskets": 0,
        "weight_g": 0, "volume_ml": 0, "stops": [], "cost_centimes": 500,
    }  # fmt: skip
    return {**trip, **changes}


def swapped_hubs(world: World) -> None:
    """Give h5 the basket assembled at east and h6 one assembled at west."""
    world.plan["baskets"][5]["household"] = "h6"
    world.plan["baskets"][6]["household"] = "h5"
    world.item("hubs", "east")["ready_after"] = 0
    loaded(2, 2_800, 2_400)(world)
    loaded(3, 3_600, 3_200)(world)


def taken_break(*spans: tuple[int, int]) -> Edit:
    return put("vehicle_days.1.breaks", [{"start_s": start, "end_s": end} for start, end in spans])


def renamed(kind: str, name: str, field: str, value: Any) -> Edit:
    """List one more item like the first, with another name in it."""

    def edit(world: World) -> None:
        item = {**world.plan[kind][0], field: value}
        if "id" in item:
            item["id"] = name
        if "unit" in item:
            item["unit"] = name
        world.plan[kind].append(item)

    return edit


GOOD_BREAK = (37_200, 39_000)
PETIT = {"id": "petit", "max_weight": "1 kg", "km_per_day": "100 km"}
EMPTY_HAUL = {
    "cooperative": "atlas", "hub": "west", "dispatched": MON, "lorry": "petit", "number": 0,
    "distance_m": 55_660, "cost_centimes": 0,
}  # fmt: skip
NO_PACKS = {
    "id": "S0010", "cooperative": "atlas", "product": "couscous", "hub": "west", "dispatched": MON, "arrives": MON,
    "packs": 0, "price_centimes": 900, "cost_centimes": 0,
}  # fmt: skip
