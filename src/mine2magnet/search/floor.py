"""Whether anything that is held answers a query, or only comes nearest to it.

Texts of any two subjects have some nearness, and more of it the more there are, so that no constant will do.
What counts is how near a document is together with how much of the query's words it has, for the best one,
and whether the query names a concept of the field. The floor for the sum was set for each language on the dev
halves of `benchmarks/queries.yaml`, `unanswered.yaml` and `search_judged` with their documents, as low as it
may be to refuse more than nine in ten of what nothing answers. It moves with how near the library at hand
comes to queries that nothing answers.
"""

from __future__ import annotations

from collections.abc import Mapping

from mine2magnet.search.table import Scores

SHARE = 0.4  # weight of the share of the words that a document has, beside its centred cosine
NAMED = 0.03  # what a query that names a concept has in advance
FLOOR = {"en": 0.29, "zh": 0.3, "ja": 0.34}
STARTER = {"en": 0.194, "zh": 0.213, "ja": 0.210}  # `Centring.unanswered` of the starter documents
WORDS = {"en": 0.25, "zh": 0.2, "ja": 0.4}  # the best share, while there are no vectors
MOVE = 1.5  # that the floor moves for each step of the library: found on libraries of one to nine documents
FURTHEST = (-0.05, 0.15)  # that the floor moves, down and up


def answered(
    language: str, shares: Scores, named: bool, meaning: Scores | None, unanswered: Mapping[str, float]
) -> bool:
    """Return whether the best that was found answers.

    Parameters
    ----------
    language : str
        ISO 639-1, in which it is asked; others stand by English.
    shares : array, n
        Of the query's words that each document has.
    named : bool
        Whether the query names a concept.
    meaning : array, n, or None
        Centred cosine of each document; None while there are no vectors.
    unanswered : mapping of str to float
        `Centring.unanswered` of the library.
    """
    language = language if language in FLOOR else "en"
    if meaning is None:
        return float(shares.max(initial=0.0)) >= WORDS[language]
    moved = MOVE * (unanswered[language] - STARTER[language])
    floor = FLOOR[language] + min(max(moved, FURTHEST[0]), FURTHEST[1])
    return float((meaning + SHARE * shares).max(initial=0.0)) + NAMED * named >= floor
