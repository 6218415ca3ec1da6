"""The difference between two plans in terms of people: who gets what when, from whom, and who has to be told.

Both plans may belong to different variants of a programme. Ids are those of the plans; nothing here holds a name, a
telephone or a place.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from basketplan import units
from basketplan.plan.types import Plan
from basketplan.programme.types import household_of

__all__ = [
    "KINDS",
    "CooperativeChange",
    "Difference",
    "HouseholdChange",
    "HubChange",
    "Kind",
    "Notice",
    "UnitChange",
    "Visit",
    "difference",
]

Kind = Literal["new", "gone", "served", "unserved", "day", "hub", "driver", "basket", "time", "point"]
KINDS: tuple[Kind, ...] = ("new", "gone", "served", "unserved", "day", "hub", "driver", "basket", "time", "point")
"""What may change for a household: it is new or gone; now served or not any more; another day, hub, driver, other
products in its baskets; on the same day more than :data:`LATER_S` earlier or later; another
place of collection, or the door instead. One whose baskets come in several
visits is served if all of them are made; it has another day, hub or driver when any visit has."""

LATER_S = 3600
"""Seconds by which an arrival must move to be told."""


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What a household gets in one visit, when, and who brings it."""

    day: dt.date
    hub: str
    unit: str
    arrive_s: int
    """When it is brought, or when the household may collect it."""
    baskets: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    """Type and (product, packs) of each basket, sorted."""
    point: str = ""
    """Where it collects; empty: at its door."""


@dataclass(frozen=True, kw_only=True)
class HouseholdChange:
    """A household for which something changes, with its visits in the order in which they are made."""

    household: str
    kinds: tuple[Kind, ...]
    before: tuple[Visit, ...]
    after: tuple[Visit, ...]


@dataclass(frozen=True, kw_only=True)
class CooperativeChange:
    """What a cooperative sells before and after, in all and by product and day of dispatch."""

    cooperative: str
    revenue_before_centimes: int
    revenue_after_centimes: int
    orders_before: tuple[tuple[dt.date, str, int], ...]
    """(day of dispatch, product, packs), sorted."""
    orders_after: tuple[tuple[dt.date, str, int], ...]

    @property
    def gain_centimes(self) -> int:
        """What it sells more; negative: less."""
        return self.revenue_after_centimes - self.revenue_before_centimes


@dataclass(frozen=True, kw_only=True)
class HubChange:
    """Baskets assembled at a hub by day, where that changes."""

    hub: str
    before: tuple[tuple[dt.date, int], ...]
    after: tuple[tuple[dt.date, int], ...]


@dataclass(frozen=True, kw_only=True)
class UnitChange:
    """Days on which a vehicle works, where that changes."""

    unit: str
    dropped: tuple[dt.date, ...]
    added: tuple[dt.date, ...]


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One thing that has to be told to somebody."""

    audience: Literal["household", "cooperative", "hub", "driver"]
    id: str
    kinds: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Everything that changes for people from one plan to another."""

    households: tuple[HouseholdChange, ...]
    cooperatives: tuple[CooperativeChange, ...]
    hubs: tuple[HubChange, ...]
    units: tuple[UnitChange, ...]
    compared: int
    """Households that both plans know."""

    @property
    def counts(self) -> dict[str, int]:
        """Households by what changes, and cooperatives that gain and lose."""
        found = Counter(kind for item in self.households for kind in item.kinds)
        gains = [item.gain_centimes for item in self.cooperatives]
        return {kind: found[kind] for kind in KINDS} | {
            "told": len(self.households),
            "gain": sum(1 for gain in gains if gain > 0),
            "lose": sum(1 for gain in gains if gain < 0),
        }

    def notices(self) -> Iterator[Notice]:
        """Yield what has to be told to whom, in the order household, cooperative, hub, driver."""
        for home in self.households:
            yield Notice(
                audience="household",
                id=home.household,
                kinds=" ".join(home.kinds),
                before=_visits_words(home.before),
                after=_visits_words(home.after),
            )
        for coop in self.cooperatives:
            if coop.orders_before != coop.orders_after:
                yield Notice(
                    audience="cooperative",
                    id=coop.cooperative,
                    kinds="orders",
                    before=_order_words(coop.orders_before),
                    after=_order_words(coop.orders_after),
                )
        for hub in self.hubs:
            words = [" ".join(f"{day}:{count}" for day, count in side) for side in (hub.before, hub.after)]
            yield Notice(audience="hub", id=hub.hub, kinds="assembly", before=words[0], after=words[1])
        for unit in self.units:
            words = [" ".join(map(str, days)) for days in (unit.dropped, unit.added)]
            yield Notice(audience="driver", id=unit.unit, kinds="days", before=words[0], after=words[1])


def difference(before: Plan, after: Plan) -> Difference:
    """Return what changes for people from ``before`` to ``after``."""
    old, new = _visits(before), _visits(after)
    lacks_before, lacks_after = _lacking(before), _lacking(after)
    known_before, known_after = old.keys() | lacks_before, new.keys() | lacks_after
    homes = []
    for household in sorted(known_before | known_after):
        was, now = old.get(household, ()), new.get(household, ())
        served = (household not in lacks_before, household not in lacks_after)
        if household not in known_before:
            kinds: tuple[Kind, ...] = ("new",) if served[1] else ("new", "unserved")
        elif household not in known_after:
            kinds = ("gone",)
        elif served[0] != served[1]:
            kinds = ("served",) if served[1] else ("unserved",)
        else:
            kinds = _kinds(was, now)
        if kinds:
            homes.append(HouseholdChange(household=household, kinds=kinds, before=was, after=now))
    return Difference(
        households=tuple(homes),
        cooperatives=tuple(_cooperatives(before, after)),
        hubs=tuple(_hubs(before, after)),
        units=tuple(_units(before, after)),
        compared=len(known_before & known_after),
    )


