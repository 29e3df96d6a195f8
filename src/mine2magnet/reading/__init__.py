"""The world → Documents: web pages, feeds, sitemaps, PDFs, files, folders, archives, topic pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

from mine2magnet.core.errors import UserError
from mine2magnet.model import Failure, Read
from mine2magnet.reading import content, feed, files, sitemap, sites
from mine2magnet.reading.confined import CONFINED
from mine2magnet.reading.content import Kind, Raw
from mine2magnet.reading.failing import failure
from mine2magnet.reading.feed import Entry
from mine2magnet.reading.fetch import Fetcher, Validators
from mine2magnet.reading.inflate import Corrupt, TooLarge, inflate

MAX_ENTRIES = 500  # pages of one feed or sitemap that are read in one run, the newest
MAX_FOUND = 50  # … of one that was found by the address of its site
MAX_SITEMAPS = 50  # sitemaps that are fetched through one index
SITEMAP_DEPTH = 3  # indexes within indexes; sitemaps.org knows one level

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def read(
    what: str, fetcher: Fetcher, *, seen: Callable[[str], bool] = lambda _: False, ray: str = ""
) -> Iterator[Read | Failure]:
    """Reads `what`: an address or a path. Pages that a feed or sitemap lists are read unless `seen`; of a
    site's address, those that its feed or sitemap lists. The files of a folder are taken apart on the Ray
    cluster of an address, if one is given.

    A part that fails becomes a Failure and the rest goes on. Raises UserError when all of it fails.
    A source that has not changed since its `fetcher.validators` were given yields nothing; those that
    stand there afterwards are the ones to give next time.
    """
    if not _ADDRESS.match(what):
        yield from files.read(what, max_bytes=fetcher.limits.max_bytes, ray=ray)
        return
    raw = fetcher.get(what, conditional=True)
    if raw is None:
        return
    if content.kind(raw) in (Kind.FEED, Kind.SITEMAP):
        yield from _pages(_entries(raw, fetcher, what), what, fetcher, seen)
        return
    listed, problem = None, None
    if sites.is_front(raw.url or what):
        listed = sites.listed(raw, fetcher)
    if listed is None:
        try:
            yield from CONFINED.run(content.read, raw, where=what)
            return
        except UserError as error:
            listed, problem = sites.listed(raw, fetcher), error
    if listed is None:
        raise problem or UserError("has no article text", where=what)
    fetcher.validators[what] = Validators()  # the page may stay as it is while what it lists changes
    yield from _pages(_entries(listed, fetcher, listed.url or what), what, fetcher, seen, MAX_FOUND)


def _entries(raw: Raw, fetcher: Fetcher, where: str) -> Iterator[Entry | Failure]:
    if content.kind(raw) is Kind.FEED:
        yield from CONFINED.run(feed.read, raw.body, url=raw.url or where, charset=raw.charset, where=where)
        return
    listed = CONFINED.run(_sitemap, raw, max_bytes=fetcher.limits.max_bytes, where=where)
    yield from listed.entries
    if listed.sitemaps:
        fetcher.validators[where] = Validators()  # an index may stay as it is while what it lists changes
    waiting = [(address, 1) for address in listed.sitemaps]
    done = {where, raw.url}
    while waiting and len(done) < MAX_SITEMAPS:
        address, depth = waiting.pop(0)
        if address in done:
            continue
        done.add(address)
        try:
            inner = fetcher.get(address)
            assert inner is not None  # only a conditional request can find it unchanged
            listed = CONFINED.run(_sitemap, inner, max_bytes=fetcher.limits.max_bytes, where=address)
        except UserError as error:
            yield failure(address, error)
            continue
        yield from listed.entries
        if depth < SITEMAP_DEPTH:
            waiting += [(further, depth + 1) for further in listed.sitemaps]


def _sitemap(raw: Raw, *, max_bytes: int, where: str) -> sitemap.Sitemap:
    body = raw.body
    if body.startswith(content.GZIP):
        try:
            body = inflate(body, "gzip", max_bytes)
        except TooLarge:
            raise UserError(f"larger than {max_bytes / 1e6:g} MB", where=where) from None
        except Corrupt as error:
            raise UserError(f"the compressed sitemap is damaged: {error}", where=where) from None
    return sitemap.read(body, url=raw.url or where, where=where)


def _pages(
    entries: Iterable[Entry | Failure],
    where: str,
    fetcher: Fetcher,
    seen: Callable[[str], bool],
    most: int | None = None,
) -> Iterator[Read | Failure]:
    """Fetches what is listed, as much of it as is read at once."""
    left = MAX_ENTRIES if most is None else most
    for entry in entries:
        if isinstance(entry, Failure):
            yield entry
            continue
        if seen(entry.url):
            continue
        if left == 0:
            fetcher.validators[where] = Validators()  # the rest is for next time, changed or not
            return
        left -= 1
        try:
            yield from _entry(entry, fetcher)
        except UserError as error:
            yield failure(entry.url, error)


def _entry(entry: Entry, fetcher: Fetcher) -> Iterator[Read]:
    """The page of an entry; when it cannot be read, what the entry itself carries."""
    try:
        raw = fetcher.get(entry.url)
        assert raw is not None  # only a conditional request can find it unchanged
        # under the address in the list, not the one it led to: that would never be `seen` there
        page = replace(raw, url=entry.url)
        reads = list(CONFINED.run(content.read, page, where=entry.url, hints=entry.hints))
    except UserError:
        own = CONFINED.run(feed.document, entry, fetched=datetime.now(UTC), where=entry.url)
        if own is None:
            raise
        reads = [Read(own)]
    yield from reads
