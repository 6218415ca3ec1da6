"""The page of a comparison: what stands in it and in which order."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import resources

from basketplan.plan.comparison import Comparison, Row, cost_is_trusted
from basketplan.publish.comparison.charts import pareto_chart, tornado_chart
from basketplan.publish.comparison.figures import change_cell, figure_cell, title_of
from basketplan.publish.report.parts import Head, Markup, csp_hash, section, table, tag
from basketplan.publish.texts import Texts

__all__ = ["comparison_html"]

PEOPLE_LABELS = {
    "day": "Another day",
    "hub": "Another hub",
    "driver": "Another driver",
    "basket": "Other products",
    "time": "More than an hour earlier or later",
    "point": "Another place to collect, or the door",
    "served": "Now served",
    "unserved": "Not served",
    "new": "New",
    "gone": "Gone",
}
"""What may change for a household → how it is told."""

_MAIN = ("served", "cost", "cost_per_basket", "distance", "vehicle_days", "lowest_share", "last_delivery", "gap")
_COLLECTING = ("collecting", "points", "walk_mean", "walk_max", "walk_total")
_ROUNDS = ("rounds", "rounds_saved")
_MORE = (
    "service",
    "inbound_distance",
    *_ROUNDS,
    "work",
    "trips",
    "gini",
    "women_share",
    "cooperatives",
    "baskets_left",
)


def comparison_html(comparison: Comparison, texts: Texts) -> str:
    """Return the page in one language."""
    style = _file("report", "style.css") + _file("comparison", "comparison.css")
    policy = f"default-src 'none'; style-src {csp_hash(style)}; base-uri 'none'; form-action 'none'"
    made = [item for item in _sections(comparison, texts) if any(item[2])]
    title = texts.t("What if: {programme}", programme=texts.name(comparison.title) or comparison.programme)
    head = (
        '<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<meta name="robots" content="noindex">\n'
        f"{tag('title', title)}\n<style>{style}</style>"
    )
    links = "".join(tag("li", tag("a", name, href=f"#{key}")) for key, name, _ in made)
    body = (
        _header(comparison, title, texts)
        + tag("nav", tag("ul", Markup(links)), aria_label=texts.t("Contents"))
        + tag("main", Markup("".join(section(key, name, *content) for key, name, content in made)))
        + tag("footer", tag("p", texts.t("Made by basketplan. This page holds no household.")))
    )
    return (
        f'<!doctype html>\n<html lang="{texts.lang}" dir="{"rtl" if texts.rtl else "ltr"}">\n<head>\n{head}\n</head>\n'
        f"<body>\n{body}\n</body>\n</html>\n"
    )


def _file(folder: str, name: str) -> str:
    return resources.files(f"basketplan.publish.{folder}").joinpath(name).read_text(encoding="utf-8")


def _header(comparison: Comparison, title: str, texts: Texts) -> Markup:
    facts = [
        (texts.t("Programme"), comparison.programme),
        (texts.t("Effort"), comparison.effort),
        (texts.t("Seeds"), texts.number(comparison.seeds)),
    ]
    items = "".join(tag("li", Markup(f"{tag('span', name)} {tag('bdi', value)}")) for name, value in facts if value)
    return tag("header", Markup(tag("h1", title) + tag("ul", Markup(items), class_="meta")))


def _sections(comparison: Comparison, texts: Texts) -> list[tuple[str, str, tuple[Markup, ...]]]:
    rows = comparison.rows
    charts = [
        Markup(tag("h3", title_of(key, texts)) + chart)
        for key, bars in comparison.tornado.items()
        if (chart := tornado_chart(key, bars, texts))
    ]
    front = pareto_chart(rows, texts)
    note = texts.t("Ringed: nothing else is cheaper, fairer and serves more at once. Hollow: not everybody is served.")
    reach = texts.t("How far each assumption moves a figure away from the programme as it is.")
    return [
        ("figures", texts.t("Differences"), (_noise(comparison, texts), _figures(rows, _MAIN, texts))),
        ("collecting", texts.t("Distribution points"), _walks(rows, texts)),
        ("tornado", texts.t("What matters most"), (tag("p", reach, class_="soft"), *charts) if charts else ()),
        ("front", texts.t("Cost, fairness and service"), (tag("p", note, class_="soft"), front) if front else ()),
        ("people", texts.t("For how many people something changes"), (_people(rows, texts),)),
        ("cooperatives", texts.t("Cooperatives that gain or lose"), (_gains(rows, texts),)),
        ("more", texts.t("Further figures"), (_further(rows, texts),)),
        ("changes", texts.t("What each scenario changes"), (_changes(rows, texts),)),
        ("failed", texts.t("Without a plan"), (_failed(comparison, texts),)),
    ]


def _noise(comparison: Comparison, texts: Texts) -> Markup:
    known = any(change.noise is not None for row in comparison.rows for change in row.differences.values())
    text = (
        texts.t("Differences are to the programme as it is; grey ones are within the search's own noise (95 %).")
        if known
        else texts.t(
            "Differences are to the programme as it is. The search's own noise is not known: repeat with seeds."
        )
    )
    proof = texts.t("Costs that may be far from the best possible (last column) are no ground to decide on.")
    return tag("p", f"{text} {proof}", class_="soft")


def _name(row: Row, texts: Texts) -> Markup:
    title = texts.name(row.title)
    return Markup(tag("bdi", title) + ("" if title == row.group else " " + tag("bdi", row.group, class_="id")))


def _figures(rows: Sequence[Row], keys: Sequence[str], texts: Texts, plainly: Sequence[str] = ("gap",)) -> Markup:
    """Return a table: the base in figures, the others in differences but for the figures told ``plainly``."""
    heads = [Head(texts.t("Scenario")), *(Head(title_of(key, texts), True) for key in keys)]
    body = [
        (
            _name(row, texts),
            *(
                figure_cell(key, row.figures.get(key), texts)
                if number == 0 or key in plainly
                else change_cell(
                    key,
                    row.differences.get(key),
                    texts,
                    trusted=not key.startswith("cost") or cost_is_trusted(row.figures),
                )
                for key in keys
            ),
        )
        for number, row in enumerate(rows)
    ]
    return table(heads, body)


def _further(rows: Sequence[Row], texts: Texts) -> Markup:
    """Return the figures of less weight; those of collection rounds where there are any."""
    rounds = any(row.figures[key].mean for row in rows for key in _ROUNDS if key in row.figures)
    return _figures(rows, [key for key in _MORE if rounds or key not in _ROUNDS], texts)


def _walks(rows: Sequence[Row], texts: Texts) -> tuple[Markup, ...]:
    """Return what collecting saves and asks for, where families collect in any of the rows."""
    if not any(key in row.figures for row in rows for key in _COLLECTING):
        return ()
    note = texts.t("Where nothing stands, every basket comes to the door. Walks are one way.")
    keys = ("served", "cost", "distance", *_COLLECTING)
    return (tag("p", note, class_="soft"), _figures(rows, keys, texts, plainly=("gap", *_COLLECTING)))


def _people(rows: Sequence[Row], texts: Texts) -> Markup:
    kinds = [kind for kind in PEOPLE_LABELS if any(row.people.get(kind) for row in rows)]
    if len(rows) < 2:
        return Markup("")
    heads = [
        Head(texts.t("Scenario")),
        Head(texts.t("Households to be told"), True),
        *(Head(texts.t(PEOPLE_LABELS[kind]), True) for kind in kinds),
        Head(texts.t("Cooperatives that gain"), True),
        Head(texts.t("Cooperatives that lose"), True),
    ]
    body = [
        (
            _name(row, texts),
            *((texts.number(row.people[key]), row.people[key]) for key in ("told", *kinds, "gain", "lose")),
        )
        for row in rows[1:]
    ]
    note = texts.t(
        "Compared with the plan of the programme as it is. Who exactly is in the folder people of the study."
    )
    return Markup(tag("p", note, class_="soft") + table(heads, body))


def _gains(rows: Sequence[Row], texts: Texts) -> Markup:
    heads = [Head(texts.t("Scenario")), Head(texts.t("Gain")), Head(texts.t("Lose"))]
    body = []
    for row in rows[1:]:
        sides = [[item for item in row.gains if (item[1] > 0) == up][:4] for up in (True, False)]
        if any(sides):
            body.append((_name(row, texts), *(_listed(side, texts) for side in sides)))
    return table(heads, body) if body else Markup("")


def _listed(side: Sequence[tuple[str, int]], texts: Texts) -> Markup:
    lines = (
        tag("div", Markup(f"{tag('bdi', name)} {tag('bdi', texts.number(abs(gain) / 100))} {texts.t('MAD')}"))
        for name, gain in side
    )
    return Markup("".join(lines) or "–")


def _changes(rows: Sequence[Row], texts: Texts) -> Markup:
    items = []
    for row in rows[1:]:
        lines = "".join(tag("li", line, lang="en", dir="ltr") for line in row.changes)
        if lines:
            items.append(tag("h3", _name(row, texts)) + tag("ul", Markup(lines), class_="changes"))
    return Markup("".join(items))


def _failed(comparison: Comparison, texts: Texts) -> Markup:
    if not comparison.failed:
        return Markup("")
    heads = [Head(texts.t("Scenario")), Head(texts.t("What happened"))]
    body = [
        (tag("bdi", name), Markup("".join(tag("div", line, lang="en", dir="ltr") for line in some)))
        for name, some in comparison.failed.items()
    ]
    return table(heads, body)
