"""The words of documents as sparse vectors, for a server that compares vectors: BM25 as inner products.

A document's vector has a component for each word and each run of a few words: how often it says that,
saturated, and less in a long document. A query's has how rare each is. So BM25 (Robertson and Zaragoza
2009, "The probabilistic relevance framework", eq. 3.15) is their inner product, and how rare a word is can
be counted when it is asked for: nothing that is kept goes out of date as documents come and go.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from hashlib import blake2b

from mine2magnet.core.text import fold
from mine2magnet.model import Document
from mine2magnet.search.tokens import marks, of_folded
from mine2magnet.search.units import Term

VERSION = "1"  # raised when a document would give another vector
K1, B = 1.2, 0.75  # as tantivy has them
RUN = 3  # words in a row that are one component: a phrase of so many is found exactly
USUAL = {"text": 460, "title": 16}  # words: means of the starter documents, to which a length is compared
ALL = 0  # component that every document has: a server takes no empty vector
_LAST = 2**32 - 2  # component that a server takes

Sparse = dict[int, float]


@lru_cache(maxsize=1 << 16)
def component(field: str, row: str) -> int:
    """Return the component of words in a row in a field: 32 bits of BLAKE2.

    Among a million, one in 4,000 shares its own with another, and is found where that is.

    Parameters
    ----------
    field : {"title", "text"}
    row : str
        Tokens, a space between them.

    Examples
    --------
    >>> component("text", "rare earth") == component("title", "rare earth")
    False
    """
    code = int.from_bytes(blake2b(f"{field} {row}".encode("utf-8", "replace"), digest_size=4).digest(), "big")
    return code % _LAST + 1


def vector(document: Document) -> Sparse:
    """Return a document's words as a sparse vector.

    Words of the title count for the title and, as in the text, for their marks in both.

    Parameters
    ----------
    document : Document
    """
    title, *paragraphs = (fold(text) for text in (document.title, *(p.text for p in document.paragraphs)))
    written, folded = f"{document.title}\n{document.text}", "\n".join((title, *paragraphs))
    return {
        ALL: 1.0,
        **dict(_weights("text", map(of_folded, paragraphs), marks(written, folded))),
        **dict(_weights("title", [of_folded(title)], marks(document.title, title))),
    }


def _weights(field: str, rows: Iterable[Sequence[str]], marked: Iterable[str]) -> Iterator[tuple[int, float]]:
    counts: Counter[int] = Counter()
    length = 0
    for row in rows:
        length += len(row)
        for size in range(1, RUN + 1):
            counts.update(component(field, " ".join(row[i : i + size])) for i in range(len(row) - size + 1))
    counts |= Counter({component(f"{field} mark", mark): 1 for mark in marked})
    slow = K1 * (1 - B + B * length / USUAL[field])
    return ((code, count * (K1 + 1) / (count + slow)) for code, count in counts.items())


def components(field: str, term: Term) -> list[int]:
    """Return the components that a document has, all of them, if the field has the term.

    A term longer than `RUN` is taken to be where all its runs are, if not in one place; of one whose last
    token may go on, the first ones are looked for if they are two at least.

    Parameters
    ----------
    field : {"title", "text"}
    term : Term
    """
    if term.mark:
        return [component(f"{field} mark", term.tokens[0])]
    tokens = term.tokens[:-1] if term.begun and len(term.tokens) > 2 else term.tokens
    size = min(RUN, len(tokens))
    runs = (tokens[i : i + size] for i in range(len(tokens) - size + 1))
    return [component(field, " ".join(run)) for run in runs]
