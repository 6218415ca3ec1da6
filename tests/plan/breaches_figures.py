"""Breaches of money, figures and reasons, and how far one may go before a rule is broken."""

from __future__ import annotations

from tests.plan.edits import (
    Breach,
    add,
    append,
    combined,
    drop,
    item,
    policy,
    put,
    roomy,
    spare,
    unserved,
    west,
)
from tests.plan.world import TUE, WED, World

MONEY = [
    Breach("V601", "a shipment", add("shipments.0.cost_centimes", 1)),
    Breach("V602", "a haul", add("hauls.2.cost_centimes", -1)),
    Breach("V602", "two lorries for the price of one", put("hauls.2.number", 2)),
    Breach("V603", "not engaged", drop("engagements", 1)),
    Breach("V603", "engaged for nothing", append("engagements", {"cooperative": "ville", "cost_centimes": 0})),
    Breach("V604", "an engagement", add("engagements.0.cost_centimes", 1)),
    Breach("V605", "an assembly", add("assemblies.1.cost_centimes", 1)),
    Breach("V606", "a trip", add("trips.1.cost_centimes", -1)),
    Breach("V607", "a vehicle day", add("vehicle_days.1.cost_centimes", 1)),
    Breach("V608", "lines that differ", combined(add("costs.0.centimes", 1), add("costs.1.centimes", -1)), again=""),
    Breach(
        "V608", "a line too many", append("costs", {"kind": "trips", "reference": "T0009", "centimes": 0}), again=""
    ),
    Breach("V608", "a line of another kind", lambda world: _swap_kind(world), again=""),
    Breach("", "the budget met", policy(budget="1384.94 MAD")),
    Breach("V609", "a centime over the budget", policy(budget="1384.93 MAD")),
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
        Breach("V610", name, add(f"metrics.{name}", 1), again="")
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
            "rounds",
            "rounds_saved_centimes",
            "trip_seconds",
            "driver_spread_m",
            "work_spread_s",
            "trips",
            "vehicle_days",
            "cooperatives_engaged",
        )
    ),
    *(
        Breach("V610", f"{name} off by two millionths", add(f"metrics.{name}", 2e-6), again="")
        for name in ("load_factor", "trip_zone_share", "lowest_share", "gini", "jain", "women_share", "rural_share")
    ),
    *(Breach("", f"{name} rounded", add(f"metrics.{name}", 4e-7), again="") for name in ("load_factor", "rural_share")),
    Breach("V610", "not a number", put("metrics.gini", float("nan")), again=""),
    Breach("V610", "cost by kind", put("metrics.cost_by_kind.goods", 59_801), again=""),
    Breach("V610", "first delivery", put("metrics.first_delivery", TUE), again=""),
    Breach("V610", "last delivery", put("metrics.last_delivery", WED), again=""),
    Breach("V610", "leftovers", put("metrics.leftover_packs", {}), again=""),
    *(
        Breach("V611", name, add(f"metrics.cooperatives.1.{name}", 1), again="")
        for name in ("packs", "revenue_centimes", "potential_centimes")
    ),
    Breach("V611", "share", add("metrics.cooperatives.1.share", 2e-6), again=""),
    Breach("V611", "a cooperative missing", lambda world: world.plan["metrics"]["cooperatives"].pop(), again=""),
    *(
        Breach("V612", name, add(f"metrics.zones.1.{name}", 1), again="")
        for name in ("households", "served", "baskets", "baskets_served")
    ),
    Breach("V612", "a zone missing", lambda world: world.plan["metrics"]["zones"].pop(), again=""),
    Breach("V612", "another zone", put("metrics.zones.2.zone", "D"), again=""),
]


