"""Every way to break the good plan that a rule forbids, and how far one may go before it is broken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any, Literal, NamedTuple

from basketplan.plan.types import Plan
from tests.plan.world import MON, THU, TUE, WED, World

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


def _set(path: str, value: Any) -> Edit:
    """Set ``trips.0.stops.1.leg_m`` of the plan."""

    def edit(world: World) -> None:
        *steps, last = path.split(".")
        at: Any = world.plan
        for step in steps:
            at = at[int(step)] if step.isdigit() else at[step]
        at[int(last) if last.isdigit() else last] = value

    return edit


def _add(path: str, amount: int) -> Edit:
    def edit(world: World) -> None:
        *steps, last = path.split(".")
        at: Any = world.plan
        for step in steps:
            at = at[int(step)] if step.isdigit() else at[step]
        at[last] += amount

    return edit


def _item(kind: str, name: str, **changes: Any) -> Edit:
    """Change a part of the programme; ``None`` removes a key."""

    def edit(world: World) -> None:
        _change(world.item(kind, name), changes)

    return edit


def _change(item: dict[str, Any], changes: dict[str, Any]) -> None:
    item.update(changes)
    for key in [key for key, value in changes.items() if value is None]:
        del item[key]


def _offer(coop: str, product: str, **changes: Any) -> Edit:
    return lambda world: _change(world.offer(coop, product), changes)


def _van(**changes: Any) -> Edit:
    return _item("vehicles", "van", **changes)


def _west(**changes: Any) -> Edit:
    return _item("hubs", "west", **changes)


def _policy(**changes: Any) -> Edit:
    return lambda world: world.raw["policy"].update(changes)


def _all(*edits: Edit) -> Edit:
    def edit(world: World) -> None:
        for one in edits:
            one(world)

    return edit


def _drop(kind: str, index: int) -> Edit:
    return lambda world: world.plan[kind].pop(index)


def _append(kind: str, *items: dict[str, Any]) -> Edit:
    return lambda world: world.plan[kind].extend(items)


def _repeat(kind: str, index: int, **changes: Any) -> Edit:
    """List an item of the plan once more, with changes."""
    return lambda world: world.plan[kind].append({**world.plan[kind][index], **changes})


def _delay(trip: int, seconds: int, *, at: str) -> Edit:
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


def _roomy(world: World) -> None:
    """Take away west's limits."""
    for key in ("receiving", "storage_weight", "storage_volume", "assembly"):
        world.item("hubs", "west").pop(key, None)


def _spare(**changes: Any) -> Edit:
    """Assemble one more small basket at west; nobody gets it unless ``household`` says so."""

    def edit(world: World) -> None:
        _roomy(world)
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


def _two_small(world: World) -> None:
    world.plan["assemblies"][0].update(count=2, cost_centimes=1_000)


def _unserved(reason: str, **household: Any) -> Edit:
    """Give h7 another reason, and change it."""

    def edit(world: World) -> None:
        world.plan["unserved"][0]["reason"] = reason
        world.household("h7", **{"access": "street", **household})

    return edit


def _lots(basket: int, text: str) -> Edit:
    lots = [{"shipment": f"S000{name}", "packs": int(packs)} for name, packs in (x.split("x") for x in text.split())]
    return _set(f"baskets.{basket}.lots", lots)


def _load(trip: int, weight_g: int, volume_ml: int, baskets: int = 1) -> Edit:
    return lambda world: world.plan["trips"][trip].update(weight_g=weight_g, volume_ml=volume_ml, baskets=baskets)


def _on_sunday(world: World) -> None:
    """Let the programme begin on Saturday and souss send to east on the Sunday: three days at 70 km a day."""
    sunday = dt.date(2020, 5, 17)
    world.raw["calendar"]["first_day"] = dt.date(2020, 5, 16)
    del world.offer("souss", "couffin")["first_day"]
    world.item("lorries", "camion")["km_per_day"] = "70 km"
    world.plan["hauls"][0]["dispatched"] = sunday
    for index in (7, 8):
        world.plan["shipments"][index]["dispatched"] = sunday


def _all_on_monday(world: World) -> None:
    """Let souss be so near in days that all it sends arrives on Monday; east is closed on Wednesday."""
    _roomy(world)
    world.item("lorries", "camion")["km_per_day"] = "300 km"
    for index in (4, 5, 6, 7, 8):
        world.plan["shipments"][index]["arrives"] = MON
    world.item("hubs", "east")["closed"] = [WED]


