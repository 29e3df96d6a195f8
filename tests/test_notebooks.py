"""The notebooks of docs run as they stand, one after the other in one kernel; their assertions hold."""

from __future__ import annotations

import nbformat
import pytest

from scripts import run_notebooks

PATHS = sorted(run_notebooks.FOLDER.glob("*.ipynb"))


@pytest.fixture(scope="module")
def made() -> dict[str, nbformat.NotebookNode]:
    return dict(zip((path.stem for path in PATHS), run_notebooks.executed(PATHS), strict=True))


@pytest.mark.parametrize("name", [path.stem for path in PATHS])
def test_every_cell_runs_and_is_shown(made: dict[str, nbformat.NotebookNode], name: str) -> None:
    stored = nbformat.read(run_notebooks.FOLDER / f"{name}.ipynb", as_version=4)
    assert not any(cell.get("outputs") for cell in stored.cells), "it is stored without what it gives"
    assert run_notebooks.errors(made[name]) == []
    code = [cell for cell in made[name].cells if cell.cell_type == "code"]
    assert not [one for cell in code for one in cell.outputs if one.get("name") == "stderr"]
    page = run_notebooks.as_markdown(made[name])
    assert page.count("```python") == len(code)
    assert page.count("```") % 2 == 0


def test_models_and_answers_show_themselves(made: dict[str, nbformat.NotebookNode]) -> None:
    pages = {name: run_notebooks.as_markdown(one) for name, one in made.items()}
    assert pages["what_it_does_to_us"].count("<svg") == 2
    assert pages["what_replacing_it_takes"].count("<svg") == 3
    assert "<table" in pages["what_is_being_said"]
    assert "<progress" not in "".join(pages.values())  # a bar is gone when its work is done


def test_a_cell_that_fails_is_noticed() -> None:
    cell = nbformat.v4.new_code_cell("assert 1 == 2")
    cell.outputs = [nbformat.v4.new_output("error", ename="AssertionError", evalue="1", traceback=[])]
    assert run_notebooks.errors(nbformat.v4.new_notebook(cells=[cell])) == ["AssertionError: 1"]
