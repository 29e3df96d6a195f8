"""Settings: one value, read once from file, environment and flags, in rising order."""

from __future__ import annotations

import ipaddress
import os
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import platformdirs

from mine2magnet.core.errors import UserError
from mine2magnet.model import LANGUAGES

MOST_WORKERS = 256  # processes; one takes some 200 MB
MOST_PROCESSES = 64  # one takes some 300 MB
MOST_DAYS = 36_500
PREFIX = "MINE2MAGNET_"  # of environment variables: MINE2MAGNET_FOLDER=… and so on


@dataclass(frozen=True, slots=True)
class Settings:
    """What a user may set; every field is also a key of settings.toml and an environment variable."""

    folder: Path = Path(platformdirs.user_data_dir("mine2magnet"))  # the library
    store: str = field(
        default="", repr=False
    )  # postgresql://… for a library on a server; may hold a password
    synchronous: str = (
        "normal"  # of a library in a folder: full, so that a power cut loses nothing; or normal
    )
    ray: str = ""  # address of a Ray cluster that files, vectors, digests and claims are made on: host:6379
    language: str = "en"  # of the interface and of digest headings: en, zh or ja
    host: str = "127.0.0.1"  # the address that `serve` binds to
    port: int = 8000
    hosts: str = ""  # other names that `serve` is reached by, with commas: magnets.example.org
    keyless: str = "auto"  # whether this machine may ask without a key: yes, no; auto: if bound to loopback
    tls_certificate: str = ""  # a PEM file, with those that lead to the root: `serve` speaks https then …
    tls_key: str = ""  # … and the PEM file of its private key; "" if it is in the same
    oidc_issuer: str = ""  # of an OpenID provider by which people log in: https://login.example.org
    oidc_client_id: str = ""  # that it knows this server by
    oidc_client_secret: str = field(default="", repr=False)
    oidc_name: str = ""  # what the log-in page calls it
    oidc_allowed: str = ""  # who may log in: addresses and domains with commas: a@example.com, example.org
    oidc_role: str = "read"  # of who logs in by it: read, run, write or admin …
    oidc_role_claim: str = ""  # … unless this claim of the provider names it, e.g. roles
    audit_days: int = 365  # for which the audit log is kept
    proxies: str = "127.0.0.1,::1"  # whose X-Forwarded-For and -Proto are believed
    workers: int = 0  # processes of `serve` that run models; 0: one less than there are cores, at least one
    processes: int = 1  # of `serve` that answer requests; with more than one the first does all other work
    access_log: bool = False  # a line of JSON for each request, on standard output
    allow_private: bool = False  # whether `read` may fetch from private and loopback addresses
    max_megabytes: int = 20  # of one page or file, after decompression
    timeout: float = 30.0  # seconds for one fetch, all of it
    model: str = ""  # that writes digests and answers, at `model_url`; without one nothing is written
    model_url: str = ""  # base URL of an OpenAI-compatible endpoint, e.g. http://127.0.0.1:8080/v1
    model_key: str = field(default="", repr=False)
    model_per_minute: float = 60.0  # requests
    model_concurrency: int = 4  # requests at once
    model_price_in: float = 0.0  # per million tokens read, in any one currency
    model_price_out: float = 0.0  # per million tokens written
    translation_models: Path = Path(platformdirs.user_cache_dir("mine2magnet")) / "translation"
    translation_mirror: str = ""  # base URL of a mirror of these models; without one, Mozilla's own service
    claims_threshold: float = 0.5  # 0 to 1: claims less sure are shown and used only if asked for
    claims_by_model: bool = False  # whether the model reads claims as well, beside the built-in reader
    search_url: str = ""  # of a Milvus server, e.g. http://127.0.0.1:19530/database; without one, files
    search_token: str = field(default="", repr=False)  # what it asks for: user:password, or a key
    # News searches that topics ask; "" leaves one out.
    news_gdelt: str = "https://api.gdeltproject.org/api/v2/doc/doc"
    news_google: str = "https://news.google.com/rss/search"
    news_bing: str = "https://www.bing.com/news/search"
    news_searxng: str = ""  # of an instance whose settings allow JSON: http://127.0.0.1:8888
    news_template: str = ""  # of any other: https://example.com/search?q={query}&lang={lang}
    smtp_host: str = ""  # of a mail server that sends briefs
    smtp_port: int = 587
    smtp_security: str = "starttls"  # starttls, tls (from the first byte, port 465) or none
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    mail_from: str = ""  # who briefs come from …
    mail_to: str = ""  # … and go to, with commas

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise UserError(
                f"unknown language {self.language!r}", where="language", hint="use " + ", ".join(LANGUAGES)
            )
        for name in ("port", "smtp_port"):
            if not 0 <= getattr(self, name) <= 65535:
                raise UserError(f"no port {getattr(self, name)}", where=name, hint="use 1 to 65535")
        if self.keyless not in ("auto", "yes", "no"):
            raise UserError(f"cannot be {self.keyless!r}", where="keyless", hint="use auto, yes or no")
        if self.synchronous not in ("normal", "full"):
            raise UserError(f"cannot be {self.synchronous!r}", where="synchronous", hint="use normal or full")
        if self.smtp_security not in ("starttls", "tls", "none"):
            raise UserError(
                f"cannot be {self.smtp_security!r}", where="smtp_security", hint="use starttls, tls or none"
            )
        for name in ("max_megabytes", "timeout"):
            if getattr(self, name) <= 0:
                raise UserError("must be above 0", where=name, hint=f"the default is {DEFAULTS[name]}")

        if not 0 <= self.claims_threshold <= 1:
            raise UserError(
                f"cannot be {self.claims_threshold:g}", where="claims_threshold", hint="use 0 to 1, e.g. 0.5"
            )
        if not 1 <= self.processes <= MOST_PROCESSES:
            raise UserError(
                f"cannot be {self.processes}", where="processes", hint=f"use 1 to {MOST_PROCESSES}"
            )
        if not 1 <= self.audit_days <= MOST_DAYS:
            raise UserError(f"cannot be {self.audit_days}", where="audit_days", hint=f"use 1 to {MOST_DAYS}")
        if self.tls_key and not self.tls_certificate:
            raise UserError("a key without its certificate", where="tls_key", hint="set tls_certificate, too")
        if not 0 <= self.workers <= MOST_WORKERS:
            raise UserError(f"cannot be {self.workers}", where="workers", hint=f"use 0 to {MOST_WORKERS}")

    @property
    def loopback(self) -> bool:
        """True if `serve` is bound to an address that only this machine reaches."""
        return is_loopback(self.host)

    @property
    def without_key(self) -> bool:
        """True if programs and people on this machine may ask without a key."""
        return self.keyless == "yes" or (self.keyless == "auto" and self.loopback)


