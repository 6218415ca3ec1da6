"""B53x: distribution points, where the policy's mode is `points`."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from basketplan.programme.checks.context import Context, Finding, count
from basketplan.programme.walking import may_collect

__all__ = ["RULES"]


def no_candidates(context: Context) -> Iterator[Finding]:
    """B530: families shall collect, and there is no candidate for a point."""
    if context.programme.policy.delivery.mode == "points" and not context.programme.points:
        yield Finding(
            "B530",
            "the delivery mode is 'points', but the programme names no points",
            ("policy", "delivery", "mode"),
            "add candidates under 'points', each with a place and hours, or write 'mode: doors'",
        )


def no_family_per_day(context: Context) -> Iterator[Finding]:
    """B531: a point is open too short to serve one family."""
    for row, point in enumerate(context.programme.points):
        if point.families_per_day < 1:
            minutes = (point.hours[1] - point.hours[0]) // 60
            yield Finding(
                "B531",
                f"point '{point.id}' serves {point.families_per_hour} families per hour and is open for {minutes} min:"
                " nobody can collect there",
                ("points", row, "hours"),
                "write longer hours, or more families_per_hour",
            )


def never_open(context: Context) -> Iterator[Finding]:
    """B532: a point is open on no working day (warning: it will never be used)."""
    for row, point in enumerate(context.programme.points):
        if context.days and not context.programme.point_days(point):
            yield Finding(
                "B532",
                f"point '{point.id}' is open on no working day: it will never be used",
                ("points", row, "open"),
                "open it on a working day, or take it out",
                "warning",
            )


def no_vehicle(context: Context) -> Iterator[Finding]:
    """B533: no vehicle can bring baskets to a point before families come (warning: it will never be used)."""
    for row, point in enumerate(context.programme.points):
        entering = [item for item in context.programme.vehicles if point.access in item.access]
        if not entering:
            yield Finding(
                "B533",
                f"point '{point.id}' has access class '{point.access}', which no vehicle type enters",
                ("points", row, "access"),
                f"add '{point.access}' to the access of a vehicle type, or take the point out",
                "warning",
            )
        elif all(item.shift[0] >= point.hours[0] for item in entering):
            yield Finding(
                "B533",
                f"families come to point '{point.id}' before any vehicle that may go there works: baskets are brought"
                " before they come",
                ("points", row, "hours"),
                "let families come later, or let a vehicle start earlier",
                "warning",
            )


def nobody_near(context: Context) -> Iterator[Finding]:
    """B534: families have no candidate within walking distance (warning)."""
    rules, people = context.programme.policy.delivery, context.programme.households
    if rules.mode == "doors" or not context.programme.points:
        return
    able = np.array([item.collect for item in people])
    far = np.flatnonzero(able & ~may_collect(context.programme)).tolist()
    if far:
        what = "their baskets come to the door" if rules.otherwise == "door" else "they get no basket"
        yield Finding(
            "B534",
            f"{count(len(far), 'household')}, '{people[far[0]].id}' the first, cannot reach any candidate for a point"
            f" within {rules.walking:,} m of walking: {what}",
            ("policy", "delivery"),
            "add candidates near them, allow longer walks, or leave it so",
            "warning",
        )


def too_few_places(context: Context) -> Iterator[Finding]:
    """B535: the points that may be used cannot serve all families that could walk there (warning)."""
    rules, programme = context.programme.policy.delivery, context.programme
    if rules.mode == "doors" or not programme.points or not context.days:
        return
    rooms = sorted((item.families_per_day * len(programme.point_days(item)) for item in programme.points), reverse=True)
    most, near = sum(rooms[: rules.at_most]), int(may_collect(programme).sum())
    if most < near:
        yield Finding(
            "B535",
            f"{count(near, 'household')} could walk to a point, but the {min(len(rooms), rules.at_most or len(rooms))}"
            f" that may be used serve at most {most:,} in all their hours and days",
            ("policy", "delivery"),
            "allow more points, more families_per_hour, longer hours or more days",
            "warning",
        )


RULES = (no_candidates, no_family_per_day, never_open, no_vehicle, nobody_near, too_few_places)
