"""What kill -9 at random moments leaves of a library: nothing acknowledged is lost, nothing is there twice.

    python benchmarks/crash_safety.py --times 200 [--only read,uploads,…] [--seed 1]

Each kind of work is begun as its command begins it (`mine2magnet read`, `serve`, `backup`, `restore`, an
earlier library opened), in a process of its own. Once the first of what it does is in, it is killed after a
random pause, half of the time with all of its children. Then the library is looked over (SQLite's integrity
check, rows that belong together), and the next process goes on with it:

    read        a folder of texts; what another connection saw just before the kill must be there after it
    uploads     of `serve`: every upload that was answered 200 must end as one document, of one version
    jobs        of `serve`: every run that was answered 202 must end as done, with one result
    migration   of a library of version 1 with 10,000 claims and more: it is of either version, and then opens
    backup      while another process writes: the last whole backup stays, and holds
    restore     the folder is whole, or is not there
    postgres    PostgreSQL itself is killed while a folder is read into it, where it is installed

It ends with an error if anything was lost, twice or damaged. Last it prints what the setting
`synchronous = "full"` costs: documents kept a second, one and 64 to a transaction.
"""

from __future__ import annotations

import argparse
import json
import lzma
import os
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from mine2magnet.cli.main import main as program
from mine2magnet.core.settings import Settings
from mine2magnet.library import backup
from mine2magnet.library.library import Library
from mine2magnet.model import Document, Paragraph, Read
from mine2magnet.store import Store
from mine2magnet.store.database import Database
from mine2magnet.store.sqlite import FILE
from mine2magnet.store.tables import SCHEMA

HOME = Path(__file__).parents[1]
OLD = HOME / "tests" / "store" / "old" / "1-2026-11-24.sqlite.xz"
SHARES = {  # of the kills: those whose process takes long to start get fewer
    "read": 0.25,
    "uploads": 0.1,
    "jobs": 0.03,
    "migration": 0.25,
    "backup": 0.15,
    "restore": 0.1,
    "postgres": 0.12,
}
TEXTS = 250  # of a folder that is read
PATIENCE = 180.0  # s for a process to begin, on a busy machine

out, err = Console(), Console(stderr=True)


@dataclass(slots=True)
class Tally:
    """What came of some kills; the last three must be 0."""

    kills: int = 0
    acknowledged: int = 0
    again: int = 0  # pages that were fetched more than once, as who read them was killed
    lost: int = 0
    twice: int = 0
    damaged: int = 0


@dataclass(frozen=True, slots=True)
class Run:
    """Where one kind of work is done, how often it is killed, and what comes of it."""

    place: Path
    kills: int
    random: random.Random
    tally: Tally

    def kill(self, process: int, most: float) -> bool:
        """Kill a process after a pause of at most so many seconds; False if it had ended by itself."""
        time.sleep(self.random.uniform(0, most))
        ended = os.waitpid(process, os.WNOHANG)[0] == process
        if not ended:
            with suppress(ProcessLookupError):
                (os.killpg if self.random.random() < 0.5 else os.kill)(process, signal.SIGKILL)
            os.waitpid(process, 0)
            self.tally.kills += 1
        return not ended

    def look_over(self, folder: Path) -> None:
        """Count what is damaged in the library of a folder."""
        with closing(sqlite3.connect(folder / FILE, timeout=30)) as db:
            faults = [row[0] for row in db.execute("PRAGMA integrity_check")]
            self.tally.damaged += faults != ["ok"]
            self.tally.damaged += db.execute("PRAGMA foreign_key_check").fetchone() is not None
            halves = (
                "SELECT count(*) FROM documents WHERE NOT removed AND NOT EXISTS (SELECT 1 FROM versions "
                "WHERE document = documents.id AND number = documents.version)"
            )
            self.tally.damaged += db.execute(halves).fetchone()[0] > 0


def forked(work: Callable[[], object], log: Path) -> int:
    """A process that does something; it is this one's copy, so that it begins at once."""
    if process := os.fork():
        return process
    code = 1
    try:
        os.setsid()
        with log.open("ab") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
        work()
        code = 0
    except SystemExit as error:
        code = int(error.code or 0) if not isinstance(error.code, str) else 1
    finally:
        os._exit(code)


def command(run: Run, *arguments: str) -> int:
    """A verb of the command line in a process of its own."""
    return forked(lambda: program(list(arguments), standalone_mode=True), run.place / "log")