def _second_visit(world: World) -> None:
    """Let T0004 ring at h6 twice."""
    trip = world.plan["trips"][3]
    trip["stops"].append({"household": "h6", "leg_m": 0, "arrive_s": 29_481, "start_s": 29_481, "leave_s": 29_661})
    trip.update(return_s=29_862, baskets=2, weight_g=5_600, volume_ml=4_800)


def _trip(number: int, **changes: Any) -> dict[str, Any]:
    """A trip of moto@west#1 on Wednesday without stops."""
    trip = {
        "id": f"T{number:04d}", "hub": "west", "vehicle": "moto", "unit": "moto@west#1", "day": WED,
        "load_s": 30_000, "depart_s": 30_300, "return_s": 30_300, "distance_m": 0, "baskets": 0,
        "weight_g": 0, "volume_ml": 0, "stops": [], "cost_centimes": 500,
    }  # fmt: skip
    return {**trip, **changes}


def _swapped_hubs(world: World) -> None:
    """Give h5 the basket assembled at east and h6 one assembled at west."""
    world.plan["baskets"][5]["household"] = "h6"
    world.plan["baskets"][6]["household"] = "h5"
    world.item("hubs", "east")["ready_after"] = 0
    _load(2, 2_800, 2_400)(world)
    _load(3, 3_600, 3_200)(world)


def _break(*spans: tuple[int, int]) -> Edit:
    return _set("vehicle_days.1.breaks", [{"start_s": start, "end_s": end} for start, end in spans])


def _renamed(kind: str, name: str, field: str, value: Any) -> Edit:
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

STRUCTURE = [
    Breach("V101", "a figure too large", _set("origin.seed", 10**15), again=""),
    Breach("", "the largest figure", _set("origin.seed", 10**15 - 1)),
    Breach("V101", "a negative leg", _set("trips.0.stops.0.leg_m", -1), again=""),
    Breach("V101", "negative packs in a lot", _set("baskets.0.lots.0.packs", -1), again=""),
    Breach("V101", "a negative break", _set("vehicle_days.1.breaks.0.start_s", -1), again=""),
    Breach("V101", "a negative figure of a zone", _set("metrics.zones.0.served", -1), again=""),
    Breach("V101", "a negative figure of a cooperative", _set("metrics.cooperatives.0.packs", -1), again=""),
    Breach("V101", "a negative figure of the plan", _set("metrics.served", -1), again=""),
    Breach("V101", "an enormous price", _set("shipments.0.price_centimes", 10**400), again=""),
    Breach("V102", "another programme", _set("origin.programme", "other")),
    Breach("V103", "two baskets with one id", _set("baskets.1.id", "B00001")),
    Breach("V103", "an engagement twice", _repeat("engagements", 0)),
    Breach("V103", "a haul twice", _repeat("hauls", 0)),
    Breach(
        "V103",
        "an assembly in two halves",
        _all(
            _set("assemblies.0", {"hub": "west", "day": TUE, "basket": "small", "count": 1, "cost_centimes": 500}),
            _repeat("assemblies", 0),
            _set("assemblies.3", {"hub": "west", "day": TUE, "basket": "small", "count": 1, "cost_centimes": 500}),
        ),
    ),
    Breach("V103", "a vehicle day twice", _repeat("vehicle_days", 0)),
    Breach(
        "V103",
        "two trips with one id",
        _all(_set("trips.2.id", "T0002"), _set("vehicle_days.1.trips", ["T0002", "T0002"])),
    ),
    Breach(
        "V103",
        "two shipments with one id",
        _all(_roomy, _repeat("shipments", 6, packs=1, cost_centimes=2_000)),
    ),
    Breach("V104", "a shipment of nobody", _renamed("shipments", "S0010", "cooperative", "nobody"), again="bill"),
    Breach(
        "V104", "a shipment of what is not offered", _renamed("shipments", "S0010", "product", "dates"), again="bill"
    ),
    Breach("V104", "a shipment to nowhere", _renamed("shipments", "S0010", "hub", "nowhere"), again="bill"),
    Breach("V104", "a haul from nobody", _renamed("hauls", "", "cooperative", "nobody"), again="bill"),
    Breach("V104", "a haul to nowhere", _renamed("hauls", "", "hub", "nowhere"), again="bill"),
    Breach("V104", "an unknown lorry", _renamed("hauls", "", "lorry", "unknown"), again="bill"),
    Breach("V104", "nobody engaged", _renamed("engagements", "", "cooperative", "nobody"), again="bill"),
    Breach("V104", "assembly of an unknown basket", _renamed("assemblies", "", "basket", "unknown"), again="bill"),
    Breach("V104", "assembly nowhere", _renamed("assemblies", "", "hub", "nowhere"), again="bill"),
    Breach("V104", "a basket of unknown type", _all(_spare(basket="unknown"), _two_small), again="bill"),
    Breach("V104", "a basket nowhere", _all(_spare(hub="nowhere"), _two_small), again="bill"),
    Breach("V104", "a basket for nobody", _spare(household="nobody"), again="bill"),
    Breach("V104", "a basket from nothing", _spare(lots=[{"shipment": "S9999", "packs": 1}]), again="bill"),
    Breach("V104", "a trip from nowhere", _append("trips", _trip(5, hub="nowhere")), again="bill"),
    Breach("V104", "a trip by an unknown vehicle", _append("trips", _trip(5, vehicle="unknown")), again="bill"),
    Breach(
        "V104",
        "a trip to nobody",
        _append(
            "trips",
            _trip(5, stops=[{"household": "nobody", "leg_m": 0, "arrive_s": 0, "start_s": 0, "leave_s": 0}]),
        ),
    ),
    Breach("V104", "a vehicle day nowhere", _renamed("vehicle_days", "moto@west#9", "hub", "nowhere"), again="bill"),
    Breach(
        "V104",
        "a vehicle day of an unknown type",
        _renamed("vehicle_days", "moto@west#9", "vehicle", "unknown"),
        again="bill",
    ),
    Breach(
        "V104", "a vehicle day with an unknown trip", _set("vehicle_days.2.trips", ["T0004", "T9999"]), again="bill"
    ),
    Breach("V104", "nobody unserved", _repeat("unserved", 0, household="nobody"), again="bill"),
]

