"""Every msgid that the code of publish and explain shows, found in its source."""

from __future__ import annotations

import ast
from pathlib import Path

import basketplan.explain
import basketplan.publish

ROOT = Path(basketplan.publish.__file__).parent
EXPLAIN = Path(basketplan.explain.__file__).parent


def msgids() -> dict[str, str | None]:
    """Return msgid → its plural, if it has one: arguments of t, n and say, and the tables called LABELS."""
    found: dict[str, str | None] = {}
    for file in [*sorted(ROOT.rglob("*.py")), *sorted(EXPLAIN.rglob("*.py"))]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name) and node.args:
                called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
                if called in {"t", "say"} and isinstance(texts[0], str):
                    found.setdefault(texts[0], None)
                elif called == "n" and len(texts) == 3 and isinstance(texts[0], str):
                    assert isinstance(texts[1], str)
                    found[texts[0]] = texts[1]
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                if isinstance(target, ast.Name) and target.id.endswith("LABELS") and isinstance(node.value, ast.Dict):
                    values = [value for value in node.value.values if isinstance(value, ast.Constant)]
                    found |= {str(value.value): None for value in values if str(value.value) not in found}
    return found
