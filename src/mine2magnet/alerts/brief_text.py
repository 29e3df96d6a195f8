"""A brief as Markdown, as HTML for mail, and as Atom (RFC 4287): one list of lines, each with its sources."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from mine2magnet.alerts.brief import Brief, BriefDocument, BriefPair
from mine2magnet.core import atom
from mine2magnet.core.messages import Translator
from mine2magnet.core.thesaurus import Thesaurus
from mine2magnet.digests import with_names
from mine2magnet.figures.rows import Cited, amount
from mine2magnet.model import Claim

FORMATS = ("md", "html", "atom", "json")
_STYLE = "font:16px/1.55 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem;color:#1c2024"


@dataclass(frozen=True, slots=True)
class BriefSource:
    """Where a line is from: what is shown, the path of the place on our pages, the sentence itself."""

    label: str
    path: str
    quote: str = ""
    language: str = "und"


@dataclass(frozen=True, slots=True)
class BriefLine:
    """One thing that a brief tells, under the key of its heading; `also` is where it is told as well."""

    heading: str
    title: str
    language: str
    text: str
    sources: tuple[BriefSource, ...]
    time: datetime | None = None
    also: tuple[BriefSource, ...] = ()
    title_language: str = ""  # where it is not that of the text


def lines(brief: Brief, thesaurus: Thesaurus, t: Translator) -> list[BriefLine]:
    """Return what a brief tells, in the order that it is read: figures, conflicts, controls, documents."""
    told = [_pair(one, "brief.moved", " → ", thesaurus, t) for one in brief.moved]
    told += [_pair(one, "brief.conflicts", " ≠ ", thesaurus, t) for one in brief.conflicts]
    told += [_document(one, "brief.controls", t) for one in brief.controls]
    told += [_document(one, "brief.documents", t) for one in brief.documents if not one.earlier]
    return told + [_document(one, "brief.added", t) for one in brief.documents if one.earlier]


def _pair(pair: BriefPair, heading: str, sign: str, thesaurus: Thesaurus, t: Translator) -> BriefLine:
    both = (pair.before, pair.after)
    return BriefLine(
        heading,
        _about(pair.after.claim, thesaurus, t.language),
        t.language,
        sign.join(amount(one.claim, t.language, t.unit) for one in both),
        tuple(_source(one, t) for one in both),
        pair.after.published,
    )


def _about(claim: Claim, thesaurus: Thesaurus, language: str) -> str:
    """Whose and what it is: "China · exports · dysprosium"."""
    ids = (*claim.subjects, claim.measure, *claim.materials, claim.stage)
    return " · ".join(dict.fromkeys(thesaurus.label(id, language) for id in ids if id))


def _source(one: Cited, t: Translator) -> BriefSource:
    claim = one.claim
    mark = f"d{claim.point}" if claim.point else f"p{claim.paragraph}"
    path = f"/documents/{claim.document}?version={claim.version}&figure={mark}.{claim.start}-{claim.end}"
    where = f"#{'figure' if claim.point else mark}"
    day = f", {t.when(one.published, date_only=True)}" if one.published else ""
    return BriefSource(f"{one.source}{day}", path + where, one.sentence, one.language)


def _document(one: BriefDocument, heading: str, t: Translator) -> BriefLine:
    document, point = one.document, one.point
    paragraph = point.citations[0] if point and point.citations and document.paragraphs else 0
    text = with_names(point, t.language) if point else ""
    title, language = document.title, document.language
    if one.title and one.title.reads:
        title, language = one.title.text, t.language
    elif one.title:
        title = t("in.brackets", of=title, what=one.title.text)
        language = t.language if one.said else language
    path = f"/documents/{document.id}" + (f"?version={document.version}#p{paragraph}" if paragraph else "")
    said = [document.source, t.when(document.published)]
    if one.said or (text and one.language != language):
        # The sentence that a translation stands for, or of which there is none beside a title that has one.
        source = BriefSource(" · ".join(said), path, text, one.language)
        text = one.said.text if one.said else ""
    else:
        source = BriefSource(" · ".join(said), path)
    also = tuple(
        BriefSource(f"{copy.source} · {t.when(copy.published)}", f"/documents/{copy.id}", "", copy.language)
        for copy in one.copies
    )
    own = document.language if title.startswith(document.title) else ""
    return BriefLine(heading, title, language, text, (source,), document.published, also, own)


def also_in(line: BriefLine, t: Translator) -> str:
    """Return in which languages a line is told as well, and how often."""
    return t("copies", reports=t.reports(one.language for one in line.also))


def _grouped(brief: Brief, thesaurus: Thesaurus, t: Translator) -> Iterator[tuple[str, list[BriefLine]]]:
    told = lines(brief, thesaurus, t)
    for heading in dict.fromkeys(line.heading for line in told):
        yield t(heading), [line for line in told if line.heading == heading]


def title(brief: Brief, t: Translator) -> str:
    return t("brief.of", topic=brief.topic.names.get(t.language, brief.topic.name))


def _more(brief: Brief, t: Translator) -> str:
    left = brief.total - len(brief.documents)
    return t("brief.more", n=left) if left > 0 else ""


def as_markdown(brief: Brief, thesaurus: Thesaurus, t: Translator, home: str | None = "") -> str:
    """Return a brief as Markdown; `home` is where the pages are served, None if nowhere."""
    parts = [f"# {_plain(title(brief, t))}", t("brief.since", time=t.when(brief.since))]
    if brief.empty:
        parts.append(t("brief.none"))
    for heading, told in _grouped(brief, thesaurus, t):
        parts.append(f"## {heading}")
        for line in told:
            text = f": {_plain(line.text)}" if line.text else ""
            links = "; ".join(_link(s, home) for s in line.sources)
            quotes = "".join(f"\n  > {_plain(s.quote)}\n" for s in line.sources if s.quote)
            if line.also:
                others = "; ".join(_link(s, home) for s in line.also)
                links += f"; {_plain(also_in(line, t))}: {others}"
            parts.append(f"- **{_plain(line.title)}**{text} ({links}){quotes}")
    if more := _more(brief, t):
        parts.append(more)
    return "\n\n".join(parts) + "\n"


def _link(source: BriefSource, home: str | None) -> str:
    label = _plain(source.label)
    return label if home is None else f"[{label}]({home}{source.path})"


def _plain(text: str) -> str:
    """Text in which nothing is Markdown or HTML."""
    text = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in text)


def as_html(brief: Brief, thesaurus: Thesaurus, t: Translator, home: str | None = "") -> str:
    """Return a brief as a page by itself, with styles that mail programs take."""
    said = escape(title(brief, t))
    parts = [f"<h1>{said}</h1><p>{escape(t('brief.since', time=t.when(brief.since)))}</p>"]
    if brief.empty:
        parts.append(f"<p>{escape(t('brief.none'))}</p>")
    for heading, told in _grouped(brief, thesaurus, t):
        parts.append(f"<h2>{escape(heading)}</h2><ul>{''.join(_item(line, home, t) for line in told)}</ul>")
    if more := _more(brief, t):
        parts.append(f"<p>{escape(more)}</p>")
    head = f'<meta charset="utf-8"><title>{said}</title>'
    body = "\n".join(parts)
    start = f'<!doctype html>\n<html lang="{t.language}"><head>{head}</head>'
    return f'{start}<body style="{_STYLE}">{body}</body></html>\n'


def _anchor(source: BriefSource, home: str | None) -> str:
    label = escape(source.label)
    return label if home is None else f'<a href="{escape(home + source.path)}">{label}</a>'


def _item(line: BriefLine, home: str | None, t: Translator) -> str:
    text = f"<br>{escape(line.text)}" if line.text else ""
    sources = "".join(
        f"<br>{_anchor(s, home)}"
        + (f'<br><q lang="{escape(s.language)}">{escape(s.quote)}</q>' if s.quote else "")
        for s in line.sources
    )
    if line.also:
        links = ", ".join(_anchor(s, home) for s in line.also)
        sources += f'<br><span lang="{t.language}">{escape(also_in(line, t))}: {links}</span>'
    own = f' lang="{escape(line.title_language)}"' if line.title_language else ""
    return (
        f'<li lang="{escape(line.language)}"><strong{own}>{escape(line.title)}</strong>{text}{sources}</li>'
    )


def as_atom(brief: Brief, thesaurus: Thesaurus, t: Translator, home: str, path: str) -> bytes:
    """Return a brief as a feed: an entry for each line, which keeps its id whenever it is asked for."""
    page = f"{home}/topics/{quote(brief.topic.slug)}/brief"
    root = atom.feed(f"{home}{path}", title(brief, t), page, brief.until.astimezone(UTC))
    for line in lines(brief, thesaurus, t):
        entry = atom.put(root, "entry")
        key = "\n".join([line.heading, *(source.path for source in line.sources)])
        atom.put(entry, "id", f"urn:uuid:{uuid.UUID(bytes=hashlib.sha256(key.encode()).digest()[:16])}")
        atom.put(entry, "title", line.title)
        atom.put(entry, "updated", atom.time(line.time or brief.until))
        atom.put(atom.put(entry, "author"), "name", line.sources[-1].label)
        atom.put(entry, "link", rel="alternate", type="text/html", href=home + line.sources[-1].path)
        atom.put(entry, "category", term=t(line.heading))
        said = [line.text, *(f"“{s.quote}” ({s.label})" for s in line.sources if s.quote)]
        atom.put(entry, "content", "\n".join(filter(None, said)) or line.title, type="text")
    return atom.written(root)
