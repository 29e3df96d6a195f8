"""The date that a text tells in its first lines: "BERLIN, 14 August 2025 –", 新华社北京2025年8月14日电.

Only a date of a dateline or of a line of its own counts: one within a sentence may be of anything.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime
from itertools import islice

from mine2magnet.model import Document
from mine2magnet.reading import dates

_LINES = 3  # paragraphs that are looked at
_ALONE = 60  # characters of a line that tells a date and little else
_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
_LATIN = (
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+\d{{4}}|"
    rf"{_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{4}}-\d\d-\d\d)"
)
_HAN = r"\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日"
_PLACE = r"(?:[A-Z][\w.'’ -]{1,40}(?:,\s*[A-Z][\w.'’ -]{1,30})?,\s*)?"
_OPENS = re.compile(  # a sentence
    rf"{_PLACE}(?P<latin>{_LATIN})\s*(?:[(/][^()/]{{1,40}}[)/]\s*)?[-\u2013\u2014:]"
    rf"|[^。，、\d]{{0,20}}(?P<han>{_HAN})\s*(?:[（(][^（）()]{{1,20}}[）)])?\s*(?:电|電|讯|訊|消息|発|配信)"
    rf"|[【（(](?P<boxed>[^】）)。]{{0,20}}{_HAN}[^】）)。]{{0,20}})[】）)]"
)
_DATE = re.compile(f"{_LATIN}|{_HAN}|\\d{{4}}[-/.]\\d{{1,2}}[-/.]\\d{{1,2}}")
_ENDS = re.compile(r"[.。!?！？]\s*$")
_WORD = re.compile(r"[^\W\d_]{2,}")
_WORDS = 4  # beside the date in a line of its own: "Published", "By Ann Lee", 来源


def find(paragraphs: Iterable[str], language: str) -> datetime | None:
    """Return the date of the dateline of a text.

    Parameters
    ----------
    paragraphs : iterable of str
    language : str
        By whose zone the date is meant.

    Returns
    -------
    datetime or None

    Examples
    --------
    >>> find(["BERLIN, 14 August 2025 (Wire) - Stocks fell."], "en").date().isoformat()
    '2025-08-14'
    >>> find(["Stocks will last until 14 August 2025."], "en")
    """
    for paragraph in islice(paragraphs, _LINES):
        told = unicodedata.normalize("NFKC", paragraph).strip()
        if opens := _OPENS.match(told):
            return dates.parse(next(filter(None, opens.groups())), language)
        date = _DATE.search(told)
        if date and len(told) <= _ALONE and not _ENDS.search(told):
            rest = told[: date.start()] + " " + told[date.end() :]
            if len(_WORD.findall(rest)) <= _WORDS and len(rest) <= _ALONE / 2:
                return dates.parse(told[date.start() :], language)
    return None


def dated_by(document: Document) -> bool:
    """Return whether a document's date is that of its dateline: nothing else that came with it told one.

    Parameters
    ----------
    document : Document
    """
    if document.url or document.published is None:
        return False
    return find((p.text for p in document.paragraphs), document.language) == document.published
