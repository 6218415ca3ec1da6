"""The same model written with linopy (solved by HiGHS) and with plain CP-SAT, all columns at once.

They are measured, never used. Each runs in a process of its own, with one thread like ours, and what it finds is
checked by :func:`~basketplan.bench.country_check.flow_breaches`. The model is that of
:mod:`basketplan.solve.allocation.large`, as a careful user would write it: arrays in linopy, loops in CP-SAT.
"""

from __future__ import annotations

import importlib.util
import multiprocessing
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from basketplan.bench.allocation import Measured, peak_mb
from basketplan.bench.country_check import Flows, flow_breaches, flow_cost
from basketplan.errors import UsageError
from basketplan.progress import Progress, Reporter
from basketplan.solve.allocation.large.problem import Ints, Problem

__all__ = ["PEERS", "compare", "known"]

PEERS = ("linopy", "cpsat")
_NEEDS = {"linopy": ("linopy", "highspy"), "cpsat": ("ortools",)}
MOST_COLUMNS = 3_000_000
"""Above, a peer is not run: its model alone would not fit into 12 GB."""


class _Answer(NamedTuple):
    flows: Flows | None
    bound: float | None
    """Dirhams."""
    build_s: float
    solve_s: float
    cpu_s: float
    peak_mb: int


def known(names: str) -> list[str]:
    """Return the peers named in ``names``, divided by commas.

    Raises
    ------
    UsageError
        For an unknown peer, or one that is not installed.
    """
    result = [name.strip() for name in names.split(",") if name.strip()]
    for name in result:
        if name not in PEERS:
            raise UsageError(f"unknown peer '{name}', known are {', '.join(PEERS)}")
        for module in _NEEDS[name]:
            if importlib.util.find_spec(module) is None:
                raise UsageError(f"{module} is not installed: pip install 'basketplan[peers]'")
    return result


def compare(
    problem: Problem, names: Sequence[str], *, gap: float, seconds: float, seed: int, reporter: Reporter
) -> list[Measured]:
    """Solve ``problem`` with each of ``names``, one after the other, ``seconds`` for each solve."""
    solvers: dict[str, Callable[[Problem, float, float, int], _Answer]] = {"linopy": _linopy, "cpsat": _cpsat}
    result = []
    for name in names:
        rows, columns = problem.size
        answer = None
        note = f"not run: more than {MOST_COLUMNS:,} columns"
        if columns <= MOST_COLUMNS:
            reporter.update(Progress(stage="allocation", message=name, left_s=seconds))
            answer = _elsewhere(solvers[name], (problem, gap, seconds, seed), reporter)
            note = "stopped" if reporter.stopped() else "no plan"
        result.append(_measured(problem, name, rows, columns, answer, note))
    return result


def _measured(problem: Problem, name: str, rows: int, columns: int, answer: _Answer | None, note: str) -> Measured:
    if answer is None:
        answer = _Answer(None, None, 0.0, 0.0, 0.0, 0)
    value = None if answer.flows is None else flow_cost(problem, answer.flows) / 100
    bound = answer.bound
    return Measured(
        solver=name,
        rows=rows,
        columns=columns,
        build_s=round(answer.build_s, 2),
        solve_s=round(answer.solve_s, 2),
        cpu_s=round(answer.cpu_s, 2),
        objective=value,
        bound=None if bound is None else round(bound, 2),
        gap=None if value is None or bound is None else round(max(0.0, 1 - bound / value), 6),
        peak_mb=answer.peak_mb,
        verified=answer.flows is not None and not flow_breaches(problem, answer.flows),
        priced=columns if answer.build_s else None,
        note=note if answer.flows is None else "",
    )


