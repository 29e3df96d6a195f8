"""Documents written down with their particulars: .txt and .md with front matter, .jsonl.

Front matter stands between two lines `---` at the head of the file:

    ---
    title: Dysprosium runs short
    source: Example News
    url: https://example.com/a
    published: 2025-06-01T03:13:00+08:00
    language: en
    category: news
    tags: [dysprosium, stocks]
    ---

A line of .jsonl is an object with the same keys and `text` (paragraphs parted by empty lines) or
`paragraphs` (a list). A time without a zone is meant in the zone of the language. Without one, the date of
a dateline counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any, BinaryIO

import yaml

from mine2magnet.core.errors import UserError
from mine2magnet.model import CATEGORIES, Document, Failure, Read
from mine2magnet.reading import clean, dateline, dates, language
from mine2magnet.reading.failing import failure

KEYS = ("title", "source", "url", "published", "language", "category", "tags")
_FRONT_MATTER = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_MARKDOWN = re.compile(r"^(?:#{1,6}\s+|[-*+]\s+|>\s?)|\s+#+\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)\s]*(?:\s+\"[^\"]*\")?\)")
_EMPHASIS = re.compile(r"(\*\*|__|`)(.+?)\1")
_RULE = re.compile(r"\s*(?:-{3,}|\*{3,}|={3,}|_{3,})\s*")
_NEW_BLOCK = re.compile(r"\s*(?:#{1,6}\s|[-*+]\s|\d{1,3}[.)]\s|\||>)")


def read_text(
    text: str, *, url: str | None, name: str, fetched: datetime, where: str, markdown: bool
) -> Document:
    """A .txt or .md file: its first line or heading is the title unless front matter gives one.

    Raises UserError when it is empty or its front matter is wrong.
    """
    matter: Mapping[str, Any] = {}
    if found := _FRONT_MATTER.match(text):
        matter = _front_matter(found[1], where)
        text = text[found.end() :]
    heading = matter.get("title")
    blocks = list(_blocks(text, markdown, titled=heading is None and not markdown))
    if heading is None and blocks:
        heading = blocks.pop(0) if len(blocks) > 1 else blocks[0]
    elif blocks and clean.tidy(blocks[0]) == clean.tidy(str(heading)):
        del blocks[0]
    if not heading:
        raise UserError("the file is empty", where=where)
    return _document(
        {"url": url, **matter, "title": heading}, blocks, name=name, fetched=fetched, where=where
    )


def read_lines(
    stream: BinaryIO, skipped: int = 0, *, max_bytes: int, name: str, fetched: datetime, where: str
) -> Iterator[Read | Failure]:
    """The documents of a .jsonl file but for the first `skipped` lines that are not empty; a line that is
    wrong becomes a Failure."""
    for number, line in enumerate(iter(partial(stream.readline, max_bytes + 1), b""), 1):
        place = f"{where}, line {number}"
        if len(line) > max_bytes:
            yield Failure(place, f"larger than {max_bytes / 1e6:g} MB")
            return
        if not line.strip():
            continue
        if skipped:
            skipped -= 1
            continue
        try:
            yield Read(_line(line, name, fetched, place))
        except UserError as error:
            yield failure(place, error)


def _line(line: bytes, name: str, fetched: datetime, where: str) -> Document:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        raise UserError("not a line of JSON", where=where) from None
    if not isinstance(record, dict):
        raise UserError("not a JSON object", where=where, hint='write {"title": …, "text": …}')
    given = record.pop("paragraphs", None)
    text = record.pop("text", None)
    if isinstance(given, list) and all(isinstance(p, str) for p in given):
        blocks = given
    elif given is None and isinstance(text, str):
        blocks = list(_blocks(text))
    elif given is None and text is None:
        blocks = []
    else:
        raise UserError("paragraphs must be a list of texts, text one text", where=where)
    _check_keys(record, where)
    return _document(record, blocks, name=name, fetched=fetched, where=where)


def _front_matter(text: str, where: str) -> Mapping[str, Any]:
    try:
        matter = yaml.load(text, Loader=_Plain)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise UserError(
            f"the front matter is not YAML: {getattr(error, 'problem', None) or error}", where=where
        ) from None
    if not isinstance(matter, dict):
        raise UserError("the front matter must be lines of `key: value`", where=where)
    _check_keys(matter, where)
    return matter


class _Plain(yaml.SafeLoader):
    """Safe YAML in which dates stay as they are written and aliases (which can swell) are refused."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _check_keys(record: Mapping[Any, Any], where: str) -> None:
    for key in record:
        if key not in KEYS:
            raise UserError(f"unknown key {str(key)!r}", where=where, hint="known are " + ", ".join(KEYS))


