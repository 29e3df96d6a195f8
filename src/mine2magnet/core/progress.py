"""How far something is, shown in a notebook while it goes on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any
from uuid import uuid4

Tell = Callable[
    [float | None, str], None
]  # how large a part is done, if that is known, and what is being done


@contextmanager
def notebook_bar(doing: str) -> Iterator[Tell]:
    """Show a bar in a Jupyter kernel, which is gone at the end; nothing in any other Python.

    It is HTML of its own, which every front end shows: bars of widgets need an extension of it.

    Parameters
    ----------
    doing : str
        What is being done at first.

    Yields
    ------
    callable
        To be told how large a part is done (0 to 1, None if unknown) and what is being done, "" as before.
    """
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if getattr(shell, "kernel", None) is None:
        yield lambda *_: None
        return
    from IPython.display import display, update_display

    said, id = doing, uuid4().hex

    def show(html: str, shown: Callable[..., Any]) -> None:
        shown({"text/html": html, "text/plain": ""}, raw=True, display_id=id)

    show(_bar(None, said), display)

    def tell(part: float | None, what: str) -> None:
        nonlocal said
        said = what or said
        show(_bar(part, said), update_display)

    try:
        yield tell
    finally:
        show("", update_display)


def _bar(part: float | None, said: str) -> str:
    value = "" if part is None else f' value="{part:.2f}"'
    return f'<progress max="1"{value}></progress> {escape(said)}'
