"""Shadow prices, engagement and stress, in sentences."""

from __future__ import annotations

from basketplan.explain.engagement import Engagement, Entry, OtherChange
from basketplan.explain.prices import Prices
from basketplan.explain.stress import Failure, Stress
from basketplan.explain.words import Words
from basketplan.solve.allocation.worth import Worth

__all__ = ["engagement_sentences", "price_sentences", "stress_sentences", "worth_sentence"]

_CHANGE_LABELS = {
    "minimum_order": "without its minimum order",
    "minimum_revenue": "without its minimum revenue",
    "engagement_cost": "without the fixed cost of engaging it",
    "earlier": "if all of it were ready on the first day",
    "lot": "if it sold single packs instead of lots",
    "transport": "if its goods were brought to the hub for nothing",
}


def price_sentences(words: Words, prices: Prices) -> list[str]:
    """Return what one more unit of each limit is worth."""
    t = words.t
    if not prices.fits:
        return [t("The plan does not fit the model: it was changed by hand, so nothing can be said about prices.")]
    lines = [worth_sentence(words, item) for item in prices.worths]
    if not lines and prices.asked == prices.binding:
        lines = [t("More of any limit would save nothing.")]
    if prices.asked < prices.binding:
        asked, binding = words.texts.number(prices.asked), words.texts.number(prices.binding)
        lines.append(t("Of {all} limits that may bind, {asked} were looked at.", all=binding, asked=asked))
    return lines


def worth_sentence(words: Words, worth: Worth) -> str:
    """Return what one more unit of a limit saves or serves, and how far."""
    t, limit = words.t, worth.limit
    day = "" if limit.day is None else words.working_day(limit.day)
    unit, per = _unit(words, worth)
    values = {
        "gain": _gain(words, worth, per),
        "upto": _upto(words, worth),
        "unit": unit,
        "day": day,
    }
    match limit.kind:
        case "supply":
            values |= {"cooperative": words.coop(limit.where[0]), "product": words.product(limit.where[1])}
            return t("{product}: {unit} more from {cooperative} by {day} {gain}, for {upto}.", **values)
        case "minimum":
            values |= {"cooperative": words.coop(limit.where[0]), "product": words.product(limit.where[1])}
            return t("{product}: a minimum order of {cooperative} lower by {unit} {gain}, for {upto}.", **values)
        case "assembly":
            values |= {"hub": words.hub(limit.where[0])}
            return t("{hub}: one more basket assembled on {day} {gain}, for {upto}.", **values)
        case "receiving":
            values |= {"hub": words.hub(limit.where[0])}
            return t("{hub}: {unit} more received on {day} {gain}, for {upto}.", **values)
        case "storage_weight" | "storage_volume":
            values |= {"hub": words.hub(limit.where[0])}
            return t("{hub}: room for {unit} more on {day} {gain}, for {upto}.", **values)
        case "budget":
            return t("Budget: {unit} more {gain}, for {upto}.", **values)
        case "fairness":
            values |= {"cooperative": words.coop(limit.where[0])}
            return t("Fairness: a share of {cooperative} lower by one point {gain}, for {upto}.", **values)
        case "minimum_revenue":
            values |= {"cooperative": words.coop(limit.where[0])}
            return t("{cooperative}: a minimum revenue lower by {unit} {gain}, for {upto}.", **values)
        case _:
            values |= {"cooperative": words.coop(limit.where[0])}
            return t("{cooperative}: {unit} beyond its ceiling {gain}, for {upto}.", **values)


def _unit(words: Words, worth: Worth) -> tuple[str, float]:
    """Return the unit people speak of, and how many of the limit's units it is."""
    kind = worth.limit.kind
    if kind in {"supply", "minimum"}:
        unit, packs = words.unit(worth.limit.where[1])
        # Of less than a unit nobody can have a whole one more: then it is told by the pack.
        return (unit, packs) if worth.upto >= packs else (words.pack(worth.limit.where[1]), 1.0)
    if kind in {"receiving", "storage_weight"}:
        return words.weight(1.0), 1.0
    if kind == "storage_volume":
        return words.texts.apart(f"1 {words.t('L')}"), 1.0
    if kind in {"budget", "minimum_revenue", "ceiling"}:
        big = 1000.0 if worth.upto >= 1000 else 100.0 if worth.upto >= 100 else 1.0
        return words.money(big), big
    return "", 0.01 if kind == "fairness" else 1.0


def _gain(words: Words, worth: Worth, per: float) -> str:
    if worth.goal == "cost":
        return words.t("saves {money}", money=words.money(worth.each * per))
    if abs(worth.each * per - 1) < 5e-3:
        return words.t("serves one more basket")
    digits = 0 if abs(worth.each * per - round(worth.each * per)) < 5e-3 else 2
    return words.t("serves {number} more baskets", number=words.texts.number(worth.each * per, digits))