REASONS = [
    Breach("V620", "the van can go there", unserved("access")),
    Breach("", "home when nothing is delivered", unserved("access", days=["mon"])),
    Breach("", "of another zone", unserved("access", zone="nowhere")),
    Breach("", "beyond the radius", combined(unserved("access"), west(radius="5565 m"))),
    Breach("V620", "just within the radius", combined(unserved("access"), west(radius="5566 m"))),
    Breach("", "too many baskets for any", unserved("access", baskets={"standard": 6})),
    Breach("V621", "five fit", unserved("capacity", baskets={"standard": 5})),
    Breach("", "six do not fit", unserved("capacity", baskets={"standard": 6})),
    Breach("", "no vehicle there", unserved("capacity", access="boat")),
    Breach("V622", "always home", unserved("days")),
    Breach("V622", "home on all days of delivery", unserved("days", days=["tue", "wed", "thu"])),
    Breach("", "not home on one of them", unserved("days", days=["wed", "thu"])),
    Breach("", "not home on one of them, the last", unserved("days", days=["tue", "wed"])),
    Breach("", "no hub", unserved("days", zone="nowhere")),
    Breach("V623", "a hub without limit", unserved("territory", zone="C")),
    Breach("", "a hub with a limit", unserved("territory", zone="B")),
    Breach("", "no hub at all", unserved("territory", zone="nowhere")),
    Breach("V624", "the van is there in time", unserved("time", windows=["08:00-08:20"])),
    Breach("", "the van is too late", unserved("time", windows=["08:00-08:19"])),
    Breach("V624", "at any time", unserved("time")),
    Breach("", "not with its baskets", unserved("time", baskets={"standard": 6})),
    Breach("V625", "no budget", unserved("budget")),
    Breach("", "a budget", combined(unserved("budget"), policy(budget="2000 MAD"))),
    Breach("", "storage is limited", unserved("storage")),
    Breach("V626", "storage is not limited", combined(roomy, unserved("storage"))),
    Breach("", "receiving is limited", combined(roomy, west(receiving="12.6 kg"), unserved("storage"))),
    Breach("", "assembly is limited", unserved("assembly")),
    Breach("V627", "assembly is not limited", combined(roomy, unserved("assembly"))),
    Breach("", "only assembly is limited", combined(roomy, west(assembly=6), unserved("assembly"))),
    Breach("V628", "not stopped", unserved("stopped")),
    Breach("", "stopped", combined(unserved("stopped"), put("status", "interrupted"))),
    Breach("V629", "room in the van", combined(spare(), unserved("supply", baskets={"small": 1}))),
    Breach(
        "",
        "room but stopped",
        combined(spare(), unserved("supply", baskets={"small": 1}), put("status", "interrupted")),
    ),
    Breach("", "no such basket left", combined(spare(), unserved("supply"))),
    Breach("", "two baskets needed", combined(spare(), unserved("supply", baskets={"small": 2}))),
    Breach("", "nobody home", combined(spare(), unserved("supply", baskets={"small": 1}, days=["thu"]))),
    Breach("", "no trip may enter", combined(spare(), unserved("supply", baskets={"small": 1}, access="boat"))),
    Breach("", "of another zone, with room", combined(spare(), unserved("supply", baskets={"small": 1}, zone="C"))),
    Breach("V630", "no detail", put("unserved.0.detail", " ")),
    Breach("V630", "no remedy", put("unserved.0.remedy", "")),
    Breach("V640", "another gap", put("stages.2.gap", 0.0502)),
    Breach("", "a rounded gap", put("stages.2.gap", 0.05005)),
    Breach("V640", "a gap of nothing", put("stages.0.gap", 0.0)),
    Breach("V640", "a gap without value", combined(put("stages.1.value", None))),
    Breach("V640", "a gap of a value of 0", combined(put("stages.1.value", 0.0), put("stages.1.gap", 1.0))),
    Breach("", "no gap of nothing", combined(put("stages.1.value", 0.0), put("stages.1.bound", 0.0))),
    Breach(
        "V640",
        "a gap of nothing that is not 0",
        combined(put("stages.1.value", 0.0), put("stages.1.bound", 0.0), put("stages.1.gap", 0.1)),
    ),
    Breach(
        "", "no gap of what a solver leaves of 0", combined(put("stages.1.value", 0.0), put("stages.1.bound", 1e-15))
    ),
    Breach(
        "",
        "no gap where value and bound are both next to 0",
        combined(put("stages.1.value", -4e-15), put("stages.1.bound", -0.0)),
    ),
    Breach(
        "V640",
        "no gap of a value of 0 far from its bound",
        combined(put("stages.1.value", 0.0), put("stages.1.bound", 1e-8)),
    ),
    Breach("V640", "not a number", put("stages.2.gap", float("nan"))),
    Breach("", "values below 0", combined(put("stages.2.value", -200.0), put("stages.2.bound", -190.0))),
]