def _elsewhere(
    solver: Callable[[Problem, float, float, int], _Answer],
    terms: tuple[Problem, float, float, int],
    reporter: Reporter,
) -> _Answer | None:
    """Run ``solver`` in a process of its own, which ends when the user stops; none where it died."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_child, args=(theirs, solver, terms), daemon=True)
    child.start()
    theirs.close()
    try:
        while not reporter.stopped():
            if ours.poll(0.2):
                answer: _Answer = ours.recv()
                return answer
            if not child.is_alive() and not ours.poll(0):
                return None
    except EOFError:
        return None
    finally:
        child.kill()
        child.join()
    return None


def _child(pipe: Any, solver: Callable[..., _Answer], terms: tuple[Any, ...]) -> None:
    import os
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # solvers print
    pipe.send(solver(*terms))


def _linopy(problem: Problem, gap: float, seconds: float, seed: int) -> _Answer:
    import linopy
    import pandas as pd
    import xarray as xr

    begin, worked = time.perf_counter(), time.process_time()
    s, d = problem
    n_coops, n_hubs, n_kinds = s.freight.shape
    hubs, times = pd.RangeIndex(n_hubs, name="h"), pd.RangeIndex(s.available.shape[1], name="t")
    offers, coops = pd.RangeIndex(len(s.product), name="o"), pd.RangeIndex(n_coops, name="c")
    kinds, goods = pd.RangeIndex(n_kinds, name="l"), pd.RangeIndex(len(s.weight), name="p")
    types, options = pd.RangeIndex(d.need.shape[1], name="b"), pd.RangeIndex(len(d.item), name="a")

    def data(values: Any, *index: Any) -> Any:
        return xr.DataArray(np.asarray(values, dtype=float), coords=list(index))

    def by(values: Any, index: Any, name: str) -> Any:
        return xr.DataArray(np.asarray(values), coords=[index], name=name)

    m = linopy.Model()
    most = np.broadcast_to((s.available // s.lot[:, None])[:, None, :], (len(offers), n_hubs, len(times)))
    x = m.add_variables(lower=0, upper=data(most, offers, hubs, times), integer=True, name="x")
    y = m.add_variables(lower=0, coords=[coops, hubs, times, kinds], integer=True, name="y")
    e = m.add_variables(binary=True, coords=[coops], name="e")
    u = m.add_variables(binary=True, coords=[offers], name="u")
    z = m.add_variables(lower=0, coords=[hubs, types, times], integer=True, name="z")
    f = m.add_variables(lower=0, coords=[hubs, options, times], integer=True, name="f")
    stock = m.add_variables(lower=0, coords=[hubs, goods, times], name="s")
    packs, whole = x * data(s.lot, offers), data(s.available[:, -1], offers)
    total = packs.sum(["h", "t"])
    m.add_constraints(packs.sum("h").cumsum("t") <= data(s.available, offers, times))
    m.add_constraints(total - whole * u <= 0)
    m.add_constraints(total - data(s.minimum, offers) * u >= 0)
    m.add_constraints(u - e.sel(c=by(s.owner, offers, "c")) <= 0)
    price = data(s.row_price[:, 0], offers)
    earned = (price * total).groupby(by(s.owner, offers, "c")).sum()
    m.add_constraints(earned - data(s.revenue, coops) * e >= 0)
    for size, room in ((s.weight, s.lorry_g), (s.volume, s.lorry_ml)):
        load = (packs * data(size[s.product], offers)).groupby(by(s.owner, offers, "c")).sum()
        m.add_constraints(load - (y * data(room, kinds)).sum("l") <= 0)
    arrived = packs.groupby(by(s.product, offers, "p")).sum()
    used = (f * data(d.packs, options)).groupby(by(d.item, options, "p")).sum()
    m.add_constraints((arrived - used).cumsum("t") - stock == 0)
    m.add_constraints(z.sum("b") <= data(d.assembly, hubs, times))
    m.add_constraints(z.sum("t") == data(d.need, hubs, types))
    lines = pd.RangeIndex(len(d.line_basket), name="i")
    m.add_constraints(f.groupby(by(d.line, options, "i")).sum() - z.sel(b=by(d.line_basket, lines, "b")) == 0)
    held = f.sum(["h", "t"])
    baskets = d.need.sum(axis=0)[d.line_basket[d.line]]
    m.add_constraints(held <= data(d.highest * baskets, options))
    m.add_constraints(held >= data(d.lowest * baskets, options))
    freight = data(s.freight, coops, hubs, kinds)
    cost = (price * total).sum() + (freight * y).sum() + (data(s.engagement, coops) * e).sum()
    m.add_objective(0.01 * (cost + (data(d.assembly_cost, hubs) * z).sum()))
    built = time.perf_counter()
    m.solve(
        solver_name="highs", io_api="direct", log_to_console=False, output_flag=False, mip_rel_gap=gap,
        time_limit=seconds, threads=1, random_seed=seed,
    )  # fmt: skip
    done = time.perf_counter()
    info = m.solver_model.getInfo()
    bound = float(info.mip_dual_bound)
    flows = None
    if info.primal_solution_status == 2:
        sent, lorries, made, held_at = (
            np.rint(m.solution[name].transpose(*order).to_numpy()).astype(np.int64)
            for name, order in (("x", "oht"), ("y", "chtl"), ("z", "hbt"), ("f", "hat"))
        )
        flows = Flows(sent * s.lot[:, None, None], lorries, made, held_at)
    return _Answer(
        flows,
        bound if np.isfinite(bound) else None,
        built - begin,
        done - built,
        time.process_time() - worked,
        peak_mb(),
    )


def _cpsat(problem: Problem, gap: float, seconds: float, seed: int) -> _Answer:
    from ortools.sat.python import cp_model

    begin, worked = time.perf_counter(), time.process_time()
    s, d = problem
    n_coops, n_hubs, n_kinds = s.freight.shape
    hubs, times, offers, coops = range(n_hubs), range(s.available.shape[1]), range(len(s.product)), range(n_coops)
    m = cp_model.CpModel()
    lot, price = s.lot.tolist(), s.row_price[:, 0].tolist()
    most = (s.available // s.lot[:, None]).tolist()
    x = {(o, h, t): m.new_int_var(0, most[o][t], "") for o in offers for h in hubs for t in times}
    heavy, bulky = _loads(problem)
    room = [
        np.maximum(np.ceil(heavy / s.lorry_g[k]), np.ceil(bulky / s.lorry_ml[k])).astype(int) for k in range(n_kinds)
    ]
    y = {
        (c, h, t, k): m.new_int_var(0, int(room[k][c]), "")
        for c in coops for h in hubs for t in times for k in range(n_kinds)
    }  # fmt: skip
    e, u = [m.new_bool_var("") for _ in coops], [m.new_bool_var("") for _ in offers]
    for o in offers:
        for t in times:
            m.add(sum(x[o, h, q] for h in hubs for q in range(t + 1)) <= most[o][t])
        total = sum(x[o, h, t] for h in hubs for t in times)
        m.add(total <= most[o][-1] * u[o])
        m.add(lot[o] * total >= int(s.minimum[o]) * u[o])
        m.add_implication(u[o], e[int(s.owner[o])])
    for c in coops:
        mine = range(int(s.first[c]), int(s.first[c + 1]))
        m.add(
            sum(lot[o] * price[o] * x[o, h, t] for o in mine for h in hubs for t in times) >= int(s.revenue[c]) * e[c]
        )
        for size, limit in ((s.weight, s.lorry_g), (s.volume, s.lorry_ml)):
            for h in hubs:
                for t in times:
                    load = sum(int(size[s.product[o]]) * lot[o] * x[o, h, t] for o in mine)
                    m.add(load <= sum(int(limit[k]) * y[c, h, t, k] for k in range(n_kinds)))
    z = {
        (h, b, t): m.new_int_var(0, int(n), "")
        for h, row in enumerate(d.need)
        for b, n in enumerate(row)
        for t in times
    }
    f = {
        (h, a, t): m.new_int_var(0, int(d.need[h, d.line_basket[d.line[a]]]), "")
        for h in hubs for a in range(len(d.item)) for t in times
    }  # fmt: skip
    for h in hubs:
        for t in times:
            m.add(sum(z[h, b, t] for b in range(d.need.shape[1])) <= int(d.assembly[h, t]))
            for line, basket in enumerate(d.line_basket.tolist()):
                m.add(sum(f[h, int(a), t] for a in np.flatnonzero(d.line == line)) == z[h, basket, t])
            for p in range(len(s.weight)):
                came = sum(lot[o] * x[o, h, q] for o in np.flatnonzero(s.product == p).tolist() for q in range(t + 1))
                m.add(
                    came
                    >= sum(
                        int(d.packs[a]) * f[h, a, q] for a in np.flatnonzero(d.item == p).tolist() for q in range(t + 1)
                    )
                )
        for b in range(d.need.shape[1]):
            m.add(sum(z[h, b, t] for t in times) == int(d.need[h, b]))
    for a in range(len(d.item)):
        baskets = int(d.need[:, d.line_basket[d.line[a]]].sum())
        held = sum(f[h, a, t] for h in hubs for t in times)
        m.add(held <= int(np.floor(d.highest[a] * baskets + 1e-9)))
        m.add(held >= int(np.ceil(d.lowest[a] * baskets - 1e-9)))
    m.minimize(
        sum(lot[o] * price[o] * v for (o, _, _), v in x.items())
        + sum(int(s.freight[c, h, k]) * v for (c, h, _, k), v in y.items())
        + sum(int(s.engagement[c]) * e[c] for c in coops)
        + sum(int(d.assembly_cost[h]) * v for (h, _, _), v in z.items())
    )
    built = time.perf_counter()
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.relative_gap_limit = gap
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed
    status = solver.solve(m)
    done = time.perf_counter()
    flows = None
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        sent = np.zeros((len(s.product), n_hubs, len(times)), dtype=np.int64)
        lorries = np.zeros((n_coops, n_hubs, len(times), n_kinds), dtype=np.int64)
        made, held_at = (
            np.zeros((*d.need.shape, len(times)), np.int64),
            np.zeros((n_hubs, len(d.item), len(times)), np.int64),
        )
        for table, array in ((x, sent), (y, lorries), (z, made), (f, held_at)):
            for key, v in table.items():
                array[key] = solver.value(v)
        flows = Flows(sent * s.lot[:, None, None], lorries, made, held_at)
    bound = solver.best_objective_bound / 100
    return _Answer(
        flows,
        bound if np.isfinite(bound) else None,
        built - begin,
        done - built,
        time.process_time() - worked,
        peak_mb(),
    )


def _loads(problem: Problem) -> tuple[Ints, Ints]:
    """Return the grams and millilitres that each cooperative can send in all."""
    s = problem.supply
    most = s.available[:, -1]
    n = len(s.engagement)
    grams, bulk = (np.bincount(s.owner, most * size[s.product], n).astype(np.int64) for size in (s.weight, s.volume))
    return grams, bulk
