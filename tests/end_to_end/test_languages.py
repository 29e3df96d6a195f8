"""Every kind of page reads in the reader's language: no English is left on a Chinese or a Japanese page."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from time import monotonic
from urllib.parse import quote

import httpx
import pytest
from lxml import html
from starlette.routing import Mount, Route

from mine2magnet.core.messages import HTML
from mine2magnet.core.settings import Settings
from mine2magnet.core.thesaurus import load
from mine2magnet.library.library import Library
from mine2magnet.web.app import app
from tests.end_to_end.conftest import Site

PLANT = "feed=recycled-magnets&products=Pr%2BNd+3N%0AGd%2BTb%2BDy%2BHo+2N&draws=40&chemistry=yes&site=europe"
TOPIC = "/topics/t-7b8cbc33"
# A page of each route, and of what changes what a page shows; {document} is one of the library's.
PAGES = {
    "/": ("/",),
    "/topics": ("/topics",),
    "/topics/{slug}": (TOPIC, f"{TOPIC}?q=(磁体", f"{TOPIC}?since=then"),
    "/topics/{slug}/figures": (f"{TOPIC}/figures",),
    "/topics/{slug}/claims": (f"{TOPIC}/claims", f"{TOPIC}/claims?confidence=often"),
    "/topics/{slug}/stress": (f"{TOPIC}/stress",),
    "/topics/{slug}/searches": (f"{TOPIC}/searches",),
    "/topics/{slug}/brief": (f"{TOPIC}/brief?since=4w",),
    "/topics/{slug}/edit": (f"{TOPIC}/edit",),
    "/new-topic": ("/new-topic", "/new-topic?name=稀土"),
    "/documents": ("/documents", "/documents?q=镝&order=best", "/documents?q=("),
    "/documents/{id}/digest": ("/documents/{document}/digest",),
    "/documents/{id}": ("/documents/{document}", "/documents/none"),
    "/documents/{id}/claims": ("/documents/{document}/claims",),
    "/concepts/{name}": ("/concepts/china", "/concepts/dysprosium", "/concepts/none"),
    "/sources": ("/sources",),
    "/ask": ("/ask", "/ask?q=欧洲的磁体库存能用多久", "/ask?q=x&topic=none"),
    "/inbox": ("/inbox", "/inbox?watch=none"),
    "/new-watch": ("/new-watch",),
    "/stress": (
        "/stress?draws=20",
        "/stress?scenario=spring-2025&draws=20",
        "/stress?scenario=none",
        "/stress?draws=-1",
        f"/stress?scenario=embargo&draws=20&plant_site=europe&plant={quote(PLANT)}",
    ),
    "/stress/risk": ("/stress/risk",),
    "/compare": (
        f"/compare?test={quote('scenario=embargo&draws=20')}&test={quote('scenario=licence-delay&draws=20')}",
        f"/compare?test={quote('scenario=embargo&draws=20')}",
    ),
    "/stress/sources": ("/stress/sources?scenario=licence-delay",),
    "/company": ("/company",),
    "/jobs/{id}": ("/jobs/none",),
    "/settings": ("/settings",),
    "/audit": ("/audit", "/audit?since=then"),
    "/flowsheet": ("/flowsheet",),
    "/separation": ("/separation", f"/separation?{PLANT}", "/separation?products=La+Ce+2N"),
    "/log-in": ("/log-in",),
    "/log-in/openid": ("/log-in/openid",),
    "/log-in/openid/back": ("/log-in/openid/back",),
    "/api/": ("/api/",),
    "": ("/nowhere",),
}
# Routes that answer with a file, a redirection or for programs.
OTHERS = re.compile(
    r"/(charts/|claims\.csv|export|brief\.|preview|corrections\.csv|sources\.opml|healthz|metrics|status|v[12]/|company/example)|\.atom$|report\.|/events$"
)
# What may stand in Latin letters: what a reader or another source wrote, code, the names of languages …
THEIRS = {"code", "kbd", "pre", "q", "cite", "mark", "blockquote", "script", "style", "textarea"}
CLASSES = {"brand", "source", "chips", "dot", "name", "viewpoint", "groups", "passages", "text"}
# … proper names, units, symbols and abbreviations that are the same everywhere …
PROPER = set(
    """
    mine2magnet log10 ln min kg https problem Latin ×2 Lacq Ji'an Xintai
    HREE LREE REO NdFeB NdPr SmCo SH UH USD UTC HHI WGI EV kOe MGOe mol log SR EI PDF
    HTML JSON CSV SVG PNG YAML API OpenAPI RFC ISO Atom RSS GET ETag UUID AND OR NOT slug null None
    CAPEX NaOH HCl NaCl NaHCO3 NH4HCO3 HA Cyanex272 LCM MP EEC JL Mag
    Neo USA EU pH Markdown Cyclic Vulcan Elements Performance Metalnomist eVAC GDELT Google News Bing
    Webhooks Webhook Mountain Pass Araxá Mount Weld Pitinga Nechalacho Thor Lake robots.txt
    openapi.json company.xlsx Kotz van Dorp Beyond Beta ValueError Answer.sources Standard
    Formiga Insight Digest OpenAI OpenID OPML Connect Mozilla SearXNG SMTP STARTTLS TLS URL MB kmol CaCl2 AACE
    """.split()  # noqa: SIM905
)
# … and words that are typed into a form or a terminal, in a sentence that explains them.
TYPED = set(
    """
    surge claim recovery draw extraction scrub strip organic_flow scrub_flow scrub_acid calibrate measured
    calibrated naphthenic key create NAME read FOLDER watch secret topic list ch low likely high
    over right wrong id version feed raffinate extract outage quota embargo licence tariff delay
    demand floor ceiling flow orders capacity approvals stockpile priority substitution prebuild
    scenario draws claims_threshold demand-surge licence-delay quota-cut spring-2025
    run write admin openid back named given country region world
    """.split()  # noqa: SIM905
)
ELEMENTS = re.compile("(?:La|Ce|Pr|Nd|Sm|Eu|Gd|Tb|Dy|Ho|Er|Tm|Yb|Lu|Y|Na|N)+")
NAMED = re.compile(
    r"https?://\S+|[\w.-]+/[\w./-]+|\"[^\"]*\"|'[^']*'|\{\w+\}|UTC[+-]\d+|[A-Z]{1,3}-?\d\w*|--\w+|`[^`]*`|\d[\d.]*e[-+]\d+"
)
WORD = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ0-9_'’-]*(?:\.[a-z]+)?")
CJK = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


def routes(folder: Path) -> set[str]:
    """The addresses that answer a GET, but for those that are no page."""
    held = app(Library.open(Settings(folder=folder)))
    found = {r.path for r in held.routes if isinstance(r, Route) and "GET" in (r.methods or ())}
    assert any(isinstance(route, Mount) for route in held.routes), "of the API, the guide is a page"
    return {path for path in found if not OTHERS.search(path)} | {"/api/"}


def texts(root: html.HtmlElement, language: str) -> Iterator[str]:
    """What a page says itself: texts, tooltips, labels."""
    for node in root.iter():
        if not isinstance(node.tag, str):
            continue
        around = [node, *node.iterancestors()]
        if not any(_theirs(one, language) for one in around):
            yield from filter(
                None, (node.text, *map(node.get, ("title", "aria-label", "placeholder", "alt")))
            )
            yield from filter(None, map(node.get, ("data-label", "data-text", "data-marks", "data-doing")))
        if node.tail and not any(_theirs(one, language) for one in around[1:]):
            yield node.tail


def _theirs(node: html.HtmlElement, language: str) -> bool:
    return (
        node.tag in THEIRS
        or node.get("lang") not in (None, HTML[language])
        or not CLASSES.isdisjoint((node.get("class") or "").split())
    )


def english(text: str, names: re.Pattern[str]) -> list[str]:
    """The words of a text that are neither names nor units, symbols, quoted values or addresses."""
    known = {word.casefold() for word in PROPER | (TYPED if CJK.search(text) else set())}
    found = [word for word in WORD.findall(names.sub(" ", NAMED.sub(" ", text))) if len(word) > 1]
    return [word for word in found if word.casefold() not in known and not ELEMENTS.fullmatch(word)]


def names_of(site: Site) -> re.Pattern[str]:
    """Names that documents give, and of the sources that the program offers."""
    site.wait("/status", lambda now: not now["unclaimed"])
    pages = [site.json(f"{TOPIC}/claims?format=json&all=1")]
    while pages[-1]["offset"] + pages[-1]["limit"] < pages[-1]["total"]:
        after = pages[-1]["offset"] + pages[-1]["limit"]
        pages.append(site.json(f"{TOPIC}/claims?format=json&all=1&offset={after}"))
    table = (resources.files("mine2magnet") / "data" / "sources.csv").read_text("utf-8")
    names = ["Firefox Translations", *(row["name"] for row in csv.DictReader(table.splitlines()))]
    names += [one["watch"]["name"] for one in site.json("/inbox?format=json")["watches"]]
    ids = [id for slot in ("subject", "counterparty") for id in pages[0]["facets"].get(slot, ())]
    ids += [one["claim"]["said_by"] for told in pages for one in told["claims"] if one["claim"]["said_by"]]
    names += [load().label(id, "en") for id in ids]
    facets = site.json("/documents?format=json")["page"]["facets"]
    names += [*facets["source"], *(name for tag in facets["tag"] for name in (f"#{tag}", tag))]
    return re.compile(
        "|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in sorted(set(names), key=len)[::-1])
    )


def got(client: httpx.Client, path: str, language: str) -> httpx.Response:
    """A page; a plant's once it is worked out."""
    end = monotonic() + 300
    while True:
        answer = client.get(path, headers={"Accept": "text/html", "Accept-Language": language})
        if answer.status_code != 202 or monotonic() > end:
            return answer


