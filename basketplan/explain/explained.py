"""Everything that was asked about a plan, answered, and told in sentences or as data."""

from __future__ import annotations

import dataclasses
import datetime as dt
import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from basketplan.errors import UsageError
from basketplan.explain.binding import CooperativeFacts, ProductFacts, cooperative_facts, product_facts
from basketplan.explain.engagement import Engagement, engagement
from basketplan.explain.handling import (
    BasketFacts,
    HubFacts,
    PackedFacts,
    VisitFacts,
    basket_facts,
    hub_facts,
    packed_facts,
    visit_facts,
)
from basketplan.explain.prices import Prices, shadow_prices
from basketplan.explain.remedies import Shortage, shortage
from basketplan.explain.stress import Stress, stress
from basketplan.explain.wide import Reread
from basketplan.explain.words import Words, cooperative_sentences, product_sentences
from basketplan.explain.words_changes import shortage_sentences
from basketplan.explain.words_handling import basket_sentences, hub_sentences, packed_sentences, visit_sentences
from basketplan.explain.words_worth import engagement_sentences, price_sentences, stress_sentences
from basketplan.plan.types import Plan
from basketplan.programme.types import Programme
from basketplan.progress import Reporter
from basketplan.publish.texts import Texts
from basketplan.solve.allocation.worth import Limit

__all__ = ["Explained", "Thing", "explain", "things_of"]

ThingKind = Literal["cooperative", "product", "hub", "basket", "packed", "household"]
Facts = CooperativeFacts | ProductFacts | HubFacts | BasketFacts | PackedFacts | VisitFacts
_KIND_LABELS: dict[ThingKind, str] = {
    "cooperative": "cooperative",
    "product": "product",
    "hub": "hub",
    "basket": "type of basket",
    "packed": "basket",
    "household": "household",
}


@dataclass(frozen=True, kw_only=True)
class Thing:
    """One thing and what binds it."""

    kind: ThingKind
    id: str
    facts: Facts
    prices: Prices | None
    engagement: Engagement | None
    """For a cooperative that sells nothing."""


@dataclass(frozen=True, kw_only=True)
class Explained:
    """All answers; none where it was not asked."""

    programme: Programme
    things: tuple[Thing, ...]
    shortage: Shortage | None
    prices: Prices | None
    stress: Stress | None

    def sections(self, texts: Texts) -> list[tuple[str, list[str]]]:
        """Return headings with their sentences, in one language."""
        words, t = Words(self.programme, texts), texts.t
        found: list[tuple[str, list[str]]] = []
        for thing in self.things:
            found.append((_heading(words, thing), _sentences(words, thing)))
        if self.shortage is not None:
            found.append(
                (t("Who is left out, and what would serve everybody"), shortage_sentences(words, self.shortage))
            )
        if self.prices is not None:
            found.append((t("What one more is worth"), price_sentences(words, self.prices)))
        if self.stress is not None:
            found.append((t("On whom the programme leans"), stress_sentences(words, self.stress)))
        return found

    def as_json(self, texts: Sequence[Texts]) -> dict[str, Any]:
        """Return all figures, and the sentences in every language asked for."""
        return {
            "things": [
                {"kind": item.kind, "id": item.id} | _plain(item, without=("kind", "id")) for item in self.things
            ],
            "shortage": None if self.shortage is None else _plain(self.shortage),
            "prices": None if self.prices is None else _plain(self.prices),
            "stress": None if self.stress is None else _plain(self.stress),
            "sentences": {
                item.lang: [{"about": head, "sentences": lines} for head, lines in self.sections(item)]
                for item in texts
            },
        }


def things_of(programme: Programme, plan: Plan, ids: Sequence[str]) -> list[tuple[ThingKind, str]]:
    """Return what each of ``ids`` names; one id may name several things.

    Raises
    ------
    UsageError
        An id names nothing; the nearest ones are told.
    """
    known: Mapping[ThingKind, Mapping[str, Any]] = {
        "cooperative": programme.cooperative,
        "product": programme.product,
        "hub": programme.hub,
        "basket": programme.basket,
        "packed": {item.id: item for item in plan.baskets},
        "household": programme.household,
    }
    result: list[tuple[ThingKind, str]] = []
    for name in dict.fromkeys(ids):
        found: list[tuple[ThingKind, str]] = [(kind, name) for kind, items in known.items() if name in items]
        if not found:
            every = [item for kind, items in known.items() if kind not in {"packed", "household"} for item in items]
            near = difflib.get_close_matches(name, every, n=3)
            help = f": did you mean {' or '.join(near)}?" if near else ": give a cooperative, product, hub or basket"
            raise UsageError(f"the plan has no '{name}'{help}")
        result += found
    return result


