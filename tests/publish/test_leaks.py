"""Everything for every audience, with contacts full of marks: no mark and no household where it must not be."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from basketplan.publish import AUDIENCES, FORMATS, Audience, Texts, export
from tests.publish.printing import everything, needs_poppler, readable, small, view

FIELDS = ("name", "phone", "landmark", "address", "cin")
SEEN: dict[Audience, set[tuple[str, str]]] = {
    "driver": {("household", "landmark"), ("hub", "name"), ("hub", "phone")},
    "cooperative": {("hub", "name"), ("hub", "phone")},
    "hub": {("hub", "name"), ("hub", "phone"), ("cooperative", "name"), ("cooperative", "phone")},
    "coordinator": {
        *itertools.product(("household",), ("name", "phone", "landmark", "address")),
        *itertools.product(("hub", "cooperative"), ("name", "phone")),
    },
    "donor": set(),
}
"""What each audience may find of the contacts; a driver also the telephones, when asked for."""


def _mark(kind: str, field: str) -> str:
    return f"LEAK{kind}{field}"


@pytest.fixture(scope="module")
def contacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file in which every cell tells what it is."""
    _, programme = small()
    rows = [",".join(("id", *FIELDS))]
    for kind, items in (
        ("household", programme.households), ("hub", programme.hubs), ("cooperative", programme.cooperatives)
    ):  # fmt: skip
        for item in items:
            key = item.id if kind == "household" else f"{kind}/{item.id}"
            rows.append(",".join((key, *(_mark(kind, field) for field in FIELDS))))
    path = tmp_path_factory.mktemp("private") / "contacts.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def _all(folder: Path, audience: Audience, contacts: Path, phones: bool) -> list[Path]:
    """Export everything for an audience and return the files."""
    wanted = [item for item in FORMATS.values() if audience in item.audiences]
    export(view(audience, contacts, phones=phones), Texts.of("ar+fr"), folder, wanted)
    return [path for path in sorted(folder.rglob("*")) if path.is_file()]


@needs_poppler
@pytest.mark.parametrize(("audience", "phones"), [*((who, False) for who in AUDIENCES), ("driver", True)])
def test_no_mark_where_it_must_not_be(tmp_path: Path, contacts: Path, audience: Audience, phones: bool) -> None:
    files = _all(tmp_path / "out", audience, contacts, phones)
    allowed = SEEN[audience] | ({("household", "phone")} if phones else set())
    found = {mark.decode() for path in files for mark in re.findall(rb"LEAK[a-z]+", everything(path))}
    assert found <= {_mark(*field) for field in allowed}
    if audience in {"driver", "coordinator"}:
        # The test sees what is there: all that may be shown of households is.
        assert found >= {_mark(*field) for field in allowed if field[0] == "household"}


@needs_poppler
@pytest.mark.parametrize("audience", ["cooperative", "hub", "donor"])
def test_no_household_and_no_place(tmp_path: Path, contacts: Path, audience: Audience) -> None:
    _, programme = small()
    for path in _all(tmp_path / "out", audience, contacts, True):
        text = readable(path)
        assert not re.search(r"(?<![A-Za-z0-9/#])h[1-7](?![A-Za-z0-9])", text), path.name
        for home in programme.households:
            assert f"{home.lat:.5f},{home.lon:.5f}" not in text, path.name
            assert f"{home.lon:.4f}" not in text, path.name


@needs_poppler
@pytest.mark.parametrize("audience", ["cooperative", "donor"])
def test_no_money_of_others(tmp_path: Path, contacts: Path, audience: Audience) -> None:
    for path in _all(tmp_path / "out", audience, contacts, False):
        if "atlas" in path.name:
            assert "370,00" not in readable(path)
        if "souss" in path.name:
            assert "228,00" not in readable(path)
