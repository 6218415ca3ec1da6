"""B6xx: plan folders."""

from __future__ import annotations

from basketplan.programme.codes.rule import Rule

__all__ = ["PLANS"]

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