def apart(work: Callable[[], Any]) -> Any:
    """What some work gives, done in a process of its own: threads that it begins must not be in this one when
    it is copied."""
    reader, writer = os.pipe()

    def give() -> None:
        os.close(reader)
        with os.fdopen(writer, "w") as file:
            json.dump(work(), file)

    process = forked(give, Path(tempfile.gettempdir()) / "crash.log")
    os.close(writer)
    with os.fdopen(reader) as file:
        told = file.read()
    os.waitpid(process, 0)
    if not told:
        raise SystemExit(f"it failed: see {tempfile.gettempdir()}/crash.log")
    return json.loads(told)


def until(done: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    end = time.monotonic() + seconds
    while not (found := done()):
        if time.monotonic() > end:
            raise SystemExit("it takes too long")
        time.sleep(0.01)
    return found


def over(process: int) -> bool:
    """Whether a process has ended; it stays to be waited for."""
    return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def text(number: int) -> str:
    return (
        f"Report {number} on magnets of plant {number * 7}\n\n"
        f"The plant number {number * 7} keeps {number * 3 + 1} tonnes of dysprosium oxide, "
        f"{number * 11 + 5} tonnes of terbium and magnets for {number % 9 + 2} weeks, says trader "
        f"{number * 13}.\n"
    )


def texts(place: Path, count: int = TEXTS) -> Path:
    folder = place / "texts"
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:05}.txt").write_text(text(number))
    return folder


# --- kinds of work


def read(run: Run) -> None:
    source, number = texts(run.place), 0
    folder = run.place / "library-0"
    while run.tally.kills < run.kills:
        Store(folder).close()
        with closing(sqlite3.connect(folder / FILE, timeout=30)) as seen:

            def ids(db: sqlite3.Connection = seen) -> set[str]:
                return {id for (id,) in db.execute("SELECT id FROM documents")}

            before = ids()
            process = command(run, "--folder", str(folder), "read", str(source))
            until(lambda: len(ids()) > len(before) or over(process))  # noqa: B023
            time.sleep(run.random.uniform(0, 0.4))
            acknowledged = ids()
            run.kill(process, 0.0)
            run.tally.acknowledged += len(acknowledged - before)
            run.tally.lost += len(acknowledged - ids())
        run.look_over(folder)
        if len(acknowledged) == TEXTS:
            whole(run, folder, source)
            number += 1
            folder = run.place / f"library-{number}"
    whole(run, folder, source)


def whole(run: Run, folder: Path, source: Path, store: str = "") -> None:
    """Read the rest; then each text must be there once, and be found."""

    def look() -> tuple[int, int, int]:
        library = Library.open(Settings(folder=folder, store=store))
        with closing(library.store):
            library.read(str(source))
            held = [change.document for change in library.store.changes(0, limit=10 * TEXTS)]
            titles = Counter(document.title for document in held if document)
            later = sum(document.version > 1 for document in held if document)
            hits = library.index.search("", limit=10 * TEXTS).hits
            found = sum(1 + len(hit.copies) for hit in hits)
            return TEXTS - len(titles), titles.total() - len(titles) + later, found != len(titles)

    lost, twice, damaged = apart(look)
    run.tally.lost += lost
    run.tally.twice += twice
    run.tally.damaged += damaged


class Pages:
    """A web server of pages, in a process of its own, each under an address of its own (so that no wait is
    due between two); it writes down what was fetched."""

    def __init__(self, place: Path) -> None:
        self._log = place / "fetched"
        self._log.touch()
        log = self._log

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if not (number := re.fullmatch(r"/(\d+)", self.path)):
                    self.send_error(404)
                    return
                with log.open("a") as file:
                    file.write(self.path + "\n")
                title, _, rest = text(int(number[1])).partition("\n\n")
                body = f"<title>{title}</title><article><h1>{title}</h1><p>{rest}</p></article>".encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("0.0.0.0", 0), Handler)
        self._port = server.server_address[1]
        self._process = forked(server.serve_forever, place / "log")
        server.server_close()

    def url(self, number: int) -> str:
        return f"http://127.1.{number // 250}.{number % 250 + 1}:{self._port}/{number}"

    def fetched(self) -> Counter[str]:
        return Counter(self._log.read_text().split())

    def close(self) -> None:
        os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)


class Server:
    """`mine2magnet serve` over one library, begun again and again at one port."""

    def __init__(self, run: Run, *options: str, store: str = "") -> None:
        self.folder = run.place / "library"
        self._run, self._options, self._store = run, options, store
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE, trust_env=False
        )

    def begin(self) -> int:
        options = ("--port", str(self.port), "--allow-private", *self._options)
        process = command(self._run, "--folder", str(self.folder), "serve", *options)

        def answers() -> bool:
            with suppress(httpx.TransportError):
                return self.client.get("/healthz").is_success
            return False

        until(answers)
        return process

    def states(self, ids: Sequence[str]) -> Counter[str]:
        """How far the uploads of these ids are, as another process sees it."""
        with closing(Store(self.folder)) as store:
            return Counter(one.status for one in store.uploads.of_documents(ids))


