"""B50x calendar, B51x policy, B52x travel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from basketplan.programme.availability import eligible, ready_day
from basketplan.programme.checks import rules
from basketplan.programme.checks.context import MAX_DAYS, Context, Finding

__all__ = ["RULES"]


def ends_before_start(context: Context) -> Iterator[Finding]:
    """B501: the calendar ends before it begins."""
    calendar = context.programme.calendar
    if calendar.last_day < calendar.first_day:
        yield Finding(
            "B501",
            f"the calendar ends on {calendar.last_day}, before its first day {calendar.first_day}",
            ("calendar", "last_day"),
            "write a last_day on or after first_day",
        )


def too_long(context: Context) -> Iterator[Finding]:
    """B502: the calendar is longer than a programme can be."""
    calendar = context.programme.calendar
    length = (calendar.last_day - calendar.first_day).days + 1
    if length > MAX_DAYS:
        yield Finding(
            "B502",
            f"the calendar has {length:,} days; expected at most {MAX_DAYS}",
            ("calendar", "last_day"),
            "look at the years, or cut the programme into several",
        )


def no_working_day(context: Context) -> Iterator[Finding]:
    """B503: no day of the calendar is a working day."""
    calendar = context.programme.calendar
    if context.calendar_ok and not context.days:
        yield Finding(
            "B503",
            f"none of the days from {calendar.first_day} to {calendar.last_day} is a working day",
            ("calendar", "working_days"),
            "add weekdays to working_days, take holidays out, or move last_day",
        )


def date_outside(context: Context) -> Iterator[Finding]:
    """B504: a holiday or a closed day lies outside the calendar (warning)."""
    if not context.calendar_ok:
        return
    calendar = context.programme.calendar
    found: list[tuple[str, dt.date, tuple[str | int, ...]]] = [
        ("the holiday", day, ("calendar", "holidays", column)) for column, day in enumerate(calendar.holidays)
    ]
    for row, hub in enumerate(context.programme.hubs):
        found += [
            (f"the closed day of hub '{hub.id}',", day, ("hubs", row, "closed", column))
            for column, day in enumerate(hub.closed)
        ]
    for what, day, path in found:
        if not calendar.first_day <= day <= calendar.last_day:
            yield Finding(
                "B504",
                f"{what} {day} lies outside the calendar ({calendar.first_day} to {calendar.last_day})",
                path,
                "look at the year and month, or take it out",
                "warning",
            )


def ready_too_late(context: Context) -> Iterator[Finding]:
    """B505: an offer is ready only after the last working day (warning: it will never be bought)."""
    if not context.days:
        return
    for at in context.offers():
        ready = context.days[-1] if at.offer.lead_time > MAX_DAYS else ready_day(context.programme, at.offer)
        if at.offer.lead_time > MAX_DAYS or ready > context.days[-1]:
            name = "first_day" if at.offer.first_day == ready else "lead_time"
            when = f"on {ready}" if at.offer.lead_time <= MAX_DAYS else f"after {at.offer.lead_time:,} days"
            yield Finding(
                "B505",
                f"'{at.offer.product}' of cooperative '{at.cooperative}' is ready {when}, after the last working day"
                f" {context.days[-1]}: it will never be bought",
                (*at.path, name),
                "order earlier (an earlier first day of the calendar), shorten the lead time, or move last_day",
                "warning",
            )


def no_goal(context: Context) -> Iterator[Finding]:
    """B510: the policy has no goal."""
    if not context.programme.policy.goals:
        yield Finding(
            "B510", "the policy names no goal", ("policy", "goals"), "write 'goals: [service, fairness, cost]'"
        )


def same_goal(context: Context) -> Iterator[Finding]:
    """B511: a goal is named twice."""
    seen = set()
    for column, goal in enumerate(context.programme.policy.goals):
        if goal.goal in seen:
            yield Finding(
                "B511",
                f"the goal '{goal.goal}' is named twice",
                ("policy", "goals", column),
                "name each goal once; their order says what comes first",
            )
        seen.add(goal.goal)


def service_not_first(context: Context) -> Iterator[Finding]:
    """B512: service is not the first goal (warning)."""
    goals = [goal.goal for goal in context.programme.policy.goals]
    if goals and "service" not in goals:
        yield Finding(
            "B512",
            "the policy does not name the goal 'service': it is put first",
            ("policy", "goals"),
            "write 'service' first",
            "warning",
        )
    elif goals and goals[0] != "service":
        yield Finding(
            "B512",
            f"the first goal is '{goals[0]}', not 'service': service is put first",
            ("policy", "goals"),
            "write 'service' first",
            "warning",
        )


def ceilings_too_low(context: Context) -> Iterator[Finding]:
    """B513: the ceilings of all cooperatives that may supply leave part of the spending to nobody."""
    programme = context.programme
    able = [item.id for item in programme.cooperatives if eligible(programme, item)]
    ceilings = programme.policy.ceilings
    total = sum(ceilings.get(item, ceilings.get("all", 1.0)) for item in able)
    if able and total < 1 - 1e-9:
        yield Finding(
            "B513",
            f"the ceilings of the {len(able)} cooperatives that may supply add up to {total:.0%} of the spending;"
            " expected at least 100 %",
            ("policy", "ceilings"),
            f"raise them: with {len(able)} cooperatives to at least {1 / len(able):.0%} each on average",
        )


def floor_without_supply(context: Context) -> Iterator[Finding]:
    """B514: a floor is set for a cooperative that cannot sell anything to the programme (warning)."""
    programme = context.programme
    useful = {option.option.product for option in context.options()}
    for name in programme.policy.floors:
        cooperative = programme.cooperative.get(name)
        if cooperative is None:
            continue
        rural = eligible(programme, cooperative)
        if not rural or not any(offer.product in useful for offer in cooperative.offers):
            why = "none of its products is in a basket" if rural else "it is not rural and the programme is rural_only"
            yield Finding(
                "B514",
                f"the policy sets a floor for cooperative '{name}', but {why}",
                ("policy", "floors", name),
                "take the floor out, or let the cooperative supply",
                "warning",
                key=True,
            )


def no_budget(context: Context) -> Iterator[Finding]:
    """B515: the budget is zero (warning)."""
    if context.programme.policy.budget == 0:
        yield Finding(
            "B515",
            "the budget is 0 MAD: nothing that costs money can be bought",
            ("policy", "budget"),
            "write the budget, or leave it out where there is no limit",
            "warning",
        )


def detour_order(context: Context) -> Iterator[Finding]:
    """B520: the rows of the detour table do not rise."""
    before = 0
    for row, item in enumerate(context.programme.travel.detour):
        if item.below is None:
            continue
        if item.below <= before:
            yield Finding(
                "B520",
                f"row {row + 1} of the detour table holds below {item.below:,} m; expected more than {before:,} m",
                ("travel", "detour", row, "below"),
                "order the rows from the shortest distance to the longest",
            )
        before = max(before, item.below)


def detour_open_end(context: Context) -> Iterator[Finding]:
    """B521: the detour table has no last row without `below`, or has one before its end."""
    table = context.programme.travel.detour
    if not table or table[-1].below is not None:
        yield Finding(
            "B521",
            "the detour table says nothing of longer distances: its last row has a 'below'" if table
            else "the detour table is empty",
            ("travel", "detour"),
            "end it with a row that has a ratio only: '- ratio: 1.1'",
        )  # fmt: skip
    for row, item in enumerate(table[:-1]):
        if item.below is None:
            yield Finding(
                "B521",
                f"row {row + 1} of the detour table has no 'below', but is not the last one",
                ("travel", "detour", row),
                "write up to which straight-line distance it holds",
            )


def detour_shrinks(context: Context) -> Iterator[Finding]:
    """B522: the ratios fall so fast that a longer straight line would be a shorter road."""
    table = context.programme.travel.detour
    bounds = [item.below for item in table[:-1]]
    if any(bound is None for bound in bounds) or any(
        (high or 0) <= (low or 0) for low, high in zip([0, *bounds], bounds, strict=False)
    ):
        return
    lower, middle = 0.0, 0.0
    for row, item in enumerate(table):
        upper = float(item.below) if item.below is not None else max(2 * lower, 1.0)
        before, middle = middle, (lower + upper) / 2
        lower = upper
        # Between two mid-points the road is x·r(x) with r linear: it falls where r + x·r' < 0, first at the far end.
        if row and item.ratio + middle * (item.ratio - table[row - 1].ratio) / (middle - before) < 0:
            yield Finding(
                "B522",
                f"from row {row} to row {row + 1} of the detour table the ratio falls from {table[row - 1].ratio:g} to"
                f" {item.ratio:g}: a longer straight line would be a shorter road",
                ("travel", "detour", row, "ratio"),
                "let the ratio fall more slowly, or put rows between the two",
            )


RULES = (
    ends_before_start,
    too_long,
    no_working_day,
    date_outside,
    ready_too_late,
    no_goal,
    same_goal,
    service_not_first,
    ceilings_too_low,
    floor_without_supply,
    no_budget,
    *rules.RULES,
    detour_order,
    detour_open_end,
    detour_shrinks,
)
