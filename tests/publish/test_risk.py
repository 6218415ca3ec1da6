"""The page of a risk: complete in three languages, offline, without any household, right in a browser."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from basketplan.plan.risk import Dependence, Interval, Risk
from basketplan.programme.types import Text
from basketplan.publish.risk import risk_html
from basketplan.publish.texts import LANGUAGES, Lang, Texts
from tests.publish.test_report_browser import browse, pytestmark  # noqa: F401  # a fixture must be in the module


def found(**changes: object) -> Risk:
    given: dict[str, object] = {
        "samples": 1000, "seed": 0, "uncertainty": "may", "households": 40, "planned": 39,
        "served": Interval(value=31.5, low=30.25, high=32.75), "tenth": 27,
        "everybody": Interval(value=0.0, low=0.0, high=0.004), "everybody_in": Interval(value=0.5, low=0.47, high=0.53),
        "lost_by": {"goods": 6.0, "absence": 1.5, "time": 0.0},
        "by_day": (("2020-05-20", 20, 5.0), ("2020-05-19", 19, 2.5)),
        "depends_on": (
            Dependence(cooperative="<atlas>", lost_more=Interval(value=4, low=3, high=5), orders_centimes=1_234_500),
        ),
    }  # fmt: skip
    return Risk(**{**given, **changes})  # type: ignore[arg-type]  # built from parts of known types


@pytest.mark.parametrize("lang", LANGUAGES)
def test_page(lang: Lang) -> None:
    texts = Texts(lang)
    page = risk_html(found(), "sac", Text(fr="Essai & co"), texts)
    assert f'dir="{"rtl" if lang == "ar" else "ltr"}"' in page
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert "Essai &amp; co" in page
    assert "&lt;atlas&gt;" in page
    for told in (texts.number(31.5, 1), texts.percent(0.5, 1), texts.money(1_234_500), texts.percent(0.25, 1)):
        assert told in page
    for key in ("sure", "lost", "days", "cooperatives"):
        assert f'id="{key}"' in page
    assert page.count("<svg") == 3 + 2


def test_a_plan_that_serves_nobody_and_depends_on_none() -> None:
    page = risk_html(found(by_day=(), depends_on=()), "sac", Text(), Texts("en"))
    assert "The plan serves nobody." in page
    assert "None whose effect is beyond chance." in page
    assert "<h1>How sure is the plan: sac</h1>" in page


def test_browser_shows_it_without_complaint(tmp_path: Path) -> None:
    dom, complaints = browse(tmp_path, risk_html(found(), "sac", Text(ar="تجربة"), Texts("ar")))
    assert complaints == ""
    assert dom.count("<svg") == 5
