"""When a hub can begin to assemble: not before the goods of a basket are there.

For each product, the first day on which any offer of it may arrive at a hub: what an offer has ready leaves on a
working day and arrives after the days on the road of the fastest lorry, on a day on which the hub is open. A basket
needs every line, with one of its alternatives. Amounts, lots and lorries are not asked, so no hub begins earlier.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from basketplan.programme.types import Hub, Offer, Programme
from basketplan.travel.distance import straight_m

__all__ = ["first_packing", "ready_from"]

SHORT = 0.998
"""Part of the straight line that is counted: :func:`straight_m` is within 0.1 % of the geodesic of lorries' roads."""

Days = NDArray[np.int64]


def ready_from(programme: Programme, offer: Offer) -> dt.date:
    """Return the first day on which an offer may be dispatched."""
    first = offer.first_day or programme.calendar.first_day
    return max(first, programme.calendar.first_day + dt.timedelta(days=offer.lead_time))


def first_packing(programme: Programme, hubs: Sequence[Hub]) -> list[int]:
    """Return the working day (index) from which each of ``hubs`` can assemble some basket.

    Where goods for none can come, that is the first day: the allocation then says which of them lack.
    """
    if not programme.lorries:
        return [0] * len(hubs)
    road_days = _road_days(programme, hubs)
    arrives = np.array([_arrivals(programme, hub, int(road_days.max(initial=0))) for hub in hubs])
    each = np.arange(len(hubs))
    never = len(programme.working_days)
    first: dict[str, Days] = {}
    for row, coop in enumerate(programme.cooperatives):
        for offer in coop.offers:
            day = bisect_left(programme.working_days, ready_from(programme, offer))
            if day < never:
                there = arrives[each, road_days[row], day]
                first[offer.product] = np.minimum(first.get(offer.product, np.full(len(hubs), never)), there)
    absent = np.full(len(hubs), never)
    begin = absent
    for basket in programme.baskets:
        lines = [np.min([first.get(item.product, absent) for item in line.one_of], axis=0) for line in basket.lines]
        begin = np.minimum(begin, np.max(lines, axis=0)) if lines else np.zeros_like(absent)
    return [int(day) if day < never else 0 for day in begin]


def _road_days(programme: Programme, hubs: Sequence[Hub]) -> Days:
    """Return ``(cooperatives, hubs)`` days on the road of the fastest lorry, at least."""
    places = [coop.place for coop in programme.cooperatives]
    line = straight_m(
        np.array([place.lat for place in places])[:, None],
        np.array([place.lon for place in places])[:, None],
        np.array([hub.place.lat for hub in hubs])[None, :],
        np.array([hub.place.lon for hub in hubs])[None, :],
    )
    fastest = max(lorry.km_per_day for lorry in programme.lorries)
    result: Days = (SHORT * line * programme.travel.inbound_detour // fastest).astype(np.int64)
    return result


def _arrivals(programme: Programme, hub: Hub, longest: int) -> Days:
    """Return ``(days on the road, first day of dispatch)`` → first day of arrival; the number of days: never."""
    dates = programme.working_days
    index = {date: day for day, date in enumerate(dates)}
    is_open = {index[date] for date in programme.hub_days(hub)}
    result = np.full((longest + 1, len(dates)), len(dates), dtype=np.int64)
    for road in range(longest + 1):
        earliest = len(dates)
        for day in reversed(range(len(dates))):
            arrival = index.get(dates[day] + dt.timedelta(days=road))
            if arrival is not None and arrival in is_open:
                earliest = min(earliest, arrival)
            result[road, day] = earliest
    return result
