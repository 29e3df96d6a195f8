"""Vectors without what their language and their being a query put into them.

The vectors of one language lie together, and those of its queries apart from those of its passages, so that
neighbours in the query's own language crowd out what the others say. Taking off the mean of each, and
bringing what is left back to length 1, makes them comparable. A library's own means of passages take over
from the shipped ones (`means.npz`: of the starter documents and of the dev half of the benchmark's queries;
`benchmarks/search_quality.py --means` makes it) as it grows.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import numpy as np

from mine2magnet.encoder.encode import DIMENSIONS, Vectors
from mine2magnet.search.table import Rows

SHIPPED = 100  # passages that the shipped mean of a language counts for
SAMPLE = 2000  # passages of a language, evenly spread, from which its own mean is taken
_QUERIES, _UNANSWERED = "queries-", "unanswered-"  # before the language, in the file


@cache
def shipped(kind: Literal["", "queries-", "unanswered-"] = "") -> Mapping[str, Vectors]:
    """Return what is shipped for each language, under "" for those that nothing was shipped for.

    Parameters
    ----------
    kind : {"", "queries-", "unanswered-"}
        The mean of passages or of queries, 384 numbers; or queries of subjects that no document of the field
        has, n × 384.
    """
    content = (resources.files("mine2magnet.search") / "means.npz").read_bytes()
    with np.load(io.BytesIO(content)) as arrays:
        found = {
            name.removeprefix(kind): arrays[name].astype(np.float32)
            for name in arrays.files
            if (name.startswith(kind) if kind else "-" not in name)
        }
    return found | {"": found["en"] if kind == _UNANSWERED else np.mean(list(found.values()), axis=0)}


def centred_query(vector: Vectors, language: str) -> Vectors:
    """Take the mean of a language's queries off a query's vector, and bring it back to length 1.

    Parameters
    ----------
    vector : array, 384 or n × 384
    language : str
        ISO 639-1, in which it is asked.

    Returns
    -------
    array, as `vector`
    """
    means = shipped(_QUERIES)
    return unit(vector - means.get(language, means[""]))


def unit(vectors: Vectors) -> Vectors:
    """Return vectors brought to length 1; what has none stays as it is.

    Parameters
    ----------
    vectors : array, … × 384
    """
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-6), np.float32)


@dataclass(frozen=True, slots=True)
class Centring:
    """What makes the vectors of a library comparable: `means` of its languages (languages × 384); and how
    near its passages come to queries that nothing answers: the median over those of each language."""

    means: Vectors
    unanswered: Mapping[str, float]

    @classmethod
    def of(
        cls,
        vectors_of: Callable[[Rows], Vectors],
        used: Rows,
        language: Rows,
        names: Sequence[str],
    ) -> Centring:
        """Take the means of a library's passages, each drawn to the shipped one while they are few.

        Parameters
        ----------
        vectors_of : callable
            Gives the vectors of some records.
        used : array of int
            All records that count.
        language : array of int
            Of each record, as an index of `names`.
        names : sequence of str
            ISO 639-1. A language that nothing was shipped for is drawn to the middle of those that are.
        """
        known = shipped()
        means = np.array([known.get(name, known[""]) for name in names], np.float32).reshape(-1, DIMENSIONS)
        nearest = {code: np.full(len(asked), -1.0) for code, asked in shipped(_UNANSWERED).items()}
        for code in np.unique(language):
            mine = used[language == code]
            vectors = vectors_of(mine[:: max(len(mine) // SAMPLE, 1)])
            means[code] = (len(mine) * vectors.mean(0) + SHIPPED * means[code]) / (len(mine) + SHIPPED)
            centred = unit(vectors - means[code])
            for asked, best in nearest.items():
                queries = centred_query(shipped(_UNANSWERED)[asked], asked)
                np.maximum(best, (queries @ centred.T).max(1), out=best)
        return cls(means, {code: float(np.median(best)) for code, best in nearest.items()})
