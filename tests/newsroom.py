"""News searches and publishers as real HTTP servers on loopback: each search answers in the form that it
is documented to, with the errors that it is known for."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, quote, urlsplit

Answered = tuple[int, Mapping[str, str], str]
Answer = Callable[[Mapping[str, str]], Answered]
NOW = datetime.now(UTC).replace(microsecond=0)
RSS, JSON, HTML = "application/rss+xml; charset=utf-8", "application/json", "text/html; charset=utf-8"


@dataclass
class Server:
    """`answers` maps a path to what answers the parameters of a request; `asked` lists (path, parameters,
    headers in lower case) without robots.txt, which is `robots`."""

    url: str
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    robots: str = ""

    def says(self, path: str, body: str, kind: str = HTML, status: int = 200, **headers: str) -> str:
        self.answers[path] = lambda _: (status, {"Content-Type": kind, **headers}, body)
        return self.url + path

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked]


@contextmanager
def serving() -> Iterator[Server]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            headers: Mapping[str, str] = {}
            given = {name: values[0] for name, values in parse_qs(parts.query).items()}
            if parts.path == "/robots.txt":
                status, body = (200, here.robots) if here.robots else (404, "")
            else:
                here.asked.append((parts.path, given, {k.lower(): v for k, v in self.headers.items()}))
                answer = here.answers.get(parts.path)
                status, headers, body = answer(given) if answer else (404, {}, "")
            etag = headers.get("ETag")
            if etag and self.headers.get("If-None-Match") == etag:
                status, body = 304, ""
            data = body.encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    here = Server(f"http://127.0.0.1:{server.server_port}")
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Story:
    """An article as searches list it."""

    url: str
    title: str
    source: str = "Example Post"
    hours: float = 5  # ago

    @property
    def time(self) -> datetime:
        return NOW - timedelta(hours=self.hours)


def article(title: str, *paragraphs: str) -> str:
    text = "".join(f"<p>{escape(p)}</p>" for p in paragraphs)
    head = f"<title>{escape(title)}</title>"
    body = f"<body><article><h1>{escape(title)}</h1>{text}</article></body>"
    return f"<!doctype html><html><head>{head}</head>{body}</html>"


def gdelt(*stories: Story) -> str:
    """GDELT DOC 2.0, mode=artlist, format=json; without a hit it is an empty object."""
    listed = [
        {
            "url": s.url, "url_mobile": "", "title": s.title, "seendate": f"{s.time:%Y%m%dT%H%M%SZ}",
            "socialimage": "", "domain": urlsplit(s.url).netloc, "language": "English",
            "sourcecountry": "United States",
        }
        for s in stories
    ]  # fmt: skip
    return json.dumps({"articles": listed} if listed else {})


def google(*stories: Story, through: str = "") -> str:
    """Google News: titles end with the publisher; links go through its own address."""
    items = "".join(
        f"<item><title>{escape(s.title)} - {s.source}</title>"
        f"<link>{escape(f'{through}?to={quote(s.url)}' if through else s.url)}</link>"
        f'<guid isPermaLink="false">{abs(hash(s.url))}</guid>'
        f"<pubDate>{s.time:%a, %d %b %Y %H:%M:%S GMT}</pubDate>"
        f'<source url="https://post.example">{s.source}</source></item>'
        for s in stories
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>news</title>{items}</channel></rss>'


def bing(*stories: Story) -> str:
    """Bing News: links hold the publisher's address; its name is News:Source."""
    click = "http://www.bing.com/news/apiclick.aspx?ref=FexRss&amp;tid=1&amp;url="
    items = "".join(
        f"<item><title>{escape(s.title)}</title>"
        f"<link>{click}{quote(s.url, safe='')}&amp;c=1</link>"
        f"<pubDate>{s.time:%a, %d %b %Y %H:%M:%S GMT}</pubDate><News:Source>{s.source}</News:Source></item>"
        for s in stories
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:News="https://www.bing.com/news/search?q=x">'
        f"<channel><title>x - BingNews</title>{items}</channel></rss>"
    )


def searxng(*stories: Story) -> str:
    results = [
        {
            "url": s.url, "title": s.title, "content": "…", "publishedDate": s.time.isoformat(),
            "engine": "bing news", "engines": ["bing news"], "category": "news", "score": 1.0,
        }
        for s in stories
    ]  # fmt: skip
    return json.dumps(
        {"query": "x", "number_of_results": len(results), "results": results, "answers": [],
         "suggestions": [], "unresponsive_engines": [["google news", "timeout"]]}
    )  # fmt: skip
