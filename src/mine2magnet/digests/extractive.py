"""Digests without a model service: the document's own sentences, scored, chosen and grouped.

A sentence is worth showing if it is typical of the document (LexRank: Erkan & Radev 2004, biased as by
Otterbacher et al. 2009), early, near the title, and dense in figures and in the field's concepts; sentences
are chosen one by one against those that are chosen already (maximal marginal relevance: Carbonell &
Goldstein 1998). The groups they fall into are those of `aspects`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from mine2magnet.digests import aspects
from mine2magnet.digests.statements import (
    Statement,
    figures,
    grams,
    is_dependent,
    is_question,
    polarity,
    size,
    statements,
    values,
)
from mine2magnet.model import Digest, Document, Point
from mine2magnet.thesaurus import Thesaurus

METHOD = "extractive"
MAKER = "2"  # raised whenever the same document would give another digest

Embed = Callable[[Sequence[str]], "npt.NDArray[np.float32]"]
Vectors = npt.NDArray[np.float64]

CANDIDATES = 40  # statements that are embedded: 1 to 2 s on 2 cores
MOST_GROUPS = 5
MOST_POINTS = 12  # in groups
MOST_IN_GROUP = 3
GROUP = 2.2  # points in a group, about: how many groups there are
SHARE = 0.4  # of the statements that become points at least; more do if more of them are news
SHORT = 3  # a document of no more statements gets a viewpoint only
LONG_ENOUGH_FOR_TWO = 10  # statements, for a viewpoint of two sentences

# Weights of a statement's merits, each between 0 and 1, and what faults cost; set by reading digests of
# news and reports in three languages (tests/digests/articles).
WEIGHTS = {"position": 0.15, "concepts": 0.20, "figures": 0.20, "title": 0.15, "central": 0.30}
DEPENDENT, QUESTION, LENGTH = 0.25, 0.40, 0.40
BRIEF, LENGTHY = 14, 45  # words: shorter statements say little, longer ones too much at once
LEAD = 0.5  # what standing at the very start adds for a viewpoint
LAST = 9.0  # what it costs a point not to stand alone: it is chosen only if none else is left
FACT = 0.1  # what a figure adds for a viewpoint
NOVELTY = 0.45  # what full likeness to a chosen statement costs
ASTRAY = 0.15  # what it costs a statement to fall under none of the main aspects
CROWDING = 0.06  # what each point already in its group costs a statement
SAME_WORDS = 0.7  # overlap of words above which two statements are one
REPEATED = 0.9  # share of a statement's words that a repetition has, too
SAME_MEANING = 0.96  # cosine of plain E5 vectors above which they are
DAMPING = 0.85  # of LexRank


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A statement, its place among all of the document's, and what its words alone tell."""

    statement: Statement
    place: int
    cheap: float
    concepts: frozenset[str]
    told: Counter[str]  # how many of its concepts speak to which aspect


def digest(document: Document, *, thesaurus: Thesaurus, embed: Embed) -> Digest:
    """The digest of a document in its own words and language.

    `embed` gives unit vectors, float32 of shape (n, d), and is called once with at most `CANDIDATES` + 1
    texts. Every point is a contiguous piece of the first paragraph it cites. Raises ValueError for a
    document without paragraphs.
    """
    if not document.paragraphs:
        raise ValueError(f"nothing to digest: {document.title!r} has no paragraphs")
    found = statements(document)
    candidates = _candidates(document.title, found, thesaurus)
    if not candidates:
        return Digest((), (), METHOD, document.language, MAKER)
    plain = np.asarray(embed([document.title, *(c.statement.text for c in candidates)]), dtype=np.float64)
    candidates, kept = _distinct(candidates, plain[1:])
    plain = plain[[0, *(i + 1 for i in kept)]]
    # Plain E5 vectors of one language lie close together; what tells them apart is left without the mean.
    vectors = _unit(plain - plain[1:].mean(axis=0))
    likeness = np.clip(vectors[1:] @ vectors[1:].T, 0.0, 1.0)
    np.fill_diagonal(likeness, 0.0)
    title = np.clip(vectors[1:] @ vectors[0], 0.0, 1.0)
    scores = _scores(candidates, likeness, title)
    viewpoint = _viewpoint(candidates, scores, likeness, title, len(found))
    room = _room(candidates, viewpoint, len(found))
    left = scores.copy()
    left[viewpoint] = 0.0
    under, is_main = aspects.assign(
        aspects.told(_concepts(document.title, thesaurus), thesaurus),
        [c.told for c in candidates],
        [c.statement.paragraphs[0] for c in candidates],
        left,
        likeness,
        main=min(MOST_GROUPS, max(1, round(room / GROUP))),
        fill=MOST_IN_GROUP,
    )
    alone = np.array([_stands_alone(c) for c in candidates])
    worth = scores - ASTRAY * ~np.array(is_main) - LAST * ~alone
    points = _choose(worth, likeness, under, viewpoint, room)
    return Digest(
        tuple(_point(candidates[i]) for i in viewpoint),
        aspects.groups([(under[i], _point(candidates[i])) for i in points], thesaurus, document.language),
        METHOD,
        document.language,
        MAKER,
    )


