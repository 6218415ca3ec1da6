"""Route sheets: what a driver carries, one PDF per trip and one of all, in the order of day, hub and vehicle."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from basketplan.progress import Reporter
from basketplan.publish.export import safe_name, told
from basketplan.publish.paper.drops import Drop, drops
from basketplan.publish.paper.merging import merged
from basketplan.publish.paper.press import Press
from basketplan.publish.paper.qr import geo_qr
from basketplan.publish.paper.tripmap import trip_map
from basketplan.publish.texts import Texts
from basketplan.publish.view import TripView, View

__all__ = ["LABELS", "coded", "pdf"]

LABELS = {
    "title": "Route sheet",
    "vehicle": "Vehicle",
    "load_from": "Loading from",
    "depart": "Departure",
    "return": "Back at",
    "stops": "Stops",
    "baskets": "Baskets",
    "weight": "Weight",
    "distance": "Distance",
    "round": "Round of the day",
    "hub_contact": "Call the hub",
    "loading": "Loading list",
    "loading_rule": "Last stop first: what is loaded first is delivered last.",
    "stop": "Stop",
    "time": "Time",
    "household": "Household",
    "place": "Map",
    "failed": "Not delivered",
    "signature": "Signature",
    "absent": "absent",
    "moved": "moved away",
    "refused": "refused",
    "wrong": "wrong address",
    "closing": "At the end of the trip",
    "delivered": "Baskets delivered",
    "brought_back": "Baskets brought back",
    "km_out": "Km at departure",
    "km_in": "Km at return",
    "driver_signs": "Driver: name and signature",
    "hub_signs": "Hub: name and signature",
}


def pdf(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write the route sheets."""
    press = Press("route.typ", LABELS, view, texts)
    files = []
    for trip in told(view.trips, "route-sheets", reporter):
        files.append(
            press.write(folder / "route-sheets" / f"{safe_name(trip.id)}.pdf", {"trip": _trip(trip, view, press)})
        )
    return [*files, *merged(files, folder / "route-sheets" / "all.pdf", view)]


def _trip(trip: TripView, view: View, press: Press) -> dict[str, Any]:
    lead = press.texts[0]
    made = drops(trip, view, lead)
    places = [(stop.lat, stop.lon) for stop in trip.stops if stop.lat is not None and stop.lon is not None]
    return {
        "id": trip.id,
        "about": press.dated(trip.hub.name, trip.day),
        "vehicle": press.name(trip.vehicle),
        "unit": trip.unit,
        "load": lead.time(trip.load_s),
        "depart": lead.time(trip.depart_s),
        "back": lead.time(trip.return_s),
        "stop_count": lead.number(len(made)),
        "count": lead.number(trip.count),
        "baskets": coded(trip.baskets, view),
        "weight": [lead.lang, lead.weight(trip.weight_g)],
        "distance": [lead.lang, lead.distance(trip.distance_m)],
        "round": f"{trip.round[0]} / {trip.round[1]}",
        "hub_phone": " ".join(part for part in (trip.hub.contact.name, trip.hub.contact.phone) if part),
        "map": trip_map((trip.hub.place.lat, trip.hub.place.lon), places) if places else "",
        "stops": [_stop(drop, view, lead) for drop in made],
    }


def _stop(drop: Drop, view: View, texts: Texts) -> dict[str, Any]:
    stop = drop.stop
    known = stop.contact
    return {
        "number": drop.number,
        "time": texts.time(stop.start_s) if stop.start_s is not None else "",
        "windows": [f"{texts.time(start)}–{texts.time(end)}" for start, end in stop.windows],
        "household": stop.household,
        "zone": stop.zone,
        "landmark": known.landmark,
        "name": known.name,
        "address": known.address,
        "phone": known.phone,
        "baskets": coded(stop.baskets, view),
        "qr": geo_qr(stop.lat, stop.lon) if stop.lat is not None and stop.lon is not None else "",
    }


def coded(baskets: tuple[tuple[str, int], ...], view: View) -> list[list[object]]:
    """Return letters and counts: at a door nobody reads what kind of basket it is."""
    return [[view.baskets[kind].code, count] for kind, count in baskets]
