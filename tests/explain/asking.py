"""Programmes that can be read again with overrides, and their plans; every plan is made by tests.solving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from basketplan.plan.types import Plan
from basketplan.programme.read import load_programme
from basketplan.programme.types import Programme
from basketplan.synthetic import small
from tests.solving import solve

EXAMPLES = Path(__file__).parent.parent.parent / "examples"


@dataclass(frozen=True)
class Asked:
    """A programme in a file, perhaps with overrides, and its plan."""

    path: Path
    overrides: tuple[str, ...]
    programme: Programme
    plan: Plan

    def reread(self, more: Sequence[str]) -> Programme:
        return load_programme(self.path, overrides=[*self.overrides, *more])

    def again(self, more: Sequence[str]) -> Plan:
        """The verified plan of the programme with ``more`` overrides."""
        return solve(self.reread(more)).plan


def asked(path: Path, *overrides: str) -> Asked:
    programme = load_programme(path, overrides=overrides)
    return Asked(path, overrides, programme, solve(programme).plan)


def example(name: str, *overrides: str) -> Asked:
    return asked(EXAMPLES / name, *overrides)


def small_file(folder: Path, seed: int, **sizes: Any) -> Path:
    """Write the small random programme of ``seed`` as a file and return its path."""
    with mock.patch.object(small, "Programme") as types:
        types.model_validate.side_effect = lambda raw: raw
        raw = small.small_programme(seed, **sizes)
    path = folder / f"small-{seed}" / "programme.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path
