"""Terminal output: consoles, bars, times. Verbs import it where they print, for rich takes its time."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

WIDTH = 140  # characters of a line that goes into a file or another program
out = Console(width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDTH)
err = Console(stderr=True)


def bar(disable: bool = False) -> Progress:
    """Return a bar that counts the pieces done of all, and is gone when they are."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=disable,
    )


@contextmanager
def solving(doing: str = "", told: Callable[[str], str] = str) -> Iterator[Callable[[str], None]]:
    """Show what the solvers of separation are doing, as `told` in the reader's language.

    When they have to be compiled first, say so, with a bar.

    Yields
    ------
    What is to be told in words each thing that is done.
    """
    from mine2magnet.core.compiled import COMPILING, FUNCTIONS, compiling

    columns = SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    with Progress(*columns, console=err, transient=True) as shown:
        work = shown.add_task(escape(told(doing)), total=None)
        code = shown.add_task("compiled", total=len(FUNCTIONS), visible=False)

        def tell(begun: int, done: int) -> None:
            if (begun, done) == (1, 0):
                err.print(told(f"{COMPILING}: some 10 seconds; later runs start at once"), highlight=False)
            shown.update(code, completed=done, visible=done < begun)

        def say(what: str) -> None:
            shown.update(work, description=escape(told(what)))
            if not err.is_terminal:  # a bar is not shown there
                err.print(f"{told(what)} …", markup=False, highlight=False)

        with compiling(tell):
            yield say


def day(time: datetime | None) -> str:
    """Return a time as it was stated, zone and all."""
    return time.strftime("%Y-%m-%d %H:%M %Z") if time else "-"
