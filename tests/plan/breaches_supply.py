"""Breaches of ids, supply, hubs and baskets, and how far one may go before a rule is broken."""

from __future__ import annotations

import datetime as dt

from tests.plan.edits import (
    EMPTY_HAUL,
    NO_PACKS,
    PETIT,
    Breach,
    add,
    all_on_monday,
    append,
    bare_trip,
    combined,
    drop,
    item,
    loaded,
    lots,
    offer,
    on_sunday,
    policy,
    put,
    renamed,
    repeat,
    roomy,
    spare,
    two_small,
    west,
)
from tests.plan.world import MON, TUE, World

STRUCTURE = [
    Breach("V101", "a figure too large", put("origin.seed", 10**15), again=""),
    Breach("", "the largest figure", put("origin.seed", 10**15 - 1)),
    Breach("V101", "a negative leg", put("trips.0.stops.0.leg_m", -1), again=""),
    Breach("V101", "negative packs in a lot", put("baskets.0.lots.0.packs", -1), again=""),
    Breach("V101", "a negative break", put("vehicle_days.1.breaks.0.start_s", -1), again=""),
    Breach("V101", "a negative figure of a zone", put("metrics.zones.0.served", -1), again=""),
    Breach("V101", "a negative figure of a cooperative", put("metrics.cooperatives.0.packs", -1), again=""),
    Breach("V101", "a negative figure of the plan", put("metrics.served", -1), again=""),
    Breach("V101", "an enormous price", put("shipments.0.price_centimes", 10**400), again=""),
    Breach("V102", "another programme", put("origin.programme", "other")),
    Breach("V103", "two baskets with one id", put("baskets.1.id", "B00001")),
    Breach("V103", "an engagement twice", repeat("engagements", 0)),
    Breach("V103", "a haul twice", repeat("hauls", 0)),
    Breach(
        "V103",
        "an assembly in two halves",
        combined(
            put("assemblies.0", {"hub": "west", "day": TUE, "basket": "small", "count": 1, "cost_centimes": 500}),
            repeat("assemblies", 0),
            put("assemblies.3", {"hub": "west", "day": TUE, "basket": "small", "count": 1, "cost_centimes": 500}),
        ),
    ),
    Breach("V103", "a vehicle day twice", repeat("vehicle_days", 0)),
    Breach(
        "V103",
        "two trips with one id",
        combined(put("trips.2.id", "T0002"), put("vehicle_days.1.trips", ["T0002", "T0002"])),
    ),
    Breach(
        "V103",
        "two shipments with one id",
        combined(roomy, repeat("shipments", 6, packs=1, cost_centimes=2_000)),
    ),
    Breach("V104", "a shipment of nobody", renamed("shipments", "S0010", "cooperative", "nobody"), again="bill"),
    Breach(
        "V104", "a shipment of what is not offered", renamed("shipments", "S0010", "product", "dates"), again="bill"
    ),
    Breach("V104", "a shipment to nowhere", renamed("shipments", "S0010", "hub", "nowhere"), again="bill"),
    Breach("V104", "a haul from nobody", renamed("hauls", "", "cooperative", "nobody"), again="bill"),
    Breach("V104", "a haul to nowhere", renamed("hauls", "", "hub", "nowhere"), again="bill"),
    Breach("V104", "an unknown lorry", renamed("hauls", "", "lorry", "unknown"), again="bill"),
    Breach("V104", "nobody engaged", renamed("engagements", "", "cooperative", "nobody"), again="bill"),
    Breach("V104", "assembly of an unknown basket", renamed("assemblies", "", "basket", "unknown"), again="bill"),
    Breach("V104", "assembly nowhere", renamed("assemblies", "", "hub", "nowhere"), again="bill"),
    Breach("V104", "a basket of unknown type", combined(spare(basket="unknown"), two_small), again="bill"),
    Breach("V104", "a basket nowhere", combined(spare(hub="nowhere"), two_small), again="bill"),
    Breach("V104", "a basket for nobody", spare(household="nobody"), again="bill"),
    Breach("V104", "a basket from nothing", spare(lots=[{"shipment": "S9999", "packs": 1}]), again="bill"),
    Breach("V104", "a trip from nowhere", append("trips", bare_trip(5, hub="nowhere")), again="bill"),
    Breach("V104", "a trip by an unknown vehicle", append("trips", bare_trip(5, vehicle="unknown")), again="bill"),
    Breach(
        "V104",
        "a trip to nobody",
        append(
            "trips",
            bare_trip(5, stops=[{"household": "nobody", "leg_m": 0, "arrive_s": 0, "start_s": 0, "leave_s": 0}]),
        ),
        again="bill",
    ),
    Breach("V104", "a vehicle day nowhere", renamed("vehicle_days", "moto@west#9", "hub", "nowhere"), again="bill"),
    Breach(
        "V104",
        "a vehicle day of an unknown type",
        renamed("vehicle_days", "moto@west#9", "vehicle", "unknown"),
        again="bill",
    ),
    Breach("V104", "a vehicle day with an unknown trip", put("vehicle_days.2.trips", ["T0004", "T9999"]), again="bill"),
    Breach("V104", "nobody unserved", repeat("unserved", 0, household="nobody"), again="bill"),
]


