"""Work on a library with a terminal beside it: reading, watching, and what is made in the background."""

from __future__ import annotations

import signal
import threading
import time
from datetime import datetime

from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from mine2magnet.background import on_ray, worker
from mine2magnet.cli.terminal import bar, err
from mine2magnet.core import llm
from mine2magnet.core.errors import UserError
from mine2magnet.library.library import Library, Report
from mine2magnet.library.library import Progress as Made


def read(library: Library, what: str, watch: float | None) -> tuple[Report, str]:
    """Read one source and say what came of it.

    Returns
    -------
    What was read, and what was wrong if nothing could be.
    """
    problem = ""
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err, transient=True
    ) as spinner:
        task = spinner.add_task(f"reading {escape(what)}")
        report = Report()

        def show(so_far: Report) -> None:
            nonlocal report
            report = so_far
            spinner.update(task, description=f"reading {escape(what)}: {so_far}")

        try:
            report = library.read(what, interval=watch, progress=show)
        except UserError as error:
            problem = str(error)
    err.print(f"{what}: {problem or report}", markup=False, highlight=False, soft_wrap=True)
    for failure in report.failures[:20]:
        err.print(f"  {failure.where}: {failure.reason}", markup=False, highlight=False, soft_wrap=True)
    if len(report.failures) > 20:
        err.print(f"  … and {len(report.failures) - 20} more (--json lists all)")
    for name, slug in report.topics.items():
        err.print(f"  topic {name}: mine2magnet topic show {slug}", markup=False, highlight=False)
    return report, problem


def derive(library: Library, quiet: bool = False) -> None:
    """Make vectors, digests and claims, with a bar; Ctrl-C leaves the rest for later."""
    start = library.progress()
    todo = left(start)
    if not todo:
        return
    with bar(disable=quiet) as made:
        task = made.add_task("meaning, digests and claims (Ctrl-C to leave this for later)", total=todo)
        try:
            make = on_ray.derive if library.settings.ray else worker.derive
            make(library, lambda p: made.update(task, completed=todo - left(p)))
        except KeyboardInterrupt:
            err.print("left for later: search by words works; `mine2magnet serve` or the next read goes on")


def left(p: Made) -> int:
    """Count the pieces of background work that are left."""
    return p.passages - p.embedded + p.undigested + p.unclaimed


def write(library: Library) -> None:
    """Have the model of the settings write digests, and say what they cost."""
    endpoint = llm.endpoint(library.settings)
    if endpoint is None:
        return
    spent, made = llm.Usage(), 0
    with (
        Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True) as spinner,
        llm.Chat(endpoint) as client,
    ):
        task = spinner.add_task(f"{endpoint.model} writes")
        for written in library.write(client, set()):
            spent += written.usage
            made += written.digest is not None
            spinner.update(task, description=f"{endpoint.model} writes: {made} digests, {spent}")
            if written.reason:
                err.print(f"not written: {written.reason}", markup=False, highlight=False, soft_wrap=True)
    err.print(f"{endpoint.model}: {made} digests, {spent}", markup=False, highlight=False)


def watch(library: Library) -> None:
    """Poll the watched sources until Ctrl-C."""
    watched = [s for s in library.store.sources() if s.interval]
    err.print(f"watching {len(watched)} sources; Ctrl-C ends it, the sources stay watched")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        while not stop.is_set():
            for what, outcome in library.poll(stop):
                stamp = datetime.now().astimezone().isoformat(timespec="seconds")
                err.print(f"{stamp} {what}: {outcome}", markup=False, highlight=False, soft_wrap=True)
            worker.derive(library)
            stop.wait(1)
    except KeyboardInterrupt:
        pass


def show_progress(library: Library) -> None:
    """Show a bar until vectors and digests are made by others."""
    with bar() as made:
        task = made.add_task("search by meaning and digests in the making; words are searchable now")
        while True:
            p = library.progress()
            if left(p) <= 0:
                break
            total = p.passages + 2 * p.documents  # a digest and the claims of each
            made.update(task, completed=total - left(p), total=total)
            time.sleep(1)
    err.print("search by meaning and digests: all ready")
