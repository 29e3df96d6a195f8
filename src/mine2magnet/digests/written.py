"""Digests written by a model, in the reader's language.

The article is data from strangers. It reaches the model inside one marked block that nothing in it can
close, and what comes back can only become points: plain text that cites paragraphs that exist, under
headings of the thesaurus. Each point must pass the caller's check; one that fails is tried once more.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from mine2magnet.core.llm import Chat, ChatError, Reply, Usage, tokens
from mine2magnet.core.prompts import json_object, one_line
from mine2magnet.core.text import fold, sentences
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.digests import prompt
from mine2magnet.digests.aspects import OTHER_HEADING
from mine2magnet.model import Digest, Document, Group, Point

SECTION = 3000  # tokens of article in one request: with prompt and answer within a context of 8,192
MOST_SECTIONS = 24  # of one document, some 70,000 tokens: what is longer is no article
FEWEST = 3  # points below which nothing is gained over the extractive digest
LONGEST = 160  # tokens of one point: some 80 English words or 160 Chinese characters
SHORTEST = 4

_MARKUP = re.compile(r"https?:|www\.|[<>`{}]|\]\(|!\[|\bjavascript:|[\w.+-]+@[\w-]+\.\w", re.IGNORECASE)
_ORNAMENT = re.compile(r"\A\s*(?:[-*•·#]+\s+|\d{1,2}[.)]\s+)|\*\*|__|\s*[\[【]\d+(?:\s*[,，、]\s*\d+)*[\]】]")
# A text that speaks to or of the model, in an answer: an instruction in the article came through.
_TO_THE_MODEL = re.compile(
    r"\b(?:ignore|disregard|forget)\b.{0,30}\b(?:instruction|prompt|rule)s?\b|\bsystem prompt\b"
    r"|\bas an? (?:ai|language model)\b"
    r"|(?:忽略|无视|無視|忘记).{0,20}(?:指令|指示|提示词|规则|命令)|系统提示词|作为.{0,4}(?:AI|语言模型)"
    r"|(?:指示|命令|プロンプト).{0,12}(?:無視|忘れ)|システムプロンプト|(?:AI|言語モデル)として",
    re.IGNORECASE,
)
_KANA = re.compile(r"[\u3041-\u30ff]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")

Check = Callable[[Point], str | None]


@dataclass(frozen=True, slots=True)
class Written:
    """`digest` is None when too little stands, for `reason`. `dropped` are points that failed the check
    twice, each with why."""

    digest: Digest | None
    usage: Usage
    reason: str = ""
    dropped: tuple[tuple[Point, str], ...] = ()


def maker(model: str) -> str:
    """The version of what writes: with the document's version and the language, the key of its cache."""
    return f"{prompt.VERSION} {model}"


def write(
    document: Document,
    *,
    language: str,
    chat: Chat,
    thesaurus: Thesaurus,
    check: Check = lambda point: None,
    section: int = SECTION,
) -> Written:
    """The digest of a document by `chat`'s model in `language` (en, zh, ja).

    `check` gives the reason why a point does not hold, or None; `section` is in tokens. An endpoint that
    fails is a reason, not an error. Raises ValueError for a document without paragraphs.
    """
    if not document.paragraphs:
        raise ValueError(f"nothing to digest: {document.title!r} has no paragraphs")
    writer = _Writer(document, language, chat, thesaurus, check, section)
    sections = list(writer.sections())
    if len(sections) > MOST_SECTIONS:
        return writer.written(None, f"too long for a model: over {MOST_SECTIONS * section} tokens")
    stands = {p.number: (p.number,) for p in document.paragraphs}
    try:
        with ThreadPoolExecutor(chat.endpoint.concurrency) as pool:
            drafts = list(pool.map(lambda lines: writer.draft(lines, stands), sections))
        digest = drafts[0] if len(drafts) == 1 else writer.merged(drafts)
    except ChatError as error:
        return writer.written(None, str(error))
    if len(digest.points) < min(FEWEST, len(document.paragraphs)) or not digest.viewpoint:
        return writer.written(None, f"too little of what {chat.endpoint.model} wrote holds")
    return writer.written(digest)


Lines = Sequence[tuple[int, str]]  # numbered texts
Stands = Mapping[int, tuple[int, ...]]  # number of a line → the paragraphs that it stands for


