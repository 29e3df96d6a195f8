"""The notebooks of docs, run one after the other in one kernel: for `make docs`, and for tests."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nbformat
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[1] / "docs" / "notebooks"
KERNEL_IN = 120  # s, on a busy machine
CELL_IN = 300


def executed(paths: Sequence[Path]) -> list[nbformat.NotebookNode]:
    """Return the notebooks with what their cells give; errors are outputs. Their library is a new one."""
    read = [nbformat.read(path, as_version=4) for path in paths]
    cells = [cell for one in read for cell in (nbformat.v4.new_code_cell("%reset -f"), *one.cells)]
    for number, cell in enumerate(cells):
        cell.id = f"cell-{number}"
    joined = nbformat.v4.new_notebook(cells=cells)
    with TemporaryDirectory() as library, _environment({"MINE2MAGNET_FOLDER": library}):
        NotebookClient(
            joined, timeout=CELL_IN, startup_timeout=KERNEL_IN, allow_errors=True, kernel_name="python3"
        ).execute()
    return read


@contextmanager
def _environment(given: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def errors(notebook: nbformat.NotebookNode) -> list[str]:
    """Return what went wrong in the cells of a notebook that was run."""
    return [
        f"{one.ename}: {one.evalue}"
        for cell in notebook.cells
        for one in cell.get("outputs", ())
        if one.output_type == "error"
    ]


def as_markdown(notebook: nbformat.NotebookNode) -> str:
    """Return a notebook that was run as a page: text, code, and what each cell shows."""
    parts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            parts.append(cell.source)
        else:
            parts.append(f"```python\n{cell.source}\n```")
            parts += filter(None, map(_shown, cell.outputs))
    return "\n\n".join(parts) + "\n"


def _shown(output: Any) -> str:
    if output.output_type == "stream":
        return f"```text\n{output.text.rstrip()}\n```"
    data = output.get("data", {})
    if "text/html" in data or "image/svg+xml" in data:
        html = " ".join(data.get("text/html", data.get("image/svg+xml", "")).split("\n"))
        return html and f'<div class="output">{html}</div>'
    text = data.get("text/plain", "").rstrip()
    return text and f"```text\n{text}\n```"
