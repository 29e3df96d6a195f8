"""News searches: how each is asked, and how its answer is read.

GDELT DOC 2.0 (blog.gdeltproject.org, 2017) searches machine translations, so it is asked in English, with
the language of the article beside it; it wants at most one question every five seconds. Google News and
Bing News answer as RSS 2.0, SearXNG (docs.searxng.org, "Search API") as JSON where its settings allow that.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import DEFAULTS, Settings
from mine2magnet.model import NEWS_SEARCHES
from mine2magnet.reading import clean, content, dates, feed
from mine2magnet.reading.charset import decode
from mine2magnet.reading.confined import CONFINED
from mine2magnet.reading.content import Kind, Raw
from mine2magnet.reading.feed import Entry
from mine2magnet.reading.fetch import Fetcher, place
from mine2magnet.reading.page import Hints

MOST_HITS = 250  # of one answer, the newest: as many as GDELT gives
PAGES = 3  # of a search that answers by the page
GDELT_DELAY = 5.0  # s between two questions, as its answer 429 asks for
_SHORTEST = 3  # letters of a word that GDELT looks for
_SAID = 120  # characters of an answer that is none that are shown
_LONGEST_NEWS_ID = 2_000  # characters of a Google News address that may hold another
_GDELT_LANGUAGE = {"en": "english", "zh": "chinese", "ja": "japanese", "de": "german", "fr": "french"}
_EDITION = {  # Google's and Bing's language and country, by ours
    "en": ("en-US", "US", "en"),
    "zh": ("zh-CN", "CN", "zh-Hans"),
    "ja": ("ja", "JP", "ja"),
}

Terms = tuple[tuple[str, ...], ...]  # all groups are wanted, of each any; those with spaces are phrases


@dataclass(frozen=True, slots=True)
class NewsService:
    """A news search at `base`. `terms` says how a query is written, `address` where it is asked (query,
    language, days back, page from 1), `read` what the answer holds; `delay` (s) is between questions."""

    name: str
    base: str
    terms: Callable[[Terms], str]
    address: Callable[[str, str, str, float, int], str]
    read: Callable[[Raw, str], list[Entry]]
    delay: float = 0.0
    pages: int = 1
    english: bool = False  # asked in English, whatever the articles' language

    def ask(self, fetcher: Fetcher, query: str, language: str, days: float) -> list[Entry] | None:
        """Return what it finds, the newest first; None when that has not changed.

        Parameters
        ----------
        fetcher : Fetcher
        query : str
            As `terms` writes it.
        language : str
            Of the articles (ISO 639-1).
        days : float
            How far back.

        Raises
        ------
        UserError
            When it cannot be asked, or answers in no form that it is documented to.
        """
        found: dict[str, Entry] = {}
        for page in range(1, self.pages + 1):
            address = self.address(self.base, query, language, days, page)
            raw = fetcher.get(address, conditional=page == 1, delay=self.delay)
            if raw is None:
                return None
            new = [one for one in CONFINED.run(self.read, raw, where=address) if one.url not in found]
            found |= {one.url: one for one in new}
            if not new or len(found) >= MOST_HITS:
                break
        earliest = datetime.now(UTC) - timedelta(days=days)
        recent = [one for one in found.values() if (one.hints.published or earliest) >= earliest]
        return feed.newest_first([_of_publisher(one) for one in recent])[:MOST_HITS]

    def first(self, query: str, language: str, days: float) -> str:
        """Return the address of a question's first page, under which its validators are kept."""
        return self.address(self.base, query, language, days, 1)


def services(settings: Settings) -> dict[str, NewsService]:
    """Return the searches that the settings name, by the name that a request gives them."""
    bases = {name: getattr(settings, f"news_{name}").strip() for name in NEWS_SEARCHES}
    return {name: replace(_FORMS[name], base=base) for name, base in bases.items() if base}


def trusted(settings: Settings) -> frozenset[str]:
    """Return the places (host:port) of searches that the user has named."""
    named = (getattr(settings, f"news_{name}").strip() for name in NEWS_SEARCHES)
    return frozenset(place(base) for base in named if base and base not in DEFAULTS.values())


# --- how they are asked


