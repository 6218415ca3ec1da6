"""Models of tiny programmes as files that a reader can check by eye: rows, names and figures are exactly these.

``python -m tests.solve.test_golden`` writes them anew; read what changed before you commit it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from ortools.math_opt.python import mathopt

from basketplan.programme.types import Programme
from basketplan.solve.allocation.aims import link_engagement
from basketplan.solve.allocation.collapse import collapse
from basketplan.solve.allocation.data import read_data
from basketplan.solve.allocation.fairness import lowest_sum
from basketplan.solve.allocation.model import Model, build
from basketplan.solve.territory import territory
from tests.solve.tiny import homes, supplier, tiny

GOLDEN = Path(__file__).with_name("golden")


def lp_text(model: mathopt.Model, title: str) -> str:
    """Return rows, bounds and whole-number variables laid out like an LP file, in the order of the model."""
    lines = [
        f"\\ {title}",
        "Maximize" if model.objective.is_maximize else "Minimize",
        f" {_terms(dict(sorted(model.objective.as_linear_expression().terms.items(), key=lambda term: term[0].id)))}",
        "Subject To",
    ]
    for row in model.linear_constraints():
        left = _terms(
            {variable: row.get_coefficient(variable) for variable in sorted(model.row_nonzeros(row), key=_id)}
        )
        low, high = row.lower_bound, row.upper_bound
        sides = [("=", low)] if low == high else [(">=", low)] * (low > -math.inf) + [("<=", high)] * (high < math.inf)
        lines += [f" {row.name}: {left} {sign} {side:g}" for sign, side in sides]
    lines.append("Bounds")
    lines += [f" {v.lower_bound:g} <= {v.name} <= {v.upper_bound:g}" for v in model.variables()]
    lines.append("General")
    lines += [f" {v.name}" for v in model.variables() if v.integer]
    return "\n".join([*lines, "End"]) + "\n"


def _id(variable: mathopt.Variable) -> int:
    return int(variable.id)


def _terms(terms: dict[mathopt.Variable, float]) -> str:
    parts = [f"{'-' if factor < 0 else '+'} {abs(factor):g} {v.name}" for v, factor in terms.items() if factor]
    return " ".join(parts) or "0"


def modelled(programme: Programme, *, by_days: bool = False) -> Model:
    data = read_data(programme, territory(programme))
    return build(data if by_days else collapse(data))


def plain() -> tuple[Model, str]:
    """Two suppliers, three households: shares against 2 × 10 and 3 × 20 MAD, cost."""
    model = modelled(tiny([supplier("a", 2, 10), supplier("b", 9, 20, engagement_cost="5 MAD")], 3))
    model.m.minimize(0.01 * model.cost())
    return model, "cost in MAD; a can sell 2 packs at 10 MAD, b what is needed (3) at 20 MAD and 5 MAD to engage"


def days() -> tuple[Model, str]:
    """One supplier who makes one pack a day, two households, three days."""
    model = modelled(tiny([supplier("a", 2, 10, offer={"rate": "1 pack"})], 2), by_days=True)
    model.m.minimize(model.unserved())
    return model, "unserved baskets; one pack a day, assembled baskets leave the next day"


def rules() -> tuple[Model, str]:
    """Gini at most 25 %, a group with floor and ceiling, a minimum revenue."""
    makers = [supplier("a", 2, 10, province="P"), supplier("b", 3, 20, minimum_revenue="40 MAD")]
    groups = [{"id": "g", "province": "P", "floor": "50 %", "ceiling": "40 %"}]
    model = modelled(tiny(makers, 3, policy={"goals": ["service", "cost"], "gini": "25 %", "groups": groups}))
    model.m.minimize(sum(model.short.values()))
    return model, "what is missing to the floor of g (half of 20 MAD) and to the Gini bound"


def leximin() -> tuple[Model, str]:
    """The sum of both shares is raised, the lowest is kept; engagement is real."""
    model = modelled(tiny([supplier("a", 2, 10), supplier("b", 3, 20)], 3))
    model.m.add_linear_constraint(lowest_sum(model, 1) >= 0.5, name="first")
    link_engagement(model)
    model.m.maximize(lowest_sum(model, 2))
    return model, "sum of the two lowest shares (to be raised), the lowest of which stays 0.5"


def zones() -> tuple[Model, str]:
    """Two packs for two households in the east and one in the west."""
    from basketplan.solve.allocation.aims import worst_zone

    model = modelled(tiny([supplier("a", 2, 10)], [*homes(2, "east"), *homes(1, "west", first=3)]))
    model.m.maximize(worst_zone(model))
    return model, "lowest part of its baskets that a zone gets (to be raised)"


MODELS: dict[str, Callable[[], tuple[Model, str]]] = {
    made.__name__: made for made in (plain, days, rules, leximin, zones)
}


def text(name: str) -> str:
    model, title = MODELS[name]()
    return lp_text(model.m, title)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_model_is_the_one_that_was_read(name: str) -> None:
    assert text(name) == (GOLDEN / f"{name}.lp").read_text(encoding="utf-8")


def test_there_are_no_other_files() -> None:
    assert {file.stem for file in GOLDEN.glob("*.lp")} == set(MODELS)


if __name__ == "__main__":
    for key in MODELS:
        (GOLDEN / f"{key}.lp").write_text(text(key), encoding="utf-8")
