"""The client's categories and ours.

The client parts research reports into domestic ones, "reports", and "global_research". Domestic to the
service is Chinese; so here a report in Chinese is one of "reports", in any other language of
"global_research".
"""

from __future__ import annotations

from collections.abc import Sequence

from mine2magnet.core.errors import UserError
from mine2magnet.model import CATEGORIES, Category, Document, Filters
from mine2magnet.search import Index

DOMESTIC = "zh"
REPORTS: tuple[Category, ...] = ("report", "analysis", "explainer", "data", "paper")
OURS: dict[str, tuple[Category, ...]] = {  # the client's word → our categories
    "news": ("news",),
    "reports": REPORTS,  # in Chinese
    "global_research": REPORTS,  # in other languages
    "filings": ("filing", "financial"),
    "financials": ("financial",),
    "transcripts": ("transcript", "minutes"),
    "conference_calls": ("transcript",),
    "minutes": ("transcript", "minutes"),
    "socials": ("social",),
    "webpages": ("webpage",),
}
FILES = "files"  # what was uploaded, of whatever category it is besides
KNOWN = (*OURS, FILES)
_WORDS = {  # our category → the client's word; a report's depends on its language
    "news": "news",
    "filing": "filings",
    "financial": "financials",
    "transcript": "transcripts",
    "minutes": "minutes",
    "social": "socials",
    "webpage": "webpages",
}


def shown(document: Document) -> str:
    """The client's word for a document's category."""
    report = "reports" if document.language == DOMESTIC else "global_research"
    return _WORDS.get(document.category, report)


def stated(word: str, where: str) -> str:
    """Our category for a word of the client's, or of our own, as an upload may state it."""
    ours = {theirs: mine for mine, theirs in _WORDS.items()}
    ours |= {"reports": "report", "global_research": "report"}
    if word not in ours and word not in CATEGORIES:
        hint = "use " + ", ".join((*ours, *CATEGORIES))
        raise UserError(f"no category {word[:40]!r}", where=where, hint=hint)
    return ours.get(word, word)


def whole(words: Sequence[str]) -> tuple[Category, ...] | None:
    """Our categories that these words stand for as a whole; None if it takes more to tell."""
    if FILES in words or ("reports" in words) != ("global_research" in words):
        return None
    return tuple(dict.fromkeys(one for word in words for one in OURS[word]))


def documents(index: Index, words: Sequence[str]) -> frozenset[str]:
    """Ids of the documents of these categories but "files"."""
    found: set[str] = set()
    for word in words:
        if word in OURS:
            passing = index.passing(Filters(category=OURS[word]))
            if OURS[word] == REPORTS:
                domestic = index.passing(Filters(category=REPORTS, language=(DOMESTIC,)))
                passing = domestic if word == "reports" else passing - domestic
            found |= passing
    return frozenset(found)