SUPPLY = [
    Breach("V201", "a cooperative in town", _item("cooperatives", "atlas", rural=False)),
    Breach("", "town allowed", _all(_item("cooperatives", "atlas", rural=False), _policy(rural_only=False))),
    Breach("", "capacity met", _offer("atlas", "couscous", capacity="12 kg")),
    Breach("V202", "capacity missed by one", _offer("atlas", "couscous", capacity="11 kg")),
    Breach("V203", "first day later", _offer("souss", "couffin", first_day=TUE)),
    Breach("V203", "lead time longer", _offer("atlas", "olive", lead_time=2)),
    Breach("V203", "lead time beyond the first day", _offer("souss", "couffin", lead_time=1)),
    Breach("V203", "first day later than a lead time", _offer("atlas", "couscous", first_day=TUE, rate=None)),
    Breach("", "no rate", _offer("atlas", "couscous", rate=None)),
    Breach("V204", "rate too low by the second day", _offer("atlas", "couscous", rate="5 kg")),
    Breach("V204", "rate too low on the first day", _offer("souss", "couffin", rate="6 packs")),
    Breach("", "rate met on the first day", _offer("souss", "couffin", rate="7 packs")),
    Breach("V204", "rate counted from the ready day", _offer("atlas", "olive", rate="2 L")),
    Breach("", "rate met from the ready day", _offer("atlas", "olive", rate="3 L")),
    Breach("V205", "not a whole lot", _offer("atlas", "couscous", lot="3 kg")),
    Breach("", "smaller lots", _offer("atlas", "couscous", lot="2 kg")),
    Breach("V206", "below the minimum order", _offer("atlas", "olive", minimum_order="4 L")),
    Breach("V207", "below the minimum revenue", _item("cooperatives", "atlas", minimum_revenue="228.01 MAD")),
    Breach(
        "V207",
        "revenue at the deserved price",
        _all(
            _offer("atlas", "olive", price="39 MAD"),
            _set("shipments.3.price_centimes", 3_900),
            _set("shipments.3.cost_centimes", 11_700),
        ),
    ),
    Breach(
        "V208",
        "a pack too dear",
        _all(_set("shipments.3.price_centimes", 4_001), _set("shipments.3.cost_centimes", 12_003)),
    ),
    Breach("", "price break met", _offer("atlas", "couscous", price_breaks=[{"from": "12 kg", "price": "9 MAD"}])),
    Breach(
        "V208", "price break missed", _offer("atlas", "couscous", price_breaks=[{"from": "13 kg", "price": "9 MAD"}])
    ),
    Breach(
        "V208",
        "price break not given",
        _all(
            _offer(
                "atlas",
                "couscous",
                price_breaks=[{"from": "8 kg", "price": "9 MAD"}, {"from": "12 kg", "price": "8.50 MAD"}],
            ),
            _item("cooperatives", "atlas", minimum_revenue="222 MAD"),
        ),
    ),
    Breach(
        "",
        "price breaks in any order",
        _offer(
            "atlas",
            "couscous",
            price_breaks=[{"from": "9 kg", "price": "9 MAD"}, {"from": "2 kg", "price": "9.50 MAD"}],
        ),
    ),
    Breach("V209", "sent on a Sunday", _on_sunday),
    Breach("V209", "an empty lorry on a Sunday", _repeat("hauls", 1, dispatched=dt.date(2020, 5, 17))),
    Breach("", "one day on the road, just", _item("lorries", "camion", km_per_day="111319 m")),
    Breach("V210", "a faster lorry", _item("lorries", "camion", km_per_day="111320 m")),
    Breach("V210", "another day of arrival", _all(_roomy, _set("shipments.0.arrives", TUE))),
    Breach("V211", "hub closed on arrival", _west(closed=[MON])),
    Breach("V212", "no packs", _append("shipments", NO_PACKS)),
    Breach("V213", "above its ceiling", _policy(ceilings={"souss": "61.87 %", "atlas": "100 %"})),
    Breach("", "below its ceiling", _policy(ceilings={"souss": "61.88 %"})),
    Breach("V213", "above the ceiling of all", _policy(ceilings={"all": "61.87 %"})),
    Breach("", "its own ceiling before that of all", _policy(ceilings={"all": "50 %", "souss": "61.88 %"})),
    Breach("V220", "no lorry", _drop("hauls", 1)),
    Breach("V220", "no lorry to the hub", _drop("hauls", 3)),
    Breach("", "lorry weight met", _item("lorries", "camion", max_weight="7.3 kg")),
    Breach("V221", "lorry too heavy", _item("lorries", "camion", max_weight="7299 g")),
    Breach(
        "",
        "two lorries carry double",
        _all(
            _item("lorries", "camion", max_weight="7.3 kg"),
            _set("hauls.4.number", 2),
            _set("hauls.4.cost_centimes", 15_132),
        ),
    ),
    Breach(
        "",
        "two lorries share",
        _all(
            _item("lorries", "camion", max_weight="5.3 kg"),
            _set("hauls.4.number", 2),
            _set("hauls.4.cost_centimes", 15_132),
        ),
    ),
    Breach("", "lorry volume met", _item("lorries", "camion", max_volume="122.2 L")),
    Breach("V222", "lorry too full", _item("lorries", "camion", max_volume="122199 mL")),
    Breach("", "lorry without limit of volume", _item("lorries", "camion", max_volume=None)),
    Breach(
        "V223",
        "no lorry in a haul",
        _all(lambda world: world.raw["lorries"].append(PETIT), _append("hauls", EMPTY_HAUL)),
    ),
    Breach("V224", "a metre too far", _add("hauls.0.distance_m", 1)),
]

