"""A made-up programme of the size of a country, straight as arrays: cooperatives around real towns, hubs, baskets.

Baskets, packs, prices and what a town makes are those of the reference programme (:mod:`basketplan.synthetic`);
cooperatives are invented. Supply covers need as tightly as there; periods are weeks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from basketplan.errors import UsageError
from basketplan.programme.types import Travel
from basketplan.solve.allocation.large.problem import Demand, Ints, Problem, Supply
from basketplan.synthetic.facts import table
from basketplan.synthetic.reference import BASKETS
from basketplan.synthetic.supply import CARTON, DAILY, DEFAULT_TIGHT, LATE, TIGHT
from basketplan.travel.distance import straight_m

__all__ = ["COUNTRY", "Size", "country"]

COUNTRY = 27_262
"""Cooperatives of Morocco."""
PER_COOPERATIVE = 1_000_000 / COUNTRY
"""Baskets by cooperative, where nothing else is asked for."""
SPARE = 1.35
"""Baskets that hubs can assemble over those needed."""
MIX = (0.6, 0.3, 0.1)
"""Shares of the basket types."""
LORRIES = ((1_300_000, 9_000_000, 12_000, 260), (4_200_000, 26_000_000, 25_000, 450))
"""Grams, millilitres, centimes a trip, centimes a kilometre."""
_UNITS = {"g": 1.0, "kg": 1000.0, "mL": 1.0, "L": 1000.0, "m3": 1e6, "piece": 1.0, "pieces": 1.0}


@dataclass(frozen=True, kw_only=True)
class Size:
    """How large a programme is to be; a seed draws it."""

    cooperatives: int
    hubs: int
    products: int
    days: int
    seed: int = 0
    baskets: int | None = None
    """By default in proportion to the country's 1,000,000."""

    @property
    def n_baskets(self) -> int:
        """Return the baskets to bring out."""
        return round(self.cooperatives * PER_COOPERATIVE) if self.baskets is None else self.baskets


def country(size: Size) -> Problem:
    """Draw a programme.

    Raises
    ------
    UsageError
        For fewer cooperatives than products, or other than 1 to 24 products.
    """
    rows = _products(size)
    draw = np.random.default_rng(size.seed)
    demand = _demand(size, rows, draw)
    return Problem(_supply(size, rows, demand, draw), demand)


def _amount(text: str) -> float:
    number, unit = text.split()
    return float(number) * _UNITS[unit]


def _products(size: Size) -> list[dict[str, str]]:
    """Return the first products in the order in which baskets name them."""
    known = {row["id"]: row for row in table("products")}
    named = dict.fromkeys(name for basket in BASKETS for line in _lines(basket) for name, _, _ in line)
    if not 1 <= size.products <= len(named):
        raise UsageError(f"products must be from 1 to {len(named)}, not {size.products}")
    if size.cooperatives < size.products:
        raise UsageError(f"{size.cooperatives} cooperatives are too few for {size.products} products")
    return [known[name] for name in list(named)[: size.products]]


def _lines(basket: dict[str, object]) -> list[list[tuple[str, float, float]]]:
    """Return the lines of a basket: product, grams or millilitres or pieces, highest share."""
    texts = [str(basket["container"]), *basket["contents"]]  # type: ignore[misc]  # a list of known shape
    result = []
    for text in texts:
        line = []
        for part in text.split("|"):
            found = re.fullmatch(r"\s*(\S+) (\S+ \S+)(?: \(max (\d+) %\))?\s*", part)
            assert found is not None
            line.append((found[1], _amount(found[2]), int(found[3] or 100) / 100))
        result.append(line)
    return result


def _demand(size: Size, rows: list[dict[str, str]], draw: np.random.Generator) -> Demand:
    index = {row["id"]: number for number, row in enumerate(rows)}
    line: list[int] = []
    line_basket: list[int] = []
    item, packs, highest = [], [], []
    for number, basket in enumerate(BASKETS):
        for options in _lines(basket):
            some = [option for option in options if option[0] in index]
            if not some:
                continue
            for name, amount, share in some:
                line.append(len(line_basket))
                item.append(index[name])
                packs.append(round(amount / _amount(rows[index[name]]["pack"])))
                highest.append(1.0 if len(some) == 1 or some[0][0] == name else share)
            line_basket.append(number)
    part = draw.lognormal(0, 0.5, size.hubs)
    by_hub = _split(size.n_baskets, part)
    need = np.array([_split(int(count), np.array(MIX)) for count in by_hub], dtype=np.int64)
    per_day = np.ceil(SPARE * by_hub / size.days).astype(np.int64)
    return Demand(
        need=need,
        assembly_cost=draw.integers(600, 1000, size.hubs),
        assembly=np.repeat(per_day[:, None], size.days, axis=1),
        line=np.array(line, dtype=np.int64),
        line_basket=np.array(line_basket, dtype=np.int64),
        item=np.array(item, dtype=np.int64),
        packs=np.array(packs, dtype=np.int64),
        lowest=np.zeros(len(item)),
        highest=np.array(highest),
    )


def _split(whole: int, part: NDArray[np.float64]) -> Ints:
    """Split ``whole`` in whole numbers by ``part``, the rest to the largest remainders."""
    exact = whole * part / part.sum()
    result: Ints = np.floor(exact).astype(np.int64)
    result[np.argsort(result - exact, kind="stable")[: whole - result.sum()]] += 1
    return result


