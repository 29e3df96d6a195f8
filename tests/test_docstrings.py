"""Docstrings: every example says what the code does, and the libraries tell all that they take."""

import ast
import doctest
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from numpydoc.validate import validate

import mine2magnet

SOURCE = Path(mine2magnet.__file__).parent
WITH_EXAMPLES = sorted(path for path in SOURCE.rglob("*.py") if ">>> " in path.read_text("utf-8"))


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_examples_hold(path: Path) -> None:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    tried = doctest.testmod(import_module(".".join(parts).removesuffix(".__init__")))
    assert tried.attempted > 0
    assert tried.failed == 0


LIBRARIES = ("chain", "claims", "search", "separation")  # rooms that are used as libraries …
KEPT = {"GL08", "PR01", "PR02", "SS02", "SS03", "SS04", "SS06"}  # … and what numpydoc must find nothing of
COY = re.compile(r"(What|Whether|How|Of|As|By|Where|Which|Than)\b")  # subject or verb first
DOCUMENTED = sorted(
    path for room in LIBRARIES for path in (SOURCE / room).rglob("*.py") if path.name != "__init__.py"
)


def _public(path: Path) -> Iterator[str]:
    """The dotted names of a module's functions and methods that anyone may call."""
    module = ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts)
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            within = node.body if isinstance(node, ast.ClassDef) else [node]
            prefix = f"{module}.{node.name}." if isinstance(node, ast.ClassDef) else f"{module}."
            for one in within:
                if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"):
                    yield prefix + one.name


@pytest.mark.parametrize("path", DOCUMENTED, ids=lambda path: str(path.relative_to(SOURCE)))
def test_what_is_taken_is_told(path: Path) -> None:
    said = {name: validate(name) for name in _public(path)}
    faults = {
        name: [text for code, text in found["errors"] if code in KEPT]
        + [f"begins with {coy[0]!r}" for coy in [COY.match(found["docstring"].strip())] if coy]
        for name, found in said.items()
    }
    assert not {name: found for name, found in faults.items() if found}
