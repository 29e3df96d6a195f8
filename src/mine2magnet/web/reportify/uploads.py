"""`client.docs`, the writing half: folders, uploads by address, deletion."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any
from urllib.parse import urlsplit

from mine2magnet.core.errors import NotFound, UserError
from mine2magnet.library import uploads
from mine2magnet.model import Upload
from mine2magnet.store import DEFAULT_FOLDER
from mine2magnet.web.reportify import categories
from mine2magnet.web.reportify.request import SECONDS, Call, mapping, moment, route, shown, text

AT_ONCE = 100  # documents of one call
LONGEST_URL = 2_000  # characters
LONGEST_VALUE = 10_000  # characters of all metadata of a document
_MODES = (1, 3)  # of reading PDFs: "by page", "by logic"


def create_folder(asked: Call) -> dict[str, Any]:
    folder = asked.library.store.uploads.make_folder(asked.needed("name"))
    return {"folder_id": folder.id, "name": folder.name}


def delete_folder(asked: Call) -> dict[str, Any]:
    """With all that is in it; a document that another folder has, too, or that the library had before it
    was uploaded, stays in the library."""
    store, id = asked.library.store, asked.needed("folder_id")
    if id not in [folder.id for folder in store.uploads.folders()]:
        raise NotFound(f"no folder {shown(id)}", where="folder_id")
    gone = uploads.remove(store, store.uploads.all([id]))
    store.uploads.remove_folder(id)
    asked.library.index.update()
    return {"folder_id": id, "doc_ids": gone}


def upload(asked: Call) -> dict[str, Any]:
    """Reads the documents now, those of them that there is time for; an error only if none can be read."""
    done = asked.library.upload_now(_asked_for(asked), SECONDS)
    if all(one.status == "failed" for one in done):
        raise UserError(done[0].reason)
    return _answer(done)


def upload_async(asked: Call) -> dict[str, Any]:
    """Reads them soon: once this is answered, they are not lost any more."""
    return _answer(asked.library.upload(_asked_for(asked)))


def status(asked: Call) -> dict[str, Any]:
    """Say how far the last upload of a document has come: pending, processing, completed or failed."""
    id = asked.path["id"]
    found = asked.library.store.uploads.of_documents([id])
    if not found:
        raise NotFound(f"no upload {shown(id)}")
    return {"id": id} | _state(found[-1])


def delete(asked: Call) -> dict[str, Any]:
    """Takes documents out of the library, uploaded or not, and uploads that wait back."""
    library, ids = asked.library, asked.texts("doc_ids")
    if not ids:
        raise UserError("is missing", where="doc_ids")
    store = library.store
    became = store.uploads.resolved(ids)
    of_uploads = store.uploads.of_documents(ids)
    waiting = {upload.id for upload in of_uploads}
    held = store.documents(list(became.values()))
    known = [id for id in dict.fromkeys(ids) if became[id] in held or id in waiting]
    if not known:
        raise NotFound(f"no document {shown(ids[0])}", where="doc_ids")
    uploads.remove(store, of_uploads)
    for id in held:
        uploads.remove_document(store, id)
    library.index.update()
    return {"doc_ids": known}


def _answer(done: list[Upload]) -> dict[str, Any]:
    docs = [{"id": one.id, "doc_id": one.id, "url": one.url, "name": one.name} | _state(one) for one in done]
    taken = [one.id for one in done if one.status != "failed"]
    return {"docs": docs, "doc_ids": taken, "folder_id": done[0].folder}


def _state(upload: Upload) -> dict[str, Any]:
    return {"status": upload.status, "reason": upload.reason, "folder_id": upload.folder}


def _asked_for(asked: Call) -> list[Upload]:
    folder = asked.text("folder_id") or DEFAULT_FOLDER.id
    # Both modes read a PDF in paragraphs, across the breaks of its pages.
    if asked.whole("pdf_parsing_mode", 1, min(_MODES), max(_MODES)) not in _MODES:
        raise UserError("cannot be 2", where="pdf_parsing_mode", hint="use 1 or 3")
    docs = asked.several("docs")
    if not docs or len(docs) > AT_ONCE:
        raise UserError(f"has {len(docs)} documents", where="docs", hint=f"give 1 to {AT_ONCE}")
    return [_one(mapping(doc, f"docs[{i}]"), f"docs[{i}]", folder) for i, doc in enumerate(docs)]


def _one(doc: Mapping[str, Any], where: str, folder: str) -> Upload:
    url = text(doc.get("url"), f"{where}.url", LONGEST_URL).strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        hint = "write it with http:// or https://"
        raise UserError(f"no address: {shown(url)}", where=f"{where}.url", hint=hint)
    metadata = mapping(doc.get("metadatas") or {}, f"{where}.metadatas")
    if len(str(metadata)) > LONGEST_VALUE:
        raise UserError(f"longer than {LONGEST_VALUE:,} characters", where=f"{where}.metadatas")
    stated = metadata.get("category")
    return Upload(
        id="",
        url=url,
        folder=folder,
        name=text(doc.get("name") or "", f"{where}.name").strip(),
        published=_published(doc.get("published_at"), f"{where}.published_at"),
        category=categories.stated(text(stated, f"{where}.category"), f"{where}.category") if stated else "",
        metadata=metadata,
        tags=_tags(doc.get("tags"), f"{where}.tags"),
    )


def _published(given: Any, where: str) -> datetime | None:
    """A date, a date and time, or milliseconds since 1970."""
    if given is None or given == "":
        return None
    if isinstance(given, int) and not isinstance(given, bool):
        try:
            return datetime.fromtimestamp(given / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            raise UserError(f"no time: {given}", where=where) from None
    return moment(text(given, where), where, time.min)


def _tags(given: Any, where: str) -> dict[str, tuple[str, ...]]:
    """A list of tags, or values under keys."""
    if not given:
        return {}
    if isinstance(given, list):
        given = {"tag": given}
    found: dict[str, tuple[str, ...]] = {}
    for key, values in mapping(given, where).items():
        several = values if isinstance(values, list) else [values]
        found[key] = tuple(text(str(one) if isinstance(one, int) else one, where, 100) for one in several)
    return found


ROUTES = [
    route("/v1/docs/folder/create", create_folder, "POST", "write"),
    route("/v1/docs/folder/delete", delete_folder, "DELETE", "write"),
    route("/v1/docs/upload", upload, "POST", "write"),
    route("/v1/docs/upload/async", upload_async, "POST", "write"),
    route("/v1/docs/delete", delete, "DELETE", "write"),
    route("/v1/docs/{id}/upload/status", status),
]
