"""From the data of an allocation, which has names and days, to the arrays of :mod:`.problem`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np

from basketplan.programme.types import Programme
from basketplan.solve.allocation.data import Data
from basketplan.solve.allocation.large.problem import NO_LIMIT, Demand, Ints, Problem, Supply
from basketplan.travel.distance import inbound_m
from basketplan.units import cost_of_distance_centimes

__all__ = ["problem_of"]

EVEN = 1.15
"""Baskets that a hub is asked to assemble on a day over what an even spread would be, where it can."""


def problem_of(programme: Programme, data: Data, tell: Callable[[int, int], None] = lambda done, of: None) -> Problem:
    """Return the arrays of ``data``, which needs no departures; ``tell`` gets cooperatives measured, and all.

    Households that nobody can visit need nothing.
    """
    return Problem(_supply(programme, data, tell), _demand(data))


def _demand(data: Data) -> Demand:
    place = {hub.id: number for number, hub in enumerate(data.hubs)}
    kind = {basket.id: number for number, basket in enumerate(data.baskets)}
    item = {name: number for number, name in enumerate(data.weight_g)}
    need = np.zeros((len(data.hubs), len(data.baskets)), dtype=np.int64)
    for some in data.kinds:
        if some.days:
            for basket, count in some.baskets:
                need[place[some.hub], kind[basket]] += count * len(some.households)
    choices = [
        (line, number, choice)
        for line, (number, parts) in enumerate((n, p) for n, b in enumerate(data.baskets) for p in b.lines)
        for choice in parts
    ]
    assembly = np.zeros((len(data.hubs), data.n_days), dtype=np.int64)
    for number, hub in enumerate(data.hubs):
        total = int(need[number].sum())
        even = int(np.ceil(EVEN * total / max(1, len(hub.ready))))
        most = total if hub.assembly is None else hub.assembly
        if most * len(hub.ready) >= total:
            most = min(most, even)
        assembly[number, list(hub.ready)] = most
    lines = {line: number for line, number, _ in choices}
    return Demand(
        need=need,
        assembly_cost=np.array([hub.assembly_cost for hub in data.hubs], dtype=np.int64),
        assembly=assembly,
        line=np.array([line for line, _, _ in choices], dtype=np.int64),
        line_basket=np.array([lines[line] for line in sorted(lines)], dtype=np.int64),
        item=np.array([item[choice.product] for _, _, choice in choices], dtype=np.int64),
        packs=np.array([choice.packs for _, _, choice in choices], dtype=np.int64),
        lowest=np.array([max(0.0, choice.lowest) for _, _, choice in choices]),
        highest=np.array([min(1.0, choice.highest) for _, _, choice in choices]),
    )


def _supply(programme: Programme, data: Data, tell: Callable[[int, int], None]) -> Supply:
    coops = {name: number for number, name in enumerate(data.coops)}
    item = {name: number for number, name in enumerate(data.weight_g)}
    offers = data.offers
    owner = np.array([coops[offer.coop] for offer in offers], dtype=np.int64)
    rows = max(len(offer.prices) for offer in offers)
    row_from = np.full((len(offers), rows), NO_LIMIT, dtype=np.int64)
    row_price = np.full((len(offers), rows), NO_LIMIT, dtype=np.int64)
    for number, offer in enumerate(offers):
        for row, (start, price) in enumerate(offer.prices):
            row_from[number, row], row_price[number, row] = start, price
    lot = np.array([offer.lot for offer in offers], dtype=np.int64)
    available = np.array([offer.available for offer in offers], dtype=np.int64)
    types = sorted(programme.lorries, key=lambda lorry: lorry.id)
    freight, days = _roads(programme, data, tell)
    slowest = len(programme.working_days) + 1 if not len(days) else int(days.max())
    lags = min(slowest, (programme.working_days[-1] - programme.working_days[0]).days + 1)
    return Supply(
        first=np.searchsorted(owner, np.arange(len(coops) + 1)).astype(np.int64),
        owner=owner,
        product=np.array([item[offer.product] for offer in offers], dtype=np.int64),
        lot=lot,
        available=np.ascontiguousarray(available // lot[:, None] * lot[:, None]),
        minimum=np.array([offer.minimum for offer in offers], dtype=np.int64),
        row_from=row_from,
        row_price=row_price,
        engagement=np.array([data.engagement[name] for name in coops], dtype=np.int64),
        revenue=np.array([data.minimum_revenue[name] for name in coops], dtype=np.int64),
        weight=np.array(list(data.weight_g.values()), dtype=np.int64),
        volume=np.array(list(data.volume_ml.values()), dtype=np.int64),
        lorry_g=np.array([lorry.max_weight for lorry in types], dtype=np.int64),
        lorry_ml=np.array(
            [NO_LIMIT if lorry.max_volume is None else lorry.max_volume for lorry in types], dtype=np.int64
        ),
        freight=freight,
        lag=np.minimum(days, lags).astype(np.int16),
        arrive=_arrivals(programme, data, lags + 1),
    )


def _roads(programme: Programme, data: Data, tell: Callable[[int, int], None]) -> tuple[Ints, Ints]:
    """Return the ``(C, H, L)`` centimes of a lorry and its days on the road."""
    types = sorted(programme.lorries, key=lambda lorry: lorry.id)
    place = {coop.id: coop.place for coop in programme.cooperatives}
    road = np.zeros((len(data.coops), len(data.hubs)), dtype=np.int64)
    for number, name in enumerate(data.coops):
        road[number] = [inbound_m(programme.travel, place[name], programme.hub[hub.id].place) for hub in data.hubs]
        if number % 200 == 0:
            tell(number, len(data.coops))
    cost = np.vectorize(cost_of_distance_centimes, otypes=[np.int64])
    freight = np.stack([cost(road, lorry.cost_per_km) + lorry.cost_per_trip for lorry in types], axis=2)
    return freight, np.stack([road // lorry.km_per_day for lorry in types], axis=2)


def _arrivals(programme: Programme, data: Data, lags: int) -> Ints:
    """Return the ``(H, lags, T)`` day of arrival by day of dispatch, -1 where it leads to no delivery."""
    dates = programme.working_days
    index = {date: day for day, date in enumerate(dates)}
    result = np.full((len(data.hubs), lags + 1, len(dates)), -1, dtype=np.int64)
    for number, hub in enumerate(data.hubs):
        for lag in range(lags):
            for day, date in enumerate(dates):
                arrival = index.get(date + dt.timedelta(days=lag), -1)
                if arrival in hub.open and hub.ready and arrival <= max(hub.ready):
                    result[number, lag, day] = arrival
    return result