def explain(
    plan: Plan,
    programme: Programme,
    reread: Reread,
    *,
    ids: Sequence[str] = (),
    stressed: bool = False,
    reporter: Reporter,
) -> Explained:
    """Answer what is asked about ``plan``.

    Parameters
    ----------
    programme
        The one that the plan was made from.
    reread
        Reads it again with further overrides.
    ids
        Cooperatives, products, hubs, types of baskets, single baskets or households. Without any (and without
        ``stressed``) the plan as a whole is explained: who is left out and what would serve everybody, and what
        limits are worth.
    stressed
        Whether to fail each cooperative and each hub's day in turn.
    """
    seed = plan.origin.seed
    things = tuple(
        _thing(plan, programme, kind, name, reread, reporter) for kind, name in things_of(programme, plan, ids)
    )
    whole = not ids and not stressed
    return Explained(
        programme=programme,
        things=things,
        prices=shadow_prices(plan, programme, reporter=reporter) if whole else None,
        shortage=shortage(plan, programme, reread, seed=seed, reporter=reporter) if whole else None,
        stress=stress(plan, programme, seed=seed, reporter=reporter) if stressed else None,
    )


def _thing(plan: Plan, programme: Programme, kind: ThingKind, name: str, reread: Reread, reporter: Reporter) -> Thing:
    prices: Prices | None = None
    entry: Engagement | None = None
    facts: Facts
    match kind:
        case "cooperative":
            facts = cooperative_facts(programme, plan, name)
            if facts.barred:
                return Thing(kind=kind, id=name, facts=facts, prices=None, engagement=None)
            if facts.may_supply and not facts.revenue:
                entry = engagement(plan, programme, name, reread, seed=plan.origin.seed, reporter=reporter)
        case "product":
            facts = product_facts(programme, plan, name)
        case "hub":
            facts = hub_facts(programme, plan, name)
        case "basket":
            facts = basket_facts(programme, plan, name)
        case "packed":
            facts = packed_facts(plan, name)
        case "household":
            facts = visit_facts(plan, name)
    if kind not in {"packed", "household"} and entry is None:
        prices = shadow_prices(plan, programme, reporter=reporter, wanted=_wanted(programme, kind, name))
    return Thing(kind=kind, id=name, facts=facts, prices=prices, engagement=entry)


def _wanted(programme: Programme, kind: ThingKind, name: str) -> Callable[[Limit], bool]:
    """Return which limits concern a thing."""
    if kind == "hub":
        rooms = {"assembly", "receiving", "storage_weight", "storage_volume"}
        return lambda limit: limit.kind in rooms and limit.where[0] == name
    goods = {"supply", "minimum"}
    if kind == "cooperative":
        own = goods | {"fairness", "minimum_revenue", "ceiling"}
        return lambda limit: limit.kind in own and limit.where[0] == name
    held = {name}
    if kind == "basket":
        held = {item.product for line in programme.basket[name].lines for item in line.one_of}
    return lambda limit: limit.kind in goods and limit.where[1] in held


def _heading(words: Words, thing: Thing) -> str:
    names = {
        "cooperative": words.coop,
        "product": words.product,
        "hub": words.hub,
        "basket": words.basket,
    }
    name = names[thing.kind](thing.id) + " " if thing.kind in names else ""
    label = words.t(_KIND_LABELS[thing.kind])
    return f"{name}({label} {words.texts.ltr(thing.id)})"


def _sentences(words: Words, thing: Thing) -> list[str]:
    facts = thing.facts
    if isinstance(facts, CooperativeFacts):
        lines = cooperative_sentences(words, facts)
    elif isinstance(facts, ProductFacts):
        lines = product_sentences(words, facts)
    elif isinstance(facts, HubFacts):
        lines = hub_sentences(words, facts)
    elif isinstance(facts, BasketFacts):
        lines = basket_sentences(words, facts)
    elif isinstance(facts, PackedFacts):
        lines = packed_sentences(words, facts)
    else:
        lines = visit_sentences(words, facts)
    if thing.engagement is not None:
        lines += engagement_sentences(words, thing.engagement)
    if thing.prices is not None:
        lines += price_sentences(words, thing.prices)
    return lines


def _plain(item: Any, without: Sequence[str] = ()) -> Any:
    """Return ``item`` as JSON can hold it: dates in ISO, infinite numbers as none."""
    if dataclasses.is_dataclass(item) and not isinstance(item, type):
        names = [field.name for field in dataclasses.fields(item) if field.name not in without]
        return {name: _plain(getattr(item, name)) for name in names}
    if isinstance(item, Mapping):
        return {str(key): _plain(value) for key, value in item.items()}
    if isinstance(item, tuple | list):
        return [_plain(value) for value in item]
    if isinstance(item, dt.date):
        return item.isoformat()
    if isinstance(item, float):
        return round(item, 6)
    return item
