"""Work on a library with a terminal beside it: reading, watching, and what is made in the background."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Sequence
from datetime import datetime

from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from mine2magnet.background import on_ray, worker
from mine2magnet.claims.by_model import ReadByModel
from mine2magnet.cli.terminal import bar, err
from mine2magnet.core import llm
from mine2magnet.core.errors import UserError
from mine2magnet.library import claims_by_model
from mine2magnet.library import discover as discovery
from mine2magnet.library.discover import DiscoverReport
from mine2magnet.library.library import Library, Report
from mine2magnet.library.library import Progress as Made
from mine2magnet.model import Claim, Read, Topic, TopicSearch


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


def read_claims(library: Library) -> None:
    """Have the model of the settings read claims, where they ask for it, and say what that cost."""
    endpoint = claims_by_model.endpoint(library.settings)
    if endpoint is None:
        return
    spent, documents, claims, disputed = llm.Usage(), 0, 0, 0
    with (
        Progress(SpinnerColumn(), TextColumn("{task.description}"), console=err, transient=True) as spinner,
        llm.Chat(endpoint) as client,
    ):
        task = spinner.add_task(f"{endpoint.model} reads claims")
        for read in library.read_claims(client, set()):
            spent += read.usage
            if read.reason:
                err.print(_not_read(read), markup=False, highlight=False, soft_wrap=True)
                continue
            documents, claims, disputed = documents + 1, claims + len(read.claims), disputed + read.disputed
            spinner.update(task, description=f"{endpoint.model} reads: {documents} documents, {spent}")
    err.print(
        f"{endpoint.model}: {claims} claims of {documents} documents, {disputed} disputed, {spent}",
        markup=False, highlight=False, soft_wrap=True,
    )  # fmt: skip


def read_at_hand(library: Library, reads: Sequence[Read]) -> list[list[Claim]]:
    """Return the claims of documents that are not kept, by the model of the settings if they ask for it."""
    digests = [tuple(filter(None, [one.digest])) for one in reads]
    endpoint = claims_by_model.endpoint(library.settings)
    if endpoint is None:
        return [library.claims_in(one.document, of) for one, of in zip(reads, digests, strict=True)]
    claims = []
    with err.status(f"{endpoint.model} reads"), llm.Chat(endpoint) as client:
        for one, of in zip(reads, digests, strict=True):
            read = library.claims_by_model.read(one.document, of, client)
            claims.append(read.claims)
            told = _not_read(read) if read.reason else f"{endpoint.model}: {read}"
            err.print(told, markup=False, highlight=False, soft_wrap=True)
    return claims


def read_document(library: Library, id: str) -> None:
    """Have the model of the settings read one document, where they ask for that and it has not."""
    endpoint = claims_by_model.endpoint(library.settings)
    if endpoint is None or library.store.claimed([id], library.claims_by_model.maker(endpoint.model)):
        return
    with err.status(f"{endpoint.model} reads"), llm.Chat(endpoint) as client:
        read = library.claims_by_model.write(id, client)
    told = _not_read(read) if read.reason else f"{endpoint.model}: {read}"
    err.print(told, markup=False, highlight=False, soft_wrap=True)


def _not_read(read: ReadByModel) -> str:
    return f"not read by the model, claims are the built-in reader's: {read.reason}"


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


def discover(library: Library, topic: Topic, searches: Sequence[TopicSearch]) -> DiscoverReport:
    """Ask news searches and read what they find, with a bar; Ctrl-C leaves the rest for later."""
    stop = threading.Event()
    report = DiscoverReport()
    with bar() as shown:
        task = shown.add_task(f"{topic.name}: asking", total=len(searches))

        def tell(so_far: DiscoverReport) -> None:
            nonlocal report
            report = so_far
            kept = f"{so_far.documents} kept"
            said = escape(f"{topic.name}: {so_far.doing or 'reading'}, {kept}")
            shown.update(task, completed=so_far.done, total=so_far.total, description=said)

        try:
            return discovery.discover(library, topic, searches, tell, stop)
        except KeyboardInterrupt:
            stop.set()
            err.print("stopped: the same command goes on where it was")
            return report
