"""Finding places, with a geocoder that is none: tests use no network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from geopy.exc import GeocoderTimedOut
from typer.testing import CliRunner

from basketplan.cli import app
from basketplan.errors import UsageError
from basketplan.travel import geocode


@dataclass(frozen=True)
class Place:
    latitude: float
    longitude: float
    address: str


class Atlas:
    """Knows one town; counts how often it is asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, text: str) -> Place | None:
        self.asked.append(text)
        return Place(33.0009123, -7.6201, "=Settat, Maroc") if text == "Settat" else None


def test_every_text_is_asked_once() -> None:
    atlas = Atlas()
    found = geocode.locate(["Settat", " Settat ", "Nowhere", ""], atlas)
    assert atlas.asked == ["Settat", "Nowhere"]
    assert [(item.lat, item.lon) for item in found] == [(33.00091, -7.6201)] * 2 + [(None, None)] * 2


def test_a_geocoder_out_of_reach_is_told() -> None:
    def ask(text: str) -> Place:
        raise GeocoderTimedOut("slow")

    with pytest.raises(UsageError, match="try again later"):
        geocode.locate(["Settat"], ask)


def test_table_in_table_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(geocode, "nominatim", lambda country: Atlas())
    table = tmp_path / "towns.csv"
    table.write_text("id,place\na,Settat\nb,Nowhere\n", encoding="utf-8")
    told = CliRunner().invoke(app, ["locate", str(table), "--online"])
    assert told.stdout == 'id,place,lat,lon,found\na,Settat,33.00091,-7.62010,"\'=Settat, Maroc"\nb,Nowhere,,,\n'


def test_no_network_unless_asked_and_nothing_personal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    atlas = Atlas()
    monkeypatch.setattr(geocode, "nominatim", lambda country: atlas)
    table = tmp_path / "towns.csv"
    table.write_text("id,place\na,Settat\n", encoding="utf-8")
    assert isinstance(CliRunner().invoke(app, ["locate", str(table)]).exception, UsageError)
    table.write_text("id,place,telephone\na,Settat,0661234567\n", encoding="utf-8")
    refused = CliRunner().invoke(app, ["locate", str(table), "--online"])
    assert refused.exit_code == 3
    assert "0661234567" not in refused.output
    table.write_text("id,town\na,Settat\n", encoding="utf-8")
    assert CliRunner().invoke(app, ["locate", str(table), "--online"]).exit_code == 3
    assert atlas.asked == []
