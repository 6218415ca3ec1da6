"""Joins a plan and its programme into a view; what the audience may not see stays empty."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from importlib import metadata

from basketplan.plan.io import plan_sha256
from basketplan.plan.types import Collection, Haul, PackedBasket, Plan, Shipment, Stop, Trip, Unserved, ZoneService
from basketplan.plan.visits import by_visit
from basketplan.programme.types import Cooperative, Household, Programme, Text, household_of
from basketplan.publish.audience import Audience, may, suppressed
from basketplan.publish.contacts import NOBODY, Contacts
from basketplan.publish.inbound import calls, rounds
from basketplan.publish.view import (
    BasketType,
    CollectView,
    CooperativeView,
    Day,
    DutyView,
    HaulView,
    HouseholdView,
    HubView,
    Ingredient,
    OrderLine,
    PackedView,
    ProductView,
    Stamp,
    StopView,
    TripView,
    View,
    ZoneView,
)

__all__ = ["Join", "joined", "zones"]


def joined(
    plan: Plan,
    programme: Programme,
    contacts: Contacts,
    audience: Audience,
    *,
    time: dt.datetime | None,
    keep_days: int,
) -> View:
    """Return the view of ``plan`` for ``audience``."""
    written, programme = programme, by_visit(programme, plan)
    join = Join(plan, programme, contacts, audience, written)
    see = join.see
    return View(
        audience=audience,
        stamp=Stamp(
            programme=programme.id,
            title=programme.title,
            scenario=plan.origin.scenario,
            status=plan.status,
            plan_sha256=plan_sha256(plan),
            version=metadata.version("basketplan"),
            time=time or dt.datetime.combine(programme.calendar.first_day, dt.time()),
            destroy_after=programme.calendar.last_day + dt.timedelta(days=keep_days),
        ),
        baskets={item.id: item for item in join.types.values()},
        products=join.products,
        hubs=join.hubs,
        cooperatives=join.cooperatives() if see("cooperative.public") else {},
        trips=tuple(join.trip(item) for item in plan.trips) if see("trip") else (),
        duties=join.duties() if see("vehicle_day") else (),
        households=tuple(join.household(item) for item in programme.households) if see("household.unserved") else (),
        days=join.days() if see("basket.lots") else (),
        working_days=programme.working_days,
        metrics=plan.metrics.model_copy(update={"zones": ()}) if see("cost") else None,
        zones=zones(plan.metrics.zones, audience) if see("zone.service") else (),
        costs=plan.costs if see("shipment.price") and see("cost") else (),
        stages=plan.stages if see("stage") else (),
        rounds=rounds(join) if see("round") else (),
    )


class Join:
    """Look-up tables from ids to what is shown of them; built when first needed."""

    def __init__(
        self, plan: Plan, programme: Programme, contacts: Contacts, audience: Audience, written: Programme
    ) -> None:
        self.plan, self.programme, self.contacts, self.audience = plan, programme, contacts, audience
        self.written = written

    def see(self, field: str) -> bool:
        """Tell whether the audience may see ``field``."""
        return may(self.audience, field)

    @cached_property
    def types(self) -> dict[str, BasketType]:
        """Basket types by the programme's ids."""
        result = {}
        for index, item in enumerate(self.programme.baskets):
            code = chr(ord("A") + index) if index < 26 else f"N{index + 1}"
            named = self.see("basket.name")
            result[item.id] = BasketType(
                id=item.id if named else code, code=code, name=item.name if named else Text(fr=code, ar=code, en=code)
            )
        return result

    @cached_property
    def products(self) -> dict[str, ProductView]:
        """Products by id."""
        return {
            item.id: ProductView(
                id=item.id,
                name=item.name,
                pack=item.pack,
                gross_weight_g=item.gross_weight,
                volume_ml=item.volume,
                container=item.container,
            )
            for item in self.programme.products
        }

    @cached_property
    def hubs(self) -> dict[str, HubView]:
        """Hubs by id."""
        known = self.contacts.hubs
        return {
            item.id: HubView(id=item.id, name=item.name, place=item.place, contact=known.get(item.id, NOBODY))
            for item in self.programme.hubs
        }

    @cached_property
    def visit(self) -> dict[str, tuple[Trip, int]]:
        """Household → its trip and the number of the stop."""
        return {
            stop.household: (trip, number)
            for trip in self.plan.trips
            for number, stop in enumerate(trip.stops, start=1)
        }

    @cached_property
    def basket_ids(self) -> dict[str, list[str]]:
        """Household → ids of its baskets."""
        result: dict[str, list[str]] = defaultdict(list)
        for item in self.plan.baskets:
            if item.household is not None:
                result[item.household].append(item.id)
        return result

    @cached_property
    def rounds(self) -> dict[str, tuple[int, int]]:
        """Trip → which of how many of its vehicle and day."""
        return {
            trip: (number, len(item.trips))
            for item in self.plan.vehicle_days
            for number, trip in enumerate(item.trips, 1)
        }

    def counted(self, baskets: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
        """Return types as shown and counts, in the order of the programme."""
        return tuple((shown.id, baskets[key]) for key, shown in self.types.items() if baskets.get(key))

    def trip(self, trip: Trip) -> TripView:
        """Return a trip; its baskets are those of its stops."""
        total: Counter[str] = Counter()
        for stop in trip.stops:
            total.update(self.programme.household[stop.household].baskets)
        return TripView(
            id=trip.id,
            hub=self.hubs[trip.hub],
            vehicle=self.programme.vehicle[trip.vehicle].name,
            vehicle_id=trip.vehicle,
            unit=trip.unit,
            round=self.rounds.get(trip.id, (1, 1)),
            day=trip.day,
            load_s=trip.load_s,
            depart_s=trip.depart_s,
            return_s=trip.return_s,
            distance_m=trip.distance_m,
            weight_g=trip.weight_g,
            volume_ml=trip.volume_ml,
            baskets=self.counted(total),
            stops=tuple(self.stop(item, number) for number, item in enumerate(trip.stops, start=1)),
            cost_centimes=trip.cost_centimes if self.see("trip.cost") else None,
        )

    def stop(self, stop: Stop, number: int) -> StopView:
        """Return a stop; it stays anonymous and without a place for those who only load."""
        home, see = self.programme.household[stop.household], self.see
        place, timed = see("household.place"), see("household.window")
        return StopView(
            number=number,
            household=home.id if see("household.id") else "",
            zone=home.zone if see("household.zone") else "",
            access=home.access if place else "",
            lat=home.lat if place else None,
            lon=home.lon if place else None,
            leg_m=stop.leg_m if place else 0,
            arrive_s=stop.arrive_s if timed else None,
            start_s=stop.start_s if timed else None,
            leave_s=stop.leave_s if timed else None,
            windows=home.windows if timed else (),
            baskets=self.counted(home.baskets) if see("household.baskets") else (),
            basket_ids=tuple(self.basket_ids[home.id]) if see("basket.lots") else (),
            contact=self.contacts.households.get(household_of(home.id), NOBODY),
            collect=self.collect(home.id),
        )

    def collect(self, household: str) -> CollectView | None:
        """Return where a household collects; none where its baskets come to the door, or do not come."""
        item = self.collections.get(household)
        if item is None or item.day is None or item.from_s is None or item.until_s is None:
            return None
        return CollectView(
            point=item.point,
            name=self.written.point[item.point].name,
            day=item.day,
            from_s=item.from_s,
            until_s=item.until_s,
            walk_m=item.walk_m if self.see("household.place") else None,
        )

    @cached_property
    def collections(self) -> dict[str, Collection]:
        """Who collects, by household."""
        return {item.household: item for item in self.plan.collections}

    def household(self, home: Household) -> HouseholdView:
        """Return a household with its stop, or with the reason why there is none."""
        trip, number = self.visit.get(home.id, (None, 0))
        home = self.written.household.get(home.id, home)  # its home, also where it collects elsewhere
        left = self.left.get(home.id)
        return HouseholdView(
            id=home.id,
            zone=home.zone,
            access=home.access,
            lat=home.lat,
            lon=home.lon,
            priority=home.priority,
            windows=home.windows,
            baskets=self.counted(home.baskets),
            trip=trip.id if trip else "",
            stop=number,
            reason=left.reason if left else "",
            detail=left.detail if left else "",
            remedy=left.remedy if left else "",
            contact=self.contacts.households.get(household_of(home.id), NOBODY),
            collect=self.collect(home.id),
        )

    @cached_property
    def left(self) -> dict[str, Unserved]:
        """Households left out, by id."""
        return {item.household: item for item in self.plan.unserved}

    def duties(self) -> tuple[DutyView, ...]:
        """Return vehicles by day."""
        return tuple(
            DutyView(
                unit=item.unit,
                vehicle=self.programme.vehicle[item.vehicle].name,
                hub=item.hub,
                day=item.day,
                trips=item.trips,
                breaks=tuple((pause.start_s, pause.end_s) for pause in item.breaks),
                cost_centimes=item.cost_centimes if self.see("trip.cost") else None,
            )
            for item in self.plan.vehicle_days
        )

    @cached_property
    def lines(self) -> dict[str, OrderLine]:
        """Shipments by id."""
        return {item.id: self.line(item) for item in self.plan.shipments} if self.see("shipment") else {}

    def line(self, item: Shipment) -> OrderLine:
        """Return a shipment as a line of an order."""
        priced, product = self.see("shipment.price"), self.programme.product[item.product]
        offers = self.programme.cooperative[item.cooperative].offers
        lot = next((offer.lot for offer in offers if offer.product == item.product), None)
        return OrderLine(
            shipment=item.id,
            product=self.products[item.product],
            hub=self.hubs[item.hub],
            dispatched=item.dispatched,
            arrives=item.arrives,
            packs=item.packs,
            lot_packs=max(1, product.packs(lot)) if lot is not None else 1,
            weight_g=item.packs * product.gross_weight,
            price_centimes=item.price_centimes if priced else None,
            cost_centimes=item.cost_centimes if priced else None,
        )

    def cooperatives(self) -> dict[str, CooperativeView]:
        """Return those from whom something is bought."""
        mine: dict[str, list[Shipment]] = defaultdict(list)
        for item in self.plan.shipments:
            mine[item.cooperative].append(item)
        return {
            item.id: self.cooperative(item, mine[item.id]) for item in self.programme.cooperatives if item.id in mine
        }

    def cooperative(self, item: Cooperative, shipments: list[Shipment]) -> CooperativeView:
        """Return a cooperative with its order; lines by the day on which they leave."""
        total = sum(one.cost_centimes for one in shipments)
        ordered = sorted(shipments, key=lambda one: (one.dispatched, one.hub, one.product, one.id))
        return CooperativeView(
            id=item.id,
            name=item.name,
            place=item.place,
            town=item.town,
            province=item.province,
            region=item.region,
            members=item.members,
            women=item.women,
            rural=item.rural,
            contact=self.contacts.cooperatives.get(item.id, NOBODY),
            lines=tuple(self.lines[one.id] for one in ordered) if self.see("shipment") else (),
            hauls=self.hauls(item, shipments) if self.see("haul") else (),
            calls=calls(self, item.id) if self.see("haul") else (),
            total_centimes=total if self.see("shipment.price") else None,
        )

    def hauls(self, item: Cooperative, shipments: Iterable[Shipment]) -> tuple[HaulView, ...]:
        """Return the lorries that leave a cooperative, by day."""
        loads: dict[tuple[str, dt.date], list[Shipment]] = defaultdict(list)
        for one in shipments:
            if one.id not in self.on_rounds:
                loads[one.hub, one.dispatched].append(one)
        return tuple(
            HaulView(
                cooperative=item.id,
                hub=self.hubs[haul.hub],
                dispatched=haul.dispatched,
                arrives=max((one.arrives for one in loads[haul.hub, haul.dispatched]), default=haul.dispatched),
                lorry=self.programme.lorry[haul.lorry].name,
                number=haul.number,
                distance_m=haul.distance_m,
                lines=tuple(self.lines[one.id] for one in loads[haul.hub, haul.dispatched]),
                cost_centimes=haul.cost_centimes if self.see("haul.cost") else None,
            )
            for haul in sorted(self.hauls_of[item.id], key=lambda one: (one.dispatched, one.hub, one.lorry))
        )

    @cached_property
    def on_rounds(self) -> frozenset[str]:
        """Ids of the shipments that collection rounds load."""
        return frozenset(name for item in self.plan.rounds for stop in item.stops for name in stop.shipments)

    @cached_property
    def hauls_of(self) -> dict[str, list[Haul]]:
        """Lorries by cooperative."""
        result: dict[str, list[Haul]] = defaultdict(list)
        for item in self.plan.hauls:
            result[item.cooperative].append(item)
        return result

    def days(self) -> tuple[Day, ...]:
        """Return hub by hub, day by day what arrives, is packed and leaves."""
        from basketplan.publish.packing import hub_days

        return hub_days(self)

    @cached_property
    def shipment(self) -> dict[str, Shipment]:
        """Shipments by id, as the plan has them."""
        return {item.id: item for item in self.plan.shipments}

    def packed(self, item: PackedBasket) -> PackedView:
        """Return a physical basket."""
        trip = self.visit[item.household][0].id if item.household in self.visit else ""
        return PackedView(
            id=item.id,
            basket=self.types[item.basket].id,
            household=(item.household or "") if self.see("household.id") else "",
            trip=trip,
            ingredients=tuple(self.ingredients(item)),
            collect=self.collect(item.household) if item.household is not None else None,
        )

    def ingredients(self, item: PackedBasket) -> list[Ingredient]:
        """Return the lots of a basket, container first, then as the recipe lists them."""
        found = [
            Ingredient(
                product=self.products[self.shipment[lot.shipment].product],
                cooperative=self.shipment[lot.shipment].cooperative,
                shipment=lot.shipment,
                packs=lot.packs,
            )
            for lot in item.lots
        ]
        place = self.recipe_place[item.basket]
        return sorted(found, key=lambda one: (place.get(one.product.id, len(place)), one.shipment))

    @cached_property
    def recipe_place(self) -> dict[str, dict[str, int]]:
        """Basket type → product → its place in the recipe."""
        result: dict[str, dict[str, int]] = {}
        for item in self.programme.baskets:
            products = [option.product for line in item.lines for option in line.one_of]
            result[item.id] = {product: index for index, product in reversed(list(enumerate(products)))}
        return result


def zones(counted: Sequence[ZoneService], audience: Audience) -> tuple[ZoneView, ...]:
    """Return service by zone, small cells suppressed for those who see no household.

    Where exactly one zone is suppressed it could be found by subtraction from the total: the next smallest goes with
    it.
    A zone's served households are suppressed too where the few who are not served would follow from them.
    """
    hidden: set[str] = set()
    few: set[str] = set()
    if not may(audience, "household.id"):
        hidden = _with_company({item.zone: item.households for item in counted})
        few = _with_company({item.zone: item.households - item.served for item in counted if item.zone not in hidden})
    return tuple(
        ZoneView(
            zone=item.zone,
            households=None if item.zone in hidden else item.households,
            served=None if item.zone in hidden | few else item.served,
            baskets=None if item.zone in hidden else item.baskets,
            baskets_served=None if item.zone in hidden | few else item.baskets_served,
        )
        for item in counted
    )


def _with_company(counts: dict[str, int]) -> set[str]:
    """Return the keys of small cells, never one alone where there is another that is not zero."""
    small = {key for key, count in counts.items() if suppressed(count) is None}
    others = sorted((count, key) for key, count in counts.items() if key not in small and count)
    if len(small) == 1 and others:
        small.add(others[0][1])
    return small
