"""A PDF → its text in paragraphs, without running headers and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from urllib.parse import urlsplit

import pypdfium2 as pdfium

from mine2magnet.core.errors import UserError
from mine2magnet.model import Document
from mine2magnet.reading import clean, columns, dates, language
from mine2magnet.reading.page import Hints

MAX_PAGES = 1_000
MAX_PIECES = 5_000  # of a page whose columns are looked for
_EDGE = 2  # lines at the top and at the bottom of a page among which running headers are looked for
_LEAST_PAGES = 3  # pages on which a line must repeat to be a running header
_FULL = 0.75  # of the usual line length: a line shorter than this that ends a sentence ends a paragraph
_PAGE_NUMBER = re.compile(
    r"(?:page|seite|第|[-–])?\s*\d{1,4}\s*(?:(?:/|of|von)\s*\d{1,4})?\s*(?:页|頁|ページ|[-–])?", re.IGNORECASE
)
_STOP = re.compile(r"[.!?。！？:：][”’」』\"')）]*$")
_BULLET = re.compile(r"[•·▪■●◆▶‣–—-]\s|\(?\d{1,2}[.)]\s|[一二三四五六七八九十]+、")
_CJK = re.compile("[\u3000-\u30ff\u3400-\u9fff\uff00-\uffef]")
_NO_TITLE = re.compile(r"\.(?:docx?|indd|pdf|pptx?|xlsx?|tex)$|^untitled|^microsoft word", re.IGNORECASE)
_DATE = re.compile(r"D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:([+\-Z])(\d{2})?'?(\d{2})?)?")


def read(
    body: bytes,
    *,
    url: str | None,
    fetched: datetime,
    where: str,
    name: str = "",
    hints: Hints | None = None,
) -> Document:
    """The document in a PDF file. Raises UserError when it is damaged, encrypted, scanned or too long."""
    hints = hints or Hints()
    try:
        pdf = pdfium.PdfDocument(body)
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise UserError(
                "the PDF is encrypted", where=where, hint="save a copy without the password"
            ) from None
        raise UserError("not a PDF that can be opened", where=where) from None
    try:
        if len(pdf) > MAX_PAGES:
            raise UserError(f"the PDF has more than {MAX_PAGES:,} pages", where=where, hint="split it")
        pages = _pages(pdf, where)
        stated = pdf.get_metadata_dict()
    finally:
        pdf.close()
    lines = _body_lines(pages)
    if not lines:
        raise UserError(
            "the PDF has no text; it seems to be scanned", where=where, hint="run text recognition over it"
        )
    paragraphs = clean.paragraphs(_joined(lines), where)
    title = clean.title(stated.get("Title", ""))
    if len(title) < 4 or _NO_TITLE.search(title):
        title = hints.title or clean.title(paragraphs[0].text)
    return Document(
        title=title,
        source=hints.source or (urlsplit(url).hostname if url else "") or name or where,
        fetched=fetched,
        language=language.identify("\n".join(p.text for p in paragraphs[:8])),
        paragraphs=paragraphs,
        url=url,
        published=dates.plausible(hints.published or _date(stated.get("CreationDate", "")), fetched),
        category="report",
        tags=hints.tags,
    )


def _pages(pdf: pdfium.PdfDocument, where: str) -> list[list[str]]:
    pages: list[list[str]] = []
    size = 0
    for page in pdf:
        text = page.get_textpage()
        content = _content(text)
        text.close()
        page.close()
        size += len(content)
        if size > clean.MAX_CHARACTERS:
            raise UserError(f"longer than {clean.MAX_CHARACTERS:,} characters", where=where, hint="split it")
        content = content.replace("\ufffe", "\u00ad")  # how PDFium marks a hyphen that breaks a word
        pages.append([line for line in map(str.strip, content.splitlines()) if line])
    return pages


def _content(text: pdfium.PdfTextPage) -> str:
    """The text of a page; that of one with columns, down each."""
    boxes = [columns.Box(*text.get_rect(i)) for i in range(min(text.count_rects(), MAX_PIECES))]
    ordered = columns.lines(boxes)
    if ordered is None:
        return str(text.get_text_range())
    pieces = ((text.get_text_bounded(*_around(boxes[i])).strip() for i in line) for line in ordered)
    return "\n".join(" ".join(line) for line in pieces)


def _around(box: columns.Box) -> tuple[float, float, float, float]:
    return box.left, box.bottom, box.right, box.top


def _body_lines(pages: list[list[str]]) -> list[str]:
    """All lines but page numbers and those that stand at the edges of several pages, digits aside."""

    def edges(page: list[str]) -> list[int]:
        return [i for i in range(len(page)) if i < _EDGE or i >= len(page) - _EDGE]

    def shape(line: str) -> str:
        return re.sub(r"\d+", "0", line)

    counts = Counter(s for page in pages for s in {shape(page[i]) for i in edges(page)})
    running = {s for s, n in counts.items() if n >= max(_LEAST_PAGES, len(pages) / 2)}
    kept: list[str] = []
    for page in pages:
        at_edge = set(edges(page))
        kept += [
            line
            for i, line in enumerate(page)
            if i not in at_edge or not (shape(line) in running or _PAGE_NUMBER.fullmatch(line))
        ]
    return kept


def _joined(lines: list[str]) -> list[str]:
    """Lines put together to paragraphs: one ends where a sentence ends short of the usual width, or
    where a bullet follows."""
    widths = sorted(map(_width, lines))
    full = _FULL * widths[int(0.8 * (len(widths) - 1))]
    paragraphs = [lines[0]]
    for previous, line in pairwise(lines):
        heading = previous[-1].isalnum() and _width(previous) < full / 2
        ends = _width(previous) < full and (heading or _STOP.search(previous))
        if ends or _BULLET.match(line):
            paragraphs.append(line)
        else:
            paragraphs[-1] = _glued(paragraphs[-1], line)
    return paragraphs


def _width(line: str) -> int:
    """In columns: a Chinese or Japanese character takes two."""
    return len(line) + len(_CJK.findall(line))


def _glued(a: str, b: str) -> str:
    if a.endswith("\u00ad"):
        return a[:-1] + b
    if a.endswith("-") and a[-2:-1].isalpha() and b[:1].islower():
        return a[:-1] + b
    if _CJK.match(a[-1:]) and _CJK.match(b[:1]):
        return a + b
    return f"{a} {b}"


def _date(text: str) -> datetime | None:
    """A PDF date, D:YYYYMMDDHHmmSSOHH'mm' (ISO 32000-1, 7.9.4)."""
    match = _DATE.match(text)
    if not match:
        return None
    *parts, sign, zone_hours, zone_minutes = match.groups()
    year, month, day, hour, minute, second = (
        int(p or d) for p, d in zip(parts, (0, 1, 1, 0, 0, 0), strict=True)
    )
    offset = timedelta(hours=int(zone_hours or 0), minutes=int(zone_minutes or 0))
    try:
        zone = timezone(-offset if sign == "-" else offset)
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError:
        return None
