"""The policy's floors, ceilings and Gini bound, and what the plan makes of them."""

from __future__ import annotations

from basketplan.plan.types import Promise
from basketplan.publish.report.parts import Head, Markup, table, tag
from basketplan.publish.texts import Texts
from basketplan.publish.view import View

__all__ = ["rules_section"]


def rules_section(view: View, texts: Texts) -> Markup:
    """Return every promise with its limit and what is reached; nothing where the policy has none."""
    if view.metrics is None or not view.metrics.promises:
        return Markup("")
    heads = (
        Head(texts.t("Rule")),
        Head(texts.t("Limit"), True),
        Head(texts.t("Reached"), True),
        Head(texts.t("Met")),
    )
    rows = [
        (
            _name(item, view, texts),
            *(_figure(item, value, texts) for value in (item.limit, item.found)),
            _met(item, texts),
        )
        for item in view.metrics.promises
    ]
    return Markup(tag("h3", texts.t("Rules of the policy")) + table(heads, rows))


def _name(item: Promise, view: View, texts: Texts) -> str:
    if item.rule == "gini":
        return texts.t("Gini of the shares, at most")
    coop = view.cooperatives.get(item.of)
    who = texts.apart(texts.name(coop.name) if coop else item.of)
    return texts.t("floor of {who}", who=who) if item.rule == "floor" else texts.t("ceiling of {who}", who=who)


def _figure(item: Promise, value: float, texts: Texts) -> tuple[str, float]:
    return (texts.number(value, 3) if item.rule == "gini" else texts.percent(value, 1)), value


def _met(item: Promise, texts: Texts) -> Markup:
    if item.met:
        return tag("span", texts.t("yes"), class_="good")
    why = tag("span", item.reason, class_="id", lang="en", dir="ltr")
    return Markup(tag("span", texts.t("no"), class_="bad") + why)
