"""What axe-core finds on every kind of page, in each language, wide and narrow, light and dark.

    python benchmarks/accessibility.py --languages zh ja

A server with the starter documents is opened in Chromium, page by page of the list that
`tests/end_to_end/test_languages.py` walks, as it comes and with all details open. Each violation is named
once, with the first page that has it; the run fails if there is any. Tests look at each kind of page once.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Literal

import httpx
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.end_to_end.conftest import CHROMIUM
from tests.end_to_end.test_languages import PAGES
from tests.end_to_end.test_phone import opened
from tests.serving import serving

WIDTHS = (1280, 390)  # px
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PATIENCE = 300_000  # ms


def violations(page: Page) -> Iterator[tuple[str, str, str]]:
    """Rule, element and what is wrong with it."""
    for violation in Axe().run(page).response["violations"]:
        for node in violation["nodes"]:
            yield violation["id"], node["html"][:160], node.get("failureSummary", "")[:300]


def ready(url: str) -> str:
    """The id of a document, once the library is worked out."""
    while any(httpx.get(f"{url}/status", timeout=60).json()[name] for name in ("undigested", "unclaimed")):
        time.sleep(1)
    found = httpx.get(f"{url}/documents?format=json", timeout=60).json()
    return str(found["page"]["cards"][0]["document"]["id"])


def looked_at(browser: Browser, url: str, languages: list[str]) -> Iterator[tuple[str, tuple[str, str, str]]]:
    paths = [path.format(document=ready(url)) for kind in PAGES.values() for path in kind]
    for language, width, scheme in product(languages, WIDTHS, SCHEMES):
        context = browser.new_context(
            base_url=url, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"/topics?lang={language}")
        for path in paths:
            where = f"{language} {width} {scheme} {path[:60]}"
            page.goto(path)
            yield from ((where, one) for one in violations(page))
            opened(page, path)
            yield from ((where, one) for one in violations(page))
        print(f"{language} {width} {scheme}: {len(paths)} pages", flush=True)
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--languages", nargs="+", default=["en", "zh", "ja"])
    options = parser.parse_args()
    found = set[tuple[str, str]]()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), "--starter") as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for where, (rule, element, summary) in looked_at(browser, served.url, options.languages):
            if (rule, element) not in found:
                found.add((rule, element))
                print(f"{where}: {rule}: {element}\n  {summary}", flush=True)
        browser.close()
    print(f"{len(found)} violations")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