HUBS = [
    Breach("V301", "receives too much", _west(receiving="12599 g")),
    Breach("V302", "assembles too many", _west(assembly=5)),
    Breach("V303", "stores too much weight", _west(storage_weight="16599 g")),
    Breach("V304", "stores too much volume", _west(storage_volume="133799 mL")),
    Breach("", "leftovers lie to the end", _item("hubs", "east", storage_weight="4800 g", storage_volume="24.4 L")),
    Breach("V303", "leftovers lie there too", _item("hubs", "east", storage_weight="4799 g")),
    Breach("V305", "assembled on a closed day", _all_on_monday),
    Breach("", "all on Monday, open", _all(_all_on_monday, _item("hubs", "east", closed=None))),
    Breach(
        "V306",
        "one more listed than packed",
        _all(_set("assemblies.2.count", 2), _set("assemblies.2.cost_centimes", 1_200)),
    ),
    Breach("V306", "packed and not listed", _drop("assemblies", 2)),
    Breach("", "a spare basket", _spare()),
]

BASKETS = [
    Breach("V311", "a line is empty", _all(_lots(5, "6x1 3x2"), _load(2, 2_500, 2_000))),
    Breach("V311", "no container", _all(_lots(5, "3x2 4x1"), _load(2, 3_100, 3_200))),
    Breach("V311", "half a line", _all(_lots(5, "6x1 3x1 4x1"), _load(2, 2_600, 2_200))),
    Breach(
        "V311",
        "both alternatives",
        _all(
            _lots(6, "9x1 2x2 8x1 8x1"),
            _set("shipments.7.packs", 2),
            _set("shipments.7.cost_centimes", 12_000),
            _load(3, 3_100, 2_800),
        ),
    ),
    Breach("V311", "something else in it", _all(_lots(6, "9x1 2x2 2x1 8x1"), _load(3, 3_800, 3_400))),
    Breach("V312", "too many with argan", lambda world: _one_of(world, "olive 1 L | argan 250 mL (max 39 %)")),
    Breach("", "just so many with argan", lambda world: _one_of(world, "olive 1 L | argan 250 mL (max 40 %)")),
    Breach("V312", "too few with olive", lambda world: _one_of(world, "olive 1 L (min 61 %) | argan 250 mL")),
    Breach("", "just enough with olive", lambda world: _one_of(world, "olive 1 L (min 60 %) | argan 250 mL")),
    Breach(
        "V313", "more than was shipped", _all(_set("shipments.5.packs", 5), _set("shipments.5.cost_centimes", 15_000))
    ),
    Breach("V314", "an empty lot", _lots(5, "6x1 3x2 4x1 5x0")),
    Breach("V315", "from the other hub", _all(_lots(4, "6x1 2x2 5x1"), _lots(6, "9x1 3x2 8x1"))),
    Breach(
        "V316", "assembled before it arrives", _all(_set("baskets.6.assembled", TUE), _set("assemblies.2.day", TUE))
    ),
    Breach("V317", "too old", _item("products", "dates", shelf_life="1 day")),
    Breach("V318", "not ready", _west(ready_after=2)),
    Breach("", "ready the same day", _west(ready_after=0)),
]


