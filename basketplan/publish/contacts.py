"""The contacts file: the only place with names and telephones, and this the only module that opens it.

A table (CSV or XLSX) with a column ``id`` and any of ``name``, ``phone``, ``landmark``, ``address``. Ids are those of
households, or ``hub/ID`` and ``cooperative/ID`` for the people to call there. Only the fields that the audience may see
are kept; other columns are never looked at. No message shows anything of the file but its name.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from basketplan.programme.files import read_bytes, refused
from basketplan.programme.sheets import read_sheet
from basketplan.publish.audience import Audience, may

__all__ = ["Contact", "Contacts"]

_FIELDS = ("name", "phone", "landmark", "address")


@dataclass(frozen=True, kw_only=True, slots=True)
class Contact:
    """What may be told of one household, hub or cooperative; empty where it may not, or is not known."""

    name: str = ""
    phone: str = ""
    landmark: str = ""
    address: str = ""


NOBODY = Contact()


@dataclass(frozen=True, kw_only=True)
class Contacts:
    """Contacts by id, already cut down to what one audience may see."""

    households: dict[str, Contact]
    hubs: dict[str, Contact]
    cooperatives: dict[str, Contact]

    @staticmethod
    def none() -> Contacts:
        """Nobody's contacts."""
        return Contacts(households={}, hubs={}, cooperatives={})

    @staticmethod
    def read(path: Path, audience: Audience, *, phones: bool = False) -> Contacts:
        """Read what ``audience`` may see of the file.

        Parameters
        ----------
        phones
            Whether a driver gets the households' telephones; others get what the table of audiences says.

        Raises
        ------
        InputError
            The file cannot be read, or has no column ``id``.
        """
        sheet = read_sheet(path, str(path), read_bytes(path, str(path)))
        columns = {name.strip().lower(): index for index, name in enumerate(sheet.header)}
        if "id" not in columns:
            raise refused(
                "B121", "a contacts file needs a column 'id'", str(path), f"columns: id, {', '.join(_FIELDS)}"
            )
        found: dict[str, dict[str, Contact]] = {"household": {}, "hub": {}, "cooperative": {}}
        seen = {kind: _visible(kind, audience, phones) & set(columns) for kind in found}
        for row in sheet.rows:
            kind, key = _whose(str(_cell(row, columns["id"])))
            if kind in found and seen[kind]:
                fields = {name: _cell(row, columns[name]) for name in sorted(seen[kind])}
                if any(fields.values()):
                    found[kind][key] = Contact(**fields)
        return Contacts(households=found["household"], hubs=found["hub"], cooperatives=found["cooperative"])


def _visible(kind: str, audience: Audience, phones: bool) -> set[str]:
    """Return the fields of ``kind`` that ``audience`` may see."""
    if kind != "household":
        return {"name", "phone"} if may(audience, f"{kind}.phone") else set()
    fields = {name for name in _FIELDS if may(audience, f"household.{name}")}
    return fields - {"phone"} if audience == "driver" and not phones else fields


def _whose(label: str) -> tuple[str, str]:
    """``'hub/casa'`` → hub, casa; a bare id is a household."""
    kind, slash, key = label.strip().partition("/")
    return (kind.strip().lower(), key.strip()) if slash else ("household", kind)


def _cell(row: list[Any], index: int) -> str:
    """Return a cell as one line of text without characters that steer a terminal or the direction of text."""
    value = row[index] if index < len(row) else None
    text = "" if value is None else str(value)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
