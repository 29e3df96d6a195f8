"""Whether anything that is held answers a query, or only comes nearest to it.

Texts of any two subjects have some nearness, and more of it the more there are, so that no constant will do.
What counts is the nearest document, how much of the query's words any has, and whether the query names a
concept of the field; the floor for the sum was set for each language on the dev half of
`benchmarks/queries.yaml` (three in a hundred of which may be lost) and `unanswered.yaml`, with the starter
documents. It moves with how near the library at hand comes to queries that nothing answers.
"""

from __future__ import annotations

from collections.abc import Mapping

SHARE = 0.4  # weight of the best share of the words, beside a centred cosine
NAMED = 0.05  # what a query that names a concept has in advance
FLOOR = {"en": 0.35, "zh": 0.36, "ja": 0.37}
STARTER = {"en": 0.194, "zh": 0.213, "ja": 0.210}  # `Centring.unanswered` of the starter documents
WORDS = {"en": 0.24, "zh": 0.16, "ja": 0.3}  # the best share, while there are no vectors
MOVE = 1.5  # that the floor moves for each step of the library: found on libraries of one to nine documents
FURTHEST = 0.15  # that the floor moves, either way


def answered(
    language: str, share: float, named: bool, meaning: float | None, unanswered: Mapping[str, float]
) -> bool:
    """Return whether the best that was found answers.

    Parameters
    ----------
    language : str
        ISO 639-1, in which it is asked; others stand by English.
    share : float
        The best share of the query's words that a document has.
    named : bool
        Whether the query names a concept.
    meaning : float or None
        Centred cosine of the nearest document; None while there are no vectors.
    unanswered : mapping of str to float
        `Centring.unanswered` of the library.
    """
    language = language if language in FLOOR else "en"
    if meaning is None:
        return share >= WORDS[language]
    moved = MOVE * (unanswered[language] - STARTER[language])
    floor = FLOOR[language] + min(max(moved, -FURTHEST), FURTHEST)
    return meaning + SHARE * share + NAMED * named >= floor
