"""The page of a comparison: complete in three languages, offline, without any household, right in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from basketplan.plan.comparison import Bar, Change, Comparison, Figure, Row
from basketplan.programme.types import Text
from basketplan.publish.comparison import comparison_html
from basketplan.publish.comparison.charts import pareto_chart, tornado_chart
from basketplan.publish.texts import LANGUAGES, Lang, Texts
from tests.publish.test_report_browser import browse, pytestmark  # noqa: F401  # a fixture must be in the module

PEOPLE = {"day": 3, "told": 4, "gain": 1, "lose": 2}


def row(group: str, mad: float, **changes: Change) -> Row:
    values = {"served": 10.0, "service": 1.0, "cost": mad, "lowest_share": 0.4, "last_delivery": 737564.0, "gap": 0.02}
    return Row(
        group=group,
        title=Text(fr=f"Scénario <{group}>", ar="سيناريو −20 %", en=group),
        changes=("hubs[casa].assembly: 10 -> 9 (scenario 'x', scenarios/a.yaml:3)",),
        sweep="",
        values={},
        figures={key: Figure(mean=value, spread=1.0, number=2) for key, value in values.items()},
        differences=changes,
        people=dict.fromkeys(("new", "gone", "served", "unserved", "hub", "driver", "basket", "time"), 0) | PEOPLE,
        gains=(("atlas", 5_000), ("souss", -7_000)),
        pareto=True,
    )


def comparison() -> Comparison:
    rows = (
        row("base", 100_000),
        row("dear", 120_000, cost=Change(value=20_000, noise=5_000), served=Change(value=-1, noise=0)),
        row("near", 101_000, cost=Change(value=1_000, noise=5_000), last_delivery=Change(value=2, noise=None)),
    )
    bars = (Bar(label=Text(fr="Cher", ar="غالي", en="dear"), low=0, high=20_000),)
    return Comparison(
        programme="sac", title=Text(fr="Essai"), effort="quick", seeds=2, rows=rows,
        failed={"lost": ["WorkerDied: <killed>"]}, tornado={"cost": bars, "served": ()},
    )  # fmt: skip


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page(lang: Lang) -> None:
    page = comparison_html(comparison(), Texts(lang))
    assert f'dir="{"rtl" if lang == "ar" else "ltr"}"' in page
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "<killed>" not in page
    assert "&lt;killed&gt;" in page
    assert page.count("<svg") == 2
    for key in ("figures", "tornado", "front", "people", "cooperatives", "more", "changes", "failed"):
        assert f'id="{key}"' in page


def test_better_is_green_worse_is_red_and_noise_is_grey() -> None:
    page = comparison_html(comparison(), Texts("en"))
    assert '<span class="bad">+200\u00a0MAD</span>' in page
    assert '<span class="soft">+10\u00a0MAD</span><span class="id">within the noise</span>' in page
    assert '<span class="bad">+2 days</span>' in page


def test_charts_of_nothing_are_nothing() -> None:
    assert tornado_chart("cost", [Bar(label=Text(en="x"), low=0, high=0)], Texts("en")) == ""
    assert pareto_chart([row("base", 1)], Texts("en")) == ""


def test_browser_shows_it_without_complaint(tmp_path: Path) -> None:
    dom, complaints = browse(tmp_path, comparison_html(comparison(), Texts("ar")))
    assert complaints == ""
    assert dom.count("<svg") == 2
