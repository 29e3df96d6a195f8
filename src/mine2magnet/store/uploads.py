"""Documents that are asked for by their address, the folders they go into, and how far each has come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from mine2magnet.core.errors import NotFound
from mine2magnet.model import Folder, Upload
from mine2magnet.store.database import Database, chunks, now, time
from mine2magnet.store.leases import Leases, live
from mine2magnet.store.tables import folders, leases, uploads

DEFAULT = Folder("default", "Default")  # where goes what names no folder


class Uploads:
    """What `put` has returned for is kept through any kill of the process. Whoever reads one holds it on a
    lease; one whose reader has died is taken up again."""

    def __init__(self, database: Database, leases: Leases) -> None:
        self._db = database
        self._leases = leases

    # --- folders

    def make_folder(self, name: str) -> Folder:
        folder = Folder("f" + uuid4().hex[:11], name)
        with self._db.writing() as db:
            db.execute(folders.insert().values(id=folder.id, name=folder.name, made=now()))
        return folder

    def folders(self) -> list[Folder]:
        """In the order they were made."""
        rows = self._db.all(sa.select(folders.c.id, folders.c.name).order_by(folders.c.made))
        return [Folder(row.id, row.name) for row in rows]

    def remove_folder(self, id: str) -> None:
        """To be called when nothing is in it any more. Raises NotFound."""
        with self._db.writing() as db:
            db.execute(uploads.delete().where(uploads.c.folder == id))
            if not db.execute(folders.delete().where(folders.c.id == id)).rowcount:
                raise _no_folder(id)

    # --- uploads

    def put(self, asked: Sequence[Upload]) -> None:
        """Keeps what is asked for, all or nothing; what a folder already has is asked for again, as it is
        now. What is in processing from the start is this process's. Raises NotFound for a folder that there
        is not."""
        with self._db.writing() as db:
            for upload in asked:
                of_folder = sa.select(folders.c.id).where(folders.c.id == upload.folder)
                if db.scalar(of_folder) is None:
                    if upload.folder != DEFAULT.id:
                        raise _no_folder(upload.folder)
                    db.execute(folders.insert().values(id=DEFAULT.id, name=DEFAULT.name, made=now()))
                values = _values(upload)
                same = uploads.update().where(uploads.c.id == upload.id, uploads.c.folder == upload.folder)
                held = {name: values[name] for name in values if name not in ("document", "brought")}
                if not db.execute(same.values(**held)).rowcount:
                    db.execute(uploads.insert().values(**values))
                if upload.status == "processing" and not self._leases.take(db, lease(upload)):
                    db.execute(same.values(status="pending"))  # another is at it: it is read once more then

    def take(self) -> Upload | None:
        """The next that waits, from now on in processing by this process; None if none does."""
        with self._db.reading() as db:  # a look that keeps no writer waiting
            if db.execute(_waiting()).first() is None:
                return None
        with self._db.writing() as db:
            row = db.execute(_waiting()).first()
            if row is None:
                return None
            db.execute(uploads.update().where(uploads.c.number == row.number).values(status="processing"))
            self._leases.take(db, lease(_upload(row)))
        return replace(_upload(row), status="processing")

    def end(self, upload: Upload) -> bool:
        """Keeps how it went, unless it was asked for again meanwhile; False if it was taken back."""
        kept = {name: getattr(upload, name) for name in ("status", "reason", "document", "brought")}
        mine = (uploads.c.id == upload.id, uploads.c.folder == upload.folder)
        with self._db.writing() as db:
            known = db.scalar(sa.select(uploads.c.status).where(*mine))
            if known == "pending":
                kept = {name: kept[name] for name in ("document", "brought") if kept[name]}
            if known and kept:
                db.execute(uploads.update().where(*mine).values(**kept))
        self._leases.release(lease(upload))
        return known is not None

    def remove(self, gone: Sequence[Upload]) -> None:
        with self._db.writing() as db:
            for upload in gone:
                mine = (uploads.c.id == upload.id, uploads.c.folder == upload.folder)
                db.execute(uploads.delete().where(*mine))

    def of_documents(self, ids: Sequence[str]) -> list[Upload]:
        """Uploads that were promised as, or became, one of these documents, in the order they were asked
        for."""
        found: dict[int, Upload] = {}
        for chunk in chunks(ids):
            mine = uploads.c.id.in_(chunk) | uploads.c.document.in_(chunk)
            found |= {row.number: _upload(row) for row in self._db.all(sa.select(uploads).where(mine))}
        return [found[number] for number in sorted(found)]

    def all(self, folder_ids: Sequence[str] | None = None) -> list[Upload]:
        """All uploads, or those in these folders, in the order they were asked for."""
        query = sa.select(uploads).order_by(uploads.c.number)
        if folder_ids is not None:
            query = query.where(uploads.c.folder.in_(folder_ids))
        return [_upload(row) for row in self._db.all(query)]

    def resolved(self, ids: Sequence[str]) -> dict[str, str]:
        """Each id → that of the document which it stands for, itself unless an upload became another."""
        became: dict[str, str] = {}
        for chunk in chunks(ids):
            query = sa.select(uploads.c.id, uploads.c.document)
            mine = (uploads.c.id.in_(chunk), uploads.c.document.is_not(None))
            became |= {row.id: row.document for row in self._db.all(query.where(*mine))}
        return {id: became.get(id, id) for id in ids}

    def tagged(self, key: str, values: Sequence[str]) -> frozenset[str]:
        """Documents that were uploaded with one of the values as a tag or in the metadata under `key`."""
        return frozenset(
            upload.document
            for upload in self.all()
            if upload.document and set(_under(key, upload)).intersection(values)
        )


def lease(upload: Upload) -> str:
    """The lease that whoever reads an upload holds."""
    return f"upload {upload.folder} {upload.id}"


def _waiting() -> sa.Select[Any]:
    """The first that nobody reads: it has not been begun, or who began has died."""
    unread = uploads.c.status.in_(("pending", "processing"))
    what = sa.literal("upload ") + uploads.c.folder + sa.literal(" ") + uploads.c.id
    held = sa.exists().where(leases.c.what == what, live())
    return sa.select(uploads).where(unread, sa.not_(held)).order_by(uploads.c.number).limit(1)


def _under(key: str, upload: Upload) -> Iterator[str]:
    for kept in (upload.tags, upload.metadata):
        value = kept.get(key)
        yield from map(str, value if isinstance(value, list | tuple) else () if value is None else (value,))


def _values(upload: Upload) -> dict[str, Any]:
    names = [column.name for column in uploads.c if column.name != "number"]
    return {name: getattr(upload, name) for name in names} | {
        "published": upload.published.isoformat() if upload.published else None,  # keeps its zone
        "metadata": dict(upload.metadata),
        "tags": {key: list(values) for key, values in upload.tags.items()},
    }


def _upload(row: sa.Row[Any]) -> Upload:
    values: dict[str, Any] = {name: row._mapping[name] for name in Upload.__slots__}
    return Upload(
        **values
        | {
            "published": time(row.published),
            "tags": {key: tuple(several) for key, several in row.tags.items()},
        }
    )


def _no_folder(id: str) -> NotFound:
    return NotFound(f"no folder {id!r}", where="folder_id")
