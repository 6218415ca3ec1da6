"""A plan as tables: what the workbook shows and what CSV files hold.

CSV files are UTF-8 with a byte order mark, so that Excel reads Arabic, and no cell of theirs is a formula: one that
begins with ``= + - @``, a tab or a return is written behind an apostrophe (OWASP, *CSV Injection*).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from basketplan.progress import Reporter
from basketplan.publish.audience import may, suppressed
from basketplan.publish.texts import Texts
from basketplan.publish.together import Together, plain
from basketplan.publish.view import HouseholdView, StopView, TripView, View

__all__ = ["Cell", "Column", "Kind", "Table", "csv_files", "reasons", "tables"]

Kind = Literal["text", "number", "money", "kg", "km", "litres", "share", "degrees", "date", "time"]
Cell = str | int | float | dt.date | None
"""Money is in centimes, weight in grams, distance in metres, volume in millilitres, time in seconds after midnight."""

_DIVISOR: dict[Kind, int] = {"money": 100, "kg": 1000, "km": 1000, "litres": 1000}


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column: ``key`` for machines, ``title`` for people."""

    key: str
    title: str
    kind: Kind = "text"
    total: bool = False
    """Whether people expect the sum of it."""
    editable: bool = False
    """Whether an edit of it is read back."""


@dataclass(frozen=True, kw_only=True)
class Table:
    """Rows under columns."""

    key: str
    title: str
    columns: tuple[Column, ...]
    rows: list[list[Cell]] = field(default_factory=list)
    names: tuple[str, ...] = ()
    """Of the rows, where each is a thing of its own."""

    def at(self, key: str) -> int:
        """Return the index of the column ``key``."""
        return next(index for index, column in enumerate(self.columns) if column.key == key)


def shown(value: Cell, kind: Kind) -> str | int | float | dt.date | None:
    """Return a cell in the unit of its column: dirhams, kilograms, kilometres, litres."""
    if isinstance(value, int) and kind in _DIVISOR:
        return round(value / _DIVISOR[kind], 3)
    return value


def tables(view: View, texts: Sequence[Texts]) -> tuple[Table, ...]:
    """Return the tables that the audience of ``view`` may see, in the order of the workbook's sheets."""
    say = Together(tuple(texts))
    made = [_figures(view, say)]
    if view.households:
        made += [_stops(view, say), _trips(view, say), _households(view, say)]
    if may(view.audience, "shipment") and may(view.audience, "cooperative.result"):
        made.append(_shipments(view, say))
    if view.rounds and may(view.audience, "cooperative.result"):
        made.append(_rounds(view, say))
    if view.metrics is not None:
        made.append(_cooperatives(view, say))
    if view.zones:
        made.append(_zones(view, say))
    if view.costs:
        made.append(_costs(view, say))
    return tuple(table for table in made if table.columns)


def csv_files(view: View, texts: tuple[Texts, ...], folder: Path, reporter: Reporter) -> list[Path]:
    """Write a CSV file per table and return them."""
    target = folder / "csv"
    target.mkdir(parents=True, exist_ok=True)
    files = []
    for table in tables(view, texts):
        file = target / f"{table.key}.csv"
        file.write_bytes(csv_bytes(table))
        files.append(file)
    return files


