"""Shadow prices of a plan's limits, with the range in which they hold; see :mod:`basketplan.solve.allocation.worth`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from basketplan.plan.types import Plan
from basketplan.programme.types import Programme
from basketplan.progress import Progress, Reporter
from basketplan.solve.allocation.standing import standing, standing_data
from basketplan.solve.allocation.worth import Asked, Held, Limit, Worth
from basketplan.solve.visits import split_visits

__all__ = ["Prices", "shadow_prices"]


LEAST = 1e-3
"""Units of a limit up to which a price must hold to be worth telling."""


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Limits that are worth something, the dearest first."""

    fits: bool
    """Whether the plan fits the model; a plan that was changed by hand may not, and then nothing is known."""
    worths: tuple[Worth, ...]
    asked: int
    """Limits that were asked about, the dearest first; the rest is beyond ``most``, or the user stopped."""
    binding: int
    """Limits that may be worth something."""


def shadow_prices(
    plan: Plan,
    programme: Programme,
    *,
    reporter: Reporter,
    wanted: Callable[[Limit], bool] = lambda limit: True,
    most: int = 40,
) -> Prices:
    """Return what one more unit of each binding limit saves, and where somebody is left out how many it serves.

    Parameters
    ----------
    wanted
        Which limits to ask about.
    most
        Most limits that are asked about by goal, the dearest first.
    """
    visits = split_visits(programme)
    data = standing_data(visits, plan)
    held = standing(programme, plan)
    goals: tuple[Asked, ...] = ("service", "cost") if plan.unserved else ("cost",)
    worths: list[Worth] = []
    done, binding = 0, 0
    for goal in goals:
        try:
            with Held(data, held, goal) as asked:
                limits = [limit for limit in asked.binding() if wanted(limit)]
                binding += len(limits)
                found = []
                for number, limit in enumerate(limits[:most]):
                    if reporter.stopped():
                        break
                    told = Progress(stage="prices", message=goal, done=number, total=min(most, len(limits)))
                    reporter.update(told)
                    done += 1
                    worth = asked.worth(limit)
                    if worth is not None and worth.upto >= LEAST:
                        found.append(worth)
                worths += sorted(found, key=_gain, reverse=True)
        except ValueError:
            return Prices(fits=False, worths=(), asked=0, binding=0)
    return Prices(fits=True, worths=tuple(worths), asked=done, binding=binding)


def _gain(worth: Worth) -> tuple[float, str, tuple[str, ...], int]:
    return worth.each * worth.upto, worth.limit.kind, worth.limit.where, worth.limit.day or 0
