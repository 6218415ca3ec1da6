"""Tables and bars of the report: who is left out, days, cooperatives, costs, zones."""

from __future__ import annotations

from collections import defaultdict

from basketplan.publish.inbound import RoundStopView
from basketplan.publish.report.parts import Head, Markup, bar, table, tag
from basketplan.publish.tables import cost_kinds, reasons
from basketplan.publish.texts import Texts
from basketplan.publish.view import CooperativeView, View

__all__ = ["cooperatives_section", "costs_section", "days_section", "left_section", "rounds_section", "zones_section"]

_MOST_ROWS = 400
"""Households left out that are listed one by one; the workbook has all."""


def left_section(view: View, texts: Texts) -> Markup:
    """Return everybody who is left out with the reason and what would serve them."""
    left = [home for home in view.households if home.reason]
    if not left:
        return Markup("")
    why = reasons(texts)
    heads = (
        Head(texts.t("Household")),
        Head(texts.t("Zone")),
        Head(texts.t("Baskets"), True),
        Head(texts.t("Why it is left out")),
        Head(texts.t("What would serve it")),
    )
    rows = [
        (
            tag("a", tag("bdi", home.id), href=f"#{home.id}"),
            home.zone,
            texts.number(sum(count for _, count in home.baskets)),
            Markup(tag("div", why.get(home.reason, home.reason)) + _english(home.detail)),
            _english(home.remedy),
        )
        for home in left[:_MOST_ROWS]
    ]
    more = len(left) - len(rows)
    note = texts.n("{n} more is in the workbook.", "{n} more are in the workbook.", more) if more > 0 else ""
    return Markup(table(heads, rows) + (tag("p", note, class_="soft") if note else ""))


def _english(text: str) -> Markup:
    """Return a sentence of the planner; these are English in every language."""
    return tag("div", text, lang="en", dir="ltr", class_="soft") if text else Markup("")


def days_section(view: View, texts: Texts) -> Markup:
    """Return trips, households and baskets of each day."""
    if not view.trips:
        return Markup("")
    by_day: dict[object, list[int]] = defaultdict(lambda: [0, 0, 0])
    units: dict[object, set[str]] = defaultdict(set)
    for trip in view.trips:
        row = by_day[trip.day]
        row[0], row[1], row[2] = row[0] + 1, row[1] + len(trip.stops), row[2] + trip.count
        units[trip.day].add(trip.unit)
    most = max(max(row[2] for row in by_day.values()), 1)
    heads = (
        Head(texts.t("Day")),
        Head(texts.t("Vehicles"), True),
        Head(texts.t("Trips"), True),
        Head(texts.t("Households"), True),
        Head(texts.t("Baskets"), True),
        Head(""),
    )
    rows = [
        (
            (texts.date(day, "full"), day.toordinal()),
            _figure(texts, len(units[day])),
            *(_figure(texts, value) for value in by_day[day]),
            bar(by_day[day][2] / most),
        )
        for day in sorted({trip.day for trip in view.trips})
    ]
    totals = [sum(row[k] for row in by_day.values()) for k in range(3)]
    return table(heads, rows, (texts.t("Total"), "", *(texts.number(value) for value in totals), ""))


def _figure(texts: Texts, value: int) -> tuple[str, int]:
    return texts.number(value), value


def _money(texts: Texts, centimes: int) -> tuple[str, int]:
    return texts.money(centimes), centimes


def cooperatives_section(view: View, texts: Texts) -> Markup:
    """Return what each cooperative sells, as a bar of its share and in figures."""
    figures = view.metrics
    if figures is None or not figures.cooperatives:
        return Markup("")
    heads = (
        Head(texts.t("Cooperative")),
        Head(texts.t("Town or village")),
        Head(texts.t("Members"), True),
        Head(texts.t("Packs"), True),
        Head(texts.t("Sales"), True),
        Head(texts.t("Share"), True),
        Head(texts.t("Share of what it could have sold")),
    )
    rows = []
    for item in sorted(figures.cooperatives, key=lambda one: (-one.share, one.cooperative)):
        coop = view.cooperatives.get(item.cooperative)
        rows.append(
            (
                _named(item.cooperative, coop, texts),
                coop.town if coop else "",
                _figure(texts, coop.members) if coop and coop.members else None,
                _figure(texts, item.packs),
                _money(texts, item.revenue_centimes),
                (texts.percent(item.share, 1), item.share) if item.potential_centimes else ("–", -1.0),
                bar(item.share, figures.lowest_share if figures.lowest_share else None),
            )
        )
    packs, sales = (
        sum(one.packs for one in figures.cooperatives),
        sum(one.revenue_centimes for one in figures.cooperatives),
    )
    note = texts.t(
        "The dashed line is the lowest share, {share}. Gini {gini} and Jain's index {jain}: "
        "0 and 1 would be equal shares for all.",
        share=texts.percent(figures.lowest_share, 1),
        gini=texts.number(figures.gini, 3),
        jain=texts.number(figures.jain, 3),
    )
    foot = (texts.t("Total"), "", "", texts.number(packs), texts.money(sales), "", "")
    return Markup(tag("p", note, class_="soft") + table(heads, rows, foot))


