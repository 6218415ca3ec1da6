"""Sets of changes that serve everybody, in sentences."""

from __future__ import annotations

import datetime as dt
import shlex

from basketplan.explain.remedies import Remedy, Shortage
from basketplan.explain.words import Words
from basketplan.explain.words_handling import reason
from basketplan.solve.allocation.change import Change

__all__ = ["change_words", "shortage_sentences"]

_WEEKDAY_LABELS = {
    "mon": "Mondays",
    "tue": "Tuesdays",
    "wed": "Wednesdays",
    "thu": "Thursdays",
    "fri": "Fridays",
    "sat": "Saturdays",
    "sun": "Sundays",
}


def shortage_sentences(words: Words, told: Shortage) -> list[str]:
    """Return who is left out, and what would serve everybody."""
    t, texts = words.t, words.texts
    if not told.households:
        return [t("Everybody is served.")]
    why = texts.listed(f"{reason(texts, name)}: {texts.number(count)}" for name, count in told.reasons.items())
    lines = [
        t(
            "Households left out: {households}, with {baskets} baskets ({reasons}).",
            households=texts.number(told.households),
            baskets=texts.number(told.baskets),
            reasons=why,
        )
    ]
    if told.unfinished:
        lines.append(t("The plan was stopped before its end: plan again first."))
    elif told.remedies:
        lines.append(t("Each of these serves everybody; each was planned again and checked, the cheapest first:"))
        for number, item in enumerate(told.remedies, start=1):
            lines.append(_remedy(words, number, item))
            lines += [f"   {texts.ltr(f'--set {shlex.quote(text)}')}" for text in item.overrides]
    elif told.ended:
        lines.append(t("No set of changes was found that serves everybody."))
    if not told.ended:
        lines.append(t("The search was stopped before its end."))
    return lines


def _remedy(words: Words, number: int, item: Remedy) -> str:
    t, texts = words.t, words.texts
    joined = f" {t('and')} ".join(change_words(words, change) for change in item.changes)
    values = {
        "number": texts.number(number),
        "changes": joined,
        "more": words.centimes(abs(item.more_centimes)),
        "total": words.centimes(item.cost_centimes),
    }
    if item.more_centimes < 0:
        return t("{number}. {changes}: {more} less, {total} in all.", **values)
    return t("{number}. {changes}: {more} more, {total} in all.", **values)


def change_words(words: Words, change: Change) -> str:
    """Return one change."""
    t, where = words.t, change.where
    if change.kind in {"capacity", "rate", "earlier", "minimum_order", "minimum_revenue"}:
        return _offer_words(words, change)
    if change.kind in {"vehicles", "trips", "windows", "access", "split", "radius", "zones", "home_days"}:
        return _delivery_words(words, change)
    number = words.texts.number(change.amount)
    match change.kind:
        case "assembly":
            return t("{number} more baskets a day assembled at {hub}", number=number, hub=words.hub(where[0]))
        case "receiving":
            weight = words.weight(change.amount)
            return t("{weight} more a day received at {hub}", weight=weight, hub=words.hub(where[0]))
        case "storage_weight":
            return t("room for {weight} more at {hub}", weight=words.weight(change.amount), hub=words.hub(where[0]))
        case "storage_volume":
            litres = words.texts.apart(f"{number} {t('L')}")
            return t("room for {weight} more at {hub}", weight=litres, hub=words.hub(where[0]))
        case "budget":
            return t("{money} more budget", money=words.money(change.amount))
        case "share":
            basket, product = words.basket(where[0]), words.product(where[2])
            return t("{product} in any number of {basket}", product=product, basket=basket)
        case "substitute":
            basket, product = words.basket(where[0]), words.product(where[2])
            line = words.programme.basket[where[0]].lines[int(where[1])]
            old = words.texts.listed(words.texts.name(words.programme.product[i.product].name) for i in line.one_of)
            return t("{product} allowed instead of {old} in {basket}", product=product, old=old, basket=basket)
        case "open_weekday":
            return t("{hub} open on {weekday}", hub=words.hub(where[0]), weekday=t(_WEEKDAY_LABELS[where[1]]))
        case "open_date":
            return t("{hub} open on {day}", hub=words.hub(where[0]), day=words.day(dt.date.fromisoformat(where[1])))
        case "holiday":
            return t("work on the holiday {day}", day=words.day(dt.date.fromisoformat(where[0])))
        case _:
            return t("one more day, {day}", day=words.day(dt.date.fromisoformat(where[0])))


def _offer_words(words: Words, change: Change) -> str:
    t, coop = words.t, words.coop(change.where[0])
    if change.kind == "minimum_revenue":
        return t("no minimum revenue at {cooperative}", cooperative=coop)
    product = words.product(change.where[1])
    amount = words.packs(change.where[1], change.amount)
    match change.kind:
        case "capacity":
            return t("{amount} more {product} from {cooperative}", amount=amount, product=product, cooperative=coop)
        case "rate":
            return t(
                "{amount} more {product} a day from {cooperative}", amount=amount, product=product, cooperative=coop
            )
        case "earlier":
            return t("{product} of {cooperative} from the first day on", product=product, cooperative=coop)
        case _:
            return t("no minimum order for {product} at {cooperative}", product=product, cooperative=coop)


def _delivery_words(words: Words, change: Change) -> str:
    t, where = words.t, change.where
    number = words.texts.number(change.amount)
    homes = words.texts.listed(where)
    match change.kind:
        case "vehicles":
            vehicle, hub = words.vehicle(where[0]), words.hub(where[1])
            return t("{number} more {vehicle} at {hub}", number=number, vehicle=vehicle, hub=hub)
        case "trips":
            return t("{number} more trip a day by {vehicle}", number=number, vehicle=words.vehicle(where[0]))
        case "access":
            vehicle, name = words.vehicle(where[0]), words.texts.apart(where[1])
            return t("{vehicle} that can enter {access}", vehicle=vehicle, access=name)
        case "radius":
            return t("no longest distance for {hub}", hub=words.hub(where[0]))
        case "zones":
            return t("{hub} for all zones", hub=words.hub(where[0]))
        case "windows":
            return t("any time of day at {homes}", homes=homes)
        case "home_days":
            return t("any day at {homes}", homes=homes)
        case _:
            return t("several visits to {homes}", homes=homes)
