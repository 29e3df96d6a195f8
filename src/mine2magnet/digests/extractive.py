"""Digests without a model service: the document's own sentences, weighed, chosen and grouped.

What speaks for a sentence is weighed by `evidence`; sentences are chosen one by one against those that are
chosen already (maximal marginal relevance: Carbonell & Goldstein 1998, by words), and stand under headings.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.digests import aspects, context, evidence, persons
from mine2magnet.digests.context import Read
from mine2magnet.digests.evidence import Setting, StatementEvidence
from mine2magnet.digests.referents import Referents, names_actor, names_subject
from mine2magnet.digests.statements import (
    Statement,
    figures,
    grams,
    is_dependent,
    is_quotation,
    is_row,
    is_stopped,
    leads_on,
    leans,
    opening_quotation,
    polarity,
    size,
    statements,
    values,
    without_formula,
    without_half_quotes,
)
from mine2magnet.model import Digest, Document, Point

METHOD = "extractive"
MAKER = "7"  # raised whenever the same document would give another digest

CANDIDATES = 200  # statements that are compared with each other, those likeliest to be held
MOST_POINTS = 20  # in groups
LEAST_POINTS = 3  # in groups, where there are as many statements
# Chance that a digest holds a statement, from which it may be a point: what is missed costs more than what is
# told without need. One that leans on what cannot be told with it must be surer.
WORTHY, WORTHY_LEANING = 0.35, 0.9
# Likewise an aside: a sentence without a figure, a claim and as many concepts.
WORTHY_ASIDE, WORTHY_SCENE, TELLING = 0.5, 0.8, 3
TOGETHER = 80  # words: statements that lean on each other are one point if they have no more
MOST_TOGETHER = 3  # statements
GAP = 40  # characters between them: what was taken off the front of the second
CAPTION = 30  # words that the caption of a table does not exceed
SHORT = 3  # a document of no more statements gets a viewpoint only
MOST_VIEWPOINT = 3  # statements, and a third of all
SURE_VIEWPOINT = 0.6  # chance that what was chosen holds the viewpoint, at which no more is added
SCENE = 2.0  # what a scene is held back by from the viewpoint; by hand: the articles of the fit have few
ASIDE = 2.0  # likewise what tells little of the field
NOVELTY = 0.8  # of its chance, that a statement loses whose words were all said
LONGEST_VIEWPOINT = 110  # words, with what leans on it
LENGTHY = 60  # words: a longer statement says too much at once for a viewpoint
SAME_WORDS = 0.7  # overlap of words above which two statements are one
REPEATED = 0.9  # share of a statement's words that a repetition has, too

# Of what somebody's words must be, to be more than his mood.
_SAID = frozenset(("material", "policy", "country", "company", "organisation", "measure"))
_STATIC = frozenset(("jobs", "employees"))  # what a company has, and is no news
_MOVES = re.compile(
    r"\b(?:home|cut|lay|laid|lost|hire|hiring|short-time)\b|休|裁|招|採用|増や|減ら|解雇|新增", re.IGNORECASE
)
_AHEAD = re.compile(
    r"\b(?:plan\w*|will|expect\w*|aims?|due|scheduled|to (?:start|open|begin))\b"
    r"|計画|予定|目指|見込|计划|計劃|预计|預計|将",
    re.IGNORECASE,
)
_OURS = re.compile(r"\b(?:we|our|(?-i:us))\b|我们|我們|当社|弊社|うち(?=[はのが])", re.IGNORECASE)


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
    viewpoint = _viewpoint(told)
    chosen = _choose(told, viewpoint, thesaurus) if len(found) > SHORT else []
    referents = Referents(document, thesaurus, context.companies(read))
    first, points = _told_together(
        [told[i] for i in sorted(viewpoint)],
        [told[i] for i in chosen],
        told[viewpoint[0]],
        found,
        referents,
    )
    main = context.main_actor(read, thesaurus)
    titled = context.titled_actor(read, document.title, thesaurus)
    own = bool(main) and titled in ("", main) and context.is_own(document)

    def point(candidate: WeighedStatement) -> tuple[Point, bool]:
        """The point, and whether all that it leans on is told with it."""
        text = without_formula(without_half_quotes(candidate.statement.text))
        paragraphs = candidate.statement.paragraphs
        if is_row(text):
            return Point(text, paragraphs, "holds", about=_heads(candidate, found, document)), True
        speaks = referents.person(paragraphs[0], text) or persons.persons(text, document.language)
        actor = main or ("" if speaks else titled)
        if not actor and not speaks and context.opens_with_actor(text):
            actor = referents.main_company_before(paragraphs[0], text)
        names = context.about(text, document.title, candidate.read, actor, thesaurus, own)
        names, whole = context.with_referents(names, text, paragraphs[0], referents, thesaurus)
        return Point(text, paragraphs, "holds", about=names), whole  # it is their text

    kept = [
        (one, said)
        for one, (said, whole) in zip(points, map(point, points), strict=True)
        if (whole or one.chance >= WORTHY_LEANING) and not referents.is_asked(said.citations[0], said.text)
    ]
    under = aspects.assign([evidence.headings(one.evidence.heading, thesaurus) for one, _ in kept])
    return Digest(
        tuple(point(one)[0] for one in first),
        aspects.groups(
            [(aspect, said) for aspect, (_, said) in zip(under, kept, strict=True)],
            thesaurus,
            document.language,
        ),
        METHOD,
        document.language,
        MAKER,
    )


def candidates(document: Document, thesaurus: Thesaurus, read: Read) -> list[WeighedStatement]:
    """The statements in the order of the document; `read` as in `digest`. Lines that are no sentences are
    among them if they state a claim, or if there is nothing else."""
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
    headings = evidence.in_context(
        [one.evidence.heading for one in told], [one.statement.paragraphs[0] for one in told]
    )
    told = [
        replace(one, evidence=replace(one.evidence, heading=heading))
        for one, heading in zip(told, headings, strict=True)
    ]
    return [one for one in told if one.read or is_stopped(one.statement.text)] or told


def _told_together(
    viewpoint: Sequence[WeighedStatement],
    chosen: Sequence[WeighedStatement],
    best: WeighedStatement,
    found: Sequence[WeighedStatement],
    referents: Referents,
) -> tuple[list[WeighedStatement], list[WeighedStatement]]:
    """The viewpoint and the points: those that do not stand alone, together with the statements before them
    in their paragraph. What leans on the viewpoint is told there."""
    texts = {p.number: p.text for p in referents.document.paragraphs}
    known, thesaurus = referents.company_words, referents.thesaurus
    places = {(one.statement.paragraphs[0], one.statement.text): i for i, one in enumerate(found)}
    found = list(found)

    def around(at: int) -> tuple[int, int]:
        """Where what a statement leans on begins and ends; a scene that opens the text is none."""
        first = last = at
        told = found[at].statement.text
        if leads_on(told) and at + 1 < len(found) and _fits(found, at, at + 1, texts):
            last += 1
            if is_quotation(told):
                return first, last
        while _leans(found[first], known, thesaurus) and _fits(found, first - 1, last, texts):
            if first == 1 and not found[0].read and not leans(found[1].statement.text):
                break
            first -= 1
        return first, last

    def spans(several: Sequence[WeighedStatement]) -> list[tuple[int, int]]:
        """The first and last of each point, as places in `found`."""
        taken = list[tuple[int, int]]()
        for one in several:
            at = places[one.statement.paragraphs[0], one.statement.text]
            found[at] = one  # it may rest on further paragraphs
            first, last = around(at)
            if taken and taken[-1][1] >= first:
                before = taken.pop()
                first, last = before[0], max(before[1], last)
            taken.append((first, last))
        return taken

    opening, points = spans(viewpoint), list[tuple[int, int]]()
    for first, last in spans(chosen):
        i = next((i for i, (a, b) in enumerate(opening) if a <= last and first <= b), None)
        if i is None:
            points.append((first, last))
        elif last > opening[i][1]:
            longer = (min(first, opening[i][0]), last)
            told = sum(size(one.statement.text) for a, b in opening for one in found[a : b + 1])
            told += sum(size(one.statement.text) for one in found[opening[i][1] + 1 : last + 1])
            if told <= LONGEST_VIEWPOINT:
                opening[i] = longer
            elif best not in found[opening[i][0] : opening[i][1] + 1]:
                del opening[i]
                points.append(longer)
            else:
                points.append((first, last))

    opening = [
        one for one in opening if not any(a <= one[0] and one[1] <= b for a, b in opening if (a, b) != one)
    ]

    def joined(several: Sequence[tuple[int, int]]) -> list[WeighedStatement]:
        return [_joined(found[first : last + 1], texts) for first, last in several]

    return joined(opening), joined(sorted(points))


def _leans(one: WeighedStatement, known: tuple[str, ...], thesaurus: Thesaurus) -> bool:
    """Whether a sentence within a paragraph leaves to the one before it of whom or what it is, where it does
    not open with a name that is known."""
    text = one.statement.text
    if is_row(text):
        return False
    if leans(text) or not (names_subject(text, thesaurus) or text.startswith(known)):
        return True
    if not (_measures(one) or figures(text) or names_actor(text, thesaurus)):
        return True  # it explains
    return bool(_OURS.search(text)) and not _who(text, thesaurus)


def _measures(one: WeighedStatement) -> bool:
    return any(claim.measure for claim, _ in one.read)


def _who(text: str, thesaurus: Thesaurus) -> bool:
    return any(m.concept.kind in ("company", "organisation") for m in thesaurus.find(text))


def _fits(found: Sequence[WeighedStatement], first: int, last: int, texts: Mapping[int, str]) -> bool:
    """Whether statements are few and short enough, and close enough in a paragraph, to be one point."""
    if first < 0 or last - first >= MOST_TOGETHER:
        return False
    paragraph = found[last].statement.paragraphs[0]
    if found[first].statement.paragraphs[0] != paragraph:
        return False
    _, end = _span(found[first].statement, texts[paragraph])
    after = _span(found[first + 1].statement, texts[paragraph])[0]
    return (
        0 <= after - end <= GAP and size(_joined(found[first : last + 1], texts).statement.text) <= TOGETHER
    )


def _span(statement: Statement, text: str) -> tuple[int, int]:
    start = text.find(statement.text)
    return start, start + len(statement.text)


def _joined(parts: Sequence[WeighedStatement], texts: Mapping[int, str]) -> WeighedStatement:
    """Neighbours as one statement, for which speaks what spoke for the best of them."""
    first, last = parts[0].statement, parts[-1].statement
    if len(parts) == 1:
        return parts[0]
    text = texts[last.paragraphs[0]]
    piece = text[_span(first, text)[0] : _span(last, text)[1]]
    best = max(parts, key=lambda one: one.chance)
    heading = {
        name: max(one.evidence.heading.get(name, 0.0) for one in parts)
        for one in parts
        for name in one.evidence.heading
    }
    return WeighedStatement(
        replace(last, text=piece),
        [own for one in parts for own in one.read],
        replace(best.evidence, heading=heading),
        frozenset().union(*(one.words for one in parts)),
    )


def _heads(row: WeighedStatement, found: Sequence[WeighedStatement], document: Document) -> tuple[str, ...]:
    """The caption of a row's table, and its line of heads: the nearest above that states no claim."""
    stating = {(one.statement.paragraphs[0], one.statement.text) for one in found if one.read}
    head = ""
    lines = [
        (p.number, line.strip())
        for p in document.paragraphs[: row.statement.paragraphs[0]]
        for line in p.text.split("\n")
    ]
    for number, line in reversed(lines):
        if not is_row(line):
            return tuple(filter(None, (line if size(line) <= CAPTION else "", head)))
        if not head and (number, line) not in stating and line != row.statement.text:
            head = " | ".join(cell.strip() for cell in line.replace("\t", " | ").split(" | "))
    return (head,) if head else ()


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