SUPPLY = [
    Breach("V201", "a cooperative in town", item("cooperatives", "atlas", rural=False)),
    Breach("", "town allowed", combined(item("cooperatives", "atlas", rural=False), policy(rural_only=False))),
    Breach("", "capacity met", offer("atlas", "couscous", capacity="12 kg")),
    Breach("V202", "capacity missed by one", offer("atlas", "couscous", capacity="11 kg")),
    Breach("V203", "first day later", offer("souss", "couffin", first_day=TUE)),
    Breach("V203", "lead time longer", offer("atlas", "olive", lead_time=2)),
    Breach("V203", "lead time beyond the first day", offer("souss", "couffin", lead_time=1)),
    Breach("V203", "first day later than a lead time", offer("atlas", "couscous", first_day=TUE, rate=None)),
    Breach("", "no rate", offer("atlas", "couscous", rate=None)),
    Breach("V204", "rate too low by the second day", offer("atlas", "couscous", rate="5 kg")),
    Breach("V204", "rate too low on the first day", offer("souss", "couffin", rate="6 packs")),
    Breach("", "rate met on the first day", offer("souss", "couffin", rate="7 packs")),
    Breach("V204", "rate counted from the ready day", offer("atlas", "olive", rate="2 L")),
    Breach("", "rate met from the ready day", offer("atlas", "olive", rate="3 L")),
    Breach("V205", "not a whole lot", offer("atlas", "couscous", lot="3 kg")),
    Breach("", "smaller lots", offer("atlas", "couscous", lot="2 kg")),
    Breach("V206", "below the minimum order", offer("atlas", "olive", minimum_order="4 L")),
    Breach("V207", "below the minimum revenue", item("cooperatives", "atlas", minimum_revenue="228.01 MAD")),
    Breach(
        "V207",
        "revenue at the deserved price",
        combined(
            offer("atlas", "olive", price="39 MAD"),
            put("shipments.3.price_centimes", 3_900),
            put("shipments.3.cost_centimes", 11_700),
        ),
    ),
    Breach(
        "V208",
        "a pack too dear",
        combined(put("shipments.3.price_centimes", 4_001), put("shipments.3.cost_centimes", 12_003)),
    ),
    Breach("", "price break met", offer("atlas", "couscous", price_breaks=[{"from": "12 kg", "price": "9 MAD"}])),
    Breach(
        "V208", "price break missed", offer("atlas", "couscous", price_breaks=[{"from": "13 kg", "price": "9 MAD"}])
    ),
    Breach(
        "V208",
        "price break not given",
        combined(
            offer(
                "atlas",
                "couscous",
                price_breaks=[{"from": "8 kg", "price": "9 MAD"}, {"from": "12 kg", "price": "8.50 MAD"}],
            ),
            item("cooperatives", "atlas", minimum_revenue="222 MAD"),
        ),
    ),
    Breach(
        "",
        "price breaks in any order",
        offer(
            "atlas",
            "couscous",
            price_breaks=[{"from": "9 kg", "price": "9 MAD"}, {"from": "2 kg", "price": "9.50 MAD"}],
        ),
    ),
    Breach("V209", "sent on a Sunday", on_sunday),
    Breach("V209", "an empty lorry on a Sunday", repeat("hauls", 1, dispatched=dt.date(2020, 5, 17))),
    Breach("", "one day on the road, just", item("lorries", "camion", km_per_day="111319 m")),
    Breach("V210", "a faster lorry", item("lorries", "camion", km_per_day="111320 m")),
    Breach("V210", "another day of arrival", combined(roomy, put("shipments.0.arrives", TUE))),
    Breach("V211", "hub closed on arrival", west(closed=[MON])),
    Breach("V212", "no packs", append("shipments", NO_PACKS)),
    Breach("V213", "above its ceiling", policy(ceilings={"souss": "61.87 %", "atlas": "100 %"})),
    Breach("", "below its ceiling", policy(ceilings={"souss": "61.88 %"})),
    Breach("V213", "above the ceiling of all", policy(ceilings={"all": "61.87 %"})),
    Breach("", "its own ceiling before that of all", policy(ceilings={"all": "50 %", "souss": "61.88 %"})),
    Breach("V220", "no lorry", drop("hauls", 1)),
    Breach("V220", "no lorry to the hub", drop("hauls", 3)),
    Breach("", "lorry weight met", item("lorries", "camion", max_weight="7.3 kg")),
    Breach("V221", "lorry too heavy", item("lorries", "camion", max_weight="7299 g")),
    Breach(
        "",
        "two lorries carry double",
        combined(
            item("lorries", "camion", max_weight="7.3 kg"),
            put("hauls.4.number", 2),
            put("hauls.4.cost_centimes", 15_132),
        ),
    ),
    Breach(
        "",
        "two lorries share",
        combined(
            item("lorries", "camion", max_weight="5.3 kg"),
            put("hauls.4.number", 2),
            put("hauls.4.cost_centimes", 15_132),
        ),
    ),
    Breach("", "lorry volume met", item("lorries", "camion", max_volume="122.2 L")),
    Breach("V222", "lorry too full", item("lorries", "camion", max_volume="122199 mL")),
    Breach("", "lorry without limit of volume", item("lorries", "camion", max_volume=None)),
    Breach(
        "V223",
        "no lorry in a haul",
        combined(lambda world: world.raw["lorries"].append(PETIT), append("hauls", EMPTY_HAUL)),
    ),
    Breach("V224", "a metre too far", add("hauls.0.distance_m", 1)),
]


