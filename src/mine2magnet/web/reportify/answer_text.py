"""An answer in words for a program to show, and what it rests on as values.

The words are Markdown. What was read is quoted with its signs taken out of force, so that nothing in a
document can pass for a heading, a link or an image of the answer; `sources` have it as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mine2magnet.ask.answer import Answer, CitedSource
from mine2magnet.ask.conversations import Tell
from mine2magnet.core.messages import Translator
from mine2magnet.digests import escaped
from mine2magnet.figures import rows
from mine2magnet.figures.rows import Cited
from mine2magnet.library.library import Library
from mine2magnet.search.fusion import language
from mine2magnet.web.kit.wording import Wording, place
from mine2magnet.web.reportify import shapes

DEEPEST = "deepresearch"  # the mode that also tells what the documents cited say at their core


def telling(library: Library, mode: str) -> Tell:
    """Tells an answer in the language of its question."""

    def tell(answer: Answer) -> tuple[str, dict[str, Any]]:
        words = Wording(Translator(language(answer.question)), library.thesaurus)
        claims = rows.cited(library.store, answer.claims)
        numbers = {one.claim: n for n, one in enumerate(claims, 1)}
        at_odds = sorted(
            tuple(sorted((numbers[a], numbers[b])))
            for a, b in answer.conflicts
            if a in numbers and b in numbers
        )
        told: dict[str, Any] = {
            "mode": mode,
            "method": answer.method,
            "note": answer.note,
            "statements": [{"text": one.text, "sources": list(one.sources)} for one in answer.statements],
            "sources": [_source(n, source) for n, source in enumerate(answer.sources, 1)],
            "claims": [_claim(one, words) for one in claims],
            "conflicts": [list(pair) for pair in at_odds],
        }
        text = _text(answer, claims, at_odds, words)
        if mode == DEEPEST:
            told["documents"] = documents = _digests(library, answer, words.t.language)
            text = "\n\n".join([text, *(_digest(one, words.t) for one in documents)])
        files = {"claims.csv": rows.as_csv(claims)} if claims else {}
        return text, {"told": told, "files": files}

    return tell


def _digests(library: Library, answer: Answer, language: str) -> list[dict[str, Any]]:
    """Return what each document that is cited says at its core, by the digest that would be shown of it."""
    documents = {source.document.id: source.document for source in answer.sources}
    digests = library.store.digests(list(documents))
    chosen = {id: shapes.preferred(digests.get(id, ()), language) for id in documents}
    return [
        {
            "doc_id": id,
            "title": documents[id].title,
            "method": digest.method,
            "viewpoint": [{"text": p.text, "citations": list(p.citations)} for p in digest.viewpoint],
        }
        for id, digest in chosen.items()
        if digest and digest.viewpoint
    ]


def _digest(document: Mapping[str, Any], t: Translator) -> str:
    points = (
        f"- {escaped(point['text'])} {' '.join(f'¶{n}' for n in point['citations'])}"
        for point in document["viewpoint"]
    )
    return "\n".join([f"**{t('viewpoint')}: {escaped(document['title'])}**", *points])


def _source(number: int, source: CitedSource) -> dict[str, Any]:
    document = source.document
    return {
        "number": number,
        "doc_id": document.id,
        "title": document.title,
        "channel_name": document.source,
        "url": document.url,
        "published_at": shapes.when(document.published),
        "language": document.language,
        "paragraph": source.passage.paragraph,
        "content": source.passage.text,
        "score": source.relevance,
    }


def _claim(one: Cited, words: Wording) -> dict[str, Any]:
    row = rows.record(one)
    return {"doc_id": row.pop("document"), **row, "amount": words.amount(one.claim), "link": place(one.claim)}


def _text(answer: Answer, claims: Sequence[Cited], at_odds: Sequence[tuple[int, ...]], words: Wording) -> str:
    """Statements, figures, contradictions between them, passages; or that there is nothing."""
    t = words.t
    if not (answer.sources or claims):
        return t("ask.nothing")
    blocks = []
    if answer.statements:
        cited = ("".join(f"[{n}]" for n in one.sources) for one in answer.statements)
        lines = (f"- {escaped(one.text)} {n}" for one, n in zip(answer.statements, cited, strict=True))
        blocks.append("\n".join(lines))
    if claims:
        stated = (
            f"- {words.amount(one.claim)}: {escaped(one.sentence)} "
            f"({escaped(one.source)}, {t.when(one.published, date_only=True)})"
            for one in claims
        )
        blocks.append("\n".join([f"**{t('ask.claims')}**", *stated]))
    for a, b in at_odds:
        amounts = (words.amount(claims[n - 1].claim) for n in (a, b))
        blocks.append(t("conflict.of", **dict(zip("ab", amounts, strict=True))))
    for number, source in enumerate(answer.sources, 1):
        document = source.document
        paragraph = f", ¶{source.passage.paragraph}" if source.passage.paragraph else ""
        day = t.when(document.published, date_only=True)
        head = f"[{number}] {escaped(document.title)} ({escaped(document.source)}, {day}{paragraph})"
        newest = f"\n{t('ask.newest', n=source.older)}" if source.older else ""
        blocks.append(f"{head}\n> {escaped(source.passage.text)}{newest}")
    return "\n\n".join(blocks)
