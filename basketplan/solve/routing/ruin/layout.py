"""Columns of the tables that the kernels work on.

Few wide tables instead of many arrays: every array handed to a compiled function costs time, and what is read of
a node together lies together. Stops are nodes ``0 … n-1``; node ``n + r`` is the sentinel of route ``r``: its hub,
before the first stop and after the last. A route is a ring through its sentinel.
"""

from __future__ import annotations

__all__ = ["FLAG_COLUMNS", "FLEET_COLUMNS", "NODE_COLUMNS", "NO_LIMIT", "ROUTE_COLUMNS", "STOP_COLUMNS"]

NO_LIMIT = 1 << 30
"""Stands for "no limit" in loads, times and lengths; every sum of two of them still fits 32 bits unsigned, and all
sums are made in 64 bits."""

# What changes of a node, int32. EARLY and LATE: earliest start of service, and the latest that keeps the rest of the
# route in time. F_* and B_*: duration, earliest and latest start of the way up to and including the node, and from it.
(NEXT, PREV, COST_OUT, COST_IN, ROUTE, POINT, OPEN, CLOSE, EARLY, LATE,
 F_DUR, F_EARLY, F_LATE, B_DUR, B_EARLY, B_LATE) = range(16)  # fmt: skip
NODE_COLUMNS = 16
# With windows alone F_* are free: from the start of service to the next arrival, and the time that service takes.
STEP, SERVING = F_DUR, F_EARLY

# What changes of a route, int64. CHANGES counts its stops' comings and goings.
LOAD, LOAD2, LOAD3, COUNT, BASKETS, CLASS, LENGTH, DURATION, WAIT_COST, DAYS, MAY, CHANGES = range(12)
ROUTE_COLUMNS = 16

# What never changes of a stop, int64. MAY: bits of the classes that may serve it; DAYS: bits of its days.
NEED, NEED2, NEED3, S_BASKETS, S_DAYS, S_MAY, SERVICE, PRIZE, SIZE, FAR, W_FIRST, W_LAST, LOCKED = range(13)
STOP_COLUMNS = 16

# Of a vehicle class, int64; USED counts its routes.
(CAP, CAP2, CAP3, FIXED, LIMIT, USED, PROFILE, HUB, SHIFT_START, SHIFT_END, MAX_DURATION, MAX_LENGTH, LOADING,
 LOADING_EACH, WAIT_RATE, WORK, WORK_LIMIT) = range(17)  # fmt: skip
FLEET_COLUMNS = 18

# Of the problem, int64. IDLE_FREE: waiting costs nothing.
CLOCK, LIMITED, DAYED, INSERT_NEAR, N_ABSENT, EMPTY_HINT, ASYMMETRIC, IDLE_FREE = range(8)
FLAG_COLUMNS = 8

# Values of CLOCK: no times at all; durations add up and nobody waits; windows alone; windows and durations that matter.
TIMELESS, ADDITIVE, WINDOWS, SPANS = range(4)
