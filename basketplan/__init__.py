"""basketplan plans solidarity basket programmes: supply from cooperatives, assembly at hubs, delivery to households.

>>> from basketplan import load_programme, plan, verify
>>> programme = load_programme("examples/substitution")
>>> made = plan(programme)
>>> verify(made, programme).ok
True

Everything public is listed in ``__all__`` and imported when first used, so that ``import basketplan`` is quick.
``basketplan.plan`` is the function; the package of the same name is reached by ``from basketplan.plan.types import …``.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

# The package basketplan.plan (empty, so quick) comes first: imported later, it would hide the function of that name.
import basketplan.plan  # noqa: F401  # binds the subpackage
from basketplan.planner import plan

if TYPE_CHECKING:
    from basketplan.edits import Edited, Wish, reorder
    from basketplan.errors import (
        BasketplanError,
        Fault,
        InputError,
        NoPlanError,
        Place,
        RejectedPlanError,
        StoppedError,
        UsageError,
    )
    from basketplan.plan.types import Metrics, Plan, Verification, Violation
    from basketplan.plan.verify import verify
    from basketplan.planner import Outcome, run
    from basketplan.programme.check import check_programme as check
    from basketplan.programme.preflight import Preflight, preflight
    from basketplan.programme.read import Loaded, load_programme, read_programme
    from basketplan.programme.types import Programme
    from basketplan.progress import Progress, QuietReporter, Reporter
    from basketplan.solve.allocation import allocate
    from basketplan.solve.allocation.price import price_of_fairness
    from basketplan.solve.calendar import schedule
    from basketplan.solve.lots import assign_lots
    from basketplan.solve.rounds import collect
    from basketplan.solve.routing import route, route_hubs, routing_problem
    from basketplan.solve.territory import territory
    from basketplan.solve.types import EFFORTS, Effort

_HOME = {
    "BasketplanError": "errors",
    "EFFORTS": "solve.types",
    "Edited": "edits",
    "Effort": "solve.types",
    "Fault": "errors",
    "InputError": "errors",
    "Loaded": "programme.read",
    "Metrics": "plan.types",
    "NoPlanError": "errors",
    "Outcome": "planner",
    "Place": "errors",
    "Plan": "plan.types",
    "Preflight": "programme.preflight",
    "Programme": "programme.types",
    "Progress": "progress",
    "QuietReporter": "progress",
    "RejectedPlanError": "errors",
    "Reporter": "progress",
    "StoppedError": "errors",
    "UsageError": "errors",
    "Verification": "plan.types",
    "Violation": "plan.types",
    "Wish": "edits",
    "allocate": "solve.allocation",
    "assign_lots": "solve.lots",
    "check": "programme.check:check_programme",
    "collect": "solve.rounds",
    "load_programme": "programme.read",
    "preflight": "programme.preflight",
    "price_of_fairness": "solve.allocation.price",
    "read_programme": "programme.read",
    "reorder": "edits",
    "route": "solve.routing",
    "route_hubs": "solve.routing",
    "routing_problem": "solve.routing",
    "run": "planner",
    "schedule": "solve.calendar",
    "territory": "solve.territory",
    "verify": "plan.verify",
}

__all__ = [
    "EFFORTS",
    "BasketplanError",
    "Edited",
    "Effort",
    "Fault",
    "InputError",
    "Loaded",
    "Metrics",
    "NoPlanError",
    "Outcome",
    "Place",
    "Plan",
    "Preflight",
    "Programme",
    "Progress",
    "QuietReporter",
    "RejectedPlanError",
    "Reporter",
    "StoppedError",
    "UsageError",
    "Verification",
    "Violation",
    "Wish",
    "allocate",
    "assign_lots",
    "check",
    "collect",
    "load_programme",
    "plan",
    "preflight",
    "price_of_fairness",
    "read_programme",
    "reorder",
    "route",
    "route_hubs",
    "routing_problem",
    "run",
    "schedule",
    "territory",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'basketplan' has no attribute '{name}'")
    module, _, attribute = _HOME[name].partition(":")
    return getattr(importlib.import_module(f"basketplan.{module}"), attribute or name)
