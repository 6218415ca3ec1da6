"""Trips of one hub: ``RoutingProblem`` in, ``RoutingSolution`` out."""

from basketplan.solve.routing.hubs import route, route_hubs
from basketplan.solve.routing.problem import routing_problem
from basketplan.solve.routing.ruin.start import warm_up

__all__ = ["route", "route_hubs", "routing_problem", "warm_up"]
