"""What binds hubs, baskets and households, in sentences."""

from __future__ import annotations

from basketplan.explain.handling import BasketFacts, HubFacts, PackedFacts, VisitFacts
from basketplan.explain.words import Words
from basketplan.publish.texts import Texts

__all__ = ["basket_sentences", "hub_sentences", "packed_sentences", "reason", "visit_sentences"]

_REASON_LABELS = {
    "supply": "too little supply in time",
    "assembly": "too little assembly in time",
    "storage": "too little room",
    "budget": "the budget",
    "territory": "no hub may serve it, or hubs are full",
    "access": "no vehicle may reach it",
    "time": "no trip fits its times",
    "days": "nobody is home on a day of delivery",
    "fleet": "all vehicles are taken",
    "capacity": "more baskets than any vehicle carries",
    "stopped": "planning was stopped",
}


def reason(texts: Texts, name: str) -> str:
    """Return why somebody is left out, in a few words."""
    return texts.t(_REASON_LABELS.get(name, name))


def hub_sentences(words: Words, facts: HubFacts) -> list[str]:
    """Return what binds a hub: assembly, receiving, storage."""
    t, texts = words.t, words.texts
    lines = [
        t(
            "{made} baskets are assembled on {days} of its {open} days, {delivered} are delivered.",
            made=texts.number(facts.assembled),
            days=texts.number(facts.assembly_days),
            open=texts.number(facts.open_days),
            delivered=texts.number(facts.delivered),
        )
    ]
    if facts.assembly is None:
        lines.append(t("Assembly: no limit."))
    elif facts.full_assembly:
        lines.append(
            t(
                "Assembly: {limit} baskets a day bind on {days} days: {list}.",
                limit=texts.number(facts.assembly),
                days=texts.number(len(facts.full_assembly)),
                list=texts.listed(texts.date(item.day, "day") for item in facts.full_assembly),
            )
        )
    else:
        lines.append(t("Assembly: {limit} baskets a day are reached on no day.", limit=texts.number(facts.assembly)))
    if facts.receiving is not None:
        full = facts.full_receiving
        if full:
            lines.append(
                t(
                    "Receiving: {limit} a day bind on {days} days: {list}.",
                    limit=words.weight(facts.receiving / 1000),
                    days=texts.number(len(full)),
                    list=texts.listed(texts.date(item.day, "day") for item in full),
                )
            )
        else:
            lines.append(t("Receiving: {limit} a day bind on no day.", limit=words.weight(facts.receiving / 1000)))
    if facts.storage is not None:
        room = facts.full_storage
        if room:
            lines.append(
                t(
                    "Storage: {limit} are full on {days} days: {list}.",
                    limit=words.weight(facts.storage / 1000),
                    days=texts.number(len(room)),
                    list=texts.listed(texts.date(item.day, "day") for item in room),
                )
            )
        else:
            lines.append(t("Storage: {limit} are full on no day.", limit=words.weight(facts.storage / 1000)))
    return lines


def basket_sentences(words: Words, facts: BasketFacts) -> list[str]:
    """Return what binds a type of basket."""
    t, texts = words.t, words.texts
    lines = [
        t(
            "{needed} are needed, {made} are assembled, {delivered} are delivered.",
            needed=texts.number(facts.needed),
            made=texts.number(facts.made),
            delivered=texts.number(facts.delivered),
        )
    ]
    if facts.made:
        lines.append(
            t(
                "What is in one costs {money} on average.",
                money=words.centimes(round(facts.goods_centimes / facts.made)),
            )
        )
    for line in facts.lines:
        for item in line:
            share = texts.percent(item.baskets / facts.made if facts.made else 0.0, 1)
            values = {"product": words.product(item.product), "number": texts.number(item.baskets), "share": share}
            if item.at_highest:
                most = texts.percent(item.highest)
                lines.append(
                    t("{product}: in {number} baskets, {share}; no more than {most} may.", **values, most=most)
                )
            else:
                lines.append(t("{product}: in {number} baskets, {share}.", **values))
    return lines


def packed_sentences(words: Words, facts: PackedFacts) -> list[str]:
    """Return what is in one basket, and what decided its day."""
    t = words.t
    hub, kind, made = words.hub(facts.hub), words.basket(facts.basket), words.day(facts.assembled)
    lines = [t("{kind}, assembled at {hub} on {day}.", kind=kind, hub=hub, day=made)]
    if facts.household is None or facts.delivered is None:
        lines.append(t("It stays at the hub: nobody could be brought it."))
    else:
        lines.append(
            t(
                "It goes to {household} on {day}, trip {trip}.",
                household=words.texts.apart(facts.household),
                day=words.day(facts.delivered),
                trip=words.texts.apart(facts.trip or ""),
            )
        )
    for item in facts.contents:
        lines.append(
            t(
                "{amount} of {product} from {cooperative}, arrived on {day}: {money}.",
                amount=words.packs(item.product, item.packs),
                product=words.product(item.product),
                cooperative=words.coop(item.cooperative),
                day=words.day(item.arrived),
                money=words.centimes(item.centimes),
            )
        )
    if facts.last:
        lines.append(t("{product} came last.", product=words.product(facts.last)))
    return lines


def visit_sentences(words: Words, facts: VisitFacts) -> list[str]:
    """Return when a household is served, or why it is not."""
    t = words.t
    lines = [
        t("It is served on {day}, trip {trip}.", day=words.day(day), trip=words.texts.apart(trip))
        for trip, day in facts.trips.items()
    ]
    if facts.reason:
        lines.append(t("It is left out: {reason}.", reason=reason(words.texts, facts.reason)))
        lines.append(words.texts.ltr(f"{facts.detail} → {facts.remedy}"))
    return lines
