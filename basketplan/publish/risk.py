"""How sure a plan is, as one page that opens offline. It holds no household."""

from __future__ import annotations

import datetime as dt
from importlib import resources

from basketplan.plan.risk import Interval, Risk
from basketplan.programme.types import Text
from basketplan.publish.report.parts import Head, Markup, bar, csp_hash, section, table, tag
from basketplan.publish.texts import Texts

__all__ = ["risk_html"]

LOST_LABELS = {
    "goods": "Goods that do not come in time",
    "absence": "Nobody is in",
    "time": "Vehicles that are late",
}
"""Why a household is lost → how it is told."""
_MOST_ROWS = 40


def risk_html(found: Risk, programme: str, title: Text, texts: Texts) -> str:
    """Return the page in one language.

    Parameters
    ----------
    programme, title
        Id and title of the programme that the plan is of.
    """
    style = resources.files("basketplan.publish.report").joinpath("style.css").read_text(encoding="utf-8")
    policy = f"default-src 'none'; style-src {csp_hash(style)}; base-uri 'none'; form-action 'none'"
    name = texts.t("How sure is the plan: {programme}", programme=texts.name(title) or programme)
    made = [
        ("sure", texts.t("In short"), (_tiles(found, texts),)),
        ("lost", texts.t("Why households are lost"), (_lost(found, texts),)),
        ("days", texts.t("Days that lose most"), (_days(found, texts),)),
        ("cooperatives", texts.t("Cooperatives on which it depends"), (_depends(found, texts),)),
    ]
    facts = [
        (texts.t("Programme"), programme),
        (texts.t("Uncertainty"), found.uncertainty),
        (texts.t("Times carried out"), texts.number(found.samples)),
        (texts.t("Seed"), str(found.seed)),
    ]
    items = "".join(tag("li", Markup(f"{tag('span', fact)} {tag('bdi', value)}")) for fact, value in facts)
    head = (
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"{tag('title', name)}\n<style>{style}</style>"
    )
    body = (
        tag("header", Markup(tag("h1", name) + tag("ul", Markup(items), class_="meta")))
        + tag("main", Markup("".join(section(key, heading, *content) for key, heading, content in made)))
        + tag("footer", tag("p", texts.t("Made by basketplan. This page holds no household.")))
    )
    return (
        f'<!doctype html>\n<html lang="{texts.lang}" dir="{"rtl" if texts.rtl else "ltr"}">\n<head>\n{head}\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _tiles(found: Risk, texts: Texts) -> Markup:
    """Return the main figures, each with its confidence interval."""
    served = f"{texts.number(found.served.low, 1)} – {texts.number(found.served.high, 1)}"
    rows = [
        (
            texts.t("Households served on average"),
            texts.number(found.served.value, 1),
            texts.t("of {n}", n=texts.number(found.households)) + f" ({texts.ltr(served)})",
        ),
        (texts.t("Served in nine cases of ten at least"), texts.number(found.tenth), ""),
        (texts.t("Everybody is served"), texts.percent(found.everybody.value, 1), _span(found.everybody, texts)),
        (
            texts.t("Everybody who is in is served"),
            texts.percent(found.everybody_in.value, 1),
            _span(found.everybody_in, texts),
        ),
    ]
    boxes = "".join(
        tag(
            "div",
            Markup(
                tag("dt", title)
                + tag("dd", Markup(tag("bdi", value) + (tag("span", note, class_="note") if note else "")))
            ),
        )
        for title, value, note in rows
    )
    note = texts.t(
        "The plan is carried out many times in a world that differs from it each time; nobody plans again. "
        "In brackets: where the true value lies with 95 % confidence."
    )
    return Markup(tag("dl", Markup(boxes), class_="tiles") + tag("p", note, class_="soft"))


def _span(item: Interval, texts: Texts) -> str:
    return texts.ltr(f"{texts.percent(item.low, 1)} – {texts.percent(item.high, 1)}")


def _lost(found: Risk, texts: Texts) -> Markup:
    most = max(found.lost_by.values(), default=0.0) or 1.0
    heads = (Head(texts.t("Reason")), Head(texts.t("Households lost on average"), True), Head(""))
    rows = [
        (texts.t(LOST_LABELS[key]), (texts.number(lost, 1), lost), bar(lost / most))
        for key, lost in found.lost_by.items()
    ]
    return table(heads, rows)


def _days(found: Risk, texts: Texts) -> Markup:
    if not found.by_day:
        return Markup(tag("p", texts.t("The plan serves nobody.")))
    heads = (
        Head(texts.t("Day")),
        Head(texts.t("Visits planned"), True),
        Head(texts.t("Lost on average"), True),
        Head(texts.t("Part"), True),
        Head(""),
    )
    rows = []
    for day, count, lost in found.by_day:
        date, part = dt.date.fromisoformat(day), lost / count if count else 0.0
        rows.append(
            (
                (texts.date(date, "full"), date.toordinal()),
                (texts.number(count), count),
                (texts.number(lost, 1), lost),
                (texts.percent(part, 1), part),
                bar(part),
            )
        )
    return table(heads, rows)


def _depends(found: Risk, texts: Texts) -> Markup:
    if not found.depends_on:
        return Markup(tag("p", texts.t("None whose effect is beyond chance.")))
    note = texts.t("Households lost more when a cooperative does worst (a fifth of the cases) than when it does not.")
    heads = (
        Head(texts.t("Cooperative")),
        Head(texts.t("Lost more"), True),
        Head(texts.t("95 % confidence"), True),
        Head(texts.t("Orders"), True),
    )
    rows = [
        (
            tag("bdi", item.cooperative),
            (texts.number(item.lost_more.value, 1), item.lost_more.value),
            texts.ltr(f"{texts.number(item.lost_more.low, 1)} – {texts.number(item.lost_more.high, 1)}"),
            (texts.money(item.orders_centimes), item.orders_centimes),
        )
        for item in found.depends_on[:_MOST_ROWS]
    ]
    return Markup(tag("p", note, class_="soft") + table(heads, rows))
