"""How sure a plan is, in figures: what :mod:`basketplan.scenarios.risk` finds and pages tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Dependence", "Interval", "Risk"]


@dataclass(frozen=True, kw_only=True)
class Interval:
    """An estimate with its 95 % confidence interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Dependence:
    """How much depends on a cooperative: households lost more when it does worst than when it does not."""

    cooperative: str
    lost_more: Interval
    orders_centimes: int


@dataclass(frozen=True, kw_only=True)
class Risk:
    """What became of a plan in all samples."""

    samples: int
    seed: int
    uncertainty: str
    households: int
    planned: int
    """Households to which the plan brings all their baskets."""
    served: Interval
    """Mean number of households served."""
    tenth: int
    """In nine samples of ten at least so many are served."""
    everybody: Interval
    """Probability that everybody in the programme is served by the last day (Wilson 1927)."""
    everybody_in: Interval
    """Probability that everybody who is in is served."""
    lost_by: Mapping[str, float]
    """Mean households lost because of ``goods``, ``absence`` or ``time``, in this order."""
    by_day: tuple[tuple[str, int, float], ...]
    """(day, visits planned, mean lost), the day that loses most first."""
    depends_on: tuple[Dependence, ...]
    """Cooperatives whose effect is beyond chance, the largest first."""

    def as_json(self) -> dict[str, Any]:
        """Return everything for machines."""

        def interval(item: Interval) -> dict[str, float]:
            return {"value": item.value, "low": item.low, "high": item.high}

        return {
            "samples": self.samples,
            "seed": self.seed,
            "uncertainty": self.uncertainty,
            "households": self.households,
            "planned": self.planned,
            "served": interval(self.served),
            "served_in_nine_of_ten": self.tenth,
            "everybody": interval(self.everybody),
            "everybody_in": interval(self.everybody_in),
            "lost_by": dict(self.lost_by),
            "by_day": [{"day": day, "planned": count, "lost": lost} for day, count, lost in self.by_day],
            "depends_on": [
                {"cooperative": item.cooperative, "lost_more": interval(item.lost_more)} for item in self.depends_on
            ],
        }

    def sentences(self) -> list[str]:
        """Say it in sentences."""
        lines = [
            f"Of {self.households:,} households {self.served.value:,.1f} are served on average"
            f" ({self.served.low:,.1f} to {self.served.high:,.1f}); in nine cases of ten at least {self.tenth:,}.",
            f"Everybody is served with a probability of {_percent(self.everybody)};"
            f" everybody who is in, of {_percent(self.everybody_in)}.",
        ]
        words = {"goods": "goods that do not come in time", "absence": "nobody in", "time": "vehicles that are late"}
        lost = [f"{self.lost_by[key]:,.1f} by {text}" for key, text in words.items() if self.lost_by[key] > 0]
        lines += [f"Lost on average: {'; '.join(lost)}."] if lost else []
        for item in self.depends_on[:5]:
            more, span = item.lost_more, f"{item.lost_more.low:,.1f} to {item.lost_more.high:,.1f}"
            lines.append(f"  When {item.cooperative} does worst, {more.value:,.1f} more are lost ({span}).")
        for day, count, missed in self.by_day[:3]:
            if missed > 0:
                lines.append(f"  On {day}, {missed:,.1f} of {count:,} visits are lost.")
        lines.append(f"{self.samples:,} samples of '{self.uncertainty}', seed {self.seed}; nobody plans again.")
        return lines


def _percent(item: Interval) -> str:
    return f"{item.value:.1%} ({item.low:.1%} to {item.high:.1%})"