def _upto(words: Words, worth: Worth) -> str:
    """Return how far a price holds: ``up to 120 kg``, or at least that far."""
    kind, upto, texts = worth.limit.kind, worth.upto, words.texts
    if kind in {"supply", "minimum"}:
        packs = int(upto + 1e-6)
        amount = words.packs(worth.limit.where[1], packs) if packs else words.t("less than a pack")
    elif kind in {"receiving", "storage_weight"}:
        amount = words.weight(upto)
    elif kind == "storage_volume":
        amount = texts.apart(f"{texts.number(upto, 1)} {words.t('L')}")
    elif kind in {"budget", "minimum_revenue", "ceiling"}:
        amount = words.money(upto)
    elif kind == "fairness":
        amount = words.t("{number} points", number=texts.number(100 * upto, 1))
    else:
        amount = words.t("{number} baskets", number=texts.number(upto, 0 if upto >= 1 else 2))
    return words.t("at least {amount}", amount=amount) if worth.open_end else words.t("up to {amount}", amount=amount)


def engagement_sentences(words: Words, told: Engagement) -> list[str]:
    """Return at which price or change a cooperative would be engaged."""
    t = words.t
    lines = []
    if told.stopped and told.dearer_centimes is None:
        return [t("The search was stopped before its end.")]
    if told.dearer_centimes is None and (told.entries or not told.changes):
        lines.append(t("No plan with it keeps the rules: its goods come too late, too few or not at all."))
    elif told.dearer_centimes is None:
        pass
    elif told.dearer_centimes > 0:
        lines.append(t("A plan that buys from it costs {money} more.", money=words.centimes(told.dearer_centimes)))
    else:
        lines.append(t("A plan that buys from it costs no more than one without it."))
    for item in told.entries:
        values = {
            "product": words.product(item.product),
            "pack": words.pack(item.product),
            "now": words.centimes(item.price_centimes),
        }
        if item.at_centimes is None:
            if told.stopped:
                continue
            lines.append(t("{product}: it would not be engaged even for nothing.", **values))
        elif item.at_centimes >= item.price_centimes:
            lines.append(t("{product}: its price of {now} for {pack} is not what keeps it out.", **values))
        else:
            values |= {
                "price": words.centimes(item.at_centimes),
                "amount": words.packs(item.product, item.packs),
            }
            lines.append(t("{product}: at {price} for {pack} it would sell about {amount}; it asks {now}.", **values))
    for change in told.changes:
        if change.change == "stand_in":
            lines.append(_stand_in(words, change))
            continue
        what, money = t(_CHANGE_LABELS[change.change]), words.centimes(change.saves_centimes)
        lines.append(t("It would be engaged {change}, and {money} would be saved.", change=what, money=money))
    if told.stopped:
        lines.append(t("The search was stopped before its end."))
    asked: list[Entry | OtherChange] = [*told.entries, *told.changes]
    if told.whole and any(item.checked for item in asked):
        lines.append(t("Each price and change with an override was checked by allocating anew."))
    elif not told.whole and asked:
        lines.append(t("Found by solving the totals again, with suppliers of other products held."))
    return lines


def _stand_in(words: Words, change: OtherChange) -> str:
    basket, line, product = change.where
    options = words.programme.basket[basket].lines[int(line)].one_of
    old = [words.texts.name(words.programme.product[item.product].name) for item in options]
    return words.t(
        "It would be engaged if {product} were allowed instead of {old} in {basket}.",
        product=words.product(product),
        old=words.texts.listed(old),
        basket=words.basket(basket),
    )


def stress_sentences(words: Words, told: Stress) -> list[str]:
    """Return on whom the programme leans."""
    t, texts = words.t, words.texts
    lines = [
        t(
            "Baskets lost of {delivered}, as planned and after planning anew ({tried} of {all} failures were tried):",
            delivered=texts.number(told.delivered),
            tried=texts.number(told.tried),
            all=texts.number(told.all),
        )
    ]
    lines += [_failure(words, item) for item in told.failures]
    lines.append(t("Supply and assembly were planned anew, trips were not."))
    if not all(item.exact for item in told.failures):
        lines.append(t("After planning anew, whole lots may leave out a few more."))
    return lines


def _failure(words: Words, item: Failure) -> str:
    t, texts = words.t, words.texts
    values = {"before": texts.number(item.lost_before), "after": texts.number(item.lost_after)}
    if item.cooperative is not None:
        return t("without {cooperative}: {before}, then {after}", cooperative=words.coop(item.cooperative), **values)
    day = words.day(item.day) if item.day else ""
    return t("{hub} closed on {day}: {before}, then {after}", hub=words.hub(item.hub or ""), day=day, **values)
