"""A real `mine2magnet serve` with the starter documents, a web server to read from, and a real browser."""

from __future__ import annotations

import json
import shutil
import threading
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page, expect, sync_playwright

from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library
from tests.conftest import until
from tests.serving import STARTS_IN, serving

CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 90_000  # ms, on a busy machine

# In the form of a saved topic page: heading, label of the search box, then a document known by its digest.
TOPIC_PAGE = """高性能磁体
Search documents
一家车企称磁体库存只剩两周,替代供应尚无着落
Example Finance Daily· 2025-07-02 09:30
Core Viewpoint - A carmaker says that its magnets last for two more weeks and that no other supply is in \
sight [1][4]. Group 1: Stocks - The plant holds magnets for two weeks of output [1]. - Suppliers ration what \
they have [2][3]. Group 2: Alternatives - Motors without heavy rare earths need tests that take a year [4].
"""
TITLE_ONLY = "一家车企称磁体库存只剩两周"


@dataclass
class Site:
    """The served pages, and a folder whose files a web server on loopback offers for reading."""

    url: str
    files: Path
    files_url: str

    def json(self, path: str) -> Any:
        request = urllib.request.Request(self.url + path, headers={"Accept": "application/json"})
        with urllib.request.urlopen(request, timeout=120) as response:
            return json.load(response)

    def wait(self, path: str, enough: Callable[[Any], Any], seconds: float = STARTS_IN) -> Any:
        """The JSON at `path` as soon as it is enough."""
        return until(lambda: found if enough(found := self.json(path)) else None, seconds)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder, files = tmp_path_factory.mktemp("library"), tmp_path_factory.mktemp("files")
    web = ThreadingHTTPServer(("127.0.0.1", 0), lambda *args: _Quiet(*args, directory=str(files)))
    threading.Thread(target=web.serve_forever, daemon=True).start()
    with serving(folder, "--starter", "--allow-private") as served:
        saved = files.parent / "topic-page.txt"
        saved.write_text(TOPIC_PAGE, "utf-8")
        Library.open(Settings(folder=folder)).read(str(saved))  # by another process than the one that serves
        yield Site(served.url, files, f"http://127.0.0.1:{web.server_address[1]}")
    web.shutdown()
    web.server_close()


@pytest.fixture(scope="module")  # Playwright runs an event loop, beside which no other test could run one
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    assert path, "these tests drive Chromium: install it with `apt-get install chromium` (make test does)"
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=CHROMIUM)
        yield running
        running.close()


@dataclass
class Watch:
    """What a page must not do: complain, run what it was given, or ask another host."""

    faults: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("dialog", self._asked_back)
        page.on("request", lambda request: self._asked(request.url))

    def _said(self, message: ConsoleMessage) -> None:
        # That a query typed halfway is refused is no fault of the page.
        if message.type in ("error", "warning") and "status of 400" not in message.text:
            self.faults.append(message.text)

    def _asked_back(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _asked(self, url: str) -> None:
        if urlsplit(url).hostname != "127.0.0.1":
            self.faults.append(f"asked {url}")


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    made = browser.new_context(
        base_url=site.url, locale="en-GB", viewport={"width": 1280, "height": 900}, reduced_motion="reduce"
    )
    made.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page that must be quiet to its end."""
    yield from _quiet(context.new_page())


@pytest.fixture
def open_page(browser: Browser, site: Site) -> Iterator[Page]:
    """One into which axe-core can be put."""
    context = browser.new_context(base_url=site.url, reduced_motion="reduce", bypass_csp=True)
    context.set_default_timeout(PATIENCE)
    yield from _quiet(context.new_page())
    context.close()


def _quiet(page: Page) -> Iterator[Page]:
    watch = Watch()
    watch.over(page)
    yield page
    assert watch.faults == []
