"""B30x unknown references, B31x things written twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from basketplan.programme.checks.context import Context, Finding, suggest

__all__ = ["RULES"]

LISTS = (
    ("products", "product"), ("baskets", "basket type"), ("cooperatives", "cooperative"), ("hubs", "hub"),
    ("lorries", "lorry type"), ("vehicles", "vehicle type"), ("households", "household"),
    ("points", "point"),
)  # fmt: skip


def _see(items: Sequence[object], help: str, name: str) -> tuple[str | int, ...] | None:
    """Return where the suggested item stands, when the help suggests one."""
    for row, item in enumerate(items):
        if help == f"did you mean '{getattr(item, 'id', None)}'?":
            return (name, row, "id")
    return None


def unknown_product_in_basket(context: Context) -> Iterator[Finding]:
    """B301: a line of a basket holds a product that is not defined."""
    products = context.programme.products
    for at in context.options():
        if at.product is None:
            help = suggest(at.option.product, [item.id for item in products], "add it to products")
            yield Finding(
                "B301",
                f"basket '{at.basket}' holds unknown product '{at.option.product}'",
                (*at.path, "product"),
                help,
                see=_see(products, help, "products"),
            )


def unknown_product_in_offer(context: Context) -> Iterator[Finding]:
    """B302: an offer is of a product that is not defined."""
    products = context.programme.products
    for at in context.offers():
        if at.product is None:
            help = suggest(at.offer.product, [item.id for item in products], "add it to products")
            yield Finding(
                "B302",
                f"cooperative '{at.cooperative}' offers unknown product '{at.offer.product}'",
                (*at.path, "product"),
                help,
                see=_see(products, help, "products"),
            )


def unknown_basket(context: Context) -> Iterator[Finding]:
    """B303: a household gets a basket type that is not defined."""
    baskets = context.programme.baskets
    known = context.programme.basket.keys()
    for row, household in enumerate(context.programme.households):
        if household.baskets.keys() <= known:
            continue
        for basket in household.baskets:
            if basket not in known:
                help = suggest(basket, [item.id for item in baskets], "add it to baskets")
                yield Finding(
                    "B303",
                    f"household '{household.id}' gets unknown basket type '{basket}'",
                    ("households", row, "baskets", basket),
                    help,
                    key=True,
                    see=_see(baskets, help, "baskets"),
                )


def unknown_hub(context: Context) -> Iterator[Finding]:
    """B304: vehicles stand at a hub that is not defined."""
    hubs = context.programme.hubs
    for row, vehicle in enumerate(context.programme.vehicles):
        for hub in vehicle.number:
            if hub not in context.programme.hub:
                help = suggest(hub, [item.id for item in hubs], "add it to hubs")
                yield Finding(
                    "B304",
                    f"vehicle type '{vehicle.id}' stands at unknown hub '{hub}'",
                    ("vehicles", row, "number", hub),
                    help,
                    key=True,
                    see=_see(hubs, help, "hubs"),
                )


def unknown_cooperative(context: Context) -> Iterator[Finding]:
    """B305: the policy sets a floor or ceiling for a cooperative that is not defined."""
    cooperatives = context.programme.cooperatives
    policy = context.programme.policy
    for name, table, extra in (("floors", policy.floors, ()), ("ceilings", policy.ceilings, ("all",))):
        for cooperative in table:
            if cooperative not in context.programme.cooperative and cooperative not in extra:
                help = suggest(cooperative, [*(item.id for item in cooperatives), *extra], "add it to cooperatives")
                yield Finding(
                    "B305",
                    f"the policy's {name} name unknown cooperative '{cooperative}'",
                    ("policy", name, cooperative),
                    help,
                    key=True,
                    see=_see(cooperatives, help, "cooperatives"),
                )


def unknown_in_group(context: Context) -> Iterator[Finding]:
    """B305, B308: a group of the policy names a cooperative that is not defined, or a province where none is."""
    cooperatives = context.programme.cooperatives
    provinces = tuple(sorted({item.province for item in cooperatives} - {""}))
    for row, group in enumerate(context.programme.policy.groups):
        for column, name in enumerate(group.cooperatives):
            if name not in context.programme.cooperative:
                help = suggest(name, [item.id for item in cooperatives], "add it to cooperatives")
                yield Finding(
                    "B305",
                    f"group '{group.id}' of the policy names unknown cooperative '{name}'",
                    ("policy", "groups", row, "cooperatives", column),
                    help,
                    see=_see(cooperatives, help, "cooperatives"),
                )
        if group.province and group.province not in provinces:
            yield Finding(
                "B308",
                f"group '{group.id}' of the policy is of province '{group.province}', where no cooperative is",
                ("policy", "groups", row, "province"),
                suggest(group.province, provinces, "write the province of its cooperatives"),
            )


def unknown_access(context: Context) -> Iterator[Finding]:
    """B306: a household's access class is not in the `access` of any vehicle type."""
    known = tuple(dict.fromkeys(name for item in context.programme.vehicles for name in item.access))
    for row, household in enumerate(context.programme.households):
        if household.access not in known:
            yield Finding(
                "B306",
                f"household '{household.id}' has access class '{household.access}', which no vehicle type enters",
                ("households", row, "access"),
                suggest(household.access, known, f"add '{household.access}' to the access of a vehicle type"),
            )


