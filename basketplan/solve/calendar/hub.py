"""One hub's calendar: a greedy start, then the goals one after another with CP-SAT, then what is left over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from basketplan.plan.types import StageReport
from basketplan.solve.calendar.bounds import fewest_duties
from basketplan.solve.calendar.earlier import EarlierDuty, like_before
from basketplan.solve.calendar.greedy import Board, greedy
from basketplan.solve.calendar.jobs import Case, Duty, Job, worth
from basketplan.solve.calendar.models import Dating, Packing, partners
from basketplan.solve.calendar.solver import Budget, solve
from basketplan.solve.status import StageStatus, relative_gap

__all__ = ["Decision", "dated", "decide", "improve", "report", "report_anew"]

ROUNDS = 30
"""Most solves of a goal, each after cutting off trips that do not fit into one day."""

SHARES = {"service": 0.4, "cost": 0.6}
"""Of the work that is left, how much a goal may take; the rest goes to the next."""


@dataclass(frozen=True)
class Decision:
    """Duties of a hub, and what is proven about them."""

    duties: tuple[Duty, ...]
    service_proven: bool
    cost_bound: int | None
    dates_proven: bool
    interrupted: bool


def decide(case: Case, jobs: Sequence[Job], budget: Budget, before: Sequence[EarlierDuty] = ()) -> Decision:
    """Return duties for ``jobs``: most placed, then cheapest, then earliest.

    Never worse than the greedy calendar, or than an earlier one that still holds.
    """
    best = greedy(case, jobs)
    if before:
        best = min(best, like_before(case, jobs, before), key=lambda duties: worth(case, jobs, duties))
    usable = [index for index, job in enumerate(jobs) if job.clock.pieces and job.days]
    total = sum(jobs[index].weight for index in usable)
    value = worth(case, jobs, best)
    perfect = value[0] == 0 and value[1] == -total
    floor = _cost_floor(case, jobs, usable) if perfect else None
    proven = perfect
    if usable and (not perfect or (floor is not None and value[2] > floor)):
        best, proven, bound = _pack(case, jobs, usable, best, budget, perfect)
        value = worth(case, jobs, best)
        if proven and value[0] == 0 and value[1] == -total:
            floor = max(_cost_floor(case, jobs, usable), bound or 0)
        else:
            floor = bound
    best, dates_proven = dated(case, jobs, best, value[0], budget)
    return Decision(best, proven, floor, dates_proven, budget.stopped)


def dated(
    case: Case, jobs: Sequence[Job], duties: tuple[Duty, ...], short: int, budget: Budget
) -> tuple[tuple[Duty, ...], bool]:
    """Return ``duties`` on the earliest days, and whether these are proven."""
    if not duties:
        return duties, False
    dating = Dating(case, jobs, duties, short)
    answer = solve(dating.model, budget, budget.work)
    if answer.objective is not None:
        duties = min(duties, dating.duties(answer.value), key=lambda one: worth(case, jobs, one))
    return duties, answer.ending == "optimal"


def _cost_floor(case: Case, jobs: Sequence[Job], usable: Sequence[int]) -> int:
    """Return a cost of vehicle-days below which these jobs cannot all be placed."""
    total = 0
    for vehicle in sorted({jobs[index].vehicle for index in usable}):
        lengths = [jobs[index].clock.shortest_s for index in usable if jobs[index].vehicle == vehicle]
        total += case.fleets[vehicle].day_cost * fewest_duties(case.fleets[vehicle], lengths)
    return total


def _pack(
    case: Case, jobs: Sequence[Job], usable: Sequence[int], start: tuple[Duty, ...], budget: Budget, perfect: bool
) -> tuple[tuple[Duty, ...], bool, int | None]:
    """Return better duties, whether service is proven, and a bound on their cost where it holds."""
    pairs, complete = partners(case, jobs, usable)
    known = {(min(duty.jobs), index) for duty in start for index in duty.jobs if index != min(duty.jobs)}
    pairs = sorted({*pairs, *known})
    best, proven = start, perfect
    if not perfect:
        packing = Packing(case, jobs, usable, pairs, placed=False)
        packing.aim_at_service()
        best, proven, _ = improve(packing, best, budget, budget.work * SHARES["service"])
        proven = proven and complete
    short, negative, _, _ = worth(case, jobs, best)
    total = sum(jobs[index].weight for index in usable)
    packing = Packing(case, jobs, usable, pairs, placed=short == 0 and negative == -total)
    packing.keep_service(short, -negative)
    packing.aim_at_cost()
    best, _, bound = improve(packing, best, budget, budget.work * SHARES["cost"])
    return best, proven, bound if complete else None


def improve(
    packing: Packing, start: tuple[Duty, ...], budget: Budget, work: float
) -> tuple[tuple[Duty, ...], bool, int | None]:
    """Solve for the goal that is set; cut off duties that do not fit and solve again.

    Returns the best duties that keep all rules, whether the goal is proven, and the last bound.
    """
    case, jobs, best = packing.case, packing.jobs, start
    bound: int | None = None
    floor = budget.work - work
    for _ in range(ROUNDS):
        packing.hint(best)
        answer = solve(packing.model, budget, budget.work - floor)
        if answer.bound is not None:
            bound = answer.bound if bound is None else max(bound, answer.bound)
        if answer.objective is None:
            return best, False, bound
        found = packing.duties(answer.value)
        wrong = [duty for duty in found if not case.fits(jobs, duty.jobs, duty.vehicle)]
        repaired = _repair(case, jobs, found, wrong) if wrong else found
        best = min(best, repaired, key=packing.worth)
        if not wrong:
            return best, answer.ending == "optimal", bound
        for duty in wrong:
            packing.forbid(duty.jobs)
        if budget.over() or budget.work <= floor:
            break
    return best, False, bound


def _repair(case: Case, jobs: Sequence[Job], found: Sequence[Duty], wrong: Sequence[Duty]) -> tuple[Duty, ...]:
    """Return ``found`` with the trips of duties that do not fit put elsewhere, or left out."""
    board = Board(case, jobs)
    for duty in found:
        if duty not in wrong:
            board.add(duty)
    for duty in wrong:
        for index in sorted(duty.jobs, key=lambda one: (-jobs[one].clock.shortest_s, one)):
            days = sorted(jobs[index].days, key=lambda day: (abs(day - duty.day), day))
            for day in days:
                if board.put(index, day):
                    break
    return board.duties()


def report(case: Case, jobs: Sequence[Job], decision: Decision) -> StageReport:
    """Return the honest line about a hub: value and bound are the cost of its vehicle-days.

    What is proven is proven of these trips: other trips to the same stops might leave out fewer or cost less.
    """
    duties = decision.duties
    placed = sum(len(duty.jobs) for duty in duties)
    short, _, cost, _ = worth(case, jobs, duties)
    bound = decision.cost_bound
    status: StageStatus = "heuristic" if bound is None else "feasible"
    if decision.interrupted:
        status = "interrupted"
    elif decision.service_proven and bound is not None and bound >= cost:
        status = "optimal"
    detail = f"{placed} of {len(jobs)} trips {_told(jobs, duties)}"
    if placed < len(jobs):
        detail += "; no calendar of these trips places more" if decision.service_proven else ""
    detail += _behind(short)
    if not decision.dates_proven and duties:
        detail += "; earliest days not proven"
    return StageReport(
        stage="calendar",
        goal=case.hub,
        status=status,
        value=float(cost),
        bound=None if bound is None else float(min(bound, cost)),
        gap=relative_gap(float(cost), None if bound is None else float(min(bound, cost))),
        detail=detail,
    )


def report_anew(case: Case, jobs: Sequence[Job], duties: Sequence[Duty], *, interrupted: bool) -> StageReport:
    """Return the line about a hub whose trips were put together anew, of which nothing is proven."""
    short, _, cost, _ = worth(case, jobs, duties)
    placed = sum(len(duty.jobs) for duty in duties)
    detail = f"{placed} trips, put together anew to leave out fewer, {_told(jobs, duties)}{_behind(short)}"
    return StageReport(
        stage="calendar",
        goal=case.hub,
        status="interrupted" if interrupted else "heuristic",
        value=float(cost),
        bound=None,
        gap=None,
        detail=detail,
    )


def _told(jobs: Sequence[Job], duties: Sequence[Duty]) -> str:
    baskets = sum(jobs[index].baskets for duty in duties for index in duty.jobs)
    day = sum(jobs[index].baskets * (duty.day + 1) for duty in duties for index in duty.jobs) / max(1, baskets)
    return f"on {len(duties)} vehicle-days; mean delivery on working day {day:.1f}"


def _behind(short: int) -> str:
    return f"; {short} basket-days behind what storage and shelf life ask for" if short else ""
