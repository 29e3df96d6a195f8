"""Digests without a model service: the document's own sentences, weighed, chosen and grouped.

What speaks for a sentence is weighed by `evidence`; sentences are chosen one by one against those that are
chosen already (maximal marginal relevance: Carbonell & Goldstein 1998, by words), and stand under headings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mine2magnet.digests import aspects, context, evidence
from mine2magnet.digests.context import Read
from mine2magnet.digests.evidence import Setting, StatementEvidence
from mine2magnet.digests.statements import Statement, grams, is_dependent, polarity, size, statements, values
from mine2magnet.model import Digest, Document, Point
from mine2magnet.thesaurus import Thesaurus

METHOD = "extractive"
MAKER = "3"  # raised whenever the same document would give another digest

CANDIDATES = 200  # statements that are compared with each other, those likeliest to be held
MOST_POINTS = 12  # in groups
LEAST_POINTS = 3  # in groups, where there are as many statements
WORTHY = 0.5  # chance that a digest holds a statement, from which it may be a point
SHORT = 3  # a document of no more statements gets a viewpoint only
LONG_ENOUGH_FOR_TWO = 10  # statements, for a viewpoint of two sentences
NOVELTY = 0.8  # of its chance, that a statement loses whose words were all said
LENGTHY = 60  # words: a longer statement says too much at once for a viewpoint
SAME_WORDS = 0.7  # overlap of words above which two statements are one
REPEATED = 0.9  # share of a statement's words that a repetition has, too


@dataclass(frozen=True, slots=True)
class WeighedStatement:
    """A statement, the claims in it, what speaks for it, and its words."""

    statement: Statement
    read: Read
    evidence: StatementEvidence
    words: frozenset[str]

    @property
    def chance(self) -> float:
        """How likely a digest holds it."""
        return evidence.chance(self.evidence.merits)


def digest(document: Document, *, thesaurus: Thesaurus, read: Read = ()) -> Digest:
    """The digest of a document in its own words and language.

    `read` are the document's claims, each with how likely its slots are right. Every point is a contiguous
    piece of the first paragraph it cites. Raises ValueError for a document without paragraphs.
    """
    if not document.paragraphs:
        raise ValueError(f"nothing to digest: {document.title!r} has no paragraphs")
    found = candidates(document, thesaurus, read)
    told = _distinct(found)
    if not told:
        return Digest((), (), METHOD, document.language, MAKER)
    viewpoint = _viewpoint(told, len(found))
    points = _choose(told, viewpoint) if len(found) > SHORT else []
    actor = context.main_actor(read)
    under = aspects.assign([evidence.headings(told[i].evidence.heading, thesaurus) for i in points])
    return Digest(
        tuple(_point(told[i], document.title, actor, thesaurus) for i in viewpoint),
        aspects.groups(
            [
                (a, _point(told[i], document.title, actor, thesaurus))
                for a, i in zip(under, points, strict=True)
            ],
            thesaurus,
            document.language,
        ),
        METHOD,
        document.language,
        MAKER,
    )


def candidates(document: Document, thesaurus: Thesaurus, read: Read) -> list[WeighedStatement]:
    """The statements in the order of the document; `read` as in `digest`."""
    found = statements(document)
    texts = {p.number: p.text for p in document.paragraphs}
    setting = Setting.of(document.title, [s.text for s in found], thesaurus)
    told, seen = [], set[int]()
    for place, statement in enumerate(found):
        paragraph = statement.paragraphs[0]
        start = texts[paragraph].find(statement.text)
        end = start + len(statement.text)
        own = [one for one in read if one[0].paragraph == paragraph and start <= one[0].start < end]
        has = setting.evidence(statement.text, place, paragraph not in seen, [claim for claim, _ in own])
        seen.add(paragraph)
        told.append(WeighedStatement(statement, own, has, grams(statement.text)))
    return told


def _distinct(told: Sequence[WeighedStatement]) -> list[WeighedStatement]:
    """Without those that a better one says already. Where the very statement is repeated, it rests on both
    paragraphs."""
    kept: dict[int, WeighedStatement] = {}
    for i in sorted(range(len(told)), key=lambda i: (-told[i].chance, i))[:CANDIDATES]:
        one = told[i]
        for j, held in kept.items():
            common = len(one.words & held.words)
            alike = common >= SAME_WORDS * min(len(one.words), len(held.words))
            if alike and _adds_nothing(one, held):
                if common >= REPEATED * len(held.words) and _adds_nothing(held, one):
                    kept[j] = _resting_on(held, one.statement.paragraphs)
                break
        else:
            kept[i] = one
    return [kept[i] for i in sorted(kept)]


def _adds_nothing(new: WeighedStatement, held: WeighedStatement) -> bool:
    """Whether a statement that reads like another has no concept, figure or direction of its own."""
    a, b = new.statement.text, held.statement.text
    named = new.evidence.concepts <= held.evidence.concepts
    return named and values(a) <= values(b) and polarity(a) == polarity(b)


def _resting_on(candidate: WeighedStatement, paragraphs: Sequence[int]) -> WeighedStatement:
    together = dict.fromkeys((*candidate.statement.paragraphs, *paragraphs))
    return replace(candidate, statement=replace(candidate.statement, paragraphs=tuple(together)))


def _viewpoint(told: Sequence[WeighedStatement], statements: int) -> list[int]:
    """The best for it; in a longer document also the next best that says something else."""
    scores = [
        evidence.score(evidence.VIEWPOINT, c.evidence.merits) - (size(c.statement.text) > LENGTHY)
        for c in told
    ]
    first = max(range(len(told)), key=lambda i: (scores[i], -i))
    if statements < LONG_ENOUGH_FOR_TWO or len(told) == 1:
        return [first]
    others = [i for i, c in enumerate(told) if i != first and not is_dependent(c.statement.text)]
    second = max(others, key=lambda i: (scores[i] - _said(told[i], [told[first]]), -i), default=first)
    return sorted({first, second})


def _choose(told: Sequence[WeighedStatement], viewpoint: Sequence[int]) -> list[int]:
    """The candidates that are worth a point, each the best that is left when what was said is paid for."""
    chosen, points = [told[i] for i in viewpoint], list[int]()
    left = [i for i in range(len(told)) if i not in viewpoint]
    while left and len(points) < MOST_POINTS:
        worth = {i: told[i].chance * (1 - NOVELTY * _said(told[i], chosen)) for i in left}
        best = max(left, key=lambda i: (worth[i], -i))
        if worth[best] < WORTHY and len(points) >= LEAST_POINTS:
            break
        chosen.append(told[best])
        points.append(best)
        left.remove(best)
    return sorted(points)


def _said(candidate: WeighedStatement, chosen: Sequence[WeighedStatement]) -> float:
    """The share of its words that one of those chosen has, squared: a few words in common say nothing."""
    size = len(candidate.words) or 1
    return max((len(candidate.words & one.words) / size for one in chosen), default=0.0) ** 2


def _point(candidate: WeighedStatement, title: str, actor: str, thesaurus: Thesaurus) -> Point:
    statement = candidate.statement
    names = context.about(statement.text, title, candidate.read, actor, thesaurus)
    return Point(statement.text, statement.paragraphs, "holds", about=names)  # it is their text
