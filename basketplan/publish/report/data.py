"""What the map of the report draws, as short as JSON can say it: columns of numbers that point into lists of names."""

from __future__ import annotations

from typing import Any

from basketplan.publish.audience import may
from basketplan.publish.tables import reasons
from basketplan.publish.texts import Texts
from basketplan.publish.view import View

__all__ = ["map_data"]

_DEGREES = 100_000
"""Places are told in 1/100,000 of a degree: a metre."""


class _Index:
    """Gives every name a number, in the order in which they come."""

    def __init__(self) -> None:
        self.of: dict[Any, int] = {}

    def __call__(self, name: Any) -> int:
        return self.of.setdefault(name, len(self.of))

    @property
    def names(self) -> list[Any]:
        return list(self.of)


def map_data(view: View, texts: Texts) -> dict[str, Any]:
    """Return everything that the script needs; households only where the audience may see them."""
    coops = {name: index for index, name in enumerate(view.cooperatives)}
    content: dict[str, Any] = {
        "words": _words(texts),
        "rtl": texts.rtl,
        "hubs": [
            [hub.id, texts.name(hub.name), _deg(hub.place.lat), _deg(hub.place.lon)] for hub in view.hubs.values()
        ],
        "coops": [
            [coop.id, texts.name(coop.name), _deg(coop.place.lat), _deg(coop.place.lon), coop.town]
            for coop in view.cooperatives.values()
        ],
        "homes": None,
    }
    if view.households and may(view.audience, "household.place"):
        content |= _homes(view, texts, coops)
    return content


def _deg(value: float) -> int:
    return round(value * _DEGREES)


def _homes(view: View, texts: Texts, coops: dict[str, int]) -> dict[str, Any]:
    """Return households column by column, trips, and what is in the baskets."""
    zones, units, days, why = _Index(), _Index(), _Index(), _Index()
    days_of = sorted({trip.day for trip in view.trips})
    for day in days_of:
        days(day)
    zone_names = sorted({home.zone for home in view.households})
    for name in zone_names:
        zones(name)
    trips = {trip.id: index for index, trip in enumerate(view.trips)}
    arrival = {stop.household: stop.arrive_s for trip in view.trips for stop in trip.stops}
    told = reasons(texts)
    number = {home.id: index for index, home in enumerate(view.households)}
    baskets, mixtures, products = _contents(view, texts, coops, number)
    hubs = {name: index for index, name in enumerate(view.hubs)}
    homes: dict[str, list[Any]] = {
        "id": [home.id for home in view.households],
        "lat": [_deg(home.lat) for home in view.households],
        "lon": [_deg(home.lon) for home in view.households],
        "zone": [zones(home.zone) for home in view.households],
        "trip": [trips.get(home.trip, -1) for home in view.households],
        "stop": [home.stop for home in view.households],
        "arrive": [arrival.get(home.id) or 0 for home in view.households],
        "baskets": baskets,
        "why": [why((home.reason, home.remedy)) if home.reason else -1 for home in view.households],
        "windows": [[moment for span in home.windows for moment in span] or 0 for home in view.households],
        "landmark": [home.contact.landmark for home in view.households],
    }
    if not any(homes["landmark"]):
        del homes["landmark"]
    rows = [
        [
            *(trip.id, days(trip.day), hubs[trip.hub.id], units(trip.unit), trip.load_s, trip.depart_s, trip.return_s),
            *(trip.distance_m, trip.count, [number[stop.household] for stop in trip.stops]),
        ]
        for trip in view.trips
    ]
    return {
        "homes": homes,
        "trips": rows,
        "zones": zones.names,
        "units": units.names,
        "days": [texts.date(day, "day") for day in days.names],
        "why": [[told.get(reason, reason), remedy] for reason, remedy in why.names],
        "types": [texts.name(item.name) for item in view.baskets.values()],
        "products": products,
        "mixtures": mixtures,
    }


def _contents(
    view: View, texts: Texts, coops: dict[str, int], number: dict[str, int]
) -> tuple[list[list[int]], list[list[int]], list[str]]:
    """Return for each household its baskets; a basket is a number in the list of mixtures.

    A mixture is the type, then product, cooperative and packs, over and over.
    """
    mixtures, products = _Index(), _Index()
    types = {key: index for index, key in enumerate(view.baskets)}
    baskets: list[list[int]] = [[] for _ in number]
    for day in view.days:
        for filling in day.fillings:
            for packed in filling.baskets:
                if packed.household not in number:
                    continue
                parts = [(products(one.product.id), coops[one.cooperative], one.packs) for one in packed.ingredients]
                flat = (types[packed.basket], *(figure for part in parts for figure in part))
                baskets[number[packed.household]].append(mixtures(flat))
    names = [texts.name(view.products[key].name) for key in products.names]
    return baskets, [list(item) for item in mixtures.names], names


def _words(texts: Texts) -> dict[str, str]:
    """Return the texts that the script writes."""
    return {
        "trip": texts.t("Trip"),
        "stop": texts.t("Stop"),
        "day": texts.t("Day"),
        "unit": texts.t("Vehicle"),
        "hub": texts.t("Hub"),
        "zone": texts.t("Zone"),
        "coop": texts.t("Cooperative"),
        "town": texts.t("Town or village"),
        "household": texts.t("Household"),
        "arrival": texts.t("Arrival"),
        "windows": texts.t("Time windows"),
        "departure": texts.t("Departure"),
        "return": texts.t("Return"),
        "stops": texts.t("Stops"),
        "baskets": texts.t("Baskets"),
        "road": texts.t("Road"),
        "km": texts.t("km"),
        "m": texts.t("m"),
        "landmark": texts.t("Landmark"),
        "left": texts.t("Left out"),
        "why": texts.t("Why it is left out"),
        "remedy": texts.t("What would serve it"),
        "none": texts.t("Nothing is found."),
        "nozone": texts.t("(no zone)"),
        "homes": texts.t("Households"),
        "found": texts.t("Several are found:"),
        "pick": texts.t("Choose a cooperative to see who gets something from it."),
    }
