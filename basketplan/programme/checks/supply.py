"""B42x: what the supply network says of baskets, products and offers."""

from __future__ import annotations

from collections.abc import Iterator

from basketplan.programme import network
from basketplan.programme.availability import eligible
from basketplan.programme.checks.context import Context, Finding, line_path, listed

__all__ = ["RULES"]


def _known(context: Context, options: list[str]) -> bool:
    """Whether all products are defined; unknown ones are told elsewhere."""
    return all(name in context.programme.product for name in options)


def nobody_can_fill(context: Context) -> Iterator[Finding]:
    """B420: no cooperative that may supply offers what a line of a basket needs."""
    programme = context.programme
    for row, basket in enumerate(programme.baskets):
        for number in network.unfillable_lines(context.network, basket):
            options = basket.lines[number].one_of
            if not _known(context, [item.product for item in options]):
                continue
            lacking = [item.product for item in options if not network.suppliers(context.network, item.product)]
            others = sorted(
                {item.id for item in programme.cooperatives for offer in item.offers if offer.product in lacking}
            )
            rural = f" ({listed(others)} would, but not as a rural cooperative)" if others else ""
            needed = " or ".join(f"'{name}'" for name in lacking)
            yield Finding(
                "B420",
                f"nobody can fill basket '{basket.id}': no cooperative that may supply offers {needed}{rural}",
                line_path(row, number),
                "add an offer, or an alternative to the line"
                + ("; or write 'rural_only: false' in the policy" if others else ""),
            )


def shares_not_offered(context: Context) -> Iterator[Finding]:
    """B421: the alternatives that are offered may not reach every basket, by their highest shares."""
    for row, basket in enumerate(context.programme.baskets):
        lines = set(network.unfillable_lines(context.network, basket))
        for number in network.short_lines(context.network, basket):
            options = basket.lines[number].one_of
            if number in lines or not _known(context, [item.product for item in options]):
                continue
            shares = {
                item.product: item.max_share for item in options if network.suppliers(context.network, item.product)
            }
            told = ", ".join(f"'{name}' at most {share:.0%}" for name, share in shares.items())
            yield Finding(
                "B421",
                f"nobody can fill a line of basket '{basket.id}': of its alternatives only {told} is offered",
                line_path(row, number),
                "raise the 'max' share, or add an offer of another alternative",
            )


def alternative_not_offered(context: Context) -> Iterator[Finding]:
    """B422: an alternative of a basket is offered by nobody who may supply (warning)."""
    unsupplied = set(network.unsupplied_products(context.network))
    for at in context.options():
        if at.product is not None and at.product.id in unsupplied:
            line = context.programme.basket[at.basket].lines[_line_number(at.path)]
            if any(item.product not in unsupplied for item in line.one_of) and at.option.min_share <= 0:
                yield Finding(
                    "B422",
                    f"'{at.product.id}', an alternative in basket '{at.basket}', is offered by no cooperative that may"
                    " supply",
                    (*at.path, "product"),
                    "add an offer, or take the alternative out",
                    "warning",
                )


def _line_number(path: tuple[str | int, ...]) -> int:
    return 0 if path[2] == "container" else int(path[3]) + 1


def offer_not_used(context: Context) -> Iterator[Finding]:
    """B423: an offer's product is in no basket that a household gets (warning)."""
    needed = frozenset(basket for basket, number in context.needed.items() if number)
    unused = set(network.unused_offers(context.network, needed))
    for at in context.offers():
        if (at.cooperative, at.offer.product) in unused:
            yield Finding(
                "B423",
                f"'{at.offer.product}' of cooperative '{at.cooperative}' is in no basket that a household gets",
                at.path,
                "add it to a basket, for example as an alternative, or take the offer out",
                "warning",
            )


def not_rural(context: Context) -> Iterator[Finding]:
    """B424: a cooperative may not supply because it is not rural (warning)."""
    for row, item in enumerate(context.programme.cooperatives):
        if not eligible(context.programme, item):
            yield Finding(
                "B424",
                f"cooperative '{item.id}' is not rural, and the programme buys from rural cooperatives only",
                ("cooperatives", row, "rural"),
                "take it out, correct 'rural', or write 'rural_only: false' in the policy",
                "warning",
            )


def idle_product(context: Context) -> Iterator[Finding]:
    """B425: a product is neither offered nor in a basket (warning)."""
    idle = set(network.idle_products(context.network))
    for row, product in enumerate(context.programme.products):
        if product.id in idle:
            yield Finding(
                "B425",
                f"product '{product.id}' is neither offered nor in any basket",
                ("products", row, "id"),
                "take it out, or use it",
                "warning",
            )


def basket_for_nobody(context: Context) -> Iterator[Finding]:
    """B426: no household gets a basket type (warning)."""
    for row, basket in enumerate(context.programme.baskets):
        if not context.needed[basket.id]:
            yield Finding(
                "B426",
                f"no household gets basket '{basket.id}'",
                ("baskets", row, "id"),
                "take it out, or give it to households",
                "warning",
            )


RULES = (
    nobody_can_fill,
    shares_not_offered,
    alternative_not_offered,
    offer_not_used,
    not_rural,
    idle_product,
    basket_for_nobody,
)
