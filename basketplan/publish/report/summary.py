"""The plan in sentences that can be read aloud, and its main figures as tiles."""

from __future__ import annotations

from collections import Counter

from basketplan.plan.types import Metrics, Verification
from basketplan.publish.audience import may
from basketplan.publish.report.parts import Markup, tag
from basketplan.publish.tables import counted, reasons
from basketplan.publish.texts import Texts
from basketplan.publish.view import View

__all__ = ["cost_gap", "sentences", "tiles"]


def sentences(view: View, texts: Texts, verification: Verification | None) -> Markup:
    """Return a list of sentences."""
    figures = view.metrics
    if figures is None:
        return Markup("")
    told: list[tuple[str, str | None]] = [(text, None) for text in _service(view, texts)]
    told += [(text, "left") for text in _left(view, texts)]
    told += [(text, None) for text in _means(figures, texts, tell_baskets=counted(view, figures.unserved) is not None)]
    told += [(text, None) for text in (_gap(view, texts), _check(texts, verification)) if text]
    items = "".join(tag("li", text, class_=kind) for text, kind in told)
    return tag("ul", Markup(items), class_="sentences")


def _means(figures: Metrics, texts: Texts, *, tell_baskets: bool) -> list[str]:
    """Return from whom the baskets come, how they are brought, and what that costs."""
    baskets = _baskets(figures, texts)
    shares = texts.t(
        "Every cooperative with something to offer sells at least {share} of what it could have sold.",
        share=texts.percent(figures.lowest_share),
    )
    trips = texts.n(
        "{n} trip on {days} vehicle days covers {road}; vehicles are {full} full.",
        "{n} trips on {days} vehicle days cover {road}; vehicles are {full} full.",
        figures.trips,
        days=texts.number(figures.vehicle_days),
        road=texts.distance(figures.distance_m),
        full=texts.percent(figures.load_factor),
    )
    cost = texts.t(
        "It costs {cost} in all, {each} a basket.",
        cost=texts.money(figures.cost_centimes),
        each=texts.money(figures.cost_per_basket_centimes),
    )
    return [*([baskets] if tell_baskets else []), shares, trips, *_rounds(figures, texts), cost]


def _baskets(figures: Metrics, texts: Texts) -> str:
    """Return how many baskets come from how many cooperatives, and to whom the money for goods goes if any is paid."""
    cooperatives = texts.number(figures.cooperatives_engaged)
    if not figures.cost_by_kind.get("goods", 0):
        return texts.n(
            "{n} basket comes from {cooperatives} cooperatives; nothing is paid for goods.",
            "{n} baskets come from {cooperatives} cooperatives; nothing is paid for goods.",
            figures.baskets_delivered,
            cooperatives=cooperatives,
        )
    return texts.n(
        "{n} basket comes from {cooperatives} cooperatives; {rural} of the money for goods goes to rural ones, "
        "{women} to women's work.",
        "{n} baskets come from {cooperatives} cooperatives; {rural} of the money for goods goes to rural ones, "
        "{women} to women's work.",
        figures.baskets_delivered,
        cooperatives=cooperatives,
        rural=texts.percent(figures.rural_share),
        women=texts.percent(figures.women_share),
    )


def _rounds(figures: Metrics, texts: Texts) -> list[str]:
    """Return what collection rounds save, where there are any."""
    if not figures.rounds:
        return []
    return [
        texts.n(
            "{n} collection round costs {saved} less than a lorry for each cooperative.",
            "{n} collection rounds cost {saved} less than a lorry for each cooperative.",
            figures.rounds,
            saved=texts.money(figures.rounds_saved_centimes),
        )
    ]


def _service(view: View, texts: Texts) -> list[str]:
    figures = view.metrics
    assert figures is not None
    served = counted(view, figures.served)
    if counted(view, figures.households) is None or counted(view, figures.unserved) is None or served is None:
        return [texts.t("Fewer than 10 households are served or left out; they are not told one by one.")]
    span = ""
    if figures.first_delivery and figures.last_delivery:
        span = texts.t(
            "Deliveries run from {first} to {last}.",
            first=texts.date(figures.first_delivery, "long"),
            last=texts.date(figures.last_delivery, "long"),
        )
    told = texts.n(
        "{served} of {n} household is served.",
        "{served} of {n} households are served.",
        figures.households,
        served=texts.number(served),
    )
    return [f"{told} {span}".strip()]


