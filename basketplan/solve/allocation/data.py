"""Index sets and figures of the allocation, taken from a programme once.

All days are indices into ``Programme.working_days``. Everything is sorted by id.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from basketplan import units
from basketplan.programme.types import Cooperative, FairnessRule, Hub, Lorry, Offer, Programme
from basketplan.solve.allocation.potential import can_be_bought, potentials
from basketplan.solve.first_goods import ready_from
from basketplan.solve.fleet import DailyBaskets, daily_baskets
from basketplan.solve.territory import delivery_day
from basketplan.solve.types import Territory
from basketplan.travel.distance import inbound_m

Key = tuple[str, str]
"""(cooperative, product) of an offer, or (hub, …)."""


@dataclass(frozen=True, kw_only=True)
class OfferData:
    """One offer in packs."""

    coop: str
    product: str
    lot: int
    available: tuple[int, ...]
    """Most packs that can have left by the end of each day."""
    minimum: int
    prices: tuple[tuple[int, int], ...]
    """(from packs, price) in order; the first row starts at 0 with the base price."""

    @property
    def most(self) -> int:
        """Packs in all, in whole lots."""
        return self.available[-1] // self.lot * self.lot


@dataclass(frozen=True, kw_only=True)
class Carrier:
    """A lorry type between one cooperative and one hub."""

    lorry: str
    weight_g: int
    volume_ml: int | None
    cost_centimes: int


@dataclass(frozen=True, kw_only=True)
class Slot:
    """One departure: cooperative, hub, dispatch day, and the arrival that its lorries share."""

    coop: str
    hub: str
    dispatch: int
    arrival: int
    carriers: tuple[Carrier, ...]
    road_m: int = 0

    @property
    def label(self) -> str:
        """For names of variables."""
        return f"{self.coop},{self.hub},{self.dispatch},{self.arrival}"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One alternative of a basket's line."""

    product: str
    packs: int
    lowest: float
    highest: float


