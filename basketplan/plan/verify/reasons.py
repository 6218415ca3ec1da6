"""V62x to V64x: reasons of the unserved that cannot be true, and what stages say of themselves.

A reason is *refuted* here where the programme alone shows that it cannot hold; that it does hold may need a solver.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from basketplan import units
from basketplan.plan.types import Unserved
from basketplan.plan.verify.case import Case, Load, hub_distance_m
from basketplan.plan.verify.rules import Look, Rule
from basketplan.programme.types import Household, Hub, Vehicle

GAP_TOLERANCE = 1e-4
"""Gaps may be rounded to four decimals."""
NO_GAP = 1e-9
"""Value and bound that differ by less have no gap: solvers leave as much of a zero."""


def heaviest(case: Case, household: Household) -> Load:
    """Return the baskets of a household with the heaviest and the largest of their alternatives."""
    total = Load()
    for name, count in household.baskets.items():
        basket = case.programme.basket[name]
        weight = volume = 0
        for line in basket.lines:
            packed = [(case.programme.product[option.product], option.quantity) for option in line.one_of]
            weight += max(product.packs(quantity) * product.gross_weight for product, quantity in packed)
            sizes = (product.packs(quantity) * product.volume for product, quantity in packed if not product.container)
            volume += max(sizes, default=0)
        room = volume if basket.volume is None else basket.volume
        total = total.plus(Load(baskets=count, weight_g=weight * count, volume_ml=room * count))
    return total


def carries(vehicle: Vehicle, load: Load) -> bool:
    """Tell whether a load fits into an empty vehicle."""
    limits = (
        (load.baskets, vehicle.max_baskets),
        (load.weight_g, vehicle.max_weight),
        (load.volume_ml, vehicle.max_volume),
    )
    return all(limit is None or amount <= limit for amount, limit in limits)


def stationed(case: Case, hub: Hub, household: Household) -> list[Vehicle]:
    """Return the vehicle types at a hub that may enter where a household lives."""
    return [
        vehicle
        for vehicle in case.programme.vehicles
        if vehicle.number.get(hub.id, 0) > 0 and household.access in vehicle.access
    ]


def delivery_days(case: Case, hub: Hub) -> list[dt.date]:
    """Return the days on which a hub can send out what it assembled on its first day."""
    days = sorted(case.hub_days[hub.id])
    return [day for day in days if (day - days[0]).days >= hub.ready_after]


def able_hubs(case: Case, household: Household) -> list[Hub]:
    """Return the hubs that may serve a household and have a vehicle and a day for it."""
    load, home = heaviest(case, household), set(case.programme.home_days(household))
    return [
        hub
        for hub in case.hubs_for(household)
        if any(carries(vehicle, load) for vehicle in stationed(case, hub, household))
        and not home.isdisjoint(delivery_days(case, hub))
    ]


def reached_in_time(case: Case, hub: Hub, vehicle: Vehicle, household: Household) -> bool:
    """Tell whether a trip to this household alone keeps its windows, the shift and the longest trip."""
    road = hub_distance_m(case.programme, hub, household)
    drive = units.travel_s(road, vehicle.speed)
    loading = vehicle.loading + vehicle.loading_per_basket * household.total_baskets
    begins, ends = vehicle.shift
    earliest = begins + loading + drive
    if vehicle.max_trip_distance is not None and 2 * road > vehicle.max_trip_distance:
        return False
    lasts = loading + 2 * drive + case.programme.service_s(household)
    longest = [vehicle.max_trip_duration, vehicle.driver_break.after if vehicle.driver_break is not None else None]
    if any(limit is not None and lasts > limit for limit in longest):
        return False
    starts = [max(earliest, opens) for opens, closes in household.windows if earliest <= closes]
    if not household.windows:
        starts = [earliest]
    return any(start - drive - loading + lasts <= ends for start in starts)


def _left_for(case: Case, reason: str) -> Iterator[tuple[Unserved, Household]]:
    for item in case.plan.unserved:
        household = case.programme.household.get(item.household)
        if household is not None and item.reason == reason:
            yield item, household


def _refuted(reason: str, why: str, refuted: Callable[[Case, Household], object]) -> Callable[[Case, Look], None]:
    """Return a check that the programme does not refute ``reason``; ``refuted`` returns what does, or nothing."""

    def check(case: Case, look: Look) -> None:
        for item, household in _left_for(case, reason):
            against = refuted(case, household)
            look(not against, item.household, why, str(against))

    return check


def _by_access(case: Case, household: Household) -> object:
    return ", ".join(hub.id for hub in able_hubs(case, household))


def _by_capacity(case: Case, household: Household) -> object:
    load = heaviest(case, household)
    return ", ".join(
        f"{vehicle.id} at {hub.id}"
        for hub in case.hubs_for(household)
        for vehicle in stationed(case, hub, household)
        if carries(vehicle, load)
    )


def _by_days(case: Case, household: Household) -> object:
    home = set(case.programme.home_days(household))
    hubs = case.hubs_for(household)
    always = [hub for hub in hubs if (days := delivery_days(case, hub)) and home.issuperset(days)]
    return "home on every day of " + ", ".join(hub.id for hub in always) if hubs and len(always) == len(hubs) else ""


def _by_territory(case: Case, household: Household) -> object:
    return ", ".join(hub.id for hub in able_hubs(case, household) if hub.assembly is None)


def _by_time(case: Case, household: Household) -> object:
    load = heaviest(case, household)
    return ", ".join(
        f"{vehicle.id} from {hub.id}"
        for hub in able_hubs(case, household)
        for vehicle in stationed(case, hub, household)
        if carries(vehicle, load) and reached_in_time(case, hub, vehicle, household)
    )


def _by_budget(case: Case, household: Household) -> object:
    return "no budget is set" if case.programme.policy.budget is None else ""


def _by_storage(case: Case, household: Household) -> object:
    limited = any(
        limit is not None
        for hub in case.hubs_for(household)
        for limit in (hub.storage_weight, hub.storage_volume, hub.receiving)
    )
    return "" if limited else "no limit of storage or receiving"


def _by_assembly(case: Case, household: Household) -> object:
    limited = any(limit is not None for hub in case.hubs_for(household) for limit in (hub.assembly, hub.receiving))
    return "" if limited else "no limit of assembly or receiving"


def _by_stop(case: Case, household: Household) -> object:
    return "the plan is complete" if case.plan.status == "complete" else ""


def _told(case: Case, look: Look) -> None:
    for item in case.plan.unserved:
        said = bool(item.detail.strip()) and bool(item.remedy.strip())
        look(said, item.household, "a detail and a remedy", f"'{item.detail}' and '{item.remedy}'")


def _gap(case: Case, look: Look) -> None:
    for item in case.plan.stages:
        where = " ".join(filter(None, (item.stage, item.goal)))
        if item.gap is None:
            continue
        if item.value is None or item.bound is None:
            look(False, where, "no gap without value and bound", str(item.gap))
            continue
        apart = abs(item.value - item.bound)
        if item.value == 0 and apart >= NO_GAP:
            look(False, where, "no gap for a value of 0", str(item.gap))
            continue
        expected = apart / abs(item.value) if apart >= NO_GAP else 0.0
        look(abs(expected - item.gap) <= GAP_TOLERANCE, where, f"{expected:.6f}", f"{item.gap:.6f}")


def _reason_rule(number: int, reason: str, says: str, why: str, refuted: Callable[[Case, Household], object]) -> Rule:
    return Rule(
        code=f"V{number}",
        name=f"reason '{reason}'",
        says=says,
        tells=f"household {{where}} is listed as unserved for '{reason}' ({{expected}}), but: {{found}}",
        check=_refuted(reason, why, refuted),
    )


RULES = (
    _reason_rule(
        620,
        "access",
        "Unserved for `access`: no hub that may serve the household has a vehicle and a day for it.",
        "no vehicle may reach it",
        _by_access,
    ),
    _reason_rule(
        621,
        "capacity",
        "Unserved for `capacity`: its baskets exceed every vehicle that may enter there.",
        "its baskets exceed every vehicle",
        _by_capacity,
    ),
    _reason_rule(
        622,
        "days",
        "Unserved for `days`: somebody is not home on every day on which its hubs deliver.",
        "nobody is home when it could be delivered",
        _by_days,
    ),
    _reason_rule(
        623,
        "territory",
        "Unserved for `territory`: every hub that could serve it has a limit of assembly that can be full.",
        "no hub may serve it, or hubs are full",
        _by_territory,
    ),
    _reason_rule(
        624,
        "time",
        "Unserved for `time`: not even a trip to it alone keeps its windows, the shift and the longest trip.",
        "no trip fits windows, shift or longest trip",
        _by_time,
    ),
    _reason_rule(625, "budget", "Unserved for `budget`: there is a budget.", "the budget is spent", _by_budget),
    _reason_rule(
        626,
        "storage",
        "Unserved for `storage`: a hub that may serve it has a limit of storage or receiving.",
        "hubs cannot store more",
        _by_storage,
    ),
    _reason_rule(
        627,
        "assembly",
        "Unserved for `assembly`: a hub that may serve it has a limit of assembly or receiving.",
        "hubs cannot assemble more",
        _by_assembly,
    ),
    _reason_rule(
        628, "stopped", "Unserved for `stopped`: planning was interrupted.", "planning was interrupted", _by_stop
    ),
    Rule(
        code="V630",
        name="reason told",
        says="Every unserved household comes with a detail and a remedy.",
        tells="household {where} must have {expected}, found {found}",
        check=_told,
    ),
    Rule(
        code="V640",
        name="gap",
        says="A stage's gap is |value − bound| / |value|, 0 where both agree up to 10⁻⁹, and none without a bound.",
        tells="the gap of {where} is {expected}, the plan says {found}",
        check=_gap,
    ),
)
