"""A real web site on loopback, whose pages are set by each test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Protocol

import pytest
from fpdf import FPDF
from noto_cjk_sans_jp_regular import FONT_PATH

from mine2magnet.reading.fetch import Fetcher, Limits

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Site:
    """`asked` lists the paths requested, in order, without robots.txt, with their headers."""

    address: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, Message]] = field(default_factory=list)

    def url(self, path: str) -> str:
        return self.address + path

    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]

    def add(
        self,
        path: str,
        body: str | bytes = b"",
        kind: str = "text/html; charset=utf-8",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> str:
        data = body.encode() if isinstance(body, str) else body

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {"Content-Type": kind, **(headers or {})}.items():
                handler.send_header(name, value)
            handler.send_header("Content-Length", str(len(data)))
            handler.end_headers()
            handler.wfile.write(data)

        self.answers[path] = answer
        return self.url(path)


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.path != "/robots.txt":
                here.asked.append((self.path, self.headers))
            answer = here.answers.get(self.path)
            try:
                if answer is None:
                    self.send_response(404)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                else:
                    answer(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # the client has had enough

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield here
    server.shutdown()
    server.server_close()


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(Limits(max_bytes=1_000_000, timeout=5, delay=0), allow_private=True) as fetcher:
        yield fetcher


class Article(Protocol):
    def __call__(
        self,
        title: str,
        paragraphs: Sequence[str],
        *,
        head: str = "",
        before: str = "",
        charset: str = "utf-8",
    ) -> str: ...


class MakePdf(Protocol):
    def __call__(self, pages: Sequence[Sequence[str]], *, password: str = "", title: str = "") -> bytes: ...


@pytest.fixture
def article() -> Article:
    """Makes a page as news sites do: menu, article, links to others, footer."""

    def make(
        title: str, paragraphs: Sequence[str], *, head: str = "", before: str = "", charset: str = "utf-8"
    ) -> str:
        menu = "".join(f'<li><a href="/s/{i}">Section {i}</a></li>' for i in range(12))
        text = "".join(f"<p>{p}</p>" for p in paragraphs)
        return (
            f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title>{head}</head><body>'
            f"<nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1>{before}{text}</article></main>"
            '<aside><ul><li><a href="/x">Read this too</a></li></ul></aside>'
            "<footer>All rights reserved by nobody</footer></body></html>"
        )

    return make


@pytest.fixture
def make_pdf() -> MakePdf:
    """Makes a PDF with a line of text for each string of each page."""

    def make(pages: Sequence[Sequence[str]], *, password: str = "", title: str = "") -> bytes:
        made = FPDF()
        made.add_font("noto", fname=FONT_PATH)
        made.set_font("noto", size=11)
        made.set_title(title)
        if password:
            made.set_encryption(owner_password="owner", user_password=password)
        for lines in pages:
            made.add_page()
            for line in lines:
                made.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
        return bytes(made.output())

    return make


class Write(Protocol):
    def __call__(self, name: str, content: str | bytes) -> Path: ...


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a file below the test's folder."""

    def make(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return make
