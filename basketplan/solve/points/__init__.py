"""Distribution points: which candidates are used, and where every family collects.

The decision is made before all others (:func:`choose_points`). To every later stage a family that collects is a
household at the point's place, with the point's access and times, so that hubs, goods, trips and calendars are found
as ever, and a shortage leaves out single families rather than whole points.
"""

from basketplan.solve.points.choose import Choice, choose_points

__all__ = ["Choice", "choose_points"]
