"""B32x products and quantities in baskets, B33x offers, B34x shares of alternatives."""

from __future__ import annotations

from collections.abc import Iterator

from basketplan import units
from basketplan.programme.availability import eligible, most_revenue_centimes
from basketplan.programme.checks.context import Context, Finding, OfferAt, fits, line_path
from basketplan.programme.types import Quantity

__all__ = ["RULES"]

_TINY = 1e-9
_KIND = {"g": "a mass", "ml": "a volume", "packs": "a number of packs"}


def empty_pack(context: Context) -> Iterator[Finding]:
    """B320: a pack holds nothing."""
    for row, product in enumerate(context.programme.products):
        if product.pack.amount <= 0:
            yield Finding(
                "B320",
                f"a pack of product '{product.id}' holds {product.pack}",
                ("products", row, "pack"),
                "write what one pack holds: '1 kg', '250 mL' or '1 piece'",
            )


def light_pack(context: Context) -> Iterator[Finding]:
    """B321: a pack weighs nothing, or less than what is in it (warning)."""
    for row, product in enumerate(context.programme.products):
        net = product.pack.amount if product.pack.unit == "g" else 1
        if product.pack.amount > 0 and product.gross_weight < net:
            yield Finding(
                "B321",
                f"a pack of product '{product.id}' weighs {product.gross_weight:,} g with packaging,"
                f" less than its content ({product.pack})",
                ("products", row, "gross_weight"),
                "gross_weight is the weight of one pack with its packaging",
                "warning",
            )


def nothing_in_line(context: Context) -> Iterator[Finding]:
    """B322: a line of a basket holds nothing of a product."""
    for at in context.options():
        if at.option.quantity.amount <= 0:
            yield Finding(
                "B322",
                f"basket '{at.basket}' holds {at.option.quantity} of '{at.option.product}'",
                (*at.path, "quantity"),
                "write how much goes into one basket, or take the line out",
            )


def other_dimension_in_line(context: Context) -> Iterator[Finding]:
    """B323: a line of a basket measures a product otherwise than its pack does."""
    for at in context.options():
        if at.product is not None and not fits(at.product, at.option.quantity):
            pack, asked = at.product.pack, at.option.quantity
            yield Finding(
                "B323",
                f"basket '{at.basket}' holds {asked} of '{at.product.id}', {_KIND[asked.unit]},"
                f" but its pack is {_KIND[pack.unit]}: {pack}",
                (*at.path, "quantity"),
                _say_instead(pack),
            )


def _say_instead(pack: Quantity) -> str:
    if pack.unit == "packs":
        return "write a number of packs: '2 packs'"
    return f"write {_KIND[pack.unit]}, or a number of packs: '2 packs'"


def broken_pack(context: Context) -> Iterator[Finding]:
    """B324: a line of a basket is not a whole number of packs."""
    for at in context.options():
        product, asked = at.product, at.option.quantity
        if product is None or asked.unit == "packs" or asked.unit != product.pack.unit or product.pack.amount <= 0:
            continue
        whole, rest = divmod(asked.amount, product.pack.amount)
        if rest and asked.amount > 0:
            low, high = (
                str(product.pack.model_copy(update={"amount": n * product.pack.amount})) for n in (whole, whole + 1)
            )
            yield Finding(
                "B324",
                f"basket '{at.basket}' holds {asked} of '{product.id}', which is not a whole number of its packs"
                f" of {product.pack}",
                (*at.path, "quantity"),
                f"write {low} or {high}" if whole else f"write {high}",
            )


def not_a_container(context: Context) -> Iterator[Finding]:
    """B325: a basket's container is a product that is not marked as one."""
    for at in context.options():
        if at.container and at.product is not None and not at.product.container:
            yield Finding(
                "B325",
                f"the container of basket '{at.basket}' is '{at.product.id}', which is not marked as a container",
                (*at.path, "product"),
                f"write 'container: true' at product '{at.product.id}'",
            )


def container_among_contents(context: Context) -> Iterator[Finding]:
    """B326: a container is among the contents of a basket (warning)."""
    for at in context.options():
        if not at.container and at.product is not None and at.product.container:
            yield Finding(
                "B326",
                f"'{at.product.id}' is marked as a container but is among the contents of basket '{at.basket}'",
                (*at.path, "product"),
                "a container adds no volume to its basket: take 'container: true' away if it is a good like others",
                "warning",
            )