def uploads(run: Run) -> None:
    pages, server, ids, asked = Pages(run.place), Server(run), list[str](), 0
    try:
        while True:
            last = run.tally.kills >= run.kills
            process = server.begin()
            for _ in range(run.random.randint(1, 3) if not last else 0):
                batch = [{"url": pages.url(asked + n)} for n in range(4)]
                answer = server.client.post("/v1/docs/upload/async", json={"docs": batch}).raise_for_status()
                ids += answer.json()["doc_ids"]
                asked += 4
            before = server.states(ids)["completed"]
            if last:
                until(lambda: server.states(ids)["completed"] == len(ids), 600)  # noqa: B023
                run.kill(process, 0.0)
                run.tally.kills -= 1
                break
            until(lambda: server.states(ids)["completed"] > before)  # noqa: B023
            run.kill(process, 1.0)
            run.look_over(server.folder)
        run.tally.acknowledged = len(ids)
        run.tally.again = sum(n > 1 for n in pages.fetched().values())
        with closing(Store(server.folder)) as store:
            held = [change.document for change in store.changes(0, limit=100_000) if change.document]
        run.tally.lost += len(set(ids) - {one.id for one in held})
        run.tally.twice += len(held) - len({one.title for one in held})
        run.tally.twice += sum(one.version > 1 for one in held)
    finally:
        pages.close()


def jobs(run: Run) -> None:
    """Runs that take some seconds; one is asked for when the last has ended."""
    server, ids = Server(run, "--workers", "1"), list[str]()

    def state(id: str) -> str:
        with closing(Store(server.folder)) as store:
            return store.jobs.get(id).state

    while True:
        process = server.begin()
        if ids:
            until(lambda: state(ids[-1]) in ("done", "failed"), 600)
        if run.tally.kills >= run.kills:
            run.kill(process, 0.0)
            run.tally.kills -= 1
            break
        asked = {"scenario": "licence-delay", "draws": 400 + len(ids)}
        answer = server.client.post("/api/stress", json=asked, headers={"Prefer": "respond-async"})
        ids.append(answer.raise_for_status().headers["Location"].rpartition("/")[2])
        until(lambda: state(ids[-1]) != "queued")
        run.kill(process, 1.5)
        run.look_over(server.folder)
    run.tally.acknowledged = len(ids)
    with closing(sqlite3.connect(server.folder / FILE)) as db:
        done = Counter(job for (job,) in db.execute("SELECT job FROM job_results"))
    run.tally.lost += sum(state(id) != "done" or not done[id] for id in ids)
    with closing(Store(server.folder)) as store:
        for job in map(store.jobs.get, ids):
            if job.state != "done":  # e.g. too slow on a busy machine: said, and not lost without a word
                err.print(f"run {job.id}: {job.state}, {job.error}", markup=False, highlight=False)
    run.tally.twice += sum(count > 1 for count in done.values())


def migration(run: Run) -> None:
    old = run.place / "old.sqlite"
    old.write_bytes(lzma.decompress(OLD.read_bytes()))
    with closing(sqlite3.connect(old)) as db:
        rows = db.execute("SELECT * FROM claims").fetchall()
        at = [row[1] for row in db.execute("PRAGMA table_info(claims)")].index("position")
        more = ((*row[:at], 100 * n + row[at], *row[at + 1 :]) for n in range(1, 3000) for row in rows)
        db.executemany(f"INSERT INTO claims VALUES ({', '.join('?' * len(rows[0]))})", more)
        db.commit()
        held = kept(db)
    took = 0.0
    while run.tally.kills < run.kills:
        folder = run.place / "library"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        shutil.copyfile(old, folder / FILE)
        begun = time.monotonic()
        process = forked(lambda: Database(folder), run.place / "log")  # noqa: B023
        if not took:
            os.waitpid(process, 0)
            took = time.monotonic() - begun
            continue
        run.kill(process, 1.2 * took)
        run.look_over(folder)
        with closing(sqlite3.connect(folder / FILE)) as db:
            run.tally.damaged += db.execute("PRAGMA user_version").fetchone()[0] not in (1, SCHEMA)
        Database(folder).close()
        with closing(sqlite3.connect(folder / FILE)) as db:
            run.tally.damaged += db.execute("PRAGMA user_version").fetchone()[0] != SCHEMA
            run.tally.lost += kept(db) != held
            run.tally.acknowledged += sum(held)


