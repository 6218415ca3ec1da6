"""Made-up programmes: repeatable, without faults, and in places where people live."""

from __future__ import annotations

import math
from collections import Counter
from pathlib import Path

import pytest

from basketplan import load_programme
from basketplan.synthetic import small_programme, synthesise, write_programme
from basketplan.synthetic.facts import table
from basketplan.synthetic.homes import shared_out

EXAMPLE = Path(__file__).parent.parent / "examples" / "sac-4000"


def test_the_example_is_what_its_seed_gives(tmp_path: Path) -> None:
    written = write_programme(tmp_path / "again", synthesise(4000, 2020))
    for path in written:
        assert Path(path).read_bytes() == (EXAMPLE / Path(path).name).read_bytes(), path


def test_the_example_is_as_asked() -> None:
    programme = load_programme(EXAMPLE)
    assert len(programme.households) == 4000
    assert 45 <= len(programme.cooperatives) <= 60
    assert len(programme.products) >= 20
    assert 2 <= len(programme.baskets) <= 4
    assert len(programme.hubs) >= 3
    assert len(programme.vehicles) >= 3
    zones = Counter(home.zone for home in programme.households)
    assert len(zones) > 20


def test_everybody_lives_in_the_built_up_area() -> None:
    """Nobody is further from a point of the built-up area than its radius says, so nobody lives in the sea."""
    anchors = [(float(row["lat"]), float(row["lon"]), float(row["radius_m"])) for row in table("anchors")]
    for home in load_programme(EXAMPLE).households:
        nearest = min(
            math.hypot((home.lat - lat) * 111_200, (home.lon - lon) * 111_200 * math.cos(math.radians(lat))) - radius
            for lat, lon, radius in anchors
        )
        assert nearest <= 20, home.id


def test_zones_get_homes_in_proportion_to_poor_households() -> None:
    zones = table("zones")
    weights = [float(zone["poor_households"]) for zone in zones]
    counts = Counter(home.zone for home in load_programme(EXAMPLE).households)
    for zone, weight in zip(zones, weights, strict=True):
        assert abs(counts[zone["name_fr"]] - 4000 * weight / sum(weights)) <= 1


@pytest.mark.parametrize(("total", "weights"), [(10, [1, 1, 1]), (0, [1, 2]), (7, [0, 5]), (100, [0.1, 99.9, 3])])
def test_shares_add_up(total: int, weights: list[float]) -> None:
    shares = shared_out(total, weights)
    assert sum(shares) == total
    assert all(abs(share - total * weight / sum(weights)) < 1 for share, weight in zip(shares, weights, strict=True))


@pytest.mark.parametrize("number", [1, 60])
def test_other_sizes_load(number: int, tmp_path: Path) -> None:
    write_programme(tmp_path / "p", synthesise(number, 7))
    assert len(load_programme(tmp_path / "p").households) == number
    assert len(synthesise(number, 7).programme().households) == number


def test_small_programmes_are_repeatable() -> None:
    assert small_programme(5) == small_programme(5)
    assert small_programme(5) != small_programme(6)
    with pytest.raises(ValueError, match="at least"):
        small_programme(1, hubs=0)
