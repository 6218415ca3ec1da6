"""A hub's households to trips: a RoutingProblem in, a RoutingSolution out."""