def kept(db: sqlite3.Connection) -> list[int]:
    """Rows of what no step may lose."""
    tables = ("documents", "versions", "digests", "topics", "watches", "matches", "keys")
    return [db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables]


def articles(count: int, first: int = 0) -> Iterator[Read]:
    for number in range(first, first + count):
        title, _, rest = text(number).partition("\n\n")
        yield Read(
            Document(
                title=title, source="Post", fetched=datetime(2025, 6, 1, tzinfo=UTC), language="en",
                url=f"https://a.example/{number}", paragraphs=(Paragraph(1, rest),),
            )
        )  # fmt: skip


def backups(run: Run) -> None:
    folder, file = run.place / "library", run.place / "backup.zip"
    apart(lambda: Library.open(Settings(folder=folder)).keep(articles(300)).documents)
    checked = partial(apart, lambda: backup.check(file).documents)

    def write() -> None:
        held, number = Library.open(Settings(folder=folder)), 1000
        while True:
            held.keep(articles(1, number))
            number += 1
            time.sleep(0.05)

    writer = forked(write, run.place / "log")
    took, last = 0.0, 0
    try:
        while run.tally.kills < run.kills:
            begun = time.monotonic()
            process = command(run, "--folder", str(folder), "backup", str(file))
            if not took:
                os.waitpid(process, 0)
                took, last = time.monotonic() - begun, checked()
                continue
            run.kill(process, 1.2 * took)
            held = checked()
            run.tally.acknowledged += last
            run.tally.lost += max(last - held, 0)
            last = held
    finally:
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
    run.look_over(folder)


def restores(run: Run) -> None:
    def begin() -> int:
        library = Library.open(Settings(folder=run.place / "library"))
        library.keep(articles(300))
        backup.backup(library, run.place / "backup.zip")
        return library.store.count()

    apart(begin)
    took = 0.0
    while run.tally.kills < run.kills:
        folder = run.place / "restored"
        shutil.rmtree(folder, ignore_errors=True)
        begun = time.monotonic()
        process = command(run, "restore", str(run.place / "backup.zip"), str(folder))
        if not took:
            os.waitpid(process, 0)
            took = time.monotonic() - begun
            continue
        run.kill(process, 1.2 * took)
        if not folder.exists():
            backup.restore(run.place / "backup.zip", folder)
        run.look_over(folder)
        with closing(Store(folder)) as store:
            run.tally.lost += 300 - store.count()
            run.tally.acknowledged += 300


