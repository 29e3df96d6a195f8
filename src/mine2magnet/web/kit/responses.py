"""How every answer is given: one content, as a page or as JSON, and errors likewise (RFC 9457)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib import resources
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from mine2magnet import __version__
from mine2magnet.alerts import webhooks
from mine2magnet.core import messages
from mine2magnet.core.errors import UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.messages import Translator
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.digests.aspects import heading
from mine2magnet.library.library import Library
from mine2magnet.model import LANGUAGES, Passage
from mine2magnet.web.kit import headers, reader_language
from mine2magnet.web.kit.permissions import API_PATHS, actor
from mine2magnet.web.kit.problems import problem as problem
from mine2magnet.web.kit.translated import shown
from mine2magnet.web.kit.wording import Wording, concept_path, place

EXCERPT = 280  # characters of a passage that are shown
BEFORE = 80  # … and how many of them stand before its first highlight
LINKED = ("material", "country", "place", "company", "organisation", "person", "policy")  # kinds that link
YEAR = 365 * 24 * 3600  # s


def library(request: Request) -> Library:
    """The library as who asks sees it."""
    held: Library = request.app.state.library
    return held.acting(actor(request))


def translator(request: Request) -> Translator:
    return Translator(reader_language.chosen(request, library(request).settings.language))


def reads(request: Request) -> tuple[str, ...]:
    """Return the languages that the reader reads, the interface's first."""
    return reader_language.reads(request, translator(request).language)


def wants_json(request: Request) -> bool:
    accept = request.headers.get("accept", "")
    if request.url.path.startswith(API_PATHS):
        return True
    return request.query_params.get("format") == "json" or ("json" in accept and "text/html" not in accept)


def reply(
    request: Request,
    template: str,
    content: Mapping[str, Any],
    *,
    status: int = 200,
    **shown: Any,
) -> Response:
    """`content` as JSON or through the template; `shown` are values that only the page needs."""
    if wants_json(request):
        response = Response(as_json(content, indent=None), status, media_type="application/json")
    else:
        html = templates().get_template(template).render({**_common(request), **content, **shown})
        response = Response(html, status, media_type="text/html")
    response.headers["Vary"] = "Accept, Accept-Language, Cookie"
    response.headers["Cache-Control"] = "private, no-cache"
    asked = request.query_params.get("lang")
    if asked in LANGUAGES:
        response.set_cookie(reader_language.COOKIE, asked, max_age=YEAR, httponly=True, samesite="lax")
    if (chosen := reader_language.asked_reads(request)) is not None:
        response.set_cookie(
            reader_language.READS, "-".join(chosen), max_age=YEAR, httponly=True, samesite="lax"
        )
    return response


def failed(request: Request, error: Exception) -> Response:
    """The answer to an error: a problem (RFC 9457) or a page that says it."""
    t = translator(request)
    where, allow = "", dict[str, str]()
    if isinstance(error, UserError):
        status, where, detail = error.status, error.where, t.error(error)
    elif isinstance(error, HTTPException):
        status, detail, allow = (
            error.status_code,
            t("error.404" if error.status_code == 404 else "error.http"),
            dict(error.headers or {}),
        )
    else:
        status, detail = 500, t("error.500")
    if wants_json(request):
        said = f"{where}: {detail}" if where else detail
        response = Response(problem(status, said), status, media_type="application/problem+json")
    elif getattr(request.state, "caller", None) is None:  # who is shown nothing of what a page is around
        response = PlainTextResponse(f"{where}: {detail}\n" if where else f"{detail}\n", status)
    else:
        content = {"status": status, "detail": detail}
        response = reply(request, "error.html", content, status=status, where=where)
    # An answer to an unforeseen error is sent from outside the guard.
    response.headers.update({**allow, **(headers.HEADERS if status == 500 else {})})
    return response


@cache
def templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("mine2magnet.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        concept_path=concept_path,
        excerpt=excerpt,
        linked=linked,
        found_at=webhooks.path,
        highlighted=highlighted,
        place=place,
        quoted=quoted,
        shown_digest=shown,
        weblink=weblink,
    )
    environment.globals.update(languages=messages.NAMES, version=__version__)
    return environment


