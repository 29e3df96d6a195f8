"""A web page → its article: text, title, publisher, time, tags."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.etree
import lxml.html
import trafilatura
from trafilatura.settings import use_config

from mine2magnet.core.errors import UserError
from mine2magnet.core.text import sentences
from mine2magnet.model import Document, Paragraph
from mine2magnet.reading import clean, dates, language
from mine2magnet.reading.charset import decode

_DEEPEST = 256  # nested elements: where libxml2 stops; no page made for people comes near
FEED_TYPES = ("application/rss+xml", "application/atom+xml", "application/feed+json")
_LISTING = 0.6  # share of link text from which a page is a list of links
_NEAR_TITLE = 1_500  # characters after the title within which its date stands
_NEAR_TITLE_PIECES = 200  # runs of text that are looked at for that
_LONGEST_DATELINE = 60  # characters
_LONGEST_TITLE = 120  # characters of a first sentence that serves as a title
_ARTICLE = re.compile("article|blogposting|report|dataset|webpage", re.IGNORECASE)  # schema.org types
_CATEGORIES = (  # schema.org types, from the particular to the general
    ("scholarlyarticle", "paper"),
    ("analysisnewsarticle", "analysis"),
    ("opinionnewsarticle", "analysis"),
    ("backgroundnewsarticle", "explainer"),
    ("techarticle", "explainer"),
    ("dataset", "data"),
    ("report", "report"),
    ("article", "news"),
    ("blogposting", "news"),
)
_PUBLISHED = (  # names of <meta> elements that hold the time of publication, the surest first
    "article:published_time",
    "og:article:published_time",
    "datepublished",
    "publishdate",
    "pubdate",
    "publish_time",
    "publish-date",
    "parsely-pub-date",
    "weibo: article:create_at",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "date",
)
_SEPARATOR = re.compile(r"\s+[-–—|·_»]\s*|\s*[|_]\s*")

# Chinese and Japanese articles hold more in fewer characters than trafilatura's bounds foresee: below
# these it would take the whole page, with its navigation, for the article.
_CONFIG = use_config()
_CONFIG.set("DEFAULT", "MIN_EXTRACTED_SIZE", "25")
_CONFIG.set("DEFAULT", "MIN_OUTPUT_SIZE", "1")
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # what it would say is said by UserError


@dataclass(frozen=True, slots=True)
class Hints:
    """What a feed or sitemap says of a page that the page may not say itself."""

    title: str = ""
    source: str = ""
    published: datetime | None = None
    tags: tuple[str, ...] = ()


def read(
    body: bytes,
    *,
    url: str | None,
    charset: str,
    fetched: datetime,
    where: str,
    name: str = "",
    hints: Hints | None = None,
) -> Document:
    """The article of an HTML page. Without `url`, the page's own canonical address is taken.

    Raises UserError when there is no article.
    """
    hints = hints or Hints()
    root = _parse(decode(body, charset), where)
    meta = _meta(root)
    ld = _json_ld(root)
    heading = _title(root, meta, ld) or hints.title
    texts = _texts(root)
    while texts and (clean.tidy(texts[0]) in ("", clean.tidy(heading)) or _is_dateline(texts[0])):
        del texts[0]
    paragraphs = clean.paragraphs(texts, where)
    if not paragraphs or _is_listing(root, paragraphs):
        raise _no_article(root, url, where)
    code = language.identify(f"{heading}\n" + "\n".join(p.text for p in paragraphs[:5]))
    if code == language.UNKNOWN:
        code = _stated_language(root)
    address = url or _canonical(root, meta)
    stated = _published(root, meta, ld, code)
    return Document(
        title=clean.title(heading) or _first_sentence(paragraphs),
        source=_publisher(meta, ld) or hints.source or urlsplit(address or "").hostname or name or where,
        fetched=fetched,
        language=code,
        paragraphs=paragraphs,
        url=address,
        published=dates.plausible(stated, fetched) or dates.plausible(hints.published, fetched),
        category=_category(meta, ld, stated),
        tags=clean.tags((*_tags(meta, ld), *hints.tags)),
    )


def _parse(text: str, where: str) -> lxml.html.HtmlElement:
    parser = lxml.html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(text.replace("\0", "").encode("utf-8", "replace"), parser=parser)
    except (lxml.etree.ParserError, lxml.etree.XMLSyntaxError, ValueError):
        root = None
    if any(entry.type_name == "ERR_NO_MEMORY" for entry in parser.error_log):
        raise MemoryError  # what there is of the page is not all of it
    if root is None:
        raise UserError("the page is empty", where=where)
    if any("Excessive depth" in entry.message for entry in parser.error_log):
        raise UserError(f"its elements are nested more than {_DEEPEST} deep", where=where)
    return root


def _texts(root: lxml.html.HtmlElement) -> list[str]:
    found = trafilatura.bare_extraction(
        root, fast=True, include_comments=False, include_tables=True, config=_CONFIG
    )
    assert not isinstance(found, dict)  # only the deprecated as_dict gives one
    return [_plain_line(line) for line in ((found and found.text) or "").split("\n")]


def _plain_line(line: str) -> str:
    """A line of trafilatura's text without its marks for list items and table cells."""
    line = line.strip()
    if line.startswith("|") and line.endswith("|"):
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        return " | ".join(cells) if any(cell.strip("-: ") for cell in cells) else ""
    return line.removeprefix("- ")


