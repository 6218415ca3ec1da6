"""B41x: households that get nothing, or that no hub, vehicle or day can serve.

A plan leaves such a household out and says why; so these are warnings, and an error only where nobody at all can
be served.
"""

from __future__ import annotations

from collections.abc import Iterator

from basketplan import units
from basketplan.programme.checks.context import Context, Finding, count, listed, meant
from basketplan.programme.checks.reach import Barrier, furthest_road_m, serving
from basketplan.programme.types import WEEKDAYS, Household

__all__ = ["RULES"]

MANY = 20
"""Baskets of one household above which a slip of the pen is likely."""


def no_baskets(context: Context) -> Iterator[Finding]:
    """B410: a household gets no basket."""
    for row, person in enumerate(context.programme.households):
        if not person.baskets:
            yield Finding(
                "B410",
                f"household '{person.id}' gets no basket",
                ("households", row, "baskets"),
                "write 'baskets: {standard: 1}' with a basket type, or take the household out",
            )


def many_baskets(context: Context) -> Iterator[Finding]:
    """B411: a household gets unusually many baskets (warning)."""
    for row, person in enumerate(context.programme.households):
        if person.total_baskets > MANY and not person.split:
            yield Finding(
                "B411",
                f"household '{person.id}' gets {person.total_baskets:,} baskets",
                ("households", row, "baskets"),
                f"is it a slip? If more than {MANY} are meant, write 'split: true': they may come in several visits",
                "warning",
            )


def _blocked(context: Context, barrier: Barrier) -> Iterator[tuple[int, Household]]:
    for row in context.blocked[barrier]:
        yield row, context.programme.households[row]


def _names(context: Context, row: int) -> str:
    return listed([hub.id for hub in serving(context, row)])


def no_hub_for_zone(context: Context) -> Iterator[Finding]:
    """B412: no hub serves a household's zone (warning)."""
    zones = tuple(sorted({zone for hub in context.programme.hubs for zone in hub.zones or ()}))
    for row, person in _blocked(context, "zone"):
        close = meant(person.zone, zones)
        yield Finding(
            "B412",
            f"no hub serves zone '{person.zone}' of household '{person.id}'" if person.zone
            else f"household '{person.id}' has no zone, and every hub serves named zones only",
            ("households", row, "zone"),
            f"did you mean '{close}'?" if close else "add the zone to the zones of a hub",
            "warning",
        )  # fmt: skip


def too_far(context: Context) -> Iterator[Finding]:
    """B413: a household is beyond the radius of every hub that serves its zone (warning)."""
    for row, person in _blocked(context, "radius"):
        hubs = [hub for hub in context.programme.hubs if hub.zones is None or person.zone in hub.zones]
        road, hub = min(((float(context.roads[hub.id][row]), hub) for hub in hubs), key=lambda pair: pair[0])
        yield Finding(
            "B413",
            f"household '{person.id}' is at least {units.km(round(road))} by road from the nearest hub"
            f" '{hub.id}', whose radius is {units.km(hub.radius or 0)}",
            ("households", row),
            f"widen the radius of hub '{hub.id}', or open a hub nearer",
            "warning",
        )


def no_access(context: Context) -> Iterator[Finding]:
    """B414: no vehicle at the hubs of a household enters its access class (warning)."""
    entered = {name for item in context.programme.vehicles for name in item.access}
    for row, person in _blocked(context, "access"):
        if person.access in entered:
            hubs = _names(context, row)
            yield Finding(
                "B414",
                f"no vehicle at {hubs} enters access class '{person.access}' of household '{person.id}'",
                ("households", row, "access"),
                f"station a vehicle that enters '{person.access}' at {hubs}",
                "warning",
            )


def too_heavy(context: Context) -> Iterator[Finding]:
    """B415: a household's baskets are more than any vehicle that may come holds (warning)."""
    for row, person in _blocked(context, "capacity"):
        weight = sum(context.loads[name][0] * n for name, n in person.baskets.items() if name in context.loads)
        yield Finding(
            "B415",
            f"the {count(person.total_baskets, 'basket')} of household '{person.id}' (at least {weight / 1000:,.1f} kg)"
            f" are more than any vehicle at {_names(context, row)} that enters '{person.access}' holds",
            ("households", row, "baskets"),
            "write 'split: true' there, so that they may come in several visits, or station a larger vehicle"
            if person.total_baskets > 1
            else "station a larger vehicle",
            "warning",
        )


def no_shift(context: Context) -> Iterator[Finding]:
    """B416: a household's windows overlap no shift of a vehicle that may come (warning)."""
    for row, person in _blocked(context, "windows"):
        told = ", ".join(f"{units.clock(start)}-{units.clock(end)}" for start, end in person.windows)
        yield Finding(
            "B416",
            f"no vehicle at {_names(context, row)} that can serve household '{person.id}' works at {told}",
            ("households", row, "windows"),
            "change the windows, or the shift of a vehicle",
            "warning",
        )


def nobody_home(context: Context) -> Iterator[Finding]:
    """B417: nobody is home on any day on which a household can get its baskets (warning)."""
    for row, person in _blocked(context, "days"):
        known = [str(day) for day in person.days if day in WEEKDAYS or day in context.days]
        why = "on none of which its hub can deliver" if known else "none of them a working day of the calendar"
        told = listed([str(day) for day in person.days]) or "every day"
        yield Finding(
            "B417",
            f"household '{person.id}' is home on {told}, {why}",
            ("households", row, "days"),
            "agree another day with the household, or open its hub on a day when somebody is home",
            "warning",
        )


def no_way_back(context: Context) -> Iterator[Finding]:
    """B419: no vehicle that may come can go to a household and come back within one trip (warning)."""
    for row, person in _blocked(context, "distance"):
        hubs = list(serving(context, row))
        road, hub = min(((float(context.roads[hub.id][row]), hub) for hub in hubs), key=lambda pair: pair[0])
        most = max(0.0, furthest_road_m(context, person, hub))
        yield Finding(
            "B419",
            f"household '{person.id}' is at least {units.km(round(road))} by road from the nearest hub '{hub.id}': no"
            f" vehicle there can go further than {units.km(round(most))} and come back in one trip",
            ("households", row),
            "is its place right? Else allow a longer shift or trip, or open a hub nearer",
            "warning",
        )


def nobody_at_all(context: Context) -> Iterator[Finding]:
    """B418: no household can be served by any hub."""
    people = context.programme.households
    if context.days and len(context.reach.blocked) == len(people):
        counts = {name: len(rows) for name, rows in context.blocked.items() if rows}
        reasons = {
            "zone": "no hub serves their zone", "radius": "too far from every hub", "access": "no vehicle may enter",
            "capacity": "too much for every vehicle", "windows": "no vehicle works then",
            "days": "no hub can deliver when they are home", "distance": "too far to go and come back in one trip",
        }  # fmt: skip
        told = "; ".join(f"{number:,}: {reasons[name]}" for name, number in counts.items())
        yield Finding(
            "B418",
            f"none of the {count(len(people), 'household')} can be served ({told})",
            ("households",),
            "correct the hubs, vehicles or days named in the warnings first",
            key=True,
        )


RULES = (
    no_baskets,
    many_baskets,
    no_hub_for_zone,
    too_far,
    no_access,
    too_heavy,
    no_shift,
    nobody_home,
    no_way_back,
    nobody_at_all,
)
