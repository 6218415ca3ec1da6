"""What binds, in sentences; shared words of all sentences.

Every sentence is an English msgid with its French and Arabic in ``publish/locale/*/explain.po``. Values that may be
Latin in right-to-left text are kept apart by :meth:`~basketplan.publish.texts.Texts.apart`.
"""

from __future__ import annotations

import datetime as dt

from basketplan.explain.binding import CooperativeFacts, OfferFacts, ProductFacts
from basketplan.explain.changes import packs_as_quantity
from basketplan.programme.types import Programme, Quantity
from basketplan.publish.texts import Texts

NEAR = 0.95
"""Part of a ceiling from which on it is told: whole packs seldom reach it."""

__all__ = ["Words", "cooperative_sentences", "product_sentences"]


class Words:
    """Names and amounts of a programme in one language."""

    def __init__(self, programme: Programme, texts: Texts) -> None:
        self.programme, self.texts = programme, texts
        self.t = texts.t

    def coop(self, name: str) -> str:
        """Return the name of a cooperative."""
        return self.texts.apart(self.texts.name(self.programme.cooperative[name].name))

    def product(self, name: str) -> str:
        """Return the name of a product."""
        return self.texts.apart(self.texts.name(self.programme.product[name].name))

    def hub(self, name: str) -> str:
        """Return the name of a hub."""
        return self.texts.apart(self.texts.name(self.programme.hub[name].name))

    def basket(self, name: str) -> str:
        """Return the name of a type of basket."""
        return self.texts.apart(self.texts.name(self.programme.basket[name].name))

    def vehicle(self, name: str) -> str:
        """Return the name of a type of vehicle."""
        return self.texts.apart(self.texts.name(self.programme.vehicle[name].name))

    def packs(self, product: str, packs: float) -> str:
        """Return what packs hold: ``120 kg``."""
        return self.texts.apart(self.texts.quantity(packs_as_quantity(self.programme, product, round(packs))))

    def pack(self, product: str) -> str:
        """Return what one pack holds."""
        return self.packs(product, 1)

    def unit(self, product: str) -> tuple[str, float]:
        """Return the unit in which people speak of a product (``1 kg``), and how many packs it is."""
        pack = self.programme.product[product].pack
        if pack.unit == "packs":
            return self.pack(product), 1.0
        amount = 1000 if pack.amount <= 1000 else pack.amount
        return self.texts.apart(self.texts.quantity(Quantity(amount=amount, unit=pack.unit))), amount / pack.amount

    def money(self, dirhams: float) -> str:
        """Return dirhams as ``14,00 MAD``."""
        return self.texts.apart(self.texts.money(round(100 * dirhams)))

    def centimes(self, centimes: int) -> str:
        """Return centimes as ``14,00 MAD``."""
        return self.texts.apart(self.texts.money(centimes))

    def day(self, day: dt.date) -> str:
        """Return a date with its weekday."""
        return self.texts.apart(self.texts.date(day, "day"))

    def working_day(self, index: int) -> str:
        """Return the date of a working day."""
        return self.day(self.programme.working_days[index])

    def weight(self, kilograms: float) -> str:
        """Return kilograms as ``12,5 kg``."""
        return self.texts.apart(self.texts.weight(round(1000 * kilograms)))


def cooperative_sentences(words: Words, facts: CooperativeFacts) -> list[str]:
    """Return what binds a cooperative: capacity, dates, minimum order, price, distance, fairness."""
    t, texts = words.t, words.texts
    if not facts.may_supply:
        return [t("It is not a rural cooperative, and the programme buys from rural cooperatives only.")]
    if facts.barred:
        barred = t("Ceiling: it may get nothing, as {setting} is 0 %; raise this to buy from it.", setting=facts.barred)
        return [t("Nothing is bought from it."), barred]
    lines = []
    if facts.revenue:
        lines.append(
            t(
                "It sells for {money}, {share} of the {potential} that it could earn at most.",
                money=words.centimes(facts.revenue),
                share=texts.percent(facts.share, 1),
                potential=words.centimes(facts.potential),
            )
        )
    else:
        lines.append(t("Nothing is bought from it."))
    for offer in facts.offers:
        lines += _offer_sentences(words, offer)
    if facts.revenue and facts.minimum_revenue and facts.revenue < 1.05 * facts.minimum_revenue:
        lines.append(
            t(
                "Minimum: it takes no order below {minimum}; it just gets that.",
                minimum=words.centimes(facts.minimum_revenue),
            )
        )
    lines += [_distance(words, facts), *_fairness(words, facts)]
    return lines


