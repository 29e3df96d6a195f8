"""The settings on a page: changed, kept in the user's file, taken up at once; what is secret is not shown."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mine2magnet.alerts import mail
from mine2magnet.core import api_keys, llm, model_servers, openid
from mine2magnet.core import settings as kept
from mine2magnet.core.errors import UserError
from mine2magnet.core.messages import Translator
from mine2magnet.core.openid import Provider
from mine2magnet.core.settings import DEFAULTS, SECRET, Settings
from mine2magnet.figures.precision import right_above
from mine2magnet.model import LANGUAGES, SCOPES
from mine2magnet.translate import models
from mine2magnet.web.kit.permissions import actor, require
from mine2magnet.web.kit.responses import library, reply, translator

SECTIONS: Mapping[str, tuple[str, ...]] = {
    "language": ("language",),
    "model": (
        "model_url", "model", "model_key", "claims_by_model",
        "model_per_minute", "model_concurrency", "model_price_in", "model_price_out",
    ),
    "translation": ("translation_mirror",),
    "searches": ("news_gdelt", "news_google", "news_bing", "news_searxng", "news_template"),
    "claims": ("claims_threshold",),
    "openid": (
        "oidc_name", "oidc_issuer", "oidc_client_id", "oidc_client_secret",
        "oidc_allowed", "oidc_role", "oidc_role_claim",
    ),
    "audit": ("audit_days",),
    "mail": (
        "smtp_host", "smtp_port", "smtp_security", "smtp_user", "smtp_password", "mail_from", "mail_to",
    ),
}  # fmt: skip
TESTED = ("model", "openid", "mail")  # sections that can be tried out
CHOICES = {"smtp_security": ("starttls", "tls", "none"), "language": LANGUAGES, "oidc_role": SCOPES}
LONGEST = 1000  # characters of a setting
PATIENCE = 30.0  # s that a model has for the answer it is tried with


@dataclass(frozen=True, slots=True)
class FormOutcome:
    """What came of a form, shown in its section."""

    section: str
    said: str
    failed: bool = False
    typed: Mapping[str, str] = field(default_factory=dict)
    secret: str = ""  # a new key, shown this once


@dataclass(slots=True)
class Download:
    """How far a translation model is: bytes fetched, and of how many; why it failed."""

    done: int = 0
    of: int = 0
    failed: str = ""


_downloads: dict[str, Download] = {}  # by pair; of this process, as the folder of models is
_lock = threading.Lock()


def shown(request: Request) -> Response:
    require(request, "admin")
    return _page(request)


def _page(request: Request, told: FormOutcome | None = None, status: int = 200) -> Response:
    held = library(request)
    settings = held.settings
    values = {name: getattr(settings, name) for names in SECTIONS.values() for name in names}
    return reply(
        request,
        "settings.html",
        {"settings": {name: bool(value) if name in SECRET else value for name, value in values.items()}},
        status=status,
        told=told,
        sections=SECTIONS,
        tested=TESTED,
        choices=CHOICES,
        secret=SECRET,
        elsewhere=_elsewhere(settings),
        longest=LONGEST,
        right=right_above(settings.claims_threshold),
        servers=model_servers.running(model_servers.KNOWN),
        pairs=models.held(settings.translation_models),
        downloads=dict(_downloads),
        codes=LANGUAGES,
        keys=held.store.keys.held(),
        accounts=held.store.accounts.held(),
        scopes=SCOPES,
        file=kept.of_user(),
    )


def _elsewhere(settings: Settings) -> frozenset[str]:
    try:
        return kept.given_elsewhere(settings)
    except UserError:  # the file cannot be read: saving says so
        return frozenset()


async def save(request: Request) -> Response:
    require(request, "admin")
    async with request.form(max_files=0, max_fields=40) as fields:
        return await run_in_threadpool(_save, request, fields)


def _save(request: Request, fields: FormData) -> Response:
    held, t = library(request), translator(request)
    section = str(fields.get("section", ""))
    if section not in SECTIONS:
        raise UserError(t("settings.unknown"), where="section")
    typed = {name: str(fields[name]).strip() for name in SECTIONS[section] if name in fields}
    try:
        changes = _changes(held.settings, typed, fields)
        changed = checked(replace(held.settings, **changes))
        kept.save(changes)
        request.app.state.library.use(changed)
        held.store.audit.record(actor(request), "settings.changed", section, ", ".join(sorted(changes)))
        said = _tried(changed, section, t("settings.works")) if "try" in fields else ""
    except UserError as error:
        plain = {name: value for name, value in typed.items() if name not in SECRET}
        return _page(request, FormOutcome(section, _failure(error, t), failed=True, typed=plain), 400)
    return _page(request, FormOutcome(section, said or t("settings.saved")))


def checked(settings: Settings) -> Settings:
    """Return settings that go together. Raises UserError naming one that does not."""
    llm.endpoint(settings)
    openid.check(settings)
    return settings


def _failure(error: UserError, t: Translator) -> str:
    """Say what is amiss, under the name of the field that it is about."""
    is_field = any(error.where in names for names in SECTIONS.values())
    name = t(f"settings.{error.where}") if is_field else error.where
    return f"{name}: {t.error(error)}" if name else t.error(error)


def _changes(settings: Settings, typed: Mapping[str, str], fields: FormData) -> dict[str, Any]:
    """Return what a form changes: a secret left empty stays, what a variable or a flag gives too."""
    elsewhere, found = _elsewhere(settings), dict[str, Any]()
    for name, text in typed.items():
        forgotten = name in SECRET and f"forget-{name}" in fields
        if name in elsewhere or (name in SECRET and not text and not forgotten):
            continue
        if len(text) > LONGEST or not text.isprintable():
            raise UserError(f"more than {LONGEST} characters, or some that cannot be printed", where=name)
        if isinstance(DEFAULTS[name], bool):
            text = str(fields.getlist(name)[-1])  # after the hidden one that says no
        found[name] = kept.typed(name, "" if forgotten else text, name)
    return {name: value for name, value in found.items() if value != getattr(settings, name)}


def _tried(settings: Settings, section: str, works: str) -> str:
    """Try a section out and return what came of it; raises UserError if it does not work."""
    if section == "mail":
        went = mail.send(settings, "mine2magnet", works, f"<p>{works}</p>")
        return f"{works} → {', '.join(went)}"
    if section == "openid":
        if not settings.oidc_issuer:
            raise UserError("no OpenID provider is set", where="oidc_issuer")
        Provider(settings).describe()
        return f"{works} {settings.oidc_issuer}"
    endpoint = llm.endpoint(settings)
    if endpoint is None:
        raise UserError("no model is named", where="model", hint="e.g. qwen2.5:7b")
    with llm.Chat(endpoint, patience=PATIENCE) as chat:
        reply = chat.complete([{"role": "user", "content": "Answer with the one word: ready"}], max_tokens=40)
    return f"{works} “{reply.text.strip()[:100]}”"


async def add_translation(request: Request) -> Response:
    require(request, "admin")
    async with request.form(max_files=0, max_fields=5) as fields:
        source, target = (str(fields.get(name, "")) for name in ("source", "target"))
    if source == target or not {source, target} <= set(LANGUAGES):
        return await run_in_threadpool(
            _page, request, FormOutcome("translation", translator(request)("settings.pair"), failed=True), 400
        )
    _download(library(request).settings, source, target)
    return RedirectResponse("/settings#translation", 303)


def _download(settings: Settings, source: str, target: str) -> None:
    """Fetch a model beside the pages, unless that is being done."""
    pair = f"{source} → {target}"
    with _lock:
        if pair in _downloads and not _downloads[pair].failed:
            return
        mine = _downloads[pair] = Download()

    def tell(done: int, of: int) -> None:
        mine.done, mine.of = done, of

    def fetch() -> None:
        try:
            models.add(settings.translation_models, source, target, settings.translation_mirror, tell)
        except (UserError, OSError) as error:
            mine.failed = str(error)
        else:
            with _lock:
                del _downloads[pair]

    threading.Thread(target=fetch, name=f"fetching {pair}", daemon=True).start()


async def make_key(request: Request) -> Response:
    require(request, "admin")
    async with request.form(max_files=0, max_fields=5) as fields:
        return await run_in_threadpool(_make_key, request, fields)


def _make_key(request: Request, fields: FormData) -> Response:
    t, scope = translator(request), str(fields.get("scope", ""))
    try:
        if scope not in SCOPES:
            raise UserError(t("settings.unknown"), where="scope")
        secret, made = api_keys.new(str(fields.get("name", "")), [scope])
        library(request).store.keys.put(made)
    except UserError as error:
        return _page(request, FormOutcome("keys", t.error(error), failed=True), 400)
    return _page(request, FormOutcome("keys", t("settings.key.once", name=made.name), secret=secret))


async def revoke_key(request: Request) -> Response:
    require(request, "admin")
    async with request.form(max_files=0, max_fields=5) as fields:
        name = str(fields.get("name", ""))
    await run_in_threadpool(library(request).store.keys.revoke, name)
    return RedirectResponse("/settings#keys", 303)


async def remove_account(request: Request) -> Response:
    require(request, "admin")
    async with request.form(max_files=0, max_fields=5) as fields:
        id = str(fields.get("id", ""))
    await run_in_threadpool(library(request).store.accounts.remove, id)
    return RedirectResponse("/settings#keys", 303)