FLOOR = {"rule": "floor", "of": "atlas", "limit": 0.6, "found": 0.633333, "met": True, "reason": ""}
SOUTH = {"id": "south", "cooperatives": ["souss"], "ceiling": "62 %"}  # 370 of 598 MAD are 61.87 %
PROMISES = [
    Breach(
        "",
        "a floor that is met",
        combined(policy(floors={"atlas": "60 %"}), put("metrics.promises", [FLOOR])),
        again="",
    ),
    Breach("V613", "a floor untold", policy(floors={"atlas": "60 %"}), again=""),
    Breach("V613", "a promise too many", put("metrics.promises", [FLOOR]), again=""),
    Breach(
        "V613",
        "a share that is not reached",
        combined(policy(floors={"atlas": "60 %"}), put("metrics.promises", [{**FLOOR, "found": 0.633336}])),
        again="",
    ),
    Breach(
        "V613",
        "said to be met",
        combined(policy(floors={"atlas": "70 %"}), put("metrics.promises", [{**FLOOR, "limit": 0.7}])),
        again="",
    ),
    Breach(
        "V613",
        "Gini said to be lower",
        combined(
            policy(gini="5 %"),
            put("metrics.promises", [{**FLOOR, "rule": "gini", "of": "all", "limit": 0.05, "found": 0.049}]),
        ),
        again="",
    ),
    Breach("", "Gini not met and why", policy(gini="5 %")),
    Breach(
        "V614",
        "not met without a reason",
        combined(policy(floors={"atlas": "70 %"}), put("metrics.promises", [{**FLOOR, "limit": 0.7, "met": False}])),
        again="",
    ),
    Breach(
        "V614",
        "a reason for what is met",
        combined(policy(floors={"atlas": "60 %"}), put("metrics.promises", [{**FLOOR, "reason": "no"}])),
        again="",
    ),
    Breach("", "the ceiling of a group met", policy(groups=[SOUTH])),
    Breach("V615", "a group above its ceiling", policy(groups=[{**SOUTH, "ceiling": "61 %"}])),
    Breach("V616", "no figure of a goal", policy(goals=["service", "women", "cost"]), again=""),
    Breach(
        "V616",
        "a figure of a goal",  # atlas only has more than half women: 228 of 598 MAD
        combined(policy(goals=["service", "women", "cost"]), put("metrics.goals", {"women": 0.381274})),
        again="",
    ),
    Breach(
        "",
        "the right figure of a goal",
        combined(policy(goals=["service", "women", "cost"]), put("metrics.goals", {"women": 0.381271})),
        again="",
    ),
    Breach(
        "",
        # 2 kg of dates wait 1 of 2 days. Of couscous, 4 kg wait 1 of 40 days, 2 kg 1, 2 kg left over 2: 1 + 10 / 40.
        "freshness by hand",
        combined(
            item("products", "couscous", shelf_life="40 days"),
            policy(goals=["service", "freshness", "cost"]),
            put("metrics.goals", {"freshness": 1.25}),
        ),
        again="",
    ),
]
