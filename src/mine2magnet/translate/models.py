"""Models of local translation: fetched from a mirror, checked by their digests, kept in a folder.

A mirror has `records.json` in the form of Mozilla's Remote Settings (collection translations-models-v2), and
each file that it lists at its `location`, compressed with zstd. A file is kept only when it has the SHA-256
that its record states; processes share the folder, as a file gets its name there when it is whole.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

from mine2magnet.core.errors import UserError

ATTACHMENTS = "https://firefox-settings-attachments.cdn.mozilla.net"  # where the public records' files lie
PIVOT = "en"  # through which languages without a model of their own are translated
MOST_RECORDS = 16_000_000  # bytes of the list
MOST_MODEL = 400_000_000  # bytes of one file, compressed; models have some 30 MB
_KINDS = {
    "model": "model",
    "lex": "shortlist",
    "vocab": "vocab",
    "srcvocab": "src_vocab",
    "trgvocab": "trg_vocab",
}

Tell = Callable[[int, int], None]  # bytes fetched, and of how many


def engine() -> ModuleType:
    """Return the package that runs the models.

    Returns
    -------
    module

    Raises
    ------
    UserError
        If it is not installed.
    """
    try:
        import fxtranslate
    except ImportError as error:
        raise UserError(
            "local translation needs fxtranslate",
            where="translate",
            hint="pip install 'mine2magnet[translate]'",
        ) from error
    module: ModuleType = fxtranslate
    return module


def held(folder: Path) -> list[tuple[str, str]]:
    """Return the pairs of languages whose models are in a folder.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    list of (str, str)
        From which language into which.
    """
    found = []
    for path in sorted(folder.glob("??-??")) if folder.is_dir() else ():
        source, _, target = path.name.partition("-")
        if files(folder, source, target):
            found.append((source, target))
    return found


def files(folder: Path, source: str, target: str) -> Mapping[str, Path]:
    """Return the files of one model by what they are: model, shortlist, src_vocab, trg_vocab.

    Parameters
    ----------
    folder : Path
    source, target : str

    Returns
    -------
    mapping of str to Path
        Empty where the model is not whole.
    """
    found: dict[str, Path] = {}
    for path in (folder / f"{source}-{target}").glob("*"):
        if kind := _KINDS.get(path.name.partition(".")[0]):
            found[kind] = path
    if vocab := found.pop("vocab", None):
        found = {"src_vocab": vocab, "trg_vocab": vocab} | found
    return found if {"model", "src_vocab", "trg_vocab"} <= set(found) else {}


def remove(folder: Path, source: str, target: str) -> None:
    """Remove the model of a pair.

    Parameters
    ----------
    folder : Path
    source, target : str

    Raises
    ------
    UserError
        If there is none.
    """
    place = folder / f"{source}-{target}"
    if not place.is_dir():
        raise UserError(f"no model from {source} to {target}", where=str(folder), hint="translate list")
    for path in place.iterdir():
        path.unlink()
    place.rmdir()


def add(folder: Path, source: str, target: str, mirror: str = "", tell: Tell = lambda *_: None) -> list[str]:
    """Fetch the models that translate from one language into another, through English if need be.

    Parameters
    ----------
    folder : Path
        That they are kept in.
    source, target : str
    mirror : str
        The address of a mirror; "" is Mozilla's own service.
    tell : callable
        Is told how many bytes there are, and of how many.

    Returns
    -------
    list of str
        The pairs: ["zh-en"], or two for a way through English.

    Raises
    ------
    UserError
        If the mirror cannot be reached, has no such model, or gives a file that is not the one it lists.
    """
    discovery = engine().discovery
    where = f"{mirror.rstrip('/')}/records.json" if mirror else str(discovery.records_url())
    base = mirror.rstrip("/") if mirror else ATTACHMENTS
    with httpx.Client(timeout=60, follow_redirects=True) as client:
        body = _get(client, where, MOST_RECORDS, lambda *_: None).decode("utf-8", "replace")
        try:
            route, records = discovery.resolve_route(body, source, target), discovery.parse_records(body)
        except ValueError as error:
            raise UserError(
                f"no model from {source} to {target} is offered there", where=where, hint="translate list"
            ) from error
        legs = [(source, target)]
        if route["kind"] == "pivot":
            legs = [(source, route["pivot"]), (route["pivot"], target)]
        for leg in legs:
            _fetch(client, base, _newest(records, *leg), folder / "-".join(leg), discovery, tell)
    return ["-".join(leg) for leg in legs]


def _newest(records: Sequence[Mapping[str, Any]], source: str, target: str) -> list[Mapping[str, Any]]:
    """The files of the newest version of a pair, one of a kind."""
    own = [r for r in records if (r["sourceLanguage"], r["targetLanguage"]) == (source, target)]
    newest: dict[str, Mapping[str, Any]] = {}
    for record in sorted(own, key=lambda r: [int(n) for n in r["version"].split(".") if n.isdigit()]):
        newest[record["fileType"]] = record
    return list(newest.values())


def _fetch(
    client: httpx.Client,
    base: str,
    records: Sequence[Mapping[str, Any]],
    place: Path,
    discovery: Any,
    tell: Tell,
) -> None:
    place.mkdir(parents=True, exist_ok=True)
    for record in records:
        target = place / Path(record["name"]).name
        if target.exists():
            continue
        packed = _get(client, f"{base}/{record['location']}", MOST_MODEL, tell)
        try:
            data = discovery.verify_and_decompress(packed, record["decompressedHash"])
        except ValueError as error:
            raise UserError(
                f"{target.name} is not the file that is listed: {error}",
                where=base,
                hint="try another mirror",
            ) from error
        handle, name = tempfile.mkstemp(dir=place, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as part:
                part.write(data)
            Path(name).replace(target)
        finally:
            with suppress(FileNotFoundError):
                Path(name).unlink()


def _get(client: httpx.Client, url: str, most: int, tell: Tell) -> bytes:
    try:
        with client.stream("GET", url) as response:
            if response.status_code != 200:
                raise UserError(
                    f"answers {response.status_code}", where=url, hint="name a mirror, or a folder of models"
                )
            whole, parts, size = int(response.headers.get("content-length") or 0), [], 0
            for part in response.iter_bytes():
                size += len(part)
                if size > most:
                    raise UserError(f"is larger than {most // 1_000_000} MB", where=url)
                parts.append(part)
                tell(size, max(whole, size))
            return b"".join(parts)
    except httpx.HTTPError as error:
        raise UserError(
            f"cannot be reached: {error or type(error).__name__}",
            where=url,
            hint="name a mirror that can (--mirror), or put the models into the folder",
        ) from error
    except ValueError as error:
        raise UserError(f"cannot be read: {error}", where=url) from error
