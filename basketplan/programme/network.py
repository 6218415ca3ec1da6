"""The supply network: cooperative → offer → product → line of a basket → basket, as a directed graph.

An offer that may not supply (its cooperative is not rural and the programme is `rural_only`) is a node without
edges. What can be reached along the edges is what the programme can be made of; everything else is a finding.

Nodes are tuples that begin with their kind: ``("cooperative", id)``, ``("offer", cooperative, product)``,
``("product", id)``, ``("line", basket, number)``, ``("basket", id)``; line 0 is the container.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

import networkx as nx

from basketplan.programme.availability import eligible
from basketplan.programme.types import Basket, Programme

if TYPE_CHECKING:
    Network: TypeAlias = "nx.DiGraph[tuple[str | int, ...]]"

Node: TypeAlias = tuple[str | int, ...]

__all__ = [
    "Node",
    "idle_products",
    "short_lines",
    "suppliers",
    "supply_network",
    "unfillable_lines",
    "unsupplied_products",
    "unused_offers",
]


def supply_network(programme: Programme) -> Network:
    """Return the network of ``programme``; references to unknown products are left out."""
    network: Network = nx.DiGraph()
    known = programme.product
    for product in programme.products:
        network.add_node(("product", product.id))
    for cooperative in programme.cooperatives:
        source: Node = ("cooperative", cooperative.id)
        allowed = eligible(programme, cooperative)
        network.add_node(source, eligible=allowed)
        for offer in cooperative.offers:
            node: Node = ("offer", cooperative.id, offer.product)
            network.add_node(node)
            if allowed and offer.product in known:
                network.add_edge(source, node)
                network.add_edge(node, ("product", offer.product))
    for basket in programme.baskets:
        for number, line in enumerate(basket.lines):
            network.add_edge(("line", basket.id, number), ("basket", basket.id))
            for option in line.one_of:
                if option.product in known:
                    network.add_edge(
                        ("product", option.product),
                        ("line", basket.id, number),
                        min_share=option.min_share,
                        max_share=option.max_share,
                    )
    return network


def suppliers(network: Network, product: str) -> list[str]:
    """Return the cooperatives that may supply ``product``, sorted."""
    if ("product", product) not in network:
        return []
    return sorted(str(node[1]) for node in network.predecessors(("product", product)))


def unfillable_lines(network: Network, basket: Basket) -> Iterator[int]:
    """Yield the lines of ``basket`` none of whose products any cooperative may supply, or that lack a required one."""
    for number, line in enumerate(basket.lines):
        offered = [option for option in line.one_of if suppliers(network, option.product)]
        if not offered or any(option.min_share > 0 and option not in offered for option in line.one_of):
            yield number


def short_lines(network: Network, basket: Basket) -> Iterator[int]:
    """Yield the lines whose supplied alternatives may together not reach every basket."""
    for number, line in enumerate(basket.lines):
        shares = [option.max_share for option in line.one_of if suppliers(network, option.product)]
        if shares and sum(shares) < 1 - 1e-9 <= sum(option.max_share for option in line.one_of):
            yield number


def unused_offers(network: Network, needed: frozenset[str]) -> list[tuple[str, str]]:
    """Return (cooperative, product) of offers from which no basket in ``needed`` can be reached, sorted.

    Offers that may not supply at all are not listed: that is the cooperative's matter.
    """
    useful: set[Node] = set()
    for basket in sorted(needed):
        if ("basket", basket) in network:
            useful |= nx.ancestors(network, ("basket", basket))
    return sorted(
        (str(node[1]), str(node[2]))
        for node in network
        if node[0] == "offer" and node not in useful and network.out_degree(node)
    )


def unsupplied_products(network: Network) -> list[str]:
    """Return products that some basket may hold and no cooperative may supply, sorted."""
    return sorted(
        str(node[1])
        for node in network
        if node[0] == "product" and network.out_degree(node) and not network.in_degree(node)
    )


def idle_products(network: Network) -> list[str]:
    """Return products that are neither offered nor in any basket, sorted."""
    offered = {node[2] for node in network if node[0] == "offer"}
    return sorted(
        str(node[1])
        for node in network
        if node[0] == "product" and not network.out_degree(node) and node[1] not in offered
    )
