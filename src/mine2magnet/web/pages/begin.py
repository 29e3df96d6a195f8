"""Ways into a library: the starter documents, and files that a browser sends."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet import reading
from mine2magnet.core.errors import UserError
from mine2magnet.model import Failure, Read
from mine2magnet.web.kit.responses import library, translator

FILES = 50  # sent at a time


def starter(request: Request) -> Response:
    library(request).load_starter()
    return RedirectResponse("/", 303)


async def files(request: Request) -> Response:
    """Reads files into the library. Raises UserError when none of them can be read."""
    async with request.form(max_files=FILES, max_fields=10) as fields:
        given = [one for one in fields.getlist("files") if isinstance(one, UploadFile) and one.filename]
        with TemporaryDirectory() as folder:
            for number, one in enumerate(given):
                name = re.sub(r"[^\w.-]", "_", Path(one.filename or "").name)[-100:]
                (Path(folder) / f"{number:02}-{name}").write_bytes(await one.read())
            return await run_in_threadpool(_read, request, folder)


def _read(request: Request, folder: str) -> Response:
    held, t = library(request), translator(request)
    if not any(Path(folder).iterdir()):
        raise UserError(t("files.none"))
    with held.fetcher() as fetcher:
        found = list(reading.read(folder, fetcher))
    report = held.keep(one for one in found if isinstance(one, Read))
    failed = [one for one in found if isinstance(one, Failure)]
    if failed and not report.documents:
        raise UserError(failed[0].reason, where=Path(failed[0].where).name.partition("-")[2])
    return RedirectResponse("/documents", 303)
