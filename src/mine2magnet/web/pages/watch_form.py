"""New watches, and those that are given up."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, ImmutableMultiDict
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.alerts import watches
from mine2magnet.core.decode import decode
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.figures.rows import CONCEPTS, with_ids
from mine2magnet.library.library import Library
from mine2magnet.model import DIRECTIONS, FILTERED, MODALITIES, Bound, ClaimFilter, Side, WatchRequest
from mine2magnet.web.kit.limits import longest, told
from mine2magnet.web.kit.responses import library, reply, translator, wants_json
from mine2magnet.web.kit.wording import Wording


@dataclass(frozen=True, slots=True)
class WatchForm:
    """The fields as they are typed; `subject` and `material` are ids or names in any language."""

    name: str = ""
    topic: str = ""
    query: str = ""
    subject: str = ""
    counterparty: str = ""
    measure: str = ""
    stage: str = ""
    material: str = ""
    unit: str = ""
    direction: str = ""
    modality: str = ""
    confidence: str = ""
    all: str = ""
    side: str = "below"
    figure: str = ""
    webhook: str = ""
    shared: str = "yes"

    @classmethod
    def sent(cls, given: ImmutableMultiDict[str, object]) -> WatchForm:
        typed = {f.name: str(given.getlist(f.name)[-1]).strip() for f in fields(cls) if f.name in given}
        return cls(**{name: value for name, value in typed.items() if value})

    def watch(self, held: Library, t: Translator) -> WatchRequest:
        """Raises UserError; its `where` is the field."""
        slots: dict[str, Any] = {name: [value] for name in FILTERED if (value := getattr(self, name))}
        if not self.name:
            raise UserError(t("error.watch.name"), where="name")
        if not (self.topic or self.query or slots):
            raise UserError(t("error.watch.nothing"), where="topic")
        if self.figure and not slots:
            raise UserError(t("error.watch.measure"), where="measure")
        given = {name: getattr(self, name) for name in ("name", "topic", "query", "webhook")}
        sure = {name: value for name in ("confidence", "all") if (value := getattr(self, name))}
        try:
            asked = decode(ClaimFilter, {**slots, **sure}, written=True)
            wanted = with_ids(held.thesaurus, asked) if slots else None
            bound = self._bound(t)
            shared = self.shared != "no"
            return decode(WatchRequest, {**given, "claims": wanted, "bound": bound, "shared": shared})
        except UserError as error:
            if error.where == "confidence":
                raise UserError(t("error.confidence"), where="confidence") from error
            if error.where in CONCEPTS:
                said = t("error.watch.unknown", name=getattr(self, error.where)[:60])
                raise UserError(said, where=error.where) from error
            raise told(error, t) from error

    def _bound(self, t: Translator) -> Bound | None:
        if not self.figure:
            return None
        try:
            return watches.bound(decode(Side, self.side, "side"), self.figure)  # type: ignore[arg-type]
        except UserError as error:
            raise UserError(t("error.watch.figure"), where="figure") from error


def new(request: Request) -> Response:
    """The form, filled with what the address names."""
    return _form(request, WatchForm.sent(request.query_params), None)


async def save(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=20) as given:
        return await run_in_threadpool(_save, request, given)


def _save(request: Request, given: FormData) -> Response:
    held, t, form = library(request), translator(request), WatchForm.sent(given)
    try:
        watch = form.watch(held, t)
        made = watches.add(held.store, watch, allow_private=held.settings.allow_private)
    except UserError as error:
        if wants_json(request):
            raise
        return _form(request, form, error)
    return RedirectResponse(f"/inbox?watch={made.id}", 303)


def _form(request: Request, form: WatchForm, error: UserError | None) -> Response:
    held = library(request)
    words = Wording(translator(request), held.thesaurus)
    choices = {
        kind: sorted(((c.id, words.name(c.id)) for c in held.thesaurus.of_kind(kind)), key=lambda c: c[1])
        for kind in ("measure", "stage")
    }
    for kind, values in (("direction", DIRECTIONS), ("modality", MODALITIES)):
        choices[kind] = [(value, words.t(f"{kind}.{value}")) for value in values]
    return reply(
        request,
        "watch_form.html",
        {"form": form},
        status=error.status if error else 200,
        error=error,
        choices=choices,
        fields=tuple(f.name for f in fields(WatchForm)),
        longest={name: longest(WatchRequest, name) for name in ("name", "query", "webhook")},
        label_ids={
            id: words.name(id)
            for id in (form.subject, form.counterparty, form.material)
            if id in held.thesaurus
        },
    )


async def share(request: Request) -> Response:
    async with request.form(max_files=0, max_fields=5) as given:
        return await run_in_threadpool(_share, request, given.get("shared") == "yes")


def _share(request: Request, shared: bool) -> Response:
    with library(request).store.writing() as writer:
        writer.share_watch(request.path_params["id"], shared)
    return RedirectResponse("/inbox", 303)


def remove(request: Request) -> Response:
    with library(request).store.writing() as writer:
        writer.remove_watch(request.path_params["id"])
    return RedirectResponse("/inbox", 303)
