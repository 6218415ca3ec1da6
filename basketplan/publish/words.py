"""Amounts of money in words, as orders and cheques want them, in French, Arabic and English.

num2words was looked at: in Arabic it counts dirhams as riyals, and it knows 200 and 2,000 only before a noun.
num2words was looked at: in Arabic it counts dirhams as riyals, and it knows 200 and 2,000 only before nouns.
11 to 99, genitive singular for whole hundreds; و is written to the word that follows.
"""

from __future__ import annotations

from typing import Literal

__all__ = ["in_words"]

_FR = [
    "zéro",
    "un",
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "dix-sept",
    "dix-huit",
    "dix-neuf",
]
_FR_TENS = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante", 80: "quatre-vingt"}
_EN = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_EN_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_AR = ["صفر", "واحد", "اثنان", "ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية", "تسعة", "عشرة"]
_AR_TEENS = ("أحد عشر", "اثنا عشر", *(f"{unit} عشر" for unit in _AR[3:10]))
_AR_TENS = ["-", "-", "عشرون", "ثلاثون", "أربعون", "خمسون", "ستون", "سبعون", "ثمانون", "تسعون"]
_AR_HUNDREDS = ["-", "مائة", "مائتان", "ثلاثمائة", "أربعمائة", "خمسمائة", "ستمائة", "سبعمائة", "ثمانمائة", "تسعمائة"]

_Noun = tuple[str, str, str, str, str]
"""One, two, three to ten, eleven to ninety-nine, after whole hundreds."""
_DIRHAM: _Noun = ("درهم واحد", "درهمان", "دراهم", "درهما", "درهم")
_CENTIME: _Noun = ("سنتيم واحد", "سنتيمان", "سنتيمات", "سنتيما", "سنتيم")
_AR_SCALES: tuple[tuple[int, _Noun], ...] = (
    (10**9, ("مليار", "ملياران", "ملايير", "مليارا", "مليار")),
    (10**6, ("مليون", "مليونان", "ملايين", "مليونا", "مليون")),
    (10**3, ("ألف", "ألفان", "آلاف", "ألفا", "ألف")),
)


def in_words(centimes: int, lang: Literal["fr", "ar", "en"]) -> str:
    """Return an amount in words: ``quatre-vingts dirhams et cinquante centimes``.

    Raises
    ------
    ValueError
        The amount is negative, or a trillion dirhams or more.
    """
    whole, cents = divmod(centimes, 100)
    if not 0 <= whole < 10**12:
        raise ValueError(f"no words for {centimes} centimes")
    if lang == "ar":
        return _arabic(whole, _DIRHAM) + (f" و{_arabic(cents, _CENTIME)}" if cents else "")
    if lang == "fr":
        of = " de" if whole and whole % 10**6 == 0 else ""
        text = f"{_french(whole)}{of} dirham{'s' * (whole > 1)}"
        return text + (f" et {_french(cents)} centime{'s' * (cents > 1)}" if cents else "")
    text = f"{_english(whole)} dirham{'s' * (whole != 1)}"
    return text + (f" and {_english(cents)} centime{'s' * (cents != 1)}" if cents else "")


def _french(n: int, *, last: bool = True) -> str:
    """Return ``n``; ``last`` tells that no "mille" follows, before which vingt and cent stay without s."""
    for size, name in ((10**9, "milliard"), (10**6, "million")):
        if n >= size:
            head = f"{_french(n // size)} {name}{'s' * (n // size > 1)}"
            return head + (f" {_french(n % size)}" if n % size else "")
    if n >= 1000:
        head = "mille" if n < 2000 else f"{_french(n // 1000, last=False)} mille"
        return head + (f" {_french(n % 1000)}" if n % 1000 else "")
    if n >= 100:
        many, rest = divmod(n, 100)
        head = "cent" if many == 1 else f"{_FR[many]} cent{'s' * (not rest and last)}"
        return head + (f" {_french(rest, last=last)}" if rest else "")
    if n < 20:
        return _FR[n]
    tens = n // 10 * 10 if n < 60 else n // 20 * 20
    rest = n - tens
    if rest == 0:
        return _FR_TENS[tens] + "s" * (tens == 80 and last)
    return f"{_FR_TENS[tens]}{' et ' if rest in {1, 11} and tens != 80 else '-'}{_FR[rest]}"


def _english(n: int) -> str:
    for size, name in ((10**9, "billion"), (10**6, "million"), (1000, "thousand")):
        if n >= size:
            rest = n % size
            joint = " and " if 0 < rest < 100 else " "
            return f"{_english(n // size)} {name}" + (joint + _english(rest) if rest else "")
    if n >= 100:
        return f"{_EN[n // 100]} hundred" + (f" and {_english(n % 100)}" if n % 100 else "")
    if n < 20:
        return _EN[n]
    return _EN_TENS[n // 10] + (f"-{_EN[n % 10]}" if n % 10 else "")


def _arabic(n: int, noun: _Noun) -> str:
    """Return ``n`` of ``noun``: خمسة وعشرون درهما."""
    one, two, few, many, after_hundreds = noun
    if n in {1, 2}:
        return one if n == 1 else two
    rest = n % 100
    if n > 100 and rest in {1, 2}:
        return f"{_arabic(n - rest, noun)} و{one.split()[0] if rest == 1 else two}"
    number = _arabic_number(n)
    if rest == 0:
        return f"{_before_noun(number)} {after_hundreds}"
    return f"{number} {few if 3 <= rest <= 10 else many}"


def _before_noun(number: str) -> str:
    """The dual loses its last letter before a noun, an accusative its ending: مائتا درهم, ثمانون ألف درهم."""
    dual = number.endswith("ان")
    accusative = any(number.endswith(noun[3]) for _, noun in _AR_SCALES)
    return number[:-1] if dual or accusative else number


def _arabic_number(n: int) -> str:
    parts = []
    for size, noun in _AR_SCALES:
        if n >= size:
            parts.append(_arabic(n // size, noun))
            n %= size
    if n >= 100:
        parts.append(_AR_HUNDREDS[n // 100])
        n %= 100
    if n > 20 and n % 10:
        parts += [_AR[n % 10], _AR_TENS[n // 10]]
    elif n >= 20:
        parts.append(_AR_TENS[n // 10])
    elif n > 10:
        parts.append(_AR_TEENS[n - 11])
    elif n or not parts:
        parts.append(_AR[n])
    return " و".join(parts)