def _named(key: str, coop: CooperativeView | None, texts: Texts) -> Markup:
    name = texts.name(coop.name) if coop else key
    return Markup(tag("bdi", name) + ("" if name == key else " " + tag("bdi", key, class_="id")))


def costs_section(view: View, texts: Texts) -> Markup:
    """Return costs by kind, with a bar of each one's part."""
    figures = view.metrics
    if figures is None or not figures.cost_centimes:
        return Markup("")
    kinds = cost_kinds(texts)
    heads = (
        Head(texts.t("Kind of cost")),
        Head(texts.t("Amount"), True),
        Head(texts.t("A basket"), True),
        Head(texts.t("Part"), True),
        Head(""),
    )
    total, each = figures.cost_centimes, max(1, figures.baskets_delivered)
    rows = [
        (
            kinds.get(kind, kind),
            _money(texts, value),
            _money(texts, round(value / each)),
            (texts.percent(value / total, 1), value),
            bar(value / total),
        )
        for kind, value in sorted(figures.cost_by_kind.items(), key=lambda pair: -pair[1])
    ]
    foot = (texts.t("Total"), texts.money(total), texts.money(figures.cost_per_basket_centimes), "", "")
    return table(heads, rows, foot)


def rounds_section(view: View, texts: Texts) -> Markup:
    """Return the collection rounds: where a hub's lorry goes on which day, and what that saves."""
    if not view.rounds:
        return Markup("")
    heads = (
        Head(texts.t("Collection round")),
        Head(texts.t("Hub")),
        Head(texts.t("Cooperatives")),
        Head(texts.t("Weight (kg)"), True),
        Head(texts.t("Whole round (km)"), True),
        Head(texts.t("Lorries replaced"), True),
        Head(texts.t("Cost (MAD)"), True),
        Head(texts.t("Saved (MAD)"), True),
    )
    rows = [
        (
            (Markup(tag("bdi", item.id) + tag("div", texts.date(item.day, "day"), class_="soft")), number),
            Markup(tag("div", texts.name(item.hub.name)) + tag("div", texts.name(item.lorry), class_="soft")),
            Markup("".join(tag("div", _call(stop, texts)) for stop in item.stops)),
            (texts.number(item.weight_g / 1000), item.weight_g),
            (texts.number(item.distance_m / 1000), item.distance_m),
            _figure(texts, item.instead_of),
            _amount(texts, item.cost_centimes),
            _amount(texts, item.saved_centimes),
        )
        for number, item in enumerate(view.rounds)
    ]
    saved = sum(item.saved_centimes or 0 for item in view.rounds)
    cost = sum(item.cost_centimes or 0 for item in view.rounds)
    foot = (
        *(texts.t("Total"), "", ""),
        texts.number(sum(item.weight_g for item in view.rounds) / 1000),
        texts.number(sum(item.distance_m for item in view.rounds) / 1000),
        texts.number(sum(item.instead_of for item in view.rounds)),
        *(texts.number(cost / 100, 2), texts.number(saved / 100, 2)),
    )
    return table(heads, rows, foot)


def _call(stop: RoundStopView, texts: Texts) -> Markup:
    return Markup(f"{tag('bdi', texts.name(stop.name))} {tag('bdi', texts.time(stop.arrive_s), class_='soft')}")


def _amount(texts: Texts, centimes: int | None) -> tuple[str, int] | None:
    return None if centimes is None else (texts.number(centimes / 100, 2), centimes)


def zones_section(view: View, texts: Texts) -> Markup:
    """Return service in each zone; small cells are not told to those who see no household."""
    if not view.zones:
        return Markup("")
    heads = (
        Head(texts.t("Zone")),
        Head(texts.t("Households"), True),
        Head(texts.t("Served"), True),
        Head(texts.t("Baskets needed"), True),
        Head(texts.t("Baskets delivered"), True),
        Head(""),
    )
    rows = [
        (
            item.zone or texts.t("(no zone)"),
            *(
                (None, -1) if value is None else _figure(texts, value)
                for value in (item.households, item.served, item.baskets, item.baskets_served)
            ),
            "" if item.served is None or not item.households else bar(item.served / item.households),
        )
        for item in view.zones
    ]
    hidden = any(item.households is None or item.served is None for item in view.zones)
    note = texts.t("A dash stands for so few people that a figure could point at somebody.") if hidden else ""
    return Markup(table(heads, rows) + (tag("p", note, class_="soft") if note else ""))
