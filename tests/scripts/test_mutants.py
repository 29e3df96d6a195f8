"""The script that changes a line at random changes what it says, and leaves words alone."""

from __future__ import annotations

import ast
import importlib.util
import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "mutants"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    loader = SourceFileLoader("mutants", str(SCRIPT))
    spec = importlib.util.spec_from_loader("mutants", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module  # dataclasses look for it
    loader.exec_module(module)
    return module


def changed(script: ModuleType, source: str) -> set[str]:
    lines = source.splitlines()
    edits = script.Edits(source).found
    return {lines[line - 1][:first] + text + lines[line - 1][end:] for line, first, end, text in edits}


@pytest.mark.parametrize(
    ("line", "mutants"),
    [
        ("x = a < b <= c", {"x = a <= b <= c", "x = a < b < c"}),
        ("x = a is not b", {"x = a is b"}),
        ("'。' in a and not b", {"'。' not in a and not b", "'。' in a or not b", "'。' in a and  b"}),
        ("x = a - b + c", {"x = a + b + c", "x = a - b - c"}),
        ("x += 2", {"x -= 2", "x += 3", "x += 1"}),
        ("x = 0.5", {"x = 0.55", "x = 0.45"}),
        ("x = min(a, b)", {"x = max(a, b)"}),
        ("x = a[f(b):]", {"x = a[(f(b)) + 1:]", "x = a[(f(b)) - 1:]"}),
        ("def f(a: int = 1) -> bool: return True", {
            "def f(a: int = 2) -> bool: return True",
            "def f(a: int = 0) -> bool: return True",
            "def f(a: int = 1) -> bool: return False",
        }),
        ("raise ValueError(f'{1 + 1} is over 3')", set()),
        ("x: 'Annotated[int, 3]'", set()),
        ("log.warning('%s', 1 + 1)", set()),
        ("if TYPE_CHECKING: x = 1", set()),
    ],
)  # fmt: skip
def test_one_thing_is_changed(script: ModuleType, line: str, mutants: set[str]) -> None:
    assert changed(script, line) == mutants


def test_mutants_are_other_programs(script: ModuleType) -> None:
    taken, _ = script.chosen(script.Table.read(), 1, 50, "*")
    assert len(taken) == 50
    for mutant in taken:
        source = (script.ROOT / script.PACKAGE / mutant.module).read_text("utf-8")
        lines = source.splitlines()
        lines[mutant.line - 1] = lines[mutant.line - 1].replace(mutant.old, mutant.new)
        assert ast.dump(ast.parse("\n".join(lines))) != ast.dump(ast.parse(source)), mutant
