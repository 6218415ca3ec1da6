"""An independent check of an allocation, from the raw programme: returns every broken rule in words."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter

from basketplan import units
from basketplan.programme.types import Cooperative, Offer, Programme
from basketplan.solve.types import Allocation, Territory
from basketplan.travel.distance import inbound_m


def available(programme: Programme, offer: Offer, day: int) -> int:
    """Packs that may have left by the end of working day ``day``."""
    product = programme.product[offer.product]
    ready = max(
        offer.first_day or programme.calendar.first_day,
        programme.calendar.first_day + dt.timedelta(days=offer.lead_time),
    )
    if programme.working_days[day] < ready:
        return 0
    capacity = product.packs(offer.capacity)
    if offer.rate is None:
        return capacity
    made = sum(ready <= date <= programme.working_days[day] for date in programme.working_days)
    return min(capacity, made * product.packs(offer.rate))


def usable_packs(programme: Programme) -> Counter[str]:
    """Most packs of each product that all baskets needed could hold."""
    needed: Counter[str] = Counter()
    for household in programme.households:
        needed.update(household.baskets)
    usable: Counter[str] = Counter()
    for name, count in needed.items():
        for line in programme.basket[name].lines:
            for product in {item.product for item in line.one_of}:
                usable[product] += max(
                    math.floor(item.max_share * count + 1e-9) * programme.product[product].packs(item.quantity)
                    for item in line.one_of
                    if item.product == product
                )
    return usable


def last_dispatch(programme: Programme, coop: Cooperative) -> int:
    """Last working day on which goods leave that can still be packed and delivered from some hub; −1: none."""
    days = programme.working_days
    result = -1
    for hub, lorry in ((hub, lorry) for hub in programme.hubs for lorry in programme.lorries):
        opened = programme.hub_days(hub)
        road = dt.timedelta(days=inbound_m(programme.travel, coop.place, hub.place) // lorry.km_per_day)
        for number, day in enumerate(days):
            out = day + road + dt.timedelta(days=hub.ready_after)
            if day + road in opened and any(other >= out for other in opened):
                result = max(result, number)
    return result


def amounts(programme: Programme, offer: Offer, last: int) -> dict[int, int]:
    """Packs that may be bought of an offer in all → what they cost."""
    packs = programme.product[offer.product].packs
    rows = sorted([(0, offer.price), *((packs(row.from_), row.price) for row in offer.price_breaks)])
    lot = 1 if offer.lot is None else max(1, packs(offer.lot))
    least = 0 if offer.minimum_order is None else packs(offer.minimum_order)
    some = range(lot, (available(programme, offer, last) if last >= 0 else 0) + 1, lot)
    return {n: n * [price for start, price in rows if start <= n][-1] for n in some if n >= least}


def potential(programme: Programme, coop: Cooperative) -> int:
    """Centimes that ``coop`` could earn at most."""
    policy = programme.policy
    limits = [policy.ceilings.get(coop.id, policy.ceilings.get("all", 1.0))]
    limits += [group.ceiling for group in policy.groups if coop.id in programme.members(group)]
    if (policy.rural_only and not coop.rural) or min(limits) == 0:
        return 0
    usable, last = usable_packs(programme), last_dispatch(programme, coop)
    bought = {o.product: some for o in coop.offers if (some := amounts(programme, o, last)) and o.product in usable}
    if sum(max(some.values()) for some in bought.values()) < coop.minimum_revenue:
        return 0
    mine = [offer for offer in coop.offers if offer.product in bought]
    return sum(o.price * min(available(programme, o, last), usable[o.product]) for o in mine)


def revenue(allocation: Allocation, coop: str) -> int:
    """Centimes that ``coop`` gets."""
    return sum(s.packs * allocation.unit_price[coop, s.product] for s in allocation.shipped if s.cooperative == coop)


def lowest_share(programme: Programme, allocation: Allocation) -> float:
    """Lowest share over cooperatives with potential."""
    shares = [
        revenue(allocation, coop.id) / worth
        for coop in programme.cooperatives
        if (worth := potential(programme, coop)) > 0
    ]
    return min(shares, default=0.0)


def unserved_weight(programme: Programme, allocation: Allocation) -> int:
    """Baskets of those left, times priority."""
    people = [programme.household[item.household] for item in allocation.left]
    return sum(person.priority * person.total_baskets for person in people)


def cost(programme: Programme, allocation: Allocation) -> int:
    """Goods, engagement, lorries and assembly in centimes."""
    money = sum(s.packs * allocation.unit_price[s.cooperative, s.product] for s in allocation.shipped)
    money += sum(programme.cooperative[name].engagement_cost for name in {s.cooperative for s in allocation.shipped})
    for haul in allocation.hauled:
        road = inbound_m(programme.travel, programme.cooperative[haul.cooperative].place, programme.hub[haul.hub].place)
        lorry = programme.lorry[haul.lorry]
        money += haul.number * (lorry.cost_per_trip + units.cost_of_distance_centimes(road, lorry.cost_per_km))
    return money + sum(a.count * programme.hub[a.hub].assembly_cost for a in allocation.assembled)


def broken_rules(programme: Programme, territory: Territory, allocation: Allocation) -> list[str]:
    """Return every rule that ``allocation`` breaks."""
    return [
        *_purchases(programme, allocation),
        *_transport(programme, allocation),
        *_hubs(programme, allocation),
        *_baskets(programme, allocation),
        *_households(programme, territory, allocation),
    ]


def _purchases(programme: Programme, allocation: Allocation) -> list[str]:
    faults = []
    bought = Counter({(s.cooperative, s.product): 0 for s in allocation.shipped})
    for shipped in allocation.shipped:
        bought[shipped.cooperative, shipped.product] += shipped.packs
    for coop in programme.cooperatives:
        for offer in coop.offers:
            product = programme.product[offer.product]
            mine = [s for s in allocation.shipped if (s.cooperative, s.product) == (coop.id, offer.product)]
            if not mine:
                continue
            name = f"{coop.id} {offer.product}"
            if programme.policy.rural_only and not coop.rural:
                faults.append(f"{name}: not rural")
            lot = 1 if offer.lot is None else product.packs(offer.lot)
            faults += [f"{name}: {s.packs} is no multiple of {lot}" for s in mine if s.packs % lot or s.packs <= 0]
            for day in range(len(programme.working_days)):
                gone = sum(s.packs for s in mine if s.dispatch_day <= day)
                if gone > available(programme, offer, day):
                    faults.append(f"{name}: {gone} packs by day {day}, only {available(programme, offer, day)}")
            total = bought[coop.id, offer.product]
            if offer.minimum_order is not None and total < product.packs(offer.minimum_order):
                faults.append(f"{name}: {total} below the minimum order")
            price = offer.price
            for step in sorted(offer.price_breaks, key=lambda item: product.packs(item.from_)):
                price = step.price if total >= product.packs(step.from_) else price
            if allocation.unit_price[coop.id, offer.product] != price:
                faults.append(f"{name}: price {allocation.unit_price[coop.id, offer.product]} instead of {price}")
        money = revenue(allocation, coop.id)
        if 0 < money < coop.minimum_revenue:
            faults.append(f"{coop.id}: revenue {money} below {coop.minimum_revenue}")
    if programme.policy.budget is not None and cost(programme, allocation) > programme.policy.budget:
        faults.append(f"costs {cost(programme, allocation)}, budget {programme.policy.budget}")
    goods = sum(revenue(allocation, coop.id) for coop in programme.cooperatives)
    for coop in programme.cooperatives:
        limit = programme.policy.ceilings.get(coop.id, programme.policy.ceilings.get("all", 1.0))
        if revenue(allocation, coop.id) > limit * goods + 1e-6:
            faults.append(f"{coop.id}: above its ceiling")
    return faults


def _transport(programme: Programme, allocation: Allocation) -> list[str]:
    faults = []
    days = programme.working_days
    loads: dict[tuple[str, str, int], tuple[int, int]] = {}
    arrivals: dict[tuple[str, str, int], set[int]] = {}
    for s in allocation.shipped:
        key = (s.cooperative, s.hub, s.dispatch_day)
        product = programme.product[s.product]
        weight, volume = loads.get(key, (0, 0))
        loads[key] = (weight + s.packs * product.gross_weight, volume + s.packs * product.volume)
        arrivals.setdefault(key, set()).add(s.arrival_day)
    for key, (weight, volume) in loads.items():
        coop, hub, day = key
        road = inbound_m(programme.travel, programme.cooperative[coop].place, programme.hub[hub].place)
        hauls = [h for h in allocation.hauled if (h.cooperative, h.hub, h.dispatch_day) == key]
        lorries = [(programme.lorry[h.lorry], h.number) for h in hauls]
        if sum(lorry.max_weight * number for lorry, number in lorries) < weight:
            faults.append(f"{key}: {weight} g do not fit the lorries")
        if sum((lorry.max_volume or 10**12) * number for lorry, number in lorries) < volume:
            faults.append(f"{key}: {volume} ml do not fit the lorries")
        for lorry, _ in lorries:
            date = days[day] + dt.timedelta(days=road // lorry.km_per_day)
            if date not in programme.hub_days(programme.hub[hub]):
                faults.append(f"{key}: arrives on {date}, when {hub} is closed")
            elif arrivals[key] != {days.index(date)}:
                faults.append(f"{key}: arrives on day {days.index(date)}, not {arrivals[key]}")
    idle = {(h.cooperative, h.hub, h.dispatch_day) for h in allocation.hauled} - set(loads)
    return faults + [f"{key}: empty lorries" for key in sorted(idle)]


def _hubs(programme: Programme, allocation: Allocation) -> list[str]:
    faults = []
    days = programme.working_days
    for hub in programme.hubs:
        here = [s for s in allocation.shipped if s.hub == hub.id]
        made = [a for a in allocation.assembled if a.hub == hub.id]
        open_days = {days.index(date) for date in programme.hub_days(hub)}
        lightest = min(
            sum(
                min(
                    programme.product[i.product].packs(i.quantity) * programme.product[i.product].gross_weight
                    for i in line.one_of
                )
                for line in basket.lines
            )
            for basket in programme.baskets
        )
        for day in range(len(days)):
            today = sum(s.packs * programme.product[s.product].gross_weight for s in here if s.arrival_day == day)
            if hub.receiving is not None and today > hub.receiving:
                faults.append(f"{hub.id}: receives {today} g on day {day}")
            count = sum(a.count for a in made if a.day == day)
            if count and day not in open_days:
                faults.append(f"{hub.id}: assembles on day {day} when it is closed")
            if hub.assembly is not None and count > hub.assembly:
                faults.append(f"{hub.id}: assembles {count} on day {day}")
            stock = Counter[str]()
            for s in here:
                stock[s.product] += s.packs if s.arrival_day <= day else 0
            for a in made:
                if a.day <= day:
                    stock.subtract(used(programme, a.basket, a.choices))
            faults += [f"{hub.id}: {n} packs of {p} on day {day}" for p, n in sorted(stock.items()) if n < 0]
            weight = sum(s.packs * programme.product[s.product].gross_weight for s in here if s.arrival_day <= day)
            due = allocation.due[hub.id][day] if hub.id in allocation.due else 0
            if hub.storage_weight is not None and weight - due * lightest > hub.storage_weight:
                faults.append(f"{hub.id}: holds {weight - due * lightest} g on day {day} with {due} baskets due")
            ready = sum(a.count for a in made if days[a.day] + dt.timedelta(days=hub.ready_after) <= days[day])
            if due > ready:
                faults.append(f"{hub.id}: {due} baskets due by day {day}, {ready} ready")
    return faults


def used(programme: Programme, basket: str, choices: tuple[tuple[int, ...], ...]) -> Counter[str]:
    """Packs in baskets with the given choices."""
    packs = Counter[str]()
    for line, numbers in zip(programme.basket[basket].lines, choices, strict=True):
        for item, number in zip(line.one_of, numbers, strict=True):
            packs[item.product] += number * programme.product[item.product].packs(item.quantity)
    return packs


def _baskets(programme: Programme, allocation: Allocation) -> list[str]:
    faults = []
    for a in allocation.assembled:
        if any(sum(row) != a.count or min(row) < 0 for row in a.choices):
            faults.append(f"{a}: alternatives do not add up")
    for basket in programme.baskets:
        mine = [a for a in allocation.assembled if a.basket == basket.id]
        total = sum(a.count for a in mine)
        for row, line in enumerate(basket.lines):
            for column, item in enumerate(line.one_of):
                held = sum(a.choices[row][column] for a in mine)
                low, high = math.ceil(item.min_share * total - 1e-9), math.floor(item.max_share * total + 1e-9)
                if not low <= held <= high:
                    faults.append(f"{basket.id} {item.product}: {held} of {total}, allowed {low} to {high}")
    return faults


def _households(programme: Programme, territory: Territory, allocation: Allocation) -> list[str]:
    faults = []
    left = {item.household for item in allocation.left}
    if left & allocation.served or left | allocation.served != set(territory.hub_of):
        faults.append("served and left do not make up the demand")
    if any(not item.detail or not item.remedy for item in allocation.left):
        faults.append("someone is left without a reason")
    days = programme.working_days
    for hub in programme.hubs:
        people = [programme.household[name] for name in sorted(allocation.served) if territory.hub_of[name] == hub.id]
        want, made = Counter[str](), Counter[str]()
        for person in people:
            want.update(person.baskets)
        for a in allocation.assembled:
            if a.hub == hub.id:
                made[a.basket] += a.count
        if +want != +made:
            faults.append(f"{hub.id}: assembles {dict(made)} for {dict(want)}")
        for end, date in enumerate(days):  # who is home only early gets a basket that is ready early
            early = Counter[str]()
            for person in people:
                visits = set(programme.home_days(person)) & set(programme.hub_days(hub))
                if visits and max(visits) <= date:
                    early.update(person.baskets)
            ready = Counter[str]()
            for a in allocation.assembled:
                if a.hub == hub.id and days[a.day] + dt.timedelta(days=hub.ready_after) <= date:
                    ready[a.basket] += a.count
            if any(early[name] > ready[name] for name in early):
                faults.append(f"{hub.id}: {dict(early)} needed by day {end}, {dict(ready)} ready")
    return faults
