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
from functools import cache
from importlib import resources

import numpy as np

from mine2magnet.encoder.encode import DIMENSIONS, Vectors
from mine2magnet.search.table import Rows

SHIPPED = 100  # passages that the shipped mean of a language counts for
SAMPLE = 2000  # passages of a language, evenly spread, from which its own mean is taken
_QUERIES = "queries-"  # before the language, in the file


@cache
def shipped(queries: bool = False) -> Mapping[str, Vectors]:
    """Return the mean of each language's passages, or of its queries: 384 numbers each; under "" that of a
    language that nothing was shipped for.

    Parameters
    ----------
    queries : bool
    """
    content = (resources.files("mine2magnet.search") / "means.npz").read_bytes()
    with np.load(io.BytesIO(content)) as arrays:
        means = {
            name.removeprefix(_QUERIES): arrays[name].astype(np.float32)
            for name in arrays.files
            if name.startswith(_QUERIES) == queries
        }
    return means | {"": np.mean(list(means.values()), axis=0)}


def centred_query(vector: Vectors, language: str) -> Vectors:
    """Take the mean of a language's queries off a query's vector, and bring it back to length 1.

    Parameters
    ----------
    vector : array, 384
    language : str
        ISO 639-1, in which it is asked.

    Returns
    -------
    array, 384
    """
    means = shipped(queries=True)
    centred = vector - means.get(language, means[""])
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
    known = shipped()
    means = np.array([known.get(name, known[""]) for name in names], np.float32).reshape(-1, DIMENSIONS)
    for code in np.unique(language):
        mine = used[language == code]
        own = mean_of(mine[:: max(len(mine) // SAMPLE, 1)])
        means[code] = (len(mine) * own + SHIPPED * means[code]) / (len(mine) + SHIPPED)
    return means
