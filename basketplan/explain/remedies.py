"""What would serve everybody: smallest sets of changes, each planned again and checked.

Sets for what cannot be supplied, assembled, stored or paid come from a model of everything that may give way
(:mod:`basketplan.solve.allocation.remedy`); sets for what cannot be brought are tried one by one
(:mod:`basketplan.explain.delivery`). Only a set whose plan serves everybody and breaks no rule is told.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from basketplan.errors import InputError, NoPlanError
from basketplan.explain.changes import overrides_of, practical
from basketplan.explain.delivery import ALLOCATED, brought_by
from basketplan.explain.wide import Reread, widened
from basketplan.plan.types import Plan
from basketplan.planner import run
from basketplan.programme.types import Programme, household_of
from basketplan.progress import Progress, Reporter
from basketplan.solve.allocation.change import Change
from basketplan.solve.allocation.remedy import Remedies
from basketplan.solve.allocation.standing import roomy
from basketplan.solve.territory import territory
from basketplan.solve.visits import split_visits

__all__ = ["Remedy", "Shortage", "shortage"]

NUMBER = 5
"""Sets that are looked for."""
LARGER = (1.0, 1.15, 1.5)
"""What amounts are multiplied with until everybody is served: whole lots may need more than fractions do."""
AMOUNTS = {"capacity", "rate", "assembly", "receiving", "storage_weight", "storage_volume", "budget"}


@dataclass(frozen=True, kw_only=True)
class Remedy:
    """A set of changes after which everybody is served, and what its plan costs."""

    changes: tuple[Change, ...]
    overrides: tuple[str, ...]
    """To be given to ``--set``."""
    served: int
    cost_centimes: int
    more_centimes: int
    """Against the plan that is explained."""


@dataclass(frozen=True, kw_only=True)
class Shortage:
    """Who is left out of a plan and what would serve everybody, the cheapest first."""

    households: int
    baskets: int
    reasons: Mapping[str, int]
    """Reason → households."""
    remedies: tuple[Remedy, ...]
    tried: int
    """Sets that were planned again."""
    ended: bool
    """Whether the search came to its end; otherwise the user stopped it."""
    unfinished: bool
    """Whether the plan itself was stopped before its end; then nothing is searched."""


def shortage(plan: Plan, programme: Programme, reread: Reread, *, seed: int, reporter: Reporter) -> Shortage:
    """Return what would serve everybody whom ``plan`` leaves out.

    Parameters
    ----------
    reread
        Reads the programme again with further overrides.
    """
    search = _Search(plan, programme, reread, seed, reporter)
    left = {household_of(item.household): item.reason for item in plan.unserved}
    unfinished = plan.status == "interrupted"
    if left and not unfinished:
        search.run()
    return Shortage(
        households=len(left),
        baskets=plan.metrics.baskets_needed - plan.metrics.baskets_delivered,
        reasons=dict(sorted(Counter(left.values()).items())),
        remedies=tuple(sorted(search.found, key=lambda item: (item.cost_centimes, len(item.changes), item.overrides))),
        tried=search.tried,
        ended=not reporter.stopped(),
        unfinished=unfinished,
    )


class _Search:
    """Sets found so far."""

    def __init__(self, plan: Plan, programme: Programme, reread: Reread, seed: int, reporter: Reporter) -> None:
        self.plan, self.programme, self.reread = plan, programme, reread
        self.seed, self.reporter = seed, reporter
        self.found: list[Remedy] = []
        self.tried = 0
        self._known: dict[tuple[str, ...], Plan | None] = {}

    def run(self) -> None:
        """Try sets until there are enough, or no more."""
        for number, changes in enumerate(self._candidates()):
            if self.reporter.stopped() or len(self.found) >= NUMBER:
                return
            self.reporter.update(Progress(stage="remedies", message="sets of changes", done=number, total=NUMBER))
            self._prove(changes)

    def _candidates(self) -> Iterator[tuple[Change, ...]]:
        """Yield sets that let the allocation serve everybody, the smallest first."""
        base = split_visits(self.programme)
        wide = widened(self.programme, self.reread)
        visits = split_visits(wide.programme)
        lands = territory(roomy(visits))
        if not lands.hub_of:
            yield ()
            return
        yield from Remedies(base, visits, lands, wide.gates, wide.extra, self.reporter, self.seed).sets(NUMBER)

    def _prove(self, changes: tuple[Change, ...]) -> None:
        """Plan with ``changes``, with larger amounts where needed, and with more vehicles where these are missing."""
        best, asked = self.plan, changes
        for factor in LARGER if any(item.kind in AMOUNTS for item in changes) else (1.0,):
            asked = tuple(self._rounded(item, factor) for item in changes)
            made = self._planned(asked) if asked else self.plan
            if made is None or self.reporter.stopped():
                return
            if not made.unserved:
                self._keep(asked, made)
                return
            best = made
            if all(item.reason not in ALLOCATED for item in made.unserved):
                break
        for more in brought_by(self.programme, best):
            if self.reporter.stopped() or len(self.found) >= NUMBER:
                return
            joined = (*asked, *more)
            served = self._planned(joined)
            if served is not None and not served.unserved:
                self._keep(joined, served)
                if changes:
                    return

    def _keep(self, changes: tuple[Change, ...], made: Plan) -> None:
        known = {frozenset((item.kind, item.where) for item in remedy.changes) for remedy in self.found}
        mine = frozenset((item.kind, item.where) for item in changes)
        if any(other <= mine for other in known):
            return
        cost = made.metrics.cost_centimes
        self.found.append(
            Remedy(
                changes=tuple(sorted(changes)),
                overrides=overrides_of(self.programme, changes),
                served=made.metrics.served,
                cost_centimes=cost,
                more_centimes=cost - self.plan.metrics.cost_centimes,
            )
        )

    def _planned(self, changes: Sequence[Change]) -> Plan | None:
        """Return the verified plan of the programme with ``changes``; none where they make it faulty.

        It is made from nothing, as whoever gives the changes to ``--set`` will make it: beginning from the plan that is
        explained would be faster, but then nobody would get the plan that was checked.
        """
        texts = overrides_of(self.programme, changes)
        if texts not in self._known:
            self.tried += 1
            self._known[texts] = self._made(texts)
        return self._known[texts]

    def _made(self, texts: Sequence[str]) -> Plan | None:
        try:
            outcome = run(
                self.reread(texts), effort="quick", seed=self.seed, reporter=self.reporter, workers=os.cpu_count() or 1
            )
        except (InputError, NoPlanError):
            return None
        return outcome.plan if outcome.verification.ok and outcome.plan.status == "complete" else None

    def _rounded(self, change: Change, factor: float) -> Change:
        """Return ``change`` with an amount that people can agree on."""
        if change.kind not in AMOUNTS:
            return change
        step = 1
        if change.kind in {"capacity", "rate"}:
            product = self.programme.product[change.where[1]]
            offer = next(
                item for item in self.programme.cooperative[change.where[0]].offers if item.product == product.id
            )
            step = max(1, product.packs(offer.lot)) if offer.lot is not None else 1
        return replace(change, amount=float(practical(change.amount * factor, step)))
