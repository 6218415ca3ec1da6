"""Hubs are given no more households than they can assemble baskets for once goods can have come."""

from __future__ import annotations

import datetime as dt

from basketplan.programme.availability import first_assembly
from basketplan.solve.territory import assembly_room, territory
from tests.solve.test_visits import programme
from tests.solving import solve


def test_days_before_the_goods_do_not_count() -> None:
    """Three days; couscous is ready on the second: of three baskets a day, three are ready for the third day."""
    late = programme(
        cooperatives=[
            {
                "id": "atlas", "name": "Atlas", "place": {"lat": 0, "lon": 0.5},
                "offers": [
                    {"product": "couscous", "capacity": "500 kg", "price": "10 MAD", "first_day": "2020-05-19"},
                    {"product": "couffin", "capacity": "500 pieces", "price": "30 MAD"},
                ],
            }
        ],
        hubs=[
            {"id": "hub", "name": "Hub", "place": {"lat": 0, "lon": 0}, "assembly": 3},
            {"id": "other", "name": "Other", "place": {"lat": 0, "lon": 0.2}, "assembly": 3},
        ],
        van={"number": {"hub": 1, "other": 1}},
        households=[{"id": f"h{n}", "lat": 0, "lon": 0.01, "baskets": {"standard": 1}} for n in range(5)],
    )  # fmt: skip
    first = first_assembly(late)
    assert first == {"hub": dt.date(2020, 5, 19), "other": dt.date(2020, 5, 19)}
    assert assembly_room(late, late.hub["hub"]) == 6
    assert assembly_room(late, late.hub["hub"], first["hub"]) == 3
    found = territory(late)
    assert sorted(found.hub_of.values()).count("hub") == 3
    assert solve(late).plan.unserved == ()


def test_a_hub_that_nothing_reaches_has_no_first_day() -> None:
    nothing = programme(
        cooperatives=[
            {
                "id": "atlas", "name": "Atlas", "place": {"lat": 0, "lon": 0.5},
                "offers": [{"product": "couscous", "capacity": "500 kg", "price": "10 MAD"}],
            }
        ]
    )  # fmt: skip
    assert first_assembly(nothing) == {}
