"""Terminal output: consoles, bars, times. Verbs import it where they print, for rich takes its time."""

from __future__ import annotations

from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

out = Console()
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


def day(time: datetime | None) -> str:
    """Return a time as it was stated, zone and all."""
    return time.strftime("%Y-%m-%d %H:%M %Z") if time else "-"
