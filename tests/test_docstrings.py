"""Every example in a docstring says what the code does."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

import mine2magnet

SOURCE = Path(mine2magnet.__file__).parent
WITH_EXAMPLES = sorted(path for path in SOURCE.rglob("*.py") if ">>> " in path.read_text("utf-8"))


@pytest.mark.parametrize("path", WITH_EXAMPLES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_examples_hold(path: Path) -> None:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    tried = doctest.testmod(import_module(".".join(parts).removesuffix(".__init__")))
    assert tried.attempted > 0
    assert tried.failed == 0