def csv_bytes(table: Table) -> bytes:
    """Return a table as CSV (RFC 4180) with a byte order mark; times are ``08:30``, dates ``2020-05-18``."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([_safe(column.title) for column in table.columns])
    for row in table.rows:
        writer.writerow([_csv_cell(value, column.kind) for value, column in zip(row, table.columns, strict=True)])
    return out.getvalue().encode("utf-8-sig")


def _csv_cell(value: Cell, kind: Kind) -> str:
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()
    if kind == "time" and isinstance(value, int):
        return f"{value // 3600:02d}:{value // 60 % 60:02d}:{value % 60:02d}"
    if isinstance(value, int | float):
        return str(shown(value, kind))
    return _safe(value)


def _safe(text: str) -> str:
    """Put an apostrophe before what spreadsheets would take for a formula."""
    clean = "".join(sign if sign.isprintable() or sign in "\t\r\n" else " " for sign in text)
    return f"'{clean}" if clean.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else clean


def _windows(windows: Sequence[tuple[int, int]], say: Together) -> str:
    return " ".join(f"{say.first.time(start)}-{say.first.time(end)}" for start, end in windows)


def _type_columns(view: View, say: Together) -> tuple[Column, ...]:
    """Return one column per type of basket."""
    return tuple(
        Column(key=f"baskets.{item.id}", title=say.name(item.name), kind="number", total=True)
        for item in view.baskets.values()
    )


def _by_type(view: View, baskets: Sequence[tuple[str, int]]) -> list[Cell]:
    known = dict(baskets)
    return [known.get(key, 0) for key in view.baskets]


_CONTACT = ("name", "phone", "landmark", "address")


def _contact_columns(people: Sequence[HouseholdView | StopView], say: Together) -> list[Column]:
    """Return the columns of contacts that anybody has."""
    titles = {"name": say.t("Name"), "phone": say.t("Telephone"), "landmark": say.t("Landmark")}
    titles["address"] = say.t("Address")
    return [Column(key=key, title=titles[key]) for key in _CONTACT if any(getattr(one.contact, key) for one in people)]


def _contact(one: HouseholdView | StopView, columns: Sequence[Column]) -> list[Cell]:
    return [str(getattr(one.contact, column.key)) for column in columns]


def _stops(view: View, say: Together) -> Table:
    contacts = _contact_columns([stop for trip in view.trips for stop in trip.stops], say)
    columns = (
        Column(key="trip", title=say.t("Trip"), editable=True),
        Column(key="order", title=say.t("Order"), kind="number", editable=True),
        Column(key="household", title=say.t("Household")),
        Column(key="day", title=say.t("Day"), kind="date"),
        Column(key="hub", title=say.t("Hub")),
        Column(key="unit", title=say.t("Vehicle")),
        Column(key="zone", title=say.t("Zone")),
        Column(key="baskets", title=say.t("Baskets"), kind="number", total=True),
        *_type_columns(view, say),
        Column(key="arrive", title=say.t("Arrival"), kind="time"),
        Column(key="start", title=say.t("Start of service"), kind="time"),
        Column(key="leave", title=say.t("Departure"), kind="time"),
        Column(key="windows", title=say.t("Time windows")),
        Column(key="leg", title=say.t("Road to here (km)"), kind="km", total=True),
        *contacts,
    )
    rows: list[list[Cell]] = [
        [
            *(trip.id, stop.number, stop.household, trip.day, say.name(trip.hub.name), trip.unit, stop.zone),
            *(stop.count, *_by_type(view, stop.baskets)),
            *(stop.arrive_s, stop.start_s, stop.leave_s, _windows(stop.windows, say), stop.leg_m),
            *_contact(stop, contacts),
        ]
        for trip in view.trips
        for stop in trip.stops
    ]
    return Table(key="stops", title=say.first.t("Stops of trips"), columns=columns, rows=rows)


def _trips(view: View, say: Together) -> Table:
    columns = (
        Column(key="id", title=say.t("Trip")),
        Column(key="day", title=say.t("Day"), kind="date"),
        Column(key="hub", title=say.t("Hub")),
        Column(key="unit", title=say.t("Vehicle")),
        Column(key="type", title=say.t("Type of vehicle")),
        Column(key="round", title=say.t("Round of the day"), kind="number"),
        Column(key="load", title=say.t("Loading"), kind="time"),
        Column(key="depart", title=say.t("Departure"), kind="time"),
        Column(key="return", title=say.t("Return"), kind="time"),
        Column(key="stops", title=say.t("Stops"), kind="number", total=True),
        Column(key="baskets", title=say.t("Baskets"), kind="number", total=True),
        *_type_columns(view, say),
        Column(key="weight", title=say.t("Weight (kg)"), kind="kg", total=True),
        Column(key="volume", title=say.t("Volume (L)"), kind="litres", total=True),
        Column(key="distance", title=say.t("Road (km)"), kind="km", total=True),
        Column(key="cost", title=say.t("Cost (MAD)"), kind="money", total=True),
    )
    return Table(
        key="trips", title=say.first.t("Trips"), columns=columns, rows=[_trip(view, trip, say) for trip in view.trips]
    )


def _trip(view: View, trip: TripView, say: Together) -> list[Cell]:
    head: list[Cell] = [trip.id, trip.day, say.name(trip.hub.name), trip.unit, say.name(trip.vehicle), trip.round[0]]
    times: list[Cell] = [trip.load_s, trip.depart_s, trip.return_s, len(trip.stops), trip.count]
    tail: list[Cell] = [trip.weight_g, trip.volume_ml, trip.distance_m, trip.cost_centimes]
    return head + times + _by_type(view, trip.baskets) + tail


def reasons(texts: Texts) -> dict[str, str]:
    """Return why somebody is left out, by code, in words."""
    return {
        "supply": texts.t("not enough goods in time"),
        "assembly": texts.t("hubs cannot assemble more in time"),
        "storage": texts.t("hubs cannot store more"),
        "budget": texts.t("the budget is spent"),
        "territory": texts.t("no hub may serve it, or hubs are full"),
        "access": texts.t("no vehicle may reach it"),
        "time": texts.t("no trip fits its time windows and the shift"),
        "days": texts.t("nobody is home on a day of delivery"),
        "fleet": texts.t("all vehicles are in use"),
        "capacity": texts.t("its baskets exceed every vehicle"),
        "stopped": texts.t("planning was stopped before"),
        "walking": texts.t("no distribution point within walking distance has room"),
    }


def _households(view: View, say: Together) -> Table:
    contacts = _contact_columns(view.households, say)
    points = _point_columns(say) if any(home.collect for home in view.households) else []
    columns = (
        Column(key="id", title=say.t("Household")),
        Column(key="zone", title=say.t("Zone")),
        Column(key="baskets", title=say.t("Baskets"), kind="number", total=True),
        *_type_columns(view, say),
        Column(key="priority", title=say.t("Priority"), kind="number"),
        Column(key="windows", title=say.t("Time windows")),
        Column(key="access", title=say.t("Access")),
        Column(key="lat", title=say.t("Latitude"), kind="degrees"),
        Column(key="lon", title=say.t("Longitude"), kind="degrees"),
        Column(key="trip", title=say.t("Trip")),
        Column(key="stop", title=say.t("Stop"), kind="number"),
        Column(key="reason", title=say.t("Why it is left out")),
        Column(key="remedy", title=say.t("What would serve it")),
        *points,
        *contacts,
    )
    why = reasons(say.first)
    rows: list[list[Cell]] = [
        [
            *(home.id, home.zone, sum(count for _, count in home.baskets), *_by_type(view, home.baskets)),
            *(home.priority, _windows(home.windows, say), home.access, home.lat, home.lon),
            *(home.trip, home.stop or None, why.get(home.reason, home.reason), home.remedy),
            *(_point(home, say) if points else ()),
            *_contact(home, contacts),
        ]
        for home in view.households
    ]
    return Table(key="households", title=say.first.t("Households"), columns=columns, rows=rows)


def _point_columns(say: Together) -> list[Column]:
    return [
        Column(key="point", title=say.t("Distribution point")),
        Column(key="point_name", title=say.t("Name of the point")),
        Column(key="collect_day", title=say.t("Collects on"), kind="date"),
        Column(key="collect_from", title=say.t("From"), kind="time"),
        Column(key="collect_until", title=say.t("Until"), kind="time"),
        Column(key="walk", title=say.t("Walk (m)"), kind="number"),
    ]


def _point(home: HouseholdView, say: Together) -> list[Cell]:
    at = home.collect
    if at is None:
        return [None] * len(_point_columns(say))
    return [at.point, say.name(at.name), at.day, at.from_s, at.until_s, at.walk_m]


def _shipments(view: View, say: Together) -> Table:
    columns = (
        Column(key="id", title=say.t("Shipment")),
        Column(key="cooperative", title=say.t("Cooperative")),
        Column(key="name", title=say.t("Name of the cooperative")),
        Column(key="product", title=say.t("Product")),
        Column(key="hub", title=say.t("Hub")),
        Column(key="dispatched", title=say.t("Leaves on"), kind="date"),
        Column(key="arrives", title=say.t("Arrives on"), kind="date"),
        Column(key="packs", title=say.t("Packs"), kind="number", total=True),
        Column(key="weight", title=say.t("Weight (kg)"), kind="kg", total=True),
        Column(key="price", title=say.t("Price of a pack (MAD)"), kind="money"),
        Column(key="cost", title=say.t("Amount (MAD)"), kind="money", total=True),
    )
    rows: list[list[Cell]] = [
        [
            *(line.shipment, coop.id, say.name(coop.name), say.name(line.product.name), say.name(line.hub.name)),
            *(line.dispatched, line.arrives, line.packs, line.weight_g, line.price_centimes, line.cost_centimes),
        ]
        for coop in view.cooperatives.values()
        for line in coop.lines
    ]
    rows.sort(key=lambda row: str(row[0]))
    return Table(key="shipments", title=say.first.t("Shipments"), columns=columns, rows=rows)


def _rounds(view: View, say: Together) -> Table:
    """Return the stops of collection rounds; money and kilometres of a whole round stand in its first row."""
    columns = (
        Column(key="round", title=say.t("Collection round")),
        Column(key="day", title=say.t("Day"), kind="date"),
        Column(key="hub", title=say.t("Hub")),
        Column(key="lorry", title=say.t("Lorry")),
        Column(key="stop", title=say.t("Stop"), kind="number"),
        Column(key="cooperative", title=say.t("Cooperative")),
        Column(key="name", title=say.t("Name of the cooperative")),
        Column(key="arrival", title=say.t("Arrival"), kind="time"),
        Column(key="departure", title=say.t("Departure"), kind="time"),
        Column(key="weight", title=say.t("Weight (kg)"), kind="kg", total=True),
        Column(key="shipments", title=say.t("Shipments")),
        Column(key="distance", title=say.t("Whole round (km)"), kind="km", total=True),
        Column(key="cost", title=say.t("Cost (MAD)"), kind="money", total=True),
        Column(key="saved", title=say.t("Saved (MAD)"), kind="money", total=True),
    )
    rows: list[list[Cell]] = []
    for item in view.rounds:
        for stop in item.stops:
            whole: list[Cell] = [None] * 3
            if stop.number == 1:
                whole = [item.distance_m, item.cost_centimes, item.saved_centimes]
            rows.append(
                [
                    *(item.id, item.day, say.name(item.hub.name), say.name(item.lorry), stop.number),
                    *(stop.cooperative, say.name(stop.name), stop.arrive_s, stop.leave_s, stop.weight_g),
                    *(", ".join(line.shipment for line in stop.lines), *whole),
                ]
            )
    return Table(key="rounds", title=say.first.t("Collection rounds"), columns=columns, rows=rows)


def _cooperatives(view: View, say: Together) -> Table:
    columns = (
        Column(key="id", title=say.t("Cooperative")),
        Column(key="name", title=say.t("Name of the cooperative")),
        Column(key="town", title=say.t("Town or village")),
        Column(key="province", title=say.t("Province")),
        Column(key="members", title=say.t("Members"), kind="number", total=True),
        Column(key="women", title=say.t("Women"), kind="share"),
        Column(key="packs", title=say.t("Packs"), kind="number", total=True),
        Column(key="revenue", title=say.t("Sales (MAD)"), kind="money", total=True),
        Column(key="potential", title=say.t("Could have sold (MAD)"), kind="money", total=True),
        Column(key="share", title=say.t("Share"), kind="share"),
    )
    rows: list[list[Cell]] = []
    for item in view.metrics.cooperatives if view.metrics else ():
        coop = view.cooperatives.get(item.cooperative)
        known: list[Cell] = [None] * 5
        if coop is not None:
            known = [say.name(coop.name), coop.town, coop.province, coop.members or None, coop.women]
        rows.append([item.cooperative, *known, item.packs, item.revenue_centimes, item.potential_centimes, item.share])
    return Table(key="cooperatives", title=say.first.t("Cooperatives"), columns=columns, rows=rows)


def _zones(view: View, say: Together) -> Table:
    columns = (
        Column(key="zone", title=say.t("Zone")),
        Column(key="households", title=say.t("Households"), kind="number", total=True),
        Column(key="served", title=say.t("Served"), kind="number", total=True),
        Column(key="baskets", title=say.t("Baskets needed"), kind="number", total=True),
        Column(key="baskets_served", title=say.t("Baskets delivered"), kind="number", total=True),
    )
    rows: list[list[Cell]] = [
        [item.zone, item.households, item.served, item.baskets, item.baskets_served] for item in view.zones
    ]
    return Table(key="zones", title=say.first.t("Zones"), columns=columns, rows=rows)


def cost_kinds(texts: Texts | Together) -> dict[str, str]:
    """Return what money is spent on, by code, in words."""
    return {
        "goods": texts.t("Goods"),
        "engagement": texts.t("Engaging cooperatives"),
        "inbound": texts.t("Lorries to hubs"),
        "assembly": texts.t("Assembly"),
        "vehicle_days": texts.t("Vehicles by day"),
        "trips": texts.t("Trips by distance and time"),
        "points": texts.t("Distribution points by day"),
    }


def _costs(view: View, say: Together) -> Table:
    columns = (
        Column(key="kind", title=say.t("Kind of cost")),
        Column(key="reference", title=say.t("Reference")),
        Column(key="amount", title=say.t("Amount (MAD)"), kind="money", total=True),
    )
    kinds = cost_kinds(say)
    rows: list[list[Cell]] = [[kinds[line.kind], plain(line.reference), line.centimes] for line in view.costs]
    return Table(key="costs", title=say.first.t("Costs"), columns=columns, rows=rows)


def counted(view: View, count: int) -> int | None:
    """Return a count of people, ``None`` where it is so small that this audience may not see it."""
    return count if may(view.audience, "household.id") else suppressed(count)


def _figures(view: View, say: Together) -> Table:
    """Return figures of the whole plan: one per row, with its own unit."""
    columns = (
        Column(key="figure", title=say.t("Figure")),
        Column(key="value", title=say.t("Value"), kind="number"),
        Column(key="unit", title=say.t("Unit")),
    )
    figures = view.metrics
    if figures is None:
        return Table(key="figures", title=say.first.t("Figures"), columns=())
    hidden = counted(view, figures.unserved) is None
    rows: dict[str, list[Cell]] = {
        "households": [say.t("Households"), counted(view, figures.households), ""],
        "served": [say.t("Households served"), None if hidden else counted(view, figures.served), ""],
        "unserved": [say.t("Households left out"), counted(view, figures.unserved), ""],
        "needed": [say.t("Baskets needed"), figures.baskets_needed, ""],
        "delivered": [say.t("Baskets delivered"), None if hidden else figures.baskets_delivered, ""],
        "cost": [say.t("Cost in all"), figures.cost_centimes / 100, say.t("MAD")],
        "cost_per_basket": [say.t("Cost of a basket"), figures.cost_per_basket_centimes / 100, say.t("MAD")],
        "trips": [say.t("Trips"), figures.trips, ""],
        "vehicle_days": [say.t("Vehicle days"), figures.vehicle_days, ""],
        "distance": [say.t("Delivery road"), figures.distance_m / 1000, say.t("km")],
        "inbound": [say.t("Road of lorries to hubs"), figures.inbound_distance_m / 1000, say.t("km")],
        "load_factor": [say.t("Vehicles are full to"), round(figures.load_factor * 100, 1), "%"],
        "engaged": [say.t("Cooperatives that sell"), figures.cooperatives_engaged, ""],
        "lowest_share": [say.t("Lowest share of a cooperative"), round(figures.lowest_share * 100, 1), "%"],
        "gini": [say.t("Gini of the shares"), figures.gini, ""],
        "jain": [say.t("Jain's index of the shares"), figures.jain, ""],
        "women": [say.t("Money for goods that goes to women's work"), round(figures.women_share * 100, 1), "%"],
        "rural": [say.t("Money for goods that goes to rural cooperatives"), round(figures.rural_share * 100, 1), "%"],
    }
    if figures.collecting is not None:
        some = figures.collecting
        rows["collecting"] = [say.t("Families that collect"), counted(view, some.families), ""]
        rows["points"] = [say.t("Distribution points"), some.points, ""]
        rows["point_days"] = [say.t("Days of distribution points"), some.point_days, ""]
        rows["walk_mean"] = [say.t("Mean walk to the point"), round(some.walk_mean_m), say.t("m")]
        rows["walk_max"] = [say.t("Longest walk to the point"), some.walk_max_m, say.t("m")]
        rows["walk_total"] = [say.t("Walks in all, one way"), some.walk_total_m / 1000, say.t("km")]
    if figures.rounds:
        rows["rounds"] = [say.t("Collection rounds"), figures.rounds, ""]
        rows["rounds_saved"] = [say.t("Saved by collection rounds"), figures.rounds_saved_centimes / 100, say.t("MAD")]
    return Table(
        key="figures", title=say.first.t("Figures"), columns=columns, rows=list(rows.values()), names=tuple(rows)
    )
