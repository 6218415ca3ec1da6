"""What people see in a terminal: live progress on stderr, and a summary that can be read aloud."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from types import FrameType, TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from basketplan import units
from basketplan.errors import Fault, render_fault
from basketplan.plan.types import Metrics, Plan, Promise, StageReport, Verification
from basketplan.programme.types import household_of
from basketplan.progress import Progress

__all__ = ["LiveReporter", "show_faults", "summary"]


class LiveReporter:
    """Shows one line per stage on stderr while work runs, and turns Ctrl-C into a stop.

    Silent when stderr is not a terminal. The first Ctrl-C asks the work to end with its best plan; the
    second one ends the programme at once.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True)
        self._live: Live | None = None
        self._rows: dict[str, Progress] = {}
        self._since: dict[str, float] = {}
        self._stop = False
        self._listening = False
        self._before: object = signal.SIG_DFL

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self._stop

    def __enter__(self) -> LiveReporter:
        self._before = signal.signal(signal.SIGINT, self._on_interrupt)
        self._listening = True
        if self._console.is_terminal:
            self._live = Live(console=self._console, refresh_per_second=4, transient=True, get_renderable=self._table)
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None
        self._listening = False
        signal.signal(signal.SIGINT, self._before)  # type: ignore[arg-type]  # what signal() itself returned

    def update(self, progress: Progress) -> None:
        """Take note; the screen redraws itself."""
        if self._listening and threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self._on_interrupt)  # a search by CP-SAT may have put the default back
        self._since.setdefault(progress.stage, time.monotonic())
        self._rows[progress.stage] = progress

    def ended(self, stage: str) -> None:
        """Show ``stage`` no more."""
        self._rows.pop(stage, None)
        self._since.pop(stage, None)

    def stopped(self) -> bool:
        """Whether the user asked for an end."""
        return self._stop

    def _on_interrupt(self, number: int, frame: FrameType | None) -> None:
        if self._stop:
            raise KeyboardInterrupt
        self._stop = True
        self._console.print("Stopping: keeping the best plan so far … (Ctrl-C again to leave without it)")

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for stage, row in list(self._rows.items()):
            count = f"{row.done}/{row.total}" if row.total else ""
            best = "" if row.best is None else f"best {row.best:,.0f} {row.unit}".rstrip()
            gap = "" if row.gap is None else f"gap {row.gap:.2%}"
            left = "" if row.left_s is None else f"≤ {row.left_s:.0f} s left"
            spent = f"{time.monotonic() - self._since.get(stage, time.monotonic()):.0f} s"
            table.add_row(Text(stage, style="bold"), row.message, count, best, gap, spent, left)
        return table


def show_faults(faults: Iterable[Fault]) -> None:
    """Write faults to stderr, errors before warnings, then how many there are."""
    ordered = sorted(faults, key=lambda fault: fault.severity)
    for fault in ordered:
        sys.stderr.write(render_fault(fault) + "\n\n")
    errors = sum(fault.severity == "error" for fault in ordered)
    if errors:
        sys.stderr.write(f"{errors} {'fault' if errors == 1 else 'faults'}. Nothing was planned or written.\n")


def summary(plan: Plan, verification: Verification, seconds: Mapping[str, float] | None = None) -> str:
    """Return the plan in sentences that a coordinator can read aloud."""
    figures = plan.metrics
    served = f"{figures.served:,} of {_count(figures.households, 'household')} are served"
    lines = [served + _delivery_span(plan) + "."]
    if plan.unserved:
        lines += _unserved(plan)
    lines.append(
        f"{_count(figures.baskets_delivered, 'basket')} from {_count(figures.cooperatives_engaged, 'cooperative')}"
        f" ({_to_whom(figures)})."
    )
    lines.append(
        f"Every cooperative with something to offer sells at least {figures.lowest_share:.0%} of what it could have"
        f" (Gini {figures.gini:.2f})."
    )
    lines += [sentence for promise in figures.promises if (sentence := _promise(promise))]
    lines.append(
        f"{_count(figures.trips, 'trip')} on {_count(figures.vehicle_days, 'vehicle-day')}:"
        f" {units.km(figures.distance_m)};"
        f" vehicles are {figures.load_factor:.0%} full."
    )
    if figures.rounds:
        lines.append(
            f"{_count(figures.rounds, 'collection round')} to cooperatives:"
            f" {units.mad(figures.rounds_saved_centimes)} cheaper than lorries that go straight."
        )
    paid = {kind.replace("_", " "): value for kind, value in figures.cost_by_kind.items() if value}
    kinds = ", ".join(f"{kind} {units.mad(value)}" for kind, value in paid.items()) or "nothing"
    lines.append(
        f"It costs {units.mad(figures.cost_centimes)}, {units.mad(figures.cost_per_basket_centimes)} a basket: {kinds}."
    )
    lines += [sentence for report in plan.stages if (sentence := _proof(report))]
    if verification.ok:
        lines.append(f"Checked independently: {sum(verification.checked.values()):,} checks, no rule is broken.")
    else:
        lines.append(f"REJECTED: {len(verification.violations):,} times a rule is broken. The plan must not be used.")
        lines += [f"  {item.code} {item.message}" for item in verification.violations[:10]]
    if plan.status == "interrupted":
        lines.append("It was stopped before its end: this is the best plan found by then.")
    if seconds:
        lines.append(f"Planned in {seconds.get('total', 0):.0f} s.")
    return "\n".join(lines) + "\n"


def _to_whom(figures: Metrics) -> str:
    """Return which parts of the money for goods go to rural cooperatives and to women's work, if any is paid."""
    if not figures.cost_by_kind.get("goods", 0):
        return "nothing is paid for goods"
    return f"{figures.rural_share:.0%} rural; {figures.women_share:.0%} of the money for goods goes to women's work"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _delivery_span(plan: Plan) -> str:
    first, last = plan.metrics.first_delivery, plan.metrics.last_delivery
    if first is None or last is None:
        return ""
    return f" on {first:%d %B %Y}" if first == last else f" between {first:%d %B} and {last:%d %B %Y}"


def _unserved(plan: Plan) -> list[str]:
    """Say how many are left out by reason, with one remedy each."""
    lines = []
    for reason in sorted({item.reason for item in plan.unserved}):
        items = [item for item in plan.unserved if item.reason == reason]
        homes = len({household_of(item.household) for item in items})
        lines.append(f"  {_count(homes, 'household')} left out ({reason}): {items[0].detail} → {items[0].remedy}")
    return lines


def _promise(promise: Promise) -> str:
    """Say what is not met of the policy's rules, and why."""
    if promise.met:
        return ""
    of = "Gini of the shares" if promise.rule == "gini" else f"{promise.rule} of {promise.of}"
    return f"Not met: {of}, {promise.found:.1%} instead of {promise.limit:.1%}: {promise.reason}."


def _proof(report: StageReport) -> str:
    """Say what is proven of the allocation; other stages state theirs in plan.json."""
    if report.stage != "allocation" or report.gap is None:
        return ""
    if report.status == "optimal" and report.gap <= 1e-6:
        return f"Allocation, {report.goal}: proven best."
    return f"Allocation, {report.goal}: within {report.gap:.2%} of the best possible."
