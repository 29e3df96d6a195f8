"""A topic as one file: Markdown, HTML, JSON or PDF."""

from __future__ import annotations

import time
from dataclasses import replace
from html import escape
from math import inf

from mine2magnet import digests
from mine2magnet.core.json import as_json
from mine2magnet.core.messages import Translator
from mine2magnet.core.pdf import ACCENT, DARK, FONT, sheet
from mine2magnet.library import topics
from mine2magnet.library.library import Library
from mine2magnet.library.translations import in_language
from mine2magnet.model import Digest, Topic

MOST = 1000  # documents in one export

_STYLE = """
body { font: 16px/1.6 system-ui, "Noto Sans CJK SC", "PingFang SC", "Hiragino Sans", sans-serif;
  max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: #1c2024 }
h2 { margin: 2.5rem 0 0; line-height: 1.3 } h3 { margin: 1rem 0 0; font-size: 1rem } p, ul { margin: .4rem 0 }
.meta { color: #667 }
"""


def export(library: Library, topic: Topic, format: str, language: str, seconds: float = inf) -> bytes:
    """The topic's documents, newest first, each with its digest, headings in `language`; `format` is one
    of EXPORT_FORMATS. Digests that are not there yet are made, for so many seconds; then it says how many
    documents have none."""
    end, undigested = time.monotonic() + seconds, 0
    listed = topics.page(library.store, library.index, topic, limit=MOST, reads=(language,))
    ids = [card.document.id for card in listed.cards]
    t = Translator(language)
    made, original = library.store.translations(ids, language), t("translated.original")
    entries = []
    for card in listed.cards:
        digest = _digest(library, card, time.monotonic() < end)
        undigested += digest is None and bool(card.document.paragraphs)
        if format != "json":  # which says what documents say, as they say it
            translation = made.get(card.document.id)
            document, digest = in_language(card.document, digest, translation, original)
            card = replace(card, document=document)
        entries.append((card, digest))
    name = topic.names.get(language, topic.name)
    if format == "json":
        documents = [
            {
                "document": card.document,
                "digest": digest,
                "copies": [copy.id for copy in card.copies],
                "translation": made.get(card.document.id),
            }
            for card, digest in entries
        ]
        content = {"topic": topic, "total": listed.total, "undigested": undigested, "documents": documents}
        return as_json(content).encode()
    pending = t("export.pending", n=undigested) if undigested else ""
    if format == "md":
        parts = [digests.as_markdown(card.document, digest, language) for card, digest in entries]
        return "\n\n".join([f"# {name}", *filter(None, [pending]), *parts, ""]).encode()
    body = "\n".join(
        [f"<h1>{escape(name)}</h1>", *([f"<p>{escape(pending)}</p>"] if pending else [])]
        + [digests.as_html(card.document, digest, language) for card, digest in entries]
    )
    if format == "pdf":
        return _pdf(name, body)
    head = f'<meta charset="utf-8"><title>{escape(name)}</title><style>{_STYLE}</style>'
    start = f'<!doctype html>\n<html lang="{language}">\n<head>{head}</head>'
    return f"{start}\n<body>\n{body}\n</body>\n</html>\n".encode()


def _digest(library: Library, card: topics.Card, make: bool) -> Digest | None:
    """The one that came with the source, else the extractive one, if it is there or to be made now."""
    published = next((d for d in card.digests if d.method == "source"), None)
    if published is not None:
        return published
    held = next((d for d in card.digests if d.method == digests.METHOD), None)
    return library.digest(card.document.id) if make else held


def _pdf(name: str, body: str) -> bytes:
    """The same page set by fpdf2."""
    pdf = sheet(name, size=10, side=20, top=18)
    from fpdf.fonts import TextStyle

    pdf.write_html(
        body.replace("<p", '<p line-height="1.35"').replace("<ul", '<ul line-height="1.35"'),
        li_prefix_color=ACCENT,
        tag_styles={
            "h1": TextStyle(FONT, "", 20, ACCENT, b_margin=0.3),
            "h2": TextStyle(FONT, "", 14, DARK, t_margin=7, b_margin=0.2),
            "h3": TextStyle(FONT, "", 11, ACCENT, t_margin=3, b_margin=0.1),
            "a": TextStyle(FONT, "", 14, DARK),
        },
    )
    return bytes(pdf.output())
