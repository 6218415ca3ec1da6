"""The kernels line by line in plain Python: same moves, same routes as compiled, and no index beyond an array."""

from __future__ import annotations

import importlib
import sys
from dataclasses import fields, is_dataclass
from types import ModuleType
from typing import Any

import numba
import numpy as np
import pytest

import basketplan.solve.routing
from basketplan.solve.routing.ruin import kernels, savings
from basketplan.solve.routing.ruin.problem import PlainProblem, RichProblem
from basketplan.solve.routing.ruin.start import first_routes
from basketplan.solve.routing.ruin.stream import stream
from tests.solve.routing import twin
from tests.solve.routing.test_ruin import KINDS

RUIN = "basketplan.solve.routing.ruin"


@pytest.fixture(scope="module")
def plain_python() -> dict[str, ModuleType]:
    """Return the modules of the search, imported anew with the compiler switched off; the others stay as they are."""
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name == RUIN or name.startswith(f"{RUIN}.")}
    was, numba.config.DISABLE_JIT = numba.config.DISABLE_JIT, 1
    try:
        names = ("kernels", "problem", "routes", "savings", "start", "parts")
        return {name: importlib.import_module(f"{RUIN}.{name}") for name in names}
    finally:
        numba.config.DISABLE_JIT = was
        for name in list(sys.modules):
            if name == RUIN or name.startswith(f"{RUIN}."):
                del sys.modules[name]
        sys.modules.update(kept)
        basketplan.solve.routing.ruin = kept[RUIN]  # type: ignore[attr-defined]  # of known type


def translated(value: Any, modules: dict[str, ModuleType]) -> Any:
    """Return ``value`` with the classes of the modules imported anew."""
    if not is_dataclass(value):
        return value
    kind = next(getattr(m, type(value).__name__) for m in modules.values() if hasattr(m, type(value).__name__))
    return kind(**{item.name: getattr(value, item.name) for item in fields(value)})


def same_moves(problem: PlainProblem | RichProblem, start: Any, modules: dict[str, ModuleType], moves: int) -> None:
    cooling = kernels.Cooling(80.0, 1.0, moves)
    compiled = kernels.run(problem, start, stream(5), cooling, lambda: False)
    slow = modules["kernels"]
    with np.errstate(over="ignore"):
        plain = slow.run(
            translated(problem, modules), translated(start, modules), stream(5), slow.Cooling(80.0, 1.0, moves),
            lambda: False,
        )  # fmt: skip
    assert plain[0].lists() == compiled[0].lists()
    assert plain[0].classes.tolist() == compiled[0].classes.tolist()
    assert plain[0].chosen.tolist() == compiled[0].chosen.tolist()
    assert plain[1:] == compiled[1:]


@pytest.mark.parametrize("kind", range(len(KINDS)))
def test_rich_moves_are_the_same_without_the_compiler(kind: int, plain_python: dict[str, ModuleType]) -> None:
    problem = twin.rich(70 + kind, 30, **KINDS[kind])
    same_moves(problem, first_routes(problem, 0), plain_python, 150)


@pytest.mark.parametrize("seed", range(3))
def test_plain_moves_are_the_same_without_the_compiler(seed: int, plain_python: dict[str, ModuleType]) -> None:
    problem = twin.plain(seed, 50)
    start = savings.savings(problem)
    with np.errstate(over="ignore"):
        slow = plain_python["savings"].savings(translated(problem, plain_python))
    assert slow.lists() == start.lists()
    same_moves(problem, start, plain_python, 300)


def test_parts_are_the_same_without_the_compiler(plain_python: dict[str, ModuleType]) -> None:
    problem = twin.plain(4, 60)
    stops = np.arange(0, 60, 2)
    slow, fast = translated(problem, plain_python).restrict(stops), problem.restrict(stops)
    assert (slow.near == fast.near).all()
    assert (slow.near_cost == fast.near_cost).all()
