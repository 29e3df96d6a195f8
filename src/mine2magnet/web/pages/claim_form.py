"""A claim corrected on the page that shows it: a form of its slots; the whole confirmed or rejected."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.core.decode import decode
from mine2magnet.core.errors import Conflict, NotFound, UserError
from mine2magnet.core.messages import Translator
from mine2magnet.figures import corrections
from mine2magnet.library.library import Library
from mine2magnet.model import RIGHT, SLOTS, WRONG, Claim, CorrectionRequest
from mine2magnet.store import EVERY_CLAIM
from mine2magnet.store.mended import text_of
from mine2magnet.web.kit.limits import told
from mine2magnet.web.kit.responses import library, translator, wants_json
from mine2magnet.web.kit.wording import Wording

FIELDS = tuple(slot for slot in SLOTS if slot != "claim")
CHOSEN = ("measure", "stage", *(slot for slot in corrections.CHOICES if slot != "claim"))


def key(claim: Claim) -> str:
    """Return what a claim is called in an address: "dk3ynv2zq5.p3.10-14"."""
    place = f"d{claim.point}" if claim.point else f"p{claim.paragraph}"
    return f"{claim.document}.{place}.{claim.start}-{claim.end}"


@dataclass(frozen=True, slots=True)
class Editor:
    """The form of one claim: its slots as they are typed, where the reader begins, and what was wrong.

    `known`: `by` is the name of a key that the reader came in with, and is not asked for.
    """

    claim: Claim
    fields: dict[str, str]
    slot: str
    by: str = ""
    known: bool = False
    error: UserError | None = None

    @classmethod
    def of(cls, request: Request, claim: Claim, words: Wording, slot: str = "") -> Editor:
        caller = getattr(request.state, "caller", None)
        name = caller.name if caller else ""
        fields = {one: _typed(claim, one, words) for one in FIELDS}
        return cls(claim, fields, slot if slot in FIELDS else "", name, bool(name))

    @property
    def seen(self) -> str:
        """The hash that tells that the claim is still as it was when the form was opened."""
        return hashlib.sha256("\n".join(text_of(self.claim, slot) for slot in SLOTS).encode()).hexdigest()[
            :12
        ]

    def choices(self, slot: str, words: Wording) -> list[tuple[str, str]]:
        """Return what a slot may be, with its name; an empty list where it is typed."""
        if slot in ("measure", "stage"):
            return sorted(
                ((c.id, words.name(c.id)) for c in words.thesaurus.of_kind(slot)), key=lambda pair: pair[1]
            )
        return [(one, words.t(f"{slot}.{one}")) for one in corrections.CHOICES.get(slot, ())]


def _typed(claim: Claim, slot: str, words: Wording) -> str:
    """A slot as a reader may write it."""
    text = text_of(claim, slot)
    if slot in CHOSEN or slot in ("value", "period", "basis") or not text:
        return text
    return words.slot(slot, text)


Show = Callable[[Request, Editor | None], Response]


async def save(request: Request, show: Show) -> Response:
    """Does what the form asks for and shows the table again, at the claim."""
    async with request.form(max_files=0, max_fields=40) as given:
        return await run_in_threadpool(_save, request, given, show)


def _save(request: Request, given: FormData, show: Show) -> Response:
    held, t = library(request), translator(request)
    words = Wording(t, held.thesaurus)
    claims = held.store.claims([str(given.get("document", ""))], EVERY_CLAIM)
    claim = next((one for one in claims if key(one) == given.get("claim")), None)
    if claim is None:
        raise NotFound(t("error.correct.changed"))
    editor = Editor.of(request, claim, words)
    if not editor.known:
        editor = replace(editor, by=str(given.get("by", "")).strip())
    try:
        if undone := str(given.get("undo", "")):
            with held.store.writing() as writer:
                writer.remove_correction(undone)
        else:
            _correct(held, editor, given, words)
    except UserError as error:
        if wants_json(request):
            raise
        typed = {slot: str(given.get(slot, editor.fields[slot])) for slot in FIELDS}
        return show(request, replace(editor, fields=typed, slot=error.where, error=error))
    kept = [(k, v) for k, v in request.query_params.multi_items() if k not in ("edit", "slot")]
    query = f"?{urlencode(kept)}" if kept else ""
    return RedirectResponse(f"{request.url.path}{query}#c-{key(claim)}", 303)


def _correct(held: Library, editor: Editor, given: FormData, words: Wording) -> None:
    """All that differs from what is held is a correction; nothing is kept if one of them is no good."""
    if given.get("seen") not in (None, editor.seen):
        raise Conflict(words.t("error.correct.changed"))
    made = []
    place = {name: getattr(editor.claim, name) for name in ("document", "paragraph", "point", "start", "end")}
    for slot, text in _changes(editor, given):
        try:
            request = decode(CorrectionRequest, {**place, "slot": slot, "value": text, "by": editor.by})
            made.append(corrections.checked(held.thesaurus, request))
        except UserError as error:
            raise _said(slot, text, error, words.t) from error
    with held.store.writing() as writer:
        for one in made:
            writer.correct(one)


def _changes(editor: Editor, given: FormData) -> list[tuple[str, str]]:
    """The slots that are asked to be another, with their texts."""
    if (whole := given.get("whole")) in (RIGHT, WRONG):
        return [("claim", str(whole))]
    if (slot := str(given.get("empty", ""))) in FIELDS:
        return [(slot, "")]
    typed = {slot: " ".join(str(given[slot]).split()) for slot in FIELDS if slot in given}
    return [(slot, text) for slot, text in typed.items() if text != editor.fields[slot]]


def _said(slot: str, text: str, error: UserError, t: Translator) -> UserError:
    """Say what is wrong with a slot, in the reader's language."""
    if "more than" in error.what:
        return UserError(told(error, t).what, where="by" if error.where == "by" else slot)
    if not text:
        return UserError(t("error.correct.empty"), where=slot)
    if slot in ("value", "period", "basis"):
        return UserError(t(f"error.correct.{slot}"), where=slot)
    return UserError(t("error.correct.name", name=text[:60]), where=slot)