def _left(view: View, texts: Texts) -> list[str]:
    """Return how many are left out, by reason where the audience sees households."""
    figures = view.metrics
    assert figures is not None
    if not figures.unserved:
        return []
    if not may(view.audience, "household.unserved"):
        count = counted(view, figures.unserved)
        return [] if count is None else [texts.n("{n} household is left out.", "{n} households are left out.", count)]
    why = reasons(texts)
    counts = Counter(home.reason for home in view.households if home.reason)
    return [
        texts.n(
            "{n} household is left out: {reason}.",
            "{n} households are left out: {reason}.",
            count,
            reason=why.get(reason, reason),
        )
        for reason, count in sorted(counts.items())
    ]


def cost_gap(view: View) -> float | None:
    """Return how far the cost of supply may be from the best possible, where that is known."""
    found = [item.gap for item in view.stages if item.stage == "allocation" and item.goal == "cost"]
    return found[-1] if found else None


def _gap(view: View, texts: Texts) -> str:
    gap = cost_gap(view)
    if gap is None:
        return ""
    if gap <= 1e-6:
        return texts.t("The cost of supply is proven to be the best possible.")
    return texts.t("The cost of supply is proven to be within {gap} of the best possible.", gap=texts.percent(gap, 2))


def _check(texts: Texts, verification: Verification | None) -> str:
    if verification is None:
        return ""
    broken = len(verification.violations)
    if broken:
        return texts.n(
            "An independent check found {n} broken rule.", "An independent check found {n} broken rules.", broken
        )
    return texts.n(
        "An independent check looked at {n} thing and found no broken rule.",
        "An independent check looked at {n} things and found no broken rule.",
        sum(verification.checked.values()),
    )


def _collecting(view: View, texts: Texts) -> list[tuple[str, str | None, str]]:
    """Return how many families collect, at how many points, and how far they walk; nothing where all is brought."""
    figures = view.metrics.collecting if view.metrics is not None else None
    if figures is None:
        return []
    come = counted(view, figures.families)
    return [
        (
            texts.t("Families that collect"),
            None if come is None else texts.number(come),
            texts.n("at {n} distribution point", "at {n} distribution points", figures.points),
        ),
        (
            texts.t("Mean walk to the point"),
            f"{texts.number(figures.walk_mean_m)}\u00a0{texts.t('m')}",
            texts.t("at most {walk} m", walk=texts.number(figures.walk_max_m)),
        ),
    ]


def tiles(view: View, texts: Texts) -> Markup:
    """Return the main figures."""
    figures = view.metrics
    if figures is None:
        return Markup("")
    left = counted(view, figures.unserved)
    served = None if left is None else counted(view, figures.served)
    gap = cost_gap(view)
    made = [
        (texts.t("Households served"), None if served is None else texts.number(served), _of(view, texts)),
        (texts.t("Baskets delivered"), texts.number(figures.baskets_delivered) if left is not None else None, ""),
        (texts.t("Cost in all"), _dirhams(figures.cost_centimes, texts), ""),
        (texts.t("Cost of a basket"), texts.money(figures.cost_per_basket_centimes), ""),
        (texts.t("Cooperatives that sell"), texts.number(figures.cooperatives_engaged), ""),
        (
            texts.t("Lowest share of a cooperative"),
            texts.percent(figures.lowest_share, 1),
            texts.t("Gini {gini}", gini=texts.number(figures.gini, 2)),
        ),
        (
            texts.t("Trips"),
            texts.number(figures.trips),
            texts.n("{n} vehicle day", "{n} vehicle days", figures.vehicle_days),
        ),
        (texts.t("Delivery road"), texts.distance(figures.distance_m), ""),
        (texts.t("Vehicles are full to"), texts.percent(figures.load_factor), ""),
        *_collecting(view, texts),
        (texts.t("Gap of the cost of supply"), None if gap is None else texts.percent(gap, 2), ""),
    ]
    boxes = "".join(
        tag("div", Markup(tag("dt", title) + tag("dd", Markup(f"{tag('bdi', value)}{_note(note)}"))))
        for title, value, note in made
    )
    return tag("dl", Markup(boxes), class_="tiles")


def _dirhams(centimes: int, texts: Texts) -> str:
    """Return a large sum without its centimes."""
    return f"{texts.number(round(centimes / 100))}\u00a0{texts.t('MAD')}"


def _of(view: View, texts: Texts) -> str:
    figures = view.metrics
    count = None if figures is None else counted(view, figures.households)
    return "" if count is None else texts.t("of {all}", all=texts.number(count))


def _note(text: str) -> Markup:
    return tag("span", text, class_="note") if text else Markup("")
