"""The price of fairness for people: a table, CSV, and a picture as one SVG file that opens anywhere.

The picture has no script and asks for nothing. For each guaranteed share it shows the cost of the cheapest allocation
that was found and, below it, the range down to the proven bound: somewhere in it the true price lies.
"""

from __future__ import annotations

import csv
import html
import io
import math
from collections.abc import Sequence

from basketplan.plan.fairness import FairnessPoint, FairnessPrice
from basketplan.programme.types import Text
from basketplan.publish.texts import Texts
from basketplan.publish.together import plain

__all__ = ["fairness_csv", "fairness_svg", "fairness_table"]

_COLUMNS = (
    "kind", "guaranteed_share", "lowest_share", "cost_mad", "bound_mad", "gap", "more_than_cheapest_mad", "gini",
    "women_share", "cooperatives", "unserved_weighted",
)  # fmt: skip
_WIDTH, _HEIGHT = 900, 520
_LEFT, _RIGHT, _TOP, _BOTTOM = 110, _WIDTH - 50, 92, 424
_STYLE = (
    'text{font:13px/1 system-ui,"Segoe UI",Roboto,"Noto Sans","Noto Sans Arabic","DejaVu Sans",sans-serif;fill:#1c2a24}'
    ".title{font-size:19px;font-weight:600}.tick{fill:#5b6b63;font-size:12px}.grid{stroke:#d5ddd8}"
    ".band{fill:#e3eee8}.curve{fill:none;stroke:#1d6b4a;stroke-width:2}.dot{fill:#1d6b4a}"
    ".gap{stroke:#1d6b4a;stroke-width:1.5}.own{fill:#c98a1b}.owngap{stroke:#c98a1b;stroke-width:1.5}"
)


def _rows(price: FairnessPrice) -> list[FairnessPoint]:
    return [*price.points, *([] if price.policy is None else [price.policy])]


