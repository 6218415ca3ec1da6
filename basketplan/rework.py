"""From an edited workbook to a plan: find the plan that it was made from, move the stops, check the outcome."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from basketplan import units
from basketplan.edits import Edited, Wish, reorder
from basketplan.errors import UsageError
from basketplan.plan.io import PLAN, plan_sha256, read_inputs
from basketplan.plan.types import Plan, Verification
from basketplan.plan.verify import verify
from basketplan.programme.types import Programme
from basketplan.publish.export import publishable
from basketplan.publish.workbook import Edits

__all__ = ["Reworked", "base_folder", "is_workbook", "new_folder", "new_inputs", "rework"]


@dataclass(frozen=True, kw_only=True)
class Reworked:
    """What came out of an edit."""

    before: Plan
    edited: Edited
    verification: Verification

    def sentences(self) -> list[str]:
        """Return what was moved and what became of the trips, a line each."""
        if not self.edited.moves:
            return ["No stop was moved."]
        lines = [f"moved {move}" for move in self.edited.moves]
        old = {trip.id: trip for trip in self.before.trips}
        for trip in self.edited.plan.trips:
            if trip.id in self.edited.retimed:
                was, now = (f"{units.clock(one.load_s)}-{units.clock(one.return_s)}" for one in (old[trip.id], trip))
                road = round((trip.distance_m - old[trip.id].distance_m) / 1000, 1) + 0.0
                lines.append(f"trip {trip.id} is now {now} (was {was}), {road:+.1f} km, {trip.baskets} baskets")
        lines += [f"trip {name} is no longer made" for name in self.edited.dropped]
        more = self.edited.plan.metrics.cost_centimes - self.before.metrics.cost_centimes
        if more:
            told = units.mad(abs(more)).replace("\u00a0", " ")
            lines.append(f"the plan costs {told} {'more' if more > 0 else 'less'}")
        return lines

    def as_json(self) -> dict[str, Any]:
        """Return moves and trips for machines."""
        return {
            "moves": [vars(move) for move in self.edited.moves],
            "retimed": list(self.edited.retimed),
            "dropped": list(self.edited.dropped),
        }


def is_workbook(path: Path) -> bool:
    """Tell whether ``path`` is named like a workbook rather than a plan."""
    return path.suffix.lower() in {".xlsx", ".xlsm"}


def base_folder(workbook: Path, given: Path | None) -> Path:
    """Return where the plan of a workbook is: ``given``, else the plan folder in which the workbook lies.

    Raises
    ------
    UsageError
        It lies in none.
    """
    if given is not None:
        return given
    for folder in workbook.resolve().parents:
        if (folder / PLAN).is_file():
            return Path(os.path.relpath(folder))
    raise UsageError(f"{workbook.name} lies in no plan folder: say with --plan which plan it was made from")


def rework(edits: Edits, plan: Plan, programme: Programme) -> Reworked:
    """Return ``plan`` with stops where ``edits`` want them, checked.

    Raises
    ------
    InputError
        Something in the sheet cannot be meant.
    UsageError
        The programme has changed since the plan was made.
    RejectedPlanError
        The plan was broken before it was edited.
    """
    rows = edits.changed(plan)
    publishable(plan, programme)
    edited = reorder(plan, programme, [Wish(household=row.household, trip=row.trip, number=row.number) for row in rows])
    return Reworked(before=plan, edited=edited, verification=verify(edited.plan, programme))


def new_folder(base: Path, out: Path | None) -> Path:
    """Return where the new plan goes: ``out``, else beside the plan that it comes from, never over it."""
    if out is not None:
        return out
    folder = base if base.is_dir() else base.parent
    return folder.with_name(f"{folder.resolve().name}-edited")


def new_inputs(base: Path, folder: Path, reworked: Reworked) -> dict[str, Any]:
    """Return what the new plan was made from: the inputs of the old one, and the edit."""
    inputs = read_inputs(base)
    home = base if base.is_dir() else base.parent
    if "programme" in inputs:
        source = (home / str(inputs["programme"])).resolve()
        inputs["programme"] = Path(os.path.relpath(source, folder.resolve())).as_posix()
    moves = [str(move) for move in reworked.edited.moves]
    return inputs | {"edited_from": plan_sha256(reworked.before), "moves": [*inputs.get("moves", []), *moves]}