def _amounts(at: OfferAt) -> Iterator[tuple[str, Quantity, tuple[str | int, ...]]]:
    for name in ("capacity", "rate", "lot", "minimum_order"):
        quantity = getattr(at.offer, name)
        if quantity is not None:
            yield name, quantity, (*at.path, name)
    for number, step in enumerate(at.offer.price_breaks):
        yield "price break", step.from_, (*at.path, "price_breaks", number, "from_")


def other_dimension_in_offer(context: Context) -> Iterator[Finding]:
    """B330: an offer measures a product otherwise than its pack does."""
    for at in context.offers():
        for name, quantity, path in _amounts(at):
            if at.product is not None and not fits(at.product, quantity):
                pack = at.product.pack
                yield Finding(
                    "B330",
                    f"the {name.replace('_', ' ')} of '{at.offer.product}' at cooperative '{at.cooperative}' is"
                    f" {_KIND[quantity.unit]} ({quantity}), but its pack is {_KIND[pack.unit]}: {pack}",
                    path,
                    _say_instead(pack),
                )


def broken_pack_in_offer(context: Context) -> Iterator[Finding]:
    """B331: an offer's amount is not a whole number of packs and is rounded down (warning)."""
    for at in context.offers():
        product = at.product
        for name, quantity, path in _amounts(at):
            if product is None or quantity.unit == "packs" or quantity.unit != product.pack.unit:
                continue
            if product.pack.amount > 0 and quantity.amount > 0 and quantity.amount % product.pack.amount:
                packs = product.packs(quantity)
                if name == "lot" and not packs:
                    continue
                yield Finding(
                    "B331",
                    f"the {name.replace('_', ' ')} of '{at.offer.product}' at cooperative '{at.cooperative}' is"
                    f" {quantity}, not a whole number of packs of {product.pack}: {packs:,} packs are counted",
                    path,
                    "write a whole number of packs",
                    "warning",
                )


def negative_amount(context: Context) -> Iterator[Finding]:
    """B332: an offer's amount is below zero."""
    for at in context.offers():
        for name, quantity, path in _amounts(at):
            if quantity.amount < 0:
                yield Finding(
                    "B332",
                    f"the {name.replace('_', ' ')} of '{at.offer.product}' at cooperative '{at.cooperative}' is"
                    f" {quantity.amount:,}",
                    path,
                    "write zero or more",
                )


def empty_lot(context: Context) -> Iterator[Finding]:
    """B333: a lot is smaller than one pack."""
    for at in context.offers():
        lot = at.offer.lot
        if at.product is None or lot is None or not fits(at.product, lot) or lot.amount < 0:
            continue
        if at.product.packs(lot) < 1 and at.product.pack.amount > 0:
            yield Finding(
                "B333",
                f"the lot of '{at.offer.product}' at cooperative '{at.cooperative}' is {lot}, less than one pack"
                f" ({at.product.pack})",
                (*at.path, "lot"),
                "write one pack or more, or leave 'lot' out",
            )


def order_above_capacity(context: Context) -> Iterator[Finding]:
    """B334: an offer's minimum order is more than it can supply (warning: it will never be bought)."""
    yield from _above_capacity(context, "minimum_order", "B334")


def lot_above_capacity(context: Context) -> Iterator[Finding]:
    """B335: an offer's lot is more than it can supply (warning: it will never be bought)."""
    yield from _above_capacity(context, "lot", "B335")


def _above_capacity(context: Context, name: str, code: str) -> Iterator[Finding]:
    for at in context.offers():
        least = getattr(at.offer, name)
        if at.product is None or least is None or not fits(at.product, least) or at.offer.capacity.amount <= 0:
            continue
        if fits(at.product, at.offer.capacity) and at.product.packs(least) > at.product.packs(at.offer.capacity):
            yield Finding(
                code,
                f"the {name.replace('_', ' ')} of '{at.offer.product}' at cooperative '{at.cooperative}' is {least},"
                f" more than its capacity of {at.offer.capacity}: it will never be bought",
                (*at.path, name),
                f"write at most {at.offer.capacity}",
                "warning",
            )


def empty_rate(context: Context) -> Iterator[Finding]:
    """B336: an offer's rate makes less than one pack a day (warning: nothing is ever ready)."""
    for at in context.offers():
        rate = at.offer.rate
        if at.product is None or rate is None or not fits(at.product, rate) or at.product.pack.amount <= 0:
            continue
        if at.offer.capacity.amount > 0 and rate.amount >= 0 and at.product.packs(rate) < 1:
            yield Finding(
                "B336",
                f"the rate of '{at.offer.product}' at cooperative '{at.cooperative}' is {rate} a day, less than one"
                f" pack ({at.product.pack}): nothing is ever ready",
                (*at.path, "rate"),
                "write what it makes ready per working day, or leave 'rate' out",
                "warning",
            )


