"""What bars somebody from a page: every kind of page, in each language, wide and narrow, light and dark.

    python benchmarks/accessibility.py --languages zh ja

A server with the starter documents and a topic is opened in Chromium, page by page of the list that
`tests/end_to_end/test_languages.py` walks, as it comes and with all details open. Looked for is

    what axe-core finds, its rule of the size of targets (WCAG 2.2, 2.5.8) among them
    at 390 px     what is wider than the screen, cells without the name of their column, targets under 24 px
    in zh and ja  English that is no name, unit or quotation

Each fault is named once, with the first page that has it; the run fails if there is any. Tests look at each
kind of page once.
"""

from __future__ import annotations

import argparse
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from lxml import html
from playwright.sync_api import Browser, Page, sync_playwright

from mine2magnet.core.settings import Settings
from mine2magnet.library.library import Library

sys.path.insert(0, str(Path(__file__).parents[1]))
from tests.end_to_end.conftest import CHROMIUM, TOPIC_PAGE, Site
from tests.end_to_end.test_languages import PAGES, english, names_of, texts
from tests.end_to_end.test_phone import LOOK, RULES
from tests.serving import serving

Fault = tuple[str, str, str]  # what kind, where in the page, and more of it

WIDTHS = (1280, 390)  # px
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ALIKE = re.compile(r'(?<=>)[^<]+|(?<=") (?!class)[\w-]+="[^"]*"?|(?<=<a) href="[^"]*"')  # of like elements
PARTS = ("/documents/{id}/digest",)  # of pages, which these fetch
PATIENCE = 300_000  # ms
WORKED_OUT = "() => !document.querySelector('#separation-working, [data-events]')"


def violations(page: Page) -> Iterator[Fault]:
    """What axe-core finds: rule, element and what is wrong with it."""
    for violation in Axe().run(page, options=RULES).response["violations"]:
        for node in violation["nodes"]:
            yield violation["id"], node["html"][:160], node.get("failureSummary", "")[:300]


def on_a_phone(told: dict[str, Any]) -> Iterator[Fault]:
    """What `LOOK` has told of a page at the narrow width."""
    if told["wide"] > min(WIDTHS):
        yield "too wide", f"{told['wide']} px", ""
    yield from (("unlabelled cell", one, "") for one in told["bare"])
    yield from (("small target", one, "") for one in told["small"])


def foreign(page: Page, language: str, names: re.Pattern[str]) -> Iterator[Fault]:
    """English on a page of another language."""
    for text in texts(html.fromstring(page.content()), language):
        if words := english(text, names):
            yield "English", " ".join(words)[:80], " ".join(text.split())[:120]


def looked_at(browser: Browser, site: Site, languages: Sequence[str]) -> Iterator[tuple[str, Fault]]:
    names = names_of(site)  # once the library is worked out
    document = site.json("/documents?format=json")["page"]["cards"][0]["document"]["id"]
    paths = [path.format(document=document) for kind in PAGES for path in PAGES[kind] if kind not in PARTS]
    for language, width, scheme in product(languages, WIDTHS, SCHEMES):
        context = browser.new_context(
            base_url=site.url, viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        context.set_default_timeout(PATIENCE)
        page, began = context.new_page(), time.monotonic()
        page.goto(f"/topics?lang={language}")
        for path in paths:
            where = f"{language} {width} {scheme} {path[:60]}"
            page.goto(path)
            page.wait_for_function(WORKED_OUT)
            faults = list(violations(page))
            told = page.evaluate(LOOK)
            faults += violations(page)
            if width == min(WIDTHS):
                faults += on_a_phone(told)
            if language != "en":
                faults += foreign(page, language, names)
            yield from ((where, fault) for fault in faults)
        print(
            f"{language} {width} {scheme}: {len(paths)} pages, {time.monotonic() - began:.0f} s", flush=True
        )
        context.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--languages", nargs="+", default=["en", "zh", "ja"])
    options = parser.parse_args()
    found = Counter[tuple[str, str]]()
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(Path(folder), "--starter") as served,
        sync_playwright() as playwright,
    ):
        saved = Path(folder, "topic-page.txt")
        saved.write_text(TOPIC_PAGE, "utf-8")
        Library.open(Settings(folder=Path(folder))).read(str(saved))
        site = Site(served.url, Path(folder), "")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=CHROMIUM)
        for where, (rule, element, summary) in looked_at(browser, site, options.languages):
            alike = rule, (ALIKE.sub("", element) if element.startswith("<") else element)
            found[alike] += 1
            if found[alike] == 1:
                print(f"{where}: {rule}: {element}\n  {summary}", flush=True)
        browser.close()
    for (rule, element), times in found.most_common():
        print(f"{times} × {rule}: {element}")
    print(f"{len(found)} faults")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
