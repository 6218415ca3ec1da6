"""Figures of many plans side by side: differences from a base, and whether they exceed the search's own noise.

A *group* is a scenario or a point of a sweep; its plans differ in their seed only. The noise of a difference is judged
at 95 %:

* with two or more seeds that both groups have, by the paired t-test: ``|mean d| > t(n-1) · sd(d) / √n`` (Student 1908);
* with one seed of the scenario and several of the base, by the prediction interval for one more plan of the base:
  ``|x - mean b| > t(m-1) · sd(b) · √(1 + 1/m)``;
* otherwise it is not known, and that is said.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from basketplan.plan.types import Metrics
from basketplan.programme.types import Text

__all__ = [
    "FURTHER",
    "KPIS",
    "Bar",
    "Change",
    "Comparison",
    "Figure",
    "Kpi",
    "Row",
    "Sample",
    "Unit",
    "compared",
    "cost_is_trusted",
    "front",
    "kpi_of",
    "tornado",
]

Unit = Literal["count", "money", "distance", "walk", "share", "index", "date", "duration"]


@dataclass(frozen=True, kw_only=True)
class Kpi:
    """A figure by which plans are compared."""

    key: str
    unit: Unit
    better: Literal["less", "more", ""]
    of: Callable[[Metrics], float] | None = None
    """Takes it from the metrics; none: it is given with the sample, where a plan has it."""


def _day(day: dt.date | None) -> float:
    return float(day.toordinal()) if day is not None else math.nan


def _part(some: float, whole: float) -> float:
    return some / whole if whole else math.nan


def _of_points(name: str) -> Callable[[Metrics], float]:
    """Return what takes a figure of distribution points; a plan without any has none."""
    return lambda metrics: math.nan if metrics.collecting is None else float(getattr(metrics.collecting, name))


KPIS: Final[tuple[Kpi, ...]] = (
    Kpi(key="served", unit="count", better="more", of=lambda m: m.served),
    Kpi(key="unserved", unit="count", better="less", of=lambda m: m.unserved),
    Kpi(key="service", unit="share", better="more", of=lambda m: _part(m.baskets_delivered, m.baskets_needed)),
    Kpi(key="cost", unit="money", better="less", of=lambda m: m.cost_centimes),
    Kpi(key="cost_per_basket", unit="money", better="less", of=lambda m: m.cost_per_basket_centimes),
    Kpi(key="distance", unit="distance", better="less", of=lambda m: m.distance_m),
    Kpi(key="inbound_distance", unit="distance", better="less", of=lambda m: m.inbound_distance_m),
    Kpi(key="rounds", unit="count", better="", of=lambda m: m.rounds),
    Kpi(key="rounds_saved", unit="money", better="", of=lambda m: m.rounds_saved_centimes),
    Kpi(key="work", unit="duration", better="less", of=lambda m: m.trip_seconds),
    Kpi(key="trips", unit="count", better="less", of=lambda m: m.trips),
    Kpi(key="vehicle_days", unit="count", better="less", of=lambda m: m.vehicle_days),
    Kpi(key="lowest_share", unit="share", better="more", of=lambda m: m.lowest_share),
    Kpi(key="gini", unit="index", better="less", of=lambda m: m.gini),
    Kpi(key="women_share", unit="share", better="more", of=lambda m: m.women_share),
    Kpi(key="cooperatives", unit="count", better="more", of=lambda m: m.cooperatives_engaged),
    Kpi(key="last_delivery", unit="date", better="less", of=lambda m: _day(m.last_delivery)),
    Kpi(key="baskets_left", unit="count", better="less", of=lambda m: m.baskets_left),
    Kpi(key="collecting", unit="count", better="", of=_of_points("families")),
    Kpi(key="points", unit="count", better="", of=_of_points("points")),
    Kpi(key="walk_mean", unit="walk", better="less", of=_of_points("walk_mean_m")),
    Kpi(key="walk_max", unit="walk", better="less", of=_of_points("walk_max_m")),
    Kpi(key="walk_total", unit="distance", better="less", of=_of_points("walk_total_m")),
)

FURTHER: Final[tuple[Kpi, ...]] = (Kpi(key="gap", unit="share", better="less"),)
"""Figures that are not metrics: how far the cost of the allocation may be from the best possible."""


def kpi_of(key: str) -> Kpi:
    """Return what is known of a figure."""
    return next(kpi for kpi in (*KPIS, *FURTHER) if kpi.key == key)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """The metrics of one plan of a group."""

    seed: int
    metrics: Metrics
    further: Mapping[str, float] = field(default_factory=dict)
    """Values of :data:`FURTHER`."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure over the seeds of a group; ``spread`` is the standard deviation, none with one seed."""

    mean: float
    spread: float | None
    number: int


@dataclass(frozen=True, kw_only=True)
class Change:
    """A difference from the base; ``noise`` is what the search alone would explain, none where that is unknown."""

    value: float
    noise: float | None

    @property
    def exceeds(self) -> bool | None:
        """Whether it is more than noise; none where that is unknown."""
        return None if self.noise is None else abs(self.value) > self.noise + 1e-9


