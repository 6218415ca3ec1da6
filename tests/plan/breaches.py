"""Every way to break the good plan that a rule forbids."""

from __future__ import annotations

from tests.plan import breaches_delivery as delivery
from tests.plan import breaches_figures as figures
from tests.plan import breaches_points as points
from tests.plan import breaches_room as room
from tests.plan import breaches_rounds as rounds
from tests.plan import breaches_supply as supply

BREACHES = [
    *supply.STRUCTURE,
    *supply.SUPPLY,
    *rounds.ROUNDS,
    *supply.HUBS,
    *supply.BASKETS,
    *delivery.HOUSEHOLDS,
    *delivery.TRIPS,
    *delivery.FLEET,
    *figures.MONEY,
    *figures.METRICS,
    *figures.PROMISES,
    *figures.REASONS,
    *room.ROOM,
    *points.POINTS,
]
