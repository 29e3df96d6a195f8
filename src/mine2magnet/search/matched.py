"""Where in a document the words of queries stand."""

from __future__ import annotations

from collections.abc import Iterable

from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.model import Document
from mine2magnet.search.excerpts import excerpts
from mine2magnet.search.query import parse, positives
from mine2magnet.search.view import units_of


def matched(
    queries: Iterable[str], document: Document, thesaurus: Thesaurus
) -> tuple[int, tuple[int, int]] | None:
    """Return the paragraph that has most of what queries ask for, and where in it.

    Parameters
    ----------
    queries : iterable of str
    document : Document
    thesaurus : Thesaurus

    Returns
    -------
    (int, (int, int)) or None
        The paragraph's number and characters [start, end); None if there are none, as for queries of fields
        only.
    """
    leaves = [leaf for query in queries for leaf in positives(parse(query))]
    for passage in excerpts(document, units_of(leaves, thesaurus), None):
        if passage.highlights:
            return passage.paragraph, passage.highlights[0]
    return None