class _Writer:
    """One document being digested."""

    def __init__(
        self,
        document: Document,
        language: str,
        chat: Chat,
        thesaurus: Thesaurus,
        check: Check,
        section: int,
    ) -> None:
        self._document = document
        self._language = language
        self._chat = chat
        self._thesaurus = thesaurus
        self._check = check
        self._section = section
        self._replies: list[Reply] = []
        self._dropped: list[tuple[Point, str]] = []
        self._headings = {c.id: thesaurus.label(c.id, language) for c in thesaurus.of_kind("aspect")}

    def written(self, digest: Digest | None, reason: str = "") -> Written:
        usage = sum((reply.usage for reply in self._replies), Usage())
        return Written(digest, usage, reason, tuple(self._dropped))

    def sections(self) -> Iterator[list[tuple[int, str]]]:
        """The paragraphs, in runs that fit one request; one that is too long is split at sentences."""
        held: list[tuple[int, str]] = []
        room = self._section
        for paragraph in self._document.paragraphs:
            for piece in _pieces(paragraph.text, self._section):
                if held and tokens(piece) > room:
                    yield held
                    held, room = [], self._section
                held.append((paragraph.number, piece))
                room -= tokens(piece)
        yield held

    def draft(self, lines: Lines, stands: Stands) -> Digest:
        """A digest of some lines, of points that hold."""
        headings = list(self._headings.values())
        asked = prompt.question(self._document.title, lines, self._language, headings)
        cited = {number: stands[number] for number, _ in lines}
        answer = self._ask(asked, prompt.schema(headings, max(cited)))
        return self._holding(self._digest(answer, cited), asked, cited)

    def merged(self, drafts: Sequence[Digest]) -> Digest:
        """One digest of those of the sections: the model digests their points, which are held against
        the article again; failing that, the points as they are."""
        together = self._together(drafts)
        points = _fitting([d.points for d in drafts], self._section)
        lines = [(i, point.text) for i, point in enumerate(points, 1)]
        if lines:
            try:
                digest = self.draft(lines, {i: point.citations for i, point in enumerate(points, 1)})
            except ChatError:
                return together
            if digest.viewpoint and len(digest.points) >= FEWEST:
                return digest
        return together

    # --- asking

    def _ask(self, messages: list[dict[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON object asked for; {} if there is none after a second try."""
        for _ in range(2):
            reply = self._chat.complete(messages, schema=schema, max_tokens=prompt.ANSWER)
            self._replies.append(reply)
            if answer := json_object(reply.text):
                return answer
            messages = [
                *messages,
                {"role": "assistant", "content": reply.text},
                {"role": "user", "content": prompt.AGAIN},
            ]
        return {}

    def _holding(self, draft: Digest, asked: list[dict[str, str]], cited: Stands) -> Digest:
        """The points that pass the check, in this or in a second wording."""
        failed = [(p, reason) for p in draft.points if (reason := self._check(p)) is not None]
        if not failed:
            return draft
        mended: dict[Point, Point | None] = {point: None for point, _ in failed}
        messages = prompt.repair(asked, [(point.text, reason) for point, reason in failed])
        try:
            answer = self._ask(messages, prompt.repair_schema(len(failed), max(cited)))
        except ChatError:
            answer = {}
        for item in _list(answer.get("points")):
            number = item.get("number") if isinstance(item, dict) else None
            if type(number) is int and 1 <= number <= len(failed) and (p := self._point(item, cited)):
                old = failed[number - 1][0]
                if p != old and self._check(p) is None:
                    mended[old] = p
        self._dropped += [(point, reason) for point, reason in failed if mended[point] is None]
        return _distinct(_changed(draft, lambda p: mended.get(p, p)))

    # --- what an answer may become

    def _digest(self, answer: Mapping[str, Any], cited: Stands) -> Digest:
        viewpoint = self._points(answer.get("viewpoint"), cited)[: prompt.MOST_IN_VIEWPOINT]
        groups = []
        for item in _list(answer.get("groups"))[: prompt.MOST_GROUPS]:
            if isinstance(item, dict) and (
                points := self._points(item.get("points"), cited)[: prompt.MOST_IN_GROUP]
            ):
                groups.append(self._group(item.get("heading"), points))
        digest = Digest(
            viewpoint,
            tuple(groups),
            method=self._chat.endpoint.model,
            language=self._language,
            maker=maker(self._chat.endpoint.model),
        )
        return _distinct(digest)

    def _group(self, heading: object, points: tuple[Point, ...]) -> Group:
        """Under the aspect the model names, else the one that the points speak to."""
        key = _key(heading) if isinstance(heading, str) else ""
        aspect = next((id for id, label in self._headings.items() if _key(label) == key), None)
        if aspect is None:
            spoken = Counter(m.concept.aspect for p in points for m in self._thesaurus.find(p.text))
            spoken.pop(None, None)
            aspect = spoken.most_common(1)[0][0] if spoken else None
        return Group(
            OTHER_HEADING[self._language] if aspect is None else self._headings[aspect], points, aspect
        )

    def _points(self, items: object, cited: Stands) -> tuple[Point, ...]:
        return tuple(point for item in _list(items) if (point := self._point(item, cited)))

    def _point(self, item: object, cited: Stands) -> Point | None:
        if not isinstance(item, dict) or not isinstance(item.get("text"), str):
            return None
        numbers = [n for n in _list(item.get("citations")) if type(n) is int and n in cited]
        citations = tuple(dict.fromkeys(p for n in numbers for p in cited[n]))[: prompt.MOST_CITATIONS]
        text = _plain(item["text"])
        if not citations or not SHORTEST <= tokens(text) <= LONGEST:
            return None
        if _MARKUP.search(text) or _TO_THE_MODEL.search(text) or not _reads_in(text, self._language):
            return None
        return Point(text, citations)

    def _together(self, drafts: Sequence[Digest]) -> Digest:
        """The first viewpoint there is; the others, and by turns the groups of all sections, below it."""
        first, *others = [d.viewpoint for d in drafts if d.viewpoint] or [()]
        points: dict[tuple[str, str | None], list[Point]] = {}
        below = [self._group(None, (point,)) for viewpoint in others for point in viewpoint]
        for group in (*below, *(g for row in zip_longest(*(d.groups for d in drafts)) for g in row if g)):
            points.setdefault((group.heading, group.aspect), []).extend(group.points)
        groups = tuple(
            Group(heading, tuple(listed[: prompt.MOST_IN_GROUP]), aspect)
            for (heading, aspect), listed in list(points.items())[: prompt.MOST_GROUPS]
        )
        return _distinct(replace(drafts[0], viewpoint=first, groups=groups))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _plain(text: str) -> str:
    """A point's text without the ornaments that models like; NFC."""
    return _ORNAMENT.sub("", one_line(unicodedata.normalize("NFC", text))).strip()


def _key(text: str) -> str:
    return "".join(c for c in fold(text) if c.isalnum())


def _reads_in(text: str, language: str) -> bool:
    """Whether its script may be that of the language; names keep their own."""
    kana, han = len(_KANA.findall(text)), len(_HAN.findall(text))
    latin = sum(c.isalpha() for c in text) - kana - han
    if language == "en":
        return latin > 2 * (han + kana)
    if language == "ja":
        return kana > 0
    return kana == 0 and 3 * han > latin


def _pieces(text: str, most: int) -> Iterator[str]:
    """The text in pieces of at most `most` tokens: at sentence ends, or anywhere if need be."""
    if tokens(text) <= most:
        yield text
        return
    piece = ""
    for start, end in sentences(text):
        for i in range(start, end, most):  # a character is at most one token
            part = text[i : min(i + most, end)]
            if piece and tokens(piece) + tokens(part) + 1 > most:
                yield piece
                piece = ""
            piece = f"{piece} {part}" if piece else part
    yield piece


def _fitting(points: Iterable[Sequence[Point]], most: int) -> list[Point]:
    """Points by turns from each section, as many as fit `most` tokens, in the order of the text."""
    sections = list(points)
    taken: list[tuple[int, int]] = []
    for column in range(max(map(len, sections), default=0)):
        for row, section in enumerate(sections):
            if column < len(section) and (most := most - tokens(section[column].text)) >= 0:
                taken.append((row, column))
    return [sections[row][column] for row, column in sorted(taken)]


def _changed(digest: Digest, change: Callable[[Point], Point | None]) -> Digest:
    def changed(points: Iterable[Point]) -> tuple[Point, ...]:
        return tuple(new for p in points if (new := change(p)) is not None)

    groups = (replace(g, points=changed(g.points)) for g in digest.groups)
    return replace(digest, viewpoint=changed(digest.viewpoint), groups=tuple(g for g in groups if g.points))


def _distinct(digest: Digest) -> Digest:
    """Each text once, and one group for each heading."""
    seen: set[str] = set()

    def first(point: Point) -> Point | None:
        key = _key(point.text)
        if key in seen:
            return None
        seen.add(key)
        return point

    digest = _changed(digest, first)
    by_heading: dict[tuple[str, str | None], tuple[Point, ...]] = {}
    for group in digest.groups:
        name = (group.heading, group.aspect)
        by_heading[name] = (by_heading.get(name, ()) + group.points)[: prompt.MOST_IN_GROUP]
    return replace(digest, groups=tuple(Group(h, points, a) for (h, a), points in by_heading.items()))