def price_breaks_rise(context: Context) -> Iterator[Finding]:
    """B337: the quantities of price breaks do not rise from each to the next."""
    for at in context.offers():
        product, before = at.product, 0
        if product is None:
            continue
        for number, step in enumerate(at.offer.price_breaks):
            if not fits(product, step.from_):
                continue
            packs = product.packs(step.from_)
            if packs <= before:
                yield Finding(
                    "B337",
                    f"price break {number + 1} of '{at.offer.product}' at cooperative '{at.cooperative}' begins at"
                    f" {packs:,} packs; expected more than {before:,}",
                    (*at.path, "price_breaks", number, "from_"),
                    "order price breaks from the smallest quantity to the largest, above zero",
                )
            before = max(before, packs)


def price_breaks_fall(context: Context) -> Iterator[Finding]:
    """B338: a price break is not cheaper than the price before it."""
    for at in context.offers():
        before = at.offer.price
        for number, step in enumerate(at.offer.price_breaks):
            if step.price >= before:
                yield Finding(
                    "B338",
                    f"price break {number + 1} of '{at.offer.product}' at cooperative '{at.cooperative}' costs"
                    f" {units.mad(step.price)} a pack; expected less than {units.mad(before)}",
                    (*at.path, "price_breaks", number, "price"),
                    "a larger quantity has a lower price; take the break out where it has not",
                )
            before = min(before, step.price)


def shares_crossed(context: Context) -> Iterator[Finding]:
    """B340: an alternative's lowest share is above its highest."""
    for at in context.options():
        low, high = at.option.min_share, at.option.max_share
        if low > high + _TINY:
            yield Finding(
                "B340",
                f"'{at.option.product}' in basket '{at.basket}' has a lowest share of {low:.0%} and a highest of"
                f" {high:.0%}",
                (*at.path, "min_share"),
                f"write a lowest share of at most {high:.0%}, or raise the highest",
            )


def shares_exceed(context: Context) -> Iterator[Finding]:
    """B341: the lowest shares of a line's alternatives make more than 100 %."""
    for row, basket in enumerate(context.programme.baskets):
        for number, line in enumerate(basket.lines):
            total = sum(option.min_share for option in line.one_of)
            if total > 1 + _TINY:
                yield Finding(
                    "B341",
                    f"the lowest shares of a line of basket '{basket.id}' add up to {total:.0%};"
                    " expected at most 100 %",
                    line_path(row, number),
                    "lower one of the 'min' shares",
                )


def shares_fall_short(context: Context) -> Iterator[Finding]:
    """B342: the highest shares of a line's alternatives make less than 100 %."""
    for row, basket in enumerate(context.programme.baskets):
        for number, line in enumerate(basket.lines):
            total = sum(option.max_share for option in line.one_of)
            if total < 1 - _TINY:
                yield Finding(
                    "B342",
                    f"the highest shares of a line of basket '{basket.id}' add up to {total:.0%};"
                    " expected at least 100 %",
                    line_path(row, number),
                    "raise one of the 'max' shares, or take one away",
                )


def revenue_never_reached(context: Context) -> Iterator[Finding]:
    """B339: a cooperative's minimum revenue is more than all it offers (warning: nothing is ever bought)."""
    for row, item in enumerate(context.programme.cooperatives):
        if any(offer.product not in context.programme.product for offer in item.offers):
            continue
        most = most_revenue_centimes(context.programme, item)
        if eligible(context.programme, item) and item.minimum_revenue > most:
            yield Finding(
                "B339",
                f"the minimum revenue of cooperative '{item.id}' is {units.mad(item.minimum_revenue)}, more than the"
                f" {units.mad(most)} of all it offers: nothing will ever be bought from it",
                ("cooperatives", row, "minimum_revenue"),
                f"write at most {units.mad(most)}, or raise capacities",
                "warning",
            )


RULES = (
    empty_pack,
    light_pack,
    nothing_in_line,
    other_dimension_in_line,
    broken_pack,
    not_a_container,
    container_among_contents,
    other_dimension_in_offer,
    broken_pack_in_offer,
    negative_amount,
    empty_lot,
    order_above_capacity,
    lot_above_capacity,
    empty_rate,
    price_breaks_rise,
    price_breaks_fall,
    revenue_never_reached,
    shares_crossed,
    shares_exceed,
    shares_fall_short,
)