def _document(
    record: Mapping[str, Any], blocks: list[str], *, name: str, fetched: datetime, where: str
) -> Document:
    def text(key: str) -> str:
        value = record.get(key)
        if value is None or isinstance(value, str | int | float):
            return clean.tidy(str(value or ""))
        raise UserError(f"{key} must be a text", where=where)

    title = clean.title(text("title"))
    if not title:
        raise UserError("title is missing", where=where)
    paragraphs = clean.paragraphs(blocks, where)
    code = text("language") or language.identify("\n".join([title, *(p.text for p in paragraphs[:5])]))
    if not re.fullmatch("[a-z]{2}|und", code):
        raise UserError(f"language cannot be {code!r}", where=where, hint="write a code such as en, zh or ja")
    category = text("category") or "news"
    if category not in CATEGORIES:
        known = ", ".join(CATEGORIES)
        raise UserError(f"category cannot be {category!r}", where=where, hint=f"one of {known}")
    url = text("url") or None
    if url and not re.match(r"https?://[^\s/]+", url):
        raise UserError(f"url cannot be {url!r}", where=where, hint="write it with http:// or https://")
    tags = record.get("tags") or []
    if isinstance(tags, str):
        tags = tags.split(",")
    if not isinstance(tags, list):
        raise UserError("tags must be a list", where=where, hint="e.g. [dysprosium, stocks]")
    return Document(
        title=title,
        source=text("source") or name,
        fetched=fetched,
        language=code,
        paragraphs=paragraphs,
        url=url,
        published=_published(text("published"), code, fetched, where)
        or dates.plausible(dateline.find((p.text for p in paragraphs), code), fetched),
        category=category,
        tags=clean.tags(map(str, tags)),
    )


def _published(stated: str, code: str, fetched: datetime, where: str) -> datetime | None:
    if not stated:
        return None
    time = dates.parse(stated, code)
    if time is None:
        raise UserError(f"published cannot be {stated!r}", where=where, hint="e.g. 2025-06-01T03:13:00+08:00")
    return dates.plausible(time, fetched)


def _blocks(text: str, markdown: bool = False, titled: bool = False) -> Iterator[str]:
    """Paragraphs: parted by empty lines if there are any (below the title, if one comes first), else one
    a line."""
    lines = text.strip().splitlines()
    spaced = any(not line.strip() for line in lines[2 if titled else 0 :])
    block: list[str] = []
    for line in lines:
        if not line.strip() or (markdown and _RULE.fullmatch(line)):
            yield from _flushed(block, markdown)
        elif not spaced or (markdown and _NEW_BLOCK.match(line)):
            yield from _flushed(block, markdown)
            block.append(line)
            if line.lstrip().startswith("#"):
                yield from _flushed(block, markdown)
        else:
            block.append(line)
    yield from _flushed(block, markdown)


def _flushed(block: list[str], markdown: bool) -> Iterator[str]:
    if block:
        text = "\n".join(block)
        block.clear()
        yield _unmarked(text) if markdown else text


def _unmarked(text: str) -> str:
    """Markdown's text without its marks for headings, items, quotes, links, emphasis and code."""
    text = _LINK.sub(r"\1", _MARKDOWN.sub("", text.strip()))
    return _EMPHASIS.sub(r"\2", text)