def is_loopback(host: str) -> bool:
    """
    >>> is_loopback("localhost"), is_loopback("::1"), is_loopback("127.9.9.9"), is_loopback("0.0.0.0")
    (True, True, True, False)
    """
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


SECRET = frozenset(f.name for f in fields(Settings) if not f.repr)  # not shown again once they are set
DEFAULTS: dict[str, Any] = {f.name: f.default for f in fields(Settings)}


def load(
    flags: Mapping[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
    file: Path | None = None,
) -> Settings:
    """The settings in force. A flag that is None was not given. Raises UserError naming the setting."""
    environment = os.environ if environment is None else environment
    file = file or of_user()
    values = {name: typed(name, value, str(file)) for name, value in _read(file).items()}
    for name in DEFAULTS:
        variable = PREFIX + name.upper()
        if variable in environment:
            values[name] = typed(name, environment[variable], variable)
    values |= {name: value for name, value in (flags or {}).items() if value is not None}
    return replace(Settings(), **values)


def of_user() -> Path:
    """The file of the user's settings."""
    return Path(platformdirs.user_config_dir("mine2magnet")) / "settings.toml"


def given_elsewhere(settings: Settings, file: Path | None = None) -> frozenset[str]:
    """The settings that a variable or a flag gives: a change of the file would not reach them."""
    of_file = load({}, {}, file)
    return frozenset(name for name in DEFAULTS if getattr(settings, name) != getattr(of_file, name))


def save(changes: Mapping[str, Any], file: Path | None = None) -> None:
    """Writes settings into the file, whose other lines and comments stay; only its owner may read it, as
    passwords may stand in it. Raises UserError when it cannot be written."""
    import tomlkit

    file = file or of_user()
    _read(file)  # a file that cannot be read is not written over
    held = tomlkit.parse(file.read_text("utf-8")) if file.is_file() else tomlkit.document()
    held.update({name: str(value) if isinstance(value, Path) else value for name, value in changes.items()})
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=file.parent, prefix=".settings-")
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            out.write(tomlkit.dumps(held))
        Path(part).replace(file)
    except OSError as error:
        raise UserError(f"cannot be written: {error.strerror}", where=str(file)) from error


def _read(file: Path) -> Mapping[str, Any]:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise UserError(str(error), where=str(file), hint='write lines such as language = "ja"') from error


def typed(name: str, value: Any, where: str) -> Any:
    """The value of a setting as its type. Raises UserError naming `where` it stands."""
    if name not in DEFAULTS:
        raise UserError(f"unknown setting {name!r}", where=where, hint="known are " + ", ".join(DEFAULTS))
    kind = type(DEFAULTS[name])
    try:
        if kind is bool and isinstance(value, str):
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
                value.lower()
            ]
        return Path(value).expanduser() if isinstance(DEFAULTS[name], Path) else kind(value)
    except (ValueError, TypeError, KeyError) as error:
        raise UserError(f"{name} cannot be {value!r}", where=where, hint=f"e.g. {DEFAULTS[name]}") from error