def fairness_csv(price: FairnessPrice) -> str:
    """Return all points, one a line, with English column names; the last one is the policy's own."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    cheapest = price.points[0].cost_centimes if price.points else 0
    for point in _rows(price):
        bound = "" if point.bound_centimes is None else f"{point.bound_centimes / 100:.2f}"
        gap = "" if point.gap is None else f"{point.gap:.6f}"
        more = (point.cost_centimes - cheapest) / 100
        shares = [f"{share:.6f}" for share in (point.level, point.lowest_share)]
        money = [f"{point.cost_centimes / 100:.2f}", bound, gap, f"{more:.2f}"]
        others = [f"{point.gini:.6f}", f"{point.women_share:.6f}", point.cooperatives, point.unserved]
        writer.writerow([point.kind, *shares, *money, *others])
    return out.getvalue()


def fairness_table(price: FairnessPrice, texts: Texts) -> str:
    """Return all points as a table for a terminal."""
    heads = [
        texts.t("Guaranteed share"),
        texts.t("Cost"),
        texts.t("More than the cheapest"),
        texts.t("Gap"),
        texts.t("Lowest share"),
        texts.t("Gini of the shares"),
        texts.t("Share of women's work"),
        texts.t("Cooperatives engaged"),
    ]
    cheapest = price.points[0].cost_centimes if price.points else 0
    lines = [heads]
    for point in _rows(price):
        lines.append(
            [
                _name(price, point, texts),
                _mad(point.cost_centimes, texts),
                f"+{_percent(point.cost_centimes / cheapest - 1, texts)}" if cheapest else "–",
                "–" if point.gap is None else _percent(point.gap, texts),
                texts.percent(point.lowest_share, 1),
                texts.number(point.gini, 3),
                texts.percent(point.women_share, 1),
                texts.number(point.cooperatives),
            ]
        )
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "  ".join([line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])]).rstrip() for line in lines
    )


def _name(price: FairnessPrice, point: FairnessPoint, texts: Texts) -> str:
    if point.kind == "policy":
        return texts.t("the policy's own goals")
    share = texts.percent(point.level, 1)
    if point is price.points[0]:
        return f"{share} ({texts.t('cheapest')})"
    return f"{share} ({texts.t('fairest')})" if point is price.points[-1] and price.complete else share


def _mad(centimes: float, texts: Texts) -> str:
    return f"{texts.number(centimes / 100)}\u00a0{texts.t('MAD')}"


def _percent(share: float, texts: Texts) -> str:
    return texts.percent(share, 2)


# -- the picture -----------------------------------------------------------------------------------------------------


def fairness_svg(price: FairnessPrice, texts: Texts, title: Text | None = None) -> str:
    """Return the picture: cost against the guaranteed share, with the gap of every point.

    Parameters
    ----------
    title
        Of the programme; by default its id is shown.
    """
    name = texts.name(title) if title is not None else ""
    heading = texts.t("The price of fairness: {programme}", programme=texts.apart(name or price.programme))
    frame = _Frame(_rows(price))
    body = [
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        _text(_WIDTH / 2, 30, heading, "middle", "title"),
        _text(_WIDTH / 2, 52, _subtitle(price, texts), "middle", "tick"),
        *_axes(frame, texts),
        *_curve(frame, price.points),
        *_labels(frame, price, texts),
    ]
    if price.policy is not None:
        body += _own(frame, price.policy, texts)
    told = html.escape(plain(heading))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}"'
        f' height="{_HEIGHT}" role="img" aria-label="{told}" direction="ltr"><title>{told}</title>'
        f"<style>{_STYLE}</style>\n" + "\n".join(body) + "\n</svg>\n"
    )


class _Frame:
    """From shares and centimes to places in the picture."""

    def __init__(self, points: Sequence[FairnessPoint]) -> None:
        levels = [point.level for point in points] or [0.0]
        costs = [float(point.cost_centimes) for point in points] or [0.0]
        costs += [float(point.bound_centimes) for point in points if point.bound_centimes is not None]
        self.x0, self.x1 = _padded(levels, 0.01)
        self.x0 = max(0.0, self.x0)
        self.y0, self.y1 = _padded(costs, 100.0)
        self.y0 = max(0.0, self.y0 - 0.12 * (self.y1 - self.y0))  # room for what stands below points

    def at(self, level: float, cost: float) -> tuple[float, float]:
        """Return the place of a point."""
        x = _LEFT + (level - self.x0) / (self.x1 - self.x0) * (_RIGHT - _LEFT)
        return x, _BOTTOM - (cost - self.y0) / (self.y1 - self.y0) * (_BOTTOM - _TOP)


def _padded(values: Sequence[float], least: float) -> tuple[float, float]:
    low, high = min(values), max(values)
    pad = max((high - low) * 0.1, least, math.ulp(high))
    return low - pad, high + pad


def _round_values(low: float, high: float) -> list[float]:
    """Return two to seven values between ``low`` and ``high``, at equal steps of 1, 2 or 5 times a power of ten."""
    rough = (high - low) / 6
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * (1 - 1e-9))
    first = math.ceil(low / step - 1e-9)
    return [number * step for number in range(first, math.floor(high / step + 1e-9) + 1)]


def _text(x: float, y: float, content: str, anchor: str = "start", kind: str = "") -> str:
    """Return a text; Arabic is kept whole from right to left, whatever stands around it."""
    name = f' class="{kind}"' if kind else ""
    if any("\u0600" <= sign <= "\u06ff" for sign in content):
        content = f"\u2067{content}\u2069"
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{name}>{html.escape(plain(content))}</text>'


def _subtitle(price: FairnessPrice, texts: Texts) -> str:
    effort, seed = texts.ltr(price.effort), texts.number(price.seed)
    text = texts.t("Supply and lorries to hubs, without the trips to households. Effort {effort}, seed {seed}.",
                   effort=effort, seed=seed)  # fmt: skip
    return text if price.complete else f"{text} {texts.t('Stopped before its end.')}"


def _axes(frame: _Frame, texts: Texts) -> list[str]:
    parts = [f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{_BOTTOM}" y2="{_BOTTOM}" class="grid"/>']
    for cost in _round_values(frame.y0, frame.y1):
        _, y = frame.at(frame.x0, cost)
        parts.append(f'<line x1="{_LEFT}" x2="{_RIGHT}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>')
        parts.append(_text(_LEFT - 8, y + 4, texts.number(cost / 100), "end", "tick"))
    levels = _round_values(frame.x0, frame.x1)
    decimals = 1 if levels[1] - levels[0] < 0.01 else 0
    for level in levels:
        x, _ = frame.at(level, frame.y0)
        parts.append(_text(x, _BOTTOM + 20, texts.percent(level, decimals), "middle", "tick"))
    parts.append(_text(_LEFT - 8, _TOP - 14, f"{texts.t('Cost')} ({texts.t('MAD')})", "end", "tick"))
    middle = (_LEFT + _RIGHT) / 2
    parts.append(_text(middle, _BOTTOM + 44, texts.t("Share that every cooperative is guaranteed"), "middle"))
    note = texts.t("A share is what is bought over what could have been supplied of what was needed.")
    parts.append(_text(middle, _BOTTOM + 64, note, "middle", "tick"))
    gap = texts.t("Band: from the cost found down to the proven bound; the percentage is this gap.")
    parts.append(_text(middle, _BOTTOM + 82, gap, "middle", "tick"))
    return parts


def _curve(frame: _Frame, points: Sequence[FairnessPoint]) -> list[str]:
    top = [frame.at(point.level, point.cost_centimes) for point in points]
    low = [
        frame.at(point.level, point.cost_centimes if point.bound_centimes is None else point.bound_centimes)
        for point in points
    ]
    if not top:
        return []
    return [
        f'<polygon points="{_path([*top, *reversed(low)])}" class="band"/>',
        f'<polyline points="{_path(top)}" class="curve"/>',
        *(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y:.1f}" y2="{bottom:.1f}" class="gap"/>'
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" class="dot"/>'
            for (x, y), (_, bottom) in zip(top, low, strict=True)
        ),
    ]


def _path(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _labels(frame: _Frame, price: FairnessPrice, texts: Texts) -> list[str]:
    """Return the gap below every point and the names of the first and last one."""
    parts = []
    for point in price.points:
        x, y = frame.at(point.level, point.bound_centimes if point.bound_centimes is not None else point.cost_centimes)
        gap = texts.t("no bound") if point.gap is None else _percent(point.gap, texts)
        parts.append(_text(x, y + 18, gap, "middle", "tick"))
    if price.points:
        first, last = price.points[0], price.points[-1]
        x, y = frame.at(first.level, first.cost_centimes if first.bound_centimes is None else first.bound_centimes)
        parts.append(
            _text(max(x - 20, _LEFT + 4), y + 36, f"{texts.t('cheapest')}: {_mad(first.cost_centimes, texts)}")
        )
        if price.complete and last is not first:
            x, y = frame.at(last.level, last.cost_centimes)
            parts.append(_text(x, y - 14, f"{texts.t('fairest')}: {_mad(last.cost_centimes, texts)}", "end"))
    return parts


def _own(frame: _Frame, point: FairnessPoint, texts: Texts) -> list[str]:
    """Return the point of the policy's own goals."""
    x, y = frame.at(point.level, point.cost_centimes)
    _, low = frame.at(point.level, point.cost_centimes if point.bound_centimes is None else point.bound_centimes)
    gap = texts.t("no bound") if point.gap is None else _percent(point.gap, texts)
    own = texts.t("the policy's own goals")
    label = f"{own}: {_mad(point.cost_centimes, texts)} ({gap})"
    return [
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y:.1f}" y2="{low:.1f}" class="owngap"/>',
        f'<path d="M{x:.1f} {y - 8:.1f} l8 8 l-8 8 l-8 -8 z" class="own"/>',
        f'<path d="M{_LEFT + 16} {_TOP + 8} l8 8 l-8 8 l-8 -8 z" class="own"/>',
        _text(_LEFT + 32, _TOP + 20, label),  # top left is empty: the curve rises
    ]
