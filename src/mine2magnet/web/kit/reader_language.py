"""The interface's language: its messages, the reader's choice, and times as that language writes them."""

from __future__ import annotations

from starlette.requests import Request

from mine2magnet.model import LANGUAGES

COOKIE = "mine2magnet-language"
READS = "mine2magnet-reads"  # the languages that the reader reads, with hyphens


def chosen(request: Request, default: str) -> str:
    """Return what the address asks for, else the cookie, else the best of Accept-Language, else `default`."""
    for asked in (request.query_params.get("lang"), request.cookies.get(COOKIE)):
        if asked in LANGUAGES:
            return asked
    return _accepted(request.headers.get("accept-language", "")) or default


def reads(request: Request, language: str) -> tuple[str, ...]:
    """Return the languages that are shown as they are: the interface's, and those the reader chose.

    Parameters
    ----------
    request : Request
        Its parameters `reads` are the choice made now, its cookie that made before.
    language : str
        Of the interface.

    Returns
    -------
    tuple of str
    """
    chosen = asked_reads(request)
    held = request.cookies.get(READS, "").split("-") if chosen is None else chosen
    return (language, *(code for code in LANGUAGES if code in held and code != language))


def asked_reads(request: Request) -> list[str] | None:
    """Return the languages that the form of the menu sent; None if it was not sent."""
    given = request.query_params.getlist("reads")
    return [code for code in LANGUAGES if code in given] if given else None


def _accepted(header: str) -> str | None:
    best: tuple[float, str] | None = None
    for part in header.split(","):
        tag, _, weight = part.partition(";")
        code = tag.strip().lower().split("-")[0]
        try:
            quality = float(weight.partition("=")[2]) if weight else 1.0
        except ValueError:
            continue
        if code in LANGUAGES and quality > 0 and (best is None or quality > best[0]):
            best = quality, code
    return best[1] if best else None
