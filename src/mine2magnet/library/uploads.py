"""Documents that are uploaded by their address: promised, read, kept, taken out again."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.library.identity import keep, promised_id
from mine2magnet.model import Document, Read, Upload
from mine2magnet.reading import content, duplicates
from mine2magnet.reading.confined import CONFINED
from mine2magnet.reading.fetch import Fetcher
from mine2magnet.store import Store
from mine2magnet.store.uploads import lease


def promise(store: Store, asked: Sequence[Upload]) -> list[Upload]:
    """Gives each the id that its document will have, and keeps what is asked for: once this returns, it
    is read sooner or later, whatever becomes of this process. Raises NotFound for an unknown folder."""
    with store.writing() as writer:
        promised = [replace(upload, id=promised_id(writer, upload.url)) for upload in asked]
    ids = [upload.id for upload in promised]
    before = store.documents(ids)
    ours = {upload.id for upload in store.uploads.of_documents(ids) if upload.brought}
    promised = [replace(one, brought=one.id in ours or one.id not in before) for one in promised]
    store.uploads.put(promised)
    return promised


def read(store: Store, fetcher: Fetcher, upload: Upload) -> Upload | None:
    """Reads and keeps one; gives it as completed or failed, which is for the caller to record once it can
    be found. None, and nothing is kept, if its lease was lost meanwhile: another reads it."""
    try:
        document = _fetched(fetcher, upload)
    except UserError as error:
        return replace(upload, status="failed", reason=str(error))
    signature = duplicates.signature(document)
    with store.writing() as writer:
        if not writer.holds(lease(upload), store.leases.worker):
            return None
        kept = keep(writer, Read(document), signature, duplicates.bands(signature))
    return replace(upload, status="completed", reason="", document=kept.id)


def remove(store: Store, gone: Sequence[Upload]) -> list[str]:
    """Takes uploads out of their folders, and out of the library what it has only through them; gives the
    ids of their documents."""
    store.uploads.remove(gone)
    ids = list(dict.fromkeys(upload.document or upload.id for upload in gone))
    elsewhere = {upload.document or upload.id for upload in store.uploads.of_documents(ids)}
    brought = {upload.document for upload in gone if upload.brought and upload.document}
    for id in brought - elsewhere:
        remove_document(store, id)
    return ids


def remove_document(store: Store, id: str) -> None:
    with suppress(NotFound), store.writing() as writer:  # it may have been removed meanwhile
        writer.remove(id)


def _fetched(fetcher: Fetcher, upload: Upload) -> Document:
    raw = fetcher.get(upload.url)
    assert raw is not None  # only a conditional request can find it unchanged
    reads = list(CONFINED.run(content.read, replace(raw, url=upload.url), where=upload.url))
    if len(reads) > 1:
        raise UserError(
            f"{len(reads)} documents stand there, not one", where=upload.url, hint="read it as a source"
        )
    found = reads[0].document
    tags = [tag for several in upload.tags.values() for tag in several]
    return replace(
        found,
        url=upload.url,
        title=upload.name or found.title,
        published=upload.published or found.published,
        category=upload.category or found.category,
        tags=tuple(dict.fromkeys((*tags, *found.tags))),
    )