def _supply(size: Size, rows: list[dict[str, str]], demand: Demand, draw: np.random.Generator) -> Supply:
    towns = [town for town in table("towns") if town["rural"] == "true"]
    names = [row["id"] for row in rows]
    makes = [[names.index(name) for name in town["products"].split() if name in names] for town in towns]
    home = draw.integers(0, len(towns), size.cooperatives)
    sells: list[list[int]] = []
    for number, town in enumerate(home):
        some = makes[town] or [int(draw.integers(0, len(names)))]
        mine = set(some[: 1 + int(draw.integers(0, len(some)))])
        if draw.random() < 0.15:
            mine.add(int(draw.integers(0, len(names))))
        if number < len(names):  # everything is made somewhere
            mine.add(number)
        sells.append(sorted(mine))
    first = np.concatenate(([0], np.cumsum([len(mine) for mine in sells])))
    product = np.array([name for mine in sells for name in mine], dtype=np.int64)
    coop = np.repeat(np.arange(size.cooperatives), np.diff(first))
    lot, most = _amounts(rows, demand, product, draw)
    low, high = (np.array([float(row[key]) for row in rows])[product] for key in ("price_low", "price_high"))
    price = 50 * np.rint(2 * draw.uniform(low, high)).astype(np.int64)
    lat, lon = _places(towns, draw.integers(0, len(towns), size.hubs), draw)
    at_lat, at_lon = _places(towns, home, draw)
    straight = straight_m(at_lat[:, None], at_lon[:, None], lat[None, :], lon[None, :])
    road_m = np.rint(straight * Travel().inbound_detour).astype(np.int64)
    freight = np.stack([trip + np.rint(road_m * km / 1000).astype(np.int64) for _, _, trip, km in LORRIES], axis=2)
    return Supply(
        first=first.astype(np.int64),
        owner=coop,
        product=product,
        lot=lot,
        available=_available(size, names, product, lot, most, draw),
        minimum=np.where(most >= 8 * lot, lot * draw.integers(0, 3, len(lot)), 0),
        row_from=np.zeros((len(product), 1), dtype=np.int64),
        row_price=price[:, None],
        engagement=100 * draw.choice(np.array((300, 400, 500, 600)), size.cooperatives),
        revenue=np.minimum(
            100 * draw.choice(np.array((800, 1000, 1500)), size.cooperatives),
            np.bincount(coop, weights=most * price, minlength=size.cooperatives).astype(np.int64),
        ),
        weight=np.array([round(_amount(row["gross_weight"])) for row in rows], dtype=np.int64),
        volume=np.array([round(_amount(row["volume"])) for row in rows], dtype=np.int64),
        lorry_g=np.array([row[0] for row in LORRIES], dtype=np.int64),
        lorry_ml=np.array([row[1] for row in LORRIES], dtype=np.int64),
        freight=freight,
        lag=np.zeros(freight.shape, dtype=np.int16),
        arrive=np.repeat(np.arange(size.days, dtype=np.int64)[None, None, :], size.hubs, axis=0),
    )


def _places(
    towns: list[dict[str, str]], at: Ints, draw: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return latitudes and longitudes some 20 km around towns."""
    lat = np.array([float(town["lat"]) for town in towns])[at] + draw.normal(0, 0.18, len(at))
    lon = np.array([float(town["lon"]) for town in towns])[at] + draw.normal(0, 0.2, len(at))
    return lat, lon


def _amounts(rows: list[dict[str, str]], demand: Demand, product: Ints, draw: np.random.Generator) -> tuple[Ints, Ints]:
    """Return lots, and packs that each offer has in all: what is needed, times how tight the product is."""
    names = [row["id"] for row in rows]
    per_lot = [round(_amount(CARTON[name]) / _amount(row["pack"])) if name in CARTON else 1
               for name, row in zip(names, rows, strict=True)]  # fmt: skip
    baskets = demand.need.sum(axis=0)[demand.line_basket[demand.line]]
    sizes = np.bincount(demand.line, minlength=len(demand.line_basket))
    lone = (sizes == 1)[demand.line]
    lot, weight = np.array(per_lot, dtype=np.int64)[product], draw.lognormal(0, 0.7, len(product))
    most = np.zeros(len(product), dtype=np.int64)
    for p, name in enumerate(names):
        alone = (demand.packs * baskets)[(demand.item == p) & lone].sum()
        beside = (demand.packs * baskets)[(demand.item == p) & ~lone].sum()
        need = max(1.2, TIGHT.get(name, DEFAULT_TIGHT)) * alone + TIGHT.get(name, DEFAULT_TIGHT) * beside
        mine = product == p
        most[mine] = np.ceil(need * weight[mine] / weight[mine].sum() / per_lot[p])
    whole: Ints = np.maximum(most, 2) * lot
    return lot, whole


def _available(size: Size, names: list[str], product: Ints, lot: Ints, most: Ints, draw: np.random.Generator) -> Ints:
    """Return packs by period: most offers sell from stock, some produce over weeks, some begin late."""
    day = np.arange(size.days)
    made = np.array([name in DAILY for name in names])[product]
    late = np.array([name in LATE for name in names])[product] & (draw.random(len(product)) < 0.4)
    begin = np.where(late, draw.integers(1, max(2, size.days // 3), len(product)), 0)
    span = np.where(made, draw.integers(1, max(2, size.days // 2), len(product)), 1)
    part = np.clip((day[None, :] - begin[:, None] + 1) / span[:, None], 0.0, 1.0)
    available: Ints = (np.floor(part * most[:, None] / lot[:, None] + 1e-9).astype(np.int64)) * lot[:, None]
    available[:, -1] = most
    return available