def _one_of(world: World, text: str) -> None:
    world.item("baskets", "standard")["contents"][1] = {"one of": text}


HOUSEHOLDS = [
    Breach("V401", "forgotten", _drop("unserved", 0)),
    Breach("V402", "visited twice", _second_visit),
    Breach("V403", "served and unserved", _repeat("unserved", 0, household="h1", reason="supply")),
    Breach("V404", "unserved twice", _repeat("unserved", 0, reason="supply")),
    Breach("V405", "another basket", lambda world: world.household("h1", baskets={"small": 1})),
    Breach("V405", "one basket too many", _all(_spare(household="h4"), _load(0, 3_000, 16_000, 2))),
    Breach("V406", "nobody brings it", _spare(household="h7")),
    Breach("V407", "from the other hub", _swapped_hubs),
    Breach("V408", "nobody home", lambda world: world.household("h4", days=["thu"])),
    Breach("", "home on that date", lambda world: world.household("h4", days=[WED])),
    Breach("V409", "no access", lambda world: world.household("h4", access="boat")),
    Breach("V409", "the van cannot enter", lambda world: world.household("h1", access="alley")),
    Breach("V410", "after the window", lambda world: world.household("h5", windows=["08:00-11:14"])),
    Breach(
        "",
        "at the end of the window",
        _all(_delay(2, 39, at="load"), lambda w: w.household("h5", windows=["08:00-11:15"])),
    ),
    Breach(
        "V410",
        "a second after the window",
        _all(_delay(2, 40, at="load"), lambda w: w.household("h5", windows=["08:00-11:15"])),
    ),
    Breach("", "in the second window", lambda world: world.household("h5", windows=["08:00-09:00", "11:00-12:00"])),
    Breach("V411", "outside its zones", _west(zones=["A"])),
    Breach("", "no zones", _west(zones=None)),
    Breach("", "at the radius", _west(radius="3340 m")),
    Breach("V412", "beyond the radius", _west(radius="3339 m")),
]