def _viewpoint(told: Sequence[WeighedStatement]) -> list[int]:
    """The likeliest for it first, then others that say something else while the likeliest is not sure."""
    scores = [
        evidence.score(evidence.VIEWPOINT, c.evidence.merits)
        - (size(c.statement.text) > LENGTHY)
        - SCENE * c.evidence.merits["scene"]
        - ASIDE * (not _tells(c))
        for c in told
    ]
    top = max(scores)
    weights = [math.exp(score - top) for score in scores]
    chosen, sure = list[int](), 0.0
    most = min(MOST_VIEWPOINT, max(1, len(told) // 3))
    while len(chosen) < most and sure < SURE_VIEWPOINT * sum(weights):
        left = [
            i
            for i, one in enumerate(told)
            if i not in chosen and not (chosen and is_dependent(one.statement.text))
        ]
        if not left:
            break
        said = {i: _said(told[i], [told[j] for j in chosen]) for i in left}
        best = max(left, key=lambda i: (scores[i] - said[i], -i))
        chosen.append(best)
        sure += weights[best]
    return chosen


def _choose(told: Sequence[WeighedStatement], viewpoint: Sequence[int], thesaurus: Thesaurus) -> list[int]:
    """The candidates that are worth a point, each the best that is left when what was said is paid for."""
    points = list[int]()
    reports = 2 * sum(map(_tells, told)) >= len(told)  # where little tells, a text explains
    worthy = WORTHY_ASIDE if reports else WORTHY
    left = {
        i: one.chance
        for i, one in enumerate(told)
        if i not in viewpoint and not _is_aside(one, worthy, thesaurus)
    }
    said = {i: _said(told[i], [told[j] for j in viewpoint]) for i in left}
    while left and len(points) < MOST_POINTS:
        worth = {i: chance * (1 - NOVELTY * said[i]) for i, chance in left.items()}
        best = max(left, key=lambda i: (worth[i], -i))
        if worth[best] < WORTHY and len(points) >= LEAST_POINTS:
            break
        points.append(best)
        del left[best]
        said = {i: max(said[i], _said(told[i], [told[best]])) for i in left}
    return sorted(points)


def _is_aside(one: WeighedStatement, worthy: float, thesaurus: Thesaurus) -> bool:
    """Say whether it says little of the field, and is less likely wanted than `worthy`; a scene, a pledge, a
    number of staff or words that somebody says of nothing in the field must be likelier."""
    text, merits = one.statement.text, one.evidence.merits
    quoted = opening_quotation(text)
    if quoted and not (figures(quoted) or any(m.concept.kind in _SAID for m in thesaurus.find(quoted))):
        return one.chance < WORTHY_SCENE
    if (merits["scene"] or merits["pledge"]) and not (_measures(one) or figures(text)):
        return one.chance < WORTHY_SCENE
    return not _tells(one) and one.chance < (WORTHY_SCENE if _measures(one) else worthy)


def _tells(one: WeighedStatement) -> bool:
    """Whether it says something of the field: what a claim measures, but for who works there, a figure beside
    two things of the field or for what is planned, or more of these things."""
    claims = [claim for claim, _ in one.read if claim.measure]
    moves = bool(_MOVES.search(one.statement.text))
    static = all(
        c.measure in _STATIC and c.direction == "level" and c.modality == "reported" and not moves
        for c in claims
    )
    dated = bool(figures(one.statement.text))
    ahead = dated and bool(_AHEAD.search(one.statement.text))
    return not static or ahead or len(one.evidence.concepts) + dated >= TELLING


def _said(candidate: WeighedStatement, chosen: Sequence[WeighedStatement]) -> float:
    """The share of its words that one of those chosen has, squared: a few words in common say nothing."""
    size = len(candidate.words) or 1
    return max((len(candidate.words & one.words) / size for one in chosen), default=0.0) ** 2