def _room(candidates: Sequence[_Candidate], viewpoint: Sequence[int], statements: int) -> int:
    """How many points there are to be beside the viewpoint: as many as say something new by themselves."""
    if statements <= SHORT:
        return 0
    others = [c for i, c in enumerate(candidates) if i not in viewpoint]
    news = sum(_stands_alone(c) and (figures(c.statement.text) > 0 or len(c.concepts) > 1) for c in others)
    alone = sum(map(_stands_alone, others))
    least = round(SHARE * statements) - len(viewpoint)
    return max(0, min(MOST_POINTS, max(least, news), alone or least))


def _stands_alone(candidate: _Candidate) -> bool:
    return not (is_dependent(candidate.statement.text) or is_question(candidate.statement.text))


def _candidates(title: str, found: Sequence[Statement], thesaurus: Thesaurus) -> list[_Candidate]:
    """The best statements by their words alone, in the order of the document."""
    mentioned = [_concepts(s.text, thesaurus) for s in found]
    frequency = Counter(c for concepts in mentioned for c in concepts)
    weight = {c: math.log1p(n) for c, n in frequency.items()}
    richest = max((sum(weight[c] for c in concepts) for concepts in mentioned), default=0.0) or 1.0
    title_words, title_concepts = grams(title), _concepts(title, thesaurus)
    all_candidates = []
    seen: set[int] = set()
    for place, (statement, concepts) in enumerate(zip(found, mentioned, strict=True)):
        paragraph = statement.paragraphs[0]
        opening = 0.0 if paragraph in seen else 1.0
        seen.add(paragraph)
        position = 0.7 / (1 + place / 6) + 0.3 * opening
        shared = len(title_words & grams(statement.text)) / (len(title_words) or 1)
        named = len(title_concepts & concepts) / (len(title_concepts) or 1)
        merits = {
            "position": position,
            "concepts": sum(weight[c] for c in concepts) / richest,
            "figures": min(figures(statement.text), 3) / 3,
            "title": (shared + named) / 2,
        }
        cheap = sum(WEIGHTS[name] * merit for name, merit in merits.items()) - _faults(statement.text)
        told = aspects.told(concepts, thesaurus)
        all_candidates.append(_Candidate(statement, place, cheap, concepts, told))
    best = sorted(all_candidates, key=lambda c: (-c.cheap, c.place))[:CANDIDATES]
    return sorted(best, key=lambda c: c.place)


def _concepts(text: str, thesaurus: Thesaurus) -> frozenset[str]:
    return frozenset(mention.concept.id for mention in thesaurus.find(text))


def _faults(text: str) -> float:
    words = size(text)
    length = max(0.0, (BRIEF - words) / BRIEF, (words - LENGTHY) / LENGTHY)
    return DEPENDENT * is_dependent(text) + QUESTION * is_question(text) + LENGTH * min(length, 1.0)


