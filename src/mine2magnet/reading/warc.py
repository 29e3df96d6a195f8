"""Web archives (.warc, .warc.gz) → the pages, PDFs and texts in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed

from mine2magnet.core.errors import UserError
from mine2magnet.model import Failure
from mine2magnet.reading.content import Raw
from mine2magnet.reading.inflate import TooLarge, bounded

_READABLE = ("text/html", "text/plain", "application/xhtml+xml", "application/pdf")
_PIECE = 65_536  # bytes read at a time


def records(stream: BinaryIO, *, max_bytes: int, where: str) -> Iterator[Raw | Failure]:
    """Each archived answer of status 200 in turn; one that is too large, or cut short, becomes a Failure.

    Where the archive is damaged further on, what is whole is given first, and then a Failure. Raises
    UserError where nothing of it is whole.
    """
    whole = 0
    try:
        for record in ArchiveIterator(stream):
            found = _content(record, max_bytes, where)
            while record.raw_stream.read(_PIECE):
                pass
            cut = record.rec_type is None or record.length is None
            if whole and (
                cut or getattr(record.raw_stream, "limit", 0) > 0
            ):  # bytes that its header promised
                yield Failure(where, f"cut short after {whole} whole records, which were kept")
                return
            whole += record.rec_type is not None
            if found is not None:
                yield found
    except (ArchiveLoadFailed, AttributeError, EOFError, OSError, ValueError) as error:
        if whole:
            yield Failure(where, f"damaged after {whole} whole records, which were kept: {_said(error)}")
            return
        raise UserError(f"the archive is damaged: {_said(error)}", where=where) from None
    if not whole:
        raise UserError("the archive is damaged or empty", where=where)


def _content(record: Any, max_bytes: int, where: str) -> Raw | Failure | None:
    """Return what an archived answer holds, if it is one that is read."""
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type != "response" or record.http_headers is None or not url.startswith("http"):
        return None
    if not record.http_headers.statusline.startswith("200"):
        return None
    stated = record.http_headers.get_header("Content-Type") or ""
    kind, _, rest = stated.partition(";")
    if not kind.strip().lower().startswith(_READABLE):
        return None  # images, scripts and the like, of which archives are full
    try:
        body = bounded(iter(partial(record.content_stream().read, _PIECE), b""), max_bytes)
    except TooLarge:
        return Failure(f"{where}, {url}", f"larger than {max_bytes / 1e6:g} MB")
    charset = rest.partition("charset=")[2].strip(" \"'")
    at = _time(record.rec_headers.get_header("WARC-Date"))
    return Raw(body, url, at, kind.strip().lower(), charset)


def _said(error: Exception) -> str:
    """Say what is wrong, without the lines of the archive that some errors hold."""
    return str(error)[:100]


def _time(stated: str | None) -> datetime:
    try:
        time = datetime.fromisoformat(stated or "")
    except ValueError:
        return datetime.now(UTC)
    return time.astimezone(UTC) if time.tzinfo else time.replace(tzinfo=UTC)