HUBS = [
    Breach("V301", "receives too much", west(receiving="12599 g")),
    Breach("V302", "assembles too many", west(assembly=5)),
    Breach("V303", "stores too much weight", west(storage_weight="16599 g")),
    Breach("V304", "stores too much volume", west(storage_volume="133799 mL")),
    Breach("", "leftovers lie to the end", item("hubs", "east", storage_weight="4800 g", storage_volume="24.4 L")),
    Breach("V303", "leftovers lie there too", item("hubs", "east", storage_weight="4799 g")),
    Breach("V305", "assembled on a closed day", all_on_monday),
    Breach("", "all on Monday, open", combined(all_on_monday, item("hubs", "east", closed=None))),
    Breach(
        "V306",
        "one more listed than packed",
        combined(put("assemblies.2.count", 2), put("assemblies.2.cost_centimes", 1_200)),
    ),
    Breach("V306", "packed and not listed", drop("assemblies", 2)),
    Breach("", "a spare basket", spare()),
]


BASKETS = [
    Breach("V311", "a line is empty", combined(lots(5, "6x1 3x2"), loaded(2, 2_500, 2_000))),
    Breach("V311", "no container", combined(lots(5, "3x2 4x1"), loaded(2, 3_100, 3_200))),
    Breach("V311", "half a line", combined(lots(5, "6x1 3x1 4x1"), loaded(2, 2_600, 2_200))),
    Breach(
        "V311",
        "both alternatives",
        combined(
            lots(6, "9x1 2x2 8x1 8x1"),
            put("shipments.7.packs", 2),
            put("shipments.7.cost_centimes", 12_000),
            loaded(3, 3_100, 2_800),
        ),
    ),
    Breach("V311", "something else in it", combined(lots(6, "9x1 2x2 2x1 8x1"), loaded(3, 3_800, 3_400))),
    Breach("V312", "too many with argan", lambda world: _one_of(world, "olive 1 L | argan 250 mL (max 39 %)")),
    Breach("", "just so many with argan", lambda world: _one_of(world, "olive 1 L | argan 250 mL (max 40 %)")),
    Breach("V312", "too few with olive", lambda world: _one_of(world, "olive 1 L (min 61 %) | argan 250 mL")),
    Breach("", "just enough with olive", lambda world: _one_of(world, "olive 1 L (min 60 %) | argan 250 mL")),
    Breach(
        "V313", "more than was shipped", combined(put("shipments.5.packs", 5), put("shipments.5.cost_centimes", 15_000))
    ),
    Breach("V314", "an empty lot", lots(5, "6x1 3x2 4x1 5x0")),
    Breach("V315", "from the other hub", combined(lots(4, "6x1 2x2 5x1"), lots(6, "9x1 3x2 8x1"))),
    Breach(
        "V316", "assembled before it arrives", combined(put("baskets.6.assembled", TUE), put("assemblies.2.day", TUE))
    ),
    Breach("V317", "too old", item("products", "dates", shelf_life="1 day")),
    Breach("V318", "not ready", west(ready_after=2)),
    Breach("", "ready the same day", west(ready_after=0)),
]


def _one_of(world: World, text: str) -> None:
    world.item("baskets", "standard")["contents"][1] = {"one of": text}
