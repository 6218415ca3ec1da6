"""Files for maps and navigation: GeoJSON (RFC 7946) and GPX 1.1. Roads between stops are drawn as straight lines."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from basketplan.progress import Progress, Reporter
from basketplan.publish.audience import may
from basketplan.publish.export import safe_name
from basketplan.publish.inbound import RoundView
from basketplan.publish.texts import Texts
from basketplan.publish.together import Together, plain
from basketplan.publish.view import TripView, View

__all__ = ["Feature", "file_names", "geojson", "gpx", "layers"]

Point = tuple[float, float]
"""Longitude, latitude, as GeoJSON has it."""
_GPX = "http://www.topografix.com/GPX/1/1"


@dataclass(frozen=True, kw_only=True)
class Feature:
    """A place or a line of places with what is known of it."""

    id: str
    points: tuple[Point, ...]
    properties: dict[str, Any]
    line: bool = False


def file_names(names: Iterable[str]) -> dict[str, str]:
    """Return a file name for each id; two ids that look alike there do not share one."""
    result: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        if name in result:
            continue
        base = file = safe_name(name)
        number = 2
        while file.casefold() in taken:
            file, number = f"{base}-{number}", number + 1
        taken.add(file.casefold())
        result[name] = file
    return result


def layers(view: View, say: Together) -> dict[str, list[Feature]]:
    """Return features by layer; which layers there are, and what they tell, depends on the audience."""
    made: dict[str, list[Feature]] = {
        "hubs": [
            Feature(id=hub.id, points=(_at(hub.place.lat, hub.place.lon),), properties={"name": say.name(hub.name)})
            for hub in view.hubs.values()
        ],
    }
    if may(view.audience, "cooperative.public"):
        made["cooperatives"] = _cooperatives(view, say)
    if may(view.audience, "household.place"):
        made["households"] = _households(view)
        made["trips"] = [_trip(trip, say) for trip in view.trips if len(trip.stops) > 0]
    if view.rounds:
        made["rounds"] = [_round(item, say) for item in view.rounds]
    return {name: features for name, features in made.items() if features}


def _at(lat: float, lon: float) -> Point:
    return round(lon, 6), round(lat, 6)


def _cooperatives(view: View, say: Together) -> list[Feature]:
    return [
        Feature(
            id=coop.id,
            points=(_at(coop.place.lat, coop.place.lon),),
            properties={
                "name": say.name(coop.name),
                "town": coop.town,
                "province": coop.province,
                "members": coop.members,
                "products": ", ".join(dict.fromkeys(say.name(line.product.name) for line in coop.lines)),
            },
        )
        for coop in view.cooperatives.values()
    ]


def _households(view: View) -> list[Feature]:
    """Return households: those on trips, and for who may see it those left out."""
    made = []
    for trip in view.trips:
        for stop in trip.stops:
            if stop.lat is None or stop.lon is None:
                continue
            known = {
                "zone": stop.zone,
                "baskets": stop.count,
                "trip": trip.id,
                "stop": stop.number,
                "day": trip.day.isoformat(),
                "unit": trip.unit,
                "arrival": None if stop.arrive_s is None else _clock(stop.arrive_s),
                "landmark": stop.contact.landmark or None,
            }
            made.append(Feature(id=stop.household, points=(_at(stop.lat, stop.lon),), properties=known))
    for home in view.households:
        if not home.trip:
            known = {"zone": home.zone, "baskets": sum(count for _, count in home.baskets), "unserved": home.reason}
            made.append(Feature(id=home.id, points=(_at(home.lat, home.lon),), properties=known))
    return sorted(made, key=lambda item: item.id)


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}"


def _trip(trip: TripView, say: Together) -> Feature:
    hub = _at(trip.hub.place.lat, trip.hub.place.lon)
    homes = [_at(stop.lat, stop.lon) for stop in trip.stops if stop.lat is not None and stop.lon is not None]
    known = {
        "day": trip.day.isoformat(),
        "hub": trip.hub.id,
        "vehicle": say.name(trip.vehicle),
        "unit": trip.unit,
        "departure": _clock(trip.depart_s),
        "return": _clock(trip.return_s),
        "stops": len(trip.stops),
        "baskets": trip.count,
        "distance_m": trip.distance_m,
    }
    return Feature(id=trip.id, points=(hub, *homes, hub), properties=known, line=True)


def _round(item: RoundView, say: Together) -> Feature:
    hub = _at(item.hub.place.lat, item.hub.place.lon)
    known = {
        "day": item.day.isoformat(),
        "hub": item.hub.id,
        "lorry": say.name(item.lorry),
        "departure": _clock(item.depart_s),
        "return": _clock(item.return_s),
        "stops": len(item.stops),
        "cooperatives": ", ".join(stop.cooperative for stop in item.stops),
        "weight_g": item.weight_g,
        "distance_m": item.distance_m,
    }
    calls = [_at(stop.place.lat, stop.place.lon) for stop in item.stops]
    return Feature(id=item.id, points=(hub, *calls, hub), properties=known, line=True)


def geojson(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write a FeatureCollection per layer and return the files."""
    target = folder / "geojson"
    target.mkdir(parents=True, exist_ok=True)
    files = []
    for name, features in layers(view, Together(texts)).items():
        file = target / f"{name}.geojson"
        file.write_text(geojson_text(features), encoding="utf-8")
        files.append(file)
    return files


