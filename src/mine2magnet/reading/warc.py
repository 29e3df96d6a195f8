"""Web archives (.warc, .warc.gz) → the pages, PDFs and texts in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from mine2magnet.core.errors import UserError
from mine2magnet.model import Failure
from mine2magnet.reading.content import Raw
from mine2magnet.reading.inflate import TooLarge, bounded

_READABLE = ("text/html", "text/plain", "application/xhtml+xml", "application/pdf")


def records(stream: BinaryIO, *, max_bytes: int, where: str) -> Iterator[Raw | Failure]:
    """Each archived answer of status 200 in turn; one that is too large becomes a Failure.

    Raises UserError where the archive is damaged.
    """
    found = False
    try:
        for record in ArchiveIterator(stream):
            found = found or record.rec_type is not None
            url = record.rec_headers.get_header("WARC-Target-URI") or ""
            if record.rec_type != "response" or record.http_headers is None or not url.startswith("http"):
                continue
            if not record.http_headers.statusline.startswith("200"):
                continue
            stated = record.http_headers.get_header("Content-Type") or ""
            kind, _, rest = stated.partition(";")
            if not kind.strip().lower().startswith(_READABLE):
                continue  # images, scripts and the like, of which archives are full
            try:
                body = bounded(iter(partial(record.content_stream().read, 65_536), b""), max_bytes)
            except TooLarge:
                yield Failure(f"{where}, {url}", f"larger than {max_bytes / 1e6:g} MB")
                continue
            charset = rest.partition("charset=")[2].strip(" \"'")
            at = _time(record.rec_headers.get_header("WARC-Date"))
            yield Raw(body, url, at, kind.strip().lower(), charset)
    except (ArchiveLoadFailed, AttributeError, EOFError, OSError, ValueError) as error:
        raise UserError(f"the archive is damaged: {error}", where=where) from None
    if not found:
        raise UserError("the archive is damaged or empty", where=where)


def _time(stated: str | None) -> datetime:
    try:
        time = datetime.fromisoformat(stated or "")
    except ValueError:
        return datetime.now(UTC)
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
