"""Collection rounds: one lorry of a hub for several cooperatives, where that is cheaper than a lorry for each.

After the allocation it is known what leaves which cooperative for which hub on which day. What a hub gets on one day
is a vehicle routing problem of its own (:mod:`~basketplan.solve.rounds.problem`), solved by the engine that makes the
trips to households. Every round found is then weighed against the very lorries that it replaces, in the plan's money,
and is kept only where it costs less: a plan with rounds is never dearer than without. Where ``rounds.wait`` allows
it, goods wait for a day on which a round passes by (:mod:`~basketplan.solve.rounds.waiting`); else rounds change no
day, no load and no other stage.

The allocation itself still counts straight lorries, whose cost is an upper bound of the plan's. Measured on sac-4000,
where inbound lorries cost 83,000 MAD: rounds on the allocation's days save 12,300 MAD, with four days of waiting
17,700 MAD. What waits has less time to spare: in the uncertain world of that example (``scenarios risk … may``) 3,060
instead of 3,072 of 4,000 households are served on average. Lower prices for small loads within the allocation were
not tried: its gap of 1.8 % (22,000 MAD) is larger than what is left to save, so that an effect could hardly be told
from noise.
"""

from basketplan.solve.rounds.decide import collect

__all__ = ["collect"]
