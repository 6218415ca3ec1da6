"""A small verified plan with names in two languages, and how tests read what was printed."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import sqlite3
import subprocess
import unicodedata
import zipfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from basketplan.plan.io import programme_sha256
from basketplan.plan.types import Plan
from basketplan.plan.verify import verify
from basketplan.programme.types import Programme
from basketplan.publish import FORMATS, Audience, Texts, View, export
from tests.plan.world import World

TIME = dt.datetime(2020, 5, 16, 18, 30)
NAMES = {
    "couscous": "كسكس", "olive": "زيت الزيتون", "argan": "زيت أركان", "dates": "تمر", "couffin": "قفة الدوم",
    "standard": "قفة عادية", "small": "قفة صغيرة", "west": "مستودع الغرب", "east": "مستودع الشرق",
    "van": "سيارة نفعية", "moto": "دراجة نارية", "camion": "شاحنة", "atlas": "تعاونية الأطلس", "souss": "تعاونية سوس",
}  # fmt: skip

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is missing")


def written() -> World:
    """The world of tests/plan/world.py with Arabic names, towns and members."""
    world = World()
    for kind in ("products", "baskets", "hubs", "vehicles", "lorries", "cooperatives"):
        for item in world.raw[kind]:
            item["name"] = {"fr": item.get("name", item["id"]), "ar": NAMES.get(item["id"], item["id"])}
    for item in world.raw["cooperatives"]:
        item |= {"town": f"Douar {item['id']}", "members": 17}
    # A programme that a user could write: the reader wants a type of vehicle for every access class.
    world.raw["vehicles"].append(
        {"id": "barque", "name": "Barque", "number": {"west": 0}, "max_baskets": 1, "access": ["boat"]}
    )
    world.raw["title"] = {"fr": "Solidaire avec les coopératives", "ar": "متضامنون مع التعاونيات"}
    return world


@cache
def small() -> tuple[Plan, Programme]:
    """Its plan, verified, and its programme."""
    world = written()
    programme, plan = world.programme(), world.priced()
    plan = plan.model_copy(
        update={"origin": plan.origin.model_copy(update={"programme_sha256": programme_sha256(programme)})}
    )
    assert verify(plan, programme).ok
    return plan, programme


def view(audience: Audience = "coordinator", contacts: Path | None = None, **rest: Any) -> View:
    plan, programme = small()
    return View.of(plan, programme, contacts, audience, **({"time": TIME} | rest))


def printed(
    folder: Path, name: str, lang: str = "ar+fr", audience: Audience = "coordinator", **rest: Any
) -> list[Path]:
    """Write one format and return its files."""
    return export(view(audience, **rest), Texts.of(lang), folder, [FORMATS[name]])


def pdf_text(path: Path, *options: str) -> str:
    """Return the text of a PDF without marks of direction, Arabic letters in their plain form."""
    made = subprocess.run(
        ["pdftotext", "-enc", "UTF-8", *options, str(path), "-"], check=True, capture_output=True, timeout=60
    )
    return plain(made.stdout.decode())


def plain(text: str) -> str:
    """Return text as letters: no marks of direction, no vowels, forms of letters folded, any space one blank."""
    folded = unicodedata.normalize("NFKC", text)
    kept = "".join(sign for sign in folded if unicodedata.category(sign) not in {"Cf", "Mn"})
    # pdftotext turns round the two letters of the ligature lam-alif.
    return re.sub(r"\s+", " ", re.sub("ل([اأإآ])", r"\1ل", kept))


def readable(path: Path) -> str:
    """Return what can be read of a file: the text of a PDF, of each part of an archive, or itself."""
    if path.suffix == ".pdf":
        return pdf_text(path, "-layout")
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            return " ".join(archive.read(name).decode("utf-8", errors="ignore") for name in archive.namelist())
    text = path.read_bytes().decode("utf-8", errors="ignore")
    if path.suffix == ".html":  # headings, and the style and script that every page has, are no text
        text = re.sub(r"<style>.*?</style>|<script>.*?</script>|</?h[1-6]", " ", text, flags=re.S)
    return text


def everything(path: Path) -> bytes:
    """Return all bytes of a file in which a leak could hide: as it is, unzipped, and as the text of a PDF."""
    content = path.read_bytes()
    if path.suffix == ".gpkg":  # its cells by themselves: in the file they touch each other
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
            return "\n".join(base.iterdump()).encode()
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            content += b"".join(archive.read(name) + name.encode() for name in archive.namelist())
    if path.suffix == ".pdf":
        content += pdf_text(path).encode()
        info = subprocess.run(["pdfinfo", str(path)], check=True, capture_output=True, timeout=60)
        content += info.stdout
    return content