def _offer_sentences(words: Words, offer: OfferFacts) -> list[str]:
    t, product = words.t, words.product(offer.product)
    if not offer.needed:
        return [t("{product}: no household's basket holds it.", product=product)]
    if not offer.available:
        return [
            t("{product}: none of it can be had within the programme's days and its minimum order.", product=product)
        ]
    amounts = {
        "product": product,
        "bought": words.packs(offer.product, offer.bought),
        "available": words.packs(offer.product, offer.available),
    }
    if offer.full:
        lines = [t("{product}: {bought} of {available} are bought; its capacity binds.", **amounts)]
    else:
        lines = [t("{product}: {bought} of {available} are bought.", **amounts)]
    if offer.full_days:
        first = offer.full_days[0]
        lines.append(
            t(
                "Dates: by {day} only {limit} can have left, and all of it has.",
                day=words.day(first.day),
                limit=words.packs(offer.product, first.limit),
            )
        )
    if offer.at_minimum:
        lines.append(
            t("Minimum order: {minimum}, and no more is bought.", minimum=words.packs(offer.product, offer.minimum))
        )
    elif offer.minimum and not offer.bought:
        lines.append(t("It takes no order below {minimum}.", minimum=words.packs(offer.product, offer.minimum)))
    return [*lines, *_price(words, offer)]


def _price(words: Words, offer: OfferFacts) -> list[str]:
    """Compare the price with what others get or ask."""
    t = words.t
    mine = {"price": words.centimes(offer.price_centimes), "pack": words.pack(offer.product)}
    others = [item for item in offer.rivals if item.packs]
    spare = [item for item in offer.rivals if item.spare and item.price_centimes < offer.price_centimes]
    if not offer.rivals:
        return [t("Price: {price} for {pack}; nobody else offers it.", **mine)]
    lines = []
    if others and others[0].price_centimes == others[-1].price_centimes:
        low = words.centimes(others[0].price_centimes)
        lines.append(t("Price: {price} for {pack}; others are paid {low}.", **mine, low=low))
    elif others:
        lines.append(
            t(
                "Price: {price} for {pack}; others are paid {low} to {high}.",
                **mine,
                low=words.centimes(others[-1].price_centimes),
                high=words.centimes(others[0].price_centimes),
            )
        )
    else:
        lines.append(t("Price: {price} for {pack}; nothing is bought from others.", **mine))
    if spare:
        best = spare[-1]
        lines.append(
            t(
                "{cooperative} asks {price} and has {spare} left.",
                cooperative=words.coop(best.cooperative),
                price=words.centimes(best.price_centimes),
                spare=words.packs(offer.product, best.spare),
            )
        )
    return lines


def _distance(words: Words, facts: CooperativeFacts) -> str:
    t = words.t
    road = words.texts.apart(words.texts.distance(facts.distance_m))
    if not facts.lorries:
        return t("Distance: {road} to {hub}.", road=road, hub=words.hub(facts.hub))
    return t(
        "Distance: {road} to {hub}; its lorries cost {money}, {each} a kilogram.",
        road=road,
        hub=words.hub(facts.hub),
        money=words.centimes(facts.lorries_cost),
        each=words.centimes(round(1000 * facts.lorries_cost / max(1, facts.weight_g))),
    )


def _fairness(words: Words, facts: CooperativeFacts) -> list[str]:
    t, texts = words.t, words.texts
    lines = []
    if facts.revenue and facts.is_lowest:
        lines.append(
            t("Fairness: no cooperative has a lower share than its {share}.", share=texts.percent(facts.share, 1))
        )
    elif facts.potential:
        lines.append(
            t(
                "Fairness: its share is {share}; the lowest of all is {lowest}.",
                share=texts.percent(facts.share, 1),
                lowest=texts.percent(facts.lowest_share, 1),
            )
        )
    if facts.ceiling is not None and facts.ceiling < 1 and facts.spending_share > NEAR * facts.ceiling:
        lines.append(
            t(
                "Ceiling: it gets {part} of the money for goods, and may get no more than {most}.",
                part=texts.percent(facts.spending_share, 1),
                most=texts.percent(facts.ceiling, 1),
            )
        )
    return lines


def product_sentences(words: Words, facts: ProductFacts) -> list[str]:
    """Return what binds a product."""
    t = words.t
    lines = [
        t(
            "{bought} are bought of the {available} on offer; {used} go into baskets and {left} are left over.",
            bought=words.packs(facts.id, facts.bought),
            available=words.packs(facts.id, facts.available),
            used=words.packs(facts.id, facts.used),
            left=words.packs(facts.id, facts.left_over),
        )
    ]
    for item in facts.offers:
        lines.append(
            t(
                "{cooperative}: {price} for {pack}; {bought} bought, {spare} left.",
                cooperative=words.coop(item.cooperative),
                price=words.centimes(item.price_centimes),
                pack=words.pack(facts.id),
                bought=words.packs(facts.id, item.packs),
                spare=words.packs(facts.id, item.spare),
            )
        )
    return lines
