"""The allocation against a second model, written apart from it with other variables and another interface.

The second model knows plain programmes: capacities from the first day, prices, lorries, assembly by day, one product a
line or several in any shares. It counts packs and baskets in running sums over the days.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from scipy.optimize import LinearConstraint, milp
from scipy.sparse import lil_matrix

from basketplan.programme.types import Goal, Programme
from basketplan.solve.allocation import allocate
from basketplan.solve.territory import territory
from basketplan.solve.types import EFFORTS, Territory
from basketplan.synthetic import small_programme
from basketplan.travel.distance import inbound_m
from basketplan.units import cost_of_distance_centimes
from tests.solve.allocation_check import available, broken_rules, cost, unserved_weight


class Second:
    """Rows and columns of the second model."""

    def __init__(self, programme: Programme, lands: Territory) -> None:
        self.p, self.lands = programme, lands
        self.low: list[float] = []
        self.high: list[float] = []
        self.whole: list[int] = []
        self.rows: list[tuple[dict[int, float], float, float]] = []
        self.price: dict[int, float] = defaultdict(float)
        self.missing: dict[int, float] = defaultdict(float)
        self.weight = 0.0
        self._build()

    def column(self, high: float, whole: bool = True) -> int:
        self.low.append(0.0)
        self.high.append(high)
        self.whole.append(int(whole))
        return len(self.low) - 1

    def row(self, terms: dict[int, float], low: float = -np.inf, high: float = np.inf) -> None:
        self.rows.append((terms, low, high))

    def _build(self) -> None:
        p = self.p
        days = range(len(p.working_days))
        index = {date: day for day, date in enumerate(p.working_days)}
        arrivals: dict[tuple[str, str, int], dict[int, float]] = defaultdict(lambda: defaultdict(float))
        leaving: dict[tuple[str, str], dict[int, dict[int, float]]] = {}
        for coop in p.cooperatives:
            if p.policy.rural_only and not coop.rural:
                continue
            engaged = self.column(1)
            self.price[engaged] += coop.engagement_cost
            for hub in p.hubs:
                road = inbound_m(p.travel, coop.place, hub.place)
                open_days = {index[date] for date in p.hub_days(hub)}
                for day in days:
                    loads: list[tuple[int, int, int]] = []
                    for offer in coop.offers:
                        packs = self.column(available(p, offer, len(days) - 1))
                        product = p.product[offer.product]
                        self.price[packs] += offer.price
                        self.row({packs: 1, engaged: -1e6}, high=0)
                        key = (coop.id, offer.product)
                        leaving.setdefault(key, {}).setdefault(day, {})[packs] = 1.0
                        loads.append((packs, product.gross_weight, product.volume))
                        for lorry in p.lorries:
                            date = p.working_days[day].toordinal() + road // lorry.km_per_day
                            at = next((d for d in open_days if p.working_days[d].toordinal() == date), None)
                            assert road < lorry.km_per_day or at is None or at > day
                    self._load(coop.id, hub.id, road, day, open_days, loads, [o.product for o in coop.offers], arrivals)
            for offer in coop.offers:
                for day in days:
                    gone = {k: 1.0 for d in range(day + 1) for k in leaving[coop.id, offer.product].get(d, {})}
                    self.row(gone, high=available(p, offer, day))
        self._hubs(arrivals, index)

    def _load(
        self,
        coop: str,
        hub: str,
        road: int,
        day: int,
        open_days: set[int],
        loads: list[tuple[int, int, int]],
        products: list[str],
        arrivals: dict[tuple[str, str, int], dict[int, float]],
    ) -> None:
        """Lorries of one departure; each type that takes as long arrives together, other types are not needed."""
        p = self.p
        takes = {lorry.km_per_day: road // lorry.km_per_day for lorry in p.lorries}
        assert len(set(takes.values())) == 1, "the second model knows one time on the road"
        date = p.working_days[day].toordinal() + next(iter(takes.values()))
        at = next((d for d in sorted(open_days) if p.working_days[d].toordinal() == date), None)
        if at is None:
            for packs, _, _ in loads:
                self.high[packs] = 0.0
            return
        weight = {packs: float(grams) for packs, grams, _ in loads}
        volume = {packs: float(millilitres) for packs, _, millilitres in loads}
        for lorry in p.lorries:
            number = self.column(100)
            self.price[number] += lorry.cost_per_trip + cost_of_distance_centimes(road, lorry.cost_per_km)
            weight[number] = -float(lorry.max_weight)
            volume[number] = -float(lorry.max_volume or 10**9)
        self.row(weight, high=0)
        self.row(volume, high=0)
        for (packs, _, _), product in zip(loads, products, strict=True):
            arrivals[hub, product, at][packs] = 1.0

    def _hubs(self, arrivals: dict[tuple[str, str, int], dict[int, float]], index: dict[object, int]) -> None:
        p = self.p
        count: dict[tuple[str, int], dict[int, float]] = defaultdict(dict)  # (basket, line×column) → all baskets
        for hub in p.hubs:
            people = [p.household[name] for name, at in self.lands.hub_of.items() if at == hub.id]
            open_days = sorted(index[date] for date in p.hub_days(hub))
            ready = {day: self._leave(hub.ready_after, day, open_days) for day in open_days}
            made: dict[tuple[str, int], int] = {}
            used: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
            for day in open_days:
                if ready[day] is None:
                    continue
                today = {}
                for basket in p.baskets:
                    made[basket.id, day] = column = self.column(1000)
                    self.price[column] += hub.assembly_cost
                    today[column] = 1.0
                    for number, line in enumerate(basket.lines):
                        parts = {column: -1.0}
                        for option in line.one_of:
                            fill = self.column(1000)
                            parts[fill] = 1.0
                            used[option.product].append((fill, day, p.product[option.product].packs(option.quantity)))
                            count[basket.id, number][fill] = 1.0
                        self.row(parts, 0, 0)
                if hub.assembly is not None:
                    self.row(today, high=hub.assembly)
            for product in p.product:
                for day in open_days:
                    terms = {k: -float(packs) for k, when, packs in used[product] if when <= day}
                    for when in open_days:
                        if when <= day:
                            terms |= arrivals.get((hub.id, product, when), {})
                    self.row(terms, low=0)
            self._people(hub.id, people, open_days, ready, made)

    def _leave(self, after: int, day: int, open_days: list[int]) -> int | None:
        least = self.p.working_days[day].toordinal() + after
        return next((d for d in open_days if self.p.working_days[d].toordinal() >= least), None)

    def _people(
        self, hub: str, people: list[object], open_days: list[int], ready: dict[int, int | None],
        made: dict[tuple[str, int], int],
    ) -> None:  # fmt: skip
        p = self.p
        carried: dict[tuple[str, int], dict[int, float]] = defaultdict(dict)
        for home in people:
            # mypy: people are handed in as objects.
            at_home = [d for d in open_days if p.working_days[d] in set(p.home_days(home))]  # type: ignore[arg-type]
            visits = {}
            for day in at_home:
                visit = self.column(1)
                visits[visit] = 1.0
                for basket, number in home.baskets.items():  # type: ignore[attr-defined]  # of known type
                    carried[basket, day][visit] = float(number)
            self.row(visits, high=1)
            worth = home.priority * home.total_baskets  # type: ignore[attr-defined]  # of known type
            self.weight += worth
            for visit in visits:
                self.missing[visit] -= worth
        for basket in p.baskets:
            for day in open_days:
                terms = {made[k]: 1.0 for k in made if k[0] == basket.id and (ready[k[1]] or 0) <= day}
                for when in open_days:
                    if when <= day:
                        terms |= {k: -v for k, v in carried.get((basket.id, when), {}).items()}
                self.row(terms, low=0)
            # baskets are made for those who are served, not for the shelf
            whole = {made[k]: 1.0 for k in made if k[0] == basket.id}
            for when in open_days:
                whole |= {k: -v for k, v in carried.get((basket.id, when), {}).items()}
            self.row(whole, 0, 0)

    def best(self) -> tuple[int, int]:
        """Return the least weight of people left out and, with that, the least cost."""
        missing = round(self._solve(self.missing) + self.weight)
        self.row(dict(self.missing), high=missing - self.weight + 0.5)
        return missing, round(self._solve(self.price))

    def _solve(self, aim: dict[int, float]) -> float:
        matrix = lil_matrix((len(self.rows), len(self.low)))
        for number, (terms, _, _) in enumerate(self.rows):
            for column, factor in terms.items():
                matrix[number, column] = factor
        goal = np.zeros(len(self.low))
        for column, factor in aim.items():
            goal[column] = factor
        rows = LinearConstraint(matrix.tocsr(), [r[1] for r in self.rows], [r[2] for r in self.rows])
        found = milp(
            goal, constraints=rows, integrality=self.whole, bounds=(self.low, self.high),
            options={"mip_rel_gap": 1e-9, "time_limit": 60},
        )  # fmt: skip
        assert found.status == 0, found.message
        return float(found.fun)


def plain(seed: int) -> Programme:
    """Return a programme that the second model knows, with vehicles for everybody; it does not know zones."""
    programme = small_programme(
        seed, rich=False, cooperatives=3, hubs=1 + seed % 2, products=4, days=3, households=8,
        supply=(0.7, 1.0, 1.5)[seed % 3],
    )  # fmt: skip
    goals = (Goal(goal="service"), Goal(goal="cost"))
    vehicles = tuple(
        item.model_copy(update={"number": dict.fromkeys(programme.hub, 50)}) for item in programme.vehicles
    )
    lorries = programme.lorries[:1]
    policy = programme.policy.model_copy(update={"goals": goals, "budget": None, "floors": {}, "ceilings": {}})
    homes = tuple(home.model_copy(update={"zone": ""}) for home in programme.households)
    return programme.model_copy(
        update={"policy": policy, "vehicles": vehicles, "lorries": lorries, "households": homes}
    )


@pytest.mark.parametrize("seed", range(50))
def test_agrees_with_a_second_model(seed: int) -> None:
    programme = plain(seed)
    lands = territory(programme)
    made = allocate(programme, lands, EFFORTS["thorough"])
    assert broken_rules(programme, lands, made) == []
    missing, least = Second(programme, lands).best()
    assert unserved_weight(programme, made) == missing
    assert cost(programme, made) == pytest.approx(least, rel=EFFORTS["thorough"].allocation_gap, abs=1)


def test_the_programmes_hold_shortages_and_plenty() -> None:
    missing = [Second(plain(seed), territory(plain(seed))).best()[0] for seed in range(0, 50, 7)]
    assert min(missing) == 0 < max(missing)
