"""Workers on other machines: runs of a study, or the hubs of one large programme, on a Dask cluster.

Needs the extra ``cluster``. Workers need basketplan in the same version and nothing else: no files, no contacts. Start
them with one thread each, since solvers use a core each::

    dask scheduler
    dask worker tcp://scheduler:8786 --nworkers 4 --nthreads 1

Dask itself gives the work of a worker that is gone to another one. Households' places are sent to the workers, so the
cluster must be one that may see them; use Dask's TLS where the network is not your own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import asdict
from typing import Any, TypeVar

from basketplan.errors import UsageError
from basketplan.programme.types import Programme
from basketplan.progress import Progress
from basketplan.scenarios.run import Workers
from basketplan.scenarios.work import Tell
from basketplan.solve.types import Effort, RoutingProblem, RoutingSolution
from basketplan.stages import Stages, Terms

__all__ = ["Cluster", "ClusterStages", "connect", "workers_of"]

T = TypeVar("T")
TOPIC = "basketplan"
CONNECT_S = 15
POLL_S = 0.3


def connect(address: str) -> Any:
    """Return a client of the cluster at ``address``, such as ``tcp://127.0.0.1:8786``.

    Raises
    ------
    UsageError
        The extra is missing, or nobody answers there.
    """
    try:
        from distributed import Client
    except ImportError:
        raise UsageError(
            "--cluster needs more software: pip install -c constraints.txt 'basketplan[cluster]'"
        ) from None
    try:
        made: Callable[..., Any] = Client
        return made(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise UsageError(f"no cluster answers at {address}: {error}") from None


def workers_of(client: Any) -> Workers:
    """Return the workers of a cluster, each of whose threads takes a run at a time."""
    threads = sum(client.nthreads().values())
    if not threads:
        raise UsageError("the cluster has no workers: start some with dask worker")
    return Workers(make=lambda: Cluster(client), number=threads, shared=False)


class Cluster(Executor):
    """An executor on a cluster, with the progress of what runs there."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False)
        self._told: Callable[[Progress], None] | None = None

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run ``fn(*args, **kwargs)`` on a worker."""
        future: Future[T] = self._executor.submit(fn, *args, **kwargs)
        return future

    def submit_telling(self, fn: Callable[..., T], told: Callable[[Progress], None], /, *args: Any) -> Future[T]:
        """Run ``fn(*args, tell)`` on a worker; what it tells arrives at ``told``."""
        if self._told is None:
            self._client.subscribe_topic(TOPIC, self._hear)
        self._told = told
        return self.submit(_telling, fn, *args)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Take no more work; with ``cancel_futures`` what has not begun is dropped. The cluster goes on."""
        if self._told is not None:
            self._client.unsubscribe_topic(TOPIC)
        self._executor.shutdown(wait=wait and not cancel_futures)

    def _hear(self, event: tuple[float, Any]) -> None:
        content = event[1].get("progress") if isinstance(event[1], dict) else None
        if self._told is not None and content is not None:
            self._told(Progress(**content))


def _telling(fn: Callable[..., T], *args: Any) -> T:
    """Call ``fn`` on a worker with a way to tell its progress."""
    from distributed import get_worker

    worker = get_worker()
    tell: Tell = lambda progress: worker.log_event(TOPIC, {"progress": asdict(progress)})  # noqa: E731  # closes over the worker
    return fn(*args, tell)


class ClusterStages(Stages):
    """Has hubs routed on a cluster; the plan is the one that is made here."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def route(
        self, programme: Programme, problems: Sequence[RoutingProblem], terms: Terms
    ) -> Sequence[RoutingSolution]:
        """Return trips for each hub, from as many workers as there are."""
        executor = self._client.get_executor(pure=False)
        futures = [
            executor.submit(_route, problem, number, terms.effort, terms.seed)
            for number, problem in enumerate(problems)
        ]
        while not all(future.done() for future in futures):
            done = sum(future.done() for future in futures)
            terms.reporter.update(
                Progress(stage="routing", message="hubs on the cluster", done=done, total=len(futures))
            )
            if terms.reporter.stopped():
                for future in futures:
                    future.cancel()
                return super().route(programme, problems, terms)  # which ends at once with what it has
            time.sleep(POLL_S)
        return [future.result() for future in futures]


def _route(problem: RoutingProblem, number: int, effort: Effort, seed: int) -> RoutingSolution:
    from basketplan.solve.routing import route_hubs

    return route_hubs([problem], effort, seed=seed, numbers=[number])[0]
