"""A patient client of one chat endpoint that speaks OpenAI's protocol, hosted or on this machine."""

from __future__ import annotations

import ipaddress
import json
import random
import re
import threading
import time
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any, Literal, TypeVar
from urllib.parse import urlsplit

import httpx

from mine2magnet.core.errors import UserError
from mine2magnet.core.settings import Settings

ATTEMPTS = 4  # of one request
PAUSE = 0.5  # seconds before the second attempt; doubled for each further one
PATIENCE = 600.0  # seconds for one answer with all its attempts and waits
MAX_BYTES = 4_000_000  # of one answer; a digest takes some 20 kB
MILLION = 1_000_000  # tokens that prices are stated for

_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 529})  # statuses that another try may mend
_REFUSED = frozenset({400, 415, 422, 501})  # the request is not understood as it stands
_MENDS = {
    401: "check the key of the endpoint",
    403: "check the key of the endpoint",
    404: "check the endpoint's base URL and the model's name",
    413: "use a model with a longer context",
}
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>\s*", re.DOTALL)  # some servers leave them in the answer

Message = Mapping[str, str]  # {"role": "system" | "user" | "assistant", "content": …}
_T = TypeVar("_T")


class ChatError(UserError):
    """The endpoint gave no usable answer."""

    status = 502


class CutShort(ChatError):
    """The answer is but the beginning of one: the same question would be answered no better."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model answers. `url` is the base below which /chat/completions lies, e.g.
    http://127.0.0.1:8080/v1; plain http is for this machine only, since articles and key go over it.

    `timeout` (s) bounds one request; prices are per million tokens, in any one currency.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    per_minute: float = 60.0
    concurrency: int = 4
    timeout: float = 120.0
    price_in: float = 0.0
    price_out: float = 0.0

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            _ = parts.port
        except ValueError:
            parts = urlsplit("")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise UserError(
                "not the base URL of an endpoint", where="url", hint="e.g. http://127.0.0.1:8080/v1"
            )
        if parts.username is not None or parts.password is not None:
            raise UserError("a key does not belong into the URL", where="url", hint="set it as the key")
        if parts.scheme == "http" and not self.local:
            raise UserError("plain http leaves this machine", where="url", hint="use https")
        if not self.model.strip():
            raise UserError("names no model", where="model", hint="ask the server for /v1/models")
        if not all("!" <= c <= "~" for c in self.key):
            raise UserError("has characters that no key has", where="key", hint="copy it once more")
        for name in ("per_minute", "concurrency", "timeout"):
            if getattr(self, name) <= 0:
                raise UserError("must be above 0", where=name)

    @property
    def local(self) -> bool:
        """True if it is on this machine."""
        host = urlsplit(self.url).hostname or ""
        try:
            return host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


def endpoint(settings: Settings) -> Endpoint | None:
    """The endpoint that the settings name, if they name a model."""
    if not settings.model:
        return None
    if not settings.model_url:
        raise UserError(
            f"no endpoint for the model {settings.model}",
            where="model_url",
            hint="set it, e.g. to http://127.0.0.1:8080/v1",
        )
    return Endpoint(
        settings.model_url,
        settings.model,
        settings.model_key,
        settings.model_per_minute,
        settings.model_concurrency,
        price_in=settings.model_price_in,
        price_out=settings.model_price_out,
    )


@dataclass(frozen=True, slots=True)
class Usage:
    """What was spent; `cost` in the currency of the endpoint's prices."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.requests + other.requests,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cost + other.cost,
        )

    def __str__(self) -> str:
        cost = f", cost {self.cost:.4f}" if self.cost else ""
        return f"{self.requests} requests, {self.tokens_in} tokens in, {self.tokens_out} out{cost}"


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer. Tokens are as the server counts them, or estimated where it does not say; `cost` is in
    the currency of the endpoint's prices."""

    text: str
    tokens_in: int
    tokens_out: int
    cost: float

    @property
    def usage(self) -> Usage:
        return Usage(1, self.tokens_in, self.tokens_out, self.cost)


def tokens(text: str) -> int:
    """About how many tokens a text takes, rather too many: one per character outside Latin script, one
    per three Latin characters."""
    latin = sum(c < "\u0250" for c in text)
    return len(text) - latin + (latin + 2) // 3


_SIMPLER: Mapping[str, Any] = {
    "json_schema": "bare_schema",
    "bare_schema": "json_object",
    "json_object": "plain",
}
# What some servers refuse in a schema that is to be kept to strictly.
_BOUNDS = frozenset({"maxLength", "minItems", "maxItems", "minimum", "maximum"})