def _kinds(was: tuple[Visit, ...], now: tuple[Visit, ...]) -> tuple[Kind, ...]:
    """Return what changes for a household that is served in both plans, or lacks something in both."""
    same_days = [visit.day for visit in was] == [visit.day for visit in now]
    moved = same_days and any(abs(a.arrive_s - b.arrive_s) > LATER_S for a, b in zip(was, now, strict=True))
    baskets = [sorted(basket for visit in visits for basket in visit.baskets) for visits in (was, now)]
    tests: tuple[tuple[Kind, bool], ...] = (
        ("day", not same_days),
        ("hub", {visit.hub for visit in was} != {visit.hub for visit in now}),
        ("driver", {visit.unit for visit in was} != {visit.unit for visit in now}),
        ("basket", baskets[0] != baskets[1]),
        ("time", moved),
        ("point", [visit.point for visit in was] != [visit.point for visit in now]),
    )
    return tuple(kind for kind, changed in tests if changed)


def _lacking(plan: Plan) -> set[str]:
    """Return the households that do not get all their baskets."""
    return {household_of(item.household) for item in plan.unserved}


def _visits(plan: Plan) -> dict[str, tuple[Visit, ...]]:
    """Return the visits to each household that has any, by day and time."""
    product = {item.id: item.product for item in plan.shipments}
    contents: dict[str, list[tuple[str, tuple[tuple[str, int], ...]]]] = defaultdict(list)
    for basket in plan.baskets:
        if basket.household is not None:
            packs: Counter[str] = Counter()
            for lot in basket.lots:
                packs[product[lot.shipment]] += lot.packs
            contents[basket.household].append((basket.basket, tuple(sorted(packs.items()))))
    collects = {item.household: item for item in plan.collections}
    found: dict[str, list[Visit]] = defaultdict(list)
    for trip in plan.trips:
        for stop in trip.stops:
            at = collects.get(stop.household)
            found[household_of(stop.household)].append(
                Visit(
                    day=trip.day,
                    hub=trip.hub,
                    unit=trip.unit,
                    arrive_s=stop.arrive_s if at is None or at.from_s is None else at.from_s,
                    point="" if at is None else at.point,
                    baskets=tuple(sorted(contents[stop.household])),
                )
            )
    return {
        household: tuple(sorted(visits, key=lambda visit: (visit.day, visit.arrive_s, visit.unit)))
        for household, visits in found.items()
    }


def _orders(plan: Plan) -> dict[str, tuple[tuple[dt.date, str, int], ...]]:
    packs: dict[str, Counter[tuple[dt.date, str]]] = defaultdict(Counter)
    for item in plan.shipments:
        packs[item.cooperative][item.dispatched, item.product] += item.packs
    return {
        name: tuple((day, product, count) for (day, product), count in sorted(some.items()))
        for name, some in packs.items()
    }


def _cooperatives(before: Plan, after: Plan) -> Iterator[CooperativeChange]:
    revenue = [
        {item.cooperative: item.revenue_centimes for item in plan.metrics.cooperatives} for plan in (before, after)
    ]
    orders = [_orders(plan) for plan in (before, after)]
    for name in sorted(revenue[0].keys() | revenue[1].keys() | orders[0].keys() | orders[1].keys()):
        change = CooperativeChange(
            cooperative=name,
            revenue_before_centimes=revenue[0].get(name, 0),
            revenue_after_centimes=revenue[1].get(name, 0),
            orders_before=orders[0].get(name, ()),
            orders_after=orders[1].get(name, ()),
        )
        if change.gain_centimes or change.orders_before != change.orders_after:
            yield change


def _by_day(plan: Plan) -> dict[str, tuple[tuple[dt.date, int], ...]]:
    counts: dict[str, Counter[dt.date]] = defaultdict(Counter)
    for item in plan.assemblies:
        counts[item.hub][item.day] += item.count
    return {hub: tuple(sorted(days.items())) for hub, days in counts.items()}


def _hubs(before: Plan, after: Plan) -> Iterator[HubChange]:
    old, new = _by_day(before), _by_day(after)
    for hub in sorted(old.keys() | new.keys()):
        if old.get(hub) != new.get(hub):
            yield HubChange(hub=hub, before=old.get(hub, ()), after=new.get(hub, ()))


def _units(before: Plan, after: Plan) -> Iterator[UnitChange]:
    days: list[Mapping[str, set[dt.date]]] = []
    for plan in (before, after):
        worked: dict[str, set[dt.date]] = defaultdict(set)
        for item in plan.vehicle_days:
            worked[item.unit].add(item.day)
        days.append(worked)
    for unit in sorted(days[0].keys() | days[1].keys()):
        old, new = days[0].get(unit, set()), days[1].get(unit, set())
        if old != new:
            yield UnitChange(unit=unit, dropped=tuple(sorted(old - new)), added=tuple(sorted(new - old)))


def _visits_words(visits: tuple[Visit, ...]) -> str:
    return " / ".join(map(_visit_words, visits))


def _visit_words(visit: Visit) -> str:
    contents = "; ".join(
        f"{kind} ({', '.join(f'{product} {packs}' for product, packs in some)})" for kind, some in visit.baskets
    )
    place = f" at {visit.point}" if visit.point else ""
    return f"{visit.day} {units.clock(visit.arrive_s)}{place} {visit.unit}: {contents}"


def _order_words(orders: tuple[tuple[dt.date, str, int], ...]) -> str:
    return "; ".join(f"{day} {product} {packs}" for day, product, packs in orders)
