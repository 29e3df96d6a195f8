"""A digest as text for a terminal and as Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from html import escape
from urllib.parse import quote

from mine2magnet.core.thesaurus import load
from mine2magnet.digests import aspects
from mine2magnet.model import Digest, Document, Group, Point

_WORDS = {
    "en": {
        "viewpoint": "Core viewpoint",
        "undated": "undated",
        "source": "Digest published by the source, unverified.",
        "extractive": "Sentences of the document, chosen without a language model.",
        "model": "Digest written by {method}.",
        "other": "The digest reads in {digest}, the document in {document}.",
        "unchecked": "The document's text is not held: citations cannot be checked.",
        "none": "No digest.",
        "nothing": "No sentence of the document stands by itself.",
        "share": "{holds} of {points} points hold, {fails} are not supported, {unchecked} cannot be checked.",
        "fails": "not supported",
    },
    "zh": {
        "viewpoint": "核心观点",
        "undated": "时间不详",
        "source": "摘要由来源发布，未经核实。",
        "extractive": "摘自原文的句子，未使用语言模型。",
        "model": "摘要由 {method} 撰写。",
        "other": "摘要语言为{digest}，原文语言为{document}。",
        "unchecked": "未存有原文，引用无法核对。",
        "none": "没有摘要。",
        "nothing": "原文中没有可独立成句的内容。",
        "share": "{points} 条要点中 {holds} 条有据，{fails} 条无据，{unchecked} 条无法核对。",
        "fails": "无据",
    },
    "ja": {
        "viewpoint": "要旨",
        "undated": "日時不明",
        "source": "要約は配信元によるもので、未検証です。",
        "extractive": "原文の文をそのまま抜き出したもので、言語モデルは使っていません。",
        "model": "要約は {method} が作成しました。",
        "other": "要約は{digest}、原文は{document}です。",
        "unchecked": "原文が保存されていないため、引用は確認できません。",
        "none": "要約はありません。",
        "nothing": "単独で意味の通る文が原文にありません。",
        "share": "{points}件の要点のうち裏付けあり{holds}件、裏付けなし{fails}件、確認不能{unchecked}件。",
        "fails": "裏付けなし",
    },
}
_LANGUAGES = {
    "en": {"en": "English", "zh": "Chinese", "ja": "Japanese"},
    "zh": {"en": "英文", "zh": "中文", "ja": "日文"},
    "ja": {"en": "英語", "zh": "中国語", "ja": "日本語"},
}
_URL_SAFE = "%/:?#@!$&'*+,;=~-._"
# Characters that mean something to Markdown anywhere, and those that do at the start of a block.
_MARKUP = re.compile(r"([\\`*_\[\]<>&~|])")
_BLOCK = re.compile(r"^(?:(\d+)([.)])|([-+#=]))")


def as_text(document: Document, digest: Digest | None, language: str) -> str:
    """For a terminal: title, where from and when, how it was made, then the digest. `language` is that of
    headings and remarks; the points read as they are."""
    lines = [document.title, _origin(document, language)]
    lines += _notes(document, digest, language)
    if digest is not None:
        if digest.viewpoint:
            lines += ["", _words(language)["viewpoint"]]
            lines += [f"  {_cited(with_names(p, language), p, language)}" for p in digest.viewpoint]
        for group in digest.groups:
            lines += ["", _heading(group, language)]
            lines += [f"  - {_cited(with_names(p, language), p, language)}" for p in group.points]
    return "\n".join(map(_one_line, lines))


def as_markdown(document: Document, digest: Digest | None, language: str) -> str:
    """The same under a heading of level 2. Nothing in a document's words can become markup."""
    title = escaped(document.title)
    if document.url and re.match("https?://", document.url, re.IGNORECASE):
        title = f"[{title}](<{quote(document.url, safe=_URL_SAFE)}>)"
    blocks = [f"## {title}", escaped(_origin(document, language))]
    blocks += [f"*{escaped(note)}*" for note in _notes(document, digest, language)]
    if digest is not None:
        if digest.viewpoint:
            said = " ".join(
                _cited(escaped(with_names(p, language)), p, language, escaped) for p in digest.viewpoint
            )
            blocks += [f"**{_words(language)['viewpoint']}** – {said}"]
        for group in digest.groups:
            blocks += [f"### {escaped(_heading(group, language))}"]
            blocks += [
                "\n".join(
                    f"- {_cited(escaped(with_names(p, language)), p, language, escaped)}"
                    for p in group.points
                )
            ]
    return "\n\n".join(blocks)


