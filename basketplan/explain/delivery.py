"""Changes that let baskets be brought which are assembled but find no trip, or have no hub."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice, product

from basketplan.explain.changes import next_day
from basketplan.plan.types import Plan, Reason
from basketplan.programme.types import Household, Hub, Programme, household_of
from basketplan.solve.allocation.change import Change
from basketplan.travel.distance import inbound_m

__all__ = ["ALLOCATED", "brought_by"]

ALLOCATED: frozenset[Reason] = frozenset({"supply", "assembly", "storage", "budget"})
"""Reasons that the allocation can do away with."""
FEW = 25
"""Most households that are asked to change something for themselves."""
MOST = 24
"""Most sets that are tried."""
LADDER = (1, 2, 4)


def brought_by(programme: Programme, plan: Plan) -> Iterator[tuple[Change, ...]]:
    """Yield sets of changes for the households that ``plan`` leaves out for want of a trip, likely ones first."""
    by_reason: dict[Reason, list[Household]] = {}
    for item in plan.unserved:
        if item.reason not in ALLOCATED:
            home = programme.household[household_of(item.household)]
            if home not in by_reason.setdefault(item.reason, []):
                by_reason[item.reason].append(home)
    options = [list(_options(programme, reason, homes)) for reason, homes in sorted(by_reason.items())]
    if options and all(options):
        yield from islice(product(*options), MOST)


def _options(programme: Programme, reason: Reason, homes: list[Household]) -> Iterator[Change]:
    """Yield changes that may serve ``homes``, each alone."""
    ids = tuple(sorted(home.id for home in homes))
    hubs = sorted({_nearest(programme, home).id for home in homes})
    if reason == "access":
        for vehicle in sorted(programme.vehicles, key=lambda item: item.id):
            for name in sorted({home.access for home in homes} - set(vehicle.access)):
                yield Change(kind="access", where=(vehicle.id, name))
    if reason == "territory":
        for hub in hubs:
            if programme.hub[hub].radius is not None:
                yield Change(kind="radius", where=(hub,))
            if programme.hub[hub].zones is not None:
                yield Change(kind="zones", where=(hub,))
    if reason == "capacity":
        yield Change(kind="split", where=ids)
    if reason in {"time", "fleet", "days"} and len(ids) <= FEW:
        if any(home.windows for home in homes):
            yield Change(kind="windows", where=tuple(sorted(home.id for home in homes if home.windows)))
        if any(home.days for home in homes):
            yield Change(kind="home_days", where=tuple(sorted(home.id for home in homes if home.days)))
    if reason in {"fleet", "time", "days", "territory", "stopped"}:
        yield from _more_transport(programme, hubs)


def _more_transport(programme: Programme, hubs: list[str]) -> Iterator[Change]:
    """Yield a day more, a trip more, a vehicle more, in small steps."""
    for vehicle in sorted(programme.vehicles, key=lambda item: item.id):
        if any(vehicle.number.get(hub, 0) for hub in hubs):
            yield Change(kind="trips", where=(vehicle.id,), amount=1.0)
    for number in LADDER:
        for hub in hubs:
            for vehicle in sorted(programme.vehicles, key=lambda item: item.id):
                if vehicle.number.get(hub, 0):
                    yield Change(kind="vehicles", where=(vehicle.id, hub), amount=float(number))
    yield Change(kind="last_day", where=(next_day(programme).isoformat(),))


def _nearest(programme: Programme, home: Household) -> Hub:
    """Return the hub that is nearest in a straight line."""
    from basketplan.programme.types import Location

    place = Location(lat=home.lat, lon=home.lon)
    return min(programme.hubs, key=lambda hub: (inbound_m(programme.travel, hub.place, place), hub.id))
