"""New topics, changed topics, and what a topic would hold before it is saved."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.core.decode import decode
from mine2magnet.core.errors import Conflict, UserError
from mine2magnet.core.json import as_json
from mine2magnet.core.messages import Translator
from mine2magnet.library import discover, topics
from mine2magnet.library.topic_queries import labels, offered
from mine2magnet.model import LANGUAGES, DiscoverRequest, Topic, TopicRequest
from mine2magnet.store import Store
from mine2magnet.web.kit.limits import longest, told
from mine2magnet.web.kit.responses import library, reply, translator, wants_json

PREVIEW = 5  # documents shown before saving
DAILY = DiscoverRequest(every="1d")  # how a topic follows the news unless told otherwise


@dataclass(frozen=True, slots=True)
class TopicForm:
    """The fields as they are typed: one query a line, tags parted by commas."""

    name: str = ""
    queries: str = ""
    tags: str = ""
    names: tuple[tuple[str, str], ...] = ()
    shared: bool = True

    @classmethod
    def of(cls, topic: Topic) -> TopicForm:
        names = tuple(topic.names.items())
        return cls(topic.name, "\n".join(topic.queries), ", ".join(topic.tags), names, topic.shared)

    @classmethod
    def sent(cls, fields: ImmutableMultiDict[str, object]) -> TopicForm:
        def typed(name: str) -> str:
            return str(fields.get(name, "")).strip()

        names = tuple((code, name) for code in LANGUAGES if (name := typed(f"name_{code}")))
        return cls(typed("name"), typed("queries"), typed("tags"), names, _shared(fields))

    def topic(self, slug: str, t: Translator) -> Topic:
        """Raises UserError; its `where` is the field."""
        if not self.name:
            raise UserError(t("error.name"), where="name")
        parted = re.split("[,\uff0c\u3001]", self.tags)  # and the commas of Chinese and Japanese
        given = {
            "name": self.name,
            "queries": [line for line in map(str.strip, self.queries.splitlines()) if line],
            "tags": [tag for tag in map(str.strip, parted) if tag],
            "names": dict(self.names),
            "shared": self.shared,
        }
        if not (given["queries"] or given["tags"]):
            raise UserError(t("error.queries"), where="queries")
        try:
            return topics.requested(slug, decode(TopicRequest, given))
        except UserError as error:
            raise told(error, t) from error


def _shared(fields: ImmutableMultiDict[str, object]) -> bool:
    """Return whether a topic is shared: as its box says (the last field), or by default."""
    return fields.getlist("shared")[-1:] != ["no"]


def new(request: Request) -> Response:
    """An empty form; with ?name=, the queries that the name offers, and the news to be searched."""
    name = request.query_params.get("name", "").strip()[: longest(TopicRequest, "name")]
    queries = offered(name, library(request).thesaurus) if name else {}
    names = labels(name, library(request).thesaurus) if name else {}
    form = TopicForm(name, "\n".join(queries.values()) or name, "", tuple(names.items()))
    return _form(request, form, None, news=bool(name))


async def save_new(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=20) as fields:
        return await run_in_threadpool(_save, request, fields, None)


def edit(request: Request) -> Response:
    topic = library(request).store.topic(request.path_params["slug"])
    return _form(request, TopicForm.of(topic), topic)


async def save_edited(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=20) as fields:
        topic = await run_in_threadpool(library(request).store.topic, request.path_params["slug"])
        return await run_in_threadpool(_save, request, fields, topic)


def _save(request: Request, fields: FormData, held: Topic | None) -> Response:
    t, store, form = translator(request), library(request).store, TopicForm.sent(fields)
    try:
        topic = form.topic(held.slug if held else _free(store, form.name, t), t)
        topics.save(store, topic)
        if news := held is None and bool(fields.get("news")):
            discover.follow(library(request), topic, DAILY)
    except UserError as error:
        if wants_json(request):
            raise
        return _form(request, form, held, error, news=bool(fields.get("news")))
    return RedirectResponse(f"/topics/{quote(topic.slug)}{'/searches' if news else ''}", 303)


def _free(store: Store, name: str, t: Translator) -> str:
    try:
        return topics.new_slug(store, name)
    except Conflict as error:
        raise UserError(t("error.taken"), where="name") from error


def _form(
    request: Request,
    form: TopicForm,
    held: Topic | None,
    error: UserError | None = None,
    news: bool = False,
) -> Response:
    return reply(
        request,
        "topic_form.html",
        {"form": form, "topic": held},
        longest={name: longest(TopicRequest, name) for name in ("name", "queries", "tags")},
        status=error.status if error else 200,
        error=error,
        news=news,
    )


def remove(request: Request) -> Response:
    with library(request).store.writing() as writer:
        writer.remove_topic(request.path_params["slug"])
    return RedirectResponse("/topics", 303)


def preview(request: Request) -> Response:
    """JSON: how many documents the form's topic would hold, and its newest."""
    held, t = library(request), translator(request)
    form = TopicForm.sent(request.query_params)
    topic = form.topic(request.query_params.get("slug") or "preview", t)
    page = topics.page(held.store, held.index, topic, limit=PREVIEW)
    newest = [
        {"id": c.document.id, "title": c.document.title, "language": c.document.language} for c in page.cards
    ]
    return Response(as_json({"total": page.total, "newest": newest}), media_type="application/json")
