"""Breaches of distribution points.

h4, 0.0001° (11 m) beyond its old place, collects at p4, which is where it lived: so trip T0001 stays as it was, with
the same 3 min of service. p4 serves two families an hour from 12:00 (43,200) to 14:00 (50,400). h5 and p5 are alike.
"""

from __future__ import annotations

from typing import Any

from tests.plan.edits import Breach, Edit, combined, item, only, put, repeat
from tests.plan.world import THU, WED, World


def collecting(*edits: Edit, number: int = 4, **rules: Any) -> Edit:
    """Let h4, or another household, collect at p4; ``rules`` are the policy's on delivery."""

    def edit(world: World) -> None:
        lon = world.item("households", f"h{number}")["lon"]
        world.household(f"h{number}", lon=lon - 0.0001)
        world.raw.setdefault("points", []).append(
            {
                "id": f"p{number}", "name": "École", "place": {"lat": 0, "lon": lon}, "hours": "12:00-14:00",
                "families_per_hour": 2, "access": world.item("households", f"h{number}").get("access", "street"),
                "cost_per_day": "3 MAD",
            }
        )  # fmt: skip
        delivery = world.raw["policy"].setdefault("delivery", {"mode": "points", "walking": "11 m", "service": "3 min"})
        delivery.update(rules)
        world.plan.setdefault("collections", []).append(
            {
                "household": f"h{number}", "point": f"p{number}", "walk_m": 11, "days": [WED, THU], "day": WED,
                "from_s": 43_200, "until_s": 46_800,
            }
        )  # fmt: skip
        for one in edits:
            one(world)

    return edit


def told(**changes: Any) -> Edit:
    """Change what the plan says of the first that collects."""
    return collecting(lambda world: world.plan["collections"][0].update(changes))


def _at_home(*names: str) -> Edit:
    return combined(*(only(name, collect=False) for name in names))


def _unserved(reason: str) -> Edit:
    return lambda world: world.plan["unserved"][0].update(reason=reason)


def _figures(**changes: Any) -> Edit:
    """Write the figures by hand; p4 costs nothing, so that money is as it was."""
    figures = {
        "families": 1, "points": 1, "point_days": 1, "walk_total_m": 11, "walk_mean_m": 11.0, "walk_max_m": 11,
    }  # fmt: skip
    return collecting(
        item_p4(cost_per_day="0 MAD"),
        put("metrics.collecting", {**figures, **changes}),
        put("metrics.cost_by_kind.points", 0),
    )


def item_p4(**changes: Any) -> Edit:
    return item("points", "p4", **changes)


NOWHERE: dict[str, Any] = {"household": "h7", "point": "nowhere", "day": None, "from_s": None, "until_s": None}
OTHERS = ("h1", "h2", "h3", "h5", "h6")

POINTS = [
    Breach("", "h4 collects", collecting()),
    Breach("", "h4 and h5 collect", combined(collecting(), collecting(number=5, at_most=2))),
    Breach("V104", "an unknown point", collecting(repeat("collections", 0, **NOWHERE)), "bill"),
    Breach("V410", "brought after families come", collecting(item_p4(hours="08:00-14:00"))),
    Breach("V451", "though all comes to the door", collecting(mode="doors")),
    Breach("V451", "who cannot walk", collecting(only("h4", collect=False))),
    Breach("V452", "a shorter walk", told(walk_m=10)),
    Breach("V453", "too far to walk", collecting(walking="10 m")),
    Breach("V454", "one point too many", combined(collecting(), collecting(number=5, at_most=1))),
    Breach("V455", "at two points", collecting(repeat("collections", 0))),
    Breach("V456", "on another day than the trip", told(day=THU)),
    Breach("V457", "closed on that day", collecting(item_p4(open=["thu"]))),
    Breach("V408", "not on a day of its turn", told(days=[THU])),
    Breach("V457", "a turn without days", told(days=[])),
    Breach("", "open on these dates", collecting(item_p4(open=[WED, THU]))),
    Breach("V458", "before it opens", told(from_s=43_199)),
    Breach("V458", "after it closes", told(from_s=46_801, until_s=50_401)),
    Breach("", "until it closes", told(from_s=46_800, until_s=50_400)),
    Breach("V458", "no time is told", told(from_s=None, until_s=None)),
    Breach("", "one in half an hour", told(until_s=45_000)),
    Breach("V459", "one in less than half an hour", told(until_s=44_999)),
    Breach("V460", "to the door though it must collect", collecting(_at_home(*OTHERS[:3], "h6"), otherwise="unserved")),
    Breach("", "to the door who cannot walk", collecting(_at_home(*OTHERS), otherwise="unserved")),
    Breach("V461", "walking is no reason", collecting(_unserved("walking"))),
    Breach(
        "",
        "walking is the reason",
        collecting(_at_home(*OTHERS), _unserved("walking"), otherwise="unserved"),
    ),
    Breach("", "figures by hand", _figures(), "bill"),
    Breach("V608", "a point that is not billed", _figures(), ""),
    Breach("V617", "more families", _figures(families=2), "bill"),
    Breach("V617", "more points", _figures(points=2), "bill"),
    Breach("V617", "more days", _figures(point_days=2), "bill"),
    Breach("V617", "longer walks in all", _figures(walk_total_m=12), "bill"),
    Breach("V617", "a longer mean walk", _figures(walk_mean_m=11.1), "bill"),
    Breach("V617", "a longer longest walk", _figures(walk_max_m=12), "bill"),
    Breach(
        "V617", "no figures", collecting(put("metrics.cost_by_kind.points", 0), item_p4(cost_per_day="0 MAD")), "bill"
    ),
]
