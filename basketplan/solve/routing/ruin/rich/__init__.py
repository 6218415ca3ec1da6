"""Ruin and recreate with all rules of real fleets, compiled: one function runs a number of moves.

Source of the move: Christiaens, Vanden Berghe, *Slack induction by string removals for vehicle routing problems*,
Transportation Science 54 (2020). Durations with windows by concatenated segments: Vidal, Crainic, Gendreau, Prins,
*A unified solution framework for multi-attribute vehicle routing problems*, EJOR 234 (2014). Tables: see ``layout``.

``cost, time (n_profiles, n_points, n_points)`` and ``length (n_points, n_points)`` are int32 matrices over points:
stops ``0 … n-1``, hubs from ``n`` on; one number each where a rule does not exist. ``cost_to``, ``time_to`` and
``length_to`` are their transposes (the same arrays where they are symmetric). ``extra (n_classes, n)`` is what
serving a stop costs a class beside the road; classes with the same profile have the same. ``windows (n_windows, 2)``:
those of a stop are ``W_FIRST … W_LAST - 1``. ``near (n, ·)`` are the neighbours of a stop, filled up with -1, and
``near_cost (n, INSERT_NEAR + 1)`` int64 the least that a road between them costs in any profile, either way; in its
last column the least that serving the stop costs beside the road.
"""

from basketplan.solve.routing.ruin.rich.links import total_cost
from basketplan.solve.routing.ruin.rich.search import search
from basketplan.solve.routing.ruin.rich.times import refresh

__all__ = ["refresh", "search", "total_cost"]
