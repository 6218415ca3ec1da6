"""Trips of one hub: ``RoutingProblem`` in, ``RoutingSolution`` out."""

from basketplan.solve.routing.hubs import route, route_hubs
from basketplan.solve.routing.problem import routing_problem

__all__ = ["route", "route_hubs", "routing_problem"]
