"""One list from two kinds of evidence, words and meaning, and from several languages.

Scores are added, not ranks: both kinds are made comparable across languages first (`Words.rank`,
`centring`). The figures were chosen on the dev halves of `benchmarks/queries.yaml` and
`benchmarks/search_judged`.
"""

from __future__ import annotations

import re

import numpy as np

from mine2magnet.search.table import Mask, Rows, Scores

WORDS = 0.3  # weight of the share of a query's words that is there, beside the centred cosine
LEVEL = 0.6  # of the best score of its language that is taken off each: 0 lets one crowd out, 1 deals in turn
OWN = 0.07  # what documents in the query's language have in advance
LIKELY = 0.7  # of the best score that the best document of another language must have to be taken to answer
SHORT = 30  # documents of each language that are compared with what answers


def fuse(words: Scores, meaning: Scores, among: Mask, language: Rows, own: Mask) -> Scores:
    """Return one score for each row, from its words and its meaning; 0 outside `among`.

    Parameters
    ----------
    words : array, rows
        In 0 … about 1.
    meaning : array, rows
        Centred cosine; 0 where it is not known.
    among : array of bool, rows
        The rows that count.
    language : array of int, rows
        Of each row.
    own : array of bool, rows
        Which rows are in the query's language.

    Returns
    -------
    array, rows
    """
    scores = np.where(among, meaning + WORDS * words, 0.0)
    for code in np.flatnonzero(np.bincount(language[among])):
        mine = among & (language == code)
        scores[mine] -= LEVEL * scores[mine].max()
    return np.where(among, scores + OWN * own, 0.0)


def likely(words: Scores, meaning: Scores, among: Mask, language: Rows) -> tuple[Rows, Rows]:
    """Return the rows that are taken to answer, the best of each language; and those to compare with them.

    Parameters
    ----------
    words, meaning : array, rows
    among : array of bool, rows
    language : array of int, rows

    Returns
    -------
    answers, rows : array of int
    """
    scores = meaning + WORDS * words
    first = [np.zeros(0, np.intp)]
    for code in np.flatnonzero(np.bincount(language[among])):
        mine = np.flatnonzero(among & (language == code))
        if len(mine) > SHORT:
            mine = mine[np.argpartition(-scores[mine], SHORT)[:SHORT]]
        first.append(mine[np.lexsort((mine, -scores[mine]))])
    best = np.array([rows[0] for rows in first[1:]], np.intp)
    least = LIKELY * scores[best].max(initial=0.0)
    return best[scores[best] >= least], np.concatenate(first)


def with_translated(
    best: Scores, words: Scores, meaning: Scores, among: Mask, added: Mask, language: Rows
) -> Scores:
    """Return the scores of `fuse` with those of rows that their translations are found by; the others stay.

    Parameters
    ----------
    best : array, rows
        As `fuse` gave them.
    words : array, rows
        Of the translations.
    meaning : array, rows
    among : array of bool, rows
        The rows that were fused.
    added : array of bool, rows
        The rows found by their translations; if also fused, they rise, and never fall.
    language : array of int, rows
        Of the documents.
    """
    raised = meaning + WORDS * words
    for code in np.unique(language[added]):
        mine = added & (language == code)
        held = among & (language == code)
        top = (best[held].max() / (1 - LEVEL)) if held.any() else raised[mine].max()
        raised[mine] -= LEVEL * max(top, 0.0)
    return np.where(added, np.where(among, np.maximum(best, raised), raised), best)


def relevance(words: Scores, meaning: Scores) -> Scores:
    """Return how well each row answers the query by itself, 0 … 1, weighed as `fuse` does.

    Unlike the scores of `fuse`, these do not depend on what else was found. Where only words count, the share
    of the query's words that a row has takes their place.

    Parameters
    ----------
    words : array, rows
    meaning : array, rows
    """
    return np.clip((meaning + WORDS * words) / (1 + WORDS), 0.0, 1.0)


def language(text: str) -> str:
    """Return the language that a query is most likely in, by its script.

    Parameters
    ----------
    text : str

    Examples
    --------
    >>> language("レアアース 在庫"), language("稀土 Lynas"), language("stocks")
    ('ja', 'zh', 'en')
    """
    if re.search("[\u3041-\u30ff]", text):
        return "ja"
    return "zh" if re.search("[\u3400-\u9fff]", text) else "en"