def _is_dateline(text: str) -> bool:
    """Return whether a line only says when (and by whom) the article was published."""
    stated = dates.parse(text, "") is not None
    return stated and len(text) <= _LONGEST_DATELINE and not re.search("[,.，。!?！？]$", text.strip())


def _is_listing(root: lxml.html.HtmlElement, paragraphs: tuple[Paragraph, ...]) -> bool:
    links = {clean.tidy(a.text_content()) for a in root.iter("a")}
    size = sum(len(p.text) for p in paragraphs)
    return sum(len(p.text) for p in paragraphs if p.text in links) > _LISTING * size


def _no_article(root: lxml.html.HtmlElement, url: str | None, where: str) -> UserError:
    feed = next(
        (
            urljoin(url or "", link.get("href", ""))
            for link in root.iter("link")
            if "alternate" in (link.get("rel") or "").lower()
            and (link.get("type") or "").lower() in FEED_TYPES
            and link.get("href")
        ),
        None,
    )
    if feed:
        return UserError("has no article text", where=where, hint=f"read its feed: {feed}")
    if next(root.iter("script"), None) is not None:
        return UserError(
            "has no article text; it seems to be put together by scripts, which are not run",
            where=where,
            hint="save the page from a browser and read the file",
        )
    return UserError("has no article text", where=where, hint="give the address of an article or a feed")


# --- metadata


def _meta(root: lxml.html.HtmlElement) -> dict[str, list[str]]:
    """Contents of the <meta> elements by lower-case name, and of elements with itemprop."""
    found: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        content = clean.tidy(element.get("content") or "")
        for attribute in ("property", "name", "itemprop", "http-equiv"):
            if content and (name := element.get(attribute)):
                found.setdefault(name.strip().lower(), []).append(content)
    for element in root.iterfind(".//*[@itemprop='datePublished']"):
        value = element.get("datetime") or element.get("content") or element.text_content()
        found.setdefault("datepublished", []).append(clean.tidy(value))
    return found


def _json_ld(root: lxml.html.HtmlElement) -> dict[str, Any]:
    """The page's article as schema.org describes it, if possible with its date; or {}."""
    articles: list[dict[str, Any]] = []
    for script in root.iterfind(".//script[@type='application/ld+json']"):
        try:
            nodes = list(_nodes(json.loads(script.text or "", strict=False)))
        except (ValueError, RecursionError):
            continue
        articles += [node for node in nodes if _ARTICLE.search(" ".join(_strings(node.get("@type"))))]
    return next((a for a in articles if "datePublished" in a), articles[0] if articles else {})


