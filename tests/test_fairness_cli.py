"""``basketplan fairness``: the price of fairness as a user draws it, and its figures against enumeration."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from basketplan.cli import app
from basketplan.plan.fairness import FairnessPoint, FairnessPrice, as_bounds
from basketplan.progress import QuietReporter
from basketplan.publish.fairness import fairness_csv, fairness_svg, fairness_table
from basketplan.publish.texts import LANGUAGES, Texts
from basketplan.solve.allocation.price import price_of_fairness
from basketplan.solve.territory import territory
from basketplan.solve.types import EFFORTS
from tests.solve.tiny import supplier, tiny

EXAMPLES = Path(__file__).parent.parent / "examples"
SIZES, PRICES = (10, 10, 4), (10, 20, 30)


def price(reporter: QuietReporter | None = None, **further: Any) -> FairnessPrice:
    makers = [supplier(name, size, cost) for name, size, cost in zip("abc", SIZES, PRICES, strict=True)]
    programme = tiny(makers, 12, **further)
    return price_of_fairness(programme, territory(programme), EFFORTS["thorough"], reporter=reporter)


def test_every_level_costs_what_enumeration_says() -> None:
    splits = [(x, y, 12 - x - y) for x in range(11) for y in range(11) if 0 <= 12 - x - y <= 4]
    rows = [
        (
            min(n / size for n, size in zip(row, SIZES, strict=True)),
            sum(n * p for n, p in zip(row, PRICES, strict=True)),
        )
        for row in splits
    ]
    found = price()
    assert found.complete
    assert len(found.points) == 12
    assert found.highest_bound == pytest.approx(max(share for share, _ in rows), abs=1e-6)
    assert found.points[0].cost_centimes == 100 * min(cost for _, cost in rows)
    for point in found.points:
        least = min(cost for share, cost in rows if share >= point.level - 1e-6)
        assert point.cost_centimes == 100 * least
        assert point.gap == pytest.approx(0.0, abs=1e-6)
        assert point.lowest_share >= point.level - 1e-6
    assert found.policy is not None
    assert found.policy.cost_centimes >= found.points[0].cost_centimes
    assert price() == found


def test_where_nothing_is_to_choose_there_is_one_point() -> None:
    programme = tiny([supplier("a", 5)], 4)
    found = price_of_fairness(programme, territory(programme), EFFORTS["quick"])
    assert [point.level for point in found.points] == [1.0]


def test_points_make_use_of_one_another() -> None:
    base = FairnessPoint(
        level=0.1, lowest_share=0.1, cost_centimes=1000, bound_centimes=900, gap=0.1, unserved=0, gini=0.0,
        women_share=0.0, cooperatives=1,
    )  # fmt: skip
    dear = base.model_copy(update={"level": 0.2, "lowest_share": 0.3, "cost_centimes": 980, "bound_centimes": 850})
    low, high = as_bounds([dear, base])
    assert (low.level, low.cost_centimes, low.bound_centimes) == (0.1, 980, 900)
    assert (high.level, high.cost_centimes, high.bound_centimes) == (0.2, 980, 900)
    assert low.gap == high.gap == pytest.approx(80 / 980)


class Stop(QuietReporter):
    """Stops when some level is begun."""

    def __init__(self, after: int) -> None:
        self.after, self.told = after, 0

    def update(self, progress: Any) -> None:
        self.told += progress.stage == "fairness"

    def stopped(self) -> bool:
        return self.told > self.after


def test_a_stop_keeps_the_levels_solved_so_far() -> None:
    found = price(Stop(3))
    assert not found.complete
    assert 2 <= len(found.points) < 12
    assert "Stopped" in fairness_svg(found, Texts("en"))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_picture_and_table_speak_the_language(lang: Any) -> None:
    found, texts = price(), Texts(lang)
    svg = fairness_svg(found, texts)
    root = ET.fromstring(svg)
    words = " ".join(re.sub("[\u2066-\u2069]", "", part) for part in root.itertext())
    marks = root.findall(".//{http://www.w3.org/2000/svg}circle")
    assert len(marks) == 12
    said = {"fr": "la plus équitable", "ar": "الأكثر إنصافا", "en": "fairest"}[lang]
    assert said in words
    assert said in fairness_table(found, texts)
    assert words.count(texts.percent(0.0, 2)) >= 12  # every point carries its gap
    assert "http://" not in svg.replace("http://www.w3.org/2000/svg", "")


def test_axes_carry_round_figures() -> None:
    home = EXAMPLES / "sac-4000" / "fairness"
    found = FairnessPrice.model_validate_json((home / "price.json").read_text(encoding="utf-8"))
    marks = [item for item in ET.fromstring(fairness_svg(found, Texts("en"))).iter() if item.get("class") == "tick"]
    told = [item.text or "" for item in marks]
    assert [text for text in told if text.endswith("0,000")] == ["1,180,000", "1,200,000", "1,220,000"]
    assert [text for text in told if re.fullmatch(r"\d?0.%", text)] == [f"{n}\u00a0%" for n in range(0, 51, 10)]


def test_csv_holds_every_point() -> None:
    found = price()
    rows = list(csv.DictReader(io.StringIO(fairness_csv(found))))
    assert [row["kind"] for row in rows] == ["level"] * 12 + ["policy"]
    assert [float(row["cost_mad"]) for row in rows[:12]] == [point.cost_centimes / 100 for point in found.points]
    assert all(float(row["gap"]) < 1e-6 for row in rows)


def test_committed_pictures_are_what_the_code_draws() -> None:
    """Of the sac-4000 example; solving it again takes minutes, drawing it does not."""
    from basketplan import load_programme

    home = EXAMPLES / "sac-4000" / "fairness"
    found = FairnessPrice.model_validate_json((home / "price.json").read_bytes())
    assert found.complete
    assert len(found.points) >= 10
    assert (home / "price.csv").read_text(encoding="utf-8-sig") == fairness_csv(found)
    programme = load_programme(EXAMPLES / "sac-4000")
    for lang in LANGUAGES:
        drawn = fairness_svg(found, Texts(lang), programme.title)
        assert (home / f"price.{lang}.svg").read_text(encoding="utf-8") == drawn
    costs = [point.cost_centimes for point in found.points]
    assert costs == sorted(costs)
    assert all(point.gap is not None and point.unserved == 0 for point in found.points)


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["fairness", *words])


def test_command_writes_what_it_names(tmp_path: Path) -> None:
    out = tmp_path / "price"
    result = run(str(EXAMPLES / "fairness"), "--out", str(out), "--lang", "ar+fr", "--levels", "10")
    assert result.exit_code == 0, result.output
    assert sorted(file.name for file in out.iterdir()) == ["price.ar.svg", "price.csv", "price.fr.svg", "price.json"]
    again = run(str(EXAMPLES / "fairness"), "--out", str(out), "--lang", "en", "--levels", "10", "--json")
    told = json.loads(again.stdout)
    assert len(told["points"]) == 10
    # README of the example: the fairest plan costs 165 MAD more than the cheapest.
    assert told["points"][-1]["cost_centimes"] - told["points"][0]["cost_centimes"] == 165_00


@pytest.mark.parametrize(
    ("words", "code"), [(["--levels", "3"], 2), (["--lang", "de"], 2), (["--set", "policy.x=1"], 3)]
)
def test_wrong_use_is_refused(words: list[str], code: int, tmp_path: Path) -> None:
    result = run(str(EXAMPLES / "fairness"), "--out", str(tmp_path / "x"), *words)
    assert getattr(result.exception, "exit_code", result.exit_code) == code
    assert not (tmp_path / "x").exists()
