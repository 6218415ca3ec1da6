"""Stops of a trip as a driver makes them: all families of one distribution point are one stop."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import groupby

from basketplan.publish.contacts import NOBODY
from basketplan.publish.texts import Texts
from basketplan.publish.view import StopView, TripView, View

__all__ = ["Drop", "drops"]


@dataclass(frozen=True, kw_only=True)
class Drop:
    """One stop as it is printed."""

    number: int | str
    """The number of the stop; ``3–14`` where the plan counts a stop for each family of a point."""
    stop: StopView


def drops(trip: TripView, view: View, texts: Texts) -> list[Drop]:
    """Return the stops of ``trip``; families of one point that follow each other are one, under the point's name."""
    result: list[Drop] = []
    for key, group in groupby(trip.stops, key=lambda stop: stop.collect.point if stop.collect else stop):
        stops = list(group)
        if isinstance(key, str):
            result.append(_drop(key, stops, view, texts))
        else:
            result += [Drop(number=stop.number, stop=stop) for stop in stops]
    return result


def _drop(point: str, stops: list[StopView], view: View, texts: Texts) -> Drop:
    first, last, collect = stops[0], stops[-1], stops[0].collect
    count: Counter[str] = Counter()
    for stop in stops:
        count.update(dict(stop.baskets))
    name = texts.name(collect.name) if collect else point
    told = texts.n("for {n} family", "for {n} families", len(stops))
    return Drop(
        number=first.number if len(stops) == 1 else f"{first.number}–{last.number}",
        stop=replace(
            first,
            household=point,
            zone=texts.listed([name, told]),
            leave_s=last.leave_s,
            baskets=tuple((kind, count[kind]) for kind in view.baskets if count[kind]),
            basket_ids=tuple(name for stop in stops for name in stop.basket_ids),
            contact=NOBODY,
        ),
    )