TRIPS = [
    Breach(
        "V421", "no such number", _all(_set("trips.0.unit", "moto@west#0"), _set("vehicle_days.0.unit", "moto@west#0"))
    ),
    Breach(
        "V421",
        "a zero in front",
        _all(_set("trips.0.unit", "moto@west#01"), _set("vehicle_days.0.unit", "moto@west#01")),
    ),
    Breach(
        "V421",
        "of the other hub",
        _all(_set("trips.0.unit", "moto@east#1"), _set("vehicle_days.0.unit", "moto@east#1")),
    ),
    Breach("V421", "no name", _all(_set("trips.0.unit", ""), _set("vehicle_days.0.unit", ""))),
    Breach(
        "V422", "one too many", _all(_set("trips.0.unit", "moto@west#2"), _set("vehicle_days.0.unit", "moto@west#2"))
    ),
    Breach(
        "",
        "the second of two",
        _all(
            _item("vehicles", "moto", number={"west": 2, "east": 1}),
            _set("trips.0.unit", "moto@west#2"),
            _set("vehicle_days.0.unit", "moto@west#2"),
        ),
    ),
    Breach("V422", "none there", _item("vehicles", "moto", number={"east": 1})),
    Breach("V423", "a basket more", _add("trips.0.baskets", 1)),
    Breach("V424", "a gram more", _add("trips.1.weight_g", 1)),
    Breach("V425", "a millilitre less", _add("trips.1.volume_ml", -1)),
    Breach("", "baskets just fit", _van(max_baskets=4)),
    Breach("V426", "a basket too many", _van(max_baskets=3)),
    Breach("", "weight just fits", _van(max_weight="11.5 kg")),
    Breach("V427", "a gram too heavy", _van(max_weight="11499 g")),
    Breach("", "volume just fits", _van(max_volume="16.8 L")),
    Breach("V428", "a millilitre too much", _van(max_volume="16799 mL")),
    Breach("", "no limits", _van(max_weight=None, max_volume=None, max_baskets=None)),
    Breach("V429", "a metre less to a stop", _add("trips.1.stops.2.leg_m", -1)),
    Breach("V430", "a metre more in all", _add("trips.0.distance_m", 1)),
    Breach("V431", "departs late", _delay(0, 1, at="depart")),
    Breach("V431", "loading takes longer", _item("vehicles", "moto", loading="301 s")),
    Breach("V431", "loading a basket takes longer", _item("vehicles", "moto", loading_per_basket="1 s")),
    Breach("V432", "arrives late", _delay(0, 1, at="arrive")),
    Breach("V433", "starts late", _delay(0, 1, at="start")),
    Breach("V434", "leaves late", _delay(0, 1, at="leave")),
    Breach("V434", "a second basket takes time", lambda world: world.raw["policy"].update(service_per_basket="61 s")),
    Breach("V434", "its own service time", lambda world: world.household("h4", service="4 min")),
    Breach("V435", "returns late", _delay(0, 1, at="return")),
    Breach("", "all a second later", _delay(0, 1, at="load")),
    Breach("", "the shift begins", _van(shift="08:30-17:00")),
    Breach("V436", "before the shift", _van(shift="08:31-17:00")),
    Breach("", "the shift ends", _all(_delay(2, 18, at="load"), _van(shift="08:00-11:21"))),
    Breach("V436", "after the shift", _all(_delay(2, 19, at="load"), _van(shift="08:00-11:21"))),
    Breach("", "the longest trip", _van(max_trip_duration="6222 s")),
    Breach("V437", "a trip too long", _van(max_trip_duration="6221 s")),
    Breach("", "just without a break", _van(**{"break": {"duration": "30 min", "after": "6222 s"}})),
    Breach("V438", "a trip without a break", _van(**{"break": {"duration": "30 min", "after": "6221 s"}})),
    Breach("", "the furthest trip", _van(max_trip_distance="6679 m")),
    Breach("V439", "a trip too far", _van(max_trip_distance="6678 m")),
    Breach("V440", "on a closed day", _item("hubs", "east", closed=[THU])),
    Breach(
        "V441",
        "a trip to nobody",
        _all(
            _append("trips", _trip(5)),
            _set("vehicle_days.0.trips", ["T0001", "T0005"]),
            _item("vehicles", "moto", trips_per_day=2),
        ),
    ),
]

FLEET = [
    Breach("", "one after the other", _all(_van(**{"break": None}), _break(), _delay(2, 36_822 - 39_600, at="load"))),
    Breach("V501", "two at a time", _all(_van(**{"break": None}), _break(), _delay(2, 36_821 - 39_600, at="load"))),
    Breach("V502", "too many trips", _van(trips_per_day=1)),
    Breach("V503", "a break before work", _break((28_800, 29_000), GOOD_BREAK)),
    Breach("V503", "a break after work", _break(GOOD_BREAK, (41_000, 42_000))),
    Breach("", "a break right after the trip", _break(GOOD_BREAK, (36_822, 36_900))),
    Breach("V503", "a break on the way", _break(GOOD_BREAK, (36_821, 36_900))),
    Breach("", "a break until the trip", _break(GOOD_BREAK, (39_100, 39_600))),
    Breach("V503", "a break into the trip", _break(GOOD_BREAK, (39_100, 39_601))),
    Breach("V503", "a break of no time", _break(GOOD_BREAK, (39_100, 39_100))),
    Breach("V504", "a break too short", _break((37_200, 38_999))),
    Breach("V504", "no break", _break()),
    Breach("", "no break needed", _all(_break(), _van(**{"break": {"duration": "30 min", "after": "10242 s"}}))),
    Breach("V504", "a second too much", _all(_break(), _van(**{"break": {"duration": "30 min", "after": "10241 s"}}))),
    Breach("V505", "a day not listed", _drop("vehicle_days", 2)),
    Breach("V506", "trips in the wrong order", _set("vehicle_days.1.trips", ["T0003", "T0002"])),
    Breach("V506", "a trip too few", _set("vehicle_days.1.trips", ["T0002"])),
    Breach("V506", "of another hub", _set("vehicle_days.0.hub", "east")),
    Breach(
        "V506",
        "of another type",
        _all(_set("vehicle_days.0.vehicle", "van"), _set("vehicle_days.0.cost_centimes", 10_000)),
    ),
    Breach("V506", "a day without trips", _repeat("vehicle_days", 0, day=THU, trips=[])),
]

