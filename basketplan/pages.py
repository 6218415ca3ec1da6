"""The pages and schemas of ``configs/`` that come from the code: ``python -m basketplan.pages configs`` writes them."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from basketplan.plan.schema import plan_schema
from basketplan.plan.verify import rules_page
from basketplan.programme.codes import faults_page
from basketplan.programme.schema import programme_schema, reference_markdown
from basketplan.publish.page import papers_page

__all__ = ["pages"]


def pages() -> dict[str, str]:
    """Return file name → text of every generated file."""
    return {
        "programme.schema.json": json.dumps(programme_schema(), ensure_ascii=False, indent=2) + "\n",
        "plan.schema.json": json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n",
        "REFERENCE.md": reference_markdown(),
        "FAULTS.md": faults_page(),
        "VIOLATIONS.md": rules_page(),
        "PAPERS.md": papers_page(),
    }


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    for name, text in pages().items():
        (folder / name).write_text(text, encoding="utf-8")
