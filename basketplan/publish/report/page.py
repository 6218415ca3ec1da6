"""The page of the report: what stands in it, in which order, and what it may load (nothing)."""

from __future__ import annotations

from importlib import resources

from basketplan.plan.types import Verification
from basketplan.publish.report.data import map_data
from basketplan.publish.report.figures import (
    cooperatives_section,
    costs_section,
    days_section,
    left_section,
    rounds_section,
    zones_section,
)
from basketplan.publish.report.parts import Markup, csp_hash, data_script, section, tag
from basketplan.publish.report.proof import proof_section
from basketplan.publish.report.rules import rules_section
from basketplan.publish.report.summary import sentences, tiles
from basketplan.publish.texts import Texts
from basketplan.publish.view import View

__all__ = ["report_html"]


def report_html(view: View, texts: Texts, verification: Verification | None = None) -> str:
    """Return the whole page.

    Parameters
    ----------
    verification
        The independent check, to be told with the plan; without it the page says only what the plan says itself.
    """
    style, script = _file("style.css"), "\n".join(_file(name) for name in ("map.js", "app.js"))
    policy = (
        f"default-src 'none'; script-src {csp_hash(script)}; style-src {csp_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    sections = _sections(view, texts, verification)
    head = (
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"{tag('title', _title(view, texts))}\n<style>{style}</style>"
    )
    body = (
        _header(view, texts)
        + _links(sections, texts)
        + tag("main", Markup(_alarm(view, texts, verification) + "".join(made for _, _, made in sections)))
        + _footer(view, texts)
    )
    return (
        f'<!doctype html>\n<html lang="{texts.lang}" dir="{"rtl" if texts.rtl else "ltr"}">\n<head>\n{head}\n</head>\n'
        f"<body>\n{body}\n{data_script(map_data(view, texts))}\n<script>{script}</script>\n</body>\n</html>\n"
    )


def _file(name: str) -> str:
    return resources.files("basketplan.publish.report").joinpath(name).read_text(encoding="utf-8")


def _title(view: View, texts: Texts) -> str:
    return texts.name(view.stamp.title) or view.stamp.programme


def _sections(view: View, texts: Texts, verification: Verification | None) -> list[tuple[str, str, Markup]]:
    """Return key, title and content of every section that has something to say to this audience."""
    made = [
        ("summary", texts.t("Summary"), (sentences(view, texts, verification), tiles(view, texts))),
        ("places", texts.t("Map"), (_map(view, texts),)),
        ("left-out", texts.t("Who is left out"), (left_section(view, texts),)),
        ("days", texts.t("Deliveries by day"), (days_section(view, texts),)),
        ("cooperatives", texts.t("Cooperatives"), (cooperatives_section(view, texts), rules_section(view, texts))),
        ("rounds", texts.t("Collection rounds"), (rounds_section(view, texts),)),
        ("costs", texts.t("Costs"), (costs_section(view, texts),)),
        ("zones", texts.t("Service by zone"), (zones_section(view, texts),)),
        ("proof", texts.t("What is proven, and the check"), (proof_section(view, texts, verification),)),
    ]
    return [(key, title, section(key, title, *content)) for key, title, content in made if any(content)]


def _header(view: View, texts: Texts) -> Markup:
    stamp = view.stamp
    facts = [
        (texts.t("Programme"), stamp.programme),
        (texts.t("Scenario"), stamp.scenario or ""),
        (texts.t("Plan"), stamp.plan),
        (texts.t("Made on"), texts.moment(stamp.time)),
        (texts.t("Version"), f"basketplan {stamp.version}"),
    ]
    items = "".join(tag("li", Markup(f"{tag('span', title)} {tag('bdi', value)}")) for title, value in facts if value)
    return tag("header", Markup(tag("h1", _title(view, texts)) + tag("ul", Markup(items), class_="meta")))


def _links(sections: list[tuple[str, str, Markup]], texts: Texts) -> Markup:
    items = "".join(tag("li", tag("a", title, href=f"#{key}")) for key, title, _ in sections)
    return tag("nav", tag("ul", Markup(items)), aria_label=texts.t("Contents"))


def _alarm(view: View, texts: Texts, verification: Verification | None) -> Markup:
    """Return what must be seen before anything else: a plan that breaks rules, or one that was stopped."""
    if verification is not None and verification.violations:
        return tag("p", texts.t("This plan breaks rules and must not be used."), class_="alarm", role="alert")
    if view.stamp.status == "interrupted":
        return tag(
            "p", texts.t("Planning was stopped before its end: this is the best plan found by then."), class_="alarm"
        )
    return Markup("")


def _map(view: View, texts: Texts) -> Markup:
    """Return the box for the map; the script fills it."""
    if not view.hubs:
        return Markup("")
    homes = bool(view.households)
    zoom = (
        ("nearer", "+", texts.t("Closer")),
        ("farther", "−", texts.t("Further away")),
        ("whole", "⤢", texts.t("All")),
    )
    buttons = "".join(
        tag("button", sign, type="button", id=key, title=told, aria_label=told) for key, sign, told in zoom
    )
    canvas = tag("canvas", "", id="map", tabindex="0", role="img", aria_label=texts.t("Map of hubs and trips"))
    side = tag("div", "", id="details", aria_live="polite") + tag("div", "", id="legend")
    paper = tag("canvas", "", id="paper", aria_hidden="true")
    box = tag("div", Markup(canvas + paper + tag("div", Markup(buttons), class_="zoom")), class_="canvas")
    note = tag("p", texts.t("The map needs a browser with scripts; everything else is below."), class_="no-script")
    return Markup(
        note
        + (_controls(view, texts) if homes else "")
        + tag("div", Markup(box + tag("div", Markup(side), class_="side")), class_="mapbox")
    )


def _controls(view: View, texts: Texts) -> Markup:
    modes = (
        ("day", texts.t("Day")),
        ("unit", texts.t("Vehicle")),
        ("hub", texts.t("Hub")),
        ("zone", texts.t("Zone")),
        ("coop", texts.t("Cooperative")),
    )
    options = Markup("".join(tag("option", title, value=key) for key, title in modes))
    hubs = [("", texts.t("Everything")), *((str(k), texts.name(hub.name)) for k, hub in enumerate(view.hubs.values()))]
    places = Markup("".join(tag("option", title, value=key) for key, title in hubs))
    checks = (
        ("show-trips", texts.t("Trips"), True),
        ("show-coops", texts.t("Cooperatives"), False),
        ("show-left", texts.t("Only who is left out"), False),
    )
    boxes = "".join(
        f'<label><input type="checkbox" id="{key}"{" checked" if on else ""}> {tag("span", title)}</label>'
        for key, title, on in checks
    )
    told = tag(
        "input",
        "",
        type="search",
        id="query",
        size="26",
        autocomplete="off",
        aria_label=texts.t("Household, trip or cooperative"),
        placeholder=texts.t("Household, trip or cooperative"),
    )
    query = told.removesuffix("</input>")
    find = f'<form id="search">{query} {tag("button", texts.t("Find"), type="submit")}</form>'
    return tag(
        "div",
        Markup(
            f"<label>{tag('span', texts.t('Colour by'))} {tag('select', options, id='mode')}</label>"
            f"<label>{tag('span', texts.t('Show'))} {tag('select', places, id='place')}</label>{boxes}{find}"
        ),
        class_="controls",
    )


def _footer(view: View, texts: Texts) -> Markup:
    told = [texts.t("Made by basketplan from plan {plan}.", plan=texts.ltr(view.stamp.plan))]
    if view.households:
        day = texts.date(view.stamp.destroy_after, "long")
        told.append(texts.t("Holds places of households: pass it to nobody, destroy it after {day}.", day=day))
    return tag("footer", tag("p", " ".join(told)))