def geojson_text(features: Sequence[Feature]) -> str:
    """Return a FeatureCollection with one feature per line."""
    rows = ",\n".join(json.dumps(_geojson(item), ensure_ascii=False) for item in features)
    return f'{{"type": "FeatureCollection", "features": [\n{rows}\n]}}\n'


def _geojson(item: Feature) -> dict[str, Any]:
    shape = {"type": "LineString", "coordinates": item.points} if item.line else None
    return {
        "type": "Feature",
        "id": item.id,
        "geometry": shape or {"type": "Point", "coordinates": item.points[0]},
        "properties": {"id": item.id} | {key: value for key, value in item.properties.items() if value is not None},
    }


def gpx(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write a GPX file per trip: waypoints of its stops, a route through them, and its line as a track.

    OsmAnd guides along the route; Organic Maps shows waypoints and the track.
    """
    target = folder / "gpx"
    target.mkdir(parents=True, exist_ok=True)
    say, names, files = Together(texts), file_names(trip.id for trip in view.trips), []
    for number, trip in enumerate(view.trips, start=1):
        file = target / f"{names[trip.id]}.gpx"
        file.write_bytes(gpx_bytes(view, trip, say))
        files.append(file)
        if number % 50 == 0:
            reporter.update(Progress(stage="gpx", done=number, total=len(view.trips), unit="trips"))
    return files


def gpx_bytes(view: View, trip: TripView, say: Together) -> bytes:
    """Return one trip as GPX 1.1; its elements stand in the order of the schema."""
    root = ET.Element("gpx", {"version": "1.1", "creator": plain(f"basketplan {view.stamp.version}"), "xmlns": _GPX})
    title = f"{trip.id} {say.first.date(trip.day, 'short')} {trip.unit}"
    about = ET.SubElement(root, "metadata")
    _sub(about, "name", title)
    _sub(about, "desc", say.t("To be destroyed after {day}", day=say.first.date(view.stamp.destroy_after, "long")))
    points = _points(view, trip, say)
    for point in points[:-1]:
        _point(root, "wpt", point)
    route, track = ET.SubElement(root, "rte"), ET.SubElement(root, "trk")
    _sub(route, "name", title)
    _sub(track, "name", title)
    segment = ET.SubElement(track, "trkseg")
    for point in points:
        _point(route, "rtept", point)
        ET.SubElement(segment, "trkpt", {"lat": f"{point[0]:.6f}", "lon": f"{point[1]:.6f}"})
    ET.indent(root)
    return bytes(ET.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _points(view: View, trip: TripView, say: Together) -> list[tuple[float, float, str, str]]:
    """Return latitude, longitude, name and description: hub, stops, hub."""
    hub = say.name(trip.hub.name)
    place = trip.hub.place
    start = (place.lat, place.lon, hub, f"{say.t('Departure')} {say.first.time(trip.depart_s)}")
    end = (place.lat, place.lon, hub, f"{say.t('Return')} {say.first.time(trip.return_s)}")
    stops = []
    for stop in trip.stops:
        if stop.lat is None or stop.lon is None:
            continue
        told = [f"{count} × {say.name(view.baskets[key].name)}" for key, count in stop.baskets]
        if stop.arrive_s is not None:
            told.insert(0, say.first.time(stop.arrive_s))
        told += [part for part in (stop.zone, stop.contact.landmark) if part]
        stops.append((stop.lat, stop.lon, f"{stop.number}. {stop.household}", "; ".join(told)))
    return [start, *stops, end]


def _point(parent: ET.Element, tag: str, point: tuple[float, float, str, str]) -> None:
    lat, lon, name, told = point
    element = ET.SubElement(parent, tag, {"lat": f"{lat:.6f}", "lon": f"{lon:.6f}"})
    _sub(element, "name", name)
    _sub(element, "desc", told)


def _sub(parent: ET.Element, tag: str, text: str) -> None:
    ET.SubElement(parent, tag).text = plain(text)