MONEY = [
    Breach("V601", "a shipment", _add("shipments.0.cost_centimes", 1)),
    Breach("V602", "a haul", _add("hauls.2.cost_centimes", -1)),
    Breach("V602", "two lorries for the price of one", _set("hauls.2.number", 2)),
    Breach("V603", "not engaged", _drop("engagements", 1)),
    Breach("V603", "engaged for nothing", _append("engagements", {"cooperative": "ville", "cost_centimes": 0})),
    Breach("V604", "an engagement", _add("engagements.0.cost_centimes", 1)),
    Breach("V605", "an assembly", _add("assemblies.1.cost_centimes", 1)),
    Breach("V606", "a trip", _add("trips.1.cost_centimes", -1)),
    Breach("V607", "a vehicle day", _add("vehicle_days.1.cost_centimes", 1)),
    Breach("V608", "lines that differ", _all(_add("costs.0.centimes", 1), _add("costs.1.centimes", -1)), again=""),
    Breach(
        "V608", "a line too many", _append("costs", {"kind": "trips", "reference": "T0009", "centimes": 0}), again=""
    ),
    Breach("V608", "a line of another kind", lambda world: _swap_kind(world), again=""),
    Breach("", "the budget met", _policy(budget="1384.94 MAD")),
    Breach("V609", "a centime over the budget", _policy(budget="1384.93 MAD")),
]


def _swap_kind(world: World) -> None:
    """Give two lines each other's kind and equal money, so that no sum changes."""
    costs = world.plan["costs"]
    one = next(line for line in costs if line["reference"] == "S0007")
    other = next(line for line in costs if line["reference"] == "west@2020-05-19:small")
    one["kind"], other["kind"] = other["kind"], one["kind"]
    one["centimes"], other["centimes"] = other["centimes"], one["centimes"]


METRICS = [
    *(
        Breach("V610", name, _add(f"metrics.{name}", 1), again="")
        for name in (
            "households",
            "served",
            "unserved",
            "baskets_needed",
            "baskets_delivered",
            "baskets_left",
            "cost_centimes",
            "cost_per_basket_centimes",
            "distance_m",
            "inbound_distance_m",
            "trip_seconds",
            "trips",
            "vehicle_days",
            "cooperatives_engaged",
        )
    ),
    *(
        Breach("V610", f"{name} off by two millionths", _add(f"metrics.{name}", 2e-6), again="")
        for name in ("load_factor", "lowest_share", "gini", "jain", "women_share", "rural_share")
    ),
    *(
        Breach("", f"{name} rounded", _add(f"metrics.{name}", 4e-7), again="")
        for name in ("load_factor", "rural_share")
    ),
    Breach("V610", "not a number", _set("metrics.gini", float("nan")), again=""),
    Breach("V610", "cost by kind", _set("metrics.cost_by_kind.goods", 59_801), again=""),
    Breach("V610", "first delivery", _set("metrics.first_delivery", TUE), again=""),
    Breach("V610", "last delivery", _set("metrics.last_delivery", WED), again=""),
    Breach("V610", "leftovers", _set("metrics.leftover_packs", {}), again=""),
    *(
        Breach("V611", name, _add(f"metrics.cooperatives.1.{name}", 1), again="")
        for name in ("packs", "revenue_centimes", "potential_centimes")
    ),
    Breach("V611", "share", _add("metrics.cooperatives.1.share", 2e-6), again=""),
    Breach("V611", "a cooperative missing", lambda world: world.plan["metrics"]["cooperatives"].pop(), again=""),
    *(
        Breach("V612", name, _add(f"metrics.zones.1.{name}", 1), again="")
        for name in ("households", "served", "baskets", "baskets_served")
    ),
    Breach("V612", "a zone missing", lambda world: world.plan["metrics"]["zones"].pop(), again=""),
    Breach("V612", "another zone", _set("metrics.zones.2.zone", "D"), again=""),
]

