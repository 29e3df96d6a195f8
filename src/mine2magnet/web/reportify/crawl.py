"""`client.search.crawl`: pages as they are now, or as they are held; nothing of it is kept.

The shape is that of Exa's /contents, whose parameters these are: `results`, one for each address that
could be read, and `statuses`, one for each address.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from mine2magnet import digests
from mine2magnet.core.errors import UserError
from mine2magnet.core.text import sentences
from mine2magnet.library.identity import url_key
from mine2magnet.library.library import Library
from mine2magnet.model import Document
from mine2magnet.reading import content
from mine2magnet.reading.confined import CONFINED
from mine2magnet.reading.fetch import Fetcher
from mine2magnet.reading.links import links
from mine2magnet.search import relevance
from mine2magnet.web.reportify import shapes
from mine2magnet.web.reportify.request import SECONDS, Call, mapping, route, shown

AT_ONCE = 20  # addresses of one call
SUBPAGES = 10  # of one address
WEIGHED = 40  # stretches of a page that are weighed as highlights, some 0.1 s each
_VERBOSITY = ("full", "compact", "standard")  # a text is always without menus and the like


@dataclass(frozen=True, slots=True)
class _Page:
    document: Document
    held: bool
    links: Sequence[tuple[str, str]] = ()


def crawl(asked: Call) -> dict[str, Any]:
    """Addresses that cannot be read are told in `statuses`."""
    urls = asked.texts("ids") or asked.texts("urls")
    if not 0 < len(urls) <= AT_ONCE:
        raise UserError(f"has {len(urls)} addresses", where="urls", hint=f"give 1 to {AT_ONCE}")
    wanted = _Wanted.of(asked)
    results: list[dict[str, Any]] = []
    statuses: list[dict[str, Any]] = []
    milliseconds = asked.whole("livecrawl_timeout", 0, 0, 600_000)
    end = time.monotonic() + SECONDS
    with asked.library.fetcher() as fetcher:
        if milliseconds:
            seconds = min(milliseconds / 1000, fetcher.limits.timeout)
            fetcher.limits = replace(fetcher.limits, timeout=seconds)
        for url in urls:
            try:
                if time.monotonic() > end:
                    raise UserError("there was no time left for it", where=url, hint="ask for fewer at once")
                page = _read(asked.library, fetcher, url, wanted)
                shape = _shape(asked.library, page, wanted)
                if wanted.subpages:
                    subpages = _subpages(asked.library, fetcher, page, wanted, end)
                    shape["subpages"] = [_shape(asked.library, one, wanted) for one in subpages]
                results.append(shape)
                source = "cached" if page.held else "crawled"
                statuses.append({"id": url, "status": "success", "source": source})
            except UserError as error:
                problem = {"tag": "CRAWL_FAILED", "message": str(error)}
                statuses.append({"id": url, "status": "error", "error": problem})
    return {"results": results, "statuses": statuses}


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is asked for of each page; None is not asked for."""

    text: Mapping[str, Any] | None
    highlights: Mapping[str, Any] | None
    summary: Mapping[str, Any] | None
    subpages: int
    targets: tuple[str, ...]
    max_age: timedelta | None

    @classmethod
    def of(cls, asked: Call) -> _Wanted:
        given = {name: asked.values.get(name) for name in ("text", "highlights", "summary")}
        parts = {name: _options(value, name) for name, value in given.items()}
        if parts["text"]:
            verbosity = parts["text"].get("verbosity", "full")
            if verbosity not in _VERBOSITY:
                hint = "use " + ", ".join(_VERBOSITY)
                raise UserError(f"cannot be {shown(verbosity)}", where="text.verbosity", hint=hint)
        hours = asked.whole("max_age_hours", -1, -1, 1_000_000)
        return cls(
            **parts,
            subpages=asked.whole("subpages", 0, 0, SUBPAGES),
            targets=tuple(target.lower() for target in asked.texts("subpage_target")),
            max_age=None if hours < 0 else timedelta(hours=hours),
        )


