"""Small faults put into law/, one at a time, to see whether a test notices: `python -m tests.mutation`.

    python -m tests.mutation --sample 60              what CI runs: a seeded sample, a few seconds a mutant
    python -m tests.mutation --all                    every mutant of law/ (hours)
    python -m tests.mutation --at law/clocks.py:253   every mutant of one line, or of one file without the line

First the tests of TESTS run once under coverage, which tells what tests pass each line. Each mutant then runs those
that pass its line, in a process of its own; the source on the disk is never changed. Prints the survivors and
`killed/total`, and exits with 1 below `--least` percent. A mutant that changes nothing anybody can see survives too,
so the least is below 100.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import importlib.util
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "xinfang_cli"
TESTS = ("tests/law", "tests/office/test_statute.py", "tests/office/test_act.py")
SECONDS = 90
"""After so many seconds a mutant's tests are stopped; it loops, which nobody would overlook."""
MANY = 120
"""Of a line that more tests pass, so many of them are run, spread over all of them."""

SWAPS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
    ast.Is: "is not",
    ast.IsNot: "is",
}


class Mutant(NamedTuple):
    """One fault: the file, its line (from 1), what it was, what it becomes; `source` is the whole file with it."""

    path: Path
    line: int
    was: str
    becomes: str
    source: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(PACKAGE).as_posix()}:{self.line}: {self.was} -> {self.becomes}"


