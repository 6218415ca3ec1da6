"""Searches for collection rounds that remember what they found.

Days on which the same goods leave the same cooperatives are searched once, and in a scenario not at all where the base
plan has them. Random numbers depend on what is asked and not on when, so that the rounds are those of a new search.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from basketplan.progress import Reporter
from basketplan.scenarios.store import digest
from basketplan.solve.types import Effort, RoutingProblem, RoutingSolution

__all__ = ["KnownRounds"]


@dataclass
class KnownRounds:
    """An engine (:class:`basketplan.solve.rounds.search.Engine`) that asks the routing search for what it lacks."""

    found: dict[str, RoutingSolution] = field(default_factory=dict)
    """Hash of what was asked → trips; searches that were stopped are not among them."""
    searched: int = 0
    reused: int = 0

    def __call__(
        self,
        problems: Sequence[RoutingProblem],
        effort: Effort,
        *,
        seed: int,
        workers: int,
        reporter: Reporter,
        numbers: Sequence[int],
    ) -> Sequence[RoutingSolution]:
        """Return the trips in the order of ``problems``."""
        from basketplan.solve.routing import route_hubs

        work = (effort.routing_moves, effort.routing_s, seed)
        keys = [digest(problem, number, work) for problem, number in zip(problems, numbers, strict=True)]
        todo = [place for place, key in enumerate(keys) if key not in self.found and key not in keys[:place]]
        made = route_hubs(
            [problems[place] for place in todo],
            effort,
            seed=seed,
            workers=workers,
            reporter=reporter,
            numbers=[numbers[place] for place in todo],
        )
        new = {keys[place]: solution for place, solution in zip(todo, made, strict=True)}
        self.searched += len(todo)
        self.reused += len(keys) - len(todo)
        answers = [new[key] if key in new else self.found[key] for key in keys]
        self.found |= {key: one for key, one in new.items() if one.report.status != "interrupted"}
        return answers