def _distinct(candidates: Sequence[_Candidate], plain: Vectors) -> tuple[list[_Candidate], list[int]]:
    """Without those that a better one says already, and the places of what is left. Where the very
    statement is repeated, it rests on both paragraphs."""
    words = [grams(c.statement.text) for c in candidates]
    cosines = plain @ plain.T
    kept: dict[int, _Candidate] = {}
    for i in sorted(range(len(candidates)), key=lambda i: (-candidates[i].cheap, i)):
        for j, held in kept.items():
            common = len(words[i] & words[j])
            alike = common >= SAME_WORDS * min(len(words[i]), len(words[j])) or cosines[i, j] >= SAME_MEANING
            if alike and _adds_nothing(candidates[i], held):
                if common >= REPEATED * len(words[j]) and _adds_nothing(held, candidates[i]):
                    kept[j] = _resting_on(held, candidates[i].statement.paragraphs)
                break
        else:
            kept[i] = candidates[i]
    order = sorted(kept)
    return [kept[i] for i in order], order


def _adds_nothing(new: _Candidate, held: _Candidate) -> bool:
    """Whether a statement that reads like another has no concept, figure or direction of its own."""
    a, b = new.statement.text, held.statement.text
    return new.concepts <= held.concepts and values(a) <= values(b) and polarity(a) == polarity(b)


def _resting_on(candidate: _Candidate, paragraphs: Sequence[int]) -> _Candidate:
    together = dict.fromkeys((*candidate.statement.paragraphs, *paragraphs))
    return replace(candidate, statement=replace(candidate.statement, paragraphs=tuple(together)))


def _unit(vectors: Vectors) -> Vectors:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, length, out=np.zeros_like(vectors), where=length > 1e-9)
    return unit


def _scores(candidates: Sequence[_Candidate], likeness: Vectors, title: Vectors) -> Vectors:
    """Cheap score and centrality: the share of a walk over like statements that starts anew, with
    probability 1 - DAMPING, at those that are good by their words or near the title."""
    cheap = np.array([c.cheap for c in candidates])
    start = np.clip(cheap, 0.01, None) + title
    start /= start.sum()
    links = likeness.sum(axis=1, keepdims=True)
    step = np.divide(likeness, links, out=np.tile(start, (len(start), 1)), where=links > 0)
    rank: Vectors = start
    for _ in range(50):  # 0.85^50 < 0.001
        rank = DAMPING * rank @ step + (1 - DAMPING) * start
    scores: Vectors = cheap + WEIGHTS["central"] * rank / rank.max()
    return scores


def _viewpoint(
    candidates: Sequence[_Candidate], scores: Vectors, likeness: Vectors, title: Vectors, statements: int
) -> list[int]:
    """The best statement, with more weight on lead, title and standing alone; in a longer document also the
    next best."""
    early = np.array([1 / (1 + c.place / 3) for c in candidates])
    leaning = np.array([not _stands_alone(c) for c in candidates])
    stated = np.array([figures(c.statement.text) > 0 for c in candidates])
    lead = scores + LEAD * early + WEIGHTS["title"] * title - 2 * DEPENDENT * leaning + FACT * stated
    chosen = [int(np.argmax(lead))]
    if statements >= LONG_ENOUGH_FOR_TWO and len(candidates) > 1:
        rest = lead - NOVELTY * likeness[chosen[0]]
        rest[chosen] = -np.inf
        chosen.append(int(np.argmax(rest)))
    return sorted(chosen)


def _choose(
    scores: Vectors, likeness: Vectors, under: Sequence[str], viewpoint: Sequence[int], room: int
) -> list[int]:
    """Up to `room` candidates, each the best that is left when likeness to those chosen is paid for."""
    chosen, points = list(viewpoint), list[int]()
    filled: Counter[str] = Counter()
    while len(points) < room:
        open_ = [
            i
            for i, aspect in enumerate(under)
            if i not in chosen
            and filled[aspect] < MOST_IN_GROUP
            and (filled[aspect] or len(filled) < MOST_GROUPS)
        ]
        if not open_:
            break
        worth = scores - NOVELTY * likeness[:, chosen].max(axis=1)
        best = max(open_, key=lambda i: (worth[i] - CROWDING * filled[under[i]], -i))
        chosen.append(best)
        points.append(best)
        filled[under[best]] += 1
    return sorted(points)


def _point(candidate: _Candidate) -> Point:
    return Point(candidate.statement.text, candidate.statement.paragraphs, "holds")  # it is their text