@cache
def static_path() -> str:
    """The address of the static files; it changes with them, so that they may be cached for good."""
    names = hashlib.sha256()
    for file in sorted((resources.files("mine2magnet.web") / "static").iterdir(), key=lambda f: f.name):
        names.update(file.name.encode() + file.read_bytes())
    return f"/static/{names.hexdigest()[:12]}"


def _common(request: Request) -> dict[str, Any]:
    """Return what every page shows besides its content."""
    t = translator(request)
    held = library(request)
    return {
        "t": t,
        "models": held.has_translation_model,
        "reads": reader_language.reads(request, t.language),
        "translated": {},
        "kept": request.app.state.fragments,
        "html_language": messages.HTML[t.language],
        "nav_topics": held.store.topics(),
        "progress": held.recent_progress(),
        "new_matches": held.store.count_matches(unread=True),
        "label": held.thesaurus.label,
        "tag_name": Wording(t, held.thesaurus).tag,
        "heading": heading,
        "thesaurus": held.thesaurus,
        "static": static_path(),
        "path": request.url.path,
        "here": _here(request),
        "asked": request.query_params,
        "query": request.url.query,
        "caller": getattr(request.state, "caller", None),
    }


def _here(request: Request) -> Any:
    """here(offset=20, tag=None): this address with parameters changed or, if None, left out."""
    held = [
        (k, v) for k, v in request.query_params.multi_items() if v and k not in ("lang", "format", "reads")
    ]

    def here(**changes: str | int | Sequence[str] | None) -> str:
        kept = [(k, v) for k, v in held if k not in changes]
        for key, value in changes.items():
            values = [value] if isinstance(value, str | int) else (value or [])
            kept.extend((key, str(one)) for one in values)
        return request.url.path + (f"?{urlencode(kept)}" if kept else "")

    return here


def highlighted(text: str, spans: Sequence[tuple[int, int]]) -> Markup:
    """The text, escaped, with the spans (ascending) marked.

    >>> highlighted("a<b c", [(2, 3)])
    Markup('a&lt;<mark>b</mark> c')
    """
    parts, end = list[str](), 0
    for a, b in spans:
        if a < end:
            continue
        parts += [escape(text[end:a]), "<mark>", escape(text[a:b]), "</mark>"]
        end = b
    return Markup("".join([*parts, escape(text[end:])]))  # noqa: S704 - each piece is escaped


def quoted(text: str, sentence: tuple[int, int], figure: tuple[int, int]) -> Markup:
    """The text, escaped, with a sentence set off and a figure in it marked.

    >>> quoted("So. It is 5 %. Or", (4, 14), (10, 13))
    Markup('So. <span class="said">It is <mark>5 %</mark>.</span> Or')
    """
    (a, b), (start, end) = sentence, figure
    said = highlighted(text[a:b], [(start - a, end - a)])
    return escape(text[:a]) + Markup('<span class="said">{}</span>').format(said) + escape(text[b:])


def excerpt(passage: Passage) -> Markup:
    """A passage around its first highlight, EXCERPT characters of it."""
    first = passage.highlights[0][0] if passage.highlights else 0
    start = max(0, min(first - BEFORE, len(passage.text) - EXCERPT))
    end = min(len(passage.text), start + EXCERPT)
    spans = [(a - start, b - start) for a, b in passage.highlights if start <= a and b <= end]
    body = highlighted(passage.text[start:end], spans)
    return ("…" if start else "") + body + ("…" if end < len(passage.text) else "")


@lru_cache(maxsize=8192)
def linked(text: str, words: Thesaurus) -> Markup:
    """Return a text, escaped, in which each name of a thing that has a page links there.

    Parameters
    ----------
    text : str
    words : Thesaurus

    Returns
    -------
    Markup
    """
    parts: list[Markup | str] = []
    end = 0
    for m in words.find(text):
        if m.concept.kind in LINKED:
            parts += [
                escape(text[end : m.start]),
                Markup('<a class="name" href="{}">{}</a>').format(
                    concept_path(m.concept.id), text[m.start : m.end]
                ),
            ]
            end = m.end
    return Markup("").join([*parts, escape(text[end:])])


def weblink(url: str | None) -> str | None:
    """The address if a browser may follow it; a document's may be anything, javascript: too."""
    return url if url and url.lower().startswith(("http://", "https://")) else None