@dataclass(frozen=True, kw_only=True)
class BasketData:
    """A basket type: lines of alternatives."""

    id: str
    lines: tuple[tuple[Choice, ...], ...]
    least_weight_g: int
    """Gross weight of the lightest way to fill it, as counted in storage."""
    least_volume_ml: int


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Households of one hub that are alike to the allocation."""

    hub: str
    baskets: tuple[tuple[str, int], ...]
    priority: int
    days: tuple[int, ...]
    """Days on which they can be visited."""
    access: str
    households: tuple[str, ...]
    """Nearest to the hub first: who is served when not all are."""

    @property
    def size(self) -> int:
        """Baskets per household."""
        return sum(count for _, count in self.baskets)

    @property
    def label(self) -> str:
        """For names of variables."""
        content = "+".join(f"{count}{basket}" for basket, count in self.baskets)
        return f"{self.hub},{content},p{self.priority},{self.access},{'.'.join(map(str, self.days))}"


@dataclass(frozen=True, kw_only=True)
class HubData:
    """A hub: capacities, and the days that still lead to a delivery."""

    id: str
    open: tuple[int, ...]
    ready: Mapping[int, int]
    """Assembly day → first delivery day, for days that have one."""
    assembly: int | None
    assembly_cost: int
    receiving_g: int | None
    storage_g: int | None
    storage_ml: int | None
    fleet: DailyBaskets | None
    """Estimated baskets a day; none: not limited here."""


@dataclass(frozen=True, kw_only=True)
class GroupData:
    """Cooperatives with a floor or ceiling together."""

    id: str
    coops: tuple[str, ...]
    floor: float
    ceiling: float


@dataclass(frozen=True, kw_only=True)
class Data:
    """Everything the models need."""

    n_days: int
    offers: tuple[OfferData, ...]
    slots: tuple[Slot, ...]
    baskets: tuple[BasketData, ...]
    hubs: tuple[HubData, ...]
    kinds: tuple[Kind, ...]
    weight_g: Mapping[str, int]
    volume_ml: Mapping[str, int]
    expiry: Mapping[str, tuple[int | None, ...]]
    """Product that spoils → by dispatch day, the last day on which it may be delivered (none: never matters)."""
    engagement: Mapping[str, int]
    minimum_revenue: Mapping[str, int]
    potential: Mapping[str, int]
    """Cooperative → centimes, for those that could sell something needed: :mod:`~.potential`."""
    floors: Mapping[str, float]
    ceilings: Mapping[str, float]
    budget: int | None
    groups: tuple[GroupData, ...] = ()
    rule: FairnessRule = "max-min"
    gini: float | None = None
    women: frozenset[str] = frozenset()
    """Cooperatives with a majority of women."""
    women_share: Mapping[str, float] = field(default_factory=dict)
    """Cooperative → share of women among its members."""
    zone_of: Mapping[str, str] = field(default_factory=dict)
    """Household → zone, for those with one."""
    unsold: frozenset[Key] = frozenset()
    """Offers of which nothing can be bought."""
    dates: tuple[int, ...] = ()
    """Working day → ordinal of its date."""
    shelf_life: Mapping[str, int] = field(default_factory=dict)
    """Product that spoils → days."""

    @cached_property
    def coops(self) -> tuple[str, ...]:
        """Cooperatives that offer something."""
        return tuple(sorted({offer.coop for offer in self.offers}))

    @cached_property
    def needed(self) -> Mapping[Key, int]:
        """(hub, basket) → baskets if everybody is served."""
        total: dict[Key, int] = {}
        for kind in self.kinds:
            for basket, count in kind.baskets:
                key = (kind.hub, basket)
                total[key] = total.get(key, 0) + count * len(kind.households)
        return dict(sorted(total.items()))

    @cached_property
    def usable(self) -> Mapping[Key, int]:
        """(hub, product) → most packs that the baskets of that hub could hold."""
        baskets = {basket.id: basket for basket in self.baskets}
        total: dict[Key, int] = {}
        for (hub, basket), count in self.needed.items():
            for product, packs in most_packs(baskets[basket], count).items():
                total[hub, product] = total.get((hub, product), 0) + packs
        return dict(sorted(total.items()))


def most_packs(basket: BasketData, count: int) -> dict[str, int]:
    """Return the most packs of each product that ``count`` baskets could hold, by the highest shares."""
    result: dict[str, int] = {}
    for line in basket.lines:
        best: dict[str, int] = {}
        for choice in line:
            packs = math.floor(choice.highest * count + 1e-9) * choice.packs
            best[choice.product] = max(best.get(choice.product, 0), packs)
        for product, packs in best.items():
            result[product] = result.get(product, 0) + packs
    return result


def read_data(
    programme: Programme, territory: Territory, demand: Iterable[str] | None = None, *, departures: bool = True
) -> Data:
    """Take from ``programme`` what the allocation of ``demand`` (by default all with a hub) needs.

    Without ``departures`` there are no slots: for programmes where nobody could list them all.
    """
    wanted = sorted(set(territory.hub_of) if demand is None else set(demand) & set(territory.hub_of))
    coops = [
        coop
        for coop in sorted(programme.cooperatives, key=lambda item: item.id)
        if coop.rural or not programme.policy.rural_only
    ]
    baskets = tuple(_basket(programme, name) for name in sorted(programme.basket))
    held = {choice.product for basket in baskets for line in basket.lines for choice in line}
    offers = tuple(
        _offer(programme, coop, offer)
        for coop in coops
        for offer in sorted(coop.offers, key=lambda item: item.product)
        if offer.product in held
    )
    bought = can_be_bought(programme, offers)
    by_hub: dict[str, list[str]] = {}
    for household in wanted:
        by_hub.setdefault(territory.hub_of[household], []).append(household)
    hubs = tuple(_hub(programme, programme.hub[name], by_hub[name]) for name in sorted(by_hub))
    return Data(
        n_days=len(programme.working_days),
        offers=offers,
        slots=tuple(slots_between(programme, coops, hubs)) if departures else (),
        baskets=baskets,
        hubs=hubs,
        kinds=tuple(kind for hub in hubs for kind in _kinds(programme, hub, by_hub[hub.id])),
        weight_g={name: programme.product[name].gross_weight for name in sorted(held)},
        volume_ml={name: programme.product[name].volume for name in sorted(held)},
        expiry=_expiry(programme, held, hubs),
        engagement={coop.id: coop.engagement_cost for coop in coops},
        minimum_revenue={coop.id: coop.minimum_revenue for coop in coops},
        potential=potentials(offers, bought, _need(programme, baskets)),
        floors=dict(sorted(programme.policy.floors.items())),
        ceilings=dict(sorted(programme.policy.ceilings.items())),
        budget=programme.policy.budget,
        groups=tuple(
            GroupData(id=item.id, coops=programme.members(item), floor=item.floor, ceiling=item.ceiling)
            for item in programme.policy.groups
        ),
        rule=programme.policy.fairness,
        gini=programme.policy.gini,
        women=frozenset(coop.id for coop in coops if coop.women > 0.5),
        women_share={coop.id: coop.women for coop in coops},
        zone_of={name: zone for name in wanted if (zone := programme.household[name].zone)},
        unsold=frozenset((item.coop, item.product) for item in offers) - bought.keys(),
        dates=tuple(date.toordinal() for date in programme.working_days),
        shelf_life={name: life for name in sorted(held) if (life := programme.product[name].shelf_life)},
    )


def _offer(programme: Programme, coop: Cooperative, offer: Offer) -> OfferData:
    product = programme.product[offer.product]
    ready = ready_from(programme, offer)
    capacity = product.packs(offer.capacity)
    rate = None if offer.rate is None else product.packs(offer.rate)
    available, producing = [], 0
    for date in programme.working_days:
        producing += date >= ready
        most = capacity if rate is None else min(capacity, rate * producing)
        available.append(most if date >= ready else 0)
    breaks = sorted((product.packs(item.from_), item.price) for item in offer.price_breaks)
    prices = {0: offer.price} | {max(start, 0): price for start, price in breaks}
    return OfferData(
        coop=coop.id,
        product=product.id,
        lot=1 if offer.lot is None else max(1, product.packs(offer.lot)),
        available=tuple(available),
        minimum=0 if offer.minimum_order is None else product.packs(offer.minimum_order),
        prices=tuple(sorted(prices.items())),
    )


def _basket(programme: Programme, name: str) -> BasketData:
    lines = tuple(
        tuple(
            Choice(
                product=item.product,
                packs=programme.product[item.product].packs(item.quantity),
                lowest=item.min_share,
                highest=item.max_share,
            )
            for item in line.one_of
        )
        for line in programme.basket[name].lines
    )
    product = programme.product
    return BasketData(
        id=name,
        lines=lines,
        least_weight_g=sum(min(item.packs * product[item.product].gross_weight for item in line) for line in lines),
        least_volume_ml=sum(min(item.packs * product[item.product].volume for item in line) for line in lines),
    )


def _hub(programme: Programme, hub: Hub, households: list[str]) -> HubData:
    index = {date: day for day, date in enumerate(programme.working_days)}
    days = tuple(index[date] for date in programme.hub_days(hub))
    ready = {day: leave for day in days if (leave := delivery_day(programme, hub, day)) is not None}
    leaving = [day for day in days if ready and day >= min(ready.values())]
    people = [programme.household[name] for name in households]
    return HubData(
        id=hub.id,
        open=days,
        ready=ready,
        assembly=hub.assembly,
        assembly_cost=hub.assembly_cost,
        receiving_g=hub.receiving,
        storage_g=hub.storage_weight,
        storage_ml=hub.storage_volume,
        fleet=daily_baskets(programme, hub, people, days=len(leaving)),
    )


def slots_between(programme: Programme, coops: Iterable[Cooperative], hubs: Iterable[HubData]) -> list[Slot]:
    """List the departures whose goods can still reach a household."""
    dates = programme.working_days
    index = {date: day for day, date in enumerate(dates)}
    lorries = sorted(programme.lorries, key=lambda item: item.id)
    result = []
    places = list(hubs)
    for coop in coops:
        for hub in places:
            road = inbound_m(programme.travel, coop.place, programme.hub[hub.id].place)
            by_days: dict[int, list[Lorry]] = {}
            for lorry in lorries:
                by_days.setdefault(road // lorry.km_per_day, []).append(lorry)
            for on_road, types in sorted(by_days.items()):
                carriers = tuple(_carrier(lorry, road) for lorry in types)
                for day, date in enumerate(dates):
                    arrival = index.get(date + dt.timedelta(days=on_road))
                    if arrival is not None and arrival in hub.open and hub.ready and arrival <= max(hub.ready):
                        result.append(
                            Slot(
                                coop=coop.id, hub=hub.id, dispatch=day, arrival=arrival, carriers=carriers, road_m=road
                            )
                        )  # fmt: skip
    return result


def _carrier(lorry: Lorry, road_m: int) -> Carrier:
    return Carrier(
        lorry=lorry.id,
        weight_g=lorry.max_weight,
        volume_ml=lorry.max_volume,
        cost_centimes=lorry.cost_per_trip + units.cost_of_distance_centimes(road_m, lorry.cost_per_km),
    )


def _kinds(programme: Programme, hub: HubData, households: list[str]) -> list[Kind]:
    """Group the households of a hub by baskets, priority, days and access."""
    index = {date: day for day, date in enumerate(programme.working_days)}
    leaving = {day for day in hub.open if hub.ready and day >= min(hub.ready.values())}
    place = programme.hub[hub.id].place
    groups: dict[tuple[tuple[tuple[str, int], ...], int, tuple[int, ...], str], list[tuple[float, str]]] = {}
    homes: dict[tuple[object, ...], tuple[int, ...]] = {}
    for name in households:
        person = programme.household[name]
        if person.days not in homes:
            homes[person.days] = tuple(index[date] for date in programme.home_days(person) if index[date] in leaving)
        key = (tuple(sorted(person.baskets.items())), person.priority, homes[person.days], person.access)
        far = (person.lat - place.lat) ** 2 + ((person.lon - place.lon) * math.cos(math.radians(place.lat))) ** 2
        groups.setdefault(key, []).append((far, name))
    return [
        Kind(
            hub=hub.id,
            baskets=baskets,
            priority=priority,
            days=days,
            access=access,
            households=tuple(name for _, name in sorted(members)),
        )
        for (baskets, priority, days, access), members in sorted(groups.items())
    ]


def _expiry(programme: Programme, held: set[str], hubs: tuple[HubData, ...]) -> dict[str, tuple[int | None, ...]]:
    """Return, for products whose shelf life can end before the last delivery, the last day by dispatch day."""
    dates = programme.working_days
    last = max((day for hub in hubs for day in hub.open), default=0)
    result: dict[str, tuple[int | None, ...]] = {}
    for name in sorted(held):
        life = programme.product[name].shelf_life
        if life is None:
            continue
        ends = []
        for date in dates:
            until = date + dt.timedelta(days=life)
            end = sum(1 for other in dates if other <= until) - 1
            ends.append(None if end >= last else end)
        if any(end is not None for end in ends):
            result[name] = tuple(ends)
    return result


def _need(programme: Programme, baskets: tuple[BasketData, ...]) -> dict[str, int]:
    """Return product → most packs that the baskets of everybody could hold."""
    count: dict[str, int] = {}
    for household in programme.households:
        for name, number in household.baskets.items():
            count[name] = count.get(name, 0) + number
    need: dict[str, int] = {}
    for basket in baskets:
        for product, packs in most_packs(basket, count.get(basket.id, 0)).items():
            need[product] = need.get(product, 0) + packs
    return need
