"""The two CP-SAT models of a hub's calendar.

**Packing** (:class:`Packing`): which trips share a vehicle's day, and on which day.

Data: trips t with days D(t), length w(t), baskets n(t, b) of type b; classes k with N(k) vehicles, most trips a
day m(k), most work a day W(k). Trips of a class are numbered; a duty is led by its trip of lowest number.

    x[t,d]    trip t runs on day d ∈ D(t)
    y[t,d]    … and leads a duty
    f[s,t]    trip s follows in the duty that t leads (t < s, the pair fits into a day)

(1) Σ_d x[t,d] ≤ 1, an equation where everything is placed
(2) y[t,d] ≤ x[t,d], Σ_d y[t,d] + Σ_s f[t,s] = Σ_d x[t,d]: a placed trip leads or follows one leader
(3) f[s,t] ≤ Σ_d y[t,d], and f[s,t] ∧ y[t,d] ⇒ x[s,d]: a follower goes on its leader's day
(4) Σ_s w(s) f[s,t] ≤ W − w(t), Σ_s f[s,t] ≤ m − 1, at most q of the trips that fit only q to a day; sets of
    trips that pass and yet do not fit are cut off when they turn up
(5) Σ_t∈k y[t,d] ≤ N(k), with Σ w(t) x[t,d] ≤ W(k) Σ y[t,d] and the like, which (2)–(4) imply
(6) Σ_{d=a..b} Σ_t n(t,b) x[t,d] ≤ count of each :class:`~basketplan.solve.calendar.stock.Limit`
(7) Σ_{d ≤ e} Σ_t n(t) x[t,d] + short[e] ≥ due[e]
(8) Σ_t∋h Σ_d x[t,d] ≤ 1: of trips that share a stop h only one is made (none do, but for variants of trips)

Goals in order: least Σ short, then most Σ priority × baskets placed; then least cost of duties (and of
trips, where these are chosen among variants).

**Dating** (:class:`Dating`): duties are given; z[g,d] puts each on one day, under (5)–(7); least lateness.
Duties that other days would have favoured are not formed any more: that is what the split may lose.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence

from ortools.sat.python import cp_model

from basketplan.solve.calendar.bounds import fewest_duties, thresholds
from basketplan.solve.calendar.jobs import Case, Duty, Job, Worth, worth

__all__ = ["Dating", "Packing", "partners"]

PAIRS = 3_000
"""Pairs of trips per hub beyond which each trip keeps only its tightest partners."""

Literals = dict[tuple[int, int], cp_model.IntVar]


def partners(case: Case, jobs: Sequence[Job], usable: Sequence[int]) -> tuple[list[tuple[int, int]], bool]:
    """Return the pairs ``(leader, follower)`` that fit into one duty, and whether these are all of them."""
    by_class: dict[str, list[int]] = defaultdict(list)
    for index in usable:
        by_class[jobs[index].vehicle].append(index)
    found: list[tuple[int, int, int]] = []
    for vehicle in sorted(by_class):
        fleet, members = case.fleets[vehicle], by_class[vehicle]
        if fleet.vehicle.trips_per_day < 2:
            continue
        for place, leader in enumerate(members):
            for follower in members[place + 1 :]:
                room = fleet.most_work_s - jobs[leader].clock.shortest_s - jobs[follower].clock.shortest_s
                if room < 0 or not set(jobs[leader].days) & set(jobs[follower].days):
                    continue
                if case.fits(jobs, (leader, follower), vehicle):
                    found.append((room, leader, follower))
    if len(found) <= PAIRS:
        return sorted(pair[1:] for pair in found), True
    kept: set[tuple[int, int]] = set()
    seen: dict[int, int] = defaultdict(int)
    quota = max(2, 2 * PAIRS // max(1, len(usable)))
    for _, leader, follower in sorted(found):
        if seen[leader] < quota or seen[follower] < quota:
            kept.add((leader, follower))
            seen[leader] += 1
            seen[follower] += 1
    return sorted(kept), False


class _Days:
    """Rules that both models share, over literals "this load goes out on that day"."""

    def __init__(self, case: Case) -> None:
        self.model = cp_model.CpModel()
        self.case = case
        self.shorts: list[cp_model.IntVar] = []
        self._terms: list[tuple[cp_model.IntVar, int, Mapping[str, int], int]] = []

    def goes_out(self, literal: cp_model.IntVar, day: int, load: Mapping[str, int]) -> None:
        """Note that ``load`` goes out on ``day`` where ``literal`` is true."""
        self._terms.append((literal, day, load, sum(load.values())))

    def add_day_rules(self, *, elastic: bool) -> None:
        """Add (6) and (7); without shortages unless ``elastic``."""
        for row in self.case.limits:
            inside = [
                (literal, load[row.basket])
                for literal, day, load, _ in self._terms
                if row.first <= day <= row.last and row.basket in load
            ]
            if sum(count for _, count in inside) > row.count:  # (6)
                self.model.add(_weighted(inside) <= row.count).with_name(f"ready[{row.basket},{row.first},{row.last}]")
        for day, due in enumerate(self.case.due[: self.case.n_days]):
            if due <= 0:
                continue
            out = [(literal, count) for literal, when, _, count in self._terms if when <= day]
            if elastic:
                short = self.model.new_int_var(0, due, f"short[{day}]")
                self.shorts.append(short)
                out.append((short, 1))
            self.model.add(_weighted(out) >= due).with_name(f"due[{day}]")  # (7)


def _weighted(terms: Iterable[tuple[cp_model.IntVar, int]]) -> cp_model.LinearExprT:
    pairs = list(terms)
    return cp_model.LinearExpr.weighted_sum([literal for literal, _ in pairs], [factor for _, factor in pairs])


class Packing(_Days):
    """Which trips share a vehicle's day, and which day; see the module for the model.

    Parameters
    ----------
    usable
        Indices of the jobs that may be placed.
    pairs
        ``(leader, follower)`` that fit into a day.
    placed
        Whether all of them must be placed, with nothing short.
    trip_costs
        Per job, what it costs beside the vehicle's day; none where the trips are given.
    """

    def __init__(
        self,
        case: Case,
        jobs: Sequence[Job],
        usable: Sequence[int],
        pairs: Iterable[tuple[int, int]],
        *,
        placed: bool,
        trip_costs: Sequence[int] = (),
    ) -> None:
        super().__init__(case)
        self.jobs, self.usable, self.placed, self.trip_costs = jobs, list(usable), placed, trip_costs
        self.on: Literals = {}
        self.leads: Literals = {}
        self.follows: Literals = {}
        """(leader, follower) → literal."""
        self._behind: dict[int, list[int]] = defaultdict(list)
        self._ahead: dict[int, list[int]] = defaultdict(list)
        for leader, follower in sorted(pairs):
            self._behind[leader].append(follower)
            self._ahead[follower].append(leader)
            self.follows[leader, follower] = self.model.new_bool_var(f"f[{follower},{leader}]")
        for index in self.usable:
            self._add_trip(index)
        for leader, follower in self.follows:
            self._add_pair(leader, follower)
        for index in self.usable:
            self._add_duty(index)
        for vehicle in sorted({jobs[index].vehicle for index in self.usable}):
            self._add_class(vehicle)
        self._exclude()
        self.add_day_rules(elastic=not placed)

    def _add_trip(self, index: int) -> None:
        days, ahead = self.jobs[index].days, self._ahead[index]
        on = [self.model.new_bool_var(f"x[{index},{day}]") for day in days]
        for day, literal in zip(days, on, strict=True):
            self.on[index, day] = literal
            self.goes_out(literal, day, self.jobs[index].load)
        if self.placed:
            self.model.add_exactly_one(on)  # (1)
        else:
            self.model.add_at_most_one(on)  # (1)
        if not ahead:
            self.leads.update({(index, day): literal for day, literal in zip(days, on, strict=True)})
            return
        for day, literal in zip(days, on, strict=True):
            lead = self.model.new_bool_var(f"y[{index},{day}]")
            self.model.add_implication(lead, literal)  # (2)
            self.leads[index, day] = lead
        lead_or_follow = [self.leads[index, day] for day in days] + [self.follows[other, index] for other in ahead]
        self.model.add(sum(lead_or_follow) == sum(on))  # (2)

    def _add_pair(self, leader: int, follower: int) -> None:
        link = self.follows[leader, follower]
        shared = set(self.jobs[follower].days)
        for day in self.jobs[leader].days:  # (3)
            met = [self.on[follower, day]] if day in shared else []
            self.model.add_bool_or([link.negated(), self.leads[leader, day].negated(), *met])
        self.model.add(sum(self.leads[leader, day] for day in self.jobs[leader].days) >= link)  # (3)

    def _add_duty(self, leader: int) -> None:
        behind = self._behind[leader]
        if len(behind) < 2:
            return
        fleet = self.case.fleets[self.jobs[leader].vehicle]
        own = self.jobs[leader].clock.shortest_s
        lengths = [(self.follows[leader, other], self.jobs[other].clock.shortest_s) for other in behind]
        self.model.add(_weighted(lengths) <= fleet.most_work_s - own)  # (4)
        self.model.add(sum(literal for literal, _ in lengths) <= fleet.vehicle.trips_per_day - 1)
        for most, length in thresholds(fleet):
            long = [literal for literal, seconds in lengths if seconds >= length]
            room = most - (1 if own >= length else 0)
            if len(long) > room:
                self.model.add(sum(long) <= room)

    def _add_class(self, vehicle: str) -> None:
        fleet = self.case.fleets[vehicle]
        members = [index for index in self.usable if self.jobs[index].vehicle == vehicle]
        rules = [(most, length) for most, length in thresholds(fleet)]
        for day in self.case.open_days:  # (5)
            here = [index for index in members if (index, day) in self.on]
            if not here:
                continue
            duties = sum(self.leads[index, day] for index in here)
            self.model.add(duties <= fleet.vehicle.number).with_name(f"fleet[{vehicle},{day}]")
            work = [(self.on[index, day], self.jobs[index].clock.shortest_s) for index in here]
            self.model.add(_weighted(work) <= fleet.most_work_s * duties)
            self.model.add(sum(literal for literal, _ in work) <= fleet.vehicle.trips_per_day * duties)
            for most, length in rules:
                long = [literal for literal, seconds in work if seconds >= length]
                if len(long) > most:
                    self.model.add(sum(long) <= most * duties)
        if self.placed:
            least = fewest_duties(fleet, [self.jobs[index].clock.shortest_s for index in members])
            self.model.add(sum(self.leads[index, day] for index in members for day in self.jobs[index].days) >= least)

    def _exclude(self) -> None:
        at: dict[int, list[int]] = defaultdict(list)
        for index in self.usable:
            for stop in self.jobs[index].stops:
                at[stop].append(index)
        for stop, shared in sorted(at.items()):
            if len(shared) > 1:  # (8)
                on = [self.on[index, day] for index in shared for day in self.jobs[index].days]
                self.model.add_at_most_one(on).with_name(f"once[{stop}]")

    def hold(self, duties: Iterable[Duty]) -> None:
        """Let ``duties`` of one trip each stay as they are."""
        for duty in duties:
            for index in duty.jobs:
                self.model.add_bool_or([self.on[index, duty.day]]).with_name(f"stays[{index}]")

    def worth(self, duties: Iterable[Duty]) -> Worth:
        """Return what ``duties`` are worth, with the cost of trips where it counts."""
        given = list(duties)
        short, weight, cost, late = worth(self.case, self.jobs, given)
        if self.trip_costs:
            cost += sum(self.trip_costs[index] for duty in given for index in duty.jobs)
        return short, weight, cost, late

    def aim_at_service(self) -> None:
        """Set the goal: least short, then most placed by weight."""
        total = sum(self.jobs[index].weight for index in self.usable)
        served = [(literal, -self.jobs[index].weight) for (index, _), literal in self.on.items()]
        self.model.minimize(_weighted([*served, *((short, total + 1) for short in self.shorts)]))

    def keep_service(self, short: int, weight: int) -> None:
        """Never fall below what was reached."""
        if not self.placed:
            self.model.add(sum(self.shorts) <= short)
            served = [(literal, self.jobs[index].weight) for (index, _), literal in self.on.items()]
            self.model.add(_weighted(served) >= weight)

    def aim_at_cost(self) -> None:
        """Set the goal: least cost of vehicle-days, and of trips where it counts."""
        cost = [
            (literal, self.case.fleets[self.jobs[index].vehicle].day_cost) for (index, _), literal in self.leads.items()
        ]
        if self.trip_costs:
            cost += [(literal, self.trip_costs[index]) for (index, _), literal in self.on.items()]
        self.model.minimize(_weighted(cost))

    def forbid(self, indices: Sequence[int]) -> None:
        """Cut off a set of trips that does not fit into one day, whoever leads it (4)."""
        first = min(indices)
        for leader in self.usable:
            rest = [index for index in indices if index != leader]
            if leader > first or any((leader, index) not in self.follows for index in rest):
                continue
            self.model.add(sum(self.follows[leader, index] for index in rest) <= len(rest) - 1)

    def hint(self, duties: Iterable[Duty]) -> None:
        """Start from ``duties``."""
        self.model.clear_hints()  # type: ignore[no-untyped-call]  # OR-Tools leaves it without types
        day_of = {index: duty.day for duty in duties for index in duty.jobs}
        leader_of = {index: min(duty.jobs) for duty in duties for index in duty.jobs}
        hinted = set()
        for literals, wanted in (
            (self.on, lambda index, day: day_of.get(index) == day),
            (self.leads, lambda index, day: day_of.get(index) == day and leader_of.get(index) == index),
            (self.follows, lambda leader, index: leader != index and leader_of.get(index) == leader),
        ):
            for key, literal in literals.items():
                if literal.index not in hinted:
                    hinted.add(literal.index)
                    self.model.add_hint(literal, wanted(*key))

    def duties(self, value: Callable[[cp_model.IntVar], int]) -> tuple[Duty, ...]:
        """Return the duties of a solution."""
        day_of = {index: day for (index, day), literal in self.on.items() if value(literal)}
        leader_of = {index: index for index in day_of}
        for (leader, follower), literal in self.follows.items():
            if value(literal):
                leader_of[follower] = leader
        members: dict[int, list[int]] = defaultdict(list)
        for index in sorted(day_of):
            members[leader_of[index]].append(index)
        return tuple(
            Duty(self.jobs[leader].vehicle, day_of[leader], tuple(members[leader]))
            for leader in sorted(members, key=lambda one: (day_of[one], self.jobs[one].vehicle, one))
        )


class Dating(_Days):
    """Which day each given duty goes on; see the module for the model."""

    def __init__(self, case: Case, jobs: Sequence[Job], duties: Sequence[Duty], short: int) -> None:
        super().__init__(case)
        self.jobs, self.given = jobs, list(duties)
        self.goes: Literals = {}
        late = []
        for number, duty in enumerate(self.given):
            load: dict[str, int] = defaultdict(int)
            for index in duty.jobs:
                for basket, count in jobs[index].load.items():
                    load[basket] += count
            weight = sum(jobs[index].weight for index in duty.jobs)
            days = sorted(set.intersection(*(set(jobs[index].days) for index in duty.jobs)))
            for day in days:
                literal = self.model.new_bool_var(f"z[{number},{day}]")
                self.goes[number, day] = literal
                self.goes_out(literal, day, load)
                late.append((literal, weight * day))
            self.model.add_exactly_one([self.goes[number, day] for day in days])
        for vehicle in sorted({duty.vehicle for duty in self.given}):
            number_of = case.fleets[vehicle].vehicle.number
            for day in case.open_days:  # (5)
                here = [lit for (g, when), lit in self.goes.items() if when == day and self.given[g].vehicle == vehicle]
                if len(here) > number_of:
                    self.model.add(sum(here) <= number_of).with_name(f"fleet[{vehicle},{day}]")
        self.add_day_rules(elastic=short > 0)
        if short > 0:
            self.model.add(sum(self.shorts) <= short)
        for (number, day), literal in self.goes.items():
            self.model.add_hint(literal, self.given[number].day == day)
        self.model.minimize(_weighted(late))

    def duties(self, value: Callable[[cp_model.IntVar], int]) -> tuple[Duty, ...]:
        """Return the duties of a solution, in order of day and vehicle."""
        moved = [
            Duty(self.given[number].vehicle, day, self.given[number].jobs)
            for (number, day), literal in self.goes.items()
            if value(literal)
        ]
        return tuple(sorted(moved, key=lambda duty: (duty.day, duty.vehicle, duty.jobs)))