REASONS = [
    Breach("V620", "the van can go there", _unserved("access")),
    Breach("", "home when nothing is delivered", _unserved("access", days=["mon"])),
    Breach("", "of another zone", _unserved("access", zone="nowhere")),
    Breach("", "beyond the radius", _all(_unserved("access"), _west(radius="5565 m"))),
    Breach("V620", "just within the radius", _all(_unserved("access"), _west(radius="5566 m"))),
    Breach("", "too many baskets for any", _unserved("access", baskets={"standard": 6})),
    Breach("V621", "five fit", _unserved("capacity", baskets={"standard": 5})),
    Breach("", "six do not fit", _unserved("capacity", baskets={"standard": 6})),
    Breach("", "no vehicle there", _unserved("capacity", access="boat")),
    Breach("V622", "always home", _unserved("days")),
    Breach("V622", "home on all days of delivery", _unserved("days", days=["tue", "wed", "thu"])),
    Breach("", "not home on one of them", _unserved("days", days=["wed", "thu"])),
    Breach("", "not home on one of them, the last", _unserved("days", days=["tue", "wed"])),
    Breach("", "no hub", _unserved("days", zone="nowhere")),
    Breach("V623", "a hub without limit", _unserved("territory", zone="C")),
    Breach("", "a hub with a limit", _unserved("territory", zone="B")),
    Breach("", "no hub at all", _unserved("territory", zone="nowhere")),
    Breach("V624", "the van is there in time", _unserved("time", windows=["08:00-08:20"])),
    Breach("", "the van is too late", _unserved("time", windows=["08:00-08:19"])),
    Breach("V624", "at any time", _unserved("time")),
    Breach("", "not with its baskets", _unserved("time", baskets={"standard": 6})),
    Breach("V625", "no budget", _unserved("budget")),
    Breach("", "a budget", _all(_unserved("budget"), _policy(budget="2000 MAD"))),
    Breach("", "storage is limited", _unserved("storage")),
    Breach("V626", "storage is not limited", _all(_roomy, _unserved("storage"))),
    Breach("", "receiving is limited", _all(_roomy, _west(receiving="12.6 kg"), _unserved("storage"))),
    Breach("", "assembly is limited", _unserved("assembly")),
    Breach("V627", "assembly is not limited", _all(_roomy, _unserved("assembly"))),
    Breach("", "only assembly is limited", _all(_roomy, _west(assembly=6), _unserved("assembly"))),
    Breach("V628", "not stopped", _unserved("stopped")),
    Breach("", "stopped", _all(_unserved("stopped"), _set("status", "interrupted"))),
    Breach("V629", "room in the van", _all(_spare(), _unserved("supply", baskets={"small": 1}))),
    Breach(
        "", "room but stopped", _all(_spare(), _unserved("supply", baskets={"small": 1}), _set("status", "interrupted"))
    ),
    Breach("", "no such basket left", _all(_spare(), _unserved("supply"))),
    Breach("", "two baskets needed", _all(_spare(), _unserved("supply", baskets={"small": 2}))),
    Breach("", "nobody home", _all(_spare(), _unserved("supply", baskets={"small": 1}, days=["thu"]))),
    Breach("", "no trip may enter", _all(_spare(), _unserved("supply", baskets={"small": 1}, access="boat"))),
    Breach("", "of another zone, with room", _all(_spare(), _unserved("supply", baskets={"small": 1}, zone="C"))),
    Breach("V630", "no detail", _set("unserved.0.detail", " ")),
    Breach("V630", "no remedy", _set("unserved.0.remedy", "")),
    Breach("V640", "another gap", _set("stages.2.gap", 0.0502)),
    Breach("", "a rounded gap", _set("stages.2.gap", 0.05005)),
    Breach("V640", "a gap of nothing", _set("stages.0.gap", 0.0)),
    Breach("V640", "a gap without value", _all(_set("stages.1.value", None))),
    Breach("V640", "a gap of a value of 0", _all(_set("stages.1.value", 0.0), _set("stages.1.gap", 1.0))),
    Breach("", "no gap of nothing", _all(_set("stages.1.value", 0.0), _set("stages.1.bound", 0.0))),
    Breach(
        "V640",
        "a gap of nothing that is not 0",
        _all(_set("stages.1.value", 0.0), _set("stages.1.bound", 0.0), _set("stages.1.gap", 0.1)),
    ),
    Breach("V640", "not a number", _set("stages.2.gap", float("nan"))),
    Breach("", "values below 0", _all(_set("stages.2.value", -200.0), _set("stages.2.bound", -190.0))),
]

BREACHES = [*STRUCTURE, *SUPPLY, *HUBS, *BASKETS, *HOUSEHOLDS, *TRIPS, *FLEET, *MONEY, *METRICS, *REASONS]