def unknown_zone(context: Context) -> Iterator[Finding]:
    """B307: a hub serves a zone in which no household lives (warning)."""
    if all(hub.zones is None for hub in context.programme.hubs):
        return
    zones = tuple(sorted({household.zone for household in context.programme.households} - {""}))
    for row, hub in enumerate(context.programme.hubs):
        for column, zone in enumerate(hub.zones or ()):
            if zone not in zones:
                yield Finding(
                    "B307",
                    f"hub '{hub.id}' serves zone '{zone}', in which no household lives",
                    ("hubs", row, "zones", column),
                    suggest(zone, zones, "correct the zone, or take it out"),
                    "warning",
                )


def same_id(context: Context) -> Iterator[Finding]:
    """B310: an id is used twice in a list."""
    for name, word in LISTS:
        first: dict[str, int] = {}
        for row, item in enumerate(getattr(context.programme, name)):
            before = first.setdefault(item.id, row)
            if before == row:
                continue
            twin = getattr(context.programme, name)[before]
            if name == "households" and (twin.lat, twin.lon) == (item.lat, item.lon):
                continue
            yield Finding(
                "B310",
                f"{word} '{item.id}' is defined twice",
                (name, row, "id"),
                "give each its own id; the first one stands here",
                see=(name, before, "id"),
            )


def same_group(context: Context) -> Iterator[Finding]:
    """B310: two groups of the policy have one id."""
    first: dict[str, int] = {}
    for row, group in enumerate(context.programme.policy.groups):
        before = first.setdefault(group.id, row)
        if before != row:
            yield Finding(
                "B310",
                f"group '{group.id}' is defined twice",
                ("policy", "groups", row, "id"),
                "give each its own id; the first one stands here",
                see=("policy", "groups", before, "id"),
            )


def same_household(context: Context) -> Iterator[Finding]:
    """B311: a household is written twice, with the same id at the same place."""
    first: dict[str, int] = {}
    for row, item in enumerate(context.programme.households):
        before = first.setdefault(item.id, row)
        twin = context.programme.households[before]
        if before != row and (twin.lat, twin.lon) == (item.lat, item.lon):
            yield Finding(
                "B311",
                f"household '{item.id}' is written twice at the same place",
                ("households", row, "id"),
                "take one of the two out; the first one stands here",
                see=("households", before, "id"),
            )


def same_offer(context: Context) -> Iterator[Finding]:
    """B312: a cooperative offers one product twice."""
    first: dict[tuple[int | str, str], int] = {}
    for at in context.offers():
        column = int(at.path[3])
        before = first.setdefault((at.path[1], at.offer.product), column)
        if before != column:
            yield Finding(
                "B312",
                f"cooperative '{at.cooperative}' offers '{at.offer.product}' twice",
                (*at.path, "product"),
                "make it one offer, with price_breaks where the price differs; the first one stands here",
                see=(*at.path[:3], before, "product"),
            )


def same_alternative(context: Context) -> Iterator[Finding]:
    """B313: a line of a basket names one product twice."""
    seen: set[tuple[str | int, ...]] = set()
    for at in context.options():
        key = (*at.path[:-1], at.option.product)
        if key in seen:
            yield Finding(
                "B313",
                f"a line of basket '{at.basket}' names '{at.option.product}' twice",
                (*at.path, "product"),
                "keep one of the two",
            )
        seen.add(key)


RULES = (
    unknown_product_in_basket,
    unknown_product_in_offer,
    unknown_basket,
    unknown_hub,
    unknown_cooperative,
    unknown_in_group,
    unknown_access,
    unknown_zone,
    same_id,
    same_group,
    same_household,
    same_offer,
    same_alternative,
)
