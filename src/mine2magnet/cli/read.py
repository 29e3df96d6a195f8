"""`mine2magnet read`, `sources`, `remove`, `index`: what comes into the library and goes out of it."""

from __future__ import annotations

import re
import signal
import sys
import threading
import time
from dataclasses import asdict
from datetime import datetime

import click
from rich.markup import escape
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from mine2magnet.background import on_ray, worker
from mine2magnet.cli.options import as_json_option, day, err, find_document, out, overridden, with_library
from mine2magnet.core import llm
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.settings import Settings
from mine2magnet.digests.written import Usage
from mine2magnet.library.library import Library, Report
from mine2magnet.library.library import Progress as Made


def _seconds(_: click.Context, __: click.Parameter, value: str | None) -> float | None:
    if value is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd])", value.strip())
    if not match or not float(match[1]):
        raise click.BadParameter(f"{value!r} is not a time: write 90s, 30m, 6h or 1d")
    return float(match[1]) * {"s": 1, "m": 60, "h": 3600, "d": 86400}[match[2]]


@click.command()
@click.argument("what", nargs=-1)
@click.option("--watch", metavar="TIME", callback=_seconds, help="Keep polling, e.g. every 30m, 6h, 1d.")
@click.option(
    "--allow-private", is_flag=True, default=None, help="Fetch from private and loopback addresses too."
)
@click.option("--max-megabytes", type=click.IntRange(1), help="Bound on one page or file.  [default: 20]")
@as_json_option
@click.pass_obj
def read(
    settings: Settings,
    what: tuple[str, ...],
    watch: float | None,
    allow_private: bool | None,
    max_megabytes: int | None,
    json_: bool,
) -> None:
    """Read sources into the library.

    WHAT is a web page, an RSS, Atom or JSON feed, a sitemap, a PDF, a saved topic page, or a file or
    folder of .html, .txt, .md, .pdf, .jsonl, .warc(.gz). With --watch the sources are polled until
    Ctrl-C, together with those watched before; `mine2magnet serve` goes on with them, too.
    """
    if not what and watch is None:
        raise UserError("nothing to read", where="read", hint="name a URL, a file or a folder")
    library = Library.open(
        overridden(settings, {"allow_private": allow_private, "max_megabytes": max_megabytes})
    )
    failed = 0
    results = []
    for one in what:
        report, problem = _read_one(library, one, watch)
        failed += bool(problem) or (bool(report.failures) and not report.documents)
        results.append((one, report, problem))
    if json_:
        click.echo(
            as_json(
                [
                    {
                        "what": one,
                        **dict(report.outcomes),
                        "failures": [asdict(f) for f in report.failures],
                        "topics": report.topics,
                        **({"error": problem} if problem else {}),
                    }
                    for one, report, problem in results
                ]
            )
        )
    if watch is not None:
        _watch(library)
        return
    _derive(library, quiet=json_)
    if failed:
        sys.exit(1)


def _read_one(library: Library, what: str, watch: float | None) -> tuple[Report, str]:
    problem = ""
    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err, transient=True
    ) as bar:
        task = bar.add_task(f"reading {escape(what)}")
        report = Report()

        def show(so_far: Report) -> None:
            nonlocal report
            report = so_far
            bar.update(task, description=f"reading {escape(what)}: {so_far}")

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


def _derive(library: Library, quiet: bool = False) -> None:
    """Vectors, digests and claims, with a bar; Ctrl-C leaves the rest for later."""
    start = library.progress()
    todo = left(start)
    if not todo:
        return
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        TimeElapsedColumn(),
        console=err,
        transient=True,
        disable=quiet,
    ) as bar:
        task = bar.add_task("meaning, digests and claims (Ctrl-C to leave this for later)", total=todo)
        try:
            derive = on_ray.derive if library.settings.ray else worker.derive
            derive(library, lambda p: bar.update(task, completed=todo - left(p)))
        except KeyboardInterrupt:
            err.print("left for later: search by words works; `mine2magnet serve` or the next read goes on")


def left(p: Made) -> int:
    """How many pieces of background work are left."""
    return p.passages - p.embedded + p.undigested + p.unclaimed


def _write(library: Library) -> None:
    """Digests by the model of the settings, with a bar and what they cost."""
    endpoint = llm.endpoint(library.settings)
    if endpoint is None:
        return
    spent, made = Usage(), 0
    with (
        Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True) as bar,
        llm.Chat(endpoint) as client,
    ):
        task = bar.add_task(f"{endpoint.model} writes")
        for written in library.write(client, set()):
            spent += written.usage
            made += written.digest is not None
            bar.update(task, description=f"{endpoint.model} writes: {made} digests, {spent}")
            if written.reason:
                err.print(f"not written: {written.reason}", markup=False, highlight=False, soft_wrap=True)
    err.print(f"{endpoint.model}: {made} digests, {spent}", markup=False, highlight=False)


def _watch(library: Library) -> None:
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


@click.command()
@click.option("--remove", metavar="WHAT", help="Stop reading this source; its documents stay.")
@as_json_option
@with_library
def sources(library: Library, remove: str | None, json_: bool) -> None:
    """List the sources read and watched, and how each went."""
    if remove is not None:
        with library.store.writing() as writer:
            writer.remove_source(remove)
    held = library.store.sources()
    if json_:
        click.echo(as_json(held))
        return
    if not held:
        err.print("no sources yet: mine2magnet read URL")
        return
    table = Table(
        "source", "every", "last read", "next", "new documents", "state", box=None, header_style="bold"
    )
    for s in held:
        every = f"{s.interval / 60:g} min" if s.interval else "once"
        state = Text(s.reason, "red") if s.reason else Text("ok" if s.checked else "not yet read")
        table.add_row(Text(s.what), every, day(s.checked), day(s.due), str(s.documents), state)
    out.print(table)


@click.command()
@click.argument("doc")
@click.confirmation_option(prompt="Remove the document with all its versions?")
@with_library
def remove(library: Library, doc: str) -> None:
    """Remove a document from the library."""
    with library.store.writing() as writer:
        writer.remove(find_document(library, doc))
    library.index.update()


@click.command()
@click.option("--rebuild", is_flag=True, help="Make it anew from the store.")
@click.option("--ray", metavar="ADDRESS", help="Do it on a Ray cluster: host:6379, ray://host:10001, auto.")
@click.pass_obj
def index(settings: Settings, rebuild: bool, ray: str | None) -> None:
    """Bring words, vectors, digests and claims up to date with the store.

    A model of the settings writes the digests that are lacking, too.
    """
    library = Library.open(overridden(settings, {"ray": ray}))
    if rebuild:
        library.index.rebuild()
    library.index.update()
    _derive(library)
    _write(library)
    progress = library.progress()
    err.print(
        f"{progress.documents} documents, {progress.passages} passages: all up to date", highlight=False
    )


def show_progress(library: Library) -> None:
    """A bar on the terminal until vectors and digests are made."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total}"),
        console=err,
        transient=True,
    ) as bar:
        task = bar.add_task("search by meaning and digests in the making; words are searchable now")
        while True:
            p = library.progress()
            if left(p) <= 0:
                break
            total = p.passages + 2 * p.documents  # a digest and the claims of each
            bar.update(task, completed=total - left(p), total=total)
            time.sleep(1)
    err.print("search by meaning and digests: all ready")