@dataclass(frozen=True, kw_only=True)
class Row:
    """One group beside the base."""

    group: str
    title: Text
    changes: tuple[str, ...]
    """What it changes in the programme, as told when it was read."""
    sweep: str
    values: Mapping[str, str]
    figures: Mapping[str, Figure]
    differences: Mapping[str, Change]
    people: Mapping[str, int]
    """Households and cooperatives for which something changes, by what (see :mod:`basketplan.plan.difference`)."""
    gains: tuple[tuple[str, int], ...] = ()
    """Cooperatives with what they sell more (centimes), the largest changes first."""
    pareto: bool = False
    """Whether no other row has less cost, more fairness and more service at once."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """All groups of a study, the base first."""

    programme: str
    title: Text
    effort: str
    seeds: int
    rows: tuple[Row, ...]
    failed: Mapping[str, Sequence[str]]
    tornado: Mapping[str, tuple[Bar, ...]]
    """Figure → its bars, the longest first."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """How far one assumption moves a figure away from the base, down and up."""

    label: Text
    low: float
    high: float

    @property
    def reach(self) -> float:
        """The larger of both."""
        return max(abs(self.low), abs(self.high))


def compared(samples: Sequence[Sample], base: Sequence[Sample]) -> tuple[dict[str, Figure], dict[str, Change]]:
    """Return the figures of a group and their differences from the base."""
    figures, changes = {}, {}
    for key in (kpi.key for kpi in (*KPIS, *FURTHER)):
        here = {item.seed: _value(item, key) for item in samples}
        there = {item.seed: _value(item, key) for item in base}
        values = [value for value in here.values() if not math.isnan(value)]
        if not values:
            continue
        figures[key] = Figure(mean=sum(values) / len(values), spread=_spread(values), number=len(values))
        change = _change(here, there)
        if change is not None:
            changes[key] = change
    return figures, changes


def _value(sample: Sample, key: str) -> float:
    of = kpi_of(key).of
    return float(of(sample.metrics) if of is not None else sample.further.get(key, math.nan))


def _change(here: Mapping[int, float], there: Mapping[int, float]) -> Change | None:
    here = {seed: value for seed, value in here.items() if not math.isnan(value)}
    there = {seed: value for seed, value in there.items() if not math.isnan(value)}
    if not here or not there:
        return None
    both = sorted(here.keys() & there.keys())
    if len(both) >= 2:
        gaps = [here[seed] - there[seed] for seed in both]
        return Change(value=sum(gaps) / len(gaps), noise=_t(len(gaps) - 1) * (_spread(gaps) or 0) / len(gaps) ** 0.5)
    mean = sum(there.values()) / len(there)
    if both and len(there) == 1:
        return Change(value=here[both[0]] - there[both[0]], noise=None)
    spread, number = _spread(list(there.values())), len(there)
    noise = None if spread is None else _t(number - 1) * spread * (1 + 1 / number) ** 0.5
    return Change(value=sum(here.values()) / len(here) - mean, noise=noise)


def _spread(values: Sequence[float]) -> float | None:
    if len(values) < 2:
        return None
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))


def _t(freedom: int) -> float:
    """Return the two-sided 95 % quantile of Student's distribution."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, 0.975))


TRUSTED_GAP = 0.25
"""Costs that may be further from the best possible than this say nothing, and are in no chart."""


def cost_is_trusted(figures: Mapping[str, Figure]) -> bool:
    """Tell whether enough is proven of a cost to compare it."""
    return "gap" not in figures or figures["gap"].mean <= TRUSTED_GAP


def front(figures: Sequence[Mapping[str, Figure]]) -> list[bool]:
    """Return for each row whether no other is at least as good in cost, fairness and service and better in one.

    Rows whose cost is not trusted are on no front.
    """
    points = [
        (-row["cost"].mean, row["lowest_share"].mean, row["service"].mean)
        if {"cost", "lowest_share", "service"} <= row.keys() and cost_is_trusted(row)
        else None
        for row in figures
    ]

    def beaten(point: tuple[float, float, float]) -> bool:
        return any(
            other is not None and other != point and all(a >= b for a, b in zip(other, point, strict=True))
            for other in points
        )

    return [point is not None and not beaten(point) for point in points]


def tornado(rows: Sequence[Row], key: str) -> tuple[Bar, ...]:
    """Return how far each scenario, and each setting of a sweep on average over the others, moves a figure."""
    if key.startswith("cost"):
        rows = [row for row in rows if cost_is_trusted(row.figures)]
    bars = []
    for row in rows:
        if key in row.differences and not row.sweep:
            value = row.differences[key].value
            bars.append(Bar(label=row.title, low=min(0.0, value), high=max(0.0, value)))
    for sweep in dict.fromkeys(row.sweep for row in rows if row.sweep):
        inside = [row for row in rows if row.sweep == sweep and key in row.differences]
        for setting in dict.fromkeys(name for row in inside for name in row.values):
            means = []
            for told in dict.fromkeys(row.values[setting] for row in inside):
                some = [row.differences[key].value for row in inside if row.values[setting] == told]
                means.append(sum(some) / len(some))
            label = f"{sweep}: {setting}"
            bars.append(Bar(label=Text(fr=label, en=label), low=min(means), high=max(means)))
    return tuple(sorted(bars, key=lambda bar: (-bar.reach, str(bar.label))))