def replacements(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """The faults of one expression: which part of it is replaced, and by what."""
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in SWAPS:
        left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
        yield node, f"({left} {SWAPS[type(node.ops[0])]} {right})"
    elif isinstance(node, ast.BoolOp):
        for place in range(len(node.values)):
            kept = [ast.unparse(value) for at, value in enumerate(node.values) if at != place]
            word = " and " if isinstance(node.op, ast.And) else " or "
            yield node, f"({word.join(f'({part})' for part in kept)})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield node, f"bool({ast.unparse(node.operand)})"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
        sign = "-" if isinstance(node.op, ast.Add) else "+"
        yield node, f"({ast.unparse(node.left)} {sign} {ast.unparse(node.right)})"
    elif isinstance(node, ast.Constant) and type(node.value) is int:
        yield node, str(node.value + 1)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("max", "min"):
        yield node.func, "min" if node.func.id == "max" else "max"


def mutants(path: Path) -> Iterator[Mutant]:
    """Every fault of the functions of one file; declarations and annotations are left alone."""
    text = path.read_text("utf-8")
    rows = text.encode().splitlines(keepends=True)
    starts = [0]
    for row in rows:
        starts.append(starts[-1] + len(row))
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    seen = set()
    for function in functions:
        for node in (inner for statement in function.body for inner in ast.walk(statement)):
            for part, becomes in replacements(node):
                first = starts[part.lineno - 1] + part.col_offset
                last = starts[(part.end_lineno or part.lineno) - 1] + (part.end_col_offset or 0)
                if (first, last, becomes) in seen:
                    continue
                seen.add((first, last, becomes))
                raw = text.encode()
                source = (raw[:first] + becomes.encode() + raw[last:]).decode()
                with contextlib.suppress(SyntaxError):  # inside an f-string of an older Python
                    ast.parse(source)
                    was = " ".join(raw[first:last].decode().split())
                    yield Mutant(path, part.lineno, was, becomes, source)


def lines_by_test(folder: Path) -> dict[str, dict[int, list[str]]]:
    """File → line → the tests that pass it; the tests must all be green."""
    data = folder / "coverage"
    words = [sys.executable, "-m", "pytest", "-q", "-n0", "-p", "no:cacheprovider", "--cov=xinfang_cli.law"]
    words += ["--cov-context=test", "--cov-report=", *TESTS]
    ran = subprocess.run(words, cwd=ROOT, env=os.environ | {"COVERAGE_FILE": str(data)}, capture_output=True, text=True)
    if ran.returncode:
        sys.exit(f"without any mutant the tests already fail:\n{ran.stdout[-2000:]}")
    from coverage import CoverageData

    measured = CoverageData(str(data))
    measured.read()
    return {
        name: {
            line: sorted({context.partition("|")[0] for context in contexts if context})
            for line, contexts in measured.contexts_by_lineno(name).items()
        }
        for name in measured.measured_files()
    }


class _Changed(SourceFileLoader):
    """Loads one module from the mutant's source instead of its file."""

    source = ""

    def get_code(self, fullname: str) -> object:  # type: ignore[override]
        return compile(self.source, self.path, "exec")


class _Finder:
    """Stands before the ordinary finders and answers for the mutated module only."""

    def __init__(self, path: str, source: str) -> None:
        self.path = path
        self.source = source
        parts = Path(path).relative_to(ROOT).with_suffix("").parts
        self.module = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        if name != self.module:
            return None
        loader = _Changed(name, self.path)
        loader.source = self.source
        return importlib.util.spec_from_file_location(name, self.path, loader=loader)


def run_one() -> None:
    """What a mutant's own process does: mutated file, its source, tests; the exit code is pytest's."""
    path, source, *tests = sys.argv[2:]
    sys.meta_path.insert(0, _Finder(path, Path(source).read_text("utf-8")))
    os.environ["HYPOTHESIS_MAX_EXAMPLES"] = "50"
    import pytest

    sys.exit(pytest.main(["-x", "-q", "-n0", "-p", "no:cacheprovider", "-p", "no:cov", "--no-header", *tests]))


def survives(mutant: Mutant, tests: Sequence[str], folder: Path) -> bool:
    """Whether every test that passes the mutant's line stays green."""
    if not tests:
        return True
    chosen = list(tests) if len(tests) <= MANY else list(tests)[:: -(-len(tests) // MANY)]
    with tempfile.NamedTemporaryFile("w", suffix=".py", dir=folder, encoding="utf-8", delete=False) as source:
        source.write(mutant.source)
    words = [sys.executable, "-m", "tests.mutation", "one", str(mutant.path), source.name, *chosen]
    try:
        ran = subprocess.run(words, cwd=ROOT, capture_output=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        return False
    return ran.returncode == 0


def chosen_mutants(asked: argparse.Namespace) -> list[Mutant]:
    if asked.at:
        name, _, line = asked.at.partition(":")
        found = list(mutants(PACKAGE / name))
        return [mutant for mutant in found if not line or mutant.line == int(line)]
    every = [mutant for path in sorted((PACKAGE / "law").rglob("*.py")) for mutant in mutants(path)]
    if asked.all or len(every) <= asked.sample:
        return every
    return sorted(random.Random(asked.seed).sample(every, asked.sample), key=str)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sample", type=int, default=60, help="how many mutants")
    parser.add_argument("--seed", type=int, default=2026, help="which sample")
    parser.add_argument("--all", action="store_true", help="every mutant")
    parser.add_argument("--at", help="FILE or FILE:LINE below xinfang_cli")
    parser.add_argument("--least", type=float, default=0.0, help="percent that must be killed")
    asked = parser.parse_args()
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        passing = lines_by_test(folder)
        every = chosen_mutants(asked)

        def judged(mutant: Mutant) -> tuple[Mutant, bool, int]:
            tests = passing.get(str(mutant.path), {}).get(mutant.line, [])
            return mutant, survives(mutant, tests, folder), len(tests)

        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            results = list(pool.map(judged, every))
    alive = [(mutant, tests) for mutant, lives, tests in results if lives]
    for mutant, tests in alive:
        print(f"survived {mutant}" + ("" if tests else "  (no test passes this line)"))
    killed = len(every) - len(alive)
    percent = 100 * killed / len(every) if every else 100.0
    print(f"mutants of law/: {killed}/{len(every)} killed ({percent:.1f} %), {time.monotonic() - began:.0f} s")
    sys.exit(1 if percent < asked.least else 0)


if __name__ == "__main__":
    if sys.argv[1:2] == ["one"]:
        run_one()
    else:
        main()
