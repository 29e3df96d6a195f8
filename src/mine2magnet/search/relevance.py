"""How well passages speak to a question: nearness of meaning, and how much of the question they name."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mine2magnet.core.text import fold
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.encoder.encode import Vectors, embed_kept, embed_query
from mine2magnet.search.centring import centred_query, shipped, unit
from mine2magnet.search.excerpts import named
from mine2magnet.search.fusion import language
from mine2magnet.search.units import understand

NAMED = 0.3  # weight of the share of the question's units that a passage names, beside a cosine


def relevance(
    question: str,
    passages: Sequence[tuple[str, str]],
    thesaurus: Thesaurus,
    known: Sequence[Vectors] = (),
) -> list[float]:
    """Return how well each passage speaks to a question, about -0.2 to 1.3.

    The cosine of question and passage, the means of questions and of passages in their languages taken off,
    plus the share of the question that is named.

    Parameters
    ----------
    question : str
    passages : sequence of (text, language)
    thesaurus : Thesaurus
    known : sequence of array, n × 384
        Of each passage, vectors that stand for it, of which the nearest counts; a passage that has none is
        embedded.
    """
    if not passages:
        return []
    units = understand(question, thesaurus)
    asked = centred_query(embed_query(question), language(question))
    means = shipped()
    held = list(known) or [np.zeros((0, len(asked)), np.float32)] * len(passages)
    made = iter(embed_kept([text for (text, _), of in zip(passages, held, strict=True) if not len(of)]))
    vectors = [of if len(of) else next(made)[None] for of in held]
    near = [
        float((unit(of - means.get(code, means[""])) @ asked).max())
        for of, (_, code) in zip(vectors, passages, strict=True)
    ]
    share = [named(text, fold(text), units) / max(len(units), 1) for text, _ in passages]
    return [n + NAMED * s for n, s in zip(near, share, strict=True)]