def _options(given: Any, name: str) -> Mapping[str, Any] | None:
    """True asks for the part as it comes, an object for one that is cut to size."""
    if given is None or given is False:
        return None
    options = {} if given is True else mapping(given, name)
    for key in ("max_characters", "num_sentences", "highlights_per_url"):
        value = options.get(key, 1)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 1_000_000:
            raise UserError(f"cannot be {shown(value)}", where=f"{name}.{key}", hint="use 1 or more")
    query = options.get("query", "")
    if not isinstance(query, str) or len(query) > 1000:
        raise UserError(
            f"cannot be {shown(query)}", where=f"{name}.query", hint="use at most 1,000 characters"
        )
    return options


def _read(library: Library, fetcher: Fetcher, url: str, wanted: _Wanted) -> _Page:
    """From the library if it is held there, and is not older than asked for; else from its address."""
    if not wanted.subpages and (document := _held(library, url, wanted.max_age)):
        return _Page(document, held=True)
    raw = fetcher.get(url)
    assert raw is not None  # only a conditional request can find it unchanged
    reads = list(CONFINED.run(content.read, raw, where=url))
    further = CONFINED.run(links, raw, where=url) if wanted.subpages else ()
    return _Page(replace(reads[0].document, url=url), False, further)


def _held(library: Library, url: str, max_age: timedelta | None) -> Document | None:
    try:
        key = url_key(url)
    except ValueError:
        return None
    document = library.store.at(key)
    if document is None or not document.paragraphs:
        return None
    return document if max_age is None or datetime.now(UTC) - document.fetched <= max_age else None


def _subpages(library: Library, fetcher: Fetcher, page: _Page, wanted: _Wanted, end: float) -> list[_Page]:
    """Pages of the same site that it links to; those that a target names first, as many as come before
    `end` (monotonic s)."""

    def rank(link: tuple[str, str]) -> bool:
        return not any(target in f"{link[0]} {link[1]}".lower() for target in wanted.targets)

    found: list[_Page] = []
    leaf = replace(wanted, subpages=0)
    for url, _ in sorted(page.links, key=rank)[: wanted.subpages]:
        if time.monotonic() > end:
            break
        try:
            found.append(_read(library, fetcher, url, leaf))
        except UserError:
            continue  # a page without an article, or gone
    return found


def _shape(library: Library, page: _Page, wanted: _Wanted) -> dict[str, Any]:
    document = page.document
    shape: dict[str, Any] = {
        "id": document.url,
        "url": document.url,
        "title": document.title,
        "publishedDate": shapes.when(document.published),
        "author": document.source,
    }
    if wanted.text is not None:
        lines = [p.text for p in document.paragraphs]
        if wanted.text.get("include_html_tags"):
            lines = [f"<p>{escape(line)}</p>" for line in lines]
        shape["text"] = "\n".join(lines)[: wanted.text.get("max_characters")]
    if wanted.highlights is not None:
        best = _best(library, document, wanted.highlights)
        shape["highlights"] = [text for text, _ in best]
        shape["highlightScores"] = [round(score, 4) for _, score in best]
    if wanted.summary is not None:
        shape["summary"] = _summary(library, document, wanted.summary)
    return shape


def _best(library: Library, document: Document, options: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Stretches of a few sentences that answer the query best; without one, those that the page begins
    with."""
    size, count = options.get("num_sentences", 5), options.get("highlights_per_url", 1)
    stretches = []
    for paragraph in document.paragraphs:
        found = sentences(paragraph.text)
        for i in range(0, len(found), size):
            stretches.append(paragraph.text[found[i][0] : found[min(i + size, len(found)) - 1][1]])
    stretches = stretches[:WEIGHED]
    query = options.get("query", "").strip() or document.title
    scores = relevance(query, [(text, document.language) for text in stretches], library.thesaurus)
    ranked = sorted(zip(stretches, scores, strict=True), key=lambda pair: -pair[1])[:count]
    most = options.get("max_characters")
    return [(text[:most], score) for text, score in ranked]


def _summary(library: Library, document: Document, options: Mapping[str, Any]) -> str:
    """The viewpoint of an extractive digest; with a query, the sentences that answer it best."""
    if query := options.get("query", "").strip():
        best = _best(library, document, {"query": query, "num_sentences": 1, "highlights_per_url": 3})
        return " ".join(text for text, _ in best)
    return shapes.viewpoint(digests.digest(document, thesaurus=library.thesaurus))


ROUTES = [route("/v2/search/crawl", crawl, "POST")]
