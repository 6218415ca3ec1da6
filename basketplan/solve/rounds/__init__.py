"""Collection rounds: one lorry of a hub for several cooperatives, where that is cheaper than a lorry for each.

After the allocation it is known what leaves which cooperative for which hub on which day. What a hub gets on one day
is a vehicle routing problem of its own (:mod:`~basketplan.solve.rounds.problem`), solved by the engine that makes the
trips to households. Every round found is then weighed against the very lorries that it replaces, in the plan's money,
and is kept only where it costs less: a plan with rounds is never dearer than without. Rounds change no day, no load
and no other stage; the allocation itself counts straight lorries, whose cost bounds that of rounds from above.
"""

from basketplan.solve.rounds.collect import collect

__all__ = ["collect"]