def _nodes(data: Any) -> Iterator[dict[str, Any]]:
    if isinstance(data, dict):
        yield data
        yield from _nodes(data.get("@graph", ()))
    elif isinstance(data, list | tuple):
        for item in data:
            yield from _nodes(item)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return _strings(value.get("name"))
    return [s for v in value for s in _strings(v)] if isinstance(value, list) else []


def _title(root: lxml.html.HtmlElement, meta: dict[str, list[str]], ld: dict[str, Any]) -> str:
    """Return the title in the metadata; else the only <h1>; else <title> without the site's name."""
    sites = meta.get("og:site_name", [])
    for stated in map(clean.tidy, (*meta.get("og:title", ()), *_strings(ld.get("headline")))):
        if stated:
            return _without_site(stated, sites)
    headings = [h for h in (clean.tidy(e.text_content()) for e in root.iter("h1")) if h]
    whole = clean.tidy(root.findtext(".//title") or "")
    if headings and (len(headings) == 1 or headings[0] in whole or not whole):
        return headings[0]
    return _without_site(whole, sites or [_SEPARATOR.split(whole)[-1]])


def _without_site(text: str, sites: list[str]) -> str:
    """The title up to the site's name at its end."""
    first, *between, last = _SEPARATOR.split(text) if _SEPARATOR.search(text) else (text, "")
    if last not in sites or len(last) > len(first):
        return text
    return text.removesuffix(last).rstrip(" -–—|·_»") if between else first


def _publisher(meta: dict[str, list[str]], ld: dict[str, Any]) -> str:
    names = (*meta.get("og:site_name", ()), *_strings(ld.get("publisher")), *meta.get("application-name", ()))
    return clean.title(next(iter(names), ""))


def _published(
    root: lxml.html.HtmlElement, meta: dict[str, list[str]], ld: dict[str, Any], code: str
) -> datetime | None:
    """From metadata first, then <time>, then what stands beside the title."""
    stated = [*_strings(ld.get("datePublished")), *(v for name in _PUBLISHED for v in meta.get(name, ()))]
    stated += [t.get("datetime") or t.text_content() for t in root.iter("time")][:3]
    for text in stated:
        if (time := dates.parse(text, code)) is not None:
            return time
    return dates.parse(_text_after_title(root), code)


def _text_after_title(root: lxml.html.HtmlElement) -> str:
    """The visible text from the <h1> (else from the page's beginning) on, as far as a dateline may be."""
    texts = next(root.iter("h1"), root).xpath(
        f"(descendant::text() | following::text())[not(parent::script or parent::style)]"
        f"[position() <= {_NEAR_TITLE_PIECES}]"
    )
    return clean.tidy(" ".join(texts)[:_NEAR_TITLE])


def _category(meta: dict[str, list[str]], ld: dict[str, Any], published: datetime | None) -> str:
    kinds = " ".join(_strings(ld.get("@type"))).lower()
    for kind, category in _CATEGORIES:
        if kind in kinds:
            return category
    return "news" if published or "article" in meta.get("og:type", ()) else "webpage"


def _tags(meta: dict[str, list[str]], ld: dict[str, Any]) -> list[str]:
    lists = [*_strings(ld.get("keywords")), *meta.get("keywords", ()), *meta.get("news_keywords", ())]
    parted = [part for text in lists for part in re.split(r"[,，、;；|]", text)]
    return [*meta.get("article:tag", ()), *parted]


def _canonical(root: lxml.html.HtmlElement, meta: dict[str, list[str]]) -> str | None:
    links = [e.get("href") or "" for e in root.iter("link") if (e.get("rel") or "").lower() == "canonical"]
    for link in (*links, *meta.get("og:url", ())):
        if re.match(r"https?://[^\s/@]+(/\S*)?$", link):
            return str(link)
    return None


def _stated_language(root: lxml.html.HtmlElement) -> str:
    match = re.match(r"[a-z]{2}(?![a-z])", (root.get("lang") or "").lower())
    return match[0] if match else language.UNKNOWN


def _first_sentence(paragraphs: tuple[Paragraph, ...]) -> str:
    text = paragraphs[0].text
    start, end = sentences(text)[0]
    return clean.title(text[start:end][:_LONGEST_TITLE])