@pytest.mark.parametrize("language", ["zh", "ja"])
def test_no_english_is_left_on_any_page(site: Site, tmp_path: Path, language: str) -> None:
    assert routes(tmp_path) - set(PAGES) == set(), "a page of each route is looked at"
    document = site.json("/documents?q=lang:zh&format=json")["page"]["cards"][0]["document"]["id"]
    names, left, seen = names_of(site), Counter[tuple[str, str]](), Counter[str]()
    with httpx.Client(base_url=site.url, timeout=120, trust_env=False, follow_redirects=True) as client:
        for path in (path.format(document=document) for paths in PAGES.values() for path in paths):
            answer = got(client, path, language)
            assert answer.status_code in (200, 400, 401, 404), (path, answer.status_code)
            root = html.fromstring(answer.text)
            assert root.get("lang") == HTML[language], path
            for text in texts(root, language):
                seen.update(WORD.findall(NAMED.sub(" ", text)))
                if words := english(text, names):
                    left[path[:60], f"{' '.join(words)[:80]}  in  {' '.join(text.split())[:120]}"] += 1
    print(f"in Latin letters: {', '.join(f'{word} ({times})' for word, times in seen.most_common())}")
    for (path, text), times in left.items():
        print(f"{path}: {times} × {text}")
    assert not left, f"{sum(left.values())} strings are English"
