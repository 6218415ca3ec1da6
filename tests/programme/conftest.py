"""A programme that uses every key of the schema, written by hand, and a way to write variants of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from basketplan.errors import Fault, InputError
from basketplan.programme.read import load_programme

GOOD = """\
id: demo
title: {fr: Essai, ar: تجربة, en: Trial}
country: MA
calendar:
  first_day: 2020-05-18
  last_day: 2020-05-23
  working_days: [mon, tue, wed, thu, fri, sat]
  holidays: [2020-05-20]
policy:
  goals: [service, fairness: {keep: 95 %}, cost]
  rural_only: true
  budget: 100 000 MAD
  floors: {atlas: 5 %}
  ceilings: {all: 100 %}
  service: 4 min
  service_per_basket: 30 s
  delivery: {mode: doors, at_most: 2, walking: 2 km, otherwise: door, walking_cost: 10 MAD, service: 30 s}
travel:
  detour:
    - {below: 2 km, ratio: 1.33}
    - {ratio: 1.2}
  inbound_detour: 1.25
products:
  - {id: couscous, name: Couscous, pack: 1 kg, gross_weight: 1.02 kg, volume: 1.5 L, shelf_life: 12 months}
  - {id: olive_oil, name: {fr: Huile}, pack: 1 L, gross_weight: 980 g, volume: 1.2 L}
  - {id: argan_oil, name: {fr: Argan}, pack: 250 mL, gross_weight: 300 g, volume: 0.4 L}
  - {id: couffin, name: {fr: Couffin}, pack: 1 piece, gross_weight: 800 g, volume: 25 L, container: true}
baskets:
  - id: standard
    name: {fr: Panier}
    container: couffin
    contents:
      - couscous 3 kg
      - one of: olive_oil 1 L | argan_oil 250 mL (max 50 %)
    volume: 30 L
cooperatives:
  - id: atlas
    name: {fr: Coopérative Atlas}
    place: {lat: 33.001, lon: -7.620}
    town: Settat
    province: Settat
    region: Casablanca-Settat
    rural: true
    members: 24
    women: 75 %
    offers:
      - product: couscous
        capacity: 60 kg
        rate: 20 kg
        first_day: 2020-05-18
        lead_time: 1 day
        price: 24 MAD
        price_breaks: [{from: 40 kg, price: 22 MAD}]
        lot: 5 kg
        minimum_order: 10 kg
      - {product: olive_oil, capacity: 8 L, price: 48 MAD}
      - {product: argan_oil, capacity: 3 L, price: 65 MAD}
      - {product: couffin, capacity: 20 pieces, price: 35 MAD}
    engagement_cost: 500 MAD
    minimum_revenue: 100 MAD
hubs:
  - id: casa
    name: {fr: Entrepôt}
    place: {lat: 33.6046, lon: -7.5371}
    open: [mon, tue, thu, fri, sat]
    closed: [2020-05-22]
    receiving: 5 t
    storage_weight: 5 t
    storage_volume: 9 m3
    assembly: 10
    assembly_cost: 5 MAD
    ready_after: 1 day
    radius: 30 km
    zones: [Anfa, Maarif]
lorries:
  - {id: camion, max_weight: 1.2 t, max_volume: 9 m3, cost_per_trip: 150 MAD, cost_per_km: 3 MAD, km_per_day: 500 km,
     rounds: {max_stops: 4, time_per_stop: 40 min, speed: 55 km/h, hours: 06:00-18:00, max_distance: 400 km,
     cost_per_trip: 200 MAD, cost_per_km: 1.60 MAD, per_day: 2, wait: 1 day}}
vehicles:
  - id: van
    name: {fr: Fourgonnette}
    number: {casa: 1}
    max_weight: 650 kg
    max_volume: 3 m3
    max_baskets: 8
    shift: 08:00-17:00
    cost_per_day: 250 MAD
    cost_per_trip: 10 MAD
    cost_per_km: 1.70 MAD
    cost_per_hour: 20 MAD
    loading: 10 min
    loading_per_basket: 15 s
    speed: 27 km/h
    max_trip_distance: 80 km
    max_trip_duration: 4 h
    trips_per_day: 2
    break: {duration: 30 min, after: 5 h}
    access: [street, alley]
points:
  - id: ecole
    name: {fr: École}
    place: {lat: 33.6050, lon: -7.5400}
    open: [mon, tue, thu]
    hours: 14:00-18:00
    families_per_hour: 30
    access: street
    cost_per_day: 50 MAD
households:
  - {id: h1, lat: 33.6071, lon: -7.5302, baskets: {standard: 1}, zone: Anfa, windows: [09:00-12:00]}
  - {id: h2, lat: 33.6052, lon: -7.5418, baskets: {standard: 2}, zone: Maarif, days: [sat, 2020-05-21]}
  - {id: h3, lat: 33.6019, lon: -7.5467, baskets: {standard: 1}, zone: Anfa, service: 5 min, access: alley, priority: 3}
"""

Make = Callable[..., Path]


def faults_of(path: Path, **further: object) -> tuple[Fault, ...]:
    """Return the faults of a programme that must not load; each has a code, a place and words."""
    with pytest.raises(InputError) as caught:
        load_programme(path, **further)  # type: ignore[arg-type]  # built from parts of known types
    faults = caught.value.faults
    assert faults
    for fault in faults:
        assert fault.code[0] == "B"
        assert fault.code[1:].isdigit()
        assert fault.message
        assert fault.place is not None, fault
        assert fault.place.line >= 1
        assert fault.place.column >= 1
        assert "\x1b" not in str(fault)
    return faults


def codes(faults: tuple[Fault, ...]) -> set[str]:
    return {fault.code for fault in faults}


def changed(old: str, new: str) -> str:
    """Return the good programme with its first ``old`` replaced."""
    assert old in GOOD, old
    return GOOD.replace(old, new, 1)


@pytest.fixture
def make(tmp_path: Path) -> Make:
    """Write a programme folder: ``programme.yaml`` and further files by relative name."""

    def write(text: str | bytes = GOOD, files: Mapping[str, str | bytes] | None = None) -> Path:
        for name, content in {"programme.yaml": text, **(files or {})}.items():
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode() if isinstance(content, str) else content)
        return tmp_path

    return write
