"""Charts of a comparison as inline SVG: no script, no request, readable in print and from right to left."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

from basketplan.plan.comparison import Bar, Row, cost_is_trusted, kpi_of
from basketplan.publish.comparison.figures import title_of, told
from basketplan.publish.report.parts import Markup
from basketplan.publish.texts import Texts
from basketplan.publish.together import plain

__all__ = ["pareto_chart", "tornado_chart"]

MOST_BARS = 14
LEAST = 0.002
"""Bars that are shorter than this part of the longest one are left out."""
_WIDTH = 900
_LABEL = 300
_ROW = 30
_COLOURS = {"good": "#1d6b4a", "bad": "#b3261e", "flat": "#9fb0a7"}


def _text(x: float, y: float, content: str, anchor: str = "start", kind: str = "") -> str:
    name = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{name}>{html.escape(plain(content))}</text>'


def _svg(width: int, height: int, title: str, body: str) -> Markup:
    told_title = html.escape(plain(title))
    return Markup(
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="img" aria-label="{told_title}" direction="ltr">'
        f"<title>{told_title}</title>{body}</svg>"
    )


def tornado_chart(key: str, bars: Sequence[Bar], texts: Texts) -> Markup:
    """Return a bar for each assumption from its lowest to its highest difference, the longest on top."""
    longest = max((bar.reach for bar in bars), default=0.0)
    some = [bar for bar in bars if bar.reach > max(1e-9, longest * LEAST)][:MOST_BARS]
    if not some:
        return Markup("")
    low, high = min(0.0, *(bar.low for bar in some)), max(0.0, *(bar.high for bar in some))
    # Room for the figures beside the bars: the bars have half of what is right of the labels.
    left, right = _LABEL + 130, _WIDTH - 130
    scale = (right - left) / max(high - low, 1e-9)
    zero = left + (0 - low) * scale
    less_is_better = kpi_of(key).better == "less"
    parts = []
    for number, bar in enumerate(some):
        y = 8 + number * _ROW
        parts.append(_text(_LABEL - 8, y + 15, texts.apart(_short(texts.name(bar.label), 40)), "end"))
        for value, anchor, gap in ((bar.low, "end", -6), (bar.high, "start", 6)):
            if abs(value) > 1e-9:
                begin, end = sorted((zero, zero + value * scale))
                good = (value < 0) == less_is_better
                colour = _COLOURS["good" if good else "bad"]
                parts.append(
                    f'<rect x="{begin:.1f}" y="{y}" width="{max(end - begin, 1.5):.1f}" height="20" fill="{colour}"/>'
                )
                at = begin if value < 0 else end
                parts.append(_text(at + gap, y + 15, texts.apart(told(key, value, texts, gap=True)), anchor, "value"))
    height = 16 + len(some) * _ROW
    parts.append(f'<line x1="{zero:.1f}" x2="{zero:.1f}" y1="2" y2="{height - 8}" class="axis"/>')
    return _svg(_WIDTH, height, title_of(key, texts), "".join(parts))


def pareto_chart(rows: Sequence[Row], texts: Texts) -> Markup:
    """Return cost against the lowest share of a cooperative; hollow: not everybody served; ringed: on the front."""
    wanted = {"cost", "lowest_share", "service"}
    some = [row for row in rows if wanted <= row.figures.keys() and cost_is_trusted(row.figures)]
    if len(some) < 2:
        return Markup("")
    xs = [row.figures["cost"].mean for row in some]
    ys = [row.figures["lowest_share"].mean for row in some]
    x0, x1 = _padded(xs, 1.0)
    y0, y1 = _padded(ys, 0.005)
    y0, left, right, top, bottom, height = max(0.0, y0), 90, _WIDTH - 40, 30, 404, 452

    def place(x: float, y: float) -> tuple[float, float]:
        return left + (x - x0) / (x1 - x0) * (right - left), bottom - (y - y0) / (y1 - y0) * (bottom - top)

    parts = []
    for step in range(5):
        x, y = x0 + (x1 - x0) * step / 4, y0 + (y1 - y0) * step / 4
        px, py = place(x, y)
        parts.append(f'<line x1="{left}" x2="{right}" y1="{py:.1f}" y2="{py:.1f}" class="grid"/>')
        parts.append(_text(left - 8, py + 4, texts.percent(y, 1), "end", "tick"))
        parts.append(_text(px, bottom + 20, texts.number(x / 100), "middle", "tick"))
    parts.append(_text((left + right) / 2, height - 6, f"{title_of('cost', texts)} ({texts.t('MAD')})", "middle"))
    parts.append(_text(left, top - 14, title_of("lowest_share", texts), "start", "tick"))
    taken: list[tuple[float, float]] = []
    for row, x, y in sorted(zip(some, xs, ys, strict=True), key=lambda item: item[1]):
        px, py = place(x, y)
        whole = row.figures["service"].mean >= 1 - 1e-9
        if row.pareto:
            parts.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="11" class="front"/>')
        parts.append(f'<circle cx="{px:.1f}" cy="{py:.1f}" r="6" class="{"dot" if whole else "dot hollow"}"/>')
        parts.append(_label(px, py, texts.apart(_short(texts.name(row.title), 38)), taken, (right, top, bottom)))
    return _svg(_WIDTH, height, texts.t("Cost and fairness"), "".join(parts))


def _label(px: float, py: float, text: str, taken: list[tuple[float, float]], box: tuple[int, int, int]) -> str:
    """Return a label beside its dot, moved up or down where another one stands."""
    right, top, bottom = box
    end = px > right * 0.62
    at = py + 4
    for shift in (0, -15, 15, -30, 30, -45, 45, -60, 60, -75, 75, -90, 90):
        at = py + 4 + shift
        if top + 8 < at < bottom - 4 and all(abs(at - other) >= 13 or abs(px - there) > 300 for there, other in taken):
            break
    taken.append((px, at))
    x = px - 16 if end else px + 16
    line = f'<line x1="{px:.1f}" y1="{py:.1f}" x2="{x:.1f}" y2="{at - 4:.1f}" class="leader"/>'
    return (line if abs(at - py - 4) > 1 else "") + _text(x, at, text, "end" if end else "start")


def _padded(values: Sequence[float], least: float) -> tuple[float, float]:
    low, high = min(values), max(values)
    pad = max((high - low) * 0.1, least, math.ulp(high))
    return low - pad, high + pad


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
