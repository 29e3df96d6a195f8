"""Vectors without what their language and their being a query put into them.

The vectors of one language lie together, and those of queries apart from those of passages, so that
neighbours in the query's own language crowd out what the others say. Taking the means off makes them
comparable. A library's own means take over from the shipped ones (`means.npz`: of the starter documents
and of the dev half of the benchmark's queries; `benchmarks/search_quality.py --means` makes it) as it grows.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources

import numpy as np

from mine2magnet.encoder.encode import DIMENSIONS, Vectors
from mine2magnet.search.table import Rows

SHIPPED = 100  # passages that the shipped mean of a language counts for
SAMPLE = 2000  # passages of a language, evenly spread, from which its own mean is taken


@cache
def shipped() -> Mapping[str, Vectors]:
    """Return the mean of queries under "query", and of passages under each language: 384 numbers each."""
    content = (resources.files("mine2magnet.search") / "means.npz").read_bytes()
    with np.load(io.BytesIO(content)) as arrays:
        return {name: arrays[name].astype(np.float32) for name in arrays.files}


def centred_query(vector: Vectors) -> Vectors:
    """Take the mean of queries off a query's vector, and bring it back to length 1.

    Parameters
    ----------
    vector : array, 384

    Returns
    -------
    array, 384
    """
    centred = vector - shipped()["query"]
    return np.asarray(centred / max(float(np.linalg.norm(centred)), 1e-6), np.float32)


def passage_means(
    mean_of: Callable[[Rows], Vectors],
    used: Rows,
    language: Rows,
    names: Sequence[str],
) -> Vectors:
    """Return the mean of each language's passages, drawn to the shipped one while they are few.

    Parameters
    ----------
    mean_of : callable
        Gives the mean of some records.
    used : array of int
        All records that count.
    language : array of int
        Of each record, as an index of `names`.
    names : sequence of str
        ISO 639-1. A language that nothing was shipped for is drawn to the middle of those that are.

    Returns
    -------
    array, languages × 384
    """
    middle = np.mean([mean for name, mean in shipped().items() if name != "query"], axis=0)
    means = np.array([shipped().get(name, middle) for name in names], np.float32).reshape(-1, DIMENSIONS)
    for code in np.unique(language):
        mine = used[language == code]
        own = mean_of(mine[:: max(len(mine) // SAMPLE, 1)])
        means[code] = (len(mine) * own + SHIPPED * means[code]) / (len(mine) + SHIPPED)
    return means
