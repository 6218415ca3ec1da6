"""Collection rounds as papers see them: whole for hubs and coordinators, their own stop for cooperatives."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from basketplan.plan.types import Round, RoundStop
from basketplan.programme.types import Location, Text
from basketplan.publish.contacts import NOBODY, Contact

if TYPE_CHECKING:
    from basketplan.publish.joining import Join
    from basketplan.publish.view import HubView, OrderLine

__all__ = ["CallView", "RoundStopView", "RoundView", "calls", "rounds"]


@dataclass(frozen=True, kw_only=True, slots=True)
class CallView:
    """The call of a collection round at one cooperative, with nothing of the others."""

    round: str
    hub: HubView
    day: dt.date
    lorry: Text
    arrive_s: int
    leave_s: int
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundStopView:
    """A cooperative that a round calls at, and what is loaded there."""

    number: int
    """From 1."""
    cooperative: str
    name: Text
    town: str
    province: str
    place: Location
    contact: Contact
    leg_m: int
    arrive_s: int
    leave_s: int
    weight_g: int
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class RoundView:
    """A collection round with all its stops, in order."""

    id: str
    hub: HubView
    day: dt.date
    lorry: Text
    depart_s: int
    return_s: int
    distance_m: int
    weight_g: int
    volume_ml: int
    stops: tuple[RoundStopView, ...]
    instead_of: int
    """Lorries that would go straight otherwise."""
    cost_centimes: int | None
    saved_centimes: int | None


def calls(join: Join, cooperative: str) -> tuple[CallView, ...]:
    """Return the calls at a cooperative, by day."""
    found = [
        CallView(
            round=item.id,
            hub=join.hubs[item.hub],
            day=item.day,
            lorry=join.programme.lorry[item.lorry].name,
            arrive_s=stop.arrive_s,
            leave_s=stop.leave_s,
            lines=tuple(join.lines[name] for name in stop.shipments),
        )
        for item in join.plan.rounds
        for stop in item.stops
        if stop.cooperative == cooperative
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.hub.id, one.round)))


def rounds(join: Join) -> tuple[RoundView, ...]:
    """Return all rounds."""
    return tuple(_round(join, item) for item in join.plan.rounds)


def _round(join: Join, item: Round) -> RoundView:
    priced = join.see("haul.cost")
    return RoundView(
        id=item.id,
        hub=join.hubs[item.hub],
        day=item.day,
        lorry=join.programme.lorry[item.lorry].name,
        depart_s=item.depart_s,
        return_s=item.return_s,
        distance_m=item.distance_m,
        weight_g=item.weight_g,
        volume_ml=item.volume_ml,
        stops=tuple(_stop(join, number, stop) for number, stop in enumerate(item.stops, start=1)),
        instead_of=sum(haul.number for haul in item.instead_of),
        cost_centimes=item.cost_centimes if priced else None,
        saved_centimes=item.saved_centimes if priced else None,
    )


def _stop(join: Join, number: int, stop: RoundStop) -> RoundStopView:
    coop = join.programme.cooperative[stop.cooperative]
    return RoundStopView(
        number=number,
        cooperative=coop.id,
        name=coop.name,
        town=coop.town,
        province=coop.province,
        place=coop.place,
        contact=join.contacts.cooperatives.get(coop.id, NOBODY),
        leg_m=stop.leg_m,
        arrive_s=stop.arrive_s,
        leave_s=stop.leave_s,
        weight_g=stop.weight_g,
        lines=tuple(join.lines[name] for name in stop.shipments),
    )
