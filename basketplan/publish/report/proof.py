"""What is proven of a plan, and what the independent check found."""

from __future__ import annotations

from basketplan.plan.types import StageReport, Verification
from basketplan.publish.report.parts import Head, Markup, table, tag
from basketplan.publish.texts import Texts
from basketplan.publish.view import View

__all__ = ["proof_section"]

_MOST_VIOLATIONS = 200


def proof_section(view: View, texts: Texts, verification: Verification | None) -> Markup:
    """Return stages with their gaps, and rules with how often they were looked at."""
    parts = [_stages(view, texts)] if view.stages else []
    if verification is not None:
        parts += [tag("h3", texts.t("Independent check")), _verdict(texts, verification)]
        if verification.violations and view.households:
            parts.append(_violations(texts, verification))
        heads = (Head(texts.t("Rule")), Head(texts.t("Looked at"), True))
        rows = [
            (tag("span", name, lang="en", dir="ltr"), (texts.number(count), count))
            for name, count in verification.checked.items()
            if count
        ]
        told = tag("summary", texts.t("All rules that were checked"))
        parts.append(tag("details", Markup(told + table(heads, rows))))
    return Markup("".join(parts))


def _stages(view: View, texts: Texts) -> Markup:
    stages = {
        "points": texts.t("Distribution points"),
        "territory": texts.t("Households to hubs"),
        "allocation": texts.t("Supply"),
        "routing": texts.t("Trips"),
        "rounds": texts.t("Collection rounds"),
        "calendar": texts.t("Vehicles and days"),
        "lots": texts.t("Baskets to cooperatives"),
        "edit": texts.t("Changed by hand"),
    }
    goals = {
        "service": texts.t("service"),
        "zones": texts.t("equal zones"),
        "rules": texts.t("floors and Gini bound"),
        "fairness": texts.t("fairness"),
        "cost": texts.t("cost"),
        "distance": texts.t("distance"),
        "women": texts.t("women's cooperatives"),
        "spread": texts.t("spread"),
        "freshness": texts.t("freshness"),
        "collecting": texts.t("families that collect"),
    }
    goals |= {hub.id: texts.name(hub.name) for hub in view.hubs.values()}
    states = {
        "optimal": texts.t("proven best"),
        "feasible": texts.t("good, within the gap"),
        "heuristic": texts.t("good, no bound is known"),
        "interrupted": texts.t("stopped before its end"),
        "skipped": texts.t("not needed"),
    }
    heads = (Head(texts.t("Step")), Head(texts.t("Goal or hub")), Head(texts.t("Result")), Head(texts.t("Gap"), True))
    rows = [
        (stages.get(item.stage, item.stage), goals.get(item.goal, item.goal), states[item.status], _gap(item, texts))
        for item in view.stages
    ]
    return table(heads, rows)


def _gap(item: StageReport, texts: Texts) -> tuple[str, float]:
    return ("–", -1.0) if item.gap is None else (texts.percent(item.gap, 2), item.gap)


def _verdict(texts: Texts, verification: Verification) -> Markup:
    broken = len(verification.violations)
    if not broken:
        return tag("p", texts.t("No rule is broken."), class_="good")
    return tag("p", texts.n("{n} rule is broken.", "{n} rules are broken.", broken), class_="bad")


def _violations(texts: Texts, verification: Verification) -> Markup:
    heads = (Head(texts.t("Code")), Head(texts.t("What is broken")))
    rows = [
        (item.code, tag("span", item.message, lang="en", dir="ltr"))
        for item in verification.violations[:_MOST_VIOLATIONS]
    ]
    return table(heads, rows)
