"""What is generated from the code is what is committed; and the schema accepts what the reader accepts."""

from __future__ import annotations

from pathlib import Path

import pytest

from basketplan.pages import pages

CONFIGS = Path(__file__).parent.parent / "configs"


@pytest.mark.parametrize("name", sorted(pages()))
def test_committed_page_is_fresh(name: str) -> None:
    assert (CONFIGS / name).read_text(encoding="utf-8") == pages()[name], "run python -m basketplan.pages configs"


def test_every_key_is_described() -> None:
    from basketplan.programme.schema import programme_schema

    schema = programme_schema()
    for name, definition in schema["$defs"].items():
        for key, field in definition.get("properties", {}).items():
            told = field.get("description") or field.get("examples") or field.get("anyOf") or field.get("$ref")
            assert told, f"{name}.{key}"


def test_shared_settings_load(tmp_path: Path) -> None:
    from basketplan import load_programme
    from tests.programme.conftest import GOOD

    policy = GOOD[GOOD.index("policy:") : GOOD.index("travel:")]
    travel = GOOD[GOOD.index("travel:") : GOOD.index("products:")]
    for part, names in (
        (policy, ("fairness-equal", "fairness-balanced", "cost-first")),
        (travel, ("travel-casablanca",)),
    ):
        for name in names:
            (tmp_path / f"{name}.yaml").write_text((CONFIGS / f"{name}.yaml").read_text("utf-8"), "utf-8")
            text = f"include: [{name}.yaml]\n" + GOOD.replace(part, "")
            (tmp_path / "programme.yaml").write_text(text, "utf-8")
            assert load_programme(tmp_path).id == "demo"