class Postgres:
    """A PostgreSQL server of our own on loopback, with its defaults; not as root, which it refuses."""

    def __init__(self, place: Path) -> None:
        installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        named = shutil.which("initdb")
        if not installed and not named:
            raise SystemExit("PostgreSQL is not installed: --only names the other kinds")
        self._bin = (installed[-1] if installed else Path(str(named)).resolve()).parent
        self._user: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}
        self._home = Path(tempfile.mkdtemp(prefix="postgres-", dir=place))
        if self._user:
            place.chmod(0o755)
            shutil.chown(self._home, "postgres")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        made = [str(self._bin / "initdb"), "-D", str(self._home / "data"), "-A", "trust", "-U", "owner"]
        subprocess.run(
            [*made, "-E", "UTF8", "--locale=C"],
            check=True, capture_output=True, cwd=self._home, **self._user,
        )  # fmt: skip
        self.url = f"postgresql://owner@127.0.0.1:{self._port}/postgres"
        self.begin()

    def begin(self) -> None:
        self._process = subprocess.Popen(
            [self._bin / "postgres", "-D", self._home / "data", "-h", "127.0.0.1", "-p", str(self._port),
             "-c", "unix_socket_directories="],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._home, start_new_session=True,
            **self._user,
        )  # fmt: skip
        until(lambda: self.query("SELECT 1"))

    @property
    def process(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """The server and every process of its own: backends that were left would keep it from starting."""
        children = subprocess.run(
            ["pgrep", "-P", str(self._process.pid)], capture_output=True, text=True
        ).stdout.split()
        for process in (self._process.pid, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self._process.wait()

    def query(self, statement: str) -> list[Any]:
        engine = sa.create_engine(
            self.url.replace("postgresql:", "postgresql+psycopg:"), poolclass=sa.pool.NullPool
        )
        with suppress(sa.exc.DBAPIError), engine.connect() as db:
            result = db.execute(sa.text(statement))
            rows = list(result.all()) if result.returns_rows else []
            db.commit()
            return rows
        return []


def documents_of(server: Postgres) -> set[str]:
    return {row.id for row in server.query("SELECT id FROM documents")}


def postgres(run: Run) -> None:
    source, server = texts(run.place), Postgres(run.place)
    folder = run.place / "library"
    os.environ["MINE2MAGNET_STORE"] = server.url
    try:
        Store(folder, server.url).close()
        while run.tally.kills < run.kills:
            ids = partial(documents_of, server)
            before = ids()
            if len(before) == TEXTS:  # begin anew
                whole(run, folder, source, server.url)
                server.query("DROP SCHEMA public CASCADE")
                server.query("CREATE SCHEMA public")
                shutil.rmtree(folder, ignore_errors=True)
                Store(folder, server.url).close()
                before = set()
            process = command(run, "--folder", str(folder), "read", str(source))
            until(lambda: len(ids()) > len(before) or over(process))  # noqa: B023
            time.sleep(run.random.uniform(0, 0.5))
            acknowledged = ids()
            if run.random.random() < 0.7:
                server.kill()
                run.tally.kills += 1
                until(lambda: over(process))  # noqa: B023
                os.waitpid(process, 0)
                server.begin()
            else:
                run.kill(process, 0.0)
            run.tally.acknowledged += len(acknowledged - before)
            run.tally.lost += len(acknowledged - ids())
        whole(run, folder, source, server.url)
    finally:
        del os.environ["MINE2MAGNET_STORE"]
        server.kill()


WORKS: dict[str, Callable[[Run], None]] = {
    "read": read,
    "uploads": uploads,
    "jobs": jobs,
    "migration": migration,
    "backup": backups,
    "restore": restores,
    "postgres": postgres,
}


# --- the price of surviving a power cut


def kept_a_second(place: Path) -> dict[str, dict[str, float]]:
    """Documents kept a second for each setting of `synchronous`, by how many share a transaction."""
    found: dict[str, dict[str, float]] = {}
    for setting in ("normal", "full"):
        library = Library.open(Settings(folder=place / setting, synchronous=setting))
        with closing(library.store):
            found[setting] = {}
            for at_once, count in ((1, 300), (64, 1920)):
                begun = time.perf_counter()
                for first in range(0, count, at_once):
                    with library.store.writing() as writer:
                        for one in articles(at_once, first + 10_000 * at_once):
                            library_put(writer, one)
                found[setting][f"{at_once} to a transaction"] = count / (time.perf_counter() - begun)
    return found


def library_put(writer: Any, one: Read) -> None:
    url = str(one.document.url)
    id = "d" + url.rpartition("/")[2]
    writer.put(
        Document(**{n: getattr(one.document, n) for n in Document.__slots__} | {"id": id, "version": 1}),
        url_key=url, title_key=one.document.title + id, fold=id, signature=b"s" * 1024,
        band_keys=[f"{id} {n}" for n in range(20)],
    )  # fmt: skip


@contextmanager
def place() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="crash-", ignore_cleanup_errors=True) as folder:
        os.environ["XDG_CONFIG_HOME"] = folder
        yield Path(folder)


def tried(name: str, kills: int, seed: int) -> Tally:
    """Kill one kind of work so often, and say what came of it."""
    tally = Tally()
    with place() as folder:
        WORKS[name](Run(folder, kills, random.Random(f"{name} {seed}"), tally))
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=200, help="kills in all")
    parser.add_argument("--only", default=",".join(WORKS), help="kinds of work, with commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    names = options.only.split(",")
    whole = sum(SHARES[name] for name in names)
    found, bad = {}, 0
    for name in names:
        begun = time.monotonic()
        tally = tried(name, max(1, round(options.times * SHARES[name] / whole)), options.seed)
        bad += tally.lost + tally.twice + tally.damaged
        found[name] = {field: getattr(tally, field) for field in Tally.__slots__}
        took = time.monotonic() - begun
        err.print(f"{name}: {found[name]} in {took:.0f} s", highlight=False)
    with place() as folder:
        rates = apart(lambda: kept_a_second(folder))
    if options.json:
        print(json.dumps({"kills": found, "documents kept a second": rates}, indent=1))
    else:
        table = Table("work", *Tally.__slots__, box=None)
        for name, row in found.items():
            table.add_row(name, *map(str, row.values()))
        out.print(table)
        for setting, rate in rates.items():
            told = ", ".join(f"{value:,.0f} with {what}" for what, value in rate.items())
            out.print(f"synchronous = {setting}: documents kept a second: {told}")
    if bad:
        sys.exit("something was lost, is there twice, or is damaged")


if __name__ == "__main__":
    main()
