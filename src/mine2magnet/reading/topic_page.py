"""A saved topic page: a heading, the label of its search box, then documents with their digests.

高性能磁体
Search documents
<title>
<source>· 2025-10-29 12:45
Core Viewpoint - … [1][8]. Group 1: <heading> - <point> [1]. - <point> [1][3]. Group 2: …
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from mine2magnet.core import thesaurus
from mine2magnet.model import Digest, Document, Group, Point, Read
from mine2magnet.reading import clean, dates, language

METHOD = "source"  # of a digest that came with the page
_LANGUAGE = "zh"  # a time without a zone is China Standard Time: such pages come from China
_LATEST_LABEL = 4  # non-empty lines before the first title: the heading and a few labels

_DATELINE = re.compile(
    r"(?P<source>[^\n]{1,80}?)\s*[·•・|]\s*"
    r"(?P<time>\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ]+\d{1,2}:\d{2}(?::\d{2})?)?"
    r"\s*(?:Z|UTC|GMT|JST|[+\-]\d{2}:?\d{2})?)"
)
_VIEWPOINT = re.compile(
    r"(?:Core View(?:point)?s?|核心(?:观点|觀點)|要点|核心的?見解)\s*[-–—:：]+\s*", re.IGNORECASE
)
_GROUP = re.compile(
    r"(?:Group\s+(\d{1,2})|第\s*(\d{1,2})\s*[组組]|グループ\s*(\d{1,2}))\s*[:：]\s*", re.IGNORECASE
)
_MARK = r"\[\d{1,3}(?:\s*[,，、–-]\s*\d{1,3})*\]"
_CITATIONS = re.compile(rf"\s*{_MARK}")
_DASH = r"\s+[-–—]\s+"
# A point begins after a dash that follows the end of a sentence, or citations when no lower case follows.
_POINT = re.compile(rf"(?:(?<=[.。!?！？;；])|(?<=[.!?。！？][”\"’」)）])|(?<=\])(?!{_DASH}[a-z])){_DASH}")
_BEFORE_GROUP = '.。!?！？;；])）”"’」'
_CITED_SENTENCE = re.compile(r"(?<=\][.。!?！？])\s*(?=\S)")


def is_topic_page(text: str) -> bool:
    """Return whether the text has the form: a dateline soon, and a digest or a further dateline after it."""
    lines = _lines(text[:20_000])
    datelines = [i for i, line in enumerate(lines) if _DATELINE.fullmatch(line)]
    if not datelines or not 2 <= datelines[0] <= _LATEST_LABEL:
        return False
    after = lines[datelines[0] + 1 :]
    return bool(after) and (_VIEWPOINT.match(after[0]) is not None or len(datelines) > 1)


def read(text: str, *, fetched: datetime) -> Iterator[Read]:
    """One Read for each document of the page; its topic is the page's heading."""
    lines = _lines(text)
    topic = clean.title(lines[0])
    datelines = [i for i, line in enumerate(lines) if _DATELINE.fullmatch(line)]
    for n, at in enumerate(datelines):
        end = datelines[n + 1] - 1 if n + 1 < len(datelines) else len(lines)
        stated = _DATELINE.fullmatch(lines[at])
        assert stated is not None
        title = clean.title(lines[at - 1])
        code = language.identify(title)
        document = Document(
            title=title,
            source=_source(clean.title(stated["source"]), code),
            fetched=fetched,
            language=code,
            published=dates.plausible(dates.parse(stated["time"], _LANGUAGE), fetched),
        )
        yield Read(document, parse_digest(" ".join(lines[at + 1 : end])), topic)


def parse_digest(text: str) -> Digest | None:
    """The digest written in one run of text; None when there is none."""
    text = clean.tidy(text)
    if not text:
        return None
    if label := _VIEWPOINT.match(text):
        text = text[label.end() :]
    viewpoint, *rest = _split_groups(text)
    groups = []
    for part in rest:
        heading, *points = re.split(_DASH, part, maxsplit=1)
        made = tuple(_point(p) for piece in points for p in _POINT.split(piece))
        groups.append(Group(_CITATIONS.sub("", heading).strip(), tuple(p for p in made if p.text)))
    views = [v for piece in _POINT.split(viewpoint) for v in _CITED_SENTENCE.split(piece)]
    return Digest(
        viewpoint=tuple(p for p in map(_point, views) if p.text),
        groups=tuple(g for g in groups if g.heading and g.points),
        method=METHOD,
        language=language.identify(_CITATIONS.sub("", text)),
    )


def _source(name: str, code: str) -> str:
    """The publisher's name in the document's language, if the thesaurus knows the name."""
    words = thesaurus.load()
    concepts = {m.concept.id for m in words.find(name) if (m.start, m.end) == (0, len(name))}
    return words.label(concepts.pop(), code) if concepts else name


def _lines(text: str) -> list[str]:
    return [line for line in map(clean.tidy, text.splitlines()) if line]


def _split_groups(text: str) -> list[str]:
    """The viewpoint and each group's text. They count up from 1, so "Group 7" in a sentence parts nothing."""
    parts: list[str] = []
    start, number = 0, 1
    for label in _GROUP.finditer(text):
        before = text[: label.start()].rstrip()
        counted = int(next(filter(None, label.groups()))) == number
        if not counted or (before and before[-1] not in _BEFORE_GROUP):
            continue
        parts.append(text[start : label.start()].strip())
        start, number = label.end(), number + 1
    return [*parts, text[start:].strip()]


def _point(text: str) -> Point:
    numbers: list[int] = []
    for mark in re.findall(_MARK, text):
        for item in re.split(r"\s*[,，、]\s*", mark.strip("[]")):
            first, *last = map(int, re.split(r"\s*[–-]\s*", item))
            numbers += range(first, last[0] + 1) if last else [first]
    plain = clean.tidy(_CITATIONS.sub("", text).removeprefix("- "))
    return Point(plain, tuple(dict.fromkeys(n for n in numbers if n >= 1)))