def _plain_terms(terms: Terms) -> str:
    """Write terms as people type them: a word, a "phrase", (one OR other)."""
    groups = [[_quoted(one) for one in group] for group in terms]
    return " ".join(group[0] if len(group) == 1 else f"({' OR '.join(group)})" for group in groups)


def _gdelt_terms(terms: Terms) -> str:
    """GDELT takes alternatives in brackets, phrases in quotes, and no word that is very short."""
    kept = [[_quoted(one) for one in group if len(one) >= _SHORTEST] for group in terms]
    if not all(kept):
        return ""
    return " ".join(group[0] if len(group) == 1 else f"({' OR '.join(group)})" for group in kept)


def _quoted(word: str) -> str:
    return word if re.fullmatch(r"[^\W_]+", word) else f'"{word}"'


def _gdelt(base: str, query: str, language: str, days: float, page: int) -> str:
    wanted = f"{query} sourcelang:{_GDELT_LANGUAGE.get(language, language)}"
    asked = {
        "query": wanted, "mode": "artlist", "format": "json", "maxrecords": MOST_HITS, "sort": "datedesc",
        "timespan": f"{max(round(days * 24), 1)}h",
    }  # fmt: skip
    return _with(base, asked)


def _google(base: str, query: str, language: str, days: float, page: int) -> str:
    locale, country, edition = _EDITION.get(language, (language, "US", language))
    when = f"when:{round(days)}d" if days >= 1 else f"when:{max(round(days * 24), 1)}h"
    asked = {"q": f"{query} {when}", "hl": locale, "gl": country, "ceid": f"{country}:{edition}"}
    return _with(base, asked)


def _bing(base: str, query: str, language: str, days: float, page: int) -> str:
    _, country, edition = _EDITION.get(language, (language, "US", language))
    return _with(base, {"q": query, "format": "rss", "setlang": edition, "cc": country})


def _searxng(base: str, query: str, language: str, days: float, page: int) -> str:
    span = next((name for name, most in (("day", 1), ("month", 31), ("year", 366)) if days <= most), "")
    asked = {
        "q": query, "format": "json", "categories": "news",
        "language": _EDITION.get(language, (language,))[0], "time_range": span, "pageno": page,
    }  # fmt: skip
    return _with(base.rstrip("/") + "/search", asked)


def _template(base: str, query: str, language: str, days: float, page: int) -> str:
    return base.replace("{query}", quote(query, safe="")).replace("{lang}", quote(language, safe=""))


def _with(base: str, asked: Mapping[str, object]) -> str:
    kept = {name: value for name, value in asked.items() if value != ""}
    return f"{base}{'&' if '?' in base else '?'}{urlencode(kept)}"


# --- what they answer


def _articles(raw: Raw, where: str) -> list[Entry]:
    """GDELT: {"articles": [{url, title, seendate, domain, language}]}; {} when there is none."""
    return [
        entry
        for one in _listed(raw, where, "articles")
        if (entry := _entry(one, title="title", source="domain", time=_seen(str(one.get("seendate") or ""))))
    ]


def _seen(text: str) -> datetime | None:
    """20251128T101500Z, in UTC."""
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _results(raw: Raw, where: str) -> list[Entry]:
    """SearXNG: {"results": [{url, title, publishedDate}]}."""
    return [
        entry
        for one in _listed(raw, where, "results")
        if (
            entry := _entry(
                one, title="title", source="source", time=dates.parse(str(one.get("publishedDate") or ""), "")
            )
        )
    ]


def _rss(raw: Raw, where: str) -> list[Entry]:
    if content.kind(raw) is not Kind.FEED:
        raise _no_answer(raw, where, "a feed")
    return feed.read(raw.body, url=raw.url or where, charset=raw.charset, where=where)


def _any_form(raw: Raw, where: str) -> list[Entry]:
    """Read what a search that is not known answers: a feed, or JSON that lists results or articles."""
    if content.kind(raw) is Kind.FEED and not raw.body.lstrip().startswith(b"{"):
        return _rss(raw, where)
    if b"jsonfeed.org" in raw.body[:2_000]:
        return _rss(raw, where)
    return _articles(raw, where) or _results(raw, where)