@dataclass(frozen=True, slots=True)
class _Dialect:
    """What of the protocol the server is taken to understand."""

    format: Literal["json_schema", "bare_schema", "json_object", "plain"] = "json_schema"
    cap: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"
    temperature: bool = True

    def simpler(self, complaint: str, *, schema: bool) -> _Dialect | None:
        """Return what to try after the server refused with `complaint`; None when nothing is left."""
        if self.cap == "max_tokens" and "max_completion_tokens" in complaint:
            return replace(self, cap="max_completion_tokens")
        if self.temperature and "temperature" in complaint:
            return replace(self, temperature=False)
        if not schema or self.format == "plain":
            return None
        return replace(self, format=_SIMPLER[self.format])


class _Again(Exception):
    """Another try may mend it; `wait` (s) is what the server asks for."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        self.wait = wait
        super().__init__(reason)


class _Refused(Exception):
    """The server does not understand the request; the argument is what it said."""


class Chat:
    """Safe to use from several threads: they share the rate, the slots and what was learnt of the server.

    `pause` (s) is the first wait before another try, `patience` (s) bounds all of one answer.
    """

    def __init__(self, endpoint: Endpoint, *, pause: float = PAUSE, patience: float = PATIENCE) -> None:
        self.endpoint = endpoint
        self._pause = pause
        self._patience = patience
        self._dialect = _Dialect()
        self._slots = threading.BoundedSemaphore(endpoint.concurrency)
        self._lock = threading.Lock()
        self._free = 0.0  # monotonic time from which the next request may go out
        self._client = httpx.Client(
            headers={"Accept-Encoding": "identity"}
            | ({"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}),
            timeout=endpoint.timeout,
            trust_env=not endpoint.local,  # a proxy has no way to this machine
            limits=httpx.Limits(max_connections=endpoint.concurrency),
        )

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> Chat:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def complete(
        self,
        messages: Sequence[Message],
        *,
        schema: Mapping[str, Any] | None = None,
        max_tokens: int,
        temperature: float = 0.0,
    ) -> Reply:
        """One whole answer, as JSON of `schema` if the server can be brought to it: the caller checks.

        Raises ChatError when there is none, or only the half of one.
        """
        deadline = time.monotonic() + self._patience
        dialect = self._dialect
        while True:
            body = self._body(messages, dialect, schema, max_tokens, temperature)
            try:
                answer = self._patiently(partial(self._read, body, deadline), deadline)
            except _Refused as refusal:
                dialect = self._simpler(dialect, refusal, schema is not None)
                continue
            self._dialect = dialect
            return self._reply(answer, messages)

    # --- one request

    def _body(
        self,
        messages: Sequence[Message],
        dialect: _Dialect,
        schema: Mapping[str, Any] | None,
        max_tokens: int,
        temperature: float,
    ) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self.endpoint.model, dialect.cap: max_tokens}
        if dialect.temperature:
            body["temperature"] = temperature
        body["messages"] = [dict(m) for m in messages]
        if schema is None:
            return body
        if dialect.format in ("json_schema", "bare_schema"):
            form = schema if dialect.format == "json_schema" else _bare(schema)
            named = {"name": "answer", "strict": True, "schema": form}
            body["response_format"] = {"type": "json_schema", "json_schema": named}
            return body
        if dialect.format == "json_object":
            body["response_format"] = {"type": "json_object"}
        told = "Answer with one JSON object of this JSON schema and nothing else:"
        body["messages"][-1]["content"] += f"\n\n{told}\n{json.dumps(schema, ensure_ascii=False)}"
        return body

    @contextmanager
    def _sent(self, body: Mapping[str, Any], deadline: float) -> Iterator[httpx.Response]:
        """The response to one request, its head read and found good."""
        url = f"{self.endpoint.url.rstrip('/')}/chat/completions"
        try:
            with self._slot(deadline), self._client.stream("POST", url, json=body) as response:
                if response.status_code != 200:
                    self._raise(response, deadline)
                yield response
        except httpx.TimeoutException as error:
            raise _Again(f"no answer within {self.endpoint.timeout:g} s") from error
        except httpx.TransportError as error:
            raise _Again(f"cannot be reached: {_clean(str(error)) or type(error).__name__}") from error

    def _raise(self, response: httpx.Response, deadline: float) -> None:
        status = response.status_code
        said = self._complaint(response, deadline)
        if status in _PASSING:
            wait = _retry_after(response)
            if status == 429 and wait:
                with self._lock:
                    self._free = max(self._free, time.monotonic() + wait)
            raise _Again(f"answers {status}{said}", wait)
        if status in _REFUSED:
            raise _Refused(f"answers {status}{said}")
        if 300 <= status < 400:
            raise self._error("redirects elsewhere, which is not followed", hint="give its final base URL")
        raise self._error(f"answers {status}{said}", hint=_MENDS.get(status, ""))

    def _complaint(self, response: httpx.Response, deadline: float) -> str:
        """Return what the server says is wrong, in a line, without the key, should it repeat that."""
        try:
            text = self._content(response, deadline).decode("utf-8", "replace")
        except ChatError:
            return ""
        try:
            text = str(json.loads(text)["error"]["message"])
        except (ValueError, LookupError, TypeError, RecursionError):
            if text.lstrip().startswith("<"):
                return ""  # a page for people
        if self.endpoint.key:
            text = text.replace(self.endpoint.key, "…")
        return f": {said}" if (said := _clean(text)) else ""

    def _read(self, body: Mapping[str, Any], deadline: float) -> dict[str, Any]:
        with self._sent(body, deadline) as response:
            content = self._content(response, deadline)
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise self._error("answers what is no JSON", hint="check the base URL") from error
        if not isinstance(answer, dict):
            raise self._error("answers no JSON object", hint="check the base URL")
        return answer

    def _content(self, response: httpx.Response, deadline: float) -> bytes:
        return b"".join(self._chunks(response, deadline))

    def _chunks(self, response: httpx.Response, deadline: float) -> Iterator[bytes]:
        """The body, bounded in size and time: a server that drips must not hold us either."""
        until = min(deadline, time.monotonic() + self.endpoint.timeout)
        size = 0
        for chunk in response.iter_raw():
            size += len(chunk)
            if size > MAX_BYTES:
                raise self._error(f"answers more than {MAX_BYTES // 1_000_000} MB")
            if time.monotonic() > until:
                raise httpx.ReadTimeout("the answer takes too long")
            yield chunk

    def _reply(self, answer: Mapping[str, Any], messages: Sequence[Message]) -> Reply:
        try:
            choice = answer["choices"][0]
            text = choice["message"]["content"]
            reason = choice.get("finish_reason")
        except (LookupError, TypeError, AttributeError) as error:
            raise self._error("answers JSON that is no chat answer", hint="check the base URL") from error
        if reason == "length":
            raise CutShort(
                "stopped half-way through its answer", where=self._where, hint="allow it more tokens"
            )
        if not isinstance(text, str) or not (text := _THOUGHTS.sub("", text).strip()):
            raise self._error("answers nothing")
        usage = answer.get("usage")
        tokens_in = _count(usage, "prompt_tokens", sum(tokens(m["content"]) for m in messages))
        tokens_out = _count(usage, "completion_tokens", tokens(text))
        cost = (tokens_in * self.endpoint.price_in + tokens_out * self.endpoint.price_out) / MILLION
        return Reply(text, tokens_in, tokens_out, cost)

    # --- patience

    @contextmanager
    def _slot(self, deadline: float) -> Iterator[None]:
        """Waits for this request's turn: evenly spaced, and so many at a time."""
        with self._lock:
            at = max(time.monotonic(), self._free)
            if at > deadline:
                raise self._error("is asked more often than its rate allows", hint="raise per_minute")
            self._free = at + 60.0 / self.endpoint.per_minute
        time.sleep(max(0.0, at - time.monotonic()))
        if not self._slots.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise self._error("is busy with other requests", hint="raise concurrency")
        try:
            yield
        finally:
            self._slots.release()

    def _patiently(self, attempt: Callable[[], _T], deadline: float) -> _T:
        for n in range(1, ATTEMPTS + 1):
            try:
                return attempt()
            except _Again as again:
                backoff = self._pause * 2 ** (n - 1) * random.uniform(0.5, 1.0)  # noqa: S311 (jitter)
                pause = max(again.wait, backoff)
                if n == ATTEMPTS or time.monotonic() + pause > deadline:
                    asks = f", asks to wait {again.wait:.0f} s" if again.wait else ""
                    tries = f" (tried {n} times)" if n > 1 else ""
                    raise self._error(f"{again}{asks}{tries}", hint="try again later") from again
                time.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _simpler(self, dialect: _Dialect, refusal: _Refused, schema: bool) -> _Dialect:
        simpler = dialect.simpler(str(refusal), schema=schema)
        if simpler is None:
            raise self._error(str(refusal), hint="check the model's name and context length") from refusal
        return simpler

    def _error(self, what: str, *, hint: str = "") -> ChatError:
        return ChatError(what, where=self._where, hint=hint)

    @property
    def _where(self) -> str:
        return f"{self.endpoint.model} at {self.endpoint.url}"


def _bare(schema: Any) -> Any:
    """The schema without bounds on sizes and values."""
    if isinstance(schema, Mapping):
        return {key: _bare(value) for key, value in schema.items() if key not in _BOUNDS}
    return [_bare(value) for value in schema] if isinstance(schema, list) else schema


def _clean(text: str) -> str:
    """One short line without control characters: what a server says is not to be trusted."""
    kept = "".join(c if unicodedata.category(c)[0] != "C" else " " for c in text[:2000])
    return " ".join(kept.split())[:200]


def _count(usage: Any, name: str, otherwise: int) -> int:
    value = usage.get(name) if isinstance(usage, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else otherwise


def _retry_after(response: httpx.Response) -> float:
    """Seconds the server asks to wait (RFC 9110 §10.2.3: seconds or a date); 0 if it does not."""
    said = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(?:\.\d*)?", said):
        return float(said)
    try:
        at = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError):
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (at - datetime.now(UTC)).total_seconds())
