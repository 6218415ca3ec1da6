"""Change the verifier in one place at a time and see whether its tests notice: a mutant that survives is a gap.

    python tests/plan/mutate.py --seconds 600 --seed 1

Works on a copy in a temporary folder. Comparisons, `and`/`or`, `not`, arithmetic and whole numbers are changed, in
an order drawn from the seed; 459 places take about two hours. Prints every survivor; exit code 1 when there is one.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = [f"tests/plan/test_verify{part}.py" for part in ("", "_parts", "_robust")]
OTHER: dict[type[ast.AST], type[ast.AST]] = {
    ast.LtE: ast.Lt, ast.Lt: ast.LtE, ast.GtE: ast.Gt, ast.Gt: ast.GtE, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult,
}  # fmt: skip


def places(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield every expression that can be changed."""
    for node in ast.walk(tree):
        if (
            (isinstance(node, ast.Compare) and type(node.ops[0]) in OTHER)
            or (isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in OTHER)
            or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))
            or (isinstance(node, ast.Constant) and type(node.value) is int)
        ):
            yield node


def change(node: ast.expr) -> None:
    """Change one expression in place."""
    if isinstance(node, ast.Compare):
        node.ops[0] = OTHER[type(node.ops[0])]()  # type: ignore[call-overload]  # no arguments
    elif isinstance(node, ast.BoolOp | ast.BinOp):
        node.op = OTHER[type(node.op)]()  # type: ignore[assignment]  # mixed values
    elif isinstance(node, ast.UnaryOp):
        node.operand = ast.UnaryOp(ast.Not(), node.operand)
    elif isinstance(node, ast.Constant):
        node.value += 1  # type: ignore[operator]  # a number here


def survives(copy: Path) -> bool:
    """Tell whether the tests pass on what is in ``copy``."""
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "0", "-p", "no:cacheprovider", *TESTS]
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        return subprocess.run(words, cwd=copy, env=environment, capture_output=True, timeout=300).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("basketplan", "tests", "configs"):
            shutil.copytree(ROOT / name, copy / name)
        shutil.copy(ROOT / "pyproject.toml", copy)
        files = sorted((copy / "basketplan" / "plan" / "verify").glob("*.py"))
        jobs = [(file, n) for file in files for n, _ in enumerate(places(ast.parse(file.read_text("utf-8"))))]
        random.Random(asked.seed).shuffle(jobs)
        ends, tried, left = time.monotonic() + asked.seconds, 0, 0
        for file, number in jobs:
            if time.monotonic() > ends:
                break
            text = file.read_text("utf-8")
            tree = ast.parse(text)
            node = list(places(tree))[number]
            before = ast.unparse(node)
            change(node)
            file.write_text(ast.unparse(ast.fix_missing_locations(tree)), "utf-8")
            if survives(copy):
                left += 1
                sys.stdout.write(f"survived: {file.name}:{node.lineno}: {before} -> {ast.unparse(node)}\n")
            file.write_text(text, "utf-8")
            tried += 1
        sys.stdout.write(f"{tried} of {len(jobs)} changes tried, {left} survived\n")
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main())
