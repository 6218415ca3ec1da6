"""V23x, V24x: collection rounds, recomputed from the programme: who is called at, loads, road, hours, money."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from basketplan import units
from basketplan.plan.types import Haul, Round, RoundStop, Shipment
from basketplan.plan.verify.case import Case
from basketplan.plan.verify.rules import Look, Rule
from basketplan.plan.verify.supply import arrivals, haul_cost_centimes
from basketplan.programme.types import Lorry, Rounds


def allowed(case: Case) -> Iterator[tuple[Round, Lorry, Rounds, tuple[int, ...]]]:
    """Yield the rounds by lorries that may make them, with what they may do and the road of their legs."""
    for item, legs in zip(case.rounds, case.round_legs_m, strict=True):
        lorry = case.programme.lorry[item.lorry]
        if lorry.rounds is not None:
            yield item, lorry, lorry.rounds, legs


def loaded(case: Case, stop: RoundStop) -> list[Shipment]:
    """Return what is loaded at a stop."""
    return [case.shipment[name] for name in stop.shipments]


def weight_g(case: Case, items: list[Shipment]) -> int:
    """Return the gross weight of shipments."""
    return sum(item.packs * case.programme.product[item.product].gross_weight for item in items)


def volume_ml(case: Case, items: list[Shipment]) -> int:
    """Return the room that shipments take."""
    return sum(item.packs * case.programme.product[item.product].volume for item in items)


def cost_centimes(lorry: Lorry, rounds: Rounds, distance_m: int) -> int:
    """Return what a round costs: its own prices, else a trip of the lorry and half its kilometre, rounded up."""
    trip = lorry.cost_per_trip if rounds.cost_per_trip is None else rounds.cost_per_trip
    per_km = -(-lorry.cost_per_km // 2) if rounds.cost_per_km is None else rounds.cost_per_km
    return trip + units.cost_of_distance_centimes(distance_m, per_km)


def _may_collect(case: Case, look: Look) -> None:
    for item in case.rounds:
        look(case.programme.lorry[item.lorry].rounds is not None, item.id, "a lorry with 'rounds'", item.lorry)


def _stops(case: Case, look: Look) -> None:
    for item, _, rounds, _ in allowed(case):
        calls = Counter(stop.cooperative for stop in item.stops)
        look(1 <= len(item.stops) <= rounds.max_stops, item.id, f"1 to {rounds.max_stops} stops", str(len(item.stops)))
        for name, count in calls.items():
            look(count == 1, (item.id, name), "one call", str(count))


def _once(case: Case, look: Look) -> None:
    counts = Counter(name for item in case.plan.rounds for stop in item.stops for name in stop.shipments)
    for name, count in counts.items():
        look(count == 1, name, "loaded once", str(count))
    for item in case.rounds:
        for stop in item.stops:
            look(bool(stop.shipments), (item.id, stop.cooperative), "a shipment", stop.shipments)


def _belongs(case: Case, look: Look) -> None:
    for item in case.rounds:
        for stop in item.stops:
            for one in loaded(case, stop):
                expected = (stop.cooperative, item.hub, item.day, item.day)
                look.equal((item.id, one.id), expected, (one.cooperative, one.hub, one.dispatched, one.arrives))


def _loads(case: Case, look: Look) -> None:
    for item in case.rounds:
        everything = []
        for stop in item.stops:
            here = loaded(case, stop)
            everything += here
            where = (item.id, stop.cooperative)
            look.equal(where, _load(weight_g(case, here), volume_ml(case, here)), _load(stop.weight_g, stop.volume_ml))
        expected = _load(weight_g(case, everything), volume_ml(case, everything))
        look.equal(item.id, expected, _load(item.weight_g, item.volume_ml))


def _load(weight: int, volume: int) -> str:
    return f"{weight:,} g and {volume:,} mL"


def _weight(case: Case, look: Look) -> None:
    for item in case.rounds:
        everything = [one for stop in item.stops for one in loaded(case, stop)]
        look.at_most(item.id, case.programme.lorry[item.lorry].max_weight, weight_g(case, everything))


def _volume(case: Case, look: Look) -> None:
    for item in case.rounds:
        everything = [one for stop in item.stops for one in loaded(case, stop)]
        look.at_most(item.id, case.programme.lorry[item.lorry].max_volume, volume_ml(case, everything))


def _road(case: Case, look: Look) -> None:
    for item, legs in zip(case.rounds, case.round_legs_m, strict=True):
        for stop, leg in zip(item.stops, legs, strict=False):
            look.equal((item.id, stop.cooperative), leg, stop.leg_m)
        look.equal((item.id, "in all"), sum(legs), item.distance_m)


def _longest(case: Case, look: Look) -> None:
    for item, _, rounds, legs in allowed(case):
        look.at_most(item.id, rounds.max_distance, sum(legs))


def _clock(case: Case, look: Look) -> None:
    for item, _, rounds, legs in allowed(case):
        now = rounds.hours[0]
        look.equal((item.id, "leaves the hub"), now, item.depart_s)
        for stop, leg in zip(item.stops, legs, strict=False):
            now += units.travel_s(leg, rounds.speed)
            look.equal((item.id, stop.cooperative, "arrives"), now, stop.arrive_s)
            now += rounds.time_per_stop
            look.equal((item.id, stop.cooperative, "leaves"), now, stop.leave_s)
        look.equal((item.id, "is back"), now + units.travel_s(legs[-1], rounds.speed), item.return_s)


def _hours(case: Case, look: Look) -> None:
    for item, _, rounds, legs in allowed(case):
        driving = sum(units.travel_s(leg, rounds.speed) for leg in legs)
        back = rounds.hours[0] + driving + len(item.stops) * rounds.time_per_stop
        look.at_most(item.id, rounds.hours[1], back)


def _per_day(case: Case, look: Look) -> None:
    made = Counter((item.hub, item.lorry, item.day) for item in case.rounds)
    for (hub, lorry, day), count in sorted(made.items()):
        rounds = case.programme.lorry[lorry].rounds
        if rounds is not None:
            look.at_most((hub, lorry, day), rounds.per_day, count)


def _cost(case: Case, look: Look) -> None:
    for item, lorry, rounds, legs in allowed(case):
        look.equal(item.id, cost_centimes(lorry, rounds, sum(legs)), item.cost_centimes)


def _instead(case: Case, look: Look) -> None:
    """Look whether the straight lorries that a round is compared with could carry what it loads, on that day."""
    for item in case.rounds:
        of: dict[str, list[Haul]] = defaultdict(list)
        for haul in item.instead_of:
            of[haul.cooperative].append(haul)
            where = (item.id, haul.cooperative, haul.lorry)
            there = haul.hub == item.hub and haul.dispatched == item.day and arrivals(case, haul) == 0
            look(there and haul.number >= 1, where, "a lorry to the hub on that day", "another")
        goods: dict[str, list[Shipment]] = defaultdict(list)
        for stop in item.stops:
            goods[stop.cooperative] += loaded(case, stop)
        for name in sorted({*of, *goods}):
            kinds = [(case.programme.lorry[haul.lorry], haul.number) for haul in of[name]]
            need_g, room_g = weight_g(case, goods[name]), sum(kind.max_weight * number for kind, number in kinds)
            look(need_g <= room_g, (item.id, name), f"room for {need_g:,} g", f"{room_g:,} g")
            if all(kind.max_volume is not None for kind, _ in kinds):
                need_ml = volume_ml(case, goods[name])
                room_ml = sum((kind.max_volume or 0) * number for kind, number in kinds)
                look(need_ml <= room_ml, (item.id, name), f"room for {need_ml:,} mL", f"{room_ml:,} mL")
            look(bool(goods[name]) or not of[name], (item.id, name), "no lorry where nothing is loaded", "one")


def _instead_cost(case: Case, look: Look) -> None:
    for item in case.rounds:
        for haul in item.instead_of:
            where = (item.id, haul.cooperative, haul.lorry)
            road = case.road_m[haul.cooperative, haul.hub]
            expected = (f"{road:,} m", units.mad(haul_cost_centimes(case, haul)))
            look.equal(where, expected, (f"{haul.distance_m:,} m", units.mad(haul.cost_centimes)))


def _saved(case: Case, look: Look) -> None:
    for item in case.rounds:
        straight = sum(haul.cost_centimes for haul in item.instead_of)
        look.equal(item.id, max(0, straight - item.cost_centimes), item.saved_centimes)
        look(item.cost_centimes <= straight, item.id, straight, item.cost_centimes)


RULES = (
    Rule(
        code="V230",
        name="lorry collects",
        says="Only lorries whose type has `rounds` make collection rounds.",
        tells="round {where} needs {expected}, '{found}' has none",
        check=_may_collect,
    ),
    Rule(
        code="V231",
        name="round stops",
        says="A round calls at least at one cooperative, at no more than the lorry type allows, and at each once.",
        tells="round {where} may have {expected}, found {found}",
        check=_stops,
    ),
    Rule(
        code="V232",
        name="collected once",
        says="A shipment is loaded by one stop of one round at most, and every stop loads something.",
        tells="{where}: expected {expected}, found {found}",
        check=_once,
    ),
    Rule(
        code="V233",
        name="collected where and when",
        says="What a stop loads belongs to its cooperative and the round's hub, leaves on the round's day and arrives "
        "on it.",
        tells="{where} must be {expected}, found {found}",
        check=_belongs,
    ),
    Rule(
        code="V234",
        name="round loads",
        says="Weight and volume of a round and of its stops follow from the shipments.",
        tells="{where} loads {expected}, the plan says {found}",
        check=_loads,
    ),
    Rule(
        code="V235",
        name="round weight",
        says="What a round loads weighs no more than its lorry may carry.",
        tells="the lorry of round {where} carries {expected}, it is loaded with {found}",
        unit="g",
        check=_weight,
    ),
    Rule(
        code="V236",
        name="round volume",
        says="What a round loads takes no more room than its lorry has.",
        tells="the lorry of round {where} holds {expected}, it is loaded with {found}",
        unit="mL",
        check=_volume,
    ),
    Rule(
        code="V237",
        name="round road",
        says="The legs of a round are the road from the hub to the first cooperative, on to the next, and back.",
        tells="the road of {where} is {expected}, the plan says {found}",
        unit="m",
        check=_road,
    ),
    Rule(
        code="V238",
        name="longest round",
        says="A round is no longer than the lorry type allows.",
        tells="round {where} may be {expected} long, it is {found}",
        unit="m",
        check=_longest,
    ),
    Rule(
        code="V239",
        name="round times",
        says="A round leaves at the beginning of its hours, drives at its speed and stays at each cooperative for the "
        "time per stop.",
        tells="round {where} at {expected}, the plan says {found}",
        unit="clock",
        check=_clock,
    ),
    Rule(
        code="V240",
        name="round hours",
        says="A round is back at the hub within the hours of its lorry type.",
        tells="round {where} must be back at {expected}, it is at {found}",
        unit="clock",
        check=_hours,
    ),
    Rule(
        code="V241",
        name="rounds per day",
        says="Lorries of a type make no more rounds for a hub on a day than the type allows.",
        tells="{where} may make {expected} rounds, the plan has {found}",
        check=_per_day,
    ),
    Rule(
        code="V242",
        name="cost of rounds",
        says="A round costs its trip and its kilometres, at the prices of rounds where the lorry type has some.",
        tells="round {where} costs {expected}, the plan says {found}",
        unit="money",
        check=_cost,
    ),
    Rule(
        code="V243",
        name="instead of rounds",
        says="The lorries that a round is compared with could bring, on that day, what it loads at each cooperative.",
        tells="instead of {where}: expected {expected}, found {found}",
        check=_instead,
    ),
    Rule(
        code="V244",
        name="cost instead of rounds",
        says="The lorries that a round is compared with have the road and the cost of lorries that go straight.",
        tells="instead of {where}: expected {expected}, the plan says {found}",
        check=_instead_cost,
    ),
    Rule(
        code="V245",
        name="saved by rounds",
        says="A round costs no more than the lorries that it is compared with, and saves the difference.",
        tells="round {where}: expected {expected}, the plan says {found}",
        unit="money",
        check=_saved,
    ),
)
