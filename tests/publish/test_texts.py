"""Nothing is missing in a language, and numbers, dates and plural forms are those of Morocco."""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po

from basketplan.errors import UsageError
from basketplan.programme.types import Quantity, Text
from basketplan.publish.texts import Texts
from basketplan.publish.words import in_words
from tests.publish.msgids import ROOT, msgids

FR, AR, EN = (Texts.of(lang)[0] for lang in ("fr", "ar", "en"))
PLURALS = {"fr": 2, "ar": 6}
CATALOGUES = sorted(ROOT.glob("locale/*/*.po"))


def _messages(lang: str) -> dict[str, Any]:
    found = {}
    for file in ROOT.glob(f"locale/{lang}/*.po"):
        for message in read_po(io.BytesIO(file.read_bytes()), locale=lang):
            if message.id:
                found[message.id if isinstance(message.id, str) else message.id[0]] = message
    return found


@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_no_text_is_missing(lang: str) -> None:
    known, missing = _messages(lang), []
    for msgid, plural in msgids().items():
        message = known.get(msgid)
        if message is None or message.fuzzy:
            missing.append(msgid)
        elif plural is None:
            missing += [msgid] * (not message.string)
        else:
            assert message.id == (msgid, plural)
            missing += [msgid] * (len(message.string) != PLURALS[lang] or not all(message.string))
    assert missing == []


@pytest.mark.parametrize("lang", ["fr", "ar"])
def test_placeholders_are_kept(lang: str) -> None:
    for message in _messages(lang).values():
        if isinstance(message.id, str):
            wanted = set(re.findall(r"\{\w*\}", message.id))
            assert set(re.findall(r"\{\w*\}", message.string)) == wanted, message.id
        else:
            for form in message.string:
                # The dual and the singular may say the number by themselves.
                assert set(re.findall(r"\{\w*\}", form)) <= set(re.findall(r"\{\w*\}", message.id[1])), message.id


def test_there_are_texts_to_look_for() -> None:
    found = msgids()
    assert found["{n} piece"] == "{n} pieces"
    assert {"Route sheet", "kg", "Total", "wrong address"} <= set(found)


@pytest.mark.parametrize("file", CATALOGUES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_catalogue_has_nothing_that_nobody_shows(file: Path) -> None:
    shown = set(msgids())
    ids = (message.id for message in read_po(io.BytesIO(file.read_bytes())) if message.id)
    assert [name for name in ids if (name if isinstance(name, str) else name[0]) not in shown] == []


def test_languages() -> None:
    assert [texts.lang for texts in Texts.of("ar+fr")] == ["ar", "fr"]
    assert (AR.rtl, FR.rtl, EN.rtl) == (True, False, False)
    for wrong in ("", "de", "fr+fr", "fr+ar+en", "FR", "../fr"):
        with pytest.raises(UsageError, match="unknown language"):
            Texts.of(wrong)


def test_dates_and_numbers_of_morocco() -> None:
    day = dt.date(2020, 5, 18)
    assert FR.date(day) == "lundi 18 mai 2020"
    assert AR.date(day) == "الاثنين 18 ماي 2020"
    assert EN.date(day) == "Monday 18 May 2020"
    assert FR.date(day, "short") == "18/05/2020"
    assert FR.time(30_600) == "08:30"
    assert AR.number(1234567) == "1.234.567"
    assert EN.number(1234.5, 2) == "1,234.50"
    assert FR.money(123_450).endswith("234,50\u00a0MAD")
    assert AR.money(123_450) == "1.234,50\u00a0درهم"
    assert FR.quantity(Quantity(amount=250, unit="ml")) == "250\u00a0mL"
    assert FR.quantity(Quantity(amount=2500, unit="g")) == "2,5\u00a0kg"
    assert FR.percent(0.354, 1) == "35,4\u00a0%"


@pytest.mark.parametrize(
    ("n", "told"),
    [(0, "0 قطعة"), (1, "قطعة واحدة"), (2, "قطعتان"), (3, "3 قطع"), (11, "11 قطعة"), (100, "100 قطعة")],
)
def test_six_forms_of_arabic(n: int, told: str) -> None:
    assert AR.n("{n} piece", "{n} pieces", n) == told


def test_eleven_members_are_in_the_accusative() -> None:
    forms = [AR.n("{n} member", "{n} members", n) for n in (5, 35, 100)]
    assert forms == ["5 أعضاء", "35 عضوا", "100 عضو"]


def test_all_catalogues_of_a_language_count_alike() -> None:
    rules = {(file.parent.name, read_po(io.BytesIO(file.read_bytes())).plural_forms) for file in CATALOGUES}
    assert len(rules) == len({lang for lang, _ in rules})


def test_what_must_keep_its_order_is_isolated() -> None:
    assert AR.span(30_600, 43_200) == "\u206608:30–12:00\u2069"
    assert FR.span(30_600, 43_200) == "08:30–12:00"
    assert AR.apart("Aïn Sebaâ") == "\u2068Aïn Sebaâ\u2069"
    assert AR.listed(["a", "b"]) == "\u2068a\u2069، \u2068b\u2069"


def test_names_fall_back() -> None:
    assert AR.name(Text(fr="Panier", ar="قفة")) == "قفة"
    assert AR.name(Text(fr="Panier")) == "Panier"


@pytest.mark.parametrize(
    ("dirhams", "fr", "ar"),
    [
        (0, "zéro dirham", "صفر درهم"),
        (1, "un dirham", "درهم واحد"),
        (2, "deux dirhams", "درهمان"),
        (3, "trois dirhams", "ثلاثة دراهم"),
        (11, "onze dirhams", "أحد عشر درهما"),
        (21, "vingt et un dirhams", "واحد وعشرون درهما"),
        (71, "soixante et onze dirhams", "واحد وسبعون درهما"),
        (80, "quatre-vingts dirhams", "ثمانون درهما"),
        (81, "quatre-vingt-un dirhams", "واحد وثمانون درهما"),
        (99, "quatre-vingt-dix-neuf dirhams", "تسعة وتسعون درهما"),
        (101, "cent un dirhams", "مائة درهم ودرهم"),
        (200, "deux cents dirhams", "مائتا درهم"),
        (2_000, "deux mille dirhams", "ألفا درهم"),
        (80_000, "quatre-vingt mille dirhams", "ثمانون ألف درهم"),
        (200_000, "deux cent mille dirhams", "مائتا ألف درهم"),
        (16_525, "seize mille cinq cent vingt-cinq dirhams", "ستة عشر ألفا وخمسمائة وخمسة وعشرون درهما"),
        (2_000_000, "deux millions de dirhams", "مليونا درهم"),
    ],
)
def test_amounts_in_words(dirhams: int, fr: str, ar: str) -> None:
    assert in_words(dirhams * 100, "fr") == fr
    assert in_words(dirhams * 100, "ar") == ar


def test_centimes_in_words() -> None:
    assert in_words(150, "fr") == "un dirham et cinquante centimes"
    assert in_words(305, "ar") == "ثلاثة دراهم وخمسة سنتيمات"
    assert in_words(101_01, "en") == "one hundred and one dirhams and one centime"
    with pytest.raises(ValueError, match="no words"):
        in_words(-1, "fr")
