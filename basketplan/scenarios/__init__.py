"""What if: many plans of one programme, run, kept and compared.

A *scenario* is a named list of changes (:mod:`basketplan.programme.library`), a *sweep* a family of them over lists or
ranges of values, a *study* a set of scenarios and sweeps to be planned with one effort, each from one or several seeds.
A *run* is one plan of a study.

::

    study ── expand ──► runs: base first, then the others          :mod:`~basketplan.scenarios.study`
      each run ── read with its changes, all faults before any solving
               ── plan, from a cache where its inputs are the same  :mod:`~basketplan.scenarios.reuse`
               ── verify
      on an executor, retried when a worker dies, hangs or fails    :mod:`~basketplan.scenarios.run`, ``processes``,
                                                                    ``cluster``
      kept at once, each whole                                      :mod:`~basketplan.scenarios.results`
    results ── compare ──► differences against base, noise, people  :mod:`~basketplan.scenarios.compare`
    plan ── uncertainty ──► what breaks, and what it depends on     :mod:`~basketplan.scenarios.risk`

What holds:

1. **Decisions are functions.** The same programme, changes, seed, effort and software give the same plan, whichever
   worker makes it, whatever the cache holds. A stage is taken from the cache only under the hash of everything that it
   looks at (:mod:`~basketplan.scenarios.reuse` says what that is); the cache can be deleted at any time.
2. **Warm starts depend on the base plan, never on what happened to run before.** A hub that a scenario does not touch
   has the base plan's routes; one that it touches begins its search from them, and the allocation from the base plan's
   goods and assembly (:mod:`basketplan.solve.allocation.warm`). Each seed has a base of its own, so that repeats show
   the whole noise of the search.
3. **A run is a plan folder**, written whole or not at all; ``inputs.json`` in it holds changes with their places,
   hashes, seed, effort and versions, and the hash under which it is found again. Stopping loses what is running,
   nothing else.
4. **Workers get programmes, never files or contacts**, and give back plans. So they may be anywhere.
5. **A worker that dies loses one run.** Each run has a process of its own; it is tried again, and what happened is
   told.

The folder of a study::

    study.json      what was asked: programme, files and hashes, runs with their changes, seeds, effort, versions
    runs/ID/        the plan folder of each finished run
    failed.json     runs without a plan, with the reason and the attempts
    cache/          stage results by hash; may be deleted
    comparison.*    what ``compare`` wrote
"""

from basketplan.scenarios.results import Results
from basketplan.scenarios.run import run_study
from basketplan.scenarios.study import Run, Study, expand

__all__ = ["Results", "Run", "Study", "expand", "run_study"]
