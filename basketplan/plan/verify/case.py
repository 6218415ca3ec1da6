"""A plan beside its programme: looked-up, weighed and measured once, for all rules.

Nothing here trusts the plan: what names something unknown is left out, so that the rules that depend on it skip it;
:mod:`.structure` has told it already.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

from basketplan.plan.types import Haul, PackedBasket, Plan, Round, Shipment, Trip, VehicleDay
from basketplan.plan.visits import by_visit
from basketplan.programme.types import Household, Hub, Offer, Programme
from basketplan.travel.distance import inbound_m, legs_m, road_m, straight_m

OfferKey: TypeAlias = tuple[str, str]
"""Cooperative and product."""


@dataclass(frozen=True, kw_only=True)
class Load:
    """Baskets with their weight and the room that they take in a vehicle."""

    baskets: int = 0
    weight_g: int = 0
    volume_ml: int = 0

    def plus(self, other: Load) -> Load:
        """Return both together."""
        return Load(
            baskets=self.baskets + other.baskets,
            weight_g=self.weight_g + other.weight_g,
            volume_ml=self.volume_ml + other.volume_ml,
        )


NOTHING = Load()


@dataclass(frozen=True, kw_only=True)
class Case:
    """A plan, its programme, and what follows from both."""

    plan: Plan
    written: Programme
    """As the user wrote it."""
    programme: Programme
    """With every visit as a household of its own where baskets are split."""
    working_days: tuple[dt.date, ...]
    hub_days: Mapping[str, frozenset[dt.date]]
    offers: Mapping[OfferKey, Offer]
    shipments: tuple[Shipment, ...]
    """Those whose cooperative, offer and hub exist."""
    shipment: Mapping[str, Shipment]
    """The same by id."""
    hauls: tuple[Haul, ...]
    """Those whose cooperative, hub and lorry exist."""
    road_m: Mapping[tuple[str, str], int]
    """Road from cooperative to hub."""
    rounds: tuple[Round, ...]
    """Those whose hub, lorries, cooperatives and shipments exist."""
    round_legs_m: tuple[tuple[int, ...], ...]
    """Of ``rounds``: road from the hub to the first cooperative, on to the next, and back."""
    on_rounds: frozenset[str]
    """Ids of the shipments that any round loads."""
    baskets: tuple[PackedBasket, ...]
    """Those whose type, hub and shipments exist."""
    basket_loads: tuple[Load, ...]
    """Of ``baskets``, one by one, weighed from their lots."""
    trips: tuple[Trip, ...]
    """Those whose hub, vehicle type and households exist."""
    legs_m: tuple[tuple[int, ...], ...]
    """Of ``trips``: road from the hub to the first stop, from stop to stop, and back."""
    trip_of: Mapping[str, Trip]
    """The (first) trip that visits a household."""
    load_of: Mapping[str, Load]
    """What each household gets."""
    vehicle_days: tuple[VehicleDay, ...]
    """Those whose vehicle type and hub exist."""
    sound: bool = True
    """Whether all names are known and all ids unique."""

    def trip_load(self, trip: Trip) -> Load:
        """Return all that a trip carries."""
        total = NOTHING
        for stop in trip.stops:
            total = total.plus(self.load_of.get(stop.household, NOTHING))
        return total

    def hubs_for(self, household: Household) -> tuple[Hub, ...]:
        """Return the hubs that may serve a household by its zone and their radius."""
        return tuple(hub for hub in self.programme.hubs if may_serve(self.programme, hub, household))


def build_case(plan: Plan, programme: Programme) -> Case:
    """Look everything up once."""
    written, programme = programme, by_visit(programme, plan)
    offers = {(coop.id, offer.product): offer for coop in programme.cooperatives for offer in coop.offers}
    shipments = tuple(
        item for item in plan.shipments if (item.cooperative, item.product) in offers and item.hub in programme.hub
    )
    by_id = {item.id: item for item in reversed(shipments)}
    hauls = tuple(
        item
        for item in plan.hauls
        if item.cooperative in programme.cooperative and item.hub in programme.hub and item.lorry in programme.lorry
    )
    rounds = tuple(item for item in plan.rounds if known_round(programme, by_id, item))
    replaced = [haul for item in rounds for haul in item.instead_of]
    baskets = tuple(
        item
        for item in plan.baskets
        if item.basket in programme.basket
        and item.hub in programme.hub
        and all(lot.shipment in by_id for lot in item.lots)
    )
    trips = tuple(
        item
        for item in plan.trips
        if item.hub in programme.hub
        and item.vehicle in programme.vehicle
        and all(stop.household in programme.household for stop in item.stops)
    )
    loads = tuple(weigh(programme, by_id, basket) for basket in baskets)
    return Case(
        plan=plan,
        written=written,
        programme=programme,
        working_days=programme.working_days,
        hub_days={hub.id: frozenset(programme.hub_days(hub)) for hub in programme.hubs},
        offers=offers,
        shipments=shipments,
        shipment=by_id,
        hauls=hauls,
        road_m=inbound_roads(programme, [*hauls, *replaced]),
        rounds=rounds,
        round_legs_m=round_legs(programme, rounds),
        on_rounds=frozenset(name for item in plan.rounds for stop in item.stops for name in stop.shipments),
        baskets=baskets,
        basket_loads=loads,
        trips=trips,
        legs_m=trip_legs(programme, trips),
        trip_of={stop.household: trip for trip in reversed(plan.trips) for stop in trip.stops},
        load_of=loads_by_household(baskets, loads),
        vehicle_days=tuple(
            item for item in plan.vehicle_days if item.hub in programme.hub and item.vehicle in programme.vehicle
        ),
    )


def weigh(programme: Programme, shipment: Mapping[str, Shipment], basket: PackedBasket) -> Load:
    """Return the weight of a basket from its lots, and its own or its contents' volume."""
    weight = volume = 0
    for lot in basket.lots:
        product = programme.product[shipment[lot.shipment].product]
        weight += product.gross_weight * lot.packs
        if not product.container:
            volume += product.volume * lot.packs
    fixed = programme.basket[basket.basket].volume
    return Load(baskets=1, weight_g=weight, volume_ml=volume if fixed is None else fixed)


