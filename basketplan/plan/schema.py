"""JSON Schema of plan.json; it comes from the types."""

from __future__ import annotations

from typing import Any

from basketplan.plan.types import Plan
from basketplan.programme.schema import tidy

__all__ = ["plan_schema"]


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of ``plan.json``."""
    raw = Plan.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **tidy(raw, titles=True)}
