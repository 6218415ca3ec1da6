"""Who supplies what, where and when baskets are assembled: the allocation.

The model is in :mod:`~basketplan.solve.allocation.model`, the order in which its goals are solved in
:mod:`~basketplan.solve.allocation.order`; what is too large for it is decided by
:mod:`~basketplan.solve.allocation.large.by_hub`.
"""

from __future__ import annotations

from collections.abc import Iterable

from basketplan.programme.types import Programme
from basketplan.progress import QuietReporter, Reporter
from basketplan.solve.types import Allocation, Effort, Supplied, Territory

__all__ = ["allocate"]


def allocate(
    programme: Programme,
    territory: Territory,
    effort: Effort,
    *,
    seed: int = 0,
    reporter: Reporter | None = None,
    demand: Iterable[str] | None = None,
    start: Supplied | None = None,
) -> Allocation:
    """Decide on shipments, lorries and assembly for the households of ``territory``.

    Parameters
    ----------
    programme
        A checked programme.
    territory
        Which hub serves which household.
    effort
        Gap and nodes at which solves stop; its seconds are a safety net.
    seed
        Of the solver.
    reporter
        Receives progress; its ``stopped()`` ends the work with the best found so far.
    demand
        Ids of the households to plan for; by default all that have a hub.
    start
        What an earlier plan decided about supply and assembly. Days are looked for near it first
        (:mod:`~basketplan.solve.allocation.warm`); bounds do not depend on it.

    Returns
    -------
    Allocation
        Always a plan that keeps every rule; whoever cannot be served is in ``left`` with a reason.
    """
    from basketplan.solve.allocation.data import read_data
    from basketplan.solve.allocation.extract import Decided, due_by_hub, extract
    from basketplan.solve.allocation.large.by_hub import allocate_by_hub, is_large
    from basketplan.solve.allocation.left import reasons
    from basketplan.solve.allocation.neighbourhoods import earlier
    from basketplan.solve.allocation.order import Order, goals_in_order
    from basketplan.solve.allocation.search import Search
    from basketplan.solve.allocation.warm import supplied
    from basketplan.solve.interrupt import Runner

    reporter = reporter or QuietReporter()
    data = read_data(programme, territory, demand, departures=False)
    if is_large(programme, data):
        return allocate_by_hub(programme, data, effort, seed=seed, reporter=reporter)
    data = read_data(programme, territory, demand)
    with Runner(reporter, seed=seed, seconds=effort.allocation_s) as runner:
        search = Search(data, effort, runner, reporter, seed, start)
        order = Order(search)
        order.run(goals_in_order(programme.policy.goals))
        earlier(search)
        decided = Decided(unit_price={}) if search.best is None else extract(search.day, search.best)
        left = reasons(data, decided, runner)
    return Allocation(
        shipped=decided.shipped,
        hauled=decided.hauled,
        assembled=decided.assembled,
        unit_price=decided.unit_price,
        served=decided.served,
        left=left,
        due=due_by_hub(data, decided),
        reports=tuple(order.reports),
        fairest=None if order.fairest is None else supplied(search, order.fairest),
    )