def _listed(raw: Raw, where: str, name: str) -> list[Mapping[str, Any]]:
    try:
        given = json.loads(decode(raw.body, raw.charset), strict=False)
    except (ValueError, RecursionError):
        raise _no_answer(raw, where, "JSON") from None
    found = given.get(name, []) if isinstance(given, Mapping) else None
    if not isinstance(found, list):
        raise UserError(f"answers with JSON that lists no {name}", where=where)
    return [one for one in found if isinstance(one, Mapping)]


def _entry(one: Mapping[str, Any], *, title: str, source: str, time: datetime | None) -> Entry | None:
    url, said = str(one.get("url") or ""), clean.title(str(one.get(title) or ""))
    if not url.startswith(("http://", "https://")) or not said:
        return None
    name = clean.title(str(one.get(source) or "")) or urlsplit(url).hostname or ""
    return Entry(url, Hints(title=said, source=name, published=time))


def _no_answer(raw: Raw, where: str, wanted: str) -> UserError:
    """Say what another form of answer means: a web page asks for consent or turns away, a text says why."""
    if raw.body.lstrip().startswith(b"<"):  # GDELT calls its plain messages text/html
        hint = "it may want a person to agree to something, or have had too many questions"
        return UserError(f"answers with a web page instead of {wanted}", where=where, hint=hint)
    said = clean.tidy(decode(raw.body[:2_000], raw.charset))[:_SAID]
    return UserError(f"answers with {said!r} instead of {wanted}", where=where)


# --- where a hit leads


def _of_publisher(entry: Entry) -> Entry:
    """A hit under the publisher's own address where the search's holds it, its name not in the title."""
    hints = entry.hints
    for mark in (" - ", " – ", " | "):
        hints = (
            replace(hints, title=hints.title.removesuffix(f"{mark}{hints.source}")) if hints.source else hints
        )
    return replace(entry, url=publisher_address(entry.url), hints=hints)


def publisher_address(url: str) -> str:
    """Return the address that a search's own address of a hit holds, if it does.

    Bing's is ".../apiclick.aspx?…&url=https%3a…"; Google's older ones hold it in Base64, newer ones do not.

    >>> publisher_address("http://www.bing.com/news/apiclick.aspx?ref=FexRss&url=https%3a%2f%2fnews.example%2fa")
    'https://news.example/a'
    """
    try:
        parts = urlsplit(url)
        if parts.path.endswith("/apiclick.aspx"):
            held = parse_qs(parts.query).get("url", [""])[0]
        elif (found := re.search(r"/articles/([\w-]+={0,2})$", parts.path)) and len(url) < _LONGEST_NEWS_ID:
            bytes_ = base64.urlsafe_b64decode(found[1] + "=" * (-len(found[1]) % 4))
            inner = re.search(rb"https?://[\x21-\x7e]+", bytes_)
            held = inner[0].decode("ascii") if inner else ""
        else:
            held = ""
        return held if urlsplit(held).scheme in ("http", "https") and urlsplit(held).hostname else url
    except (ValueError, binascii.Error):
        return url


def joined(queries: Iterable[Terms], most: int = 8) -> list[Terms]:
    """Return queries with those of a single group put together, so that fewer questions are asked.

    >>> joined([(("a",),), (("b", "c"),), (("d",), ("e",))])
    [(('a', 'b', 'c'),), (('d',), ('e',))]
    """
    single: dict[str, None] = {}
    others: list[Terms] = []
    for one in queries:
        if len(one) == 1:
            single |= dict.fromkeys(one[0])
        elif one and one not in others:
            others.append(one)
    words = list(single)
    return [(tuple(words[i : i + most]),) for i in range(0, len(words), most)] + others


_FORMS: Mapping[str, NewsService] = {
    "gdelt": NewsService("GDELT", "", _gdelt_terms, _gdelt, _articles, GDELT_DELAY, english=True),
    "google": NewsService("Google News", "", _plain_terms, _google, _rss),
    "bing": NewsService("Bing News", "", _plain_terms, _bing, _rss),
    "searxng": NewsService("SearXNG", "", _plain_terms, _searxng, _results, pages=PAGES),
    "template": NewsService("a search of your own", "", _plain_terms, _template, _any_form),
}
