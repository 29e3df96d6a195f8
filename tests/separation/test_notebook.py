"""The notebook of docs runs as it stands; its own assertions hold the textbook's figures."""

import json
from pathlib import Path

NOTEBOOK = Path(__file__).parents[2] / "docs" / "notebooks" / "textbook_cascade.ipynb"


def test_every_cell_runs() -> None:
    names: dict[str, object] = {}
    cells = [c for c in json.loads(NOTEBOOK.read_text("utf-8"))["cells"] if c["cell_type"] == "code"]
    for cell in cells:
        exec("".join(cell["source"]), names)
    assert len(cells) == 6
