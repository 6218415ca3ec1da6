"""Figures of a comparison in the words and numbers of a language."""

from __future__ import annotations

import datetime as dt
import math

from basketplan.plan.comparison import Change, Figure, kpi_of
from basketplan.publish.report.parts import Markup, tag
from basketplan.publish.texts import Texts

__all__ = ["FIGURE_LABELS", "change_cell", "figure_cell", "title_of", "told"]

FIGURE_LABELS = {
    "served": "Households served",
    "unserved": "Households left out",
    "service": "Baskets delivered of those needed",
    "cost": "Cost",
    "cost_per_basket": "Cost of a basket",
    "distance": "Road of deliveries",
    "inbound_distance": "Road of supplies",
    "rounds": "Collection rounds",
    "rounds_saved": "Saved by collection rounds",
    "work": "Hours of trips",
    "trips": "Trips",
    "vehicle_days": "Vehicle-days",
    "lowest_share": "Lowest share of a cooperative",
    "gini": "Gini of the shares",
    "women_share": "Share of women's work",
    "cooperatives": "Cooperatives engaged",
    "last_delivery": "Last delivery",
    "baskets_left": "Baskets left at hubs",
    "collecting": "Families that collect",
    "points": "Distribution points",
    "walk_mean": "Mean walk to the point",
    "walk_max": "Longest walk to the point",
    "walk_total": "Walks in all, one way",
    "gap": "Cost: at most this far from the best",
}
"""Figure → how it is called."""


def title_of(key: str, texts: Texts) -> str:
    """Return the name of a figure."""
    return texts.t(FIGURE_LABELS[key])


def told(key: str, value: float, texts: Texts, *, gap: bool = False) -> str:
    """Return a figure with its unit; ``gap``: a difference, with its sign."""
    if math.isnan(value):
        return "–"
    unit, size = kpi_of(key).unit, abs(value) if gap else value
    if unit == "date":
        days = texts.n("{n} day", "{n} days", round(size)) if gap else ""
        text = days if gap else texts.date(dt.date.fromordinal(round(value)), "day")
    elif unit == "money":
        text = f"{texts.number(size / 100, 2 if key == 'cost_per_basket' else 0)}\u00a0{texts.t('MAD')}"
    elif unit == "distance":
        text = f"{texts.number(size / 1000, 1 if size < 100_000 else 0)}\u00a0{texts.t('km')}"
    elif unit == "walk":
        text = f"{texts.number(size)}\u00a0{texts.t('m')}"
    elif unit == "duration":
        text = f"{texts.number(size / 3600)}\u00a0{texts.t('h')}"
    elif unit == "share":
        text = texts.percent(size, 1)
    else:
        text = texts.number(size, 3 if unit == "index" else 0 if size == round(size) else 1)
    if not gap:
        return text
    sign = "+" if value > 0 else "−" if value < 0 else "±"
    return texts.ltr(sign) + text if texts.rtl else sign + text


def figure_cell(key: str, figure: Figure | None, texts: Texts) -> tuple[Markup, float]:
    """Return a mean with its spread below."""
    if figure is None:
        return Markup("–"), -math.inf
    spread = ""
    if figure.spread is not None:
        gap = told(key, figure.spread, texts) if kpi_of(key).unit != "date" else texts.number(figure.spread, 1)
        spread = tag("span", f"± {gap}", class_="id")
    return Markup(tag("span", told(key, figure.mean, texts)) + spread), figure.mean


def change_cell(key: str, change: Change | None, texts: Texts, *, trusted: bool = True) -> tuple[Markup, float]:
    """Return a difference: green where it is better, red where it is worse, grey within the noise or not trusted."""
    if change is None:
        return Markup("–"), -math.inf
    better = kpi_of(key).better
    good = (change.value < 0) == (better == "less")
    quiet = change.exceeds is False or abs(change.value) < 1e-9 or not better or not trusted
    kind = "soft" if quiet else "good" if good else "bad"
    text = told(key, change.value, texts, gap=True)
    noise = ""
    if change.exceeds is False and abs(change.value) >= 1e-9:
        noise = tag("span", texts.t("within the noise"), class_="id")
    return Markup(tag("span", text, class_=kind) + noise), change.value
