"""Roads: geodesics times the detour table, as geopy measures them."""

from __future__ import annotations

import numpy as np
import pytest
from geopy.distance import geodesic

from basketplan.programme.types import Programme
from basketplan.synthetic import small_programme
from basketplan.travel.distance import block_m, inbound_m, legs_m, road_m

PLACES = [(33.6071, -7.5302), (33.55, -7.68), (30.42, -9.60), (33.6071, -7.5302), (34.02, -6.83)]


@pytest.fixture
def programme() -> Programme:
    return small_programme(0)


def test_block_is_geodesic_times_detour(programme: Programme) -> None:
    lat, lon = (np.array([place[axis] for place in PLACES]) for axis in (0, 1))
    block = block_m(programme.travel, lat, lon, lat, lon)
    assert block.dtype == np.int32
    assert (block == block.T).all()
    for i, a in enumerate(PLACES):
        for j, b in enumerate(PLACES):
            line = geodesic(a, b).m
            expected = float(road_m(programme.travel, line))
            assert block[i, j] == pytest.approx(expected, rel=0.001, abs=1)
            assert block[i, j] >= line * 0.999


def test_legs_are_the_block_along_a_path(programme: Programme) -> None:
    lat, lon = ([place[axis] for place in PLACES] for axis in (0, 1))
    block = block_m(programme.travel, np.array(lat), np.array(lon), np.array(lat), np.array(lon))
    assert legs_m(programme.travel, lat, lon).tolist() == [int(block[i, i + 1]) for i in range(len(PLACES) - 1)]


def test_longer_lines_are_longer_roads(programme: Programme) -> None:
    roads = [float(road_m(programme.travel, line)) for line in range(0, 60_000, 50)]
    assert roads == sorted(roads)


def test_inbound_road(programme: Programme) -> None:
    coop, hub = programme.cooperatives[0], programme.hubs[0]
    line = geodesic((coop.place.lat, coop.place.lon), (hub.place.lat, hub.place.lon)).m
    assert inbound_m(programme.travel, coop.place, hub.place) == pytest.approx(
        line * programme.travel.inbound_detour, rel=1e-6, abs=1
    )
