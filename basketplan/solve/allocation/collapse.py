"""What a model without days counts on: the figures of all days as if they were one."""

from __future__ import annotations

from dataclasses import replace

from basketplan.solve.allocation.data import Carrier, Data, Key, Kind, Slot

__all__ = ["collapse"]


def collapse(data: Data) -> Data:
    """Return ``data`` as if the whole programme were one day.

    Every solution by days, summed over its days, is a solution of the result: capacities by day are added
    up, and rules between days (stock, storage, receiving, shelf life, deliveries) are dropped. Its optimum
    is therefore a valid bound for the optimum by days.
    """
    useful = {
        coop: max((slot.dispatch for slot in data.slots if slot.coop == coop), default=None) for coop in data.coops
    }
    offers = []
    for offer in data.offers:
        last = useful[offer.coop]
        if last is not None:
            offers.append(replace(offer, available=(offer.available[last],)))
    pairs: dict[Key, dict[tuple[str, int], Carrier]] = {}
    road = {(slot.coop, slot.hub): slot.road_m for slot in data.slots}
    for slot in data.slots:
        found = pairs.setdefault((slot.coop, slot.hub), {})
        for carrier in slot.carriers:
            found[carrier.lorry, carrier.cost_centimes] = carrier
    slots = tuple(
        Slot(
            coop=coop,
            hub=hub,
            dispatch=0,
            arrival=0,
            carriers=tuple(found[key] for key in sorted(found)),
            road_m=road[coop, hub],
        )
        for (coop, hub), found in sorted(pairs.items())
    )
    hubs = tuple(
        replace(
            hub,
            open=(0,),
            ready={0: 0} if hub.ready else {},
            assembly=None if hub.assembly is None else hub.assembly * len(hub.ready),
            receiving_g=None,
            storage_g=None,
            storage_ml=None,
            fleet=None,
        )
        for hub in data.hubs
    )
    merged: dict[tuple[object, ...], list[str]] = {}
    for kind in data.kinds:
        merged.setdefault((kind.hub, kind.baskets, kind.priority), []).extend(kind.households)
    kinds = tuple(
        # mypy: keys of the groups are tuples of objects; these are the kinds' own.
        Kind(hub=hub, baskets=baskets, priority=priority, days=(0,), access="", households=tuple(names))  # type: ignore[arg-type]
        for (hub, baskets, priority), names in sorted(merged.items(), key=lambda item: str(item[0]))
    )
    return replace(data, n_days=1, offers=tuple(offers), slots=slots, hubs=hubs, kinds=kinds, expiry={})