def loads_by_household(baskets: Sequence[PackedBasket], loads: Sequence[Load]) -> dict[str, Load]:
    """Return what each household gets in all."""
    total: dict[str, Load] = {}
    for basket, load in zip(baskets, loads, strict=True):
        if basket.household is not None:
            total[basket.household] = total.get(basket.household, NOTHING).plus(load)
    return total


def inbound_roads(programme: Programme, hauls: Iterable[Haul]) -> dict[tuple[str, str], int]:
    """Return the road between every cooperative and hub that a lorry links."""
    pairs = sorted({(item.cooperative, item.hub) for item in hauls})
    return {
        (coop, hub): inbound_m(programme.travel, programme.cooperative[coop].place, programme.hub[hub].place)
        for coop, hub in pairs
    }


def known_round(programme: Programme, shipment: Mapping[str, Shipment], item: Round) -> bool:
    """Tell whether everything that a round names exists."""
    coops = {stop.cooperative for stop in item.stops} | {haul.cooperative for haul in item.instead_of}
    lorries = {item.lorry, *(haul.lorry for haul in item.instead_of)}
    hubs = {item.hub, *(haul.hub for haul in item.instead_of)}
    return (
        coops <= programme.cooperative.keys()
        and lorries <= programme.lorry.keys()
        and hubs <= programme.hub.keys()
        and all(name in shipment for stop in item.stops for name in stop.shipments)
    )


def round_legs(programme: Programme, rounds: Iterable[Round]) -> tuple[tuple[int, ...], ...]:
    """Return the road of every leg of every collection round."""
    legs = []
    for item in rounds:
        hub = programme.hub[item.hub].place
        places = [programme.cooperative[stop.cooperative].place for stop in item.stops]
        legs.append(tuple(pairwise([hub, *places, hub])))
    roads = {leg: inbound_m(programme.travel, *leg) for leg in dict.fromkeys(leg for path in legs for leg in path)}
    return tuple(tuple(roads[leg] for leg in path) for path in legs)


def trip_legs(programme: Programme, trips: Sequence[Trip]) -> tuple[tuple[int, ...], ...]:
    """Return the road of every leg of every trip, measured in one go."""
    lat: list[float] = []
    lon: list[float] = []
    ends: list[int] = []
    for trip in trips:
        place = programme.hub[trip.hub].place
        visits = [programme.household[stop.household] for stop in trip.stops]
        lat += [place.lat, *(visit.lat for visit in visits), place.lat]
        lon += [place.lon, *(visit.lon for visit in visits), place.lon]
        ends.append(len(lat))
    if not trips:
        return ()
    legs = [int(leg) for leg in legs_m(programme.travel, lat, lon)]
    starts = [0, *ends[:-1]]
    return tuple(tuple(legs[start : end - 1]) for start, end in zip(starts, ends, strict=True))


def hub_distance_m(programme: Programme, hub: Hub, household: Household) -> int:
    """Return the road from a hub straight to a household."""
    line = straight_m(hub.place.lat, hub.place.lon, household.lat, household.lon)
    return int(road_m(programme.travel, line))


def may_serve(programme: Programme, hub: Hub, household: Household) -> bool:
    """Tell whether a hub's zones and radius take a household in."""
    if hub.zones is not None and household.zone not in hub.zones:
        return False
    return hub.radius is None or hub_distance_m(programme, hub, household) <= hub.radius
