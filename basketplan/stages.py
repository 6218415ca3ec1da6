"""What each stage is asked for: the seam between the planner and what makes its decisions.

A subclass of :class:`Stages` takes decisions from a cache (:mod:`basketplan.scenarios.reuse`) or has them made on other
machines (:mod:`basketplan.scenarios.cluster`); the order of the stages is in :mod:`basketplan.planner`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from basketplan.programme.types import Programme
    from basketplan.progress import Reporter
    from basketplan.solve.calendar import EarlierDuty
    from basketplan.solve.types import (
        Allocation,
        Effort,
        RoutingProblem,
        RoutingSolution,
        Schedule,
        Supplied,
        Territory,
    )

__all__ = ["Stages", "Terms"]


@dataclass(frozen=True, kw_only=True)
class Terms:
    """How the stages are to work: how hard, from which seed, with how many threads, and whom to tell."""

    effort: Effort
    seed: int
    workers: int
    reporter: Reporter


class Stages:
    """Makes the decisions, stage by stage; a subclass may take them from a cache or have them made elsewhere."""

    at_once = True
    """Whether routing may be asked for in another thread while the allocation is being made."""

    def territory(self, programme: Programme, terms: Terms) -> Territory:
        """Give each household to a hub."""
        from basketplan.solve.territory import territory

        return territory(programme, reporter=terms.reporter)

    def allocate(
        self,
        programme: Programme,
        lands: Territory,
        demand: frozenset[str],
        terms: Terms,
        start: Supplied | None = None,
    ) -> Allocation:
        """Decide who supplies what for the households of ``demand``; ``start`` is what an earlier plan decided."""
        from basketplan.solve.allocation import allocate

        return allocate(
            programme, lands, terms.effort,
            seed=terms.seed, reporter=terms.reporter, demand=sorted(demand), start=start,
        )  # fmt: skip

    def collect(self, programme: Programme, allocation: Allocation, terms: Terms) -> Allocation:
        """Put collection rounds in the place of lorries where they are cheaper."""
        from basketplan.solve.rounds import collect

        return collect(
            programme, allocation, terms.effort, seed=terms.seed, workers=terms.workers, reporter=terms.reporter
        )

    def route(
        self, programme: Programme, problems: Sequence[RoutingProblem], terms: Terms
    ) -> Sequence[RoutingSolution]:
        """Return trips for each of ``problems``, in their order; hub ``k`` of them is searched from seed + ``k``."""
        from basketplan.solve.routing import route_hubs

        return route_hubs(problems, terms.effort, seed=terms.seed, workers=terms.workers, reporter=terms.reporter)

    def schedule(
        self,
        programme: Programme,
        allocation: Allocation,
        problems: Mapping[str, RoutingProblem],
        solutions: Mapping[str, RoutingSolution],
        terms: Terms,
        start: Mapping[str, Sequence[EarlierDuty]] | None = None,
    ) -> Schedule:
        """Give each trip its vehicle, day and time; ``start`` holds vehicles' days of an earlier plan by hub."""
        from basketplan.solve.calendar import schedule

        return schedule(
            programme, allocation, problems, solutions, terms.effort,
            seed=terms.seed, workers=terms.workers, reporter=terms.reporter, start=start,
        )  # fmt: skip
