"""Where what comes from outside is taken apart: pages, PDFs, feeds, archives, answers of searches.

    CONFINED.run(content.read, raw, where=url)

runs `content.read(raw, where=url)` in a child process with bounds (`core/sandbox.py`).
"""

from __future__ import annotations

import atexit
import encodings
import gzip
import io
import pkgutil
from contextlib import suppress
from datetime import UTC, datetime
from html import escape
from importlib import import_module

from mine2magnet.core.errors import UserError
from mine2magnet.core.sandbox import Sandbox

CONFINED = Sandbox(__name__)
atexit.register(CONFINED.close)

_READERS = ("content", "feed", "files", "links", "news", "opml", "sitemap", "sites", "warc", "written")
_PARAGRAPH = (
    "Prices of dysprosium oxide rise, stocks fall, and buyers of magnets are waiting for news of permits. "
    "Nobody on the market expects that to change before the end of the year, and some expect worse."
)
_PAGE = f"<html><body><article><h1>镝价上涨</h1><p>{_PARAGRAPH}</p><p>重稀土出口管制升级。</p></article>"
_SAMPLES = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>",
    _PAGE.encode(),
    f"---\ntitle: Dysprosium\n---\n{_PARAGRAPH}".encode(),
    "磁体\nSearch documents\n镝价上涨\nExample· 2025-10-29 12:45\nCore Viewpoint - 镝价上涨。[1]".encode(),
)
_FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>news</title><item><link>http://a.example/</link>'
    "<pubDate>Mon, 02 Jun 2025 03:00:00 GMT</pubDate>"
    f"<description>{escape(_PAGE)}</description></item></channel></rss>"
)
_RECORD = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\n"
    b"WARC-Date: 2025-06-02T03:00:00Z\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
)
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n\r\n"
_HTTP = _HEAD + gzip.compress(_PAGE.encode())


def warm() -> None:
    """Load all that is read from disk: a child that is at work can open no file. Besides modules these are
    tables that a reader loads when it is first used, so each reads something."""
    for name in _READERS:
        import_module(f"mine2magnet.reading.{name}")
    for codec in pkgutil.iter_modules(encodings.__path__):
        with suppress(ImportError):  # some are Windows's
            import_module(f"encodings.{codec.name}")
    from mine2magnet.reading import content, feed, sitemap, sites, warc

    now, limit = datetime.strptime("2025", "%Y").replace(tzinfo=UTC), len(_PAGE) * 10
    for sample in _SAMPLES:
        with suppress(UserError):
            list(content.read(content.Raw(sample, None, now), where=""))
    entry = feed.read(_FEED.encode(), url="http://a.example/", charset="", where="")[0]
    feed.document(entry, fetched=now, where="")
    sitemap.read(b"<urlset><url><loc>http://a.example/</loc></url></urlset>", url="", where="")
    sites.feeds(content.Raw(_PAGE.encode(), "http://a.example/", now))
    record = gzip.compress(_RECORD % (len(_HTTP), _HTTP))
    list(warc.records(io.BytesIO(record), max_bytes=limit, where=""))