def as_html(document: Document, digest: Digest | None, language: str) -> str:
    """The same as HTML under a heading of level 2."""
    title = escape(_one_line(document.title))
    if document.url and re.match("https?://", document.url, re.IGNORECASE):
        title = f'<a href="{escape(document.url)}">{title}</a>'
    blocks = [f"<h2>{title}</h2>", f'<p class="meta">{escape(_origin(document, language))}</p>']
    blocks.append(f'<p class="meta">{escape(" ".join(_notes(document, digest, language)))}</p>')
    if digest is not None:
        if digest.viewpoint:
            said = " ".join(
                _cited(escape(_one_line(with_names(p, language))), p, language, escape)
                for p in digest.viewpoint
            )
            blocks.append(f"<p>{said}</p>")
        for group in digest.groups:
            points = "".join(
                f"<li>{_cited(escape(_one_line(with_names(p, language))), p, language, escape)}</li>"
                for p in group.points
            )
            blocks += [f"<h3>{escape(_one_line(_heading(group, language)))}</h3>", f"<ul>{points}</ul>"]
    return "\n".join(blocks)


def _words(language: str) -> dict[str, str]:
    return _WORDS.get(language, _WORDS["en"])


def _origin(document: Document, language: str) -> str:
    when = _time(document.published) if document.published else _words(language)["undated"]
    return " · ".join((document.source, when, _language(document.language, language)))


def _time(time: datetime) -> str:
    """As it was stated, with its zone as an offset: CST is a zone of three continents."""
    return f"{time:%Y-%m-%d %H:%M} UTC{time.isoformat()[-6:]}"


def _language(code: str, reader: str) -> str:
    return _LANGUAGES.get(reader, _LANGUAGES["en"]).get(code, code)


def _notes(document: Document, digest: Digest | None, language: str) -> Iterator[str]:
    """What a reader must know to weigh the digest."""
    words = _words(language)
    if digest is None:
        yield words["none"]
        return
    yield words.get(digest.method, words["model"]).format(method=digest.method)
    if digest.language != document.language:
        yield words["other"].format(
            digest=_language(digest.language, language), document=_language(document.language, language)
        )
    if not document.paragraphs and any(point.citations for point in digest.points):
        yield words["unchecked"]
    if not digest.points:
        yield words["nothing"]
    found = [point.verdict for point in digest.points]
    if any(found) and digest.method != "extractive":
        counts = {verdict: found.count(verdict) for verdict in ("holds", "fails", "unchecked")}
        yield words["share"].format(points=len(found), **counts)


def _heading(group: Group, language: str) -> str:
    return aspects.heading(group.heading, group.aspect, load(), language)


def with_names(point: Point, language: str) -> str:
    """A point, after the names in brackets of whom or what it speaks where its words leave that to the text
    around them."""
    names = " · ".join(load().label(name, language) for name in point.about)
    return f"[{names}] {point.text}" if names else point.text


def _cited(text: str, point: Point, language: str, escaped: Callable[[str], str] = str) -> str:
    citations = "".join(f"[{n}]" for n in point.citations)
    doubt = f"({_words(language)['fails']}: {escaped(point.reason)})" if point.verdict == "fails" else ""
    return " ".join(filter(None, (text, citations, doubt)))


def escaped(text: str) -> str:
    """Text on one line whose signs mean nothing in Markdown."""
    marked = _MARKUP.sub(r"\\\1", _one_line(text).strip())
    return _BLOCK.sub(lambda m: f"{m[1]}\\{m[2]}" if m[1] else f"\\{m[3]}", marked)


def _one_line(text: str) -> str:
    """Without line breaks and control characters, which could steer a terminal or end a block."""
    return "".join(c if c.isprintable() else " " for c in text)
