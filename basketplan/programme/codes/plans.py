"""B60x: plan folders. B61x: workbooks that were edited."""

from __future__ import annotations

from basketplan.programme.codes.rule import Rule

__all__ = ["PLANS", "WORKBOOKS"]

PLANS = (
    Rule(
        "B601",
        "there is no plan here",
        "The path does not exist, or is neither a plan folder nor a plan.json.",
        "give a plan folder or its plan.json.",
        "basketplan verify plans/nothing",
        language="text",
    ),
    Rule(
        "B602",
        "a plan is too large",
        "The file is larger than any plan.",
        "look whether it is a plan.json.",
        "basketplan verify film.mp4",
        language="text",
    ),
    Rule(
        "B603",
        "a plan is not UTF-8 text",
        "The file was changed by software that saved it in another encoding.",
        "save it as UTF-8, or plan again.",
        '{"format": "basketplan.pl\\xe4n"}',
        language="text",
    ),
    Rule(
        "B604",
        "a plan is not JSON",
        "A bracket, comma or quote is missing where reading stopped.",
        "correct it there, or plan again.",
        '{"format": "basketplan.plan",',
        language="text",
    ),
    Rule(
        "B605",
        "a plan has another format or version",
        "The file is JSON, but no plan, or one of a version that this software does not read.",
        "plan again with this version.",
        '{"format": "basketplan.plan", "version": 99}',
        language="json",
    ),
    Rule(
        "B606",
        "a field of a plan is wrong",
        "A field is missing, unknown, or holds another kind of value.",
        "correct the field that the message names; `basketplan schema plan` describes all of them.",
        '{"format": "basketplan.plan", "version": 1, "shipments": "none"}',
        language="json",
    ),
    Rule(
        "B607",
        "inputs.json cannot be read",
        "The record of what the plan was made from is damaged.",
        "plan again, or give the programme with `--programme`.",
        "[]",
        language="json",
    ),
)

WORKBOOKS = (
    Rule(
        "B611",
        "not a workbook of basketplan",
        "The hidden sheet that tells which plan it belongs to is missing, or of another version.",
        "edit a workbook that `basketplan export --format workbook` wrote, and keep its hidden sheet.",
        "basketplan verify shopping.xlsx",
        language="text",
    ),
    Rule(
        "B612",
        "the workbook was made from another plan",
        "Its stops are those of a plan with another hash: edits of one plan mean nothing in another.",
        "give the plan that it was made from with `--plan`, or export the workbook again.",
        "basketplan verify old.xlsx --plan plans/new",
        language="text",
    ),
    Rule(
        "B613",
        "the stops are missing",
        "The sheet of stops, or one of its columns trip, order and household, is not where it was.",
        "put the sheet's name and the headings back as they were.",
        "Trip | Order | Family",
        language="text",
    ),
    Rule(
        "B614",
        "the plan does not deliver to this household",
        "A cell of the column household was changed, or a row was added.",
        "undo the change: who is served is decided by planning.",
        "T0001 | 3 | h9999",
        language="text",
    ),
    Rule(
        "B615",
        "a household has two rows, or none",
        "A row was copied or deleted; every delivered household has exactly one.",
        "keep one row for each household.",
        "T0001 | 3 | h0007\nT0002 | 5 | h0007",
        language="text",
    ),
    Rule(
        "B616",
        "there is no such trip",
        "The cell is empty or names a trip that the plan does not have.",
        "write one of the plan's trips.",
        "T9999 | 3 | h0007",
        language="text",
    ),
    Rule(
        "B617",
        "an order is not a whole number",
        "The order of a stop within its trip counts from 1; an empty cell means: wherever the trip is shortest.",
        "write a whole number, or nothing.",
        "T0001 | first | h0007",
        language="text",
    ),
)
