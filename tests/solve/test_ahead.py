from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from basketplan.programme.types import Programme
from basketplan.progress import Progress, QuietReporter, Reporter
from basketplan.solve.ahead import Ahead
from basketplan.solve.types import Allocation, Left, RoutingProblem, RoutingSolution, Territory
from basketplan.stages import Stages, Terms
from basketplan.synthetic import small_programme
from tests.solving import solve


class Told(QuietReporter):
    def __init__(self) -> None:
        self.heard: list[str] = []
        self.end = False

    def update(self, progress: Progress) -> None:
        self.heard.append(progress.message)

    def stopped(self) -> bool:
        return self.end


def said(message: str) -> Progress:
    return Progress(stage="routing", message=message)


def test_work_ahead_is_silent_until_its_result_is_wanted() -> None:
    told, begun, go = Told(), threading.Event(), threading.Event()

    def work(reporter: Reporter) -> int:
        reporter.update(said("begun"))
        begun.set()
        go.wait(10)
        reporter.update(said("done"))
        return 7

    with Ahead(told, work) as ahead:
        assert begun.wait(10)
        assert told.heard == []
        threading.Timer(0.05, go.set).start()
        assert ahead.take() == 7
    assert told.heard == ["begun", "done"]


def test_work_that_was_over_before_is_told_of_as_well() -> None:
    told, over = Told(), threading.Event()

    def work(reporter: Reporter) -> int:
        reporter.update(said("done"))
        over.set()
        return 7

    with Ahead(told, work) as ahead:
        assert over.wait(10)
        assert ahead.take() == 7
    assert told.heard == ["done"]


def test_work_that_nobody_wants_is_asked_to_stop() -> None:
    ended = threading.Event()

    def work(reporter: Reporter) -> None:
        while not reporter.stopped():
            ended.wait(0.01)
        ended.set()

    told = Told()
    with Ahead(told, work):
        assert not ended.is_set()
    assert ended.is_set()
    assert told.heard == []


def test_work_ahead_stops_when_the_user_does() -> None:
    told, ended = Told(), threading.Event()

    def work(reporter: Reporter) -> str:
        while not reporter.stopped():
            ended.wait(0.01)
        return "best so far"

    with Ahead(told, work) as ahead:
        told.end = True
        assert ahead.take() == "best so far"


def test_what_work_ahead_raises_is_raised_where_it_is_taken() -> None:
    def work(reporter: Reporter) -> None:
        raise ValueError("no roads")

    with Ahead(QuietReporter(), work) as ahead, pytest.raises(ValueError, match="no roads"):
        ahead.take()


class Counted(Stages):
    """Leaves the first ``short`` households out of every allocation, and notes what routing is asked for."""

    def __init__(self, short: int) -> None:
        self.short = short
        self.asked: list[int] = []

    def allocate(self, programme: Programme, lands: Territory, demand: frozenset[str], terms: Terms) -> Allocation:
        out = sorted(demand)[: self.short]
        made = super().allocate(programme, lands, demand - set(out), terms)
        left = tuple(Left(household=name, reason="supply", detail="left out by a test", remedy="none") for name in out)
        return replace(made, left=(*made.left, *left))

    def route(
        self, programme: Programme, problems: Sequence[RoutingProblem], terms: Terms
    ) -> Sequence[RoutingSolution]:
        self.asked.append(sum(len(problem.stop_ids) for problem in problems))
        return super().route(programme, problems, terms)


@pytest.mark.parametrize(("short", "asked"), [(0, [20]), (2, [20, 18])])
def test_routes_made_ahead_count_only_where_everybody_is_served(short: int, asked: list[int]) -> None:
    programme = small_programme(3, households=20)
    plans = []
    for workers in (1, 2):
        stages = Counted(short)
        plans.append(solve(programme, workers=workers, stages=stages).plan)
        assert stages.asked == (asked if workers == 2 else asked[-1:])
    assert plans[0] == plans[1]
    assert len(plans[0].unserved) == short
