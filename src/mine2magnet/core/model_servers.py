"""Programs on this machine that serve models by OpenAI's protocol: found where they listen by default."""

from __future__ import annotations

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

import httpx

# Where they listen unless told otherwise (the documentation of each, 2025).
KNOWN = (("Ollama", "http://127.0.0.1:11434/v1"), ("llama.cpp", "http://127.0.0.1:8080/v1"))
TIMEOUT = 0.5  # s that one of them has to answer in
MOST_MODELS = 20  # of one of them that are shown
_PART, _PARTS = 65_536, 4  # bytes of an answer that are read at once, and how often


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A program that serves models, and the base URL it does so at."""

    name: str
    url: str
    models: tuple[str, ...]


def running(known: Sequence[tuple[str, str]]) -> list[ModelServer]:
    """Return the programs that serve at least one model.

    Parameters
    ----------
    known : sequence of (str, str)
        Names and base URLs, such as `KNOWN`; all are asked at once.

    Returns
    -------
    list of ModelServer
    """
    with ThreadPoolExecutor(len(known) or 1) as pool:
        return [found for found in pool.map(lambda one: _asked(*one), known) if found.models]


def _asked(name: str, url: str) -> ModelServer:
    try:
        with httpx.stream("GET", f"{url}/models", timeout=TIMEOUT, trust_env=False) as answer:
            body = b"".join(islice(answer.iter_bytes(_PART), _PARTS))
        listed = [str(one["id"]) for one in json.loads(body)["data"]]
    except (httpx.HTTPError, ValueError, LookupError, TypeError, RecursionError):
        listed = []
    return ModelServer(name, url, tuple(id for id in listed if id.isprintable() and id)[:MOST_MODELS])
