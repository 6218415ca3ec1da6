"""Basket cards: one in each basket, saying in the paper's languages whose work is inside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from basketplan.progress import Reporter
from basketplan.publish.export import safe_name, told
from basketplan.publish.paper.press import Both, Press
from basketplan.publish.texts import Texts
from basketplan.publish.view import CooperativeView, Day, PackedView, ProductView, View

__all__ = ["pdf"]

LABELS = {
    "greeting": "This basket was made for you by rural cooperatives.",
    "inside": "What is inside, and who made it",
    "wish": "With the solidarity of all who made it.",
    "collect": "To be collected here",
}


def pdf(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write the cards, one file per hub and day of packing, four to a page, in the order of the baskets."""
    press = Press("cards.typ", LABELS, view, texts)
    days = [day for day in view.days if day.fillings]
    files = []
    for day in told(days, "basket-cards", reporter):
        path = folder / "basket-cards" / f"{safe_name(day.hub.id)}-{day.day}.pdf"
        files.append(press.write(path, _cards(day, view, press)))
    return files


def _cards(day: Day, view: View, press: Press) -> dict[str, Any]:
    """Return the cards of a day; baskets with the same lots share one text."""
    contents: dict[tuple[tuple[str, str], ...], list[list[Both]]] = {}
    cards = []
    baskets = sorted((basket for filling in day.fillings for basket in filling.baskets), key=lambda item: item.id)
    for basket in baskets:
        key = tuple((part.cooperative, part.product.id) for part in basket.ingredients)
        if key not in contents:
            contents[key] = _content(basket, view, press)
        cards.append([basket.id, list(contents).index(key), _where(basket, press)])
    return {"contents": list(contents.values()), "cards": cards, "longest": _longest(list(contents.values()))}


def _where(basket: PackedView, press: Press) -> Both:
    """Return where, on which day and when the basket is collected; nothing where it comes to the door."""
    at = basket.collect
    if at is None:
        return []
    return press.both(lambda x: x.listed([x.name(at.name), x.date(at.day, "day"), x.span(at.from_s, at.until_s)]))


def _longest(contents: list[list[list[Both]]]) -> int:
    """Return which content has the most to set: its size is everybody's."""
    lengths = [
        sum(20 + max(len(text) for _, text in both) for item in content for both in item) for content in contents
    ]
    return lengths.index(max(lengths))


def _content(basket: PackedView, view: View, press: Press) -> list[list[Both]]:
    """Return for each cooperative in the basket what it made and who it is."""
    made: dict[str, dict[str, ProductView]] = {}
    for part in basket.ingredients:
        made.setdefault(part.cooperative, {})[part.product.id] = part.product
    result = []
    for key, products in made.items():
        result.append([_made(list(products.values()), press), _who(view.cooperatives[key], press)])
    return result


def _made(products: list[ProductView], press: Press) -> Both:
    return press.both(lambda x: x.listed(x.name(item.name) for item in products))


def _who(item: CooperativeView, press: Press) -> Both:
    def say(x: Texts) -> str:
        parts = [x.name(item.name)]
        if item.town and item.town not in parts[0]:
            parts.append(item.town)
        if item.members:
            parts.append(x.n("{n} member", "{n} members", item.members))
        return x.listed(parts)

    return press.both(say)
