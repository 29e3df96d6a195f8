"""What is kept as what: a new document, a new version of one, or a copy folded beside others.

The same URL is the same document. The same title is the same document when one of the two has no
text yet (it is known from a topic page only), or when at most one of them has a URL, the texts are alike
and one is the other with a correction, or both were published at the same time. Near-identical texts at
different addresses that state the same are copies: each is kept, under one fold.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from mine2magnet.core.text import fold
from mine2magnet.library import copies
from mine2magnet.model import Document, Read
from mine2magnet.reading import duplicates
from mine2magnet.store import DocumentRow, Writer

SAME_STORY = timedelta(days=7)  # a digest and its article carry dates at most this far apart
SAME_TEXT = 0.5  # shingle overlap above which equal titles mean an edited text, not a recurring headline
LIKE = 0.35  # shingle overlap from which two texts are compared: a copy may have lost a third and its figures
MOST_COMPARED = 8  # of the texts held that are most alike
_TRACKING = re.compile(r"utm_\w+|spm|scm|fbclid|gclid|yclid|mc_[ce]id|igshid|cmpid|from_source")

Outcome = Literal["new", "updated", "joined", "unchanged"]


@dataclass(frozen=True, slots=True)
class KeptDocument:
    id: str
    version: int
    outcome: Outcome


def url_key(url: str) -> str:
    """The part of a URL that names a page: without scheme, www, fragment and tracking parameters.

    >>> url_key("HTTP://www.Example.com:80/a/?utm_source=x&id=7#top")
    'example.com/a?id=7'
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    query = [(k, v) for k, v in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(k)]
    return f"{host}{port}{parts.path.rstrip('/')}" + (f"?{urlencode(sorted(query))}" if query else "")


def title_key(title: str) -> str:
    """Letters and digits of the folded title: quotes, spaces and scripts do not count."""
    return "".join(c for c in fold(title) if c.isalnum())


def keep(writer: Writer, read: Read, signature: bytes, band_keys: Sequence[str]) -> KeptDocument:
    """Keeps one read item inside the writer's transaction. Nothing that is held is ever overwritten."""
    document = read.document
    held = writer.row(url_key=url_key(document.url)) if document.url else None
    titled = [] if held else writer.by_title(title_key(document.title))
    held = held or _same(writer, document, signature, titled)
    if held is None:
        kept = _add(writer, document, signature, band_keys, titled)
    else:
        kept = _join(writer, held, document, signature, band_keys)
    if read.digest is not None:
        writer.put_digest(kept.id, kept.version, read.digest)
    return kept


def promised_id(writer: Writer, url: str) -> str:
    """The id of the document held at an address, or the one that it will get when it is read."""
    key = url_key(url)
    row = writer.row(url_key=key)
    return row.id if row else _free_id(writer, key)


def _same(
    writer: Writer, document: Document, signature: bytes, titled: Sequence[DocumentRow]
) -> DocumentRow | None:
    """The document of the same title, at another address or none, of which this is a version, if any."""
    best: tuple[float, DocumentRow] | None = None
    for row in titled:
        held = writer.document(row.id, row.version)
        if document.paragraphs and held.paragraphs:
            if document.url and held.url:
                continue  # two addresses: a copy, not a version
            same = held.text == document.text
            likeness = 1.0 if same else duplicates.similarity(row.signature, signature)
            near = likeness >= SAME_TEXT and (
                same or _of_one_time(held, document) or copies.is_edited(held, document)
            )
        else:
            likeness = 0.0
            near = _near_in_time(held, document)
        if near and (best is None or likeness > best[0]):
            best = (likeness, row)
    return best[1] if best else None


def _of_one_time(a: Document, b: Document) -> bool:
    """Both say when they were published, and it is the same: what differs was corrected."""
    return a.published is not None and a.published == b.published


def _near_in_time(a: Document, b: Document) -> bool:
    return a.published is None or b.published is None or abs(a.published - b.published) <= SAME_STORY


def _add(
    writer: Writer,
    document: Document,
    signature: bytes,
    band_keys: Sequence[str],
    titled: Sequence[DocumentRow],
) -> KeptDocument:
    key = url_key(document.url) if document.url else None
    title = title_key(document.title)
    id = _free_id(writer, key or f"{title} {document.source}")
    copied = _copied(writer, document, signature, band_keys, titled)
    writer.put(
        replace(document, id=id, version=1),
        url_key=key,
        title_key=title,
        fold=copied.fold if copied else id,
        signature=signature,
        band_keys=band_keys,
    )
    return KeptDocument(id, 1, "new")


def _copied(
    writer: Writer,
    document: Document,
    signature: bytes,
    band_keys: Sequence[str],
    titled: Sequence[DocumentRow],
) -> DocumentRow | None:
    """The document held of which this is a copy, if any; of those most alike, some are looked at."""
    rows = {row.id: row for row in (*writer.similar(band_keys), *titled)}
    likeness = {id: duplicates.similarity(row.signature, signature) for id, row in rows.items()}
    nearest = sorted((id for id in rows if likeness[id] >= LIKE), key=likeness.__getitem__, reverse=True)
    for id in nearest[:MOST_COMPARED]:
        held = writer.document(id, rows[id].version)
        if held.text == document.text or copies.is_copy(held, document):
            return rows[id]
    return None


def _free_id(writer: Writer, seed: str) -> str:
    """Made of the seed; ids of documents that were removed are not used again."""
    ids = (base64.b32encode(hashlib.sha256(f"{seed} {n}".encode()).digest()) for n in count())
    return next(id for digest in ids if writer.row(id=(id := "d" + digest[:10].decode().lower())) is None)


def _join(
    writer: Writer, row: DocumentRow, document: Document, signature: bytes, band_keys: Sequence[str]
) -> KeptDocument:
    held = writer.document(row.id, row.version)
    if not document.paragraphs:
        return KeptDocument(row.id, row.version, "unchanged")
    named_by_host = document.url is not None and document.source == urlsplit(document.url).hostname
    merged = replace(
        document,
        id=row.id,
        version=row.version + 1,
        url=document.url or held.url,
        source=held.source if named_by_host else document.source,
        published=document.published or held.published,
        tags=tuple(dict.fromkeys((*held.tags, *document.tags))),
    )
    if replace(merged, version=held.version, fetched=held.fetched) == held:
        return KeptDocument(row.id, row.version, "unchanged")
    writer.put(
        merged,
        url_key=url_key(merged.url) if merged.url else None,
        title_key=title_key(merged.title),
        fold=row.fold,
        signature=signature,
        band_keys=band_keys,
    )
    return KeptDocument(row.id, merged.version, "updated" if held.paragraphs else "joined")
