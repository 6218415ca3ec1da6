"""Figures of what binds, against what the examples' READMEs work out by hand."""

from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from basketplan.errors import UsageError
from basketplan.explain.binding import cooperative_facts, product_facts
from basketplan.explain.explained import Explained, explain, things_of
from basketplan.explain.handling import basket_facts, hub_facts, packed_facts, visit_facts
from basketplan.progress import QuietReporter
from basketplan.publish.texts import Texts
from tests.explain.asking import Asked, example


@cache
def shortage() -> Asked:
    return example("shortage")


def told(here: Asked, *ids: str) -> Explained:
    return explain(here.plan, here.programme, here.reread, ids=ids, reporter=QuietReporter())


def sentences(here: Asked, *ids: str) -> list[str]:
    (english,) = Texts.of("en")
    return [line.replace("\u00a0", " ") for _, lines in told(here, *ids).sections(english) for line in lines]


def test_dates_bind_the_plain() -> None:
    facts = cooperative_facts(shortage().programme, shortage().plan, "plaine")
    assert (facts.revenue, facts.potential, facts.lorries_cost, facts.is_lowest) == (378_00, 468_00, 100_00, False)
    couffin, lentils = facts.offers
    assert (couffin.bought, couffin.full, couffin.full_days) == (7, False, ())
    assert (lentils.bought, lentils.available, lentils.full) == (14, 21, False)
    assert [(item.day, item.used, item.limit) for item in lentils.full_days] == [(dt.date(2020, 5, 19), 14, 14)]


def test_capacity_minimum_and_price() -> None:
    here = example(
        "fairness", "policy.goals=[service, cost]", "cooperatives[near].offers[couscous].minimum_order=20 kg"
    )
    facts = cooperative_facts(here.programme, here.plan, "near")
    couscous = next(item for item in facts.offers if item.product == "couscous")
    assert (couscous.full, couscous.at_minimum, couscous.minimum) == (True, True, 20)
    (rival,) = couscous.rivals
    assert (rival.cooperative, rival.price_centimes, rival.packs, rival.spare) == ("far", 25_00, 0, 20)
    lines = sentences(here, "near")
    assert "Couscous: 20 kg of 20 kg are bought; its capacity binds." in lines
    assert "Minimum order: 20 kg, and no more is bought." in lines
    assert any("its lorries cost 100.00" in line for line in lines)


def test_fairness_and_ceilings() -> None:
    here = example("fairness")
    facts = cooperative_facts(here.programme, here.plan, "near")
    assert facts.is_lowest
    assert facts.share == pytest.approx(0.628571, abs=1e-6)
    assert any(line.startswith("Fairness: no cooperative has a lower share") for line in sentences(here, "near"))
    capped = example("fairness", "policy.goals=[service, cost]", "policy.ceilings={near: 60 %}")
    facts = cooperative_facts(capped.programme, capped.plan, "near")
    assert facts.spending_share > 0.55
    assert any(line.startswith("Ceiling: ") for line in sentences(capped, "near"))


@pytest.mark.parametrize(
    ("override", "setting"),
    [
        ("policy.ceilings={far: 0 %}", "policy.ceilings.far"),
        ("policy.ceilings={all: 0 %, near: 100 %}", "policy.ceilings.all"),
        ("policy.groups=[{id: south, cooperatives: [far], ceiling: 0 %}]", "policy.groups[south].ceiling"),
    ],
)
def test_a_ceiling_of_0_is_named_and_no_price_proposed(override: str, setting: str) -> None:
    here = example("fairness", "policy.goals=[service, cost]", override)
    assert sentences(here, "far") == [
        "Nothing is bought from it.",
        f"Ceiling: it may get nothing, as {setting} is 0 %; raise this to buy from it.",
    ]
    facts = cooperative_facts(here.programme, here.plan, "near")
    assert (facts.barred, facts.revenue) == ("", 700_00)


def test_a_product_and_its_offers() -> None:
    here = shortage()
    facts = product_facts(here.programme, here.plan, "lentils")
    assert (facts.bought, facts.used, facts.left_over, facts.available) == (14, 14, 0, 21)
    assert [(item.cooperative, item.packs, item.spare) for item in facts.offers] == [("plaine", 14, 7)]


def test_a_hub_with_its_limits() -> None:
    here = example(
        "substitution", "hubs[casa].assembly=6", "hubs[casa].receiving=20 kg", "hubs[casa].storage_weight=20 kg"
    )
    facts = hub_facts(here.programme, here.plan, "casa")
    assert facts.assembled == facts.delivered == 6
    assert [(item.day, item.used, item.limit) for item in facts.full_assembly] == [(dt.date(2020, 5, 18), 6, 6)]
    assert facts.full_receiving == facts.full_storage == ()
    tight = example("substitution", "hubs[casa].receiving=9 kg")
    (day,) = hub_facts(tight.programme, tight.plan, "casa").full_receiving
    assert 0.95 * 9000 <= day.used <= day.limit == 9000


def test_a_type_of_basket_and_its_shares() -> None:
    here = example("substitution", "baskets[oil].contents[#1]={one of: olive_oil 1 L | argan_oil 250 mL (max 40 %)}")
    facts = basket_facts(here.programme, here.plan, "oil")
    assert (facts.needed, facts.made, facts.delivered, facts.goods_centimes) == (10, 10, 10, 780_00)
    ((olive, argan),) = facts.lines
    assert (olive.baskets, olive.at_highest) == (6, False)
    assert (argan.baskets, argan.at_highest) == (4, True)


def test_one_basket_and_one_household() -> None:
    here = shortage()
    facts = packed_facts(here.plan, "B00001")
    assert (facts.household, facts.delivered, facts.assembled) == ("h01", dt.date(2020, 5, 20), dt.date(2020, 5, 19))
    assert sum(item.centimes for item in facts.contents) == 54_00
    left = next(item.household for item in here.plan.unserved)
    assert visit_facts(here.plan, left).reason == "supply"
    assert visit_facts(here.plan, "h01").trips == {"T0001": dt.date(2020, 5, 20)}
    assert any("too little supply in time" in line for line in sentences(here, left))


def test_ids_may_name_several_things_or_none() -> None:
    here = shortage()
    assert things_of(here.programme, here.plan, ["lentils", "lentils", "casa"]) == [
        ("product", "lentils"),
        ("hub", "casa"),
    ]
    with pytest.raises(UsageError, match=r"no 'lentil': did you mean lentils\?"):
        things_of(here.programme, here.plan, ["lentil"])
    with pytest.raises(UsageError, match="give a cooperative, product, hub or basket"):
        things_of(here.programme, here.plan, ["zzzzzzzz"])


@pytest.mark.parametrize("lang", ["fr", "ar", "en"])
def test_every_language_says_as_much(lang: str) -> None:
    here = shortage()
    ids = ("plaine", "vallee", "montagne", "lentils", "casa", "pulses", "B00001", "h01")
    answers = told(here, *ids)
    (texts,), (english,) = Texts.of(lang), Texts.of("en")
    mine, other = answers.sections(texts), answers.sections(english)
    assert [len(lines) for _, lines in mine] == [len(lines) for _, lines in other]
    assert len(mine) == len(ids)
    assert not any("{" in line for _, lines in mine for line in lines)
    if lang != "en":
        same = {line for _, lines in mine for line in lines} & {line for _, lines in other for line in lines}
        assert same == set()


def test_no_name_or_place_of_a_household_is_told() -> None:
    here = shortage()
    text = str(told(here, "h01", "B00001", "casa").as_json(Texts.of("en")))
    assert "33.57" not in text
    assert "lat" not in text.replace("plat", "")
